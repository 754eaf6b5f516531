//! Rooms in one process: who gets what, with which number, and what happens to those who are slow, loud or wrong.

use crate::help::*;
use serde_json::{Value, json};

/// A member of a room.
pub struct Guest {
    pub raw: Raw,
    pub welcome: Value,
}

impl Guest {
    pub async fn join(address: std::net::SocketAddr, target: &str) -> Self {
        let mut raw = Raw::open(address, target, "").await;
        let welcome = news(&mut raw).await;
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        Self { raw, welcome }
    }

    pub fn name(&self) -> &str {
        self.welcome["you"].as_str().expect("a name")
    }

    pub async fn say(&mut self, say: &str) {
        let message = json!({ "say": say }).to_string();
        self.raw.frame(0x81, message.as_bytes()).await;
    }

    pub async fn next(&mut self) -> Value {
        news(&mut self.raw).await
    }

    /// The next news of this type; others are passed over.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            let news = self.next().await;
            if news["type"] == kind {
                return news;
            }
        }
    }
}

async fn news(raw: &mut Raw) -> Value {
    let frame = raw.next().await;
    assert_eq!(frame.first, 0x81, "{frame:?}");
    serde_json::from_slice(&frame.payload).expect("JSON")
}

/// Number and words of a message.
pub fn said(news: &Value) -> (Option<u64>, &str) {
    assert_eq!(news["type"], "message", "{news}");
    (news["seq"].as_u64(), news["say"].as_str().expect("words"))
}

pub async fn metric(address: std::net::SocketAddr, name: &str) -> u64 {
    let page = get(address, "/metrics").await.text();
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name}"))
        .parse()
        .expect("a number")
}

#[tokio::test]
async fn everybody_gets_every_message_with_its_number() {
    let server = start(&["--server-name", "a"]).await;
    let mut one = Guest::join(server.address, "/rooms/tea").await;
    assert_eq!(
        one.welcome,
        json!({"type": "welcome", "you": one.name(), "seq": 0, "members": 1, "server": "a", "backbone": "none"})
    );
    let mut two = Guest::join(server.address, "/rooms/tea").await;
    assert_eq!(two.welcome["members"], 2);
    assert_ne!(one.name(), two.name());
    let joined = one.next().await;
    assert_eq!(
        joined,
        json!({"type": "joined", "who": two.name(), "members": 2})
    );
    // Another room hears nothing of it, and counts for itself.
    let mut other = Guest::join(server.address, "/rooms/coffee").await;
    assert_eq!(other.welcome["members"], 1);
    for (seq, words) in ["one", "zwei", "три \u{1f375} \"\\\n"].iter().enumerate() {
        let from = if seq == 1 { &mut two } else { &mut one };
        let name = from.name().to_owned();
        from.say(words).await;
        for guest in [&mut one, &mut two] {
            let news = guest.next().await;
            assert_eq!(said(&news), (Some(seq as u64 + 1), *words));
            assert_eq!(news["from"], name);
            // After 2020, and in milliseconds.
            assert!(news["at"].as_u64().is_some_and(|at| at > 1_577_836_800_000));
        }
    }
    other.say("alone").await;
    assert_eq!(said(&other.next().await), (Some(1), "alone"));
    let name = two.name().to_owned();
    two.raw.frame(0x88, &1000_u16.to_be_bytes()).await;
    let left = one.next().await;
    assert_eq!(left, json!({"type": "left", "who": name, "members": 1}));
    assert_eq!(metric(server.address, "room_members").await, 2);
    assert_eq!(metric(server.address, "rooms").await, 2);
    assert_eq!(metric(server.address, "room_messages_total").await, 4);
}

