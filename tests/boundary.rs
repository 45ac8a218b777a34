//! What crosses the boundary, in a real browser: what is sent, what comes back, what is thrown, what is freed.
//! Branches are tested natively, in `crates/core`.

#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use wasm_bindgen_test::wasm_bindgen_test_configure;

#[path = "boundary/calls.rs"]
mod calls;
#[path = "boundary/failures.rs"]
mod failures;
#[path = "boundary/memory.rs"]
mod memory;
#[path = "boundary/sessions.rs"]
mod sessions;
#[path = "boundary/sign_in.rs"]
mod sign_in;
#[path = "boundary/support.rs"]
mod support;

wasm_bindgen_test_configure!(run_in_browser);
