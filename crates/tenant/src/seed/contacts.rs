//! Being written.
pub(super) fn fill(
    _m: &mut crate::store::Mailbox,
    _n: chrono::DateTime<chrono::Utc>,
    _r: &mut rand::rngs::StdRng,
) {
}
pub(super) fn categories(_m: &mut crate::store::Mailbox) {}
