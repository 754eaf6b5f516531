//! The walk over frames: any split gives the same, and it agrees with the decoder and with a session.

mod support;

use proptest::prelude::*;
use support::{Bytes, Owned, drain, pieces, reader, role, stream};
use wire::Role;
use wire::decode::{Decoder, Need};
use wire::deflate::{Deflater, Params};
use wire::frame::{Frame, Header, Opcode, encode};
use wire::rule::{Rule, Violation};
use wire::session::{Config, Event, Kind};
use wire::walk::{FrameIndex, ReceiverOutcome, Reception, Walk, WalkedMessage, frame_ranges};

/// What a walk gives of a frame, borrowing nothing.
#[derive(Clone, Debug, PartialEq)]
struct Walked {
    frame: Frame,
    violations: Vec<Violation>,
    in_sequence: Option<Violation>,
    fragment: Option<u32>,
    message: Option<Message>,
    /// What the receiver tells its application; `None` for a fragment, and where it has stopped.
    event: Option<Owned>,
}

#[derive(Clone, Debug, PartialEq)]
struct Message {
    kind: Kind,
    bytes: Bytes,
    compressed: bool,
    payload_len: u64,
    frames: u32,
    broken: Option<Violation>,
}

impl From<WalkedMessage<'_>> for Message {
    fn from(message: WalkedMessage<'_>) -> Message {
        Message {
            kind: message.kind,
            bytes: Bytes(message.bytes.to_vec()),
            compressed: message.compressed,
            payload_len: message.payload_len,
            frames: message.frames,
            broken: message.broken.cloned(),
        }
    }
}

fn event(reception: &Reception<'_>, payload: &[u8], message: Option<&Message>) -> Option<Owned> {
    Some(match reception {
        Reception::Fragment | Reception::Unread => return None,
        Reception::Message => {
            let Message { kind, bytes, .. } = message.expect("a whole message");
            match kind {
                Kind::Text => Owned::Text(String::from_utf8(bytes.0.clone()).expect("UTF-8")),
                Kind::Binary => Owned::Binary(bytes.clone()),
            }
        }
        Reception::Ping => Owned::Ping(Bytes(payload.to_vec())),
        Reception::Pong => Owned::Pong(Bytes(payload.to_vec())),
        Reception::Close(close) => Owned::Other(Event::Close(close.clone())),
        Reception::Failure(violation) => Owned::Other(Event::Failed((*violation).clone())),
    })
}

/// What a walk makes of a stream in pieces.
#[derive(Clone, Debug, PartialEq)]
struct All {
    frames: Vec<Walked>,
    outcome: ReceiverOutcome,
    have: u64,
    need: Option<Need>,
    unfinished: Vec<Violation>,
    stopped: bool,
}

fn all(mut walk: Walk, pieces: &[&[u8]]) -> All {
    let mut frames = Vec::new();
    for piece in pieces {
        let mut rest = *piece;
        while let Some(walked) = walk.next_frame(&mut rest) {
            assert_eq!(walked.number, frames.len() as u64);
            let message = walked.message.map(Message::from);
            frames.push(Walked {
                frame: walked.frame.clone(),
                violations: walked.violations(),
                in_sequence: walked.in_sequence.cloned(),
                fragment: walked.fragment,
                event: event(&walked.reception, &walked.frame.payload, message.as_ref()),
                message,
            });
        }
        assert!(rest.is_empty() || walk.stopped());
    }
    assert_eq!(walk.count(), frames.len() as u64);
    let progress = walk.progress();
    All {
        have: progress.have,
        need: progress.need,
        unfinished: progress.violations,
        outcome: walk.outcome().clone(),
        stopped: walk.stopped(),
        frames,
    }
}

/// What both the walk and the session are willing to do.
#[derive(Clone, Copy, Debug)]
struct Terms {
    sender: Role,
    compression: Option<Params>,
    max_payload: u64,
    max_message: usize,
}

