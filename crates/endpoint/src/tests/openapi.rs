//! The description of the contract is true: of the routes, of the types of the wire, and of every answer
//! that any test here got.

use super::*;
use crate::router::ROUTES;
use crate::routes::openapi::{PATH, TEXT};
use crate::routes::proxy::METHODS;
use axum::http::Method;
use exo365_core::error::Code;
use exo365_core::wire::{
    Account, ErrorBody, ErrorReply, ExchangeReply, ExchangeRequest, Flavor, Hosts, Identity,
    LogoutReply, LogoutRequest, Mode, PageConfig, PreloadAnswer, PreloadReply, PreloadRequest,
    SessionReply, SessionRequest, TokenReply, TokenRequest,
};
use jsonschema::Validator;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(TEXT).unwrap());

/// A validator for each schema. Unlike clients, it refuses unknown members.
static STRICT: LazyLock<HashMap<String, Validator>> = LazyLock::new(|| {
    let mut components = DESCRIPTION["components"].clone();
    let schemas = components["schemas"].as_object_mut().unwrap();
    for schema in schemas.values_mut() {
        if schema.get("properties").is_some() {
            schema["additionalProperties"] = json!(false);
        }
    }
    let names: Vec<String> = schemas.keys().cloned().collect();
    let validator = |name: &String| {
        let place = format!("#/components/schemas/{name}");
        let schema = json!({"$ref": place, "components": components});
        jsonschema::validator_for(&schema).unwrap()
    };
    names
        .iter()
        .map(|name| (name.clone(), validator(name)))
        .collect()
});

fn validate(name: &str, value: &Value) {
    let wrong: Vec<String> = STRICT[name]
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?} in {value}");
}

/// What a description refers to.
fn follow(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(place) => DESCRIPTION
            .pointer(place.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{place} is not there")),
        None => value,
    }
}

/// Compares an answer with the description. [`World::send`] calls it for every answer.
pub(super) fn hold((method, path): &(Method, String), answer: &Answer) {
    let Some(path) = path.strip_prefix("/auth/") else {
        return;
    };
    // The answers of the proxy route are the API's, except for those with the endpoint's header.
    let proxied = path == "proxy" || path.starts_with("proxy/");
    if proxied && !answer.headers.contains_key("x-exo365") {
        return;
    }
    let path = if proxied { "proxy/{path}" } else { path };
    // Methods are case-sensitive.
    let known = method.as_str() == method.as_str().to_ascii_uppercase();
    let name = if known {
        method.as_str().to_ascii_lowercase()
    } else {
        String::new()
    };
    let operation = &DESCRIPTION["paths"][format!("/{path}")][name];
    let place = format!("{method} /{path}: {}", answer.status);
    if operation.is_null() {
        match answer.status.as_u16() {
            _ if *method == Method::HEAD => assert_eq!(answer.text, "", "{place}"),
            // A preflight.
            204 => assert_eq!(answer.text, "", "{place}"),
            404 | 405 | 429 => validate("ErrorReply", &answer.json()),
            _ => panic!("{place} is not described"),
        }
        return;
    }
    let response = &operation["responses"][answer.status.as_str()];
    assert!(
        !response.is_null(),
        "{place} is not described: {}",
        answer.text
    );
    let content = &follow(response)["content"];
    let schema = if proxied {
        // The description allows the API's refusals too; this one has the endpoint's header, so its form is fixed.
        assert!(!content["*/*"]["schema"].is_null(), "{place}");
        "ErrorReply"
    } else {
        let schema = content["application/json"]["schema"]["$ref"].as_str();
        schema.unwrap().rsplit('/').next().unwrap()
    };
    validate(schema, &answer.json());
    let kind = answer.headers[header::CONTENT_TYPE].to_str().unwrap();
    assert!(kind.starts_with("application/json"), "{place}: {kind}");
}

