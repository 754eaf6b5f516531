//! The WebSocket echo: its options, its handshake, and one session.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Sink, SinkExt as _};
use tokio::time::{Interval, MissedTickBehavior, interval_at, sleep, sleep_until, timeout};
use yawc::{Frame, HttpWebSocket, OpCode, Options, WebSocketError, close::CloseCode};

use crate::{
    App,
    api_error::ApiError,
    config::{duration_within, size_within},
    conn::Conn,
    deflate, handshake,
    metrics::GaugeGuard,
};

/// What `/echo?…` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EchoOptions {
    /// The wire that records the connection.
    pub wire: Option<String>,
    /// Time between the server's pings; none without it.
    pub ping: Option<Duration>,
    /// Most payload bytes (before compression) in a frame of an echo.
    pub fragment: Option<usize>,
    /// Time that each echo is held back.
    pub delay: Duration,
    /// Whether permessage-deflate may be negotiated.
    pub compress: bool,
}

impl EchoOptions {
    /// Reads the query part of `/echo`'s URL. `max_message` bounds `fragment`, in bytes.
    ///
    /// # Errors
    ///
    /// A sentence that names the parameter, what it was, and what is allowed.
    pub fn parse(query: &str, max_message: usize) -> Result<Self, String> {
        let mut options = Self {
            wire: None,
            ping: None,
            fragment: None,
            delay: Duration::ZERO,
            compress: true,
        };
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let wrong = |why: String| format!("{name}={value}: {why}");
            let within = |least, most| {
                duration_within(
                    &value,
                    Duration::from_millis(least),
                    Duration::from_secs(most),
                )
                .map_err(wrong)
            };
            match &*name {
                "wire" => options.wire = Some(value.clone().into_owned()),
                "ping" => options.ping = Some(within(100, 3600)?),
                "fragment" => {
                    options.fragment = Some(size_within(&value, 1, max_message).map_err(wrong)?)
                }
                "delay" => options.delay = within(0, 60)?,
                "compress" => {
                    options.compress = match &*value {
                        "on" => true,
                        "off" => false,
                        _ => return Err(wrong("allowed are on and off".into())),
                    }
                }
                _ => {
                    return Err(format!(
                        "{name}: no such option; known are wire, ping, fragment, delay and compress"
                    ));
                }
            }
            if seen.contains(&name) {
                return Err(format!("{name}: given twice"));
            }
            seen.push(name);
        }
        Ok(options)
    }
}

/// `GET /echo`: judges the handshake, claims the wire, and leaves a session running.
pub async fn echo(State(app): State<Arc<App>>, mut request: Request) -> Response {
    match open(&app, &mut request) {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

fn open(app: &Arc<App>, request: &mut Request) -> Result<Response, ApiError> {
    handshake::judge(request)?;
    let options = EchoOptions::parse(
        request.uri().query().unwrap_or_default(),
        app.config.max_message,
    )
    .map_err(|what| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            what,
            "correct the query part of the address",
        )
    })?;
    let conn = handshake::conn(request)?;

    let offer = options
        .compress
        .then(|| {
            let offers = request.headers().get_all(header::SEC_WEBSOCKET_EXTENSIONS);
            deflate::choose(offers.iter().filter_map(|value| value.to_str().ok()))
        })
        .flatten();
    let library_options = library_options(app.config.max_message, offer.as_ref());
    let headers = request.headers_mut();
    headers.remove(header::SEC_WEBSOCKET_EXTENSIONS);
    if let Some(value) = offer.and_then(|offer| HeaderValue::from_str(&offer.text).ok()) {
        headers.insert(header::SEC_WEBSOCKET_EXTENSIONS, value);
    }

    // Everything that can be refused has been, but for the wire, which is used up by being claimed.
    if let Some(id) = &options.wire {
        handshake::record(app, request, &conn, id)?;
    }
    let (response, upgrade) = yawc::WebSocket::upgrade_with_options(&mut *request, library_options)
        .map_err(|error| {
            ApiError::new(
                StatusCode::BAD_REQUEST,
                format!("not a WebSocket handshake: {error}"),
                "correct the request",
            )
        })?;
    if options.wire.is_none() {
        conn.leave_untapped();
    }
    let app_of_session = Arc::clone(app);
    app.tracker.spawn(async move {
        match upgrade.await {
            Ok(socket) => {
                Session::new(app_of_session, conn, options, socket)
                    .run()
                    .await
            }
            Err(error) => tracing::debug!(peer = %conn.peer, %error, "the upgrade did not happen"),
        }
    });
    Ok(response.map(|_| Body::empty()))
}

