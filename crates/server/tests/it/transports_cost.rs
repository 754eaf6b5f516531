//! What each transport costs: the server's counts are what these tests sent and received themselves, to the byte.

use crate::{help::*, streaming::*};
use serde_json::{Value, json};

/// What one connection carried of one transport, as the test saw it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    requests: u64,
    client: (u64, u64),
    server: (u64, u64),
}

impl Seen {
    /// Adds what was sent and received since `marks`, as one exchange.
    fn add(&mut self, raw: &Raw, marks: (usize, usize)) {
        let parts = |bytes: &[u8]| {
            let head = find(bytes, b"\r\n\r\n").map_or(bytes.len(), |end| end + 4);
            (head as u64, (bytes.len() - head) as u64)
        };
        let client = parts(&raw.sent[marks.0..]);
        let server = parts(&raw.received[marks.1..]);
        self.requests += 1;
        self.client = (self.client.0 + client.0, self.client.1 + client.1);
        self.server = (self.server.0 + server.0, self.server.1 + server.1);
    }

    /// Compares with what the server has counted.
    fn check(&self, cost: &Value) {
        let both = |side: &str| {
            let of = |what: &str| cost[what][side].as_u64().expect("a number");
            (of("head_bytes"), of("body_bytes"))
        };
        let told = Seen {
            requests: cost["requests"].as_u64().expect("a number"),
            client: both("client"),
            server: both("server"),
        };
        assert_eq!(&told, self, "{cost}");
    }
}

fn marks(raw: &Raw) -> (usize, usize) {
    (raw.sent.len(), raw.received.len())
}

#[tokio::test]
async fn transports_that_share_a_connection_are_counted_apart() {
    let server = start(&[]).await;
    let run = begin(&server, &quick(10)).await;
    let mut raw = connect(&server).await;
    let (mut polls, mut long_polls, mut events) =
        (Seen::default(), Seen::default(), Seen::default());
    let mut empty = 0;
    for round in 0..3 {
        let from = marks(&raw);
        let after = [0, 10_000, 1][round];
        let messages = list(&mut raw, &path("polling", &run, &format!("&after={after}"))).await;
        empty += u64::from(messages.is_empty());
        polls.add(&raw, from);
        // Something that is nobody's cost, in between.
        ask(&mut raw, "/healthz", "").await;
        assert_eq!(raw.reply().await.body, b"ok\n");
        let from = marks(&raw);
        let more = ["", "&after=10000&timeout=100", "&after=2"][round];
        list(&mut raw, &path("long-polling", &run, more)).await;
        long_polls.add(&raw, from);
        if round == 1 {
            // An event stream that ends leaves the connection to others.
            let from = marks(&raw);
            ask(&mut raw, &path("sse", &run, ""), "X-More: of it\r\n").await;
            let mut sse = EventStream::of(raw).await;
            assert!(sse.rest().await);
            raw = sse.raw;
            raw.skip();
            events.add(&raw, from);
        }
    }
    let cost = settled(&server, &run, "polling").await;
    polls.check(&cost);
    assert_eq!(cost["empty"], empty);
    let first = &cost["first"];
    let head = String::from_utf8_lossy(&raw.sent);
    let head = &head[..head.find("\r\n\r\n").unwrap() + 4];
    assert_eq!(first["request"], json!({"bytes": head.len(), "head": head}));
    let answer = String::from_utf8_lossy(&raw.received);
    let length = answer.find("\r\n\r\n").unwrap() + 4;
    assert_eq!(first["response"]["head"], answer[..length]);
    let cost = settled(&server, &run, "long-polling").await;
    long_polls.check(&cost);
    assert_eq!(cost["empty"], 1);
    let cost = settled(&server, &run, "sse").await;
    events.check(&cost);
    assert_eq!(cost["empty"], 0);
}

#[tokio::test]
async fn a_websocket_is_counted_from_its_handshake_to_its_end() {
    let server = start(&[]).await;
    let run = begin(&server, &quick(10)).await;
    for tapped in [false, true] {
        let more = match tapped {
            false => String::new(),
            true => format!("&wire={}", new_wire(server.address).await),
        };
        let mut seen = Seen::default();
        let before = cost(&server, &run).await["transports"][0].clone();
        let mut raw = Raw::open(server.address, &path("websocket", &run, &more), "").await;
        raw.frame(0x81, b"for nobody").await;
        raw.frame(0x89, &[b'p'; 125]).await;
        let (mut messages, mut last) = (0, raw.next().await);
        while last.first != 0x88 {
            messages += u64::from(last.first == 0x81);
            last = raw.next().await;
        }
        assert_eq!(messages, 10);
        raw.frame(0x88, &1000u16.to_be_bytes()).await;
        // A ping is owed a pong until the client's Close frame is there.
        while raw.more().await {}
        seen.add(&raw, (0, 0));
        drop(raw.stream);
        let now = settled(&server, &run, "websocket").await;
        if tapped {
            let side = |what: &str, side: &str| {
                now[what][side].as_u64().unwrap() - before[what][side].as_u64().unwrap()
            };
            assert_eq!(
                seen.client,
                (side("head_bytes", "client"), side("body_bytes", "client"))
            );
            assert_eq!(
                seen.server,
                (side("head_bytes", "server"), side("body_bytes", "server"))
            );
        } else {
            seen.check(&now);
            let first = &now["first"];
            assert_eq!(first["request"]["bytes"], raw.sent.len());
            assert_eq!(first["response"]["bytes"], raw.received.len());
        }
        assert_eq!(now["empty"], 0);
    }
}

