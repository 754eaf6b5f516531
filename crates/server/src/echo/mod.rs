//! The WebSocket echo: its options and its handshake.

pub(crate) mod closing;
mod frame_headers;
mod inflow;
mod session;
pub(crate) mod socket;

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio_util::sync::CancellationToken;
use yawc::{CompressionLevel, Options};

use crate::{
    App,
    api_error::ApiError,
    config::{duration_within, size_within},
    conn::Conn,
    deflate, handshake,
    tap_stream::TapStream,
};
use inflow::Inflow;
use session::Session;
use socket::{Agreement, Socket};

pub use frame_headers::{BYTES_PER_FRAME, FREE_FRAMES};
pub use socket::{MOST_FRAMES, Workshop};

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
    let answer_options = answer_options(offer.as_ref());
    let headers = request.headers_mut();
    headers.remove(header::SEC_WEBSOCKET_EXTENSIONS);
    if let Some(value) = offer.and_then(|offer| HeaderValue::from_str(&offer.text).ok()) {
        headers.insert(header::SEC_WEBSOCKET_EXTENSIONS, value);
    }

    // Everything that can be refused has been, but for the wire, which is used up by being claimed.
    if let Some(id) = &options.wire {
        handshake::record(app, request, &conn, id)?;
    }
    let upgrade = request.extensions().get::<OnUpgrade>().cloned();
    // The answer is the library's. Its way to the stream isn't used, because what is between is ours.
    let answer = yawc::WebSocket::upgrade_with_options(&mut *request, answer_options);
    let (Ok((response, _)), Some(upgrade)) = (answer, upgrade) else {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "not a WebSocket handshake",
            "correct the request",
        ));
    };
    if options.wire.is_none() {
        conn.leave_untapped();
    }
    let extensions = response.headers().get(header::SEC_WEBSOCKET_EXTENSIONS);
    let agreement = Agreement {
        extensions: extensions.and_then(|value| Some(value.to_str().ok()?.to_owned())),
        max_message: app.config.max_message,
    };
    let app_of_session = Arc::clone(app);
    app.tracker.spawn(async move {
        let cut = CancellationToken::new();
        let opened = match upgrade.await {
            Ok(upgraded) => socket(&app_of_session, upgraded, agreement, &cut),
            Err(error) => Err(error.to_string()),
        };
        match opened {
            Ok(socket) => {
                Session::new(app_of_session, conn, options, socket)
                    .run(cut)
                    .await
            }
            Err(error) => tracing::debug!(peer = %conn.peer, error, "the upgrade did not happen"),
        }
    });
    Ok(response.map(|_| Body::empty()))
}

/// Accepts a handshake that was judged, without an extension, and leaves what `talk` makes of its WebSocket running: messages
/// of at most `max_message` bytes, and a token that is cancelled when the connection has to make room for others.
pub(crate) fn accept<T, F>(
    app: &Arc<App>,
    request: &mut Request,
    conn: &Arc<Conn>,
    max_message: usize,
    talk: T,
) -> Response
where
    T: FnOnce(Socket, CancellationToken) -> F + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let key = request.headers().get(header::SEC_WEBSOCKET_KEY);
    let key = key.and_then(|key| key.to_str().ok()).unwrap_or_default();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *response.headers_mut() = handshake::right_head(key);
    let upgrade = hyper::upgrade::on(request);
    let (task_app, conn) = (Arc::clone(app), Arc::clone(conn));
    app.tracker.spawn(async move {
        let cut = CancellationToken::new();
        let agreement = Agreement {
            extensions: None,
            max_message,
        };
        let opened = match upgrade.await {
            Ok(upgraded) => socket(&task_app, upgraded, agreement, &cut),
            Err(error) => Err(error.to_string()),
        };
        match opened {
            Ok(socket) => talk(socket, cut).await,
            Err(error) => tracing::debug!(peer = %conn.peer, error, "the upgrade did not happen"),
        }
    });
    response
}

/// A WebSocket on a connection that was upgraded. `cut` is cancelled when it has to make room for others.
///
/// # Errors
///
/// A sentence for the log.
pub(crate) fn socket(
    app: &App,
    upgraded: Upgraded,
    agreement: Agreement,
    cut: &CancellationToken,
) -> Result<Socket, String> {
    let parts = upgraded
        .downcast::<TokioIo<TapStream>>()
        .map_err(|_| "the connection has an unknown stream")?;
    let lease = app.message_memory.lease(cut.clone());
    let inflow = Inflow::new(parts.io.into_inner(), &parts.read_buf, lease);
    Socket::new(inflow, agreement, app.workshop.clone()).map_err(|error| error.to_string())
}

/// What the library's answer to a handshake depends on.
fn answer_options(offer: Option<&deflate::Offer>) -> Options {
    let Some(offer) = offer else {
        return Options::default();
    };
    let options = Options::default().with_compression_level(CompressionLevel::default());
    if offer.client_max_window_bits {
        // Left open, the library would choose the smallest window. The answer must not name one that wasn't offered.
        options.with_client_max_window_bits(15)
    } else {
        options
    }
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