impl Terms {
    fn walk(&self) -> Walk {
        Walk::new(self.sender)
            .with_compression(self.compression.map(Into::into))
            .with_max_payload(self.max_payload)
            .with_max_message(self.max_message)
    }

    fn events(&self, pieces: &[&[u8]]) -> Vec<Owned> {
        let config = Config {
            compression: self.compression.map(Into::into),
            max_frame: self.max_payload,
            max_message: self.max_message,
            ..Config::default()
        };
        let mut session = reader(self.sender, config);
        let mut events = Vec::new();
        for piece in pieces {
            session.receive(piece);
            drain(&mut session, &mut events);
        }
        events
    }
}

/// Everything that has to hold for a stream, however it is cut.
fn check(terms: &Terms, bytes: &[u8], pieces: &[&[u8]]) {
    let at_once = all(terms.walk(), &[bytes]);
    assert_eq!(all(terms.walk(), pieces), at_once, "cut");

    let mut decoder = Decoder::new(terms.sender)
        .with_compression(terms.compression.is_some())
        .with_max_payload(terms.max_payload);
    let frames: Vec<_> = at_once.frames.iter().map(|w| w.frame.clone()).collect();
    assert_eq!(frames, decoder.push(bytes), "the decoder");
    let progress = decoder.progress();
    assert_eq!((at_once.have, at_once.need), (progress.have, progress.need));

    let mut events: Vec<_> = at_once
        .frames
        .iter()
        .filter_map(|w| w.event.clone())
        .collect();
    // A rule may be broken by a frame that never ends.
    if let ReceiverOutcome::Failed(n, violation) = &at_once.outcome
        && *n == at_once.frames.len() as u64
    {
        events.push(Owned::Other(Event::Failed(violation.clone())));
    }
    assert_eq!(events, terms.events(pieces), "the session");

    let index = FrameIndex::new(terms.walk(), bytes);
    assert_eq!(index.outcome, at_once.outcome);
    for (n, walked) in at_once.frames.iter().enumerate() {
        let summary = index.summary(bytes, n).expect("a frame");
        assert_eq!(summary.opcode, walked.frame.header.opcode);
        assert_eq!(summary.length, Some(walked.frame.header.length));
        assert!(summary.complete);
        let failed = matches!(&walked.event, Some(Owned::Other(Event::Failed(_))));
        assert_eq!(
            summary.broken,
            failed || !walked.frame.violations.is_empty()
        );
        let range = index.range(n);
        assert_eq!(range.start as u64, walked.frame.offset);
        assert_eq!(index.number_of(range.end - 1), n);
        match index.kept_violations(n) {
            Some(kept) => assert_eq!(kept, walked.frame.violations),
            None => assert!(walked.frame.wire_len() < 64 << 10),
        }
        if failed {
            assert!(!walked.violations.is_empty());
        }
    }
    if !at_once.stopped {
        let ranges: Vec<_> = frame_ranges(bytes).collect();
        let indexed: Vec<_> = (0..index.count()).map(|n| index.range(n)).collect();
        assert_eq!(ranges, indexed);
    }
}

fn params() -> Params {
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        .parse()
        .unwrap()
}

