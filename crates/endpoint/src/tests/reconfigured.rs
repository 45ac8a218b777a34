//! What an operator changes counts for sessions that exist; and several endpoints on one host keep apart.

use super::fake::Canned;
use super::proxy::call;
use super::*;

const ANOTHER: &str = "bbbbbbbb-0000-cccc-1111-dddd2222eeee";

#[tokio::test]
async fn e76_a_tenant_that_is_taken_off_the_list_is_out_at_every_route() {
    for mode in ["", "mode = \"proxy\"\n"] {
        let world = World::with(mode).await;
        let cookie = world.sign_in().await;
        let extra = format!("{mode}tenants = [\"{ANOTHER}\"]");
        let world = world.restart(&extra).await;
        assert_eq!(world.session(&cookie).await.json()["account"], Value::Null);
        let asked = if mode.is_empty() {
            world.token(&cookie).await
        } else {
            world.send(call("GET", "/v1.0/me", &cookie)).await
        };
        assert_eq!(asked.code(), "signed_out", "{mode}");
        let extra = format!("{mode}tenants = [\"{}\"]", TENANT.to_ascii_uppercase());
        let world = world.restart(&extra).await;
        let back = world.session(&cookie).await;
        assert_ne!(back.json()["account"], Value::Null, "{mode}");
    }
}

