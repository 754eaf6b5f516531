//! Frames to begin with.

use wire::Role;
use wire::frame::{Header, Opcode, encode};

use super::model::Source;

/// A frame to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name in a link.
    pub name: &'static str,
    /// What its button says.
    pub label: &'static str,
    /// How many bytes it has: what has another number of them need not be compared.
    pub size: usize,
    /// Who sends it.
    pub from: Role,
    /// Whether permessage-deflate was agreed on.
    pub deflate: bool,
    /// Whether it breaks a rule on purpose.
    pub broken: bool,
    make: fn() -> Vec<u8>,
}

/// The key of the examples in RFC 6455 §5.7.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// Every preset, in the order of their buttons.
pub const PRESETS: [Preset; 12] = [
    Preset {
        name: "hello",
        label: "Text “Hello”",
        size: 11,
        from: Role::Client,
        deflate: false,
        broken: false,
        make: || frame(Opcode::Text, Some(KEY), b"Hello"),
    },
    Preset {
        name: "ping",
        label: "Ping",
        size: 7,
        from: Role::Server,
        deflate: false,
        broken: false,
        make: || frame(Opcode::Ping, None, b"Hello"),
    },
    Preset {
        name: "close",
        label: "Close 1000",
        size: 12,
        from: Role::Client,
        deflate: false,
        broken: false,
        make: || frame(Opcode::Close, Some(KEY), b"\x03\xe8done"),
    },
    Preset {
        name: "length16",
        label: "256 bytes",
        size: 260,
        from: Role::Server,
        deflate: false,
        broken: false,
        make: || frame(Opcode::Binary, None, &counting(256)),
    },
    Preset {
        name: "length64",
        label: "64 KiB",
        size: 65_546,
        from: Role::Server,
        deflate: false,
        broken: false,
        make: || frame(Opcode::Binary, None, &counting(65536)),
    },
    Preset {
        name: "mebibyte",
        label: "1 MiB",
        size: 1_048_590,
        from: Role::Client,
        deflate: false,
        broken: false,
        make: || {
            let line = b"A mebibyte of text, one line after another. ";
            let text: Vec<u8> = line.iter().copied().cycle().take(1 << 20).collect();
            frame(Opcode::Text, Some(KEY), &text)
        },
    },
    Preset {
        name: "several",
        label: "Several frames",
        size: 27,
        from: Role::Server,
        deflate: false,
        broken: false,
        // The fragmented message of RFC 6455 §5.7, with a ping in between and a close frame at the end.
        make: || {
            let mut out = begun(b"Hel");
            out.extend(frame(Opcode::Ping, None, b"still there?"));
            out.extend(frame(Opcode::Continuation, None, b"lo"));
            out.extend(frame(Opcode::Close, None, b"\x03\xe8"));
            out
        },
    },
    Preset {
        name: "compressed",
        label: "Compressed",
        size: 9,
        from: Role::Server,
        deflate: true,
        broken: false,
        // The example of RFC 7692 §7.2.3.1.
        make: || vec![0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00],
    },
    Preset {
        name: "unmasked",
        label: "Unmasked client",
        size: 7,
        from: Role::Client,
        deflate: false,
        broken: true,
        make: || frame(Opcode::Text, None, b"Hello"),
    },
    Preset {
        name: "reserved",
        label: "Reserved opcode",
        size: 11,
        from: Role::Client,
        deflate: false,
        broken: true,
        make: || frame(Opcode::Reserved(0x3), Some(KEY), b"Hello"),
    },
    Preset {
        name: "utf8",
        label: "Not UTF-8",
        size: 6,
        from: Role::Server,
        deflate: false,
        broken: true,
        make: || frame(Opcode::Text, None, b"caf\xe9"),
    },
    Preset {
        name: "interleaved",
        label: "Interleaved",
        size: 16,
        from: Role::Server,
        deflate: false,
        broken: true,
        make: || {
            let mut out = begun(b"Hel");
            out.extend(frame(Opcode::Text, None, b"Hello"));
            out.extend(frame(Opcode::Continuation, None, b"lo"));
            out
        },
    },
];

impl Preset {
    /// The preset with this name.
    pub fn named(name: &str) -> Option<Preset> {
        PRESETS.into_iter().find(|p| p.name == name)
    }

    /// Its bytes.
    pub fn bytes(self) -> Vec<u8> {
        (self.make)()
    }

    /// Its bytes, and how they are read.
    pub fn source(self) -> Source {
        Source {
            bytes: self.bytes().into(),
            from: self.from,
            deflate: self.deflate,
        }
    }

    /// The preset that is this source.
    pub fn of(source: &Source) -> Option<&'static str> {
        let same = |p: &&Preset| {
            p.from == source.from
                && p.deflate == source.deflate
                && p.size == source.bytes.len()
                && p.bytes() == *source.bytes
        };
        PRESETS.iter().find(same).map(|p| p.name)
    }
}

/// The first piece of a text that is sent in several.
fn begun(piece: &[u8]) -> Vec<u8> {
    let header = Header {
        fin: false,
        ..Header::new(Opcode::Text, piece.len() as u64, None)
    };
    let mut out = Vec::new();
    encode(&header, piece, &mut out);
    out
}

fn frame(opcode: Opcode, key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode(
        &Header::new(opcode, payload.len() as u64, key),
        payload,
        &mut out,
    );
    out
}

/// Bytes that count up, so that a reader sees where in the payload they are.
fn counting(n: usize) -> Vec<u8> {
    (0..n).map(|i| i as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::frame_inspector::sequence::FrameSequence;
    use wire::walk::ReceiverOutcome;

    #[test]
    fn the_broken_ones_are_broken_and_the_others_are_not() {
        for preset in PRESETS {
            let sequence = FrameSequence::new(preset.source());
            let broken = matches!(sequence.outcome(), ReceiverOutcome::Failed(..));
            assert_eq!(broken, preset.broken, "{}", preset.name);
            let last = sequence.summary(sequence.count() - 1);
            assert!(last.is_some_and(|frame| frame.complete), "{}", preset.name);
            assert_eq!(
                Preset::named(preset.name).map(|p| p.label),
                Some(preset.label)
            );
            assert_eq!(preset.bytes().len(), preset.size, "{}", preset.name);
            assert_eq!(Preset::of(&sequence.source), Some(preset.name));
        }
    }
}
