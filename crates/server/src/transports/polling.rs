//! Polling and long polling: the same list of messages, at once or when there is something to tell.

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use protocol::transports::StreamMessage;
use tokio::time::{Instant, sleep_until};

use super::{Cut, Reading, proxy};

/// `GET /transports/polling`: what is there. Every proxy passes so short an answer.
pub(super) fn answer(reading: Reading) -> Response {
    let messages = reading.run.read(reading.options.after);
    list(reading, &messages)
}

/// `GET /transports/long-polling`: what is there as soon as there is something, or nothing when the time is over.
pub(super) async fn answer_late(reading: Reading) -> Response {
    let after = reading.options.after;
    let deadline = Instant::now() + reading.options.hold;
    let messages = loop {
        let messages = reading.run.read(after);
        let now = Instant::now();
        if !messages.is_empty() || now >= deadline {
            break messages;
        }
        let due = reading.run.due(after);
        // When the stream is over nothing is due, and the time runs out.
        let next = if due > now {
            due.min(deadline)
        } else {
            deadline
        };
        tokio::select! {
            biased;
            cut = reading.cuts.happen() => match cut {
                Cut::Restart => {
                    reading.conn.cut_instead();
                    // Never sent.
                    return Body::empty().into_response();
                }
                Cut::Proxy => return proxy::timed_out(),
                Cut::Shutdown => break Vec::new(),
            },
            () = sleep_until(next) => {}
        }
    };
    list(reading, &messages)
}

fn list(reading: Reading, messages: &[StreamMessage]) -> Response {
    reading.exchange.carries(messages.len());
    // Numbers and strings can't fail to be written.
    let body = serde_json::to_string(messages).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, body).into_response()
}
