//! What an endpoint does, over whole connections.

mod support;

use std::time::Duration;

use proptest::prelude::*;
use support::{Bytes, Owned, drain, pieces, reader, role, stream};
use wire::Role;
use wire::close::{Close, CloseCode};
use wire::decode::Decoder;
use wire::deflate::Params;
use wire::frame::Opcode;
use wire::rule::Rule;
use wire::session::{Config, Event, Kind, SendError, Session, Timeout, Timing};

fn events(session: &mut Session, bytes: &[u8]) -> Vec<Owned> {
    let mut events = Vec::new();
    session.receive(bytes);
    drain(session, &mut events);
    events
}

fn client() -> Session {
    Session::client(Config::default(), || [1, 2, 3, 4])
}

/// Carries everything that one end has to say to the other.
fn carry(from: &mut Session, to: &mut Session) -> Vec<Owned> {
    let bytes = from.output().to_vec();
    from.sent(bytes.len());
    events(to, &bytes)
}

fn failed(events: &[Owned]) -> Option<Rule> {
    match events.last() {
        Some(Owned::Other(Event::Failed(violation))) => Some(violation.rule),
        _ => None,
    }
}

fn with_compression() -> Config {
    Config {
        compression: Some(Params::default().into()),
        max_message: 1 << 20,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_split_gives_the_same_events_and_answers(
        (sender, compression, bytes) in (role(), any::<bool>()).prop_flat_map(|(sender, compression)| {
            (Just(sender), Just(compression), stream(sender, compression))
        }),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let config = if compression { with_compression() } else { Config::default() };
        let mut at_once = reader(sender, config.clone());
        let expected = events(&mut at_once, &bytes.0);

        let mut in_pieces = reader(sender, config);
        let mut collected = Vec::new();
        for piece in pieces(&bytes.0, &cuts) {
            in_pieces.receive(piece);
            drain(&mut in_pieces, &mut collected);
        }
        // A text that has gone wrong is refused before the frame is complete, so the events are the same, though what
        // they were refused for may be found earlier: never later, and never another rule.
        prop_assert_eq!(&collected, &expected);
        prop_assert_eq!(in_pieces.output(), at_once.output());
        prop_assert_eq!(in_pieces.closing(), at_once.closing());
    }

    #[test]
    fn a_session_reads_what_a_session_writes(
        messages in prop::collection::vec((any::<bool>(), "\\PC{0,300}", 0usize..20), 1..8),
        bits in (8u8..=15, 8u8..=15),
        takeover in any::<(bool, bool)>(),
        compress: bool,
    ) {
        let params = Params {
            server_no_context_takeover: takeover.0,
            client_no_context_takeover: takeover.1,
            server_max_window_bits: bits.0,
            client_max_window_bits: bits.1,
        };
        let config = Config { compression: compress.then(|| params.into()), ..Config::default() };
        let mut server = Session::server(config.clone());
        let mut client = Session::client(config, || [9, 8, 7, 6]);
        let mut sent = Vec::new();
        for (is_text, text, repeat) in &messages {
            let text = text.repeat(*repeat);
            for from in [&mut server, &mut client] {
                if *is_text { from.send_text(&text) } else { from.send_binary(text.as_bytes()) }.unwrap();
            }
            sent.push(if *is_text { Owned::Text(text) } else { Owned::Binary(Bytes(text.into_bytes())) });
        }
        prop_assert_eq!(&carry(&mut server, &mut client), &sent);
        prop_assert_eq!(&carry(&mut client, &mut server), &sent);
    }

    #[test]
    fn what_a_session_writes_breaks_no_rule(
        (sender, bytes) in role().prop_flat_map(|sender| (Just(sender), stream(sender, false))),
    ) {
        let mut session = reader(sender, Config::default());
        events(&mut session, &bytes.0);
        let mut decoder = Decoder::new(sender.peer());
        for frame in decoder.push(session.output()) {
            prop_assert_eq!(frame.violations, []);
        }
        prop_assert_eq!(decoder.progress().have, 0);
    }

    #[test]
    fn a_session_refuses_what_the_decoder_refuses(
        (sender, bytes) in role().prop_flat_map(|sender| (Just(sender), stream(sender, false))),
    ) {
        // The decoder knows frames, the session messages too; so the session may refuse more, but never less before the
        // closing.
        let mut session = reader(sender, Config::default());
        let events = events(&mut session, &bytes.0);
        let closed = events.iter().any(|e| matches!(e, Owned::Other(Event::Close(_))));
        let frames = Decoder::new(sender).push(&bytes.0);
        let broken = frames.iter().flat_map(|f| &f.violations).next();
        if let (Some(violation), false) = (broken, closed) {
            let Some(Owned::Other(Event::Failed(ours))) = events.last() else {
                panic!("not refused: {violation:?}");
            };
            prop_assert!(ours.at.start <= violation.at.start, "{ours:?}, {violation:?}");
        }
    }
}

#[test]
fn fragments_are_joined_and_control_frames_come_between() {
    let mut session = client();
    let got = events(
        &mut session,
        b"\x01\x03Hel\x89\x01!\x00\x01l\x80\x01o\x82\x00",
    );
    assert_eq!(
        got,
        [
            Owned::Ping(Bytes(b"!".to_vec())),
            Owned::Text("Hello".into()),
            Owned::Binary(Bytes(vec![]))
        ]
    );
    assert_eq!(session.output(), [0x8a, 0x81, 1, 2, 3, 4, b'!' ^ 1]);
}

#[test]
fn rules_of_messages() {
    for (bytes, rule) in [
        (&b"\x80\x00"[..], Rule::ContinuationUnexpected),
        (b"\x00\x00", Rule::ContinuationUnexpected),
        (b"\x80", Rule::ContinuationUnexpected),
        (b"\x01\x00\x81\x00", Rule::MessageInterleaved),
        (b"\x02\x00\x02\x00", Rule::MessageInterleaved),
        (b"\x81\x01a\x80\x00", Rule::ContinuationUnexpected),
        (b"\x01\x01\xc3\x80\x01\x28", Rule::TextNotUtf8),
        (b"\x01\x01\xc3\x80\x00", Rule::TextNotUtf8),
        (b"\xc1\x00", Rule::ReservedBit),
        (b"\x88\x01\x03", Rule::ClosePayloadOneByte),
        (b"\x88\x02\x03\xed", Rule::CloseCodeInvalid),
        (b"\x80\x80\x00\x00\x00\x00", Rule::ContinuationUnexpected),
        (b"\x81\x80\x00\x00\x00\x00", Rule::MaskPresent),
    ] {
        let mut session = client();
        assert_eq!(
            failed(&events(&mut session, bytes)),
            Some(rule),
            "{bytes:x?}"
        );
        let code = session.closing().sent.clone().unwrap().unwrap().code;
        assert_eq!(code, rule.close_code());
        assert!(!session.should_close_tcp(), "the close frame goes first");
        session.sent(session.output().len());
        assert!(session.should_close_tcp());
    }
}

#[test]
fn a_text_is_refused_at_the_first_impossible_byte() {
    // "κόσμε", then a surrogate, then "edited": the case of Autobahn 6.3.1.
    let text = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited";
    let bad = 12;
    let one_frame = [&[0x81, text.len() as u8][..], text].concat();
    let mut two_frames = b"\x01\x0c".to_vec();
    two_frames.extend(&text[..12]);
    two_frames.extend([0x80, (text.len() - 12) as u8]);
    two_frames.extend(&text[12..]);
    for (bytes, place) in [(one_frame, 2 + bad), (two_frames, 4 + bad)] {
        let mut session = client();
        for (i, byte) in bytes.iter().enumerate() {
            let got = events(&mut session, &[*byte]);
            assert_eq!(failed(&got).is_some(), i == place, "byte {i}");
            if i == place {
                break;
            }
        }
        // The sequence begins one byte before; where that is in another frame, this frame's payload stands for it.
        let at = session.closing().failed.clone().unwrap().at;
        assert!(
            at.start == place as u64 - 1 || at.start == place as u64,
            "{at:?}"
        );
    }
}

#[test]
fn either_end_closes() {
    let bye = Some(Close {
        code: CloseCode(1001),
        reason: "bye".into(),
    });
    for server_begins in [true, false] {
        let (mut server, mut client) = (Session::server(Config::default()), client());
        let (first, second) = if server_begins {
            (&mut server, &mut client)
        } else {
            (&mut client, &mut server)
        };
        first.close(bye.clone());
        first.close(None);
        assert_eq!(first.send_text("late"), Err(SendError::Closing));
        assert!(!first.closing().is_complete());
        // What was under way still arrives; a ping is not answered any more.
        second.send_text("on its way").unwrap();
        second.send_ping(b"").unwrap();
        assert_eq!(
            carry(second, first),
            [Owned::Text("on its way".into()), Owned::Ping(Bytes(vec![]))]
        );
        assert_eq!(
            carry(first, second),
            [Owned::Other(Event::Close(bye.clone()))]
        );
        assert_eq!(
            carry(second, first),
            [Owned::Other(Event::Close(bye.clone()))]
        );
        for end in [&server, &client] {
            assert!(end.closing().is_complete());
            assert_eq!(
                end.closing().began,
                Some(if server_begins {
                    Role::Server
                } else {
                    Role::Client
                })
            );
            let outcome = end.outcome();
            assert!(outcome.clean);
            assert_eq!((outcome.code, &*outcome.reason), (CloseCode(1001), "bye"));
        }
        assert!(server.should_close_tcp());
        assert!(!client.should_close_tcp());
        assert_eq!(events(&mut server, b"\x81\x80\0\0\0\0"), []);
    }
}

#[test]
fn how_a_connection_ended() {
    assert_eq!(client().outcome().code, CloseCode(1006));
    let mut session = client();
    events(&mut session, b"\x88\x00");
    let outcome = session.outcome();
    assert_eq!((outcome.code, outcome.clean), (CloseCode(1005), true));
    let mut session = client();
    events(&mut session, b"\x83\x00");
    let outcome = session.outcome();
    assert_eq!((outcome.code, outcome.clean), (CloseCode(1006), false));
}

#[test]
fn limits_hold() {
    let config = Config {
        max_frame: 100,
        max_message: 150,
        ..Config::default()
    };
    for (bytes, rule) in [
        (&b"\x82\x65"[..], Some(Rule::TooBig)),
        (b"\x82\x7f\0\0\0\0\x10\0\0\0", Some(Rule::TooBig)),
        (b"\x82\x64", None),
    ] {
        let mut session = Session::client(config.clone(), || [0; 4]);
        assert_eq!(failed(&events(&mut session, bytes)), rule);
    }
    let mut session = Session::client(config, || [0; 4]);
    let mut bytes = b"\x02\x64".to_vec();
    bytes.resize(102, 0);
    assert_eq!(events(&mut session, &bytes), []);
    // The header is enough: 100 and 51 bytes are one too many.
    let got = events(&mut session, b"\x80\x33");
    assert_eq!(failed(&got), Some(Rule::TooBig));
    assert_eq!(session.closing().failed.clone().unwrap().at, 103..104);
}

#[test]
fn a_small_frame_may_not_inflate_to_a_big_message() {
    let mut server = Session::server(with_compression());
    let mut client = Session::client(with_compression(), || [0; 4]);
    server.send_binary(&vec![0; 1 << 20]).unwrap();
    server.send_binary(&vec![0; (1 << 20) + 1]).unwrap();
    assert!(server.output().len() < 10_000);
    let got = carry(&mut server, &mut client);
    assert_eq!(got.len(), 2);
    assert_eq!(failed(&got), Some(Rule::InflatesTooBig));
}

#[test]
fn what_cannot_be_inflated_is_refused() {
    let mut session = Session::client(with_compression(), || [0; 4]);
    let got = events(
        &mut session,
        b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\xc1\x01\xff",
    );
    assert_eq!(got[0], Owned::Text("Hello".into()));
    assert_eq!(failed(&got), Some(Rule::DeflateCorrupt));
}

#[test]
fn what_is_wrong_first_counts_in_compressed_text_too() {
    // Inflates to a byte that cannot begin a character, and then to what is no deflate.
    let bytes = b"\xc1\x11\xf2\x48\xf2\x3d\x00\xf8\x0d\xb6\xf2\x00\x11\x24\x81\x00\x00\x11\x00";
    for step in [1, 3, bytes.len()] {
        let mut session = Session::client(with_compression(), || [0; 4]);
        let mut got = Vec::new();
        for piece in bytes.chunks(step) {
            got.extend(events(&mut session, piece));
        }
        assert_eq!(failed(&got), Some(Rule::TextNotUtf8), "pieces of {step}");
    }
}

#[test]
fn pings_that_nobody_reads_do_not_fill_memory() {
    let mut session = client();
    let mut ping = b"\x89\x7d".to_vec();
    ping.resize(127, 7);
    for _ in 0..10_000 {
        events(&mut session, &ping);
    }
    events(&mut session, b"\x89\x04last");
    assert!(
        session.output().len() < 70_000,
        "{}",
        session.output().len()
    );
    session.sent(session.output().len());
    let frames = Decoder::new(Role::Client).push(session.output());
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].payload, b"last");
}

