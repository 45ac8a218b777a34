//! Who signs in, and how: accounts and registrations of a seed, personal accounts, a federated domain, device code, on behalf
//! of, public clients, permissions.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod accounts;
mod devices;
mod on_behalf;
mod permissions;
mod public_clients;
mod seeds;
#[path = "../support/mod.rs"]
mod support;

use exo365_tenant::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, Options, TENANT_ID};
use form_urlencoded::Serializer;
use serde_json::{Value, json};
use support::{Answer, Local};

const WEB: &str = "http://localhost/";
const NATIVE: &str = "http://localhost/desktop";
const GRAPH_MAIL: &str = "https://graph.microsoft.com/Mail.Read";

/// A tenant whose application may be a public client too.
fn public() -> Local {
    Local::with(Options {
        public_redirect_uris: vec![NATIVE.to_owned()],
        allow_public_client: true,
        ..Options::default()
    })
}

fn encode(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn post(local: &Local, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    local
        .send("POST", path, &form, encode(fields).into_bytes())
        .await
}

/// A token request of the default application at a tenant segment.
async fn token(local: &Local, segment: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("client_id", DEFAULT_CLIENT_ID)];
    fields.extend(more);
    post(local, &format!("/{segment}/oauth2/v2.0/token"), &fields).await
}

fn secret<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [fields, &[("client_secret", DEFAULT_CLIENT_SECRET)]].concat()
}

async fn consent(local: &Local, user: &str, granted: &[&str]) {
    let body = json!({"user": user, "granted": granted});
    local.control("POST", "consent", &body).await;
}

/// The page that answers an authorize request.
async fn authorize(local: &Local, segment: &str, fields: &[(&str, &str)]) -> Answer {
    let path = format!("/{segment}/oauth2/v2.0/authorize?{}", encode(fields));
    local.send("GET", &path, &[], vec![]).await
}

fn asking<'a>(client_id: &'a str, uri: &'a str, scope: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", client_id),
        ("response_type", "code"),
        ("redirect_uri", uri),
        ("scope", scope),
    ]
}

fn html(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

/// The value of a hidden field of a page.
fn field(answer: &Answer, name: &str) -> String {
    let page = html(answer);
    let start = format!("name=\"{name}\" value=\"");
    let rest = page
        .split(&start)
        .nth(1)
        .unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// A value of the address that an answer redirects to.
fn parameter(answer: &Answer, name: &str) -> String {
    let place = answer.header("location").to_owned();
    let query = place.split(['?', '#']).nth(1).unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .unwrap_or_else(|| panic!("no {name}: {place} {}", html(answer)))
        .1
        .into_owned()
}

/// The code that a sign-in of an account by its button leads to.
async fn code(local: &Local, segment: &str, asked: &[(&str, &str)], user: &str) -> String {
    let page = authorize(local, segment, asked).await;
    let flow = field(&page, "flow");
    let path = format!("/{segment}/login");
    let back = post(local, &path, &[("flow", &flow), ("account", user)]).await;
    parameter(&back, "code")
}

/// The claims of a JWT.
fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    let bytes = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, part).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn number(answer: &Answer) -> u64 {
    answer.json()["error_codes"][0].as_u64().unwrap_or_default()
}

/// OAuth error and AADSTS number.
fn refusal(answer: &Answer) -> (String, u64) {
    let error = answer.json()["error"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (error, number(answer))
}

/// Status of a call with a token.
async fn call(local: &Local, token: &str, path: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    local
        .send("GET", path, &[("authorization", &bearer)], vec![])
        .await
}

fn access(answer: &Answer) -> String {
    let token = answer.json()["access_token"].as_str().map(str::to_owned);
    token.unwrap_or_else(|| panic!("{:?}", answer.json()))
}

/// The tenant itself, for those who do not come by `common`.
const OWN: &str = TENANT_ID;
