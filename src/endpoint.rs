//! Calls to the token endpoint: `POST`, JSON, our own header, never a redirect.

use crate::failure::Failure;
use crate::http::{self, Outgoing, Watch};
use exo365_core::endpoint;
use exo365_core::error::{Code, Error};
use exo365_core::json::{FromJson, ToJson};
use wasm_bindgen::JsValue;
use web_sys::RequestCredentials;

/// The endpoint under its base URL.
pub(crate) struct Endpoint {
    pub(crate) base: String,
    /// Milliseconds.
    pub(crate) timeout: u32,
}

impl Endpoint {
    /// `POST {base}{route}`.
    ///
    /// No caller's signal here: an answer may serve several callers, and a session may have changed with it.
    pub(crate) async fn post<T: FromJson>(
        &self,
        route: &str,
        body: &impl ToJson,
    ) -> Result<T, Failure> {
        let text = body.to_json();
        let headers = http::headers()?;
        for (name, value) in [("content-type", "application/json"), ("x-exo365", "1")] {
            http::set_header(&headers, name, value)?;
        }
        let outgoing = Outgoing {
            method: "POST",
            url: &[&self.base, route].concat(),
            headers,
            body: Some(JsValue::from(text)),
            credentials: RequestCredentials::SameOrigin,
        };
        let watch = Watch::new(None, self.timeout)?;
        let response = http::send(outgoing, &watch).await?;
        if response.status() == 0 {
            return Err(Error::new(
                Code::Misconfigured,
                "the endpoint's address redirects: give the one it redirects to",
            )
            .into());
        }
        let body = http::text(&response, &watch).await?;
        Ok(endpoint::read(response.status(), &body)?)
    }
}
