//! Reads a body whole.

use axum::body::{Bytes, HttpBody};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use tokio::time::error::Elapsed;

/// Why a body is not whole.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Broken {
    /// It is larger than the limit.
    TooLarge,
    /// Its other side is gone.
    Off,
}

/// The octets of a body of at most `limit`. One that came in one piece is not copied.
///
/// # Errors
/// [`Broken`].
pub(crate) async fn whole<B>(body: &mut B, limit: usize) -> Result<Bytes, Broken>
where
    B: HttpBody<Data = Bytes> + Unpin,
{
    if body.size_hint().lower() > limit as u64 {
        return Err(Broken::TooLarge);
    }
    let mut first = Bytes::new();
    let mut rest = Vec::new();
    while !body.is_end_stream() {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        let Some(frame) = frame else { break };
        // Trailers are headers that nobody checked.
        let Ok(octets) = frame.map_err(|_| Broken::Off)?.into_data() else {
            continue;
        };
        if first.len() + rest.len() + octets.len() > limit {
            return Err(Broken::TooLarge);
        }
        if first.is_empty() {
            first = octets;
        } else {
            rest.extend_from_slice(&octets);
        }
    }
    Ok(if rest.is_empty() {
        first
    } else {
        [first.as_ref(), &rest].concat().into()
    })
}

/// The result of `work`, if it comes within `patience`. Nothing is counted where it is there at once.
///
/// # Errors
/// It takes longer.
pub(crate) async fn at_once_or<T>(
    patience: Duration,
    work: impl Future<Output = T>,
) -> Result<T, Elapsed> {
    let mut work = pin!(work);
    let first = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
    match first {
        Poll::Ready(done) => Ok(done),
        Poll::Pending => tokio::time::timeout(patience, work).await,
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use axum::body::Body;
    use futures_util::stream;

    fn body(parts: &[Result<&'static str, std::io::ErrorKind>]) -> Body {
        let parts: Vec<_> = parts
            .iter()
            .map(|part| part.map(Bytes::from).map_err(std::io::Error::from))
            .collect();
        Body::from_stream(stream::iter(parts))
    }

    #[tokio::test]
    async fn e60_a_body_is_read_up_to_its_limit() {
        let broken = Err(std::io::ErrorKind::ConnectionReset);
        for (parts, wanted) in [
            (&[][..], Ok("")),
            (&[Ok("four")], Ok("four")),
            (&[Ok(""), Ok("f"), Ok("ou"), Ok("r")], Ok("four")),
            (&[Ok("fou"), Ok("r!")], Err(Broken::TooLarge)),
            (&[Ok("five!")], Err(Broken::TooLarge)),
            (&[Ok("f"), broken], Err(Broken::Off)),
        ] {
            let read = whole(&mut body(parts), 4).await;
            assert_eq!(read, wanted.map(Bytes::from), "{parts:?}");
        }
        // One that announces too much is not read at all.
        let read = whole(&mut Body::from("five!"), 4).await;
        assert_eq!(read, Err(Broken::TooLarge));
    }
}
