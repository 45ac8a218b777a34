//! Whoever signs in gets a new session id, whatever the browser had before.

use super::*;

#[tokio::test]
async fn e20_e55_more_consent_and_another_account_mean_a_new_id() {
    let world = World::new().await;
    let mut before = world.sign_in().await;
    for (number, reply, claims) in [
        (
            1,
            json!({"scope": "Mail.Read Mail.Send Contacts.Read"}),
            json!({}),
        ),
        (2, json!({}), json!({"acr": "c1", "amr": ["pwd", "mfa"]})),
        (
            3,
            json!({}),
            json!({"oid": "00000000-0000-0000-1111-3332eca7ea81"}),
        ),
    ] {
        *world.fake.reply.lock().unwrap() = reply;
        *world.fake.claims.lock().unwrap() = claims;
        let answer = world
            .exchange(&format!("marker-code-{number}"), &before)
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let after = answer.cookie();
        assert_ne!(after, before);
        assert_eq!(world.token(&before).await.code(), "signed_out");
        let session = world.session(&after).await.json();
        assert_eq!(session["account"], answer.json()["account"]);
        before = after;
    }
}

/// E20: an id that somebody put into the browser is not taken over.
#[tokio::test]
async fn e20_a_planted_id_is_never_used() {
    let world = World::new().await;
    let planted = format!("{COOKIE}={}", "A".repeat(43));
    let answer = world.exchange("marker-code", &planted).await;
    assert_ne!(answer.cookie(), planted);
    assert_eq!(world.token(&planted).await.code(), "signed_out");
    assert_eq!(world.token(&answer.cookie()).await.status, StatusCode::OK);
}
