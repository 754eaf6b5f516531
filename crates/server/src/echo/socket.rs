//! One WebSocket as the library has it: one end that reads, one that writes, and work that is done elsewhere.
//!
//! The two ends are two of the library's, so that the one that writes can be given up while the connection is idle, and
//! with it the compressor, which is most of what a connection costs. The client's inflater doesn't mind: a compressor that
//! starts anew refers to nothing before (RFC 7692 §7.2.1). The inflater for what the client sends has to stay.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures_util::{Sink as _, SinkExt as _};
use tokio::sync::Semaphore;
use yawc::{
    CompressionLevel, DeflatePool, Frame, OpCode, Options, Role, WebSocket, WebSocketError,
    close::CloseCode,
};

use super::inflow::Inflow;

/// What is compressed beyond this is work.
const WORK: usize = 16 * 1024;
/// A message that is inflated to more than this tells that the client's messages may be work.
const EXPANDED: usize = 32 * 1024;
/// Frames that an echo is cut into, at most.
pub const MOST_FRAMES: usize = 1024;
/// What the two ends keep of their buffers while nothing is under way.
const BUFFER: usize = 2 * 1024;

/// What all WebSockets share: threads for work, and compression state for those that keep no context.
#[derive(Debug, Clone)]
pub struct Workshop {
    benches: Arc<Semaphore>,
    pool: DeflatePool,
}

impl Workshop {
    /// Work takes all of the machine's cores but one, which is for everybody else.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let benches = cores.saturating_sub(1).max(1);
        Self {
            benches: Arc::new(Semaphore::new(benches)),
            pool: DeflatePool::new(cores),
        }
    }

    /// Runs `work` on a thread that serves nobody, in the order of the calls.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WebSocketError> {
        let bench = self.benches.acquire().await;
        let done = tokio::task::spawn_blocking(work).await;
        drop(bench);
        // Only the end of the runtime, or a panic of the library.
        done.map_err(|_| WebSocketError::ConnectionClosed)
    }
}

impl Default for Workshop {
    fn default() -> Self {
        Self::new()
    }
}

/// The library's WebSocket on our stream. Boxed, because it moves: to where work is done, and back.
type End = Box<WebSocket<Inflow>>;

/// What was agreed on with the client, and what both ends are made from.
#[derive(Debug)]
pub struct Agreement {
    /// The answer's `Sec-WebSocket-Extensions`.
    pub extensions: Option<String>,
    /// Longest message, in bytes.
    pub max_message: usize,
}

impl Agreement {
    /// The library's options.
    pub fn options(&self, pool: &DeflatePool) -> Options {
        // The library's limits are exclusive.
        let options = Options::default()
            .with_limits(self.max_message + 1, self.max_message + 1)
            // RFC 6455 §8.1; off by default.
            .with_utf8()
            .with_read_buffer_capacity(BUFFER)
            .with_write_buffer_capacity(0);
        if self.extensions.is_none() {
            return options;
        }
        options
            .with_compression_level(CompressionLevel::default())
            // An empty message has nothing to compress, and flushing the compressor twice in a row gives it nothing to do.
            .with_compression_threshold(1)
            .with_deflate_pool(pool.clone())
    }
}

/// Both ends of one WebSocket.
pub struct Socket {
    workshop: Workshop,
    agreement: Agreement,
    inflow: Inflow,
    /// Present but while it is at work.
    reader: Option<End>,
    /// Present while it is of use.
    writer: Option<End>,
}

/// What reading came to.
pub enum Read {
    /// A frame or an assembled message, or why there is none.
    Frame(Result<Frame, WebSocketError>),
    /// There is work to do first: [`Socket::work`].
    Work,
}

impl Socket {
    /// A WebSocket on a stream that was upgraded.
    ///
    /// # Errors
    ///
    /// None that the extensions of [`Agreement`] could bring about.
    pub fn new(
        inflow: Inflow,
        agreement: Agreement,
        workshop: Workshop,
    ) -> Result<Self, WebSocketError> {
        let mut socket = Self {
            workshop,
            agreement,
            inflow,
            reader: None,
            writer: None,
        };
        socket.reader = Some(socket.end()?);
        Ok(socket)
    }

    fn end(&self) -> Result<End, WebSocketError> {
        let end = WebSocket::from_stream_with_extensions(
            self.inflow.clone(),
            Role::Server,
            self.agreement.extensions.as_deref(),
            self.agreement.options(&self.workshop.pool),
        );
        end.map(Box::new)
    }

    fn reader(&mut self) -> Result<&mut End, WebSocketError> {
        self.reader.as_mut().ok_or(WebSocketError::ConnectionClosed)
    }

    fn writer(&mut self) -> Result<&mut End, WebSocketError> {
        if self.writer.is_none() {
            self.writer = Some(self.end()?);
        }
        self.writer.as_mut().ok_or(WebSocketError::ConnectionClosed)
    }

    /// The stream below.
    pub fn inflow(&self) -> &Inflow {
        &self.inflow
    }

