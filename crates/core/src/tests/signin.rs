//! Tests of `signin.rs`.

use super::*;
use crate::error::Code;
use crate::wire::{Flavor, Hosts, Mode};
use alloc::vec;
use alloc::vec::Vec;

pub(crate) fn config(identity: Identity) -> PageConfig {
    PageConfig {
        client_id: "11111111-2222-3333-4444-555555555555".into(),
        authority: "https://login.microsoftonline.com/organizations".into(),
        identity,
        api: Flavor::Graph,
        cloud: Hosts {
            login: "https://login.microsoftonline.com".into(),
            api: "https://graph.microsoft.com".into(),
        },
        scopes: vec!["Mail.Read".into(), "Contacts.Read".into()],
        redirect_uris: vec![],
        mode: Mode::Direct,
    }
}

pub(super) fn entropy() -> Entropy {
    let mut entropy = Entropy::default();
    for (at, byte) in entropy.0.iter_mut().enumerate() {
        *byte = at as u8 / 32 + 1;
    }
    entropy
}

pub(super) fn options(text: &str) -> Options {
    Options::sign_in(text).unwrap()
}

pub(super) const START: Start<'_> = Start {
    redirect_uri: "https://app.example/",
    origin: "https://app.example",
    here: "/mail",
    account: None,
    minutes: MINUTES,
    endpoint: "https://app.contoso.example/auth",
};

pub(super) fn begun(config: &PageConfig, text: &str) -> Result<Begun, Error> {
    begin(config, &options(text), &START, &entropy(), 7)
}

fn adele(login_hint: Option<&str>) -> Account {
    Account {
        tenant_id: "t".into(),
        object_id: "o".into(),
        username: "adele@contoso.example".into(),
        name: "Adele".into(),
        is_guest: false,
        login_hint: login_hint.map(Into::into),
    }
}

