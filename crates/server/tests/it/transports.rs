//! One stream by four transports.

use crate::{help::*, streaming::*};
use serde_json::{Value, json};

/// Reads a run of `count` messages to its end by lists.
async fn by_lists(server: &TestServer, transport: &str, run: &str, count: usize) -> Vec<Value> {
    let mut raw = connect(server).await;
    let mut all: Vec<Value> = Vec::new();
    while all.len() < count {
        let after = all.last().map_or(0, |last| last["seq"].as_u64().unwrap());
        all.extend(list(&mut raw, &path(transport, run, &format!("&after={after}"))).await);
    }
    all
}

#[tokio::test]
async fn the_same_messages_come_by_every_transport() {
    let server = start(&[]).await;
    for seed in [None, Some(7)] {
        let mut asked = quick(12);
        if let Some(seed) = seed {
            asked["seed"] = json!(seed);
        }
        let run = begin(&server, &asked).await;
        let sse = async {
            let mut sse = EventStream::open(&server, &path("sse", &run, ""), "").await;
            assert!(sse.rest().await);
            let (text, _) = sse.text();
            let messages = sse.messages();
            assert!(text.starts_with("retry: 1000\n\n"), "{text}");
            let end = format!("event: end\ndata: {{\"messages\":{}}}\n\n", messages.len());
            assert!(text.ends_with(&end), "{text}");
            assert_eq!(sse.head.header("cache-control"), "no-store");
            messages
        };
        let websocket = async {
            let mut raw = Raw::open(server.address, &path("websocket", &run, ""), "").await;
            let (messages, close) = socket_messages(&mut raw).await;
            assert_eq!(close.expect("a Close frame").close_code(), 1000);
            messages
        };
        let (sse, websocket) = tokio::join!(sse, websocket);
        let count = sse.len();
        let polling = by_lists(&server, "polling", &run, count).await;
        let long_polling = by_lists(&server, "long-polling", &run, count).await;
        assert_eq!(sse, websocket);
        assert_eq!(sse, polling);
        assert_eq!(sse, long_polling);
        let all: Vec<u64> = (1..=count as u64).collect();
        assert_eq!(numbers(&sse), all);
        assert!(sse.iter().all(|m| m["text"].as_str().unwrap().len() == 40));
        let times: Vec<u64> = sse.iter().map(|m| m["us"].as_u64().unwrap()).collect();
        if seed.is_none() {
            assert_eq!(times, all.iter().map(|n| n * 100_000).collect::<Vec<_>>());
        } else {
            assert!(times.is_sorted() && times[0] != 100_000);
        }
    }
}

#[tokio::test]
async fn nothing_is_compressed() {
    let server = start(&[]).await;
    let run = begin(&server, &quick(12)).await;
    let mut raw = connect(&server).await;
    for transport in ["polling", "long-polling", "sse"] {
        let accepts = "Accept-Encoding: gzip, br\r\n";
        ask(&mut raw, &path(transport, &run, ""), accepts).await;
        let reply = raw.reply().await;
        assert_eq!((reply.status, reply.header("content-encoding")), (200, ""));
    }
    let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    let (_, reply) = Raw::handshake(server.address, &path("websocket", &run, ""), offer).await;
    assert_eq!(reply.status, 101);
    assert_eq!(reply.header("sec-websocket-extensions"), "");
}

