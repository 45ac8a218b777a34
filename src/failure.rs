//! How an error crosses to JavaScript: as a real `Error` with a stable `code` and the untouched cause.
//!
//! `remedy` crosses only where it is better than the code's own sentence: the face has those, by `code`.

use exo365_core::error::{Code, Detail, Error};
use js_sys::{JsString, Object, Reflect};
use wasm_bindgen::JsValue;

/// A core error and the JavaScript value that caused it (`undefined` if none). Boxed, since every `?` moves it.
pub(crate) struct Failure(Box<Inner>);

struct Inner {
    error: Error,
    cause: JsValue,
    /// The `Error` that crossed before: all who waited for one promise get the same object.
    thrown: Option<JsValue>,
    /// The headers of the answer that CORS lets the page see.
    headers: JsValue,
    /// How often the call was sent.
    attempts: u32,
}

impl Failure {
    /// `error`, with the value that JavaScript threw.
    pub(crate) fn with_cause(error: Error, cause: JsValue) -> Self {
        Self(Box::new(Inner {
            error,
            cause,
            thrown: None,
            headers: JsValue::UNDEFINED,
            attempts: 0,
        }))
    }

    /// `error`, with the headers of the answer.
    pub(crate) fn with_headers(error: Error, headers: JsValue) -> Self {
        let mut failure = Self::from(error);
        failure.0.headers = headers;
        failure
    }

    /// Sets how often the call was sent.
    pub(crate) fn set_attempts(&mut self, attempts: u32) {
        self.0.attempts = attempts;
    }

    /// A failure that crossed before and comes back: from a shared promise, or from what looks at the answers of a
    /// client's own `fetch` (pkg-template/session/own-fetch.ts). `otherwise`, where `js` is not ours.
    pub(crate) fn rethrown(js: JsValue, otherwise: Error) -> Self {
        let code = Reflect::get(&js, &"code".into())
            .ok()
            .and_then(|code| code.as_string());
        match code.and_then(|code| Code::parse(&code)) {
            Some(code) => {
                let mut failure = Self::from(Error::new(code, ""));
                failure.0.thrown = Some(js);
                failure
            }
            None => Self::with_cause(otherwise, js),
        }
    }

    pub(crate) fn error(&self) -> &Error {
        &self.0.error
    }

    pub(crate) fn error_mut(&mut self) -> &mut Error {
        &mut self.0.error
    }

    pub(crate) fn detail_mut(&mut self) -> &mut Detail {
        self.0.error.detail_mut()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::with_cause(error, JsValue::UNDEFINED)
    }
}

/// Sets a property where `value` is defined. The object is our own, so that this cannot fail.
fn set(target: &JsValue, name: &str, value: &JsValue) {
    if !value.is_undefined() {
        let _ = Reflect::set(target, &JsString::from(name), value);
    }
}

/// Sets a property that is a text. Takes the field by reference as it is: that is the least code for each call.
fn text(target: &JsValue, name: &str, text: &Option<String>) {
    if let Some(text) = text {
        set(target, name, &JsValue::from_str(text));
    }
}

fn number(target: &JsValue, name: &str, number: Option<u32>) {
    if let Some(number) = number {
        set(target, name, &JsValue::from(number));
    }
}

fn details(js: &JsValue, detail: &Detail) {
    number(js, "status", detail.status.map(u32::from));
    number(js, "retryAfterSeconds", detail.retry_after_seconds);
    text(js, "requestId", &detail.request_id);
    text(js, "clientRequestId", &detail.client_request_id);
    text(js, "correlationId", &detail.correlation_id);
    text(js, "serviceCode", &detail.service_code);
    text(js, "claims", &detail.claims);
    text(js, "consentUrl", &detail.consent_url);
    text(js, "remedy", &detail.remedy);
    if !detail.aadsts.is_empty() {
        let numbers = js_sys::Array::new();
        for number in &detail.aadsts {
            numbers.push(&JsValue::from(*number));
        }
        set(js, "aadsts", &numbers);
    }
    if let Some(known) = &detail.diagnostics {
        let object: JsValue = Object::new().into();
        number(&object, "number", Some(known.number));
        set(&object, "reason", &JsValue::from_str(&known.reason));
        set(&object, "category", &JsValue::from_str(&known.category));
        set(js, "diagnostics", &object);
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let Inner {
            error,
            cause,
            thrown,
            headers,
            attempts,
        } = *failure.0;
        if let Some(js) = thrown {
            return js;
        }
        let js = js_sys::Error::new(&error.message);
        js.set_name("Exo365Error");
        let js: Self = js.into();
        set(&js, "cause", &cause);
        set(&js, "headers", &headers);
        number(&js, "attempts", (attempts > 0).then_some(attempts));
        set(&js, "code", &Self::from_str(error.code.as_str()));
        if let Some(detail) = &error.detail {
            details(&js, detail);
        }
        js
    }
}
