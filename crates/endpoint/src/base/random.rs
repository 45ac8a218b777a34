//! Random bytes from the operating system.

use exo365_core::error::{Code, Error};
use ring::rand::{SecureRandom as _, SystemRandom};

/// `N` random bytes.
///
/// # Errors
/// [`Code::ServiceUnavailable`] where the system has none: nothing weaker is used.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(Error::new(
            Code::ServiceUnavailable,
            "the endpoint's machine has no random bytes",
        )),
    }
}

/// A random version 4 GUID.
///
/// # Errors
/// As [`bytes`].
pub(crate) fn guid() -> Result<String, Error> {
    let mut raw: [u8; 16] = bytes()?;
    raw[6] = raw[6] & 0x0f | 0x40;
    raw[8] = raw[8] & 0x3f | 0x80;
    let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    let (a, b, c, d, e) = (
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    );
    Ok([a, b, c, d, e].join("-"))
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    digest
}
