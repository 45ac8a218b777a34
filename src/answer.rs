//! The page load that is the answer to a sign-in: found, judged, wiped from the address bar.

use crate::browser;
use crate::failure::Failure;
use crate::page::{Page, Place};
use exo365_core::callback::Callback;
use exo365_core::json::{FromJson, Json, ToJson};
use exo365_core::scan;
use exo365_core::signin::Pending;
use exo365_core::wire::{ExchangeRequest, PageConfig, SessionRequest};

/// The record of a way to Microsoft's sign-out: the return from there brings nothing but its `state`.
pub(crate) const SIGNED_OUT: &str = "signed out";

/// An answer that was let through.
pub(crate) struct Arrival {
    /// What the sign-in began with.
    pub(crate) config: PageConfig,
    /// Where the user was.
    pub(crate) return_to: String,
    /// What trades the code in.
    pub(crate) exchange: String,
    /// Where an administrator consented: for which tenant, and to what.
    pub(crate) consent: Option<(String, String)>,
}

impl Arrival {
    /// The answer that this page load is; `None` where it is none.
    ///
    /// The record goes first, then the address bar is cleaned, then the answer is judged: a reload, the
    /// back button or a second tab find nothing to process again.
    pub(crate) fn find(page: &Page, place: &Place) -> Result<Option<Box<Self>>, Failure> {
        let callback = Callback::read(place.part("search"), place.part("hash"));
        if callback.is_for_opener() {
            place.unframed()?;
            // The window that asked has the record; it judges.
            page.relay(callback.state().unwrap_or_default());
            page.show(place.part("pathname"));
            return Err(Callback::stray().into());
        }
        let kept = place.kept();
        let own = callback
            .state()
            .filter(|state| scan::contains(&kept, state));
        if own.is_none() && !callback.is_answer(!kept.is_empty()) {
            return Ok(None);
        }
        place.unframed()?;
        let record = own.and_then(|state| page.take(state));
        page.show(place.part("pathname"));
        if record.as_deref() == Some(SIGNED_OUT) {
            return Ok(None);
        }
        Self::judge(record, &callback, &place.here()).map(Some)
    }

    /// The answer that arrived in a window of its own, as that window told it: `said` is its [`Place`].
    pub(crate) fn told(page: &Page, said: &Place) -> Result<Box<Self>, Failure> {
        let callback = Callback::read(said.part("search"), said.part("hash"));
        let record = callback.state().and_then(|state| page.take(state));
        Self::judge(record, &callback, &said.here())
    }

    fn judge(
        record: Option<String>,
        callback: &Callback,
        here: &str,
    ) -> Result<Box<Self>, Failure> {
        let record = record.and_then(|text| Pending::from_json(&Json::parse(&text)?));
        let pending = record.ok_or_else(Callback::stray)?;
        let grant = pending.finish(callback, here, browser::now())?;
        let Pending { flow, config } = pending;
        let consent = flow.consent.then_some((grant.tenant, grant.scope));
        let exchange = ExchangeRequest {
            code: grant.code,
            code_verifier: flow.verifier,
            nonce: flow.nonce,
            redirect_uri: flow.redirect_uri,
            resource: flow.resource,
            iss: grant.iss,
            max_age: flow.max_age,
        };
        Ok(Box::new(Self {
            config,
            return_to: flow.return_to,
            exchange: exchange.to_json(),
            consent,
        }))
    }

    /// What the endpoint is asked: to trade the code in; after a consent, what it knows.
    pub(crate) fn ask(arrival: Option<&mut Box<Self>>) -> (&'static str, String) {
        match arrival {
            Some(arrival) if arrival.consent.is_none() => {
                ("/exchange", core::mem::take(&mut arrival.exchange))
            }
            _ => ("/session", SessionRequest {}.to_json()),
        }
    }
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
