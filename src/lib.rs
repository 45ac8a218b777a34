//! The shell of exo365: everything that touches the browser, and nothing that decides.
//!
//! ```text
//! page ─► pkg-template/index.js (names, short forms, iteration) ─► Core (here) ─► exo365-core (decides)
//!                                                                    │
//!                                                                    └─► fetch, sessionStorage, location, crypto
//! ```
//!
//! One class crosses the boundary: [`Core`]. Its methods return promises over a clone of shared
//! state, never `async fn(&self)`: a page may free the object while a call is in flight. A
//! successful body is parsed by the browser and handed over untouched.

// On any other target there is nothing here: the rest of the workspace builds without a browser.
#![cfg(target_arch = "wasm32")]

use zeroizing_alloc::ZeroAlloc;

// Whatever is freed is overwritten: a token passes through texts that we do not own, on its way in and in what `fetch` is given.
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
mod tokens;

pub use class::Core;
pub use page::Page;
