//! Frames to begin with.

use wire::Role;
use wire::frame::{Header, Opcode, encode};

/// A frame to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name in a link.
    pub name: &'static str,
    /// What its button says.
    pub label: &'static str,
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
pub const PRESETS: [Preset; 9] = [
    Preset {
        name: "hello",
        label: "Text “Hello”",
        from: Role::Client,
        deflate: false,
        broken: false,
        make: || frame(Opcode::Text, Some(KEY), b"Hello"),
    },
    Preset {
        name: "ping",
        label: "Ping",
        from: Role::Server,
        deflate: false,
        broken: false,
        make: || frame(Opcode::Ping, None, b"Hello"),
    },
    Preset {
        name: "close",
        label: "Close 1000",
        from: Role::Client,
        deflate: false,
        broken: false,
        make: || frame(Opcode::Close, Some(KEY), b"\x03\xe8done"),
    },
    Preset {
        name: "length16",
        label: "256 bytes",
        from: Role::Server,
        deflate: false,
        broken: false,
        make: || frame(Opcode::Binary, None, &counting(256)),
    },
    Preset {
        name: "length64",
        label: "64 KiB",
        from: Role::Server,
        deflate: false,
        broken: false,
        make: || frame(Opcode::Binary, None, &counting(65536)),
    },
    Preset {
        name: "compressed",
        label: "Compressed",
        from: Role::Server,
        deflate: true,
        broken: false,
        // The example of RFC 7692 §7.2.3.1.
        make: || vec![0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00],
    },
    Preset {
        name: "unmasked",
        label: "Unmasked client",
        from: Role::Client,
        deflate: false,
        broken: true,
        make: || frame(Opcode::Text, None, b"Hello"),
    },
    Preset {
        name: "reserved",
        label: "Reserved opcode",
        from: Role::Client,
        deflate: false,
        broken: true,
        make: || frame(Opcode::Reserved(0x3), Some(KEY), b"Hello"),
    },
    Preset {
        name: "utf8",
        label: "Not UTF-8",
        from: Role::Server,
        deflate: false,
        broken: true,
        make: || frame(Opcode::Text, None, b"caf\xe9"),
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
    use wire::decode::Decoder;

    #[test]
    fn the_broken_ones_are_broken_and_the_others_are_not() {
        for preset in PRESETS {
            let mut decoder = Decoder::new(preset.from).with_compression(preset.deflate);
            let frames = decoder.push(&preset.bytes());
            assert_eq!(frames.len(), 1, "{}", preset.name);
            assert_eq!(
                !frames[0].violations.is_empty(),
                preset.broken,
                "{}",
                preset.name
            );
            assert_eq!(
                Preset::named(preset.name).map(|p| p.label),
                Some(preset.label)
            );
        }
    }
}
