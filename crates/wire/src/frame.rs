//! One frame: its header, and where each field lies (RFC 6455 §5.2).

use std::fmt;
use std::ops::Range;

use crate::mask;
use crate::rule::Violation;

/// The longest header: 2 bytes, 8 of extended length, 4 of masking key.
pub const MAX_HEADER: usize = 14;

/// What a frame is for (RFC 6455 §5.2, §11.8). Six are defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Opcode {
    /// `0x0`: goes on with the message that an earlier frame began.
    Continuation,
    /// `0x1`: begins a message of UTF-8 text.
    Text,
    /// `0x2`: begins a message of any bytes.
    Binary,
    /// `0x8`: begins or answers the closing handshake.
    Close,
    /// `0x9`: asks for a pong.
    Ping,
    /// `0xA`: answers a ping, or says unasked that the sender is alive.
    Pong,
    /// `0x3`–`0x7` and `0xB`–`0xF`: no meaning yet. Holds the four bits.
    Reserved(u8),
}

impl Opcode {
    /// The opcode of the low four bits; the high four are ignored.
    pub fn from_bits(bits: u8) -> Opcode {
        match bits & 0x0f {
            0x0 => Opcode::Continuation,
            0x1 => Opcode::Text,
            0x2 => Opcode::Binary,
            0x8 => Opcode::Close,
            0x9 => Opcode::Ping,
            0xa => Opcode::Pong,
            other => Opcode::Reserved(other),
        }
    }

    /// The four bits.
    pub fn bits(self) -> u8 {
        match self {
            Opcode::Continuation => 0x0,
            Opcode::Text => 0x1,
            Opcode::Binary => 0x2,
            Opcode::Close => 0x8,
            Opcode::Ping => 0x9,
            Opcode::Pong => 0xa,
            Opcode::Reserved(bits) => bits & 0x0f,
        }
    }

    /// Control frames are those with the top bit of the opcode set, reserved ones included (RFC 6455 §5.5).
    pub fn is_control(self) -> bool {
        self.bits() >= 0x8
    }

    /// The RFC's word for it; `reserved` for those without a meaning.
    pub fn name(self) -> &'static str {
        match self {
            Opcode::Continuation => "continuation",
            Opcode::Text => "text",
            Opcode::Binary => "binary",
            Opcode::Close => "close",
            Opcode::Ping => "ping",
            Opcode::Pong => "pong",
            Opcode::Reserved(_) => "reserved",
        }
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A field of the frame, in the order in which it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// 1 bit: the last frame of its message.
    Fin,
    /// 1 bit, for extensions; permessage-deflate sets it on a compressed message's first frame.
    Rsv1,
    /// 1 bit, for extensions.
    Rsv2,
    /// 1 bit, for extensions.
    Rsv3,
    /// 4 bits.
    Opcode,
    /// 1 bit: a masking key follows.
    Mask,
    /// 7 bits: the length, or 126 or 127 to say that it follows.
    Length,
    /// 16 or 64 bits in network byte order.
    ExtendedLength,
    /// 32 bits.
    Key,
    /// The rest.
    Payload,
}

impl Field {
    /// The RFC's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Field::Fin => "FIN",
            Field::Rsv1 => "RSV1",
            Field::Rsv2 => "RSV2",
            Field::Rsv3 => "RSV3",
            Field::Opcode => "opcode",
            Field::Mask => "MASK",
            Field::Length => "payload length",
            Field::ExtendedLength => "extended payload length",
            Field::Key => "masking key",
            Field::Payload => "payload",
        }
    }
}

/// A field and the bits it takes, counted from the first bit of the frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which field.
    pub field: Field,
    /// Bits from the start of the frame. The field that holds nothing has no span.
    pub bits: Range<u64>,
}

impl Span {
    /// The bytes that the field touches, from the start of the frame.
    pub fn bytes(&self) -> Range<u64> {
        self.bits.start / 8..self.bits.end.div_ceil(8)
    }
}

/// How the length is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LengthForm {
    /// In the second byte itself: 0–125.
    Bits7,
    /// 126 in the second byte, then two bytes: for 126–65,535.
    Bits16,
    /// 127 in the second byte, then eight bytes: for 65,536 and more.
    Bits64,
}

