//! An access token while it is ours.

/// A token that cannot be printed. When it is dropped it is overwritten, as everything is that this memory frees
/// (`lib.rs`). Copies that the browser makes of a header stay with the browser.
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
