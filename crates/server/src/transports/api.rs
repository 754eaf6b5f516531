//! A run begins, tells what it has cost, and is restarted.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::transports::{NewRun, Run as NamedRun, RunCost, RunRestart, run_path};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    QUIET_POLICY,
    runs::{NoRun, Run},
};
use crate::{
    App,
    api_error::{ApiError, same_site},
    client_address::ClientAddress,
    request_body,
};

/// Bytes of a body: those that are meant have far fewer.
const MAX_BODY: usize = 1024;

/// The run of this name.
///
/// # Errors
///
/// 404 where there is none.
pub fn known(app: &App, name: &str) -> Result<Arc<Run>, ApiError> {
    app.runs.get(name).ok_or_else(|| {
        ApiError::new(
            StatusCode::NOT_FOUND,
            "there is no such run: it was forgotten some time after its stream was over, or never began",
            "begin one with POST /transports/runs",
        )
    })
}

/// Reads a body of JSON. Its type is not asked for: a page of another origin can so send it as text/plain, without a
/// preflight; who may do so is judged by `Origin`.
async fn read<T: DeserializeOwned>(
    body: Body,
    check: impl FnOnce(&T) -> Result<(), String>,
    what_to_do: &'static str,
) -> Result<T, ApiError> {
    let body = request_body::read(body, MAX_BODY).await?;
    serde_json::from_slice(&body)
        .map_err(|error| format!("the body is not what is asked for here: {error}"))
        .and_then(|value| check(&value).map(|()| value))
        .map_err(|what| ApiError::new(StatusCode::BAD_REQUEST, what, what_to_do))
}

fn json(status: StatusCode, value: &impl Serialize, more: HeaderMap) -> Response {
    // Numbers and strings can't fail to be written.
    let body = serde_json::to_string(value).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, QUIET_POLICY),
    ];
    (status, headers, more, body).into_response()
}

/// `POST /transports/runs`: 201 and the run.
///
/// # Errors
///
/// 403 for a page of another origin, 400 for a body that is wrong, 429 or 503 for one run too many.
pub async fn create(
    State(app): State<Arc<App>>,
    Extension(client): Extension<ClientAddress>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let mut more = same_site(&app.config, &headers)?;
    let asked = read(
        body,
        NewRun::check,
        "send JSON such as {\"every_ms\":1000,\"bytes\":100,\"last_ms\":60000}, with \"seed\":1 for random times",
    )
    .await?;
    let run = app.runs.create(client, &asked, Instant::now());
    let run = run.map_err(|why| no_run(&app, why))?;
    // Hexadecimal digits are what a header may hold.
    if let Ok(path) = HeaderValue::from_str(&run_path(&run.name)) {
        more.insert(header::LOCATION, path);
    }
    let named = NamedRun {
        run: run.name.clone(),
        us: run.us(),
    };
    Ok(json(StatusCode::CREATED, &named, more))
}

fn no_run(app: &App, why: NoRun) -> ApiError {
    let (error, retry) = match why {
        NoRun::TooMany => (
            ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!(
                    "there are {} runs, as many as there may be",
                    app.config.max_runs
                ),
                "try again in a while; whoever runs the server can raise --max-runs",
            ),
            Duration::from_secs(10),
        ),
        NoRun::TooManyOfAddress { again } => (
            ApiError::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "your address has {} runs, as many as it may",
                    app.runs.most_of_address()
                ),
                "try again when one is forgotten; whoever runs the server can raise --max-runs-per-address",
            ),
            again,
        ),
        NoRun::NoRandomBits => (
            ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "the system has no random bits for the name of a run",
                "try again in a while",
            ),
            Duration::from_secs(10),
        ),
    };
    error.header(header::RETRY_AFTER, retry_after(retry))
}

/// A time in whole seconds, rounded up so that the next try is not too early.
pub fn retry_after(time: Duration) -> HeaderValue {
    let begun = u64::from(time.subsec_nanos() > 0);
    HeaderValue::from((time.as_secs() + begun).max(1))
}

/// `GET /transports/runs/RUN`: what reading it has cost so far.
///
/// # Errors
///
/// 403 for a page of another origin, 404 for an unknown run.
pub async fn tell(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let cross_origin = same_site(&app.config, &headers)?;
    let run = known(&app, &name)?;
    let us = run.us();
    let cost = RunCost {
        us,
        messages: run.stream.there(us),
        transports: run.ledger.costs(),
    };
    Ok(json(StatusCode::OK, &cost, cross_origin))
}

/// `POST /transports/runs/RUN/restart`: 204.
///
/// # Errors
///
/// 403 for a page of another origin, 404 for an unknown run, 400 for a body that is wrong.
pub async fn restart(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let cross_origin = same_site(&app.config, &headers)?;
    let run = known(&app, &name)?;
    let asked = read(
        body,
        RunRestart::check,
        "nothing was restarted; send JSON such as {\"down_ms\":2000}",
    )
    .await?;
    run.restart(Duration::from_millis(asked.down_ms.into()), Instant::now());
    let headers = [(header::CONTENT_SECURITY_POLICY, QUIET_POLICY)];
    Ok((StatusCode::NO_CONTENT, headers, cross_origin).into_response())
}
