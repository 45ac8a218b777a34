//! Being written.
use super::call::{Call, Outcome};
pub(crate) fn messages(call: &Call<'_>, _folder: Option<&str>) -> Outcome {
    Err(super::missing(call))
}
