//! Calls to the token endpoint: `POST`, JSON, our own header, never a redirect.

use crate::failure::Failure;
use crate::http::{self, Watch};
use exo365_core::endpoint;
use exo365_core::error::{Code, Error};
use exo365_core::json::Json;
use exo365_core::outgoing::{self, Headers, Outgoing};
use exo365_core::scan;
use exo365_core::wire::Account;
use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// An answer on its way.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Json, Failure>>>>;

/// Our own header: a page of another origin cannot send it unasked.
pub(crate) const MARK: (&str, &str) = ("x-exo365", "1");
/// The header that says whom the page believes to be signed in: where that is not so any more, nothing is answered.
pub(crate) const ACCOUNT: &str = "x-exo365-account";

/// The endpoint under its base URL.
pub(crate) struct Endpoint {
    pub(crate) base: String,
    /// Who is signed in.
    pub(crate) account: RefCell<Option<Account>>,
    /// Milliseconds.
    pub(crate) timeout: u32,
}

impl Endpoint {
    /// Cookies go to another origin only where the page's author named one.
    pub(crate) fn credentials(&self) -> &'static str {
        if scan::find(&self.base, "://").is_some() {
            outgoing::INCLUDE
        } else {
            outgoing::SAME_ORIGIN
        }
    }

    /// `{tenantId}.{objectId}` of who is signed in; empty where nobody is.
    pub(crate) fn believed(&self) -> String {
        let account = self.account.borrow();
        account.as_ref().map(Account::identity).unwrap_or_default()
    }

    /// What `fetch` is given beside the address.
    fn init(&self, body: &JsValue, watch: &Watch) -> Result<JsValue, Failure> {
        let outgoing = Outgoing {
            method: "POST",
            headers: &Headers::default(),
            own: &[
                ("content-type", "application/json"),
                MARK,
                (ACCOUNT, &self.believed()),
            ],
            credentials: self.credentials(),
            // The answers hold tokens.
            cache: "no-store",
        };
        http::init(outgoing, body, watch)
    }

    /// `POST {base}{route}`; resolves with the tree of the answer.
    ///
    /// No caller's signal here: an answer may serve several callers, and a session may have changed with it.
    /// Boxed, so that the ways here share one piece of code.
    pub(crate) fn post(self: &Rc<Self>, route: &'static str, body: String) -> Answer {
        let this = Rc::clone(self);
        Box::pin(async move {
            let url = scan::concat(&[&this.base, route]);
            let watch = Watch::new(None, this.timeout)?;
            let init = this.init(&body.into(), &watch)?;
            let answer = http::exchange(&url, init, watch, Some("text")).await?;
            let status = answer.response.status();
            if status == 0 {
                return Err(Error::new(
                    Code::Misconfigured,
                    "the endpoint's address redirects: give the one it redirects to",
                )
                .into());
            }
            Ok(endpoint::read(status, &http::small(answer.body))?)
        })
    }
}
