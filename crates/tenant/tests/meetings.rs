//! Meetings between mailboxes, and calendars beside the default one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test"
)]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::{BEN, GRAPH, Local, V2, event, texts};

#[tokio::test]
async fn a_meeting_travels_to_its_attendees_and_their_answers_back() {
    let adele = Local::default().app(GRAPH).await;
    let ben = adele.at(&format!("users/{BEN}"));
    let mut sent = event(GRAPH, "Travel", "UTC", "2031-05-06", "09:00", "");
    sent["attendees"] = json!([{"type": "required", "emailAddress": {"address": BEN}}]);
    let made = adele.done("POST", "/events", sent).await;
    let id = made["id"].as_str().unwrap();
    let copy = ben.get("/events?$filter=subject eq 'Travel'").await["value"][0].clone();
    assert_eq!(
        (&copy["isOrganizer"], &copy["responseStatus"]["response"]),
        (&json!(false), &json!("notResponded"))
    );
    assert_eq!(copy["iCalUId"], made["iCalUId"]);
    let copy = copy["id"].as_str().unwrap();
    let refused = adele
        .call(
            "POST",
            &format!("/events/{id}/accept"),
            &[],
            Some(json!({})),
        )
        .await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (400, "ErrorInvalidRequest")
    );
    let path = format!("/events/{copy}/tentativelyAccept");
    assert_eq!(
        ben.call("POST", &path, &[], Some(json!({"comment": "maybe"})))
            .await
            .status,
        202
    );
    let seen = adele.get(&format!("/events/{id}")).await;
    assert_eq!(
        seen["attendees"][0]["status"]["response"],
        "tentativelyAccepted"
    );
    assert_eq!(
        ben.call(
            "POST",
            &format!("/events/{copy}/cancel"),
            &[],
            Some(json!({}))
        )
        .await
        .status,
        400
    );
    assert_eq!(
        adele
            .call(
                "POST",
                &format!("/events/{id}/cancel"),
                &[],
                Some(json!({"comment": "off"}))
            )
            .await
            .status,
        202
    );
    let after = ben.get(&format!("/events/{copy}")).await;
    assert_eq!(
        (&after["isCancelled"], &after["subject"]),
        (&json!(true), &json!("Canceled: Travel"))
    );
    assert_eq!(
        adele
            .call("GET", &format!("/events/{id}"), &[], None)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn calendars_are_made_named_and_removed_with_what_is_in_them() {
    let caller = Local::default().app(GRAPH).await;
    let made = caller
        .done("POST", "/calendars", json!({"name": "Team"}))
        .await;
    let path = format!("/calendars/{}", made["id"].as_str().unwrap());
    let twice = caller
        .call("POST", "/calendars", &[], Some(json!({"name": "team"})))
        .await;
    assert_eq!(
        (twice.status, twice.code().as_str()),
        (409, "ErrorFolderExists")
    );
    let made_in_it = caller
        .done(
            "POST",
            &format!("{path}/events"),
            event(GRAPH, "In it", "UTC", "2031-05-06", "09:00", ""),
        )
        .await;
    assert_eq!(
        caller.get(&format!("{path}/events")).await["value"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let elsewhere = caller.get("/events?$filter=subject eq 'In it'").await;
    assert_eq!(elsewhere["value"].as_array().unwrap().len(), 0);
    let id = made_in_it["id"].as_str().unwrap();
    assert_eq!(
        caller.get(&format!("/events/{id}/calendar")).await["name"],
        "Team"
    );
    assert_eq!(caller.call("DELETE", &path, &[], None).await.status, 204);
    assert_eq!(
        caller
            .call("GET", &format!("/events/{id}"), &[], None)
            .await
            .status,
        404
    );
    assert_eq!(
        caller.call("DELETE", "/calendar", &[], None).await.status,
        400
    );
}

#[tokio::test]
async fn this_week_has_something_of_every_kind() {
    let caller = Local::default().app(GRAPH).await;
    let (events, ..) = caller.all("/events?$top=50", &[]).await;
    let has = |fits: &dyn Fn(&Value) -> bool| events.iter().any(fits);
    assert!(has(
        &|one| one["type"] == "seriesMaster" && one["recurrence"]["pattern"]["type"] == "weekly"
    ));
    assert!(has(&|one| one["isAllDay"] == true));
    assert!(has(&|one| one["sensitivity"] == "private"));
    assert!(has(&|one| one["isCancelled"] == true));
    let zones: BTreeSet<String> = texts(&events, "originalStartTimeZone")
        .into_iter()
        .collect();
    assert!(zones.len() >= 4, "{zones:?}");
    let now: chrono::DateTime<chrono::Utc> = chrono::Utc::now();
    let day = |days: i64| {
        (now + chrono::TimeDelta::days(days))
            .format("%Y-%m-%dT00:00:00Z")
            .to_string()
    };
    let view = format!(
        "/calendarView?startDateTime={}&endDateTime={}&$top=100",
        day(0),
        day(7)
    );
    assert!(caller.get(&view).await["value"].as_array().unwrap().len() > 5);
}

#[tokio::test]
async fn calendars_lie_in_groups() {
    let local = Local::default();
    for api in [GRAPH, V2] {
        let caller = local.app(api).await;
        let name = |text: &str| api.name(text);
        let made = caller
            .done("POST", "/calendarGroups", json!({name("name"): "Projects"}))
            .await;
        let path = format!("/calendarGroups/{}", made[name("id")].as_str().unwrap());
        let twice = caller
            .call(
                "POST",
                "/calendarGroups",
                &[],
                Some(json!({name("name"): "projects"})),
            )
            .await;
        assert_eq!(twice.status, 409);
        let calendar = caller
            .done(
                "POST",
                &format!("{path}/calendars"),
                json!({name("name"): "Aurora"}),
            )
            .await;
        let (inside, ..) = caller.all(&format!("{path}/calendars"), &[]).await;
        assert_eq!(texts(&inside, &name("name")), ["Aurora"]);
        assert_eq!(
            caller.call("DELETE", &path, &[], None).await.status,
            400,
            "not empty"
        );
        let id = calendar[name("id")].as_str().unwrap();
        assert_eq!(
            caller
                .call("DELETE", &format!("/calendars/{id}"), &[], None)
                .await
                .status,
            204
        );
        assert_eq!(caller.call("DELETE", &path, &[], None).await.status, 204);
        let (groups, ..) = caller.all("/calendarGroups", &[]).await;
        assert_eq!(texts(&groups, &name("name")), ["My Calendars"]);
    }
}

#[tokio::test]
async fn free_times_are_found_where_everybody_is_free() {
    let local = Local::default();
    let adele = local.app(GRAPH).await;
    let slot = |from: &str, to: &str| {
        json!({"start": {"dateTime": format!("2031-05-06T{from}:00"), "timeZone": "UTC"},
        "end": {"dateTime": format!("2031-05-06T{to}:00"), "timeZone": "UTC"}})
    };
    let busy = |from: &str, to: &str| {
        let mut body = slot(from, to);
        body["subject"] = "Busy".into();
        body
    };
    adele.done("POST", "/events", busy("08:00", "09:00")).await;
    adele
        .at(&format!("users/{BEN}"))
        .done("POST", "/events", busy("09:00", "10:30"))
        .await;
    let wish = json!({"attendees": [{"type": "required", "emailAddress": {"address": BEN}}], "meetingDuration": "PT1H",
        "minimumAttendeePercentage": 100, "timeConstraint": {"timeSlots": [slot("08:00", "12:00")]}});
    let found = adele.done("POST", "/findMeetingTimes", wish).await;
    let starts: Vec<&str> = found["meetingTimeSuggestions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            one["meetingTimeSlot"]["start"]["dateTime"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(
        starts,
        ["2031-05-06T10:30:00.0000000", "2031-05-06T11:00:00.0000000"]
    );
    let mut ask =
        json!({"schedules": [BEN, "nobody@contoso.example"], "availabilityViewInterval": 30});
    ask["startTime"] = slot("08:30", "")["start"].clone();
    ask["endTime"] = slot("", "11:00")["end"].clone();
    let told = adele.done("POST", "/calendar/getSchedule", ask).await;
    assert_eq!(told["value"][0]["availabilityView"], "02220");
    assert_eq!(told["value"][1]["error"]["responseCode"], "5016");
}

#[tokio::test]
async fn reminders_ring_are_put_off_and_put_away() {
    let local = Local::default();
    for api in [GRAPH, V2] {
        let caller = local.app(api).await;
        let made = caller
            .done(
                "POST",
                "/events",
                event(api, "Ring", "UTC", "2031-05-06", "09:00", ""),
            )
            .await;
        let path = format!("/events/{}", made[api.name("id")].as_str().unwrap());
        let view =
            "/reminderView(startDateTime='2031-05-06T00:00:00',endDateTime='2031-05-06T23:00:00')";
        let rings = async || {
            let list = caller.get(view).await["value"].clone();
            let list = list.as_array().unwrap().iter();
            let own = list.filter(|one| one[api.name("eventSubject")] == "Ring");
            own.map(|one| {
                one[api.name("reminderFireTime")][api.name("dateTime")]
                    .as_str()
                    .unwrap()[11..16]
                    .to_owned()
            })
            .collect::<Vec<_>>()
        };
        assert_eq!(rings().await, ["08:45"]);
        let later = json!({api.name("newReminderTime"): {api.name("dateTime"): "2031-05-06T10:00:00", api.name("timeZone"): "UTC"}});
        assert_eq!(
            caller
                .call("POST", &format!("{path}/snoozeReminder"), &[], Some(later))
                .await
                .status,
            200
        );
        assert_eq!(rings().await, ["10:00"]);
        assert_eq!(
            caller
                .call("POST", &format!("{path}/dismissReminder"), &[], None)
                .await
                .status,
            200
        );
        assert!(rings().await.is_empty());
        assert_eq!(caller.call("DELETE", &path, &[], None).await.status, 204);
    }
}

#[tokio::test]
async fn the_calendar_is_shared_by_role() {
    let caller = Local::default().app(GRAPH).await;
    let path = "/calendar/calendarPermissions";
    let sent = json!({"emailAddress": {"name": "Ben", "address": BEN}, "role": "read"});
    let made = caller.done("POST", path, sent).await;
    assert_eq!(
        (&made["isInsideOrganization"], &made["isRemovable"]),
        (&json!(true), &json!(true))
    );
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(
        caller.done("PATCH", &one, json!({"role": "write"})).await["role"],
        "write"
    );
    let owner = caller
        .call("PATCH", &one, &[], Some(json!({"role": "owner"})))
        .await;
    assert_eq!(owner.code(), "RequestBodyRead");
    let list = caller.get(path).await;
    assert_eq!(
        texts(list["value"].as_array().unwrap(), "role"),
        ["freeBusyRead", "write"]
    );
    let everybody = format!("{path}/{}", list["value"][0]["id"].as_str().unwrap());
    assert_eq!(
        caller.call("DELETE", &everybody, &[], None).await.status,
        403
    );
    assert_eq!(caller.call("DELETE", &one, &[], None).await.status, 204);
    assert_eq!(caller.call("GET", &one, &[], None).await.status, 404);
}

#[tokio::test]
async fn a_window_without_offset_is_meant_in_the_zone_of_the_answer() {
    let caller = Local::default().app(GRAPH).await;
    caller
        .done(
            "POST",
            "/events",
            event(GRAPH, "Edge", "UTC", "2031-05-06", "23:00", ""),
        )
        .await;
    let view = "/calendarView?startDateTime=2031-05-07T00:00:00&endDateTime=2031-05-08T00:00:00&$filter=subject eq 'Edge'";
    let count = async |zone: &str| {
        let prefer = format!("outlook.timezone=\"{zone}\"");
        let answer = caller.call("GET", view, &[("prefer", &prefer)], None).await;
        answer.json()["value"].as_array().unwrap().len()
    };
    assert_eq!(
        (count("UTC").await, count("Tokyo Standard Time").await),
        (0, 1)
    );
}