#[tokio::test]
async fn reading_goes_on_across_a_restart_without_loss_or_repetition() {
    let server = start(&[]).await;
    let run = begin(&server, &quick(50)).await;
    let mut sse = EventStream::open(&server, &path("sse", &run, ""), "").await;
    let mut socket = Raw::open(server.address, &path("websocket", &run, ""), "").await;
    sse.until(3).await;
    // Nothing newer is there yet, so that this one waits.
    let mut poll = connect(&server).await;
    ask(&mut poll, &path("long-polling", &run, "&after=49"), "").await;
    within(async {
        let open = |all: &Value| {
            let all = all["transports"].as_array().unwrap();
            all.iter().filter(|cost| cost["open"] == 1).count()
        };
        while open(&cost(&server, &run).await) < 3 {}
    })
    .await;
    restart(&server, &run, 1000).await;

    assert!(!sse.rest().await, "no last chunk");
    let (before, close) = socket_messages(&mut socket).await;
    assert_eq!(close, None, "no Close frame");
    assert!(!poll.more().await, "no answer");
    let mut refused = connect(&server).await;
    for transport in ["polling", "long-polling", "sse"] {
        ask(&mut refused, &path(transport, &run, ""), "").await;
        let reply = refused.reply().await;
        assert_eq!((reply.status, reply.header("retry-after")), (503, "1"));
    }
    let (_, reply) = Raw::handshake(server.address, &path("websocket", &run, ""), "").await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "1"));

    let target = path("polling", &run, "");
    within(async { while get(server.address, &target).await.status == 503 {} }).await;
    let last = sse.messages().len();
    // The address is the old one: the header wins.
    let id = format!("Last-Event-ID: {last}\r\n");
    let mut again = EventStream::open(&server, &path("sse", &run, "&after=0"), &id).await;
    let after = format!("&after={}", before.len());
    let mut socket = Raw::open(server.address, &path("websocket", &run, &after), "").await;
    let (more, close) = socket_messages(&mut socket).await;
    assert_eq!(close.expect("a Close frame").close_code(), 1000);
    assert!(again.rest().await);
    let all: Vec<u64> = (1..=50).collect();
    assert_eq!(numbers(&[sse.messages(), again.messages()].concat()), all);
    assert_eq!(numbers(&[before, more].concat()), all);
}

#[tokio::test]
async fn a_restart_cuts_a_reader_that_does_not_read() {
    let flags = ["--socket-buffer", "4KiB", "--stall-time", "10m"];
    let server = start(&flags).await;
    let run = begin(
        &server,
        &json!({"every_ms": 20, "bytes": 4096, "last_ms": 300_000}),
    )
    .await;
    let mut held = Vec::new();
    for transport in ["sse", "websocket"] {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut raw = Raw::new(socket.connect(server.address).await.unwrap());
        let handshake = "Upgrade: websocket\r\nConnection: Upgrade\r\n\
                         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
        let headers = if transport == "sse" { "" } else { handshake };
        ask(&mut raw, &path(transport, &run, ""), headers).await;
        held.push(raw);
    }
    // Until nothing more is taken: no byte between ten messages.
    within(async {
        let bytes = |all: &Value| {
            let all = all["transports"].as_array().unwrap().clone();
            all.iter()
                .map(|cost| cost["body_bytes"]["server"].as_u64().unwrap())
                .collect()
        };
        let mut before: (Vec<u64>, u64) = (Vec::new(), 0);
        loop {
            let now = cost(&server, &run).await;
            let messages = now["messages"].as_u64().unwrap();
            let now: Vec<u64> = bytes(&now);
            if now != before.0 || now.len() < 2 {
                before = (now, messages);
            } else if messages > before.1 + 10 {
                break;
            }
        }
    })
    .await;
    restart(&server, &run, 0).await;
    for transport in ["sse", "websocket"] {
        settled(&server, &run, transport).await;
    }
}

#[tokio::test]
async fn who_goes_away_is_no_longer_open() {
    let server = start(&[]).await;
    let run = begin(&server, &quiet()).await;
    for (transport, more) in [
        ("long-polling", "&timeout=60000"),
        ("sse", ""),
        ("sse", "&proxy=buffers"),
    ] {
        let mut raw = connect(&server).await;
        ask(&mut raw, &path(transport, &run, more), "").await;
        within(async {
            let is_open = |cost: &Value| cost["transport"] == transport && cost["open"] == 1;
            let open = |all: Value| all["transports"].as_array().unwrap().iter().any(is_open);
            while !open(cost(&server, &run).await) {}
        })
        .await;
        drop(raw);
        // Long before the poll's own time is over: the server hears of it.
        settled(&server, &run, transport).await;
    }
    let all = cost(&server, &run).await;
    let polls = &all["transports"][0];
    assert_eq!(
        (&polls["requests"], &polls["empty"]),
        (&json!(1), &json!(0))
    );
}

