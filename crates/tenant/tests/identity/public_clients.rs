//! Mobile and desktop applications: public clients, which have no secret and send no origin.

use exo365_tenant::DEFAULT_CLIENT_ID;

use crate::support::ADELE;
use crate::{
    GRAPH_MAIL, NATIVE, OWN, WEB, asking, code, consent, encode, public, refusal, secret, token,
};

const VERIFIER: &str = "a-verifier-that-is-long-enough-for-everybody-here";

#[tokio::test]
async fn a_desktop_application_redeems_and_renews_without_a_secret() {
    let local = public();
    consent(&local, ADELE, &[GRAPH_MAIL]).await;
    // A port of one's own, as applications listen on.
    let uri = "http://localhost:49152/desktop";
    let scope = format!("offline_access {GRAPH_MAIL}");
    let mut asked = asking(DEFAULT_CLIENT_ID, uri, &scope);
    asked.push(("code_challenge", VERIFIER));
    let code = code(&local, OWN, &asked, ADELE).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", uri),
        ("code_verifier", VERIFIER),
    ];
    let with_secret = token(&local, OWN, &secret(&fields)).await;
    assert_eq!(refusal(&with_secret), ("invalid_client".into(), 700_025));
    let from_page = {
        let path = format!("/{OWN}/oauth2/v2.0/token");
        let mut all = vec![("client_id", DEFAULT_CLIENT_ID)];
        all.extend(fields);
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "http://localhost:5000"),
        ];
        local
            .send("POST", &path, &headers, encode(&all).into_bytes())
            .await
    };
    assert_eq!(refusal(&from_page), ("invalid_request".into(), 9_002_326));
    assert_eq!(from_page.header("access-control-allow-origin"), "");
    let got = token(&local, OWN, &fields).await;
    assert_eq!(got.status, 200, "{:?}", got.json());
    let refresh = got.json()["refresh_token"].as_str().unwrap().to_owned();
    let renew = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh),
    ];
    assert_eq!(token(&local, OWN, &renew).await.status, 200);
}

#[tokio::test]
async fn a_code_of_the_web_platform_still_needs_the_secret() {
    let local = public();
    consent(&local, ADELE, &[GRAPH_MAIL]).await;
    for (uri, number) in [(WEB, 7_000_218), (NATIVE, 0)] {
        let asked = asking(DEFAULT_CLIENT_ID, uri, GRAPH_MAIL);
        let code = code(&local, OWN, &asked, ADELE).await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", uri),
        ];
        assert_eq!(
            refusal(&token(&local, OWN, &fields).await).1,
            number,
            "{uri}"
        );
    }
}