impl LengthForm {
    /// The shortest form that holds `length`, the only legal one.
    pub fn shortest(length: u64) -> LengthForm {
        match length {
            0..=125 => LengthForm::Bits7,
            126..=0xffff => LengthForm::Bits16,
            _ => LengthForm::Bits64,
        }
    }

    /// Bytes of extended length: 0, 2 or 8.
    pub fn extended_bytes(self) -> usize {
        match self {
            LengthForm::Bits7 => 0,
            LengthForm::Bits16 => 2,
            LengthForm::Bits64 => 8,
        }
    }
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The last frame of its message.
    pub fin: bool,
    /// First reserved bit.
    pub rsv1: bool,
    /// Second reserved bit.
    pub rsv2: bool,
    /// Third reserved bit.
    pub rsv3: bool,
    /// What the frame is for.
    pub opcode: Opcode,
    /// Bytes of payload.
    pub length: u64,
    /// How the length is written, legal or not.
    pub length_form: LengthForm,
    /// The masking key, where the MASK bit is set.
    pub key: Option<[u8; 4]>,
}

impl Header {
    /// A header for a whole message or control frame, legal as far as its arguments are.
    pub fn new(opcode: Opcode, length: u64, key: Option<[u8; 4]>) -> Header {
        Header {
            fin: true,
            rsv1: false,
            rsv2: false,
            rsv3: false,
            opcode,
            length,
            length_form: LengthForm::shortest(length),
            key,
        }
    }

    /// Bytes of header: 2, 4 or 10, and 4 more with a masking key.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        2 + self.length_form.extended_bytes() + if self.key.is_some() { 4 } else { 0 }
    }

    /// Where every field lies, in order, without gaps; empty fields are left out.
    pub fn spans(&self) -> Vec<Span> {
        let extended = self.length_form.extended_bytes() as u64 * 8;
        let key = if self.key.is_some() { 32 } else { 0 };
        let payload = self.length.saturating_mul(8);
        let sizes = [
            (Field::Fin, 1),
            (Field::Rsv1, 1),
            (Field::Rsv2, 1),
            (Field::Rsv3, 1),
            (Field::Opcode, 4),
            (Field::Mask, 1),
            (Field::Length, 7),
            (Field::ExtendedLength, extended),
            (Field::Key, key),
            (Field::Payload, payload),
        ];
        let mut at = 0u64;
        let mut spans = Vec::with_capacity(sizes.len());
        for (field, size) in sizes {
            let end = at.saturating_add(size);
            if size > 0 {
                spans.push(Span {
                    field,
                    bits: at..end,
                });
            }
            at = end;
        }
        spans
    }

    /// The header of the frame that `bytes` begin with, or as much of it as they hold.
    pub fn parse(bytes: &[u8]) -> PartialHeader {
        let mut known = PartialHeader::default();
        let Some(&first) = bytes.first() else {
            return known;
        };
        known.first = Some(FirstByte {
            fin: first & 0x80 != 0,
            rsv1: first & 0x40 != 0,
            rsv2: first & 0x20 != 0,
            rsv3: first & 0x10 != 0,
            opcode: Opcode::from_bits(first),
        });
        let Some(&second) = bytes.get(1) else {
            return known;
        };
        let masked = second & 0x80 != 0;
        let short = second & 0x7f;
        let form = match short {
            126 => LengthForm::Bits16,
            127 => LengthForm::Bits64,
            _ => LengthForm::Bits7,
        };
        known.second = Some(SecondByte {
            masked,
            short,
            form,
        });
        let rest = &bytes[2..];
        known.length = match form {
            LengthForm::Bits7 => Some(u64::from(short)),
            LengthForm::Bits16 => rest
                .first_chunk::<2>()
                .map(|b| u64::from(u16::from_be_bytes(*b))),
            LengthForm::Bits64 => rest.first_chunk::<8>().map(|b| u64::from_be_bytes(*b)),
        };
        if known.length.is_some() && masked {
            known.key = rest[form.extended_bytes()..].first_chunk::<4>().copied();
        }
        known
    }

    /// Appends the header. A length that its form cannot hold is written in the shortest that can.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let form = self.length_form.max(LengthForm::shortest(self.length));
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        out.push(
            bit(self.fin, 0x80)
                | bit(self.rsv1, 0x40)
                | bit(self.rsv2, 0x20)
                | bit(self.rsv3, 0x10)
                | self.opcode.bits(),
        );
        let masked = bit(self.key.is_some(), 0x80);
        match form {
            LengthForm::Bits7 => out.push(masked | self.length as u8),
            LengthForm::Bits16 => {
                out.push(masked | 126);
                out.extend_from_slice(&(self.length as u16).to_be_bytes());
            }
            LengthForm::Bits64 => {
                out.push(masked | 127);
                out.extend_from_slice(&self.length.to_be_bytes());
            }
        }
        if let Some(key) = self.key {
            out.extend_from_slice(&key);
        }
    }
}

