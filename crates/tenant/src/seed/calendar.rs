//! Being written.
pub(super) fn fill(_m: &mut crate::store::Store, _n: chrono::DateTime<chrono::Utc>) {}
