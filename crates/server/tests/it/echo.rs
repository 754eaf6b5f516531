use std::time::{Duration, Instant};

use crate::help::*;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

#[tokio::test]
async fn another_implementation_gets_its_messages_back() {
    let server = start(&[]).await;
    let url = format!("ws://{}/echo", server.address);
    let config = WebSocketConfig::default();
    let (mut socket, response) =
        tokio_tungstenite::connect_async_with_config(&url, Some(config), true)
            .await
            .expect("a handshake");
    assert!(
        response.headers().get("sec-websocket-extensions").is_none(),
        "nothing was offered"
    );
    // 1 MiB is the largest message there may be by default.
    let large: Vec<u8> = (0..1 << 20).map(|n: u32| (n % 251) as u8).collect();
    for message in [
        Message::text("Hello"),
        Message::text("Grüße, 世界 🌍"),
        Message::text(""),
        Message::binary(vec![0, 255, 128]),
        Message::binary(Vec::new()),
        Message::binary(large),
        Message::text("x".repeat(1 << 20)),
    ] {
        within(socket.send(message.clone())).await.expect("send");
        let back = within(socket.next())
            .await
            .expect("an echo")
            .expect("no error");
        assert!(back == message, "not what was sent: {} bytes", back.len());
    }
    within(socket.send(Message::Ping("are you there".into())))
        .await
        .expect("send");
    let pong = within(socket.next())
        .await
        .expect("a pong")
        .expect("no error");
    assert_eq!(pong, Message::Pong("are you there".into()));
    within(socket.close(None)).await.expect("close");
    while let Some(message) = within(socket.next()).await {
        assert!(message.expect("an orderly end").is_close());
    }
}

#[tokio::test]
async fn fragments_come_back_as_one_message_with_pongs_between() {
    let server = start(&[]).await;
    let mut raw = Raw::open(server.address, "/echo", "").await;
    raw.frame(0x01, b"He").await;
    raw.frame(0x89, b"in between").await;
    raw.expect(0x8a, b"in between").await;
    raw.frame(0x00, b"").await;
    raw.frame(0x00, &"l\u{e9}".as_bytes()[..2]).await;
    // The second half of a character that the fragments cut in two.
    raw.frame(0x80, &"\u{e9}".as_bytes()[1..]).await;
    raw.expect(0x81, "Hel\u{e9}".as_bytes()).await;
    // An unsolicited pong needs no answer (RFC 6455 §5.5.3).
    raw.frame(0x8a, b"hello?").await;
    raw.frame(0x82, b"next").await;
    raw.expect(0x82, b"next").await;
}

#[tokio::test]
async fn frames_sent_together_or_byte_by_byte_mean_the_same() {
    let server = start(&[]).await;
    let mut raw = Raw::open(server.address, "/echo", "").await;
    let mut three = masked(0x81, b"one");
    three.extend(masked(0x82, &[2; 300]));
    three.extend(masked(0x81, b"three"));
    raw.send(&three).await;
    for byte in &three {
        raw.send(&[*byte]).await;
    }
    for _ in 0..2 {
        raw.expect(0x81, b"one").await;
        raw.expect(0x82, &[2; 300]).await;
        raw.expect(0x81, b"three").await;
    }
}

#[tokio::test]
async fn the_handshake_may_bring_the_first_frame_along() {
    let server = start(&[]).await;
    let mut raw = Raw::new(
        tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap(),
    );
    let mut bytes =
        b"GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            .to_vec();
    bytes.extend(masked(0x81, b"early"));
    raw.send(&bytes).await;
    assert_eq!(raw.reply().await.status, 101);
    raw.expect(0x81, b"early").await;
}

#[tokio::test]
async fn option_fragment_cuts_the_echo() {
    let server = start(&[]).await;
    let mut raw = Raw::open(server.address, "/echo?fragment=4", "").await;
    raw.frame(0x81, b"0123456789").await;
    raw.expect(0x01, b"0123").await;
    raw.expect(0x00, b"4567").await;
    raw.expect(0x80, b"89").await;
    raw.frame(0x82, b"0123").await;
    raw.expect(0x82, b"0123").await;
    raw.frame(0x82, b"").await;
    raw.expect(0x82, b"").await;
}

#[tokio::test]
async fn option_delay_holds_echoes_back_in_order() {
    let server = start(&[]).await;
    let mut raw = Raw::open(server.address, "/echo?delay=1s", "").await;
    let sent = Instant::now();
    raw.frame(0x81, b"first").await;
    raw.frame(0x82, b"second").await;
    // A ping isn't an echo: its pong overtakes them.
    raw.frame(0x89, b"now").await;
    raw.expect(0x8a, b"now").await;
    raw.expect(0x81, b"first").await;
    assert!(sent.elapsed() >= Duration::from_secs(1));
    raw.expect(0x82, b"second").await;
}