fn terms() -> impl Strategy<Value = Terms> {
    let compression = prop_oneof![Just(None), Just(Some(params()))];
    let max_payload = prop_oneof![4 => Just(1 << 20), 1 => 0..200u64];
    let max_message = prop_oneof![4 => Just(1 << 20), 1 => 0..200usize];
    (role(), compression, max_payload, max_message).prop_map(
        |(sender, compression, max_payload, max_message)| Terms {
            sender,
            compression,
            max_payload,
            max_message,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn agrees_on_what_a_peer_might_send(
        (terms, bytes) in terms().prop_flat_map(|t| (Just(t), stream(t.sender, t.compression.is_some()))),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        check(&terms, &bytes.0, &pieces(&bytes.0, &cuts));
    }

    #[test]
    fn agrees_on_any_bytes(
        terms in terms(),
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        check(&terms, &bytes, &pieces(&bytes, &cuts));
    }
}

/// The seeds of the fuzz target: two bytes that say how, then the stream.
#[test]
fn agrees_on_every_seed_however_it_is_cut() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/walk");
    let mut seeds = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let seed = std::fs::read(entry.unwrap().path()).unwrap();
        let [flags, _, bytes @ ..] = &seed[..] else {
            panic!("a seed has two bytes before its stream");
        };
        let terms = Terms {
            sender: if flags & 1 == 0 {
                Role::Client
            } else {
                Role::Server
            },
            compression: (flags & 2 != 0).then(Params::default),
            max_payload: 1 << 14,
            max_message: 1 << 14,
        };
        for size in 1..=bytes.len() {
            let pieces: Vec<_> = bytes.chunks(size).collect();
            check(&terms, bytes, &pieces);
        }
        for end in 0..bytes.len() {
            check(&terms, &bytes[..end], &[&bytes[..end]]);
        }
        seeds += 1;
    }
    assert!(seeds >= 10, "the corpus has {seeds} seeds");
}

fn frame(opcode: Opcode, fin: bool, payload: &[u8]) -> Vec<u8> {
    let header = Header {
        fin,
        ..Header::new(opcode, payload.len() as u64, None)
    };
    let mut out = Vec::new();
    encode(&header, payload, &mut out);
    out
}

fn compressed(payload: &[u8]) -> Vec<u8> {
    let header = Header {
        rsv1: true,
        ..Header::new(Opcode::Binary, payload.len() as u64, None)
    };
    let mut out = Vec::new();
    encode(&header, payload, &mut out);
    out
}

fn server() -> Walk {
    Walk::new(Role::Server)
}

#[test]
fn what_comes_behind_a_broken_rule_is_still_read() {
    let bytes = [
        frame(Opcode::Continuation, true, b"lost"),
        frame(Opcode::Text, false, b"a"),
        frame(Opcode::Text, false, b"b"),
        frame(Opcode::Ping, true, b""),
        frame(Opcode::Continuation, true, b"c"),
        frame(Opcode::Close, true, b""),
        frame(Opcode::Text, true, b"after"),
    ]
    .concat();
    let walked = all(server(), &[&bytes]);
    let text = |n: usize| walked.frames[n].message.as_ref().map(|m| &m.bytes.0[..]);
    let rule = |n: usize| walked.frames[n].in_sequence.as_ref().map(|v| v.rule);
    assert_eq!(rule(0), Some(Rule::ContinuationUnexpected));
    assert_eq!((text(0), walked.frames[0].fragment), (None, None));
    assert_eq!(rule(2), Some(Rule::MessageInterleaved));
    assert_eq!(walked.frames[2].fragment, Some(1));
    assert_eq!(
        (text(4), walked.frames[4].fragment),
        (Some(&b"bc"[..]), Some(2))
    );
    assert_eq!(text(6), Some(&b"after"[..]));
    assert!(matches!(walked.outcome, ReceiverOutcome::Failed(0, _)));
    assert!(walked.frames[1..].iter().all(|w| w.event.is_none()));
}

#[test]
fn rules_are_told_in_the_order_of_their_places() {
    // No mask, a message inside a message, and not UTF-8.
    let bytes = [
        frame(Opcode::Text, false, b"a"),
        frame(Opcode::Text, true, b"\xff"),
    ]
    .concat();
    let walked = all(Walk::new(Role::Client), &[&bytes]);
    let rules: Vec<_> = walked.frames[1].violations.iter().map(|v| v.rule).collect();
    assert_eq!(
        rules,
        [
            Rule::MessageInterleaved,
            Rule::MaskMissing,
            Rule::TextNotUtf8
        ]
    );
}

