//! How an error crosses to JavaScript: a real `Error` with a stable `code`, its cause untouched.

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
}

impl Failure {
    /// `error`, with what was thrown at us.
    pub(crate) fn caused(error: Error, cause: JsValue) -> Self {
        Self(Box::new(Inner {
            error,
            cause,
            crossed: None,
        }))
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

/// Sets the properties that are texts.
fn texts(target: &JsValue, texts: &[(&str, Option<&str>)]) {
    for (name, text) in texts {
        set(
            target,
            name,
            &text.map_or(JsValue::UNDEFINED, JsValue::from_str),
        );
    }
}

fn numbers(target: &JsValue, numbers: &[(&str, Option<u32>)]) {
    for (name, number) in numbers {
        set(
            target,
            name,
            &number.map_or(JsValue::UNDEFINED, JsValue::from),
        );
    }
}

fn details(js: &JsValue, detail: &Detail) {
    numbers(
        js,
        &[
            ("status", detail.status.map(u32::from)),
            ("retryAfterSeconds", detail.retry_after_seconds),
        ],
    );
    texts(
        js,
        &[
            ("requestId", detail.request_id.as_deref()),
            ("clientRequestId", detail.client_request_id.as_deref()),
            ("correlationId", detail.correlation_id.as_deref()),
            ("serviceCode", detail.service_code.as_deref()),
            ("claims", detail.claims.as_deref()),
            ("consentUrl", detail.consent_url.as_deref()),
        ],
    );
    if !detail.aadsts.is_empty() {
        let numbers: js_sys::Array = detail.aadsts.iter().copied().map(JsValue::from).collect();
        set(js, "aadsts", &numbers);
    }
    if let Some(known) = &detail.diagnostics {
        let object: JsValue = Object::new().into();
        numbers(&object, &[("number", Some(known.number))]);
        texts(
            &object,
            &[
                ("reason", Some(&known.reason)),
                ("category", Some(&known.category)),
            ],
        );
        set(js, "diagnostics", &object);
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let Inner {
            error,
            cause,
            crossed,
        } = *failure.0;
        if let Some(js) = crossed {
            return js;
        }
        let js = js_sys::Error::new(&error.message);
        js.set_name("Exo365Error");
        let js: Self = js.into();
        set(&js, "cause", &cause);
        texts(
            &js,
            &[
                ("code", Some(error.code.as_str())),
                ("remedy", Some(error.remedy())),
            ],
        );
        if let Some(detail) = &error.detail {
            details(&js, detail);
        }
        js
    }
}
