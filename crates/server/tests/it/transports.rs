//! One stream by four transports.

use crate::{help::*, streaming::*};
use serde_json::{Value, json};

const ALL: [&str; 4] = ["polling", "long-polling", "sse", "websocket"];

fn path(transport: &str, run: &str, more: &str) -> String {
    format!("/transports/{transport}?run={run}{more}")
}

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
    let run = begin(&server, &quick(30)).await;
    let mut sse = EventStream::open(&server, &path("sse", &run, ""), "").await;
    let mut socket = Raw::open(server.address, &path("websocket", &run, ""), "").await;
    sse.until(3).await;
    // Nothing newer is there yet, so that this one waits.
    let mut poll = connect(&server).await;
    ask(&mut poll, &path("long-polling", &run, "&after=29"), "").await;
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
    let all: Vec<u64> = (1..=30).collect();
    assert_eq!(numbers(&[sse.messages(), again.messages()].concat()), all);
    assert_eq!(numbers(&[before, more].concat()), all);
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
async fn a_proxy_that_blocks_stops_the_websocket_alone() {
    let server = start(&[]).await;
    let run = begin(&server, &quick(10)).await;
    let target = path("websocket", &run, "&proxy=blocks");
    let (mut raw, reply) = Raw::handshake(server.address, &target, "").await;
    assert_eq!(reply.status, 403);
    assert!(reply.header("via").starts_with("1.1 "), "{reply:?}");
    assert!(reply.header("content-type").starts_with("text/html"));
    assert!(reply.text().starts_with("<!doctype html>"));
    // The connection to the proxy goes on.
    let first = list(&mut raw, &path("long-polling", &run, "&proxy=blocks")).await;
    assert_eq!(first[0]["seq"], 1);
    list(&mut raw, &path("polling", &run, "&proxy=blocks")).await;
    let target = path("sse", &run, "&proxy=blocks");
    let mut sse = EventStream::open(&server, &target, "").await;
    sse.until(2).await;
    // It answers for itself, whether there is a server or not.
    restart(&server, &run, 30_000).await;
    let target = path("websocket", &run, "&proxy=blocks");
    let (_, reply) = Raw::handshake(server.address, &target, "").await;
    assert_eq!(reply.status, 403);
}

#[tokio::test]
async fn a_proxy_that_buffers_holds_an_event_stream_back() {
    let server = start(&[]).await;
    let run = begin(&server, &quick(10)).await;
    let mut held = connect(&server).await;
    ask(&mut held, &path("sse", &run, "&proxy=buffers"), "").await;
    let mut socket = Raw::open(
        server.address,
        &path("websocket", &run, "&proxy=buffers"),
        "",
    )
    .await;
    // What follows a 101 is not held back.
    assert_eq!(socket.next().await.first, 0x81);
    let now = cost(&server, &run).await;
    let of_sse = &now["transports"][0];
    assert_eq!(
        (&of_sse["transport"], &of_sse["open"]),
        (&json!("sse"), &json!(1))
    );
    if now["us"].as_u64().unwrap() < 1_000_000 {
        assert_eq!(of_sse["head_bytes"]["server"], 0);
        assert_eq!(of_sse["body_bytes"]["server"], 0);
    }
    let mut sse = EventStream::of(held).await;
    assert_eq!(
        cost(&server, &run).await["messages"],
        10,
        "the stream is over"
    );
    assert!(sse.rest().await);
    assert_eq!(numbers(&sse.messages()), (1..=10).collect::<Vec<u64>>());
    assert!(sse.text().0.contains("event: end"));
}

#[tokio::test]
async fn what_a_buffering_proxy_holds_comes_when_its_server_goes_away() {
    let server = start(&[]).await;
    let asked = json!({"every_ms": 20, "bytes": 4000, "last_ms": 300_000});
    let run = begin(&server, &asked).await;
    let mut held = connect(&server).await;
    ask(&mut held, &path("sse", &run, "&proxy=buffers"), "").await;
    within(async {
        loop {
            let now = cost(&server, &run).await;
            if now["messages"].as_u64() > Some(50) && now["transports"][0]["open"] == 1 {
                break;
            }
        }
    })
    .await;
    restart(&server, &run, 0).await;
    let mut sse = EventStream::of(held).await;
    assert!(!sse.rest().await, "no last chunk");
    let numbers = numbers(&sse.messages());
    assert!(numbers.len() > 50);
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert!(!sse.text().0.contains("event: end"));
}

