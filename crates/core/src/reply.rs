//! The judge of the API's refusals: status, headers and body become one [`Error`].

use crate::challenge;
use crate::error::{Code, Error};
use crate::json::Json;
use crate::scan;
use alloc::string::{String, ToString};

/// The headers of a refusal that say why. Any may be hidden by CORS.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Headers {
    /// `www-authenticate`
    pub www_authenticate: Option<String>,
    /// `x-ms-diagnostics`
    pub diagnostics: Option<String>,
    /// `request-id`
    pub request_id: Option<String>,
    /// `retry-after`
    pub retry_after: Option<String>,
}

/// Longest message that is taken over from a service, in characters.
const MAX_MESSAGE: usize = 600;

/// Judges an answer that is not a success. `now` is in seconds since 1970, for dates in `Retry-After`.
#[must_use]
pub fn judge(status: u16, headers: &Headers, body: &str, now: u64) -> Error {
    let said = Json::parse(body).unwrap_or_default();
    let said = said.get("error");
    let service_code = said.get("code").text();
    let challenge = headers
        .www_authenticate
        .as_deref()
        .map(challenge::bearer)
        .unwrap_or_default();
    let diagnostics = headers
        .diagnostics
        .as_deref()
        .and_then(challenge::diagnostics);
    let without_user = diagnostics
        .as_ref()
        .is_some_and(|known| scan::find(&known.reason, "user context").is_some());
    let code = if without_user {
        Code::MailboxNotFound
    } else {
        class(status, service_code.as_deref().unwrap_or_default())
    };

    let message = said.get("message").text().filter(|text| !text.is_empty());
    let reason = diagnostics
        .as_ref()
        .map(|known| known.reason.as_str())
        .filter(|reason| !reason.is_empty());
    let mut error = match (message, reason) {
        (Some(text), _) => Error::with(code, scan::shorten(&text, MAX_MESSAGE).into()),
        (None, Some(reason)) => Error::with(code, scan::shorten(reason, MAX_MESSAGE).into()),
        (None, None) => Error::with(
            code,
            ["the service answered with status ", &status.to_string()].concat(),
        ),
    };
    let retry_after = headers
        .retry_after
        .as_deref()
        .and_then(|text| crate::retry::after(text, now));
    let inner = ["innerError", "innererror"].map(|name| said.get(name));
    let inner_id = || {
        inner.iter().find_map(|inner| {
            ["request-id", "requestId"]
                .iter()
                .find_map(|name| inner.get(name).text())
        })
    };
    let detail = error.detail_mut();
    detail.status = Some(status);
    detail.request_id = headers.request_id.clone().or_else(inner_id);
    detail.service_code = service_code;
    detail.diagnostics = diagnostics;
    detail.retry_after_seconds = retry_after;
    detail.claims = challenge.claims.filter(|_| status == 401);
    error
}

/// The class of a refusal, by status and by those of the service's codes that say more.
fn class(status: u16, service_code: &str) -> Code {
    match (status, service_code) {
        (403 | 404, "MailboxNotEnabledForRESTAPI" | "MailboxNotSupportedForRESTAPI") => {
            Code::MailboxNotFound
        }
        (401, _) => Code::InteractionRequired,
        (403, _) => Code::Forbidden,
        (404, _) => Code::NotFound,
        (409, _) => Code::Conflict,
        (410, _) | (_, "SyncStateNotFound" | "resyncRequired") => Code::Gone,
        (412, _) => Code::PreconditionFailed,
        (413, _) | (400, "ErrorMessageSizeExceeded") => Code::TooLarge,
        (429 | 509, _) => Code::Throttled,
        (400..=499, _) => Code::BadRequest,
        (500.., _) => Code::ServiceUnavailable,
        _ => Code::InvalidResponse,
    }
}