fn library_options(max_message: usize, offer: Option<&deflate::Offer>) -> Options {
    // The library's limits are exclusive.
    let options = Options::default()
        .with_limits(max_message + 1, max_message + 1)
        // RFC 6455 §8.1; off by default.
        .with_utf8();
    let Some(offer) = offer else {
        return options;
    };
    let options = options
        .with_balanced_compression()
        // An empty message has nothing to compress, and flushing the compressor twice in a row gives it nothing to do.
        .with_compression_threshold(1);
    if offer.client_max_window_bits {
        // Left open, the library would choose the smallest window. The answer must not name one that wasn't offered.
        options.with_client_max_window_bits(15)
    } else {
        options
    }
}

/// A reason in a Close frame is at most 123 bytes (RFC 6455 §5.5); the texts here are far shorter.
struct Closing {
    code: u16,
    reason: String,
}

enum Step {
    Read(Result<Frame, WebSocketError>),
    Due,
    Ping,
    Idle,
    Shutdown,
}

struct Waiting {
    due: tokio::time::Instant,
    frame: Frame,
}

/// One WebSocket, from the 101 to its end.
struct Session {
    app: Arc<App>,
    conn: Arc<Conn>,
    options: EchoOptions,
    socket: HttpWebSocket,
    /// Echoes that are held back, and the sum of their payloads.
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    _held: GaugeGuard,
}

/// Echoes that may be held back at once. Reading stops at this many, or at a message's largest size in bytes.
const MOST_WAITING: usize = 1024;

impl Session {
    fn new(app: Arc<App>, conn: Arc<Conn>, options: EchoOptions, socket: HttpWebSocket) -> Self {
        let held = GaugeGuard::new(&app.metrics.websocket_connections);
        Self {
            app,
            conn,
            options,
            socket,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            _held: held,
        }
    }

    async fn run(mut self) {
        tracing::debug!(peer = %self.conn.peer, "websocket opened");
        // From here on the stream is read to its end whoever closes, so that no reset overtakes a Close frame.
        self.conn.set_linger();
        let conn = Arc::clone(&self.conn);
        if let Err(error) = self.talk().await {
            // The stream under this has already said why, when it knows better.
            conn.set_why(match error {
                WebSocketError::ConnectionClosed => {
                    "closed by client without a Close frame".to_owned()
                }
                error => format!("the connection was lost: {error}"),
            });
            tracing::debug!(peer = %conn.peer, "websocket lost");
        }
    }

    /// Reads, echoes and pings until the connection closes. Nothing is read while an echo waits for the socket, so a
    /// client that doesn't read is not read from either.
    async fn talk(&mut self) -> Result<(), WebSocketError> {
        let idle_time = self.app.config.idle_time;
        let shutdown = self.app.shutdown.clone();
        let mut pings = self.options.ping.map(|every| {
            let mut pings = interval_at(tokio::time::Instant::now() + every, every);
            pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
            pings
        });
        let mut ping_number = 0u64;
        let mut idle = pin!(sleep(idle_time));
        loop {
            let due = self.waiting.front().map(|waiting| waiting.due);
            let room = self.waiting.len() < MOST_WAITING
                && self.waiting_bytes < self.app.config.max_message;
            let step = tokio::select! {
                biased;
                () = shutdown.cancelled() => Step::Shutdown,
                () = reached(due) => Step::Due,
                () = tick(&mut pings) => Step::Ping,
                frame = self.socket.next_frame(), if room => Step::Read(frame),
                // Last: a client is only idle when nothing of it is waiting to be read.
                () = &mut idle => Step::Idle,
            };
            match step {
                Step::Read(Ok(frame)) => {
                    if self.on_frame(frame).await?.is_some() {
                        return Ok(());
                    }
                }
                Step::Read(Err(error)) => {
                    let Some(closing) = judge(&error, self.app.config.max_message) else {
                        return Err(error);
                    };
                    self.send_close(&closing).await?;
                    return self.end().await;
                }
                Step::Due => {
                    if let Some(waiting) = self.waiting.pop_front() {
                        self.waiting_bytes -= waiting.frame.payload().len();
                        self.echo(waiting.frame, waiting.due.into_std()).await?;
                    }
                }
                Step::Ping => {
                    ping_number += 1;
                    self.socket
                        .send(Frame::ping(format!("ping {ping_number}")))
                        .await?;
                }
                Step::Idle => {
                    let silent = if room {
                        self.conn.idle()
                    } else {
                        Duration::ZERO
                    };
                    let left = idle_time.saturating_sub(silent);
                    if left.is_zero() {
                        let reason = format!(
                            "idle: nothing received for {}",
                            humantime::format_duration(idle_time)
                        );
                        return self.close(Closing { code: 1001, reason }).await;
                    }
                    idle.as_mut().reset(tokio::time::Instant::now() + left);
                }
                Step::Shutdown => {
                    let reason = "the server is shutting down".to_owned();
                    return self.close(Closing { code: 1001, reason }).await;
                }
            }
        }
    }