#[tokio::test]
async fn option_ping_sends_pings_that_differ() {
    let server = start(&[]).await;
    let mut raw = Raw::open(server.address, "/echo?ping=100ms", "").await;
    let mut last = Vec::new();
    for _ in 0..3 {
        let ping = raw.next().await;
        assert_eq!(ping.first, 0x89);
        assert!(!ping.payload.is_empty() && ping.payload.len() <= 125);
        assert_ne!(ping.payload, last);
        raw.frame(0x8a, &ping.payload).await;
        last = ping.payload;
    }
    raw.frame(0x81, b"still here").await;
    loop {
        let frame = raw.next().await;
        if frame.first != 0x89 {
            assert_eq!((frame.first, &*frame.payload), (0x81, &b"still here"[..]));
            break;
        }
    }
}

#[tokio::test]
async fn wrong_options_are_named_and_nothing_is_opened() {
    let server = start(&["--max-message", "64KiB"]).await;
    for (query, says) in [
        ("ping=fast", "ping=fast"),
        ("ping=1ms", "100ms to 1h"),
        ("fragment=0", "1 to 64KiB"),
        ("fragment=%F0%9F%92%A9", "fragment="),
        ("delay=2m", "0s to 1m"),
        ("compress=yes", "on and off"),
        (
            "size=1",
            "known are wire, ping, fragment, delay and compress",
        ),
    ] {
        let (_, reply) = Raw::handshake(server.address, &format!("/echo?{query}"), "").await;
        assert_eq!(reply.status, 400, "{query}");
        let error = reply.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(says), "{query}: {error}");
        assert!(reply.json()["what_to_do"].is_string());
    }
}

#[tokio::test]
async fn requests_that_are_no_handshake_are_told_so() {
    let server = start(&[]).await;
    let plain = get(server.address, "/echo").await;
    assert_eq!(plain.status, 426);
    assert_eq!(plain.header("upgrade"), "websocket");
    assert!(
        plain
            .header("connection")
            .to_ascii_lowercase()
            .contains("upgrade")
    );
    assert!(plain.text().contains("WebSocket"));

    let ask = async |version: &str, key: &str, first_line: &str| {
        let mut raw = Raw::new(
            tokio::net::TcpStream::connect(server.address)
                .await
                .unwrap(),
        );
        let request = format!(
            "{first_line}\r\nHost: localhost\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\n{version}{key}Content-Length: 0\r\n\r\n"
        );
        raw.send(request.as_bytes()).await;
        raw.reply().await
    };
    let (v13, key) = (
        "Sec-WebSocket-Version: 13\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    );
    let line = "GET /echo HTTP/1.1";
    for version in [
        "",
        "Sec-WebSocket-Version: 8\r\n",
        "Sec-WebSocket-Version: 13, 8\r\n",
    ] {
        let reply = ask(version, key, line).await;
        assert_eq!(
            (reply.status, reply.header("sec-websocket-version")),
            (426, "13"),
            "{version}"
        );
    }
    for bad_key in [
        "",
        "Sec-WebSocket-Key: short\r\n",
        "Sec-WebSocket-Key: AAAA\r\n",
        &key.repeat(2),
    ] {
        assert_eq!(ask(v13, bad_key, line).await.status, 400, "{bad_key}");
    }
    assert_eq!(ask(v13, key, "POST /echo HTTP/1.1").await.status, 405);
    assert_eq!(ask(v13, key, "GET /echo HTTP/1.0").await.status, 400);
    assert_eq!(
        ask(v13, key, line).await.status,
        101,
        "the same request without a fault is accepted"
    );
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let server = start(&[]).await;
    let value = async |name: &str| {
        let page = get(server.address, "/metrics").await;
        assert!(
            page.header("content-type")
                .starts_with("text/plain; version=0.0.4")
        );
        let text = page.text();
        let line = text.lines().find(|line| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(' '))
        });
        let line = line.unwrap_or_else(|| panic!("no {name} in {text}"));
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()
    };
    assert_eq!(value("websocket_connections").await, 0.0);
    let mut one = Raw::open(server.address, "/echo", "").await;
    let mut two = Raw::open(server.address, "/echo", "").await;
    for raw in [&mut one, &mut two] {
        raw.frame(0x81, b"counted").await;
        raw.expect(0x81, b"counted").await;
    }
    assert_eq!(value("websocket_connections").await, 2.0);
    assert_eq!(value("messages_received_total{type=\"text\"}").await, 2.0);
    assert_eq!(value("message_bytes_received_total").await, 14.0);
    // The last echo may arrive a moment before it is counted.
    within(async { while value("message_delivery_latency_ms_count").await < 2.0 {} }).await;
    assert!(value("message_delivery_latency_ms_sum").await > 0.0);
    assert!(value("message_delivery_latency_ms_bucket{le=\"+Inf\"}").await == 2.0);
    one.frame(0x88, &[]).await;
    one.expect(0x88, &[]).await;
    drop(two);
    within(async { while value("websocket_connections").await != 0.0 {} }).await;

    let health = get(server.address, "/healthz").await;
    assert_eq!((health.status, health.text().as_str()), (200, "ok\n"));
}
