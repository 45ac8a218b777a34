//! Registrations of applications.

use serde::Deserialize;

use crate::ids;

/// The delegated permissions of a registration that names none. v1 and `.default` grant these.
pub(crate) const PERMISSIONS: [&str; 10] = [
    "User.Read",
    "Mail.ReadWrite",
    "Mail.ReadWrite.Shared",
    "Mail.Send",
    "Mail.Send.Shared",
    "Calendars.ReadWrite",
    "Calendars.ReadWrite.Shared",
    "Contacts.ReadWrite",
    "Contacts.ReadWrite.Shared",
    "MailboxSettings.ReadWrite",
];

/// Application permissions of a registration that names none, beside those of the same names as the delegated ones.
const ROLES: [&str; 3] = ["People.Read.All", "Place.Read.All", "User.ReadWrite.All"];

/// The platform of a redirect URI, which decides how the client authenticates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Platform {
    /// Mobile and desktop: a public client, which has no secret.
    Native,
    /// A single-page application: public, and only from pages of another origin.
    SinglePage,
    /// A web server, which has a secret or a certificate.
    Web,
}

/// One registration.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Registration {
    pub(crate) client_id: String,
    #[serde(default = "unnamed")]
    pub(crate) display_name: String,
    /// A registration without a secret and a certificate is a public client.
    #[serde(default)]
    pub(crate) secret: Option<String>,
    /// DER.
    #[serde(skip)]
    pub(crate) certificate: Option<Vec<u8>>,
    #[serde(default)]
    pub(crate) redirect_uris: Vec<String>,
    #[serde(default)]
    pub(crate) spa_redirect_uris: Vec<String>,
    #[serde(default)]
    pub(crate) public_redirect_uris: Vec<String>,
    /// "Allow public client flows": device code without a secret.
    #[serde(default)]
    pub(crate) allow_public_client: bool,
    #[serde(default)]
    pub(crate) frontchannel_logout: Option<String>,
    /// Delegated permissions of Graph and Outlook.
    #[serde(default = "all_permissions")]
    pub(crate) permissions: Vec<String>,
    /// Application permissions.
    #[serde(default = "all_roles")]
    pub(crate) application_permissions: Vec<String>,
    /// Scopes of the application's own API, `api://{client id}/{name}`.
    #[serde(default = "own_scopes")]
    pub(crate) exposed_scopes: Vec<String>,
}

fn unnamed() -> String {
    "exo365 application".to_owned()
}

pub(crate) fn all_permissions() -> Vec<String> {
    PERMISSIONS.iter().map(|name| (*name).to_owned()).collect()
}

pub(crate) fn all_roles() -> Vec<String> {
    let names = PERMISSIONS.iter().chain(&ROLES);
    names.map(|name| (*name).to_owned()).collect()
}

fn own_scopes() -> Vec<String> {
    vec!["access_as_user".to_owned()]
}

impl Registration {
    /// A registration with the usual permissions.
    pub(crate) fn new(client_id: String) -> Self {
        Self {
            client_id,
            display_name: unnamed(),
            secret: None,
            certificate: None,
            redirect_uris: Vec::new(),
            spa_redirect_uris: Vec::new(),
            public_redirect_uris: Vec::new(),
            allow_public_client: false,
            frontchannel_logout: None,
            permissions: all_permissions(),
            application_permissions: all_roles(),
            exposed_scopes: own_scopes(),
        }
    }

    /// Whether it has this client id.
    pub(crate) fn is(&self, client_id: &str) -> bool {
        self.client_id.eq_ignore_ascii_case(client_id)
    }

    /// The identifier of the application's own API.
    pub(crate) fn own_resource(&self) -> String {
        format!("api://{}", self.client_id)
    }

