//! `/preload`: what the API is asked, and what of its answers the page gets.

use super::api::Api;
use super::fake::Canned;
use super::proxy::PROXY;
use super::renewal::LATER;
use super::*;

const NOBODY: Value = Value::Null;

/// Endpoint and API; the page calls the API itself.
pub(super) async fn direct(extra: &str) -> (World, Arc<Api>) {
    let api = Api::start().await;
    let extra = format!("api_origin = \"{}\"\n{extra}", api.origin);
    (World::with(&extra).await, api)
}

/// A call as the page describes it to core.
pub(super) fn described(method: &str, path: &str, options: &Value) -> Value {
    let allowed: Vec<&String> = options.as_object().unwrap().keys().collect();
    json!([method, NOBODY, path, [], options, allowed, false, false])
}

/// The list that a mail page shows first.
pub(super) fn list() -> Value {
    described(
        "GET",
        "messages",
        &json!({"select": ["subject", "from"], "top": 10}),
    )
}

impl World {
    pub(super) async fn preload(&self, calls: &[Value], cookie: &str) -> Answer {
        let body = json!({"timeZone": "Europe/Berlin", "calls": calls});
        self.post("/preload", &body, cookie).await
    }
}

#[tokio::test]
async fn e86_the_request_is_the_pages_own() {
    let (world, api) = direct("").await;
    let cookie = world.sign_in().await;
    let call = json!([
        "GET",
        "sales@contoso.example",
        "mailFolders/{}/messages",
        ["in/box"],
        {"top": 5, "headers": {"X-AnchorMailbox": "sales@contoso.example", "prefer": "x=\"\u{e9}\""}},
        ["top", "headers"],
        false,
        false
    ]);
    let plain = json!(["GET", NOBODY, "/me/calendarView?a=%27b%27", NOBODY, {"timeZone": "UTC"}, ["timeZone"], true, true]);
    let body = json!({"timeZone": "Europe/Berlin", "calls": [call, plain]});
    let mut request = request("/preload", &body, &cookie);
    let language = "de-DE,de;q=0.9".parse().unwrap();
    request.headers_mut().insert("accept-language", language);
    request
        .headers_mut()
        .insert("x-marker", "marker".parse().unwrap());
    let answer = world.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let mut asked = api.asked();
    asked.sort_by_key(|one| one.uri.len());
    let uris: Vec<&str> = asked.iter().map(|one| one.uri.as_str()).collect();
    assert_eq!(
        uris,
        [
            "/v1.0/me/calendarView?a=%27b%27",
            "/v1.0/users/sales%40contoso.example/mailFolders/in%2Fbox/messages?$top=5"
        ]
    );
    for one in &asked {
        assert_eq!((one.method.as_str(), one.body.len()), ("GET", 0));
        for (name, value) in [
            ("authorization", "Bearer marker-access-1"),
            ("accept-encoding", "identity"),
            ("accept-language", "de-DE,de;q=0.9"),
            ("return-client-request-id", "true"),
        ] {
            assert_eq!(one.header(name), Some(value), "{name}");
        }
        assert_eq!(one.header("client-request-id").map(str::len), Some(36));
        for name in ["cookie", "origin", "x-exo365", "x-marker", "content-type"] {
            assert_eq!(one.header(name), None, "{name}");
        }
    }
    let anchor = asked[1].header("x-anchormailbox");
    assert_eq!(anchor, Some("sales@contoso.example"));
    let ids: Vec<_> = asked
        .iter()
        .map(|one| one.header("client-request-id"))
        .collect();
    assert_ne!(ids[0], ids[1]);
    // One octet for each character, as `fetch` writes it.
    let prefer = asked[1].headers["prefer"].as_bytes();
    let whole: &[u8] = b"outlook.timezone=\"Europe/Berlin\", IdType=\"ImmutableId\", x=\"\xe9\"";
    assert_eq!(prefer, whole);
    let own = asked[0].header("prefer");
    assert_eq!(
        own,
        Some("outlook.timezone=\"UTC\", IdType=\"ImmutableId\"")
    );
    // The client's other settings.
    let body = json!({"textBodies": true, "immutableIds": false, "calls": [list()]});
    world.post("/preload", &body, &cookie).await;
    let prefer = api.asked().pop().unwrap();
    let prefer = prefer.header("prefer").unwrap().to_owned();
    assert_eq!(prefer, "outlook.body-content-type=\"text\"");
}