    /// Handles one frame or assembled message. `Some` when the connection is closed.
    async fn on_frame(&mut self, frame: Frame) -> Result<Option<()>, WebSocketError> {
        match frame.opcode() {
            OpCode::Text | OpCode::Binary => {
                let received = Instant::now();
                let kind = if frame.opcode() == OpCode::Text {
                    "text"
                } else {
                    "binary"
                };
                self.app.metrics.messages.with_label_values(&[kind]).inc();
                self.app
                    .metrics
                    .message_bytes
                    .inc_by(frame.payload().len() as u64);
                if self.options.delay.is_zero() {
                    self.echo(frame, received).await?;
                } else {
                    self.waiting_bytes += frame.payload().len();
                    let due = tokio::time::Instant::from_std(received) + self.options.delay;
                    self.waiting.push_back(Waiting { due, frame });
                }
                Ok(None)
            }
            OpCode::Ping => {
                // The library has queued the pong. It is written now, before anything else is read: otherwise a client
                // that sends pings and reads nothing would make that queue grow without end.
                poll_fn(|cx| Pin::new(&mut self.socket).poll_ready(cx)).await?;
                Ok(None)
            }
            OpCode::Close => {
                self.answer_close(&frame).await?;
                Ok(Some(()))
            }
            OpCode::Pong | OpCode::Continuation => Ok(None),
        }
    }

    async fn echo(&mut self, message: Frame, due: Instant) -> Result<(), WebSocketError> {
        let opcode = message.opcode();
        let mut payload = message.into_payload();
        let text = opcode == OpCode::Text;
        let whole = |payload: Bytes| {
            if text {
                Frame::text(payload)
            } else {
                Frame::binary(payload)
            }
        };
        match self.options.fragment {
            Some(most) if payload.len() > most => {
                let mut first = true;
                while !payload.is_empty() {
                    let piece = payload.split_to(most.min(payload.len()));
                    let frame = if first {
                        whole(piece)
                    } else {
                        Frame::continuation(piece)
                    };
                    first = false;
                    self.socket.feed(frame.with_fin(payload.is_empty())).await?;
                }
            }
            _ => self.socket.feed(whole(payload)).await?,
        }
        self.socket.flush().await?;
        let ms = due.elapsed().as_secs_f64() * 1000.0;
        self.app.metrics.message_delivery_latency_ms.observe(ms);
        Ok(())
    }

    /// Writes a Close frame past the library's own queue. The library queues Close frames by itself, for a client's
    /// Close and for errors, also after one has been sent, and not always with the code the RFC asks for. What is sent
    /// here is the only one, because nothing that flushes that queue is called afterwards.
    async fn put_close(&mut self, payload: Bytes) -> Result<(), WebSocketError> {
        let mut frame = Frame::close(CloseCode::Normal, []);
        *frame.payload_mut() = payload;
        let mut socket = Pin::new(&mut self.socket);
        socket.as_mut().start_send(frame)?;
        poll_fn(|cx| socket.as_mut().poll_flush(cx)).await
    }

    async fn send_close(&mut self, closing: &Closing) -> Result<(), WebSocketError> {
        let mut payload = closing.code.to_be_bytes().to_vec();
        payload.extend_from_slice(closing.reason.as_bytes());
        self.conn.set_why(format!(
            "closed by server, {}: {}",
            closing.code, closing.reason
        ));
        tracing::debug!(peer = %self.conn.peer, code = closing.code, reason = closing.reason, "websocket closed");
        self.put_close(payload.into()).await
    }

    /// Answers a client's Close frame with the same code (RFC 6455 §5.5.1) and closes TCP first (§7.1.1).
    async fn answer_close(&mut self, frame: &Frame) -> Result<(), WebSocketError> {
        let payload = frame.payload();
        // §5.5; the library checks the length of pings only.
        if payload.len() > 125 {
            let reason = "a control frame's payload is at most 125 bytes".to_owned();
            self.send_close(&Closing { code: 1002, reason }).await?;
            return self.end().await;
        }
        let why = match frame.close_code().map(u16::from) {
            Some(code) => format!("closed by client, {code}"),
            None => "closed by client, no code".to_owned(),
        };
        tracing::debug!(peer = %self.conn.peer, why, "websocket closed");
        self.conn.set_why(why);
        self.put_close(payload.clone()).await?;
        self.end().await
    }

