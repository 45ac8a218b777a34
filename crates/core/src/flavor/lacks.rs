//! The operations of Graph that the Outlook flavours lack. A test compares these tables with `tests/operations.json`, the
//! list of the operations of all three services.

use crate::scan;
use crate::wire::Flavor;

/// Operations that a flavour does not have: those with these path segments, in a row, anywhere in their path.
struct Lack {
    /// Upper-case; `None` for every method.
    method: Option<&'static str>,
    /// `{}` stands for an id.
    path: &'static str,
    /// Whether the path of the operation ends with these segments; otherwise more may follow.
    is_end: bool,
}

/// Everything at and below `path`.
const fn all(path: &'static str) -> Lack {
    Lack {
        method: None,
        path,
        is_end: false,
    }
}

/// `method` at and below `path`.
const fn only(method: &'static str, path: &'static str) -> Lack {
    Lack {
        method: Some(method),
        path,
        is_end: false,
    }
}

/// `method` at `path`, and not below it.
const fn itself(method: &'static str, path: &'static str) -> Lack {
    Lack {
        method: Some(method),
        path,
        is_end: true,
    }
}

/// What only Graph has.
const ONLY_GRAPH: &[Lack] = &[
    all("permanentDelete"),
    all("createUploadSession"),
    all("outlook"),
    all("manager"),
    all("directReports"),
    all("places"),
    all("translateExchangeIds"),
    all("calendarPermissions"),
    all("getSchedule"),
    all("messages/{}/$value"),
    all("attachments/{}/$value"),
    all("childFolders/{}"),
    itself("GET", "extensions"),
    all("calendarGroups/{}/calendars/{}"),
    all("events/{}/cancel"),
    all("events/{}/forward"),
    only("PATCH", "calendars/{}/events/{}"),
    only("DELETE", "calendars/{}/events/{}"),
    only("PATCH", "contactFolders/{}/contacts/{}"),
    only("DELETE", "contactFolders/{}/contacts/{}"),
    all("contacts/{}/photo"),
    all("people/{}"),
    all("allowedCalendarSharingRoles"),
    only("DELETE", "photo"),
    itself("GET", "photos/{}"),
    itself("PATCH", "me"),
    itself("GET", "users"),
    only("GET", "users/$count"),
    itself("GET", "inferenceClassification"),
    itself("GET", "subscriptions"),
    all("reauthorize"),
    all("dateFormat"),
    all("delegateMeetingMessageDeliveryOptions"),
    all("language"),
    all("timeFormat"),
    all("timeZone"),
    all("userPurpose"),
    all("workingHours"),
];

/// What Outlook REST v1.0 lacks beside that.
const NOT_V1: &[Lack] = &[
    all("people"),
    all("photo"),
    all("photos"),
    all("mailboxSettings"),
    all("inferenceClassification"),
    all("messageRules"),
    all("extensions"),
    all("getMailTips"),
    all("snoozeReminder"),
    all("dismissReminder"),
    all("reminderView"),
    all("findMeetingTimes"),
    all("subscriptions"),
    all("$batch"),
];

/// What Outlook REST v2.0 has delta queries for.
const TRACKED_V2: &[&str] = &[
    "mailFolders",
    "mailFolders/{}/messages",
    "calendarView",
    "contacts",
    "contactFolders",
    "contactFolders/{}/contacts",
];

/// What Outlook REST v1.0 has delta queries for.
const TRACKED_V1: &[&str] = &["mailFolders/{}/messages", "calendarView"];

/// The end of a template of a delta query. Outlook has a header in its place.
const CHANGES: &str = "/delta()";

impl Flavor {
    /// `template` without the path of a delta query where this flavour has a header in its place.
    #[must_use]
    pub fn changes(self, template: &str) -> &str {
        match self {
            Self::Graph => template,
            Self::OutlookV2 | Self::OutlookV1 => template.strip_suffix(CHANGES).unwrap_or(template),
        }
    }

    /// Whether this flavour lacks the operation `method template`.
    #[must_use]
    pub fn lacks(self, method: &str, template: &str) -> bool {
        let (tables, tracked): (&[&[Lack]], _) = match self {
            Self::Graph => return false,
            Self::OutlookV2 => (&[ONLY_GRAPH], TRACKED_V2),
            Self::OutlookV1 => (&[ONLY_GRAPH, NOT_V1], TRACKED_V1),
        };
        if let Some(path) = template.strip_suffix(CHANGES) {
            return !tracked.contains(&path);
        }
        // What follows a parenthesis are the parameters of a function.
        let template = scan::trim_start(scan::before(template, b"("), b"/");
        let path = scan::concat(&["/", template, "/"]);
        let is_in = |table: &&[Lack]| table.iter().any(|lack| lack.covers(method, &path));
        tables.iter().any(is_in)
    }
}

impl Lack {
    /// Whether the operation `method path` is one of these. `path` has a slash at both ends.
    fn covers(&self, method: &str, path: &str) -> bool {
        let own = scan::concat(&["/", self.path, "/"]);
        let is_there = if self.is_end {
            path.ends_with(&own)
        } else {
            scan::find(path, &own).is_some()
        };
        is_there && self.method.is_none_or(|own| own == method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn whole_segments_and_methods_are_compared() {
        for (lack, method, path, wanted) in [
            (all("photo"), "GET", "/photo/$value/", true),
            (all("photo"), "GET", "/photos/", false),
            (
                all("events/{}/cancel"),
                "POST",
                "/calendars/{}/events/{}/cancel/",
                true,
            ),
            (
                itself("GET", "extensions"),
                "GET",
                "/messages/{}/extensions/",
                true,
            ),
            (
                itself("GET", "extensions"),
                "GET",
                "/messages/{}/extensions/{}/",
                false,
            ),
            (
                itself("GET", "extensions"),
                "POST",
                "/messages/{}/extensions/",
                false,
            ),
            (only("DELETE", "photo"), "DELETE", "/photo/$value/", true),
            (only("DELETE", "photo"), "GET", "/photo/$value/", false),
            (itself("GET", "users"), "GET", "/users/", true),
            (itself("GET", "users"), "GET", "/users/{}/", false),
        ] {
            let path_of = lack.path;
            assert_eq!(
                lack.covers(method, path),
                wanted,
                "{path_of}: {method} {path}"
            );
        }
    }

    /// What each flavour has, and where, is what the list of operations says.
    #[test]
    fn the_list_of_operations_agrees() {
        let table: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/operations.json")).unwrap();
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
                let has = !flavor.lacks(method, template);
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