#[tokio::test]
async fn e86_the_three_flavours_have_their_own_roots() {
    for (flavour, wanted) in [
        (
            "graph",
            "/v1.0/me/mailFolders/inbox/messages?$top=10&$select=subject",
        ),
        (
            "outlook-v2",
            "/api/v2.0/me/mailFolders/inbox/messages?$top=10&$select=Subject",
        ),
        (
            "outlook-v1",
            "/api/v1.0/me/folders/inbox/messages?$top=10&$select=Subject",
        ),
    ] {
        for mode in ["", PROXY] {
            let (world, api) =
                direct(&format!("api = \"{flavour}\"\nidentity = \"v2\"\n{mode}")).await;
            let cookie = world.sign_in().await;
            let name = if flavour == "graph" {
                "subject"
            } else {
                "Subject"
            };
            let options = json!({"top": 10, "select": [name]});
            let template = "mailFolders/{}/messages";
            let call = json!([
                "GET",
                NOBODY,
                template,
                ["inbox"],
                options,
                ["top", "select"]
            ]);
            let answer = world.preload(&[call], &cookie).await;
            assert_eq!(answer.status, StatusCode::OK, "{flavour} {}", answer.text);
            let asked = api.asked();
            let uris: Vec<&str> = asked.iter().map(|one| one.uri.as_str()).collect();
            let query = |uri: &str| {
                let (path, query) = uri.split_once('?').unwrap();
                let mut query: Vec<String> = query.split('&').map(String::from).collect();
                query.sort();
                (path.to_owned(), query)
            };
            assert_eq!(uris.len(), 1, "{flavour}");
            assert_eq!(query(uris[0]), query(wanted));
        }
    }
}

