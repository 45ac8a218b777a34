//! The shell of exo365: everything that touches the browser, and nothing that decides.
//!
//! ```text
//! page ─► pkg-template (names, short forms, iteration) ─► Core (class.rs) ─► exo365-core (decides)
//!                                                              │
//!                                                              └─► fetch, sessionStorage, location, crypto
//!
//! class ─► open, sign_in, sign_out ─► client ─► calls ─► tokens ─► endpoint ─► http ─► browser ─► task ─► failure
//! ```
//!
//! Two classes cross the boundary: [`Core`], and [`Task`], which JavaScript runs. The methods of [`Core`] return promises
//! over a clone of shared state, never `async fn(&self)`: a page may free the object while a call is in flight. The
//! browser parses a successful body, which is handed over untouched.

// On any other target this crate is empty, so that the workspace builds without a browser.
#![cfg(target_arch = "wasm32")]

use zeroizing_alloc::ZeroAlloc;

// Memory is overwritten when it is freed: a token passes through texts of other crates on its way to `fetch`.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<rlsf::SmallGlobalTlsf> = ZeroAlloc(rlsf::SmallGlobalTlsf::new());

mod authorization_response;
mod boundary;
mod browser;
mod calls;
mod class;
mod client;
mod endpoint;
mod failure;
mod http;
mod open;
mod page;
mod secret;
mod sign_in;
mod sign_out;
mod task;
mod tokens;

pub use class::Core;
pub use page::Page;
pub use task::Task;
