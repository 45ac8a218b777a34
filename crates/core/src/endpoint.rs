//! The page's half of the endpoint contract: judging its answers, and agreeing on the settings.

use crate::error::{Code, Error};
use crate::flavor;
use crate::json::{FLAVORS, FromJson, IDENTITIES, Json, MODES, name_of};
use crate::options::Options;
use crate::origin;
use crate::scan;
use crate::wire::{ErrorBody, Flavor, Hosts, Identity, Mode, PageConfig};
use alloc::string::String;
use alloc::vec::Vec;

/// Largest answer of the endpoint that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// Reads an answer of the endpoint: the tree of a success.
///
/// # Errors
/// What the endpoint said; [`Code::Misconfigured`] where something else answers at its address;
/// [`Code::InvalidResponse`], [`Code::ServiceUnavailable`].
pub fn read(status: u16, body: &str) -> Result<Json, Error> {
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

/// What the tree of a success has to be.
///
/// # Errors
/// [`Code::InvalidResponse`].
pub fn expect<T: FromJson>(json: &Json) -> Result<T, Error> {
    T::from_json(json).ok_or_else(|| foreign(200))
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

/// The hosts that the page's `cloud` means.
fn hosts(setup: &Options, api: Flavor) -> Result<Option<Hosts>, Error> {
    let cloud = setup.value("cloud");
    if let Some(name) = cloud.str() {
        return match flavor::cloud(name, api) {
            Some(hosts) => Ok(Some(hosts)),
            None => Err(Error::argument(
                "cloud is 'global', 'usgov', 'usgov-dod', 'china' or { login, api }",
            )),
        };
    }
    Ok(Hosts::from_json(cloud))
}

/// The configuration where there is no endpoint to ask.
///
/// # Errors
/// [`Code::InvalidArgument`], [`Code::Misconfigured`].
pub fn alone(setup: &Options) -> Result<PageConfig, Error> {
    let api = setup.value("api").one_of(FLAVORS).unwrap_or_default();
    let cloud = hosts(setup, api)?.unwrap_or_else(|| flavor::global(api));
    check_hosts(&cloud, setup.truth("allowInsecureLoopback", false))?;
    let tenant = setup.text("tenant").unwrap_or("organizations");
    let usual = match api {
        Flavor::OutlookV1 => Identity::V1,
        Flavor::Graph | Flavor::OutlookV2 => Identity::V2,
    };
    Ok(PageConfig {
        client_id: setup.text("clientId").unwrap_or_default().into(),
        authority: scan::concat(&[&cloud.login, "/", tenant]),
        identity: setup.value("identity").one_of(IDENTITIES).unwrap_or(usual),
        api,
        cloud,
        scopes: setup.texts("scopes").unwrap_or_default(),
        redirect_uris: Vec::new(),
        mode: Mode::Direct,
    })
}

/// Holds the endpoint's configuration to what the page set, and narrows the scopes to the page's.
///
/// # Errors
/// [`Code::Misconfigured`], naming the setting.
pub fn agree(
    setup: &Options,
    mut config: PageConfig,
    page_is_loopback: bool,
) -> Result<PageConfig, Error> {
    let tenant = scan::cut_last(&config.authority, b"/").map_or("", |cut| cut.1);
    let same = [
        ("clientId", config.client_id.as_str()),
        ("tenant", tenant),
        ("identity", name_of(IDENTITIES, &config.identity)),
        ("api", config.api.name()),
        ("mode", name_of(MODES, &config.mode)),
    ];
    for (name, actual) in same {
        if setup.text(name).is_some_and(|wish| wish != actual) {
            return Err(disagreement(name));
        }
    }
    if hosts(setup, config.api)?.is_some_and(|wish| wish != config.cloud) {
        return Err(disagreement("cloud"));
    }
    if let Some(scopes) = setup.texts("scopes") {
        if scopes.iter().any(|scope| !config.scopes.contains(scope)) {
            return Err(disagreement("scopes"));
        }
        config.scopes = scopes;
    }
    let loopback = page_is_loopback || setup.truth("allowInsecureLoopback", false);
    check_hosts(&config.cloud, loopback)?;
    let path = config.authority.strip_prefix(config.cloud.login.as_str());
    if !path.is_some_and(|path| path.starts_with('/')) {
        return Err(Error::new(
            Code::Misconfigured,
            "the endpoint's authority is not on its own sign-in host",
        ));
    }
    Ok(config)
}

fn disagreement(name: &str) -> Error {
    let pieces = [
        "createClient's `",
        name,
        "` is not what the endpoint allows: change one of them",
    ];
    Error::with(Code::Misconfigured, scan::concat(&pieces))
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
            read(status, body)
                .and_then(|json| expect::<SessionReply>(&json))
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
        assert!(
            read(200, "{}")
                .and_then(|json| expect::<LogoutReply>(&json))
                .is_ok()
        );
    }

    /// What a page with an endpoint set.
    fn set(more: &str) -> Options {
        Options::setup(&alloc::format!("{{\"endpoint\":\"/auth\"{more}}}"), false).unwrap()
    }

    /// What a page with tokens of its own set.
    fn own(text: &str) -> Options {
        Options::setup(text, true).unwrap()
    }

    #[test]
    fn the_page_gets_no_more_than_the_endpoint_allows() {
        for (name, more) in [
            ("clientId", r#","clientId":"x""#),
            ("tenant", r#","tenant":"common""#),
            ("api", r#","api":"outlook-v1""#),
            ("identity", r#","identity":"v1""#),
            ("mode", r#","mode":"proxy""#),
            ("cloud", r#","cloud":"china""#),
            ("scopes", r#","scopes":["Files.Read"]"#),
        ] {
            let error = agree(&set(more), config(), false).unwrap_err();
            let wanted = alloc::format!(
                "createClient's `{name}` is not what the endpoint allows: change one of them"
            );
            assert_eq!(
                (error.code, error.message.as_ref()),
                (Code::Misconfigured, wanted.as_str())
            );
        }
        assert_eq!(agree(&set(""), config(), false).unwrap(), config());
        let fewer = agree(&set(r#","scopes":["Mail.Read"]"#), config(), false).unwrap();
        assert_eq!(fewer.scopes, ["Mail.Read"]);
        let same = r#","tenant":"organizations","api":"graph","identity":"v2","mode":"direct","cloud":"global""#;
        assert_eq!(agree(&set(same), config(), false).unwrap(), config());
        let odd = agree(&set(r#","cloud":"germany""#), config(), false).unwrap_err();
        assert_eq!(odd.code, Code::InvalidArgument);
    }

    #[test]
    fn s36_hosts_of_the_configuration_are_checked() {
        let mut bad = config();
        bad.cloud.api = "http://graph.microsoft.com".into();
        assert_eq!(
            agree(&set(""), bad, true).unwrap_err().code,
            Code::Misconfigured
        );
        let mut local = config();
        local.cloud = Hosts {
            login: "http://localhost:1".into(),
            api: "http://localhost:1".into(),
        };
        local.authority = "http://localhost:1/organizations".into();
        assert!(agree(&set(""), local.clone(), true).is_ok());
        assert!(agree(&set(""), local.clone(), false).is_err());
        local.authority = "https://evil.example/organizations".into();
        assert!(agree(&set(""), local, true).is_err());
    }

    #[test]
    fn without_an_endpoint_the_public_cloud_is_meant() {
        let config = alone(&own("{}")).unwrap();
        assert_eq!((config.api, config.identity), (Flavor::Graph, Identity::V2));
        assert_eq!(
            config.authority,
            "https://login.microsoftonline.com/organizations"
        );
        let v1 = alone(&own(r#"{"api":"outlook-v1"}"#)).unwrap();
        assert_eq!(
            (v1.identity, v1.cloud.api.as_str()),
            (Identity::V1, "https://outlook.office365.com")
        );
        let custom = r#""cloud":{"login":"http://localhost:1","api":"http://localhost:1"}"#;
        assert!(alone(&own(&alloc::format!("{{{custom}}}"))).is_err());
        let allowed = alloc::format!(r#"{{{custom},"allowInsecureLoopback":true}}"#);
        assert!(alone(&own(&allowed)).is_ok());
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
            let _ = read(status, &body).and_then(|json| expect::<SessionReply>(&json));
        }
    }
}
