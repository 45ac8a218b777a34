//! How a client is opened: with the page's own tokens, or with the session that an endpoint keeps.

use crate::answer::{Arrival, go_back};
use crate::client::{Client, Session, timeout};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::page::{Page, Place};
use crate::sign_in::session;
use crate::tokens::Source;
use exo365_core::endpoint::{agree, alone};
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
    let (api, cloud) = alone(setup)?;
    let api = Api::new(api, &cloud.api);
    Ok(Client::new(setup, api, None, None, Source::Page(get_token)))
}

/// A client with a session. One request, between two halves that wait for nothing: what lives over
/// an `await` is code.
pub(crate) async fn with_endpoint(
    setup: &Options,
    page: Option<Page>,
) -> Result<Rc<Client>, Failure> {
    let place = page.as_ref().map(Page::read);
    let (endpoint, mut arrival) = arrive(setup, page.as_ref(), place.as_ref())?;
    let (route, request) = Arrival::ask(arrival.as_mut());
    let reply = endpoint.post(route, request).await?;
    let (client, leaving) = opened(setup, page, place.as_ref(), endpoint, arrival, &reply)?;
    if leaving {
        // The page is leaving for where the user was; the session is waiting there.
        core::future::pending::<()>().await;
    }
    Ok(client)
}

/// The endpoint, and the answer to a sign-in where this page load is one.
fn arrive(
    setup: &Options,
    page: Option<&Page>,
    place: Option<&Place>,
) -> Result<(Rc<Endpoint>, Option<Box<Arrival>>), Failure> {
    let arrival = match (page, place) {
        (Some(page), Some(place)) => {
            if !place.is("secure") {
                let text = "the page is not served over https";
                return Err(Error::new(Code::InsecureContext, text).into());
            }
            Arrival::find(page, place)?
        }
        _ => None,
    };
    let base = setup.text(Key::Endpoint).unwrap_or_default();
    let endpoint = Rc::new(Endpoint {
        base: scan::trim_end(base, b"/").into(),
        account: RefCell::default(),
        timeout: timeout(setup),
    });
    Ok((endpoint, arrival))
}

/// The client, and whether the page leaves for where the user was.
fn opened(
    setup: &Options,
    page: Option<Page>,
    place: Option<&Place>,
    endpoint: Rc<Endpoint>,
    arrival: Option<Box<Arrival>>,
    reply: &Json,
) -> Result<(Rc<Client>, bool), Failure> {
    let return_to = arrival.as_ref().map(|arrival| arrival.return_to.clone());
    let mut reply = session(arrival, reply)?;
    let loopback = place.is_some_and(Place::is_loopback);
    agree(setup, &mut reply.config, loopback)?;
    let config = reply.config;
    let source = Source::Endpoint(Rc::clone(&endpoint));
    let proxy = scan::concat(&[&endpoint.base, "/proxy"]);
    let origin = match config.mode {
        Mode::Proxy => &proxy,
        Mode::Direct => &config.cloud.api,
    };
    let api = Api::new(config.api, origin);
    let scopes = config.scopes.clone();
    let leaving = match (&page, place, return_to) {
        (Some(page), Some(place), Some(return_to)) => go_back(page, place, &return_to),
        _ => false,
    };
    let session = Session { endpoint, config };
    let client = Client::new(setup, api, page, Some(session), source);
    client.admit(reply.account, reply.access_token, reply.expires_in, scopes);
    Ok((client, leaving))
}
