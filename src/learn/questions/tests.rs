//! The written questions, held against what `wire` and `sim` compute.

use std::collections::BTreeSet;

use sim::cluster::channel::{self, Hour};
use sim::cluster::routing::{self, Balancer, Cluster};
use sim::heartbeat::CrowdParams;
use sim::reconnecting::{Backoff, Strategy};
use sim::{MINUTE, SECOND};
use wire::Role;
use wire::close::{Close, CloseCode, MAX_REASON};
use wire::decode::Decoder;
use wire::frame::{Field, Frame, Header, Opcode};
use wire::handshake::{KEY_BYTES, accept, key_bytes};
use wire::rule::Rule;
use wire::walk::Walk;

use super::*;

fn asked(id: &str) -> &'static Question {
    let found = QUESTIONS.iter().find(|question| question.id == id);
    found.unwrap_or_else(|| panic!("there is no question {id}"))
}

/// What stands between backticks in a line.
fn codes(line: Line) -> Vec<&'static str> {
    let code = |inline: &'static Inline| match inline {
        Inline::Code(code) => Some(*code),
        _ => None,
    };
    line.iter().filter_map(code).collect()
}

/// Bytes that are written as `81 05`.
fn bytes(text: &str) -> Vec<u8> {
    let read = |byte: &str| u8::from_str_radix(byte, 16);
    let read: Result<Vec<u8>, _> = text.split(' ').map(read).collect();
    read.unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// The first bytes that a question writes.
fn bytes_of(id: &str) -> Vec<u8> {
    bytes(codes(asked(id).text)[0])
}

fn header(bytes: &[u8]) -> Header {
    Header::parse(bytes).header().expect("a whole header")
}

fn frames(sender: Role, bytes: &[u8]) -> Vec<Frame> {
    Decoder::new(sender).with_compression(true).push(bytes)
}

/// The rules that these bytes break, and whether a message came of them.
fn walked(sender: Role, mut bytes: &[u8]) -> (Vec<Rule>, Vec<Vec<u8>>) {
    let (mut walk, mut rules, mut messages) = (Walk::new(sender), Vec::new(), Vec::new());
    while let Some(frame) = walk.next_frame(&mut bytes) {
        rules.extend(frame.violations().iter().map(|violation| violation.rule));
        messages.extend(frame.message.map(|message| message.bytes.to_vec()));
    }
    (rules, messages)
}

fn choices(id: &str) -> &'static [Choice] {
    match asked(id).task {
        Task::Single(choices) | Task::Multiple(choices) => choices,
        _ => panic!("{id} has no choices"),
    }
}

/// Expects this value, written in this way.
fn assert_value(id: &str, value: impl ToString) {
    let Task::Value { right, .. } = asked(id).task else {
        panic!("{id} asks for no value");
    };
    let value = value.to_string();
    assert!(right.contains(&value.as_str()), "{id}: {value} {right:?}");
}

/// Expects this value among the mistakes.
fn assert_mistake(id: &str, value: impl ToString) {
    let Task::Value { mistakes, .. } = asked(id).task else {
        panic!("{id} asks for no value");
    };
    let value = value.to_string();
    assert!(mistakes.iter().any(|m| m.value == value), "{id}: {value}");
}

#[test]
fn all_are_there_and_named_once() {
    let ids: BTreeSet<_> = QUESTIONS.iter().map(|question| question.id).collect();
    assert_eq!(ids.len(), QUESTIONS.len());
    for id in ["beginning", "round-robin", "ping-pong"] {
        assert!(ids.contains(id), "{id}");
    }
}

#[test]
fn a_byte_is_unmasked_with_its_own_byte_of_the_key() {
    let id = "unmask-fifth";
    let wire = bytes_of(id);
    let frame = &frames(Role::Client, &wire)[0];
    assert_eq!(frame.payload, b"Yes!!");
    assert_value(id, format!("{:x}", frame.payload[4]));
    let key = frame.header.key.expect("a client masks");
    assert_mistake(id, format!("{:x}", wire[10]));
    assert_mistake(id, format!("{:x}", wire[10] ^ key[1]));
    assert_mistake(id, format!("{:x}", wire[10] ^ key[3]));
}

