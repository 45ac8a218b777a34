//! A seed of one's own: what is in its files is in the mailboxes, and what is wrong is named with file and line.

use std::path::{Path, PathBuf};

use exo365_tenant::{Options, Seed, Tenant};
use serde_json::{Value, json};

use crate::support::{ADELE, BEN, Caller, GRAPH, Local};

fn seeded(path: &Path) -> Result<Tenant, String> {
    Tenant::new(Options {
        seed: Seed::Files(path.to_owned()),
        ..Options::default()
    })
}

async fn example() -> Caller {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seed");
    Local::of(&seeded(&folder).unwrap()).app(GRAPH).await
}

/// A folder of a test, which is removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let id: u64 = rand::random();
        let folder = Self(std::env::temp_dir().join(format!("exo365-seed-{id}")));
        for (name, text) in files {
            let file = folder.0.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_seed_has_messages_in_mime_with_a_picture_that_can_be_seen() {
    let caller = example().await;
    let folder = &caller.get("/mailFolders/inbox/childFolders").await["value"][0];
    assert_eq!(folder["displayName"], "Projects");
    let path = format!(
        "/mailFolders/{}/messages?$expand=attachments",
        folder["id"].as_str().unwrap()
    );
    let message = &caller.get(&path).await["value"][0];
    assert_eq!(message["subject"], "Zahlen für März");
    assert_eq!(
        message["from"]["emailAddress"],
        json!({"name": "Jürgen Kraft", "address": "juergen@fabrikam.example"})
    );
    assert_eq!(
        message["ccRecipients"][0]["emailAddress"]["name"],
        "Walker, Ben"
    );
    assert_eq!(
        (&message["receivedDateTime"], &message["importance"]),
        (&json!("2026-11-30T08:15:00Z"), &json!("high"))
    );
    assert_eq!(
        (&message["isDraft"], &message["categories"]),
        (&json!(false), &json!(["Blue"]))
    );
    let files = message["attachments"].as_array().unwrap();
    let picture = files.iter().find(|one| one["isInline"] == true).unwrap();
    assert_eq!(picture["contentId"], "chart@fabrikam.example");
    assert!(
        message["body"]["content"]
            .as_str()
            .unwrap()
            .contains("cid:chart@fabrikam.example")
    );
    let bytes = base64_of(picture["contentBytes"].as_str().unwrap());
    // Width and height of a PNG.
    assert_eq!(&bytes[16..24], [0, 0, 0, 48, 0, 0, 0, 48]);
    assert_eq!(
        files.iter().find(|one| one["isInline"] == false).unwrap()["name"],
        "figures.csv"
    );
    let sent = &caller.get("/mailFolders/sentitems/messages").await["value"][0];
    assert_eq!(
        (&sent["isRead"], &sent["conversationId"]),
        (&json!(true), &message["conversationId"])
    );
    assert_eq!(
        caller.get("/mailFolders/drafts/messages").await["value"][0]["isDraft"],
        true
    );
    let ben = caller.at(&format!("users/{BEN}"));
    assert_eq!(ben.get("/messages").await["value"][0]["subject"], "Welcome");
}

#[tokio::test]
async fn a_seed_has_events_as_icalendar_with_exceptions() {
    let caller = example().await;
    let calendars = caller.get("/calendars").await;
    let team = calendars["value"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "Team")
        .unwrap();
    let view = format!(
        "/calendars/{}/calendarView?startDateTime=2026-12-01T00:00:00Z&endDateTime=2027-01-31T00:00:00Z&$orderby=start/dateTime",
        team["id"].as_str().unwrap()
    );
    let view = caller.get(&view).await;
    let all: Vec<(&str, &str, &str)> = view["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |value: &Value| -> &str {
                Box::leak(value.as_str().unwrap().to_owned().into_boxed_str())
            };
            (
                text(&one["start"]["dateTime"]),
                text(&one["subject"]),
                text(&one["type"]),
            )
        })
        .collect();
    assert_eq!(
        all,
        [
            ("2026-12-01T09:00:00.0000000", "Stand-up", "occurrence"),
            (
                "2026-12-03T00:00:00.0000000",
                "Trade fair",
                "singleInstance"
            ),
            (
                "2026-12-08T13:00:00.0000000",
                "Stand-up in the afternoon",
                "exception"
            ),
            ("2026-12-22T09:00:00.0000000", "Stand-up", "occurrence"),
            ("2026-12-29T09:00:00.0000000", "Stand-up", "occurrence"),
        ]
    );
    let first = &view["value"][0];
    assert_eq!(
        (&first["isOrganizer"], &first["responseStatus"]["response"]),
        (&json!(false), &json!("accepted"))
    );
    assert_eq!(first["organizer"]["emailAddress"]["address"], BEN);
    assert_eq!(
        (&first["reminderMinutesBeforeStart"], &first["isReminderOn"]),
        (&json!(5), &json!(true))
    );
    assert_eq!(first["attendees"][1]["type"], "optional");
    assert_eq!(
        (&view["value"][1]["isAllDay"], &view["value"][1]["showAs"]),
        (&json!(true), &json!("free"))
    );
    let ben = caller.at(&format!("users/{BEN}"));
    let view = ben
        .get("/calendarView?startDateTime=2026-12-20T00:00:00Z&endDateTime=2027-01-01T00:00:00Z")
        .await;
    assert_eq!(
        view["value"].as_array().unwrap().len(),
        1,
        "the occurrence of 23 December is cancelled"
    );
}

