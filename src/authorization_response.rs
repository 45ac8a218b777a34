//! The answer to a sign-in (RFC 6749 §4.1.2): found in the page's address or told by another window, then judged.

use crate::browser;
use crate::failure::Failure;
use crate::page::{Location, Page};
use exo365_core::authorization_response::AuthorizationResponse;
use exo365_core::json::{FromJson, Json, ToJson};
use exo365_core::scan;
use exo365_core::signin::SignInRecord;
use exo365_core::wire::{ExchangeRequest, PageConfig, SessionRequest};

/// The record that a sign-out at Microsoft leaves: its return has nothing but the `state`.
pub(crate) const SIGNED_OUT: &str = "signed out";

/// An authorization response that was accepted.
pub(crate) struct AcceptedResponse {
    /// The configuration that the sign-in began with.
    pub(crate) config: PageConfig,
    /// Where the user was: a path of this origin.
    pub(crate) return_to: String,
    /// The body of `POST /exchange`, which redeems the code; JSON.
    pub(crate) exchange: String,
    /// Where an administrator consented: the tenant, and the scopes with spaces between.
    pub(crate) consent: Option<(String, String)>,
}

impl AcceptedResponse {
    /// The response that this page load is; `None` where it is none.
    ///
    /// First the record is taken out of the storage, then the address bar is cleaned, then the response is judged.
    /// So a reload, the back button or a second tab find nothing that could be processed again.
    pub(crate) fn find(page: &Page, location: &Location) -> Result<Option<Box<Self>>, Failure> {
        let response = AuthorizationResponse::read(location.part("search"), location.part("hash"));
        if response.is_for_opener() {
            location.check_not_framed()?;
            // The window that began the sign-in has the record, and judges.
            page.relay(response.state().unwrap_or_default());
            page.show(location.part("pathname"));
            return Err(AuthorizationResponse::unexpected().into());
        }
        let records = location.records();
        let own = response
            .state()
            .filter(|state| scan::contains(&records, state));
        if own.is_none() && !response.is_response(!records.is_empty()) {
            return Ok(None);
        }
        location.check_not_framed()?;
        let record = own.and_then(|state| page.take(state));
        page.show(location.part("pathname"));
        if record.as_deref() == Some(SIGNED_OUT) {
            return Ok(None);
        }
        Self::judge(record, &response, &location.address()).map(Some)
    }

    /// The response that arrived in another window, which told its `location`.
    pub(crate) fn from_window(page: &Page, location: &Location) -> Result<Box<Self>, Failure> {
        let response = AuthorizationResponse::read(location.part("search"), location.part("hash"));
        let record = response.state().and_then(|state| page.take(state));
        Self::judge(record, &response, &location.address())
    }

    fn judge(
        record: Option<String>,
        response: &AuthorizationResponse,
        here: &str,
    ) -> Result<Box<Self>, Failure> {
        let record = record.and_then(|text| SignInRecord::from_json(&Json::parse(&text)?));
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
        };
        Ok(Box::new(Self {
            config,
            return_to: request.return_to,
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

/// Brings the user back to where they were. Gives `true` where that loads another page.
pub(crate) fn go_back(page: &Page, location: &Location, return_to: &str) -> bool {
    let elsewhere = scan::before(return_to, b"?#") != location.part("pathname");
    if elsewhere {
        page.go(return_to);
    } else {
        page.show(return_to);
    }
    elsewhere
}
