//! What Microsoft's clients need of the sign-in service, as they showed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use exo365_tenant::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, Options, TENANT_ID, Tenant};
use form_urlencoded::Serializer;
use serde_json::json;
use support::{ADELE, Answer, GRAPH, Local};

const PAGE: &str = "http://localhost:5000/app.html";
const WEB: &str = "http://localhost/";
const ORIGIN: (&str, &str) = ("origin", "http://localhost:5000");
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-everybody-here";

/// A tenant that knows a page, and where a code of it or of the web platform is to be had.
struct Stage {
    local: Local,
}

impl Default for Stage {
    fn default() -> Self {
        let options = Options {
            spa_redirect_uris: vec![PAGE.to_owned()],
            ..Options::default()
        };
        Self {
            local: Local::with(options),
        }
    }
}

fn encode(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn asked<'a>(uri: &'a str, scope: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", DEFAULT_CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", uri),
        ("scope", scope),
        ("code_challenge", VERIFIER),
    ]
}

impl Stage {
    async fn post(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        let path = format!("/{TENANT_ID}/{path}");
        self.local
            .send("POST", &path, &all, encode(fields).into_bytes())
            .await
    }

    /// Signs in by the pages; gives the last answer, which leads back. The authorize request is a form.
    async fn sign_in(&self, uri: &str, scope: &str) -> Answer {
        let body = json!({"user": ADELE, "granted": ["Mail.Read", "User.Read"]});
        self.local.control("POST", "consent", &body).await;
        let page = self
            .post("oauth2/v2.0/authorize", &asked(uri, scope), &[])
            .await;
        let html = String::from_utf8(page.bytes).unwrap();
        let flow = html.split("name=\"flow\" value=\"").nth(1).unwrap();
        let flow = flow.split('"').next().unwrap();
        self.post("login", &[("flow", flow), ("account", ADELE)], &[])
            .await
    }

    async fn code(&self, uri: &str, scope: &str) -> String {
        let back = self.sign_in(uri, scope).await;
        let place = back.header("location").to_owned();
        let code = place.split("code=").nth(1).unwrap();
        code.split('&').next().unwrap().to_owned()
    }

    /// Trades something in, with the headers of a page or without.
    async fn token(&self, more: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut fields = vec![("client_id", DEFAULT_CLIENT_ID)];
        fields.extend(more);
        self.post("oauth2/v2.0/token", &fields, headers).await
    }
}

fn redeem<'a>(code: &'a str, uri: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", uri),
    ]
}

#[tokio::test]
async fn a_page_may_read_refusals_of_what_was_issued_to_it_and_of_nothing_else() {
    let stage = Stage::default();
    let code = stage
        .code(
            PAGE,
            "openid offline_access https://graph.microsoft.com/Mail.Read",
        )
        .await;
    let readable = |answer: &Answer| answer.header("access-control-allow-origin").to_owned();
    let mut fields = redeem(&code, PAGE);
    fields.push(("code_verifier", "wrong"));
    let wrong = stage.token(&fields, &[ORIGIN]).await;
    assert_eq!((wrong.status, &*readable(&wrong)), (400, ORIGIN.1));
    assert_eq!(wrong.json()["error_codes"], json!([501_481]));

    fields.pop();
    fields.push(("code_verifier", VERIFIER));
    let good = stage.token(&fields, &[ORIGIN]).await;
    assert_eq!((good.status, &*readable(&good)), (200, ORIGIN.1));
    let token = good.json()["refresh_token"].as_str().unwrap().to_owned();

    let user = json!({"user": ADELE});
    stage.local.control("POST", "revoke", &user).await;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", &*token)];
    let revoked = stage.token(&refresh, &[ORIGIN]).await;
    assert_eq!((revoked.status, &*readable(&revoked)), (400, ORIGIN.1));
    assert_eq!(revoked.json()["suberror"], "bad_token");

    let code = stage.code(WEB, "Mail.Read").await;
    let web = stage.token(&redeem(&code, WEB), &[ORIGIN]).await;
    assert_eq!(web.json()["error_codes"], json!([9_002_326]));
    assert_eq!(readable(&web), "");
}