#[tokio::test]
async fn newcomers_get_what_was_said_last_and_returners_what_they_missed() {
    let server = start(&["--room-burst", "1000"]).await;
    let mut one = Guest::join(server.address, "/rooms/a").await;
    for seq in 1..=120 {
        one.say(&seq.to_string()).await;
        one.next().await;
    }
    // The newest come, in order.
    for (query, first) in [("", 101), ("?history=3", 118), ("?resume=117", 118)] {
        let mut guest = Guest::join(server.address, &format!("/rooms/a{query}")).await;
        assert_eq!(guest.welcome["seq"], 120);
        for seq in first..=120 {
            assert_eq!(
                said(&guest.next().await),
                (Some(seq), &*seq.to_string()),
                "{query}"
            );
        }
    }
    // A hundred are kept.
    let mut late = Guest::join(server.address, "/rooms/a?resume=5").await;
    let gap = late.next().await;
    assert_eq!(
        gap,
        json!({"type": "gap", "first": 6, "last": 20, "missing": 15, "why": "not-kept"})
    );
    assert_eq!(said(&late.next().await), (Some(21), "21"));
    // Nothing is missed, and nothing of what was seen comes again.
    let mut none = Guest::join(server.address, "/rooms/a?history=0").await;
    let mut all = Guest::join(server.address, "/rooms/a?resume=120").await;
    one.say("new").await;
    assert_eq!(said(&none.until("message").await), (Some(121), "new"));
    assert_eq!(said(&all.next().await), (Some(121), "new"));
}

#[tokio::test]
async fn a_room_is_remembered_for_a_while_without_members() {
    let server = start(&["--room-memory", "10s"]).await;
    let mut one = Guest::join(server.address, "/rooms/a").await;
    one.say("hello").await;
    one.next().await;
    drop(one);
    let mut back = Guest::join(server.address, "/rooms/a?resume=0").await;
    assert_eq!(back.welcome["seq"], 1);
    assert_eq!(said(&back.next().await), (Some(1), "hello"));

    let server = start(&["--room-memory", "10ms"]).await;
    let mut one = Guest::join(server.address, "/rooms/a").await;
    one.say("hello").await;
    one.next().await;
    drop(one);
    within(async { while metric(server.address, "rooms").await > 0 {} }).await;
    // The numbers began anew; whoever had some is told by the welcome.
    let back = Guest::join(server.address, "/rooms/a?resume=1").await;
    assert_eq!(back.welcome["seq"], 0);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_harms_nobody() {
    let server = start(&[]).await;
    let mut one = Guest::join(server.address, "/rooms/a").await;
    let long = json!({"say": "x".repeat(2049)}).to_string();
    for (first, message, says) in [
        (0x81, "hello", "not a message for a room"),
        (0x81, "{\"say\": 5}", "invalid type: integer"),
        (
            0x81,
            "{\"say\": \"a\", \"to\": \"b\"}",
            "unknown field `to`",
        ),
        (0x81, "{\"say\": \"\"}", "there is nothing in it"),
        (0x81, &long, "it has 2049 bytes of UTF-8; allowed are 2048"),
        (0x82, "{\"say\": \"a\"}", "a binary message"),
    ] {
        one.raw.frame(first, message.as_bytes()).await;
        let news = one.next().await;
        assert_eq!(news["type"], "error", "{news}");
        let error = news["error"].as_str().unwrap();
        assert!(error.contains(says), "{message}: {error}");
        assert!(!news["what_to_do"].as_str().unwrap().is_empty());
    }
    one.say(&"\u{1}".repeat(2048)).await;
    assert_eq!(said(&one.next().await).0, Some(1), "all of it is allowed");
    for (target, status, says) in [
        ("/rooms/a%20b", 400, "not a name of a room"),
        (&*format!("/rooms/{}", "x".repeat(65)), 400, "not a name"),
        ("/rooms/a?resume=x", 400, "resume=x"),
        ("/rooms/a?histroy=5", 400, "histroy: no such option"),
    ] {
        let (_, refused) = Raw::handshake(server.address, target, "").await;
        assert_eq!(refused.status, status, "{target}");
        let error = refused.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(says), "{target}: {error}");
    }
    assert_eq!(get(server.address, "/rooms/a").await.status, 426);
    let (_, foreign) = Raw::handshake(
        server.address,
        "/rooms/a",
        "Origin: http://evil.example\r\n",
    )
    .await;
    assert_eq!(foreign.status, 403);
    // Too long to be read at all.
    one.raw.frame(0x81, &vec![b'x'; 20_000]).await;
    assert_eq!(one.raw.next().await.close_code(), 1009);
}