#[test]
fn lengths_of_headers_and_frames() {
    let length = header(&bytes_of("length-of-two-bytes")).length;
    assert_value("length-of-two-bytes", length);
    let swapped = (length as u16).swap_bytes();
    assert_mistake("length-of-two-bytes", swapped);

    let len = |opcode, length, key| Header::new(opcode, length, key).len() as u64;
    let key = Some([1, 2, 3, 4]);
    assert_value("header-of-300", len(Opcode::Binary, 300, key));
    assert_mistake("header-of-300", len(Opcode::Binary, 300, None));
    assert_mistake("header-of-300", len(Opcode::Binary, 70_000, key));
    assert_value("frame-of-binance", len(Opcode::Text, 150, None) + 150);
    assert_mistake("frame-of-binance", len(Opcode::Text, 150, key) + 150);
    let (ours, theirs) = (
        len(Opcode::Text, 2, key) + 2,
        len(Opcode::Text, 2, None) + 2,
    );
    assert_value("bytes-of-hi", ours + theirs);
    assert_mistake("bytes-of-hi", ours + ours);
}

#[test]
fn close_frames_and_their_codes() {
    let frame = &frames(Role::Server, &bytes_of("code-of-bytes"))[0];
    let CloseCode(code) = Close::read(&frame.payload).expect("a code").code;
    assert_value("code-of-bytes", code);
    assert_mistake("code-of-bytes", code.swap_bytes());
    assert_value("longest-reason", MAX_REASON);

    for choice in choices("never-sent") {
        let [Inline::Text(code)] = choice.text else {
            panic!("{}", choice.id);
        };
        let code = CloseCode(code.parse().expect("a code"));
        assert_eq!(choice.right, !code.may_be_sent(), "{code}");
    }
    for choice in choices("script-close") {
        let call = codes(choice.text)[0];
        let digits: String = call.chars().filter(char::is_ascii_digit).collect();
        let code = CloseCode(digits.parse().expect("a code"));
        assert_eq!(choice.right, !code.script_may_send(), "{code}");
    }
}

#[test]
fn frames_that_break_a_rule() {
    for choice in choices("which-break") {
        let (rules, _) = walked(Role::Server, &bytes(codes(choice.text)[0]));
        assert_eq!(choice.right, !rules.is_empty(), "{} {rules:?}", choice.id);
    }
    let (rules, _) = walked(Role::Client, &bytes_of("unmasked-client"));
    assert_eq!(rules, [Rule::MaskMissing]);
    assert_eq!(rules[0].close_code(), CloseCode(1002));
}

#[test]
fn fragments_in_the_right_order_are_a_message() {
    let Task::Order(steps) = asked("fragments-and-ping").task else {
        panic!("an order");
    };
    let wire: Vec<u8> = steps.iter().flat_map(|s| bytes(codes(s.text)[0])).collect();
    let (rules, messages) = walked(Role::Server, &wire);
    assert!(rules.is_empty(), "{rules:?}");
    assert_eq!(messages, [b"Hello"]);
}

#[test]
fn first_bytes_have_these_opcodes() {
    let Task::Match(pairs) = asked("opcodes").task else {
        panic!("pairs");
    };
    let first = |pair: &Pair| {
        let first = Header::parse(&bytes(codes(pair.left)[0])).first;
        let first = first.expect("a byte");
        (first.fin, first.opcode)
    };
    let expected = [
        ("whole-text", (true, Opcode::Text)),
        ("begun-text", (false, Opcode::Text)),
        ("last-part", (true, Opcode::Continuation)),
        ("close", (true, Opcode::Close)),
        ("ping", (true, Opcode::Ping)),
        ("pong", (true, Opcode::Pong)),
    ];
    let found: Vec<_> = pairs.iter().map(|pair| (pair.id, first(pair))).collect();
    assert_eq!(found, expected);
    assert_value("first-byte-compressed", {
        let mut out = Vec::new();
        let text = Header {
            rsv1: true,
            ..Header::new(Opcode::Text, 0, Some([0; 4]))
        };
        text.encode(&mut out);
        format!("{:x}", out[0])
    });
}

