//! An access token in this memory.

/// A token that cannot be printed. It is overwritten when it is dropped, as all memory is that is freed (`lib.rs`).
/// Copies that the browser makes of a header stay in the browser.
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// The SHA-256 of the token in base64url, which names it without telling it.
    pub(crate) fn hash(&self) -> String {
        exo365_core::text::base64url(&exo365_core::sha256::sha256(self.0.as_bytes()))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}