#[tokio::test]
async fn what_comes_right_behind_a_handshake_is_counted() {
    let server = start(&[]).await;
    let run = begin(&server, &quick(10)).await;
    let mut raw = connect(&server).await;
    let handshake = format!(
        "GET {} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        path("websocket", &run, "")
    );
    let at_once = [handshake.as_bytes(), &masked(0x89, b"early")].concat();
    raw.send(&at_once).await;
    assert_eq!(raw.reply().await.status, 101);
    let (_, pong) = socket_messages(&mut raw).await;
    assert_eq!(pong.expect("a pong").first, 0x8a);
    let (_, close) = socket_messages(&mut raw).await;
    assert_eq!(close.expect("a Close frame").close_code(), 1000);
    raw.frame(0x88, &1000u16.to_be_bytes()).await;
    raw.expect_end().await;
    let mut seen = Seen::default();
    seen.add(&raw, (0, 0));
    drop(raw.stream);
    seen.check(&settled(&server, &run, "websocket").await);
}

#[tokio::test]
async fn what_is_cut_or_refused_is_counted_as_far_as_it_went() {
    let server = start(&[]).await;
    let run = begin(&server, &quick(300)).await;
    let mut events = Seen::default();
    let mut sockets = Seen::default();
    let mut polls = Seen::default();
    let mut sse = EventStream::open(&server, &path("sse", &run, ""), "").await;
    let mut socket = Raw::open(server.address, &path("websocket", &run, ""), "").await;
    sse.until(2).await;
    let mut poll = connect(&server).await;
    ask(&mut poll, &path("long-polling", &run, "&after=299"), "").await;
    let count = |all: &Value| all["transports"].as_array().unwrap().len();
    within(async { while count(&cost(&server, &run).await) < 3 {} }).await;
    restart(&server, &run, 30_000).await;
    assert!(!sse.rest().await);
    events.add(&sse.raw, (0, 0));
    assert_eq!(socket_messages(&mut socket).await.1, None);
    sockets.add(&socket, (0, 0));
    assert!(!poll.more().await);
    polls.add(&poll, (0, 0));
    let cut = settled(&server, &run, "long-polling").await;
    assert_eq!(cut["empty"], 0, "it was not answered");
    assert_eq!(settled(&server, &run, "sse").await["empty"], 0);

    // While the server is away, on one connection.
    let mut raw = connect(&server).await;
    for (transport, seen) in [("sse", &mut events), ("long-polling", &mut polls)] {
        let from = marks(&raw);
        ask(&mut raw, &path(transport, &run, ""), "").await;
        assert_eq!(raw.reply().await.status, 503);
        seen.add(&raw, from);
    }
    for more in ["", "&proxy=blocks", "&after=x"] {
        let from = marks(&raw);
        let reply = raw.shake(&path("websocket", &run, more), "").await;
        assert!(matches!(reply.status, 503 | 403 | 400), "{reply:?}");
        sockets.add(&raw, from);
    }
    let cost = settled(&server, &run, "sse").await;
    events.check(&cost);
    assert_eq!(cost["empty"], 1);
    polls.check(&settled(&server, &run, "long-polling").await);
    let cost = settled(&server, &run, "websocket").await;
    sockets.check(&cost);
    assert_eq!(cost["empty"], 3);
}

#[tokio::test]
async fn requests_that_do_not_wait_are_counted_each_or_refused() {
    let server = start(&[]).await;
    let run = begin(&server, &quiet()).await;
    let target = path("polling", &run, "");
    let one = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut raw = connect(&server).await;
    raw.send(one.repeat(3).as_bytes()).await;
    let mut counted = Seen::default();
    for _ in 0..3 {
        let reply = raw.reply().await;
        if reply.status == 200 {
            counted.requests += 1;
        } else {
            assert_eq!(reply.status, 400, "{}", reply.text());
            assert!(reply.text().contains("wait for each answer"));
        }
    }
    let cost = settled(&server, &run, "polling").await;
    assert_eq!(cost["requests"], counted.requests);
    assert!(counted.requests >= 1);
    let heads = counted.requests * one.len() as u64;
    assert_eq!(cost["head_bytes"]["client"], heads);

    // One that has a body is the last of its connection, and has it counted.
    let mut raw = connect(&server).await;
    let target = path("long-polling", &run, "&timeout=100");
    let with_body = "Content-Length: 5\r\n";
    ask(&mut raw, &target, with_body).await;
    raw.send(b"Hello").await;
    assert_eq!(raw.reply().await.header("connection"), "close");
    raw.expect_end().await;
    let mut seen = Seen::default();
    seen.add(&raw, (0, 0));
    drop(raw.stream);
    seen.check(&settled(&server, &run, "long-polling").await);
}
