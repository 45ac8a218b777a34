//! The window, where there is one. JavaScript acts on it (`pkg-template/session/page.ts`); this reads what it says.
//!
//! A dozen imports for address bar, history and `sessionStorage` would cost more bytes than all that is done with them.

use crate::failure::Failure;
use exo365_core::error::{Code, Error};
use exo365_core::json::Json;
use exo365_core::scan;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen]
extern "C" {
    /// The object that `page()` of `pkg-template/session/page.ts` makes.
    pub type Page;
    #[wasm_bindgen(method)]
    /// The [`Location`] now, as JSON text.
    fn state(this: &Page) -> String;
    #[wasm_bindgen(method)]
    /// The [`Location`] when the package was loaded, for the one client that completes a sign-in; for others without
    /// query and fragment.
    fn arrived(this: &Page) -> String;
    #[wasm_bindgen(method, catch, js_name = keep)]
    fn keep_record(this: &Page, name: &str, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    /// Takes a record out of the storage.
    pub(crate) fn take(this: &Page, name: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    /// Removes the query and the fragment that arrived from the address bar.
    pub(crate) fn clean(this: &Page);
    /// Brings the user back to a path of this origin.
    #[wasm_bindgen(method)]
    pub(crate) fn back(this: &Page, place: &str);
    /// The answer to the session call that JavaScript began before this module was there, still unread; `None` where
    /// none has begun, it is too old, or somebody signed in or out since. `signal` ends the request.
    #[wasm_bindgen(method)]
    pub(crate) fn begun(this: &Page, signal: &AbortSignal) -> Option<Promise>;
}

impl Page {
    /// The page's location now.
    pub(crate) fn read(&self) -> Location {
        Location::parse(&self.state())
    }

    /// The location when the page was loaded.
    pub(crate) fn arrival(&self) -> Location {
        Location::parse(&self.arrived())
    }

    /// Keeps a record in this tab's storage while the page is away.
    pub(crate) fn keep(&self, name: &str, text: &str) -> Result<(), Failure> {
        self.keep_record(name, text).map_err(|cause| {
            let error = Error::new(
                Code::Misconfigured,
                "sessionStorage is full, or forbidden to this page",
            );
            Failure::with_cause(error, cause)
        })
    }
}

/// The page's location, and what else there was to know of the window, at one moment.
pub(crate) struct Location(Json);

impl Location {
    /// Reads the JSON text that the JavaScript of a page writes.
    pub(crate) fn parse(json: &str) -> Self {
        Self(Json::parse(json).unwrap_or_default())
    }

    /// `origin`, `pathname`, `search` or `hash`; `endpoint`: the address of the client's endpoint.
    pub(crate) fn part(&self, name: &str) -> &str {
        self.0.get(name).str().unwrap_or_default()
    }

    /// `secure` or `framed`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.0.get(name).is_true()
    }

    /// The absolute address without query and fragment.
    pub(crate) fn address(&self) -> String {
        scan::concat(&[self.part("origin"), self.part("pathname")])
    }

    /// Path, query and fragment.
    pub(crate) fn relative(&self) -> String {
        scan::concat(&[
            self.part("pathname"),
            self.part("search"),
            self.part("hash"),
        ])
    }

    /// Refuses a page in a frame: no sign-in starts or ends there.
    pub(crate) fn check_not_framed(&self) -> Result<(), Error> {
        if self.is("framed") {
            return Err(Error::new(
                Code::NavigationBlocked,
                "a sign-in neither starts nor ends in a frame",
            ));
        }
        Ok(())
    }
}
