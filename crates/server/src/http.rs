//! HTTP on one connection.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use hyper::{
    body::{Body as _, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use crate::{
    App,
    admission::{Place, REFUSAL_TIME},
    conn::Conn,
    metrics::GaugeGuard,
    request_body::TimedBody,
    router,
    tap_stream::{StreamLimits, TapStream},
};

/// Serves one connection to its end, or until it is upgraded.
pub async fn serve(app: Arc<App>, router: Router, tcp: TcpStream, peer: SocketAddr, place: Place) {
    // Small frames go out at once. A failure means that the connection is gone already, and the first read tells.
    let _ = tcp.set_nodelay(true);
    let refused = match &place {
        Place::Served(..) => None,
        Place::Refused(refusal, token) => {
            app.metrics.connections_refused.inc();
            tracing::debug!(%peer, ?refusal, "a connection was refused");
            Some((*refusal, token.clone()))
        }
    };
    // The head, what hyper reads ahead of it, and some more.
    let request_bytes = app.config.max_header * 2 + 64 * 1024;
    let refusal = refused.as_ref().map(|(refusal, _)| *refusal);
    let conn = Arc::new(Conn::new(peer, refusal, request_bytes));
    let counters =
        ["client", "server"].map(|from| app.metrics.tcp_bytes.with_label_values(&[from]));
    let limits = StreamLimits {
        stall_time: app.config.stall_time,
        close_time: app.config.close_time,
        tracker: app.tracker.clone(),
        counters,
    };
    let held = (GaugeGuard::new(&app.metrics.tcp_connections), place);
    let stream = TapStream::new(tcp, Arc::clone(&conn), limits, held);
    let (piece_time, body_time) = (app.config.body_piece_time, app.config.body_time);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Arc::clone(&conn));
        let request = request.map(|body| match body.is_end_stream() {
            true => Body::empty(),
            false => Body::new(TimedBody::new(body, piece_time, body_time)),
        });
        let answer = router.clone().oneshot(request);
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let header_time = match refused {
        None => app.config.header_time,
        Some(_) => app.config.header_time.min(REFUSAL_TIME),
    };
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(header_time)
        .max_buf_size(app.config.max_header);
    let mut connection = pin!(
        builder
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
    );
    let pushed_out = async {
        match &refused {
            None => std::future::pending().await,
            // Twice: to ask, and to be answered.
            Some((_, token)) => {
                let _ = tokio::time::timeout(2 * REFUSAL_TIME, token.cancelled()).await;
            }
        }
    };
    let result = tokio::select! {
        result = &mut connection => result,
        () = pushed_out => return,
        () = app.shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%peer, %error, "an HTTP connection ended early");
    }
}

/// Serves `/metrics` and `/healthz`, and nothing else, until the server stops.
pub async fn serve_metrics(app: Arc<App>, listener: TcpListener) {
    let router = router::metrics_only(Arc::clone(&app));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = app.shutdown.cancelled() => return,
        };
        let Ok((tcp, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let router = router.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            router.clone().oneshot(request.map(Body::new))
        });
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(app.config.header_time)
            .keep_alive(false);
        let connection = builder.serve_connection(TokioIo::new(tcp), service);
        // Who may reach this address is the operator's choice; nobody needs it for long.
        let time = app.config.header_time + app.config.stall_time;
        tokio::spawn(async move {
            let _ = tokio::time::timeout(time, connection).await;
        });
    }
}
