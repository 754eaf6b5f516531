//! `GET /transports/streams`: many streams over one WebSocket, subscribed to and left one by one.
//!
//! Nothing is queued: an update is made when the client takes it, and what was due meanwhile is dropped.

use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::transports::{MOST_PER_SECOND, MOST_STREAMS, StreamsNews, StreamsRequest, Subscribe};
use tokio::{sync::OwnedSemaphorePermit, time::sleep};
use tokio_util::sync::CancellationToken;
use yawc::{Frame, OpCode, WebSocketError};

use super::{prices::Prices, reached};
use crate::{
    App,
    api_error::ApiError,
    client_address::{ClientAddress, Share},
    conn::Conn,
    echo::{
        self,
        closing::{self, Closing},
        socket::{Read, Socket},
    },
    handshake,
    metrics::GaugeGuard,
};

/// Longest message: a request is far shorter.
const MAX_MESSAGE: usize = 4096;

/// What `/transports/streams?…` asks for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Options {
    /// The wire that records the connection.
    wire: Option<String>,
    /// Gives other prices.
    seed: u64,
}

impl Options {
    fn parse(query: &str) -> Result<Self, String> {
        let mut options = Self::default();
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "wire" => options.wire = Some(value.clone().into_owned()),
                "seed" => {
                    options.seed = value.parse().map_err(|_| {
                        format!("seed={value}: not a seed; allowed are whole numbers from 0")
                    })?;
                }
                _ => return Err(format!("{name}: no such option; known are wire and seed")),
            }
            if seen.contains(&name) {
                return Err(format!("{name}: given twice"));
            }
            seen.push(name);
        }
        Ok(options)
    }
}

/// `GET /transports/streams`: judges the handshake, claims the wire, and leaves a session running.
pub async fn run(State(app): State<Arc<App>>, mut request: Request) -> Response {
    match open(&app, &mut request) {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

fn open(app: &Arc<App>, request: &mut Request) -> Result<Response, ApiError> {
    handshake::judge(request)?;
    let options = Options::parse(request.uri().query().unwrap_or_default()).map_err(|what| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            what,
            "correct the query part of the address",
        )
    })?;
    let conn = handshake::conn(request)?;
    let held = place(app, request)?;
    match &options.wire {
        Some(id) => handshake::record(app, request, &conn, id)?,
        None => conn.leave_untapped(),
    }
    let (session_app, session_conn) = (Arc::clone(app), Arc::clone(&conn));
    Ok(echo::accept(
        app,
        request,
        &conn,
        MAX_MESSAGE,
        move |socket, cut| {
            let session = Session {
                _gauge: GaugeGuard::new(&session_app.metrics.websocket_connections),
                _held: held,
                app: session_app,
                conn: session_conn,
                socket,
                seed: options.seed,
                streams: Vec::new(),
            };
            session.run(cut)
        },
    ))
}

/// A place for such a WebSocket, and the part of its address's share.
type Held = (OwnedSemaphorePermit, Share);

fn place(app: &App, request: &Request) -> Result<Held, ApiError> {
    let share = request
        .extensions()
        .get::<ClientAddress>()
        .and_then(|client| app.stream_shares.take(*client))
        .ok_or_else(|| {
            ApiError::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "your address holds {} WebSockets with many streams, as many as it may",
                    app.stream_shares.most()
                ),
                "close some, or try again in a while; whoever runs the server can raise --max-streams-per-address",
            )
            .header(header::RETRY_AFTER, HeaderValue::from_static("10"))
        })?;
    let place = Arc::clone(&app.streams).try_acquire_owned().map_err(|_| {
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!(
                "there are {} WebSockets with many streams, as many as there may be",
                app.config.max_streams
            ),
            "try again in a while; whoever runs the server can raise --max-streams",
        )
        .header(header::RETRY_AFTER, HeaderValue::from_static("10"))
    })?;
    Ok((place, share))
}

enum Step {
    Read(Read),
    Due,
    Check,
    Shutdown,
}

struct Session {
    app: Arc<App>,
    conn: Arc<Conn>,
    socket: Socket,
    seed: u64,
    streams: Vec<Prices>,
    _gauge: GaugeGuard,
    _held: Held,
}

