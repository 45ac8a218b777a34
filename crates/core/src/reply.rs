//! Makes an [`Error`] of a refusal of the API, out of status, headers and body.

use crate::challenge::{self, Challenge};
use crate::error::{Code, Detail, Error};
use crate::json::Json;
use crate::retry::seconds;
use crate::scan;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// The longest message that is taken from a service, in bytes.
const MAX_MESSAGE: usize = 600;

/// The headers that explain a refusal. CORS may hide any of them.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    /// `www-authenticate`.
    pub www_authenticate: Option<String>,
    /// `x-ms-diagnostics`, of Exchange.
    pub diagnostics: Option<String>,
    /// `request-id`.
    pub request_id: Option<String>,
    /// `retry-after`.
    pub retry_after: Option<String>,
}

impl Headers {
    /// Reads them by `header`, which gives the header of a name in small letters.
    pub fn read(header: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            www_authenticate: header("www-authenticate"),
            diagnostics: header("x-ms-diagnostics"),
            request_id: header("request-id"),
            retry_after: header("retry-after"),
        }
    }
}

/// The error for an answer that is not a success. `until` gives the seconds until a date in `Retry-After`: the caller has
/// the clock.
#[must_use]
pub fn judge(
    status: u16,
    headers: Headers,
    body: &str,
    until: impl Fn(&str) -> Option<u32>,
) -> Error {
    let said = Json::parse(body).unwrap_or_default();
    let said = said.get("error");
    let service_code = said.get("code").text();
    let diagnostics = headers
        .diagnostics
        .and_then(|text| challenge::diagnostics(&text));
    let reason = diagnostics
        .as_ref()
        .map_or("", |known| known.reason.as_str());
    let message = said.get("message").str().unwrap_or_default();
    let code = if scan::find(reason, "user context").is_some() {
        Code::MailboxNotFound
    } else if status == 400 && scan::find(message, "Badly formed token").is_some() {
        // The token of a delta or next link; the service has no code of its own for it.
        Code::Gone
    } else {
        code(status, service_code.as_deref().unwrap_or_default())
    };
    let challenge = match headers.www_authenticate {
        Some(text) if status == 401 => challenge::bearer(&text),
        _ => Challenge::default(),
    };
    let mut error = Error::with(code, sentence(status, [message, reason]));
    // All fields are named: `..default()` would be more code.
    error.detail = Some(Box::new(Detail {
        status: Some(status),
        request_id: headers.request_id.or_else(|| inner_id(said)),
        client_request_id: None,
        correlation_id: None,
        trace_id: None,
        aadsts: Vec::new(),
        suberror: None,
        retry_after_seconds: headers
            .retry_after
            .and_then(|text| seconds(&text).or_else(|| until(&text))),
        service_code,
        diagnostics,
        claims: challenge.claims,
        consent_url: None,
        remedy: None,
    }));
    error
}

/// The first of `said` that is not empty, cut to [`MAX_MESSAGE`]; otherwise a sentence with the status.
fn sentence(status: u16, said: [&str; 2]) -> String {
    for text in said {
        if !text.is_empty() {
            return scan::truncate(text, MAX_MESSAGE).into();
        }
    }
    let mut sentence = String::from("the service answered with status ");
    scan::push_number(&mut sentence, status.into());
    sentence
}

/// The id of the request, as the services write it into the body.
fn inner_id(error: &Json) -> Option<String> {
    for inner in ["innerError", "innererror"] {
        for name in ["request-id", "requestId"] {
            if let Some(id) = error.get(inner).get(name).text() {
                return Some(id);
            }
        }
    }
    None
}

/// The code of a refusal, by its status and by those codes of the service that say more.
fn code(status: u16, service_code: &str) -> Code {
    match (status, service_code) {
        (403 | 404, "MailboxNotEnabledForRESTAPI" | "MailboxNotSupportedForRESTAPI") => {
            Code::MailboxNotFound
        }
        // RFC 4918 §11.5.
        (507, _) | (_, "ErrorQuotaExceeded") => Code::MailboxFull,
        (401, _) => Code::InteractionRequired,
        (403, _) => Code::Forbidden,
        (404, _) => Code::NotFound,
        // A name that is taken comes as both: ErrorFolderExists, CategoryNameExists, nameAlreadyExists.
        (409, _) | (400, "ErrorIrresolvableConflict") => Code::Conflict,
        (400, taken) if taken.ends_with("Exists") => Code::Conflict,
        (410, _) | (_, "SyncStateNotFound" | "ErrorInvalidSyncStateData" | "resyncRequired") => {
            Code::Gone
        }
        (412, _) => Code::PreconditionFailed,
        (413, _) | (400, "ErrorMessageSizeExceeded") => Code::TooLarge,
        (429 | 509, _) => Code::Throttled,
        // 408 and 425: the service waited in vain for the request, or would have it once more (RFC 9110 §15.5.9, RFC 8470
        // §5.2).
        (408 | 425 | 500.., _) => Code::ServiceUnavailable,
        (400..=499, _) => Code::BadRequest,
        _ => Code::InvalidResponse,
    }
}

