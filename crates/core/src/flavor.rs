//! The three API flavours: what differs between them, in tables.

use crate::error::{Code, Error};
use crate::scan;
use crate::wire::{Flavor, Hosts};
use alloc::string::String;

/// What only Graph has. Each pattern is a run of path segments, with a method before it where only that is
/// lacking, and `.` behind it where nothing may follow.
const ONLY_GRAPH: &str = "permanentDelete,createUploadSession,outlook,manager,directReports,places,translateExchangeIds,\
    calendarPermissions,getSchedule,messages/{}/$value,attachments/{}/$value,childFolders/{},GET extensions.,\
    calendarGroups/{}/calendars/{},events/{}/cancel,events/{}/forward,PATCH calendars/{}/events/{},\
    DELETE calendars/{}/events/{},PATCH contactFolders/{}/contacts/{},DELETE contactFolders/{}/contacts/{},\
    contacts/{}/photo,people/{},allowedCalendarSharingRoles,DELETE photo,GET photos/{}.,PATCH me.,GET users.,GET users/$count,inferenceClassification.,\
    GET subscriptions.,reauthorize,dateFormat,delegateMeetingMessageDeliveryOptions,language,timeFormat,timeZone,\
    userPurpose,workingHours";
/// What v1.0 lacks beside that.
const NOT_V1: &str = "people,photo,photos,mailboxSettings,inferenceClassification,messageRules,extensions,getMailTips,\
    snoozeReminder,dismissReminder,reminderView,findMeetingTimes,subscriptions,$batch";
/// What tells its changes, by the tracking header.
const TRACKED_V2: &str = "mailFolders,mailFolders/{}/messages,calendarView,contacts,contactFolders,contactFolders/{}/contacts";
const TRACKED_V1: &str = "mailFolders/{}/messages,calendarView";
/// The end of a template for what has changed.
const CHANGES: &str = "/delta()";

impl Flavor {
    /// The name that configuration and messages use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::OutlookV1 => "outlook-v1",
            Self::OutlookV2 => "outlook-v2",
        }
    }

    /// The path of the API's root below its origin.
    #[must_use]
    pub const fn root_path(self) -> &'static str {
        match self {
            Self::Graph => "/v1.0",
            Self::OutlookV1 => "/api/v1.0",
            Self::OutlookV2 => "/api/v2.0",
        }
    }

    /// Largest page that the service grants, in items: [Graph], [Outlook].
    ///
    /// [Graph]: https://learn.microsoft.com/graph/api/user-list-messages
    /// [Outlook]: https://learn.microsoft.com/previous-versions/office/office-365-api/api/version-2.0/use-outlook-rest-api
    #[must_use]
    pub const fn max_top(self) -> u32 {
        match self {
            Self::Graph => 1000,
            Self::OutlookV1 | Self::OutlookV2 => 50,
        }
    }

    /// The name of a path segment as this flavour spells it.
    #[must_use]
    pub fn segment(self, name: &str) -> &str {
        match name {
            "mailFolders" if self == Self::OutlookV1 => "folders",
            _ => name,
        }
    }

    /// The template of what has changed, as this flavour has it: Outlook has a header in place of a path.
    #[must_use]
    pub fn changes(self, template: &str) -> &str {
        match self {
            Self::Graph => template,
            _ => template.strip_suffix(CHANGES).unwrap_or(template),
        }
    }

    /// What of `method template` this flavour does not have: the pattern that says so.
    #[must_use]
    pub fn lacking(self, method: &str, template: &str) -> Option<&'static str> {
        let (tables, tracked): (&[&'static str], _) = match self {
            Self::Graph => return None,
            Self::OutlookV2 => (&[ONLY_GRAPH], TRACKED_V2),
            Self::OutlookV1 => (&[ONLY_GRAPH, NOT_V1], TRACKED_V1),
        };
        if let Some(path) = template.strip_suffix(CHANGES) {
            return (!scan::lists(tracked, path)).then_some(CHANGES);
        }
        // Behind a parenthesis are parameters.
        let template = scan::before(template, b"(");
        tables
            .iter()
            .flat_map(|table| scan::parts(table, b','))
            .find(|pattern| covers(pattern, method, template))
    }
}

