//! Lines of an HTTP header: which ones they are, behind whatever stands before them.

/// Names of headers that handshakes have. What is none of them needs to stand at the beginning of its line.
const NAMES: [&str; 64] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "age",
    "allow",
    "alt-svc",
    "authorization",
    "cache-control",
    "cf-cache-status",
    "cf-ray",
    "connection",
    "content-encoding",
    "content-length",
    "content-security-policy",
    "content-type",
    "cookie",
    "date",
    "dnt",
    "etag",
    "expires",
    "forwarded",
    "host",
    "keep-alive",
    "last-modified",
    "location",
    "origin",
    "pragma",
    "proxy-connection",
    "referer",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-fetch-user",
    "sec-gpc",
    "sec-websocket-accept",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "sec-websocket-key1",
    "sec-websocket-key2",
    "sec-websocket-location",
    "sec-websocket-origin",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "server",
    "set-cookie",
    "strict-transport-security",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "user-agent",
    "vary",
    "via",
    "www-authenticate",
    "x-cache",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-powered-by",
    "x-real-ip",
    "x-request-id",
    "x-requested-with",
];

/// Whether a name is that of a header which handshakes have.
pub(crate) fn known(name: &str) -> bool {
    NAMES.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// Whether a name is one of the WebSocket protocol's.
pub(crate) fn own(name: &str) -> bool {
    name.get(..14)
        .is_some_and(|n| n.eq_ignore_ascii_case("sec-websocket-"))
}

/// The name of a header line, where the line is one (RFC 9110 §5.1: a token, then a colon).
pub(crate) fn name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    (!name.is_empty() && name.bytes().all(token)).then_some(name)
}

/// Where a header with a known name begins in a line, the first of them.
pub(crate) fn known_at(line: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(colon) = line.get(at..)?.find(':') {
        let colon = at + colon;
        let before = line.get(..colon)?;
        let token = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let begin = before.len() - before.chars().rev().take_while(|c| token(*c)).count();
        if begin >= from && known(before.get(begin..)?) {
            return Some(begin);
        }
        at = colon + 1;
    }
    None
}

/// The first line of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start<'a> {
    /// What stands before it.
    pub(crate) prefix: &'a str,
    pub(crate) line: &'a str,
    pub(crate) request: bool,
}

/// Finds the first line of a request or a response in a line of a text, with nothing but marks around it.
pub(crate) fn start(line: &str) -> Option<Start<'_>> {
    if let Some(whole) = versionless(line) {
        return Some(whole);
    }
    let (at, _) = line
        .match_indices("HTTP/")
        .find(|(at, _)| version(line.get(at + 5..).unwrap_or_default()).is_some())?;
    let before = line.get(..at)?;
    let rest = line.get(at + 5..)?;
    let after = rest.get(version(rest)?..)?;
    let status = after.strip_prefix(' ').unwrap_or_default();
    let code = status.bytes().take_while(u8::is_ascii_digit).count();
    // `GET /path HTTP/1.1`
    let request = before
        .trim_end()
        .rsplit_once(' ')
        .and_then(|(head, target)| {
            let head = head.trim_end();
            let method = head.len()
                - head
                    .bytes()
                    .rev()
                    .take_while(u8::is_ascii_uppercase)
                    .count();
            let length = head.len() - method;
            let target =
                target.starts_with(['/', '*']) || target.contains("://") || target.contains(':');
            ((3..=7).contains(&length) && target).then_some(method)
        });
    if let Some(begin) = request {
        let end = line.len() - after.len();
        // What follows a request line belongs to the log: an access log has the answer's status there.
        if !after
            .trim_matches(['"', '\'', ' ', '\r', '`', '|'])
            .is_empty()
        {
            return None;
        }
        return Some(Start {
            prefix: line.get(..begin)?,
            line: line.get(begin..end)?,
            request: true,
        });
    }
    if code != 3 || before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '/') {
        return None;
    }
    let line = line.get(at..)?.trim_end_matches(['\r', '`']);
    Some(Start {
        prefix: before,
        line,
        request: false,
    })
}

/// `GET /path` alone: the request of HTTP/0.9, or a line that lost its end, which is a fault to be judged.
fn versionless(line: &str) -> Option<Start<'_>> {
    let line = line.trim_end();
    let (method, target) = line.split_once(' ')?;
    let known = matches!(
        method,
        "GET" | "POST" | "PUT" | "HEAD" | "OPTIONS" | "CONNECT"
    );
    (known && target.starts_with('/') && !target.contains(' ')).then_some(Start {
        prefix: "",
        line,
        request: true,
    })
}

/// How long the version behind `HTTP/` is.
fn version(text: &str) -> Option<usize> {
    let digits = text
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    (1..=3).contains(&digits).then_some(digits)
}

/// What stands behind a prefix of this shape: the same characters, but for its digits.
pub(crate) fn behind<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    if let Some(rest) = line.strip_prefix(prefix) {
        return Some(rest);
    }
    let mut rest = line;
    let mut shape = prefix;
    while let Some(c) = shape.chars().next() {
        if c.is_ascii_digit() {
            let skip = |text: &str| text.bytes().take_while(u8::is_ascii_hexdigit).count();
            let (ours, theirs) = (skip(rest), skip(shape));
            if ours == 0 {
                return None;
            }
            rest = rest.get(ours..)?;
            shape = shape.get(theirs..)?;
        } else {
            rest = rest.strip_prefix(c)?;
            shape = shape.get(c.len_utf8()..)?;
        }
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_are_found_behind_prefixes() {
        for (text, prefix, line) in [
            ("GET / HTTP/1.1", "", "GET / HTTP/1.1"),
            ("> GET /a?b HTTP/1.1", "> ", "GET /a?b HTTP/1.1"),
            ("[DEBUG] GET / HTTP/1.1\r", "[DEBUG] ", "GET / HTTP/1.1"),
            (
                "RX: HTTP/1.1 101 Switching Protocols",
                "RX: ",
                "HTTP/1.1 101 Switching Protocols",
            ),
            ("E..4....GET / HTTP/1.1", "E..4....", "GET / HTTP/1.1"),
        ] {
            let found = start(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.prefix, found.line), (prefix, line));
        }
        for text in [
            "request: \"GET / HTTP/1.1\", host: \"a\"",
            "\"GET / HTTP/1.1\" 400 0",
            "HTTP/1.1 is old",
            "Upgrade: HTTP/2.0",
        ] {
            assert_eq!(start(text), None, "{text}");
        }
        assert_eq!(behind("[Line #10] Host: a", "[Line #1] "), Some("Host: a"));
        assert_eq!(behind("Host: a", "> "), None);
        assert_eq!(known_at("x DEBUG Host: a", 0), Some(8));
    }
}
