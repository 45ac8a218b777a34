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

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(target_arch = "wasm32")]
mod answer;
#[cfg(target_arch = "wasm32")]
mod boundary;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod calls;
#[cfg(target_arch = "wasm32")]
mod client;
#[cfg(target_arch = "wasm32")]
mod endpoint;
#[cfg(target_arch = "wasm32")]
mod failure;
#[cfg(target_arch = "wasm32")]
mod http;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod secret;
#[cfg(target_arch = "wasm32")]
mod tokens;

#[cfg(target_arch = "wasm32")]
pub use client::Core;
#[cfg(target_arch = "wasm32")]
pub use page::Page;
