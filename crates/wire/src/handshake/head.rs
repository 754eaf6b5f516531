//! The head of a request or a response, and where each part of it lies.

use std::borrow::Cow;
use std::ops::Range;

use super::list;
use super::malformed::{Malformed, Part};

/// Header lines that a head may have. A browser sends about fifteen.
pub const MAX_HEADERS: usize = 128;

/// Bytes up to the end of the head that `bytes` begin with: past the empty line that ends it. `None` while that line
/// has not come.
///
/// Empty lines before the first line do not count, and a line may end in LF alone (RFC 9112 §2.2).
pub fn head_len(bytes: &[u8]) -> Option<usize> {
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n'))?;
    let mut from = start;
    loop {
        from += bytes[from..].iter().position(|b| *b == b'\n')? + 1;
        match bytes[from..] {
            [b'\n', ..] => return Some(from + 1),
            [b'\r', b'\n', ..] => return Some(from + 2),
            _ => {}
        }
    }
}

/// A header line: the name and the value, as byte ranges in [`Head::bytes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderLine {
    /// The name, without the colon.
    pub name: Range<usize>,
    /// The value, without the white space around it.
    pub value: Range<usize>,
}

/// The bytes of a head and its header lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    bytes: Vec<u8>,
    lines: Vec<HeaderLine>,
}

impl Head {
    /// The head as it came, up to and including the empty line.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads header lines and the empty line behind them, without the line that comes first in a message.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Head, Malformed> {
        let mut lines = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
        match httparse::parse_headers(bytes, &mut lines) {
            Ok(httparse::Status::Complete((len, headers))) => {
                let head = bytes.get(..len).unwrap_or(bytes);
                Ok(Head {
                    lines: spans(head, headers),
                    bytes: head.to_vec(),
                })
            }
            Ok(httparse::Status::Partial) => Err(Malformed::unended(bytes.len())),
            Err(error) => Err(Malformed::locate(error, bytes, Part::Headers)),
        }
    }

    /// The header lines in the order in which they came.
    pub fn lines(&self) -> &[HeaderLine] {
        &self.lines
    }

    /// The bytes of a span, as text. A header value may hold any byte from 0x80 up (RFC 9110 §5.5); what is not
    /// UTF-8 shows as U+FFFD.
    pub fn text(&self, span: &Range<usize>) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes.get(span.clone()).unwrap_or_default())
    }

    /// Names and values in the order in which they came.
    pub fn headers(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        self.lines
            .iter()
            .map(|line| (self.text(&line.name), self.text(&line.value)))
    }

    /// The lines with this name, in any case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a HeaderLine> + 'a {
        self.lines
            .iter()
            .filter(move |line| self.bytes[line.name.clone()].eq_ignore_ascii_case(name.as_bytes()))
    }

    /// The value of the first line with this name. `None` when there is no such line, or its value is not UTF-8.
    pub fn value(&self, name: &str) -> Option<&str> {
        let line = self.all(name).next()?;
        simdutf8::basic::from_utf8(&self.bytes[line.value.clone()]).ok()
    }

    /// The values of every line with this name, joined by commas: one header may be spread over several lines
    /// (RFC 9110 §5.3). `None` when there is no such line.
    pub fn joined(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self.all(name).map(|line| self.text(&line.value)).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Whether the comma-separated list in the lines with this name holds a token, in any case.
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.all(name).any(|line| {
            list::tokens(&self.text(&line.value)).any(|t| t.eq_ignore_ascii_case(token))
        })
    }

    /// The extensions that the `Sec-WebSocket-Extensions` lines name, in order (RFC 6455 §9.1).
    pub fn extensions(&self) -> Result<Vec<list::Extension>, list::ListError> {
        match self.joined("sec-websocket-extensions") {
            Some(value) => list::extensions(&value),
            None => Ok(Vec::new()),
        }
    }

    /// The subprotocols that the `Sec-WebSocket-Protocol` lines name, in order (RFC 6455 §11.3.4).
    pub fn protocols(&self) -> Vec<String> {
        let joined = self.joined("sec-websocket-protocol").unwrap_or_default();
        list::tokens(&joined).map(str::to_owned).collect()
    }
}

/// A request's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    head: Head,
    method: Range<usize>,
    target: Range<usize>,
    version: Range<usize>,
}

