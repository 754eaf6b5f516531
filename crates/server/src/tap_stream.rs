//! The TCP stream under HTTP and under the WebSocket library, where the tap copies bytes.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use protocol::SentBy;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
    time::Sleep,
};
use tokio_util::{sync::WaitForCancellationFutureOwned, task::TaskTracker};

use crate::{admission::Place, conn::Conn, metrics::GaugeGuard};

/// What counts a connection, and is released with it.
pub type Held = (GaugeGuard, Place);

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
    /// Present while a write waits that something else may end.
    cut: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
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
            cut: None,
            held: Some(held),
        }
    }

    /// Ends the connection with a TCP reset instead of an orderly end; what was not sent yet is lost with it.
    ///
    /// # Errors
    ///
    /// When the system refuses the option that makes a reset of it. The connection is over all the same.
    pub fn reset(mut self) -> io::Result<()> {
        self.conn.do_not_linger();
        // Dropping this closes the socket, and with a linger time of zero that is a reset.
        self.tcp()?.set_zero_linger()
    }

    /// Fails where the connection is to end instead. Who writes then drops the stream, and that is the end or the reset.
    fn end_if_asked(&mut self) -> io::Result<()> {
        if self.conn.is_to_be_cut() {
            self.conn.set_why("cut by server");
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        if !self.conn.is_to_be_reset() {
            return Ok(());
        }
        self.conn.do_not_linger();
        self.conn.set_why("reset by server");
        self.tcp()?.set_zero_linger()?;
        Err(io::ErrorKind::ConnectionAborted.into())
    }

    fn failed(&self, error: &io::Error) {
        self.conn.set_why(match error.kind() {
            io::ErrorKind::ConnectionReset => "reset by client".to_owned(),
            io::ErrorKind::BrokenPipe => "closed by client without a close frame".to_owned(),
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
                self.cut = None;
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
                if self.cut.is_none() {
                    let cut = self.conn.stalled_cut();
                    self.cut = cut.map(|cut| Box::pin(cut.cancelled_owned()));
                }
                let cut = self.cut.as_mut();
                if cut.is_some_and(|cut| cut.as_mut().poll(cx).is_ready()) {
                    self.conn.do_not_linger();
                    self.conn.set_why("cut by server");
                    return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
                }
                let time = self.limits.stall_time;
                let stall = self
                    .stall
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
                if stall.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                // Nothing more can reach this client, so there is nothing to wait for.
                self.conn.do_not_linger();
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
        this.end_if_asked()?;
        let result = this.tcp()?.poll_write(cx, buf);
        this.after_write(cx, result, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.end_if_asked()?;
        let result = this.tcp()?.poll_write_vectored(cx, bufs);
        this.after_write(cx, result, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let result = this.tcp()?.poll_flush(cx);
        if let Poll::Ready(Ok(())) = &result {
            this.conn.on_flush();
        }
        result
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
        if let (true, Ok(runtime)) = (conn.lingers(), runtime) {
            let limits = self.limits.clone();
            let tracker = limits.tracker.clone();
            tracker.spawn_on(linger(tcp, conn, limits, held), &runtime);
        } else {
            drop(tcp);
            conn.finish();
        }
    }
}

/// Bytes that are read and dropped after the server has closed, at most: more than is ever under way, and not a reason to
/// go on sending.
const MOST_DRAINED: usize = 16 << 20;

/// Closes the server's side, then reads and drops what still comes, until the client closes too, time is up, or it is too
/// much (RFC 6455 §7.1.1: the server closes TCP first).
async fn linger(mut tcp: TcpStream, conn: Arc<Conn>, limits: StreamLimits, held: Held) {
    let drain = async {
        let _ = tcp.shutdown().await;
        let mut scratch = vec![0; 8 * 1024];
        let mut left = MOST_DRAINED;
        while left > 0
            && let Ok(count @ 1..) = tcp.read(&mut scratch).await
        {
            left = left.saturating_sub(count);
            limits.counters[0].inc_by(count as u64);
            conn.on_bytes(SentBy::Client, &scratch[..count]);
        }
    };
    let _ = tokio::time::timeout(limits.close_time, drain).await;
    drop(tcp);
    conn.finish();
    drop(held);
}
