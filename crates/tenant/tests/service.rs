//! What is common to all calls: errors, permissions, CORS, faults on order, unknown paths.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod support;

use std::time::Duration;

use exo365_tenant::{CorsProfile, Options};
use serde_json::{Value, json};
use support::{ADELE, Api, BEN, GRAPH, Local, V1, V2};

const FLAVOURS: [Api; 3] = [GRAPH, V2, V1];

#[tokio::test]
async fn unknown_segments_answer_as_the_service_does() {
    let local = Local::default();
    for (api, status, code) in [
        (GRAPH, 400, "BadRequest"),
        (V2, 404, "ResourceNotFound"),
        (V1, 404, "ResourceNotFound"),
    ] {
        let caller = local.app(api).await;
        for path in [
            "/nothing",
            "/messages/x/y/z",
            "/calendar/nothing",
            "/outlook/nothing",
        ] {
            let answer = caller.call("GET", path, &[], None).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (status, code),
                "{api:?} {path}"
            );
            assert!(
                answer.json()["error"]["message"]
                    .as_str()
                    .unwrap()
                    .contains("segment")
            );
        }
    }
    // What the oldest flavour never had.
    let v1 = local.app(V1).await;
    for path in [
        "/mailboxSettings",
        "/mailFolders/inbox/messageRules",
        "/outlook/masterCategories",
    ] {
        assert_eq!(v1.call("GET", path, &[], None).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn errors_carry_the_envelope_of_their_flavour() {
    let local = Local::default();
    let id = [("client-request-id", "0f0f0f0f-0000-4000-8000-000000000001")];
    for api in FLAVOURS {
        let caller = local.app(api).await;
        let answer = caller.call("GET", "/messages/xyz", &id, None).await;
        let error = answer.json()["error"].clone();
        assert_eq!(
            (answer.status, &error["code"]),
            (400, &json!("ErrorInvalidIdMalformed"))
        );
        match api {
            GRAPH => {
                assert_eq!(error["innerError"]["client-request-id"], id[0].1);
                assert_eq!(
                    error["innerError"]["request-id"],
                    answer.header("request-id")
                );
                assert_eq!(answer.header("client-request-id"), id[0].1);
            }
            V2 => assert_eq!(
                error["innerError"]["requestId"],
                answer.header("request-id")
            ),
            _ => assert!(error["innerError"].is_null()),
        }
    }
}

#[tokio::test]
async fn a_token_is_refused_in_the_words_of_the_flavour() {
    let local = Local::default();
    for api in FLAVOURS {
        let path = format!("{}/me/messages", api.0);
        let answer = local
            .send(
                "GET",
                &path,
                &[("authorization", "Bearer nonsense")],
                vec![],
            )
            .await;
        assert_eq!(answer.status, 401);
        let challenge = answer.header("www-authenticate");
        if api == GRAPH {
            assert_eq!(answer.code(), "InvalidAuthenticationToken");
            assert!(challenge.contains("authorization_uri="), "{challenge}");
        } else {
            assert!(answer.bytes.is_empty(), "everything is in the headers");
            assert!(challenge.ends_with("Basic Realm=\"\""), "{challenge}");
            assert!(
                answer
                    .header("x-ms-diagnostics")
                    .starts_with("2000001;reason=")
            );
        }
    }
    let graph = local.app(GRAPH).await;
    let bearer = format!("Bearer {}", graph.token);
    let wrong = local
        .send(
            "GET",
            "/api/v2.0/me/messages",
            &[("authorization", &bearer)],
            vec![],
        )
        .await;
    assert_eq!(
        (wrong.status, wrong.code().as_str()),
        (401, "InvalidAudienceForResource")
    );
}

#[tokio::test]
async fn permissions_decide_what_a_user_may_do() {
    let local = Local::default();
    let reader = local
        .user(GRAPH, ADELE, &["Mail.Read", "Calendars.Read"])
        .await
        .at("me");
    assert_eq!(reader.call("GET", "/messages", &[], None).await.status, 200);
    assert_eq!(reader.call("GET", "/events", &[], None).await.status, 200);
    let schedule = json!({"schedules": [BEN], "startTime": {"dateTime": "2031-01-01T00:00", "timeZone": "UTC"},
        "endTime": {"dateTime": "2031-01-02T00:00", "timeZone": "UTC"}});
    assert_eq!(
        reader
            .call("POST", "/calendar/getSchedule", &[], Some(schedule))
            .await
            .status,
        200
    );
    for (method, path) in [
        ("POST", "/messages"),
        ("POST", "/events"),
        ("GET", "/contacts"),
        ("GET", "/mailboxSettings"),
        ("POST", "/sendMail"),
    ] {
        let answer = reader.call(method, path, &[], Some(json!({}))).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "ErrorAccessDenied"),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn shared_mailboxes_need_their_own_permission_and_a_delegate() {
    let local = Local::default();
    let sales = "users/sales@contoso.example";
    let own = local
        .user(GRAPH, ADELE, &["Calendars.ReadWrite"])
        .await
        .at(sales);
    assert_eq!(
        own.call("GET", "/events", &[], None).await.status,
        403,
        "not without .Shared"
    );
    let shared = [
        "Mail.ReadWrite.Shared",
        "Calendars.ReadWrite.Shared",
        "Contacts.Read.Shared",
    ];
    let adele = local.user(GRAPH, ADELE, &shared).await.at(sales);
    for path in ["/events", "/contacts", "/messages"] {
        assert_eq!(
            adele.call("GET", path, &[], None).await.status,
            200,
            "{path}"
        );
    }
    let ben = local.user(GRAPH, BEN, &shared).await.at(sales);
    assert_eq!(
        ben.call("GET", "/events", &[], None).await.status,
        403,
        "not a delegate"
    );
    let guest = local
        .user(GRAPH, "guest@fabrikam.example", &["Mail.Read"])
        .await
        .at("me");
    let answer = guest.call("GET", "/messages", &[], None).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (404, "MailboxNotEnabledForRESTAPI")
    );
}

#[tokio::test]
async fn pages_read_what_the_profile_exposes() {
    let origin = [("origin", "http://localhost:5000")];
    for (profile, api, exposed, hidden) in [
        (
            CorsProfile::Generous,
            GRAPH,
            "Retry-After",
            "x-ms-ags-diagnostic",
        ),
        (
            CorsProfile::Strict,
            GRAPH,
            "WWW-Authenticate",
            "Retry-After",
        ),
        (CorsProfile::Generous, V2, "x-ms-diagnostics", "x-feserver"),
    ] {
        let local = Local::with(Options {
            cors: profile,
            ..Options::default()
        });
        let answer = local
            .app(api)
            .await
            .call("GET", "/messages?$top=1", &origin, None)
            .await;
        let list = answer.header("access-control-expose-headers");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(
            list.contains(exposed) && !list.contains(hidden),
            "{profile:?}: {list}"
        );
    }
    let strict = Local::with(Options {
        cors: CorsProfile::Strict,
        ..Options::default()
    });
    let answer = strict
        .app(V2)
        .await
        .call("GET", "/messages?$top=1", &origin, None)
        .await;
    assert_eq!(
        answer.header("access-control-expose-headers"),
        "",
        "nothing is documented for Outlook"
    );
    let asked = [
        ("origin", origin[0].1),
        ("access-control-request-method", "PATCH"),
    ];
    let preflight = strict
        .send("OPTIONS", "/v1.0/me/events", &asked, vec![])
        .await;
    let allowed = preflight.header("access-control-allow-headers");
    assert!(
        allowed.contains("Authorization") && allowed.contains("If-Match"),
        "{allowed}"
    );
    let upload = strict
        .send(
            "OPTIONS",
            "/api/gv1.0/users('x')/AttachmentSessions('y')",
            &asked,
            vec![],
        )
        .await;
    assert_eq!(
        upload.header("access-control-allow-headers"),
        "Content-Range, Content-Type"
    );
}

#[tokio::test]
async fn faults_happen_as_often_as_they_were_ordered() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let order = |fault: Value| {
        let local = local.clone();
        async move { local.control("POST", "faults", &fault).await }
    };
    let events = json!({"path": "/events", "method": "GET"});
    order(json!({"kind": "throttle", "match": events, "times": 2, "retryAfterSeconds": 7})).await;
    for _ in 0..2 {
        let answer = caller.call("GET", "/events", &[], None).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "7"));
    }
    assert_eq!(
        caller.call("GET", "/events", &[], None).await.status,
        200,
        "spent"
    );
    order(json!({"kind": "throttle", "match": events, "every": 3, "times": 2})).await;
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(caller.call("GET", "/events", &[], None).await.status);
    }
    assert_eq!(
        answers,
        [200, 200, 429, 200, 200, 429, 200, 200],
        "every third, twice"
    );
    order(json!({"kind": "status", "status": 503, "body": {"error": {"code": "ServiceUnavailable", "message": "x"}}})).await;
    assert_eq!(
        caller.call("GET", "/contacts", &[], None).await.code(),
        "ServiceUnavailable"
    );
    local.control("DELETE", "faults", &Value::Null).await;
    order(json!({"kind": "unauthorized", "variant": "claims", "times": 1})).await;
    let answer = caller.call("GET", "/contacts", &[], None).await;
    assert!(
        answer.status == 401
            && answer
                .header("www-authenticate")
                .contains("insufficient_claims")
    );
    order(json!({"kind": "truncate", "times": 1})).await;
    let cut = caller.call("GET", "/contacts", &[], None).await;
    assert!(cut.json().is_null(), "half an answer");
    order(json!({"kind": "corsOff", "times": 1})).await;
    let hidden = caller
        .call("GET", "/contacts", &[("origin", "http://localhost")], None)
        .await;
    assert_eq!(
        (hidden.status, hidden.header("access-control-allow-origin")),
        (200, "")
    );
    let refused = local
        .send("POST", "/_control/faults", &[], b"{}".to_vec())
        .await;
    assert_eq!(refused.status, 403, "no page does this by accident");
}

