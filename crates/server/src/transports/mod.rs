//! One stream of messages by four transports, side by side, with what each of them costs.
//!
//! A *run* ([`runs`]) is a [`stream`] whose times are fixed when it begins. [`polling`], [`sse`] and [`websocket`] read the
//! stream; none of them takes anything away from the others. [`count`] counts at TCP. [`api`] begins runs, tells their costs, and restarts
//! what the clients of one run take for its server; [`proxy`] is what stands in between where [`options`] ask for it.
//!
//! [`streams`] is another matter: many streams over one WebSocket, each a walk of [`prices`].

pub mod api;
pub mod count;
pub mod options;
pub mod polling;
pub mod prices;
pub mod proxy;
pub mod runs;
pub mod sse;
pub mod stream;
pub mod streams;
pub mod websocket;

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    body::{Body, HttpBody as _},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use protocol::{ProxyFault, Transport, paths, transports as agreed};
use tokio_util::sync::CancellationToken;

use crate::{
    App,
    api_error::{ApiError, same_site},
    conn::{Conn, Pipelined},
    handshake,
};
use count::{Exchange, Watched};
use options::Options;
use runs::Run;

/// The Content-Security-Policy of answers that are no page: the one for pages would be most of an answer's head, and would
/// be counted as a cost of the transport.
const QUIET_POLICY: &str = "default-src 'none'";

/// All endpoints under `/transports`.
pub fn router() -> Router<Arc<App>> {
    let runs = agreed::runs_path();
    let mut router = Router::new()
        .route(&runs, post(api::create))
        .route(&agreed::run_path("{run}"), get(api::tell))
        .route(&agreed::restart_path("{run}"), post(api::restart))
        .route(paths::STREAMS, get(streams::run))
        .route(
            &format!("{}/{{*rest}}", paths::TRANSPORTS),
            any(no_such_endpoint),
        );
    for transport in Transport::ALL {
        let read = move |State(app): State<Arc<App>>, request| read(app, transport, request);
        router = router.route(
            &format!("{}/{}", paths::TRANSPORTS, transport.name()),
            get(read).head(head),
        );
    }
    router
}

async fn no_such_endpoint() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "there is no such endpoint",
        "under /transports there are POST runs, GET runs/RUN, POST runs/RUN/restart, GET polling, long-polling, sse and \
         websocket, each with run=RUN, and GET streams",
    )
}

/// Refused, because it would be held as a `GET` is, and would be counted as one.
async fn head() -> impl IntoResponse {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")])
}

/// One request that reads a run.
#[derive(Debug)]
struct Reading {
    app: Arc<App>,
    run: Arc<Run>,
    conn: Arc<Conn>,
    exchange: Arc<Exchange>,
    options: Options,
    cuts: Cuts,
}

/// What ends a request or a WebSocket before its time.
#[derive(Debug, Clone)]
struct Cuts {
    restart: CancellationToken,
    proxy: Option<tokio::time::Instant>,
    shutdown: CancellationToken,
}

/// Which of them it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// The run's server restarts: TCP ends.
    Restart,
    /// The proxy has had enough.
    Proxy,
    /// The server stops, in good order.
    Shutdown,
}

impl Cuts {
    /// Whether one of them has.
    fn happened(&self) -> bool {
        self.restart.is_cancelled()
            || self.shutdown.is_cancelled()
            || self
                .proxy
                .is_some_and(|time| tokio::time::Instant::now() >= time)
    }

    /// Waits for the first of them. Cancel-safe.
    async fn happen(&self) -> Cut {
        tokio::select! {
            biased;
            () = self.restart.cancelled() => Cut::Restart,
            () = self.shutdown.cancelled() => Cut::Shutdown,
            () = reached(self.proxy) => Cut::Proxy,
        }
    }
}

