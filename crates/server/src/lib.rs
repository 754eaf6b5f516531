//! Serves Duplex, echoes WebSocket messages, and shows each visitor the bytes of their own connection.
//!
//! [`Server::bind`] and [`Server::run`] are the whole program; `main` adds logs and signals. The modules: [`config`]
//! (flags and limits), [`conn`] (the TCP stream that the tap copies from), [`wires`] (what joins a connection to its
//! reader), [`handshake`] (judges handshakes), [`echo`], [`lab`] (misbehaves on purpose), [`tap`], [`cost`], [`deflate`]
//! (which offer to accept), [`site`], [`policy`] (what a browser may do with a page), [`metrics`], [`api_error`] (errors).

#![forbid(unsafe_code)]

pub mod api_error;
pub mod config;
pub mod conn;
pub mod cost;
pub mod deflate;
pub mod echo;
pub mod handshake;
pub mod lab;
pub mod log;
pub mod metrics;
pub mod policy;
pub mod site;
pub mod tap;
pub mod wires;

use std::{
    convert::Infallible, future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use protocol::paths;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

pub use config::Config;

use conn::{Conn, StreamLimits, TapStream};
use metrics::{GaugeGuard, Metrics};
use policy::Framing;
use site::Site;
use wires::Wires;

/// What the handlers share.
#[derive(Debug)]
pub struct App {
    /// Flags.
    pub config: Config,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Wires that wait.
    pub wires: Wires,
    /// The built site.
    pub site: Site,
    /// Places for connections of the lab.
    pub labs: Arc<Semaphore>,
    /// Cancelled when the server begins to stop.
    pub shutdown: CancellationToken,
    /// Knows every WebSocket session and every connection that is being closed.
    pub tracker: TaskTracker,
}

impl App {
    /// Returns when the server stops and no WebSocket is left, so that nothing more can come on any tap.
    pub async fn nothing_left(&self) {
        self.shutdown.cancelled().await;
        self.tracker.wait().await;
    }
}

/// A server that listens, and doesn't answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: Arc<App>,
}

/// Connections that are accepted above `--max-connections`, only to be told so.
const REFUSALS: usize = 32;

impl Server {
    /// Takes the address to listen on.
    ///
    /// # Errors
    ///
    /// A sentence for a person, which names the flag to change.
    pub async fn bind(config: Config) -> Result<Self, String> {
        let listen = config.listen;
        let listener = TcpListener::bind(listen).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => format!(
                "port {} on {} is in use: stop the program that uses it, or choose another with --listen {}",
                listen.port(),
                listen.ip(),
                SocketAddr::new(listen.ip(), listen.port().checked_add(1).unwrap_or(0)),
            ),
            io::ErrorKind::PermissionDenied => format!(
                "this user may not listen on port {}: choose one from 1024 up with --listen {}",
                listen.port(),
                SocketAddr::new(listen.ip(), 8080),
            ),
            io::ErrorKind::AddrNotAvailable => {
                format!("this machine has no address {}: choose one that it has with --listen", listen.ip())
            }
            _ => format!("can't listen on {listen}: {error}; choose another address with --listen"),
        })?;
        let address = listener
            .local_addr()
            .map_err(|error| format!("can't listen on {listen}: {error}"))?;
        let metrics = Arc::new(Metrics::new());
        let app = App {
            wires: Wires::new(
                config.max_wires,
                config.wire_lifetime,
                config.tap_memory,
                config.tap_memory_total,
                Arc::clone(&metrics),
            ),
            site: Site::new(config.site.clone()),
            labs: Arc::new(Semaphore::new(config.max_labs)),
            shutdown: CancellationToken::new(),
            tracker: TaskTracker::new(),
            metrics,
            config,
        };
        Ok(Self {
            listener,
            address,
            app: Arc::new(app),
        })
    }

    /// Where the server listens; with the port that was chosen when `--listen` said 0.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is ready; then closes every WebSocket with 1001, lets requests in progress finish, and
    /// returns when all is closed or `--grace-time` is over.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, app, .. } = self;
        if let Err(what) = site::check(&app.config.site).await {
            tracing::warn!(
                "{what}: run `cargo xtask build`, or name a built site with --site; serving without it"
            );
        }
        let router = router(Arc::clone(&app));
        let connections = TaskTracker::new();
        let free = Arc::new(Semaphore::new(app.config.max_connections));
        let refusals = Arc::new(Semaphore::new(REFUSALS));
        let mut sweep = tokio::time::interval(Duration::from_secs(1));
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                _ = sweep.tick() => app.wires.sweep(),
                (accepted, permit) = accept(&listener, &free, &refusals) => match accepted {
                    Ok((tcp, peer)) => {
                        connections.spawn(serve_connection(Arc::clone(&app), router.clone(), tcp, peer, permit));
                    }
                    Err(error) => {
                        // Out of file descriptors, most likely: they come back when connections end.
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                },
            }
        }
        drop(listener);
        app.shutdown.cancel();
        tracing::info!(
            websockets = app.metrics.websocket_connections.get(),
            "stopping"
        );
        app.tracker.close();
        connections.close();
        let all_closed = async {
            connections.wait().await;
            app.tracker.wait().await;
        };
        match tokio::time::timeout(app.config.grace_time, all_closed).await {
            Ok(()) => tracing::info!("stopped"),
            Err(_) => tracing::warn!(
                left = app.metrics.tcp_connections.get(),
                "stopped; some connections were cut"
            ),
        }
    }
}

