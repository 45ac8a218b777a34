//! S30: no error of the core tells a code, a token or what belongs to a request, whatever made it fail. Every secret here
//! has a text of its own that is nowhere else, and everything that an error can say is searched for each of them.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use exo365_core::authorization_response::AuthorizationResponse;
use exo365_core::error::{Code, Error};
use exo365_core::json::{FromJson, Json};
use exo365_core::options::Options;
use exo365_core::signin::{AuthorizationRequest, Entropy, MINUTES, SignInRecord, Start, begin};
use exo365_core::text::base64url;
use exo365_core::wire::{ErrorReply, Flavor, Hosts, Identity, Mode, PageConfig};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeSet;

#[path = "secrets/answers.rs"]
mod answers;

const REDIRECT_URI: &str = "https://app.contoso.example/mail/";
const CREATED: u64 = 1_790_000_000;
const CODE: &str = "c0de-M4RKER-c0de-M4RKER";
const STATE: &str = "st4te-M4RKER-st4te-M4RKER";
const NONCE: &str = "n0nce-M4RKER-n0nce-M4RKER";
const VERIFIER: &str = "ver1fier-M4RKER-ver1fier-M4RKER";
const ACCESS: &str = "4ccess-M4RKER.t0ken";
const REFRESH: &str = "refre5h-M4RKER.t0ken";
/// In each of them, and in nothing that the project writes.
const MARKER: &str = "M4RKER";

/// Everything that an error can say to a page, a log or the wire.
fn told(error: &Error) -> String {
    let wire = serde_json::to_string(&ErrorReply::from(error)).unwrap();
    format!("{error}\n{error:?}\n{error:#?}\n{}\n{wire}", error.remedy())
}

/// The name of its code, after it was searched.
fn silent(error: &Error) -> &'static str {
    let text = told(error);
    assert!(!text.contains(MARKER), "{text}");
    assert!(!text.contains(REDIRECT_URI), "{text}");
    error.code.as_str()
}

fn config() -> PageConfig {
    PageConfig {
        client_id: "11111111-2222-3333-4444-555555555555".into(),
        authority: "https://login.contoso.example/organizations".into(),
        identity: Identity::V2,
        api: Flavor::Graph,
        cloud: Hosts {
            login: "https://login.contoso.example".into(),
            api: "https://api.contoso.example".into(),
        },
        scopes: vec!["Mail.Read".into()],
        redirect_uris: vec![REDIRECT_URI.into()],
        mode: Mode::Direct,
    }
}

fn request(consent: bool) -> AuthorizationRequest {
    AuthorizationRequest {
        state: STATE.into(),
        nonce: NONCE.into(),
        verifier: VERIFIER.into(),
        authority: config().authority,
        identity: Identity::V2,
        redirect_uri: REDIRECT_URI.into(),
        return_to: "/mail/".into(),
        created: CREATED,
        lifetime: 600,
        account: None,
        resource: None,
        consent,
        max_age: None,
    }
}

/// Runs `check` over `inputs`, and returns the codes of all errors that it made.
fn codes<S: Strategy>(
    inputs: &S,
    check: impl Fn(S::Value) -> Option<&'static str>,
) -> Vec<&'static str> {
    let seen = RefCell::new(BTreeSet::new());
    let mut config = ProptestConfig::with_cases(4000);
    config.failure_persistence = None;
    let outcome = TestRunner::new(config).run(inputs, |input| {
        seen.borrow_mut().extend(check(input));
        Ok(())
    });
    assert_eq!(outcome.map_err(|failure| failure.to_string()), Ok(()));
    seen.into_inner().into_iter().collect()
}

