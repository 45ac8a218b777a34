//! The handlers and pages of the sign-in service.

pub(crate) mod admin;
pub(crate) mod authorize;
pub(crate) mod discovery;
pub(crate) mod logout;
pub(crate) mod pages;
pub(crate) mod redirect;
pub(crate) mod session;
pub(crate) mod steps;
