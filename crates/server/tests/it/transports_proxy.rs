//! What each transport makes of a proxy in between.

use crate::{help::*, streaming::*};
use serde_json::json;

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
    if now["us"].as_u64().unwrap() < 1_000_000 {
        assert_eq!(of_sse["transport"], "sse");
        assert_eq!(of_sse["open"], 1);
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
    let more = "&proxy=cuts&cut=1000";
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
