//! Rooms that two servers share through a real Redis: pulled away and back, with and without its memory, and a server that
//! dies. What is counted is the same every time: nothing twice, nothing out of order, and what is lost is known.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use crate::{
    help::*,
    process::Program,
    rooms::{Guest, metric, said},
};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A `redis-server` of this test's own.
struct Redis {
    port: u16,
    folder: PathBuf,
    child: Option<Child>,
}

/// Ends a test where the tests are to do without Redis; `cargo xtask test` says so then.
macro_rules! redis {
    ($name:expr) => {
        match std::env::var_os("DUPLEX_WITHOUT_REDIS") {
            Some(_) => return,
            None => Redis::start($name).await,
        }
    };
}

impl Redis {
    async fn start(name: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut redis = Self {
            port,
            folder: folder(name),
            child: None,
        };
        redis.run().await;
        redis
    }

    async fn run(&mut self) {
        let child = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--dir", &self.folder.to_string_lossy()])
            .stdout(Stdio::null())
            .spawn();
        self.child = Some(child.expect(
            "these tests need redis-server: install Debian's package redis-server, or Redis 6 or newer from elsewhere",
        ));
        within(async { while self.tell("PING").await.as_deref() != Some("+PONG") {} }).await;
    }

    /// The first line of the answer to a command.
    async fn tell(&self, command: &str) -> Option<String> {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port))
            .await
            .ok()?;
        let command = format!("{command}\r\n");
        stream.write_all(command.as_bytes()).await.ok()?;
        let mut answer = [0; 64];
        let count = stream.read(&mut answer).await.ok()?;
        let text = std::str::from_utf8(&answer[..count]).ok()?;
        Some(text.split("\r\n").next()?.to_owned())
    }

    /// Waits until a server has said who is in this room there: whoever comes in on another server is told of them at once
    /// from then on, and before that a moment later.
    async fn knows(&self, room: &str) {
        let servers = format!("SCARD duplex:room:{room}:servers");
        within(async { while self.tell(&servers).await.as_deref() != Some(":1") {} }).await;
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("kill");
            child.wait().expect("an end");
        }
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn servers(redis: &Redis, flags: &[&str]) -> (TestServer, TestServer) {
    let url = redis.url();
    let flags = |name| [&["--backbone", &url, "--server-name", name], flags].concat();
    let (a, b) = (start(&flags("a")).await, start(&flags("b")).await);
    for server in [&a, &b] {
        health(server.address, "ok\nbackbone: up\n").await;
    }
    (a, b)
}

async fn health(address: SocketAddr, is: &str) {
    within(async { while get(address, "/healthz").await.text() != is {} }).await;
}

/// Each says so many things in turn; everybody gets all of them, with the same numbers, once and in order.
async fn talk(guests: &mut [Guest], rounds: usize, mut seq: u64) -> u64 {
    for round in 0..rounds {
        for speaker in 0..guests.len() {
            let words = format!("{round} from {speaker}");
            guests[speaker].say(&words).await;
            seq += 1;
            for guest in guests.iter_mut() {
                let news = guest.until("message").await;
                assert_eq!(said(&news), (Some(seq), &*words), "{}", guest.name());
            }
        }
    }
    seq
}

#[tokio::test]
async fn two_servers_are_one_room() {
    let redis = redis!("one-room");
    let (a, b) = servers(&redis, &[]).await;
    let mut one = Guest::join(a.address, "/rooms/tea").await;
    assert_eq!(one.welcome["backbone"], "up");
    redis.knows("tea").await;
    let two = Guest::join(b.address, "/rooms/tea").await;
    assert_eq!(two.welcome["members"], 2, "{}", two.welcome);
    let joined = one.until("joined").await;
    assert_eq!(joined["who"], two.name());
    assert_eq!(joined["members"], 2);
    let mut guests = [one, two];
    let seq = talk(&mut guests, 20, 0).await;
    // All at once, from both sides: one order, the same for both.
    let mut heard = [Vec::new(), Vec::new()];
    for round in 0..15 {
        for guest in &mut guests {
            guest.say(&round.to_string()).await;
        }
    }
    for (guest, heard) in guests.iter_mut().zip(&mut heard) {
        for _ in 0..30 {
            let news = guest.until("message").await;
            heard.push((
                news["seq"].clone(),
                news["from"].clone(),
                news["say"].clone(),
            ));
        }
    }
    assert_eq!(heard[0], heard[1]);
    let numbers: Vec<u64> = heard[0]
        .iter()
        .filter_map(|(seq, ..)| seq.as_u64())
        .collect();
    assert_eq!(numbers, (seq + 1..=seq + 30).collect::<Vec<_>>());
    // A third comes to the server that has the room, and gets what it has kept.
    let mut late = Guest::join(b.address, "/rooms/tea?history=2").await;
    assert_eq!(
        (&late.welcome["seq"], &late.welcome["members"]),
        (&(seq + 30).into(), &3.into())
    );
    assert_eq!(late.next().await["seq"], seq + 29);
    let [mut one, two] = guests;
    let name = two.name().to_owned();
    drop(two);
    assert_eq!(one.until("left").await["who"], name);
    assert_eq!(metric(a.address, "backbone_up").await, 1);
}

