//! The three API flavours: what differs between them. What the Outlook flavours lack is in `flavor/lacks.rs`.

use crate::error::{Code, Error};
use crate::scan;
use crate::wire::{Flavor, Hosts};
use alloc::string::String;

mod lacks;

impl Flavor {
    /// The name in configuration and messages.
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
}

/// The origins of the public cloud.
#[must_use]
pub fn global(flavor: Flavor) -> Hosts {
    cloud("global", flavor).unwrap_or_else(|| Hosts {
        login: String::new(),
        api: String::new(),
    })
}

/// The origins of a cloud, by its name.
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

/// The origins to which upload sessions of a Graph origin lead, since mailboxes are on hosts of their own. A page's
/// Content Security Policy needs them in `connect-src`, beside the API. For a loopback host it is the other loopback name.
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
            let port = scan::split_once(api, "http://localhost").map_or("", |cut| cut.1);
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

/// The `resource` of an API for v1 sign-ins: its origin with a slash, which becomes the token's `aud`. An API on a
/// loopback host stands in for the public one and has its `resource`.
#[must_use]
pub fn resource(flavor: Flavor, api: &str) -> String {
    let host = scan::split_once(api, "://").map_or("", |cut| cut.1);
    let mut resource = if crate::origin::is_loopback(host) {
        global(flavor).api
    } else {
        api.into()
    };
    resource.push('/');
    resource
}

/// The error for an operation that `flavor` lacks. It names the flavours that have it.
pub(crate) fn unsupported(flavor: Flavor, method: &str, template: &str) -> Error {
    let mut text = scan::concat(&[flavor.name(), " has no ", template, "; these have:"]);
    for other in [Flavor::Graph, Flavor::OutlookV2, Flavor::OutlookV1] {
        if !other.lacks(method, template) {
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
}
