//! The fault lab: WebSockets that misbehave, each in one named way, so that a person can see what their own client does
//! about it.
//!
//! A fault comes a little after the 101, so that a browser says `open` before it says anything else. Then the server
//! reads what the client sends, for the tap, and answers nothing. [`restart`] is of another kind: a server that goes away.

mod fault;
pub mod groups;
pub mod restart;

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use protocol::{FaultGroup, LabFault};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::OwnedSemaphorePermit,
    time::timeout,
};
use wire::handshake::accept;

use crate::{
    App,
    api_error::ApiError,
    client_address::{ClientAddress, Share},
    config::duration_within,
    conn::Conn,
    deflate, handshake,
    metrics::GaugeGuard,
    tap_stream::TapStream,
};

/// Time from the 101 to the fault.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest that may be asked for.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// `GET /lab`: every fault, as JSON.
pub async fn list() -> impl IntoResponse {
    // A struct, so that the fields come in the order in which a person reads them.
    #[derive(serde::Serialize)]
    struct Line {
        name: &'static str,
        does: String,
        rule: Option<&'static str>,
        section: &'static str,
    }
    let lines = LabFault::ALL.map(|fault| Line {
        name: fault.name(),
        does: fault::does(fault),
        rule: fault.breaks(),
        section: fault.section(),
    });
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    // Strings can't fail to be written.
    (headers, serde_json::to_string(&lines).unwrap_or_default())
}

/// What `/lab/FAULT?…` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LabOptions {
    /// The wire that records the connection.
    wire: Option<String>,
    /// Time from the 101 to the fault.
    pause: Duration,
}

impl LabOptions {
    fn parse(query: &str) -> Result<Self, String> {
        let mut options = Self {
            wire: None,
            pause: PAUSE,
        };
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "wire" => options.wire = Some(value.clone().into_owned()),
                "pause" => {
                    options.pause = duration_within(&value, Duration::ZERO, LONGEST_PAUSE)
                        .map_err(|why| format!("{name}={value}: {why}"))?
                }
                _ => {
                    return Err(format!("{name}: no such option; known are wire and pause"));
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

/// `GET /lab/FAULT`: judges the handshake, claims the wire, and leaves a session running.
pub async fn run(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    mut request: Request,
) -> Response {
    match open(&app, &name, &mut request) {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

fn open(app: &Arc<App>, name: &str, request: &mut Request) -> Result<Response, ApiError> {
    let fault = LabFault::named(name).ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            format!("the lab has no fault named {name}"),
            "GET /lab lists them",
        )
    })?;
    handshake::judge(request)?;
    let options = LabOptions::parse(request.uri().query().unwrap_or_default()).map_err(|what| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            what,
            "correct the query part of the address",
        )
    })?;
    let conn = handshake::conn(request)?;
    let head = answer(fault, request.headers())?;
    let held = place(app, request)?;
    match &options.wire {
        Some(id) => handshake::record(app, request, &conn, id)?,
        None => conn.leave_untapped(),
    }
    let upgrade = hyper::upgrade::on(request);
    let session = Session {
        app: Arc::clone(app),
        conn,
        fault,
        pause: options.pause,
        _held: held,
    };
    app.tracker.spawn(async move {
        match upgrade.await {
            Ok(upgraded) => session.run(upgraded).await,
            Err(error) => {
                tracing::debug!(peer = %session.conn.peer, %error, "the upgrade did not happen");
            }
        }
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *response.headers_mut() = head;
    Ok(response)
}

/// A place in the lab, and the part of its address's share.
type Held = (OwnedSemaphorePermit, Share);

fn place(app: &App, request: &Request) -> Result<Held, ApiError> {
    let share = request
        .extensions()
        .get::<ClientAddress>()
        .and_then(|client| app.lab_shares.take(*client))
        .ok_or_else(|| {
            ApiError::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "your address holds {} connections of the lab, as many as it may",
                    app.lab_shares.most()
                ),
                "close some, or try again in a while; whoever runs the server can raise --max-labs-per-address",
            )
            .header(header::RETRY_AFTER, HeaderValue::from_static("10"))
        })?;
    let place = Arc::clone(&app.labs).try_acquire_owned().map_err(|_| {
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!(
                "the lab holds {} connections, as many as it may",
                app.config.max_labs
            ),
            "try again in a while; whoever runs the server can raise --max-labs",
        )
        .header(header::RETRY_AFTER, HeaderValue::from_static("10"))
    })?;
    Ok((place, share))
}