/// Redis goes while both talk, comes back (as it was, or empty), and what each member got is counted.
async fn pulled_away(redis: &mut Redis, flags: &[&str], keeps: bool) {
    let (a, b) = servers(redis, flags).await;
    let mut guests = [
        Guest::join(a.address, "/rooms/r").await,
        Guest::join(b.address, "/rooms/r").await,
    ];
    let seq = talk(&mut guests, 5, 0).await;
    if keeps {
        assert_eq!(redis.tell("SAVE").await.as_deref(), Some("+OK"));
    }
    redis.kill();
    for server in [&a, &b] {
        health(server.address, "ok\nbackbone: away\n").await;
        assert_eq!(metric(server.address, "backbone_up").await, 0);
    }
    // Each goes on for its own, and says so.
    for guest in &mut guests {
        let news = guest.until("backbone").await;
        assert_eq!(
            (&news["state"], &news["seq"]),
            (&"away".into(), &seq.into())
        );
        for words in ["here", "only here"] {
            guest.say(words).await;
            assert_eq!(said(&guest.next().await), (None, words));
        }
    }
    let newcomer = Guest::join(a.address, "/rooms/r").await;
    assert_eq!(newcomer.welcome["backbone"], "away");
    drop(newcomer);
    redis.run().await;
    for guest in &mut guests {
        let news = guest.until("backbone").await;
        assert_eq!(
            (&news["state"], &news["seq"], &news["only_here"]),
            (&"up".into(), &seq.into(), &2.into())
        );
    }
    for server in [&a, &b] {
        health(server.address, "ok\nbackbone: up\n").await;
    }
    // The numbers go on where they were.
    talk(&mut guests, 5, seq).await;
    assert_eq!(metric(a.address, "room_messages_unnumbered_total").await, 2);
}

#[tokio::test]
async fn a_redis_that_comes_back_with_its_memory() {
    let mut redis = redis!("memory");
    pulled_away(&mut redis, &[], true).await;
}

#[tokio::test]
async fn a_redis_that_comes_back_empty() {
    let mut redis = redis!("empty");
    pulled_away(&mut redis, &[], false).await;
}

#[tokio::test]
async fn a_redis_that_comes_back_empty_and_was_to_keep_messages() {
    let mut redis = redis!("empty-stream");
    pulled_away(&mut redis, &["--backbone-history", "50"], false).await;
}

/// Both servers lose their connection, and with it one message. What a member of b then gets, and how many messages b
/// counts as missing.
async fn cut_off(redis: Redis, flags: &[&str]) -> (Vec<Value>, u64) {
    let (a, b) = servers(&redis, flags).await;
    let mut one = Guest::join(a.address, "/rooms/r").await;
    let mut two = Guest::join(b.address, "/rooms/r").await;
    for _ in 0..3 {
        one.say("before").await;
        one.until("message").await;
        two.until("message").await;
    }
    // A message that neither hears of: with a number and kept as the script does, but not published. As if it had been while
    // both were cut off, which they are now.
    let said = r#"{"id":"x-1","from":"c-1","at":1,"say":"meanwhile"}"#;
    let quoted = said.replace('"', "\\\"");
    let number = redis.tell("INCR duplex:room:r:seq").await;
    assert_eq!(number.as_deref(), Some(":4"));
    let kept = format!("XADD duplex:room:r:log 4-0 m \"{quoted}\"");
    assert!(redis.tell(&kept).await.is_some());
    let killed = redis.tell("CLIENT KILL TYPE pubsub").await;
    assert_eq!(killed.as_deref(), Some(":2"));
    let mut news = Vec::new();
    // Until the first message that everybody gets again.
    loop {
        let next = two.next().await;
        let up = next["type"] == "backbone" && next["state"] == "up";
        news.push(next);
        if up {
            break;
        }
    }
    one.until("backbone").await;
    health(a.address, "ok\nbackbone: up\n").await;
    one.say("after").await;
    news.push(two.until("message").await);
    let missing = metric(b.address, "room_messages_missing_total").await;
    (news, missing)
}

fn of_kind<'a>(news: &'a [Value], kind: &str) -> Vec<&'a Value> {
    news.iter().filter(|news| news["type"] == kind).collect()
}

