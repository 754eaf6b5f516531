use super::*;
use crate::live::entry::CloseInfo;
use protocol::{ConnectionEnd, SentBy};

pub const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A browser's close frame, masked with zeros so that the test can be read.
pub fn close(code: u16) -> Vec<u8> {
    let mut frame = vec![0x88, 0x82, 0, 0, 0, 0];
    frame.extend_from_slice(&code.to_be_bytes());
    frame
}

pub fn told(code: u16) -> Said {
    Said::Close(CloseInfo {
        code,
        reason: String::new(),
        clean: false,
    })
}

/// A run whose tap saw this answer's headers, then these frames, and these bytes of the client.
pub fn run(name: &str, headers: &str, server: &[u8], client: &[u8], said: &[Said]) -> Run {
    let fault = FaultNotes::named(name).expect("a fault");
    let mut run = Run::new(fault, Prediction::default(), true);
    let request = format!(
        "GET /lab/{name} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\
         Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    );
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{headers}\r\n"
    );
    let mut seq = 0;
    let mut tap = |run: &mut Run, from, bytes: &[u8]| {
        if !bytes.is_empty() {
            run.tap(TapEvent::Bytes(TapRecord {
                seq,
                us: seq * 1000,
                from,
                bytes: bytes.to_vec(),
            }));
            seq += 1;
        }
    };
    tap(&mut run, SentBy::Client, request.as_bytes());
    tap(&mut run, SentBy::Server, response.as_bytes());
    tap(&mut run, SentBy::Server, server);
    for (n, said) in said.iter().enumerate() {
        run.script(n as f64, said.clone());
    }
    tap(&mut run, SentBy::Client, client);
    run.settle(4000.0);
    run
}

/// A run whose handshake is right.
pub fn opened(name: &str, server: &[u8], client: &[u8], said: &[Said]) -> Run {
    let headers = format!("Sec-WebSocket-Accept: {ACCEPT}\r\n");
    let mut all = vec![Said::Open];
    all.extend_from_slice(said);
    run(name, &headers, server, client, &all)
}

fn kinds(run: &Run) -> Vec<String> {
    run.lines()
        .iter()
        .map(|line| match line {
            Line::Script(_, Said::Close(told)) => format!("close {}", told.code),
            Line::Script(_, said) => format!("{said:?}").to_lowercase(),
            Line::Wire(entry) => match &entry.kind {
                EntryKind::Request(_) => "request".into(),
                EntryKind::Response(_) => "response".into(),
                EntryKind::Frame(frame) => format!("{} {}", frame.from, frame.header.opcode),
                EntryKind::End(_) => "end".into(),
                other => format!("{other:?}"),
            },
        })
        .collect()
}

fn end(run: &mut Run, why: &str) {
    run.tap(TapEvent::End(ConnectionEnd {
        us: 9000,
        why: why.into(),
    }));
}

#[test]
fn what_was_seen_comes_from_events_and_bytes() {
    let run = opened(
        "invalid-utf8",
        b"\x81\x04caf\xe9",
        &close(1007),
        &[Said::Error, told(1006)],
    );
    assert_eq!(run.phase, Phase::Done);
    let seen = run.observe();
    assert_eq!(
        (seen.fires(), seen.code(), seen.sent),
        (Fires::ErrorClose, Some(1006), Some(Sent::Close(1007)))
    );
    assert!(seen.opened);
    let Some(Found::Frame(violation)) = run.found() else {
        panic!("{:?}", run.found());
    };
    assert_eq!(violation.rule.name(), "text-not-utf8");
    assert_eq!(violation.at.start, 5, "the e9");
}

#[test]
fn lines_come_in_the_order_of_cause_and_effect() {
    let mut run = opened(
        "invalid-utf8",
        b"\x81\x04caf\xe9",
        &close(1007),
        &[Said::Error, told(1006)],
    );
    end(&mut run, "ended by client");
    assert_eq!(
        kinds(&run),
        [
            "request",
            "response",
            "open",
            "server text",
            "client close",
            "error",
            "close 1006",
            "end"
        ]
    );
    let mut run = opened("tcp-reset", b"", b"", &[told(1006)]);
    end(&mut run, "reset by server");
    assert_eq!(
        kinds(&run),
        ["request", "response", "open", "end", "close 1006"]
    );
    let message = Said::Message { text: true, len: 5 };
    let run = opened(
        "non-minimal-length",
        b"\x81\x7e\x00\x05Hello",
        b"",
        std::slice::from_ref(&message),
    );
    assert_eq!(run.phase, Phase::Quiet);
    assert_eq!(run.observe().fires(), Fires::Message);
    assert_eq!(kinds(&run)[3], "server text");
    assert!(kinds(&run)[4].starts_with("message"));
}

