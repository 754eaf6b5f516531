//! `POST /api/wires` and `GET /tap/ID`.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use base64::prelude::*;
use futures_util::stream;

use crate::{
    App,
    answer::{Answer, gone_wire, same_site},
    wires::{Endpoint, Item, Reader},
};

/// `POST /api/wires`: 201 and `{"id", "echo", "tap"}`.
///
/// # Errors
///
/// 403 for a page of another origin, 503 when too many wires are waiting.
pub async fn create(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Answer> {
    let cross_origin = same_site(&app.config, &headers)?;
    let id = app.wires.create().map_err(gone_wire)?;
    let tap = format!("/tap/{id}");
    #[derive(serde::Serialize)]
    struct Created<'a> {
        id: &'a str,
        echo: String,
        tap: &'a str,
    }
    let body = Created {
        id: &id,
        echo: format!("/echo?wire={id}"),
        tap: &tap,
    };
    let body = serde_json::to_string(&body).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::LOCATION, tap),
    ];
    Ok((StatusCode::CREATED, headers, cross_origin, body).into_response())
}

/// `GET /tap/ID`: the connection's bytes as Server-Sent Events, then why it ended.
///
/// # Errors
///
/// 403 for a page of another origin; 404 or 410 for an id that is wrong, old, or read already.
pub async fn tap(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Answer> {
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

/// The next event, and whether more may come.
async fn next(reader: &mut Reader, app: &App) -> (Event, bool) {
    let item = tokio::select! {
        biased;
        item = reader.next() => item,
        // Long enough for the connection's own end to be told first.
        () = app.nothing_left() => Item::End { us: 0, why: "the server is shutting down".into() },
    };
    // Structs, so that the fields come in the order in which a person reads them.
    #[derive(serde::Serialize)]
    struct Bytes {
        seq: u64,
        us: u64,
        from: Endpoint,
        b64: String,
    }
    #[derive(serde::Serialize)]
    struct Lost {
        seq: u64,
        us: u64,
        records: u64,
        client: u64,
        server: u64,
    }
    #[derive(serde::Serialize)]
    struct End {
        us: u64,
        why: String,
    }
    match item {
        Item::Bytes {
            seq,
            us,
            from,
            data,
        } => {
            let b64 = BASE64_STANDARD.encode(&data);
            (event("bytes", &Bytes { seq, us, from, b64 }), true)
        }
        Item::Lost {
            seq,
            us,
            records,
            client,
            server,
        } => (
            event(
                "lost",
                &Lost {
                    seq,
                    us,
                    records,
                    client,
                    server,
                },
            ),
            true,
        ),
        Item::End { us, why } => (event("end", &End { us, why }), false),
    }
}

fn event(name: &str, data: &impl serde::Serialize) -> Event {
    // Numbers and strings can't fail to be written.
    let data = serde_json::to_string(data).unwrap_or_default();
    Event::default().event(name).data(data)
}
