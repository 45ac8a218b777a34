//! Events and calendars over the router: three flavours, three zones, both changes of summer time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod support;

use serde_json::{Value, json};
use support::{Api, Caller, GRAPH, Local, V1, V2, event, texts};

fn weekly(api: Api, day: &str, start: &str, count: u32) -> Value {
    let start = if api == V1 {
        format!("{start}T00:00:00Z")
    } else {
        start.to_owned()
    };
    match api {
        GRAPH => json!({"pattern": {"type": "weekly", "interval": 1, "daysOfWeek": [day]},
            "range": {"type": "numbered", "startDate": start, "numberOfOccurrences": count}}),
        _ => {
            let day = day[..1].to_uppercase() + &day[1..];
            json!({"Pattern": {"Type": "Weekly", "Interval": 1, "DaysOfWeek": [day]},
                "Range": {"Type": "Numbered", "StartDate": start, "NumberOfOccurrences": count}})
        }
    }
}

/// The starts of a view as UTC texts to the minute.
async fn starts(caller: &Caller, subject: &str, from: &str, to: &str) -> Vec<String> {
    let path = format!("/calendarView?startDateTime={from}&endDateTime={to}&$top=50");
    let (items, ..) = caller.all(&path, &[]).await;
    let (subject_name, start) = (caller.api.name("subject"), caller.api.name("start"));
    let mine = items.iter().filter(|one| one[&subject_name] == subject);
    let texts = mine.map(|one| match caller.api {
        V1 => one[&start].as_str().unwrap().to_owned(),
        api => one[&start][api.name("dateTime")].as_str().unwrap()[..16].to_owned(),
    });
    texts.collect()
}

#[tokio::test]
async fn the_hour_on_the_wall_stays_over_both_changes_in_three_zones() {
    let local = Local::default();
    // Zone, first day, its offset, window, and the starts in UTC on both sides of the change.
    let table = [
        (
            "W. Europe Standard Time",
            "friday",
            "2027-03-26",
            "+01:00",
            ["2027-03-26T08:00", "2027-04-02T07:00"],
        ),
        (
            "W. Europe Standard Time",
            "friday",
            "2027-10-29",
            "+02:00",
            ["2027-10-29T07:00", "2027-11-05T08:00"],
        ),
        (
            "Eastern Standard Time",
            "friday",
            "2027-03-12",
            "-05:00",
            ["2027-03-12T14:00", "2027-03-19T13:00"],
        ),
        (
            "Eastern Standard Time",
            "friday",
            "2027-11-05",
            "-04:00",
            ["2027-11-05T13:00", "2027-11-12T14:00"],
        ),
        // South of the equator summer ends in April.
        (
            "AUS Eastern Standard Time",
            "friday",
            "2027-04-02",
            "+11:00",
            ["2027-04-01T22:00", "2027-04-08T23:00"],
        ),
        (
            "AUS Eastern Standard Time",
            "friday",
            "2027-10-01",
            "+10:00",
            ["2027-09-30T23:00", "2027-10-07T22:00"],
        ),
    ];
    for api in [GRAPH, V2, V1] {
        let caller = local.app(api).await;
        for (zone, weekday, day, offset, expected) in table {
            let subject = format!("{} {zone} {day}", api.0);
            let mut sent = event(api, &subject, zone, day, "09:00", offset);
            sent[api.name("recurrence")] = weekly(api, weekday, day, 2);
            let made = caller.done("POST", "/events", sent).await;
            let kind = made[api.name("type")].as_str().unwrap().to_lowercase();
            assert_eq!(kind, "seriesmaster");
            let found = starts(
                &caller,
                &subject,
                "2027-01-01T00:00:00Z",
                "2027-12-31T00:00:00Z",
            )
            .await;
            if api == V1 {
                // The event's own zone speaks: nine o'clock on both sides.
                assert!(
                    found.len() == 2 && found.iter().all(|one| one.contains("T09:00:00")),
                    "{found:?}"
                );
                assert_ne!(found[0][19..], found[1][19..], "{found:?}");
            } else {
                assert_eq!(found, expected, "{subject}");
            }
        }
    }
}

