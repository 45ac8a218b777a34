//! Facts that people measured at the live service, and that the tenant shares: `m` and a number for each.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use std::time::Duration;

use exo365_tenant::Options;
use serde_json::{Value, json};
use support::{ADELE, BEN, Caller, GRAPH, Local};

const BERLIN: &str = "W. Europe Standard Time";

async fn outcome(caller: &Caller, method: &str, path: &str, body: Option<Value>) -> (u16, String) {
    let answer = caller.call(method, path, &[], body).await;
    (answer.status, answer.code())
}

fn no(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn event(start: &str, end: &str) -> Value {
    json!({"subject": "E", "start": {"dateTime": start, "timeZone": BERLIN}, "end": {"dateTime": end, "timeZone": BERLIN}})
}

#[tokio::test]
async fn m08_m09_a_stale_tag_is_refused_and_an_occurrence_moves_the_tag_of_its_master() {
    let caller = Local::default().app(GRAPH).await;
    let mut body = event("2026-01-05T09:00:00", "2026-01-05T10:00:00");
    body["recurrence"] = json!({
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-01-05", "numberOfOccurrences": 3},
    });
    let made = caller.done("POST", "/events", body).await;
    let path = format!("/events/{}", made["id"].as_str().unwrap());
    let tag = made["@odata.etag"].as_str().unwrap();
    let change = || Some(json!({"subject": "F"}));
    assert_eq!(
        caller
            .call("PATCH", &path, &[("if-match", tag)], change())
            .await
            .status,
        200
    );
    let stale = caller
        .call("PATCH", &path, &[("if-match", tag)], change())
        .await;
    assert_eq!(
        (stale.status, &*stale.code()),
        (412, "ErrorIrresolvableConflict")
    );
    let before = caller.get(&path).await["@odata.etag"].clone();
    let window = "startDateTime=2026-01-01T00:00:00Z&endDateTime=2026-02-01T00:00:00Z";
    let page = caller.get(&format!("{path}/instances?{window}")).await;
    let second = page["value"][1]["id"].as_str().unwrap();
    caller
        .done(
            "PATCH",
            &format!("/events/{second}"),
            json!({"subject": "G"}),
        )
        .await;
    assert_ne!(caller.get(&path).await["@odata.etag"], before);
}

#[tokio::test]
async fn m21_mail_is_visible_after_a_while_where_the_option_says_so() {
    let options = Options {
        delivery_lag: Duration::from_secs(20),
        ..Options::default()
    };
    let local = Local::with(options);
    let caller = local
        .user(GRAPH, ADELE, &["Mail.ReadWrite", "Mail.Send"])
        .await
        .at("me");
    let mail = json!({"message": {"subject": "late", "toRecipients": [{"emailAddress": {"address": ADELE}}]}});
    let sent = caller.call("POST", "/sendMail", &[], Some(mail)).await;
    assert_eq!(sent.status, 202);
    let path = "/messages?$filter=subject eq 'late'";
    assert_eq!(caller.get(path).await["value"].as_array().unwrap().len(), 0);
    local
        .control("POST", "clock", &json!({"advanceSeconds": 30}))
        .await;
    assert_eq!(
        caller.get(path).await["value"].as_array().unwrap().len(),
        2,
        "inbox and Sent Items"
    );
}

#[tokio::test]
async fn m23_m24_views_and_orders_have_their_limits() {
    let caller = Local::default().app(GRAPH).await;
    let view = |end: &str| {
        format!(
            "/calendarView?$top=1000&startDateTime=2021-01-01T00:00:00Z&endDateTime={end}T00:00:00Z"
        )
    };
    assert_eq!(
        outcome(&caller, "GET", &view("2025-12-31"), None).await.0,
        200,
        "1825 days"
    );
    let found = outcome(&caller, "GET", &view("2026-01-01"), None).await;
    assert_eq!(found, no(400, "ErrorInvalidRequest"), "1826 days");
    let path =
        "/messages?$filter=inferenceClassification eq 'focused'&$orderby=receivedDateTime desc";
    assert_eq!(
        outcome(&caller, "GET", path, None).await,
        no(400, "InefficientFilter")
    );
}

#[tokio::test]
async fn m25_without_an_order_the_index_of_the_filter_decides() {
    let caller = Local::default().app(GRAPH).await;
    let received = |page: &Value| -> Vec<String> {
        let list = page["value"].as_array().unwrap().iter();
        list.map(|one| one["receivedDateTime"].as_str().unwrap().to_owned())
            .collect()
    };
    let page = caller
        .get("/messages?$top=20&$filter=inferenceClassification eq 'focused'")
        .await;
    let oldest_first = received(&page);
    assert!(oldest_first.windows(2).all(|pair| pair[0] <= pair[1]));
    let newest_first = received(&caller.get("/messages?$top=20").await);
    assert!(newest_first.windows(2).all(|pair| pair[0] >= pair[1]));
}

#[tokio::test]
async fn m43_m47_m48_times_of_events() {
    let caller = Local::default().app(GRAPH).await;
    let mut body = event("2026-01-05T09:00:00", "2026-01-05T10:00:00");
    body["recurrence"] = json!({
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
        "range": {"type": "noEnd", "startDate": "2026-01-05"},
    });
    let made = caller.done("POST", "/events", body).await;
    assert_eq!(made["recurrence"]["pattern"]["firstDayOfWeek"], "sunday");
    let path = format!("/events/{}", made["id"].as_str().unwrap());
    let read = caller.get(&path).await;
    assert_eq!(
        read["start"],
        json!({"dateTime": "2026-01-05T08:00:00.0000000", "timeZone": "UTC"})
    );
    assert_eq!(read["originalStartTimeZone"], BERLIN);
    let single = caller
        .done("PATCH", &path, json!({"recurrence": null}))
        .await;
    assert_eq!(single["type"], "singleInstance");
    let offset = json!({"subject": "E", "start": {"dateTime": "2026-01-05T09:00:00+05:00", "timeZone": BERLIN},
        "end": {"dateTime": "2026-01-05T09:00:00", "timeZone": "Tokyo Standard Time"}});
    let mut later = offset.clone();
    later["end"]["dateTime"] = "2026-01-05T20:00:00".into();
    let made = caller.done("POST", "/events", later).await;
    let read = caller
        .get(&format!("/events/{}", made["id"].as_str().unwrap()))
        .await;
    assert_eq!(
        read["start"]["dateTime"], "2026-01-05T04:00:00.0000000",
        "the offset counts"
    );
    let zones = (&read["originalStartTimeZone"], &read["originalEndTimeZone"]);
    assert_eq!(zones, (&json!(BERLIN), &json!("Tokyo Standard Time")));
}

#[tokio::test]
async fn m51_m53_guests_and_organizers() {
    let local = Local::default();
    let scopes = ["Calendars.ReadWrite"];
    let adele = local.user(GRAPH, ADELE, &scopes).await.at("me");
    let ben = local.user(GRAPH, BEN, &scopes).await.at("me");
    let mut body = event("2031-01-05T09:00:00", "2031-01-05T10:00:00");
    body["transactionId"] = "one".into();
    body["attendees"] = json!([{"emailAddress": {"address": BEN}, "type": "required"}]);
    let made = adele.done("POST", "/events", body.clone()).await;
    assert_eq!(adele.done("POST", "/events", body).await["id"], made["id"]);
    let path = format!("/events/{}", made["id"].as_str().unwrap());
    let own = outcome(&adele, "POST", &format!("{path}/accept"), Some(json!({}))).await;
    assert_eq!(own, no(400, "ErrorInvalidRequest"));
    let view = "/calendarView?startDateTime=2031-01-05T00:00:00Z&endDateTime=2031-01-06T00:00:00Z";
    let page = ben.get(view).await;
    let copy = format!("/events/{}", page["value"][0]["id"].as_str().unwrap());
    let cancel = outcome(&ben, "POST", &format!("{copy}/cancel"), Some(json!({}))).await;
    assert_eq!(cancel, no(400, "ErrorInvalidRequest"));
    assert_eq!(
        ben.done("PATCH", &copy, json!({"subject": "mine"})).await["subject"],
        "mine"
    );
    let proposal = json!({"sendResponse": false, "proposedNewTime": {
        "start": {"dateTime": "2031-01-05T11:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2031-01-05T12:00:00", "timeZone": "UTC"}}});
    let found = outcome(&ben, "POST", &format!("{copy}/decline"), Some(proposal)).await;
    assert_eq!(found, no(400, "ErrorInvalidParameter"), "m52");
}

#[tokio::test]
async fn m55_m61_mailboxes_of_others() {
    let local = Local::default();
    let caller = local
        .user(GRAPH, ADELE, &["Calendars.Read", "Mail.Read"])
        .await;
    let view = "calendarView?startDateTime=2031-01-05T00:00:00Z&endDateTime=2031-01-06T00:00:00Z";
    for (who, wanted) in [
        (BEN, no(403, "ErrorAccessDenied")),
        ("anchor@contoso.example", no(404, "ErrorItemNotFound")),
        ("nobody@contoso.example", no(404, "ErrorInvalidUser")),
    ] {
        let path = format!("/v1.0/users/{who}/{view}");
        assert_eq!(outcome(&caller, "GET", &path, None).await, wanted, "{who}");
    }
    let app = local.app(GRAPH).await.at("users/nobody@contoso.example");
    let mail =
        json!({"message": {"subject": "x", "toRecipients": [{"emailAddress": {"address": BEN}}]}});
    assert_eq!(
        outcome(&app, "POST", "/sendMail", Some(mail)).await,
        no(404, "ErrorInvalidUser")
    );
}

#[tokio::test]
async fn m63_m64_replies_and_flags() {
    let caller = Local::default().app(GRAPH).await;
    let id = caller.get("/mailFolders/inbox/messages?$top=1").await["value"][0]["id"].clone();
    let path = format!("/messages/{}", id.as_str().unwrap());
    let draft = caller
        .done(
            "POST",
            &format!("{path}/createReply"),
            json!({"comment": "a < b"}),
        )
        .await;
    assert!(
        draft["body"]["content"]
            .as_str()
            .unwrap()
            .contains("a &lt; b")
    );
    let date =
        |day: &str| json!({"dateTime": format!("2031-01-{day}T00:00:00"), "timeZone": "UTC"});
    for (flag, status) in [
        (
            json!({"flagStatus": "flagged", "dueDateTime": date("09")}),
            400,
        ),
        (
            json!({"flagStatus": "flagged", "startDateTime": date("08")}),
            400,
        ),
        (
            json!({"flagStatus": "flagged", "startDateTime": date("08"), "dueDateTime": date("09")}),
            200,
        ),
    ] {
        let found = outcome(&caller, "PATCH", &path, Some(json!({"flag": flag}))).await;
        assert_eq!(found.0, status, "{flag}");
    }
    assert_eq!(caller.get(&path).await["flag"]["dueDateTime"], date("09"));
}

#[tokio::test]
async fn m67_m68_deletion_and_addresses() {
    let caller = Local::default().app(GRAPH).await;
    let id = caller.get("/mailFolders/inbox/messages?$top=1").await["value"][0]["id"].clone();
    let path = format!("/messages/{}", id.as_str().unwrap());
    assert_eq!(caller.call("DELETE", &path, &[], None).await.status, 204);
    assert_eq!(
        outcome(&caller, "GET", &path, None).await,
        no(404, "ErrorItemNotFound")
    );
    assert_eq!(
        outcome(&caller, "DELETE", &path, None).await,
        no(404, "ErrorItemNotFound"),
        "m35"
    );
    let made = caller
        .done(
            "POST",
            "/contacts",
            json!({"givenName": "X", "homeAddress": {"city": "A", "street": "B"}}),
        )
        .await;
    assert_eq!(made["otherAddress"], json!({}));
    let path = format!("/contacts/{}", made["id"].as_str().unwrap());
    let changed = caller
        .done("PATCH", &path, json!({"homeAddress": {"city": "C"}}))
        .await;
    assert_eq!(changed["homeAddress"], json!({"city": "C"}));
}