#[tokio::test]
async fn what_is_published_while_a_server_is_cut_off_is_a_gap() {
    let (news, missing) = cut_off(redis!("gap"), &[]).await;
    let gaps = of_kind(&news, "gap");
    assert_eq!(gaps.len(), 1, "{news:?}");
    let expected = serde_json::json!(
        {"type": "gap", "first": 4, "last": 4, "missing": 1, "why": "backbone-away"}
    );
    assert_eq!(*gaps[0], expected);
    let messages = of_kind(&news, "message");
    assert_eq!(said(messages[0]), (Some(5), "after"));
    assert_eq!(missing, 1);
}

#[tokio::test]
async fn or_it_comes_late_from_the_stream() {
    let (news, missing) = cut_off(redis!("stream"), &["--backbone-history", "50"]).await;
    assert!(of_kind(&news, "gap").is_empty(), "{news:?}");
    let messages: Vec<_> = of_kind(&news, "message").into_iter().map(said).collect();
    assert_eq!(messages, [(Some(4), "meanwhile"), (Some(5), "after")]);
    assert_eq!(missing, 0);
}

#[tokio::test]
async fn with_a_stream_a_member_resumes_on_the_other_server() {
    let redis = redis!("resume");
    let (a, b) = servers(&redis, &["--backbone-history", "50"]).await;
    let mut one = Guest::join(a.address, "/rooms/r").await;
    for seq in 1..=10 {
        one.say(&seq.to_string()).await;
        one.until("message").await;
    }
    let mut back = Guest::join(b.address, "/rooms/r?resume=6").await;
    assert_eq!(back.welcome["seq"], 10);
    for seq in 7..=10_u64 {
        assert_eq!(said(&back.next().await), (Some(seq), &*seq.to_string()));
    }
    // Without one this server knows only that they were.
    let redis = redis!("no-resume");
    let (a, b) = servers(&redis, &[]).await;
    let mut one = Guest::join(a.address, "/rooms/r").await;
    for seq in 1..=10 {
        one.say(&seq.to_string()).await;
        one.until("message").await;
    }
    let mut back = Guest::join(b.address, "/rooms/r?resume=6").await;
    let gap = back.next().await;
    assert_eq!((&gap["first"], &gap["last"]), (&7.into(), &10.into()));
    assert_eq!(gap["why"], "not-kept");
}

#[tokio::test]
async fn the_members_of_a_server_that_dies_leave() {
    let redis = redis!("death");
    let url = redis.url();
    let a = start(&["--backbone", &url]).await;
    let mut b = Program::start(&["--backbone", &url, "--server-name", "dead"]);
    health(a.address, "ok\nbackbone: up\n").await;
    health(b.address, "ok\nbackbone: up\n").await;
    let mut two = Guest::join(b.address, "/rooms/r").await;
    redis.knows("r").await;
    let mut one = Guest::join(a.address, "/rooms/r").await;
    assert_eq!(one.welcome["members"], 2);
    two.say("hello").await;
    assert_eq!(said(&one.until("message").await), (Some(1), "hello"));
    b.child.kill().expect("kill");
    b.child.wait().expect("an end");
    let left = one.until("left").await;
    assert_eq!(
        (&left["who"], &left["members"]),
        (&two.name().into(), &1.into())
    );
    one.say("still here").await;
    assert_eq!(said(&one.next().await), (Some(2), "still here"));

    // One that stops in good order takes its members along at once.
    let c = start(&["--backbone", &url]).await;
    health(c.address, "ok\nbackbone: up\n").await;
    let three = Guest::join(c.address, "/rooms/r").await;
    assert_eq!(one.until("joined").await["who"], three.name());
    c.stop.cancel();
    assert_eq!(one.until("left").await["who"], three.name());
}

#[tokio::test]
async fn a_redis_that_is_not_there_yet_is_waited_for() {
    let mut redis = redis!("late");
    redis.kill();
    let a = start(&["--backbone", &redis.url()]).await;
    health(a.address, "ok\nbackbone: away\n").await;
    let mut one = Guest::join(a.address, "/rooms/r").await;
    assert_eq!(one.welcome["backbone"], "away");
    one.say("alone").await;
    assert_eq!(said(&one.until("message").await), (None, "alone"));
    redis.run().await;
    let news = one.until("backbone").await;
    assert_eq!(
        (&news["state"], &news["only_here"]),
        (&"up".into(), &1.into())
    );
    one.say("together").await;
    assert_eq!(said(&one.until("message").await), (Some(1), "together"));
}

#[test]
fn a_wrong_address_is_said_at_start() {
    for (url, says) in [
        ("localhost:6379", "not the address of a Redis"),
        ("http://localhost", "not the address of a Redis"),
        ("rediss://localhost", "this server has no TLS for Redis"),
        ("redis://localhost:port", "redis://127.0.0.1:6379"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_duplex-server"))
            .args(["--listen", "127.0.0.1:0", "--backbone", url])
            .output()
            .expect("the program");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says), "{url}: {said}");
    }
}
