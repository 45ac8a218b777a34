//! How an error crosses to JavaScript: a real `Error` with a stable `code`, its cause untouched.
//!
//! `remedy` crosses only where it is better than the code's own sentence: the face has those, by `code`.

use exo365_core::error::{Code, Detail, Error};
use js_sys::{JsString, Object, Reflect};
use wasm_bindgen::JsValue;

/// A core error and the JavaScript value that caused it (`undefined` if none). Boxed: every `?` moves it.
pub(crate) struct Failure(Box<Inner>);

struct Inner {
    error: Error,
    cause: JsValue,
    /// The very object, where it has crossed before: whoever waited for the same thing gets the same.
    crossed: Option<JsValue>,
    /// Headers of the answer, as far as CORS lets us see them.
    headers: JsValue,
    /// How often the call was sent.
    attempts: u32,
}

impl Failure {
    /// `error`, with what was thrown at us.
    pub(crate) fn caused(error: Error, cause: JsValue) -> Self {
        Self(Box::new(Inner {
            error,
            cause,
            crossed: None,
            headers: JsValue::UNDEFINED,
            attempts: 0,
        }))
    }

    /// The refusal that an answer with these headers is.
    pub(crate) fn told(error: Error, headers: JsValue) -> Self {
        let mut failure = Self::from(error);
        failure.0.headers = headers;
        failure
    }

    /// Notes how often the call was sent.
    pub(crate) fn after(&mut self, attempts: u32) {
        self.0.attempts = attempts;
    }

    /// A failure of ours that comes back from a shared promise.
    pub(crate) fn returned(js: JsValue) -> Self {
        let code = Reflect::get(&js, &"code".into())
            .ok()
            .and_then(|code| code.as_string());
        let code = code
            .and_then(|code| Code::parse(&code))
            .unwrap_or(Code::InvalidResponse);
        let mut failure = Self::from(Error::new(code, ""));
        failure.0.crossed = Some(js);
        failure
    }

    pub(crate) fn error(&self) -> &Error {
        &self.0.error
    }

    pub(crate) fn detail_mut(&mut self) -> &mut Detail {
        self.0.error.detail_mut()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::caused(error, JsValue::UNDEFINED)
    }
}

/// Sets a property on an object of our own making, which cannot fail; what is not known is left out.
fn set(target: &JsValue, name: &str, value: &JsValue) {
    if !value.is_undefined() {
        let _ = Reflect::set(target, &JsString::from(name), value);
    }
}

/// Sets a property that is a text. Takes the field as it is kept: a pointer, made nothing of before the call.
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
            crossed,
            headers,
            attempts,
        } = *failure.0;
        if let Some(js) = crossed {
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
