//! One member's connection, from the 101 to its end.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use protocol::rooms::{BackboneState, LONGEST_SAY, RoomError, RoomNews, Say};
use tokio::time::{sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use yawc::{Frame, OpCode, WebSocketError};

use super::{
    Arrival, Place,
    join::MAX_MESSAGE,
    queue::{Item, Next, Queue, SlowMember},
    room::{Wanted, text},
    throttle::{Throttle, Verdict},
};
use crate::{
    App,
    conn::Conn,
    echo::{
        closing::{self, Closing},
        socket::{Read, Socket},
    },
    metrics::GaugeGuard,
};

/// Time between two looks at what may have taken too long, at least.
const SHORTEST_CHECK: Duration = Duration::from_millis(10);

/// One member.
pub struct Session {
    app: Arc<App>,
    conn: Arc<Conn>,
    socket: Socket,
    place: Place,
    throttle: Throttle,
    _gauge: GaugeGuard,
}

enum Step {
    News(Next),
    Read(Read),
    /// The member may talk again.
    Rested,
    Check,
    Shutdown,
}

/// Why a session ends by the server's will.
enum End {
    /// With this Close frame.
    Close(Closing),
    /// The connection is closed already.
    Closed,
}

impl Session {
    /// A session on a WebSocket that was opened.
    pub fn new(app: Arc<App>, conn: Arc<Conn>, socket: Socket, place: Place) -> Self {
        let config = &app.config;
        let throttle = Throttle::new(
            config.room_rate,
            config.room_burst,
            config.room_patience,
            Instant::now(),
        );
        Self {
            _gauge: GaugeGuard::new(&app.metrics.websocket_connections),
            throttle,
            app,
            conn,
            socket,
            place,
        }
    }

    /// Runs to the end of the connection. `cut` is cancelled when the connection has to make room for others.
    pub async fn run(mut self, wanted: Wanted, cut: CancellationToken) {
        self.conn.set_linger();
        let conn = Arc::clone(&self.conn);
        let talked = tokio::select! {
            biased;
            () = cut.cancelled() => None,
            talked = self.talk(wanted) => Some(talked),
        };
        match talked {
            Some(Ok(End::Closed)) => {}
            Some(Ok(End::Close(closing))) => {
                let Self {
                    app,
                    mut socket,
                    place,
                    ..
                } = self;
                // Whoever is being closed is no member any more, however long that takes.
                drop(place);
                let time = app.config.close_time;
                closing::close(&mut socket, &conn, time, &closing).await;
            }
            Some(Err(WebSocketError::ConnectionClosed)) => {
                conn.set_why("closed by client without a close frame");
            }
            Some(Err(error)) => conn.set_why(format!("the connection was lost: {error}")),
            None => {
                conn.do_not_linger();
                conn.set_why(
                    "cut by server: all messages together took more than --message-memory",
                );
            }
        }
    }

    async fn talk(&mut self, wanted: Wanted) -> Result<End, WebSocketError> {
        let Arrival {
            welcome,
            backlog,
            queue,
        } = self.place.arrive(wanted).await;
        let is_away = welcome.backbone == BackboneState::Away;
        let first = [Item::Other(text(&RoomNews::Welcome(welcome)))];
        for item in first.into_iter().chain(backlog) {
            if let Some(end) = self.write(&queue, item, Instant::now()).await? {
                return Ok(end);
            }
        }
        tracing::debug!(peer = %self.conn.peer, is_away, "joined a room");
        let shutdown = self.app.shutdown.clone();
        let (idle_time, message_time) = (self.app.config.idle_time, self.app.config.message_time);
        let mut check = pin!(sleep((idle_time / 2).min(message_time)));
        let mut rest = None;
        loop {
            let step = tokio::select! {
                biased;
                () = shutdown.cancelled() => Step::Shutdown,
                next = queue.next() => Step::News(next),
                () = rested(rest) => Step::Rested,
                read = self.socket.read(), if rest.is_none() => Step::Read(read),
                () = &mut check => Step::Check,
            };
            let frame = match step {
                Step::News(Next::Item(item, since)) => {
                    if let Some(end) = self.write(&queue, item, since).await? {
                        return Ok(end);
                    }
                    None
                }
                Step::News(Next::Overflow) => return Ok(too_slow()),
                Step::Rested => {
                    rest = None;
                    None
                }
                Step::Read(Read::Frame(frame)) => Some(frame),
                Step::Read(Read::Work) => Box::pin(self.socket.work()).await,
                Step::Check => {
                    if let (Some(closing), None) = (
                        closing::overdue(&self.app.config, &self.conn, &self.socket),
                        rest,
                    ) {
                        return Ok(End::Close(closing));
                    }
                    let idle = self.conn.idle();
                    let idle = if idle >= idle_time / 2 {
                        // Who only listens is heard by the pongs: a script can't send a ping of its own.
                        self.socket.write(Frame::ping("")).await?;
                        idle_time.saturating_sub(idle)
                    } else {
                        idle_time / 2 - idle
                    };
                    let message =
                        message_time.saturating_sub(self.socket.inflow().unfinished_for());
                    let next = idle.min(message).max(SHORTEST_CHECK);
                    check.as_mut().reset(tokio::time::Instant::now() + next);
                    None
                }
                Step::Shutdown => {
                    return Ok(End::Close(Closing {
                        code: 1001,
                        reason: "the server is shutting down".to_owned(),
                    }));
                }
            };
            let time = self.app.config.close_time;
            match frame {
                Some(Ok(frame)) if frame.opcode() == OpCode::Close => {
                    closing::answer(&mut self.socket, &self.conn, time, &frame).await?;
                    return Ok(End::Closed);
                }
                Some(Ok(frame)) => match self.throttle.message(Instant::now()) {
                    Verdict::Now => self.on_frame(frame, &queue).await?,
                    Verdict::Slow(time) => {
                        self.on_frame(frame, &queue).await?;
                        rest = Some(tokio::time::Instant::now() + time);
                    }
                    Verdict::Enough => {
                        return Ok(End::Close(Closing {
                            code: 1008,
                            reason: format!(
                                "too many messages: more than {} a second for too long",
                                self.app.config.room_rate
                            ),
                        }));
                    }
                },
                Some(Err(error)) => {
                    let Some(closing) = closing::judge(&error, MAX_MESSAGE) else {
                        return Err(error);
                    };
                    closing::refuse(&mut self.socket, &self.conn, time, &closing).await?;
                    return Ok(End::Closed);
                }
                None => {}
            }
        }
    }

    /// Writes news. Where slow members are closed, a full queue ends the wait for one that reads nothing.
    async fn write(
        &mut self,
        queue: &Queue,
        item: Item,
        since: Instant,
    ) -> Result<Option<End>, WebSocketError> {
        let (payload, is_message) = match item {
            Item::Message(_, text) => (text, true),
            Item::Gap(gap) => (text(&RoomNews::Gap(gap)), false),
            Item::Other(text) => (text, false),
        };
        let closes = self.app.config.room_slow == SlowMember::Close;
        tokio::select! {
            biased;
            written = self.socket.write_message(OpCode::Text, payload, None) => written?,
            // What is half written stays in the library's buffer, before the Close frame.
            () = queue.overflow(), if closes => return Ok(Some(too_slow())),
        }
        if is_message {
            let ms = since.elapsed().as_secs_f64() * 1000.0;
            self.app.metrics.message_delivery_latency_ms.observe(ms);
        }
        Ok(None)
    }

    async fn on_frame(&mut self, frame: Frame, queue: &Queue) -> Result<(), WebSocketError> {
        match frame.opcode() {
            OpCode::Text => match read(frame.payload()) {
                Ok(say) => self.place.say(say).await,
                Err(error) => {
                    let news = text(&RoomNews::Error(error));
                    queue.push(Item::Other(news), Instant::now());
                }
            },
            OpCode::Binary => {
                let news = text(&RoomNews::Error(RoomError {
                    error: "a binary message; a room takes text".into(),
                    what_to_do: SAY_SO.into(),
                }));
                queue.push(Item::Other(news), Instant::now());
            }
            OpCode::Ping => self.socket.write_pong().await?,
            _ => {}
        }
        Ok(())
    }
}

async fn rested(until: Option<tokio::time::Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => std::future::pending().await,
    }
}

fn too_slow() -> End {
    End::Close(Closing {
        code: 1013,
        reason: "messages come faster than you take them; come back and resume".to_owned(),
    })
}

/// What to do about a message that can't be read.
const SAY_SO: &str = r#"send {"say": "…"} as a text message"#;

/// What a member says.
fn read(message: &Bytes) -> Result<String, RoomError> {
    let say = match serde_json::from_slice::<Say>(message) {
        Ok(Say { say }) => say,
        Err(error) => {
            return Err(RoomError {
                error: format!("not a message for a room: {error}"),
                what_to_do: SAY_SO.into(),
            });
        }
    };
    let error = match say.len() {
        0 => "there is nothing in it".to_owned(),
        len if len > LONGEST_SAY => {
            format!("it has {len} bytes of UTF-8; allowed are {LONGEST_SAY}")
        }
        _ => return Ok(say),
    };
    Err(RoomError {
        error: format!("say: {error}"),
        what_to_do: format!("say something of 1 to {LONGEST_SAY} bytes"),
    })
}
