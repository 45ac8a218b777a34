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
    AbortSignal, Headers, ReferrerPolicy, Request, RequestCache, RequestCredentials,
    RequestRedirect, Response,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(request: &Request) -> Result<Promise, JsValue>;
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
    pub(crate) cache: RequestCache,
}

/// The caller's signal and the time of one attempt, as one signal.
pub(crate) struct Watch {
    caller: Option<AbortSignal>,
    time: AbortSignal,
    both: AbortSignal,
}

impl Watch {
    /// Both must be the browser's own: a signal of a polyfill is refused.
    pub(crate) fn new(caller: Option<&AbortSignal>, timeout: u32) -> Result<Self, Failure> {
        let time = AbortSignal::timeout_with_u32(timeout);
        let both = match caller {
            Some(caller) => any_signal(&Array::of2(caller, &time)).map_err(|cause| {
                Failure::caused(Error::argument("`signal` is an AbortSignal"), cause)
            })?,
            None => time.clone(),
        };
        Ok(Self {
            caller: caller.cloned(),
            time,
            both,
        })
    }

    /// Why `fetch`, or the reading of its body, rejected with `cause`.
    pub(crate) fn classify(&self, cause: JsValue) -> Failure {
        let error = if let Some(caller) = self.caller.as_ref().filter(|caller| caller.aborted()) {
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

/// The request as the browser has it. Redirects are not followed.
pub(crate) fn build(outgoing: Outgoing<'_>, watch: &Watch) -> Result<Request, Failure> {
    let Outgoing {
        method,
        url,
        headers,
        body,
        credentials,
        cache,
    } = outgoing;
    let builder = RequestBuilder::new(url)
        .method(named(method)?)
        .headers(GlooHeaders::from_raw(headers))
        .abort_signal(Some(&watch.both))
        .credentials(credentials)
        .cache(cache)
        .redirect(RequestRedirect::Manual)
        .referrer_policy(ReferrerPolicy::NoReferrer);
    let request = match body {
        Some(body) => builder.body(body),
        None => builder.build(),
    };
    match request {
        Ok(request) => Ok(request.into()),
        Err(error) => Err(unbuildable(match error {
            gloo_net::Error::JsError(error) => js_sys::Error::new(&error.message).into(),
            _ => JsValue::UNDEFINED,
        })),
    }
}

/// An answer, with its body as it was wanted: a refusal's as text, a redirect's not at all.
pub(crate) struct Answer {
    pub(crate) response: Response,
    pub(crate) body: JsValue,
}

/// Sends, and reads the body: `text`, `blob`, `response` (not read), or as the browser's own JSON.
pub(crate) async fn exchange(
    request: Request,
    watch: Watch,
    form: Option<&str>,
) -> Result<Answer, Failure> {
    let waited = settle(global_fetch(&request)).await;
    let response: Response = waited
        .map_err(|cause| watch.classify(cause))?
        .unchecked_into();
    let Some(reading) = reading(&response, form) else {
        let body = JsValue::UNDEFINED;
        return Ok(Answer { response, body });
    };
    let read = settle(reading).await;
    let body = read.map_err(|cause| watch.classify(cause))?;
    Ok(Answer { response, body })
}

/// A call that was refused at once is a promise that rejects.
fn settle(promise: Result<Promise, JsValue>) -> JsFuture {
    JsFuture::from(promise.unwrap_or_else(|cause| Promise::reject(&cause)))
}

/// How the body is read, if it is.
fn reading(response: &Response, form: Option<&str>) -> Option<Result<Promise, JsValue>> {
    let status = response.status();
    let raw = form == Some("response") && status != 401;
    if status == 0 || raw {
        return None;
    }
    if response.ok() {
        match form {
            Some("blob") => return Some(response.blob()),
            None | Some("json") if is_json(response) => return Some(response.json()),
            _ => {}
        }
    }
    Some(response.text())
}

/// Actions answer with no body and no type, whatever their status is.
pub(crate) fn is_json(response: &Response) -> bool {
    header(response, "content-type").is_some_and(|kind| scan::find(&kind, "json").is_some())
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
pub(crate) fn small(body: JsValue) -> String {
    let text: JsString = body.unchecked_into();
    if text.length() > MAX_TEXT {
        return String::new();
    }
    text.into()
}
