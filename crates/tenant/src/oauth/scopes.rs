//! Permissions: their names, the `scope` parameter, and their descriptions on the consent page.

use super::aadsts::Aadsts;

/// Audience of Graph, without the slash that v1 clients add.
pub(crate) const GRAPH: &str = "https://graph.microsoft.com";
const RESOURCES: [&str; 3] = [
    GRAPH,
    "https://outlook.office.com",
    "https://outlook.office365.com",
];
const OIDC: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Name, and description on the consent page.
const KNOWN: [(&str, &str); 26] = [
    ("User.Read", "Sign you in and read your profile"),
    ("User.ReadBasic.All", "Read all users' basic profiles"),
    ("User.Read.All", "Read all users' full profiles"),
    ("Mail.Read", "Read your mail"),
    ("Mail.ReadBasic", "Read your basic mail"),
    ("Mail.ReadWrite", "Read and write access to your mail"),
    ("Mail.Send", "Send mail as you"),
    ("Mail.Read.Shared", "Read mail you can access"),
    (
        "Mail.ReadWrite.Shared",
        "Read and write mail you can access",
    ),
    (
        "Mail.Send.Shared",
        "Send mail on behalf of others or yourself",
    ),
    ("Calendars.Read", "Read your calendars"),
    (
        "Calendars.ReadBasic",
        "Read basic details of your calendars",
    ),
    ("Calendars.ReadWrite", "Have full access to your calendars"),
    ("Calendars.Read.Shared", "Read calendars you can access"),
    (
        "Calendars.ReadWrite.Shared",
        "Read and write to your and shared calendars",
    ),
    ("Contacts.Read", "Read your contacts"),
    ("Contacts.ReadWrite", "Have full access of your contacts"),
    ("Contacts.Read.Shared", "Read your and shared contacts"),
    (
        "Contacts.ReadWrite.Shared",
        "Read and write to your and shared contacts",
    ),
    ("MailboxSettings.Read", "Read your mailbox settings"),
    (
        "MailboxSettings.ReadWrite",
        "Read and write to your mailbox settings",
    ),
    ("People.Read", "Read your relevant people list"),
    ("Directory.Read.All", "Read directory data"),
    ("Place.Read.All", "Read all company places"),
    ("EWS.AccessAsUser.All", "Access your mailboxes"),
    (
        "Tasks.ReadWrite",
        "Create, read, update and delete your tasks",
    ),
];

/// Permissions in the application registration. v1 and `.default` grant these.
pub(crate) const REGISTERED: [&str; 10] = [
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

/// Application permissions beside those of the same names as the delegated ones.
pub(crate) const APPLICATION_ROLES: [&str; 3] =
    ["People.Read.All", "Place.Read.All", "User.ReadWrite.All"];

/// The parsed `scope` parameter of one request.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Scopes {
    /// OpenID Connect scopes, in the order of the request.
    pub(crate) oidc: Vec<String>,
    /// Resource and name of each permission, in the order of the request.
    pub(crate) permissions: Vec<(String, String)>,
    /// The spelling of the permissions in the response.
    pub(crate) form: ScopeFormat,
}

/// How a request spells its permissions. The response uses the same spelling, because clients use
/// it to find cached tokens.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct ScopeFormat {
    /// `Mail.Read` instead of `https://graph.microsoft.com/Mail.Read`.
    pub(crate) short: bool,
    /// The request contains `.default`.
    pub(crate) default: bool,
}

impl Scopes {
    /// Reads a `scope` parameter.
    ///
    /// # Errors
    /// 70011 for a scope that is not valid, 650053 for a permission that does not exist.
    pub(crate) fn parse(text: &str, client_id: &str) -> Result<Self, Aadsts> {
        let mut scopes = Self::default();
        for one in text.split_ascii_whitespace() {
            if let Some(oidc) = OIDC.iter().find(|name| name.eq_ignore_ascii_case(one)) {
                scopes.oidc.push((*oidc).to_owned());
                continue;
            }
            let (resource, name) = split(one)?;
            scopes.form.short |= !one.contains("://");
            let names: Vec<&str> = if name == ".default" {
                scopes.form.default = true;
                REGISTERED.to_vec()
            } else {
                vec![known(name).ok_or_else(|| unknown(name, resource, client_id))?]
            };
            for name in names {
                let pair = (resource.to_owned(), name.to_owned());
                if !scopes.permissions.contains(&pair) {
                    scopes.permissions.push(pair);
                }
            }
        }
        Ok(scopes)
    }

    /// All permissions of the registration for one resource (v1).
    pub(crate) fn registered(resource: &str) -> Self {
        let named = REGISTERED
            .iter()
            .map(|name| (resource.to_owned(), (*name).to_owned()));
        Self {
            oidc: vec!["openid".into(), "offline_access".into()],
            permissions: named.collect(),
            form: ScopeFormat::default(),
        }
    }

    /// All permissions of the registration, of each resource.
    pub(crate) fn all_registered() -> Vec<String> {
        let resources = RESOURCES.iter();
        resources
            .flat_map(|resource| Self::registered(resource).qualified())
            .collect()
    }