#[tokio::test]
async fn e77_renewals_ask_for_the_permissions_that_are_configured_now() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    // Another order is no change.
    let world = world
        .restart("scopes = [\"Mail.Send\", \"Mail.Read\"]")
        .await;
    assert_eq!(
        world.token(&cookie).await.json()["accessToken"],
        "marker-access-1"
    );
    let world = world.restart("scopes = [\"Mail.Read\"]").await;
    let token = world.token(&cookie).await;
    assert_eq!(
        token.json()["accessToken"],
        "marker-access-2",
        "no token of before"
    );
    let asked = world.fake.field("scope").unwrap();
    assert!(asked.ends_with("offline_access Mail.Read"), "{asked}");
    assert_eq!(
        world.token(&cookie).await.json()["accessToken"],
        "marker-access-2"
    );
    // A user who has not consented to a new permission gets `consent_required`, and the session stays.
    let world = world
        .restart("scopes = [\"Mail.Read\", \"Calendars.Read\"]")
        .await;
    world.fake.say(Canned::refusal("invalid_grant", 65_001));
    let refused = world.token(&cookie).await;
    assert_eq!(refused.code(), "consent_required", "{}", refused.text);
    let asked = world.fake.field("scope").unwrap();
    assert!(asked.ends_with("Mail.Read Calendars.Read"), "{asked}");
    assert_eq!(world.token(&cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn e74_endpoints_on_one_host_do_not_sign_each_other_out() {
    let one = World::new().await;
    let other = World::with("client_id = \"22222222-2222-3333-4444-555555555555\"").await;
    let elsewhere = World::with("base = \"/other\"").await;
    assert_ne!(one.app.config.cookie, other.app.config.cookie);
    assert_ne!(one.app.config.cookie, elsewhere.app.config.cookie);
    // Two endpoints with the same client and base: the second one does not clear the cookie of the first.
    let second = World::new().await;
    let cookie = one.sign_in().await;
    assert!(second.session(&cookie).await.set_cookie().is_none());
    assert!(second.token(&cookie).await.set_cookie().is_none());
    assert_eq!(one.token(&cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn e74_the_cookies_old_name_is_read_and_named_anew() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let old = cookie.replace(COOKIE, "__Host-Http-exo365");
    let answer = world.session(&old).await;
    assert_ne!(answer.json()["account"], Value::Null);
    let lines: Vec<_> = answer.headers.get_all(header::SET_COOKIE).iter().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].to_str().unwrap().starts_with(&cookie));
    assert!(
        lines[1]
            .to_str()
            .unwrap()
            .starts_with("__Host-Http-exo365=; Max-Age=0")
    );
    assert_eq!(world.token(&old).await.status, StatusCode::OK);
    // A cookie of the old name with an unknown id may belong to another endpoint: it is not cleared.
    let stranger = format!("__Host-Http-exo365={}", "A".repeat(43));
    assert!(world.session(&stranger).await.set_cookie().is_none());
    let out = world.post("/logout", &json!({}), &old).await;
    assert_eq!(out.headers.get_all(header::SET_COOKIE).iter().count(), 2);
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
    // With a configured name, no other name is read.
    let chosen = World::with("cookie = \"__Host-mine\"").await;
    let cookie = chosen.sign_in().await;
    let old = cookie.replace("__Host-mine", "__Host-Http-exo365");
    assert_eq!(chosen.token(&old).await.code(), "signed_out");
}

#[tokio::test]
async fn e78_no_token_is_told_to_live_longer_than_its_session() {
    let world = World::with("session_idle_hours = 1").await;
    *world.fake.reply.lock().unwrap() = json!({"expires_in": 86_400});
    let mut told = world.exchange("c", "").await;
    let cookie = told.cookie();
    for _ in 0..4 {
        let seconds = told.json()["expiresIn"].as_u64().unwrap();
        assert!((60..=3600).contains(&seconds), "{seconds}");
        // The page asks again shortly before its token ends.
        world.advance(seconds - 30);
        told = world.token(&cookie).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text);
        let written = async {
            // While one note of the session's use is being written, no second one begins: ask again.
            while world.stored(&cookie).await.unwrap().touched != world.app.clock.now() {
                world.token(&cookie).await;
                tokio::task::yield_now().await;
            }
        };
        let patience = std::time::Duration::from_secs(20);
        tokio::time::timeout(patience, written).await.unwrap();
    }
    world.advance(3600);
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
}

#[tokio::test]
async fn e75_a_proxy_in_front_may_take_a_prefix_away() {
    let extra = "public_base = \"/app/auth\"";
    let (world, api) = super::proxy::proxied(extra).await;
    let cookie = world.sign_in().await;
    let link = format!("{}/v1.0/me/messages?$skip=10", api.origin);
    let page = json!({"value": [], "@odata.nextLink": link});
    api.say(Canned::json(200, &page));
    let answer = world.send(call("GET", "/v1.0/me/messages", &cookie)).await;
    let next = "/app/auth/proxy/v1.0/me/messages?$skip=10";
    assert_eq!(answer.json()["@odata.nextLink"], next);
}

/// Shorter limits count for sessions that exist; longer ones do not bring back what has ended.
#[tokio::test]
async fn e34_shorter_limits_count_for_sessions_that_exist() {
    const HOUR: u64 = 3600;
    for (extra, ends) in [
        ("session_idle_hours = 2", 2 * HOUR),
        (
            "session_lifetime_days = 1\nsession_idle_hours = 24",
            24 * HOUR,
        ),
    ] {
        let world = World::new().await;
        let cookie = world.sign_in().await;
        world.advance(ends - 1);
        let world = world.restart(extra).await;
        assert_eq!(world.token(&cookie).await.status, StatusCode::OK, "{extra}");
        // A renewal is a use, which moves the idle end but not the end of the session's life.
        world.advance(if ends == 2 * HOUR { ends } else { 1 });
        let answer = world.session(&cookie).await;
        assert_eq!(answer.json()["account"], Value::Null, "{extra}");
        assert_eq!(world.token(&cookie).await.code(), "signed_out", "{extra}");
        let world = world.restart("").await;
        assert_eq!(world.token(&cookie).await.code(), "signed_out", "{extra}");
    }
    let world = World::new().await;
    let cookie = world.sign_in().await;
    world.advance(3 * HOUR);
    let world = world.restart("session_idle_hours = 2").await;
    assert_eq!(world.token(&cookie).await.code(), "signed_out");
}
