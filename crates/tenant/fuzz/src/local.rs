//! A tenant without a socket, and a token of the application.

use std::cell::RefCell;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use exo365_tenant::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, Options, TENANT_ID, Tenant};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// Requests until the mailboxes start anew: what they hold must not slow down the rest.
const LIFE: u32 = 2_000;

thread_local! {
    static LOCAL: RefCell<Option<Local>> = const { RefCell::new(None) };
}

struct Local {
    runtime: tokio::runtime::Runtime,
    router: Router,
    token: String,
    left: u32,
}

/// Sends a request below `/v1.0/users/adele@contoso.example`, and holds its answer to what every answer has.
pub(super) fn send(method: &str, path: &str, body: &str) {
    LOCAL.with_borrow_mut(|held| {
        if held.as_ref().is_none_or(|local| local.left == 0) {
            *held = Some(Local::new());
        }
        let local = held.as_mut().expect("a tenant");
        local.left -= 1;
        let whole = match path.strip_prefix("/$batch") {
            Some(rest) => format!("/v1.0/$batch{rest}"),
            None => format!("/v1.0/users/adele@contoso.example{path}"),
        };
        let bearer = format!("Bearer {}", local.token);
        let Some((status, answer)) = local.ask(method, &whole, &bearer, "application/json", body)
        else {
            return; // no URL or no method: a server never sees it
        };
        assert!(status < 500, "{method} {path}: {status}");
        if status >= 400 {
            let error = &answer["error"];
            let told = error["code"].is_string() && error["message"].is_string();
            assert!(told, "{method} {path}: {status} {answer}");
        }
    });
}

impl Local {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let tenant = Tenant::new(Options::default()).expect("a tenant");
        let mut local = Self {
            runtime: runtime.expect("a runtime"),
            router: tenant.router(),
            token: String::new(),
            left: LIFE,
        };
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("grant_type", "client_credentials"),
                ("client_id", DEFAULT_CLIENT_ID),
                ("client_secret", DEFAULT_CLIENT_SECRET),
                ("scope", "https://graph.microsoft.com/.default"),
            ])
            .finish();
        let path = format!("/{TENANT_ID}/oauth2/v2.0/token");
        let kind = "application/x-www-form-urlencoded";
        let (_, answer) = local
            .ask("POST", &path, "", kind, &form)
            .expect("a request");
        local.token = answer["access_token"].as_str().expect("a token").to_owned();
        local
    }

    /// Status and body of an answer; none where there is no such request.
    fn ask(
        &self,
        method: &str,
        path: &str,
        bearer: &str,
        kind: &str,
        body: &str,
    ) -> Option<(u16, Value)> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", bearer)
            .header("content-type", kind)
            .body(Body::from(body.to_owned()))
            .ok()?;
        self.runtime.block_on(async {
            let response = self
                .router
                .clone()
                .oneshot(request)
                .await
                .expect("an answer");
            let status = response.status().as_u16();
            let bytes = response
                .into_body()
                .collect()
                .await
                .expect("a whole body")
                .to_bytes();
            Some((status, serde_json::from_slice(&bytes).unwrap_or_default()))
        })
    }
}
