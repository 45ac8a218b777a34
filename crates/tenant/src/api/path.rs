//! The segments of a path.

use percent_encoding::percent_decode_str;

/// The segments of a path. `messages('id')` becomes two segments; names become lower case.
pub(crate) fn segments(path: &str) -> Vec<String> {
    let mut out = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let part = percent_decode_str(part).decode_utf8_lossy().into_owned();
        let split = part.strip_suffix(')').and_then(|head| head.split_once('('));
        match split {
            Some((name, "")) => out.push(fold(name)),
            Some((name, key)) => {
                out.push(fold(name));
                out.push(key.trim_matches('\'').replace("''", "'"));
            }
            None => out.push(fold(&part)),
        }
    }
    out
}

/// Lower case for names. Long segments are ids, which are case-sensitive.
fn fold(segment: &str) -> String {
    let lower = segment.to_ascii_lowercase();
    // `graph.` is the alias of the namespace.
    let lower = ["microsoft.graph.", "graph."]
        .iter()
        .find_map(|namespace| lower.strip_prefix(namespace))
        .map_or(lower.clone(), str::to_owned);
    if segment.len() < 40 {
        if lower == "folders" {
            "mailfolders".to_owned()
        } else {
            lower
        }
    } else {
        segment.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_id_forms_and_any_letter_case_name_the_same() {
        let id = "A".repeat(92);
        let expected = vec!["me".to_owned(), "messages".to_owned(), id.clone()];
        assert_eq!(segments(&format!("/Me/Messages/{id}")), expected);
        assert_eq!(segments(&format!("/me/messages('{id}')")), expected);
        assert_eq!(
            segments("/me/Folders('Inbox')/messages/delta()"),
            ["me", "mailfolders", "Inbox", "messages", "delta"]
        );
        assert_eq!(
            segments("/places/microsoft.graph.roomList"),
            segments("/places/graph.roomlist")
        );
    }
}
