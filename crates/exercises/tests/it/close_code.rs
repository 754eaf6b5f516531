//! Close codes are read with the codec, and told by its session.

use exercises::{Exercise, Kind};
use wire::Role;
use wire::close::Close;
use wire::decode::Decoder;
use wire::frame::Opcode;
use wire::session::{Config, Session};

use crate::check::{self, bytes, code, number};

/// The other end, after all that is shown has come.
fn receiver(made: &Exercise) -> Session {
    let (bytes, from) = bytes(made);
    let mut session = match from.peer() {
        Role::Server => Session::server(Config::default()),
        Role::Client => Session::client(Config::default(), || [1, 2, 3, 4]),
    };
    session.receive(bytes);
    while session.next_event().is_some() {}
    session
}

#[test]
fn which_close_code() {
    check::all(Kind::CloseCode, |made| {
        let (bytes, from) = bytes(made);
        let right = if made.text.contains("Which code does it carry?") {
            let frame = Decoder::new(from).push(bytes).remove(0);
            assert!(frame.violations.is_empty(), "{made:?}");
            Close::read(&frame.payload).expect("a code").code
        } else if made.text.contains("its close frame carry") {
            let session = receiver(made);
            let sent = Decoder::new(from.peer()).push(session.output());
            let last = sent.last().expect("a frame");
            assert_eq!(last.header.opcode, Opcode::Close);
            Close::read(&last.payload).expect("a code").code
        } else {
            assert!(made.text.contains("CloseEvent.code"), "{}", made.text);
            assert_eq!(from, Role::Server);
            receiver(made).outcome().code
        };
        Box::new(move |choice| number(code(choice)[0]) == u64::from(right.0))
    });
}
