//! Bytes that are not an HTTP/1.x head: what is wrong with them, and where.

use std::fmt;

use super::head::MAX_HEADERS;

/// The most characters of a line that a message quotes.
const LONGEST_QUOTE: usize = 60;

/// What bytes are read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A request line and header lines.
    Request,
    /// A status line and header lines.
    Response,
    /// Header lines alone.
    Headers,
}

impl Part {
    /// Why the bytes cannot be the beginning of one, where they cannot.
    pub(crate) fn error(self, bytes: &[u8]) -> Option<httparse::Error> {
        let mut lines = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
        match self {
            Part::Request => httparse::Request::new(&mut lines).parse(bytes).err(),
            Part::Response => httparse::Response::new(&mut lines).parse(bytes).err(),
            Part::Headers => httparse::parse_headers(bytes, &mut lines).err(),
        }
    }
}

/// Bytes that are not an HTTP/1.x head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong.
    pub message: String,
    /// The offset of the first byte with which the head cannot be one; the head's length where it ends too early.
    pub at: usize,
}

impl Malformed {
    /// A head of `len` bytes that has no empty line yet.
    pub(crate) fn unended(len: usize) -> Malformed {
        let message = if len == 0 {
            "There is nothing here."
        } else {
            "The head ends before its empty line."
        };
        Malformed {
            message: message.to_owned(),
            at: len,
        }
    }

    /// httparse says what is wrong, but not where. The place is the last byte of the shortest beginning that it
    /// refuses; whoever refuses a beginning refuses all that is longer, so halving finds it.
    pub(crate) fn locate(error: httparse::Error, head: &[u8], part: Part) -> Malformed {
        let refuses = |n: usize| part.error(head.get(..n).unwrap_or(head)).is_some();
        let (mut fine, mut bad) = (0, head.len());
        while bad - fine > 1 {
            let middle = fine + (bad - fine) / 2;
            if refuses(middle) {
                bad = middle;
            } else {
                fine = middle;
            }
        }
        let at = bad.saturating_sub(1);
        let line = quoted_line(head, at);
        let message = match (error, part) {
            _ if part != Part::Headers && line.starts_with(":") => format!(
                "`{line}` is a pseudo-header of HTTP/2 or HTTP/3. There a WebSocket opens by CONNECT and status 200, without key and accept value (RFC 8441)."
            ),
            (httparse::Error::HeaderName, _) => format!(
                "`{line}` is not a header line: a name of token characters, a colon right after it, and a value."
            ),
            (httparse::Error::HeaderValue, _) => {
                format!("The value in `{line}` holds a control character.")
            }
            (httparse::Error::NewLine, _) => {
                format!("The line `{line}` does not end in CR LF.")
            }
            (httparse::Error::Status, _) => {
                format!("The status in `{line}` is not three digits.")
            }
            (httparse::Error::TooManyHeaders, _) => {
                format!("There are more than {MAX_HEADERS} header lines.")
            }
            (httparse::Error::Version, Part::Response) if line.starts_with("HTTP/") => format!(
                "`{line}` does not begin with HTTP/1.1. HTTP/2 and HTTP/3 have no 101; there a WebSocket opens by CONNECT (RFC 8441)."
            ),
            (httparse::Error::Version, Part::Response) => {
                format!("`{line}` does not begin with HTTP/1.1, so it does not switch protocols.")
            }
            (httparse::Error::Version | httparse::Error::Token, _) => format!(
                "`{line}` is not a request line: a method, a space, a target, a space and HTTP/1.1."
            ),
        };
        Malformed { message, at }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.at)
    }
}

impl std::error::Error for Malformed {}

/// The line in which a byte lies, as a message can quote it: without control characters and backticks, and not too long.
fn quoted_line(head: &[u8], at: usize) -> String {
    let before = head.get(..at).unwrap_or_default();
    let start = before
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |n| n + 1);
    let rest = head.get(start..).unwrap_or_default();
    let rest = match rest.iter().position(|b| *b == b'\n') {
        Some(end) => rest.get(..end).unwrap_or(rest),
        None => rest,
    };
    let text = String::from_utf8_lossy(rest);
    let mut quoted = String::new();
    for (n, c) in text.trim_end_matches('\r').chars().enumerate() {
        if n == LONGEST_QUOTE {
            quoted.push('…');
            break;
        }
        match c {
            '`' => quoted.push('\''),
            _ if c.is_control() => quoted.extend(c.escape_default()),
            _ => quoted.push(c),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use crate::handshake::{Request, Response};

    #[test]
    fn a_message_says_what_is_wrong_and_quotes_the_line() {
        for (bytes, says) in [
            (
                "GET /chat HTTP/2.0\r\n\r\n",
                "`GET /chat HTTP/2.0` is not a request line",
            ),
            ("GET /chat\r\n\r\n", "`GET /chat` is not a request line"),
            (
                "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
                "`Host : x` is not a header line",
            ),
            (
                "GET / HTTP/1.1\r\nA: \u{1}`\r\n\r\n",
                "The value in `A: \\u{1}'` holds a control character.",
            ),
            ("", "There is nothing here."),
            (
                ":method: CONNECT\r\n:protocol: websocket\r\n\r\n",
                "`:method: CONNECT` is a pseudo-header of HTTP/2",
            ),
        ] {
            let error = Request::parse(bytes.as_bytes()).unwrap_err();
            assert!(error.message.starts_with(says), "{bytes:?}: {error}");
        }
        for (bytes, says) in [
            (
                "HTTP/1.1 1O1 Switching\r\n\r\n",
                "The status in `HTTP/1.1 1O1 Switching` is not three digits.",
            ),
            (
                "HTTP/2 101\r\n\r\n",
                "`HTTP/2 101` does not begin with HTTP/1.1",
            ),
            ("<html>\r\n\r\n", "`<html>` does not begin with HTTP/1.1"),
        ] {
            let error = Response::parse(bytes.as_bytes()).unwrap_err();
            assert!(error.message.starts_with(says), "{bytes:?}: {error}");
        }
    }
}
