//! Rules of the service that people measured or reported: `t` and a number for a report, `m` and a number for a
//! measurement at the live service.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use exo365_tenant::{Options, Tenant};
use serde_json::{Value, json};
use support::{ADELE, BEN, Caller, GRAPH, Local};

const BERLIN: &str = "W. Europe Standard Time";

async fn graph() -> Caller {
    Local::default().app(GRAPH).await
}

/// Status and error code of a request.
async fn outcome(caller: &Caller, method: &str, path: &str, body: Value) -> (u16, String) {
    let answer = caller.call(method, path, &[], Some(body)).await;
    (answer.status, answer.code())
}

async fn refused(caller: &Caller, path: &str) -> (u16, String) {
    let answer = caller.call("GET", path, &[], None).await;
    (answer.status, answer.code())
}

fn no(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn time(text: &str, zone: &str) -> Value {
    json!({"dateTime": text, "timeZone": zone})
}

fn event(start: &str, end: &str, zone: &str) -> Value {
    json!({"subject": "E", "start": time(start, zone), "end": time(end, zone)})
}

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
async fn t01_m34_bodies_are_typed() {
    let caller = graph().await;
    let mail = no(400, "UnableToDeserializePostBody");
    for body in [
        json!({"sensitivity": "normal"}),
        json!({"subject": 1}),
        json!({"importance": "urgent"}),
        json!({"toRecipients": "ben@contoso.example"}),
        json!({"toRecipients": ["ben@contoso.example"]}),
        json!({"toRecipients": [{"address": "ben@contoso.example"}]}),
        json!({"body": "text"}),
    ] {
        assert_eq!(
            outcome(&caller, "POST", "/messages", body.clone()).await,
            mail,
            "{body}"
        );
        let sent = json!({"message": body});
        assert_eq!(
            outcome(&caller, "POST", "/sendMail", sent.clone()).await,
            mail,
            "{sent}"
        );
    }
    let id = caller
        .done("POST", "/messages", json!({"subject": "x"}))
        .await["id"]
        .clone();
    let path = format!("/messages/{}", id.as_str().unwrap());
    assert_eq!(
        outcome(&caller, "PATCH", &path, json!({"isRead": 1})).await,
        mail
    );
    let other = no(400, "RequestBodyRead");
    for body in [
        json!({"birthday": "AAA"}),
        json!({"categories": [{}]}),
        json!({"businessPhones": [{}]}),
        json!({"emailAddresses": [{"mail": "a@b"}]}),
        json!({"nickname2": "x"}),
    ] {
        assert_eq!(
            outcome(&caller, "POST", "/contacts", body.clone()).await,
            other,
            "{body}"
        );
    }
    let mut body = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", "UTC");
    body["attendees"] = json!(["ben@contoso.example"]);
    assert_eq!(outcome(&caller, "POST", "/events", body).await, other);
    let body = json!({"schedules": "adele@contoso.example"});
    assert_eq!(
        outcome(&caller, "POST", "/calendar/getSchedule", body).await,
        other
    );
    let text = caller
        .call("POST", "/contacts", &[], Some(json!({"size": 1})))
        .await;
    let text = text.json()["error"]["message"].to_string();
    assert!(
        text.contains("The property 'size' does not exist on type 'microsoft.graph.contact'"),
        "{text}"
    );
}

#[tokio::test]
async fn t02_the_text_of_a_boolean_is_read() {
    let caller = graph().await;
    let mut body = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", "UTC");
    body["isOnlineMeeting"] = "false".into();
    body["isReminderOn"] = "True".into();
    let made = caller.done("POST", "/events", body).await;
    assert_eq!(
        (&made["isOnlineMeeting"], &made["isReminderOn"]),
        (&json!(false), &json!(true))
    );
    let made = caller
        .done(
            "POST",
            "/messages",
            json!({"isReadReceiptRequested": "TRUE"}),
        )
        .await;
    assert_eq!(made["isReadReceiptRequested"], true);
    assert_eq!(
        outcome(&caller, "POST", "/messages", json!({"isRead": "yes"}))
            .await
            .0,
        400
    );
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
async fn t04_m04_mixed_batches_are_refused_where_the_option_says_so() {
    let item = |id: &str, needs: &[&str]| {
        let mut item = json!({"id": id, "method": "GET", "url": "/me/messages?$top=1"});
        if !needs.is_empty() {
            item["dependsOn"] = json!(needs);
        }
        item
    };
    let parallel = vec![item("1", &[]), item("2", &[])];
    let sequence = vec![item("1", &[]), item("2", &["1"]), item("3", &["2"])];
    let mixed = vec![item("1", &[]), item("2", &["1"]), item("3", &[])];
    let chains = vec![
        item("1", &[]),
        item("2", &["1"]),
        item("3", &[]),
        item("4", &["3"]),
    ];
    let fan = vec![item("1", &[]), item("2", &["1"]), item("3", &["1"])];
    let backwards = vec![item("2", &["1"]), item("1", &[])];
    for (strict, requests, status) in [
        (true, &parallel, 200),
        (true, &sequence, 200),
        (true, &mixed, 400),
        (true, &chains, 400),
        (true, &fan, 400),
        (true, &backwards, 400),
        (false, &mixed, 200),
        (false, &backwards, 200),
    ] {
        let options = Options {
            strict_batches: strict,
            ..Options::default()
        };
        let caller = Local::with(options)
            .user(GRAPH, ADELE, &["Mail.Read"])
            .await;
        let body = json!({"requests": requests});
        let answer = caller.call("POST", "/v1.0/$batch", &[], Some(body)).await;
        assert_eq!(answer.status, status, "{strict} {requests:?}");
    }
}

#[tokio::test]
async fn m02_m05_a_batch_may_start_all_at_once_and_has_20_items() {
    let requests = |count: usize| {
        let list = (0..count)
            .map(|at| json!({"id": at.to_string(), "method": "GET", "url": "/me/messages?$top=1"}));
        json!({"requests": list.collect::<Value>()})
    };
    for (at_once, refused) in [(false, 0), (true, 6)] {
        let options = Options {
            batch_all_at_once: at_once,
            ..Options::default()
        };
        let caller = Local::with(options)
            .user(GRAPH, ADELE, &["Mail.Read"])
            .await;
        let done = caller.done("POST", "/v1.0/$batch", requests(10)).await;
        let late = done["responses"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["status"] == 429)
            .count();
        assert_eq!(late, refused);
        let answer = caller
            .call("POST", "/v1.0/$batch", &[], Some(requests(21)))
            .await;
        let text = answer.json()["error"]["message"].clone();
        assert_eq!(
            (answer.status, text),
            (
                400,
                json!("Number of requests inside batch exceed the limit.")
            )
        );
    }
}

#[tokio::test]
async fn t05_contacts_have_three_addresses_and_two_phones() {
    let caller = graph().await;
    let addresses = |count: usize| -> Value {
        (0..count)
            .map(|at| json!({"name": "N", "address": format!("n{at}@fabrikam.example")}))
            .collect()
    };
    for (body, status) in [
        (json!({"emailAddresses": addresses(3)}), 201),
        (json!({"emailAddresses": addresses(4)}), 400),
        (json!({"businessPhones": ["1", "2"]}), 201),
        (json!({"businessPhones": ["1", "2", "3"]}), 400),
        (json!({"homePhones": ["1", "2", "3"]}), 400),
    ] {
        assert_eq!(
            outcome(&caller, "POST", "/contacts", body.clone()).await.0,
            status,
            "{body}"
        );
    }
}

#[tokio::test]
async fn t06_filters_of_contacts_are_eq_and_startswith() {
    let caller = graph().await;
    for (filter, fits) in [
        ("surname eq 'Berg'", true),
        ("startswith(displayName,'O')", true),
        ("surname eq 'Berg' or startswith(displayName,'T')", true),
        (
            "emailAddresses/any(a:a/address eq 'oskar@fabrikam.example')",
            true,
        ),
        ("surname ne 'Berg'", false),
        ("contains(displayName,'O')", false),
        ("endswith(displayName,'O')", false),
        ("displayName gt 'O'", false),
        ("not startswith(displayName,'O')", false),
    ] {
        let wanted = if fits {
            no(200, "")
        } else {
            no(400, "ErrorInvalidUrlQueryFilter")
        };
        for path in ["/contacts", "/contacts/$count"] {
            let answer = caller
                .call("GET", &format!("{path}?$filter={filter}"), &[], None)
                .await;
            assert_eq!((answer.status, answer.code()), wanted, "{path} {filter}");
        }
    }
}

#[tokio::test]
async fn t07_m27_m28_queries_are_typed() {
    let caller = graph().await;
    for (path, status) in [
        ("/messages?$search=subject:budget", 400),
        ("/messages?$search=\"subject:budget\"", 200),
        ("/messages?$search=budget", 200),
        ("/messages?$search=two words", 200),
        (
            "/messages?$filter=receivedDateTime ge '2026-01-01T00:00:00Z'",
            400,
        ),
        (
            "/messages?$filter=receivedDateTime ge 2026-01-01T00:00:00Z",
            200,
        ),
        ("/messages?$filter=subject eq 2026-01-01T00:00:00Z", 400),
        ("/messages?$filter=isRead eq 'true'", 400),
        ("/messages?$filter=isRead eq true", 200),
        (
            "/events?$filter=start/dateTime ge '2026-01-01T00:00:00'",
            200,
        ),
        (
            "/events?$filter=start/dateTime ge 2026-01-01T00:00:00Z",
            400,
        ),
        ("/messages?$expand=foo", 400),
        ("/messages?$expand=subject", 400),
        ("/messages?$expand=attachments($select=name,size)", 200),
        ("/events?$expand=foo", 400),
        ("/contacts?$expand=foo", 400),
        ("/mailFolders?$expand=childFolders", 200),
    ] {
        assert_eq!(refused(&caller, path).await.0, status, "{path}");
    }
    let ignored = caller.get("/messages?$search=two words&$top=3").await;
    let newest = caller.get("/messages?$top=3").await;
    assert_eq!(ignored["value"], newest["value"], "the search is ignored");
}

#[tokio::test]
async fn m26_a_search_takes_no_order_and_no_filter() {
    let caller = graph().await;
    let path = "/messages?$search=\"budget\"&$orderby=subject";
    assert_eq!(refused(&caller, path).await, no(400, "SearchWithOrderBy"));
    let path = "/messages?$search=\"budget\"&$filter=isRead eq true";
    assert_eq!(refused(&caller, path).await, no(400, "SearchWithFilter"));
}

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

#[tokio::test]
async fn t10_m60_extended_properties_are_kept_expanded_and_filtered_by() {
    let caller = graph().await;
    let name = "String {00020329-0000-0000-C000-000000000046} Name Color";
    let body = |subject: &str| {
        json!({"subject": subject, "singleValueExtendedProperties": [
        {"id": name, "value": "Green"}, {"id": "Integer 0x0036", "value": "2"}]})
    };
    for (set, new) in [
        ("messages", body("x")),
        (
            "contacts",
            json!({"givenName": "X", "singleValueExtendedProperties": body("")["singleValueExtendedProperties"]}),
        ),
        ("events", {
            let mut new = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", "UTC");
            new["singleValueExtendedProperties"] =
                body("")["singleValueExtendedProperties"].clone();
            new
        }),
    ] {
        let made = caller.done("POST", &format!("/{set}"), new).await;
        let path = format!("/{set}/{}", made["id"].as_str().unwrap());
        assert_eq!(
            caller.get(&path).await.get("singleValueExtendedProperties"),
            None,
            "{set}"
        );
        let expand = "$expand=singleValueExtendedProperties($filter=id eq 'Integer 0x36')";
        let read = caller.get(&format!("{path}?{expand}")).await;
        let wanted = json!([{"id": "Integer 0x36", "value": "2"}]);
        assert_eq!(read["singleValueExtendedProperties"], wanted, "{set}");
        caller
            .done(
                "PATCH",
                &path,
                json!({"singleValueExtendedProperties": [{"id": name, "value": "Red"}]}),
            )
            .await;
        let read = caller
            .get(&format!("{path}?$expand=singleValueExtendedProperties"))
            .await;
        assert_eq!(
            read["singleValueExtendedProperties"]
                .as_array()
                .unwrap()
                .len(),
            2,
            "{set}"
        );
    }
    let filter = format!(
        "$filter=singleValueExtendedProperties/any(ep:ep/id eq '{name}' and ep/value eq 'Red')"
    );
    let page = caller.get(&format!("/messages?{filter}")).await;
    assert_eq!(page["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn t12_upload_sessions_begin_at_two_mebibytes() {
    let caller = graph().await;
    let id = caller
        .done("POST", "/messages", json!({"subject": "x"}))
        .await["id"]
        .clone();
    let path = format!(
        "/messages/{}/attachments/createUploadSession",
        id.as_str().unwrap()
    );
    for (size, status) in [(2_097_151, 400), (2_097_152, 201), (3 * 1024 * 1024, 201)] {
        let item = json!({"AttachmentItem": {"attachmentType": "file", "name": "f", "size": size}});
        assert_eq!(
            outcome(&caller, "POST", &path, item).await.0,
            status,
            "{size}"
        );
    }
}

#[tokio::test]
async fn t13_m58_bodies_in_html_are_documents() {
    let caller = graph().await;
    let document = |content: &Value| {
        let text = content["content"].as_str().unwrap();
        let parts = ["<html><head>", "</head><body>", "</body></html>"];
        parts.iter().all(|part| text.contains(part))
    };
    let body = json!({"subject": "x", "body": {"contentType": "html", "content": "<p>Hi</p>"}});
    let made = caller.done("POST", "/messages", body).await;
    assert!(document(&made["body"]), "{}", made["body"]);
    let inbox = caller.get("/mailFolders/inbox/messages?$top=5").await;
    for message in inbox["value"].as_array().unwrap() {
        let path = format!("/messages/{}/createReply", message["id"].as_str().unwrap());
        let draft = caller
            .done("POST", &path, json!({"comment": "Thanks <all>"}))
            .await;
        assert!(document(&draft["body"]), "{}", draft["body"]);
        assert!(
            draft["body"]["content"]
                .as_str()
                .unwrap()
                .contains("Thanks &lt;all&gt;")
        );
    }
    let mut new = event("2026-01-05T09:00:00", "2026-01-05T10:00:00", "UTC");
    new["body"] = json!({"contentType": "text", "content": "Plain & simple"});
    let made = caller.done("POST", "/events", new).await;
    assert_eq!(made["body"]["contentType"], "html");
    assert!(
        document(&made["body"]) && made["bodyPreview"] == "Plain & simple",
        "{made}"
    );
}

#[tokio::test]
async fn m13_m14_tokens_that_are_malformed_and_of_another_collection() {
    let caller = graph().await;
    let malformed = no(400, "BadRequest");
    assert_eq!(
        refused(&caller, "/mailFolders/inbox/messages/delta?$deltatoken=xyz").await,
        malformed
    );
    assert_eq!(
        refused(&caller, "/contacts/delta?$skiptoken=xyz").await,
        malformed
    );
    let (_, _, last) = caller
        .all(
            "/mailFolders/inbox/messages/delta",
            &[("prefer", "odata.maxpagesize=500")],
        )
        .await;
    let token = last["@odata.deltaLink"]
        .as_str()
        .unwrap()
        .split('=')
        .nth(1)
        .unwrap()
        .to_owned();
    let path = format!("/mailFolders/drafts/messages/delta?$deltatoken={token}");
    assert_eq!(refused(&caller, &path).await, no(410, "SyncStateNotFound"));
}

#[tokio::test]
async fn m19_m35_preferences_and_ids() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let prefer = [("prefer", "odata.maxpagesize=3")];
    let answer = caller.call("GET", "/messages", &prefer, None).await;
    assert_eq!(
        (
            answer.json()["value"].as_array().unwrap().len(),
            answer.header("preference-applied")
        ),
        (3, "")
    );
    let id = answer.json()["value"][0]["id"].as_str().unwrap().to_owned();
    let ben = caller.at(&format!("users/{BEN}"));
    assert_eq!(
        refused(&ben, &format!("/messages/{id}")).await,
        no(400, "ErrorInvalidIdMalformed")
    );
}

#[tokio::test]
async fn m59_m62_headers_and_references_of_drafts() {
    let caller = graph().await;
    let with = |names: &[&str]| {
        let list = names.iter().map(|name| json!({"name": name, "value": "v"}));
        json!({"subject": "x", "internetMessageHeaders": list.collect::<Value>()})
    };
    let made = caller
        .done("POST", "/messages", with(&["x-a", "X-b"]))
        .await;
    let id = made["id"].as_str().unwrap();
    let read = caller
        .get(&format!("/messages/{id}?$select=internetMessageHeaders"))
        .await;
    assert_eq!(read["internetMessageHeaders"].as_array().unwrap().len(), 3);
    let found = outcome(&caller, "POST", "/messages", with(&["Subject"])).await;
    assert_eq!(found, no(400, "InvalidInternetMessageHeader"));
    let six = with(&["x-1", "x-2", "x-3", "x-4", "x-5", "x-6"]);
    let found = outcome(&caller, "POST", "/messages", six).await;
    assert_eq!(found, no(400, "InvalidInternetMessageHeaderCollection"));
    let found = outcome(
        &caller,
        "POST",
        &format!("/messages/{id}/createReply"),
        json!({}),
    )
    .await;
    assert_eq!(found, no(400, "ErrorInvalidReferenceItem"));
    let own = json!({"internetMessageId": "<own@contoso.example>"});
    let made = caller.done("POST", "/messages", own).await;
    assert_eq!(made["internetMessageId"], "<own@contoso.example>", "m60");
}

#[tokio::test]
async fn m65_m69_m70_folders_and_categories() {
    let caller = graph().await;
    let folder = caller
        .done("POST", "/mailFolders", json!({"displayName": "F"}))
        .await;
    let path = format!("/mailFolders/{}/copy", folder["id"].as_str().unwrap());
    let found = outcome(
        &caller,
        "POST",
        &path,
        json!({"destinationId": "msgfolderroot"}),
    )
    .await;
    assert_eq!(found, no(400, "ErrorMoveCopyFailed"));
    let made = caller
        .done(
            "POST",
            "/outlook/masterCategories",
            json!({"displayName": "New", "color": "preset1"}),
        )
        .await;
    let again = json!({"displayName": "NEW", "color": "preset2"});
    let found = outcome(&caller, "POST", "/outlook/masterCategories", again).await;
    assert_eq!(found, no(409, "CategoryNameExists"));
    let path = format!("/outlook/masterCategories/{}", made["id"].as_str().unwrap());
    let changed = caller
        .done("PATCH", &path, json!({"displayName": "Other"}))
        .await;
    assert_eq!(changed["displayName"], "New");
}

#[tokio::test]
async fn t16_a_filter_of_many_terms_is_answered() {
    let caller = graph().await;
    let terms = vec!["isRead"; 3_000].join(" or ");
    assert_eq!(
        refused(&caller, &format!("/messages?$filter={terms}"))
            .await
            .0,
        200
    );
    let terms = vec!["isRead"; 3_000].join(" and ");
    assert_eq!(
        refused(&caller, &format!("/messages?$filter={terms}&$count=true"))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn t17_what_is_acknowledged_is_in_the_data_file() {
    let dir = std::env::temp_dir().join(format!("exo365-tenant-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("data.json");
    let options = Options {
        data: Some(file.clone()),
        ..Options::default()
    };
    let caller = Local::with(options).app(GRAPH).await;
    let writes = (0..8).map(|at| {
        let caller = caller.clone();
        tokio::spawn(async move {
            caller
                .done(
                    "POST",
                    "/messages",
                    json!({"subject": format!("kept {at}")}),
                )
                .await
        })
    });
    let mut ids = Vec::new();
    for write in writes.collect::<Vec<_>>() {
        ids.push(write.await.unwrap()["id"].as_str().unwrap().to_owned());
        // The process could end here: the file has every acknowledged message.
        let copy = dir.join("copy.json");
        std::fs::copy(&file, &copy).unwrap();
        let kept = Options {
            data: Some(copy),
            ..Options::default()
        };
        let again = Local::of(&Tenant::new(kept).unwrap()).app(GRAPH).await;
        for id in &ids {
            assert_eq!(refused(&again, &format!("/messages/{id}")).await.0, 200);
        }
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

#[tokio::test]
async fn t18_pictures_in_seeded_mail_can_be_seen() {
    let caller = graph().await;
    let page = caller
        .get("/messages?$top=200&$filter=hasAttachments eq true&$expand=attachments")
        .await;
    let mut pictures = 0;
    for message in page["value"].as_array().unwrap() {
        for one in message["attachments"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["contentType"] == "image/png")
        {
            // The header of a PNG has width and height in bytes 16 to 23.
            use base64::Engine as _;
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(one["contentBytes"].as_str().unwrap())
                .unwrap();
            assert!(bytes[19] >= 16 && bytes[23] >= 16, "at least 16 x 16");
            pictures += 1;
        }
    }
    assert!(pictures > 0);
}
