//! What can be asked of a collection without specialities: list, create, and an item's get, update, delete.

use axum::http::Method;

use super::call::Call;
use crate::failure::Failure;

/// One of the five, with the id of the item.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asked<'a> {
    Create,
    Delete(&'a str),
    Get(&'a str),
    List,
    Update(&'a str),
}

/// Reads the method and the segments below the collection.
///
/// # Errors
/// 405 for another method, the flavour's refusal for a longer path.
pub(crate) fn asked<'a>(call: &Call<'_>, rest: &[&'a str]) -> Result<Asked<'a>, Failure> {
    match (&call.raw.method, rest) {
        (&Method::GET, []) => Ok(Asked::List),
        (&Method::POST, []) => Ok(Asked::Create),
        (&Method::GET, [id]) => Ok(Asked::Get(id)),
        (&Method::PATCH, [id]) => Ok(Asked::Update(id)),
        (&Method::DELETE, [id]) => Ok(Asked::Delete(id)),
        (_, [] | [_]) => Err(Failure::wrong_method()),
        _ => Err(call.missing()),
    }
}
