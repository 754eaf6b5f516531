//! How every WebSocket here begins: the request is judged, and recorded where it asks for that.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header},
};
use base64::prelude::*;
use wire::handshake::accept;

use crate::{
    App,
    api_error::{ApiError, gone_wire, same_site},
    conn::Conn,
};

/// Whether a header that is a list of tokens has this one, whatever its case (RFC 6455 §4.2.1).
fn has_token(headers: &HeaderMap, name: header::HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(token))
}

/// Judges a request as an opening handshake (RFC 6455 §4.2.1).
///
/// # Errors
///
/// What is wrong with it, as the answer to it.
pub fn judge(request: &Request) -> Result<(), ApiError> {
    let headers = request.headers();
    let upgrade = HeaderValue::from_static("websocket");
    // The router sends HEAD here as well, and that can't upgrade.
    if request.method() != Method::GET
        || !has_token(headers, header::UPGRADE, "websocket")
        || !has_token(headers, header::CONNECTION, "upgrade")
    {
        return Err(ApiError::new(
            StatusCode::UPGRADE_REQUIRED,
            "this address speaks WebSocket, and the request did not ask for it",
            "open it with new WebSocket(\"ws://…\"), or send Connection: Upgrade and Upgrade: websocket",
        )
        .header(header::CONNECTION, HeaderValue::from_static("Upgrade"))
        .header(header::UPGRADE, upgrade));
    }
    if headers
        .get(header::SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        return Err(ApiError::new(
            StatusCode::UPGRADE_REQUIRED,
            "the request's Sec-WebSocket-Version is not 13, or is missing (RFC 6455 section 4.2.2)",
            "send Sec-WebSocket-Version: 13, the version of RFC 6455",
        )
        .header(header::CONNECTION, HeaderValue::from_static("Upgrade"))
        .header(header::UPGRADE, upgrade)
        .header(
            header::SEC_WEBSOCKET_VERSION,
            HeaderValue::from_static("13"),
        ));
    }
    if request.version() != Version::HTTP_11 || !headers.contains_key(header::HOST) {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "an opening handshake is an HTTP/1.1 request with a Host (RFC 6455 section 4.2.1)",
            "send a request of HTTP/1.1 with a Host header",
        ));
    }
    let mut keys = headers.get_all(header::SEC_WEBSOCKET_KEY).iter();
    let key_is_16_bytes = |key: &HeaderValue| {
        BASE64_STANDARD
            .decode(key.as_bytes())
            .is_ok_and(|bytes| bytes.len() == 16)
    };
    if !(keys.next().is_some_and(key_is_16_bytes) && keys.next().is_none()) {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "the request's Sec-WebSocket-Key is not the base64 of 16 bytes, is missing, or is there twice \
             (RFC 6455 section 4.2.1)",
            "send one key of 16 random bytes in base64, such as dGhlIHNhbXBsZSBub25jZQ==",
        ));
    }
    Ok(())
}

/// The headers of a 101 that agrees on nothing.
pub(crate) fn right_head(key: &str) -> HeaderMap {
    let mut head = HeaderMap::new();
    head.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    head.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    // Base64 is what a header may hold.
    if let Ok(value) = HeaderValue::from_str(&accept(key).value) {
        head.insert(header::SEC_WEBSOCKET_ACCEPT, value);
    }
    head
}

/// The connection that a request came on.
///
/// # Errors
///
/// 500 when there is none, which no request from outside can bring about.
pub fn conn(request: &Request) -> Result<Arc<Conn>, ApiError> {
    request
        .extensions()
        .get::<Arc<Conn>>()
        .cloned()
        .ok_or_else(|| {
            ApiError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the connection is unknown",
                "try again",
            )
        })
}

/// Records the connection on the wire `id` from its first byte on. To be called when everything else that can be refused
/// has been, because the wire is used up by being claimed.
///
/// # Errors
///
/// 403 for a page of another origin; 404 or 410 for an id that is wrong, old or used; 400 for a request that came right
/// behind another.
pub fn record(app: &App, request: &Request, conn: &Conn, id: &str) -> Result<(), ApiError> {
    same_site(&app.config, request.headers())?;
    let wire = app.wires.claim_socket(id).map_err(gone_wire)?;
    let request_line = format!("{} {} ", request.method(), request.uri());
    conn.tap(Arc::clone(&wire), request_line.as_bytes()).map_err(|_| {
        wire.end(0, "its request came right after another".into());
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "a tapped connection has to begin with its own request, and this one came right after another",
            "wait for the answer to the earlier request, or use a new connection",
        )
    })
}
