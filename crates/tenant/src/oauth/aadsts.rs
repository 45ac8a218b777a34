//! Errors of the sign-in service: number, text, and the trailer that Entra adds to the text.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::ids;

/// One error of the sign-in service.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Aadsts {
    pub(crate) number: u32,
    /// OAuth error: `invalid_grant` and so on.
    pub(crate) error: &'static str,
    pub(crate) text: String,
    pub(crate) suberror: Option<&'static str>,
    /// The `claims` that the next authorization request has to send, as JSON text.
    pub(crate) claims: Option<String>,
    /// HTTP status at the token endpoint.
    pub(crate) status: u16,
}

impl Aadsts {
    /// An error with status 400.
    pub(crate) fn new(number: u32, error: &'static str, text: impl Into<String>) -> Self {
        Self {
            number,
            error,
            text: text.into(),
            suberror: None,
            claims: None,
            status: 400,
        }
    }

    /// The same with a `suberror`.
    pub(crate) fn sub(mut self, suberror: &'static str) -> Self {
        self.suberror = Some(suberror);
        self
    }

    /// The same with `claims`.
    pub(crate) fn with_claims(mut self, claims: String) -> Self {
        self.claims = Some(claims);
        self
    }

    /// The same with another status.
    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Wrong or missing client authentication.
    pub(crate) fn client(number: u32, text: impl Into<String>) -> Self {
        Self::new(number, "invalid_client", text).status(401)
    }

    /// Nobody consented to the permission yet.
    pub(crate) fn no_consent(client_id: &str) -> Self {
        let text = format!(
            "The user or administrator has not consented to use the application with ID '{client_id}'. \
             Send an interactive authorization request for this user and resource."
        );
        Self::new(65001, "invalid_grant", text).sub("consent_required")
    }

    /// A required parameter is missing.
    pub(crate) fn missing(name: &str) -> Self {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        Self::new(900_144, "invalid_request", text)
    }

    /// Number, text and trailer: the value of `error_description`.
    pub(crate) fn description(&self, ids: &TraceIds) -> String {
        format!(
            "AADSTS{}: {}\r\nTrace ID: {}\r\nCorrelation ID: {}\r\nTimestamp: {}",
            self.number, self.text, ids.trace, ids.correlation, ids.timestamp
        )
    }

    /// The JSON body of the token endpoint.
    pub(crate) fn json(&self, ids: &TraceIds, origin: &str, v1: bool) -> Value {
        // The v1 endpoint lists 70002, the general number, beside the exact one.
        let codes = match (v1, self.number) {
            (true, 70_008 | 50_173) => vec![70_002, self.number],
            _ => vec![self.number],
        };
        let mut body = json!({
            "error": self.error,
            "error_description": self.description(ids),
            "error_codes": codes,
            "timestamp": ids.timestamp,
            "trace_id": ids.trace,
            "correlation_id": ids.correlation,
            "error_uri": self.uri(origin),
        });
        if let Some(suberror) = self.suberror {
            body["suberror"] = suberror.into();
        }
        if let Some(claims) = &self.claims {
            body["claims"] = claims.as_str().into();
        }
        body
    }

    /// The URL that explains the number.
    pub(crate) fn uri(&self, origin: &str) -> String {
        format!("{origin}/error?code={}", self.number)
    }
}

/// Trace id, correlation id and time of one response.
#[derive(Clone, Debug)]
pub(crate) struct TraceIds {
    pub(crate) trace: String,
    pub(crate) correlation: String,
    pub(crate) timestamp: String,
}

impl TraceIds {
    /// Fresh ids. The caller's `client-request-id` becomes the correlation id.
    pub(crate) fn new(now: DateTime<Utc>, correlation: Option<&str>) -> Self {
        Self {
            trace: ids::guid(),
            correlation: correlation
                .filter(|id| ids::is_guid(id))
                .map_or_else(ids::guid, str::to_owned),
            timestamp: now.format("%Y-%m-%d %H:%M:%SZ").to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_has_every_member_that_clients_look_at() {
        let ids = TraceIds::new(Utc::now(), Some("aaaa0000-bb11-2222-33cc-444444dddddd"));
        let body = Aadsts::new(70_008, "invalid_grant", "Expired.")
            .sub("bad_token")
            .json(&ids, "http://x", true);
        assert_eq!(body["error"], "invalid_grant");
        assert_eq!(body["error_codes"], json!([70_002, 70_008]));
        assert_eq!(
            body["correlation_id"],
            "aaaa0000-bb11-2222-33cc-444444dddddd"
        );
        assert_eq!(body["suberror"], "bad_token");
        let text = body["error_description"].as_str().unwrap();
        assert!(
            text.starts_with("AADSTS70008: Expired.\r\nTrace ID: "),
            "{text}"
        );
    }
}
