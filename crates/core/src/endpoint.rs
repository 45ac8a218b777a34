//! The page's half of the endpoint's contract: reads its answers, and compares its configuration with the page's.

use crate::error::{Code, Detail, Error};
use crate::flavor;
use crate::json::{FromJson, Json};
use crate::options::{Key, Options};
use crate::origin;
use crate::scan;
use crate::wire::json::{FLAVORS, IDENTITIES, MODES, name_of};
use crate::wire::{Flavor, Hosts, PageConfig, SessionReply};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Where something else answers, such as an access proxy whose session ended.
const IN_FRONT: &str = "another sign-in or a redirect stands in front of the endpoint: reload the page, or correct `endpoint`";

/// The largest answer of the endpoint that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// Reads an answer of the endpoint. Gives the JSON of a success.
///
/// # Errors
/// What the endpoint said; [`Code::Misconfigured`] where something else answers at its address;
/// [`Code::InvalidResponse`], [`Code::ServiceUnavailable`].
pub fn read(status: u16, body: &str) -> Result<Json, Error> {
    answer(status, body, false)
}

/// As [`read`]. `signed_in` says that the endpoint has answered this page before: then something stands in front of it
/// now. Status 0 is a redirect, which is not followed.
///
/// # Errors
/// The same; [`Code::InteractionRequired`] where another sign-in stands in front.
pub fn answer(status: u16, body: &str, signed_in: bool) -> Result<Json, Error> {
    let json = Some(body)
        .filter(|body| body.len() <= MAX_ANSWER)
        .and_then(Json::parse);
    let foreign = || match status {
        0..429 if signed_in => Error::new(Code::InteractionRequired, IN_FRONT),
        0 => Error::new(Code::Misconfigured, IN_FRONT),
        _ => not_an_endpoint(status),
    };
    let json = json.ok_or_else(foreign)?;
    if (200..300).contains(&status) {
        return Ok(json);
    }
    Err(reported_error(json.get("error"), status).unwrap_or_else(foreign))
}

/// The error that the endpoint reports; `None` where the answer is not the endpoint's. The same as
/// [`crate::wire::ErrorBody::into_error`], without the struct between.
fn reported_error(json: &Json, status: u16) -> Option<Error> {
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

/// Reads the JSON of a success as a `T`.
///
/// # Errors
/// [`Code::InvalidResponse`].
pub fn success<T: FromJson>(json: &Json) -> Result<T, Error> {
    T::from_json(json).ok_or_else(|| not_an_endpoint(200))
}

/// Reads a [`crate::wire::ExchangeReply`] as the session of a sign-in that began with `config`.
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
        .ok_or_else(|| not_an_endpoint(200))
}

/// The error for an answer that no exo365 endpoint gives.
fn not_an_endpoint(status: u16) -> Error {
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

/// The hosts that the page's option `cloud` names.
fn hosts(setup: &Options, api: Flavor) -> Result<Option<Hosts>, Error> {
    let cloud = setup.value(Key::Cloud);
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

/// The API and the hosts of a page without an endpoint. The other settings are for sign-ins, which need an endpoint.
///
/// # Errors
/// [`Code::InvalidArgument`], [`Code::Misconfigured`].
pub fn without_endpoint(setup: &Options) -> Result<(Flavor, Hosts), Error> {
    let api = setup.value(Key::Api).one_of(FLAVORS).unwrap_or_default();
    let cloud = hosts(setup, api)?.unwrap_or_else(|| flavor::global(api));
    check_hosts(&cloud, setup.flag(Key::AllowInsecureLoopback, false))?;
    Ok((api, cloud))
}

/// Checks that the endpoint's configuration agrees with the page's options, and narrows the scopes to the page's.
///
/// # Errors
/// [`Code::Misconfigured`], naming the setting.
pub fn reconcile(
    setup: &Options,
    config: &mut PageConfig,
    page_is_loopback: bool,
) -> Result<(), Error> {
    let tenant = scan::rsplit_once(&config.authority, b"/").map_or("", |cut| cut.1);
    let same = [
        (Key::ClientId, config.client_id.as_str()),
        (Key::Tenant, tenant),
        (Key::Identity, name_of(IDENTITIES, &config.identity)),
        (Key::Api, config.api.name()),
        (Key::Mode, name_of(MODES, &config.mode)),
    ];
    for (key, actual) in same {
        if setup.text(key).is_some_and(|wish| wish != actual) {
            return Err(not_allowed(key));
        }
    }
    if hosts(setup, config.api)?.is_some_and(|wish| wish != config.cloud) {
        return Err(not_allowed(Key::Cloud));
    }
    if let Some(scopes) = setup.texts(Key::Scopes) {
        if scopes
            .iter()
            .any(|scope| !scan::contains(&config.scopes, scope))
        {
            return Err(not_allowed(Key::Scopes));
        }
        config.scopes = scopes;
    }
    let loopback = page_is_loopback || setup.flag(Key::AllowInsecureLoopback, false);
    check_hosts(&config.cloud, loopback)?;
    let path = config.authority.strip_prefix(config.cloud.login.as_str());
    if !path.is_some_and(|path| path.starts_with("/")) {
        return Err(Error::new(
            Code::Misconfigured,
            "the endpoint's authority is not on its own sign-in host",
        ));
    }
    Ok(())
}

fn not_allowed(key: Key) -> Error {
    let pieces = [
        "createClient's `",
        key.name(),
        "` is not what the endpoint allows: change one of them",
    ];
    Error::with(Code::Misconfigured, scan::concat(&pieces))
}

fn check_hosts(cloud: &Hosts, insecure_loopback: bool) -> Result<(), Error> {
    origin::check(&cloud.login, insecure_loopback)?;
    origin::check(&cloud.api, insecure_loopback)
}

/// The redirect URI for a sign-in that starts at `here`, the page's URL without query and fragment: the page's own
/// `wish`; or `here`, where that is registered; or the first registered one of the same origin.
///
/// # Errors
/// [`Code::Misconfigured`].
pub fn redirect_uri<'a>(
    config: &'a PageConfig,
    wish: Option<&'a str>,
    here: &'a str,
) -> Result<&'a str, Error> {
    let asked = wish.unwrap_or(here);
    if scan::contains(&config.redirect_uris, asked) {
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
#[path = "tests/endpoint.rs"]
mod tests;