#[test]
fn a_message_that_cannot_be_read_says_why() {
    let message = |walk: Walk, bytes: &[u8]| {
        let mut frames = all(walk, &[bytes]).frames;
        let message = frames.pop().and_then(|w| w.message).expect("a message");
        (message.bytes.0, message.broken.map(|v| v.rule))
    };
    let halves = [
        frame(Opcode::Text, false, b"ab\xc3"),
        frame(Opcode::Continuation, true, b"\xff"),
    ];
    assert_eq!(
        message(server(), &halves.concat()),
        (b"ab\xc3\xff".to_vec(), Some(Rule::TextNotUtf8))
    );
    let halves = [
        frame(Opcode::Binary, false, b"ab"),
        frame(Opcode::Continuation, true, b"cd"),
    ];
    assert_eq!(
        message(server().with_max_message(3), &halves.concat()),
        (b"ab".to_vec(), Some(Rule::TooBig))
    );
    let agreed = || server().with_compression(Some(params().into()));
    let junk = compressed(&[0xff, 0xff]);
    assert_eq!(message(agreed(), &junk).1, Some(Rule::DeflateCorrupt));
    let zeros = Deflater::new(&params(), Role::Server).message(&[0; 1000]);
    let (bytes, rule) = message(agreed().with_max_message(10), &compressed(&zeros));
    assert_eq!((bytes, rule), (vec![0; 10], Some(Rule::InflatesTooBig)));
}

#[test]
fn what_inflates_to_too_much_in_all_is_not_followed() {
    let mut deflater = Deflater::new(&params(), Role::Server);
    let zeros = deflater.message(&[0; 1000]);
    let bytes = [
        compressed(&zeros),
        compressed(&zeros),
        compressed(&zeros),
        frame(Opcode::Text, true, b"plain"),
    ]
    .concat();
    let walk = || {
        server()
            .with_compression(Some(params().into()))
            .with_max_inflated(1500)
    };
    let walked = all(walk(), &[&bytes]);
    assert_eq!(walked.outcome, ReceiverOutcome::NotFollowed(2));
    let message = |n: usize| walked.frames[n].message.as_ref().map(|m| m.bytes.0.len());
    assert_eq!(
        [0, 1, 2, 3].map(message),
        [Some(1000), Some(1000), None, Some(5)]
    );
    let pieces: Vec<_> = bytes.chunks(1).collect();
    assert_eq!(all(walk(), &pieces), walked);
}

#[test]
fn a_frame_that_never_ends_may_fail_already() {
    for (bytes, frame, rule) in [
        (&b"\x81\x05ab\xff"[..], 0, Rule::TextNotUtf8),
        (b"\x89\x00\x80", 1, Rule::ContinuationUnexpected),
        (b"\x82\x7f\x80\0\0\0\0\0\0\0rest", 0, Rule::LengthTopBit),
        (b"\x81\x80", 0, Rule::MaskPresent),
    ] {
        let walked = all(server(), &[bytes]);
        match &walked.outcome {
            ReceiverOutcome::Failed(n, violation) => {
                assert_eq!((*n, violation.rule), (frame, rule), "{bytes:x?}");
            }
            other => panic!("{bytes:x?}: {other:?}"),
        }
    }
}

#[test]
fn ranges_stop_where_a_length_leads_nowhere() {
    let bytes = b"\x89\x00\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff\x89\x00";
    assert_eq!(frame_ranges(bytes).collect::<Vec<_>>(), [0..2, 2..14]);
    assert_eq!(frame_ranges(b"").count(), 0);
    let index = FrameIndex::new(server(), bytes);
    assert_eq!((index.count(), index.range(1)), (2, 2..14));
    assert_eq!(
        index.summary(bytes, 1).map(|s| (s.length, s.complete)),
        Some((None, false))
    );
    assert_eq!((index.range(2), index.summary(bytes, 2)), (14..14, None));
}
