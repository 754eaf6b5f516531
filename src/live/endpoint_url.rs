//! Addresses: what may be typed into the box, and what it means.

use std::fmt;

use protocol::paths::ECHO;

/// How often the server is asked to ping, so that there is something to see that no script can see.
const PING: &str = "ping=5s";

/// Where the page came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Whether by https.
    pub secure: bool,
    /// Host and port, as in the address bar.
    pub host: String,
}

/// What an address leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The server's own echo, through a tap. Holds the options that the reader gave, without the `?`.
    Own(String),
    /// Any other server, as the browser alone sees it.
    Other(String),
}

impl Site {
    /// `ws` or `wss`, as the page itself came.
    pub fn scheme(&self) -> &'static str {
        if self.secure { "wss" } else { "ws" }
    }

    /// The address of the own echo.
    pub fn echo(&self) -> String {
        format!("{}://{}{ECHO}", self.scheme(), self.host)
    }
}

impl Target {
    /// The address to show.
    pub fn address(&self, site: &Site) -> String {
        match self {
            Target::Own(options) if options.is_empty() => site.echo(),
            Target::Own(options) => format!("{}?{options}", site.echo()),
            Target::Other(url) => url.clone(),
        }
    }

    /// Whether the page may choose to compress: on its own echo, where the reader’s options do not say.
    pub fn leaves_compression_open(&self) -> bool {
        matches!(self, Target::Own(options) if !has(options, "compress"))
    }

    /// Whether its bytes can be seen.
    pub fn is_own(&self) -> bool {
        matches!(self, Target::Own(_))
    }
}

fn has(options: &str, name: &str) -> bool {
    options
        .split('&')
        .any(|o| o.split('=').next() == Some(name))
}

/// The address of the echo for one connection: what the server gave, the reader's options, and ours.
pub fn echo_url(site: &Site, echo: &str, options: &str, compression: bool) -> String {
    let mut url = format!("{}://{}{echo}", site.scheme(), site.host);
    let given = |name: &str| has(options, name);
    let mut add = |option: &str| {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(option);
    };
    if !options.is_empty() {
        add(options);
    }
    if !given("ping") {
        add(PING);
    }
    if !compression && !given("compress") {
        add("compress=off");
    }
    url
}

/// Why an address cannot be used: what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// Nothing there.
    Empty,
    /// No scheme in front; holds the address with one.
    NoScheme(String),
    /// `http:` or `https:`; holds the address with the scheme that is meant.
    Http(String),
    /// Another scheme.
    Scheme(String),
    /// No host after the scheme.
    NoHost,
    /// A character that no address has, and its place, from 1.
    Character(char, usize),
    /// A port that is not a number up to 65,535.
    Port(String),
    /// A `#`; browsers refuse it.
    Fragment(usize),
    /// A name or password in front of the host.
    UserInfo,
    /// A `ws:` address on a page that came by https.
    Mixed(String),
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AddressError::Empty => {
                write!(f, "The address is empty. It starts with ws:// or wss://.")
            }
            AddressError::NoScheme(better) => {
                write!(f, "The address has no scheme. Try {better}.")
            }
            AddressError::Http(better) => write!(
                f,
                "A WebSocket has a scheme of its own: ws instead of http, wss instead of https. Try {better}."
            ),
            AddressError::Scheme(scheme) => write!(
                f,
                "“{scheme}:” is not a scheme for WebSockets. Use ws:// or, with TLS, wss://."
            ),
            AddressError::NoHost => write!(
                f,
                "After the scheme comes a host, such as wss://example.com/."
            ),
            AddressError::Character(c, at) => write!(
                f,
                "Character {at}, “{}”, cannot be in an address. Write it percent-encoded, or take it out.",
                c.escape_debug()
            ),
            AddressError::Port(port) => write!(
                f,
                "“{port}” is not a port. After the host’s colon comes a number from 1 to 65,535."
            ),
            AddressError::Fragment(at) => write!(
                f,
                "Character {at}, “#”, begins a fragment, which a WebSocket address must not have. Take it out, or write %23."
            ),
            AddressError::UserInfo => write!(
                f,
                "Browsers treat a name or password before the host differently, and this page does not take one. Take out everything up to the @."
            ),
            AddressError::Mixed(better) => write!(
                f,
                "This page came by https, so the browser blocks ws:// addresses as mixed content. Try {better}."
            ),
        }
    }
}

