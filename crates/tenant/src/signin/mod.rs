//! The handlers and pages of the sign-in service.

pub(crate) mod admin;
mod admission;
pub(crate) mod authorize;
pub(crate) mod device;
pub(crate) mod discovery;
pub(crate) mod federated;
pub(crate) mod logout;
pub(crate) mod pages;
pub(crate) mod redirect;
pub(crate) mod session;
pub(crate) mod steps;
