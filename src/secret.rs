//! An access token while it is ours.

use core::hint::black_box;

/// A token that is overwritten when it is dropped and cannot be printed. Best effort: copies that
/// the browser makes of a header stay with the browser.
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// base64url SHA-256: names the token without telling it.
    pub(crate) fn hash(&self) -> String {
        exo365_core::text::base64url(&exo365_core::sha256::sha256(self.0.as_bytes()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut bytes = core::mem::take(&mut self.0).into_bytes();
        bytes.fill(0);
        // Without this the compiler may see that nobody reads the zeros.
        black_box(&bytes);
    }
}
