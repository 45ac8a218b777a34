//! Calls to the token endpoint: `POST`, JSON, our own header, never a redirect.

use crate::failure::Failure;
use crate::http::{self, AttemptSignal, Sent};
use crate::page::Page;
use exo365_core::endpoint;
use exo365_core::fetch::{self, Headers, RequestInit};
use exo365_core::json::Json;
use exo365_core::scan;
use exo365_core::wire::Account;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The future of an answer.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Json, Failure>>>>;

/// Protects against cross-site request forgery: a page of another origin cannot send this header without a preflight.
pub(crate) const CSRF_HEADER: (&str, &str) = ("x-exo365", "1");
/// Names the account that the page expects to be signed in. Where another is, the endpoint refuses.
pub(crate) const ACCOUNT_HEADER: &str = "x-exo365-account";

/// The endpoint under its base URL.
pub(crate) struct Endpoint {
    pub(crate) base: String,
    /// Who is signed in, or was until the session ended: a sign-in that an error asks for continues theirs.
    pub(crate) account: RefCell<Option<Account>>,
    /// Whether that session goes on.
    pub(crate) signed_in: Cell<bool>,
    /// Milliseconds.
    pub(crate) timeout: u32,
}

impl Endpoint {
    /// The `credentials` mode of `fetch`. Cookies go to another origin only where the page's author named one.
    pub(crate) fn credentials(&self) -> &'static str {
        if scan::find(&self.base, "://").is_some() {
            fetch::INCLUDE
        } else {
            fetch::SAME_ORIGIN
        }
    }

    /// `{tenantId}.{objectId}` of who is signed in; empty where nobody is.
    pub(crate) fn expected_account(&self) -> String {
        let account = self.account.borrow();
        let account = account.as_ref().filter(|_| self.signed_in.get());
        account.map(Account::identity).unwrap_or_default()
    }

    /// The second argument of `fetch`.
    fn init(&self, body: &JsValue, signal: &AttemptSignal) -> Result<JsValue, Failure> {
        let init = RequestInit {
            method: "POST",
            headers: &Headers::default(),
            own: &[
                ("content-type", "application/json"),
                CSRF_HEADER,
                (ACCOUNT_HEADER, &self.expected_account()),
            ],
            credentials: self.credentials(),
            // The answers hold tokens.
            cache: "no-store",
        };
        http::init(init, body, signal)
    }

    /// `POST {base}{route}`; resolves with the JSON of the answer.
    ///
    /// It takes no signal of a caller: an answer may serve several callers, and the request may have changed the
    /// session.
    pub(crate) fn post(self: &Rc<Self>, route: &'static str, body: String) -> Answer {
        self.post_or_take(None, route, body)
    }

    /// As [`Self::post`]; where `page` has begun this request already, its answer is taken over. The future is boxed, so
    /// that all callers share its code.
    pub(crate) fn post_or_take(
        self: &Rc<Self>,
        page: Option<&Page>,
        route: &'static str,
        body: String,
    ) -> Answer {
        let this = Rc::clone(self);
        let sent = self.send(page, route, body);
        Box::pin(async move {
            let (sent, signal) = sent?;
            let answer = http::exchange(sent, signal, Some("text")).await?;
            let status = answer.response.status();
            // The body of a redirect is not read.
            let text = match status {
                0 => String::new(),
                _ => http::small_text(answer.body),
            };
            Ok(endpoint::answer(status, &text, this.signed_in.get())?)
        })
    }

    fn send(
        &self,
        page: Option<&Page>,
        route: &str,
        body: String,
    ) -> Result<(Sent, AttemptSignal), Failure> {
        let signal = AttemptSignal::new(None, self.timeout)?;
        let begun = page.and_then(|page| page.begun(signal.joined()));
        let sent = match begun {
            Some(answer) => Ok(answer),
            None => {
                let init = self.init(&body.into(), &signal)?;
                http::send(&scan::concat(&[&self.base, route]), &init)
            }
        };
        Ok((sent, signal))
    }
}
