//! Searches in texts, byte by byte.
//!
//! The standard library's searchers are fast on long texts and cost some 8 kB of WebAssembly. The texts here are short.
//! All separators are ASCII, so that texts are cut between characters.

use alloc::string::String;
use alloc::vec::Vec;

/// Whether `byte` is one of `any`. Not `contains`, which brings a search for long slices.
#[must_use]
pub fn is_any(byte: u8, any: &[u8]) -> bool {
    for one in any {
        if *one == byte {
            return true;
        }
    }
    false
}

/// The position of the first (or `last`) byte that is (or, without `wanted`, is not) one of `any`.
#[inline(never)]
fn position(text: &str, any: &[u8], wanted: bool, last: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    for step in 0..bytes.len() {
        let at = if last { bytes.len() - 1 - step } else { step };
        if is_any(bytes[at], any) == wanted {
            return Some(at);
        }
    }
    None
}

/// The position of the first `part` in `text`, in bytes.
#[must_use]
pub fn find(text: &str, part: &str) -> Option<usize> {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    (0..=text.len()).find(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(part)))
}

/// The position of the first of the ASCII characters `any`.
#[must_use]
pub fn find_any(text: &str, any: &[u8]) -> Option<usize> {
    position(text, any, true, false)
}

/// Whether `text` has one of the ASCII characters `any`.
#[must_use]
pub fn contains_any(text: &str, any: &[u8]) -> bool {
    find_any(text, any).is_some()
}

/// Whether all characters of `text` are ASCII letters, digits or one of `more`; true where it is empty.
#[must_use]
pub fn is_plain(text: &str, more: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || is_any(*byte, more);
    text.as_bytes().iter().all(plain)
}

/// Whether all characters of `text` are digits; true where it is empty.
#[must_use]
pub fn is_digits(text: &str) -> bool {
    position(text, b"0123456789", false, false).is_none()
}

/// Whether `text` has an ASCII control character other than DEL.
#[must_use]
pub fn has_control(text: &str) -> bool {
    text.as_bytes().iter().any(|byte| *byte < b' ')
}

/// Whether `text` is one of `list`.
#[must_use]
pub fn contains(list: &[String], text: &str) -> bool {
    list.iter().any(|one| one == text)
}

/// What is before and after the first `part`.
#[must_use]
pub fn split_once<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    at(text, find(text, part)?, part.len())
}

/// What is before and after the last of the ASCII characters `any`.
#[must_use]
pub fn rsplit_once<'a>(text: &'a str, any: &[u8]) -> Option<(&'a str, &'a str)> {
    at(text, position(text, any, true, true)?, 1)
}

/// `text` cut at the byte `begin`. Where that is inside a character, nothing is cut off.
#[must_use]
pub fn split_at(text: &str, begin: usize) -> (&str, &str) {
    at(text, begin, 0).unwrap_or((text, ""))
}

fn at(text: &str, begin: usize, length: usize) -> Option<(&str, &str)> {
    Some((text.get(..begin)?, text.get(begin + length..)?))
}

/// What is before the first of the ASCII characters `any`; all of `text` where there is none.
#[must_use]
pub fn before<'a>(text: &'a str, any: &[u8]) -> &'a str {
    find_any(text, any)
        .and_then(|end| text.get(..end))
        .unwrap_or(text)
}

/// The parts of `text` between the ASCII characters `separator`, with empty ones.
#[must_use]
pub fn split(text: &str, separator: u8) -> Split<'_> {
    Split {
        rest: Some(text),
        separator,
    }
}

/// See [`split`]. A type of its own, so that all callers share its `next`.
pub struct Split<'a> {
    rest: Option<&'a str>,
    separator: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let cut = find_any(text, &[self.separator]).and_then(|end| at(text, end, 1));
        self.rest = cut.map(|cut| cut.1);
        Some(cut.map_or(text, |cut| cut.0))
    }
}

/// Without the ASCII characters `any` at its beginning.
#[must_use]
pub fn trim_start<'a>(text: &'a str, any: &[u8]) -> &'a str {
    let begin = position(text, any, false, false);
    begin.and_then(|begin| text.get(begin..)).unwrap_or("")
}