/// A place among the connections: one of `--max-connections`, or one of the few that are told there is none.
enum Permit {
    Served(OwnedSemaphorePermit),
    Refused(OwnedSemaphorePermit),
}

/// Accepts a connection once there is a place for it. Without any place nothing is accepted, and the kernel's own
/// bounded queue holds who comes.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
    refusals: &Arc<Semaphore>,
) -> (io::Result<(TcpStream, SocketAddr)>, Permit) {
    // A place is taken first, so that this can be dropped at any point without losing an accepted connection. A place
    // among the refusals is only for as long as there is no better one when the connection comes.
    let place = tokio::select! {
        biased;
        Ok(permit) = Arc::clone(free).acquire_owned() => Permit::Served(permit),
        Ok(permit) = Arc::clone(refusals).acquire_owned() => Permit::Refused(permit),
        else => std::future::pending().await,
    };
    let accepted = listener.accept().await;
    let permit = match place {
        Permit::Refused(refusal) => match Arc::clone(free).try_acquire_owned() {
            Ok(permit) => Permit::Served(permit),
            Err(_) => Permit::Refused(refusal),
        },
        served => served,
    };
    (accepted, permit)
}

async fn serve_connection(
    app: Arc<App>,
    router: Router,
    tcp: TcpStream,
    peer: SocketAddr,
    permit: Permit,
) {
    // Small frames go out at once. A failure means that the connection is gone already, and the first read tells.
    let _ = tcp.set_nodelay(true);
    let (over_limit, permit) = match permit {
        Permit::Served(permit) => (false, permit),
        Permit::Refused(permit) => {
            app.metrics.connections_refused.inc();
            tracing::warn!(%peer, "a connection was refused: --max-connections is reached");
            (true, permit)
        }
    };
    // The head, what hyper reads ahead of it, and some more.
    let request_bytes = app.config.max_header * 2 + 64 * 1024;
    let conn = Arc::new(Conn::new(peer, over_limit, request_bytes));
    let counters =
        ["client", "server"].map(|from| app.metrics.tcp_bytes.with_label_values(&[from]));
    let limits = StreamLimits {
        stall_time: app.config.stall_time,
        close_time: app.config.close_time,
        tracker: app.tracker.clone(),
        counters,
    };
    let held = (GaugeGuard::new(&app.metrics.tcp_connections), Some(permit));
    let stream = TapStream::new(tcp, Arc::clone(&conn), limits, held);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Arc::clone(&conn));
        let answer = router.clone().oneshot(request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(app.config.header_time)
        .max_buf_size(app.config.max_header);
    let mut connection = pin!(
        builder
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
    );
    let result = tokio::select! {
        result = &mut connection => result,
        () = app.shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%peer, %error, "an HTTP connection ended early");
    }
}

fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics_page))
        .route(paths::WIRES, post(tap::create))
        .merge(cost::router())
        .route(paths::ECHO, get(echo::echo))
        .route(paths::LAB, get(lab::list))
        .route(&format!("{}/{{fault}}", paths::LAB), get(lab::run))
        .route(&format!("{}/{{id}}", paths::TAP), get(tap::tap))
        .route("/api/{*rest}", axum::routing::any(no_such_endpoint))
        .fallback(site::serve)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), around))
        .with_state(app)
}

/// What every answer gets: the refusal when the server is full, security headers, and a line in the log.
async fn around(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let over_limit = request
        .extensions()
        .get::<Arc<Conn>>()
        .is_some_and(|conn| conn.over_limit);
    let mut response = if over_limit && !matches!(&*path, "/healthz" | "/metrics") {
        api_error::ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!(
                "this server holds {} connections, as many as it may",
                app.config.max_connections
            ),
            "try again in a while; whoever runs the server can raise --max-connections",
        )
        .header(header::RETRY_AFTER, HeaderValue::from_static("10"))
        .into_response()
    } else {
        next.run(request).await
    };
    if over_limit {
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    // A 101 has no content that a browser could misuse, and everything in it is on the wire that the page explains.
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        secure(response.headers_mut(), Framing::of(&path));
    }
    // Without the query: a wire's id is nobody else's business. A path can hold one as well.
    let tap = format!("{}/", paths::TAP);
    let path = if path.starts_with(&tap) {
        "/tap/…"
    } else {
        &path
    };
    let status = response.status().as_u16();
    tracing::debug!(%method, path, status, ms = started.elapsed().as_secs_f64() * 1000.0, "request");
    response
}

/// The security headers; a page's own policy stays.
fn secure(headers: &mut HeaderMap, framing: Framing) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if framing == Framing::Denied {
        // For browsers from before `frame-ancestors`.
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert_with(|| policy::policy(&[], framing));
}

async fn healthz() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n")
}

async fn metrics_page(State(app): State<Arc<App>>) -> impl IntoResponse {
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, app.metrics.render())
}

async fn no_such_endpoint() -> api_error::ApiError {
    api_error::ApiError::new(
        StatusCode::NOT_FOUND,
        "there is no such endpoint",
        "under /api there are POST /api/wires and /api/cost/NAME",
    )
}
