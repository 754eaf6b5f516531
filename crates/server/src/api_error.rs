//! Errors that say what was wrong and what to do, and the check of who asks.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use protocol::ErrorBody;

use crate::{config::Config, wires::Refused};

/// An error as JSON: an [`ErrorBody`].
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    error: String,
    what_to_do: &'static str,
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

impl ApiError {
    /// An error without headers of its own.
    pub fn new(status: StatusCode, error: impl Into<String>, what_to_do: &'static str) -> Self {
        Self {
            status,
            error: error.into(),
            what_to_do,
            headers: Vec::new(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            error: self.error,
            what_to_do: self.what_to_do.to_owned(),
        };
        // Strings can't fail to be written.
        let body = serde_json::to_string(&body).unwrap_or_default();
        let mut headers = HeaderMap::from_iter(self.headers);
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        (self.status, headers, format!("{body}\n")).into_response()
    }
}

/// The answer to an id that can't be used.
pub fn gone_wire(refused: Refused) -> ApiError {
    let what_to_do = "ask for a new wire with POST /api/wires";
    match refused {
        Refused::Unknown => ApiError::new(
            StatusCode::NOT_FOUND,
            "there is no such wire: an id is good for one WebSocket and one reader, for a short time",
            what_to_do,
        ),
        Refused::Taken => ApiError::new(
            StatusCode::GONE,
            "this wire is used already: an id is good for one WebSocket and one reader",
            what_to_do,
        ),
        Refused::TooMany => ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many wires are waiting to be used",
            "try again in a minute, or use /echo without a wire; whoever runs the server can raise --max-wires",
        )
        .header(header::RETRY_AFTER, HeaderValue::from_static("60")),
        Refused::TooManyOfAddress { again } => ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too many wires that your address asked for are waiting to be used",
            "use them, or try again when they are dropped; whoever runs the server can raise --max-wires-per-address",
        )
        // In whole seconds, rounded up so that the next try is not too early.
        .header(header::RETRY_AFTER, HeaderValue::from(again.as_secs() + 1)),
    }
}

/// Refuses a request that a page of another site made its visitor's browser send.
///
/// Browsers send `Origin` with every WebSocket handshake, POST and cross-origin request, and scripts can't change it.
/// Tools that aren't browsers need not send it, and have no visitor whose rights they could abuse.
///
/// For one of the origins that `--allow-origin` names, this returns the headers that let its page read the answer.
///
/// # Errors
///
/// 403 when there is an `Origin` that is neither the host that was asked nor one of `--allow-origin`.
pub fn same_site(config: &Config, headers: &HeaderMap) -> Result<HeaderMap, ApiError> {
    let refused = || {
        ApiError::new(
            StatusCode::FORBIDDEN,
            "pages of another origin may not use this server's wires",
            "open the page from this server, or start the server with --allow-origin and the page's origin",
        )
    };
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else {
        // A cross-origin GET without `Origin` (an <img>, say) still tells where it comes from, in newer browsers.
        return match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
            None | Some(b"same-origin" | b"none") => Ok(HeaderMap::new()),
            Some(_) => Err(refused()),
        };
    };
    let value = origin;
    let origin = value.to_str().map_err(|_| refused())?.to_ascii_lowercase();
    if origins.next().is_some() {
        return Err(refused());
    }
    if config.allow_origins.contains(&origin) {
        return Ok(HeaderMap::from_iter([
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, value.clone()),
            (header::VARY, HeaderValue::from_static("origin")),
        ]));
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let same = origin
        .parse::<Uri>()
        .ok()
        .and_then(|origin| {
            origin
                .authority()
                .map(|authority| authority.as_str().to_owned())
        })
        .zip(host)
        .is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(host));
    if same {
        Ok(HeaderMap::new())
    } else {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn who_may_use_wires() {
        let config =
            Config::parse_from(["duplex-server", "--allow-origin", "http://localhost:8081"]);
        let judge = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static("127.0.0.1:8080"));
            for (name, value) in pairs {
                headers.append(*name, HeaderValue::from_static(value));
            }
            same_site(&config, &headers).is_ok()
        };
        assert!(judge(&[]), "a tool");
        assert!(judge(&[("origin", "http://127.0.0.1:8080")]));
        assert!(judge(&[("origin", "http://LOCALHOST:8081")]));
        assert!(judge(&[("sec-fetch-site", "same-origin")]));
        assert!(!judge(&[("sec-fetch-site", "cross-site")]));
        assert!(!judge(&[("sec-fetch-site", "same-site")]));
        for foreign in [
            "http://evil.example",
            "http://127.0.0.1:8081",
            "http://127.0.0.1",
            "null",
            "",
            "127.0.0.1:8080x",
        ] {
            assert!(!judge(&[("origin", foreign)]), "{foreign}");
        }
        assert!(!judge(&[
            ("origin", "http://127.0.0.1:8080"),
            ("origin", "http://evil.example")
        ]));
    }
}
