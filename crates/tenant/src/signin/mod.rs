//! The sign-in service: authorize, pages, consent, logout, discovery, keys.

pub(crate) mod admin;
pub(crate) mod authorize;
pub(crate) mod discovery;
pub(crate) mod logout;
pub(crate) mod pages;
pub(crate) mod redirect;
pub(crate) mod session;
pub(crate) mod steps;
