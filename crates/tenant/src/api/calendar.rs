//! Being written.
use super::call::{Call, Outcome};
pub(crate) fn handle(call: &Call<'_>) -> Outcome {
    Err(super::missing(call))
}
