//! A server that restarts when a member of its group says so.

use std::io::ErrorKind;

use crate::help::*;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A restart that no test waits out.
fn long(code: Value, refuse: &str) -> Value {
    json!({"restart": {"down_ms": 30000, "code": code, "capacity": 1, "refuse": refuse}})
}

/// One that is over at once.
fn short(code: u16) -> Value {
    json!({"restart": {"down_ms": 0, "code": code, "capacity": 1000, "refuse": "503"}})
}

async fn news(raw: &mut Raw) -> Value {
    let frame = raw.next().await;
    assert_eq!(frame.first, 0x81, "{frame:?}");
    serde_json::from_slice(&frame.payload).expect("JSON")
}

/// A member of a group, and how it was accepted.
async fn join(server: &TestServer, query: &str) -> (Raw, Value) {
    let mut raw = Raw::open(server.address, &format!("/lab/restart?{query}"), "").await;
    let news = news(&mut raw).await;
    (raw, news["accepted"].clone())
}

async fn ask(server: &TestServer, query: &str, headers: &str) -> (Raw, Reply) {
    Raw::handshake(server.address, &format!("/lab/restart?{query}"), headers).await
}

async fn say(raw: &mut Raw, what: &Value) {
    raw.frame(0x81, what.to_string().as_bytes()).await;
}

#[tokio::test]
async fn every_member_is_dropped_with_the_code() {
    let server = start(&[]).await;
    for code in [1012, 1013, 1001] {
        let group = format!("group=g{code}");
        let mut members = Vec::new();
        for attempt in 1..=4 {
            let (raw, accepted) = join(&server, &group).await;
            assert_eq!(
                accepted,
                json!({"us": null, "attempt": attempt, "refused": 0})
            );
            members.push(raw);
        }
        say(&mut members[2], &short(code)).await;
        for raw in &mut members {
            let close = raw.next().await;
            assert_eq!(close.close_code(), code);
            assert!(std::str::from_utf8(&close.payload[2..]).is_ok_and(|why| why.len() > 5));
            raw.frame(0x88, &close.payload[..2]).await;
            raw.expect_end().await;
        }
    }
}

#[tokio::test]
async fn a_cut_has_no_close_frame() {
    let server = start(&[]).await;
    for (group, code) in [("a", json!("cut")), ("b", json!(null))] {
        let id = new_wire(server.address).await;
        let (mut one, _) = join(&server, &format!("group={group}")).await;
        let (mut two, _) = join(&server, &format!("group={group}&wire={id}")).await;
        say(&mut one, &long(code, "503")).await;
        one.expect_end().await;
        two.expect_end().await;
        let events = read_tap(server.address, &id).await;
        assert_eq!(tapped(&events, "server"), two.received);
        assert_eq!(
            why(&events),
            "cut by server: a member of its group asked for a restart"
        );
    }
}

#[tokio::test]
async fn while_down_handshakes_get_503_and_other_groups_do_not() {
    let server = start(&[]).await;
    let (mut member, _) = join(&server, "group=a").await;
    let (mut bystander, _) = join(&server, "group=b").await;
    let mut restart = long(json!(1012), "503");
    restart["restart"]["retry_after_s"] = json!(7);
    say(&mut member, &restart).await;
    assert_eq!(member.next().await.close_code(), 1012);
    for _ in 0..2 {
        let (_, refused) = ask(&server, "group=a", "").await;
        assert_eq!(refused.status, 503);
        assert_eq!(refused.header("retry-after"), "7");
        assert!(refused.text().contains("restarting"), "{}", refused.text());
    }
    bystander.frame(0x81, b"unharmed").await;
    bystander.expect(0x81, b"unharmed").await;
    let (_, accepted) = join(&server, "group=b").await;
    assert_eq!(accepted, json!({"us": null, "attempt": 2, "refused": 0}));

    say(&mut bystander, &long(json!(1013), "503")).await;
    assert_eq!(bystander.next().await.close_code(), 1013);
    let (_, refused) = ask(&server, "group=b", "").await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), "", "none was asked for");
}

