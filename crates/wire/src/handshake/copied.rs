//! Heads as people copy them: the last empty line lost, or the first line.

use super::head::{Head, Request, Response, head_len};
use super::malformed::Malformed;

/// The empty line that ends a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The empty line is there.
    There,
    /// The text ends behind a line in CR LF, as on the wire, and no empty line follows.
    Missing,
    /// The text ends in LF or in the midst of its last line: whoever copied it has lost the end.
    Lost,
}

/// What could be read of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// All of the head, or why it is none.
    Whole(Result<T, Malformed>),
    /// Header lines: the first line is not in the text.
    HeadersOnly(Head),
}

/// The head of a message as it was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied<T> {
    /// What could be read. Where the empty line is not in the text, it is added at the end, so that the spans of
    /// everything else are those of the text.
    pub found: Found<T>,
    /// Whether the empty line is in the text.
    pub end: End,
}

impl Copied<Request> {
    /// Reads a request.
    pub fn request(text: &[u8]) -> Copied<Request> {
        Copied::read(text, Request::parse)
    }

    /// The request, where all of its head is there.
    pub fn whole(&self) -> Option<&Request> {
        match &self.found {
            Found::Whole(request) => request.as_ref().ok(),
            Found::HeadersOnly(_) => None,
        }
    }

    /// The header lines, where they can be read.
    pub fn head(&self) -> Option<&Head> {
        match &self.found {
            Found::Whole(request) => request.as_ref().ok().map(Request::head),
            Found::HeadersOnly(head) => Some(head),
        }
    }
}

impl Copied<Response> {
    /// Reads a response.
    pub fn response(text: &[u8]) -> Copied<Response> {
        Copied::read(text, Response::parse)
    }

    /// The response, where all of its head is there.
    pub fn whole(&self) -> Option<&Response> {
        match &self.found {
            Found::Whole(response) => response.as_ref().ok(),
            Found::HeadersOnly(_) => None,
        }
    }

    /// The header lines, where they can be read.
    pub fn head(&self) -> Option<&Head> {
        match &self.found {
            Found::Whole(response) => response.as_ref().ok().map(Response::head),
            Found::HeadersOnly(head) => Some(head),
        }
    }
}

impl<T> Copied<T> {
    fn read(text: &[u8], parse: fn(&[u8]) -> Result<T, Malformed>) -> Copied<T> {
        let (ended, end) = with_end(text);
        let headers = begins_with_header(&ended)
            .then(|| Head::parse(&ended).ok())
            .flatten();
        let found = match headers {
            Some(head) => Found::HeadersOnly(head),
            None => Found::Whole(parse(&ended)),
        };
        Copied { found, end }
    }
}

/// The text with an empty line at the end of the head.
fn with_end(text: &[u8]) -> (Vec<u8>, End) {
    if head_len(text).is_some() {
        return (text.to_vec(), End::There);
    }
    let (add, end): (&[u8], End) = match text {
        [] | [.., b'\r', b'\n'] if text.iter().all(|b| matches!(b, b'\r' | b'\n')) => {
            (b"", End::Lost)
        }
        [.., b'\r', b'\n'] => (b"\r\n", End::Missing),
        [.., b'\n'] => (b"\n", End::Lost),
        [.., b'\r'] => (b"\n\r\n", End::Lost),
        _ => (b"\r\n\r\n", End::Lost),
    };
    ([text, add].concat(), end)
}

/// Whether the first line is a header line, as in a copy that lacks the line before it.
fn begins_with_header(text: &[u8]) -> bool {
    let line = text
        .split(|b| *b == b'\n')
        .find(|line| !matches!(line, [] | [b'\r']));
    let name = line.and_then(|line| {
        line.split(|b| *b == b':')
            .next()
            .filter(|name| name.len() < line.len())
    });
    name.and_then(|name| std::str::from_utf8(name).ok())
        .is_some_and(super::list::is_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_copy_has_lost_is_told_from_what_was_never_there() {
        for (text, end) in [
            ("GET / HTTP/1.1\r\nA: b\r\n\r\n", End::There),
            ("GET / HTTP/1.1\nA: b\n\nbody", End::There),
            ("GET / HTTP/1.1\r\nA: b\r\n", End::Missing),
            ("GET / HTTP/1.1\nA: b\n", End::Lost),
            ("GET / HTTP/1.1\r\nA: b", End::Lost),
            ("GET / HTTP/1.1\r\nA: b\r", End::Lost),
        ] {
            let copied = Copied::request(text.as_bytes());
            assert_eq!(copied.end, end, "{text:?}");
            let value = copied.head().and_then(|head| head.value("a"));
            assert_eq!(value, Some("b"), "{text:?}");
        }
    }

    #[test]
    fn header_lines_alone_are_read() {
        let copied = Copied::request(b"Host: a\r\nUpgrade: websocket\r\n\r\n");
        assert_eq!(copied.whole(), None);
        let head = copied.head().unwrap();
        assert_eq!(head.value("upgrade"), Some("websocket"));
        assert_eq!(head.text(&head.lines()[0].value), "a");
        // A target with a colon is no header line.
        let copied = Copied::request(b"GET ws://a/ HTTP/1.1\r\n\r\n");
        assert!(copied.whole().is_some());
    }

    #[test]
    fn any_text_is_read() {
        for text in ["", "\n", "\r\n", "\r\n\r\n", "x", ":", "é: b", "\0", "\r"] {
            assert!(
                Copied::request(text.as_bytes()).whole().is_none(),
                "{text:?}"
            );
            assert!(
                Copied::response(text.as_bytes()).whole().is_none(),
                "{text:?}"
            );
        }
    }
}
