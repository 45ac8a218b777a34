//! The page's half of the endpoint contract: judging its answers, and agreeing on the settings.

use crate::error::{Code, Error};
use crate::flavor;
use crate::json::{FromJson, Json};
use crate::origin;
use crate::wire::{ErrorBody, Flavor, Hosts, Identity, Mode, PageConfig};
use alloc::string::String;
use alloc::vec::Vec;

/// Largest answer of the endpoint that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// Reads an answer of the endpoint.
///
/// # Errors
/// What the endpoint said; [`Code::Misconfigured`] where something else answers at its address;
/// [`Code::InvalidResponse`], [`Code::ServiceUnavailable`].
pub fn read<T: FromJson>(status: u16, body: &str) -> Result<T, Error> {
    T::from_json(&tree(status, body)?).ok_or_else(|| foreign(status))
}

fn tree(status: u16, body: &str) -> Result<Json, Error> {
    let json = Some(body)
        .filter(|body| body.len() <= MAX_ANSWER)
        .and_then(Json::parse);
    let json = json.ok_or_else(|| foreign(status))?;
    if (200..300).contains(&status) {
        return Ok(json);
    }
    let said = ErrorBody::from_json(json.get("error")).and_then(|body| body.into_error(status));
    Err(said.unwrap_or_else(|| foreign(status)))
}

/// The error for an answer that no exo365 endpoint gives.
fn foreign(status: u16) -> Error {
    let mut error = match status {
        429 => Error::new(Code::Throttled, "the endpoint is asked too often"),
        500.. => Error::new(Code::ServiceUnavailable, "the endpoint has trouble"),
        200..300 => Error::new(
            Code::InvalidResponse,
            "what answers at the endpoint's address is no exo365 endpoint",
        ),
        _ => Error::new(
            Code::Misconfigured,
            "what answers at the endpoint's address is no exo365 endpoint: check `endpoint` in createClient",
        ),
    };
    error.detail_mut().status = Some(status);
    error
}

/// What the page's author set in `createClient`; `None` leaves it to the endpoint.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Wishes {
    /// Application (client) id.
    pub client_id: Option<String>,
    /// Tenant id, domain, `organizations`, `common` or `consumers`.
    pub tenant: Option<String>,
    /// Origins, or the name of a cloud.
    pub cloud: Option<Cloud>,
    /// Generation of the sign-in endpoints.
    pub identity: Option<Identity>,
    /// API flavour.
    pub api: Option<Flavor>,
    /// Delegated permissions.
    pub scopes: Option<Vec<String>>,
    /// Who calls the API.
    pub mode: Option<Mode>,
    /// Whether hosts on this machine may be reached without TLS (development).
    pub insecure_loopback: bool,
}

/// A cloud by name or by its origins.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Cloud {
    /// `global`, `usgov`, `usgov-dod` or `china`.
    Named(String),
    /// Sign-in and API.
    Custom(Hosts),
}

impl Cloud {
    fn hosts(&self, api: Flavor) -> Result<Hosts, Error> {
        match self {
            Self::Named(name) => flavor::cloud(name, api).ok_or(Error::argument(
                "cloud is 'global', 'usgov', 'usgov-dod', 'china' or { login, api }",
            )),
            Self::Custom(hosts) => Ok(hosts.clone()),
        }
    }
}

impl Wishes {
    /// The configuration where there is no endpoint to ask.
    ///
    /// # Errors
    /// [`Code::InvalidArgument`], [`Code::Misconfigured`].
    pub fn alone(&self) -> Result<PageConfig, Error> {
        let api = self.api.unwrap_or_default();
        let cloud = match &self.cloud {
            Some(cloud) => cloud.hosts(api)?,
            None => flavor::global(api),
        };
        let tenant = self.tenant.as_deref().unwrap_or("organizations");
        let config = PageConfig {
            client_id: self.client_id.clone().unwrap_or_default(),
            authority: [cloud.login.as_str(), "/", tenant].concat(),
            identity: self.identity.unwrap_or(if api == Flavor::OutlookV1 {
                Identity::V1
            } else {
                Identity::V2
            }),
            api,
            cloud,
            scopes: self.scopes.clone().unwrap_or_default(),
            redirect_uris: Vec::new(),
            mode: Mode::Direct,
        };
        check_hosts(&config.cloud, self.insecure_loopback)?;
        Ok(config)
    }

