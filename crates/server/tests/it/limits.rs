use crate::help::*;
use tokio::{io::AsyncWriteExt as _, net::TcpSocket};

#[tokio::test]
async fn connections_beyond_the_limit_are_told_and_places_come_back() {
    let server = start(&["--max-connections", "2"]).await;
    let refused = a_third_is_refused(&server, 503).await;
    let what_to_do = &refused.json()["what_to_do"];
    assert!(what_to_do.as_str().unwrap().contains("--max-connections"));
}

#[tokio::test]
async fn a_head_that_is_too_large_or_too_slow_is_not_waited_for() {
    let server = start(&["--max-header", "8KiB", "--header-time", "200ms"]).await;
    let reply = request(
        server.address,
        "GET",
        "/healthz",
        &[("X-Long", &"x".repeat(20_000))],
    )
    .await;
    assert_eq!(reply.status, 431);
    let mut slow = Raw::new(
        tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap(),
    );
    slow.send(b"GET /healthz HTT").await;
    within(async {
        use tokio::io::AsyncReadExt as _;
        let _ = slow.stream.read_to_end(&mut slow.received).await;
    })
    .await;
    let answered = String::from_utf8_lossy(&slow.received);
    assert!(
        answered.is_empty() || answered.starts_with("HTTP/1.1 408"),
        "{answered}"
    );
}

/// A request with a head of exactly so many bytes.
async fn with_head_of(server: &TestServer, len: usize) -> u16 {
    let rest = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-long: \r\n\r\n";
    let head = rest.replace(
        "x-long: ",
        &format!("x-long: {}", "x".repeat(len - rest.len())),
    );
    assert_eq!(head.len(), len);
    let mut raw = Raw::new(
        tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap(),
    );
    raw.send(head.as_bytes()).await;
    raw.reply().await.status
}

#[tokio::test]
async fn the_limit_of_a_head_is_exact() {
    for limit in [8 << 10, 32 << 10] {
        let server = start(&["--max-header", &limit.to_string()]).await;
        assert_eq!(with_head_of(&server, limit).await, 200);
        assert_eq!(with_head_of(&server, limit + 1).await, 431);
    }
}

#[tokio::test]
async fn metrics_can_have_an_address_of_their_own() {
    let server = start(&["--metrics-listen", "127.0.0.1:0"]).await;
    assert_eq!(get(server.address, "/metrics").await.status, 404);
    assert_eq!(get(server.address, "/healthz").await.status, 200);
    let metrics = server.metrics.expect("an address");
    let page = get(metrics, "/metrics").await;
    assert!(page.text().contains("websocket_connections 0"));
    assert_eq!(get(metrics, "/healthz").await.status, 200);
    assert_eq!(get(metrics, "/echo").await.status, 404);
}

/// Pushes `chunk` again and again at a server whose answers are never read, until the connection breaks.
async fn push_unread(server: &TestServer, target: &str, chunk: &[u8]) {
    let socket = TcpSocket::new_v4().expect("a socket");
    // Small, so that the server soon has nowhere to write to.
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    socket.set_send_buffer_size(4096).expect("a small buffer");
    let stream = within(socket.connect(server.address))
        .await
        .expect("connect");
    let mut raw = Raw::new(stream);
    assert_eq!(raw.shake(target, "").await.status, 101);
    within(async { while raw.stream.write_all(chunk).await.is_ok() {} }).await;
}

/// What the server has read from its clients beyond what it has written to them: what it must be holding.
async fn held(server: &TestServer) -> i64 {
    let page = get(server.address, "/metrics").await.text();
    let count = |from: &str| {
        let name = format!("tcp_bytes_total{{from=\"{from}\"}} ");
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix(&name))
            .expect("a count");
        line.parse::<i64>().expect("a number")
    };
    // A client's frame has four bytes more, its masking key: of the 131 bytes of the pings here, a pong has 127.
    count("client") * 127 / 131 - count("server")
}

/// One message of a megabyte that is being read, one that is being written, and buffers.
const BOUND: i64 = 3 << 20;

#[tokio::test]
async fn a_client_that_does_not_read_is_not_read_from() {
    for target in ["/echo", "/echo?delay=1s", "/echo?ping=100ms&fragment=1000"] {
        let server = start(&["--stall-time", "1s"]).await;
        push_unread(&server, target, &masked(0x82, &[0; 60_000])).await;
        let held = held(&server).await;
        assert!(held < BOUND, "{target}: {held} bytes");
    }
}

#[tokio::test]
async fn nor_are_its_pings_answered_into_memory() {
    let server = start(&["--stall-time", "1s"]).await;
    push_unread(&server, "/echo", &masked(0x89, &[0; 125]).repeat(500)).await;
    let held = held(&server).await;
    assert!(held < BOUND, "{held} bytes");
}

#[tokio::test]
async fn a_stalled_connection_ends_and_its_tap_says_so() {
    let server = start(&["--stall-time", "300ms"]).await;
    let id = new_wire(server.address).await;
    push_unread(
        &server,
        &format!("/echo?wire={id}"),
        &masked(0x82, &[0; 60_000]),
    )
    .await;
    let events = read_tap(server.address, &id).await;
    assert_eq!(
        why(&events),
        "cut by server: the client accepted no byte for 300ms"
    );
}