#[tokio::test]
async fn a_seed_has_contacts_as_vcards() {
    let caller = example().await;
    let all = caller.get("/contacts?$orderby=displayName").await;
    let (jurgen, tomoko) = (&all["value"][0], &all["value"][1]);
    assert_eq!(
        (&jurgen["displayName"], &jurgen["title"]),
        (&json!("Dr. Jürgen Kraft"), &json!("Dr."))
    );
    assert_eq!(
        (&jurgen["companyName"], &jurgen["department"]),
        (&json!("Fabrikam"), &json!("Sales"))
    );
    assert_eq!(
        (&jurgen["mobilePhone"], &jurgen["businessPhones"][0]),
        (&json!("+49 30 555 0101"), &json!("+49 30 555 0102"))
    );
    assert_eq!(jurgen["businessAddress"]["city"], "Berlin");
    assert_eq!(
        (&jurgen["birthday"], &jurgen["categories"]),
        (
            &json!("1980-05-17T11:59:00Z"),
            &json!(["Suppliers", "Blue"])
        )
    );
    assert_eq!(
        jurgen["personalNotes"],
        "Met at the trade fair.\nCall before noon."
    );
    assert_eq!(
        tomoko["emailAddresses"][0]["address"],
        "tomoko@litware.example"
    );
    assert_eq!(tomoko["homePhones"], json!(["+81-3-5550-0101"]));
    let folder = &caller.get("/contactFolders").await["value"][0];
    assert_eq!(folder["displayName"], "Suppliers");
    let colour = &caller.get("/outlook/masterCategories").await["value"][0];
    assert_eq!(
        (&colour["displayName"], &colour["color"]),
        (&json!("Blue"), &json!("preset7"))
    );
}

