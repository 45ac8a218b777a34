//! Accounts and registrations of a seed of one's own.

use std::path::Path;

use exo365_tenant::{Options, Seed, Tenant};
use serde_json::json;

use crate::support::{BEN, GRAPH, Local};
use crate::{OWN, access, asking, authorize, call, code, field, html, post, refusal};

const ZOE: &str = "zoe.lund@contoso.example";
const PLANNER: &str = "22222222-3333-4444-5555-666666666666";
const SECRET: &str = "planner-secret-not-for-production";

fn example() -> Tenant {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("seed");
    Tenant::new(Options {
        seed: Seed::Files(seed),
        ..Options::default()
    })
    .unwrap()
}

/// What a text in JSON leads to.
fn made(text: &str) -> Result<Tenant, String> {
    let id: u64 = rand::random();
    let file = std::env::temp_dir().join(format!("exo365-accounts-{id}.json"));
    std::fs::write(&file, text).unwrap();
    let made = Tenant::new(Options {
        seed: Seed::Files(file.clone()),
        ..Options::default()
    });
    std::fs::remove_file(file).unwrap();
    made
}

#[tokio::test]
async fn an_account_of_a_seed_has_a_password_a_mailbox_a_photo_and_delegates() {
    let local = Local::of(&example());
    let app = local.app(GRAPH).await.at(&format!("users/{ZOE}"));
    let user = app.get("").await;
    assert_eq!(user["displayName"], "Zoe Lund");
    assert_eq!(user["jobTitle"], "Planner");
    let mail = app.get("/messages").await;
    assert_eq!(mail["value"][0]["subject"], "Welcome, Zoe");
    assert_eq!(
        mail["value"][0]["from"]["emailAddress"]["name"],
        "Adele Vance"
    );
    let photo = app.call("GET", "/photo/$value", &[], None).await;
    assert_eq!(
        (photo.status, photo.header("content-type")),
        (200, "image/png")
    );
    // Mail goes there as well.
    let body = json!({"message": {"subject": "Hello", "toRecipients": [{"emailAddress": {"address": ZOE}}]}});
    let ben = local.app(GRAPH).await.at(&format!("users/{BEN}"));
    assert_eq!(
        ben.call("POST", "/sendMail", &[], Some(body)).await.status,
        202
    );
    let found = app.get("/messages?$filter=subject eq 'Hello'").await;
    let to = &found["value"][0]["toRecipients"][0]["emailAddress"];
    assert_eq!(*to, json!({"name": "Zoe Lund", "address": ZOE}));
    let delegate = local.user(GRAPH, BEN, &["Mail.Read.Shared"]).await;
    delegate.at(&format!("users/{ZOE}")).get("/messages").await;

    let page = authorize(
        &local,
        OWN,
        &asking(PLANNER, "http://localhost/planner", "openid"),
    )
    .await;
    assert!(html(&page).contains("Planner"));
    let flow = field(&page, "flow");
    let path = format!("/{OWN}/login");
    for (password, right) in [("Password1!", false), ("Zoe-Password-7", true)] {
        let fields = [("flow", &*flow), ("loginfmt", ZOE), ("passwd", password)];
        let answer = post(&local, &path, &fields).await;
        assert_eq!(html(&answer).contains("AADSTS50126"), !right, "{password}");
    }
}

