//! Every fault of the lab does on the wire exactly what its name says: literal bytes, and the ends of TCP.

use std::io::ErrorKind;

use crate::help::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wire::session;

/// So that a test waits for nothing that it isn't about.
const SOON: &[&str] = &["--lab-time", "300ms", "--lab-silence", "600ms"];
const OFFER: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
/// What a browser sends that has found a fault: 1002, masked.
const CLOSE_1002: [u8; 8] = [0x88, 0x82, 0x37, 0xfa, 0x21, 0x3d, 0x34, 0x10];

/// Opens `/lab/fault` as a browser would.
async fn lab(server: &TestServer, fault: &str) -> Raw {
    Raw::open(server.address, &format!("/lab/{fault}"), OFFER).await
}

/// What the server sends after its 101, to the end.
async fn after_the_head(raw: &mut Raw) -> Vec<u8> {
    let start = find(&raw.received, b"\r\n\r\n").expect("a head") + 4;
    within(raw.stream.read_to_end(&mut raw.received))
        .await
        .expect("an orderly end");
    raw.received[start..].to_vec()
}

/// What an endpoint of our own finds wrong with what the server sent.
fn found(bytes: &[u8]) -> Option<&'static str> {
    let mut client = session::Session::client(session::Config::default(), || KEY);
    client.receive(bytes);
    while let Some(event) = client.next_event() {
        if let session::Event::Failed(violation) = event {
            return Some(violation.rule.name());
        }
    }
    None
}

#[tokio::test]
async fn faults_in_frames_are_these_bytes() {
    let server = start(SOON).await;
    let long_ping = [&[0x89, 0x7e, 0x00, 0x7e][..], &[b'.'; 126]].concat();
    let faults: [(&str, &str, &[u8]); 11] = [
        (
            "masked-frame",
            "mask-present",
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
        ),
        ("reserved-opcode", "reserved-opcode", b"\x83\x05Hello"),
        ("reserved-bit", "reserved-bit", b"\xc1\x05Hello"),
        ("fragmented-control", "control-fragmented", b"\x09\x04half"),
        ("long-control", "control-too-long", &long_ping),
        (
            "non-minimal-length",
            "length-not-minimal",
            b"\x81\x7e\x00\x05Hello",
        ),
        ("invalid-utf8", "text-not-utf8", b"\x81\x04caf\xe9"),
        (
            "orphan-continuation",
            "continuation-unexpected",
            b"\x80\x05Hello",
        ),
        (
            "interleaved-message",
            "message-interleaved",
            b"\x01\x03Hel\x81\x03Bye",
        ),
        ("bad-close-code", "close-code-invalid", b"\x88\x02\x03\xed"),
        ("short-close", "close-payload-one-byte", b"\x88\x01\x03"),
    ];
    for (fault, rule, bytes) in faults {
        let (mut raw, reply) =
            Raw::handshake(server.address, &format!("/lab/{fault}"), OFFER).await;
        assert_eq!(reply.status, 101, "{fault}");
        assert_eq!(
            reply.header("sec-websocket-accept"),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "{fault}"
        );
        // Nothing is agreed on, so that each bit means what RFC 6455 says.
        assert_eq!(reply.header("sec-websocket-extensions"), "", "{fault}");
        assert_eq!(after_the_head(&mut raw).await, bytes, "{fault}");
        assert_eq!(found(bytes), Some(rule), "{fault}");
    }
}

#[tokio::test]
async fn the_fault_comes_after_a_pause_and_without_one_where_asked() {
    let server = start(&["--lab-time", "10ms"]).await;
    let before = std::time::Instant::now();
    let mut raw = Raw::open(server.address, "/lab/short-close?pause=300ms", "").await;
    assert_eq!(after_the_head(&mut raw).await, b"\x88\x01\x03");
    // A lower bound only: how much longer it takes is the machine's affair.
    assert!(before.elapsed().as_millis() >= 300);
    let mut raw = Raw::open(server.address, "/lab/short-close?pause=0s", "").await;
    assert_eq!(after_the_head(&mut raw).await, b"\x88\x01\x03");
}

#[tokio::test]
async fn the_client_is_read_and_never_answered() {
    let server = start(&[]).await;
    let id = new_wire(server.address).await;
    let mut raw = lab(&server, &format!("reserved-opcode?wire={id}")).await;
    raw.expect(0x83, b"Hello").await;
    raw.frame(0x89, b"still there?").await;
    raw.send(&CLOSE_1002).await;
    raw.stream.shutdown().await.expect("an end of our side");
    // The server ends because its client did, long before its own time is over.
    raw.expect_end().await;
    let events = read_tap(server.address, &id).await;
    assert_eq!(tapped(&events, "client"), raw.sent);
    assert!(tapped(&events, "client").ends_with(&CLOSE_1002));
    assert_eq!(tapped(&events, "server"), raw.received);
    assert_eq!(why(&events), "ended by client");
}

