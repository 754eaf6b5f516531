//! Streams of frames as a peer might send them: mostly right, wrong in every way now and then.
#![allow(dead_code, reason = "each test file uses a part of it")]

use proptest::prelude::*;
use wire::Role;
use wire::frame::{Header, LengthForm, Opcode, encode};
use wire::session::{Config, Event, Session};

pub fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Client), Just(Role::Server)]
}

/// A session that reads what `sender` sends.
pub fn reader(sender: Role, config: Config) -> Session {
    match sender {
        Role::Client => Session::server(config),
        Role::Server => {
            let mut n = 0u32;
            Session::client(config, move || {
                n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                n.to_be_bytes()
            })
        }
    }
}

/// An event that borrows nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Owned {
    Text(String),
    Binary(Bytes),
    Ping(Bytes),
    Pong(Bytes),
    Other(Event<'static>),
}

impl From<Event<'_>> for Owned {
    fn from(event: Event<'_>) -> Owned {
        match event {
            Event::Text(text) => Owned::Text(text.to_owned()),
            Event::Binary(bytes) => Owned::Binary(Bytes(bytes.to_vec())),
            Event::Ping(bytes) => Owned::Ping(Bytes(bytes.to_vec())),
            Event::Pong(bytes) => Owned::Pong(Bytes(bytes.to_vec())),
            Event::Close(close) => Owned::Other(Event::Close(close)),
            Event::Failed(violation) => Owned::Other(Event::Failed(violation)),
        }
    }
}

pub fn drain(session: &mut Session, events: &mut Vec<Owned>) {
    while let Some(event) = session.next_event() {
        events.push(event.into());
    }
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => "\\PC{0,30}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..6),
        1 => Just(b"\xf0\x9f\x92".to_vec()),
        1 => Just(vec![b'a'; 70_000]),
    ]
}

fn control() -> impl Strategy<Value = (Opcode, Vec<u8>)> {
    prop_oneof![
        6 => prop::collection::vec(any::<u8>(), 0..20).prop_map(|p| (Opcode::Ping, p)),
        4 => prop::collection::vec(any::<u8>(), 100..130).prop_map(|p| (Opcode::Pong, p)),
        1 => (995u16..1020, text()).prop_map(|(code, reason)| {
            let reason = &reason[..reason.len().min(120)];
            (Opcode::Close, [&code.to_be_bytes()[..], reason].concat())
        }),
        1 => prop::collection::vec(any::<u8>(), 0..3).prop_map(|p| (Opcode::Close, p)),
    ]
}

/// What goes wrong with a frame's header: mostly nothing.
#[derive(Clone, Debug)]
struct Fault {
    flip: u8,
    form: LengthForm,
    mask: bool,
}

fn fault() -> impl Strategy<Value = Fault> {
    let flip = prop_oneof![60 => Just(0u8), 1 => any::<u8>(), 1 => Just(0x40), 1 => Just(0x80)];
    let form = prop_oneof![60 => Just(LengthForm::Bits7), 1 => Just(LengthForm::Bits16), 1 => Just(LengthForm::Bits64)];
    (flip, form, prop::bool::weighted(0.02)).prop_map(|(flip, form, mask)| Fault {
        flip,
        form,
        mask,
    })
}

/// A message cut into fragments, with control frames in between: for each frame FIN, the opcode and the payload.
fn message(compress: bool) -> impl Strategy<Value = Vec<(u8, Opcode, Vec<u8>)>> {
    let cuts = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    let between = prop::collection::vec(control(), 0..2);
    let deflate = prop::bool::weighted(if compress { 0.7 } else { 0.0 });
    (any::<bool>(), text(), cuts, between, deflate).prop_map(
        |(is_text, payload, cuts, between, deflate)| {
            let payload = if deflate {
                let params =
                    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
                wire::deflate::Deflater::new(&params.parse().unwrap(), Role::Client)
                    .message(&payload)
            } else {
                payload
            };
            let mut cuts: Vec<_> = cuts.iter().map(|c| c.index(payload.len() + 1)).collect();
            cuts.sort_unstable();
            cuts.push(payload.len());
            let mut frames = Vec::new();
            let mut from = 0;
            let last = cuts.len() - 1;
            let mut between = between.into_iter();
            for (i, cut) in cuts.into_iter().enumerate() {
                let opcode = match (i, is_text) {
                    (0, true) => Opcode::Text,
                    (0, false) => Opcode::Binary,
                    _ => Opcode::Continuation,
                };
                let bits = u8::from(i == last) << 7 | u8::from(deflate && i == 0) << 6;
                frames.push((bits, opcode, payload[from..cut].to_vec()));
                from = cut;
                frames.extend(
                    between
                        .next()
                        .map(|(opcode, payload)| (0x80, opcode, payload)),
                );
            }
            frames
        },
    )
}

/// Bytes that show as hex, and not all of them.
#[derive(Clone, PartialEq)]
pub struct Bytes(pub Vec<u8>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for byte in self.0.iter().take(400) {
            write!(f, "{byte:02x}")?;
        }
        write!(f, " ({} bytes)", self.0.len())
    }
}

/// A stream that `sender` might send.
pub fn stream(sender: Role, compress: bool) -> impl Strategy<Value = Bytes> {
    let messages = prop::collection::vec(message(compress), 0..5).prop_map(|m| m.concat());
    let faults = prop::collection::vec(fault(), 30);
    let key = any::<[u8; 4]>();
    let change = prop::option::weighted(0.1, (any::<prop::sample::Index>(), any::<u8>()));
    let rest = prop::option::weighted(0.2, prop::collection::vec(any::<u8>(), 0..12));
    (messages, faults, key, change, rest).prop_map(move |(frames, faults, key, change, rest)| {
        let mut bytes = Vec::new();
        for ((bits, opcode, payload), fault) in frames.iter().zip(faults.iter().cycle()) {
            let first = (bits | opcode.bits()) ^ fault.flip;
            let length = payload.len() as u64;
            let header = Header {
                fin: first & 0x80 != 0,
                rsv1: first & 0x40 != 0,
                rsv2: first & 0x20 != 0,
                rsv3: first & 0x10 != 0,
                opcode: Opcode::from_bits(first),
                length,
                length_form: fault.form.max(LengthForm::shortest(length)),
                key: ((sender == Role::Client) != fault.mask).then_some(key),
            };
            encode(&header, payload, &mut bytes);
        }
        if let Some((at, value)) = change.filter(|_| !bytes.is_empty()) {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        bytes.extend(rest.unwrap_or_default());
        Bytes(bytes)
    })
}

/// Cuts for a stream, as pieces.
pub fn pieces<'a>(bytes: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<_> = cuts.iter().map(|c| c.index(bytes.len() + 1)).collect();
    at.extend([0, bytes.len()]);
    at.sort_unstable();
    at.windows(2).map(|w| &bytes[w[0]..w[1]]).collect()
}