/// Without the ASCII characters `any` at its end.
#[must_use]
pub fn trim_end<'a>(text: &'a str, any: &[u8]) -> &'a str {
    let Some(end) = position(text, any, false, true) else {
        return "";
    };
    text.get(..=end).unwrap_or(text)
}

/// Without blanks and tabs around it.
#[must_use]
pub fn trim(text: &str) -> &str {
    trim_end(trim_start(text, b" \t"), b" \t")
}

/// The number that `text` is, if it is one that fits: ASCII digits only.
#[must_use]
pub fn number(text: &str) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let mut number: Option<u32> = None;
    for byte in text.bytes() {
        let so_far = number.unwrap_or(0).checked_mul(10)?;
        number = Some(so_far.checked_add(digit(byte)?)?);
    }
    number
}

/// The text of `bytes`; empty where they are not UTF-8.
#[must_use]
pub fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// Appends `text` with a backslash before each of the ASCII characters `any`.
pub fn push_escaped(out: &mut Vec<u8>, text: &str, any: &[u8]) {
    for byte in text.bytes() {
        if is_any(byte, any) {
            out.push(b'\\');
        }
        out.push(byte);
    }
}

/// The pieces in one text.
#[must_use]
pub fn concat(pieces: &[&str]) -> String {
    let mut text = String::new();
    for piece in pieces {
        text.push_str(piece);
    }
    text
}

/// The pieces in one text, `separator` between them.
#[must_use]
pub fn join<T: AsRef<str>>(pieces: &[T], separator: &str) -> String {
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        if at > 0 {
            text.push_str(separator);
        }
        text.push_str(piece.as_ref());
    }
    text
}

/// Appends `number` in decimal.
pub fn push_number(text: &mut String, number: u64) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// At most the first `most` bytes, cut between characters.
#[must_use]
pub fn truncate(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    loop {
        if let Some(head) = text.get(..end) {
            return head;
        }
        end -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn edges() {
        assert_eq!(find("abc", ""), Some(0));
        assert_eq!(find("", "a"), None);
        assert_eq!(split_once("a=b=c", "="), Some(("a", "b=c")));
        assert_eq!(rsplit_once("a=b=c", b"="), Some(("a=b", "c")));
        assert_eq!(before("path?query#f", b"?#"), "path");
        assert_eq!(trim(" \ta b "), "a b");
        assert_eq!(trim("  "), "");
        assert_eq!(trim_end("grün==", b"="), "grün");
        assert_eq!(number("4294967295"), Some(u32::MAX));
        for odd in ["", "4294967296", "-1", "+1", "1 ", "１"] {
            assert_eq!(number(odd), None, "{odd}");
        }
        assert_eq!(truncate("grün", 3), "gr");
        assert_eq!(truncate("grün", 99), "grün");
        assert_eq!(truncate("ü", 0), "");
    }

    proptest! {
        #[test]
        fn as_the_standard_library_does(text in "[ab=ü ]{0,12}", part in "[ab=ü]{1,3}") {
            prop_assert_eq!(find(&text, &part), text.find(&part));
            prop_assert_eq!(split_once(&text, &part), text.split_once(&part));
            prop_assert_eq!(rsplit_once(&text, b"="), text.rsplit_once('='));
            prop_assert_eq!(split(&text, b'=').collect::<Vec<_>>(), text.split('=').collect::<Vec<_>>());
            prop_assert_eq!(trim(&text), text.trim_matches([' ', '\t']));
            prop_assert_eq!(trim_end(&text, b"a="), text.trim_end_matches(['a', '=']));
            prop_assert_eq!(trim_start(&text, b"a="), text.trim_start_matches(['a', '=']));
        }

        #[test]
        fn numbers_are_written_as_they_are(number in any::<u32>()) {
            let mut text = String::new();
            push_number(&mut text, number.into());
            prop_assert_eq!(&text, &number.to_string());
            prop_assert_eq!(super::number(&text), Some(number));
        }

        #[test]
        fn pieces_are_put_together(pieces in prop::collection::vec("[a-zü]{0,4}", 0..5)) {
            let slices: Vec<&str> = pieces.iter().map(String::as_str).collect();
            prop_assert_eq!(concat(&slices), slices.concat());
            prop_assert_eq!(join(&pieces, ", "), slices.join(", "));
        }
    }
}
