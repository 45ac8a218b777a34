//! The only place that touches the network.
//!
//! gloo-net builds the request; it does not send it. Its `send` panics, and leaves the promise
//! pending for ever, where `fetch` rejects with a value that is no `Error`, which
//! `controller.abort("left the page")` does.

use crate::failure::Failure;
use exo365_core::error::{Code, Error};
use exo365_core::scan;
use gloo_net::http::{Headers as GlooHeaders, Method, RequestBuilder};
use js_sys::{Array, JsString, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect,
    Response,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(request: &web_sys::Request) -> Result<Promise, JsValue>;
    // web-sys takes this for a call that cannot fail; with a signal of a polyfill it can.
    #[wasm_bindgen(catch, js_namespace = AbortSignal, js_name = any)]
    fn any_signal(signals: &Array) -> Result<AbortSignal, JsValue>;
}

/// Longest text that is taken into Rust memory, in UTF-16 units.
const MAX_TEXT: u32 = 256 * 1024;

/// What leaves the page.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) headers: Headers,
    pub(crate) body: Option<JsValue>,
    pub(crate) credentials: RequestCredentials,
}

/// The caller's signal and the time of one attempt, as one signal.
pub(crate) struct Watch<'a> {
    caller: Option<&'a AbortSignal>,
    time: AbortSignal,
    both: AbortSignal,
}

impl<'a> Watch<'a> {
    /// Both must be the browser's own: a signal of a polyfill is refused.
    pub(crate) fn new(caller: Option<&'a AbortSignal>, timeout: u32) -> Result<Self, Failure> {
        let time = AbortSignal::timeout_with_u32(timeout);
        let both = match caller {
            Some(caller) => any_signal(&Array::of2(caller, &time)).map_err(|cause| {
                Failure::caused(Error::argument("`signal` is an AbortSignal"), cause)
            })?,
            None => time.clone(),
        };
        Ok(Self { caller, time, both })
    }

    /// Why `fetch`, or the reading of its body, rejected with `cause`.
    pub(crate) fn classify(&self, cause: JsValue) -> Failure {
        let error = if let Some(caller) = self.caller.filter(|caller| caller.aborted()) {
            return Failure::caused(
                Error::new(Code::Aborted, "the caller aborted the call"),
                caller.reason(),
            );
        } else if self.time.aborted() {
            Error::new(Code::Timeout, "no answer in time")
        } else if cause.is_instance_of::<js_sys::SyntaxError>() {
            Error::new(Code::InvalidResponse, "the answer is not JSON")
        } else {
            Error::new(
                Code::Network,
                "no answer, or none that the browser lets this page see",
            )
        };
        Failure::caused(error, cause)
    }

    /// Waits for `promise`; a rejection is classified.
    pub(crate) async fn wait(&self, promise: Result<Promise, JsValue>) -> Result<JsValue, Failure> {
        match promise {
            Ok(promise) => JsFuture::from(promise)
                .await
                .map_err(|cause| self.classify(cause)),
            Err(cause) => Err(self.classify(cause)),
        }
    }
}

/// Sets a header; what the browser does not take as one is the caller's mistake.
pub(crate) fn set_header(headers: &Headers, name: &str, value: &str) -> Result<(), Failure> {
    headers.set(name, value).map_err(|cause| {
        let message = scan::concat(&["`", name, "` is no header, or its value is none"]);
        Failure::caused(Error::with(Code::InvalidArgument, message), cause)
    })
}

/// Empty headers.
pub(crate) fn headers() -> Result<Headers, Failure> {
    Headers::new().map_err(unbuildable)
}

/// Sends; resolves when the answer's head is there. Redirects are not followed, nothing is cached.
pub(crate) async fn send(outgoing: Outgoing<'_>, watch: &Watch<'_>) -> Result<Response, Failure> {
    let Outgoing {
        method,
        url,
        headers,
        body,
        credentials,
    } = outgoing;
    let builder = RequestBuilder::new(url)
        .method(named(method)?)
        .headers(GlooHeaders::from_raw(headers))
        .abort_signal(Some(&watch.both))
        .credentials(credentials)
        .cache(RequestCache::NoStore)
        .redirect(RequestRedirect::Manual)
        .referrer_policy(ReferrerPolicy::NoReferrer);
    let request = match body {
        Some(body) => builder.body(body),
        None => builder.build(),
    };
    let request = request.map_err(|error| {
        unbuildable(match error {
            gloo_net::Error::JsError(error) => js_sys::Error::new(&error.message).into(),
            _ => JsValue::UNDEFINED,
        })
    })?;
    let response = watch.wait(global_fetch(&request.into())).await?;
    Ok(response.unchecked_into())
}

/// The method of that name (RFC 9110 §9, RFC 5789): those that the APIs have.
fn named(method: &str) -> Result<Method, Error> {
    Ok(match method {
        "DELETE" => Method::DELETE,
        "GET" => Method::GET,
        "HEAD" => Method::HEAD,
        "OPTIONS" => Method::OPTIONS,
        "PATCH" => Method::PATCH,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        _ => {
            return Err(Error::argument(
                "method is GET, POST, PATCH, PUT, DELETE, HEAD or OPTIONS",
            ));
        }
    })
}

fn unbuildable(cause: JsValue) -> Failure {
    Failure::caused(
        Error::argument("the browser does not take this as a request"),
        cause,
    )
}

/// A header of an answer, where CORS lets us see it.
pub(crate) fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

/// The text of a small answer: of a refusal, or of the endpoint. One that is not small is not taken in.
pub(crate) async fn text(response: &Response, watch: &Watch<'_>) -> Result<String, Failure> {
    let text: JsString = watch.wait(response.text()).await?.unchecked_into();
    if text.length() > MAX_TEXT {
        return Ok(String::new());
    }
    Ok(text.into())
}