    /// Closes from the server's side: a Close frame, then waits for the client's, but not for ever.
    async fn close(&mut self, closing: Closing) -> Result<(), WebSocketError> {
        let time = self.app.config.close_time;
        let _ = timeout(time, async {
            self.send_close(&closing).await?;
            // What comes before the client's Close frame is read and dropped; so is a broken frame.
            loop {
                match self.socket.next_frame().await?.opcode() {
                    OpCode::Close => break,
                    OpCode::Ping => poll_fn(|cx| Pin::new(&mut self.socket).poll_ready(cx)).await?,
                    _ => {}
                }
            }
            Ok::<_, WebSocketError>(())
        })
        .await;
        self.end().await
    }

    /// Ends the server's side of TCP. The stream under this then waits for the client's.
    async fn end(&mut self) -> Result<(), WebSocketError> {
        let _ = timeout(self.app.config.close_time, self.socket.close()).await;
        Ok(())
    }
}

async fn tick(pings: &mut Option<Interval>) {
    match pings {
        Some(pings) => {
            pings.tick().await;
        }
        None => std::future::pending().await,
    }
}

async fn reached(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// The Close frame that a broken message or frame deserves (RFC 6455 §7.4.1); none when the stream itself failed.
fn judge(error: &WebSocketError, max_message: usize) -> Option<Closing> {
    let (code, reason) = match error {
        WebSocketError::ConnectionClosed => return None,
        WebSocketError::FrameTooLarge => (
            1009,
            format!("a message may have at most {max_message} bytes"),
        ),
        WebSocketError::InvalidUTF8 => (1007, "text that is not UTF-8".to_owned()),
        // The inflater's errors come in this shape; those of a socket have other kinds.
        WebSocketError::IoError(error) if error.kind() == std::io::ErrorKind::InvalidInput => {
            (1007, "compressed data that can't be inflated".to_owned())
        }
        WebSocketError::IoError(_) => return None,
        WebSocketError::InvalidOpCode(opcode) => (1002, format!("reserved opcode {opcode:#x}")),
        WebSocketError::ReservedBitsNotZero => (1002, "a reserved bit is set".to_owned()),
        WebSocketError::CompressionNotSupported => (
            1002,
            "RSV1 is set, but compression wasn't negotiated".to_owned(),
        ),
        WebSocketError::InvalidFragment => (
            1002,
            "an unmasked frame, or a fragment out of place".to_owned(),
        ),
        WebSocketError::ControlFrameFragmented => (1002, "a fragmented control frame".to_owned()),
        WebSocketError::PingFrameTooLarge => (
            1002,
            "a control frame's payload is at most 125 bytes".to_owned(),
        ),
        WebSocketError::InvalidCloseFrame => {
            (1002, "a Close frame with one byte of payload".to_owned())
        }
        WebSocketError::InvalidCloseCode => (1002, "a close code that may not be sent".to_owned()),
        _ => (1002, "a protocol error".to_owned()),
    };
    Some(Closing { code, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_are_right() {
        let options = EchoOptions::parse(
            "wire=ab&ping=5s&fragment=64&delay=250ms&compress=off",
            1 << 20,
        )
        .unwrap();
        assert_eq!(
            options,
            EchoOptions {
                wire: Some("ab".into()),
                ping: Some(Duration::from_secs(5)),
                fragment: Some(64),
                delay: Duration::from_millis(250),
                compress: false,
            }
        );
        assert!(EchoOptions::parse("", 1).unwrap().compress);
    }

    #[test]
    fn options_that_are_wrong_are_named() {
        for (query, says) in [
            (
                "ping=1ms",
                "ping=1ms: out of range; allowed are 100ms to 1h",
            ),
            ("ping=often", "ping=often: not a duration"),
            (
                "fragment=0",
                "fragment=0: out of range; allowed are 1 to 1KiB",
            ),
            ("fragment=2KiB", "fragment=2KiB: out of range"),
            ("delay=61s", "delay=61s: out of range; allowed are 0s to 1m"),
            ("compress=maybe", "compress=maybe: allowed are on and off"),
            ("pings=5s", "pings: no such option; known are wire, ping"),
            ("ping=5s&ping=6s", "ping: given twice"),
        ] {
            let said = EchoOptions::parse(query, 1024).unwrap_err();
            assert!(said.starts_with(says), "{query}: {said}");
        }
    }
}
