//! What the server tells about memory.

use crate::help::*;

#[tokio::test]
async fn connections_are_counted_and_their_memory_told() {
    let server = start(&[]).await;
    let reply = get(server.address, "/api/memory").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "no-store");
    let before = reply.json();
    assert_eq!(before["connections"], 0);
    for name in ["resident_bytes", "kernel_socket_bytes"] {
        assert_eq!(before[name].is_u64(), cfg!(target_os = "linux"), "{before}");
    }
    if cfg!(target_os = "linux") {
        assert!(
            before["resident_bytes"].as_u64() > Some(1 << 20),
            "{before}"
        );
    }
    let one = Raw::open(server.address, "/echo", "").await;
    let two = Raw::open(server.address, "/echo", "").await;
    let connections = async || {
        let now = get(server.address, "/api/memory").await.json();
        now["connections"].as_u64().expect("a count")
    };
    within(async { while connections().await != 2 {} }).await;
    drop((one, two));
    within(async { while connections().await != 0 {} }).await;
}

#[tokio::test]
async fn another_origin_is_not_told() {
    let server = start(&["--allow-origin", "http://friend.example"]).await;
    let ask =
        async |origin| request(server.address, "GET", "/api/memory", &[("Origin", origin)]).await;
    assert_eq!(ask("http://elsewhere.example").await.status, 403);
    let friend = ask("http://friend.example").await;
    assert_eq!(friend.status, 200);
    assert_eq!(
        friend.header("access-control-allow-origin"),
        "http://friend.example"
    );
    let rebound = {
        let mut raw = Raw::new(
            tokio::net::TcpStream::connect(server.address)
                .await
                .expect("connect"),
        );
        raw.send(b"GET /api/memory HTTP/1.1\r\nHost: rebound.example\r\n\r\n")
            .await;
        raw.reply().await
    };
    assert_eq!(rebound.status, 421);
}

#[tokio::test]
async fn the_metrics_have_the_process_and_its_websockets() {
    let server = start(&[]).await;
    let page = get(server.address, "/metrics").await.text();
    assert!(page.contains("\nwebsocket_connections 0\n"), "{page}");
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix("process_resident_memory_bytes "));
    let bytes = line.map(|value| value.parse::<f64>().expect("a number"));
    assert_eq!(bytes.is_some(), cfg!(target_os = "linux"), "{page}");
    assert!(
        bytes.is_none_or(|bytes| bytes > f64::from(1 << 20)),
        "{page}"
    );
}
