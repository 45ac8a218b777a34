//! Device code (RFC 8628), v2 and v1.

use exo365_tenant::DEFAULT_CLIENT_ID;

use crate::support::{ADELE, Answer, Local};
use crate::{
    GRAPH_MAIL, OWN, access, call, consent, field, html, post, public, refusal, secret, token,
};

const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");

async fn begin(local: &Local) -> Answer {
    let fields = [
        ("client_id", DEFAULT_CLIENT_ID),
        ("scope", "openid profile offline_access Mail.Read"),
    ];
    post(local, &format!("/{OWN}/oauth2/v2.0/devicecode"), &fields).await
}

fn text(answer: &Answer, name: &str) -> String {
    answer.json()[name].as_str().unwrap_or_default().to_owned()
}

/// Types the code of the device, and signs in.
async fn approve(local: &Local, user_code: &str) -> Answer {
    let page = post(local, "/devicelogin", &[("otc", user_code)]).await;
    let flow = field(&page, "flow");
    let path = format!("/{OWN}/login");
    post(local, &path, &[("flow", &flow), ("account", ADELE)]).await
}

#[tokio::test]
async fn a_device_waits_until_the_user_has_signed_in_and_gets_its_tokens_once() {
    let local = public();
    consent(&local, ADELE, &[GRAPH_MAIL]).await;
    let begun = begin(&local).await;
    assert_eq!(begun.status, 200);
    let (device, user) = (text(&begun, "device_code"), text(&begun, "user_code"));
    assert_eq!(begun.json()["expires_in"], 900);
    assert!(text(&begun, "verification_uri").ends_with("/devicelogin"));
    assert!(text(&begun, "message").contains(&user));

    let poll = [GRANT, ("device_code", &*device)];
    let waiting = token(&local, OWN, &poll).await;
    assert_eq!(waiting.status, 400);
    assert_eq!(refusal(&waiting), ("authorization_pending".into(), 70_016));

    let done = approve(&local, &user.to_lowercase()).await;
    assert!(html(&done).contains("id=\"signed-in\""), "{}", html(&done));
    let got = token(&local, OWN, &poll).await;
    assert_eq!(got.status, 200, "{:?}", got.json());
    assert!(got.json()["id_token"].is_string());
    let mail = call(&local, &access(&got), "/v1.0/me/messages?$top=1").await;
    assert_eq!(mail.status, 200);

    let again = token(&local, OWN, &poll).await;
    assert_eq!(refusal(&again).0, "invalid_grant");
    // What a public client got, it renews without a secret.
    let refresh = text(&got, "refresh_token");
    let renewed = token(
        &local,
        OWN,
        &[("grant_type", "refresh_token"), ("refresh_token", &refresh)],
    )
    .await;
    assert_eq!(renewed.status, 200, "{:?}", renewed.json());
}

#[tokio::test]
async fn a_device_hears_of_a_refusal_an_end_of_time_and_a_code_that_is_none() {
    let local = public();
    let begun = begin(&local).await;
    let (device, user) = (text(&begun, "device_code"), text(&begun, "user_code"));
    let wrong = post(&local, "/devicelogin", &[("otc", "NOTACODE1")]).await;
    assert!(html(&wrong).contains("role=\"alert\""));
    let page = post(&local, "/devicelogin", &[("otc", &user)]).await;
    let flow = field(&page, "flow");
    let path = format!("/{OWN}/login");
    let back = post(&local, &path, &[("flow", &flow), ("cancel", "1")]).await;
    assert!(html(&back).contains("id=\"refused\""));
    let poll = [GRANT, ("device_code", &*device)];
    let declined = token(&local, OWN, &poll).await;
    assert_eq!(refusal(&declined).0, "authorization_declined");

    let late = text(&begin(&local).await, "device_code");
    let advance = serde_json::json!({"advanceSeconds": 901});
    local.control("POST", "clock", &advance).await;
    let expired = token(&local, OWN, &[GRANT, ("device_code", &late)]).await;
    assert_eq!(refusal(&expired), ("expired_token".into(), 70_020));
    let unknown = token(&local, OWN, &[GRANT, ("device_code", "none")]).await;
    assert_eq!(refusal(&unknown).0, "bad_verification_code");
}

#[tokio::test]
async fn without_public_client_flows_a_device_needs_the_secret() {
    let local = Local::default();
    let device = text(&begin(&local).await, "device_code");
    let poll = [GRANT, ("device_code", &*device)];
    let without = token(&local, OWN, &poll).await;
    assert_eq!(refusal(&without), ("invalid_client".into(), 7_000_218));
    let with = token(&local, OWN, &secret(&poll)).await;
    assert_eq!(refusal(&with).0, "authorization_pending");
}

#[tokio::test]
async fn v1_names_the_page_in_its_own_way_and_takes_the_code_as_code() {
    let local = public();
    let resource = "https://graph.microsoft.com/";
    let fields = [("client_id", DEFAULT_CLIENT_ID), ("resource", resource)];
    let begun = post(&local, &format!("/{OWN}/oauth2/devicecode"), &fields).await;
    assert_eq!(begun.json()["expires_in"], "900");
    assert!(text(&begun, "verification_url").ends_with("/devicelogin"));
    consent(&local, ADELE, &["*"]).await;
    let done = approve(&local, &text(&begun, "user_code")).await;
    assert!(html(&done).contains("id=\"signed-in\""), "{}", html(&done));
    let device = text(&begun, "device_code");
    let fields = [
        ("client_id", DEFAULT_CLIENT_ID),
        ("grant_type", "device_code"),
        ("resource", resource),
        ("code", &device),
    ];
    let got = post(&local, &format!("/{OWN}/oauth2/token"), &fields).await;
    assert_eq!(got.status, 200, "{:?}", got.json());
    assert_eq!(got.json()["resource"], resource);
}

/// Fact 77: a personal account by device code under `consumers` renews under `common`.
#[tokio::test]
async fn m77_a_personal_account_signs_in_by_device_code_and_renews_under_common() {
    let local = public();
    let pia = "pia@outlook.example";
    consent(&local, pia, &[GRAPH_MAIL]).await;
    let fields = [
        ("client_id", DEFAULT_CLIENT_ID),
        ("scope", "offline_access Mail.Read"),
    ];
    let begun = post(&local, "/consumers/oauth2/v2.0/devicecode", &fields).await;
    let page = post(
        &local,
        "/devicelogin",
        &[("otc", &text(&begun, "user_code"))],
    )
    .await;
    let login = [("flow", &*field(&page, "flow")), ("account", pia)];
    let done = post(&local, "/consumers/login", &login).await;
    assert!(html(&done).contains("id=\"signed-in\""), "{}", html(&done));
    let device = text(&begun, "device_code");
    let got = token(&local, "consumers", &[GRANT, ("device_code", &device)]).await;
    let refresh = text(&got, "refresh_token");
    let renew = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh),
    ];
    let renewed = token(&local, "common", &renew).await;
    assert_eq!(renewed.status, 200, "{:?}", renewed.json());
    let mail = call(&local, &access(&renewed), "/v1.0/me/messages?$top=1").await;
    assert_eq!(mail.status, 200);
}