/// Reads what was typed.
pub fn parse(typed: &str, site: &Site) -> Result<Target, AddressError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(AddressError::Empty);
    }
    let odd = |c: char| c.is_whitespace() || c.is_control() || "\\\"<>^`{|}".contains(c);
    if let Some((at, c)) = typed.chars().enumerate().find(|(_, c)| odd(*c)) {
        return Err(AddressError::Character(c, at + 1));
    }
    if let Some(at) = typed.chars().position(|c| c == '#') {
        return Err(AddressError::Fragment(at + 1));
    }
    let Some((scheme, rest)) = typed.split_once("://") else {
        return Err(match typed.split_once(':') {
            Some((scheme, after)) if !after.starts_with(|c: char| c.is_ascii_digit()) => {
                AddressError::Scheme(scheme.to_owned())
            }
            _ => AddressError::NoScheme(format!("wss://{}", typed.trim_start_matches('/'))),
        });
    };
    let scheme = scheme.to_ascii_lowercase();
    match scheme.as_str() {
        "ws" | "wss" => {}
        "http" => return Err(AddressError::Http(format!("ws://{rest}"))),
        "https" => return Err(AddressError::Http(format!("wss://{rest}"))),
        _ => return Err(AddressError::Scheme(scheme)),
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    check_host(host)?;
    let site_host = host.eq_ignore_ascii_case(&site.host);
    let (place, options) = path.split_once('?').unwrap_or((path, ""));
    // An id of a wire is good for one connection: whoever brings one along wants the plain browser's view.
    let brings_wire = options.split('&').any(|o| o.starts_with("wire="));
    if site_host && scheme == site.scheme() && place == ECHO && !brings_wire {
        return Ok(Target::Own(options.to_owned()));
    }
    if site.secure && scheme == "ws" && !is_loopback(host) {
        return Err(AddressError::Mixed(format!("wss://{rest}")));
    }
    Ok(Target::Other(format!("{scheme}://{rest}")))
}

fn check_host(host: &str) -> Result<(), AddressError> {
    if host.contains('@') {
        return Err(AddressError::UserInfo);
    }
    let (name, port) = match host.rfind(']') {
        // An IPv6 address has colons of its own, inside brackets.
        Some(end) => (&host[..=end], host[end + 1..].strip_prefix(':')),
        None => match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, None),
        },
    };
    if name.is_empty() {
        return Err(AddressError::NoHost);
    }
    match port {
        Some(port) if !port.parse::<u16>().is_ok_and(|n| n > 0) => {
            Err(AddressError::Port(port.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Browsers trust the machine itself even on a page that came by https.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "::1" || name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(secure: bool) -> Site {
        Site {
            secure,
            host: "127.0.0.1:8080".into(),
        }
    }

    #[test]
    fn the_own_echo_is_known_by_its_address() {
        let own = |typed: &str| parse(typed, &site(false));
        assert_eq!(own("ws://127.0.0.1:8080/echo"), Ok(Target::Own("".into())));
        assert_eq!(
            own("  WS://127.0.0.1:8080/echo?fragment=4 "),
            Ok(Target::Own("fragment=4".into()))
        );
        for other in [
            "wss://127.0.0.1:8080/echo",
            "ws://127.0.0.1:8081/echo",
            "ws://127.0.0.1:8080/echo?wire=1",
            "ws://127.0.0.1:8080/lab/x",
        ] {
            assert_eq!(own(other), Ok(Target::Other(other.into())));
        }
        let target = own("ws://127.0.0.1:8080/echo?fragment=4").unwrap();
        assert_eq!(
            target.address(&site(false)),
            "ws://127.0.0.1:8080/echo?fragment=4"
        );
    }

    #[test]
    fn options_of_the_echo() {
        let url =
            |options, compression| echo_url(&site(true), "/echo?wire=ab", options, compression);
        assert_eq!(url("", true), "wss://127.0.0.1:8080/echo?wire=ab&ping=5s");
        assert!(Target::Own("ping=1s".into()).leaves_compression_open());
        assert!(!Target::Own("compress=on".into()).leaves_compression_open());
        assert_eq!(
            url("ping=1s", false),
            "wss://127.0.0.1:8080/echo?wire=ab&ping=1s&compress=off"
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        use AddressError::*;
        for (typed, error) in [
            ("", Empty),
            ("   ", Empty),
            ("example.com", NoScheme("wss://example.com".into())),
            (
                "localhost:8080/x",
                NoScheme("wss://localhost:8080/x".into()),
            ),
            ("//example.com", NoScheme("wss://example.com".into())),
            ("https://example.com/a", Http("wss://example.com/a".into())),
            ("http://example.com", Http("ws://example.com".into())),
            ("ftp://example.com", Scheme("ftp".into())),
            ("mailto:a", Scheme("mailto".into())),
            ("ws://", NoHost),
            ("ws:///path", NoHost),
            ("ws://:80/", NoHost),
            ("ws://a b", Character(' ', 7)),
            ("ws://a/\u{7}", Character('\u{7}', 8)),
            ("ws://a:x/", Port("x".into())),
            ("ws://a:/", Port("".into())),
            ("ws://a:0", Port("0".into())),
            ("ws://a:65536", Port("65536".into())),
            ("ws://a/#b", Fragment(8)),
            ("ws://me@a/", UserInfo),
        ] {
            assert_eq!(parse(typed, &site(false)), Err(error), "{typed}");
        }
        for fine in [
            "wss://example.com",
            "ws://[::1]:9000/a?b=c",
            "ws://ünï.example/",
        ] {
            assert_eq!(
                parse(fine, &site(false)),
                Ok(Target::Other(fine.into())),
                "{fine}"
            );
        }
    }

    #[test]
    fn mixed_content_is_named() {
        assert_eq!(
            parse("ws://example.com/a", &site(true)),
            Err(AddressError::Mixed("wss://example.com/a".into()))
        );
        for local in ["ws://localhost:1/", "ws://[::1]/", "ws://127.0.0.2/"] {
            assert!(parse(local, &site(true)).is_ok(), "{local}");
        }
    }
}
