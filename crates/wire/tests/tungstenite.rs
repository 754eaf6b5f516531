//! Single frames, judged by this crate and by tungstenite, which shares no code with it.

use std::io::{self, Cursor, Read, Write};

use proptest::prelude::*;
use tungstenite::protocol::{Role as Theirs, WebSocket, WebSocketConfig};
use tungstenite::{Error, Message};
use wire::Role;
use wire::close::CloseCode;
use wire::decode::Decoder;
use wire::frame::{Header, LengthForm, Opcode, encode};
use wire::rule::Rule;

/// A stream that gives the bytes, then ends; what is written is thrown away.
struct Stream(Cursor<Vec<u8>>);

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Debug, PartialEq)]
enum Verdict {
    Accepted(Opcode, Vec<u8>),
    Rejected,
    /// The frame begins a message: nothing to say yet.
    More,
}

fn theirs(sender: Role, bytes: &[u8]) -> Verdict {
    let receiver = match sender {
        Role::Client => Theirs::Server,
        Role::Server => Theirs::Client,
    };
    // Its usual buffer is 128 KiB, for which a single frame would wait.
    let config = WebSocketConfig::default().read_buffer_size(1024);
    let stream = Stream(Cursor::new(bytes.to_vec()));
    let mut socket = WebSocket::from_raw_socket(stream, receiver, Some(config));
    match socket.read() {
        Ok(Message::Text(text)) => Verdict::Accepted(Opcode::Text, text.as_bytes().to_vec()),
        Ok(Message::Binary(bytes)) => Verdict::Accepted(Opcode::Binary, bytes.to_vec()),
        Ok(Message::Ping(bytes)) => Verdict::Accepted(Opcode::Ping, bytes.to_vec()),
        Ok(Message::Pong(bytes)) => Verdict::Accepted(Opcode::Pong, bytes.to_vec()),
        Ok(Message::Close(close)) => {
            let payload = close.map_or(Vec::new(), |close| {
                let mut payload = u16::from(close.code).to_be_bytes().to_vec();
                payload.extend_from_slice(close.reason.as_bytes());
                payload
            });
            Verdict::Accepted(Opcode::Close, payload)
        }
        Ok(Message::Frame(_)) => unreachable!("tungstenite never reads raw frames"),
        Err(Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => {
            Verdict::More
        }
        Err(_) => Verdict::Rejected,
    }
}

fn ours(sender: Role, bytes: &[u8]) -> (Verdict, Vec<Rule>) {
    let mut decoder = Decoder::new(sender).with_max_payload(16 << 20);
    let frames = decoder.push(bytes);
    let Some(frame) = frames.into_iter().next() else {
        let rules = decoder
            .progress()
            .violations
            .iter()
            .map(|v| v.rule)
            .collect();
        return (
            if decoder.stopped() {
                Verdict::Rejected
            } else {
                Verdict::More
            },
            rules,
        );
    };
    let rules: Vec<_> = frame.violations.iter().map(|v| v.rule).collect();
    let verdict = if !rules.is_empty() {
        Verdict::Rejected
    } else if frame.header.fin {
        Verdict::Accepted(frame.header.opcode, frame.payload)
    } else {
        Verdict::More
    };
    (verdict, rules)
}

/// Where tungstenite 0.30 is known to judge otherwise, and why it is wrong there.
fn known_difference(bytes: &[u8], rules: &[Rule], theirs: &Verdict, ours: &Verdict) -> bool {
    // RFC 6455 §5.2: "the minimal number of bytes MUST be used". tungstenite does not look.
    // §7.4: it hands on a close code that must not be sent, replaced by 1002, where the connection should fail.
    let lax = |rule: &Rule| matches!(rule, Rule::LengthNotMinimal | Rule::CloseCodeInvalid);
    // IANA has registered 1014 (bad gateway) since; tungstenite treats it as invalid.
    let bad_gateway = match ours {
        Verdict::Accepted(Opcode::Close, payload) => payload.starts_with(&1014u16.to_be_bytes()),
        _ => false,
    };
    let text = bytes[0] & 0x0f == 1;
    match ours {
        Verdict::Rejected => rules.iter().all(lax) && *theirs != Verdict::Rejected,
        // The first fragment of a text, which a decoder of frames does not look into; a session does.
        Verdict::More => *theirs == Verdict::Rejected && rules.is_empty() && text,
        _ => bad_gateway && matches!(theirs, Verdict::Accepted(Opcode::Close, _)),
    }
}

fn first_frame() -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..140),
        4 => "\\PC{0,60}".prop_map(String::into_bytes),
        // Close codes with a reason, of all kinds.
        4 => (990u16..5010, "\\PC{0,20}").prop_map(|(code, reason)| [&code.to_be_bytes()[..], reason.as_bytes()].concat()),
        1 => prop::collection::vec(any::<u8>(), 65_530..65_540),
    ];
    // A continuation that continues nothing is a matter of messages, not of one frame.
    let opcode = prop_oneof![6 => prop::sample::select(vec![1u8, 2, 8, 9, 10]), 1 => 1u8..16];
    let form = prop_oneof![8 => Just(LengthForm::Bits7), 1 => Just(LengthForm::Bits16), 1 => Just(LengthForm::Bits64)];
    let rsv = prop_oneof![9 => Just(0u8), 1 => 0u8..8];
    let key = any::<Option<[u8; 4]>>();
    (opcode, rsv, prop::bool::weighted(0.8), form, key, payload).prop_map(
        |(opcode, rsv, fin, form, key, payload)| {
            let length = payload.len() as u64;
            let header = Header {
                fin,
                rsv1: rsv & 4 != 0,
                rsv2: rsv & 2 != 0,
                rsv3: rsv & 1 != 0,
                opcode: Opcode::from_bits(opcode),
                length,
                length_form: form.max(LengthForm::shortest(length)),
                key,
            };
            let mut bytes = Vec::new();
            encode(&header, &payload, &mut bytes);
            bytes
        },
    )
}