/// The places that are right.
fn right_spots(id: &str) -> Vec<u64> {
    let Task::Pick { spots, .. } = asked(id).task else {
        panic!("{id} points at nothing");
    };
    let right = spots.iter().filter(|spot| spot.right);
    right.map(|spot| spot.at.into()).collect()
}

fn bytes_shown(id: &str) -> &'static [u8] {
    match asked(id).task {
        Task::Pick { bytes, .. } => bytes,
        _ => panic!("{id} shows no bytes"),
    }
}

/// The first bit of a field of the frame that these bytes begin with.
fn first_bit(bytes: &[u8], field: Field) -> u64 {
    let spans = header(bytes).spans();
    let span = spans.iter().find(|span| span.field == field);
    span.unwrap_or_else(|| panic!("no {}", field.name()))
        .bits
        .start
}

#[test]
fn what_is_pointed_at_is_where_the_codec_finds_it() {
    for (id, field) in [
        ("mask-bit", Field::Mask),
        ("reserved-bit", Field::Rsv2),
        ("compressed-bit", Field::Rsv1),
        ("control-bit", Field::Opcode),
    ] {
        assert_eq!(right_spots(id), [first_bit(bytes_shown(id), field)], "{id}");
    }
    for id in ["payload-begins", "code-in-masked-close", "pong-byte"] {
        let payload = first_bit(bytes_shown(id), Field::Payload) / 8;
        assert_eq!(right_spots(id), [payload], "{id}");
    }
    let second = |id: &str| frames(Role::Server, bytes_shown(id))[1].clone();
    assert_eq!(second("second-frame").header.opcode, Opcode::Ping);
    assert_eq!(right_spots("second-frame"), [second("second-frame").offset]);
    let last = second("end-of-message");
    assert!(last.header.fin);
    assert_eq!(right_spots("end-of-message"), [last.offset * 8]);

    // Of the same text under another key only the bytes before the key are the same.
    let shown = bytes_shown("same-text-again");
    let mut other = Vec::new();
    let again = Header::new(Opcode::Text, 5, Some([0x11, 0x22, 0x33, 0x44]));
    wire::frame::encode(&again, b"Hello", &mut other);
    let same = (0u64..).zip(shown.iter().zip(&other));
    let same: Vec<u64> = same.filter(|(_, (a, b))| a == b).map(|(i, _)| i).collect();
    assert_eq!(right_spots("same-text-again"), same);

    let close = &frames(Role::Client, bytes_shown("code-in-masked-close"))[0];
    assert_eq!(close.payload, b"\x03\xe8done");
    let pong = &frames(Role::Client, bytes_shown("pong-byte"))[0];
    assert_eq!(pong.payload, b"ping");
}

#[test]
fn text_is_known_to_be_wrong_at_its_byte() {
    let shown = bytes_shown("not-utf8-byte");
    let mut seen = wire::utf8::Validator::default();
    let wrong = (2..shown.len()).find(|&i| seen.push(&shown[i..=i]).is_err());
    assert_eq!(
        right_spots("not-utf8-byte"),
        [wrong.expect("not UTF-8") as u64]
    );
    let (rules, _) = walked(Role::Server, shown);
    assert_eq!(rules, [Rule::TextNotUtf8]);
}