#[tokio::test]
async fn scopes_come_back_in_the_form_they_were_asked_in_and_stay_so() {
    let stage = Stage::default();
    for (scope, name) in [
        ("offline_access Mail.Read", "Mail.Read"),
        (
            "offline_access https://graph.microsoft.com/Mail.Read",
            "https://graph.microsoft.com/Mail.Read",
        ),
    ] {
        let code = stage.code(WEB, scope).await;
        let mut fields = redeem(&code, WEB);
        fields.push(("client_secret", DEFAULT_CLIENT_SECRET));
        fields.push(("code_verifier", VERIFIER));
        let first = stage.token(&fields, &[]).await.json();
        assert_eq!(first["scope"], name);
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_secret", DEFAULT_CLIENT_SECRET),
            ("refresh_token", first["refresh_token"].as_str().unwrap()),
        ];
        let second = stage.token(&fields, &[]).await.json();
        let said = second["scope"].as_str().unwrap();
        assert!(said.split(' ').any(|one| one == name), "{said}");
    }
}

#[tokio::test]
async fn a_revocation_ends_the_sessions_of_browsers_too() {
    let stage = Stage::default();
    let back = stage.sign_in(WEB, "Mail.Read").await;
    let cookie = back
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let silent = async || {
        let mut fields = asked(WEB, "Mail.Read");
        fields.push(("prompt", "none"));
        let path = format!("/{TENANT_ID}/oauth2/v2.0/authorize?{}", encode(&fields));
        let headers = [("cookie", &*cookie)];
        let answer = stage.local.send("GET", &path, &headers, vec![]).await;
        answer.header("location").to_owned()
    };
    assert!(silent().await.contains("code="));
    let user = json!({"user": ADELE});
    stage.local.control("POST", "revoke", &user).await;
    assert!(silent().await.contains("error=login_required"));
}

#[tokio::test]
async fn the_cookie_goes_into_frames_where_there_is_https() {
    let stage = Stage::default();
    let plain = stage.sign_in(WEB, "Mail.Read").await;
    assert!(plain.header("set-cookie").contains("SameSite=Lax"));
    let tenant = Tenant::new(Options::default()).unwrap();
    tenant.set_origin("https://localhost:8443");
    let stage = Stage {
        local: Local::of(&tenant),
    };
    let secure = stage.sign_in(WEB, "Mail.Read").await;
    assert!(
        secure
            .header("set-cookie")
            .contains("SameSite=None; Secure"),
        "{}",
        secure.header("set-cookie")
    );
}

#[tokio::test]
async fn challenges_go_to_whoever_declares_cp1_in_any_case() {
    for (word, challenged) in [("cp1", true), ("CP1", true), ("cp2", false)] {
        let stage = Stage::default();
        let code = stage.code(WEB, "Mail.Read").await;
        let claims = json!({"access_token": {"xms_cc": {"values": [word]}}}).to_string();
        let mut fields = redeem(&code, WEB);
        fields.push(("client_secret", DEFAULT_CLIENT_SECRET));
        fields.push(("code_verifier", VERIFIER));
        fields.push(("claims", &claims));
        let token = stage.token(&fields, &[]).await.json();
        let user = json!({"user": ADELE});
        stage.local.control("POST", "revoke", &user).await;
        let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
        let headers = [("authorization", &*bearer)];
        let answer = stage
            .local
            .send("GET", "/v1.0/me/messages", &headers, vec![])
            .await;
        let said = answer.header("www-authenticate").contains("claims=");
        assert_eq!(said, challenged, "{word}");
    }
}

