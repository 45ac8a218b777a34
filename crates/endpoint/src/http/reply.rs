//! The body of an answer.

use crate::upstream::bounds::Place;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// The body of an answer; a call that it belongs to ends with it.
pub struct Reply {
    octets: Octets,
    _call: Option<Place>,
}

enum Octets {
    /// What is short is there at once, and in one piece.
    Whole(Bytes),
    Passing(Body),
}

impl Reply {
    /// An answer that passes as it comes.
    pub(crate) const fn passing(body: Body) -> Self {
        Self {
            octets: Octets::Passing(body),
            _call: None,
        }
    }

    /// The same body; the call ends with it.
    pub(crate) fn of_call(self, call: Place) -> Self {
        Self {
            _call: Some(call),
            octets: self.octets,
        }
    }
}

impl From<Bytes> for Reply {
    fn from(octets: Bytes) -> Self {
        Self {
            octets: Octets::Whole(octets),
            _call: None,
        }
    }
}

impl HttpBody for Reply {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match &mut self.octets {
            Octets::Whole(octets) if octets.is_empty() => Poll::Ready(None),
            Octets::Whole(octets) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(octets))))),
            Octets::Passing(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.octets {
            Octets::Whole(octets) => octets.is_empty(),
            Octets::Passing(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.octets {
            Octets::Whole(octets) => SizeHint::with_exact(octets.len() as u64),
            Octets::Passing(body) => body.size_hint(),
        }
    }
}