    /// Whether there is a compressor, or what else writing takes.
    pub fn has_writer(&self) -> bool {
        self.writer.is_some()
    }

    /// Gives up what writing takes. To be called when everything is written.
    pub fn release_writer(&mut self) {
        self.writer = None;
    }

    /// Reads the next frame or message. Cancel-safe.
    pub async fn read(&mut self) -> Read {
        poll_fn(|cx| {
            let read = match self.reader() {
                Ok(reader) => reader.poll_next_frame(cx),
                Err(error) => Poll::Ready(Err(error)),
            };
            match read {
                Poll::Ready(frame) => Poll::Ready(Read::Frame(self.seen(frame))),
                Poll::Pending if self.inflow.is_held() => Poll::Ready(Read::Work),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// Decodes the frame that is held, off the threads that serve. `None` when that completed no message.
    pub async fn work(&mut self) -> Option<Result<Frame, WebSocketError>> {
        let mut reader = self.reader.take()?;
        let inflow = self.inflow.clone();
        let decoded = self.workshop.run(move || {
            inflow.detach();
            // Nothing of it waits for the socket; reading goes on where it is waited for.
            let mut nobody = Context::from_waker(Waker::noop());
            let frame = reader.poll_next_frame(&mut nobody);
            inflow.attach();
            (reader, frame)
        });
        match decoded.await {
            Ok((reader, frame)) => {
                self.reader = Some(reader);
                match frame {
                    Poll::Ready(frame) => Some(self.seen(frame)),
                    Poll::Pending => None,
                }
            }
            Err(error) => Some(Err(error)),
        }
    }

    fn seen(&self, frame: Result<Frame, WebSocketError>) -> Result<Frame, WebSocketError> {
        let frame = frame?;
        if self.agreement.extensions.is_some() && frame.payload().len() > EXPANDED {
            self.inflow.expands();
        }
        Ok(frame)
    }

    /// Writes the pong that reading a ping left.
    ///
    /// # Errors
    ///
    /// When the stream fails.
    pub async fn write_pong(&mut self) -> Result<(), WebSocketError> {
        let reader = self.reader()?;
        poll_fn(|cx| Pin::new(&mut *reader).poll_ready(cx)).await
    }

    /// Writes a control frame.
    ///
    /// # Errors
    ///
    /// When the stream fails.
    pub async fn write(&mut self, frame: Frame) -> Result<(), WebSocketError> {
        self.writer()?.send(frame).await
    }

    /// Writes a message, in frames of at most `fragment` bytes before compression, but in no more than [`MOST_FRAMES`].
    ///
    /// # Errors
    ///
    /// When the stream fails.
    pub async fn write_message(
        &mut self,
        opcode: OpCode,
        payload: Bytes,
        fragment: Option<usize>,
    ) -> Result<(), WebSocketError> {
        let is_work = self.agreement.extensions.is_some() && payload.len() > WORK;
        self.writer()?;
        let Some(mut writer) = self.writer.take() else {
            return Err(WebSocketError::ConnectionClosed);
        };
        let encode = move || {
            let encoded = encode(&mut writer, opcode, payload, fragment);
            (writer, encoded)
        };
        let (writer, encoded) = if is_work {
            self.workshop.run(encode).await?
        } else {
            encode()
        };
        self.writer = Some(writer);
        encoded?;
        self.writer()?.flush().await
    }

    /// Writes a Close frame past the library's own queue. The library queues Close frames by itself, for a client's
    /// Close and for errors, also after one has been sent, and not always with the code the RFC asks for. What is sent
    /// here is the only one, because nothing that flushes that queue is called afterwards.
    ///
    /// # Errors
    ///
    /// When the stream fails.
    pub async fn write_close(&mut self, payload: Bytes) -> Result<(), WebSocketError> {
        let mut frame = Frame::close(CloseCode::Normal, []);
        *frame.payload_mut() = payload;
        let mut writer = Pin::new(self.writer()?);
        writer.as_mut().start_send(frame)?;
        poll_fn(|cx| writer.as_mut().poll_flush(cx)).await
    }

    /// Ends the server's side of TCP, after a Close frame.
    pub async fn shut_down(&mut self) {
        if let Ok(writer) = self.writer() {
            let _ = writer.close().await;
        }
    }
}

/// Puts a message's frames into the buffer of what is to be written.
fn encode(
    writer: &mut End,
    opcode: OpCode,
    mut payload: Bytes,
    fragment: Option<usize>,
) -> Result<(), WebSocketError> {
    let most = payload
        .len()
        .div_ceil(MOST_FRAMES)
        .max(fragment.unwrap_or(usize::MAX))
        .max(1);
    let mut first = true;
    loop {
        let piece = payload.split_to(most.min(payload.len()));
        let frame = match (first, opcode) {
            (true, OpCode::Text) => Frame::text(piece),
            (true, _) => Frame::binary(piece),
            (false, _) => Frame::continuation(piece),
        };
        Pin::new(&mut *writer).start_send(frame.with_fin(payload.is_empty()))?;
        first = false;
        if payload.is_empty() {
            return Ok(());
        }
    }
}