fn compare(sender: Role, bytes: &[u8]) -> Result<(), TestCaseError> {
    let (ours, rules) = ours(sender, bytes);
    let theirs = theirs(sender, bytes);
    prop_assert!(
        ours == theirs || known_difference(bytes, &rules, &theirs, &ours),
        "{sender} {:02x?}: ours {ours:?} {rules:?}, theirs {theirs:?}",
        &bytes[..bytes.len().min(40)]
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn both_judge_a_frame_alike(bytes in first_frame()) {
        compare(Role::Client, &bytes)?;
        compare(Role::Server, &bytes)?;
    }
}

#[test]
fn both_judge_every_close_code_alike() {
    for code in 0..=u16::MAX {
        let mut bytes = Vec::new();
        encode(
            &Header::new(Opcode::Close, 2, None),
            &code.to_be_bytes(),
            &mut bytes,
        );
        let (ours, rules) = ours(Role::Server, &bytes);
        let theirs = theirs(Role::Server, &bytes);
        assert!(
            ours == theirs || known_difference(&bytes, &rules, &theirs, &ours),
            "{code} ({}): ours {ours:?}, theirs {theirs:?}",
            CloseCode(code).name()
        );
    }
}

#[test]
fn both_judge_every_first_two_bytes_alike() {
    for first in 0..=255u8 {
        // A continuation that continues nothing is a matter of messages.
        if first & 0x0f == 0 {
            continue;
        }
        for second in 0..=255u8 {
            let known = Header::parse(&[first, second]);
            let mut bytes = vec![first, second];
            match second & 0x7f {
                126 => bytes.extend([0, 126]),
                127 => bytes.extend(65_536u64.to_be_bytes()),
                _ => {}
            }
            if known.second.is_some_and(|s| s.masked) {
                bytes.extend([0; 4]);
            }
            let length = Header::parse(&bytes).length.unwrap();
            // A close code that may be sent, and text.
            bytes.extend([0x03, 0xe8].iter().take(length as usize));
            let rest = length.saturating_sub(2) as usize;
            bytes.extend(std::iter::repeat_n(b'a', rest));
            if first & 0x0f == 1 && length >= 2 {
                // 0xe8 begins a character of three bytes.
                let at = bytes.len() - length as usize;
                bytes[at..at + 2].copy_from_slice(b"aa");
            }
            for sender in [Role::Client, Role::Server] {
                let (ours, rules) = ours(sender, &bytes);
                let theirs = theirs(sender, &bytes);
                assert!(
                    ours == theirs || known_difference(&bytes, &rules, &theirs, &ours),
                    "{sender} {first:02x} {second:02x}: ours {ours:?} {rules:?}, theirs {theirs:?}"
                );
            }
        }
    }
}
