//! What the server does in each fault: a sentence, and bytes.

use std::sync::LazyLock;

use protocol::LabFault::{self, *};
use wire::{
    Role,
    deflate::{Deflater, Params},
    frame::{Header, LengthForm, Opcode, encode},
};

/// What the bomb inflates to, in bytes: enough to be felt, and not enough to harm a reader's machine.
const BOMB: usize = 64 << 20;

/// What one piece of the bomb inflates to.
const PIECE: usize = 1 << 20;

/// The masking key of the server that masks: that of the example in RFC 6455 §5.7.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// What the server does, as the rest of a sentence that begins with "The server".
pub fn does(fault: LabFault) -> String {
    match fault {
        MaskedFrame => "sends the text Hello masked, as only a client may",
        ReservedOpcode => "sends a frame with opcode 0x3, which has no meaning yet",
        ReservedBit => "sets RSV1 on a text frame although no extension was agreed on",
        FragmentedControl => "sends a ping without FIN",
        LongControl => "sends a ping of 126 bytes, one more than a control frame carries",
        NonMinimalLength => "writes the length 5 in 16 bits, although it fits in 7",
        InvalidUtf8 => "sends the text café in Latin-1, which is not UTF-8",
        OrphanContinuation => "sends a continuation frame although no message has begun",
        InterleavedMessage => "begins a text message, and begins another before it has ended",
        DeflateBomb => {
            return format!(
                "agrees on permessage-deflate and sends a binary message of {} bytes that inflates to {BOMB}",
                bomb().len()
            );
        }
        BadCloseCode => "sends a close frame with code 1005, which must not be sent",
        ShortClose => "sends a close frame with one byte of payload, half a code",
        TcpReset => "resets the TCP connection without a close frame",
        HalfClose => "ends its own direction of TCP without a close frame, and goes on reading",
        Silence => "says nothing more, and leaves TCP open",
        WrongAccept => "answers 101 with the accept value for another key",
        UnofferedExtension => "answers 101 with an extension that the client did not offer",
        UnofferedSubprotocol => "answers 101 with a subprotocol that the client did not offer",
    }
    .to_owned()
}

