//! One WebSocket of the echo, from the 101 to its end.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::{Interval, MissedTickBehavior, interval_at, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use yawc::{Frame, OpCode, WebSocketError};

use super::{
    EchoOptions,
    closing::{Closing, answer, close, judge, refuse},
    socket::{Read, Socket},
};
use crate::{App, conn::Conn, metrics::GaugeGuard};

/// Echoes that may be held back at once. Reading stops at this many, or at a message's largest size in bytes.
const MOST_WAITING: usize = 1024;
/// Bytes of messages that one session handles before others have their turn. A message counts as some bytes more.
const TURN: usize = 64 * 1024;
/// See [`TURN`].
const MESSAGE: usize = 512;

enum Step {
    Read(Read),
    Due,
    Ping,
    Check,
    Shutdown,
}

struct Waiting {
    due: tokio::time::Instant,
    frame: Frame,
}

/// One WebSocket.
pub struct Session {
    app: Arc<App>,
    conn: Arc<Conn>,
    options: EchoOptions,
    socket: Socket,
    /// Echoes that are held back, and the sum of their payloads.
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    /// When something was last written that takes a compressor.
    wrote: Instant,
    turn: usize,
    _held: GaugeGuard,
}

impl Session {
    /// A session on a WebSocket that was opened.
    pub fn new(app: Arc<App>, conn: Arc<Conn>, options: EchoOptions, socket: Socket) -> Self {
        let held = GaugeGuard::new(&app.metrics.websocket_connections);
        Self {
            app,
            conn,
            options,
            socket,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            wrote: Instant::now(),
            turn: 0,
            _held: held,
        }
    }

