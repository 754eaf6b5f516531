//! The TCP stream under HTTP and under the WebSocket library, where the tap copies bytes.
//!
//! Until a connection is upgraded, the stream keeps the bytes of the request that is being read, because only the
//! request itself says whether it is to be tapped. A handler that wants that calls [`Conn::tap`]; from then on each read
//! and each accepted write is recorded. A response that doesn't upgrade empties the buffer, and an upgrade without a
//! wire ends all of this.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use protocol::SentBy;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
    time::Sleep,
};
use tokio_util::task::TaskTracker;

use crate::{
    admission::{Admission, Place, Refusal},
    client_address::{ClientAddress, Share},
    cost::Tally,
    metrics::GaugeGuard,
    wires::Wire,
};

/// What counts a connection, and is released with it.
pub type Held = (GaugeGuard, Place);

/// What a connection is known by while handlers work for it: a request carries it as an extension.
#[derive(Debug)]
pub struct Conn {
    /// The client's address and port.
    pub peer: SocketAddr,
    /// Why this connection is only here to be told no.
    pub refusal: Option<Refusal>,
    /// The share that the client's address has in this connection, where a proxy brought it.
    share: Mutex<Option<Share>>,
    accepted: Instant,
    last_read_us: AtomicU64,
    linger: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    mode: Mode,
    why: Option<String>,
    /// Counts the answer to the present request, where somebody wants to know.
    tally: Option<Arc<Tally>>,
}

#[derive(Debug)]
enum Mode {
    /// HTTP: the bytes of the present request, and when the first of them came.
    Request {
        first_us: u64,
        bytes: Vec<u8>,
        most: usize,
        overflowed: bool,
        /// All of its bytes, also those that were not kept.
        count: u64,
    },
    /// Upgraded, and recorded.
    Tapped(Arc<Wire>),
    /// Upgraded without a wire: nothing is kept.
    Untapped,
}

/// Why a connection can't be tapped: the bytes kept aren't those of the one request that asks for it. Only a client that
/// sends requests without waiting for the answers gets here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pipelined;

impl Conn {
    /// A connection accepted now. At most `most` bytes of a request are kept.
    pub fn new(peer: SocketAddr, refusal: Option<Refusal>, most: usize) -> Self {
        Self {
            peer,
            refusal,
            share: Mutex::default(),
            accepted: Instant::now(),
            last_read_us: AtomicU64::new(0),
            linger: AtomicBool::new(false),
            state: Mutex::new(State {
                mode: Mode::Request {
                    first_us: 0,
                    bytes: Vec::new(),
                    most,
                    overflowed: false,
                    count: 0,
                },
                why: None,
                tally: None,
            }),
        }
    }

    /// Counts this connection as the client's. One that a proxy brings is only known by its requests, and may carry those
    /// of one client after those of another.
    ///
    /// # Errors
    ///
    /// When that client holds as many connections as it may.
    pub fn belongs_to(&self, client: ClientAddress, admission: &Admission) -> Result<(), Refusal> {
        if client == ClientAddress::of(self.peer.ip()) {
            // It was counted when it was accepted, or is the proxy's own.
            return Ok(());
        }
        let mut share = self.share.lock().unwrap_or_else(PoisonError::into_inner);
        if share.as_ref().is_none_or(|share| share.client() != client) {
            *share = None;
            *share = Some(admission.share(client)?);
        }
        Ok(())
    }

    /// Microseconds since the connection was accepted, by a clock that never goes back.
    pub fn us(&self) -> u64 {
        self.accepted.elapsed().as_micros() as u64
    }

    /// How long ago the client last sent anything.
    pub fn idle(&self) -> Duration {
        Duration::from_micros(
            self.us()
                .saturating_sub(self.last_read_us.load(Ordering::Relaxed)),
        )
    }

