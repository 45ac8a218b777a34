//! The body of a proxied request: read whole where it is small, so that it can be sent again; else passed on as it comes.

use crate::http::answer::Rejection;
use crate::http::gate;
use crate::upstream::api::{Api, OVER, Progress};
use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use exo365_core::error::{Code, Error};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Largest body that is read whole: what the APIs take in one request.
pub(crate) const MAX_BUFFERED: u64 = 4 * 1024 * 1024;
/// Largest body at all.
pub(crate) const MAX_UPLOAD: u64 = 64 * 1024 * 1024;
/// How long a small body may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a batch waits for its place in the memory.
const QUEUE: Duration = Duration::from_secs(5);

/// A body on its way.
pub(super) enum RequestBody {
    /// Whole, with its place in the memory.
    Buffered {
        bytes: Bytes,
        _place: Option<OwnedSemaphorePermit>,
    },
    /// Passed on as it comes; gone once it was sent.
    Streamed(Option<Streamed>),
}

impl RequestBody {
    /// Takes the body. `whole` is for one that has to be looked into.
    ///
    /// # Errors
    /// 400, 408, 413; 503 where too many are looked into at once.
    pub(super) async fn take(api: &Api, body: Body, whole: bool) -> Result<Self, Rejection> {
        if body.is_end_stream() {
            return Ok(Self::Buffered {
                bytes: Bytes::new(),
                _place: None,
            });
        }
        // hyper has checked it: a body is as long as its header says.
        let length = body.size_hint().exact();
        let most = if whole { MAX_BUFFERED } else { MAX_UPLOAD };
        if length.is_some_and(|length| length > most) {
            return Err(too_large());
        }
        let small = length.is_some_and(|length| length <= MAX_BUFFERED);
        if whole || small {
            let size = length.unwrap_or(MAX_BUFFERED).min(MAX_BUFFERED);
            if let Some(reserve) = reserve(api, size, whole).await? {
                let limit = usize::try_from(size).unwrap_or(usize::MAX);
                let bytes = gate::read(body, limit, TIMEOUT).await?;
                return Ok(Self::Buffered {
                    bytes,
                    _place: Some(reserve),
                });
            }
        }
        Ok(Self::Streamed(Some(Streamed {
            body: std::sync::Mutex::new(body),
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

    /// The body to be sent, and what tells how far it came; `None` where it is gone.
    pub(super) fn send(&mut self) -> Option<(Option<reqwest::Body>, Progress)> {
        match self {
            Self::Buffered { bytes, .. } if bytes.is_empty() => Some((None, Progress::default())),
            Self::Buffered { bytes, .. } => Some((Some(bytes.clone().into()), Progress::default())),
            Self::Streamed(passing) => {
                let passing = passing.take()?;
                let progress = Arc::clone(&passing.progress);
                Some((Some(reqwest::Body::wrap(passing)), progress))
            }
        }
    }

    /// Whether it can be sent again.
    pub(super) const fn is_buffered(&self) -> bool {
        matches!(self, Self::Buffered { .. })
    }
}

/// A place for so many bytes. `wait` where there is no doing without one.
async fn reserve(
    api: &Api,
    size: u64,
    wait: bool,
) -> Result<Option<OwnedSemaphorePermit>, Rejection> {
    let buffered = Arc::clone(&api.kept);
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    if !wait {
        return Ok(buffered.try_acquire_many_owned(size).ok());
    }
    match tokio::time::timeout(QUEUE, buffered.acquire_many_owned(size)).await {
        Ok(Ok(reserve)) => Ok(Some(reserve)),
        _ => {
            let mut error = Error::new(Code::ServiceUnavailable, "the endpoint is busy");
            error.detail_mut().retry_after_seconds = Some(2);
            Err(error.into())
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
    /// Never locked: a body that is only ever borrowed by one may then be shared, which the client asks for.
    body: std::sync::Mutex<Body>,
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
        let body = this
            .body
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let frame = std::task::ready!(Pin::new(body).poll_frame(context));
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