#[test]
fn the_broken_frame_is_found_among_several() {
    let run = opened("interleaved-message", b"\x01\x03Hel\x81\x03Bye", b"", &[]);
    let (frames, broken) = run.frames();
    assert_eq!((frames.len(), broken), (2, Some(1)));
    let run = opened("silence", b"", b"", &[]);
    assert_eq!(run.frames().1, None);
    assert_eq!(run.found(), None);
}

#[test]
fn a_broken_head_is_found_by_its_requirement() {
    for (name, headers, requirement) in [
        (
            "wrong-accept",
            "Sec-WebSocket-Accept: x\r\n".to_owned(),
            "accept",
        ),
        (
            "unoffered-extension",
            format!("Sec-WebSocket-Accept: {ACCEPT}\r\nSec-WebSocket-Extensions: x-y\r\n"),
            "extensions-chosen",
        ),
        (
            "unoffered-subprotocol",
            format!("Sec-WebSocket-Accept: {ACCEPT}\r\nSec-WebSocket-Protocol: x\r\n"),
            "protocol-chosen",
        ),
    ] {
        let run = run(name, &headers, b"", b"", &[Said::Error, told(1006)]);
        assert_eq!(run.phase, Phase::Done);
        let Some(Found::Head(finding)) = run.found() else {
            panic!("{name}: {:?}", run.found());
        };
        assert_eq!(finding.requirement.name(), requirement);
        assert!(!run.observe().opened);
        let (request, response) = run.heads().expect("both heads");
        assert!(request.ends_with("\n\n") && !response.contains('\r'));
    }
}

#[test]
fn what_the_page_closed_is_not_the_browsers_doing() {
    let mut run = opened("silence", b"", b"", &[]);
    assert_eq!(run.phase, Phase::Quiet);
    run.script(5000.0, Said::Called(1000));
    assert_eq!(run.phase, Phase::Closing);
    assert!(run.is_settled());
    assert_eq!(run.waited(7000.0), Some((2000.0, None)));
    run.tap(TapEvent::Bytes(TapRecord {
        seq: 2,
        us: 5_000_000,
        from: SentBy::Client,
        bytes: close(1000),
    }));
    run.script(65_000.0, told(1006));
    let seen = run.observe();
    assert_eq!(
        (seen.fires(), seen.code(), seen.sent),
        (Fires::Nothing, None, Some(Sent::Nothing))
    );
    let waited = run
        .waited(99_000.0)
        .map(|(ms, told)| (ms, told.map(|t| t.code)));
    assert_eq!(waited, Some((60_000.0, Some(1006))));
    assert_eq!(
        kinds(&run),
        [
            "request",
            "response",
            "open",
            "called(1000)",
            "client close",
            "close 1006"
        ]
    );
}

#[test]
fn a_run_that_the_page_left_stays_as_it_was_seen() {
    let mut run = opened("silence", b"", b"", &[]);
    let seen = run.observe();
    run.release();
    assert_eq!(run.phase, Phase::Done);
    assert_eq!(run.observe(), seen);
    let mut cut = Run::new(run.fault, Prediction::default(), true);
    cut.release();
    assert!(!cut.is_settled(), "what was cut off says nothing");
}

#[test]
fn without_a_tap_nothing_is_said_of_what_was_sent() {
    let fault = FaultNotes::named("reserved-bit").expect("a fault");
    let mut run = Run::new(fault, Prediction::default(), false);
    for said in [Said::Open, Said::Error, told(1006)] {
        run.script(1.0, said);
    }
    run.settle(9.0);
    assert_eq!(run.phase, Phase::Done);
    assert_eq!(run.observe().sent, None);
    assert_eq!(run.found(), None);
}

#[test]
fn a_tap_that_lost_bytes_is_no_witness() {
    let mut run = opened("reserved-bit", b"\xc1\x05Hello", b"", &[told(1006)]);
    assert_eq!(run.observe().sent, Some(Sent::Nothing));
    run.lose_sight("gone".into());
    assert_eq!(run.observe().sent, None);
}

#[test]
fn a_server_that_does_not_answer_ran_no_fault() {
    let fault = FaultNotes::named("wrong-accept").expect("a fault");
    let mut run = Run::new(fault, Prediction::default(), true);
    run.script(1.0, Said::Error);
    run.script(1.0, told(1006));
    run.settle(9.0);
    assert!(matches!(run.phase, Phase::Failed(_)), "{:?}", run.phase);
    assert!(!run.is_settled());
}

#[test]
fn odd_bytes_do_no_harm() {
    for bytes in [
        &b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"[..],
        b"\x88",
        b"",
    ] {
        let run = opened("short-close", bytes, bytes, &[told(1006)]);
        run.observe();
        run.found();
        run.frames();
        assert!(!run.lines().is_empty());
    }
}