    /// Records this connection on a wire from now on, beginning with the bytes of the request that is being answered.
    ///
    /// `request_line` has to be the beginning of that request as the client wrote it.
    ///
    /// # Errors
    ///
    /// [`Pipelined`] when the bytes at hand don't begin with `request_line`; the connection isn't recorded.
    pub fn tap(&self, wire: Arc<Wire>, request_line: &[u8]) -> Result<(), Pipelined> {
        let mut state = self.lock();
        let Mode::Request {
            first_us,
            bytes,
            overflowed,
            ..
        } = &state.mode
        else {
            return Err(Pipelined);
        };
        if *overflowed || !bytes.starts_with(request_line) {
            return Err(Pipelined);
        }
        wire.record(SentBy::Client, *first_us, bytes);
        state.mode = Mode::Tapped(wire);
        Ok(())
    }

    /// Has the answer to the request at hand counted. Gives the bytes of that request, and the first of them; `None`
    /// where the connection is no longer HTTP.
    pub fn tally(&self, tally: Arc<Tally>) -> Option<(u64, Vec<u8>)> {
        let mut state = self.lock();
        let Mode::Request { bytes, count, .. } = &state.mode else {
            return None;
        };
        let request = (*count, bytes.clone());
        state.tally = Some(tally);
        Some(request)
    }

    /// Keeps nothing of this connection from now on.
    pub fn leave_untapped(&self) {
        self.lock().mode = Mode::Untapped;
    }

    /// Says why the connection ends. Only the first call counts.
    pub fn set_why(&self, why: impl Into<String>) {
        self.lock().why.get_or_insert_with(|| why.into());
    }

    /// Asks for the stream to be read to its end, for a bounded time, after the server has closed its side. Otherwise
    /// bytes that were never read would make the kernel answer with a reset, which can destroy a Close frame that is
    /// still under way.
    pub fn set_linger(&self) {
        self.linger.store(true, Ordering::Relaxed);
    }

