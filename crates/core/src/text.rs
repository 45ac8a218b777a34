//! Percent-encoding (RFC 3986), form decoding and base64url (RFC 4648 §5). The crates for them cost more bytes.

use crate::scan;
use alloc::string::String;
use alloc::vec::Vec;

const HEX: &[u8; 16] = b"0123456789ABCDEF";
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Characters that are not encoded in a query value, beside the unreserved ones: they are frequent in OData.
const QUERY: &[u8] = b"$,:/@()";

fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || scan::is_any(byte, b"-._~")
}

fn push_encoded(out: &mut String, text: &str, keep: &[u8]) {
    for byte in text.bytes() {
        if unreserved(byte) || scan::is_any(byte, keep) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// Appends one path segment. Everything but unreserved characters is encoded, so also `/`, `+` and `=`.
pub fn push_segment(out: &mut String, text: &str) {
    push_encoded(out, text, b"");
}

/// Appends `name=value` to a URL that may have a query already. `name` is not encoded.
pub fn push_pair(url: &mut String, name: &str, value: &str) {
    url.push(if scan::contains_any(url, b"?") {
        '&'
    } else {
        '?'
    });
    url.push_str(name);
    url.push('=');
    push_encoded(url, value, QUERY);
}

/// Decodes `application/x-www-form-urlencoded` text: `+` is a space. Malformed escapes stay as they are; so does a text
/// that does not decode to UTF-8.
#[must_use]
pub fn form_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let pair = (
            bytes.get(at).and_then(nibble),
            bytes.get(at + 1).and_then(nibble),
        );
        match (byte, pair) {
            (b'%', (Some(high), Some(low))) => {
                out.push(high << 4 | low);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.into())
}

fn nibble(byte: &u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// base64url without padding.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = 0;
        for at in 0..3 {
            group = group << 8 | u32::from(chunk.get(at).copied().unwrap_or(0));
        }
        for at in 0..=chunk.len() {
            out.push(char::from(
                BASE64URL[(group >> (18 - 6 * at) & 63) as usize],
            ));
        }
    }
    out
}

/// Decodes base64 of either alphabet, padded or not; `None` where a character is of neither.
#[must_use]
pub fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut bits) = (0_u32, 0);
    for byte in scan::trim_end(text, b"=").bytes() {
        let byte = match byte {
            b'+' => b'-',
            b'/' => b'_',
            other => other,
        };
        let value = BASE64URL.iter().position(|known| *known == byte)?;
        group = group << 6 | value as u32 & 63;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((group >> bits & 255) as u8);
        }
    }
    Some(out)
}

/// Compares in constant time, so that the time does not tell where the difference is.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    one.len() == other.len() && pairs.fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn segments_and_pairs_are_encoded_once() {
        let mut url = String::from("https://h/v1.0/me/messages/");
        push_segment(&mut url, "AA/b+c=d é");
        assert_eq!(url, "https://h/v1.0/me/messages/AA%2Fb%2Bc%3Dd%20%C3%A9");
        push_pair(&mut url, "$select", "subject,from");
        push_pair(&mut url, "$filter", "subject eq 'it''s 100% & more'");
        assert!(
            url.ends_with(
                "?$select=subject,from&$filter=subject%20eq%20%27it%27%27s%20100%25%20%26%20more%27"
            ),
            "{url}"
        );
    }

    #[test]
    fn form_text_is_decoded_and_bad_escapes_stay() {
        for (text, wanted) in [
            ("a+b%20c", "a b c"),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%c3%a9", "é"),
            ("%ff", "%ff"),
        ] {
            assert_eq!(form_decode(text), wanted, "{text}");
        }
    }

    #[test]
    fn base64_follows_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
        ] {
            assert_eq!(base64url(bytes.as_bytes()), text);
            assert_eq!(base64_decode(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(base64_decode("-_+/=="), base64_decode("+/-_"));
        assert_eq!(base64_decode("a b"), None);
    }

    #[test]
    fn sameness_is_that_of_the_texts() {
        assert!(same("abc", "abc") && same("", ""));
        assert!(!same("abc", "abd") && !same("abc", "ab") && !same("", "a"));
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(text in "\\PC{0,60}") {
            let mut out = String::new();
            push_segment(&mut out, &text);
            prop_assert_eq!(form_decode(&out), text.clone());
            prop_assert_eq!(base64_decode(&base64url(text.as_bytes())).unwrap(), text.as_bytes());
        }
    }
}