#[test]
fn fragments_are_sent_by_the_rules() {
    let (mut server, mut client) = (Session::server(Config::default()), client());
    server.send_fragment(Kind::Text, b"caf\xc3", false).unwrap();
    assert_eq!(server.send_text("no"), Err(SendError::InsideMessage));
    assert_eq!(
        server.send_fragment(Kind::Binary, b"no", false),
        Err(SendError::InsideMessage)
    );
    assert_eq!(
        server.send_fragment(Kind::Text, b"", true),
        Err(SendError::NotUtf8)
    );
    server.send_ping(b"now").unwrap();
    assert_eq!(server.send_ping(&[0; 126]), Err(SendError::TooLong));
    server.send_fragment(Kind::Text, b"\xa9", true).unwrap();
    server.send_binary(b"next").unwrap();
    let got = carry(&mut server, &mut client);
    assert_eq!(
        got,
        [
            Owned::Ping(Bytes(b"now".to_vec())),
            Owned::Text("café".into()),
            Owned::Binary(Bytes(b"next".to_vec()))
        ]
    );
}

#[test]
fn silence_is_noticed() {
    let second = Duration::from_secs;
    let config = Config {
        timing: Timing {
            ping_after: Some(second(30)),
            pong_within: Some(second(5)),
            close: Some(second(3)),
        },
        ..Config::default()
    };
    let mut server = Session::server(config);
    let mut client = client();
    assert_eq!(server.next_tick(), Some(second(30)));
    assert_eq!(server.tick(second(29)), None);
    assert!(server.output().is_empty());
    assert_eq!(server.tick(second(30)), None);
    assert_eq!(
        Decoder::new(Role::Server).push(server.output())[0]
            .header
            .opcode,
        Opcode::Ping
    );
    assert_eq!(server.next_tick(), Some(second(35)));
    carry(&mut server, &mut client);
    server.tick(second(31));
    carry(&mut client, &mut server);
    assert_eq!(server.round_trip(), Some(second(1)));
    assert_eq!(server.next_tick(), Some(second(61)));
    // Now the client is gone.
    assert_eq!(server.tick(second(61)), None);
    assert_eq!(server.tick(second(65)), None);
    assert_eq!(server.tick(second(66)), Some(Timeout::Pong));
    server.sent(server.output().len());
    assert!(server.should_close_tcp());
}