impl Request {
    /// Reads a head, as [`head_len`] has cut it; what follows the empty line is ignored.
    pub fn parse(bytes: &[u8]) -> Result<Request, Malformed> {
        let head = cut(bytes, Part::Request)?;
        let mut lines = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut request = httparse::Request::new(&mut lines);
        if let Err(error) = request.parse(head) {
            return Err(Malformed::locate(error, head, Part::Request));
        }
        let method = span(head, request.method.unwrap_or_default().as_bytes());
        let target = span(head, request.path.unwrap_or_default().as_bytes());
        // One space, and then eight bytes of "HTTP/1.x": httparse has just seen them there.
        let version = find(head, target.end, b"HTTP/1.");
        Ok(Request {
            method,
            target,
            version,
            head: Head {
                lines: spans(head, request.headers),
                bytes: head.to_vec(),
            },
        })
    }

    /// The header lines.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The method: `GET` for a handshake.
    pub fn method(&self) -> Cow<'_, str> {
        self.head.text(&self.method)
    }

    /// The request target, such as `/chat?room=1`.
    pub fn target(&self) -> Cow<'_, str> {
        self.head.text(&self.target)
    }

    /// `HTTP/1.0` or `HTTP/1.1`.
    pub fn version(&self) -> Cow<'_, str> {
        self.head.text(&self.version)
    }

    /// Where the method lies in the head.
    pub fn method_span(&self) -> Range<usize> {
        self.method.clone()
    }

    /// Where the target lies in the head.
    pub fn target_span(&self) -> Range<usize> {
        self.target.clone()
    }

    /// Where the version lies in the head.
    pub fn version_span(&self) -> Range<usize> {
        self.version.clone()
    }
}

/// A response's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    head: Head,
    version: Range<usize>,
    status: Range<usize>,
    reason: Range<usize>,
    code: u16,
}

impl Response {
    /// Reads a head, as [`head_len`] has cut it; what follows the empty line is ignored.
    pub fn parse(bytes: &[u8]) -> Result<Response, Malformed> {
        let head = cut(bytes, Part::Response)?;
        let mut lines = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut lines);
        if let Err(error) = response.parse(head) {
            return Err(Malformed::locate(error, head, Part::Response));
        }
        let version = find(head, 0, b"HTTP/1.");
        let code = response.code.unwrap_or_default();
        let status = find(head, version.end, format!("{code:03}").as_bytes());
        // httparse gives an empty phrase where the phrase holds bytes that it does not like, so it is read here: the
        // rest of the line.
        let line_end = head[status.end..]
            .iter()
            .position(|b| matches!(b, b'\r' | b'\n'))
            .map_or(head.len(), |n| status.end + n);
        let reason = (status.end + 1).min(line_end)..line_end;
        Ok(Response {
            version,
            status,
            reason,
            code,
            head: Head {
                lines: spans(head, response.headers),
                bytes: head.to_vec(),
            },
        })
    }

    /// The header lines.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// `HTTP/1.0` or `HTTP/1.1`.
    pub fn version(&self) -> Cow<'_, str> {
        self.head.text(&self.version)
    }

    /// The status, 0–999: 101 for a handshake that succeeded.
    pub fn status(&self) -> u16 {
        self.code
    }

    /// The words after the status. They mean nothing to a program.
    pub fn reason(&self) -> Cow<'_, str> {
        self.head.text(&self.reason)
    }

    /// Where the version lies in the head.
    pub fn version_span(&self) -> Range<usize> {
        self.version.clone()
    }

    /// Where the three digits of the status lie in the head.
    pub fn status_span(&self) -> Range<usize> {
        self.status.clone()
    }

    /// Where the words after the status lie in the head; empty where there are none.
    pub fn reason_span(&self) -> Range<usize> {
        self.reason.clone()
    }
}

/// The head alone. Bytes that can no longer become one are told from bytes that are too few.
fn cut(bytes: &[u8], part: Part) -> Result<&[u8], Malformed> {
    if let Some(len) = head_len(bytes) {
        return Ok(&bytes[..len]);
    }
    Err(match part.error(bytes) {
        Some(error) => Malformed::locate(error, bytes, part),
        None => Malformed::unended(bytes.len()),
    })
}

fn spans(head: &[u8], headers: &[httparse::Header<'_>]) -> Vec<HeaderLine> {
    let line = |h: &httparse::Header<'_>| HeaderLine {
        name: span(head, h.name.as_bytes()),
        value: span(head, h.value),
    };
    headers.iter().map(line).collect()
}