fn covers(pattern: &str, method: &str, template: &str) -> bool {
    let (only, path) = scan::cut(pattern, " ").unwrap_or((method, pattern));
    let path = scan::concat(&["/", path, "/"]);
    let ended = scan::concat(&["/", scan::trim_start(template, b"/"), "/"]);
    only == method
        && match scan::cut(&path, "./") {
            Some((path, _)) => ended.ends_with(&scan::concat(&[path, "/"])),
            None => scan::find(&ended, &path).is_some(),
        }
}

/// Origins of the public cloud.
#[must_use]
pub fn global(flavor: Flavor) -> Hosts {
    cloud("global", flavor).unwrap_or_else(|| Hosts {
        login: String::new(),
        api: String::new(),
    })
}

/// Origins of a cloud by its name: sign-in and API always go together.
#[must_use]
pub fn cloud(name: &str, flavor: Flavor) -> Option<Hosts> {
    let (login, graph, outlook) = match name {
        "global" => (
            "https://login.microsoftonline.com",
            "https://graph.microsoft.com",
            if flavor == Flavor::OutlookV1 {
                "https://outlook.office365.com"
            } else {
                "https://outlook.office.com"
            },
        ),
        "usgov" => (
            "https://login.microsoftonline.us",
            "https://graph.microsoft.us",
            "https://outlook.office365.us",
        ),
        "usgov-dod" => (
            "https://login.microsoftonline.us",
            "https://dod-graph.microsoft.us",
            "https://outlook-dod.office365.us",
        ),
        "china" => (
            "https://login.partner.microsoftonline.cn",
            "https://microsoftgraph.chinacloudapi.cn",
            "https://partner.outlook.cn",
        ),
        _ => return None,
    };
    let api = if flavor == Flavor::Graph {
        graph
    } else {
        outlook
    };
    Some(Hosts {
        login: login.into(),
        api: api.into(),
    })
}

/// Where the upload sessions of a Graph origin lead: mailboxes are on hosts of their own. A page whose policy names the
/// API in `connect-src` names these too. Next to a loopback host stands the other name of loopback.
#[must_use]
pub fn upload_origins(api: &str) -> String {
    match api {
        "https://graph.microsoft.com" => {
            "https://outlook.office.com https://outlook.office365.com".into()
        }
        "https://graph.microsoft.us" => "https://outlook.office365.us".into(),
        "https://dod-graph.microsoft.us" => "https://outlook-dod.office365.us".into(),
        "https://microsoftgraph.chinacloudapi.cn" => "https://partner.outlook.cn".into(),
        _ => {
            let port = scan::cut(api, "http://localhost").map_or("", |cut| cut.1);
            let loopback = api.starts_with("http://localhost");
            let pieces: &[&str] = if loopback {
                &["http://127.0.0.1", port]
            } else {
                &[]
            };
            scan::concat(pieces)
        }
    }
}

/// The v1 `resource` of an API: its origin with a slash (the slash matters, it is the token's `aud`).
/// An API on a loopback host stands in for the public one, and goes by its name.
#[must_use]
pub fn resource(flavor: Flavor, api: &str) -> String {
    let host = scan::cut(api, "://").map_or("", |cut| cut.1);
    let mut resource = if crate::origin::is_loopback(host) {
        global(flavor).api
    } else {
        api.into()
    };
    resource.push('/');
    resource
}

