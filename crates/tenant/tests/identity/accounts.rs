//! Personal accounts, and a federated domain.

use exo365_tenant::{DEFAULT_CLIENT_ID, PASSWORD, TENANT_ID};
use serde_json::json;

use crate::support::{ADELE, Local};
use crate::{
    GRAPH_MAIL, OWN, WEB, access, asking, authorize, call, claims, code, consent, field, html,
    parameter, post, secret, token,
};

const PIA: &str = "pia@outlook.example";
const FERN: &str = "fern@federated.example";
const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

async fn tokens(local: &Local, segment: &str, scope: &str, user: &str) -> crate::support::Answer {
    let code = code(local, segment, &asking(DEFAULT_CLIENT_ID, WEB, scope), user).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", WEB),
    ];
    token(local, segment, &secret(&fields)).await
}

#[tokio::test]
async fn a_personal_account_signs_in_at_common_and_consumers_with_the_tenant_of_all_such() {
    let local = Local::default();
    let scope = "openid profile User.Read Mail.Read";
    consent(&local, PIA, &["User.Read", "Mail.Read"]).await;
    for segment in ["common", "consumers", PERSONAL_TENANT] {
        let got = tokens(&local, segment, scope, PIA).await;
        let read = claims(&got.json()["id_token"]);
        assert_eq!(read["tid"], PERSONAL_TENANT, "{segment}");
        let issuer = read["iss"].as_str().unwrap();
        assert!(
            issuer.ends_with(&format!("/{PERSONAL_TENANT}/v2.0")),
            "{issuer}"
        );
        let mail = call(&local, &access(&got), "/v1.0/me/messages?$top=1").await;
        assert_eq!(mail.status, 200);
    }
    let path = "/consumers/v2.0/.well-known/openid-configuration";
    let found = local.send("GET", path, &[], vec![]).await;
    let issuer = found.json()["issuer"].as_str().unwrap().to_owned();
    assert!(issuer.contains(PERSONAL_TENANT), "{issuer}");
}

#[tokio::test]
async fn an_account_that_does_not_belong_to_the_authority_is_turned_away() {
    let local = Local::default();
    for (segment, user, number) in [
        ("organizations", PIA, "AADSTS50020"),
        (TENANT_ID, PIA, "AADSTS50020"),
        ("consumers", ADELE, "AADSTS500202"),
    ] {
        let page = authorize(&local, segment, &asking(DEFAULT_CLIENT_ID, WEB, "openid")).await;
        assert!(
            !html(&page).contains(&format!("data-account=\"{user}\"")),
            "{segment} {user}"
        );
        let fields = [("flow", &*field(&page, "flow")), ("account", user)];
        let refused = post(&local, &format!("/{segment}/login"), &fields).await;
        assert!(html(&refused).contains(number), "{segment} {user}");
    }
    // v1 has no personal accounts.
    let fields = [("client_id", DEFAULT_CLIENT_ID), ("response_type", "code")];
    let path = format!("/consumers/oauth2/authorize?{}", crate::encode(&fields));
    let page = local.send("GET", &path, &[], vec![]).await;
    assert!(html(&page).contains("AADSTS90002"), "{}", html(&page));
}

/// Fact 71: settings and rules of personal accounts are refused with the scope granted, categories work.
#[tokio::test]
async fn m71_a_personal_mailbox_has_no_settings_and_no_rules() {
    let local = Local::default();
    consent(&local, PIA, &["MailboxSettings.ReadWrite", "Mail.Read"]).await;
    let got = tokens(&local, "common", "MailboxSettings.ReadWrite Mail.Read", PIA).await;
    for (path, status) in [
        ("/v1.0/me/mailboxSettings", 403),
        ("/v1.0/me/mailFolders/inbox/messageRules", 403),
        ("/v1.0/me/outlook/masterCategories", 200),
    ] {
        let answer = call(&local, &access(&got), path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(
            answer.code(),
            if status == 403 {
                "ErrorAccessDenied"
            } else {
                ""
            },
            "{path}"
        );
    }
}

#[tokio::test]
async fn personal_accounts_are_in_no_directory() {
    let local = Local::default();
    let app = local.app(crate::support::GRAPH).await.at("users");
    let users = app.get("").await;
    let all = users["value"].as_array().unwrap();
    assert!(all.iter().any(|one| one["mail"] == FERN));
    assert!(all.iter().all(|one| one["mail"] != PIA));
    let one = app
        .call("GET", &format!("/{PIA}/messages"), &[], None)
        .await;
    assert_eq!(
        (one.status, one.code()),
        (404, "ErrorInvalidUser".to_owned())
    );
}

#[tokio::test]
async fn a_user_of_a_federated_domain_gives_the_password_to_the_own_provider() {
    let local = Local::default();
    consent(&local, FERN, &[GRAPH_MAIL]).await;
    let scope = format!("openid profile {GRAPH_MAIL}");
    let page = authorize(&local, OWN, &asking(DEFAULT_CLIENT_ID, WEB, &scope)).await;
    let flow = field(&page, "flow");
    // Not even the right password counts here.
    let fields = [("flow", &*flow), ("loginfmt", FERN), ("passwd", PASSWORD)];
    let away = post(&local, &format!("/{OWN}/login"), &fields).await;
    assert_eq!(away.status, 302);
    assert!(
        away.header("location").contains("/adfs/ls/"),
        "{}",
        away.header("location")
    );
    assert_eq!(parameter(&away, "username"), FERN);
    let context = parameter(&away, "wctx");
    let wrong = [
        ("wctx", &*context),
        ("UserName", FERN),
        ("Password", "wrong"),
    ];
    let refused = post(&local, "/adfs/ls/", &wrong).await;
    assert!(html(&refused).contains("role=\"alert\""));
    let right = [
        ("wctx", &*context),
        ("UserName", FERN),
        ("Password", PASSWORD),
    ];
    let answered = post(&local, "/adfs/ls/", &right).await;
    let result = field(&answered, "wresult");
    let fields = [("wresult", &*result), ("wctx", &*context)];
    let back = post(&local, "/login.srf", &fields).await;
    let code = parameter(&back, "code");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", WEB),
    ];
    let got = token(&local, OWN, &secret(&fields)).await;
    assert_eq!(claims(&got.json()["id_token"])["preferred_username"], FERN);

    // The answer of the provider counts once.
    let page = authorize(&local, OWN, &asking(DEFAULT_CLIENT_ID, WEB, &scope)).await;
    let fields = [("wresult", &*result), ("wctx", &*field(&page, "flow"))];
    let again = post(&local, "/login.srf", &fields).await;
    assert!(html(&again).contains("AADSTS50008"), "{}", html(&again));
}

#[tokio::test]
async fn hints_of_a_federated_domain_lead_straight_to_its_provider() {
    let local = Local::default();
    for hint in [("domain_hint", "federated.example"), ("login_hint", FERN)] {
        let mut asked = asking(DEFAULT_CLIENT_ID, WEB, "openid");
        asked.push(hint);
        let away = authorize(&local, "organizations", &asked).await;
        assert!(away.header("location").contains("/adfs/ls/"), "{hint:?}");
    }
    for (address, kind) in [
        (FERN, "Federated"),
        (ADELE, "Managed"),
        ("a@b.example", "Unknown"),
    ] {
        let path = format!("/common/userrealm/{address}?api-version=1.0");
        let realm = local.send("GET", &path, &[], vec![]).await;
        assert_eq!(realm.json()["account_type"], json!(kind), "{address}");
    }
}
