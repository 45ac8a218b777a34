//! How an error crosses to JavaScript: a real `Error` with a stable `code`, its cause untouched.

use exo365_core::error::{Code, Error};
use js_sys::{JsString, Object, Reflect};
use wasm_bindgen::JsValue;

/// A core error and the JavaScript value that caused it (`undefined` if none).
pub(crate) struct Failure {
    pub(crate) error: Error,
    cause: JsValue,
    /// The very object, where it has crossed before: whoever waited for the same thing gets the same.
    crossed: Option<JsValue>,
}

impl Failure {
    /// `error`, with what was thrown at us.
    pub(crate) const fn caused(error: Error, cause: JsValue) -> Self {
        Self {
            error,
            cause,
            crossed: None,
        }
    }

    /// A failure of ours that comes back from a shared promise.
    pub(crate) fn returned(js: JsValue) -> Self {
        let code = Reflect::get(&js, &"code".into())
            .ok()
            .and_then(|code| code.as_string());
        let code = code
            .and_then(|code| Code::parse(&code))
            .unwrap_or(Code::InvalidResponse);
        Self {
            crossed: Some(js),
            ..Self::from(Error::new(code, ""))
        }
    }

    /// Claims that the next token has to answer.
    pub(crate) fn claims(&self) -> Option<String> {
        self.error
            .detail
            .as_ref()
            .and_then(|detail| detail.claims.clone())
    }

    /// An argument named `name` that is not what it should be; serde's sentence goes along.
    pub(crate) fn option(name: &str, cause: &JsValue) -> Self {
        let said = Reflect::get(cause, &"message".into())
            .ok()
            .and_then(|message| message.as_string())
            .unwrap_or_default();
        let message = ["`", name, "`: ", &said].concat();
        Self::from(Error::with(Code::InvalidArgument, message))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::caused(error, JsValue::UNDEFINED)
    }
}

/// Sets a property on an object of our own making, which cannot fail; what is not known is left out.
fn set(target: &JsValue, name: &str, value: impl Into<JsValue>) {
    let value = value.into();
    if !value.is_undefined() {
        let _ = Reflect::set(target, &JsString::from(name), &value);
    }
}

impl From<Failure> for JsValue {
    fn from(
        Failure {
            error,
            cause,
            crossed,
        }: Failure,
    ) -> Self {
        if let Some(js) = crossed {
            return js;
        }
        let js = js_sys::Error::new(&error.message);
        js.set_name("Exo365Error");
        if !cause.is_undefined() {
            js.set_cause(&cause);
        }
        let js: Self = js.into();
        set(&js, "code", error.code.as_str());
        set(&js, "remedy", error.remedy());
        let Some(detail) = error.detail else {
            return js;
        };
        set(&js, "status", detail.status);
        set(&js, "requestId", detail.request_id);
        set(&js, "clientRequestId", detail.client_request_id);
        set(&js, "correlationId", detail.correlation_id);
        set(&js, "serviceCode", detail.service_code);
        set(&js, "retryAfterSeconds", detail.retry_after_seconds);
        set(&js, "claims", detail.claims);
        set(&js, "consentUrl", detail.consent_url);
        if !detail.aadsts.is_empty() {
            let numbers: js_sys::Array = detail.aadsts.into_iter().map(Self::from).collect();
            set(&js, "aadsts", numbers);
        }
        if let Some(known) = detail.diagnostics {
            let object: Self = Object::new().into();
            set(&object, "number", known.number);
            set(&object, "reason", known.reason);
            set(&object, "category", known.category);
            set(&js, "diagnostics", object);
        }
        js
    }
}