#[tokio::test]
async fn while_down_handshakes_can_be_reset() {
    let server = start(&[]).await;
    let (mut member, _) = join(&server, "group=a").await;
    say(&mut member, &long(json!(1012), "reset")).await;
    assert_eq!(member.next().await.close_code(), 1012);
    let mut stream = TcpStream::connect(server.address).await.expect("connect");
    let request = "GET /lab/restart?group=a HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    within(stream.write_all(request.as_bytes()))
        .await
        .expect("send");
    let error = within(stream.read(&mut [0])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    // The server is there for everybody else.
    join(&server, "group=b").await;
}

#[tokio::test]
async fn no_more_than_the_capacity_comes_back() {
    let server = start(&[]).await;
    let (mut member, _) = join(&server, "group=a").await;
    let restart =
        json!({"restart": {"down_ms": 150, "code": 1012, "capacity": 10, "refuse": "503"}});
    say(&mut member, &restart).await;
    assert_eq!(member.next().await.close_code(), 1012);
    let mut back = Vec::new();
    let (mut tries, mut refused) = (0, 0);
    within(async {
        while back.len() < 5 {
            tries += 1;
            let (mut raw, reply) = ask(&server, "group=a", "").await;
            if reply.status == 101 {
                let accepted = news(&mut raw).await["accepted"].clone();
                assert_eq!(accepted["attempt"], tries);
                assert_eq!(accepted["refused"], refused);
                back.push((raw, accepted["us"].as_u64().expect("microseconds")));
            } else {
                assert_eq!(reply.status, 503, "{}", reply.text());
                refused += 1;
            }
        }
    })
    .await;
    // By the server's clock, so that a slow machine makes no difference.
    assert!(back[0].1 >= 150_000, "{}", back[0].1);
    for pair in back.windows(2) {
        let apart = pair[1].1 - pair[0].1;
        assert!(apart >= 100_000, "two within {apart} us");
    }
}

#[tokio::test]
async fn what_ends_takes_no_place_from_what_comes_back() {
    // The old connections wait for Close frames that never come.
    let server = start(&["--max-labs", "2", "--close-time", "60s"]).await;
    let (mut one, _) = join(&server, "group=a").await;
    let (mut two, _) = join(&server, "group=a").await;
    let (_, full) = ask(&server, "group=a", "").await;
    assert_eq!(full.status, 503);
    assert!(full.text().contains("--max-labs"), "{}", full.text());
    say(&mut one, &short(1012)).await;
    assert_eq!(one.next().await.close_code(), 1012);
    assert_eq!(two.next().await.close_code(), 1012);
    let (_back, accepted) = join(&server, "group=a").await;
    assert!(accepted["us"].is_u64(), "{accepted}");
}

#[tokio::test]
async fn a_group_has_sixteen_members() {
    let server = start(&[]).await;
    let mut members = Vec::new();
    for _ in 0..16 {
        members.push(join(&server, "group=a").await);
    }
    let (_, refused) = ask(&server, "group=a", "").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), "10");
    assert!(refused.text().contains("16 connections"));
    join(&server, "group=b").await;
    members.pop();
    within(async { while ask(&server, "group=a", "").await.1.status != 101 {} }).await;
}

#[tokio::test]
async fn an_address_has_so_many_of_the_lab() {
    let server = start(&["--max-labs-per-address", "1"]).await;
    let (_held, _) = join(&server, "group=a").await;
    let (_, refused) = ask(&server, "group=a", "").await;
    assert_eq!(refused.status, 429);
    assert!(refused.text().contains("--max-labs-per-address"));
}

