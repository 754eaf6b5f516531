//! What a proxy says for itself, as the server plays it (`proxy=` in the query).

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// The answer of a proxy that does not let a WebSocket through.
pub fn blocked() -> Response {
    page(
        StatusCode::FORBIDDEN,
        "403 Forbidden",
        "The proxy of this network does not pass on requests for another protocol (Upgrade).",
    )
}

/// The answer of a proxy that has waited long enough for an answer.
pub fn timed_out() -> Response {
    page(
        StatusCode::GATEWAY_TIMEOUT,
        "504 Gateway Timeout",
        "The server behind this proxy has not answered in time.",
    )
}

fn page(status: StatusCode, title: &str, says: &str) -> Response {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><title>{title}</title><h1>{title}</h1><p>{says}</p>\
         <p>A proxy that Duplex plays, as proxy= in the address asks.</p></html>\n"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        // Who answered (RFC 9110 §7.6.3).
        (header::VIA, "1.1 proxy.invalid (played by Duplex)"),
        (header::SERVER, "proxy.invalid"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    (status, headers, page).into_response()
}
