use crate::help::*;

fn close_payload(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_be_bytes()[..], reason.as_bytes()].concat()
}

#[tokio::test]
async fn a_close_frame_is_answered_with_its_own_code_and_tcp_ends() {
    let server = start(&[]).await;
    for payload in [
        close_payload(1000, ""),
        close_payload(1000, "bye, 再见"),
        close_payload(1001, ""),
        close_payload(3000, "registered"),
        close_payload(4999, "private"),
        close_payload(1000, &"r".repeat(123)),
        Vec::new(),
    ] {
        let mut raw = Raw::open(server.address, "/echo", "").await;
        raw.frame(0x88, &payload).await;
        let answer = raw.next().await;
        assert_eq!(answer.first, 0x88);
        assert_eq!(answer.payload.get(..2), payload.get(..2));
        // RFC 6455 §7.1.1: the server closes first, although this client hasn't.
        raw.expect_end().await;
    }
}

/// What a client may not send, and the code that answers it. `fragment` shows that the code comes once, whatever state
/// the connection is in.
#[tokio::test]
async fn faults_close_with_the_code_of_the_rfc() {
    let server = start(&["--max-message", "1KiB"]).await;
    let unmasked = vec![0x81, 0x05, b'H', b'e', b'l', b'l', b'o'];
    let two = |a: Vec<u8>, b: Vec<u8>| [a, b].concat();
    let faults: Vec<(&str, u16, Vec<u8>)> = vec![
        ("text that isn't UTF-8", 1007, masked(0x81, &[0xff])),
        (
            "text that ends within a character",
            1007,
            masked(0x81, "é".as_bytes().split_at(1).0),
        ),
        ("a surrogate", 1007, masked(0x81, &[0xed, 0xa0, 0x80])),
        (
            "fragments that aren't UTF-8 together",
            1007,
            two(masked(0x01, &[0xc3]), masked(0x80, b"(")),
        ),
        (
            "a reason that isn't UTF-8",
            1007,
            masked(0x88, &[0x03, 0xe8, 0xff]),
        ),
        ("a message too long", 1009, masked(0x82, &[0; 1025])),
        (
            "a frame that says it will be too long",
            1009,
            masked(0x82, &[0; 100_000])[..14].to_vec(),
        ),
        (
            "the longest length there is",
            1009,
            [&[0x82, 0xff][..], &[0x7f; 1], &[0xff; 7], &KEY].concat(),
        ),
        (
            "fragments too long together",
            1009,
            two(masked(0x02, &[0; 1000]), masked(0x80, &[0; 25])),
        ),
        ("an unmasked frame", 1002, unmasked),
        ("a reserved opcode", 1002, masked(0x83, b"")),
        ("a reserved control opcode", 1002, masked(0x8b, b"")),
        ("RSV1 without compression", 1002, masked(0xc1, b"Hello")),
        ("RSV2", 1002, masked(0xa1, b"Hello")),
        ("RSV3", 1002, masked(0x91, b"Hello")),
        ("a fragmented ping", 1002, masked(0x09, b"")),
        ("a ping of 126 bytes", 1002, masked(0x89, &[0; 126])),
        (
            "a Close frame of 126 bytes",
            1002,
            masked(0x88, &close_payload(1000, &"r".repeat(124))),
        ),
        ("a Close frame of one byte", 1002, masked(0x88, &[3])),
        (
            "close code 999",
            1002,
            masked(0x88, &close_payload(999, "")),
        ),
        (
            "close code 1005",
            1002,
            masked(0x88, &close_payload(1005, "")),
        ),
        (
            "close code 1006",
            1002,
            masked(0x88, &close_payload(1006, "")),
        ),
        (
            "close code 1015",
            1002,
            masked(0x88, &close_payload(1015, "")),
        ),
        (
            "close code 5000",
            1002,
            masked(0x88, &close_payload(5000, "")),
        ),
        ("a continuation of nothing", 1002, masked(0x80, b"x")),
        (
            "a message within a message",
            1002,
            two(masked(0x01, b"x"), masked(0x81, b"y")),
        ),
    ];
    for fragment in ["", "?fragment=1", "?delay=50ms"] {
        for (name, code, bytes) in &faults {
            let mut raw = Raw::open(server.address, &format!("/echo{fragment}"), "").await;
            raw.send(bytes).await;
            let close = raw.next().await;
            assert_eq!(
                close.close_code(),
                *code,
                "{name}: {:?}",
                String::from_utf8_lossy(&close.payload)
            );
            assert!(close.payload.len() <= 125, "{name}");
            assert!(
                std::str::from_utf8(&close.payload[2..]).is_ok_and(|reason| !reason.is_empty()),
                "{name}"
            );
            raw.expect_end().await;
        }
    }
}

#[tokio::test]
async fn the_close_frame_arrives_although_the_client_is_still_sending() {
    let server = start(&["--max-message", "1KiB"]).await;
    let mut raw = Raw::open(server.address, "/echo", "").await;
    // Far more than the server reads before it refuses: without care, the kernel's reset would destroy the Close frame.
    raw.send(&masked(0x82, &vec![0; 1 << 20])).await;
    assert_eq!(raw.next().await.close_code(), 1009);
    raw.expect_end().await;
    // The server has closed its side, and still takes what was under way.
    for _ in 0..2 {
        raw.send(&[0; 100_000]).await;
    }
}

#[tokio::test]
async fn exactly_the_largest_message_passes() {
    let server = start(&["--max-message", "1KiB"]).await;
    let mut raw = Raw::open(server.address, "/echo", "").await;
    raw.frame(0x82, &[7; 1024]).await;
    raw.expect(0x82, &[7; 1024]).await;
    raw.frame(0x02, &[1; 1000]).await;
    raw.frame(0x80, &[1; 24]).await;
    raw.expect(0x82, &[1; 1024]).await;
}

#[tokio::test]
async fn an_idle_client_is_sent_away_but_a_pong_is_a_sign_of_life() {
    let server = start(&["--idle-time", "1500ms"]).await;
    let mut idle = Raw::open(server.address, "/echo", "").await;
    let mut alive = Raw::open(server.address, "/echo?ping=300ms", "").await;
    for _ in 0..8 {
        let ping = alive.next().await;
        assert_eq!(ping.first, 0x89, "{ping:?}");
        alive.frame(0x8a, &ping.payload).await;
    }
    let close = idle.next().await;
    assert_eq!(close.close_code(), 1001);
    assert!(String::from_utf8_lossy(&close.payload[2..]).contains("idle"));
    idle.frame(0x88, &close.payload).await;
    idle.expect_end().await;
}

#[tokio::test]
async fn only_one_close_frame_is_sent_when_both_sides_close() {
    let server = start(&[]).await;
    let mut raw = Raw::open(server.address, "/echo", "").await;
    raw.frame(0x81, b"x").await;
    raw.expect(0x81, b"x").await;
    server.stop.cancel();
    assert_eq!(raw.next().await.close_code(), 1001);
    // Still legal to send, and to be ignored, before the client has seen the Close frame.
    raw.frame(0x81, b"crossing").await;
    raw.frame(0x88, &close_payload(1000, "")).await;
    raw.expect_end().await;
    drop(raw.stream);
}
