//! The window: address bar, history, `sessionStorage`, clock and random bytes. In a worker or in
//! Node there is no window, and everything here says so by `None`.

use crate::failure::Failure;
use exo365_core::error::{Code, Error};
use exo365_core::scan;
use exo365_core::signin::Entropy;
use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Storage, Window};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn random_values(array: &Uint8Array) -> Result<(), JsValue>;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: u32) -> JsValue;
}

/// Prefix of our records in `sessionStorage`.
const PREFIX: &str = "exo365.";

/// The window, where there is one.
pub(crate) fn window() -> Option<Window> {
    web_sys::window()
}

/// Seconds since 1970, by the device's clock: for sign-ins that leave the page, and dates of services.
pub(crate) fn now() -> u64 {
    (js_sys::Date::now() / 1000.0) as u64
}

/// Milliseconds on a clock that nobody sets: for what happens while the page lives.
pub(crate) fn monotonic() -> f64 {
    performance_now()
}

/// Random bytes from the platform's generator; there is no other.
fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let array = Uint8Array::new_with_length(N as u32);
    random_values(&array).map_err(|cause| {
        let error = Error::new(
            Code::InsecureContext,
            "this browser gives no secure random numbers",
        );
        Failure::caused(error, cause)
    })?;
    let mut bytes = [0; N];
    array.copy_to(&mut bytes);
    Ok(bytes)
}

/// Random bytes for one sign-in.
pub(crate) fn entropy() -> Result<Entropy, Failure> {
    Ok(Entropy {
        state: random()?,
        nonce: random()?,
        verifier: random()?,
    })
}

/// One random byte, for jitter; 128 where there are none.
pub(crate) fn jitter() -> u8 {
    random::<1>().map_or(128, |[byte]| byte)
}

/// Resolves after `milliseconds`, or at once when `signal` is aborted.
pub(crate) async fn sleep(milliseconds: u32, signal: Option<&AbortSignal>) {
    let promise = Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, milliseconds);
        if let Some(signal) = signal {
            let _ = signal.add_event_listener_with_callback("abort", &resolve);
        }
    });
    let _ = JsFuture::from(promise).await;
}

/// The address without query and fragment.
pub(crate) fn here(window: &Window) -> String {
    let location = window.location();
    scan::concat(&[
        &location.origin().unwrap_or_default(),
        &location.pathname().unwrap_or_default(),
    ])
}

/// Path, query and fragment: where the user is.
pub(crate) fn place(window: &Window) -> String {
    let location = window.location();
    scan::concat(&[
        &location.pathname().unwrap_or_default(),
        &location.search().unwrap_or_default(),
        &location.hash().unwrap_or_default(),
    ])
}

/// Shows `place` in the address bar without loading it; the page's own history state stays.
pub(crate) fn show(window: &Window, place: &str) {
    if let Ok(history) = window.history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(place));
    }
}

/// Whether the page is served from this machine.
pub(crate) fn is_loopback(window: &Window) -> bool {
    let host = window.location().hostname().unwrap_or_default();
    exo365_core::origin::is_loopback(&host)
}

/// Whether the page is inside a frame of another page.
pub(crate) fn framed(window: &Window) -> bool {
    window.top().ok().flatten().as_ref() != Some(window)
}

/// `sessionStorage`, which a browser may refuse.
fn storage(window: &Window) -> Result<Storage, Failure> {
    let refused = Error::new(
        Code::Misconfigured,
        "sessionStorage is not available: the browser's settings forbid it to this page",
    );
    window
        .session_storage()
        .ok()
        .flatten()
        .ok_or_else(|| refused.into())
}

/// Keeps a record for this tab, over the redirect.
pub(crate) fn keep(window: &Window, name: &str, text: &str) -> Result<(), Failure> {
    let full = Error::new(Code::Misconfigured, "sessionStorage is full");
    let key = scan::concat(&[PREFIX, name]);
    storage(window)?
        .set_item(&key, text)
        .map_err(|cause| Failure::caused(full, cause))
}

/// Reads a record and forgets it, in this order and before anything else happens.
pub(crate) fn take(window: &Window, name: &str) -> Option<String> {
    let storage = storage(window).ok()?;
    let key = scan::concat(&[PREFIX, name]);
    let text = storage.get_item(&key).ok().flatten();
    let _ = storage.remove_item(&key);
    text
}

/// The names of the records of this tab.
pub(crate) fn kept(window: &Window) -> Vec<String> {
    let Ok(storage) = storage(window) else {
        return Vec::new();
    };
    let keys = 0..storage.length().unwrap_or_default();
    keys.filter_map(|at| storage.key(at).ok().flatten())
        .filter_map(|key| key.strip_prefix(PREFIX).map(String::from))
        .collect()
}
