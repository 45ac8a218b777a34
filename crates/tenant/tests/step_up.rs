//! Conditional Access: a guarded operation, the challenge, the page for the second factor, the tokens behind it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exo365_tenant::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, Options, TENANT_ID};
use form_urlencoded::Serializer;
use serde_json::{Value, json};
use support::{ADELE, Answer, BEN, GRAPH, Local};

const WEB: &str = "http://localhost/";
const SCOPE: &str = "openid offline_access MailboxSettings.ReadWrite";
const GUARDED: &str = "PATCH /me/mailboxSettings";
const CP1: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
const WANTED: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;

/// One browser at a tenant with a guarded operation.
struct Browser {
    local: Local,
    cookie: String,
}

impl Browser {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let options = Options {
            step_up: vec![GUARDED.parse().unwrap()],
            ..options
        };
        let local = Local::with(options);
        let body = json!({"user": ADELE, "granted": ["*"]});
        local.control("POST", "consent", &body).await;
        Self {
            local,
            cookie: String::new(),
        }
    }

    async fn send(&mut self, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encoded = Serializer::new(String::new()).extend_pairs(fields).finish();
        let path = format!("/{TENANT_ID}/{path}");
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("cookie", &*self.cookie.clone()),
        ];
        let answer = match method {
            "GET" => {
                let path = format!("{path}?{encoded}");
                self.local.send("GET", &path, &headers, vec![]).await
            }
            _ => {
                let body = encoded.into_bytes();
                self.local.send("POST", &path, &headers, body).await
            }
        };
        if let Some(set) = answer.headers.get("set-cookie") {
            let set = set.to_str().unwrap();
            self.cookie = set.split(';').next().unwrap().to_owned();
        }
        answer
    }

    /// Opens the authorize address; `more` goes behind the usual parameters.
    async fn authorize(&mut self, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("client_id", DEFAULT_CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", WEB),
            ("scope", SCOPE),
            ("state", "s"),
        ];
        fields.extend(more);
        self.send("GET", "oauth2/v2.0/authorize", &fields).await
    }

    /// The same, with the click on the account.
    async fn sign_in(&mut self, more: &[(&str, &str)]) -> Answer {
        let page = self.authorize(more).await;
        let fields = [("flow", &*flow(&page)), ("account", ADELE)];
        self.send("POST", "login", &fields).await
    }

    async fn token(&mut self, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("client_id", DEFAULT_CLIENT_ID),
            ("client_secret", DEFAULT_CLIENT_SECRET),
            ("redirect_uri", WEB),
        ];
        fields.extend(more);
        self.send("POST", "oauth2/v2.0/token", &fields).await
    }

    /// The tokens of an answer that leads back.
    async fn redeem(&mut self, back: &Answer, claims: &str) -> Value {
        let code = parameter(back, "code").unwrap_or_else(|| panic!("{}", html(back)));
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("claims", claims),
        ];
        let answer = self.token(&fields).await;
        assert_eq!(answer.status, 200, "{:?}", answer.json());
        answer.json()
    }

    /// A refresh by the tokens `of`, with claims.
    async fn refresh(&mut self, of: &Value, claims: &str) -> Answer {
        let token = of["refresh_token"].as_str().unwrap();
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("claims", claims),
        ];
        self.token(&fields).await
    }

    /// The guarded call.
    async fn guarded(&self, tokens: &Value) -> Answer {
        self.call(tokens, "PATCH", "/v1.0/me/mailboxSettings").await
    }

    async fn call(&self, tokens: &Value, method: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let headers = [
            ("authorization", &*bearer),
            ("content-type", "application/json"),
        ];
        let body = json!({"timeFormat": "HH:mm"}).to_string().into_bytes();
        self.local.send(method, path, &headers, body).await
    }

    /// Goes to the page for the second factor, signed in as usual.
    async fn at_the_page(&mut self) -> Answer {
        let page = self.sign_in(&[("claims", WANTED)]).await;
        assert!(html(&page).contains("Enter code"), "{}", html(&page));
        page
    }
}