#[test]
fn what_is_wrong_in_a_seed_is_named_with_file_and_line() {
    let event = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20261201T100000Z\n";
    let end = "END:VEVENT\nEND:VCALENDAR\n";
    let cases: [(&str, String, &str); 20] = [
        (
            "a.json",
            "{\n  \"x\": {}\n}".into(),
            "a.json:2: no account `x`",
        ),
        (
            "a.json",
            format!("{{\n\"{ADELE}\": {{\n\"mail\": []}}}}"),
            "a.json:3: unknown field",
        ),
        (
            "a.json",
            format!("{{\"{ADELE}\": {{\n\"messages\": [\n{{\n\"subjet\": 1}}]}}}}"),
            "a.json:4: `subjet` is no property",
        ),
        (
            "a.json",
            format!("{{\"{ADELE}\": {{\n\"messages\": [{{\n\"isRead\": \"maybe\"}}]}}}}"),
            "a.json:3: the value",
        ),
        (
            "a.json",
            format!("{{\"{ADELE}\": {{\n\"messages\": [\n{{}}]}}}}"),
            "a.json:3: the message of",
        ),
        (
            "a.json",
            format!("{{\"{ADELE}\": {{\n\"events\": [\n{{}}]}}}}"),
            "a.json:3: At least one property",
        ),
        (
            "a.json",
            format!("{{\"{ADELE}\": {{\n\"contacts\": [\n5]}}}}"),
            "a.json:3: this is no JSON object",
        ),
        ("a.json", "{".into(), "a.json:1: EOF"),
        (
            "adele@contoso.example/a.eml",
            "no header".into(),
            "a.eml:1: ",
        ),
        (
            "adele@contoso.example/a.eml",
            "Subject: a\nDate: soon\n\nx".into(),
            "a.eml:2: the message has no header `Date`",
        ),
        (
            "adele@contoso.example/a.ics",
            "BEGIN:VCALENDAR\nEND:VCALENDAR\n".into(),
            "a.ics:1: the file has no event",
        ),
        (
            "adele@contoso.example/a.ics",
            format!("{event}RRULE:FREQ=HOURLY\n{end}"),
            "a.ics:5: a recurrence of Graph is daily",
        ),
        (
            "adele@contoso.example/a.ics",
            format!("{event}RRULE:FREQ=DAILY;BYHOUR=9\n{end}"),
            "a.ics:5: a recurrence of Graph has no BYHOUR",
        ),
        (
            "adele@contoso.example/a.ics",
            format!("{event}DTEND;TZID=Nowhere:20261201T110000\n{end}"),
            "a.ics:5: no time zone is named `Nowhere`",
        ),
        (
            "adele@contoso.example/a.ics",
            format!("{event}DTEND:20261201T090000Z\n{end}"),
            "a.ics:2: At least one property",
        ),
        (
            "adele@contoso.example/a.vcf",
            "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n".into(),
            "a.vcf:1: the vCard has no name",
        ),
        (
            "adele@contoso.example/a.vcf",
            "BEGIN:VCARD\nFN:a\n".into(),
            "a.vcf:1: BEGIN:VCARD has no END:VCARD",
        ),
        (
            "adele@contoso.example/a.txt",
            "x".into(),
            "a.txt: a seed has files that end in",
        ),
        (
            "nobody@contoso.example/a.eml",
            "x".into(),
            "no account `nobody@contoso.example`",
        ),
        (
            "a.eml",
            "x".into(),
            "a.eml: the file is in no account's folder",
        ),
    ];
    for (name, text, wanted) in cases {
        let folder = Folder::new(&[(name, &text)]);
        let sentence = seeded(&folder.0).err().unwrap_or_default();
        assert!(
            sentence.contains(wanted),
            "{text}\n{sentence}\nhas no\n{wanted}"
        );
    }
}

#[tokio::test]
async fn a_reset_reads_the_seed_again_and_keeps_the_mailboxes_if_it_is_wrong() {
    let text = |subject: &str| {
        format!("From: a@b.example\nDate: 1 Dec 2026 10:00:00 +0000\nSubject: {subject}\n\nx")
    };
    let name = format!("{ADELE}/a.eml");
    let folder = Folder::new(&[(&name, &text("one"))]);
    let local = Local::of(&seeded(&folder.0).unwrap());
    let subject = |caller: Caller| async move {
        caller.get("/messages").await["value"][0]["subject"].clone()
    };
    assert_eq!(subject(local.app(GRAPH).await).await, "one");
    std::fs::write(folder.0.join(&name), text("two")).unwrap();
    local.control("POST", "reset", &json!({})).await;
    assert_eq!(subject(local.app(GRAPH).await).await, "two");
    std::fs::write(folder.0.join(&name), "nothing").unwrap();
    let headers = [("x-tenant-control", "1")];
    let refused = local
        .send("POST", "/_control/reset", &headers, b"{}".to_vec())
        .await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.json()["error"]
            .as_str()
            .unwrap()
            .contains("a.eml:1: ")
    );
    assert_eq!(subject(local.app(GRAPH).await).await, "two");
}

fn base64_of(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}
