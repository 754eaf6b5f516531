//! Which handler answers what, and what goes for all of them.

use std::sync::Arc;

use axum::{
    Router,
    body::HttpBody as _,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use protocol::{paths, rooms::BackboneState};

use crate::{
    App,
    admission::Refusal,
    api_error::ApiError,
    client_address::client_address,
    conn::Conn,
    cost, echo, lab, memory,
    policy::{self, Framing},
    rooms, site, tap, transports,
};

/// Everything that is served on `--listen`.
pub fn router(app: Arc<App>) -> Router {
    let metrics = match app.config.metrics_listen {
        None => get(metrics_page),
        Some(_) => get(metrics_elsewhere),
    };
    Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", metrics)
        .route(paths::WIRES, post(tap::create))
        .merge(cost::router())
        .route(paths::ECHO, get(echo::echo))
        .route(paths::LAB, get(lab::list))
        .route(paths::RESTART, get(lab::restart::run))
        .route(paths::MEMORY, get(memory::tell))
        .route(paths::ROOMS, get(rooms::info))
        .route(&format!("{}/{{name}}", paths::ROOMS), get(rooms::join))
        .route(&format!("{}/{{fault}}", paths::LAB), get(lab::run))
        .route(
            &format!("{}/{{id}}", paths::TAP),
            get(tap::tap).head(tap::head),
        )
        .merge(transports::router())
        .route("/api/{*rest}", axum::routing::any(no_such_endpoint))
        .fallback(site::serve)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), around))
        .with_state(app)
}

/// What every request and every answer goes through: who asks, and whom; the refusal when there is no place; limits of the
/// request; security headers, and a line in the log.
async fn around(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let conn = request.extensions().get::<Arc<Conn>>().cloned();
    // What isn't read of a body still comes, and is nobody's.
    let has_body = !request.body().is_end_stream();
    let judged = match &conn {
        Some(conn) => admit(&app, conn, &mut request, &path),
        None => Ok(()),
    };
    let mut response = match judged {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    };
    let refused = conn.as_ref().is_some_and(|conn| conn.refusal.is_some());
    if refused || (has_body && !takes_a_body(&path)) {
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        if let Some(conn) = conn.filter(|_| has_body) {
            // Otherwise what comes would be answered with a reset, which can overtake the answer.
            conn.set_linger();
        }
    }
    // A 101 has no content that a browser could misuse, and everything in it is on the wire that the page explains.
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        secure(response.headers_mut(), Framing::of(&path));
    }
    // Without the query: a wire's id is nobody else's business. A path can hold one as well.
    let path = match &*path {
        path if path.starts_with("/tap/") => "/tap/…",
        path if path.starts_with("/transports/runs/") => "/transports/runs/…",
        path => path,
    };
    let status = response.status().as_u16();
    tracing::debug!(%method, path, status, ms = started.elapsed().as_secs_f64() * 1000.0, "request");
    response
}

/// Whether the endpoint reads a body itself.
fn takes_a_body(path: &str) -> bool {
    [paths::COST, &protocol::transports::runs_path()]
        .into_iter()
        .filter_map(|taker| path.strip_prefix(taker))
        .any(|rest| rest.starts_with('/') || rest.is_empty())
}

/// Judges a request before any handler sees it, and marks it with the [`ClientAddress`] it comes from.
///
/// [`ClientAddress`]: crate::client_address::ClientAddress
fn admit(app: &App, conn: &Conn, request: &mut Request, path: &str) -> Result<(), ApiError> {
    let config = &app.config;
    let most = config.max_header;
    if head_len(request) > most {
        return Err(ApiError::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            format!("the head of the request has more than {most} bytes"),
            "send fewer or shorter headers; whoever runs the server can raise --max-header",
        )
        .header(header::CONNECTION, HeaderValue::from_static("close")));
    }
    app.hosts.judge(request)?;
    let client = client_address(conn.peer.ip(), request.headers(), &config.trusted_proxies);
    request.extensions_mut().insert(client);
    if matches!(path, "/healthz" | "/metrics") {
        return Ok(());
    }
    if let Some(refusal) = conn.refusal {
        return Err(refusal.answer());
    }
    conn.belongs_to(client, &app.admission)
        .map_err(Refusal::answer)
}

/// The bytes of a request's head, as they come from a client that writes no more space than it has to.
fn head_len(request: &Request) -> usize {
    let line =
        request.method().as_str().len() + request.uri().to_string().len() + "  HTTP/1.1\r\n".len();
    let fields = request.headers().iter();
    let fields: usize = fields
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum();
    line + fields + "\r\n".len()
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

/// Everything that is served on `--metrics-listen`.
pub fn metrics_only(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics_page))
        .fallback(|| async {
            ApiError::new(
                StatusCode::NOT_FOUND,
                "there is no such endpoint",
                "here there are /metrics and /healthz",
            )
        })
        .with_state(app)
}

async fn metrics_elsewhere() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "the metrics are not served here",
        "whoever runs the server finds them at the address of --metrics-listen",
    )
}

/// 200 as long as the server answers at all: without its backbone it goes on for its own clients.
async fn healthz(State(app): State<Arc<App>>) -> impl IntoResponse {
    let body = match app.rooms.backbone_state() {
        BackboneState::None => "ok\n",
        BackboneState::Up => "ok\nbackbone: up\n",
        BackboneState::Away => "ok\nbackbone: away\n",
    };
    ([(header::CACHE_CONTROL, "no-store")], body)
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

async fn no_such_endpoint() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "there is no such endpoint",
        "under /api there are POST /api/wires, /api/cost/NAME and GET /api/memory",
    )
}
