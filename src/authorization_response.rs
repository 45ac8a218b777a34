//! The answer to a sign-in (RFC 6749 §4.1.2): found in the page's address or told by another window, then judged.

use crate::browser;
use crate::failure::Failure;
use crate::page::{Location, Page};
use exo365_core::authorization_response::AuthorizationResponse;
use exo365_core::json::{FromJson, Json, ToJson};
use exo365_core::signin::SignInRecord;
use exo365_core::wire::{ExchangeRequest, PageConfig, SessionRequest};

/// The record that a sign-out at Microsoft leaves: its return has nothing but the `state`.
pub(crate) const SIGNED_OUT: &str = "signed out";

/// An authorization response that was accepted.
pub(crate) struct AcceptedResponse {
    /// The configuration that the sign-in began with.
    pub(crate) config: PageConfig,
    /// The body of `POST /exchange`, which redeems the code; JSON.
    pub(crate) exchange: String,
    /// Where an administrator consented: the tenant, and the scopes with spaces between.
    pub(crate) consent: Option<(String, String)>,
}

impl AcceptedResponse {
    /// The response that this page load is; `None` where it is none. One that is not this package's, or that the client
    /// of another endpoint waits for, is neither judged nor removed. After a failure the user is back where they were, too.
    ///
    /// First the record is taken out of the storage, then the address bar is cleaned, then the response is judged.
    /// So a reload, the back button or a second tab find nothing that could be processed again.
    pub(crate) fn find(page: &Page, arrived: &Location) -> Result<Option<Box<Self>>, Failure> {
        let response = AuthorizationResponse::read(arrived.part("search"), arrived.part("hash"));
        let Some(state) = response.state() else {
            return Ok(None);
        };
        let ours = response.is_ours();
        if ours {
            arrived.check_not_framed()?;
        }
        let kept = page.take(state);
        let signed_out = kept.as_deref() == Some(SIGNED_OUT);
        let record = parse(kept.as_deref());
        let endpoint = record.get("endpoint").str();
        if endpoint.is_some_and(|endpoint| endpoint != arrived.part("endpoint")) {
            page.keep(state, &kept.unwrap_or_default())?;
            return Ok(None);
        }
        if ours || signed_out {
            page.clean();
        }
        if !ours || signed_out {
            return Ok(None);
        }
        // The window that began a sign-in in another one judges; a copy of its storage has no say.
        let record = SignInRecord::from_json(&record).filter(|_| !response.is_for_opener());
        if let Some(record) = &record {
            page.back(&record.request.return_to);
        }
        Self::judge(record, &response, &arrived.address()).map(Some)
    }

    /// The response that arrived in another window, which told its `location`.
    pub(crate) fn from_window(page: &Page, location: &Location) -> Result<Box<Self>, Failure> {
        let response = AuthorizationResponse::read(location.part("search"), location.part("hash"));
        let record = response.state().and_then(|state| page.take(state));
        let record = SignInRecord::from_json(&parse(record.as_deref()));
        Self::judge(record, &response, &location.address())
    }

    fn judge(
        record: Option<SignInRecord>,
        response: &AuthorizationResponse,
        here: &str,
    ) -> Result<Box<Self>, Failure> {
        let record = record.ok_or_else(AuthorizationResponse::unexpected)?;
        let grant = record.finish(response, here, browser::now())?;
        let SignInRecord { request, config } = record;
        let consent = request.consent.then_some((grant.tenant, grant.scope));
        let exchange = ExchangeRequest {
            code: grant.code,
            code_verifier: request.verifier,
            nonce: request.nonce,
            redirect_uri: request.redirect_uri,
            resource: request.resource,
            iss: grant.iss,
            max_age: request.max_age,
            account: request.account,
        };
        Ok(Box::new(Self {
            config,
            exchange: exchange.to_json(),
            consent,
        }))
    }

    /// The route and the body of what the endpoint is asked: to redeem the code; without one, for its session.
    pub(crate) fn endpoint_request(response: Option<&mut Box<Self>>) -> (&'static str, String) {
        match response {
            Some(response) if response.consent.is_none() => {
                ("/exchange", core::mem::take(&mut response.exchange))
            }
            _ => ("/session", SessionRequest {}.to_json()),
        }
    }
}

/// The record of a sign-in as a tree; null where there is none.
fn parse(record: Option<&str>) -> Json {
    record.and_then(Json::parse).unwrap_or_default()
}
