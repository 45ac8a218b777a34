//! How a client is opened: with the page's own tokens, or with the session that an endpoint keeps.

use crate::authorization_response::AcceptedResponse;
use crate::client::{Client, Session, timeout};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::page::Page;
use crate::sign_in::session;
use crate::tokens::TokenSource;
use exo365_core::endpoint::{reconcile, without_endpoint};
use exo365_core::error::{Code, Error};
use exo365_core::options::{Key, Options};
use exo365_core::origin;
use exo365_core::request::Api;
use exo365_core::scan;
use exo365_core::wire::{Mode, SessionReply};
use js_sys::Function;
use std::cell::{Cell, RefCell};
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

/// A client whose session an endpoint keeps. `origin` is that of the page or the worker. Only the request in the middle
/// waits: each variable that lives over an `await` is code.
pub(crate) async fn with_endpoint(
    setup: &Options,
    page: Option<Page>,
    origin: Option<String>,
) -> Result<Rc<Client>, Failure> {
    let (endpoint, mut response) = begin(setup, page.as_ref())?;
    let (route, request) = AcceptedResponse::endpoint_request(response.as_mut());
    // Nothing was begun for the answer to a sign-in.
    let begun = page.as_ref().filter(|_| response.is_none());
    let reply = endpoint.post_or_take(begun, route, request).await?;
    let reply = session(response, &reply)?;
    finish(setup, page, origin.as_deref(), endpoint, reply)
}

/// The endpoint, and the authorization response where this page load is one.
fn begin(
    setup: &Options,
    page: Option<&Page>,
) -> Result<(Rc<Endpoint>, Option<Box<AcceptedResponse>>), Failure> {
    let mut response = None;
    if let Some(page) = page {
        let arrived = page.arrival();
        if !arrived.is("secure") {
            let text = "the page is not served over https";
            return Err(Error::new(Code::InsecureContext, text).into());
        }
        response = AcceptedResponse::find(page, &arrived)?;
    }
    let base = setup.text(Key::Endpoint).unwrap_or_default();
    let endpoint = Rc::new(Endpoint {
        base: scan::trim_end(base, b"/").into(),
        account: RefCell::default(),
        signed_in: Cell::default(),
        timeout: timeout(setup),
    });
    Ok((endpoint, response))
}

/// The client of a session.
fn finish(
    setup: &Options,
    page: Option<Page>,
    origin: Option<&str>,
    endpoint: Rc<Endpoint>,
    mut reply: SessionReply,
) -> Result<Rc<Client>, Failure> {
    let loopback = origin
        .and_then(|origin| scan::split_once(origin, "://"))
        .is_some_and(|cut| origin::is_loopback(cut.1));
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
    let session = Session { endpoint, config };
    let client = Client::new(setup, api, page, Some(session), source);
    client.admit(reply.account, reply.access_token, reply.expires_in, scopes);
    Ok(client)
}
