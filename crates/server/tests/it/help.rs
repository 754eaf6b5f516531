//! A server in this process, and a client that writes and reads bytes itself.

use std::{collections::HashMap, net::SocketAddr, path::PathBuf, time::Duration};

use clap::Parser as _;
use duplex_server::{Config, Server};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// Stops a test that hangs. Nothing here is expected to take a noticeable part of it.
pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future)
        .await
        .expect("this should have ended long ago")
}

pub struct TestServer {
    pub address: SocketAddr,
    pub metrics: Option<SocketAddr>,
    pub stop: CancellationToken,
    pub running: JoinHandle<()>,
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts a server with these flags beside `--listen`.
pub async fn start(flags: &[&str]) -> TestServer {
    let listen = ["duplex-server", "--listen", "127.0.0.1:0"];
    let config = Config::parse_from(listen.iter().chain(flags));
    let server = Server::bind(config).await.expect("a free port");
    let address = server.address();
    let metrics = server.metrics_address();
    let stop = CancellationToken::new();
    let running = tokio::spawn(server.run(stop.clone().cancelled_owned()));
    TestServer {
        address,
        metrics,
        stop,
        running,
    }
}

/// Two clients fill a server that holds two; the third is refused, with this status, until a place comes back. What the
/// third was told.
pub async fn a_third_is_refused(server: &TestServer, status: u16) -> Reply {
    let mut one = Raw::open(server.address, "/echo", "").await;
    let two = Raw::open(server.address, "/echo", "").await;
    let (_, refused) = Raw::handshake(server.address, "/echo", "").await;
    assert_eq!(refused.status, status);
    assert_eq!(refused.header("retry-after"), "10");
    assert_eq!(get(server.address, "/").await.status, status);
    assert_eq!(
        get(server.address, "/healthz").await.status,
        200,
        "the server is alive"
    );
    one.frame(0x81, b"unharmed").await;
    one.expect(0x81, b"unharmed").await;
    drop(two);
    within(async { while Raw::handshake(server.address, "/echo", "").await.1.status != 101 {} })
        .await;
    refused
}

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

pub fn parse_head(head: &[u8]) -> (u16, HashMap<String, String>) {
    let head = std::str::from_utf8(head).expect("a head is text");
    let mut lines = head.split("\r\n");
    let status_line = lines.next().expect("a status line");
    let status = status_line
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok());
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    (
        status.unwrap_or_else(|| panic!("not a response: {head}")),
        headers,
    )
}

/// Sends one request and reads its response to the end of the connection.
pub async fn request(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
) -> Reply {
    within(async {
        let mut stream = TcpStream::connect(address).await.expect("connect");
        let mut head =
            format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream
            .write_all(format!("{head}\r\n").as_bytes())
            .await
            .expect("send");
        let mut all = Vec::new();
        stream
            .read_to_end(&mut all)
            .await
            .expect("a whole response");
        parse_reply(&all)
    })
    .await
}

pub fn parse_reply(all: &[u8]) -> Reply {
    let end = find(all, b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no head: {}", String::from_utf8_lossy(all)));
    let (status, headers) = parse_head(&all[..end]);
    let mut body = all[end + 4..].to_vec();
    if headers
        .get("transfer-encoding")
        .is_some_and(|coding| coding == "chunked")
    {
        body = dechunk(&body);
    }
    Reply {
        status,
        headers,
        body,
    }
}

fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = find(rest, b"\r\n").expect("a chunk's size");
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16)
            .expect("hexadecimal");
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
}

pub fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

pub async fn get(address: SocketAddr, target: &str) -> Reply {
    request(address, "GET", target, &[]).await
}

/// Creates a wire and returns its id.
pub async fn new_wire(address: SocketAddr) -> String {
    let reply = request(address, "POST", "/api/wires", &[]).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let wire = reply.json();
    let id = wire["id"].as_str().expect("an id").to_owned();
    assert_eq!(wire["echo"], format!("/echo?wire={id}"));
    assert_eq!(wire["tap"], format!("/tap/{id}"));
    id
}

/// A frame as it stands on the wire, from a server: unmasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireFrame {
    pub first: u8,
    pub payload: Vec<u8>,
}

impl WireFrame {
    pub fn close_code(&self) -> u16 {
        assert_eq!(self.first, 0x88, "a Close frame: {self:?}");
        u16::from_be_bytes([self.payload[0], self.payload[1]])
    }
}

/// A client that keeps every byte it sends and receives.
pub struct Raw {
    pub stream: TcpStream,
    pub sent: Vec<u8>,
    pub received: Vec<u8>,
    at: usize,
}

pub const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

pub fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | len as u8),
        len @ 126..65536 => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&KEY);
    frame.extend(
        payload
            .iter()
            .enumerate()
            .map(|(at, byte)| byte ^ KEY[at % 4]),
    );
    frame
}

