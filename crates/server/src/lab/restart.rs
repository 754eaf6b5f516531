//! A server that restarts when it is told to: WebSockets in named groups, which echo until one of a group asks for a
//! restart. Then all connections of the group end, and its handshakes are refused for a while.

use std::{pin::pin, sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use protocol::{
    Accepted, RefuseWith, Restart, RestartEnd, RestartNews, RestartRequest,
    restart::{LONGEST_NAME, MOST_MEMBERS, is_group_name},
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use yawc::{Frame, OpCode, WebSocketError};

use super::{
    Held,
    groups::{Groups, Member, NotAccepted},
    place,
};
use crate::{
    App,
    api_error::{ApiError, same_site},
    client_address::ClientAddress,
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

/// What `/lab/restart?…` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Options {
    group: String,
    /// The wire that records the connection.
    wire: Option<String>,
}

impl Options {
    fn parse(query: &str) -> Result<Self, String> {
        let (mut group, mut wire) = (None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let option = match &*name {
                "group" if is_group_name(&value) => &mut group,
                "group" => {
                    return Err(format!(
                        "group={value}: not a name of a group; allowed are 1 to {LONGEST_NAME} of A-Z, a-z, 0-9, _ and -"
                    ));
                }
                "wire" => &mut wire,
                _ => {
                    return Err(format!("{name}: no such option; known are group and wire"));
                }
            };
            if option.replace(value.into_owned()).is_some() {
                return Err(format!("{name}: given twice"));
            }
        }
        let group = group.ok_or_else(|| {
            format!("group: missing; name one with 1 to {LONGEST_NAME} of A-Z, a-z, 0-9, _ and -")
        })?;
        Ok(Self { group, wire })
    }
}

/// `GET /lab/restart`: judges the handshake, as its group does, and leaves a session running.
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
    if options.wire.is_some() {
        // Before the group counts an attempt.
        same_site(&app.config, request.headers())?;
    }
    let held = place(app, request)?;
    let client = request.extensions().get::<ClientAddress>().copied();
    let client = client.unwrap_or_else(|| ClientAddress::of(conn.peer.ip()));
    let joined = app
        .restart_groups
        .join(&options.group, client, Instant::now());
    let (member, accepted) =
        joined.map_err(|why| refusal(why, &conn, &app.restart_groups, app.config.max_labs))?;
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
                app: session_app,
                conn: session_conn,
                socket,
                membership: Some((member, held)),
            };
            session.run(accepted, cut)
        },
    ))
}

/// The answer to a handshake that the groups don't accept.
fn refusal(why: NotAccepted, conn: &Conn, groups: &Groups, most: usize) -> ApiError {
    let retry = |error: ApiError| error.header(header::RETRY_AFTER, HeaderValue::from_static("10"));
    match why {
        NotAccepted::ByRestart {
            with,
            retry_after_s,
            down,
        } => {
            if with == RefuseWith::Reset {
                // The answer below is never sent.
                conn.reset_instead();
            }
            let error = if down {
                "the server of this group is restarting, as a member asked"
            } else {
                "the server of this group is back, and takes no more handshakes at the moment"
            };
            let answer = ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                error,
                "try again later, and not at the same time as everybody else",
            );
            match retry_after_s {
                Some(s) => answer.header(header::RETRY_AFTER, HeaderValue::from(s)),
                None => answer,
            }
        }
        NotAccepted::GroupFull => retry(ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            format!("this group has {MOST_MEMBERS} connections, as many as it may"),
            "close some, or choose another group",
        )),
        NotAccepted::TooManyOfAddress => retry(ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            format!(
                "your address has {} restart groups, as many as it may",
                groups.most_of_address()
            ),
            "use one again, or wait until they are forgotten; whoever runs the server can raise --max-labs-per-address",
        )),
        NotAccepted::TooManyGroups => retry(ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("there are {most} restart groups, as many as there may be"),
            "try again in a while; whoever runs the server can raise --max-labs",
        )),
    }
}

/// What a text message that is meant as a request asks for, or a sentence about what is wrong.
fn read_request(text: &[u8]) -> Result<Restart, String> {
    let judged = match serde_json::from_slice(text) {
        Ok(RestartRequest::Restart(restart)) => restart.check().map(|()| restart),
        Err(error) => Err(format!("not a request for a restart: {error}")),
    };
    judged.map_err(|what| {
        format!(
            "{what}. Nothing was restarted; correct it and send it again, such as \
             {{\"restart\":{{\"down_ms\":2000,\"code\":1012,\"capacity\":5,\"refuse\":\"503\",\"retry_after_s\":1}}}}"
        )
    })
}

enum Step {
    Read(Read),
    Restarted(RestartEnd),
    Check,
    Shutdown,
}

struct Session {
    app: Arc<App>,
    conn: Arc<Conn>,
    socket: Socket,
    /// Until the restart: an ending connection takes no place from those that come back.
    membership: Option<(Member, Held)>,
    _gauge: GaugeGuard,
}

