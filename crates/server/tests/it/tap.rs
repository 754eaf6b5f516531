use crate::help::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A connection with a bit of everything, closed by the client.
async fn talk(raw: &mut Raw) {
    raw.frame(0x81, b"Hello").await;
    raw.expect(0x81, b"Hello").await;
    raw.frame(0x89, b"ping").await;
    raw.expect(0x8a, b"ping").await;
    raw.frame(0x82, &[0xa5; 70_000]).await;
    raw.expect(0x82, &[0xa5; 70_000]).await;
    raw.frame(0x88, &[0x03, 0xe8]).await;
    raw.expect(0x88, &[0x03, 0xe8]).await;
    raw.expect_end().await;
}

async fn hang_up(raw: &mut Raw) {
    raw.stream.shutdown().await.expect("close");
}

#[tokio::test]
async fn the_tap_shows_exactly_the_bytes_that_were_sent_and_received() {
    let server = start(&[]).await;
    for reader_first in [true, false] {
        let id = new_wire(server.address).await;
        let reader = {
            let (address, id) = (server.address, id.clone());
            move || tokio::spawn(async move { read_tap(address, &id).await })
        };
        let early = reader_first.then(reader.clone());
        // Headers of no meaning to the server come through as they were written.
        let odd = "X-oDD:   spaces  kept  \r\nX-Odd: twice\r\n";
        let mut raw = Raw::open(server.address, &format!("/echo?wire={id}"), odd).await;
        talk(&mut raw).await;
        hang_up(&mut raw).await;
        let events = within(early.unwrap_or_else(reader))
            .await
            .expect("the tap's events");
        assert!(
            tapped(&events, "client") == raw.sent,
            "what the client sent"
        );
        assert!(
            tapped(&events, "server") == raw.received,
            "what the server sent"
        );
        assert_eq!(events[0].data["from"], "client");
        assert!(tapped(&events, "client").starts_with(b"GET /echo?wire="));
        assert!(tapped(&events, "server").starts_with(b"HTTP/1.1 101 "));
        assert_eq!(why(&events), "closed by client, 1000");
        assert!(events.iter().all(|event| event.name != "lost"));
    }
}

#[tokio::test]
async fn a_reused_connection_is_tapped_from_its_own_request_on() {
    let server = start(&[]).await;
    let id = new_wire(server.address).await;
    let mut raw = Raw::new(
        tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap(),
    );
    raw.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!(raw.reply().await.body, b"ok\n");
    let (sent, received) = (raw.sent.len(), raw.received.len());
    assert_eq!(raw.shake(&format!("/echo?wire={id}"), "").await.status, 101);
    talk(&mut raw).await;
    hang_up(&mut raw).await;
    let events = read_tap(server.address, &id).await;
    assert!(tapped(&events, "client") == raw.sent[sent..]);
    assert!(tapped(&events, "server") == raw.received[received..]);
}

