//! The number of calls in flight of each session: a session that keeps its calls open stops nobody else.

use crate::store::Key;
use axum::body::{Body, Bytes, HttpBody};
use exo365_core::error::{Code, Error};
use http_body::{Frame, SizeHint};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// Calls of one session at a time, over all its tabs.
pub(crate) const MAX_OF_SESSION: usize = 64;
/// When to come back, in seconds.
const RETRY_AFTER: u32 = 1;

/// The calls under way.
#[derive(Clone, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashMap<Key, usize>>>);

/// One call; dropping it ends it.
pub(crate) struct Under(InFlight, Key);

impl InFlight {
    fn guard(&self) -> MutexGuard<'_, HashMap<Key, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a call of this session.
    ///
    /// # Errors
    /// [`Code::Throttled`] where too many are under way.
    pub(crate) fn begin(&self, key: Key) -> Result<Under, Error> {
        let mut calls = self.guard();
        let count = calls.entry(key).or_default();
        if *count >= MAX_OF_SESSION {
            let mut error = Error::new(
                Code::Throttled,
                "too many calls of this session are under way",
            );
            error.detail_mut().retry_after_seconds = Some(RETRY_AFTER);
            return Err(error);
        }
        *count += 1;
        Ok(Under(self.clone(), key))
    }
}

impl Drop for Under {
    fn drop(&mut self) {
        let mut calls = self.0.guard();
        if let Some(count) = calls.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                calls.remove(&self.1);
            }
        }
    }
}

/// A body that belongs to a call: the call ends with it.
pub(crate) struct BodyOfCall {
    pub(crate) body: Body,
    pub(crate) _call: Option<Under>,
}

impl HttpBody for BodyOfCall {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn e69_a_session_has_its_number_of_calls_and_leaves_nothing_behind() {
        let calls = InFlight::default();
        let (one, other) = (Key([1; 32]), Key([2; 32]));
        let mut held: Vec<Under> = (0..MAX_OF_SESSION)
            .map(|_| calls.begin(one).unwrap())
            .collect();
        let error = calls.begin(one).err().unwrap();
        assert_eq!(error.code, Code::Throttled);
        assert!(calls.begin(other).is_ok());
        held.pop();
        held.push(calls.begin(one).unwrap());
        drop(held);
        assert!(calls.guard().is_empty());
    }
}
