//! The walk over frames: any split gives the same, its frames are the decoder's, its receiver is the session.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::Role;
use wire::decode::Decoder;
use wire::deflate::Params;
use wire::rule::Violation;
use wire::session::{Config, Event, Kind, Session};
use wire::walk::{ReceiverOutcome, Reception, Walk};

const LIMIT: usize = 1 << 14;

/// Every frame in words, what the receiver made of the stream, and its outcome.
fn run(mut walk: Walk, bytes: &[u8], step: usize) -> (Vec<String>, Vec<String>, ReceiverOutcome) {
    let (mut frames, mut events) = (Vec::new(), Vec::new());
    for piece in bytes.chunks(step) {
        let mut rest = piece;
        while let Some(walked) = walk.next_frame(&mut rest) {
            frames.push(format!("{walked:?}"));
            let payload = &walked.frame.payload[..];
            let event = match walked.reception {
                Reception::Fragment | Reception::Unread => continue,
                Reception::Message => {
                    let message = walked.message.expect("a whole message");
                    assert!(message.bytes.len() <= LIMIT && message.broken.is_none());
                    match message.kind {
                        Kind::Text => {
                            Event::Text(std::str::from_utf8(message.bytes).expect("UTF-8"))
                        }
                        Kind::Binary => Event::Binary(message.bytes),
                    }
                }
                Reception::Ping => Event::Ping(payload),
                Reception::Pong => Event::Pong(payload),
                Reception::Close(close) => Event::Close(close),
                Reception::Failure(violation) => Event::Failed(violation.clone()),
            };
            events.push(format!("{event:?}"));
        }
    }
    let unfinished: &[Violation] = match walk.outcome() {
        ReceiverOutcome::Failed(n, violation) if *n == walk.count() => {
            std::slice::from_ref(violation)
        }
        _ => &[],
    };
    events.extend(
        unfinished
            .iter()
            .map(|v| format!("{:?}", Event::Failed(v.clone()))),
    );
    (frames, events, walk.outcome().clone())
}

fuzz_target!(|input: &[u8]| {
    let [flags, cut, bytes @ ..] = input else {
        return;
    };
    let sender = if flags & 1 == 0 {
        Role::Client
    } else {
        Role::Server
    };
    let compression = (flags & 2 != 0).then(Params::default);
    let walk = || {
        Walk::new(sender)
            .with_compression(compression.map(Into::into))
            .with_max_payload(LIMIT as u64)
            .with_max_message(LIMIT)
    };
    let whole = run(walk(), bytes, usize::MAX);
    assert_eq!(run(walk(), bytes, usize::from(*cut).max(1)), whole);

    let mut decoder = Decoder::new(sender)
        .with_compression(compression.is_some())
        .with_max_payload(LIMIT as u64);
    assert_eq!(decoder.push(bytes).len(), whole.0.len());

    let config = Config {
        compression: compression.map(Into::into),
        max_frame: LIMIT as u64,
        max_message: LIMIT,
        ..Config::default()
    };
    let mut session = match sender {
        Role::Client => Session::server(config),
        Role::Server => Session::client(config, || [0; 4]),
    };
    session.receive(bytes);
    let mut events = Vec::new();
    while let Some(event) = session.next_event() {
        events.push(format!("{event:?}"));
    }
    assert_eq!(whole.1, events);
});
