//! Random ids and tokens, hashes and encodings.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rand::RngCore as _;

/// An opaque token of `bytes` random bytes, base64url without padding.
pub(crate) fn token(bytes: usize) -> String {
    let mut raw = vec![0_u8; bytes];
    rand::rng().fill_bytes(&mut raw);
    URL_SAFE_NO_PAD.encode(raw)
}

/// Random decimal digits.
pub(crate) fn digits(count: usize) -> String {
    (0..count)
        .map(|_| char::from(b'0' + rand::random_range(0..10_u8)))
        .collect()
}

/// A random version 4 GUID.
pub(crate) fn guid() -> String {
    let mut raw = [0_u8; 16];
    rand::rng().fill_bytes(&mut raw);
    raw[6] = (raw[6] & 0x0f) | 0x40;
    raw[8] = (raw[8] & 0x3f) | 0x80;
    let hex = hex(&raw);
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// Whether a text is a GUID.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 as base64url without padding (PKCE, pairwise subjects).
pub(crate) fn sha256_url(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()))
}

/// `sha256:` and the first 16 hexadecimal digits: identifies a secret without showing it.
pub(crate) fn fingerprint(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    format!("sha256:{}", &hex(digest.as_ref())[..16])
}

/// Base64url without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Ordinary base64.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes ordinary base64.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_guids_and_differ() {
        let (a, b) = (guid(), guid());
        assert!(is_guid(&a) && is_guid(&b) && a != b);
        assert!(!is_guid("not-a-guid") && !is_guid(&a[1..]));
    }

    #[test]
    fn fingerprints_show_nothing_of_the_secret() {
        let print = fingerprint("hush");
        assert_eq!(print.len(), 7 + 16);
        assert!(!print.contains("hush"));
        assert_ne!(print, fingerprint("hush!"));
    }
}