#[tokio::test]
async fn rooms_and_places_are_bounded() {
    let flags = [
        "--max-rooms",
        "2",
        "--room-members",
        "2",
        "--max-rooms-per-address",
        "2",
    ];
    let server = start(&flags).await;
    let _one = Guest::join(server.address, "/rooms/a").await;
    let two = Guest::join(server.address, "/rooms/a").await;
    let (_, full) = Raw::handshake(server.address, "/rooms/a", "").await;
    assert_eq!((full.status, full.header("retry-after")), (503, "10"));
    drop(two);
    within(async {
        while Raw::handshake(server.address, "/rooms/a", "")
            .await
            .1
            .status
            != 101
        {}
    })
    .await;
    let _three = Guest::join(server.address, "/rooms/b").await;
    let (_, refused) = Raw::handshake(server.address, "/rooms/c", "").await;
    assert_eq!(refused.status, 503, "{}", refused.text());

    let server = start(&["--max-rooms", "8", "--max-rooms-per-address", "1"]).await;
    let _one = Guest::join(server.address, "/rooms/a").await;
    let (_, refused) = Raw::handshake(server.address, "/rooms/b", "").await;
    assert_eq!(refused.status, 429, "{}", refused.text());
    Guest::join(server.address, "/rooms/a").await;
}

