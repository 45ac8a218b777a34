//! Tests of `request.rs`.

use super::*;
use crate::json::Json;
use alloc::string::ToString;
use alloc::vec;
use proptest::prelude::*;

pub(super) fn api(flavor: Flavor) -> Api {
    Api::new(flavor, "https://api.example")
}

fn url(flavor: Flavor, user: Option<&str>, template: &str, ids: &[&str]) -> Result<String, Code> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let request = api(flavor).operation("GET", user, template, &ids, &Options::default());
    request
        .map(|request| request.url)
        .map_err(|error| error.code)
}

#[test]
fn paths_of_the_three_flavours() {
    for (flavor, user, template, ids, wanted) in [
        (
            Flavor::Graph,
            None,
            "messages",
            &[][..],
            "https://api.example/v1.0/me/messages",
        ),
        (
            Flavor::Graph,
            Some("sales@contoso.example"),
            "messages/{}",
            &["A/b="][..],
            "https://api.example/v1.0/users/sales%40contoso.example/messages/A%2Fb%3D",
        ),
        (
            Flavor::OutlookV2,
            None,
            "mailFolders/{}/messages",
            &["inbox"][..],
            "https://api.example/api/v2.0/me/mailFolders/inbox/messages",
        ),
        (
            Flavor::OutlookV1,
            None,
            "mailFolders/{}/messages",
            &["inbox"][..],
            "https://api.example/api/v1.0/me/folders/inbox/messages",
        ),
        (
            Flavor::Graph,
            None,
            "/users",
            &[][..],
            "https://api.example/v1.0/users",
        ),
    ] {
        assert_eq!(url(flavor, user, template, ids).unwrap(), wanted);
    }
    assert_eq!(
        url(Flavor::OutlookV1, None, "people", &[]),
        Err(Code::UnsupportedByApi)
    );
}

#[test]
fn parameters_and_keys_as_odata_has_them() {
    let zones = "outlook/supportedTimeZones(TimeZoneStandard='{}')";
    for (flavor, template, ids, wanted) in [
        (
            Flavor::Graph,
            zones,
            &["O'Neil's"][..],
            "/v1.0/me/outlook/supportedTimeZones(TimeZoneStandard='O%27%27Neil%27%27s')",
        ),
        (
            Flavor::Graph,
            "reminderView(StartDateTime='{}',EndDateTime='{}')",
            &["a", "b"],
            "/v1.0/me/reminderView(StartDateTime='a',EndDateTime='b')",
        ),
        (
            Flavor::Graph,
            "/subscriptions/{}",
            &["N0Q="],
            "/v1.0/subscriptions/N0Q%3D",
        ),
        (
            Flavor::OutlookV2,
            "/subscriptions/{}",
            &["N0Q="],
            "/api/v2.0/me/subscriptions('N0Q%3D')",
        ),
        (Flavor::Graph, "/$batch", &[], "/v1.0/$batch"),
        (Flavor::OutlookV2, "/$batch", &[], "/api/v2.0/me/$batch"),
        (Flavor::OutlookV2, "/users/{}", &["a"], "/api/v2.0/users/a"),
    ] {
        let got = url(flavor, None, template, ids).unwrap();
        assert_eq!(got.strip_prefix("https://api.example"), Some(wanted));
    }
    for (flavor, template, ids) in [
        (Flavor::Graph, zones, &[""][..]),
        (Flavor::Graph, zones, &[]),
    ] {
        assert_eq!(url(flavor, None, template, ids), Err(Code::InvalidArgument));
    }
}