#[test]
fn the_paths_are_the_routes() {
    let paths = DESCRIPTION["paths"].as_object().unwrap();
    let described: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
    let beside = [crate::routes::frontchannel::PATH, PATH, "/proxy/{path}"];
    let routes = ROUTES.iter().map(|route| route.path).chain(beside);
    assert_eq!(described, routes.collect());
    let proxy = paths["/proxy/{path}"].as_object().unwrap();
    let methods = METHODS.map(|method| method.as_str().to_ascii_lowercase());
    for (name, operation) in proxy {
        let known = methods.contains(name) || ["description", "parameters"].contains(&&**name);
        assert!(known, "{name}");
        assert!(operation["responses"].is_null() || !operation["responses"]["default"].is_null());
    }
    assert!(methods.iter().all(|name| proxy.contains_key(name)));
    for route in ROUTES {
        let operations = paths[route.path].as_object().unwrap();
        assert_eq!(operations.keys().collect::<Vec<_>>(), ["post"]);
        let operation = &operations["post"];
        let own = follow(&operation["parameters"][0]);
        assert_eq!(
            (&own["name"], &own["required"]),
            (&json!("X-Exo365"), &json!(true))
        );
        for status in ["400", "403", "408", "413", "415", "429", "503"] {
            let known = &operation["responses"][status];
            assert!(!known.is_null(), "{} {status}", route.path);
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_everything_is_referred_to() {
    fn walk(value: &Value, found: &mut BTreeSet<String>) {
        if let Some(place) = value["$ref"].as_str() {
            follow(value);
            found.insert(place.into());
        }
        match value {
            Value::Object(members) => members.values().for_each(|value| walk(value, found)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(&DESCRIPTION, &mut found);
    for kind in ["schemas", "responses", "parameters"] {
        for name in DESCRIPTION["components"][kind].as_object().unwrap().keys() {
            let place = format!("#/components/{kind}/{name}");
            assert!(found.contains(&place), "{place} is not used");
        }
    }
}

#[test]
fn the_codes_are_ours() {
    let codes = &DESCRIPTION["components"]["schemas"]["ErrorBody"]["properties"]["code"]["enum"];
    for code in codes.as_array().unwrap() {
        assert!(Code::parse(code.as_str().unwrap()).is_some(), "{code}");
    }
}

/// The members of a type's fullest value are those of its schema, and those of its barest are the required ones.
fn same(name: &str, full: &impl Serialize, bare: &impl Serialize) {
    let schema = &DESCRIPTION["components"]["schemas"][name];
    let [full, bare] = [serde_json::to_value(full), serde_json::to_value(bare)].map(Result::unwrap);
    let members = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(members(&schema["properties"]), members(&full), "{name}");
    let required = schema["required"].as_array().unwrap();
    let required = required.iter().map(|name| name.as_str().unwrap().into());
    assert_eq!(
        required.collect::<BTreeSet<String>>(),
        members(&bare),
        "{name}"
    );
    validate(name, &full);
    validate(name, &bare);
}

fn account(hint: Option<String>) -> Account {
    let text = String::from("x");
    Account {
        tenant_id: text.clone(),
        object_id: text.clone(),
        username: text.clone(),
        name: text,
        is_guest: false,
        login_hint: hint,
    }
}

#[test]
fn the_schemas_are_the_types_of_the_wire() {
    let text = || Some(String::from("x"));
    same("Account", &account(text()), &account(None));
    let cloud = Hosts {
        login: "x".into(),
        api: "x".into(),
    };
    same("Hosts", &cloud, &cloud);
    for (identity, api, mode) in [
        (Identity::V1, Flavor::OutlookV1, Mode::Direct),
        (Identity::V2, Flavor::OutlookV2, Mode::Proxy),
        (Identity::V2, Flavor::Graph, Mode::Direct),
    ] {
        let config = PageConfig {
            client_id: "x".into(),
            authority: "x".into(),
            cloud: cloud.clone(),
            scopes: vec!["x".into()],
            redirect_uris: vec!["x".into()],
            identity,
            api,
            mode,
        };
        same("PageConfig", &config, &config);
        let mut reply = SessionReply {
            config,
            account: Some(account(None)),
            access_token: text(),
            expires_in: Some(1),
        };
        let full = reply.clone();
        (reply.account, reply.access_token, reply.expires_in) = (None, None, None);
        same("SessionReply", &full, &reply);
    }
    let mut reply = ExchangeReply {
        account: account(None),
        access_token: text(),
        expires_in: u32::MAX,
        scopes: vec!["x".into()],
    };
    let full = reply.clone();
    reply.access_token = None;
    same("ExchangeReply", &full, &reply);
    let token: TokenReply = TokenReply {
        access_token: "x".into(),
        expires_in: 0,
        scopes: Vec::new(),
    };
    same("TokenReply", &token, &token);
    let answer = PreloadAnswer {
        status: 200,
        headers: [(String::from("x"), String::from("y"))].into(),
        body: json!({}),
    };
    same("PreloadAnswer", &answer, &answer);
    let preload = PreloadReply {
        account: "t.o".into(),
        answers: vec![Some(answer), None],
    };
    same("PreloadReply", &preload, &preload);
    let out = LogoutReply { logout_url: text() };
    same("LogoutReply", &out, &LogoutReply::default());
    requests();
    refusals();
}

fn requests() {
    let text = || Some(String::from("x"));
    validate("SessionRequest", &json!(SessionRequest {}));
    let mut request = ExchangeRequest {
        code: "x".into(),
        code_verifier: "x".repeat(43),
        nonce: "x".into(),
        redirect_uri: "x".into(),
        resource: text(),
        iss: text(),
        max_age: Some("60".into()),
        account: Some("t.o".into()),
    };
    let full = request.clone();
    (request.resource, request.iss) = (None, None);
    (request.max_age, request.account) = (None, None);
    same("ExchangeRequest", &full, &request);
    let calls = vec![json!(["GET", null, "messages", [], {}, []])];
    let full = PreloadRequest {
        time_zone: text(),
        text_bodies: true,
        immutable_ids: false,
        calls: calls.clone(),
    };
    same("PreloadRequest", &full, &json!({"calls": calls}));
    let full = TokenRequest {
        scopes: Some(vec!["x".into()]),
        resource: text(),
        claims: text(),
        rejected: Some("x".repeat(43)),
    };
    same("TokenRequest", &full, &TokenRequest::default());
    let name = "LogoutRequest";
    same(name, &LogoutRequest { microsoft: true }, &json!({}));
    for name in [
        "SessionRequest",
        "PreloadRequest",
        "ExchangeRequest",
        "TokenRequest",
        name,
    ] {
        let strict = &DESCRIPTION["components"]["schemas"][name]["additionalProperties"];
        assert_eq!(*strict, false, "{name}: unknown members are refused");
    }
}

fn refusals() {
    let text = || Some(String::from("x"));
    let mut error = ErrorBody {
        code: "throttled".into(),
        message: "x".into(),
        remedy: text(),
        aadsts: vec![50_196],
        suberror: text(),
        correlation_id: text(),
        trace_id: text(),
        retry_after_seconds: Some(2),
        claims: text(),
        consent_url: text(),
    };
    let full = error.clone();
    (error.remedy, error.suberror, error.claims) = (None, None, None);
    (error.correlation_id, error.trace_id, error.consent_url) = (None, None, None);
    (error.aadsts, error.retry_after_seconds) = (Vec::new(), None);
    same("ErrorBody", &full, &error);
    let reply = ErrorReply { error };
    same("ErrorReply", &reply, &reply);
}

#[tokio::test]
async fn e27_it_is_served_to_everybody_and_may_be_cached() {
    let world = World::with("base = \"/api/sign-in\"\ncookie = \"__Host-other\"").await;
    let ask = async |method: Method| {
        let request = Request::builder()
            .method(method)
            .uri("/api/sign-in/openapi.json");
        world.send(request.body(Body::empty()).unwrap()).await
    };
    let answer = ask(Method::GET).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(
        answer.headers[header::CACHE_CONTROL],
        "public, max-age=3600"
    );
    assert!(!answer.headers.contains_key(header::PRAGMA) && answer.set_cookie().is_none());
    let served = answer.json();
    assert_eq!(served["servers"][0]["url"], "/api/sign-in");
    let cookie = &served["components"]["securitySchemes"]["session"]["name"];
    assert_eq!(cookie, "__Host-other");
    assert_eq!(served["paths"], DESCRIPTION["paths"]);
    for secret in ["marker", CLIENT, TENANT, PAGE] {
        assert!(!answer.text.contains(secret), "{secret}");
    }
    assert_eq!(ask(Method::GET).await.text, answer.text, "constant");
    let refused = ask(Method::POST).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (405, "bad_request")
    );
    assert_eq!(refused.headers[header::ALLOW], "GET, HEAD");
    assert_eq!(refused.headers[header::CACHE_CONTROL], "no-store");
}
