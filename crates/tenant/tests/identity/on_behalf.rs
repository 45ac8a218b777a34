//! On behalf of: an API trades the token that it was called with for one of Graph.

use exo365_tenant::DEFAULT_CLIENT_ID;
use serde_json::json;

use crate::support::{ADELE, Answer, Local};
use crate::{
    GRAPH_MAIL, OWN, WEB, access, asking, call, claims, code, consent, refusal, secret, token,
};

const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
const OBO: (&str, &str) = ("requested_token_use", "on_behalf_of");

fn own() -> String {
    format!("api://{DEFAULT_CLIENT_ID}/access_as_user")
}

/// A token of a user with this scope.
async fn user_token(local: &Local, scope: &str) -> String {
    let asked = asking(DEFAULT_CLIENT_ID, WEB, scope);
    let code = code(local, OWN, &asked, ADELE).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", WEB),
    ];
    access(&token(local, OWN, &secret(&fields)).await)
}

async fn exchange(local: &Local, assertion: &str) -> Answer {
    let fields = [GRANT, OBO, ("assertion", assertion), ("scope", GRAPH_MAIL)];
    token(local, OWN, &secret(&fields)).await
}

#[tokio::test]
async fn an_api_gets_a_token_of_graph_for_the_user_who_called_it() {
    let local = Local::default();
    consent(&local, ADELE, &[&own(), GRAPH_MAIL]).await;
    let token = user_token(&local, &own()).await;
    let read = claims(&json!(token));
    assert_eq!(read["aud"], DEFAULT_CLIENT_ID);
    assert_eq!(read["scp"], "access_as_user");
    assert_eq!(read["ver"], "2.0");
    // It is no token of Graph, nor of Outlook.
    assert_eq!(call(&local, &token, "/v1.0/me").await.status, 401);
    assert_eq!(call(&local, &token, "/api/v2.0/me").await.status, 401);

    let graph = exchange(&local, &token).await;
    assert_eq!(graph.status, 200, "{:?}", graph.json());
    let me = call(&local, &access(&graph), "/v1.0/me/messages?$top=1").await;
    assert_eq!(me.status, 200);
    assert!(graph.json().get("refresh_token").is_none());
}

#[tokio::test]
async fn assertions_of_another_audience_of_no_user_too_old_or_unknown_are_refused() {
    let local = Local::default();
    consent(&local, ADELE, &[&own(), GRAPH_MAIL]).await;
    let of_graph = user_token(&local, GRAPH_MAIL).await;
    assert_eq!(
        refusal(&exchange(&local, &of_graph).await),
        ("invalid_grant".into(), 500_131)
    );
    assert_eq!(
        refusal(&exchange(&local, "no.such.token").await),
        ("invalid_grant".into(), 50_013)
    );

    let scope = format!("api://{DEFAULT_CLIENT_ID}/.default");
    let fields = [("grant_type", "client_credentials"), ("scope", &*scope)];
    let of_app = access(&token(&local, OWN, &secret(&fields)).await);
    assert_eq!(
        refusal(&exchange(&local, &of_app).await),
        ("invalid_grant".into(), 7_000_114)
    );

    let own_token = user_token(&local, &own()).await;
    let fields = [GRANT, ("assertion", &*own_token), ("scope", GRAPH_MAIL)];
    let unsaid = token(&local, OWN, &secret(&fields)).await;
    assert_eq!(refusal(&unsaid), ("invalid_request".into(), 900_144));
    let fields = [
        GRANT,
        OBO,
        ("assertion", &*own_token),
        ("scope", GRAPH_MAIL),
    ];
    let secretless = token(&local, OWN, &fields).await;
    assert_eq!(refusal(&secretless), ("invalid_client".into(), 7_000_218));

    consent(&local, ADELE, &[&own()]).await;
    let unconsented = exchange(&local, &own_token).await;
    assert_eq!(refusal(&unconsented), ("invalid_grant".into(), 65_001));
    assert_eq!(unconsented.json()["suberror"], "consent_required");

    let advance = json!({"advanceSeconds": 90_000});
    local.control("POST", "clock", &advance).await;
    assert_eq!(
        refusal(&exchange(&local, &own_token).await),
        ("invalid_grant".into(), 500_133)
    );
}