#[tokio::test]
async fn e88_the_answer_has_what_is_on_the_list_and_no_token() {
    for mode in ["", PROXY] {
        let (world, api) = direct(mode).await;
        let cookie = world.sign_in().await;
        let text = "{\"value\": [ {\"subject\":\"a\\u0041\", \"size\": 12345678901234567890.10} ], \"a\":1,\"a\":2}";
        let canned = Canned::new(200, "application/json; odata.metadata=minimal", text);
        let listed = [
            ("etag", "W/\"1\""),
            ("request-id", "r1"),
            ("preference-applied", "outlook.timezone=\"UTC\""),
        ];
        let canned = listed
            .into_iter()
            .chain([
                ("preference-applied", "odata.maxpagesize=10"),
                ("set-cookie", "marker=1"),
                ("www-authenticate", "Bearer realm=\"marker\""),
                ("cache-control", "public, max-age=600"),
                ("x-marker", "marker-access-1"),
            ])
            .fold(canned, |canned, (name, value)| canned.header(name, value));
        api.say(canned);
        let answer = world.preload(&[list()], &cookie).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(
            answer.text.contains(text),
            "as the API sent it: {}",
            answer.text
        );
        let one = &answer.json()["answers"][0];
        let wanted = json!({
            "content-type": "application/json; odata.metadata=minimal", "etag": "W/\"1\"", "request-id": "r1",
            "preference-applied": "outlook.timezone=\"UTC\", odata.maxpagesize=10"
        });
        assert_eq!((&one["status"], &one["headers"]), (&json!(200), &wanted));
        for (name, value) in [
            ("cache-control", "no-store"),
            ("pragma", "no-cache"),
            ("content-type", "application/json"),
            ("x-content-type-options", "nosniff"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
        ] {
            assert_eq!(answer.headers[name], value, "{name}");
        }
        assert!(answer.set_cookie().is_none());
        let whole = format!("{:?} {}", answer.headers, answer.text);
        for word in ["marker", "accessToken", "Bearer"] {
            assert!(!whole.contains(word), "{word} in {whole}");
        }
    }
}

#[tokio::test]
async fn e88_nothing_is_kept_between_two_preloads() {
    let (world, api) = direct("").await;
    let cookie = world.sign_in().await;
    for number in 1..=3 {
        let canned = Canned::json(200, &json!({"number": number}));
        api.say(canned.header("cache-control", "public, max-age=600"));
        let answer = world.preload(&[list()], &cookie).await;
        assert_eq!(answer.json()["answers"][0]["body"]["number"], number);
    }
    assert_eq!(api.calls(), 3);
    assert_eq!(world.app.api.preloads.taken().1, 0, "nor any memory");
}

#[tokio::test]
async fn e37_links_of_a_preload_lead_where_the_page_can_follow() {
    for (mode, wanted) in [("", None), (PROXY, Some("/auth/proxy/v1.0/me/x"))] {
        let (world, api) = direct(mode).await;
        let cookie = world.sign_in().await;
        let link = format!("{}/v1.0/me/x", api.origin);
        let body = json!({"@odata.nextLink": link, "webLink": link});
        api.say(Canned::json(200, &body));
        let answer = world.preload(&[list()], &cookie).await;
        let got = &answer.json()["answers"][0]["body"];
        assert_eq!(got["@odata.nextLink"], wanted.unwrap_or(&link));
        assert_eq!(got["webLink"], link);
    }
}

/// One call is renewed by the page's usual way, where it is told why; so a preload never costs a second round.
#[tokio::test]
async fn e89_a_refusal_of_the_api_is_told_and_not_repeated() {
    for mode in ["", PROXY] {
        let (world, api) = direct(mode).await;
        let cookie = world.sign_in().await;
        for (status, kind, text, body) in [
            (
                401,
                "application/json",
                "{\"error\":{}}",
                json!({"error": {}}),
            ),
            (
                429,
                "application/json",
                "{\"error\":{}}",
                json!({"error": {}}),
            ),
            (503, "text/html", "<html>", Value::Null),
            (404, "application/json", "{\"error\":", Value::Null),
            (500, "application/json", "", Value::Null),
        ] {
            api.say(Canned::new(status, kind, text).header("retry-after", "7"));
            let answer = world.preload(&[list()], &cookie).await;
            let one = &answer.json()["answers"][0];
            assert_eq!(
                (&one["status"], &one["body"]),
                (&json!(status), &body),
                "{one}"
            );
            assert_eq!(one["headers"]["retry-after"], "7");
        }
        assert_eq!(
            (api.calls(), world.fake.calls()),
            (5, 1),
            "nothing was renewed"
        );
        for (status, kind, text) in [
            (200, "text/html", "<html>"),
            (200, "application/json", ""),
            (200, "application/json", "{\"a\":1} {"),
            (200, "application/json", "{\"a\":\"\u{fffd}"),
            (204, "application/json", ""),
            (302, "application/json", "{}"),
            (304, "application/json", ""),
        ] {
            let canned = Canned::new(status, kind, text);
            api.say(canned.header("location", "https://evil.example/"));
            let answer = world.preload(&[list()], &cookie).await;
            assert_eq!(
                answer.json()["answers"],
                json!([null]),
                "{status} {kind} {text}"
            );
        }
        api.say(Canned::new(200, "application/json", "{}").header("content-encoding", "br"));
        let answer = world.preload(&[list()], &cookie).await;
        assert_eq!(
            answer.json()["answers"],
            json!([null]),
            "an encoding that was not asked for"
        );
    }
}

#[tokio::test]
async fn e29_a_token_that_ended_is_renewed_for_both_at_once() {
    let (world, api) = direct("").await;
    let cookie = world.sign_in().await;
    world.advance(LATER + 1000);
    let calls = [list()];
    let (session, preload) = tokio::join!(world.session(&cookie), world.preload(&calls, &cookie));
    assert_eq!(session.json()["accessToken"], "marker-access-2");
    assert_eq!(preload.json()["answers"][0]["status"], 200);
    let asked = api.asked();
    assert_eq!(
        asked[0].header("authorization"),
        Some("Bearer marker-access-2")
    );
    assert_eq!(world.fake.calls(), 2, "the code and one renewal");
    // A renewal that is refused is told as it is by `/token`.
    world.advance(LATER + 1000);
    world.fake.say(Canned::refusal("invalid_grant", 50_173));
    let refused = world.preload(&[list()], &cookie).await;
    assert_eq!(refused.code(), "interaction_required");
    assert!(refused.clears());
    assert_eq!(api.calls(), 0);
}