#[tokio::test]
async fn what_is_held_is_answered_when_the_faults_are_cancelled() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    local
        .control("POST", "faults", &json!({"kind": "hold"}))
        .await;
    let mut held = Box::pin(caller.call("GET", "/contacts", &[], None));
    let early = tokio::time::timeout(Duration::ZERO, &mut held).await;
    assert!(early.is_err(), "no answer yet");
    local.control("DELETE", "faults", &Value::Null).await;
    assert_eq!(held.await.status, 200);
    assert_eq!(caller.call("GET", "/contacts", &[], None).await.status, 200);
}

#[tokio::test]
async fn time_is_moved_and_not_waited_for() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    local
        .control("POST", "clock", &json!({"advanceSeconds": 2 * 3600}))
        .await;
    let answer = caller.call("GET", "/messages", &[], None).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (401, "InvalidAuthenticationToken")
    );
    local.control("POST", "reset", &json!({})).await;
    assert_eq!(
        local
            .app(GRAPH)
            .await
            .call("GET", "/messages", &[], None)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn photos_are_there_for_some() {
    let caller = Local::default().app(GRAPH).await;
    let photo = caller.call("GET", "/photo/$value", &[], None).await;
    assert_eq!(
        (photo.status, photo.header("content-type")),
        (200, "image/png")
    );
    assert_eq!(caller.get("/photo").await["width"], 48);
    let admin = caller.at("users/admin@contoso.example");
    assert_eq!(
        admin.call("GET", "/photo", &[], None).await.code(),
        "ImageNotFound"
    );
    let (contacts, ..) = caller.all("/contacts?$select=id", &[]).await;
    let mut seen = [0, 0];
    for one in &contacts {
        let path = format!("/contacts/{}/photo/$value", one["id"].as_str().unwrap());
        let answer = caller.call("GET", &path, &[], None).await;
        seen[usize::from(answer.status == 200)] += 1;
    }
    assert!(seen[0] > 3 && seen[1] > 3, "{seen:?}");
}
