//! Being written.
#[derive(Clone, Debug)]
pub(crate) struct Event;