/// Whether a new token may help. It may after every 401, since CORS may hide the reason.
#[must_use]
pub fn needs_new_token(error: &Error) -> bool {
    error
        .detail
        .as_ref()
        .is_some_and(|detail| detail.status == Some(401))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judged(status: u16, headers: &Headers, body: &str, now: u64) -> Error {
        judge(status, headers.clone(), body, |date| {
            crate::retry::after(date, now)
        })
    }

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
            (400, "ErrorFolderExists", Code::Conflict),
            (400, "CategoryNameExists", Code::Conflict),
            (400, "nameAlreadyExists", Code::Conflict),
            (400, "ErrorIrresolvableConflict", Code::Conflict),
            (507, "", Code::MailboxFull),
            (507, "ErrorQuotaExceeded", Code::MailboxFull),
            (400, "ErrorQuotaExceeded", Code::MailboxFull),
            (408, "", Code::ServiceUnavailable),
            (410, "SyncStateNotFound", Code::Gone),
            (400, "SyncStateNotFound", Code::Gone),
            (400, "ErrorInvalidSyncStateData", Code::Gone),
            (412, "ErrorIrresolvableConflict", Code::PreconditionFailed),
            (413, "", Code::TooLarge),
            (429, "ApplicationThrottled", Code::Throttled),
            (500, "", Code::ServiceUnavailable),
            (504, "UnknownError", Code::ServiceUnavailable),
            (0, "", Code::InvalidResponse),
            (302, "", Code::InvalidResponse),
        ] {
            let error = judged(status, &Headers::default(), &body(service_code), 0);
            assert_eq!(error.code, wanted, "{status} {service_code}");
            assert_eq!(error.message, "why");
            assert_eq!(
                error.detail.as_ref().unwrap().service_code.as_deref(),
                Some(service_code)
            );
        }
    }

    #[test]
    fn a_token_that_is_none_is_gone() {
        let body = r#"{"error":{"code":"BadRequest","message":"Badly formed token."}}"#;
        for (status, wanted) in [(400, Code::Gone), (403, Code::Forbidden)] {
            assert_eq!(judged(status, &Headers::default(), body, 0).code, wanted);
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
        let error = judged(401, &headers, "", 0);
        assert_eq!(error.code, Code::MailboxNotFound);
        assert_eq!(error.message, "No applicable user context claims found.");
        assert!(needs_new_token(&error));
        let detail = error.detail.as_ref().unwrap();
        assert_eq!(detail.request_id.as_deref(), Some("r-1"));
        assert_eq!(detail.diagnostics.as_ref().unwrap().number, 2_000_001);
    }

    #[test]
    fn s27_a_401_whose_reason_is_hidden_still_wants_its_renewal() {
        let error = judged(401, &Headers::default(), "", 0);
        assert_eq!(error.code, Code::InteractionRequired);
        assert!(needs_new_token(&error));
        assert_eq!(error.message, "the service answered with status 401");
        assert!(!needs_new_token(&judged(403, &Headers::default(), "", 0)));
    }

    #[test]
    fn s28_claims_come_with_a_401_and_nowhere_else() {
        let headers = Headers {
            www_authenticate: Some(r#"Bearer error="insufficient_claims", claims="e30""#.into()),
            ..Headers::default()
        };
        assert_eq!(
            judged(401, &headers, "", 0)
                .detail
                .clone()
                .unwrap()
                .claims
                .as_deref(),
            Some("{}")
        );
        assert_eq!(
            judged(403, &headers, "", 0).detail.clone().unwrap().claims,
            None
        );
    }

    #[test]
    fn ids_inside_the_body_are_found() {
        let body = r#"{"error":{"code":"x","message":"m","innerError":{"date":"2026-01-01T00:00:00","request-id":"r-2","client-request-id":"c"}}}"#;
        assert_eq!(
            judged(404, &Headers::default(), body, 0)
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
        fn no_answer_breaks_the_judged(status in any::<u16>(), body in "\\PC{0,200}", header in "[ -~]{0,60}") {
            let headers = Headers { www_authenticate: Some(header.clone()), diagnostics: Some(header.clone()), retry_after: Some(header), request_id: None };
            let error = judged(status, &headers, &body, 1_800_000_000);
            prop_assert!(!error.message.is_empty());
            prop_assert!(error.message.chars().count() <= MAX_MESSAGE);
        }
    }
}