#[test]
fn s40_a_sign_in_that_continues_a_session_asks_for_its_account_and_is_bound_to_it() {
    let adele = [adele(None), adele(Some("hint"))];
    for (options, account, hint, prompt, bound) in [
        (r#"{}"#, Some(0), None, None, false),
        (r#"{"sameAccount":true}"#, None, None, None, false),
        (
            r#"{"sameAccount":true}"#,
            Some(0),
            Some("adele@contoso.example"),
            None,
            true,
        ),
        (r#"{"sameAccount":true}"#, Some(1), Some("hint"), None, true),
        // What is the default of a wrong account lets nobody choose another one.
        (
            r#"{"sameAccount":true,"prompt":"select_account"}"#,
            Some(1),
            Some("hint"),
            None,
            true,
        ),
        (
            r#"{"sameAccount":true,"prompt":"select_account"}"#,
            None,
            None,
            Some("select_account"),
            false,
        ),
        (
            r#"{"sameAccount":true,"prompt":"consent"}"#,
            Some(0),
            Some("adele@contoso.example"),
            Some("consent"),
            true,
        ),
        (
            r#"{"sameAccount":true,"loginHint":"ben@contoso.example"}"#,
            Some(0),
            Some("ben@contoso.example"),
            None,
            false,
        ),
        (
            r#"{"sameAccount":false,"prompt":"select_account"}"#,
            Some(0),
            None,
            Some("select_account"),
            false,
        ),
    ] {
        let start = Start {
            account: account.map(|at: usize| &adele[at]),
            ..START
        };
        let config = config(Identity::V2);
        let begun = begin(
            &config,
            &super::tests::options(options),
            &start,
            &entropy(),
            7,
        )
        .unwrap();
        let fields = parameters(&begun.url);
        assert_eq!(value(&fields, "login_hint"), hint, "{options}");
        assert_eq!(value(&fields, "prompt"), prompt, "{options}");
        let request = pending(&begun).request;
        assert_eq!(
            request.account.as_deref(),
            bound.then_some("t.o"),
            "{options}"
        );
    }
}

#[test]
fn the_time_of_a_sign_in_is_that_of_the_setting() {
    let config = config(Identity::V2);
    for minutes in [1, 10, 60] {
        let start = Start { minutes, ..START };
        let begun = begin(&config, &options("{}"), &start, &entropy(), 7).unwrap();
        assert_eq!(pending(&begun).request.lifetime, u64::from(minutes) * 60);
    }
}

/// What the tab kept, read back.
pub(super) fn pending(begun: &Begun) -> SignInRecord {
    SignInRecord::from_json(&Json::parse(&begun.record).unwrap()).unwrap()
}

#[test]
fn e54_consent_of_an_administrator_is_asked_for_where_each_generation_has_it() {
    for (identity, authority, wanted) in [
        (
            Identity::V2,
            "https://login.example/organizations",
            "https://login.example/organizations/v2.0/adminconsent?&client_id=",
        ),
        (
            Identity::V2,
            "https://login.example/common",
            "https://login.example/organizations/v2.0/adminconsent?&client_id=",
        ),
        (
            Identity::V1,
            "https://login.example/contoso.example",
            "https://login.example/contoso.example/adminconsent?&client_id=",
        ),
    ] {
        let mut config = config(identity);
        config.authority = authority.into();
        let begun = begun(&config, r#"{"adminConsent":true}"#).unwrap();
        assert!(begun.url.starts_with(wanted), "{}", begun.url);
        assert_eq!(
            begun.url.contains("scope=Mail.Read%20Contacts.Read"),
            identity == Identity::V2
        );
        assert!(begun.url.contains(&begun.state) && !begun.url.contains("code_challenge"));
        assert!(pending(&begun).request.consent);
    }
}

#[test]
fn parameters_of_the_callers_own_go_along_but_for_those_of_the_sign_in() {
    let config = config(Identity::V2);
    let sent = url(
        &config,
        r#"{"extra":{"max_age":"0","slice":"testslice","x-odd":"a&b"}}"#,
    )
    .unwrap();
    for (name, value) in [("max_age", "0"), ("slice", "testslice"), ("x-odd", "a&b")] {
        assert!(sent.contains(&(name.into(), value.into())), "{name}");
    }
    // The trade-in has to tell it on.
    let extra = begun(&config, r#"{"extra":{"max_age":"0"}}"#).unwrap();
    assert_eq!(pending(&extra).request.max_age.as_deref(), Some("0"));
    for name in [
        "state",
        "redirect_uri",
        "response_type",
        "scope",
        "prompt",
        "",
        "a b",
    ] {
        let options = serde_json::json!({ "extra": { name: "x" } }).to_string();
        assert_eq!(url(&config, &options), Err(Code::InvalidArgument), "{name}");
    }
}

fn url(config: &PageConfig, options: &str) -> Result<Vec<(String, String)>, Code> {
    let Begun { url, .. } = begun(config, options).map_err(|error| error.code)?;
    Ok(parameters(&url))
}

fn parameters(url: &str) -> Vec<(String, String)> {
    let (_, query) = url.split_once('?').unwrap();
    let decode = crate::text::form_decode;
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|field| field.0 == name)
        .map(|field| field.1.as_str())
}

#[test]
fn s2_s4_the_v2_request_has_scope_pkce_and_nonce() {
    let fields = url(&config(Identity::V2), "{}").unwrap();
    assert_eq!(value(&fields, "response_type"), Some("code"));
    assert_eq!(
        value(&fields, "scope"),
        Some("openid profile offline_access Mail.Read Contacts.Read")
    );
    assert_eq!(value(&fields, "code_challenge_method"), Some("S256"));
    for (name, length) in [("state", STATE), ("nonce", 43), ("code_challenge", 43)] {
        assert_eq!(value(&fields, name).map(str::len), Some(length), "{name}");
    }
    assert_eq!(value(&fields, "resource"), None);
    let names: Vec<_> = fields.iter().map(|field| field.0.as_str()).collect();
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), names.len(), "no parameter twice");
}

#[test]
fn the_v1_request_is_that_of_the_2014_post() {
    let mut config = config(Identity::V1);
    config.api = Flavor::OutlookV1;
    config.cloud.api = "https://outlook.office365.com".into();
    let fields = url(&config, "{}").unwrap();
    assert_eq!(
        value(&fields, "resource"),
        Some("https://outlook.office365.com/")
    );
    assert_eq!(value(&fields, "scope"), None);
    let begun = begun(&config, "{}").unwrap();
    assert!(begun.url.starts_with("https://login.microsoftonline.com/organizations/oauth2/authorize?response_type=code&client_id="));
    assert_eq!(
        pending(&begun).request.resource.as_deref(),
        Some("https://outlook.office365.com/")
    );
}

#[test]
fn what_the_tab_keeps_comes_back_the_same() {
    for identity in [Identity::V1, Identity::V2] {
        let config = config(identity);
        let text = r#"{"returnTo":"/a?b#c"}"#;
        let begun = begun(&config, text).unwrap();
        let back = pending(&begun);
        assert!(back.config == config);
        let resource = "https://graph.microsoft.com/".into();
        let request = AuthorizationRequest {
            state: [&base64url(&[1; 32]), REDIRECT].concat(),
            nonce: base64url(&[2; 32]),
            verifier: base64url(&[3; 32]),
            authority: config.authority.clone(),
            identity,
            redirect_uri: "https://app.example/".into(),
            return_to: "/a?b#c".into(),
            created: 7,
            lifetime: 600,
            account: None,
            resource: (identity == Identity::V1).then_some(resource),
            consent: false,
            max_age: None,
        };
        assert!(back.request == request);
        let fields = url(&config, text).unwrap();
        assert_eq!(value(&fields, "state"), Some(request.state.as_str()));
        assert_eq!(value(&fields, "nonce"), Some(request.nonce.as_str()));
        let challenge = base64url(&sha256(request.verifier.as_bytes()));
        assert_eq!(value(&fields, "code_challenge"), Some(challenge.as_str()));
        assert_eq!(begun.state, request.state);
    }
    assert!(SignInRecord::from_json(&Json::Null).is_none());
    let begun = begun(&config(Identity::V2), r#"{"returnTo":"/here"}"#).unwrap();
    let tampered = begun.record.replace("/here", "@evil.example");
    assert!(
        SignInRecord::from_json(&Json::parse(&tampered).unwrap()).is_none(),
        "S11"
    );
}

#[test]
fn options_become_parameters() {
    let options = r#"{"loginHint":"adele@contoso.example","domainHint":"contoso.example","prompt":"login",
        "scopes":["Calendars.Read","Mail.Read"],"claims":"{\"access_token\":{}}"}"#;
    let fields = url(&config(Identity::V2), options).unwrap();
    assert_eq!(value(&fields, "prompt"), Some("login"));
    assert_eq!(value(&fields, "login_hint"), Some("adele@contoso.example"));
    assert_eq!(value(&fields, "domain_hint"), Some("contoso.example"));
    assert_eq!(value(&fields, "claims"), Some("{\"access_token\":{}}"));
    assert_eq!(
        value(&fields, "scope"),
        Some("openid profile offline_access Mail.Read Contacts.Read Calendars.Read")
    );
}

#[test]
fn options_that_cannot_be_are_refused() {
    for options in [
        r#"{"prompt":"admin"}"#,
        r#"{"prompt":""}"#,
        r#"{"prompt":"select_account","loginHint":"a@b"}"#,
        r#"{"scopes":["a b"]}"#,
        r#"{"scopes":[""]}"#,
        r#"{"claims":"[]"}"#,
        r#"{"returnTo":"//evil.example"}"#,
    ] {
        assert_eq!(
            url(&config(Identity::V2), options),
            Err(Code::InvalidArgument),
            "{options}"
        );
    }
}

#[test]
fn s11_places_to_return_to_stay_here_and_out_of_the_url() {
    let place = |wish: &str| place(wish, "https://app.example").map(String::from).ok();
    for (good, path) in [
        ("/", "/"),
        ("/mail?folder=inbox#top", "/mail?folder=inbox#top"),
        ("/a//b", "/a//b"),
        ("/%20x", "/%20x"),
        ("/%2Fevil.example", "/%2Fevil.example"),
        ("/?path=C%3A%5CUsers", "/?path=C%3A%5CUsers"),
        ("/?text=first%0Asecond", "/?text=first%0Asecond"),
        ("/#/a\\b", "/#/a\\b"),
        ("/a\nb", "/a\nb"),
        ("https://app.example/mail#x", "/mail#x"),
        ("https://app.example//mail", "//mail"),
    ] {
        assert_eq!(place(good).as_deref(), Some(path), "{good}");
    }
    for bad in [
        "",
        "mail",
        "//evil.example",
        "/\\evil.example",
        "\\/evil",
        "/\t/evil.example",
        "/\n\\evil.example",
        "\t//evil.example",
        "https://evil.example",
        "https://app.example.evil.example/",
        "https://app.example@evil.example/",
        "https://app.example:444/",
        "javascript:alert(1)",
        "%2F/evil",
    ] {
        assert_eq!(place(bad), None, "{bad}");
    }
    // Where the page is needs no check: it becomes an address behind the page's own origin.
    for here in ["//evil.example/x", "/\\evil", "/?a=%5C#\\"] {
        let start = Start { here, ..START };
        let begun = begin(&config(Identity::V2), &options("{}"), &start, &entropy(), 7).unwrap();
        assert_eq!(pending(&begun).request.return_to, here);
    }
    let begun = begun(&config(Identity::V2), r#"{"returnTo":"/secret-place"}"#).unwrap();
    assert!(!begun.url.contains("secret-place"));
    let request = pending(&begun).request;
    assert_eq!(
        (request.return_to.as_str(), request.created),
        ("/secret-place", 7)
    );
}
