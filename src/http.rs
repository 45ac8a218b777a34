//! The only place that touches the network.
//!
//! gloo-net reads headers; it neither builds nor sends requests. Its builder makes a `URL` and a second `Request`. Its
//! `send` panics where `fetch` rejects with a value that is no `Error`, as after `controller.abort("left the page")`:
//! the promise would stay pending for ever.

use crate::browser;
use crate::failure::Failure;
use crate::task::Awaited;
use exo365_core::endpoint;
use exo365_core::error::{Code, Error};
use exo365_core::fetch::RequestInit;
use exo365_core::reply;
use gloo_net::http::Headers;
use js_sys::{Array, JSON, JsString, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Response};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(url: &str, init: &JsValue) -> Result<Promise, JsValue>;
    /// The JSON of a body; undefined where it is empty.
    #[wasm_bindgen(js_name = readJson)]
    fn read_json(response: &Response) -> Promise;
    // web-sys declares this without `catch`, but it throws where a signal is a polyfill's.
    #[wasm_bindgen(catch, js_namespace = AbortSignal, js_name = any)]
    fn any_signal(signals: &Array) -> Result<AbortSignal, JsValue>;
}

/// The longest text that is copied into Rust memory, in UTF-16 units.
const MAX_TEXT: u32 = 256 * 1024;

/// Hands a success over unread and judges everything else; otherwise as the option `as`.
pub(crate) const SUCCESS: &str = "success";

/// The caller's signal and the time-out of one attempt, joined to one signal.
pub(crate) struct AttemptSignal {
    caller: Option<AbortSignal>,
    time: AbortSignal,
    both: AbortSignal,
}

impl AttemptSignal {
    /// `timeout` is in milliseconds. A signal of a polyfill is refused.
    pub(crate) fn new(caller: Option<&AbortSignal>, timeout: u32) -> Result<Self, Failure> {
        let time = AbortSignal::timeout_with_u32(timeout);
        let both = match caller {
            Some(caller) => any_signal(&Array::of2(caller, &time)).map_err(|cause| {
                Failure::with_cause(Error::argument("`signal` is an AbortSignal"), cause)
            })?,
            None => time.clone(),
        };
        Ok(Self {
            caller: caller.cloned(),
            time,
            both,
        })
    }

    /// Aborted by the caller or by the time-out.
    pub(crate) const fn joined(&self) -> &AbortSignal {
        &self.both
    }

    /// The error for a `fetch`, or a reading of its body, that rejected with `cause`.
    pub(crate) fn classify(&self, cause: JsValue) -> Failure {
        let error = if let Some(caller) = self.caller.as_ref().filter(|caller| caller.aborted()) {
            return Failure::with_cause(
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
        Failure::rethrown(cause, error)
    }
}

/// The second argument of `fetch`: `request` with a body and a signal.
pub(crate) fn init(
    request: RequestInit<'_>,
    body: &JsValue,
    signal: &AttemptSignal,
) -> Result<JsValue, Failure> {
    let text = request.to_json(!body.is_undefined())?;
    let init = JSON::parse(&text).unwrap_or_default();
    // The object is our own: setting cannot fail.
    let _ = Reflect::set(&init, &"signal".into(), &signal.both);
    let _ = Reflect::set(&init, &"body".into(), body);
    Ok(init)
}

/// A response with its body: a refusal's as text, a redirect's not read.
pub(crate) struct Answer {
    pub(crate) response: Response,
    pub(crate) body: JsValue,
}

/// A request that was sent: the promise of its response, or what `fetch` threw.
pub(crate) type Sent = Result<Promise, JsValue>;

/// Sends a request.
pub(crate) fn send(url: &str, init: &JsValue) -> Sent {
    global_fetch(url, init)
}

/// Waits for the response to a request, and reads its body: as `text`, `blob`, `response` (not read) or JSON.
pub(crate) async fn exchange(
    sent: Sent,
    signal: AttemptSignal,
    form: Option<&str>,
) -> Result<Answer, Failure> {
    let waited = settle(sent).await.map_err(|cause| signal.classify(cause))?;
    let headers = Reflect::get(&waited, &"headers".into());
    let reader = headers.and_then(|headers| Reflect::get(&headers, &"get".into()));
    if reader.unwrap_or_default().is_undefined() {
        let text = "what stands in place of `fetch` gave no Response";
        return Err(Error::new(Code::InvalidResponse, text).into());
    }
    let response: Response = waited.unchecked_into();
    let Some(reading) = reading(&response, form) else {
        let body = JsValue::UNDEFINED;
        return Ok(Answer { response, body });
    };
    let read = settle(reading).await;
    let body = read.map_err(|cause| {
        let mut failure = signal.classify(cause);
        failure.detail_mut().status = Some(response.status());
        failure
    })?;
    Ok(Answer { response, body })
}

/// The future of a promise. A call that threw counts as a promise that rejects.
fn settle(promise: Sent) -> Awaited {
    Awaited::from(promise.unwrap_or_else(|cause| Promise::reject(&cause)))
}

/// The promise of the body; `None` where it is not read. Whether a success is JSON its text tells, not its type: gateways
/// write types in other letters, or leave them out.
fn reading(response: &Response, form: Option<&str>) -> Option<Sent> {
    if response.status() == 0 || is_unread(response, form) {
        return None;
    }
    if response.ok() {
        match form {
            Some("blob") => return Some(response.blob()),
            None | Some("json") => return Some(Ok(read_json(response))),
            Some(_) => {}
        }
    }
    Some(response.text())
}

/// Whether the response is handed over unread.
pub(crate) fn is_unread(response: &Response, form: Option<&str>) -> bool {
    match form {
        Some("response") => response.status() != 401,
        form => form == Some(SUCCESS) && response.ok(),
    }
}

/// A header of a response, where CORS lets the page see it.
pub(crate) fn header(response: &Response, name: &str) -> Option<String> {
    Headers::from_raw(response.headers()).get(name)
}

/// The error that `response`, with this body, stands for.
pub(crate) fn refusal(response: &Response, text: &str) -> Error {
    let header = |name: &str| header(response, name);
    // In proxy mode this header marks the endpoint's own refusals.
    if header("x-exo365").is_some()
        && let Err(error) = endpoint::read(response.status(), text)
    {
        return error;
    }
    reply::judge(
        response.status(),
        reply::Headers::read(header),
        text,
        browser::until,
    )
}

/// The text of a body: of a refusal, or of an answer of the endpoint. One that is too long, or is no text, reads as empty.
pub(crate) fn small_text(body: JsValue) -> String {
    let text: JsString = body.unchecked_into();
    if text.length() > MAX_TEXT {
        return String::new();
    }
    text.as_string().unwrap_or_default()
}
