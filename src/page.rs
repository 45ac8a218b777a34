//! The window, where there is one: `pkg-template/page.js` acts on it, this reads what it says.
//!
//! Address bar, history and `sessionStorage` as a dozen imports of their own would cost more than
//! all that is done with them.

use crate::failure::Failure;
use exo365_core::error::{Code, Error};
use exo365_core::json::Json;
use exo365_core::{origin, scan};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What `page()` of `pkg-template/page.js` makes.
    pub type Page;
    #[wasm_bindgen(method)]
    fn state(this: &Page) -> String;
    #[wasm_bindgen(method, catch, js_name = keep)]
    fn keep_record(this: &Page, name: &str, text: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn take(this: &Page, name: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    pub(crate) fn show(this: &Page, place: &str);
    /// Tells the window that asked under this name where this one is, and closes this one.
    #[wasm_bindgen(method)]
    pub(crate) fn relay(this: &Page, name: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn go(this: &Page, place: &str);
}

impl Page {
    /// Where the page is now.
    pub(crate) fn read(&self) -> Place {
        Place::of(&self.state())
    }

    /// Keeps a record for this tab, over the redirect.
    pub(crate) fn keep(&self, name: &str, text: &str) -> Result<(), Failure> {
        self.keep_record(name, text).map_err(|cause| {
            let error = Error::new(
                Code::Misconfigured,
                "sessionStorage is full, or forbidden to this page",
            );
            Failure::caused(error, cause)
        })
    }
}

/// Where the page was when it was asked.
pub(crate) struct Place(Json);

impl Place {
    /// Out of what a page says of itself.
    pub(crate) fn of(said: &str) -> Self {
        Self(Json::parse(said).unwrap_or_default())
    }

    /// `origin`, `pathname`, `search` or `hash`.
    pub(crate) fn part(&self, name: &str) -> &str {
        self.0.get(name).str().unwrap_or_default()
    }

    /// `secure`, `framed`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.0.get(name).is_true()
    }

    /// The names of the records of this tab.
    pub(crate) fn kept(&self) -> Vec<String> {
        self.0.get("kept").texts().unwrap_or_default()
    }

    /// The address without query and fragment.
    pub(crate) fn here(&self) -> String {
        scan::concat(&[self.part("origin"), self.part("pathname")])
    }

    /// Path, query and fragment: where the user is.
    pub(crate) fn place(&self) -> String {
        scan::concat(&[
            self.part("pathname"),
            self.part("search"),
            self.part("hash"),
        ])
    }

    /// Whether the page is served from this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        scan::split_once(self.part("origin"), "://").is_some_and(|cut| origin::is_loopback(cut.1))
    }

    /// A page in a frame neither starts nor ends a sign-in.
    pub(crate) fn unframed(&self) -> Result<(), Error> {
        if self.is("framed") {
            return Err(Error::new(
                Code::NavigationBlocked,
                "the page is in a frame: a sign-in neither starts nor ends there",
            ));
        }
        Ok(())
    }
}
