//! A token request.

use crate::http::Params;

/// A token request.
pub(crate) struct Request {
    pub(crate) form: Params,
    pub(crate) segment: String,
    pub(crate) v1: bool,
    pub(crate) origin: Option<String>,
    pub(crate) authorization: Option<String>,
}
