//! Sign-ins: where they begin, and what their answer leads to.

use crate::answer::Arrival;
use crate::boundary::{Member, plain};
use crate::browser;
use crate::client::{Client, Session};
use crate::failure::Failure;
use crate::page::Place;
use exo365_core::endpoint::{exchanged, expect, redirect_uri};
use exo365_core::error::{Code, Error};
use exo365_core::json::Json;
use exo365_core::options::Options;
use exo365_core::scan;
use exo365_core::signin::{self, Entropy};
use exo365_core::wire::SessionReply;
use wasm_bindgen::JsValue;

impl Client {
    /// The address that a sign-in begins at; the tab keeps the record of it.
    pub(crate) fn authorize_url(&self, options: &str) -> Result<JsValue, Failure> {
        let (Some(page), Some(Session { config, .. })) = (&self.page, &self.session) else {
            return Err(Error::new(
                Code::NavigationBlocked,
                "signing in needs a window and an `endpoint`: here tokens come from getToken",
            )
            .into());
        };
        let place = page.read();
        place.unframed()?;
        let options = Options::sign_in(options)?;
        let here = place.here();
        let mut entropy = Entropy::default();
        browser::entropy(&mut entropy)?;
        let begun = signin::begin(
            config,
            &options,
            redirect_uri(config, self.redirect_uri.as_deref(), &here)?,
            &place.place(),
            &entropy,
            browser::now(),
        )?;
        page.keep(&begun.state, &begun.record)?;
        Ok(JsValue::from_str(&begun.url))
    }

    /// Takes in the session that `said`, the answer of another window, leads to; without one that of another tab.
    pub(crate) async fn enter(&self, said: Option<String>) -> Result<JsValue, Failure> {
        let (Some(page), Some(home)) = (&self.page, &self.session) else {
            return Ok(JsValue::UNDEFINED);
        };
        let said = said.map(|said| Arrival::told(page, &Place::of(&said)));
        let mut arrival = said.transpose()?;
        let (route, request) = match &arrival {
            // An administrator's consent changes no session.
            Some(arrival) if arrival.consent.is_some() => return Ok(consented(arrival)),
            _ => Arrival::ask(arrival.as_mut()),
        };
        let reply = home.endpoint.post(route, request).await?;
        let reply = session(arrival, &reply)?;
        self.forget();
        self.admit(
            reply.account,
            reply.access_token,
            reply.expires_in,
            home.config.scopes.clone(),
        );
        Ok(JsValue::UNDEFINED)
    }
}

/// The session that the endpoint's reply tells of: to a code, or to the cookie alone.
pub(crate) fn session(arrival: Option<Box<Arrival>>, reply: &Json) -> Result<SessionReply, Error> {
    match arrival {
        Some(arrival) if arrival.consent.is_none() => exchanged(reply, arrival.config),
        _ => expect(reply),
    }
}

/// What an administrator's consent brought, as pages get it.
fn consented(arrival: &Arrival) -> JsValue {
    let (tenant, scope) = arrival
        .consent
        .as_ref()
        .map_or(("", ""), |both| (&both.0, &both.1));
    let scopes: Vec<String> = scan::parts(scope, b' ').map(String::from).collect();
    plain(&[
        ("tenant", Member::Text(Some(tenant))),
        ("scopes", Member::Texts(Some(&scopes))),
    ])
}