/// What the first byte says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstByte {
    /// The last frame of its message.
    pub fin: bool,
    /// First reserved bit.
    pub rsv1: bool,
    /// Second reserved bit.
    pub rsv2: bool,
    /// Third reserved bit.
    pub rsv3: bool,
    /// What the frame is for.
    pub opcode: Opcode,
}

/// What the second byte says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondByte {
    /// A masking key follows the length.
    pub masked: bool,
    /// The 7-bit length as it stands there, 0–127.
    pub short: u8,
    /// What that says of how the length is written.
    pub form: LengthForm,
}

/// As much of a header as has arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartialHeader {
    /// From byte 0.
    pub first: Option<FirstByte>,
    /// From byte 1.
    pub second: Option<SecondByte>,
    /// Known once the last byte of the length is there.
    pub length: Option<u64>,
    /// Known once its last byte is there; `None` too where there is none.
    pub key: Option<[u8; 4]>,
}

impl PartialHeader {
    /// The whole header, once it is known.
    pub fn header(&self) -> Option<Header> {
        let (first, second, length) = (self.first?, self.second?, self.length?);
        if second.masked && self.key.is_none() {
            return None;
        }
        Some(Header {
            fin: first.fin,
            rsv1: first.rsv1,
            rsv2: first.rsv2,
            rsv3: first.rsv3,
            opcode: first.opcode,
            length,
            length_form: second.form,
            key: self.key,
        })
    }

    /// Bytes of header, once the second byte has said so.
    pub fn header_len(&self) -> Option<usize> {
        self.second
            .map(|s| 2 + s.form.extended_bytes() + if s.masked { 4 } else { 0 })
    }
}

/// A frame as it was read: header, payload without its mask, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Bytes from the start of the stream to the frame's first byte.
    pub offset: u64,
    /// Its header.
    pub header: Header,
    /// Its payload, unmasked.
    pub payload: Vec<u8>,
    /// What is wrong with it, by place. Empty for a frame that an endpoint accepts.
    pub violations: Vec<Violation>,
}

impl Frame {
    /// Bytes of the whole frame on the wire.
    pub fn wire_len(&self) -> u64 {
        self.header.len() as u64 + self.header.length
    }

    /// Bytes from the start of the stream to the frame's first byte of payload.
    pub fn payload_offset(&self) -> u64 {
        self.offset + self.header.len() as u64
    }
}

/// Appends a frame: the header, then `payload` masked with the header's key.
///
/// The header's `length` is written as it is, so that a frame can lie about itself; `payload` is written whole.
///
/// ```
/// use wire::frame::{encode, Header, Opcode};
/// let mut out = Vec::new();
/// encode(&Header::new(Opcode::Text, 5, Some([0x37, 0xfa, 0x21, 0x3d])), b"Hello", &mut out);
/// assert_eq!(out, [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
/// ```
pub fn encode(header: &Header, payload: &[u8], out: &mut Vec<u8>) {
    out.reserve(MAX_HEADER + payload.len());
    header.encode(out);
    let start = out.len();
    out.extend_from_slice(payload);
    if let Some(key) = header.key {
        mask::apply(key, 0, &mut out[start..]);
    }
}
