//! The page's half of the endpoint contract: judging its answers, and agreeing on the settings.

use crate::error::{Code, Detail, Error};
use crate::flavor;
use crate::json::{FLAVORS, FromJson, IDENTITIES, Json, MODES, name_of};
use crate::options::Options;
use crate::origin;
use crate::scan;
use crate::wire::{Flavor, Hosts, PageConfig, SessionReply};
use alloc::boxed::Box;
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
    Err(said(json.get("error"), status).unwrap_or_else(|| foreign(status)))
}

/// What [`crate::wire::ErrorBody::into_error`] makes of a refusal, without the struct between;
/// `None` where it is no refusal of ours.
fn said(json: &Json, status: u16) -> Option<Error> {
    let code = Code::parse(json.get("code").str()?)?;
    let mut error = Error::with(code, json.get("message").text()?);
    let mut numbers = Vec::new();
    for item in json.get("aadsts").items() {
        if let Some(number) = item.number() {
            numbers.push(number);
        }
    }
    error.detail = Some(Box::new(Detail {
        status: Some(status),
        request_id: None,
        client_request_id: None,
        service_code: None,
        diagnostics: None,
        aadsts: numbers,
        suberror: json.get("suberror").text(),
        correlation_id: json.get("correlationId").text(),
        trace_id: json.get("traceId").text(),
        retry_after_seconds: json.get("retryAfterSeconds").number(),
        claims: json.get("claims").text(),
        consent_url: json.get("consentUrl").text(),
        remedy: json.get("remedy").text(),
    }));
    Some(error)
}

/// What the tree of a success has to be.
///
/// # Errors
/// [`Code::InvalidResponse`].
pub fn expect<T: FromJson>(json: &Json) -> Result<T, Error> {
    T::from_json(json).ok_or_else(|| foreign(200))
}

