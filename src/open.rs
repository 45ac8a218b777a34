//! How a client is opened: with the page's own tokens, or with the session that an endpoint keeps.

use crate::authorization_response::{AcceptedResponse, go_back};
use crate::client::{Client, Session, timeout};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::page::{Location, Page};
use crate::sign_in::session;
use crate::tokens::TokenSource;
use exo365_core::endpoint::{reconcile, without_endpoint};
use exo365_core::error::{Code, Error};
use exo365_core::json::Json;
use exo365_core::options::{Key, Options};
use exo365_core::request::Api;
use exo365_core::scan;
use exo365_core::wire::Mode;
use js_sys::Function;
use std::cell::RefCell;
use std::rc::Rc;

/// A client whose tokens come from the page.
pub(crate) fn with_own_tokens(setup: &Options, get_token: Function) -> Result<Rc<Client>, Failure> {
    let (api, cloud) = without_endpoint(setup)?;
    let api = Api::new(api, &cloud.api);
    Ok(Client::new(
        setup,
        api,
        None,
        None,
        TokenSource::Page(get_token),
    ))
}

/// A client whose session an endpoint keeps. Only the request in the middle waits: each variable that lives over an
/// `await` is code.
pub(crate) async fn with_endpoint(
    setup: &Options,
    page: Option<Page>,
) -> Result<Rc<Client>, Failure> {
    let location = page.as_ref().map(Page::read);
    let (endpoint, mut response) = begin(setup, page.as_ref(), location.as_ref())?;
    let (route, request) = AcceptedResponse::endpoint_request(response.as_mut());
    let reply = endpoint.post(route, request).await?;
    let (client, leaving) = finish(setup, page, location.as_ref(), endpoint, response, &reply)?;
    if leaving {
        // Another page is loading, where the user was. It will find the session.
        core::future::pending::<()>().await;
    }
    Ok(client)
}

/// The endpoint, and the authorization response where this page load is one.
fn begin(
    setup: &Options,
    page: Option<&Page>,
    location: Option<&Location>,
) -> Result<(Rc<Endpoint>, Option<Box<AcceptedResponse>>), Failure> {
    let response = match (page, location) {
        (Some(page), Some(location)) => {
            if !location.is("secure") {
                let text = "the page is not served over https";
                return Err(Error::new(Code::InsecureContext, text).into());
            }
            AcceptedResponse::find(page, location)?
        }
        _ => None,
    };
    let base = setup.text(Key::Endpoint).unwrap_or_default();
    let endpoint = Rc::new(Endpoint {
        base: scan::trim_end(base, b"/").into(),
        account: RefCell::default(),
        timeout: timeout(setup),
    });
    Ok((endpoint, response))
}

/// The client, and whether the page leaves for where the user was.
fn finish(
    setup: &Options,
    page: Option<Page>,
    location: Option<&Location>,
    endpoint: Rc<Endpoint>,
    response: Option<Box<AcceptedResponse>>,
    reply: &Json,
) -> Result<(Rc<Client>, bool), Failure> {
    let return_to = response.as_ref().map(|response| response.return_to.clone());
    let mut reply = session(response, reply)?;
    let loopback = location.is_some_and(Location::is_loopback);
    reconcile(setup, &mut reply.config, loopback)?;
    let config = reply.config;
    let source = TokenSource::Endpoint(Rc::clone(&endpoint));
    let proxy = scan::concat(&[&endpoint.base, "/proxy"]);
    let origin = match config.mode {
        Mode::Proxy => &proxy,
        Mode::Direct => &config.cloud.api,
    };
    let api = Api::new(config.api, origin);
    let scopes = config.scopes.clone();
    let leaving = match (&page, location, return_to) {
        (Some(page), Some(location), Some(return_to)) => go_back(page, location, &return_to),
        _ => false,
    };
    let session = Session { endpoint, config };
    let client = Client::new(setup, api, page, Some(session), source);
    client.admit(reply.account, reply.access_token, reply.expires_in, scopes);
    Ok((client, leaving))
}
