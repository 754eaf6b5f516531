//! The faults, as data: what each does, what that breaks, and its bytes.

use std::sync::LazyLock;

use wire::{
    Role,
    deflate::{Deflater, Params},
    frame::{Header, LengthForm, Opcode, encode},
    handshake::Requirement,
    rule::Rule,
};

/// One way in which the server misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A text frame with a masking key.
    MaskedFrame,
    /// Opcode 0x3.
    ReservedOpcode,
    /// RSV1 without an extension.
    ReservedBit,
    /// A ping without FIN.
    FragmentedControl,
    /// A ping of 126 bytes.
    LongControl,
    /// Length 5 in 16 bits.
    NonMinimalLength,
    /// Text in Latin-1.
    InvalidUtf8,
    /// A continuation frame of nothing.
    OrphanContinuation,
    /// A message before the one under way has ended.
    InterleavedMessage,
    /// A small message that inflates to [`BOMB`] bytes.
    DeflateBomb,
    /// A Close frame with 1005.
    BadCloseCode,
    /// A Close frame with one byte of payload.
    ShortClose,
    /// RST.
    TcpReset,
    /// FIN, and the server goes on reading.
    HalfClose,
    /// Nothing.
    Silence,
    /// The accept value for another key.
    WrongAccept,
    /// An extension that wasn't offered.
    UnofferedExtension,
    /// A subprotocol that wasn't offered.
    UnofferedSubprotocol,
}

use Fault::*;

/// What the bomb inflates to, in bytes: enough to be felt, and not enough to harm a reader's machine.
pub const BOMB: usize = 64 << 20;

/// What one piece of the bomb inflates to.
const PIECE: usize = 1 << 20;

/// The masking key of the server that masks: that of the example in RFC 6455 §5.7.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

impl Fault {
    /// Every fault: framing, messages, closing, TCP, handshake.
    pub const ALL: [Self; 18] = [
        MaskedFrame,
        ReservedOpcode,
        ReservedBit,
        FragmentedControl,
        LongControl,
        NonMinimalLength,
        InvalidUtf8,
        OrphanContinuation,
        InterleavedMessage,
        DeflateBomb,
        BadCloseCode,
        ShortClose,
        TcpReset,
        HalfClose,
        Silence,
        WrongAccept,
        UnofferedExtension,
        UnofferedSubprotocol,
    ];