#[test]
fn a_closing_that_does_not_end_is_given_up() {
    let second = Duration::from_secs;
    let timing = Timing {
        close: Some(second(3)),
        ..Timing::default()
    };
    let mut session = Session::client(
        Config {
            timing,
            ..Config::default()
        },
        || [0; 4],
    );
    session.tick(second(10));
    session.close(None);
    session.sent(session.output().len());
    assert!(!session.should_close_tcp());
    assert_eq!(session.next_tick(), Some(second(13)));
    assert_eq!(session.tick(second(13)), Some(Timeout::Close));
    assert!(session.should_close_tcp());
}

#[test]
fn what_is_held_of_a_message_under_way() {
    let compressed = [0xc2, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let mut client = Session::client(with_compression(), || [0; 4]);
    assert_eq!(client.so_far(), None);
    // Text, cut within a character of four bytes; a ping in between changes nothing.
    events(&mut client, &[0x01, 0x04, b'h', b'i', 0xf0, 0x9f]);
    for ping in [&[][..], &[0x89, 0x00]] {
        events(&mut client, ping);
        let held = client.so_far().unwrap();
        assert_eq!(
            (held.kind, held.bytes, held.pending),
            (Kind::Text, &b"hi"[..], &[0xf0, 0x9f][..])
        );
    }
    events(&mut client, &[0x80, 0x02, 0x92, 0xa9]);
    assert_eq!(client.so_far(), None);
    // Binary, in the middle of a frame.
    events(&mut client, &[0x02, 0x05, 1, 2]);
    let held = client.so_far().unwrap();
    assert_eq!(
        (held.kind, held.bytes, held.pending),
        (Kind::Binary, &[1, 2][..], &[][..])
    );
    events(&mut client, &[3, 4, 5, 0x80, 0x00]);
    assert_eq!(client.so_far(), None);
    // Compressed: what it inflates to.
    events(&mut client, &compressed[..8]);
    let held = client.so_far().unwrap();
    assert!(b"Hello".starts_with(held.bytes) && held.kind == Kind::Binary);
    events(&mut client, &compressed[8..]);
    assert_eq!(client.so_far(), None);
}