#[tokio::test]
async fn messages_are_echoed_and_wrong_requests_do_nothing() {
    let server = start(&[]).await;
    let (mut raw, _) = join(&server, "group=a").await;
    raw.frame(0x81, "é".as_bytes()).await;
    raw.expect(0x81, "é".as_bytes()).await;
    raw.frame(0x82, b"{\x00").await;
    raw.expect(0x82, b"{\x00").await;
    raw.frame(0x89, b"ping").await;
    raw.expect(0x8a, b"ping").await;
    let wrong = |name: &str, value: Value| {
        let mut restart = short(1012);
        restart["restart"][name] = value;
        restart.to_string()
    };
    for (message, says) in [
        ("{".to_owned(), "line 1"),
        ("{}".to_owned(), "line 1"),
        (r#"{"reboot":{}}"#.to_owned(), "reboot"),
        (wrong("down_ms", json!(30001)), "0 to 30000"),
        (wrong("down_ms", json!("soon")), "soon"),
        (wrong("capacity", json!(0)), "1 to 1000"),
        (wrong("code", json!(1006)), "1001, 1012, 1013"),
        (wrong("refuse", json!("404")), "404"),
        (wrong("retry_after_s", json!(61)), "0 to 60"),
        (wrong("volume", json!(11)), "volume"),
    ] {
        raw.frame(0x81, message.as_bytes()).await;
        let news = news(&mut raw).await;
        let error = news["error"].as_str().expect("an error");
        assert!(error.contains(says), "{message}: {error}");
        assert!(error.contains("Nothing was restarted"), "{error}");
    }
    let (_, accepted) = join(&server, "group=a").await;
    assert_eq!(accepted, json!({"us": null, "attempt": 2, "refused": 0}));
    // Longer than any request.
    raw.frame(0x81, &[b' '; 5000]).await;
    assert_eq!(raw.next().await.close_code(), 1009);
}

#[tokio::test]
async fn handshakes_that_are_wrong() {
    let server = start(&[]).await;
    let longer = format!("group={}", "x".repeat(65));
    for (query, says) in [
        ("", "group: missing"),
        ("group=", "1 to 64"),
        ("group=a.b", "1 to 64"),
        (&longer, "1 to 64"),
        ("group=a&group=b", "given twice"),
        ("group=a&pause=1s", "no such option"),
    ] {
        let (_, refused) = ask(&server, query, "").await;
        assert_eq!(refused.status, 400, "{query}");
        assert!(refused.text().contains(says), "{}", refused.text());
    }
    let plain = get(server.address, "/lab/restart?group=a").await;
    assert_eq!(plain.status, 426);
    let (_, gone) = ask(&server, "group=a&wire=1234", "").await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn another_origin_may_have_no_wire() {
    let server = start(&[]).await;
    let foreign = "Origin: http://elsewhere.example\r\n";
    let id = new_wire(server.address).await;
    let (_, refused) = ask(&server, &format!("group=a&wire={id}"), foreign).await;
    assert_eq!(refused.status, 403);
    // Being refused used nothing up, and was no attempt.
    let (_mine, accepted) = join(&server, &format!("group=a&wire={id}")).await;
    assert_eq!(accepted["attempt"], 1);
    let (_, open) = ask(&server, "group=b", foreign).await;
    assert_eq!(open.status, 101);
}

#[tokio::test]
async fn a_restart_is_forgotten_without_members() {
    let server = start(&["--lab-memory", "10ms"]).await;
    let (mut member, _) = join(&server, "group=a").await;
    say(&mut member, &long(json!(1012), "503")).await;
    assert_eq!(member.next().await.close_code(), 1012);
    // Long before the restart itself would be over.
    let accepted = within(async {
        loop {
            let (mut raw, reply) = ask(&server, "group=a", "").await;
            if reply.status == 101 {
                return news(&mut raw).await["accepted"].clone();
            }
        }
    })
    .await;
    assert_eq!(accepted, json!({"us": null, "attempt": 1, "refused": 0}));
}

#[tokio::test]
async fn silent_members_and_a_server_that_stops_end_with_1001() {
    let server = start(&["--idle-time", "100ms"]).await;
    let (mut raw, _) = join(&server, "group=a").await;
    let close = raw.next().await;
    assert_eq!(close.close_code(), 1001);
    assert!(close.payload[2..].starts_with(b"idle"), "{close:?}");

    let server = start(&[]).await;
    let (mut raw, _) = join(&server, "group=a").await;
    server.stop.cancel();
    let close = raw.next().await;
    assert_eq!(close.close_code(), 1001);
    assert_eq!(&close.payload[2..], b"the server is shutting down");
}
