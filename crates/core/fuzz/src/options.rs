//! What pages ask for. Fields: which API, the names of the options that a call takes (with commas), options as JSON.

use super::{fields, number};
use exo365_core::access_token_request::AccessTokenRequest;
use exo365_core::call_description::CallDescription;
use exo365_core::error::Code;
use exo365_core::fetch::{OMIT, RequestInit};
use exo365_core::json::{FromJson, Json};
use exo365_core::options::Options;
use exo365_core::request::Api;
use exo365_core::signin::{Entropy, MINUTES, SignInRecord, Start, begin};
use exo365_core::wire::{Flavor, Hosts, Identity, Mode, PageConfig};
use serde_json::Value;
use std::collections::BTreeSet;
use url::Url;

const FLAVORS: [Flavor; 3] = [Flavor::Graph, Flavor::OutlookV2, Flavor::OutlookV1];

pub(super) fn run(input: &str) {
    let [which, allowed, text] = fields(input);
    let flavor = FLAVORS[number(which, 0) % FLAVORS.len()];
    if text.contains("$serde_json") {
        return; // see json.rs
    }
    let tree = Json::parse(text).unwrap_or_default();
    if has_twins(&tree) {
        return; // serde_json keeps the last of them, the core the first: pages write none
    }
    let value = serde_json::from_str(text).unwrap_or_default();
    let allowed = Json::List(
        allowed
            .split(',')
            .map(|name| Json::Text(name.into()))
            .collect(),
    );
    match Options::call(tree, &allowed) {
        Ok(options) => call(flavor, &options, &value),
        Err(error) => assert_eq!(error.code, Code::InvalidArgument),
    }
    if let Ok(options) = Options::sign_in(text) {
        sign_in(
            if which == "1" {
                Identity::V1
            } else {
                Identity::V2
            },
            &options,
            &value,
        );
    }
    if let Ok(want) = AccessTokenRequest::read(text) {
        let asked: Value = serde_json::from_str(&want.to_json(None)).expect("JSON");
        for name in ["resource", "claims"] {
            assert_eq!(asked[name], value[name]);
        }
    }
    let _ = Options::setup(text, which == "1");
    let _ = CallDescription::read(text);
}

/// Whether an object in it has a name twice.
fn has_twins(tree: &Json) -> bool {
    match tree {
        Json::List(items) => items.iter().any(has_twins),
        Json::Object(members) => {
            let names: BTreeSet<_> = members.iter().map(|member| &member.0).collect();
            names.len() < members.len() || members.iter().any(|member| has_twins(&member.1))
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => false,
    }
}

/// What is in the options is in the address, each where it belongs, and nothing else is.
fn call(flavor: Flavor, options: &Options, value: &Value) {
    let api = Api::new(flavor, "https://api.contoso.example");
    let Ok(request) = api.operation("GET", None, "messages", &[], options) else {
        return;
    };
    let url = Url::parse(&request.url).expect("an address");
    let root = Url::parse(&api.root).expect("an address");
    assert_eq!(url.origin(), root.origin());
    assert_eq!(url.path(), format!("{}/me/messages", root.path()));
    assert!(url.fragment().is_none());
    let (mut read, mut wanted) = (
        url.query_pairs().into_owned().collect::<Vec<_>>(),
        wanted(value),
    );
    read.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(read, wanted, "{}", request.url);

    let init = RequestInit {
        method: &request.method,
        headers: &request.headers,
        own: &[("authorization", "Bearer t0ken")],
        credentials: OMIT,
        cache: "default",
    };
    let init: Value = serde_json::from_str(&init.to_json(false).expect("GET")).expect("JSON");
    let headers = init["headers"].as_object().expect("headers");
    assert_eq!(headers["authorization"], "Bearer t0ken");
    for (name, value) in headers {
        let value = value.as_str().expect("a text");
        assert!(!name.is_empty() && !value.contains(|letter: char| letter < ' '));
        assert!(name.bytes().all(|byte| byte.is_ascii_graphic()) && !name.contains(':'));
    }
}

fn wanted(value: &Value) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |name: &str, value: String| all.push((name.to_owned(), value));
    for (name, value) in members(&value["query"]) {
        add(name, value.as_str().unwrap_or_default().into());
    }
    for (key, name) in [
        ("select", "$select"),
        ("expand", "$expand"),
        ("orderBy", "$orderby"),
    ] {
        match &value[key] {
            Value::String(text) => add(name, text.clone()),
            Value::Array(list) => {
                let list: Vec<_> = list.iter().filter_map(Value::as_str).collect();
                add(name, list.join(","));
            }
            _ => {}
        }
    }
    if let Some(filter) = value["filter"].as_str() {
        add("$filter", filter.into());
    }
    if let Some(search) = value["search"].as_str() {
        let escaped = search.replace('\\', "\\\\").replace('"', "\\\"");
        add("$search", format!("\"{escaped}\""));
    }
    for (key, name) in [("top", "$top"), ("skip", "$skip")] {
        if let Some(number) = value[key].as_u64() {
            add(name, number.to_string());
        }
    }
    if value["count"] == true {
        add("$count", "true".into());
    }
    all
}

