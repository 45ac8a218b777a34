//! Series of events, their occurrences and changes.

use serde_json::{Value, json};

use crate::support::Caller;
use crate::{BERLIN, event, graph, no, outcome, time};

/// A series of five Mondays at nine, from 5 January 2026.
fn series(zone: &str) -> Value {
    let mut body = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", zone);
    body["recurrence"] = json!({
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
        "range": {"type": "numbered", "startDate": "2026-01-05", "numberOfOccurrences": 5},
    });
    body
}

const JANUARY: &str = "startDateTime=2026-01-01T00:00:00Z&endDateTime=2026-02-28T00:00:00Z";

async fn instances(caller: &Caller, id: &str) -> Vec<Value> {
    let page = caller
        .get(&format!("/events/{id}/instances?{JANUARY}&$top=50"))
        .await;
    page["value"].as_array().unwrap().clone()
}

#[tokio::test]
async fn t03_changes_of_a_view_have_the_master_and_short_occurrences() {
    let caller = graph().await;
    let made = caller.done("POST", "/events", series(BERLIN)).await;
    let (items, _, _) = caller
        .all(&format!("/calendarView/delta?{JANUARY}"), &[])
        .await;
    let master = items.iter().find(|one| one["id"] == made["id"]).unwrap();
    assert_eq!(
        (&master["type"], &master["subject"]),
        (&json!("seriesMaster"), &json!("E"))
    );
    let own = items
        .iter()
        .filter(|one| one["seriesMasterId"] == made["id"]);
    let own: Vec<_> = own.collect();
    assert_eq!(own.len(), 5);
    for one in own {
        let names = one.as_object().unwrap().keys();
        let names: Vec<_> = names.filter(|name| !name.starts_with('@')).collect();
        assert_eq!(names, ["end", "id", "seriesMasterId", "start", "type"]);
    }
}

#[tokio::test]
async fn t09_m39_m40_m42_a_series_keeps_one_zone_and_its_first_day() {
    let caller = graph().await;
    let invalid = no(400, "ErrorPropertyValidationFailure");
    let id = caller.done("POST", "/events", series(BERLIN)).await["id"].clone();
    let path = format!("/events/{}", id.as_str().unwrap());
    let moved = |zone| json!({"start": time("2026-01-05T09:00:00", zone), "end": time("2026-01-05T10:00:00", zone)});
    assert_eq!(
        outcome(&caller, "PATCH", &path, moved("Tokyo Standard Time")).await,
        invalid
    );
    assert_eq!(
        outcome(&caller, "PATCH", &path, moved("Europe/Berlin"))
            .await
            .0,
        200,
        "the same zone"
    );
    let mut whole = series("Tokyo Standard Time");
    whole["recurrence"]["range"]["recurrenceTimeZone"] = BERLIN.into();
    assert_eq!(
        outcome(&caller, "PATCH", &path, whole.clone()).await,
        invalid
    );
    whole["recurrence"]["range"]["recurrenceTimeZone"] = "Asia/Tokyo".into();
    assert_eq!(outcome(&caller, "PATCH", &path, whole.clone()).await.0, 200);
    whole["recurrence"]["range"]["startDate"] = "2026-01-12".into();
    assert_eq!(
        outcome(&caller, "PATCH", &path, whole).await,
        no(400, "ErrorInvalidRecurrenceRange")
    );
}

#[tokio::test]
async fn t11_m41_m49_deleted_occurrences_are_listed_and_come_back() {
    let caller = graph().await;
    let id = caller.done("POST", "/events", series(BERLIN)).await["id"].clone();
    let id = id.as_str().unwrap();
    let second = instances(&caller, id).await[1]["id"].clone();
    caller
        .done(
            "DELETE",
            &format!("/events/{}", second.as_str().unwrap()),
            Value::Null,
        )
        .await;
    let path = format!("/events/{id}");
    let master = caller
        .get(&format!("{path}?$select=subject,cancelledOccurrences"))
        .await;
    assert_eq!(
        master["cancelledOccurrences"],
        json!([format!("OID.{id}.2026-01-12")])
    );
    let whole = caller.get(&path).await;
    assert_eq!(whole.get("cancelledOccurrences"), None);
    let first = &instances(&caller, id).await[0];
    assert_eq!(first.get("originalStart"), None);
    let selected = format!(
        "/events/{}?$select=originalStart",
        first["id"].as_str().unwrap()
    );
    assert_eq!(
        caller.get(&selected).await["originalStart"],
        "2026-01-05T08:00:00Z"
    );
    caller.done("PATCH", &path, json!({"subject": "G"})).await;
    assert_eq!(
        instances(&caller, id).await.len(),
        4,
        "a subject keeps the exceptions"
    );
    caller
        .done("PATCH", &path, json!({"recurrence": whole["recurrence"]}))
        .await;
    assert_eq!(
        instances(&caller, id).await.len(),
        4,
        "the same recurrence keeps them"
    );
    let later = json!({"start": time("2026-01-05T11:00:00", BERLIN), "end": time("2026-01-05T12:00:00", BERLIN)});
    caller.done("PATCH", &path, later).await;
    assert_eq!(
        instances(&caller, id).await.len(),
        5,
        "another time brings them back"
    );
}