#[tokio::test]
async fn the_zone_of_an_answer_is_the_one_asked_for() {
    let caller = Local::default().app(GRAPH).await;
    let sent = event(
        GRAPH,
        "Zones",
        "Tokyo Standard Time",
        "2027-07-01",
        "09:00",
        "",
    );
    let id = caller.done("POST", "/events", sent).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (zone, expected) in [
        ("Europe/Amsterdam", "2027-07-01T02:00:00.0000000"),
        ("Pacific Standard Time", "2027-06-30T17:00:00.0000000"),
    ] {
        let prefer = format!("outlook.timezone=\"{zone}\"");
        let path = format!("/events/{id}?$select=start");
        let answer = caller
            .call("GET", &path, &[("prefer", &prefer)], None)
            .await;
        assert_eq!(
            answer.json()["start"],
            json!({"dateTime": expected, "timeZone": zone})
        );
        assert_eq!(answer.header("preference-applied"), prefer);
        assert_eq!(
            answer.json().as_object().unwrap().len(),
            4,
            "context, etag, id and what was asked for"
        );
    }
    let nowhere = [("prefer", "outlook.timezone=\"Mars\"")];
    let answer = caller.call("GET", "/events", &nowhere, None).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "TimeZoneNotSupportedException")
    );
}

#[tokio::test]
async fn an_occurrence_is_changed_and_removed_by_itself() {
    let caller = Local::default().app(GRAPH).await;
    let mut sent = event(GRAPH, "Series", "UTC", "2031-05-05", "09:00", "");
    sent["recurrence"] = weekly(GRAPH, "monday", "2031-05-05", 3);
    let master = caller.done("POST", "/events", sent).await;
    let view = "/calendarView?startDateTime=2031-05-01T00:00:00Z&endDateTime=2031-06-01T00:00:00Z&$filter=subject eq 'Series' or subject eq 'Moved'";
    let days = caller.get(view).await["value"].as_array().unwrap().clone();
    assert_eq!(texts(&days, "type"), ["occurrence"; 3]);
    assert!(days.iter().all(|one| one["seriesMasterId"] == master["id"]));
    let id = |at: usize| days[at]["id"].as_str().unwrap();
    let moved = json!({"subject": "Moved", "start": {"dateTime": "2031-05-13T10:00", "timeZone": "UTC"}, "end": {"dateTime": "2031-05-13T11:00", "timeZone": "UTC"}});
    let changed = caller
        .done("PATCH", &format!("/events/{}", id(1)), moved)
        .await;
    assert_eq!(changed["type"], "exception");
    assert_eq!(
        caller
            .call("DELETE", &format!("/events/{}", id(2)), &[], None)
            .await
            .status,
        204
    );
    let after = caller.get(view).await["value"].as_array().unwrap().clone();
    assert_eq!(texts(&after, "subject"), ["Series", "Moved"]);
    assert_eq!(after[1]["start"]["dateTime"], "2031-05-13T10:00:00.0000000");
    assert_eq!(
        caller
            .call("GET", &format!("/events/{}", id(2)), &[], None)
            .await
            .code(),
        "ErrorItemNotFound"
    );
    let path = format!(
        "/events/{}/instances?startDateTime=2031-05-01T00:00:00Z&endDateTime=2031-06-01T00:00:00Z",
        master["id"].as_str().unwrap()
    );
    assert_eq!(
        caller.get(&path).await["value"].as_array().unwrap().len(),
        2
    );
    let gone = format!("/events/{}", master["id"].as_str().unwrap());
    assert_eq!(caller.call("DELETE", &gone, &[], None).await.status, 204);
    assert_eq!(caller.get(view).await["value"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let caller = Local::default().app(GRAPH).await;
    let time = |text: &str| json!({"dateTime": text, "timeZone": "UTC"});
    let (from, to) = ("2031-05-06T09:00:00", "2031-05-06T10:00:00");
    let good = json!({"subject": "x", "start": time(from), "end": time(to)});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let daily = json!({"type": "daily", "interval": 1});
    let table = [
        (json!({"subject": "x"}), "ErrorPropertyValidationFailure"),
        (
            with("end", time("2031-05-06T08:00:00")),
            "ErrorPropertyValidationFailure",
        ),
        (
            with("isAllDay", true.into()),
            "ErrorPropertyValidationFailure",
        ),
        (with("showAs", "asleep".into()), "RequestBodyRead"),
        (
            with("start", json!({"dateTime": "soon", "timeZone": "UTC"})),
            "ErrorPropertyValidationFailure",
        ),
        (
            with("start", json!({"dateTime": from, "timeZone": "Mars"})),
            "TimeZoneNotSupportedException",
        ),
        (
            with(
                "recurrence",
                json!({"pattern": daily, "range": {"type": "noEnd", "startDate": "2031-05-07"}}),
            ),
            "ErrorInvalidRecurrenceRange",
        ),
        (
            with(
                "recurrence",
                json!({"pattern": {"type": "weekly"}, "range": {"type": "noEnd", "startDate": "2031-05-06"}}),
            ),
            "ErrorPropertyValidationFailure",
        ),
    ];
    for (body, code) in table {
        let answer = caller
            .call("POST", "/events", &[], Some(body.clone()))
            .await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, code),
            "{body}"
        );
    }
    let day = "2031-05-06T00:00:00Z";
    for (path, code) in [
        ("/calendarView".to_owned(), "ErrorInvalidParameter"),
        (
            format!("/calendarView?startDateTime={day}"),
            "ErrorInvalidParameter",
        ),
        (
            format!("/calendarView?startDateTime={day}&endDateTime=soon"),
            "ErrorInvalidParameter",
        ),
        (
            format!("/calendarView?startDateTime={day}&endDateTime=2039-01-01T00:00:00Z"),
            "ErrorInvalidRequest",
        ),
        ("/events?$search=\"x\"".to_owned(), "SearchEvents"),
        ("/events/xyz".to_owned(), "ErrorInvalidIdMalformed"),
        (
            "/events?$orderby=colour".to_owned(),
            "RequestBroker--ParseUri",
        ),
    ] {
        assert_eq!(
            caller.call("GET", &path, &[], None).await.code(),
            code,
            "{path}"
        );
    }
    let v1 = caller.local.app(V1).await;
    let bare = json!({"Subject": "x", "Start": from, "End": to});
    let answer = v1.call("POST", "/events", &[], Some(bare)).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "ErrorInvalidRequest")
    );
}

