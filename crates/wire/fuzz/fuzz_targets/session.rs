//! Sessions in both roles, with and without compression: any split gives the same, limits hold, what is sent is legal, and
//! nothing is let through that the frame decoder refuses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::Role;
use wire::decode::Decoder;
use wire::deflate::Params;
use wire::session::{Config, Event, Session};

const LIMIT: usize = 1 << 14;

fn run(role: Role, config: Config, bytes: &[u8], step: usize) -> (Vec<String>, Vec<u8>) {
    let mut session = match role {
        Role::Server => Session::server(config),
        Role::Client => Session::client(config, || [1, 2, 3, 4]),
    };
    let mut events = Vec::new();
    for piece in bytes.chunks(step) {
        session.receive(piece);
        while let Some(event) = session.next_event() {
            match event {
                Event::Text(text) => assert!(text.len() <= LIMIT),
                Event::Binary(bytes) => assert!(bytes.len() <= LIMIT),
                Event::Ping(bytes) | Event::Pong(bytes) => assert!(bytes.len() <= 125),
                _ => {}
            }
            events.push(format!("{event:?}"));
        }
    }
    (events, session.output().to_vec())
}

fuzz_target!(|input: &[u8]| {
    let [flags, bits, cut, bytes @ ..] = input else {
        return;
    };
    let role = if flags & 1 == 0 {
        Role::Client
    } else {
        Role::Server
    };
    let params = Params {
        server_no_context_takeover: flags & 4 != 0,
        client_no_context_takeover: flags & 8 != 0,
        server_max_window_bits: 8 + (bits & 7),
        client_max_window_bits: 8 + (bits >> 3 & 7),
    };
    let compression = (flags & 2 != 0).then_some(params);
    let config = Config {
        max_message: LIMIT,
        max_frame: 2 * LIMIT as u64,
        compression: compression.map(Into::into),
        ..Config::default()
    };
    let (events, output) = run(role, config.clone(), bytes, usize::MAX);
    let split = run(role, config, bytes, usize::from(*cut).max(1));
    assert_eq!(split.0, events);
    assert_eq!(split.1, output);

    let mut decoder = Decoder::new(role);
    for frame in decoder.push(&output) {
        assert_eq!(frame.violations, []);
    }
    assert_eq!(decoder.progress().have, 0);

    let ended = events
        .last()
        .is_some_and(|e| e.starts_with("Close") || e.starts_with("Failed"));
    if !ended {
        let mut decoder = Decoder::new(role.peer()).with_compression(compression.is_some());
        for frame in decoder.push(bytes) {
            assert_eq!(frame.violations, []);
        }
    }
});
