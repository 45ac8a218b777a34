//! The state in a delta link. The token is opaque to clients; the server stores nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::call::Call;
use crate::api_error::ApiError;
use crate::odata::query::option;

/// The state of change tracking.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct SyncToken {
    /// Tokens of another generation have expired.
    #[serde(rename = "g")]
    pub(crate) generation: u64,
    /// Version and part of the last entry that the client got.
    #[serde(rename = "s")]
    pub(crate) since: (u64, i32),
    /// The client does not need removals up to this version.
    #[serde(rename = "f")]
    pub(crate) floor: u64,
    /// Whether the client has finished the first round.
    #[serde(rename = "l")]
    pub(crate) later: bool,
    /// The query of the first request.
    #[serde(rename = "q")]
    pub(crate) query: String,
    /// The tracked collection; the token is not valid for another one.
    #[serde(rename = "w")]
    pub(crate) what: String,
}

impl SyncToken {
    /// The token of a call, if it has one.
    ///
    /// # Errors
    /// 400 if the token is malformed, 410 if it has expired or is of another collection.
    pub(crate) fn read(
        call: &Call<'_>,
        what: &str,
        generation: u64,
    ) -> Result<Option<Self>, ApiError> {
        let given = option(&call.params, "deltatoken").or(option(&call.params, "skiptoken"));
        let Some(text) = given.filter(|text| !text.eq_ignore_ascii_case("latest")) else {
            return Ok(None);
        };
        let token = Self::decode(text)
            .ok_or_else(|| ApiError::new(400, "BadRequest", "Badly formed token."))?;
        if token.what != what {
            let text = "The delta token is no longer valid, and the app must reset the sync state.";
            return Err(ApiError::new(410, "SyncStateNotFound", text));
        }
        if token.generation == generation {
            Ok(Some(token))
        } else {
            Err(gone(token.generation, generation))
        }
    }

    /// The text of the token in a link.
    pub(crate) fn encode(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(json)
    }

    fn decode(text: &str) -> Option<Self> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }
}

fn gone(old: u64, new: u64) -> ApiError {
    let text = format!("The sync state generation is not found; generation={old};[highest={new}].");
    ApiError::new(410, "SyncStateNotFound", text)
}