fn html(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

/// What stands between two texts.
fn between(text: &str, before: &str, after: &str) -> String {
    let rest = text
        .split(before)
        .nth(1)
        .unwrap_or_else(|| panic!("{text}"));
    rest.split(after).next().unwrap().to_owned()
}

fn flow(page: &Answer) -> String {
    between(&html(page), "name=\"flow\" value=\"", "\"")
}

/// A parameter of the address that an answer leads to.
fn parameter(answer: &Answer, name: &str) -> Option<String> {
    let (_, query) = answer.header("location").split_once('?')?;
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn challenge(answer: &Answer) -> Value {
    let header = answer.header("www-authenticate");
    assert!(header.contains("error=\"insufficient_claims\""), "{header}");
    let claims = STANDARD.decode(between(header, "claims=\"", "\"")).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

#[tokio::test]
async fn a_token_without_the_context_is_challenged_and_only_there() {
    let mut browser = Browser::new().await;
    let back = browser.sign_in(&[]).await;
    let tokens = browser.redeem(&back, CP1).await;
    let refused = browser.guarded(&tokens).await;
    assert_eq!(refused.status, 401);
    assert_eq!(
        challenge(&refused),
        serde_json::from_str::<Value>(WANTED).unwrap()
    );
    let by_address = format!("/v1.0/users/{ADELE}/MailboxSettings");
    let again = browser.call(&tokens, "PATCH", &by_address).await;
    assert_eq!(again.status, 401, "another spelling is guarded too");
    for path in ["/v1.0/me/mailboxSettings", "/v1.0/me"] {
        let read = browser.call(&tokens, "GET", path).await;
        assert_ne!(read.status, 401, "{path}");
    }
}

#[tokio::test]
async fn a_client_that_takes_no_challenges_is_forbidden() {
    let mut browser = Browser::new().await;
    let back = browser.sign_in(&[]).await;
    let tokens = browser.redeem(&back, "").await;
    let refused = browser.guarded(&tokens).await;
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (403, "")
    );
    assert_eq!(refused.code(), "ErrorAccessDenied");
}

#[tokio::test]
async fn an_application_in_its_own_name_has_no_second_factor() {
    let browser = Browser::new().await;
    let app = browser.local.app(GRAPH).await;
    let body = json!({"timeFormat": "HH:mm"});
    let answer = app.call("PATCH", "/mailboxSettings", &[], Some(body)).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json());
}

#[tokio::test]
async fn a_part_of_a_batch_is_challenged_for_itself() {
    let mut browser = Browser::new().await;
    let back = browser.sign_in(&[]).await;
    let tokens = browser.redeem(&back, CP1).await;
    let json = json!({"content-type": "application/json"});
    let parts = json!({"requests": [
        {"id": "1", "method": "PATCH", "url": "/me/mailboxSettings", "headers": json, "body": {"timeFormat": "HH:mm"}},
        {"id": "2", "method": "GET", "url": "/me/mailboxSettings"},
    ]});
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let headers = [
        ("authorization", &*bearer),
        ("content-type", "application/json"),
    ];
    let body = parts.to_string().into_bytes();
    let answer = browser
        .local
        .send("POST", "/v1.0/$batch", &headers, body)
        .await
        .json();
    let list = answer["responses"].as_array().unwrap();
    let part = |id: &str| list.iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(
        (&part("1")["status"], &part("2")["status"]),
        (&json!(401), &json!(200))
    );
    let headers = part("1")["headers"].to_string().to_lowercase();
    assert!(headers.contains("insufficient_claims"), "{headers}");
}

#[tokio::test]
async fn a_refresh_with_the_claims_wants_the_pages_and_leaves_the_grant_alive() {
    let options = Options {
        strict_rotation: true,
        ..Options::default()
    };
    let mut browser = Browser::with(options).await;
    let back = browser.sign_in(&[]).await;
    let tokens = browser.redeem(&back, CP1).await;
    let refused = browser.refresh(&tokens, WANTED).await;
    let said = refused.json();
    assert_eq!(refused.status, 400);
    assert_eq!(said["error"], "interaction_required");
    assert_eq!(said["error_codes"], json!([50_076]));
    assert_eq!(said["suberror"], "basic_action");
    let claims: Value = serde_json::from_str(said["claims"].as_str().unwrap()).unwrap();
    assert_eq!(claims["access_token"]["acrs"]["value"], "c1");
    assert_eq!(browser.refresh(&tokens, CP1).await.status, 200);
}

#[tokio::test]
async fn the_code_of_the_page_leads_back_and_its_tokens_pass() {
    let mut browser = Browser::new().await;
    let page = browser.at_the_page().await;
    let code = between(&html(&page), "<output id=\"code\">", "<");
    let fields = [("flow", &*flow(&page)), ("otc", &*code)];
    let back = browser.send("POST", "second-factor", &fields).await;
    assert_eq!(parameter(&back, "state").as_deref(), Some("s"));
    let tokens = browser.redeem(&back, "").await;
    assert_eq!(browser.guarded(&tokens).await.status, 200);
    // Without claims and with them: the chain remembers what was shown.
    for claims in ["", WANTED] {
        let renewed = browser.refresh(&tokens, claims).await;
        assert_eq!(renewed.status, 200, "{:?}", renewed.json());
        assert_eq!(browser.guarded(&renewed.json()).await.status, 200);
    }
}

#[tokio::test]
async fn a_wrong_code_stays_on_the_page_and_a_cancel_leads_back() {
    let mut browser = Browser::new().await;
    let page = browser.at_the_page().await;
    let code = between(&html(&page), "<output id=\"code\">", "<");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let fields = [("flow", &*flow(&page)), ("otc", wrong)];
    let again = browser.send("POST", "second-factor", &fields).await;
    assert!(html(&again).contains("AADSTS500121"), "{}", html(&again));
    let fields = [("flow", &*flow(&again)), ("cancel", "1")];
    let back = browser.send("POST", "second-factor", &fields).await;
    assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
    // Nobody's session: the form alone is worth nothing.
    let (local, flow) = (browser.local.clone(), flow(&page));
    let mut stranger = Browser {
        local,
        cookie: String::new(),
    };
    let fields = [("flow", &*flow), ("otc", &*code)];
    let asked = stranger.send("POST", "second-factor", &fields).await;
    assert_eq!(asked.header("location"), "");
    assert!(html(&asked).contains("data-account"), "{}", html(&asked));
}

#[tokio::test]
async fn the_browser_is_asked_once_and_again_where_the_sign_in_is_to_be_new() {
    let mut browser = Browser::new().await;
    let silent = [("claims", WANTED), ("prompt", "none")];
    browser.sign_in(&[]).await;
    let refused = browser.authorize(&silent).await;
    assert_eq!(
        parameter(&refused, "error").as_deref(),
        Some("interaction_required")
    );
    let page = browser.authorize(&[("claims", WANTED)]).await;
    let code = between(&html(&page), "<output id=\"code\">", "<");
    let fields = [("flow", &*flow(&page)), ("otc", &*code)];
    browser.send("POST", "second-factor", &fields).await;
    let back = browser.authorize(&silent).await;
    assert!(parameter(&back, "code").is_some(), "{}", html(&back));
    // A sign-in that asks for nothing has the factor behind it all the same.
    let back = browser.authorize(&[]).await;
    let tokens = browser.redeem(&back, CP1).await;
    assert_eq!(browser.guarded(&tokens).await.status, 401);
    let renewed = browser.refresh(&tokens, WANTED).await.json();
    assert_eq!(browser.guarded(&renewed).await.status, 200);
    let anew = [("claims", WANTED), ("prompt", "login")];
    let page = browser.sign_in(&anew).await;
    assert!(html(&page).contains("Enter code"), "{}", html(&page));
    let user = json!({"user": ADELE});
    browser.local.control("POST", "revoke", &user).await;
    let page = browser.sign_in(&[("claims", WANTED)]).await;
    assert!(html(&page).contains("Enter code"), "{}", html(&page));
}

#[tokio::test]
async fn the_factor_of_one_account_is_not_that_of_another() {
    let mut browser = Browser::new().await;
    let page = browser.at_the_page().await;
    let code = between(&html(&page), "<output id=\"code\">", "<");
    let fields = [("flow", &*flow(&page)), ("otc", &*code)];
    browser.send("POST", "second-factor", &fields).await;
    let more = [("claims", WANTED), ("prompt", "select_account")];
    let page = browser.authorize(&more).await;
    let fields = [("flow", &*flow(&page)), ("account", BEN)];
    let page = browser.send("POST", "login", &fields).await;
    assert!(html(&page).contains("Enter code"), "{}", html(&page));
}

#[tokio::test]
async fn rules_are_set_while_the_tenant_runs_and_come_back_with_a_reset() {
    let mut browser = Browser::new().await;
    let local = browser.local.clone();
    let none = json!({"operations": []});
    local.control("POST", "step-up", &none).await;
    let back = browser.sign_in(&[]).await;
    let tokens = browser.redeem(&back, CP1).await;
    assert_eq!(browser.guarded(&tokens).await.status, 200);
    let reads = json!({"operations": ["GET /me/messages"]});
    assert_eq!(local.control("POST", "step-up", &reads).await, reads);
    let read = browser.call(&tokens, "GET", "/v1.0/me/messages").await;
    assert_eq!(read.status, 401);
    local.control("POST", "reset", &json!({})).await;
    let rules = local.control("GET", "step-up", &Value::Null).await;
    assert_eq!(rules, json!({"operations": [GUARDED]}));
    let bad = json!({"operations": ["BREW /me/coffee"]});
    let headers = [("x-tenant-control", "1")];
    let refused = local
        .send(
            "POST",
            "/_control/step-up",
            &headers,
            bad.to_string().into_bytes(),
        )
        .await;
    assert_eq!(refused.status, 400);
    assert!(html(&refused).contains("BREW"), "{}", html(&refused));
}