    /// Takes [`set_linger`](Self::set_linger) back: nothing that was sent is worth waiting for.
    pub fn do_not_linger(&self) {
        self.linger.store(false, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on_bytes(&self, from: SentBy, data: &[u8]) {
        let us = self.us();
        if from == SentBy::Client {
            self.last_read_us.store(us, Ordering::Relaxed);
        }
        let state = &mut *self.lock();
        match (&state.tally, from) {
            (Some(tally), SentBy::Server) => tally.sent(data),
            // The next request. What is left of the present one may still come before its answer.
            (Some(tally), SentBy::Client) if tally.began() => state.tally = None,
            _ => {}
        }
        match &mut state.mode {
            Mode::Untapped => {}
            Mode::Tapped(wire) => wire.record(from, us, data),
            Mode::Request {
                first_us,
                bytes,
                most,
                overflowed,
                count,
            } => match from {
                SentBy::Server => {
                    *bytes = Vec::new();
                    *overflowed = false;
                    *count = 0;
                }
                SentBy::Client => {
                    *count += data.len() as u64;
                    if bytes.is_empty() {
                        *first_us = us;
                    }
                    let room = most.saturating_sub(bytes.len());
                    *overflowed |= data.len() > room;
                    bytes.extend_from_slice(&data[..data.len().min(room)]);
                }
            },
        }
    }

    fn finish(&self) {
        let mut state = self.lock();
        let why = state.why.take();
        if let Mode::Tapped(wire) = std::mem::replace(&mut state.mode, Mode::Untapped) {
            wire.end(
                self.us(),
                why.unwrap_or_else(|| "the connection was lost".into()),
            );
        }
    }
}

/// How a stream behaves at its limits.
#[derive(Debug, Clone)]
pub struct StreamLimits {
    /// A write that makes no progress for this long fails.
    pub stall_time: Duration,
    /// How long a stream that lingers is read.
    pub close_time: Duration,
    /// Knows of the streams that linger, so that the server can wait for them.
    pub tracker: TaskTracker,
    /// Counts carried bytes: from the client, from the server.
    pub counters: [prometheus::IntCounter; 2],
}

/// A TCP stream that copies what it carries to its [`Conn`].
#[derive(Debug)]
pub struct TapStream {
    /// Present until it is dropped.
    tcp: Option<TcpStream>,
    conn: Arc<Conn>,
    limits: StreamLimits,
    stall: Option<Pin<Box<Sleep>>>,
    /// What counts this connection, released with it.
    held: Option<Held>,
}

impl TapStream {
    /// Wraps an accepted stream. `held` is kept for as long as the TCP connection lives.
    pub fn new(tcp: TcpStream, conn: Arc<Conn>, limits: StreamLimits, held: Held) -> Self {
        Self {
            tcp: Some(tcp),
            conn,
            limits,
            stall: None,
            held: Some(held),
        }
    }

    /// Ends the connection with a TCP reset instead of an orderly end; what was not sent yet is lost with it.
    ///
    /// # Errors
    ///
    /// When the system refuses the option that makes a reset of it. The connection is over all the same.
    pub fn reset(mut self) -> io::Result<()> {
        self.conn.linger.store(false, Ordering::Relaxed);
        // Dropping this closes the socket, and with a linger time of zero that is a reset.
        self.tcp()?.set_zero_linger()
    }

    fn failed(&self, error: &io::Error) {
        self.conn.set_why(match error.kind() {
            io::ErrorKind::ConnectionReset => "reset by client".to_owned(),
            io::ErrorKind::BrokenPipe => "closed by client without a Close frame".to_owned(),
            _ => format!("the connection was lost: {error}"),
        });
    }

    /// What every write ends with: counts progress, and gives up on a client that accepts nothing.
    fn after_write(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<usize>>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match result {
            Poll::Ready(Ok(written)) => {
                self.stall = None;
                self.limits.counters[1].inc_by(written as u64);
                let mut left = written;
                for buf in bufs {
                    let part = &buf[..buf.len().min(left)];
                    if !part.is_empty() {
                        self.conn.on_bytes(SentBy::Server, part);
                    }
                    left -= part.len();
                }
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Err(error)) => {
                self.failed(&error);
                Poll::Ready(Err(error))
            }
            Poll::Pending => {
                let time = self.limits.stall_time;
                let stall = self
                    .stall
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
                if stall.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                // Nothing more can reach this client, so there is nothing to wait for.
                self.conn.linger.store(false, Ordering::Relaxed);
                let time = humantime::format_duration(time);
                self.conn.set_why(format!(
                    "cut by server: the client accepted no byte for {time}"
                ));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    fn tcp(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.tcp
            .as_mut()
            .map(Pin::new)
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl AsyncRead for TapStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let result = this.tcp()?.poll_read(cx, buf);
        match &result {
            Poll::Ready(Ok(())) => {
                let new = &buf.filled()[before..];
                if !new.is_empty() {
                    this.limits.counters[0].inc_by(new.len() as u64);
                    this.conn.on_bytes(SentBy::Client, new);
                }
            }
            Poll::Ready(Err(error)) => this.failed(error),
            Poll::Pending => {}
        }
        result
    }
}

impl AsyncWrite for TapStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = this.tcp()?.poll_write(cx, buf);
        this.after_write(cx, result, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let result = this.tcp()?.poll_write_vectored(cx, bufs);
        this.after_write(cx, result, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().tcp()?.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().tcp()?.poll_shutdown(cx)
    }
}

impl Drop for TapStream {
    fn drop(&mut self) {
        let (Some(tcp), Some(held)) = (self.tcp.take(), self.held.take()) else {
            return;
        };
        let conn = Arc::clone(&self.conn);
        let runtime = tokio::runtime::Handle::try_current();
        if let (true, Ok(runtime)) = (conn.linger.load(Ordering::Relaxed), runtime) {
            let limits = self.limits.clone();
            let tracker = limits.tracker.clone();
            tracker.spawn_on(linger(tcp, conn, limits, held), &runtime);
        } else {
            drop(tcp);
            conn.finish();
        }
    }
}

/// Closes the server's side, then reads and drops what still comes, until the client closes too or time is up (RFC 6455
/// §7.1.1: the server closes TCP first).
async fn linger(mut tcp: TcpStream, conn: Arc<Conn>, limits: StreamLimits, held: Held) {
    let drain = async {
        let _ = tcp.shutdown().await;
        let mut scratch = vec![0; 8 * 1024];
        while let Ok(count @ 1..) = tcp.read(&mut scratch).await {
            limits.counters[0].inc_by(count as u64);
            conn.on_bytes(SentBy::Client, &scratch[..count]);
        }
    };
    let _ = tokio::time::timeout(limits.close_time, drain).await;
    drop(tcp);
    conn.finish();
    drop(held);
}