/// The session after a sign-in that began with `config`: an [`crate::wire::ExchangeReply`], read.
///
/// # Errors
/// [`Code::InvalidResponse`].
pub fn exchanged(json: &Json, config: PageConfig) -> Result<SessionReply, Error> {
    let session = SessionReply::with(json, config);
    session
        .filter(|session| {
            let whole = session.account.is_some() && session.expires_in.is_some();
            whole && json.get("scopes").texts().is_some()
        })
        .ok_or_else(|| foreign(200))
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

/// The API and its hosts where there is no endpoint to ask. The rest of a configuration is for sign-ins,
/// which need an endpoint.
///
/// # Errors
/// [`Code::InvalidArgument`], [`Code::Misconfigured`].
pub fn alone(setup: &Options) -> Result<(Flavor, Hosts), Error> {
    let api = setup.value("api").one_of(FLAVORS).unwrap_or_default();
    let cloud = hosts(setup, api)?.unwrap_or_else(|| flavor::global(api));
    check_hosts(&cloud, setup.truth("allowInsecureLoopback", false))?;
    Ok((api, cloud))
}

/// Holds the endpoint's configuration to what the page set, and narrows the scopes to the page's.
///
/// # Errors
/// [`Code::Misconfigured`], naming the setting.
pub fn agree(
    setup: &Options,
    config: &mut PageConfig,
    page_is_loopback: bool,
) -> Result<(), Error> {
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
        if scopes
            .iter()
            .any(|scope| !scan::holds(&config.scopes, scope))
        {
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
    Ok(())
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
pub fn redirect_uri<'a>(
    config: &'a PageConfig,
    wish: Option<&'a str>,
    here: &'a str,
) -> Result<&'a str, Error> {
    let asked = wish.unwrap_or(here);
    if scan::holds(&config.redirect_uris, asked) {
        return Ok(asked);
    }
    if wish.is_some() {
        return Err(Error::new(
            Code::Misconfigured,
            "redirectUri is not one of the endpoint's redirect URIs",
        ));
    }
    let own = |known: &&String| origin::of(known) == origin::of(here);
    match config.redirect_uris.iter().find(own) {
        Some(known) => Ok(known),
        None => Err(Error::new(
            Code::Misconfigured,
            "the endpoint has no redirect URI on this page's origin: add this page's address to its configuration and to the app registration",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ExchangeReply, Identity, LogoutReply, Mode};
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

    /// What both agree on.
    fn agreed(
        setup: &Options,
        mut config: PageConfig,
        loopback: bool,
    ) -> Result<PageConfig, Error> {
        agree(setup, &mut config, loopback).map(|()| config)
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
            let error = agreed(&set(more), config(), false).unwrap_err();
            let wanted = alloc::format!(
                "createClient's `{name}` is not what the endpoint allows: change one of them"
            );
            assert_eq!(
                (error.code, error.message.as_ref()),
                (Code::Misconfigured, wanted.as_str())
            );
        }
        assert_eq!(agreed(&set(""), config(), false).unwrap(), config());
        let fewer = agreed(&set(r#","scopes":["Mail.Read"]"#), config(), false).unwrap();
        assert_eq!(fewer.scopes, ["Mail.Read"]);
        let same = r#","tenant":"organizations","api":"graph","identity":"v2","mode":"direct","cloud":"global""#;
        assert_eq!(agreed(&set(same), config(), false).unwrap(), config());
        let odd = agreed(&set(r#","cloud":"germany""#), config(), false).unwrap_err();
        assert_eq!(odd.code, Code::InvalidArgument);
    }

    #[test]
    fn s36_hosts_of_the_configuration_are_checked() {
        let mut bad = config();
        bad.cloud.api = "http://graph.microsoft.com".into();
        assert_eq!(
            agreed(&set(""), bad, true).unwrap_err().code,
            Code::Misconfigured
        );
        let mut local = config();
        local.cloud = Hosts {
            login: "http://localhost:1".into(),
            api: "http://localhost:1".into(),
        };
        local.authority = "http://localhost:1/organizations".into();
        assert!(agreed(&set(""), local.clone(), true).is_ok());
        assert!(agreed(&set(""), local.clone(), false).is_err());
        local.authority = "https://evil.example/organizations".into();
        assert!(agreed(&set(""), local, true).is_err());
    }

    #[test]
    fn without_an_endpoint_the_public_cloud_is_meant() {
        let (api, cloud) = alone(&own("{}")).unwrap();
        assert_eq!(api, Flavor::Graph);
        assert_eq!(
            (cloud.login.as_str(), cloud.api.as_str()),
            (
                "https://login.microsoftonline.com",
                "https://graph.microsoft.com"
            )
        );
        let (api, cloud) = alone(&own(r#"{"api":"outlook-v1"}"#)).unwrap();
        assert_eq!(
            (api, cloud.api.as_str()),
            (Flavor::OutlookV1, "https://outlook.office365.com")
        );
        let custom = r#""cloud":{"login":"http://localhost:1","api":"http://localhost:1"}"#;
        assert!(alone(&own(&alloc::format!("{{{custom}}}"))).is_err());
        let allowed = alloc::format!(r#"{{{custom},"allowInsecureLoopback":true}}"#);
        assert!(alone(&own(&allowed)).is_ok());
    }

    #[test]
    fn redirect_uris_are_the_registered_ones() {
        let config = config();
        let uri = |wish, here| redirect_uri(&config, wish, here).ok();
        assert_eq!(
            uri(None, "https://app.example/back"),
            Some("https://app.example/back")
        );
        assert_eq!(
            uri(None, "https://app.example/mail"),
            Some("https://app.example/")
        );
        assert_eq!(
            uri(Some("https://app.example/back"), "https://app.example/"),
            Some("https://app.example/back")
        );
        assert_eq!(
            uri(Some("https://app.example/x"), "https://app.example/"),
            None
        );
        assert_eq!(uri(None, "https://elsewhere.example/"), None);
    }

    #[test]
    fn an_exchange_is_read_as_the_derived_type_reads_it() {
        let account = r#""account":{"tenantId":"t","objectId":"o","username":"u","name":"n","isGuest":true,"loginHint":"h"}"#;
        let rest = [
            r#""accessToken":"x""#,
            r#""expiresIn":7"#,
            r#""scopes":["a"]"#,
        ];
        let body = |parts: &[&str]| alloc::format!("{{{}}}", parts.join(","));
        let read = |text: &str| exchanged(&Json::parse(text).unwrap(), config());
        for token in [true, false] {
            let rest = if token { &rest[..] } else { &rest[1..] };
            let text = body(&[&[account], rest].concat());
            let derived: ExchangeReply = serde_json::from_str(&text).unwrap();
            let session = read(&text).unwrap();
            assert_eq!(
                (
                    session.config,
                    session.account,
                    session.access_token,
                    session.expires_in
                ),
                (
                    config(),
                    Some(derived.account),
                    derived.access_token,
                    Some(derived.expires_in)
                )
            );
        }
        for lacking in [
            body(&rest),
            body(&[account, rest[1]]),
            body(&[account, rest[2]]),
            body(&[r#""account":null"#, rest[1], rest[2]]),
            body(&[account, rest[1], r#""scopes":[1]"#]),
        ] {
            assert!(
                serde_json::from_str::<ExchangeReply>(&lacking).is_err(),
                "{lacking}"
            );
            assert_eq!(
                read(&lacking).err().unwrap().code,
                Code::InvalidResponse,
                "{lacking}"
            );
        }
    }

    #[test]
    fn a_refusal_is_read_as_the_derived_type_reads_it() {
        let body = r#"{"error":{"code":"consent_required","message":"m","remedy":"r","aadsts":[65001,5],"suberror":"s",
            "correlationId":"c","traceId":"t","retryAfterSeconds":7,"claims":"{}","consentUrl":"u"}}"#;
        let reply: crate::wire::ErrorReply = serde_json::from_str(body).unwrap();
        assert_eq!(read(403, body).err(), reply.error.into_error(403));
        for (name, odd) in [("code", "teapot"), ("message", "5")] {
            let body = body.replace(
                &alloc::format!("\"{name}\":"),
                &alloc::format!("\"{name}\":5,\"{odd}\":"),
            );
            assert_eq!(read(403, &body).unwrap_err().code, Code::Misconfigured);
        }
    }

    proptest! {
        #[test]
        fn no_answer_breaks_it(status in any::<u16>(), body in "\\PC{0,200}") {
            let _ = read(status, &body).and_then(|json| expect::<SessionReply>(&json));
        }
    }
}