#[tokio::test]
async fn a_handshake_behind_an_unanswered_request_is_not_tapped() {
    let server = start(&[]).await;
    let id = new_wire(server.address).await;
    let mut raw = Raw::new(
        tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap(),
    );
    let both = format!(
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /echo?wire={id} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
         Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    raw.send(both.as_bytes()).await;
    assert_eq!(raw.reply().await.status, 200);
    assert_eq!(raw.reply().await.status, 400);
    let events = read_tap(server.address, &id).await;
    assert_eq!(events.len(), 1, "only the end: {events:?}");
}

#[tokio::test]
async fn a_wrong_used_or_expired_id_gets_nothing() {
    let server = start(&["--wire-lifetime", "2s"]).await;
    let refused = async |id: &str, status: u16| {
        let tap = get(server.address, &format!("/tap/{id}")).await;
        assert_eq!(tap.status, status, "{}", tap.text());
        assert!(tap.text().contains("/api/wires") && !tap.text().contains("event:"));
        let (_, echo) = Raw::handshake(server.address, &format!("/echo?wire={id}"), "").await;
        assert_eq!(echo.status, status);
        assert!(
            echo.json()["what_to_do"]
                .as_str()
                .unwrap()
                .contains("/api/wires")
        );
    };
    for wrong in [
        "0",
        "00000000000000000000000000000000",
        "%00",
        "..%2f",
        &"f".repeat(5000),
    ] {
        refused(wrong, 404).await;
    }

    let id = new_wire(server.address).await;
    let mut raw = Raw::open(server.address, &format!("/echo?wire={id}"), "").await;
    let (_, second) = Raw::handshake(server.address, &format!("/echo?wire={id}"), "").await;
    assert_eq!(
        second.status, 410,
        "a second WebSocket on a wire whose reader hasn't come"
    );
    let mut reader = Raw::new(
        tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap(),
    );
    reader
        .send(format!("GET /tap/{id} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
        .await;
    assert_eq!(reader.reply().await.status, 200);
    refused(&id, 404).await;
    raw.frame(0x81, b"still echoing").await;
    raw.expect(0x81, b"still echoing").await;

    // Long after its lifetime, a wire that both have claimed goes on; one that waited is gone.
    let half = new_wire(server.address).await;
    let mut half_raw = Raw::open(server.address, &format!("/echo?wire={half}"), "").await;
    // Created last, so that its end comes when the time of the others is up.
    let waited = new_wire(server.address).await;
    let told = read_tap(server.address, &waited).await;
    assert_eq!(why(&told), "no connection came within 2s");
    refused(&waited, 404).await;
    refused(&half, 404).await;
    half_raw.frame(0x81, b"unread, but alive").await;
    half_raw.expect(0x81, b"unread, but alive").await;
    raw.frame(0x81, b"read, and alive").await;
    raw.expect(0x81, b"read, and alive").await;
}

#[tokio::test]
async fn two_wires_never_see_each_others_bytes() {
    let server = start(&[]).await;
    let mut tasks = Vec::new();
    for n in 0..8u8 {
        let address = server.address;
        tasks.push(tokio::spawn(async move {
            let id = new_wire(address).await;
            let tap = tokio::spawn({
                let id = id.clone();
                async move { read_tap(address, &id).await }
            });
            let mut raw = Raw::open(address, &format!("/echo?wire={id}"), "").await;
            for round in 0..50u8 {
                let payload = [n, round].repeat(100 + usize::from(round));
                raw.frame(0x82, &payload).await;
                raw.expect(0x82, &payload).await;
            }
            raw.frame(0x88, &[]).await;
            raw.expect(0x88, &[]).await;
            hang_up(&mut raw).await;
            let events = within(tap).await.expect("events");
            assert!(tapped(&events, "client") == raw.sent);
            assert!(tapped(&events, "server") == raw.received);
            assert_eq!(why(&events), "closed by client, no code");
        }));
    }
    for task in tasks {
        within(task).await.expect("a wire of one's own");
    }
}

#[tokio::test]
async fn the_end_is_told_however_it_comes() {
    let server = start(&["--max-message", "1KiB"]).await;
    let impatient = start(&["--idle-time", "300ms"]).await;
    let open = async |server: &TestServer| {
        let id = new_wire(server.address).await;
        (
            Raw::open(server.address, &format!("/echo?wire={id}"), "").await,
            id,
        )
    };

    let (raw, id) = open(&server).await;
    raw.stream
        .set_zero_linger()
        .expect("a reset instead of an orderly end");
    drop(raw);
    assert_eq!(why(&read_tap(server.address, &id).await), "reset by client");

    let (mut raw, id) = open(&server).await;
    raw.frame(0x81, &[b'x'; 10]).await;
    raw.expect(0x81, &[b'x'; 10]).await;
    drop(raw);
    assert_eq!(
        why(&read_tap(server.address, &id).await),
        "closed by client without a close frame"
    );

    let (mut raw, id) = open(&server).await;
    // Also what comes after the fault was noticed belongs to the connection.
    raw.frame(0x82, &[0; 5000]).await;
    assert_eq!(raw.next().await.close_code(), 1009);
    raw.expect_end().await;
    raw.frame(0x88, &[0x03, 0xf1]).await;
    hang_up(&mut raw).await;
    let events = read_tap(server.address, &id).await;
    assert!(
        why(&events).starts_with("closed by server, 1009"),
        "{}",
        why(&events)
    );
    assert!(tapped(&events, "client") == raw.sent);

    let (mut raw, id) = open(&impatient).await;
    assert_eq!(raw.next().await.close_code(), 1001);
    drop(raw);
    assert!(
        why(&read_tap(impatient.address, &id).await).starts_with("closed by server, 1001: idle")
    );
}

#[tokio::test]
async fn taps_end_when_the_server_stops() {
    let mut server = start(&[]).await;
    let with_socket = new_wire(server.address).await;
    let without = new_wire(server.address).await;
    let mut raw = Raw::open(server.address, &format!("/echo?wire={with_socket}"), "").await;
    let mut readers = Vec::new();
    for id in [with_socket, without] {
        let mut reader = Raw::new(
            tokio::net::TcpStream::connect(server.address)
                .await
                .unwrap(),
        );
        reader
            .send(
                format!("GET /tap/{id} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .as_bytes(),
            )
            .await;
        assert_eq!(reader.reply().await.status, 200);
        readers.push(reader);
    }
    server.stop.cancel();
    let close = raw.next().await;
    assert_eq!(close.close_code(), 1001);
    raw.frame(0x88, &close.payload).await;
    raw.expect_end().await;
    hang_up(&mut raw).await;
    let mut ends = Vec::new();
    for mut reader in readers {
        within(reader.stream.read_to_end(&mut reader.received))
            .await
            .expect("an orderly end");
        let text = String::from_utf8(parse_reply(&reader.received).body).unwrap();
        ends.push(why(&events(&text)).to_owned());
    }
    assert!(ends[0].starts_with("closed by server, 1001"), "{ends:?}");
    assert_eq!(ends[1], "the server is shutting down");
    within(&mut server.running)
        .await
        .expect("the server returns");
}

#[tokio::test]
async fn a_tap_that_nobody_reads_holds_little_and_says_what_it_lost() {
    let server = start(&["--tap-memory", "64KiB"]).await;
    let id = new_wire(server.address).await;
    let mut raw = Raw::open(server.address, &format!("/echo?wire={id}"), "").await;
    let payload = vec![1; 100_000];
    for _ in 0..10 {
        // The echo isn't slowed down or changed.
        raw.frame(0x82, &payload).await;
        raw.expect(0x82, &payload).await;
    }
    raw.frame(0x88, &[0x03, 0xe8]).await;
    raw.expect(0x88, &[0x03, 0xe8]).await;
    raw.expect_end().await;
    hang_up(&mut raw).await;
    let events = read_tap(server.address, &id).await;
    let kept = tapped(&events, "client").len() + tapped(&events, "server").len();
    assert!(kept <= 64 * 1024, "{kept}");
    let lost: Vec<_> = events.iter().filter(|event| event.name == "lost").collect();
    assert_eq!(lost.len(), 1);
    let count = |from: &str| lost[0].data[from].as_u64().expect("a count") as usize;
    assert_eq!(
        tapped(&events, "client").len() + count("client"),
        raw.sent.len()
    );
    assert_eq!(
        tapped(&events, "server").len() + count("server"),
        raw.received.len()
    );
    assert_eq!(why(&events), "closed by client, 1000");
    let metrics = get(server.address, "/metrics").await.text();
    assert!(!metrics.contains("\ntap_lost_bytes_total 0\n"));
}

#[tokio::test]
async fn pages_of_another_origin_get_no_wire_but_may_echo() {
    let server = start(&["--allow-origin", "http://localhost:9999"]).await;
    let own = format!("http://{}", server.address);
    let create = async |origin: &str| {
        request(server.address, "POST", "/api/wires", &[("Origin", origin)]).await
    };
    assert_eq!(create(&own).await.status, 201);
    let allowed = create("http://localhost:9999").await;
    assert_eq!(allowed.status, 201);
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        "http://localhost:9999"
    );
    for foreign in ["http://evil.example", "null", "http://127.0.0.1:1"] {
        let refused = create(foreign).await;
        assert_eq!(refused.status, 403, "{foreign}");
        assert!(refused.json().get("id").is_none());
        assert_eq!(refused.header("access-control-allow-origin"), "");
    }

    let id = new_wire(server.address).await;
    let evil = "Origin: http://evil.example\r\n";
    let tap = request(
        server.address,
        "GET",
        &format!("/tap/{id}"),
        &[("Origin", "http://evil.example")],
    )
    .await;
    assert_eq!(tap.status, 403);
    let (_, echo) = Raw::handshake(server.address, &format!("/echo?wire={id}"), evil).await;
    assert_eq!(echo.status, 403);
    // Being refused hasn't used the wire up.
    let mut raw = Raw::open(server.address, &format!("/echo?wire={id}"), "").await;
    raw.frame(0x88, &[]).await;
    raw.expect(0x88, &[]).await;
    // Without a wire, the echo gives a foreign page nothing but its own messages.
    let mut raw = Raw::open(server.address, "/echo", evil).await;
    raw.frame(0x81, b"mine").await;
    raw.expect(0x81, b"mine").await;
}

#[tokio::test]
async fn only_post_creates_a_wire() {
    let server = start(&["--max-wires", "2"]).await;
    assert_eq!(get(server.address, "/api/wires").await.status, 405);
    let (one, two) = (
        new_wire(server.address).await,
        new_wire(server.address).await,
    );
    assert_ne!(one, two);
    assert!(
        one.len() == 32 && one.bytes().all(|b| b.is_ascii_hexdigit()),
        "128 bits: {one}"
    );
    let full = request(server.address, "POST", "/api/wires", &[]).await;
    assert_eq!(full.status, 503);
    assert_eq!(full.header("retry-after"), "60");
    assert!(
        full.json()["what_to_do"]
            .as_str()
            .unwrap()
            .contains("--max-wires")
    );
}

#[tokio::test]
async fn head_is_not_the_one_reader() {
    let server = start(&[]).await;
    let id = new_wire(server.address).await;
    let tap = format!("/tap/{id}");
    let reply = request(server.address, "HEAD", &tap, &[]).await;
    assert_eq!((reply.status, reply.header("allow")), (405, "GET"));
    drop(Raw::open(server.address, &format!("/echo?wire={id}"), "").await);
    assert!(!read_tap(server.address, &id).await.is_empty());
}
