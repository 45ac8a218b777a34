//! Sign-ins: how they begin, and the session that their answer leads to.

use crate::authorization_response::AcceptedResponse;
use crate::boundary::{Member, plain};
use crate::browser;
use crate::client::{Client, Session};
use crate::failure::Failure;
use crate::page::Location;
use exo365_core::endpoint::{exchanged, redirect_uri, success};
use exo365_core::error::{Code, Error};
use exo365_core::json::Json;
use exo365_core::options::Options;
use exo365_core::scan;
use exo365_core::signin::{self, Entropy, Start};
use exo365_core::wire::SessionReply;
use wasm_bindgen::JsValue;

impl Client {
    /// The address that a sign-in begins at; the tab keeps the record of it.
    pub(crate) fn authorize_url(&self, options: &str) -> Result<JsValue, Failure> {
        let (Some(page), Some(Session { config, endpoint })) = (&self.page, &self.session) else {
            return Err(Error::new(
                Code::NavigationBlocked,
                "signing in needs a window and an `endpoint`",
            )
            .into());
        };
        let location = page.read();
        location.check_not_framed()?;
        let options = Options::sign_in(options)?;
        let address = location.address();
        let mut entropy = Entropy::default();
        browser::entropy(&mut entropy)?;
        let begun = signin::begin(
            config,
            &options,
            &Start {
                redirect_uri: redirect_uri(config, self.redirect_uri.as_deref(), &address)?,
                origin: location.part("origin"),
                here: &location.relative(),
                account: endpoint.account.borrow().as_ref(),
                minutes: self.sign_in_minutes,
                endpoint: location.part("endpoint"),
            },
            &entropy,
            browser::now(),
        )?;
        page.keep(&begun.state, &begun.record)?;
        Ok(JsValue::from_str(&begun.url))
    }

    /// Takes in the session that a sign-in in another window leads to, which told its `location`; without one, the
    /// session that another tab began.
    pub(crate) async fn enter(&self, location: Option<String>) -> Result<JsValue, Failure> {
        let (Some(page), Some(Session { endpoint, config })) = (&self.page, &self.session) else {
            return Ok(JsValue::UNDEFINED);
        };
        let response =
            location.map(|json| AcceptedResponse::from_window(page, &Location::parse(&json)));
        let mut response = response.transpose()?;
        let (route, request) = match &response {
            // An administrator's consent changes no session.
            Some(response) if response.consent.is_some() => return Ok(consented(response)),
            _ => AcceptedResponse::endpoint_request(response.as_mut()),
        };
        let reply = endpoint.post(route, request).await?;
        let reply = session(response, &reply)?;
        self.forget();
        self.admit(
            reply.account,
            reply.access_token,
            reply.expires_in,
            config.scopes.clone(),
        );
        Ok(JsValue::UNDEFINED)
    }
}

/// The session that the endpoint's reply tells of: to a code, or to the cookie alone.
pub(crate) fn session(
    response: Option<Box<AcceptedResponse>>,
    reply: &Json,
) -> Result<SessionReply, Error> {
    match response {
        Some(response) if response.consent.is_none() => exchanged(reply, response.config),
        _ => success(reply),
    }
}

/// What an administrator consented to, as pages get it.
fn consented(response: &AcceptedResponse) -> JsValue {
    let (tenant, scope) = response
        .consent
        .as_ref()
        .map_or(("", ""), |both| (&both.0, &both.1));
    let mut scopes = Vec::new();
    for scope in scan::split(scope, b' ') {
        scopes.push(String::from(scope));
    }
    plain(&[
        ("tenant", Member::Text(Some(tenant))),
        ("scopes", Member::Texts(Some(&scopes))),
    ])
}