#[tokio::test]
async fn whoever_floods_is_slowed_and_then_closed() {
    // The queue takes all: how slow members fare is tested below.
    let flags = [
        "--room-rate",
        "100",
        "--room-burst",
        "5",
        "--room-patience",
        "1s",
        "--room-queue",
        "10000",
    ];
    let server = start(&flags).await;
    let mut quiet = Guest::join(server.address, "/rooms/a").await;
    let mut loud = Guest::join(server.address, "/rooms/a").await;
    quiet.next().await;
    let message = masked(0x81, br#"{"say": "buy now"}"#);
    loud.raw.send(&message.repeat(2000)).await;
    let mut last = 0;
    let close = loop {
        let frame = loud.raw.next().await;
        if frame.first == 0x88 {
            break frame;
        }
        let news: Value = serde_json::from_slice(&frame.payload).unwrap();
        last = said(&news).0.unwrap();
    };
    assert_eq!(close.close_code(), 1008);
    // A burst, and then at the rate for as long as patience lasts: at most a little more than a hundred.
    assert!((5..=150).contains(&last), "{last}");
    // The others are unharmed.
    quiet.until("left").await;
    quiet.say("at last").await;
    assert_eq!(said(&quiet.next().await), (Some(last + 1), "at last"));
}

/// Fills what the kernel and the server hold for `slow`, until the server has to leave something out.
async fn outpace(server: &TestServer, talker: &mut Guest, until: &str) -> u64 {
    let words = "x".repeat(2000);
    let mut seq = 0;
    within(async {
        loop {
            for _ in 0..200 {
                talker.say(&words).await;
            }
            for _ in 0..200 {
                seq = said(&talker.until("message").await).0.unwrap();
            }
            if metric(server.address, until).await > 0 {
                return;
            }
        }
    })
    .await;
    seq
}

const FAST: [&str; 8] = [
    "--room-rate",
    "10000",
    "--room-burst",
    "10000",
    "--socket-buffer",
    "4KiB",
    "--room-queue",
    "8",
];

#[tokio::test]
async fn a_slow_member_misses_the_oldest_and_knows_which() {
    let server = start(&FAST).await;
    let mut slow = Guest::join(server.address, "/rooms/a").await;
    let mut talker = Guest::join(server.address, "/rooms/a").await;
    let last = outpace(&server, &mut talker, "room_messages_left_out_total").await;
    // Every number is either there or in a gap, in order and once.
    let mut expected = 1;
    let mut missing = 0;
    while expected <= last {
        let news = slow.next().await;
        match news["type"].as_str() {
            Some("message") => {
                assert_eq!(said(&news).0, Some(expected));
                expected += 1;
            }
            Some("gap") => {
                assert_eq!(news["why"], "slow-member");
                assert_eq!(news["first"], expected);
                missing += news["missing"].as_u64().unwrap();
                expected = news["last"].as_u64().unwrap() + 1;
            }
            _ => {}
        }
    }
    assert!(missing > 0);
    let counted = metric(server.address, "room_messages_left_out_total").await;
    assert_eq!(missing, counted);
}

#[tokio::test]
async fn or_it_is_closed_with_1013() {
    let flags = [&FAST[..], &["--room-slow", "close"]].concat();
    let server = start(&flags).await;
    let mut slow = Guest::join(server.address, "/rooms/a").await;
    let mut talker = Guest::join(server.address, "/rooms/a").await;
    let words = "x".repeat(2000);
    within(async {
        loop {
            talker.say(&words).await;
            if talker.next().await["type"] == "left" {
                return;
            }
        }
    })
    .await;
    let mut expected = 1;
    loop {
        let frame = slow.raw.next().await;
        if frame.first == 0x88 {
            assert_eq!(frame.close_code(), 1013);
            return;
        }
        let news: Value = serde_json::from_slice(&frame.payload).unwrap();
        if news["type"] == "message" {
            assert_eq!(said(&news).0, Some(expected), "nothing is left out before");
            expected += 1;
        }
    }
}

#[tokio::test]
async fn who_only_listens_stays_and_who_is_gone_does_not() {
    let server = start(&["--idle-time", "600ms"]).await;
    let mut listens = Guest::join(server.address, "/rooms/a").await;
    // Three times as long as a client may be silent.
    for _ in 0..6 {
        let ping = listens.raw.next().await;
        assert_eq!(ping.first, 0x89, "{ping:?}");
        listens.raw.frame(0x8a, &ping.payload).await;
    }
    let mut gone = Guest::join(server.address, "/rooms/a").await;
    let close = loop {
        let frame = gone.raw.next().await;
        if frame.first == 0x88 {
            break frame;
        }
    };
    assert_eq!(close.close_code(), 1001);
}

#[tokio::test]
async fn a_server_that_stops_says_so_and_its_wires_can_be_read() {
    let server = start(&[]).await;
    let id = new_wire(server.address).await;
    let mut one = Guest::join(server.address, &format!("/rooms/a?wire={id}")).await;
    one.say("hello").await;
    one.next().await;
    server.stop.cancel();
    let close = one.raw.next().await;
    assert_eq!(close.close_code(), 1001);
    one.raw.frame(0x88, &close.payload[..2]).await;
    one.raw.expect_end().await;

    let server = start(&["--room-peer", "ws://localhost:8081", "--server-name", "b"]).await;
    let id = new_wire(server.address).await;
    let mut one = Guest::join(server.address, &format!("/rooms/a?wire={id}")).await;
    one.raw.frame(0x88, &1000_u16.to_be_bytes()).await;
    one.raw.next().await;
    drop(one.raw.stream);
    let events = read_tap(server.address, &id).await;
    assert_eq!(tapped(&events, "client"), one.raw.sent);
    let info = get(server.address, "/rooms").await.json();
    assert_eq!(
        info,
        json!({"server": "b", "backbone": "none", "peers": ["ws://localhost:8081"]})
    );
    assert_eq!(get(server.address, "/healthz").await.text(), "ok\n");
}
