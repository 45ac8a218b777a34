//! Clock, timers and random bytes, as a window, a worker and Node have them.

use crate::failure::Failure;
use crate::task::Awaited;
use exo365_core::error::{Code, Error};
use exo365_core::signin::Entropy;
use js_sys::Promise;
use uuid::{Builder, Uuid};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn random_values(bytes: &mut [u8]) -> Result<(), JsValue>;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    fn pause(milliseconds: u32, signal: Option<&AbortSignal>) -> Promise;
    /// What `promise` comes to, or a rejection with undefined after so many milliseconds.
    pub(crate) fn within(promise: &Promise, milliseconds: u32) -> Promise;
}

/// Seconds since 1970 by the device's clock, for what has to outlive the page and for the dates of services.
pub(crate) fn now() -> u64 {
    (js_sys::Date::now() / 1000.0) as u64
}

/// Seconds until an HTTP date (RFC 9110 §5.6.7), which the browser reads.
pub(crate) fn until(date: &str) -> Option<u32> {
    let left = (js_sys::Date::parse(date) - js_sys::Date::now()) / 1000.0;
    // `Date.parse` gives NaN for what is no date.
    (!left.is_nan()).then_some(left as u32 + 1)
}

/// Milliseconds of the monotonic clock and of the wall clock, for what happens while the page lives.
pub(crate) fn clocks() -> [f64; 2] {
    [performance_now(), js_sys::Date::now()]
}

/// Fills `bytes` from the browser's cryptographic generator.
fn random(bytes: &mut [u8]) -> Result<(), Failure> {
    random_values(bytes).map_err(|cause| {
        let error = Error::new(
            Code::InsecureContext,
            "this browser gives no secure random numbers",
        );
        Failure::with_cause(error, cause)
    })
}

/// A fresh version 4 UUID (RFC 9562 §5.4) as text.
pub(crate) fn uuid() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    let id = Builder::from_random_bytes(bytes).into_uuid();
    let mut text = Uuid::encode_buffer();
    Ok(id.hyphenated().encode_lower(&mut text).to_owned())
}

/// Random bytes for one sign-in.
pub(crate) fn entropy(entropy: &mut Entropy) -> Result<(), Failure> {
    random(&mut entropy.0)
}

/// One random byte, for jitter; 128 where the generator fails.
pub(crate) fn jitter() -> u8 {
    let mut byte = [128];
    let _ = random(&mut byte);
    byte[0]
}

/// Resolves after `milliseconds`, or at once when `signal` is aborted.
pub(crate) fn sleep(milliseconds: u32, signal: Option<&AbortSignal>) -> Awaited {
    Awaited::from(pause(milliseconds, signal))
}