/// One field of a redirect: left out, or one of `values`.
fn field(name: &'static str, values: &'static [&'static str]) -> impl Strategy<Value = String> {
    let some = prop::sample::select(values);
    let written = some.prop_map(move |value| format!("&{name}={value}"));
    prop_oneof![2 => written, 1 => Just(String::new())]
}

#[test]
fn s30_no_redirect_that_is_refused_tells_what_came_with_it() {
    let query = (
        prop_oneof![5 => Just(STATE.to_owned()), 1 => "[a-z]{0,9}", 1 => Just(format!("{STATE}.p"))],
        field("code", &[CODE, "", "c0de-M4RKER%0d%0a"]),
        prop_oneof![
            1 => Just(String::new()),
            1 => field("error", &[
                "access_denied", "consent_required", "login_required", "server_error", "invalid_request", CODE,
            ]),
        ],
        field(
            "error_description",
            &[
                "AADSTS65004%3a+Declined.%0d%0aTrace+ID%3a+c0de-M4RKER",
                "AADSTS90094%3a+Only+an+administrator.",
                "",
            ],
        ),
        field("error_subcode", &["cancel", STATE]),
        prop_oneof![
            2 => Just(String::new()),
            1 => field("iss", &[
                "https://login.contoso.example/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0",
                "https://M4RKER.fabrikam.example/",
            ]),
        ],
        field("session_state", &[CODE]),
        prop_oneof![8 => Just(String::new()), 1 => field("code", &[CODE])],
    );
    let place = (
        prop_oneof![5 => Just(REDIRECT_URI.to_owned()), 1 => Just(format!("{REDIRECT_URI}M4RKER"))],
        prop_oneof![5 => Just(CREATED + 9), 1 => Just(CREATED + 601)],
        any::<[bool; 2]>(),
    );
    let seen = codes(
        &(query, place),
        |(query, (arrived_at, now, [consent, fragment]))| {
            let (state, code, error, said, sub, issuer, session, twice) = query;
            let text = format!("state={state}{code}{error}{said}{sub}{issuer}{session}{twice}");
            let (query, fragment) = if fragment {
                ("", text.as_str())
            } else {
                (text.as_str(), "")
            };
            let response = AuthorizationResponse::read(query, fragment);
            let error = request(consent).finish(&response, &arrived_at, now).err()?;
            Some(silent(&error))
        },
    );
    let wanted = [
        Code::AccessDenied,
        Code::AdminConsentRequired,
        Code::Cancelled,
        Code::ConsentRequired,
        Code::InteractionRequired,
        Code::InvalidCallback,
        Code::IssuerMismatch,
        Code::Misconfigured,
        Code::ServiceUnavailable,
        Code::StateExpired,
        Code::StateMismatch,
    ];
    let mut wanted = wanted.map(Code::as_str);
    wanted.sort_unstable();
    assert_eq!(seen, wanted, "every way to fail was gone");
}

#[test]
fn s30_a_record_that_is_none_is_told_as_an_answer_to_no_sign_in() {
    let record = json!({
        "state": STATE, "nonce": NONCE, "verifier": VERIFIER, "redirectUri": REDIRECT_URI, "returnTo": "/",
        "created": CREATED, "config": serde_json::to_value(config()).unwrap(),
    });
    let pending = |value: &Value| {
        Json::parse(&value.to_string()).and_then(|json| SignInRecord::from_json(&json))
    };
    assert!(pending(&record).is_some());
    for name in record.as_object().unwrap().keys() {
        for odd in [
            Value::Null,
            json!([VERIFIER]),
            json!({ "M4RKER": NONCE }),
            json!(-1),
        ] {
            let mut record = record.clone();
            record[name] = odd;
            // There is nothing to say but this.
            let error = pending(&record)
                .ok_or_else(AuthorizationResponse::unexpected)
                .err()
                .unwrap();
            assert_eq!(silent(&error), "state_mismatch", "{name}");
        }
    }
}

#[test]
fn s30_no_options_that_are_refused_tell_what_the_sign_in_had_drawn() {
    let entropy = Entropy(core::array::from_fn(|at| at as u8));
    let drawn = [&entropy.0[..32], &entropy.0[32..64], &entropy.0[64..]].map(base64url);
    for options in [
        r#"{"prompt":"admin"}"#,
        r#"{"prompt":"select_account","loginHint":"adele@contoso.example"}"#,
        r#"{"scopes":["a b"]}"#,
        r#"{"claims":"[]"}"#,
        r#"{"extra":{"state":"x"}}"#,
        r#"{"returnTo":"//fabrikam.example"}"#,
    ] {
        let options = Options::sign_in(options).unwrap();
        let start = Start {
            redirect_uri: REDIRECT_URI,
            origin: "https://app.contoso.example",
            here: "/",
            account: None,
            minutes: MINUTES,
            endpoint: "https://app.contoso.example/auth",
        };
        let begun = begin(&config(), &options, &start, &entropy, CREATED);
        let error = begun.err().unwrap();
        assert_eq!(silent(&error), "invalid_argument");
        assert!(drawn.iter().all(|secret| !told(&error).contains(secret)));
    }
}