    /// The fault that a path names.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// Its name in a path.
    pub fn name(self) -> &'static str {
        match self {
            MaskedFrame => "masked-frame",
            ReservedOpcode => "reserved-opcode",
            ReservedBit => "reserved-bit",
            FragmentedControl => "fragmented-control",
            LongControl => "long-control",
            NonMinimalLength => "non-minimal-length",
            InvalidUtf8 => "invalid-utf8",
            OrphanContinuation => "orphan-continuation",
            InterleavedMessage => "interleaved-message",
            DeflateBomb => "deflate-bomb",
            BadCloseCode => "bad-close-code",
            ShortClose => "short-close",
            TcpReset => "tcp-reset",
            HalfClose => "half-close",
            Silence => "silence",
            WrongAccept => "wrong-accept",
            UnofferedExtension => "unoffered-extension",
            UnofferedSubprotocol => "unoffered-subprotocol",
        }
    }

    /// What the server does, as the rest of a sentence that begins with "The server".
    pub fn does(self) -> String {
        match self {
            MaskedFrame => "sends the text Hello masked, as only a client may",
            ReservedOpcode => "sends a frame with opcode 0x3, which has no meaning yet",
            ReservedBit => "sets RSV1 on a text frame although no extension was agreed on",
            FragmentedControl => "sends a ping without FIN",
            LongControl => "sends a ping of 126 bytes, one more than a control frame carries",
            NonMinimalLength => "writes the length 5 in 16 bits, although it fits in 7",
            InvalidUtf8 => "sends the text café in Latin-1, whose last byte isn't UTF-8",
            OrphanContinuation => "sends a continuation frame although no message has begun",
            InterleavedMessage => "begins a text message, and begins another before it has ended",
            DeflateBomb => {
                return format!(
                    "agrees on permessage-deflate and sends a binary message of {} bytes that inflates to {BOMB}",
                    bomb().len()
                );
            }
            BadCloseCode => "sends a Close frame with code 1005, which must not be sent",
            ShortClose => "sends a Close frame with one byte of payload, half a code",
            TcpReset => "resets the TCP connection without a Close frame",
            HalfClose => "ends its own direction of TCP without a Close frame, and goes on reading",
            Silence => "says nothing more, and leaves TCP open",
            WrongAccept => "answers 101 with the accept value for another key",
            UnofferedExtension => "answers 101 with an extension that the client didn't offer",
            UnofferedSubprotocol => "answers 101 with a subprotocol that the client didn't offer",
        }
        .to_owned()
    }

    /// The `wire` rule that its frames break.
    pub fn rule(self) -> Option<Rule> {
        Some(match self {
            MaskedFrame => Rule::MaskPresent,
            ReservedOpcode => Rule::ReservedOpcode,
            ReservedBit => Rule::ReservedBit,
            FragmentedControl => Rule::ControlFragmented,
            LongControl => Rule::ControlTooLong,
            NonMinimalLength => Rule::LengthNotMinimal,
            InvalidUtf8 => Rule::TextNotUtf8,
            OrphanContinuation => Rule::ContinuationUnexpected,
            InterleavedMessage => Rule::MessageInterleaved,
            DeflateBomb => Rule::InflatesTooBig,
            BadCloseCode => Rule::CloseCodeInvalid,
            ShortClose => Rule::ClosePayloadOneByte,
            _ => return None,
        })
    }

    /// The requirement of the opening handshake that its answer doesn't fulfil.
    pub fn requirement(self) -> Option<Requirement> {
        Some(match self {
            WrongAccept => Requirement::Accept,
            UnofferedExtension => Requirement::ExtensionsChosen,
            UnofferedSubprotocol => Requirement::ProtocolChosen,
            _ => return None,
        })
    }

    /// The section of RFC 6455 about it. For a fault that breaks no rule, the one that says what it means.
    pub fn section(self) -> &'static str {
        match self {
            // A limit is the receiver's own, whether or not the message was compressed.
            DeflateBomb => "10.4",
            BadCloseCode => "7.4.1",
            TcpReset | HalfClose => "7.2.1",
            Silence => "5.5.2",
            fault => match (fault.rule(), fault.requirement()) {
                (Some(rule), _) => rule.section(),
                (None, Some(requirement)) => requirement.section(wire::Role::Client),
                (None, None) => "7.1.7",
            },
        }
    }

    /// What the server sends after a handshake without a fault; nothing for a fault of another kind.
    pub fn bytes(self) -> Vec<u8> {
        let hello = b"Hello".as_slice();
        let plain = |opcode, payload: &[u8]| Header::new(opcode, payload.len() as u64, None);
        let latin1 = b"caf\xe9".as_slice();
        let ping = [b'.'; 126].as_slice();
        let frames: &[(Header, &[u8])] = &match self {
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
    use std::collections::BTreeSet;
    use wire::session::{Config, Event, Session};

    #[test]
    fn names_differ_and_find_their_fault() {
        let names: BTreeSet<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        assert_eq!(names.len(), Fault::ALL.len());
        for fault in Fault::ALL {
            assert_eq!(Fault::named(fault.name()), Some(fault));
            assert!(!fault.does().is_empty());
        }
        assert_eq!(Fault::named("Silence"), None);
    }

    /// An endpoint of our own fails each connection for exactly the rule that the list names.
    #[test]
    fn a_client_finds_the_rule_in_the_bytes() {
        for fault in Fault::ALL {
            let config = Config {
                compression: (fault == DeflateBomb).then(Params::default),
                max_message: BOMB - 1,
                ..Config::default()
            };
            let mut client = Session::client(config, || KEY);
            client.receive(&fault.bytes());
            let mut found = None;
            while let Some(event) = client.next_event() {
                if let Event::Failed(violation) = event {
                    found = Some(violation.rule);
                }
            }
            assert_eq!(found, fault.rule(), "{}", fault.name());
        }
    }

    #[test]
    fn the_bomb_inflates_to_what_is_said_and_travels_small() {
        let config = Config {
            compression: Some(Params::default()),
            max_message: BOMB,
            ..Config::default()
        };
        let mut client = Session::client(config, || KEY);
        client.receive(&DeflateBomb.bytes());
        let Some(Event::Binary(message)) = client.next_event() else {
            panic!("no message");
        };
        assert_eq!(message.len(), BOMB);
        assert!(message.iter().all(|byte| *byte == 0));
        assert!(bomb().len() < 80_000, "{}", bomb().len());
        assert!(DeflateBomb.does().contains(&bomb().len().to_string()));
    }
}