impl Raw {
    pub fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            sent: Vec::new(),
            received: Vec::new(),
            at: 0,
        }
    }

    /// Sends an opening handshake and returns the response's head.
    pub async fn handshake(address: SocketAddr, target: &str, headers: &str) -> (Self, Reply) {
        let mut raw = Self::new(TcpStream::connect(address).await.expect("connect"));
        let reply = raw.shake(target, headers).await;
        (raw, reply)
    }

    pub async fn shake(&mut self, target: &str, headers: &str) -> Reply {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"
        );
        self.send(request.as_bytes()).await;
        self.reply().await
    }

    /// Reads a response; with its body when it has a length.
    pub async fn reply(&mut self) -> Reply {
        let end = loop {
            if let Some(end) = find(&self.received[self.at..], b"\r\n\r\n") {
                break self.at + end + 4;
            }
            assert!(self.more().await, "the connection ended within a head");
        };
        let (status, headers) = parse_head(&self.received[self.at..end - 4]);
        self.at = end;
        let length = headers
            .get("content-length")
            .map_or(0, |length| length.parse().unwrap());
        let body = self.take(length).await.expect("a body");
        Reply {
            status,
            headers,
            body,
        }
    }

    /// Takes everything that was received as read.
    pub fn skip(&mut self) {
        self.at = self.received.len();
    }

    /// Opens a WebSocket.
    pub async fn open(address: SocketAddr, target: &str, headers: &str) -> Self {
        let (raw, reply) = Self::handshake(address, target, headers).await;
        assert_eq!(reply.status, 101, "{}", reply.text());
        // The example of RFC 6455 §1.3 for this key.
        assert_eq!(
            reply.header("sec-websocket-accept"),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
        raw
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.sent.extend_from_slice(bytes);
        within(self.stream.write_all(bytes)).await.expect("send");
    }

    pub async fn frame(&mut self, first: u8, payload: &[u8]) {
        self.send(&masked(first, payload)).await;
    }

    /// Reads what comes next; false at the end of the connection.
    pub async fn more(&mut self) -> bool {
        let mut chunk = vec![0; 64 * 1024];
        let count = within(self.stream.read(&mut chunk)).await.expect("read");
        self.received.extend_from_slice(&chunk[..count]);
        count > 0
    }

    async fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.received.len() < self.at + count {
            if !self.more().await {
                return None;
            }
        }
        let taken = self.received[self.at..self.at + count].to_vec();
        self.at += count;
        Some(taken)
    }

    pub async fn next(&mut self) -> WireFrame {
        let head = self.take(2).await.expect("a frame");
        assert_eq!(head[1] & 0x80, 0, "a server doesn't mask");
        let len = match head[1] {
            126 => u16::from_be_bytes(self.take(2).await.expect("a length").try_into().unwrap())
                as usize,
            127 => u64::from_be_bytes(self.take(8).await.expect("a length").try_into().unwrap())
                as usize,
            len => len as usize,
        };
        let payload = self.take(len).await.expect("a payload");
        WireFrame {
            first: head[0],
            payload,
        }
    }

    /// The next frame; `None` where the connection ends before one.
    pub async fn next_or_end(&mut self) -> Option<WireFrame> {
        if self.received.len() == self.at && !self.more().await {
            return None;
        }
        Some(self.next().await)
    }

    pub async fn expect(&mut self, first: u8, payload: &[u8]) {
        let frame = self.next().await;
        assert_eq!(frame.first, first, "{frame:?}");
        assert!(
            frame.payload == payload,
            "another payload, of {} bytes",
            frame.payload.len()
        );
    }

    /// The server has nothing more to say and has closed its side.
    pub async fn expect_end(&mut self) {
        assert!(
            self.take(1).await.is_none(),
            "more: {:?}",
            &self.received[self.at - 1..]
        );
    }
}

/// One event of a tap.
#[derive(Debug, Clone)]
pub struct TapEvent {
    pub name: String,
    pub data: serde_json::Value,
}

/// Reads a tap to its end.
pub async fn read_tap(address: SocketAddr, id: &str) -> Vec<TapEvent> {
    let reply = get(address, &format!("/tap/{id}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert_eq!(reply.header("cache-control"), "no-store");
    events(&reply.text())
}

pub fn events(text: &str) -> Vec<TapEvent> {
    text.split("\n\n")
        .filter(|block| block.starts_with("event"))
        .map(|block| {
            let field = |name: &str| {
                block
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .unwrap_or_default()
            };
            TapEvent {
                name: field("event: ").to_owned(),
                data: serde_json::from_str(field("data: "))
                    .unwrap_or_else(|error| panic!("{error}: {block}")),
            }
        })
        .collect()
}

/// What one side sent, according to a tap; checks the order on the way.
pub fn tapped(events: &[TapEvent], from: &str) -> Vec<u8> {
    use base64::prelude::*;
    let mut bytes = Vec::new();
    let (mut seq, mut us) = (0, 0);
    for event in events.iter().filter(|event| event.name == "bytes") {
        assert_eq!(event.data["seq"], seq, "no gap");
        seq += 1;
        let now = event.data["us"].as_u64().expect("microseconds");
        assert!(now >= us, "time goes on");
        us = now;
        if event.data["from"] == from {
            bytes.extend(
                BASE64_STANDARD
                    .decode(event.data["b64"].as_str().unwrap())
                    .unwrap(),
            );
        }
    }
    bytes
}

pub fn why(events: &[TapEvent]) -> &str {
    let last = events.last().expect("events");
    assert_eq!(last.name, "end");
    assert!(last.data["us"].is_u64());
    last.data["why"].as_str().expect("a reason")
}

/// A folder of this test's own.
pub fn folder(name: &str) -> PathBuf {
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
