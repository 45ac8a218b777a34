//! The page load that is the answer to a sign-in: found, judged, wiped from the address bar, traded in.

use crate::browser;
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::page::{Page, Place};
use exo365_core::callback::{Callback, Grant};
use exo365_core::endpoint::expect;
use exo365_core::json::{FromJson, Json, ToJson};
use exo365_core::scan;
use exo365_core::signin::Pending;
use exo365_core::wire::{ExchangeReply, ExchangeRequest, SessionReply};
use std::rc::Rc;

/// Finishes the sign-in that this page load is the answer of: the session, and the place to return to.
/// `None` where it is the answer of none.
///
/// The record goes first, then the address bar is cleaned, then the answer is judged: a reload, the
/// back button or a second tab find nothing to process again.
pub(crate) async fn finish(
    page: &Page,
    place: &Place,
    endpoint: &Rc<Endpoint>,
) -> Result<Option<(SessionReply, String)>, Failure> {
    let callback = Callback::read(place.part("search"), place.part("hash"));
    let kept = place.kept();
    let own = callback
        .state()
        .filter(|state| kept.iter().any(|name| name == state));
    if own.is_none() && !callback.is_answer(!kept.is_empty()) {
        return Ok(None);
    }
    place.unframed()?;
    let record = own.and_then(|state| page.take(state));
    page.show(place.part("pathname"));
    let record = record.and_then(|text| Pending::from_json(&Json::parse(&text)?));
    let pending = record.ok_or_else(Callback::stray)?;
    let grant = pending
        .flow
        .finish(&callback, &place.here(), browser::now())?;
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
pub(crate) fn go_back(page: &Page, place: &Place, return_to: &str) -> bool {
    let elsewhere = scan::before(return_to, b"?#") != place.part("pathname");
    if elsewhere {
        page.go(return_to);
    } else {
        page.show(return_to);
    }
    elsewhere
}