#[tokio::test]
async fn m50_an_occurrence_stays_between_its_neighbours() {
    let caller = graph().await;
    let id = caller.done("POST", "/events", series(BERLIN)).await["id"].clone();
    let second = instances(&caller, id.as_str().unwrap()).await[1]["id"].clone();
    let path = format!("/events/{}", second.as_str().unwrap());
    let on = |day: &str| json!({"start": time(&format!("{day}T09:00:00"), BERLIN), "end": time(&format!("{day}T10:00:00"), BERLIN)});
    for day in ["2026-01-19", "2026-01-20", "2026-01-05", "2026-01-02"] {
        let found = outcome(&caller, "PATCH", &path, on(day)).await;
        assert_eq!(found, no(400, "ErrorOccurrenceCrossingBoundary"), "{day}");
    }
    assert_eq!(
        outcome(&caller, "PATCH", &path, on("2026-01-14")).await.0,
        200
    );
}

/// A sister of t09: days and months that no calendar has.
#[tokio::test]
async fn t09_a_pattern_of_a_day_or_month_that_no_calendar_has_is_refused() {
    let caller = graph().await;
    let series = |pattern: Value| {
        let mut body = event("2026-12-10T09:00:00", "2026-12-10T10:00:00", "UTC");
        body["recurrence"] =
            json!({"pattern": pattern, "range": {"type": "noEnd", "startDate": "2026-12-10"}});
        body
    };
    for (day, month, status) in [
        (0, 12, 400),
        (32, 12, 400),
        (10, 0, 400),
        (10, 13, 400),
        (10, 12, 201),
    ] {
        let pattern =
            json!({"type": "absoluteYearly", "interval": 1, "dayOfMonth": day, "month": month});
        let found = outcome(&caller, "POST", "/events", series(pattern)).await;
        assert_eq!(found.0, status, "{day} {month}: {found:?}");
        if status == 400 {
            assert_eq!(found.1, "ErrorPropertyValidationFailure");
        }
    }
    // Answers have zeros where a pattern has no use for a value; sent back they change nothing.
    let pattern = json!({"type": "daily", "interval": 1, "dayOfMonth": 0, "month": 0});
    assert_eq!(
        outcome(&caller, "POST", "/events", series(pattern)).await.0,
        201
    );
}

/// A sister of t11: the changed occurrences of a series, where the query expands them.
#[tokio::test]
async fn t11_changed_occurrences_come_with_the_series_that_expands_them() {
    let caller = graph().await;
    let mut body = event("2026-12-10T09:00:00", "2026-12-10T10:00:00", "UTC");
    body["recurrence"] = json!({"pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-12-10", "numberOfOccurrences": 4}});
    let made = caller.done("POST", "/events", body).await;
    let path = format!("/events/{}", made["id"].as_str().unwrap());
    let window = "startDateTime=2026-12-01T00:00:00Z&endDateTime=2026-12-31T00:00:00Z";
    let all = caller.get(&format!("{path}/instances?{window}")).await;
    let second = all["value"][1]["id"].as_str().unwrap().to_owned();
    let subject = json!({"subject": "Changed"});
    caller
        .done("PATCH", &format!("/events/{second}"), subject)
        .await;
    let found = caller
        .get(&format!(
            "{path}?$select=subject&$expand=exceptionOccurrences"
        ))
        .await;
    let list = found["exceptionOccurrences"].as_array().unwrap();
    assert_eq!((list.len(), &list[0]["subject"]), (1, &json!("Changed")));
    assert_eq!(list[0]["type"], "exception");
    assert!(
        caller
            .get(&path)
            .await
            .get("exceptionOccurrences")
            .is_none()
    );
}