impl Session {
    async fn run(mut self, cut: CancellationToken) {
        self.conn.set_linger();
        let conn = Arc::clone(&self.conn);
        tracing::debug!(peer = %conn.peer, "streams opened");
        let talked = tokio::select! {
            biased;
            () = cut.cancelled() => None,
            talked = self.talk() => Some(talked),
        };
        match talked {
            Some(Ok(())) => {}
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
        tracing::debug!(peer = %conn.peer, "streams closed");
    }

    async fn talk(&mut self) -> Result<(), WebSocketError> {
        let shutdown = self.app.shutdown.clone();
        let mut check = pin!(sleep(self.until_check()));
        loop {
            let due = self.streams.iter().map(Prices::due).min();
            // In no order: neither many updates nor a client that talks starves the other.
            let step = tokio::select! {
                () = shutdown.cancelled() => Step::Shutdown,
                () = reached(due.map(Into::into)) => Step::Due,
                read = self.socket.read() => Step::Read(read),
                () = &mut check => Step::Check,
            };
            let frame = match step {
                Step::Read(Read::Frame(frame)) => frame,
                Step::Read(Read::Work) => match Box::pin(self.socket.work()).await {
                    Some(frame) => frame,
                    None => continue,
                },
                Step::Due => {
                    self.update().await?;
                    continue;
                }
                Step::Check => {
                    if let Some(Closing { code, reason }) =
                        closing::overdue(&self.app.config, &self.conn, &self.socket)
                    {
                        return self.close(code, reason).await;
                    }
                    if self.conn.idle() >= self.app.config.idle_time / 2 {
                        // Who only listens is heard by the pongs.
                        self.socket.write(Frame::ping("")).await?;
                    }
                    let next = tokio::time::Instant::now() + self.until_check();
                    check.as_mut().reset(next);
                    continue;
                }
                Step::Shutdown => {
                    let reason = "the server is shutting down".to_owned();
                    return self.close(1001, reason).await;
                }
            };
            let time = self.app.config.close_time;
            match frame {
                Ok(frame) if frame.opcode() == OpCode::Close => {
                    return closing::answer(&mut self.socket, &self.conn, time, &frame).await;
                }
                Ok(frame) => self.on_frame(frame).await?,
                Err(error) => {
                    let Some(closing) = closing::judge(&error, MAX_MESSAGE) else {
                        return Err(error);
                    };
                    return closing::refuse(&mut self.socket, &self.conn, time, &closing).await;
                }
            }
        }
    }

    /// Sends the newest update of the stream that has waited longest.
    async fn update(&mut self) -> Result<(), WebSocketError> {
        let Some(stream) = self.streams.iter_mut().min_by_key(|stream| stream.due()) else {
            return Ok(());
        };
        let text = stream.update(Instant::now());
        self.send(text).await
    }

    async fn on_frame(&mut self, frame: Frame) -> Result<(), WebSocketError> {
        let asked = match frame.opcode() {
            OpCode::Text => serde_json::from_slice(&frame.into_payload())
                .map_err(|error| format!("not a request of this endpoint: {error}")),
            OpCode::Binary => Err("a binary message; requests are text".to_owned()),
            OpCode::Ping => return self.socket.write_pong().await,
            _ => return Ok(()),
        };
        let done = asked.and_then(|asked| match asked {
            StreamsRequest::Subscribe(asked) => self.subscribe(&asked, Instant::now()),
            StreamsRequest::Unsubscribe(stream) => self.unsubscribe(stream),
        });
        let news = done.unwrap_or_else(|error| StreamsNews::Error {
            error,
            what_to_do: "nothing has changed; send text such as \
                         {\"subscribe\":{\"stream\":\"BTC-USD\",\"per_second\":10,\"bytes\":200}} or \
                         {\"unsubscribe\":\"BTC-USD\"}"
                .to_owned(),
        });
        // Numbers and strings can't fail to be written.
        self.send(serde_json::to_string(&news).unwrap_or_default())
            .await
    }

    fn subscribe(&mut self, asked: &Subscribe, now: Instant) -> Result<StreamsNews, String> {
        asked.check()?;
        let name = &asked.stream;
        let others = self.streams.iter().filter(|stream| stream.name() != name);
        let sum = others.map(Prices::per_second).sum::<u32>() + asked.per_second;
        if sum > MOST_PER_SECOND {
            return Err(format!(
                "subscribe.per_second: all streams together would have {sum} updates in a second; allowed are {MOST_PER_SECOND}"
            ));
        }
        let count = self.streams.len();
        match self.streams.iter_mut().find(|stream| stream.name() == name) {
            Some(stream) => stream.change(asked, now),
            None if count >= MOST_STREAMS => {
                return Err(format!(
                    "subscribe: this connection has {MOST_STREAMS} streams, as many as it may"
                ));
            }
            None => self.streams.push(Prices::new(asked, self.seed, now)),
        }
        Ok(StreamsNews::Subscribed {
            stream: name.clone(),
        })
    }

    fn unsubscribe(&mut self, stream: String) -> Result<StreamsNews, String> {
        let at = self.streams.iter().position(|s| s.name() == stream);
        let at =
            at.ok_or_else(|| "unsubscribe: no stream of this name is subscribed to".to_owned())?;
        self.streams.remove(at);
        Ok(StreamsNews::Unsubscribed { stream })
    }

    async fn send(&mut self, text: String) -> Result<(), WebSocketError> {
        self.socket
            .write_message(OpCode::Text, text.into(), None)
            .await
    }

    fn until_check(&self) -> Duration {
        let config = &self.app.config;
        let idle = self.conn.idle();
        let half = config.idle_time / 2;
        let next = if idle < half { half } else { config.idle_time };
        let message = config
            .message_time
            .saturating_sub(self.socket.inflow().unfinished_for());
        next.saturating_sub(idle).min(message)
    }

    async fn close(&mut self, code: u16, reason: String) -> Result<(), WebSocketError> {
        let time = self.app.config.close_time;
        let closing = Closing { code, reason };
        closing::close(&mut self.socket, &self.conn, time, &closing).await;
        Ok(())
    }
}
