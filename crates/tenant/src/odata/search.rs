//! `$search`: words and `property:word` pairs, all of which must be met.

use crate::store::Message;

/// Whether a message meets a search such as `"from:ben budget"`.
pub(crate) fn matches(search: &str, message: &Message) -> bool {
    let text = search
        .trim()
        .trim_matches('"')
        .replace("\\\"", "\"")
        .to_lowercase();
    words(&text).iter().all(|word| meets(word, message))
}

/// Words, quoted phrases kept together.
fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for char in text.chars() {
        match char {
            '"' => quoted = !quoted,
            ' ' if !quoted => out.push(std::mem::take(&mut word)),
            _ => word.push(char),
        }
    }
    out.push(word);
    out.retain(|word| !word.is_empty() && word != "and");
    out
}

fn meets(word: &str, message: &Message) -> bool {
    let has = |text: &str, part: &str| text.to_lowercase().contains(part);
    let person =
        |one: &crate::store::Person, part: &str| has(&one.name, part) || has(&one.address, part);
    match word.split_once(':') {
        Some(("from", part)) => message.from.as_ref().is_some_and(|from| person(from, part)),
        Some(("to", part)) => message.to.iter().any(|to| person(to, part)),
        Some(("cc", part)) => message.cc.iter().any(|cc| person(cc, part)),
        Some(("subject", part)) => has(&message.subject, part),
        Some(("body", part)) => has(&message.body, part),
        Some(("hasattachments" | "hasattachment", part)) => {
            message.attachments.is_empty() != (part == "true")
        }
        _ => {
            has(&message.subject, word)
                || has(&message.body, word)
                || message.from.as_ref().is_some_and(|from| person(from, word))
        }
    }
}