/// Members of an object.
fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Whatever the options are, the sign-in is the one that was meant.
fn sign_in(identity: Identity, options: &Options, value: &Value) {
    let config = PageConfig {
        client_id: "11111111-2222-3333-4444-555555555555".into(),
        authority: "https://login.contoso.example/organizations".into(),
        identity,
        api: Flavor::Graph,
        cloud: Hosts {
            login: "https://login.contoso.example".into(),
            api: "https://api.contoso.example".into(),
        },
        scopes: vec!["Mail.Read".into()],
        redirect_uris: Vec::new(),
        mode: Mode::Direct,
    };
    let back = "https://app.contoso.example/";
    let entropy = Entropy(core::array::from_fn(|at| at as u8));
    let origin = "https://app.contoso.example";
    let start = Start {
        redirect_uri: back,
        origin,
        here: "/here",
        account: None,
        minutes: MINUTES,
        endpoint: "https://app.contoso.example/auth",
    };
    let Ok(begun) = begin(&config, options, &start, &entropy, 1_790_000_000) else {
        return;
    };
    let url = Url::parse(&begun.url).expect("an address");
    assert_eq!(url.host_str(), Some("login.contoso.example"));
    assert!(url.fragment().is_none() && url.username().is_empty());
    let values = |name: &str| -> Vec<String> {
        let pairs = url.query_pairs().filter(|pair| pair.0 == name);
        pairs.map(|pair| pair.1.into_owned()).collect()
    };
    let record = Json::parse(&begun.record).expect("JSON");
    let pending = SignInRecord::from_json(&record).expect("a record");
    assert!(pending.config == config && pending.request.state == begun.state);
    assert_eq!(values("client_id"), [config.client_id.as_str()]);
    assert_eq!(values("redirect_uri"), [back]);
    assert_eq!(values("state"), [begun.state.as_str()]);
    let consent = value["adminConsent"] == true;
    assert_eq!(pending.request.consent, consent);
    let kind: &[&str] = if consent { &[] } else { &["code"] };
    assert_eq!(values("response_type"), kind);
    let nonce: &[&str] = if consent {
        &[]
    } else {
        &[&pending.request.nonce]
    };
    assert_eq!(values("nonce"), nonce);
    assert!(
        !begun.url.contains(&pending.request.verifier),
        "it stays here"
    );
    let place = &pending.request.return_to;
    let wish = value["returnTo"].as_str().unwrap_or("/here");
    assert_eq!(place, wish.strip_prefix(origin).unwrap_or(wish));
    // A place is one of this site to a URL parser, whether it was judged as the caller gave it or by how it is used.
    let joined = Url::parse(back).and_then(|here| here.join(wish));
    assert_eq!(
        joined.expect("a place").host_str(),
        Some("app.contoso.example")
    );
    let there = Url::parse(&[origin, place].concat());
    let there = there.expect("a place of this site");
    assert_eq!(there.host_str(), Some("app.contoso.example"), "{place}");
    if let Some(hint) = value["loginHint"].as_str()
        && !consent
    {
        assert_eq!(values("login_hint"), [hint]);
    }
}