    /// Holds the endpoint's configuration to what the page set, and narrows the scopes to the page's.
    ///
    /// # Errors
    /// [`Code::Misconfigured`], naming the setting.
    pub fn agree(
        &self,
        mut config: PageConfig,
        page_is_loopback: bool,
    ) -> Result<PageConfig, Error> {
        let tenant = config.authority.rsplit('/').next().unwrap_or_default();
        let cloud = match &self.cloud {
            Some(cloud) => Some(cloud.hosts(config.api)?),
            None => None,
        };
        let odd = if differs(self.client_id.as_ref(), &config.client_id) {
            "clientId"
        } else if self.tenant.as_deref().is_some_and(|wish| wish != tenant) {
            "tenant"
        } else if differs(cloud.as_ref(), &config.cloud) {
            "cloud"
        } else if differs(self.identity.as_ref(), &config.identity) {
            "identity"
        } else if differs(self.api.as_ref(), &config.api) {
            "api"
        } else if differs(self.mode.as_ref(), &config.mode) {
            "mode"
        } else if self
            .scopes
            .iter()
            .flatten()
            .any(|scope| !config.scopes.contains(scope))
        {
            "scopes"
        } else {
            ""
        };
        if !odd.is_empty() {
            return Err(Error::with(
                Code::Misconfigured,
                [
                    "createClient's `",
                    odd,
                    "` is not what the endpoint allows: change one of them",
                ]
                .concat(),
            ));
        }
        check_hosts(&config.cloud, page_is_loopback || self.insecure_loopback)?;
        if !config
            .authority
            .starts_with(&[config.cloud.login.as_str(), "/"].concat())
        {
            return Err(Error::new(
                Code::Misconfigured,
                "the endpoint's authority is not on its own sign-in host",
            ));
        }
        if let Some(scopes) = &self.scopes {
            config.scopes.clone_from(scopes);
        }
        Ok(config)
    }
}

fn differs<T: PartialEq>(wish: Option<&T>, actual: &T) -> bool {
    wish.is_some_and(|wish| wish != actual)
}

fn check_hosts(cloud: &Hosts, insecure_loopback: bool) -> Result<(), Error> {
    origin::check(&cloud.login, insecure_loopback)?;
    origin::check(&cloud.api, insecure_loopback)
}

