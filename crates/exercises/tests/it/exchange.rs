//! What comes next is what the codec's session sends, or what its walk takes.

use exercises::{Exercise, Figure, Kind};
use wire::Role;
use wire::close::Close;
use wire::decode::Decoder;
use wire::session::{Config, Session};
use wire::walk::Walk;

use crate::check::{self, bytes, code, hex};

fn session(role: Role, key: [u8; 4]) -> Session {
    match role {
        Role::Server => Session::server(Config::default()),
        Role::Client => Session::client(Config::default(), move || key),
    }
}

/// What an end writes once these bytes have come from the other.
fn written(mut session: Session, came: &[u8]) -> Vec<u8> {
    session.receive(came);
    while session.next_event().is_some() {}
    session.output().to_vec()
}

/// A frame as its opcode and its payload.
type Sent = (String, Vec<u8>);

/// The frame that a choice names; `None` for nothing.
fn named(choice: &str) -> Option<Sent> {
    if choice.starts_with("Nothing") {
        return None;
    }
    let parts = code(choice);
    let payload = match parts.get(1) {
        None => Vec::new(),
        Some(number) if choice.contains("with the code") => number
            .parse::<u16>()
            .expect("a code")
            .to_be_bytes()
            .to_vec(),
        Some(payload) => payload.as_bytes().to_vec(),
    };
    Some((parts[0].to_owned(), payload))
}

/// The last frame that was written.
fn last(bytes: &[u8], from: Role) -> Option<Sent> {
    let frame = Decoder::new(from).push(bytes).pop()?;
    Some((
        frame.header.opcode.name().to_owned(),
        frame.payload.to_vec(),
    ))
}

/// The frames of a figure that has both directions.
fn crossed(made: &Exercise) -> Vec<(Role, Vec<u8>)> {
    let Some(Figure::Text(text)) = &made.figure else {
        panic!("no text: {made:?}");
    };
    text.lines()
        .map(|line| {
            let (ends, bytes) = line.split_once(": ").expect("two ends and bytes");
            let (from, to) = ends.split_once(" to ").expect("two ends");
            let from: Role = from.parse().expect("a role");
            assert_eq!(from.peer().name(), to);
            (from, hex(bytes))
        })
        .collect()
}

#[test]
fn what_comes_next() {
    check::all(Kind::NextInExchange, |made| {
        if made.text.starts_with("These frames have crossed") {
            let frames = crossed(made);
            let began = frames[0].0;
            let mut end = session(began, [1, 2, 3, 4]);
            let own = Decoder::new(began).push(&frames[0].1).remove(0);
            end.close(Close::read(&own.payload));
            end.sent(end.output().len());
            let came: Vec<u8> = frames[1..]
                .iter()
                .flat_map(|(_, bytes)| bytes.clone())
                .collect();
            assert!(frames[1..].iter().all(|(from, _)| *from == began.peer()));
            let right = last(&written(end, &came), began);
            return Box::new(move |choice| named(choice) == right);
        }
        let (came, from) = bytes(made);
        let answers = from.peer();
        if made.text.contains("may it send next") {
            return Box::new(move |choice| {
                let all = [came, &hex(code(choice)[0])].concat();
                let mut walk = Walk::new(from);
                let mut rest = &all[..];
                let mut violations = Vec::new();
                while let Some(frame) = walk.next_frame(&mut rest) {
                    violations.extend(frame.violations());
                }
                assert_eq!(walk.progress().have, 0, "a choice is a whole frame");
                violations.is_empty()
            });
        }
        if made.text.contains("Which bytes") {
            let key = made
                .text
                .split_once("next masking key is ")
                .map(|(_, rest)| hex(code(rest)[0]));
            let key = key.map_or([0; 4], |key| key.try_into().expect("four bytes"));
            let right = written(session(answers, key), came);
            return Box::new(move |choice| hex(code(choice)[0]) == right);
        }
        // Of several pings the latest is enough (RFC 6455 §5.5.3), and is answered last.
        let right = last(&written(session(answers, [1, 2, 3, 4]), came), answers);
        Box::new(move |choice| named(choice) == right)
    });
}
