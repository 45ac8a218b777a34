//! The judge of redirects. Fields: kind (`1`: v1, `c`: an administrator is asked, `p`: a window of its own, `t`: one
//! tenant), seconds since 1970, the address it arrived_at at, the fragment, the query.

use super::{fields, number, tells, told};
use exo365_core::authorization_response::{AuthorizationGrant, AuthorizationResponse};
use exo365_core::error::Error;
use exo365_core::signin::{AuthorizationRequest, POPUP, is_own_state};
use exo365_core::text::form_decode;
use exo365_core::wire::Identity;
use std::borrow::Cow;
use std::collections::BTreeMap;
use url::{Url, form_urlencoded};

const STATE: &str = "st4te-st4te-st4te-st4te-st4te-st4te-st4te-s";
const NONCE: &str = "n0nce-n0nce-n0nce-n0nce-n0nce";
const VERIFIER: &str = "ver1fier-ver1fier-ver1fier-ver1fier-ver1fier";
const REDIRECT_URI: &str = "https://app.contoso.example/mail/";
const LOGIN: &str = "https://login.contoso.example";
const CREATED: u64 = 1_790_000_000;
const LIFETIME: u64 = 600;
/// What an answer may have once.
const ONCE: [&str; 7] = [
    "code",
    "state",
    "error",
    "error_description",
    "error_subcode",
    "iss",
    "session_state",
];

fn request(kind: &str) -> AuthorizationRequest {
    let v1 = kind.contains('1');
    let tenant = if kind.contains('t') {
        "aaaabbbb-0000-cccc-1111-dddd2222eeee"
    } else {
        "organizations"
    };
    AuthorizationRequest {
        state: [STATE, if kind.contains('p') { POPUP } else { ".r" }].concat(),
        nonce: NONCE.into(),
        verifier: VERIFIER.into(),
        authority: [LOGIN, "/", tenant].concat(),
        identity: if v1 { Identity::V1 } else { Identity::V2 },
        redirect_uri: REDIRECT_URI.into(),
        return_to: "/mail/".into(),
        created: CREATED,
        lifetime: LIFETIME,
        account: None,
        resource: None,
        consent: kind.contains('c'),
        max_age: None,
    }
}

/// The fields as the URL standard reads them.
fn standard(query: &str, fragment: &str) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<String, Vec<String>>::new();
    for text in [
        query.trim_start_matches('?'),
        fragment.trim_start_matches('#'),
    ] {
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            all.entry(name.into()).or_default().push(value.into());
        }
    }
    all
}

pub(super) fn run(input: &str) {
    let [kind, now, arrived_at, fragment, query] = fields(input);
    // A clock that runs backwards far enough to overflow is none.
    let now = number::<u32>(now, 1_790_000_100).into();
    let request = request(kind);
    let response = AuthorizationResponse::read(query, fragment);
    let for_opener = response.state().is_some_and(|state| state.ends_with(POPUP));
    assert_eq!(response.is_for_opener(), for_opener);
    assert_eq!(
        response.is_ours(),
        response.state().is_some_and(is_own_state)
    );
    let standard = standard(query, fragment);
    // What is no UTF-8 stays as it was written here, and is replaced there.
    let same = !standard
        .iter()
        .any(|(name, values)| name.contains('\u{fffd}') || values.concat().contains('\u{fffd}'));
    let read = if same { Some(&standard) } else { None };
    match request.finish(&response, arrived_at, now) {
        Ok(grant) => {
            assert_eq!(arrived_at, REDIRECT_URI);
            assert!(now.abs_diff(CREATED) <= LIFETIME, "in its time");
            assert_eq!(response.state(), Some(request.state.as_str()));
            assert!(read.is_none_or(|read| granted(&request, &grant, read)));
        }
        Err(error) => {
            if response.state() != Some(request.state.as_str()) {
                assert_eq!(
                    error,
                    AuthorizationResponse::unexpected(),
                    "the state comes before all else"
                );
            }
            refused(&request, &error, [query, fragment]);
        }
    }
}

fn granted(
    request: &AuthorizationRequest,
    grant: &AuthorizationGrant,
    read: &BTreeMap<String, Vec<String>>,
) -> bool {
    let values = |name: &str| read.get(name).map(Vec::as_slice).unwrap_or_default();
    for name in ONCE {
        assert!(values(name).len() <= 1, "{name} twice");
    }
    assert_eq!(values("state"), [request.state.as_str()]);
    assert!(values("error").is_empty(), "a refusal is no grant");
    if request.consent {
        assert!(grant.code.is_empty() && values("admin_consent").len() == 1);
    } else {
        assert!(!grant.code.is_empty());
        assert_eq!(values("code"), [grant.code.as_str()]);
    }
    assert_eq!(grant.iss.as_ref(), values("iss").first(), "passed on");
    if let [issuer] = values("iss") {
        let issuer = Url::parse(issuer).expect("an issuer that passed is an address");
        let host = issuer.host_str();
        let legacy = request.identity == Identity::V1 && host == Some("sts.windows.net");
        assert!(legacy || host == Some("login.contoso.example"), "{issuer}");
    }
    true
}

/// S30, for inputs nobody thought of.
fn refused(request: &AuthorizationRequest, error: &Error, whole: [&str; 2]) {
    let text = told(error);
    let values = |wanted: &str| -> Vec<String> {
        let pairs = whole.iter().flat_map(|text| text.split('&'));
        let pairs = pairs.map(|pair| pair.trim_start_matches(['?', '#']));
        let pairs = pairs.filter_map(|pair| pair.split_once('='));
        let named = pairs.filter(|pair| form_decode(pair.0) == wanted);
        named.map(|pair| form_decode(pair.1)).collect()
    };
    // What the service says in its own sentence is shown, up to the end of its first line.
    let said = values("error_description").concat();
    let codes = values("code");
    let secrets = codes.iter().map(String::as_str).chain(whole);
    for secret in secrets.chain([request.state.as_str(), NONCE, VERIFIER]) {
        assert!(!tells(&text, secret) || said.contains(secret), "{text}");
    }
    match &error.message {
        Cow::Borrowed(_) => {}
        Cow::Owned(message) => assert!(message.len() <= 300 && !message.is_empty()),
    }
    assert!(!error.message.contains(['\r', '\n']));
}
