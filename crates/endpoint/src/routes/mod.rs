//! The routes: one file for each.

pub(crate) mod exchange;
pub(crate) mod frontchannel;
pub(crate) mod logout;
pub(crate) mod openapi;
pub(crate) mod page;
mod page_links;
pub(crate) mod preload;
pub(crate) mod probes;
pub(crate) mod proxy;
pub(crate) mod session;
mod signed_in;
pub(crate) mod token;
mod token_request;
