use super::*;
use crate::live::stream::Streams;
use wire::deflate::{Deflater, Params};
use wire::frame::{Header, encode};

fn plain(kind: &EntryKind) -> String {
    let words = line(kind).into_iter().map(|part| match part {
        Part::Strong(s) | Part::Code(s) | Part::Plain(s) | Part::Bad(s) => s,
    });
    words.collect::<Vec<_>>().join(" | ").replace('\u{a0}', " ")
}

fn opened() -> (Streams, Vec<EntryKind>) {
    let mut streams = Streams::default();
    let request =
        b"GET /echo?wire=1&ping=5s HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let answer =
        b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    let mut kinds = streams.push(Role::Client, 0, request);
    kinds.extend(streams.push(Role::Server, 600, answer));
    (streams, kinds.into_iter().map(|(_, what)| what).collect())
}

fn frame(from: Role, opcode: Opcode, payload: &[u8], rsv1: bool) -> Vec<u8> {
    let key = (from == Role::Client).then_some([0x37, 0xfa, 0x21, 0x3d]);
    let mut header = Header::new(opcode, payload.len() as u64, key);
    header.rsv1 = rsv1;
    let mut out = Vec::new();
    encode(&header, payload, &mut out);
    out
}

#[test]
fn lines_say_what_crossed() {
    use Role::{Client, Server};
    let (mut streams, kinds) = opened();
    assert_eq!(plain(&kinds[0]), "GET /echo | Upgrade: websocket");
    assert_eq!(
        plain(&kinds[1]),
        "101 | Switching Protocols | permessage-deflate"
    );
    let long = "a".repeat(2000);
    let deflated = Deflater::new(&Params::default(), Client).message(long.as_bytes());
    for (from, opcode, payload, rsv1, said) in [
        (
            Client,
            Opcode::Text,
            &b"Hello"[..],
            false,
            "text | “Hello” | 11 bytes | masked",
        ),
        (
            Server,
            Opcode::Text,
            b"Hello",
            false,
            "text | “Hello” | 7 bytes",
        ),
        (
            Client,
            Opcode::Text,
            &deflated,
            true,
            "text | 2,000 chars | RSV1 | 21 bytes deflated | masked",
        ),
        (
            Server,
            Opcode::Ping,
            &[0, 42],
            false,
            "ping | 00 2a | your script never sees this",
        ),
        (
            Client,
            Opcode::Pong,
            &[0, 42],
            false,
            "pong | 00 2a | the browser answered by itself",
        ),
        (
            Server,
            Opcode::Binary,
            &[1; 9],
            false,
            "binary | 01 01 01 01 01 01 01 01 … | 11 bytes",
        ),
        (
            Server,
            Opcode::Binary,
            &[],
            false,
            "binary | empty | 2 bytes",
        ),
        (
            Client,
            Opcode::Close,
            &[3, 0xe8],
            false,
            "close | 1000 | normal closure | 8 bytes | masked",
        ),
        (
            Server,
            Opcode::Close,
            b"\x03\xe8bye",
            false,
            "close | 1000 | “bye” | 7 bytes",
        ),
        (
            Server,
            Opcode::Close,
            &[],
            false,
            "close | without a code | 2 bytes",
        ),
        (
            Server,
            Opcode::Reserved(3),
            &[],
            false,
            "reserved | 2 bytes | reserved opcode",
        ),
    ] {
        let (_, what) = streams
            .push(from, 0, &frame(from, opcode, payload, rsv1))
            .remove(0);
        let text = plain(&what);
        let text = text.replace(
            &format!("{} bytes deflated", deflated.len()),
            "21 bytes deflated",
        );
        assert_eq!(text, said);
    }
}

#[test]
fn silence_is_told() {
    let (_, kinds) = opened();
    let entry = |kind: &EntryKind, us, connection| Entry {
        id: 0,
        connection,
        us: Some(us),
        kind: kind.clone(),
    };
    let answer = entry(&kinds[1], 600, 1);
    let said = |later| {
        between(&answer, Some(&entry(&kinds[0], later, 1))).map(|s| s.replace('\u{a0}', " "))
    };
    assert_eq!(between(&answer, None).as_deref(), Some("HTTP ends here"));
    assert_eq!(
        said(2_100_600).as_deref(),
        Some("HTTP ends here · 2.1 s of nothing, for free")
    );
    assert_eq!(said(0).as_deref(), Some("HTTP ends here"));
    let request = entry(&kinds[0], 0, 1);
    assert_eq!(between(&request, Some(&answer)), None);
    assert_eq!(
        between(&request, Some(&entry(&kinds[1], 5_000_000, 2))),
        None
    );
}

#[test]
fn times() {
    let plain = |s: String| s.replace('\u{a0}', " ");
    assert_eq!(plain(ms(0)), "0.0");
    assert_eq!(plain(ms(649)), "0.6");
    assert_eq!(plain(ms(2_104_249)), "2,104.2");
    assert_eq!(plain(ms(999_960)), "1,000.0");
    assert_eq!(plain(span(310)), "0.31 ms");
    assert_eq!(plain(span(12_400)), "12.4 ms");
    assert_eq!(plain(span(185_000_000)), "3 min 5 s");
    ms(u64::MAX);
    span(u64::MAX);
}

#[test]
fn who_ended_tcp_is_not_who_began_to_close() {
    let said = |why: &str| {
        let parts = line(&EntryKind::End(why.into()));
        let words = parts.into_iter().map(|part| match part {
            Part::Strong(text) | Part::Plain(text) | Part::Code(text) | Part::Bad(text) => text,
        });
        words.collect::<Vec<_>>().join(" ")
    };
    let began = said("closed by client, 1000");
    assert!(began.contains("the server’s FIN comes first"), "{began}");
    assert!(began.contains("the client’s, 1000"), "{began}");
    assert!(said("closed by server, 1001: bye").contains("its own, 1001: bye"));
    let left = said("closed by client without a close frame");
    assert!(left.contains("client’s FIN comes first"), "{left}");
    assert_eq!(said("reset by client"), "TCP ends reset by client");
}
