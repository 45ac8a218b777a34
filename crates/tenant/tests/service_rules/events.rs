//! Times of events: zones, whole days, free and busy.

use serde_json::{Value, json};

use crate::support::{ADELE, BEN, GRAPH, Local};
use crate::{BERLIN, event, graph, no, outcome, time};

#[tokio::test]
async fn t08_writes_of_events_ignore_the_preferred_zone() {
    let caller = graph().await;
    let prefer = [("prefer", "outlook.timezone=\"Tokyo Standard Time\"")];
    let body = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", BERLIN);
    let made = caller
        .call("POST", "/events", &prefer, Some(body))
        .await
        .json();
    assert_eq!(made["start"], time("2026-01-05T09:00:00.0000000", BERLIN));
    let path = format!("/events/{}", made["id"].as_str().unwrap());
    let changed = caller
        .call("PATCH", &path, &prefer, Some(json!({"subject": "F"})))
        .await
        .json();
    assert_eq!(changed["start"], time("2026-01-05T08:00:00.0000000", "UTC"));
    let read = caller.call("GET", &path, &prefer, None).await.json();
    assert_eq!(
        read["start"],
        time("2026-01-05T17:00:00.0000000", "Tokyo Standard Time")
    );
}

#[tokio::test]
async fn m37_m38_m44_times_of_events_name_a_zone() {
    let caller = graph().await;
    let unknown = no(400, "TimeZoneNotSupportedException");
    for zone in ["", "PDT", "EST", "MST", "HST", "Nowhere/City"] {
        let body = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", zone);
        assert_eq!(
            outcome(&caller, "POST", "/events", body).await,
            unknown,
            "{zone}"
        );
    }
    let made = caller
        .done(
            "POST",
            "/events",
            event(
                "2026-01-05T00:00:00",
                "2026-01-06T00:00:00",
                "Europe/Berlin",
            ),
        )
        .await;
    let path = format!("/events/{}", made["id"].as_str().unwrap());
    let body = json!({"start": {"dateTime": "2026-01-05T00:00:00"}});
    assert_eq!(outcome(&caller, "PATCH", &path, body).await, unknown);
    let found = outcome(&caller, "PATCH", &path, json!({"isAllDay": true})).await;
    assert_eq!(found, no(400, "ErrorInvalidRequest"));
}

#[tokio::test]
async fn m45_m46_all_day_events_are_utc_midnights() {
    let caller = graph().await;
    let mut body = event("2026-05-05T00:00:00", "2026-05-06T00:00:00", BERLIN);
    body["isAllDay"] = true.into();
    let made = caller.done("POST", "/events", body).await;
    assert_eq!(made["originalStartTimeZone"], "UTC");
    let tokyo = [("prefer", "outlook.timezone=\"Tokyo Standard Time\"")];
    let day =
        "/calendarView?$top=50&startDateTime=2026-05-06T00:00:00&endDateTime=2026-05-07T00:00:00";
    let page = caller.call("GET", day, &tokyo, None).await.json();
    let found = page["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == made["id"]);
    assert_eq!(
        found.unwrap()["start"]["dateTime"],
        "2026-05-05T00:00:00.0000000"
    );
}

#[tokio::test]
async fn m56_m57_free_busy_of_strangers_has_no_details() {
    let local = Local::default();
    let scopes = ["Calendars.ReadWrite", "Calendars.ReadWrite.Shared"];
    let adele = local.user(GRAPH, ADELE, &scopes).await.at("me");
    let body = event("2026-05-05T09:00:00", "2026-05-05T10:00:00", "UTC");
    adele.done("POST", "/events", body).await;
    let ben = local.user(GRAPH, BEN, &scopes).await.at("me");
    let ask = json!({"schedules": [ADELE, "nobody@fabrikam.example"],
        "startTime": time("2026-05-05T00:00:00", "UTC"), "endTime": time("2026-05-06T00:00:00", "UTC")});
    let found = |answer: &Value| {
        let items = answer["value"][0]["scheduleItems"]
            .as_array()
            .unwrap()
            .clone();
        items
            .into_iter()
            .find(|one| one["start"]["dateTime"] == "2026-05-05T09:00:00.0000000")
            .unwrap()
    };
    let answer = ben.done("POST", "/calendar/getSchedule", ask.clone()).await;
    assert_eq!(found(&answer).get("subject"), None);
    assert_eq!(answer["value"][1]["scheduleItems"], Value::Null);
    assert_eq!(answer["value"][1]["error"]["responseCode"], "5016");
    let own = adele
        .done("POST", "/calendar/getSchedule", ask.clone())
        .await;
    assert_eq!(found(&own)["subject"], "E");
    let share = json!({"role": "read", "emailAddress": {"name": "Ben", "address": BEN}});
    adele
        .done("POST", "/calendar/calendarPermissions", share)
        .await;
    let answer = ben.done("POST", "/calendar/getSchedule", ask.clone()).await;
    assert_eq!(found(&answer)["subject"], "E", "shared");
    let mut many = ask;
    many["schedules"] = vec![ADELE; 21].into();
    assert_eq!(
        outcome(&ben, "POST", "/calendar/getSchedule", many).await.0,
        400
    );
}