/// Every frame that is shown is a real one: its header can be read, the mask says who sent it, and it breaks no rule but
/// where the question is about that.
#[test]
fn shown_frames_are_real() {
    let mut shown = 0;
    for question in QUESTIONS {
        let Task::Pick { bytes, .. } = question.task else {
            continue;
        };
        shown += 1;
        let sender = match header(bytes).key {
            Some(_) => Role::Client,
            None => Role::Server,
        };
        let mut decoder = Decoder::new(sender).with_compression(question.id == "compressed-bit");
        let frames = decoder.push(bytes);
        let broken: Vec<_> = frames.iter().flat_map(|f| &f.violations).collect();
        let about = ["reserved-bit", "not-utf8-byte"].contains(&question.id);
        assert_eq!(broken.is_empty(), !about, "{} {broken:?}", question.id);
        // Only the one that says that it shows the beginning ends inside of a frame.
        let is_cut = decoder.progress().have > 0;
        assert_eq!(is_cut, question.id == "payload-begins", "{}", question.id);
    }
    assert!(shown >= 10, "{shown}");
}

#[test]
fn the_handshake_in_numbers() {
    let key = "x3JJHMbDL1EzLkh9GBhXDw==";
    assert!(codes(asked("key-bytes").text)[0].ends_with(key));
    assert_value("key-bytes", key_bytes(key).expect("base64").len());
    assert_eq!(key_bytes(key).expect("base64").len(), KEY_BYTES);
    let example = accept("dGhlIHNhbXBsZSBub25jZQ==");
    let said: Vec<_> = asked("accept-recipe")
        .explanation
        .iter()
        .flat_map(|line| codes(line))
        .collect();
    assert_eq!(said, [&*example.key, &*example.value]);
    assert_eq!((example.concatenation.len(), example.value.len()), (60, 28));
    assert_value("deflate-tail", wire::deflate::dissect::TAIL.len());
}

#[test]
fn heartbeats_find_the_dead_when_the_model_says() {
    let crowd = CrowdParams {
        clients: 7_200,
        life: 60 * MINUTE,
        interval: 30 * SECOND,
        timeout: 10 * SECOND,
        allowed: 1,
        says: None,
        duration: 60 * MINUTE,
        seed: 1,
    };
    let found = crowd.detection_time();
    assert_value("mean-detection", found.mean / SECOND as f64);
    assert_mistake("mean-detection", found.most / SECOND);
    assert_mistake("mean-detection", found.least / SECOND);
    assert_eq!(crowd.deaths_per_second(), 2.0);
    assert_value("dead-in-the-table", crowd.steady_with());
}

#[test]
fn waits_are_what_the_model_draws_from() {
    let full = Backoff::default();
    assert_eq!((full.base, full.cap), (SECOND, 30 * SECOND));
    assert_eq!(full.bounds(0), (0, SECOND));
    assert_value("fifth-wait", full.bounds(4).1 / SECOND);
    assert_eq!(full.bounds(5).1, full.cap);
    let equal = Backoff {
        strategy: Strategy::EqualJitter,
        ..full
    };
    assert_eq!(equal.expo(3), 8 * SECOND);
    let mean = |backoff: Backoff| backoff.mean(3).expect("a mean") / SECOND as f64;
    assert_value("equal-mean", mean(equal));
    assert_mistake("equal-mean", mean(full));
}

#[test]
fn shares_and_empty_polls_are_what_the_models_count() {
    let params = routing::Params {
        clients: 100_000,
        servers: 4,
        balancer: Balancer::ConsistentHash { points: 100 },
        ..routing::Params::default()
    };
    let mut cluster = Cluster::new(&params);
    cluster.connect_all();
    let moved = cluster.add().would_move.expect("a hash remembers");
    let percent = f64::from(moved) / f64::from(params.clients) * 100.0;
    assert!((percent - 20.0).abs() < 4.0, "{percent}");
    assert_value("consistent-share", 100 / (params.servers + 1));

    let hour = Hour::count(&channel::Params {
        members: 500,
        messages: 60,
        poll_s: 5,
        ping_s: 30,
        hold_s: 30,
        seed: 1,
    });
    let empty = hour.empty_polls as f64 / hour.polls as f64 * 100.0;
    let expected = (-5.0f64 / 60.0).exp() * 100.0;
    assert!((empty - expected).abs() < 2.0, "{empty} {expected}");
    assert_value("empty-polls", expected.round());
}
