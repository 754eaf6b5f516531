use crate::help::*;
use tokio::io::AsyncReadExt as _;

const NAME: &str = "00112233445566778899aabbccddeeff";

/// Sends bytes on a connection of its own and gives all that came back until the server closed it.
async fn exchange(server: &TestServer, request: &[u8]) -> Vec<u8> {
    let stream = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    let mut raw = Raw::new(stream);
    raw.send(request).await;
    let mut all = std::mem::take(&mut raw.received);
    within(async {
        let _ = raw.stream.read_to_end(&mut all).await;
    })
    .await;
    all
}

#[tokio::test]
async fn both_directions_are_counted_as_they_crossed() {
    let server = start(&[]).await;
    for (body, length) in [
        ("Hello".to_owned(), "Content-Length: 5"),
        ("x".repeat(200_000), "Content-Length: 200000"),
        (
            "5\r\nHello\r\n0\r\n\r\n".to_owned(),
            "Transfer-Encoding: chunked",
        ),
    ] {
        let head = format!(
            "POST /api/cost/{NAME} HTTP/1.1\r\nHost: localhost\r\nX-More: of it\r\nConnection: close\r\n{length}\r\n\r\n"
        );
        let sent = head.clone() + &body;
        let came = exchange(&server, sent.as_bytes()).await;
        let came = String::from_utf8(came).unwrap();
        assert!(came.starts_with("HTTP/1.1 204 No Content\r\n"), "{came}");
        let told = get(server.address, &format!("/api/cost/{NAME}")).await;
        assert_eq!(told.status, 200);
        let told = told.json();
        assert_eq!(told["request"]["bytes"], sent.len());
        assert_eq!(told["request"]["head"], head);
        assert_eq!(told["response"]["bytes"], came.len());
        assert_eq!(told["response"]["head"], came);
        let again = get(server.address, &format!("/api/cost/{NAME}")).await;
        assert_eq!(again.status, 404, "told once");
    }
}

#[tokio::test]
async fn one_connection_is_counted_request_by_request() {
    let server = start(&[]).await;
    let first =
        format!("POST /api/cost/{NAME} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nHi");
    let stream = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    let mut raw = Raw::new(stream);
    let mut sizes = Vec::new();
    for _ in 0..3 {
        raw.send(first.as_bytes()).await;
        let mut came = Vec::new();
        within(async {
            while !came.ends_with(b"\r\n\r\n") {
                let mut some = [0; 256];
                let n = raw.stream.read(&mut some).await.unwrap();
                assert!(n > 0);
                came.extend_from_slice(&some[..n]);
            }
        })
        .await;
        let told = get(server.address, &format!("/api/cost/{NAME}"))
            .await
            .json();
        assert_eq!(told["request"]["bytes"], first.len());
        assert_eq!(told["response"]["bytes"], came.len());
        sizes.push(came.len());
    }
    assert!(sizes.iter().all(|n| *n == sizes[0]));
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused() {
    let server = start(&[]).await;
    let status =
        |reply: Vec<u8>| String::from_utf8_lossy(&reply[9..12.min(reply.len())]).into_owned();
    let post = |path: &str, more: &str, body: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let path = format!("/api/cost/{NAME}");
    let short = exchange(&server, post("/api/cost/abc", "", "Hi").as_bytes()).await;
    assert_eq!(status(short), "400");
    let foreign = exchange(
        &server,
        post(&path, "Origin: http://evil.example\r\n", "Hi").as_bytes(),
    )
    .await;
    assert_eq!(status(foreign), "403");
    let long = exchange(
        &server,
        post(&path, "", &"x".repeat((4 << 20) + 1)).as_bytes(),
    )
    .await;
    assert!(long.is_empty() || status(long) == "413");
    let two =
        post(&path, "", "Hi").replace("Connection: close\r\n", "") + &post("/healthz", "", "");
    assert_eq!(status(exchange(&server, two.as_bytes()).await), "400");
    assert_eq!(
        get(server.address, &path).await.status,
        404,
        "nothing was kept"
    );
    let mut once = exchange(&server, post(&path, "", "Hi").as_bytes()).await;
    assert_eq!(status(std::mem::take(&mut once)), "204");
    assert_eq!(
        status(exchange(&server, post(&path, "", "Hi").as_bytes()).await),
        "409"
    );
}
