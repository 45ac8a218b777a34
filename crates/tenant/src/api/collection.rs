//! Requests to a plain collection: list, create, get, update, delete.

use axum::http::Method;

use super::call::Call;
use crate::api_error::ApiError;

/// The operation, with the id of the item.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CollectionRequest<'a> {
    Create,
    Delete(&'a str),
    Get(&'a str),
    List,
    Update(&'a str),
}

/// Reads the operation from method and path.
///
/// # Errors
/// 405 for another method; an unknown path for more segments.
pub(crate) fn collection_request<'a>(
    call: &Call<'_>,
    rest: &[&'a str],
) -> Result<CollectionRequest<'a>, ApiError> {
    match (&call.request.method, rest) {
        (&Method::GET, []) => Ok(CollectionRequest::List),
        (&Method::POST, []) => Ok(CollectionRequest::Create),
        (&Method::GET, [id]) => Ok(CollectionRequest::Get(id)),
        (&Method::PATCH, [id]) => Ok(CollectionRequest::Update(id)),
        (&Method::DELETE, [id]) => Ok(CollectionRequest::Delete(id)),
        (_, [] | [_]) => Err(ApiError::wrong_method()),
        _ => Err(call.missing()),
    }
}