/// The error for an operation that `flavor` lacks, naming those that have it.
pub(crate) fn unsupported(flavor: Flavor, method: &str, template: &str) -> Error {
    let mut text = scan::concat(&[flavor.name(), " has no ", template, "; these have:"]);
    for other in [Flavor::Graph, Flavor::OutlookV2, Flavor::OutlookV1] {
        if other.lacking(method, template).is_none() {
            text.push(' ');
            text.push_str(other.name());
        }
    }
    Error::with(Code::UnsupportedByApi, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resource_is_the_origin_with_a_slash_and_loopback_stands_in() {
        assert_eq!(
            resource(Flavor::OutlookV1, "http://localhost:1234"),
            "https://outlook.office365.com/"
        );
        assert_eq!(
            resource(Flavor::OutlookV2, "http://127.0.0.1:1234"),
            "https://outlook.office.com/"
        );
        assert_eq!(
            resource(Flavor::Graph, "https://graph.microsoft.us"),
            "https://graph.microsoft.us/"
        );
    }

    #[test]
    fn uploads_go_to_the_hosts_of_the_same_cloud() {
        for (api, wanted) in [
            (
                "https://graph.microsoft.com",
                "https://outlook.office.com https://outlook.office365.com",
            ),
            ("https://graph.microsoft.us", "https://outlook.office365.us"),
            (
                "https://dod-graph.microsoft.us",
                "https://outlook-dod.office365.us",
            ),
            (
                "https://microsoftgraph.chinacloudapi.cn",
                "https://partner.outlook.cn",
            ),
            ("http://localhost:8400", "http://127.0.0.1:8400"),
            ("https://outlook.office.com", ""),
        ] {
            assert_eq!(upload_origins(api), wanted);
        }
    }

    #[test]
    fn clouds_are_pairs() {
        assert_eq!(
            cloud("china", Flavor::Graph).unwrap().api,
            "https://microsoftgraph.chinacloudapi.cn"
        );
        assert_eq!(global(Flavor::OutlookV2).api, "https://outlook.office.com");
        assert!(cloud("germany", Flavor::Graph).is_none());
        for name in ["global", "usgov", "usgov-dod", "china"] {
            let hosts = cloud(name, Flavor::Graph).unwrap();
            crate::origin::check(&hosts.login, false).unwrap();
            crate::origin::check(&hosts.api, false).unwrap();
        }
    }

    #[test]
    fn what_a_flavour_lacks_names_those_that_have_it() {
        let error = unsupported(Flavor::OutlookV1, "GET", "people");
        assert_eq!(error.code, Code::UnsupportedByApi);
        assert_eq!(
            error.message,
            "outlook-v1 has no people; these have: graph outlook-v2"
        );
        let only = unsupported(Flavor::OutlookV2, "POST", "events/{}/cancel");
        assert_eq!(
            only.message,
            "outlook-v2 has no events/{}/cancel; these have: graph"
        );
    }

    #[test]
    fn patterns_cover_whole_segments_and_methods() {
        for (pattern, method, template, wanted) in [
            ("photo", "GET", "photo/$value", true),
            ("photo", "GET", "photos", false),
            (
                "events/{}/cancel",
                "POST",
                "calendars/{}/events/{}/cancel",
                true,
            ),
            ("GET extensions.", "GET", "messages/{}/extensions", true),
            ("GET extensions.", "GET", "messages/{}/extensions/{}", false),
            ("GET extensions.", "POST", "messages/{}/extensions", false),
            ("GET users.", "GET", "/users", true),
            ("GET users.", "GET", "/users/{}", false),
        ] {
            assert_eq!(
                covers(pattern, method, template),
                wanted,
                "{pattern}: {method} {template}"
            );
        }
    }

    /// The table of operations: what each flavour has, and where.
    #[test]
    fn the_table_of_operations_agrees() {
        let table: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/operations.json")).unwrap();
        let plain = |path: &str| {
            let mut out = String::new();
            for part in path.split('/').skip(1) {
                out.push('/');
                out.push_str(if part.starts_with('{') { "{}" } else { part });
            }
            out
        };
        let mut compared = 0;
        for operation in table.as_array().unwrap() {
            let graph = operation["path_graph"].as_str().unwrap();
            // Functions with parameters, changes, upload addresses and batches are no paths of names and ids.
            if graph.contains(['(', ' '])
                || graph.starts_with('{')
                || graph.contains('$') && graph.ends_with("batch")
            {
                continue;
            }
            let graph = plain(graph);
            let template = graph.strip_prefix("/me/").unwrap_or(&graph);
            let method = operation["method"].as_str().unwrap();
            for (flavor, column) in [
                (Flavor::OutlookV2, "path_outlook_v2"),
                (Flavor::OutlookV1, "path_outlook_v1"),
            ] {
                let wanted = operation[column].as_str().map(plain);
                let has = flavor.lacking(method, template).is_none();
                let name = &operation["name"];
                assert_eq!(
                    has,
                    wanted.is_some(),
                    "{name}: {method} {template} in {}",
                    flavor.name()
                );
                if let Some(wanted) = wanted.filter(|wanted| !wanted.contains("('")) {
                    let own: String = graph
                        .split('/')
                        .skip(1)
                        .flat_map(|part| ["/", flavor.segment(part)])
                        .collect();
                    assert!(
                        own.eq_ignore_ascii_case(&wanted) || own.starts_with("/subscriptions"),
                        "{name}: {own} {wanted}"
                    );
                }
                compared += 1;
            }
        }
        assert!(compared > 350, "{compared}");
    }
}
