//! Permissions: their names, the `scope` parameter, and their descriptions on the consent page.

use super::aadsts::Aadsts;
use crate::directory::{Directory, Registration};

/// Audience of Graph, without the slash that v1 clients add.
pub(crate) const GRAPH: &str = "https://graph.microsoft.com";
const RESOURCES: [&str; 3] = [
    GRAPH,
    "https://outlook.office.com",
    "https://outlook.office365.com",
];
const OIDC: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Name, and description on the consent page.
const KNOWN: [(&str, &str); 33] = [
    ("User.Read", "Sign you in and read your profile"),
    ("User.ReadBasic.All", "Read all users' basic profiles"),
    ("User.Read.All", "Read all users' full profiles"),
    ("User.ReadWrite", "Read and update your profile"),
    (
        "User.ReadWrite.All",
        "Read and write all users' full profiles",
    ),
    ("ProfilePhoto.Read.All", "Read all profile photos"),
    (
        "ProfilePhoto.ReadWrite.All",
        "Read and write all profile photos",
    ),
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
    ("People.Read.All", "Read all users' relevant people lists"),
    (
        "MailTips.ReadBasic.Shared",
        "Read the tips of mailboxes you can access",
    ),
    ("Directory.Read.All", "Read directory data"),
    ("Directory.ReadWrite.All", "Read and write directory data"),
    ("Place.Read.All", "Read all company places"),
    ("EWS.AccessAsUser.All", "Access your mailboxes"),
    (
        "Tasks.ReadWrite",
        "Create, read, update and delete your tasks",
    ),
];

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
    /// Reads a `scope` parameter of an application.
    ///
    /// # Errors
    /// 70011 for a scope that is not valid, 650053 for a permission that does not exist.
    pub(crate) fn parse(
        text: &str,
        app: &Registration,
        directory: &Directory,
    ) -> Result<Self, Aadsts> {
        let mut scopes = Self::default();
        for one in text.split_ascii_whitespace() {
            if let Some(oidc) = OIDC.iter().find(|name| name.eq_ignore_ascii_case(one)) {
                scopes.oidc.push((*oidc).to_owned());
                continue;
            }
            let (resource, name) = split(one, directory)?;
            scopes.form.short |= !one.contains('/');
            let names = if name == ".default" {
                scopes.form.default = true;
                names_of(&resource, app, directory)
            } else {
                let known = known(&resource, name, directory);
                vec![known.ok_or_else(|| unknown(name, &resource, &app.client_id))?]
            };
            for name in names {
                let pair = (resource.clone(), name);
                if !scopes.permissions.contains(&pair) {
                    scopes.permissions.push(pair);
                }
            }
        }
        Ok(scopes)
    }

    /// All permissions of a registration for one resource (v1).
    pub(crate) fn registered(resource: &str, app: &Registration, directory: &Directory) -> Self {
        let named = names_of(resource, app, directory)
            .into_iter()
            .map(|name| (resource.to_owned(), name));
        Self {
            oidc: vec!["openid".into(), "offline_access".into()],
            permissions: named.collect(),
            form: ScopeFormat::default(),
        }
    }

    /// All permissions of a registration, of each resource.
    pub(crate) fn all_registered(app: &Registration, directory: &Directory) -> Vec<String> {
        let own = app.own_resource();
        let resources = RESOURCES.into_iter().chain([&*own]);
        resources
            .flat_map(|resource| Self::registered(resource, app, directory).qualified())
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

/// The resource of an audience value, without a trailing slash: Graph, Outlook, or an application's own API by its client
/// id or `api://` address.
pub(crate) fn resource(value: &str, directory: &Directory) -> Option<String> {
    let trimmed = value.trim_end_matches('/');
    if trimmed.eq_ignore_ascii_case("00000003-0000-0000-c000-000000000000") {
        return Some(GRAPH.to_owned());
    }
    if trimmed.eq_ignore_ascii_case("00000002-0000-0ff1-ce00-000000000000") {
        return Some("https://outlook.office365.com".to_owned());
    }
    let microsofts = RESOURCES
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(trimmed));
    let own = || {
        directory
            .registration(api(trimmed))
            .map(Registration::own_resource)
    };
    microsofts.map(str::to_owned).or_else(own)
}

/// Whether an audience is one of Outlook.
pub(crate) fn is_outlook(audience: &str) -> bool {
    audience != GRAPH && RESOURCES.contains(&audience)
}

/// The client id of an application's own API.
fn api(resource: &str) -> &str {
    resource.strip_prefix("api://").unwrap_or(resource)
}

/// The application whose own API a resource is.
pub(crate) fn owner<'a>(resource: &str, directory: &'a Directory) -> Option<&'a Registration> {
    directory.registration(resource.strip_prefix("api://")?)
}

/// The permissions that an application has of a resource.
fn names_of(resource: &str, app: &Registration, directory: &Directory) -> Vec<String> {
    match owner(resource, directory) {
        Some(api) => api.exposed_scopes.clone(),
        None => app.permissions.clone(),
    }
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

fn known(resource: &str, name: &str, directory: &Directory) -> Option<String> {
    let same = |known: &&str| known.eq_ignore_ascii_case(name);
    let found = match owner(resource, directory) {
        Some(api) => api.exposed_scopes.iter().map(String::as_str).find(same),
        None => KNOWN.iter().map(|(known, _)| *known).find(same),
    };
    found.map(str::to_owned)
}

fn split<'a>(scope: &'a str, directory: &Directory) -> Result<(String, &'a str), Aadsts> {
    if !scope.contains('/') {
        return Ok((GRAPH.to_owned(), scope));
    }
    scope
        .rsplit_once('/')
        .and_then(|(left, name)| resource(left, directory).map(|known| (known, name)))
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

    fn parse(text: &str) -> Result<Scopes, Aadsts> {
        let app = Registration::new("11111111-2222-3333-4444-555555555555".to_owned());
        let mut directory = Directory::default();
        directory.register(app.clone());
        Scopes::parse(text, &app, &directory)
    }

    #[test]
    fn an_application_has_scopes_of_its_own() {
        let own = "api://11111111-2222-3333-4444-555555555555";
        let scopes = parse(&format!("{own}/access_as_user")).unwrap();
        assert_eq!(scopes.qualified(), [format!("{own}/access_as_user")]);
        let all = parse("11111111-2222-3333-4444-555555555555/.default").unwrap();
        assert_eq!(all.qualified(), [format!("{own}/access_as_user")]);
        assert_eq!(
            parse(&format!("{own}/Mail.Read")).unwrap_err().number,
            650_053
        );
        assert_eq!(
            parse("api://else/access_as_user").unwrap_err().number,
            70_011
        );
    }

    #[test]
    fn scopes_are_taken_apart_by_resource() {
        let scopes =
            parse("openid offline_access mail.read https://outlook.office.com/Mail.Send").unwrap();
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
        let answered = |text: &str| parse(text).unwrap().response_scope();
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
        assert_eq!(parse("Nope.Read").unwrap_err().number, 650_053);
        assert_eq!(
            parse("https://else.example/Mail.Read").unwrap_err().number,
            70_011
        );
        assert!(needs_admin("User.Read.All") && !needs_admin("User.ReadBasic.All"));
    }
}