#[tokio::test]
async fn the_bomb_is_small_on_the_wire() {
    let server = start(&[]).await;
    let (mut raw, reply) = Raw::handshake(server.address, "/lab/deflate-bomb", OFFER).await;
    assert_eq!(
        reply.header("sec-websocket-extensions"),
        "permessage-deflate"
    );
    let frame = raw.next().await;
    assert_eq!(frame.first, 0xc2, "FIN, RSV1, binary");
    assert!(frame.payload.len() < 80_000, "{}", frame.payload.len());
    let inflated = {
        use std::io::Read as _;
        let whole = [&frame.payload[..], &[0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff]].concat();
        let mut inflater = flate2::read::DeflateDecoder::new(&whole[..]);
        let mut chunk = vec![0; 1 << 20];
        let mut count = 0;
        while let n @ 1.. = inflater.read(&mut chunk).expect("deflate") {
            assert!(chunk[..n].iter().all(|byte| *byte == 0));
            count += n;
        }
        count
    };
    assert_eq!(inflated, 64 << 20);
    let list = get(server.address, "/lab").await.json();
    let line = list.as_array().expect("a list").iter();
    let line = line.filter(|line| line["name"] == "deflate-bomb");
    let does = line
        .map(|line| line["does"].to_string())
        .collect::<String>();
    assert!(does.contains(&frame.payload.len().to_string()), "{does}");
    assert!(does.contains(&inflated.to_string()), "{does}");

    let limits = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n";
    let (_, reply) = Raw::handshake(server.address, "/lab/deflate-bomb", limits).await;
    assert_eq!(
        reply.header("sec-websocket-extensions"),
        "permessage-deflate; server_max_window_bits=9"
    );
    let (_, refused) = Raw::handshake(server.address, "/lab/deflate-bomb", "").await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("did not offer permessage-deflate"));
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let server = start(SOON).await;
    let id = new_wire(server.address).await;
    let mut raw = lab(&server, &format!("tcp-reset?wire={id}")).await;
    let error = within(raw.stream.read(&mut [0])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(why(&read_tap(server.address, &id).await), "reset by server");
}

#[tokio::test]
async fn a_half_close_ends_one_direction_only() {
    let server = start(&[]).await;
    let id = new_wire(server.address).await;
    let mut raw = lab(&server, &format!("half-close?wire={id}")).await;
    raw.expect_end().await;
    for _ in 0..3 {
        raw.frame(0x81, b"still talking").await;
    }
    raw.stream.shutdown().await.expect("an end of our side");
    let events = read_tap(server.address, &id).await;
    assert_eq!(tapped(&events, "client"), raw.sent, "all was read");
    assert_eq!(
        why(&events),
        "ended by client, after the server's half-close"
    );
}

#[tokio::test]
async fn silence_is_silent_and_bounded() {
    let server = start(SOON).await;
    let before = std::time::Instant::now();
    let mut raw = lab(&server, "silence").await;
    raw.frame(0x81, b"anybody?").await;
    raw.frame(0x89, b"").await;
    raw.frame(0x88, &[0x03, 0xe8]).await;
    assert_eq!(after_the_head(&mut raw).await, b"");
    assert!(before.elapsed().as_millis() >= 600, "TCP stays open");
}

#[tokio::test]
async fn faults_of_the_handshake_are_in_its_head() {
    let server = start(SOON).await;
    let right = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    let ask = async |fault: &str, headers: &str| {
        let (mut raw, reply) =
            Raw::handshake(server.address, &format!("/lab/{fault}"), headers).await;
        assert_eq!(reply.status, 101);
        assert_eq!(after_the_head(&mut raw).await, b"", "nothing follows");
        let names = ["accept", "extensions", "protocol"];
        names.map(|name| reply.header(&format!("sec-websocket-{name}")).to_owned())
    };
    let [accept, extensions, protocol] = ask("wrong-accept", OFFER).await;
    assert_ne!(accept, right);
    assert_eq!(accept.len(), 28, "base64 of 20 bytes, as a right one");
    assert_eq!([extensions, protocol], ["", ""]);

    let [accept, extensions, protocol] = ask("unoffered-extension", OFFER).await;
    assert_eq!(accept, right);
    assert_eq!([&*extensions, &*protocol], ["x-nobody-offered", ""]);

    let [accept, extensions, protocol] = ask("unoffered-subprotocol", OFFER).await;
    assert_eq!(accept, right);
    assert_eq!([&*extensions, &*protocol], ["", "nobody.offered"]);
    let offer = "Sec-WebSocket-Protocol: chat, nobody.offered\r\n";
    let [_, _, protocol] = ask("unoffered-subprotocol", offer).await;
    assert_eq!(protocol, "nobody.offered-");
}