#[tokio::test]
async fn a_proxy_that_cuts_ends_what_has_been_open_for_long() {
    let server = start(&[]).await;
    let run = begin(&server, &quick(300)).await;
    let more = "&proxy=cuts&cut=500";
    let mut sse = EventStream::open(&server, &path("sse", &run, more), "").await;
    let mut socket = Raw::open(server.address, &path("websocket", &run, more), "").await;
    assert!(!sse.rest().await, "no last chunk");
    assert!(!sse.messages().is_empty());
    let (messages, close) = socket_messages(&mut socket).await;
    assert_eq!(close, None, "no Close frame");
    assert!(!messages.is_empty());

    let quiet = begin(&server, &quiet()).await;
    let mut raw = connect(&server).await;
    ask(&mut raw, &path("long-polling", &quiet, more), "").await;
    let reply = raw.reply().await;
    assert_eq!(reply.status, 504);
    assert!(reply.header("via").starts_with("1.1 "), "{reply:?}");
    assert!(reply.text().contains("504 Gateway Timeout"));
    // A poll that is over before the proxy loses patience is none of its business.
    let short = format!("{more}&timeout=100");
    assert!(
        list(&mut raw, &path("long-polling", &quiet, &short))
            .await
            .is_empty()
    );
    list(&mut raw, &path("polling", &run, more)).await;
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
async fn queries_that_are_wrong_are_named() {
    let server = start(&[]).await;
    let run = begin(&server, &quiet()).await;
    for transport in ALL {
        let mut refused = Vec::new();
        let long = format!("run={run}&cut=600");
        let unknown = format!("run={}", "0".repeat(32));
        for (query, status, says) in [
            ("", 400, "run: missing"),
            (&*long, 400, "cut: given without proxy=cuts"),
            (&*unknown, 404, "POST /transports/runs"),
        ] {
            let target = format!("/transports/{transport}?{query}");
            let (_, reply) = Raw::handshake(server.address, &target, "").await;
            assert_eq!(reply.status, status, "{target}: {}", reply.text());
            assert!(reply.text().contains(says), "{}", reply.text());
            assert!(reply.json()["what_to_do"].is_string());
            refused.push(reply);
        }
        let head = request(server.address, "HEAD", &path(transport, &run, ""), &[]).await;
        assert_eq!(head.status, 405);
        let foreign = [("Origin", "http://evil.example")];
        let reply = request(server.address, "GET", &path(transport, &run, ""), &foreign).await;
        assert_eq!(reply.status, 403);
    }
    let plain = get(server.address, &path("websocket", &run, "")).await;
    assert_eq!(plain.status, 426);
    let id = "Last-Event-ID: seven\r\n";
    let mut raw = connect(&server).await;
    ask(&mut raw, &path("sse", &run, ""), id).await;
    let reply = raw.reply().await;
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains("Last-Event-ID: seven"));
    let nowhere = get(server.address, "/transports/pigeons?run=1").await;
    assert_eq!(nowhere.status, 404);
    assert!(nowhere.text().contains("long-polling"));
}

#[tokio::test]
async fn runs_that_are_wrong_are_named() {
    let server = start(&[]).await;
    let right = quick(10).to_string();
    for (body, says) in [
        ("", "EOF"),
        ("[]", "every_ms"),
        (
            &right.replace("100", "19"),
            "every_ms is 19; allowed are 20 to 60000",
        ),
        (&right.replace("40", "4097"), "bytes is 4097"),
        (&right.replace('}', ",\"volume\":1}"), "volume"),
        (&right.replace('}', ",\"seed\":-1}"), "-1"),
    ] {
        let reply = post(&server, "/transports/runs", "", body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.text().contains(says), "{body}: {}", reply.text());
        assert!(
            reply.text().contains("last_ms"),
            "what to do: {}",
            reply.text()
        );
    }
    let long = format!("{}{right}", " ".repeat(1024));
    assert_eq!(
        post(&server, "/transports/runs", "", &long).await.status,
        413
    );
    let chunked = format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    let mut raw = connect(&server).await;
    let head =
        "POST /transports/runs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    raw.send(format!("{head}{chunked}").as_bytes()).await;
    assert_eq!(raw.reply().await.status, 413);
    let foreign = "Origin: http://evil.example\r\n";
    assert_eq!(
        post(&server, "/transports/runs", foreign, &right)
            .await
            .status,
        403
    );

    let run = begin(&server, &quiet()).await;
    let path = format!("/transports/runs/{run}/restart");
    let mut held = EventStream::open(&server, &self::path("sse", &run, ""), "").await;
    for (path, body, status) in [
        (&*path, "{\"down_ms\":30001}", 400),
        (&*path, "{}", 400),
        ("/transports/runs/1/restart", "{\"down_ms\":1}", 404),
    ] {
        let reply = post(&server, path, "", body).await;
        assert_eq!(reply.status, status, "{body}");
    }
    assert_eq!(
        post(&server, &path, foreign, "{\"down_ms\":1}")
            .await
            .status,
        403
    );
    assert_eq!(get(server.address, "/transports/runs/1").await.status, 404);
    // Nothing of that has restarted anything.
    restart(&server, &run, 0).await;
    assert!(!held.rest().await);
    assert_eq!(cost(&server, &run).await["transports"][0]["requests"], 1);
}

#[tokio::test]
async fn runs_are_bounded_and_forgotten() {
    let server = start(&["--max-runs", "2"]).await;
    let asked = quiet().to_string();
    begin(&server, &quiet()).await;
    begin(&server, &quiet()).await;
    let reply = post(&server, "/transports/runs", "", &asked).await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "10"));
    assert!(reply.text().contains("--max-runs"));

    let flags = ["--max-runs-per-address", "1", "--run-memory", "0s"];
    let server = start(&flags).await;
    let run = begin(&server, &quick(10)).await;
    let reply = post(&server, "/transports/runs", "", &asked).await;
    assert_eq!(reply.status, 429);
    assert!(reply.text().contains("--max-runs-per-address"));
    let again: u64 = reply.header("retry-after").parse().unwrap();
    assert!((1..=2).contains(&again));
    let path = format!("/transports/runs/{run}");
    within(async { while get(server.address, &path).await.status != 404 {} }).await;
    begin(&server, &quiet()).await;
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
