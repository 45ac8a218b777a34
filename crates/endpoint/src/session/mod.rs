//! Sessions: the record, and the renewal of its tokens.

mod back_off;
pub(crate) mod codes;
pub(crate) mod cooldown;
pub(crate) mod lease;
pub(crate) mod opened;
pub(crate) mod record;
mod refusals;
pub(crate) mod renewal;
pub(crate) mod sign_outs;
pub(crate) mod single_flight;
pub(crate) mod token;
mod unsaved;
