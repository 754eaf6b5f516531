//! Many streams over one WebSocket.

use crate::help::*;
use serde_json::{Value, json};

async fn news(raw: &mut Raw) -> Value {
    let frame = raw.next().await;
    assert_eq!(frame.first, 0x81, "{frame:?}");
    let mut news: Value = serde_json::from_slice(&frame.payload).expect("JSON");
    news["len"] = json!(frame.payload.len());
    news
}

/// What comes next but updates.
async fn answer(raw: &mut Raw) -> Value {
    loop {
        let news = news(raw).await;
        if news["type"] != "update" {
            return news;
        }
    }
}

async fn say(raw: &mut Raw, what: &Value) {
    raw.frame(0x81, what.to_string().as_bytes()).await;
}

fn subscribe(stream: &str, per_second: u32, bytes: u32) -> Value {
    json!({"subscribe": {"stream": stream, "per_second": per_second, "bytes": bytes}})
}

async fn open(server: &TestServer, query: &str) -> Raw {
    Raw::open(server.address, &format!("/transports/streams{query}"), "").await
}

#[tokio::test]
async fn streams_come_and_go_over_one_connection() {
    let server = start(&[]).await;
    let mut raw = open(&server, "?seed=7").await;
    say(&mut raw, &subscribe("BTC-USD", 50, 200)).await;
    let answered = answer(&mut raw).await;
    assert_eq!(answered["type"], "subscribed");
    assert_eq!(answered["stream"], "BTC-USD");
    say(&mut raw, &subscribe("ETH_EUR", 100, 100)).await;
    let mut last = [0, 0];
    let mut seen = Vec::new();
    while last.iter().any(|seq| *seq < 10) {
        let news = news(&mut raw).await;
        if news["type"] == "subscribed" {
            continue;
        }
        let which = usize::from(news["stream"] == "ETH_EUR");
        assert_eq!(news["len"], [200, 100][which], "{news}");
        let seq = news["seq"].as_u64().expect("a number");
        assert!(seq > last[which], "{news}");
        last[which] = seq;
        seen.push((which, seq, news["price"].as_u64().expect("a price")));
    }
    say(&mut raw, &json!({"unsubscribe": "BTC-USD"})).await;
    assert_eq!(answer(&mut raw).await["type"], "unsubscribed");
    for _ in 0..20 {
        assert_eq!(news(&mut raw).await["stream"], "ETH_EUR");
    }
    // A stream that is subscribed to changes, and its numbers go on.
    say(&mut raw, &subscribe("ETH_EUR", 100, 64)).await;
    assert_eq!(answer(&mut raw).await["type"], "subscribed");
    let news = news(&mut raw).await;
    // As short as its fields allow, with the name that it has.
    assert!((64..100).contains(&news["len"].as_u64().unwrap()), "{news}");
    assert!(news["seq"].as_u64().unwrap() > last[1]);

    // Another client with this seed gets the same prices.
    let mut other = open(&server, "?seed=7").await;
    say(&mut other, &subscribe("BTC-USD", 100, 64)).await;
    answer(&mut other).await;
    let mut same = 0;
    while same < 5 {
        let news = self::news(&mut other).await;
        let found = seen
            .iter()
            .find(|(which, seq, _)| *which == 0 && news["seq"] == *seq);
        if let Some((.., price)) = found {
            assert_eq!(news["price"], *price);
            same += 1;
        }
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_does_nothing_and_is_told() {
    let server = start(&[]).await;
    let mut raw = open(&server, "").await;
    for (asked, says) in [
        ("hello", "line 1"),
        ("{\"subscribe\":{}}", "stream"),
        ("{\"buy\":\"A\"}", "buy"),
        (&subscribe("a b", 1, 64).to_string(), "1 to 32"),
        (
            &subscribe("A", 0, 64).to_string(),
            "per_second is 0; allowed are 1 to 100",
        ),
        (&subscribe("A", 1, 4097).to_string(), "bytes is 4097"),
        ("{\"unsubscribe\":\"A\"}", "no stream of this name"),
    ] {
        raw.frame(0x81, asked.as_bytes()).await;
        let news = news(&mut raw).await;
        assert_eq!(news["type"], "error");
        assert!(
            news["error"].as_str().unwrap().contains(says),
            "{asked}: {news}"
        );
        assert!(
            news["what_to_do"]
                .as_str()
                .unwrap()
                .contains("nothing has changed")
        );
    }
    raw.frame(0x82, b"{}").await;
    assert!(
        news(&mut raw).await["error"]
            .as_str()
            .unwrap()
            .contains("binary")
    );
    raw.frame(0x89, b"ping").await;
    raw.expect(0x8a, b"ping").await;
    raw.frame(0x81, &[b' '; 5000]).await;
    assert_eq!(raw.next().await.close_code(), 1009);

    for (query, status, says) in [
        ("?speed=1", 400, "speed: no such option"),
        ("?seed=x", 400, "seed=x"),
        ("?seed=1&seed=1", 400, "given twice"),
        ("?wire=1234", 404, "no such wire"),
    ] {
        let target = format!("/transports/streams{query}");
        let (_, reply) = Raw::handshake(server.address, &target, "").await;
        assert_eq!(reply.status, status, "{query}");
        assert!(reply.text().contains(says), "{}", reply.text());
    }
    assert_eq!(get(server.address, "/transports/streams").await.status, 426);
}

#[tokio::test]
async fn streams_and_their_sum_are_bounded() {
    let server = start(&[]).await;
    let mut raw = open(&server, "").await;
    for n in 0..64 {
        say(&mut raw, &subscribe(&format!("S{n}"), 1, 64)).await;
        assert_eq!(answer(&mut raw).await["type"], "subscribed");
    }
    say(&mut raw, &subscribe("S64", 1, 64)).await;
    let refused = answer(&mut raw).await;
    assert!(
        refused["error"].as_str().unwrap().contains("64 streams"),
        "{refused}"
    );
    for n in 0..9 {
        say(&mut raw, &subscribe(&format!("S{n}"), 100, 64)).await;
        assert_eq!(answer(&mut raw).await["type"], "subscribed");
    }
    say(&mut raw, &subscribe("S9", 100, 64)).await;
    let refused = answer(&mut raw).await;
    let says = "together would have 1054 updates in a second; allowed are 1000";
    assert!(
        refused["error"].as_str().unwrap().contains(says),
        "{refused}"
    );
    // What is subscribed to already counts once.
    say(&mut raw, &subscribe("S8", 99, 64)).await;
    assert_eq!(answer(&mut raw).await["type"], "subscribed");
}

#[tokio::test]
async fn a_slow_reader_gets_the_newest_and_is_told_what_it_missed() {
    let server = start(&["--socket-buffer", "4KiB"]).await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(server.address).await.unwrap();
    let mut raw = Raw::new(stream);
    assert_eq!(raw.shake("/transports/streams", "").await.status, 101);
    say(&mut raw, &subscribe("A", 100, 4096)).await;
    answer(&mut raw).await;
    // Meanwhile far more is due than the kernel holds.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let mut gap = 0;
    let mut last = news(&mut raw).await["seq"].as_u64().unwrap();
    while gap < 10 {
        let seq = news(&mut raw).await["seq"].as_u64().unwrap();
        assert!(seq > last);
        gap = seq - last;
        last = seq;
    }
}

#[tokio::test]
async fn such_websockets_are_bounded() {
    let server = start(&["--max-streams", "1"]).await;
    let held = open(&server, "").await;
    let (_, refused) = Raw::handshake(server.address, "/transports/streams", "").await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, "10"));
    assert!(refused.text().contains("--max-streams"));
    drop(held);
    within(async {
        while Raw::handshake(server.address, "/transports/streams", "")
            .await
            .1
            .status
            != 101
        {}
    })
    .await;
    let server = start(&["--max-streams-per-address", "1"]).await;
    let _held = open(&server, "").await;
    let (_, refused) = Raw::handshake(server.address, "/transports/streams", "").await;
    assert_eq!(refused.status, 429);
}

#[tokio::test]
async fn who_only_listens_is_asked_by_pings_and_who_is_gone_is_closed() {
    let server = start(&["--idle-time", "1500ms"]).await;
    let id = new_wire(server.address).await;
    let mut raw = open(&server, &format!("?wire={id}")).await;
    // Longer than the idle time, with nothing but pongs.
    for _ in 0..3 {
        raw.expect(0x89, b"").await;
        raw.frame(0x8a, b"").await;
    }
    raw.expect(0x89, b"").await;
    let close = loop {
        let frame = raw.next().await;
        if frame.first != 0x89 {
            break frame;
        }
    };
    assert_eq!(close.close_code(), 1001);
    let server = start(&[]).await;
    let mut raw = open(&server, "").await;
    server.stop.cancel();
    assert_eq!(raw.next().await.close_code(), 1001);
}
