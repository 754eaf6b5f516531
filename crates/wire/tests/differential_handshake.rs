//! The same requests, judged by this crate and by tungstenite's server, which is built on httparse as well but judges by
//! itself.

use std::io::{self, Cursor, Read, Write};

use proptest::prelude::*;
use tungstenite::HandshakeError;
use wire::handshake::{Policy, Request, Requirement, Response, judge_request};

/// A stream that holds a request and keeps the answer.
struct Stream {
    request: Cursor<Vec<u8>>,
    answer: Vec<u8>,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.request.read(buffer)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.answer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The answer of tungstenite's server, where it accepts.
fn theirs(request: &str) -> Option<Vec<u8>> {
    let stream = Stream {
        request: Cursor::new(request.as_bytes().to_vec()),
        answer: Vec::new(),
    };
    match tungstenite::accept(stream) {
        Ok(socket) => Some(socket.get_ref().answer.clone()),
        Err(HandshakeError::Failure(_)) => None,
        Err(HandshakeError::Interrupted(_)) => panic!("the stream never blocks"),
    }
}

/// What tungstenite 0.30 does not look at, so that it accepts where we refuse. The RFC requires each of a server.
const UNCHECKED: [Requirement; 6] = [
    // RFC 6455 §4.2.1, items 1 and 2.
    Requirement::Target,
    Requirement::Host,
    // §11.3.4, §9.1: lists that break their grammar.
    Requirement::Protocols,
    Requirement::Extensions,
    // §11.3.1, §11.3.5: a header that must not appear twice; tungstenite reads the first.
    Requirement::Key,
    Requirement::Version,
];

/// Nine times in ten the first, otherwise any.
fn line(choices: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop_oneof![9 => Just(choices[0]), 4 => prop::sample::select(choices)]
}

fn request() -> impl Strategy<Value = String> {
    let first = line(&[
        "GET /chat HTTP/1.1",
        "POST /chat HTTP/1.1",
        "GET /chat HTTP/1.0",
        "GET /chat#x HTTP/1.1",
        "GET http://a.example/ HTTP/1.1",
        "GET  /chat HTTP/1.1",
        "get /chat HTTP/1.1",
        "GET /chat",
    ]);
    let host = line(&[
        "Host: a.example\r\n",
        "",
        "Host:\r\n",
        "host : a\r\n",
        "Host: a\r\nHost: b\r\n",
    ]);
    let upgrade = line(&[
        "Upgrade: websocket\r\n",
        "upgrade:\tWebSocket \r\n",
        "Upgrade: websocket, h2c\r\n",
        "Upgrade: h2c\r\n",
        "",
    ]);
    let connection = line(&[
        "Connection: Upgrade\r\n",
        "Connection: keep-alive, upgrade\r\n",
        "Connection: keep-alive\r\nConnection: Upgrade\r\n",
        "Connection: keep-alive Upgrade\r\n",
        "Connection: close\r\n",
        "",
    ]);
    let version = line(&[
        "Sec-WebSocket-Version: 13\r\n",
        "Sec-WebSocket-Version: 8\r\n",
        "Sec-WebSocket-Version: 13, 8\r\n",
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n",
        "",
    ]);
    let key = line(&[
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAB==\r\n",
        "Sec-WebSocket-Key: !\r\n",
        "Sec-WebSocket-Key:\r\n",
        "",
    ]);
    let more = line(&[
        "",
        "Origin: https://a.example\r\n",
        "Sec-WebSocket-Protocol: a, b\r\n",
        "Sec-WebSocket-Protocol: a, a\r\n",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
        "Sec-WebSocket-Extensions: ;\r\n",
        "X: \u{e9}\r\n",
        " folded\r\n",
        "X: a\u{0}b\r\n",
    ]);
    (first, host, upgrade, connection, version, key, more).prop_map(
        |(first, host, upgrade, connection, version, key, more)| {
            format!("{first}\r\n{host}{upgrade}{connection}{version}{key}{more}\r\n")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn tungstenite_judges_the_same(request in request()) {
        let verdict = judge_request(&Request::parse(request.as_bytes()), &Policy::default());
        let broken: Vec<_> = verdict.findings.iter().filter(|f| !f.met).map(|f| f.requirement).collect();
        match theirs(&request) {
            Some(answer) if verdict.accepted() => {
                let accept = |bytes: &[u8]| {
                    let response = Response::parse(bytes).unwrap();
                    response.head().value("sec-websocket-accept").map(str::to_owned)
                };
                prop_assert_eq!(accept(&answer), accept(&verdict.answer().bytes));
            }
            Some(_) => {
                // It splits `Connection` at spaces as well, so that `keep-alive Upgrade`, which is no list of tokens
                // (RFC 9110 §7.6.1), passes there.
                let spaced = request.contains("keep-alive Upgrade");
                let unchecked = broken.iter().all(|r| {
                    UNCHECKED.contains(r) || (spaced && *r == Requirement::Connection)
                });
                prop_assert!(unchecked, "only tungstenite accepts: {request}\n{broken:?}");
            }
            None => {
                // RFC 6455 §4.2.1: "an |Upgrade| header field containing the value 'websocket'", and RFC 9110 §5.3: a
                // list may be spread over lines. tungstenite wants the value alone, and reads the first line.
                let lists = request.contains("websocket, h2c")
                    || request.contains("keep-alive\r\nConnection: Upgrade");
                prop_assert!(!broken.is_empty() || lists, "only we accept: {request}");
            }
        }
    }
}
