//! Being written.
use super::call::Raw;
use super::errors::Ids;
use super::reply::Reply;
use crate::state::Tenant;
pub(crate) fn is_batch(_raw: &Raw) -> bool {
    false
}
pub(crate) async fn handle(_t: &Tenant, _raw: &Raw, _ids: &Ids) -> Reply {
    Reply::empty(501)
}
