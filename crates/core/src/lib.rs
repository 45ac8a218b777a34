//! The pure half of exo365: it makes requests of arguments, and results of answers.
//!
//! ```text
//! builder  arguments              -> Request
//! judge    status, headers, text  -> result or Error
//! step     begin(entropy) -> (URL, SignInRecord);  SignInRecord::finish(query) -> AuthorizationGrant or Error
//! decide   error, repeats         -> wait or stop
//! ```
//!
//! Nothing here reads a clock, draws random bytes, stores or sends. The shell (`src/` at the top of the workspace) and the
//! endpoint do that, and pass in what they read. A step of `cargo xtask test` checks the list of crates that this one may
//! depend on.

// Without the standard library there is no clock, file, socket or thread to reach for.
#![cfg_attr(not(test), no_std)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

extern crate alloc;

pub mod aadsts;
pub mod access_token_request;
pub mod authorization_response;
pub mod batch_item;
pub mod call_description;
pub mod challenge;
pub mod endpoint;
pub mod error;
pub mod fetch;
pub mod flavor;
pub mod id_token;
pub mod intent;
pub mod json;
pub mod odata;
pub mod options;
pub mod origin;
pub mod reply;
pub mod request;
pub mod rest;
pub mod retry;
pub mod scan;
pub mod sha256;
pub mod signin;
pub mod text;
pub mod token_reply;
pub mod wire;
