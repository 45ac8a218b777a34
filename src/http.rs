//! The only place that touches the network.
//!
//! gloo-net reads answers; it neither builds nor sends requests. Its builder makes a `URL` and a `Request`
//! on the way to the one that is sent, and its `send` panics, and leaves the promise pending for ever, where
//! `fetch` rejects with a value that is no `Error`, which `controller.abort("left the page")` does.

use crate::browser;
use crate::failure::Failure;
use exo365_core::endpoint;
use exo365_core::error::{Code, Error};
use exo365_core::outgoing::Outgoing;
use exo365_core::reply;
use exo365_core::scan;
use gloo_net::http::Headers;
use js_sys::{Array, JSON, JsString, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Response, ResponseInit};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn global_fetch(url: &str, init: &JsValue) -> Result<Promise, JsValue>;
    // web-sys takes this for a call that cannot fail; with a signal of a polyfill it can.
    #[wasm_bindgen(catch, js_namespace = AbortSignal, js_name = any)]
    fn any_signal(signals: &Array) -> Result<AbortSignal, JsValue>;
}

/// Longest text that is taken into Rust memory, in UTF-16 units.
const MAX_TEXT: u32 = 256 * 1024;

/// The form of an answer that is handed over unread where it is a success, and judged where it is none.
pub(crate) const SUCCESS: &str = "success";

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

/// `outgoing` as `fetch` takes it: with a body, and the signal that ends it.
pub(crate) fn init(
    outgoing: Outgoing<'_>,
    body: &JsValue,
    watch: &Watch,
) -> Result<JsValue, Failure> {
    let text = outgoing.init(!body.is_undefined())?;
    let init = JSON::parse(&text).unwrap_or_default();
    // The object is our own: setting cannot fail.
    let _ = Reflect::set(&init, &"signal".into(), &watch.both);
    let _ = Reflect::set(&init, &"body".into(), body);
    Ok(init)
}

/// An answer, with its body as it was wanted: a refusal's as text, a redirect's not at all.
pub(crate) struct Answer {
    pub(crate) response: Response,
    pub(crate) body: JsValue,
}

/// Sends, and reads the body: `text`, `blob`, `response` (not read), or as the browser's own JSON.
pub(crate) async fn exchange(
    url: &str,
    init: JsValue,
    watch: Watch,
    form: Option<&str>,
) -> Result<Answer, Failure> {
    let waited = settle(global_fetch(url, &init)).await;
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
    if response.status() == 0 || unread(response, form) {
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

/// Whether the answer is handed over as it came.
pub(crate) fn unread(response: &Response, form: Option<&str>) -> bool {
    match form {
        Some("response") => response.status() != 401,
        form => form == Some(SUCCESS) && response.ok(),
    }
}

/// Actions answer with no body and no type, whatever their status is.
pub(crate) fn is_json(response: &Response) -> bool {
    header(response, "content-type").is_some_and(|kind| scan::find(&kind, "json").is_some())
}

/// A header of an answer, where CORS lets us see it.
pub(crate) fn header(response: &Response, name: &str) -> Option<String> {
    Headers::from_raw(response.headers()).get(name)
}

/// What the refusal that is `response` with this text means.
pub(crate) fn refusal(response: &Response, text: &str) -> Error {
    let header = |name: &str| header(response, name);
    // In proxy mode the endpoint has words of its own, and says that they are its own.
    if header("x-exo365").is_some()
        && let Err(error) = endpoint::read(response.status(), text)
    {
        return error;
    }
    reply::judge(response.status(), header, text, browser::until)
}

/// The same for an answer to an item of a batch, which has status and headers as a response does.
pub(crate) fn judge(item: &ResponseInit, text: &str) -> Failure {
    match Response::new_with_opt_str_and_init(None, item) {
        Ok(response) => refusal(&response, text).into(),
        Err(cause) => {
            let error = Error::new(Code::InvalidResponse, "the batch has an odd answer");
            Failure::caused(error, cause)
        }
    }
}

/// The text of a small answer: of a refusal, or of the endpoint. One that is not small is not taken in.
pub(crate) fn small(body: JsValue) -> String {
    let text: JsString = body.unchecked_into();
    if text.length() > MAX_TEXT {
        return String::new();
    }
    text.into()
}
