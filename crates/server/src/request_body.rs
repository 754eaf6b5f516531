//! Bodies of requests: how long one may take.

use std::{
    error::Error,
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::http::{HeaderValue, StatusCode, header};
use bytes::Bytes;
use futures_util::StreamExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::api_error::ApiError;

/// A body that came too slowly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body came too slowly")
    }
}

impl Error for TooSlow {}

impl TooSlow {
    /// Whether this error has it as its cause.
    pub fn caused(error: &(dyn Error + 'static)) -> bool {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if error.is::<Self>() {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

/// Reads a body of at most `most` bytes.
///
/// # Errors
///
/// 413 for a longer one, 408 for one that came too slowly, 400 for one that broke off.
pub async fn read(body: axum::body::Body, most: usize) -> Result<Vec<u8>, ApiError> {
    // What is left of the body is not read.
    let last =
        |error: ApiError| error.header(header::CONNECTION, HeaderValue::from_static("close"));
    if body.size_hint().lower() > most as u64 {
        return Err(last(too_long(most)));
    }
    let mut body = body.into_data_stream();
    let mut all = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| last(broken(&error)))?;
        if all.len() + piece.len() > most {
            return Err(last(too_long(most)));
        }
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

fn broken(error: &axum::Error) -> ApiError {
    if TooSlow::caused(error) {
        ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "the body came too slowly",
            "send it again, without waiting in between; whoever runs the server can raise --body-piece-time and \
             --body-time",
        )
    } else {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            format!("the body broke off: {error}"),
            "send it again",
        )
    }
}

fn too_long(most: usize) -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the body has more than {most} bytes, and what is asked for here has fewer"),
        "send only the JSON that is asked for",
    )
}

/// The body of a request, which fails with [`TooSlow`] when its next piece or its end doesn't come in time.
#[derive(Debug)]
pub struct TimedBody {
    body: Incoming,
    piece_time: Duration,
    end: Instant,
    timer: Pin<Box<Sleep>>,
}

impl TimedBody {
    /// A body that starts now. `piece_time` for each piece of it, `body_time` for all.
    pub fn new(body: Incoming, piece_time: Duration, body_time: Duration) -> Self {
        let now = Instant::now();
        let end = now + body_time;
        Self {
            body,
            piece_time,
            end,
            timer: Box::pin(sleep_until(end.min(now + piece_time))),
        }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        let now = Instant::now();
        match Pin::new(&mut this.body).poll_frame(cx) {
            // Pieces that are there one after another would be read without end otherwise.
            Poll::Ready(Some(_)) if now >= this.end => Poll::Ready(Some(Err(TooSlow.into()))),
            Poll::Ready(frame) => {
                this.timer
                    .as_mut()
                    .reset(this.end.min(now + this.piece_time));
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => {
                std::task::ready!(this.timer.as_mut().poll(cx));
                Poll::Ready(Some(Err(TooSlow.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