    /// Runs to the end of the connection. `cut` is cancelled when the connection has to make room for others.
    pub async fn run(mut self, cut: CancellationToken) {
        tracing::debug!(peer = %self.conn.peer, "websocket opened");
        // From here on the stream is read to its end whoever closes, so that no reset overtakes a Close frame.
        self.conn.set_linger();
        let conn = Arc::clone(&self.conn);
        let talked = tokio::select! {
            biased;
            () = cut.cancelled() => None,
            talked = self.talk() => Some(talked),
        };
        match talked {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                // The stream under this has already said why, when it knows better.
                conn.set_why(match error {
                    WebSocketError::ConnectionClosed => {
                        "closed by client without a close frame".to_owned()
                    }
                    error => format!("the connection was lost: {error}"),
                });
                tracing::debug!(peer = %conn.peer, "websocket lost");
            }
            None => {
                // A frame may be half written, so that no other can follow.
                conn.do_not_linger();
                conn.set_why(
                    "cut by server: all messages together took more than --message-memory, and this connection's had \
                     waited longest",
                );
                tracing::debug!(peer = %conn.peer, "websocket cut for its memory");
            }
        }
    }

    /// Reads, echoes and pings until the connection closes. Nothing is read while an echo waits for the socket, so a
    /// client that doesn't read is not read from either.
    async fn talk(&mut self) -> Result<(), WebSocketError> {
        let shutdown = self.app.shutdown.clone();
        let time = self.app.config.close_time;
        let mut pings = self.options.ping.map(|every| {
            let mut pings = interval_at(tokio::time::Instant::now() + every, every);
            pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
            pings
        });
        let mut ping_number = 0u64;
        let mut check = pin!(sleep(self.until_check()));
        loop {
            let due = self.waiting.front().map(|waiting| waiting.due);
            let room = self.has_room();
            let had_writer = self.socket.has_writer();
            let step = tokio::select! {
                biased;
                () = shutdown.cancelled() => Step::Shutdown,
                () = reached(due) => Step::Due,
                () = tick(&mut pings) => Step::Ping,
                read = self.socket.read(), if room => Step::Read(read),
                // Last: a client is only idle when nothing of it is waiting to be read.
                () = &mut check => Step::Check,
            };
            let frame = match step {
                Step::Read(Read::Frame(frame)) => Some(frame),
                Step::Read(Read::Work) => Box::pin(self.socket.work()).await,
                Step::Due => {
                    if let Some(waiting) = self.waiting.pop_front() {
                        self.waiting_bytes -= waiting.frame.payload().len();
                        self.echo(waiting.frame, waiting.due.into_std()).await?;
                    }
                    None
                }
                Step::Ping => {
                    ping_number += 1;
                    let frame = Frame::ping(format!("ping {ping_number}"));
                    self.socket.write(frame).await?;
                    None
                }
                Step::Check => {
                    if let Some(closing) = self.overdue(room) {
                        Box::pin(close(&mut self.socket, &self.conn, time, &closing)).await;
                        return Ok(());
                    }
                    let next = tokio::time::Instant::now() + self.until_check();
                    check.as_mut().reset(next);
                    None
                }
                Step::Shutdown => {
                    let reason = "the server is shutting down".to_owned();
                    let closing = Closing { code: 1001, reason };
                    Box::pin(close(&mut self.socket, &self.conn, time, &closing)).await;
                    return Ok(());
                }
            };
            let closed = match frame {
                Some(Ok(frame)) => self.on_frame(frame).await?,
                Some(Err(error)) => {
                    let Some(closing) = judge(&error, self.app.config.max_message) else {
                        return Err(error);
                    };
                    Box::pin(refuse(&mut self.socket, &self.conn, time, &closing)).await?;
                    return Ok(());
                }
                None => false,
            };
            if closed {
                return Ok(());
            }
            if self.socket.has_writer() && !had_writer {
                // Earlier than what was planned without one.
                let next = tokio::time::Instant::now() + self.until_check();
                check.as_mut().reset(next);
            }
            if self.turn >= TURN {
                self.turn = 0;
                tokio::task::yield_now().await;
            }
        }
    }

    /// Whether another message may be read.
    fn has_room(&self) -> bool {
        self.waiting.len() < MOST_WAITING && self.waiting_bytes < self.app.config.max_message
    }

    /// Looks at what may have taken too long, and gives up what is no longer of use.
    fn overdue(&mut self, room: bool) -> Option<Closing> {
        let config = &self.app.config;
        if self.socket.has_writer() && self.wrote.elapsed() >= config.compressor_time {
            self.socket.release_writer();
        }
        // Of a client that isn't read from nothing can be heard.
        if room && self.conn.idle() >= config.idle_time {
            let time = humantime::format_duration(config.idle_time);
            let reason = format!("idle: nothing received for {time}");
            return Some(Closing { code: 1001, reason });
        }
        if room && self.socket.inflow().unfinished_for() >= config.message_time {
            let time = humantime::format_duration(config.message_time);
            let reason = format!("a message took longer than {time}");
            return Some(Closing { code: 1008, reason });
        }
        None
    }

    /// Time until something may be overdue.
    fn until_check(&self) -> Duration {
        let config = &self.app.config;
        let left = |time: Duration, passed: Duration| match time.saturating_sub(passed) {
            // It was not to be ended although its time is over, so it has the same time again.
            Duration::ZERO => time,
            left => left,
        };
        let mut until = left(config.idle_time, self.conn.idle()).min(left(
            config.message_time,
            self.socket.inflow().unfinished_for(),
        ));
        if self.socket.has_writer() {
            until = until.min(left(config.compressor_time, self.wrote.elapsed()));
        }
        until
    }

    /// Handles one frame or assembled message, and says whether the connection is closed.
    async fn on_frame(&mut self, frame: Frame) -> Result<bool, WebSocketError> {
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
                    self.socket.inflow().hold(self.waiting_bytes);
                    let due = tokio::time::Instant::from_std(received) + self.options.delay;
                    self.waiting.push_back(Waiting { due, frame });
                }
                Ok(false)
            }
            OpCode::Ping => {
                // The library has queued the pong. It is written now, before anything else is read: otherwise a client
                // that sends pings and reads nothing would make that queue grow without end.
                self.turn += MESSAGE;
                self.socket.write_pong().await?;
                Ok(false)
            }
            OpCode::Close => {
                // Once in a connection, so not for as long as it lives.
                let time = self.app.config.close_time;
                Box::pin(answer(&mut self.socket, &self.conn, time, &frame)).await?;
                Ok(true)
            }
            OpCode::Pong | OpCode::Continuation => {
                self.turn += MESSAGE;
                Ok(false)
            }
        }
    }

    async fn echo(&mut self, message: Frame, due: Instant) -> Result<(), WebSocketError> {
        let opcode = message.opcode();
        let payload = message.into_payload();
        let len = payload.len();
        // The message and its frames.
        self.socket.inflow().hold(self.waiting_bytes + 2 * len);
        let fragment = self.options.fragment;
        self.socket.write_message(opcode, payload, fragment).await?;
        self.socket.inflow().hold(self.waiting_bytes);
        self.wrote = Instant::now();
        self.turn += len + MESSAGE;
        let ms = due.elapsed().as_secs_f64() * 1000.0;
        self.app.metrics.message_delivery_latency_ms.observe(ms);
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
