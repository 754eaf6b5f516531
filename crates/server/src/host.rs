//! Which host a request may ask for.
//!
//! A page of a foreign name whose owner points that name at this machine has this server as its own origin ("DNS
//! rebinding"): only the name tells that the page is not ours. So a server that listens on the loopback answers for the
//! names of the loopback and for those of `--host`. An address instead of a name can't be pointed anywhere.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::Request,
    http::{StatusCode, Uri, Version, header, uri::Authority},
};

use crate::{api_error::ApiError, config::Config};

/// The hosts that are answered for.
#[derive(Debug)]
pub struct Hosts {
    /// Names that `--host` gave, in lower case.
    names: Vec<String>,
    /// Whether any name will do: the server is reached by others, who know it by names that it doesn't know.
    any: bool,
}

impl Hosts {
    /// The hosts of a server that listens on `listen`.
    pub fn new(config: &Config, listen: SocketAddr) -> Self {
        Self {
            names: config.hosts.clone(),
            any: config.hosts.is_empty() && !listen.ip().is_loopback(),
        }
    }

    /// Whether this host is one of them, without a port.
    fn has(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        let address = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        self.any
            || host == "localhost"
            || host.ends_with(".localhost")
            || address.unwrap_or(host).parse::<IpAddr>().is_ok()
            || self.names.iter().any(|name| name == host)
    }

    /// Judges whom a request asks (RFC 9112 §3.2).
    ///
    /// # Errors
    ///
    /// 400 for no host, more than one, or one that can't be read; 421 for another server's.
    pub fn judge(&self, request: &Request) -> Result<(), ApiError> {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (host, more) = (hosts.next(), hosts.next().is_some());
        let wrong = |what: &str| {
            ApiError::new(
                StatusCode::BAD_REQUEST,
                format!("the request has {what} (RFC 9112 section 3.2)"),
                "send exactly one Host header, with the host and port of this server's address",
            )
        };
        if more {
            return Err(wrong("more than one Host"));
        }
        let Some(host) = host else {
            // HTTP/1.0 didn't have it, and no browser speaks that.
            return match request.version() {
                Version::HTTP_10 => Ok(()),
                _ => Err(wrong("no Host")),
            };
        };
        let host = host
            .to_str()
            .ok()
            .and_then(|host| host.parse::<Authority>().ok())
            .filter(|host| !host.as_str().contains('@'))
            .ok_or_else(|| wrong("a Host that is not valid"))?;
        // A whole URL as the target overrules the header (RFC 9112 §3.2.2); here both have to be right.
        let target = request.uri().authority();
        for asked in [Some(&host), target].into_iter().flatten() {
            if !self.has(asked.host()) {
                return Err(ApiError::new(
                    StatusCode::MISDIRECTED_REQUEST,
                    format!("this server does not answer for {}", asked.host()),
                    "use localhost or the server's IP address; whoever runs the server can allow a name with --host",
                ));
            }
        }
        Ok(())
    }
}

/// Reads a name that `--host` gives.
///
/// # Errors
///
/// A sentence for one with a scheme, a port or a path.
pub fn parse_host(text: &str) -> Result<String, String> {
    let name = text.to_ascii_lowercase();
    let is_host = format!("http://{name}")
        .parse::<Uri>()
        .is_ok_and(|uri| uri.host() == Some(&name));
    if is_host && !name.is_empty() {
        Ok(name)
    } else {
        Err("write a name without scheme and port, such as duplex.example".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_loopback_and_those_that_are_given() {
        let hosts = Hosts {
            names: vec!["duplex.example".into()],
            any: false,
        };
        for yes in [
            "localhost",
            "LOCALHOST",
            "a.localhost",
            "127.0.0.1",
            "[::1]",
            "duplex.example",
            "Duplex.Example.",
        ] {
            assert!(hosts.has(yes), "{yes}");
        }
        for no in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "",
            "duplex.example.org",
        ] {
            assert!(!hosts.has(no), "{no}");
        }
    }

    #[test]
    fn names_have_no_port() {
        assert_eq!(parse_host("Duplex.example"), Ok("duplex.example".into()));
        for bad in ["", "http://a", "a:80", "a/b", "u@a", "a b"] {
            assert!(parse_host(bad).is_err(), "{bad}");
        }
    }
}