async fn reached(time: Option<tokio::time::Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// `GET /transports/TRANSPORT?run=RUN…`.
async fn read(app: Arc<App>, transport: Transport, mut request: Request) -> Response {
    let begun = match begin(&app, transport, &request) {
        Ok(begun) => begun,
        Err(error) => return error.into_response(),
    };
    let (exchange, cross_origin) = (Arc::clone(&begun.exchange), begun.cross_origin.clone());
    let answer = match begun.open(app, transport, &request) {
        Ok(reading) => match transport {
            Transport::Polling => Ok(polling::answer(reading)),
            Transport::LongPolling => Ok(polling::answer_late(reading).await),
            Transport::Sse => sse::answer(reading, request.headers()).await,
            Transport::Websocket => websocket::answer(reading, &mut request),
        },
        Err(error) => Err(error),
    };
    let mut response = answer.unwrap_or_else(ApiError::into_response);
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let headers = response.headers_mut();
        headers.extend(cross_origin);
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(HeaderValue::from_static(QUIET_POLICY));
    }
    response.map(|body| Body::new(Watched::new(body, exchange)))
}

/// A request of a known run, which is being counted.
struct Begun {
    run: Arc<Run>,
    conn: Arc<Conn>,
    exchange: Arc<Exchange>,
    /// The headers that let a page of another origin read the answer, whatever it is.
    cross_origin: HeaderMap,
}

/// Finds the run and has the request counted. Everything that is refused later is a part of what the transport costs.
fn begin(app: &App, transport: Transport, request: &Request) -> Result<Begun, ApiError> {
    let cross_origin = same_site(&app.config, request.headers())?;
    let name = options::run(request.uri().query().unwrap_or_default()).ok_or_else(|| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "run: missing; the address names the run that is read",
            "begin one with POST /transports/runs, and add ?run= with its name",
        )
    })?;
    let run = api::known(app, &name)?;
    let conn = handshake::conn(request)?;
    let exchange = Exchange::new(Arc::clone(&run.ledger), transport);
    let request_line = format!("{} {} ", request.method(), request.uri());
    let has_body = !request.body().is_end_stream();
    conn.meter(Arc::clone(&exchange), request_line.as_bytes(), has_body)
        .map_err(|Pipelined| {
            ApiError::new(
                StatusCode::BAD_REQUEST,
                "the cost of a request cannot be told apart from that of others sent without waiting for their answers",
                "wait for each answer before sending the next request",
            )
        })?;
    Ok(Begun {
        run,
        conn,
        exchange,
        cross_origin,
    })
}

impl Begun {
    /// Reads the options, passes the proxy, and finds the run's server there.
    fn open(
        self,
        app: Arc<App>,
        transport: Transport,
        request: &Request,
    ) -> Result<Reading, ApiError> {
        let options = Options::parse(transport, request.uri().query().unwrap_or_default());
        let options = options.map_err(|what| {
            ApiError::new(
                StatusCode::BAD_REQUEST,
                what,
                "correct the query part of the address",
            )
        })?;
        if transport == Transport::Websocket {
            handshake::judge(request)?;
        }
        let now = Instant::now();
        let blocked =
            transport == Transport::Websocket && options.proxy == Some(ProxyFault::Blocks);
        let restart = if blocked {
            // The proxy answers, whether there is a server behind or not.
            CancellationToken::new()
        } else {
            self.run.enter(now).map_err(|left| {
                ApiError::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "the server of this run is restarting, as was asked",
                    "try again later, and not at the same time as everybody else",
                )
                .header(header::RETRY_AFTER, api::retry_after(left))
            })?
        };
        if transport != Transport::Websocket && options.proxy != Some(ProxyFault::Buffers) {
            // A session of a WebSocket is cut as a whole, and a proxy that has all of an answer needs no server.
            self.conn.cut_a_stalled_answer(restart.clone());
        }
        let cuts = Cuts {
            restart,
            proxy: options.cut.map(|cut| tokio::time::Instant::now() + cut),
            shutdown: app.shutdown.clone(),
        };
        Ok(Reading {
            app,
            run: self.run,
            conn: self.conn,
            exchange: self.exchange,
            options,
            cuts,
        })
    }
}