    /// A sentence about a value that cannot be, if there is one.
    pub(crate) fn problem(&self) -> Option<String> {
        if !ids::is_guid(&self.client_id) {
            return Some(format!("`clientId` is no GUID: `{}`", self.client_id));
        }
        let all = [
            &self.redirect_uris,
            &self.spa_redirect_uris,
            &self.public_redirect_uris,
        ];
        let wrong = all.into_iter().flatten().find(|uri| !uri.contains(':'));
        wrong.map(|uri| format!("`{uri}` is no redirect URI"))
    }

    /// The platform of a redirect URI, if it is registered. A URI that is equal including its port counts before URIs
    /// that only match, and the Web platform before the others.
    pub(crate) fn platform(&self, uri: &str) -> Option<Platform> {
        let exactly = |list: &[String]| list.iter().any(|known| known == uri);
        let alike = |list: &[String]| list.iter().any(|known| same_uri(known, uri));
        if exactly(&self.spa_redirect_uris) {
            return Some(Platform::SinglePage);
        }
        if exactly(&self.public_redirect_uris) {
            return Some(Platform::Native);
        }
        if alike(&self.redirect_uris) {
            return Some(Platform::Web);
        }
        if alike(&self.spa_redirect_uris) {
            return Some(Platform::SinglePage);
        }
        alike(&self.public_redirect_uris).then_some(Platform::Native)
    }
}

impl std::fmt::Debug for Registration {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// Whether two URIs match as at Entra: a missing path is `/`; on localhost the port is ignored.
fn same_uri(known: &str, uri: &str) -> bool {
    normal(known) == normal(uri)
}

fn normal(uri: &str) -> String {
    let with_path = match uri.split_once("://") {
        Some((_, rest)) if !rest.contains('/') => format!("{uri}/"),
        _ => uri.to_owned(),
    };
    for scheme in ["http://localhost:", "https://localhost:"] {
        if let Some(rest) = with_path.strip_prefix(scheme)
            && let Some((port, path)) = rest.split_once('/')
            && port.bytes().all(|byte| byte.is_ascii_digit())
        {
            return format!("{}/{path}", scheme.trim_end_matches(':'));
        }
    }
    with_path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_are_compared_as_entra_does() {
        let cases = [
            ("http://localhost/", "http://localhost:5000/", true),
            ("http://localhost/", "http://localhost:5000", true),
            ("http://localhost/", "http://localhost:5000/else", false),
            ("http://localhost/", "http://localhost.evil.example/", false),
            (
                "http://localhost/",
                "http://localhost:80@evil.example/",
                false,
            ),
            ("https://app.example/cb", "https://app.example/cb", true),
            ("https://app.example/cb", "https://app.example/CB", false),
            (
                "https://app.example/cb",
                "https://app.example:444/cb",
                false,
            ),
        ];
        for (known, uri, same) in cases {
            assert_eq!(same_uri(known, uri), same, "{known} {uri}");
        }
    }

    #[test]
    fn the_web_platform_counts_first_and_an_equal_uri_before_that() {
        let mut app = Registration::new("app".to_owned());
        app.redirect_uris = vec!["http://localhost/".to_owned()];
        app.spa_redirect_uris = vec!["http://localhost:3000/".to_owned()];
        app.public_redirect_uris = vec![
            "http://localhost/native".to_owned(),
            "msalapp://auth".to_owned(),
        ];
        assert_eq!(
            app.platform("http://localhost:3000/"),
            Some(Platform::SinglePage)
        );
        assert_eq!(app.platform("http://localhost:4000/"), Some(Platform::Web));
        assert_eq!(
            app.platform("http://localhost:4000/native"),
            Some(Platform::Native)
        );
        assert_eq!(app.platform("msalapp://auth"), Some(Platform::Native));
        assert_eq!(app.platform("http://localhost/other"), None);
    }

    #[test]
    fn a_registration_is_never_printed_with_its_secret() {
        let mut app = Registration::new("app".to_owned());
        app.secret = Some("hidden-value".to_owned());
        assert!(!format!("{app:?}").contains("hidden-value"));
    }
}
