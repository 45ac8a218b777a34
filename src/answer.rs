//! The page load that is the answer to a sign-in: found, judged, wiped from the address bar, traded in.

use crate::browser;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use exo365_core::callback::{Callback, Grant};
use exo365_core::endpoint::expect;
use exo365_core::error::{Code, Error};
use exo365_core::json::{FromJson, Json, ToJson};
use exo365_core::scan;
use exo365_core::signin::Pending;
use exo365_core::wire::{ExchangeReply, ExchangeRequest, SessionReply};
use std::rc::Rc;
use web_sys::Window;

/// Finishes the sign-in that this page load is the answer of: the session, and the place to return to.
/// `None` where it is the answer of none.
///
/// The record goes first, then the address bar is cleaned, then the answer is judged: a reload, the
/// back button or a second tab find nothing to process again.
pub(crate) async fn finish(
    window: &Window,
    endpoint: &Rc<Endpoint>,
) -> Result<Option<(SessionReply, String)>, Failure> {
    let location = window.location();
    let callback = Callback::read(
        &location.search().unwrap_or_default(),
        &location.hash().unwrap_or_default(),
    );
    let kept = browser::kept(window);
    let own = callback
        .state()
        .filter(|state| kept.iter().any(|name| name == state));
    if own.is_none() && !callback.is_answer(!kept.is_empty()) {
        return Ok(None);
    }
    if browser::framed(window) {
        return Err(Error::new(
            Code::NavigationBlocked,
            "the page is in a frame: a sign-in does not end there",
        )
        .into());
    }
    let record = own.and_then(|state| browser::take(window, state));
    browser::show(window, &location.pathname().unwrap_or_default());
    let record = record.and_then(|text| Pending::from_json(&Json::parse(&text)?));
    let pending = record.ok_or_else(Callback::stray)?;
    let grant = pending
        .flow
        .finish(&callback, &browser::here(window), browser::now())?;
    trade_in(endpoint, pending, grant).await.map(Some)
}

async fn trade_in(
    endpoint: &Rc<Endpoint>,
    pending: Pending,
    grant: Grant,
) -> Result<(SessionReply, String), Failure> {
    let Pending { flow, config } = pending;
    let request = ExchangeRequest {
        code: grant.code,
        code_verifier: flow.verifier,
        nonce: flow.nonce,
        redirect_uri: flow.redirect_uri,
        resource: flow.resource,
    };
    let json = endpoint.post("/exchange", request.to_json()).await?;
    let reply: ExchangeReply = expect(&json)?;
    let session = SessionReply {
        config,
        account: Some(reply.account),
        access_token: reply.access_token,
        expires_in: Some(reply.expires_in),
    };
    Ok((session, flow.return_to))
}

/// Brings the user back to where they were; `true` where that loads another page.
pub(crate) fn go_back(window: &Window, return_to: &str) -> bool {
    let path = scan::before(return_to, b"?#");
    if Some(path) == window.location().pathname().ok().as_deref() {
        browser::show(window, return_to);
        return false;
    }
    window.location().replace(return_to).is_ok()
}