#[test]
fn changes_are_a_path_in_graph_and_a_preference_in_outlook() {
    for (flavor, template, wanted) in [
        (
            Flavor::Graph,
            "messages/delta()",
            Some("/v1.0/me/messages/delta()"),
        ),
        (Flavor::OutlookV2, "messages/delta()", None),
        (
            Flavor::OutlookV2,
            "contacts/delta()",
            Some("/api/v2.0/me/contacts"),
        ),
        (Flavor::OutlookV1, "contacts/delta()", None),
        (
            Flavor::OutlookV1,
            "calendarView/delta()",
            Some("/api/v1.0/me/calendarView"),
        ),
    ] {
        let made = url(flavor, None, template, &[]);
        match wanted {
            Some(wanted) => assert_eq!(made.unwrap(), ["https://api.example", wanted].concat()),
            None => assert_eq!(made, Err(Code::UnsupportedByApi), "{template}"),
        }
    }
    let options = Json::parse(r#"{"changes":true,"pageSize":7}"#).unwrap();
    let options = Options::call(options, &Key::list(&[Key::Changes, Key::PageSize])).unwrap();
    for (flavor, wanted) in [
        (Flavor::Graph, "IdType=\"ImmutableId\", odata.maxpagesize=7"),
        (
            Flavor::OutlookV2,
            "odata.track-changes, odata.maxpagesize=7",
        ),
    ] {
        let request = api(flavor).operation("GET", None, "contacts/delta()", &[], &options);
        let headers = request.unwrap().headers.0;
        assert_eq!(headers, [("prefer".to_string(), wanted.to_string())]);
    }
}

#[test]
fn a_part_of_the_settings_that_a_flavour_lacks_is_refused() {
    let part = |flavor, name: &str| url(flavor, None, "mailboxSettings/{}", &[name]);
    assert!(part(Flavor::Graph, "workingHours").is_ok());
    assert!(part(Flavor::OutlookV2, "automaticRepliesSetting").is_ok());
    assert_eq!(
        part(Flavor::OutlookV2, "workingHours"),
        Err(Code::UnsupportedByApi)
    );
}

#[test]
fn the_owner_of_the_mailbox_is_read_everywhere_and_changed_in_graph_alone() {
    let asked = |flavor, method: &str| {
        let request = api(flavor).operation(method, None, ".", &[], &Options::default());
        request
            .map(|request| request.url)
            .map_err(|error| error.code)
    };
    for flavor in [Flavor::Graph, Flavor::OutlookV2, Flavor::OutlookV1] {
        assert!(asked(flavor, "GET").unwrap().ends_with("/me"), "{flavor:?}");
        let changed = asked(flavor, "PATCH");
        if flavor == Flavor::Graph {
            assert!(changed.unwrap().ends_with("/me"));
        } else {
            assert_eq!(changed, Err(Code::UnsupportedByApi), "{flavor:?}");
        }
    }
}

#[test]
fn the_directory_is_told_that_its_index_will_do() {
    let level = |path: &str| {
        let request = api(Flavor::Graph).at_path("GET", path, &Options::default());
        let headers = request.unwrap().headers.0;
        headers.iter().any(|one| one.0 == "consistencylevel")
    };
    for path in [
        "/users/$count",
        "/users?$search=\"displayName:a\"".trim_end_matches('"'),
        "/users?$count=true&$skiptoken=x",
        "/me/directReports/$count",
    ] {
        let path = path.replace('"', "%22");
        assert!(level(&path), "{path}");
    }
    for path in [
        "/users",
        "/users?$top=5",
        "/me/messages?$count=true",
        "/users/a/messages/$count",
    ] {
        assert!(!level(path), "{path}");
    }
}

#[test]
fn headers_of_our_own_are_not_the_callers() {
    for name in [
        "Authorization",
        "client-request-id",
        "Return-Client-Request-Id",
    ] {
        let options = serde_json::json!({ "headers": { name: "x" } }).to_string();
        let options =
            Options::call(Json::parse(&options).unwrap(), &Key::list(&[Key::Headers])).unwrap();
        let error = api(Flavor::Graph)
            .at_path("GET", "/me", &options)
            .unwrap_err();
        assert_eq!(error.code, Code::InvalidArgument);
        assert!(error.message.contains(&name.to_lowercase()));
    }
}

#[test]
fn ids_that_cannot_be_ids_are_refused() {
    for id in ["", " ", ".", ".."] {
        assert_eq!(
            url(Flavor::Graph, None, "messages/{}", &[id]),
            Err(Code::InvalidArgument),
            "{id:?}"
        );
    }
    assert_eq!(
        url(Flavor::Graph, None, "messages/{}", &[]),
        Err(Code::InvalidArgument)
    );
    assert_eq!(
        url(Flavor::Graph, Some(""), "messages", &[]),
        Err(Code::InvalidArgument)
    );
}

#[test]
fn preferences_are_those_that_the_flavour_knows() {
    let prefer = |flavor| {
        let mut api = api(flavor);
        api.time_zone = Some("Europe/Berlin".into());
        api.text_bodies = true;
        api.operation("GET", None, "messages", &[], &Options::default())
            .unwrap()
            .headers
            .0
    };
    assert_eq!(prefer(Flavor::Graph), vec![("prefer".to_string(), "outlook.timezone=\"Europe/Berlin\", outlook.body-content-type=\"text\", IdType=\"ImmutableId\"".to_string())]);
    assert_eq!(
        prefer(Flavor::OutlookV2),
        vec![(
            "prefer".to_string(),
            "outlook.timezone=\"Europe/Berlin\", outlook.body-content-type=\"text\"".to_string()
        )]
    );
    assert_eq!(
        prefer(Flavor::OutlookV1),
        vec![(
            "prefer".to_string(),
            "outlook.body-content-type=\"text\"".to_string()
        )]
    );
}

proptest! {
    #[test]
    fn an_id_is_one_segment(id in "\\PC{1,60}") {
        if let Ok(url) = url(Flavor::Graph, None, "messages/{}", &[&id]) {
            let rest = url.strip_prefix("https://api.example/v1.0/me/messages/").unwrap();
            prop_assert!(!rest.contains(['/', '?', '#', '\\']));
            prop_assert_eq!(crate::text::form_decode(rest), id);
        }
    }
}