#[tokio::test]
async fn an_application_in_its_own_name_has_no_me() {
    let caller = Local::default().app(GRAPH).await;
    for path in ["", "/photo", "/messages"] {
        let answer = caller.at("me").call("GET", path, &[], None).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (400, "BadRequest"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_assertion_without_a_certificate_in_the_registration_is_refused() {
    let stage = Stage::default();
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
        ("client_assertion_type", kind),
        ("client_assertion", "e30.e30.AAAA"),
    ];
    let answer = stage.token(&fields, &[]).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error_codes"], json!([700_027]));
}

#[tokio::test]
async fn an_administrator_who_mistypes_stays_on_the_page_and_can_try_again() {
    let stage = Stage::default();
    let asked = [
        ("client_id", DEFAULT_CLIENT_ID),
        ("redirect_uri", WEB),
        ("state", "s"),
        ("scope", "Mail.Read"),
    ];
    let path = format!("/{TENANT_ID}/v2.0/adminconsent?{}", encode(&asked));
    let page = stage.local.send("GET", &path, &[], vec![]).await;
    let first = String::from_utf8(page.bytes).unwrap();
    assert!(!first.contains("role=\"alert\""), "{first}");
    let mut form = asked.to_vec();
    form.extend([("form", "v2"), ("decision", "accept")]);
    form.push(("loginfmt", "admin@contoso.example"));
    let mut wrong = form.clone();
    wrong.push(("passwd", "guess"));
    let again = stage.post("adminconsent/decide", &wrong, &[]).await;
    let again = String::from_utf8(again.bytes).unwrap();
    assert!(again.contains("AADSTS90094"), "{again}");
    // The same form, with everything that it needs to go on.
    for (name, value) in &form[..5] {
        assert!(
            again.contains(&format!(
                "type=\"hidden\" name=\"{name}\" value=\"{value}\""
            )),
            "{name}: {again}"
        );
    }
    form.push(("passwd", "Password1!"));
    let done = stage.post("adminconsent/decide", &form, &[]).await;
    assert!(
        done.header("location").contains("admin_consent=True"),
        "{}",
        done.header("location")
    );
}

#[tokio::test]
async fn t15_m78_a_code_that_is_used_twice_leaves_the_refresh_token_alive() {
    let stage = Stage::default();
    let code = stage.code(WEB, "offline_access Mail.Read").await;
    let secret = ("client_secret", DEFAULT_CLIENT_SECRET);
    let mut fields = redeem(&code, WEB);
    fields.extend([secret, ("code_verifier", VERIFIER)]);
    let first = stage.token(&fields, &[]).await;
    let token = first.json()["refresh_token"].as_str().unwrap().to_owned();
    let second = stage.token(&fields, &[]).await;
    assert_eq!(second.json()["error_codes"], json!([54_005]));
    let refresh = [
        secret,
        ("grant_type", "refresh_token"),
        ("refresh_token", &*token),
    ];
    assert_eq!(stage.token(&refresh, &[]).await.status, 200);
}

#[tokio::test]
async fn t14_a_consent_in_v1_is_for_every_resource() {
    let stage = Stage::default();
    let fields = [
        ("client_id", DEFAULT_CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", WEB),
        ("resource", "https://outlook.office365.com/"),
    ];
    let hidden = |page: &Answer| {
        let html = String::from_utf8(page.bytes.clone()).unwrap();
        let flow = html.split("name=\"flow\" value=\"").nth(1).unwrap();
        flow.split('"').next().unwrap().to_owned()
    };
    let page = stage.post("oauth2/authorize", &fields, &[]).await;
    let login = [("flow", &*hidden(&page)), ("account", ADELE)];
    let consent = stage.post("login", &login, &[]).await;
    let cookie = consent
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let accept = [("flow", &*hidden(&consent)), ("decision", "accept")];
    let back = stage
        .post("consent", &accept, &[("cookie", &*cookie)])
        .await;
    let code = back.header("location").split("code=").nth(1).unwrap();
    let code = code.split('&').next().unwrap().to_owned();
    let secret = ("client_secret", DEFAULT_CLIENT_SECRET);
    let client = ("client_id", DEFAULT_CLIENT_ID);
    let mut fields = redeem(&code, WEB);
    fields.extend([client, secret]);
    let first = stage.post("oauth2/token", &fields, &[]).await;
    let token = first.json()["refresh_token"].as_str().unwrap().to_owned();
    for resource in ["https://graph.microsoft.com", "https://outlook.office.com"] {
        let fields = [
            client,
            secret,
            ("grant_type", "refresh_token"),
            ("refresh_token", &*token),
            ("resource", resource),
        ];
        let answer = stage.post("oauth2/token", &fields, &[]).await;
        assert_eq!(answer.status, 200, "{resource}: {:?}", answer.json());
    }
}
