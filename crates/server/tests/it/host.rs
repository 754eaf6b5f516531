//! Whom a request asks.

use crate::help::*;
use tokio::{io::AsyncReadExt as _, net::TcpStream};

async fn status(server: &TestServer, text: &str) -> u16 {
    let mut raw = Raw::new(TcpStream::connect(server.address).await.expect("connect"));
    raw.send(format!("{text}Connection: close\r\n\r\n").as_bytes())
        .await;
    within(raw.stream.read_to_end(&mut raw.received))
        .await
        .expect("an end");
    parse_reply(&raw.received).status
}

#[tokio::test]
async fn exactly_one_host_is_asked() {
    let server = start(&[]).await;
    for (text, expected) in [
        ("GET /healthz HTTP/1.1\r\n", 400),
        (
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n",
            400,
        ),
        ("GET /healthz HTTP/1.1\r\nHost:\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a b\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: u@localhost\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: localhost:1\r\n", 200),
        ("GET /healthz HTTP/1.1\r\nHost: [::1]:8080\r\n", 200),
        ("GET /healthz HTTP/1.0\r\n", 200),
        (
            "GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n",
            200,
        ),
        (
            "GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n",
            421,
        ),
    ] {
        assert_eq!(status(&server, text).await, expected, "{text}");
    }
}

/// A foreign page whose name its owner points here: its origin is the host that it asks.
#[tokio::test]
async fn a_foreign_name_is_not_answered_for() {
    let evil = "POST /api/wires HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n";
    let server = start(&[]).await;
    assert_eq!(status(&server, evil).await, 421);
    let ours = evil.replace("evil", "duplex");
    assert_eq!(status(&server, &ours).await, 421);
    let server = start(&["--host", "duplex.example"]).await;
    assert_eq!(status(&server, &ours).await, 201);
    assert_eq!(status(&server, evil).await, 421);
    assert_eq!(get(server.address, "/healthz").await.status, 200);
}