#[tokio::test]
async fn a_long_poll_is_held_until_there_is_something_or_its_time_is_over() {
    let server = start(&[]).await;
    let run = begin(&server, &quiet()).await;
    let mut raw = connect(&server).await;
    for _ in 0..2 {
        let nothing = list(&mut raw, &path("long-polling", &run, "&timeout=150")).await;
        assert!(nothing.is_empty());
    }
    let run = begin(
        &server,
        &json!({"every_ms": 300, "bytes": 1, "last_ms": 3000}),
    )
    .await;
    let mut after = 0;
    for expected in 1..=3 {
        let more = path("long-polling", &run, &format!("&after={after}"));
        let messages = list(&mut raw, &more).await;
        assert_eq!(messages[0]["seq"], expected);
        after = *numbers(&messages).last().unwrap();
        if after > expected {
            break;
        }
    }
}

#[tokio::test]
async fn an_answer_holds_a_bounded_part_of_the_stream() {
    let server = start(&[]).await;
    let asked = json!({"every_ms": 20, "bytes": 4096, "last_ms": 2000});
    let run = begin(&server, &asked).await;
    within(async { while cost(&server, &run).await["messages"] != 100 {} }).await;
    let mut raw = connect(&server).await;
    let first = list(&mut raw, &path("polling", &run, "")).await;
    assert_eq!(numbers(&first), (1..=64).collect::<Vec<u64>>());
    let rest = list(&mut raw, &path("long-polling", &run, "&after=64")).await;
    assert_eq!(numbers(&rest), (65..=100).collect::<Vec<u64>>());
    let none = list(
        &mut raw,
        &path("polling", &run, "&after=18446744073709551615"),
    )
    .await;
    assert!(none.is_empty());
}

#[tokio::test]
async fn a_websocket_of_a_run_can_be_tapped() {
    let server = start(&[]).await;
    let run = begin(&server, &quick(10)).await;
    let id = new_wire(server.address).await;
    let target = path("websocket", &run, &format!("&wire={id}"));
    let mut raw = Raw::open(server.address, &target, "").await;
    raw.frame(0x81, b"for nobody").await;
    raw.frame(0x89, b"ping").await;
    let mut pongs = 0;
    loop {
        let frame = raw.next().await;
        match frame.first {
            0x88 => break assert_eq!(frame.close_code(), 1000),
            0x8a => pongs += 1,
            _ => {}
        }
    }
    assert_eq!(pongs, 1);
    raw.frame(0x88, &1000u16.to_be_bytes()).await;
    raw.expect_end().await;
    let sent = raw.sent.clone();
    drop(raw.stream);
    let events = read_tap(server.address, &id).await;
    assert_eq!(tapped(&events, "client"), sent);
    assert_eq!(tapped(&events, "server"), raw.received);
    assert_eq!(why(&events), "closed by server, 1000: the stream is over");
}

#[tokio::test]
async fn a_server_that_stops_ends_everything_in_good_order() {
    let server = start(&[]).await;
    let run = begin(&server, &quiet()).await;
    let mut sse = EventStream::open(&server, &path("sse", &run, ""), "").await;
    let mut poll = connect(&server).await;
    ask(&mut poll, &path("long-polling", &run, ""), "").await;
    let mut socket = Raw::open(server.address, &path("websocket", &run, ""), "").await;
    let open = |all: &Value| all["transports"].as_array().unwrap().len();
    within(async { while open(&cost(&server, &run).await) < 3 {} }).await;
    server.stop.cancel();
    assert_eq!(socket.next().await.close_code(), 1001);
    assert_eq!(poll.reply().await.body, b"[]");
    assert!(sse.rest().await, "a last chunk");
    assert!(
        !sse.text().0.contains("event: end"),
        "an EventSource comes back"
    );
}
