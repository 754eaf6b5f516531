//! The stream over a WebSocket: each message is a text message.

use std::{pin::pin, sync::Arc};

use axum::{extract::Request, response::Response};
use protocol::ProxyFault;
use tokio::time::{sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use yawc::{OpCode, WebSocketError};

use super::{Cut, Reading, proxy};
use crate::{
    api_error::ApiError,
    echo::{
        self,
        closing::{self, Closing},
        socket::{Read, Socket},
    },
    handshake,
    metrics::GaugeGuard,
};

/// Longest message of a client, which has nothing to say here.
const MAX_MESSAGE: usize = 4096;

/// `GET /transports/websocket`: claims the wire, and leaves a session running.
///
/// A proxy that buffers lets this pass and holds nothing back: an answer with 101 is complete with its head, and what
/// follows is no answer, but a tunnel (RFC 9110 §7.8). One that knew nothing of `Upgrade` would be the proxy that blocks.
///
/// # Errors
///
/// 403, 404, 410 or 400 for a wire that can't be had.
pub(super) fn answer(reading: Reading, request: &mut Request) -> Result<Response, ApiError> {
    if reading.options.proxy == Some(ProxyFault::Blocks) {
        return Ok(proxy::blocked());
    }
    match &reading.options.wire {
        Some(id) => handshake::record(&reading.app, request, &reading.conn, id)?,
        None => reading.conn.leave_untapped(),
    }
    let (app, conn) = (Arc::clone(&reading.app), Arc::clone(&reading.conn));
    Ok(echo::accept(
        &app,
        request,
        &conn,
        MAX_MESSAGE,
        move |socket, cut| {
            let session = Session {
                _gauge: GaugeGuard::new(&reading.app.metrics.websocket_connections),
                after: reading.options.after,
                reading,
                socket,
            };
            session.run(cut)
        },
    ))
}

enum Step {
    Read(Read),
    Due,
    Check,
    Shutdown,
}

struct Session {
    reading: Reading,
    /// The number of the last message that was sent.
    after: u64,
    socket: Socket,
    _gauge: GaugeGuard,
}

impl Session {
    async fn run(mut self, no_memory: CancellationToken) {
        let conn = Arc::clone(&self.reading.conn);
        conn.set_linger();
        tracing::debug!(peer = %conn.peer, "stream opened");
        let mut cuts = self.reading.cuts.clone();
        // The session closes in good order then.
        cuts.shutdown = CancellationToken::new();
        let talked = tokio::select! {
            biased;
            () = no_memory.cancelled() => Err(
                "cut by server: all messages together took more than --message-memory".to_owned(),
            ),
            cut = cuts.happen() => Err(match cut {
                Cut::Proxy => "cut by the proxy that the server plays".to_owned(),
                Cut::Restart | Cut::Shutdown => {
                    "cut by server: a restart of this run was asked for".to_owned()
                }
            }),
            talked = self.talk() => Ok(talked),
        };
        match talked {
            Ok(Ok(())) => {}
            Ok(Err(WebSocketError::ConnectionClosed)) => {
                conn.set_why("closed by client without a close frame");
            }
            Ok(Err(error)) => conn.set_why(format!("the connection was lost: {error}")),
            Err(why) => {
                // The kernel ends TCP as it does for a process that was killed.
                conn.do_not_linger();
                conn.set_why(why);
            }
        }
        tracing::debug!(peer = %conn.peer, "stream closed");
    }

    /// Sends what is there, as fast as the client takes it: nothing is queued, because a message is made when it is sent.
    async fn talk(&mut self) -> Result<(), WebSocketError> {
        let shutdown = self.reading.app.shutdown.clone();
        let config = &self.reading.app.config;
        let (idle_time, message_time) = (config.idle_time, config.message_time);
        let time = config.close_time;
        let mut check = pin!(sleep(idle_time.min(message_time)));
        loop {
            let due = self.reading.run.due(self.after);
            // In no order: neither a stream to catch up with nor a client that talks starves the other.
            let step = tokio::select! {
                () = shutdown.cancelled() => Step::Shutdown,
                () = sleep_until(due) => Step::Due,
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
                    if self.send().await? {
                        continue;
                    }
                    let reason = "the stream is over".to_owned();
                    return self.close(1000, reason).await;
                }
                Step::Check => {
                    if let Some(Closing { code, reason }) =
                        closing::overdue(&self.reading.app.config, &self.reading.conn, &self.socket)
                    {
                        return self.close(code, reason).await;
                    }
                    let idle = idle_time.saturating_sub(self.reading.conn.idle());
                    let message =
                        message_time.saturating_sub(self.socket.inflow().unfinished_for());
                    check
                        .as_mut()
                        .reset(tokio::time::Instant::now() + idle.min(message));
                    continue;
                }
                Step::Shutdown => {
                    let reason = "the server is shutting down".to_owned();
                    return self.close(1001, reason).await;
                }
            };
            let conn = &self.reading.conn;
            match frame {
                Ok(frame) => match frame.opcode() {
                    OpCode::Close => {
                        return closing::answer(&mut self.socket, conn, time, &frame).await;
                    }
                    OpCode::Ping => self.socket.write_pong().await?,
                    // What a client says here is for nobody.
                    _ => {}
                },
                Err(error) => {
                    let Some(closing) = closing::judge(&error, MAX_MESSAGE) else {
                        return Err(error);
                    };
                    return closing::refuse(&mut self.socket, conn, time, &closing).await;
                }
            }
        }
    }

    /// Sends the next message; false where the stream is over.
    async fn send(&mut self) -> Result<bool, WebSocketError> {
        let next = self.after.checked_add(1);
        let Some(message) = next.and_then(|seq| self.reading.run.stream.message(seq)) else {
            return Ok(false);
        };
        // Numbers and strings can't fail to be written.
        let text = serde_json::to_vec(&message).unwrap_or_default();
        self.reading.exchange.carries(1);
        self.after = message.seq;
        self.socket
            .write_message(OpCode::Text, text.into(), None)
            .await?;
        Ok(true)
    }

    async fn close(&mut self, code: u16, reason: String) -> Result<(), WebSocketError> {
        let time = self.reading.app.config.close_time;
        let closing = Closing { code, reason };
        closing::close(&mut self.socket, &self.reading.conn, time, &closing).await;
        Ok(())
    }
}
