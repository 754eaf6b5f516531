//! What the tests of `/transports` share: runs, answers on connections that go on, and events as they come.

use crate::help::*;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Sends a body on a connection of its own.
pub async fn post(server: &TestServer, path: &str, more: &str, body: &str) -> Reply {
    within(async {
        let mut stream = TcpStream::connect(server.address).await.expect("connect");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{more}Content-Length: {}\r\n\r\n{body}",
            server.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("send");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.expect("an answer");
        parse_reply(&all)
    })
    .await
}

/// Where a transport reads a run, with more options.
pub fn path(transport: &str, run: &str, more: &str) -> String {
    format!("/transports/{transport}?run={run}{more}")
}

/// Begins a run and gives its name.
pub async fn begin(server: &TestServer, asked: &Value) -> String {
    let reply = post(server, "/transports/runs", "", &asked.to_string()).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let run = reply.json();
    assert!(run["us"].is_u64());
    let name = run["run"].as_str().expect("a name").to_owned();
    assert_eq!(reply.header("location"), format!("/transports/runs/{name}"));
    assert_eq!(
        (name.len(), reply.header("cache-control")),
        (32, "no-store")
    );
    name
}

/// A stream that has `count` messages within a second or two.
pub fn quick(count: u32) -> Value {
    json!({"every_ms": 100, "bytes": 40, "last_ms": (count * 100).max(1000)})
}

/// A stream that has no message while a test lasts.
pub fn quiet() -> Value {
    json!({"every_ms": 60000, "bytes": 40, "last_ms": 300_000})
}

pub async fn restart(server: &TestServer, run: &str, down_ms: u32) {
    let path = format!("/transports/runs/{run}/restart");
    let reply = post(server, &path, "", &json!({"down_ms": down_ms}).to_string()).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
}

pub async fn cost(server: &TestServer, run: &str) -> Value {
    let reply = get(server.address, &format!("/transports/runs/{run}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

/// What one transport has cost when nothing of it is open.
pub async fn settled(server: &TestServer, run: &str, transport: &str) -> Value {
    within(async {
        loop {
            let all = cost(server, run).await;
            let transports = all["transports"].as_array().expect("a list");
            let of = |cost: &&Value| cost["transport"] == transport;
            if let Some(cost) = transports.iter().find(of)
                && cost["open"] == 0
            {
                return cost.clone();
            }
        }
    })
    .await
}

pub async fn connect(server: &TestServer) -> Raw {
    Raw::new(TcpStream::connect(server.address).await.expect("connect"))
}

/// Sends a `GET` and does not wait for its answer.
pub async fn ask(raw: &mut Raw, target: &str, headers: &str) {
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
    raw.send(request.as_bytes()).await;
}

/// The numbers of the messages in a list.
pub fn numbers(list: &[Value]) -> Vec<u64> {
    list.iter()
        .map(|m| m["seq"].as_u64().expect("a number"))
        .collect()
}

/// Asks for a list on a connection that goes on.
pub async fn list(raw: &mut Raw, target: &str) -> Vec<Value> {
    ask(raw, target, "").await;
    let reply = raw.reply().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("content-type"), "application/json");
    serde_json::from_slice(&reply.body).expect("a list")
}

/// An event stream on a connection of its own.
pub struct EventStream {
    pub raw: Raw,
    pub head: Reply,
    /// Where the body begins in what was received.
    body: usize,
}

impl EventStream {
    pub async fn open(server: &TestServer, target: &str, headers: &str) -> Self {
        let mut raw = connect(server).await;
        ask(&mut raw, target, headers).await;
        Self::of(raw).await
    }

    /// The stream that was asked for.
    pub async fn of(mut raw: Raw) -> Self {
        let from = raw.received.len();
        let end = loop {
            if let Some(end) = find(&raw.received[from..], b"\r\n\r\n") {
                break from + end;
            }
            assert!(raw.more().await, "the connection ended within a head");
        };
        let (status, headers) = parse_head(&raw.received[from..end]);
        let head = Reply {
            status,
            headers,
            body: Vec::new(),
        };
        assert_eq!(
            (status, head.header("content-type")),
            (200, "text/event-stream")
        );
        assert_eq!(head.header("transfer-encoding"), "chunked");
        Self {
            raw,
            head,
            body: end + 4,
        }
    }

    /// The body as far as it came, and whether its last chunk did.
    pub fn text(&self) -> (String, bool) {
        let mut rest = &self.raw.received[self.body..];
        let mut text = Vec::new();
        while let Some(end) = find(rest, b"\r\n") {
            let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16);
            let size = size.expect("hexadecimal");
            if rest.len() < end + 2 + size + 2 {
                break;
            }
            if size == 0 {
                return (String::from_utf8(text).unwrap(), true);
            }
            text.extend_from_slice(&rest[end + 2..end + 2 + size]);
            rest = &rest[end + 2 + size + 2..];
        }
        (String::from_utf8(text).unwrap(), false)
    }

    /// The messages that came; each event's id is its message's number.
    pub fn messages(&self) -> Vec<Value> {
        let (text, _) = self.text();
        let blocks = text.split("\n\n").filter(|block| block.starts_with("id:"));
        blocks
            .map(|block| {
                let (id, data) = block.split_once('\n').expect("two lines");
                let message: Value =
                    serde_json::from_str(data.strip_prefix("data: ").expect("data")).unwrap();
                assert_eq!(id, format!("id: {}", message["seq"]));
                message
            })
            .collect()
    }

    /// Reads until so many messages came.
    pub async fn until(&mut self, count: usize) {
        while self.messages().len() < count {
            assert!(self.raw.more().await, "the stream ended early");
        }
    }

    /// Reads to the end of the body, or of the connection; whether it was the body's.
    pub async fn rest(&mut self) -> bool {
        while !self.text().1 {
            if !self.raw.more().await {
                return false;
            }
        }
        true
    }
}

/// Reads the messages of a WebSocket up to the frame that is none of them; `None` where TCP ended without a Close frame.
pub async fn socket_messages(raw: &mut Raw) -> (Vec<Value>, Option<WireFrame>) {
    let mut messages = Vec::new();
    loop {
        match raw.next_or_end().await {
            Some(frame) if frame.first == 0x81 => {
                messages.push(serde_json::from_slice(&frame.payload).expect("JSON"));
            }
            last => return (messages, last),
        }
    }
}
