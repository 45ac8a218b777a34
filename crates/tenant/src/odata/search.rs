//! `$search`: words and `property:word` pairs. An item has to match all of them.

/// Something that can be searched.
pub(crate) trait Searchable {
    /// Whether a word in lower case is in the text, or `property:word` in that property.
    fn meets(&self, word: &str) -> bool;
}

/// Whether an item meets a search such as `"from:ben budget"`.
pub(crate) fn matches(search: &str, item: &dyn Searchable) -> bool {
    let text = search
        .trim()
        .trim_matches('"')
        .replace("\\\"", "\"")
        .to_lowercase();
    words(&text).iter().all(|word| item.meets(word))
}

/// The words and quoted phrases of a search.
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
