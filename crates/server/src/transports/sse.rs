//! The stream as server-sent events (WHATWG HTML, §9.2).

use std::{io, time::Duration};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use protocol::{ProxyFault, transports::StreamEnd};
use tokio::time::{Instant, sleep_until};

use super::{Cut, Reading};
use crate::api_error::ApiError;

/// What an `EventSource` that comes back has seen, which its page can't say: its address stays the same.
///
/// # Errors
///
/// A sentence about an id that no event here has.
pub fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, String> {
    let Some(id) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let id = String::from_utf8_lossy(id.as_bytes());
    match id.parse() {
        Ok(seq) => Ok(Some(seq)),
        Err(_) => Err(format!(
            "Last-Event-ID: {id}: not the id of an event here; these are whole numbers"
        )),
    }
}

/// What the stream of events does next.
enum Next {
    /// Says when to come back.
    Retry,
    Messages,
    Nothing,
}

struct Events {
    reading: Reading,
    after: u64,
    next: Next,
    /// What a proxy has held back: up to which message, and why it has no more.
    held: Option<(u64, Option<Cut>)>,
}

/// `GET /transports/sse`: an event for each message, and one at the end.
///
/// # Errors
///
/// 400 for a `Last-Event-ID` that no event here has.
pub(super) async fn answer(reading: Reading, headers: &HeaderMap) -> Result<Response, ApiError> {
    let last = last_event_id(headers).map_err(|what| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            what,
            "leave it out, and say in after what you have seen",
        )
    })?;
    let held = match reading.options.proxy {
        Some(ProxyFault::Buffers) => {
            let cut = tokio::select! {
                biased;
                cut = reading.cuts.happen() => Some(cut),
                () = sleep_until(reading.run.end()) => None,
            };
            Some((reading.run.stream.there(reading.run.us()), cut))
        }
        _ => None,
    };
    let events = Events {
        after: last.unwrap_or(reading.options.after),
        reading,
        next: Next::Retry,
        held,
    };
    let events = stream::unfold(events, |mut events| async move {
        let event = events.next().await?;
        Some((event, events))
    });
    // The comment keeps a proxy from cutting a quiet stream.
    let keep_alive = KeepAlive::new()
        .interval(Duration::from_secs(15))
        .text("quiet");
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx collects a response before passing it on, unless told otherwise.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

impl Events {
    /// The next event; `None` at the end of the answer, an error where it is cut.
    async fn next(&mut self) -> Option<io::Result<Event>> {
        match self.next {
            Next::Retry => {
                self.next = Next::Messages;
                Some(Ok(Event::default().retry(self.reading.options.retry)))
            }
            Next::Messages => self.message().await,
            Next::Nothing => None,
        }
    }

    async fn message(&mut self) -> Option<io::Result<Event>> {
        let run = &self.reading.run;
        loop {
            let there = match self.held {
                Some((last, _)) => last,
                None => run.stream.there(run.us()),
            };
            if self.after < there
                && (self.held.is_some() || !self.reading.cuts.happened())
                && let Some(message) = run.stream.message(self.after + 1)
            {
                self.after += 1;
                self.reading.exchange.carries(1);
                // Numbers and strings can't fail to be written.
                let data = serde_json::to_string(&message).unwrap_or_default();
                let id = message.seq.to_string();
                return Some(Ok(Event::default().id(id).data(data)));
            }
            let cut = match self.held {
                Some((_, cut)) => cut,
                None if Instant::now() >= run.end() => None,
                None => {
                    tokio::select! {
                        biased;
                        cut = self.reading.cuts.happen() => Some(cut),
                        () = sleep_until(run.due(self.after).min(run.end())) => continue,
                    }
                }
            };
            return match cut {
                None => {
                    self.next = Next::Nothing;
                    let messages = run.stream.count();
                    let data = serde_json::to_string(&StreamEnd { messages }).unwrap_or_default();
                    Some(Ok(Event::default().event("end").data(data)))
                }
                Some(Cut::Shutdown) => None,
                Some(Cut::Restart | Cut::Proxy) => {
                    // What was written before reaches the client, as it does from a server that is killed later.
                    self.reading.exchange.flushed().await;
                    Some(Err(cut_short()))
                }
            };
        }
    }
}

fn cut_short() -> io::Error {
    io::Error::new(
        io::ErrorKind::ConnectionAborted,
        "cut, as the run's restart or the proxy in its address wants it",
    )
}