#[tokio::test]
async fn the_list_names_every_fault_and_every_one_can_be_had() {
    let server = start(&["--lab-time", "10ms", "--lab-silence", "10ms"]).await;
    let reply = get(server.address, "/lab").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "application/json");
    let list = reply.json();
    let list = list.as_array().expect("an array");
    assert_eq!(list.len(), 18);
    for line in list {
        let fields: Vec<&String> = line.as_object().expect("an object").keys().collect();
        assert_eq!(fields.len(), 4, "{line}");
        let name = line["name"].as_str().expect("a name");
        assert!(line["does"].as_str().is_some_and(|does| does.len() > 10));
        let section = line["section"].as_str().expect("a section");
        assert!(section.split('.').all(|part| part.parse::<u8>().is_ok()));
        let without = ["tcp-reset", "half-close", "silence"].contains(&name);
        assert_eq!(line["rule"].is_null(), without, "{line}");
        let (_, reply) = Raw::handshake(server.address, &format!("/lab/{name}"), OFFER).await;
        assert_eq!(reply.status, 101, "{name}");
    }
}

#[tokio::test]
async fn what_is_no_fault_and_what_is_no_handshake() {
    let server = start(&[]).await;
    let unknown = get(server.address, "/lab/earthquake").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text().contains("no fault named earthquake"));
    assert!(unknown.text().contains("GET /lab"));
    let plain = get(server.address, "/lab/silence").await;
    assert_eq!(plain.status, 426);
    assert_eq!(plain.header("upgrade"), "websocket");
    let (_, wrong) = Raw::handshake(server.address, "/lab/silence?volume=11", "").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("volume"));
    let (_, gone) = Raw::handshake(server.address, "/lab/silence?wire=1234", "").await;
    assert_eq!(gone.status, 404);
    let id = new_wire(server.address).await;
    let target = format!("/lab/silence?wire={id}");
    let foreign = "Origin: http://elsewhere.example\r\n";
    let (_, refused) = Raw::handshake(server.address, &target, foreign).await;
    assert_eq!(refused.status, 403);
    // Being refused used nothing up.
    Raw::open(server.address, &target, "").await;
}

/// A value of `/metrics`.
async fn metric(server: &TestServer, name: &str) -> u64 {
    let page = get(server.address, "/metrics").await.text();
    let line = page.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|value| value.trim().parse().ok())
        .unwrap_or_else(|| panic!("no {name} in {page}"))
}

#[tokio::test]
async fn the_lab_has_places_of_its_own_and_they_come_back() {
    let server = start(&["--max-labs", "2"]).await;
    let one = lab(&server, "silence").await;
    // A client never has a WebSocket where the handshake is wrong.
    let (wrong, _) = Raw::handshake(server.address, "/lab/wrong-accept", "").await;
    assert_eq!(metric(&server, "websocket_connections").await, 1);
    let (_, refused) = Raw::handshake(server.address, "/lab/silence", "").await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), "10");
    assert!(refused.text().contains("--max-labs"));
    // The rest of the server doesn't notice.
    let mut echo = Raw::open(server.address, "/echo", "").await;
    echo.frame(0x81, b"unharmed").await;
    echo.expect(0x81, b"unharmed").await;
    drop((one, wrong));
    within(async {
        while Raw::handshake(server.address, "/lab/short-close", "")
            .await
            .1
            .status
            != 101
        {}
    })
    .await;
    drop(echo);
    within(async { while metric(&server, "websocket_connections").await != 0 {} }).await;
    within(async {
        // The one that asks is one.
        while metric(&server, "tcp_connections").await != 1 {}
    })
    .await;
}

#[tokio::test]
async fn the_lab_ends_when_the_server_stops() {
    let mut server = start(&[]).await;
    let id = new_wire(server.address).await;
    let mut raw = lab(&server, &format!("silence?wire={id}")).await;
    let tap = tokio::spawn({
        let address = server.address;
        async move { read_tap(address, &id).await }
    });
    // The tap is read once the wire's bytes have come to it.
    within(async { while metric(&server, "tap_readers").await != 1 {} }).await;
    server.stop.cancel();
    assert_eq!(after_the_head(&mut raw).await, b"");
    assert_eq!(
        why(&within(tap).await.expect("events")),
        "ended by server: it is shutting down"
    );
    within(&mut server.running)
        .await
        .expect("the server returns");
}
