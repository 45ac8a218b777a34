//! The body of a proxied request: buffered if it is small, so that it can be sent again; else streamed.

use crate::http::answer::Rejection;
use crate::upstream::api::{Api, OVER, Progress};
use crate::upstream::bounds::{Asker, Place};
use crate::upstream::outgoing::Outgoing;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use exo365_core::error::{Code, Error};
use http_body::{Frame, SizeHint};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;

/// Largest body that is read whole: what the APIs take in one request.
pub(crate) const MAX_BUFFERED: u64 = 4 * 1024 * 1024;
/// Largest body at all.
pub(crate) const MAX_UPLOAD: u64 = 64 * 1024 * 1024;
/// How long a small body may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long it may stay silent.
const SILENCE: Duration = Duration::from_secs(10);
/// How often a batch looks whether there is memory.
const LOOK: Duration = Duration::from_millis(50);
/// How long a batch waits for its place in the memory.
const QUEUE: Duration = Duration::from_secs(5);

/// A body on its way.
pub(super) enum RequestBody {
    /// Whole, with its place in the memory.
    Buffered {
        bytes: Bytes,
        _memory: Option<Place>,
    },
    /// Passed on as it comes; gone once it was sent.
    Streamed(Option<Streamed>),
}

impl RequestBody {
    /// Takes the body. `whole` is for one that has to be looked into.
    ///
    /// # Errors
    /// 400, 408, 413; 503 where too many are looked into at once.
    pub(super) async fn take(
        api: &Api,
        asker: Asker,
        mut body: Body,
        whole: bool,
    ) -> Result<Self, Rejection> {
        if body.is_end_stream() {
            return Ok(Self::Buffered {
                bytes: Bytes::new(),
                _memory: None,
            });
        }
        // hyper has checked it: a body is as long as its header says.
        let length = body.size_hint().exact();
        let most = if whole { MAX_BUFFERED } else { MAX_UPLOAD };
        if length.is_some_and(|length| length > most) {
            return Err(too_large());
        }
        let small = length.is_some_and(|length| length <= MAX_BUFFERED);
        let mut prefix = Vec::new();
        let mut held = None;
        if whole || small {
            let memory = api.bodies.begin(asker)?;
            let end = Instant::now() + TIMEOUT;
            if fill(&mut body, (&mut prefix, &memory), end, whole).await? {
                return Ok(Self::Buffered {
                    bytes: prefix.into(),
                    _memory: Some(memory),
                });
            }
            // What was read goes first, and the rest as it comes.
            held = Some(memory);
        }
        Ok(Self::Streamed(Some(Streamed {
            prefix: Some(prefix.into()).filter(|prefix: &Bytes| !prefix.is_empty()),
            _memory: held,
            body,
            length,
            progress: Progress::default(),
        })))
    }

    /// What was read, where it was.
    pub(super) fn bytes(&self) -> Option<&Bytes> {
        match self {
            Self::Buffered { bytes, .. } => Some(bytes),
            Self::Streamed(_) => None,
        }
    }

    /// Sends these bytes in place of what was read.
    pub(super) fn replace(&mut self, rest: Bytes) {
        if let Self::Buffered { bytes, .. } = self {
            *bytes = rest;
        }
    }

    /// The body to be sent, and what tells how far it came; `None` where it is gone.
    pub(super) fn send(&mut self) -> Option<(Outgoing, Progress)> {
        match self {
            Self::Buffered { bytes, .. } if bytes.is_empty() => {
                Some((Outgoing::Empty, Progress::default()))
            }
            Self::Buffered { bytes, .. } => {
                Some((Outgoing::Whole(bytes.clone()), Progress::default()))
            }
            Self::Streamed(passing) => {
                let passing = passing.take()?;
                let progress = Arc::clone(&passing.progress);
                Some((Outgoing::Passing(Box::pin(passing)), progress))
            }
        }
    }

    /// Whether it can be sent again.
    pub(super) const fn is_buffered(&self) -> bool {
        matches!(self, Self::Buffered { .. })
    }
}

/// Reads the body, taking memory as its octets come; false where there is no room and the body may be passed on.
async fn fill(
    body: &mut Body,
    (read, memory): (&mut Vec<u8>, &Place),
    end: Instant,
    whole: bool,
) -> Result<bool, Rejection> {
    loop {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
        let silence = end.min(Instant::now() + SILENCE);
        let frame = tokio::time::timeout_at(silence, frame).await.map_err(|_| {
            Rejection::at(
                StatusCode::REQUEST_TIMEOUT,
                Code::Timeout,
                "the body took too long",
            )
        })?;
        let Some(frame) = frame else { return Ok(true) };
        let frame = frame.map_err(|_| {
            Rejection::at(
                StatusCode::BAD_REQUEST,
                Code::BadRequest,
                "the body broke off",
            )
        })?;
        let Ok(octets) = frame.into_data() else {
            continue;
        };
        if (read.len() + octets.len()) as u64 > MAX_BUFFERED {
            return Err(too_large());
        }
        let begin = Instant::now();
        let mut room = memory.grow(octets.len());
        while !room && whole && begin.elapsed() < QUEUE {
            tokio::time::sleep(LOOK).await;
            room = memory.grow(octets.len());
        }
        read.extend_from_slice(&octets);
        if !room && whole {
            let mut error = Error::new(Code::ServiceUnavailable, "the endpoint is busy");
            error.detail_mut().retry_after_seconds = Some(2);
            return Err(error.into());
        }
        if !room {
            return Ok(false);
        }
    }
}

pub(super) fn too_large() -> Rejection {
    Rejection::at(
        StatusCode::PAYLOAD_TOO_LARGE,
        Code::TooLarge,
        "the body is too large",
    )
}

/// Counts what goes by, and stops at the limit.
pub(super) struct Streamed {
    /// What was read before it was clear that the body passes.
    prefix: Option<Bytes>,
    _memory: Option<Place>,
    body: Body,
    length: Option<u64>,
    progress: Progress,
}

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Some(prefix) = this.prefix.take() {
            this.progress
                .fetch_add(prefix.len() as u64, Ordering::Relaxed);
            return Poll::Ready(Some(Ok(Frame::data(prefix))));
        }
        let frame = std::task::ready!(Pin::new(&mut this.body).poll_frame(context));
        let Some(frame) = frame else {
            return Poll::Ready(None);
        };
        let frame = frame?;
        let size = frame.data_ref().map_or(0, Bytes::len) as u64;
        let before = this.progress.fetch_add(size, Ordering::Relaxed);
        if before + size > MAX_UPLOAD {
            this.progress.store(OVER, Ordering::Relaxed);
            return Poll::Ready(Some(Err("the body is too large".into())));
        }
        // Trailers are headers that nobody checked.
        let frame = Frame::data(frame.into_data().unwrap_or_default());
        Poll::Ready(Some(Ok(frame)))
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}
