//! Bodies that come slowly, or not at all.

use crate::help::*;
use tokio::{io::AsyncReadExt as _, net::TcpStream};

const NAME: &str = "0123456789abcdef0123456789abcdef";

/// Sends this and then nothing, and reads to the end of the connection.
async fn and_then_nothing(server: &TestServer, text: &str) -> String {
    let mut raw = Raw::new(TcpStream::connect(server.address).await.expect("connect"));
    raw.send(text.as_bytes()).await;
    within(raw.stream.read_to_end(&mut raw.received))
        .await
        .expect("an end");
    String::from_utf8(raw.received).expect("text")
}

#[tokio::test]
async fn a_body_that_stops_is_not_waited_for() {
    let server = start(&["--body-piece-time", "100ms", "--close-time", "100ms"]).await;
    let post = format!("POST /api/cost/{NAME} HTTP/1.1\r\nHost: localhost\r\n");
    for rest in [
        "Content-Length: 1000\r\n\r\nsome of it",
        "Transfer-Encoding: chunked\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n3e8\r\nof",
        "Expect: 100-continue\r\nContent-Length: 10\r\n\r\n",
    ] {
        let answer = and_then_nothing(&server, &format!("{post}{rest}")).await;
        let answer = answer.trim_start_matches("HTTP/1.1 100 Continue\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 408"), "{rest}: {answer}");
        assert!(answer.contains("--body-piece-time"), "{answer}");
    }
}

#[tokio::test]
async fn nor_is_one_that_comes_in_crumbs_without_end() {
    let server = start(&["--body-piece-time", "10s", "--body-time", "300ms"]).await;
    let mut raw = Raw::new(TcpStream::connect(server.address).await.expect("connect"));
    let head = format!(
        "POST /api/cost/{NAME} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n\r\n"
    );
    raw.send(head.as_bytes()).await;
    let (mut read, mut write) = raw.stream.into_split();
    let crumbs = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        while write.write_all(b"crumb").await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    });
    let mut answer = vec![0; 12];
    within(read.read_exact(&mut answer))
        .await
        .expect("an answer");
    assert_eq!(answer, b"HTTP/1.1 408");
    crumbs.abort();
}

#[tokio::test]
async fn a_body_that_nobody_reads_ends_the_connection() {
    let server = start(&["--close-time", "100ms"]).await;
    for (line, status) in [
        ("POST /api/wires", "201"),
        ("GET /healthz", "200"),
        ("GET /echo", "426"),
        ("PUT /nowhere", "405"),
    ] {
        for rest in [
            "Content-Length: 1000000\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        ] {
            let text = format!("{line} HTTP/1.1\r\nHost: localhost\r\n{rest}");
            let answer = and_then_nothing(&server, &text).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{line}: {answer}"
            );
            assert!(answer.contains("connection: close"), "{answer}");
        }
    }
}
