use super::*;
use wire::deflate::Deflater;
use wire::frame::{Header, encode};

const REQUEST: &str = "GET /echo?wire=ab HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

fn answer(extensions: &str) -> String {
    let line = match extensions {
        "" => String::new(),
        e => format!("Sec-WebSocket-Extensions: {e}\r\n"),
    };
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n{line}\r\n"
    )
}

fn frame(header: Header, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode(&header, payload, &mut out);
    out
}

fn client(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    frame(
        Header::new(opcode, payload.len() as u64, Some(KEY)),
        payload,
    )
}

fn server(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    frame(Header::new(opcode, payload.len() as u64, None), payload)
}

fn opened(extensions: &str) -> Streams {
    let mut streams = Streams::default();
    streams.push(Role::Client, 10, REQUEST.as_bytes());
    streams.push(Role::Server, 600, answer(extensions).as_bytes());
    streams
}

fn frames(timed: Vec<Timed>) -> Vec<FrameEntry> {
    timed
        .into_iter()
        .map(|(_, what)| match what {
            EntryKind::Frame(frame) => *frame,
            other => panic!("not a frame: {other:?}"),
        })
        .collect()
}

fn text(frame: &FrameEntry) -> &str {
    match frame.message.as_ref().map(|m| &m.body) {
        Some(Body::Text(text, _)) => text,
        other => panic!("no text: {other:?}"),
    }
}

#[test]
fn the_handshake_and_hello() {
    let mut streams = Streams::default();
    let request = streams.push(Role::Client, 10, REQUEST.as_bytes());
    let EntryKind::Request(request) = &request[0].1 else {
        panic!("{request:?}")
    };
    assert_eq!(request.head().bytes(), REQUEST.as_bytes());
    let response = streams.push(Role::Server, 600, answer("").as_bytes());
    let (600, EntryKind::Response(response)) = &response[0] else {
        panic!("{response:?}")
    };
    assert!(response.accepted);
    assert_eq!(response.deflate, None);
    let bytes = client(Opcode::Text, b"Hello");
    let sent = frames(streams.push(Role::Client, 2000, &bytes));
    assert_eq!(sent[0].raw[..], bytes);
    assert_eq!(ui_hex(&sent[0].raw), "818537fa213d7f9f4d5158");
    assert_eq!(text(&sent[0]), "Hello");
    let echo = frames(streams.push(Role::Server, 2300, &server(Opcode::Text, b"Hello")));
    assert_eq!(ui_hex(&echo[0].raw), "810548656c6c6f");
    assert_eq!(echo[0].answers, Some(Answers::Message(300)));
}

fn ui_hex(bytes: &[u8]) -> String {
    crate::kit::number::hex(bytes)
}

#[test]
fn any_cut_gives_the_same() {
    let up = [REQUEST.as_bytes(), &client(Opcode::Text, b"Hello")].concat();
    let down = [
        answer("").as_bytes(),
        &server(Opcode::Ping, &[0, 42]),
        &server(Opcode::Text, b"Hello"),
    ]
    .concat();
    let run = |size: usize| {
        let mut streams = Streams::default();
        let mut out = Vec::new();
        for chunk in up.chunks(size) {
            out.extend(streams.push(Role::Client, 0, chunk));
        }
        for chunk in down.chunks(size) {
            out.extend(streams.push(Role::Server, 0, chunk));
        }
        out
    };
    let whole = run(10_000);
    assert_eq!(whole.len(), 5, "{whole:?}");
    for size in 1..40 {
        assert_eq!(run(size), whole, "pieces of {size}");
    }
}

#[test]
fn a_pong_is_paired_with_its_ping() {
    let mut streams = opened("");
    streams.push(Role::Server, 1000, &server(Opcode::Ping, &[1]));
    streams.push(Role::Server, 2000, &server(Opcode::Ping, &[2]));
    let pong = frames(streams.push(Role::Client, 2400, &client(Opcode::Pong, &[2])));
    assert_eq!(pong[0].answers, Some(Answers::Ping(400)));
    let late = frames(streams.push(Role::Client, 2500, &client(Opcode::Pong, &[1])));
    assert_eq!(late[0].answers, None);
}

#[test]
fn compressed_messages_are_readable_and_take_context_over() {
    let mut streams = opened("permessage-deflate");
    let mut deflater = Deflater::new(&Params::default(), Role::Client);
    let mut sizes = Vec::new();
    for _ in 0..2 {
        let payload = deflater.message(b"Hello");
        let mut header = Header::new(Opcode::Text, payload.len() as u64, Some(KEY));
        header.rsv1 = true;
        let read = frames(streams.push(Role::Client, 0, &frame(header, &payload)));
        assert_eq!(text(&read[0]), "Hello");
        assert!(read[0].violations.is_empty());
        sizes.push(read[0].message.as_ref().and_then(|m| m.deflated));
    }
    assert_eq!(sizes, [Some(7), Some(5)]);
}

#[test]
fn fragments_make_one_message() {
    let mut streams = opened("");
    let mut first = Header::new(Opcode::Text, 2, None);
    first.fin = false;
    let bytes = [
        frame(first, "é".as_bytes()),
        server(Opcode::Ping, b""),
        server(Opcode::Continuation, b"!"),
    ]
    .concat();
    let read = frames(streams.push(Role::Server, 0, &bytes));
    assert_eq!(read[0].fragment, Some(1));
    assert_eq!(read[0].message, None);
    assert_eq!(read[2].fragment, Some(2));
    assert_eq!(text(&read[2]), "é!");
    let alone = frames(streams.push(Role::Server, 0, &server(Opcode::Continuation, b"!")));
    assert!(alone[0].trouble.is_some());
}

#[test]
fn what_breaks_a_rule_is_shown_where_it_lies() {
    let mut streams = opened("");
    streams.push(Role::Server, 0, &server(Opcode::Text, b"abc"));
    let bad = frames(streams.push(Role::Server, 0, &server(Opcode::Text, b"a\xff")));
    assert_eq!(bad[0].violations[0].at, 3..4);
    let deaf = streams.push(
        Role::Server,
        0,
        &[0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3],
    );
    assert!(matches!(&deaf[..], [(_, EntryKind::Unread(_))]), "{deaf:?}");
    assert!(streams.push(Role::Server, 0, &[0x81, 0]).is_empty());
}

#[test]
fn an_answer_that_does_not_open() {
    let mut streams = Streams::default();
    streams.push(Role::Client, 0, REQUEST.as_bytes());
    let refusal = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno";
    let read = streams.push(Role::Server, 5, refusal);
    assert!(
        matches!(&read[..], [(5, EntryKind::Response(answer)), (5, EntryKind::Unread(_))] if !answer.accepted),
        "{read:?}"
    );
}

#[test]
fn no_bytes_make_it_panic() {
    let mut random = 1u64;
    for round in 0..2000 {
        let mut streams = if round % 2 == 0 {
            opened("permessage-deflate")
        } else {
            Streams::default()
        };
        for _ in 0..8 {
            let bytes: Vec<u8> = (0..round % 61)
                .map(|_| {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    random as u8
                })
                .collect();
            let from = if random & 1 == 0 {
                Role::Client
            } else {
                Role::Server
            };
            streams.push(from, random, &bytes);
        }
    }
}