#[tokio::test]
async fn an_old_version_is_not_written_over() {
    let local = Local::default();
    for api in [GRAPH, V2, V1] {
        let caller = local.app(api).await;
        let sent = event(api, "Versions", "UTC", "2031-05-06", "09:00", "Z");
        let made = caller.done("POST", "/events", sent).await;
        let path = format!("/events/{}", made[api.name("id")].as_str().unwrap());
        let old = made["@odata.etag"].as_str().unwrap();
        let change = json!({api.name("subject"): "Newer"});
        let first = caller
            .call("PATCH", &path, &[("if-match", old)], Some(change.clone()))
            .await;
        assert_eq!(first.status, 200);
        let second = caller
            .call("PATCH", &path, &[("if-match", old)], Some(change))
            .await;
        assert_eq!(
            (second.status, second.code().as_str()),
            (412, "ErrorIrresolvableConflict")
        );
        let gone = caller
            .call("DELETE", &path, &[("if-match", old)], None)
            .await;
        assert_eq!(gone.status, 412);
        let fresh = first.header("etag").to_owned();
        assert_eq!(fresh, first.json()["@odata.etag"]);
        assert_eq!(
            caller
                .call("DELETE", &path, &[("if-match", &fresh)], None)
                .await
                .status,
            204
        );
    }
}

#[tokio::test]
async fn the_same_transaction_makes_one_event() {
    let caller = Local::default().app(GRAPH).await;
    let mut sent = event(GRAPH, "Once", "UTC", "2031-05-06", "09:00", "");
    sent["transactionId"] = "7f1c".into();
    let first = caller.done("POST", "/events", sent.clone()).await;
    let second = caller.done("POST", "/events", sent).await;
    assert_eq!(first["id"], second["id"]);
    assert_eq!(
        caller.get("/events?$filter=subject eq 'Once'").await["value"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
