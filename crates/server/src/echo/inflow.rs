//! The stream under the WebSocket library, which lets a client's bytes through as they may be decoded.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::frame_headers::{FrameHeaders, Passed, Stop};
use crate::{budget::Lease, tap_stream::TapStream};

/// Bytes and frames that are let through at once. Then others have their turn.
const TURN_BYTES: usize = 64 * 1024;
/// See [`TURN_BYTES`].
const TURN_FRAMES: u64 = 256;

/// A handle on the stream. Reading and writing each have one, in the same task.
#[derive(Debug, Clone)]
pub struct Inflow(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    stream: TapStream,
    headers: FrameHeaders,
    /// What was read and may not be decoded yet.
    waiting: BytesMut,
    /// A frame is complete but for its last byte, and is work.
    held: bool,
    /// Only what is waiting is read: what happens now happens outside of the runtime.
    detached: bool,
    turn_bytes: usize,
    turn_frames: u64,
    lease: Lease,
    /// Bytes of messages that the session holds.
    holding: usize,
}

impl Inflow {
    /// A stream from which `read_ahead` was read already.
    pub fn new(stream: TapStream, read_ahead: &[u8], lease: Lease) -> Self {
        Self(Arc::new(Mutex::new(State {
            stream,
            headers: FrameHeaders::default(),
            waiting: BytesMut::from(read_ahead),
            held: false,
            detached: false,
            turn_bytes: 0,
            turn_frames: 0,
            lease,
            holding: 0,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a frame waits that is work. To be asked when nothing can be read.
    pub fn is_held(&self) -> bool {
        self.lock().held
    }

    /// Lets that frame through, to be decoded outside of the runtime; until [`attach`](Self::attach) nothing else is read.
    pub fn detach(&self) {
        let state = &mut *self.lock();
        state.held = false;
        state.detached = true;
        state.headers.allow();
    }

    /// Reads from the socket again.
    pub fn attach(&self) {
        self.lock().detached = false;
    }

    /// Says that a message became large by being inflated.
    pub fn expands(&self) {
        self.lock().headers.expands();
    }

    /// Says how many bytes of messages the session holds.
    pub fn hold(&self, bytes: usize) {
        let state = &mut *self.lock();
        state.holding = bytes;
        state.account();
    }

    /// For how long a message has been coming of which not everything is here.
    pub fn unfinished_for(&self) -> Duration {
        let state = self.lock();
        state
            .headers
            .unfinished()
            .map_or(Duration::ZERO, |(began, _)| began.elapsed())
    }
}

impl State {
    fn account(&mut self) {
        let coming = self
            .headers
            .unfinished()
            .map_or(0, |(_, bytes)| bytes as usize);
        self.lease.set(self.holding.saturating_add(coming));
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let frames = self.headers.frames() - self.turn_frames;
        if !self.detached && (self.turn_bytes >= TURN_BYTES || frames >= TURN_FRAMES) {
            self.turn_bytes = 0;
            self.turn_frames += frames;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.held {
            return Poll::Pending;
        }
        let passed = if self.waiting.is_empty() {
            if self.detached {
                return Poll::Pending;
            }
            let before = buf.filled().len();
            ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
            let new = &buf.filled()[before..];
            if new.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let passed = self.headers.follow(new);
            self.waiting.extend_from_slice(&new[passed.bytes..]);
            buf.set_filled(before + passed.bytes);
            passed
        } else {
            let some = self.waiting.len().min(buf.remaining());
            let passed = self.headers.follow(&self.waiting[..some]);
            buf.put_slice(&self.waiting[..passed.bytes]);
            self.waiting.advance(passed.bytes);
            if self.waiting.is_empty() {
                self.waiting = BytesMut::new();
            }
            passed
        };
        self.turn_bytes += passed.bytes;
        self.account();
        match passed {
            Passed {
                bytes: 0,
                stop: Some(Stop::Work),
            } => {
                self.held = true;
                Poll::Pending
            }
            Passed {
                bytes: 0,
                stop: Some(Stop::Fault(fault)),
            } => Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, fault))),
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncRead for Inflow {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.lock().poll_read(cx, buf)
    }
}

impl AsyncWrite for Inflow {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.lock().stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.lock().stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.lock().stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().stream).poll_shutdown(cx)
    }
}
