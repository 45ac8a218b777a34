//! Sign-outs: of the endpoint, and where the page asks for it of Microsoft.

use crate::authorization_response::SIGNED_OUT;
use crate::browser;
use crate::client::{Client, Session};
use crate::failure::Failure;
use crate::page::Page;
use exo365_core::endpoint::success;
use exo365_core::error::{Code, Error};
use exo365_core::json::{Json, ToJson};
use exo365_core::origin;
use exo365_core::scan;
use exo365_core::wire::{LogoutReply, LogoutRequest};
use wasm_bindgen::JsValue;

impl Client {
    /// Ends the session at the endpoint. Gives the address of Microsoft's own sign-out, where `microsoft` is set.
    pub(crate) async fn sign_out(&self, microsoft: bool) -> Result<JsValue, Failure> {
        let Some(session) = &self.session else {
            return Ok(JsValue::UNDEFINED);
        };
        let request = LogoutRequest { microsoft }.to_json();
        let reply = session.endpoint.post("/logout", request).await?;
        session.logout_url(&reply, self.page.as_ref())
    }
}

impl Session {
    /// The address of Microsoft's own sign-out, where the endpoint gave one, with a `state` that the tab keeps.
    fn logout_url(&self, reply: &Json, page: Option<&Page>) -> Result<JsValue, Failure> {
        let LogoutReply { logout_url } = success(reply)?;
        let Some(url) = logout_url else {
            return Ok(JsValue::UNDEFINED);
        };
        if origin::of(&url) != self.config.cloud.login {
            return Err(Error::new(
                Code::UntrustedHost,
                "the sign-out address is not on the sign-in host",
            )
            .into());
        }
        let state = browser::uuid()?;
        if let Some(page) = page {
            page.keep(&state, SIGNED_OUT)?;
        }
        let joint = if scan::contains_any(&url, b"?") {
            "&"
        } else {
            "?"
        };
        Ok(scan::concat(&[&url, joint, "state=", &state]).into())
    }
}
