//! Why a renewal gives no token.

use crate::store::Failed;
use exo365_core::aadsts;
use exo365_core::error::{Code, Error};
use exo365_core::token_reply::Refusal;

/// Nobody is signed in, or no longer.
pub(super) fn signed_out() -> Refusal {
    Refusal {
        error: Error::new(Code::SignedOut, "nobody is signed in"),
        ends_session: true,
    }
}

/// The sign-in service refuses for a while; `left` are the seconds until then.
pub(super) fn loop_error(left: u64) -> Error {
    let mut error = Error::new(
        Code::InteractionRequired,
        "the sign-in service saw the same request too often: sign in again",
    );
    let detail = error.detail_mut();
    detail.aadsts = vec![aadsts::LOOP];
    detail.retry_after_seconds = u32::try_from(left).ok();
    error
}

/// The store was not there.
pub(super) fn store_failed(failed: Failed) -> Refusal {
    Refusal::passing(failed.into())
}