impl Session {
    async fn run(mut self, accepted: Accepted, cut: CancellationToken) {
        self.conn.set_linger();
        let conn = Arc::clone(&self.conn);
        tracing::debug!(peer = %conn.peer, "restart lab opened");
        let talked = tokio::select! {
            biased;
            () = cut.cancelled() => None,
            talked = self.talk(accepted) => Some(talked),
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
        tracing::debug!(peer = %conn.peer, "restart lab closed");
    }

    async fn talk(&mut self, accepted: Accepted) -> Result<(), WebSocketError> {
        self.tell(&RestartNews::Accepted(accepted)).await?;
        let shutdown = self.app.shutdown.clone();
        let (idle_time, message_time) = (self.app.config.idle_time, self.app.config.message_time);
        let time = self.app.config.close_time;
        let mut check = pin!(sleep(idle_time.min(message_time)));
        loop {
            let Some((member, _)) = &mut self.membership else {
                return Ok(());
            };
            let step = tokio::select! {
                biased;
                () = shutdown.cancelled() => Step::Shutdown,
                // The sender lives for as long as the member is one.
                end = &mut member.restarted => Step::Restarted(end.unwrap_or(RestartEnd::Cut)),
                read = self.socket.read() => Step::Read(read),
                () = &mut check => Step::Check,
            };
            let frame = match step {
                Step::Read(Read::Frame(frame)) => Some(frame),
                Step::Read(Read::Work) => Box::pin(self.socket.work()).await,
                Step::Restarted(end) => {
                    self.membership = None;
                    self.end(end).await;
                    return Ok(());
                }
                Step::Check => {
                    if let Some(closing) =
                        closing::overdue(&self.app.config, &self.conn, &self.socket)
                    {
                        closing::close(&mut self.socket, &self.conn, time, &closing).await;
                        return Ok(());
                    }
                    let idle = idle_time.saturating_sub(self.conn.idle());
                    let message =
                        message_time.saturating_sub(self.socket.inflow().unfinished_for());
                    check
                        .as_mut()
                        .reset(tokio::time::Instant::now() + idle.min(message));
                    None
                }
                Step::Shutdown => {
                    let closing = Closing {
                        code: 1001,
                        reason: "the server is shutting down".to_owned(),
                    };
                    closing::close(&mut self.socket, &self.conn, time, &closing).await;
                    return Ok(());
                }
            };
            match frame {
                Some(Ok(frame)) if frame.opcode() == OpCode::Close => {
                    return closing::answer(&mut self.socket, &self.conn, time, &frame).await;
                }
                Some(Ok(frame)) => self.on_frame(frame).await?,
                Some(Err(error)) => {
                    let Some(closing) = closing::judge(&error, MAX_MESSAGE) else {
                        return Err(error);
                    };
                    return closing::refuse(&mut self.socket, &self.conn, time, &closing).await;
                }
                None => {}
            }
        }
    }

    async fn on_frame(&mut self, frame: Frame) -> Result<(), WebSocketError> {
        match frame.opcode() {
            OpCode::Text => {
                let text = frame.into_payload();
                if !std::str::from_utf8(&text).is_ok_and(RestartRequest::is_meant) {
                    return self.send(OpCode::Text, text).await;
                }
                match read_request(&text) {
                    Ok(restart) => {
                        if let Some((member, _)) = &self.membership {
                            member.restart(restart, Instant::now());
                        }
                        Ok(())
                    }
                    Err(what) => self.tell(&RestartNews::Error(what)).await,
                }
            }
            OpCode::Binary => self.send(OpCode::Binary, frame.into_payload()).await,
            OpCode::Ping => self.socket.write_pong().await,
            _ => Ok(()),
        }
    }

    async fn send(&mut self, opcode: OpCode, payload: Bytes) -> Result<(), WebSocketError> {
        self.socket.write_message(opcode, payload, None).await
    }

    async fn tell(&mut self, news: &RestartNews) -> Result<(), WebSocketError> {
        // Numbers and strings can't fail to be written.
        let text = serde_json::to_vec(news).unwrap_or_default();
        self.send(OpCode::Text, text.into()).await
    }

    /// Ends the connection as a server would that restarts.
    async fn end(&mut self, end: RestartEnd) {
        let Some(code) = end.code() else {
            // The kernel ends TCP as it does for a process that was killed.
            self.conn.do_not_linger();
            self.conn
                .set_why("cut by server: a member of its group asked for a restart");
            return;
        };
        let reason = match end {
            RestartEnd::TryAgainLater => "try again later",
            RestartEnd::GoingAway => "the server is going away",
            RestartEnd::ServiceRestart | RestartEnd::Cut => "the server restarts",
        };
        let closing = Closing {
            code,
            reason: reason.to_owned(),
        };
        let time = self.app.config.close_time;
        closing::close(&mut self.socket, &self.conn, time, &closing).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options() {
        let options = Options {
            group: "a-B_9".into(),
            wire: Some("ab".into()),
        };
        assert_eq!(Options::parse("group=a-B_9&wire=ab"), Ok(options));
        for (query, says) in [
            ("", "group: missing"),
            ("group=", "group=: not a name of a group"),
            ("group=a%20b", "group=a b: not a name of a group"),
            ("group=a&group=b", "group: given twice"),
            ("group=a&down=1", "down: no such option"),
        ] {
            let said = Options::parse(query).unwrap_err();
            assert!(said.starts_with(says), "{query}: {said}");
        }
    }
}