/// Whether a fresh token may help: one renewal and one repeat, even where CORS hides the reason.
#[must_use]
pub fn wants_renewal(error: &Error) -> bool {
    error
        .detail
        .as_ref()
        .is_some_and(|detail| detail.status == Some(401))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_refusal_has_its_class() {
        let body =
            |code: &str| alloc::format!(r#"{{"error":{{"code":"{code}","message":"why"}}}}"#);
        for (status, service_code, wanted) in [
            (400, "ErrorInvalidIdMalformed", Code::BadRequest),
            (400, "ErrorMessageSizeExceeded", Code::TooLarge),
            (401, "InvalidAuthenticationToken", Code::InteractionRequired),
            (403, "ErrorAccessDenied", Code::Forbidden),
            (404, "ErrorItemNotFound", Code::NotFound),
            (404, "MailboxNotEnabledForRESTAPI", Code::MailboxNotFound),
            (405, "", Code::BadRequest),
            (409, "ErrorFolderExists", Code::Conflict),
            (410, "SyncStateNotFound", Code::Gone),
            (400, "SyncStateNotFound", Code::Gone),
            (412, "ErrorIrresolvableConflict", Code::PreconditionFailed),
            (413, "", Code::TooLarge),
            (429, "ApplicationThrottled", Code::Throttled),
            (500, "", Code::ServiceUnavailable),
            (504, "UnknownError", Code::ServiceUnavailable),
            (0, "", Code::InvalidResponse),
            (302, "", Code::InvalidResponse),
        ] {
            let error = judge(status, &Headers::default(), &body(service_code), 0);
            assert_eq!(error.code, wanted, "{status} {service_code}");
            assert_eq!(error.message, "why");
            assert_eq!(
                error.detail.as_ref().unwrap().service_code.as_deref(),
                Some(service_code)
            );
        }
    }

    #[test]
    fn an_empty_body_leaves_the_headers_to_say_why() {
        let headers = Headers {
            www_authenticate: Some(r#"Bearer error="invalid_token",Basic Realm="""#.into()),
            diagnostics: Some(r#"2000001;reason="No applicable user context claims found.";error_category="invalid_token""#.into()),
            request_id: Some("r-1".into()),
            retry_after: None,
        };
        let error = judge(401, &headers, "", 0);
        assert_eq!(error.code, Code::MailboxNotFound);
        assert_eq!(error.message, "No applicable user context claims found.");
        assert!(wants_renewal(&error));
        let detail = error.detail.as_ref().unwrap();
        assert_eq!(detail.request_id.as_deref(), Some("r-1"));
        assert_eq!(detail.diagnostics.as_ref().unwrap().number, 2_000_001);
    }

    #[test]
    fn s27_a_401_whose_reason_is_hidden_still_wants_its_renewal() {
        let error = judge(401, &Headers::default(), "", 0);
        assert_eq!(error.code, Code::InteractionRequired);
        assert!(wants_renewal(&error));
        assert_eq!(error.message, "the service answered with status 401");
        assert!(!wants_renewal(&judge(403, &Headers::default(), "", 0)));
    }

    #[test]
    fn s28_claims_come_with_a_401_and_nowhere_else() {
        let headers = Headers {
            www_authenticate: Some(r#"Bearer error="insufficient_claims", claims="e30""#.into()),
            ..Headers::default()
        };
        assert_eq!(
            judge(401, &headers, "", 0)
                .detail
                .clone()
                .unwrap()
                .claims
                .as_deref(),
            Some("{}")
        );
        assert_eq!(
            judge(403, &headers, "", 0).detail.clone().unwrap().claims,
            None
        );
    }

    #[test]
    fn ids_inside_the_body_are_found() {
        let body = r#"{"error":{"code":"x","message":"m","innerError":{"date":"2026-01-01T00:00:00","request-id":"r-2","client-request-id":"c"}}}"#;
        assert_eq!(
            judge(404, &Headers::default(), body, 0)
                .detail
                .clone()
                .unwrap()
                .request_id
                .as_deref(),
            Some("r-2")
        );
    }

    proptest! {
        #[test]
        fn no_answer_breaks_the_judge(status in any::<u16>(), body in "\\PC{0,200}", header in "[ -~]{0,60}") {
            let headers = Headers { www_authenticate: Some(header.clone()), diagnostics: Some(header.clone()), retry_after: Some(header), request_id: None };
            let error = judge(status, &headers, &body, 1_800_000_000);
            prop_assert!(!error.message.is_empty());
            prop_assert!(error.message.chars().count() <= MAX_MESSAGE);
        }
    }
}