/// The redirect URI for a sign-in that starts at `here` (without query and fragment): the page's own
/// wish, or `here` where that is registered, or the first registered one of the same origin.
///
/// # Errors
/// [`Code::Misconfigured`].
pub fn redirect_uri(config: &PageConfig, wish: Option<&str>, here: &str) -> Result<String, Error> {
    let registered = |uri: &str| config.redirect_uris.iter().any(|known| known == uri);
    let own = || {
        config
            .redirect_uris
            .iter()
            .find(|known| origin::of(known) == origin::of(here))
    };
    match wish {
        Some(wish) if registered(wish) => Ok(wish.into()),
        Some(_) => Err(Error::new(Code::Misconfigured, "redirectUri is not one of the endpoint's redirect URIs")),
        None if registered(here) => Ok(here.into()),
        None => own().cloned().ok_or(Error::new(
            Code::Misconfigured,
            "the endpoint has no redirect URI on this page's origin: add this page's address to its configuration and to the app registration",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{LogoutReply, SessionReply};
    use alloc::vec;
    use proptest::prelude::*;

    fn config() -> PageConfig {
        PageConfig {
            client_id: "id".into(),
            authority: "https://login.microsoftonline.com/organizations".into(),
            identity: Identity::V2,
            api: Flavor::Graph,
            cloud: flavor::global(Flavor::Graph),
            scopes: vec!["Mail.Read".into(), "Mail.Send".into()],
            redirect_uris: vec![
                "https://other.example/".into(),
                "https://app.example/".into(),
                "https://app.example/back".into(),
            ],
            mode: Mode::Direct,
        }
    }

    #[test]
    fn answers_that_are_none_say_what_answers() {
        let code = |status, body: &str| {
            read::<SessionReply>(status, body)
                .err()
                .map(|error| error.code)
        };
        assert_eq!(code(200, "<!doctype html>"), Some(Code::InvalidResponse));
        assert_eq!(
            code(200, &"x".repeat(MAX_ANSWER + 1)),
            Some(Code::InvalidResponse)
        );
        assert_eq!(code(404, "not here"), Some(Code::Misconfigured));
        assert_eq!(code(405, ""), Some(Code::Misconfigured));
        assert_eq!(code(500, "oops"), Some(Code::ServiceUnavailable));
        assert_eq!(code(429, ""), Some(Code::Throttled));
        assert_eq!(
            code(
                401,
                r#"{"error":{"code":"interaction_required","message":"m"}}"#
            ),
            Some(Code::InteractionRequired)
        );
        assert!(read::<LogoutReply>(200, "{}").is_ok());
    }

    #[test]
    fn the_page_gets_no_more_than_the_endpoint_allows() {
        let refused = |wishes: Wishes| {
            wishes
                .agree(config(), false)
                .err()
                .map(|error| error.message.into_owned())
        };
        assert_eq!(refused(Wishes::default()), None);
        let named = |name: &str| {
            Some(alloc::format!(
                "createClient's `{name}` is not what the endpoint allows: change one of them"
            ))
        };
        assert_eq!(
            refused(Wishes {
                client_id: Some("x".into()),
                ..Wishes::default()
            }),
            named("clientId")
        );
        assert_eq!(
            refused(Wishes {
                tenant: Some("common".into()),
                ..Wishes::default()
            }),
            named("tenant")
        );
        assert_eq!(
            refused(Wishes {
                api: Some(Flavor::OutlookV1),
                ..Wishes::default()
            }),
            named("api")
        );
        assert_eq!(
            refused(Wishes {
                identity: Some(Identity::V1),
                ..Wishes::default()
            }),
            named("identity")
        );
        assert_eq!(
            refused(Wishes {
                mode: Some(Mode::Proxy),
                ..Wishes::default()
            }),
            named("mode")
        );
        assert_eq!(
            refused(Wishes {
                cloud: Some(Cloud::Named("china".into())),
                ..Wishes::default()
            }),
            named("cloud")
        );
        assert_eq!(
            refused(Wishes {
                scopes: Some(vec!["Files.Read".into()]),
                ..Wishes::default()
            }),
            named("scopes")
        );
        let fewer = Wishes {
            scopes: Some(vec!["Mail.Read".into()]),
            ..Wishes::default()
        };
        assert_eq!(fewer.agree(config(), false).unwrap().scopes, ["Mail.Read"]);
    }

    #[test]
    fn s36_hosts_of_the_configuration_are_checked() {
        let mut bad = config();
        bad.cloud.api = "http://graph.microsoft.com".into();
        assert_eq!(
            Wishes::default().agree(bad, true).unwrap_err().code,
            Code::Misconfigured
        );
        let mut local = config();
        local.cloud = Hosts {
            login: "http://localhost:1".into(),
            api: "http://localhost:1".into(),
        };
        local.authority = "http://localhost:1/organizations".into();
        assert!(Wishes::default().agree(local.clone(), true).is_ok());
        assert!(Wishes::default().agree(local.clone(), false).is_err());
        local.authority = "https://evil.example/organizations".into();
        assert!(Wishes::default().agree(local, true).is_err());
    }

    #[test]
    fn without_an_endpoint_the_public_cloud_is_meant() {
        let config = Wishes::default().alone().unwrap();
        assert_eq!((config.api, config.identity), (Flavor::Graph, Identity::V2));
        assert_eq!(
            config.authority,
            "https://login.microsoftonline.com/organizations"
        );
        let v1 = Wishes {
            api: Some(Flavor::OutlookV1),
            ..Wishes::default()
        }
        .alone()
        .unwrap();
        assert_eq!(
            (v1.identity, v1.cloud.api.as_str()),
            (Identity::V1, "https://outlook.office365.com")
        );
        let custom = Hosts {
            login: "http://localhost:1".into(),
            api: "http://localhost:1".into(),
        };
        let mut wishes = Wishes {
            cloud: Some(Cloud::Custom(custom)),
            ..Wishes::default()
        };
        assert!(wishes.alone().is_err());
        wishes.insecure_loopback = true;
        assert!(wishes.alone().is_ok());
    }

    #[test]
    fn redirect_uris_are_the_registered_ones() {
        let uri = |wish: Option<&str>, here: &str| redirect_uri(&config(), wish, here).ok();
        assert_eq!(
            uri(None, "https://app.example/back").as_deref(),
            Some("https://app.example/back")
        );
        assert_eq!(
            uri(None, "https://app.example/mail").as_deref(),
            Some("https://app.example/")
        );
        assert_eq!(
            uri(Some("https://app.example/back"), "https://app.example/").as_deref(),
            Some("https://app.example/back")
        );
        assert_eq!(
            uri(Some("https://app.example/x"), "https://app.example/"),
            None
        );
        assert_eq!(uri(None, "https://elsewhere.example/"), None);
    }

    proptest! {
        #[test]
        fn no_answer_breaks_it(status in any::<u16>(), body in "\\PC{0,200}") {
            let _ = read::<SessionReply>(status, &body);
        }
    }
}