/// What the server sends after a handshake without a fault; nothing for a fault of another kind.
pub fn bytes(fault: LabFault) -> Vec<u8> {
    let hello = b"Hello".as_slice();
    let plain = |opcode, payload: &[u8]| Header::new(opcode, payload.len() as u64, None);
    let latin1 = b"caf\xe9".as_slice();
    let ping = [b'.'; 126].as_slice();
    let frames: &[(Header, &[u8])] = &match fault {
        MaskedFrame => [(Header::new(Opcode::Text, 5, Some(KEY)), hello)].to_vec(),
        ReservedOpcode => [(plain(Opcode::Reserved(3), hello), hello)].to_vec(),
        ReservedBit => vec![(
            Header {
                rsv1: true,
                ..plain(Opcode::Text, hello)
            },
            hello,
        )],
        FragmentedControl => vec![(
            Header {
                fin: false,
                ..plain(Opcode::Ping, b"half")
            },
            b"half".as_slice(),
        )],
        LongControl => vec![(plain(Opcode::Ping, ping), ping)],
        NonMinimalLength => vec![(
            Header {
                length_form: LengthForm::Bits16,
                ..plain(Opcode::Text, hello)
            },
            hello,
        )],
        InvalidUtf8 => vec![(plain(Opcode::Text, latin1), latin1)],
        OrphanContinuation => vec![(plain(Opcode::Continuation, hello), hello)],
        InterleavedMessage => vec![
            (
                Header {
                    fin: false,
                    ..plain(Opcode::Text, b"Hel")
                },
                b"Hel".as_slice(),
            ),
            (plain(Opcode::Text, b"Bye"), b"Bye".as_slice()),
        ],
        DeflateBomb => vec![(
            Header {
                rsv1: true,
                ..plain(Opcode::Binary, bomb())
            },
            bomb(),
        )],
        BadCloseCode => vec![(plain(Opcode::Close, &[0x03, 0xed]), [0x03, 0xed].as_slice())],
        ShortClose => vec![(plain(Opcode::Close, &[0x03]), [0x03].as_slice())],
        TcpReset | HalfClose | Silence | WrongAccept | UnofferedExtension
        | UnofferedSubprotocol => Vec::new(),
    };
    let mut out = Vec::new();
    for (header, payload) in frames {
        encode(header, payload, &mut out);
    }
    out
}
/// The bomb's payload: zeros, deflated, without the tail that RFC 7692 §7.2.1 takes off.
///
/// A compressor gives one piece; the rest is the same piece again. It may be repeated because it begins at a byte and
/// refers to nothing before itself, and for the same reason any window is large enough for it.
fn bomb() -> &'static [u8] {
    static PAYLOAD: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut deflater = Deflater::with_level(&Params::default(), Role::Server, 9);
        let piece = deflater.message(&vec![0; PIECE]);
        let mut payload = Vec::new();
        for n in 0..BOMB / PIECE {
            if n > 0 {
                payload.extend_from_slice(&[0x00, 0x00, 0xff, 0xff]);
            }
            payload.extend_from_slice(&piece);
        }
        payload
    });
    &PAYLOAD
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::FaultGroup;
    use std::collections::BTreeSet;
    use wire::handshake::Requirement;
    use wire::rule::Rule;
    use wire::session::{Config, Event, Session};

    #[test]
    fn each_is_said_in_a_sentence_of_its_own() {
        let sentences: BTreeSet<_> = LabFault::ALL.into_iter().map(does).collect();
        assert_eq!(sentences.len(), LabFault::ALL.len());
        assert!(!sentences.contains(""));
    }

    /// The names are those of `wire`, and the sections are where its rules stand, or a paragraph below.
    #[test]
    fn names_and_sections_are_those_of_the_rules() {
        for fault in LabFault::ALL {
            let Some(name) = fault.breaks() else { continue };
            let section = if fault.group() == FaultGroup::Handshake {
                [
                    Requirement::Accept,
                    Requirement::ExtensionsChosen,
                    Requirement::ProtocolChosen,
                ]
                .into_iter()
                .find(|requirement| requirement.name() == name)
                .map(|requirement| requirement.section(Role::Client).section)
            } else {
                Rule::ALL
                    .into_iter()
                    .find(|rule| rule.name() == name)
                    .map(Rule::section)
            };
            let section = section.unwrap_or_else(|| panic!("{name} is no rule"));
            assert!(fault.section().starts_with(section), "{name}: {section}");
        }
    }

    /// An endpoint of our own fails each connection for exactly the rule that the list names.
    #[test]
    fn a_client_finds_the_rule_in_the_bytes() {
        for fault in LabFault::ALL {
            let config = Config {
                compression: (fault == DeflateBomb).then(|| Params::default().into()),
                max_message: BOMB - 1,
                ..Config::default()
            };
            let mut client = Session::client(config, || KEY);
            client.receive(&bytes(fault));
            let mut found = None;
            while let Some(event) = client.next_event() {
                if let Event::Failed(violation) = event {
                    found = Some(violation.rule.name());
                }
            }
            let broken = fault
                .breaks()
                .filter(|_| fault.group() != FaultGroup::Handshake);
            assert_eq!(found, broken, "{}", fault.name());
        }
    }

    #[test]
    fn the_bomb_inflates_to_what_is_said_and_travels_small() {
        let config = Config {
            compression: Some(Params::default().into()),
            max_message: BOMB,
            ..Config::default()
        };
        let mut client = Session::client(config, || KEY);
        client.receive(&bytes(DeflateBomb));
        let Some(Event::Binary(message)) = client.next_event() else {
            panic!("no message");
        };
        assert_eq!(message.len(), BOMB);
        assert!(message.iter().all(|byte| *byte == 0));
        assert!(bomb().len() < 80_000, "{}", bomb().len());
        assert!(does(DeflateBomb).contains(&bomb().len().to_string()));
    }
}
