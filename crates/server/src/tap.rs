//! `POST /api/wires` and `GET /tap/ID`.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use protocol::{ConnectionEnd, NewWire, TapEvent};

use crate::{
    App,
    api_error::{ApiError, gone_wire, same_site},
    client_address::ClientAddress,
    wires::Reader,
};

/// `POST /api/wires`: 201 and `{"id", "echo", "tap"}`.
///
/// # Errors
///
/// 403 for a page of another origin, 429 when too many of this address are waiting, 503 when too many of all are.
pub async fn create(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientAddress>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let cross_origin = same_site(&app.config, &headers)?;
    let id = app.wires.create(client).map_err(gone_wire)?;
    let wire = NewWire::with_id(id);
    let body = serde_json::to_string(&wire).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::LOCATION, wire.tap),
    ];
    Ok((StatusCode::CREATED, headers, cross_origin, body).into_response())
}

/// `GET /tap/ID`: the connection's bytes as server-sent events, then why it ended.
///
/// # Errors
///
/// 403 for a page of another origin; 404 or 410 for an id that is wrong, old, or read already.
pub async fn tap(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let cross_origin = same_site(&app.config, &headers)?;
    let reader = app.wires.claim_reader(&id).map_err(gone_wire)?;
    let events = stream::unfold(Some((reader, app)), |state| async move {
        let (mut reader, app) = state?;
        let (event, more) = next(&mut reader, &app).await;
        Some((Ok::<_, Infallible>(event), more.then_some((reader, app))))
    });
    // The comment keeps proxies from cutting a quiet stream.
    let keep_alive = KeepAlive::new()
        .interval(Duration::from_secs(15))
        .text("quiet");
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    let headers = response.headers_mut();
    headers.extend(cross_origin);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx collects a response before passing it on, unless told otherwise.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// `HEAD /tap/ID`: refused, because a wire has one reader, and this would be it and read nothing.
pub async fn head() -> impl IntoResponse {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")])
}

/// The next event, and whether more may come.
async fn next(reader: &mut Reader, app: &App) -> (Event, bool) {
    let event = tokio::select! {
        biased;
        event = reader.next() => event,
        // Long enough for the connection's own end to be told first.
        () = app.nothing_left() => TapEvent::End(ConnectionEnd {
            us: 0,
            why: "the server is shutting down".into(),
        }),
    };
    let more = !matches!(event, TapEvent::End(_));
    // Numbers and strings can't fail to be written.
    let data = serde_json::to_string(&event).unwrap_or_default();
    (Event::default().event(event.name()).data(data), more)
}
