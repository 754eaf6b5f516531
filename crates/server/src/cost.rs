//! `POST /api/cost/NAME` and `GET /api/cost/NAME`: what one HTTP exchange really costs, counted at TCP.
//!
//! The request is answered with nothing, 204, as an interface that has nothing to say would. An answer cannot say how long
//! it is itself, so a second request asks for what was counted, under the name that the first one chose.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::StreamExt as _;
use protocol::{
    Counted, ExchangeCost,
    cost::{MAX_BODY, NAME_BYTES},
    paths,
};

use crate::{
    App,
    api_error::{ApiError, same_site},
    conn::Conn,
    request_body::TooSlow,
};

/// Exchanges that are remembered until they are asked for; the oldest go first.
const REMEMBERED: usize = 256;
/// Bytes of a head that are kept to be shown.
const MAX_HEAD: usize = 16 * 1024;
/// Digits in a name.
const NAME: usize = NAME_BYTES * 2;

/// One exchange as it is counted. Filled by the connection while the response leaves.
#[derive(Debug, Default)]
pub struct Tally {
    state: Mutex<Count>,
}

#[derive(Debug, Default, Clone)]
struct Count {
    request: u64,
    request_head: Vec<u8>,
    response: u64,
    response_head: Vec<u8>,
}

impl Tally {
    fn lock(&self) -> MutexGuard<'_, Count> {
        // Numbers and bytes: no update of them can stop half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether any of the answer was sent.
    pub fn began(&self) -> bool {
        self.lock().response > 0
    }

    /// The server sent these bytes.
    pub fn sent(&self, data: &[u8]) {
        let mut counted = self.lock();
        counted.response += data.len() as u64;
        let room = MAX_HEAD.saturating_sub(counted.response_head.len());
        let part = &data[..data.len().min(room)];
        counted.response_head.extend_from_slice(part);
    }
}

/// What was counted under names that nobody has asked for yet.
#[derive(Debug, Default)]
struct Costs {
    kept: Mutex<VecDeque<(String, Arc<Tally>)>>,
}

impl Costs {
    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, Arc<Tally>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// False where the name is taken.
    fn keep(&self, name: String, tally: Arc<Tally>) -> bool {
        let mut kept = self.lock();
        if kept.iter().any(|(other, _)| *other == name) {
            return false;
        }
        if kept.len() == REMEMBERED {
            kept.pop_front();
        }
        kept.push_back((name, tally));
        true
    }

    fn take(&self, name: &str) -> Option<Arc<Tally>> {
        let mut kept = self.lock();
        let at = kept.iter().position(|(other, _)| other == name)?;
        kept.remove(at).map(|(_, tally)| tally)
    }
}

/// The two endpoints, with what they share.
pub fn router() -> Router<Arc<App>> {
    let costs = Arc::new(Costs::default());
    Router::new()
        .route(&format!("{}/{{name}}", paths::COST), post(count).get(tell))
        .layer(Extension(costs))
}

/// Takes a body and counts.
async fn count(
    State(app): State<Arc<App>>,
    Extension(costs): Extension<Arc<Costs>>,
    Extension(conn): Extension<Arc<Conn>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let cross_origin = same_site(&app.config, &headers)?;
    if name.len() != NAME || !name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "the name of an exchange is 32 hexadecimal digits",
            "choose 128 random bits for each exchange",
        ));
    }
    let mut body = body.into_data_stream();
    let mut taken = 0;
    while let Some(data) = body.next().await {
        let data = data.map_err(|error| {
            if TooSlow::caused(&error) {
                return ApiError::new(
                    StatusCode::REQUEST_TIMEOUT,
                    "the body came too slowly",
                    "send it again, without waiting in between; whoever runs the server can raise --body-piece-time and \
                     --body-time",
                )
                .header(header::CONNECTION, HeaderValue::from_static("close"));
            }
            ApiError::new(
                StatusCode::BAD_REQUEST,
                format!("the body broke off: {error}"),
                "send it again",
            )
        })?;
        taken += data.len() as u64;
        if taken > MAX_BODY {
            return Err(ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "a body of more than 4 MiB is not taken only to be counted",
                "send less",
            )
            // What is left of the body is not read.
            .header(header::CONNECTION, HeaderValue::from_static("close")));
        }
    }
    let tally = Arc::new(Tally::default());
    let sized = headers.contains_key(header::CONTENT_LENGTH);
    let request = conn
        .tally(Arc::clone(&tally))
        .filter(|(bytes, start)| is_alone(*bytes, start, taken, sized));
    let Some((bytes, mut head)) = request else {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "what came is not this request alone: others were sent with it, or a part of it waited for a 100",
            "wait for each answer before sending the next request, and do not send Expect",
        ));
    };
    head.truncate(MAX_HEAD);
    {
        let mut counted = tally.lock();
        counted.request = bytes;
        counted.request_head = head;
    }
    if !costs.keep(name, tally) {
        return Err(ApiError::new(
            StatusCode::CONFLICT,
            "this name is in use",
            "choose 128 random bits for each exchange",
        ));
    }
    // A policy for content makes no sense without any, and would be most of the answer.
    let headers = [(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'"),
    )];
    Ok((StatusCode::NO_CONTENT, headers, cross_origin).into_response())
}

/// Whether so many bytes, which begin with `start`, are one request with a body of `taken` bytes. A body in chunks has
/// more around it.
fn is_alone(bytes: u64, start: &[u8], taken: u64, sized: bool) -> bool {
    let end = start.windows(4).position(|w| w == b"\r\n\r\n");
    let Some(least) = end.map(|end| end as u64 + 4 + taken) else {
        return false;
    };
    start.starts_with(format!("POST {}/", paths::COST).as_bytes())
        && if sized {
            bytes == least
        } else {
            bytes >= least
        }
}

/// Says what was counted, once.
async fn tell(
    State(app): State<Arc<App>>,
    Extension(costs): Extension<Arc<Costs>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let cross_origin = same_site(&app.config, &headers)?;
    let tally = costs.take(&name).ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            "no exchange has this name, or it was asked for already",
            "send one with POST under the same name first",
        )
    })?;
    let counted = tally.lock().clone();
    let side = |bytes, all: &[u8]| {
        let end = all.windows(4).position(|w| w == b"\r\n\r\n");
        let head = String::from_utf8_lossy(&all[..end.map_or(all.len(), |end| end + 4)]);
        Counted {
            bytes,
            head: head.into_owned(),
        }
    };
    let cost = ExchangeCost {
        request: side(counted.request, &counted.request_head),
        response: side(counted.response, &counted.response_head),
    };
    let body = serde_json::to_string(&cost).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, cross_origin, body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_names_go_first_and_each_is_told_once() {
        let costs = Costs::default();
        for i in 0..=REMEMBERED {
            assert!(costs.keep(i.to_string(), Arc::default()));
        }
        assert!(!costs.keep("1".into(), Arc::default()));
        assert!(costs.take("0").is_none());
        assert!(costs.take("1").is_some() && costs.take("1").is_none());
    }
}