#[tokio::test]
async fn a_registration_of_a_seed_has_its_own_secret_platforms_and_permissions() {
    let local = Local::of(&example());
    let path = format!("/{OWN}/oauth2/v2.0/token");
    let app = |secret: &'static str| {
        let (local, path) = (local.clone(), path.clone());
        async move {
            let fields = [
                ("grant_type", "client_credentials"),
                ("client_id", PLANNER),
                ("client_secret", secret),
                ("scope", "https://graph.microsoft.com/.default"),
            ];
            post(&local, &path, &fields).await
        }
    };
    let wrong = app(exo365_tenant::DEFAULT_CLIENT_SECRET).await;
    assert_eq!(refusal(&wrong), ("invalid_client".into(), 7_000_215));
    // Its application permissions are those that it has, and no more.
    let token = access(&app(SECRET).await);
    for (path, status) in [
        ("messages?$top=1", 200),
        ("contacts?$top=1", 403),
        ("events?$top=1", 403),
    ] {
        let answer = call(&local, &token, &format!("/v1.0/users/{ZOE}/{path}")).await;
        assert_eq!(answer.status, status, "{path}");
    }

    let consent = json!({"user": ZOE, "clientId": PLANNER, "granted": ["*"]});
    local.control("POST", "consent", &consent).await;
    let desktop = "http://localhost/desktop";
    let asked = asking(
        PLANNER,
        desktop,
        "https://graph.microsoft.com/.default offline_access",
    );
    let code = code(&local, OWN, &asked, ZOE).await;
    let fields = |client_id: &'static str| {
        vec![
            ("grant_type", "authorization_code"),
            ("client_id", client_id),
            ("code", &*code),
            ("redirect_uri", desktop),
        ]
    };
    // Another client cannot redeem it.
    let foreign = post(&local, &path, &fields(exo365_tenant::DEFAULT_CLIENT_ID)).await;
    assert_eq!(refusal(&foreign), ("invalid_grant".into(), 70_000));
    let got = post(&local, &path, &fields(PLANNER)).await;
    let scope = got.json()["scope"].as_str().unwrap_or_default().to_owned();
    assert!(
        scope.contains("Mail.Read") && !scope.contains("Calendars"),
        "{scope} {:?}",
        got.json()
    );
    // The other application has no consent of Zoe.
    let asked = asking(exo365_tenant::DEFAULT_CLIENT_ID, crate::WEB, "Mail.Read");
    let page = authorize(&local, OWN, &asked).await;
    let form = [("flow", &*field(&page, "flow")), ("account", ZOE)];
    let answer = post(&local, &format!("/{OWN}/login"), &form).await;
    assert!(html(&answer).contains("id=\"accept\""));
}

#[tokio::test]
async fn a_seed_comes_back_at_a_reset_with_the_same_ids() {
    let tenant = example();
    let local = Local::of(&tenant);
    let id = |local: Local| async move {
        let app = local.app(GRAPH).await.at(&format!("users/{ZOE}"));
        app.get("?$select=id").await["id"].clone()
    };
    let before = id(local.clone()).await;
    local.control("POST", "reset", &json!({})).await;
    assert_eq!(id(local).await, before);
    assert_eq!(id(Local::of(&example())).await, before);
}

#[tokio::test]
async fn what_is_wrong_with_an_account_or_a_registration_is_named_with_its_line() {
    for (text, line, word) in [
        (
            "{\n\"zoe@elsewhere.example\": {\"account\": {}}}",
            2,
            "no domain of this tenant",
        ),
        (
            "{\n\n\"zoe@contoso.example\": {\"account\": {\"pasword\": \"x\"}}}",
            3,
            "pasword",
        ),
        (
            "{\"zoe@contoso.example\": {\n\"account\": {\"kind\": \"guest\"}}}",
            2,
            "outside of",
        ),
        (
            "{\"zoe@contoso.example\": {\n\"mesages\": []}}",
            2,
            "mesages",
        ),
        (
            "{\"zoe@contoso.example\": {\"photo\": 5,\n\"account\": {}}}",
            1,
            "photo",
        ),
        ("{\"registrations\": [\n{\"clientId\": \"x\"}]}", 2, "GUID"),
        ("{\"registrations\":\n {}}", 2, "no list"),
        (
            "{\"zed@contoso.example\": {\"messages\": []}}",
            1,
            "no account",
        ),
    ] {
        let sentence = made(text).err().unwrap_or_default();
        assert!(
            sentence.contains(&format!(".json:{line}: ")),
            "{text}: {sentence}"
        );
        assert!(sentence.contains(word), "{text}: {sentence}");
    }
}

#[tokio::test]
async fn a_data_file_keeps_the_mailboxes_and_the_seed_says_who_there_is() {
    let id: u64 = rand::random();
    let data = std::env::temp_dir().join(format!("exo365-accounts-{id}.data"));
    let start = |seed: Seed| {
        Local::of(
            &Tenant::new(Options {
                data: Some(data.clone()),
                seed,
                ..Options::default()
            })
            .unwrap(),
        )
    };
    let seed = || Seed::Files(Path::new(env!("CARGO_MANIFEST_DIR")).join("seed"));
    let zoe = |local: Local| async move { local.app(GRAPH).await.at(&format!("users/{ZOE}")) };
    let first = zoe(start(seed())).await;
    let body = json!({"subject": "Kept"});
    first.done("POST", "/messages", body).await;
    let again = zoe(start(seed())).await;
    let found = again.get("/messages?$filter=subject eq 'Kept'").await;
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
    let without = zoe(start(Seed::Small)).await;
    let gone = without.call("GET", "/messages", &[], None).await;
    assert_eq!(
        (gone.status, gone.code()),
        (404, "ErrorInvalidUser".to_owned())
    );
    std::fs::remove_file(data).unwrap();
}