    /// Whether the request contains an OpenID Connect scope.
    pub(crate) fn has(&self, oidc: &str) -> bool {
        self.oidc.iter().any(|one| one == oidc)
    }

    /// The resource of the first permission.
    pub(crate) fn first_resource(&self) -> Option<&str> {
        self.permissions
            .first()
            .map(|(resource, _)| resource.as_str())
    }

    /// The number of different resources.
    pub(crate) fn resources(&self) -> usize {
        let mut all: Vec<&str> = self
            .permissions
            .iter()
            .map(|(resource, _)| &**resource)
            .collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// `resource/Name` of each permission.
    pub(crate) fn qualified(&self) -> Vec<String> {
        self.permissions
            .iter()
            .map(|(resource, name)| format!("{resource}/{name}"))
            .collect()
    }

    /// The `scope` of a response: the spelling of the request, then the OpenID Connect scopes.
    pub(crate) fn response_scope(&self) -> String {
        let default = self.form.default.then_some(".default");
        let first = self.first_resource().unwrap_or(GRAPH).to_owned();
        let named = self
            .permissions
            .iter()
            .map(|(resource, name)| (resource, &**name));
        let mut words: Vec<String> = named
            .chain(default.map(|name| (&first, name)))
            .map(
                |(resource, name)| match self.form.short && resource == GRAPH {
                    true => name.to_owned(),
                    false => format!("{resource}/{name}"),
                },
            )
            .collect();
        let oidc = self.oidc.iter().filter(|one| *one != "offline_access");
        words.extend(oidc.cloned());
        words.join(" ")
    }
}

/// The resource of an audience value, without a trailing slash.
pub(crate) fn resource(value: &str) -> Option<&'static str> {
    let trimmed = value.trim_end_matches('/');
    if trimmed.eq_ignore_ascii_case("00000003-0000-0000-c000-000000000000") {
        return Some(GRAPH);
    }
    if trimmed.eq_ignore_ascii_case("00000002-0000-0ff1-ce00-000000000000") {
        return Some("https://outlook.office365.com");
    }
    RESOURCES
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(trimmed))
}

/// The description on the consent page.
pub(crate) fn description(name: &str) -> &'static str {
    let found = KNOWN
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map_or("Use this service", |(_, sentence)| sentence)
}

/// Whether only an administrator can consent.
pub(crate) fn needs_admin(name: &str) -> bool {
    let basic = name.eq_ignore_ascii_case("User.ReadBasic.All")
        || name.eq_ignore_ascii_case("EWS.AccessAsUser.All");
    name.to_ascii_lowercase().ends_with(".all") && !basic
}

fn known(name: &str) -> Option<&'static str> {
    KNOWN
        .iter()
        .map(|(known, _)| *known)
        .find(|known| known.eq_ignore_ascii_case(name))
}

fn split(scope: &str) -> Result<(&'static str, &str), Aadsts> {
    if !scope.contains("://") {
        return Ok((GRAPH, scope));
    }
    scope
        .rsplit_once('/')
        .and_then(|(left, name)| resource(left).map(|known| (known, name)))
        .filter(|(_, name)| !name.is_empty())
        .ok_or_else(|| {
            let text = format!(
                "The provided value for the input parameter 'scope' is not valid. \
                 The scope {scope} is not valid."
            );
            Aadsts::new(70_011, "invalid_scope", text)
        })
}

fn unknown(name: &str, resource: &str, client_id: &str) -> Aadsts {
    let text = format!(
        "The application '{client_id}' asked for scope '{name}' that doesn't exist on the \
         resource '{resource}'. Contact the app vendor."
    );
    Aadsts::new(650_053, "invalid_client", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_taken_apart_by_resource() {
        let scopes = Scopes::parse(
            "openid offline_access mail.read https://outlook.office.com/Mail.Send",
            "app",
        )
        .unwrap();
        assert!(scopes.has("openid") && !scopes.has("profile"));
        assert_eq!(
            scopes.qualified(),
            [
                "https://graph.microsoft.com/Mail.Read",
                "https://outlook.office.com/Mail.Send"
            ]
        );
        assert_eq!(scopes.resources(), 2);
    }

    #[test]
    fn answers_name_scopes_as_the_request_did() {
        let answered = |text: &str| Scopes::parse(text, "app").unwrap().response_scope();
        assert_eq!(
            answered("openid offline_access mail.read"),
            "Mail.Read openid"
        );
        assert_eq!(
            answered("https://graph.microsoft.com/Mail.Read"),
            "https://graph.microsoft.com/Mail.Read"
        );
        let all = answered("https://graph.microsoft.com/.default openid");
        assert!(
            all.ends_with(" https://graph.microsoft.com/.default openid"),
            "{all}"
        );
    }

    #[test]
    fn scopes_that_do_not_exist_are_refused_by_number() {
        assert_eq!(
            Scopes::parse("Nope.Read", "app").unwrap_err().number,
            650_053
        );
        assert_eq!(
            Scopes::parse("https://else.example/Mail.Read", "app")
                .unwrap_err()
                .number,
            70_011
        );
        assert!(needs_admin("User.Read.All") && !needs_admin("User.ReadBasic.All"));
    }
}