/// The headers of the 101: right ones, but for what the fault is about.
fn answer(fault: LabFault, asked: &HeaderMap) -> Result<HeaderMap, ApiError> {
    let all = |name: header::HeaderName| {
        let values = asked.get_all(name).iter();
        let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        values
    };
    let key = all(header::SEC_WEBSOCKET_KEY).join("");
    let mut head = handshake::right_head(&key);
    let mut add = |name: header::HeaderName, value: &str| {
        // All of these are made of tokens and base64.
        if let Ok(value) = HeaderValue::from_str(value) {
            head.insert(name, value);
        }
    };
    match fault {
        LabFault::WrongAccept => {
            // What a cache would answer that had kept somebody else's handshake.
            let other = ["AAAAAAAAAAAAAAAAAAAAAA==", "AQAAAAAAAAAAAAAAAAAAAA=="]
                .into_iter()
                .find(|other| *other != key);
            add(
                header::SEC_WEBSOCKET_ACCEPT,
                &accept(other.unwrap_or_default()).value,
            );
        }
        LabFault::UnofferedExtension => {
            let name = unoffered("x-nobody-offered", &all(header::SEC_WEBSOCKET_EXTENSIONS));
            add(header::SEC_WEBSOCKET_EXTENSIONS, &name);
        }
        LabFault::UnofferedSubprotocol => {
            let name = unoffered("nobody.offered", &all(header::SEC_WEBSOCKET_PROTOCOL));
            add(header::SEC_WEBSOCKET_PROTOCOL, &name);
        }
        LabFault::DeflateBomb => {
            let offer = deflate::choose(all(header::SEC_WEBSOCKET_EXTENSIONS));
            let offer = offer.ok_or_else(|| {
                ApiError::new(
                    StatusCode::BAD_REQUEST,
                    "the bomb is a compressed message, and this client did not offer permessage-deflate",
                    "send Sec-WebSocket-Extensions: permessage-deflate, as every browser does",
                )
            })?;
            // What the client asks of the server has to be agreed to (RFC 7692 §7.1.1.1, §7.1.2.1), and is kept: the
            // bomb is one message and fits any window.
            let ours = offer.text.split("; ").enumerate();
            let ours = ours.filter(|(n, part)| *n == 0 || part.starts_with("server_"));
            let ours: Vec<&str> = ours.map(|(_, part)| part).collect();
            add(header::SEC_WEBSOCKET_EXTENSIONS, &ours.join("; "));
        }
        _ => {}
    }
    Ok(head)
}

/// A name that the client didn't offer.
fn unoffered(name: &str, offers: &[&str]) -> String {
    let mut name = name.to_owned();
    while offers.iter().any(|offer| offer.contains(&name)) {
        name.push('-');
    }
    name
}

/// How listening to the client ended.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    /// The time is over.
    Enough,
    /// The client has ended its side, or the connection is lost.
    End,
    /// The server stops.
    Stop,
}

struct Session {
    app: Arc<App>,
    conn: Arc<Conn>,
    fault: LabFault,
    pause: Duration,
    _held: Held,
}

impl Session {
    async fn run(self, upgraded: Upgraded) {
        let Ok(parts) = upgraded.downcast::<TokioIo<TapStream>>() else {
            // The accept loop makes no connection on another stream.
            tracing::error!(peer = %self.conn.peer, "a connection of the lab has an unknown stream");
            return;
        };
        let stream = parts.io.into_inner();
        tracing::debug!(peer = %self.conn.peer, fault = self.fault.name(), "lab opened");
        // Where the handshake itself is wrong, no client has a WebSocket.
        let gauge = &self.app.metrics.websocket_connections;
        let is_websocket = self.fault.group() != FaultGroup::Handshake;
        let _held = is_websocket.then(|| GaugeGuard::new(gauge));
        if let Err(error) = self.misbehave(stream).await {
            self.conn
                .set_why(format!("the connection was lost: {error}"));
        }
        tracing::debug!(peer = %self.conn.peer, fault = self.fault.name(), "lab closed");
    }

    async fn misbehave(&self, mut stream: TapStream) -> std::io::Result<()> {
        let config = &self.app.config;
        if self.listen(&mut stream, self.pause).await == Heard::Enough {
            let mut time = config.lab_time;
            match self.fault {
                LabFault::TcpReset => {
                    self.conn.set_why("reset by server");
                    return stream.reset();
                }
                LabFault::HalfClose => stream.shutdown().await?,
                LabFault::Silence => time = config.lab_silence,
                fault => stream.write_all(&fault::bytes(fault)).await?,
            }
            if self.fault == LabFault::DeflateBomb {
                // A slow machine inflates for long, and is not to be interrupted.
                time = time.max(config.lab_silence);
            }
            if self.listen(&mut stream, time).await == Heard::Enough {
                let time = humantime::format_duration(time);
                self.conn.set_why(format!(
                    "ended by server: {time} after its fault the client still had not"
                ));
            }
        }
        Ok(())
    }

    /// Reads and drops what the client sends; the stream beneath shows it to the tap.
    async fn listen(&self, stream: &mut TapStream, time: Duration) -> Heard {
        let mut scratch = vec![0; 4096];
        let read = async {
            while let Ok(1..) = stream.read(&mut scratch).await {}
            Heard::End
        };
        let heard = tokio::select! {
            heard = timeout(time, read) => heard.unwrap_or(Heard::Enough),
            () = self.app.shutdown.cancelled() => Heard::Stop,
        };
        match heard {
            // The stream has said so already where it was a reset.
            Heard::End if self.fault == LabFault::HalfClose => {
                self.conn
                    .set_why("ended by client, after the server's half-close");
            }
            Heard::End => self.conn.set_why("ended by client"),
            Heard::Stop => self.conn.set_why("ended by server: it is shutting down"),
            Heard::Enough => {}
        }
        heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options() {
        assert_eq!(
            LabOptions::parse("wire=ab&pause=1s"),
            Ok(LabOptions {
                wire: Some("ab".into()),
                pause: Duration::from_secs(1),
            })
        );
        for (query, says) in [
            ("pause=6s", "pause=6s: out of range; allowed are 0s to 5s"),
            ("ping=5s", "ping: no such option; known are wire and pause"),
            ("pause=0s&pause=0s", "pause: given twice"),
        ] {
            let said = LabOptions::parse(query).unwrap_err();
            assert!(said.starts_with(says), "{query}: {said}");
        }
    }

    #[test]
    fn a_name_that_was_offered_is_not_chosen() {
        assert_eq!(unoffered("a", &["b, c"]), "a");
        assert_eq!(unoffered("a", &["b, a", "a-"]), "a--");
    }
}
