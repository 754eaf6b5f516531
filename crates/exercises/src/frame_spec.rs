//! Frames, written by the figure in RFC 6455 §5.2.
//!
//! This is on purpose not the codec's encoder: the tests read what is written here with the codec.

use wire::Role;
use wire::frame::Opcode;

use crate::words::{bytes, code, grouped, listed};

/// A frame to be written, right or wrong.
#[derive(Clone, Debug)]
pub(crate) struct FrameSpec {
    pub fin: bool,
    /// RSV1 is 4, RSV2 is 2, RSV3 is 1.
    pub rsv: u8,
    /// Four bits.
    pub opcode: u8,
    pub key: Option<[u8; 4]>,
    /// Bytes of extended length: 0, 2 or 8.
    pub extended: usize,
    /// The length that the header says.
    pub length: u64,
    /// The payload before it is masked, or the beginning of it.
    pub payload: Vec<u8>,
}

/// Bytes of extended length that a length needs.
pub(crate) fn shortest(length: u64) -> usize {
    match length {
        0..=125 => 0,
        126..=0xffff => 2,
        _ => 8,
    }
}

impl FrameSpec {
    /// A frame that is right.
    pub fn new(opcode: u8, payload: impl Into<Vec<u8>>, key: Option<[u8; 4]>) -> FrameSpec {
        let payload = payload.into();
        let length = payload.len() as u64;
        FrameSpec {
            fin: true,
            rsv: 0,
            opcode,
            key,
            extended: shortest(length),
            length,
            payload,
        }
    }

    /// The same with FIN 0.
    pub fn unfinished(self) -> FrameSpec {
        FrameSpec { fin: false, ..self }
    }

    pub fn first(&self) -> u8 {
        (if self.fin { 0x80 } else { 0 }) | self.rsv << 4 | self.opcode
    }

    pub fn second(&self) -> u8 {
        let short = match self.extended {
            0 => self.length as u8,
            2 => 126,
            _ => 127,
        };
        short | if self.key.is_some() { 0x80 } else { 0 }
    }

    /// The bytes of the extended length; none where there is no such field.
    pub fn extended_bytes(&self) -> Vec<u8> {
        let all = self.length.to_be_bytes();
        all[8 - self.extended.min(8)..].to_vec()
    }

    /// Bytes of header.
    pub fn header_len(&self) -> usize {
        2 + self.extended + if self.key.is_some() { 4 } else { 0 }
    }

    /// Bytes of the whole frame.
    pub fn frame_len(&self) -> u64 {
        self.header_len() as u64 + self.length
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = vec![self.first(), self.second()];
        out.extend(self.extended_bytes());
        out.extend(self.key.iter().flatten());
        let masks = self.key.unwrap_or_default();
        out.extend(
            self.payload
                .iter()
                .zip(masks.iter().cycle())
                .map(|(b, k)| b ^ k),
        );
        out
    }

    pub fn is_control(&self) -> bool {
        self.opcode & 8 != 0
    }

    pub fn is_close(&self) -> bool {
        self.opcode == 8
    }

    /// The name of its opcode.
    pub fn name(&self) -> &'static str {
        Opcode::from_bits(self.opcode).name()
    }

    /// `text, FIN 1, masked, 5 bytes`.
    pub fn summary(&self) -> String {
        format!(
            "{}, FIN {}, {}, {}",
            self.name(),
            u8::from(self.fin),
            if self.key.is_some() {
                "masked"
            } else {
                "not masked"
            },
            bytes(self.length)
        )
    }

    /// What a header is made of: `2 bytes, 2 of extended length and 4 of masking key`.
    pub fn header_parts(&self) -> String {
        let mut parts = vec!["2 bytes".to_owned()];
        if self.extended > 0 {
            parts.push(format!("{} of extended length", self.extended));
        }
        if self.key.is_some() {
            parts.push("4 of masking key".to_owned());
        }
        listed(&parts)
    }

    /// What the first two bytes say, and the extended length: a sentence each.
    pub fn header_steps(&self) -> Vec<String> {
        let (first, second) = (self.first(), self.second());
        let low = second & 0x7f;
        let mut steps = vec![
            format!(
                "{} is `{first:08b}` in bits: FIN {}, RSV `{:03b}`, and the opcode `0x{:x}`, \
                 which is {}.",
                code(&[first]),
                u8::from(self.fin),
                self.rsv,
                self.opcode,
                self.name(),
            ),
            format!(
                "{} is `{second:08b}` in bits: MASK {}, and {low} in the other seven.",
                code(&[second]),
                u8::from(self.key.is_some()),
            ),
        ];
        if self.extended > 0 {
            steps.push(format!(
                "{low} is no length: the next {} bytes, {}, hold it in network byte order, the \
                 most significant byte first: {}.",
                self.extended,
                code(&self.extended_bytes()),
                grouped(self.length)
            ));
        }
        steps
    }
}

/// The bytes of frames one after the other.
pub(crate) fn joined(frames: &[FrameSpec]) -> Vec<u8> {
    frames.iter().flat_map(FrameSpec::bytes).collect()
}

/// A key for a frame from this end: a client masks, a server does not.
pub(crate) fn key_of(from: Role, draw: &mut crate::draw::Draw) -> Option<[u8; 4]> {
    (from == Role::Client).then(|| draw.key())
}