/// Where a slice of `whole` lies in it.
fn span(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    if start <= whole.len() && part.len() <= whole.len() - start {
        start..start + part.len()
    } else {
        // An empty value may be a slice of nowhere.
        0..0
    }
}

/// Where `what` first stands at or after `from`. With `HTTP/1.`, the digit after it belongs to it too.
fn find(head: &[u8], from: usize, what: &[u8]) -> Range<usize> {
    let extra = usize::from(what.ends_with(b"."));
    head[from..]
        .windows(what.len())
        .position(|w| w == what)
        .map_or(from..from, |n| {
            from + n..(from + n + what.len() + extra).min(head.len())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &[u8] =
        b"GET /chat?a=1 HTTP/1.1\r\nHost: server.example.com\r\nUpgrade:websocket\r\n\
        Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: chat\r\nsec-websocket-protocol: superchat , x\r\nX-Empty:\r\n\r\n";

    #[test]
    fn the_end_of_a_head() {
        let end = REQUEST.len();
        for n in 0..end {
            assert_eq!(head_len(&REQUEST[..n]), None, "{n} bytes");
        }
        assert_eq!(head_len(REQUEST), Some(end));
        assert_eq!(
            head_len(&[REQUEST, b"\x81\x00\r\n\r\n"].concat()),
            Some(end)
        );
        assert_eq!(head_len(b"\r\n\r\nGET / HTTP/1.1\n\nxx"), Some(20));
    }

    #[test]
    fn a_request_and_where_its_parts_lie() {
        let request = Request::parse(REQUEST).unwrap();
        let slice = |span: Range<usize>| std::str::from_utf8(&REQUEST[span]).unwrap();
        assert_eq!(slice(request.method_span()), "GET");
        assert_eq!(slice(request.target_span()), "/chat?a=1");
        assert_eq!(slice(request.version_span()), "HTTP/1.1");
        let head = request.head();
        let pairs: Vec<_> = head
            .lines()
            .iter()
            .map(|l| (slice(l.name.clone()), slice(l.value.clone())))
            .collect();
        assert_eq!(pairs[0], ("Host", "server.example.com"));
        assert_eq!(pairs[1], ("Upgrade", "websocket"));
        assert_eq!(pairs[6], ("X-Empty", ""));
        assert_eq!(head.value("HOST"), Some("server.example.com"));
        assert_eq!(head.value("origin"), None);
        assert!(head.has_token("Connection", "upgrade"));
        assert!(!head.has_token("connection", "grade"));
        assert_eq!(head.protocols(), ["chat", "superchat", "x"]);
    }

    #[test]
    fn a_response_and_where_its_parts_lie() {
        for (first, status, reason) in [
            (
                "HTTP/1.1 101 Switching Protocols",
                101,
                "Switching Protocols",
            ),
            ("HTTP/1.0 403 ", 403, ""),
            ("HTTP/1.1 404", 404, ""),
            ("HTTP/1.1 101 101", 101, "101"),
            ("HTTP/1.1 200 d\u{e9}j\u{e0}", 200, "d\u{e9}j\u{e0}"),
        ] {
            let bytes = format!("{first}\r\nA: b\r\n\r\n");
            let response = Response::parse(bytes.as_bytes()).unwrap();
            assert_eq!(response.status(), status, "{first}");
            assert_eq!(
                &bytes[response.status_span()],
                status.to_string(),
                "{first}"
            );
            assert_eq!(response.reason(), reason, "{first}");
            assert_eq!(&bytes[response.version_span()], &first[..8]);
            assert_eq!(response.head().value("a"), Some("b"));
        }
    }

    #[test]
    fn what_is_not_a_head_says_where() {
        for (bytes, at) in [
            ("GET / HTTP/2.0\r\n\r\n", 11),
            ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 20),
            ("GET / HTTP/1.1\r\nA: \u{1}\r\n\r\n", 19),
            ("G\u{e9}T / HTTP/1.1\r\n\r\n", 1),
            ("GET / HTTP/1.1\r\nA: b", 20),
        ] {
            let error = Request::parse(bytes.as_bytes()).unwrap_err();
            assert_eq!(error.at, at, "{bytes:?}: {error}");
        }
        let many = format!(
            "GET / HTTP/1.1\r\n{}\r\n",
            "a: b\r\n".repeat(MAX_HEADERS + 1)
        );
        assert!(Request::parse(many.as_bytes()).is_err());
        assert!(Request::parse(b"").is_err());
        assert!(Response::parse(b"HTTP/1.1 1x1 \r\n\r\n").is_err());
    }
}
