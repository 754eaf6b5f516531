//! What a reader who has come to a certain byte can know.

use std::ops::Range;
use std::rc::Rc;

use wire::Role;
use wire::decode::{Decoder, Need};
use wire::frame::{Header, Opcode, PartialHeader};
use wire::mask;
use wire::rule::Violation;

/// The seven hues: fields that share one are shown as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hue {
    /// FIN.
    Fin,
    /// RSV1 to RSV3.
    Rsv,
    /// The opcode.
    Opcode,
    /// The MASK bit.
    Mask,
    /// The length, extended or not.
    Len,
    /// The masking key.
    Key,
    /// The payload.
    Payload,
}

impl Hue {
    /// All of them, in the order of the frame.
    pub const ALL: [Hue; 7] = [
        Hue::Fin,
        Hue::Rsv,
        Hue::Opcode,
        Hue::Mask,
        Hue::Len,
        Hue::Key,
        Hue::Payload,
    ];

    /// The class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Hue::Fin => "fin",
            Hue::Rsv => "rsv",
            Hue::Opcode => "opcode",
            Hue::Mask => "mask",
            Hue::Len => "len",
            Hue::Key => "key",
            Hue::Payload => "payload",
        }
    }

    /// The hue with this class.
    pub fn of_class(class: &str) -> Option<Hue> {
        Hue::ALL.into_iter().find(|hue| hue.class() == class)
    }
}

/// A run of bytes that belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Byte 0: FIN, RSV and opcode.
    First,
    /// Byte 1: MASK and the 7-bit length.
    Second,
    /// The extended length.
    Extended,
    /// The masking key.
    Key,
    /// The payload.
    Payload,
}

impl Part {
    /// The hue in which the part's bytes are shown.
    pub fn hue(self) -> Hue {
        match self {
            Part::First => Hue::Opcode,
            Part::Second | Part::Extended => Hue::Len,
            Part::Key => Hue::Key,
            Part::Payload => Hue::Payload,
        }
    }

    /// What the part holds, in the RFC's words.
    pub fn name(self) -> &'static str {
        match self {
            Part::First => "FIN, RSV and opcode",
            Part::Second => "MASK and payload length",
            Part::Extended => "extended payload length",
            Part::Key => "masking key",
            Part::Payload => "payload",
        }
    }
}

/// The bytes that are being read, and how.
#[derive(Clone, Debug)]
pub struct Source {
    /// One frame or several.
    pub bytes: Rc<[u8]>,
    /// Who sent them.
    pub from: Role,
    /// Whether permessage-deflate was agreed on.
    pub deflate: bool,
}

impl PartialEq for Source {
    fn eq(&self, other: &Source) -> bool {
        // Megabytes are not compared where they are the same ones.
        self.from == other.from
            && self.deflate == other.deflate
            && (Rc::ptr_eq(&self.bytes, &other.bytes) || self.bytes == other.bytes)
    }
}

/// The state of a decoder that has read the source up to one byte.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The byte that was read last, from 0.
    pub step: usize,
    /// The number of the frame that this byte belongs to, from 0.
    pub number: usize,
    /// The frame's bytes in the source, as far as the source has them.
    pub frame: Range<usize>,
    /// As much of the header as is known.
    pub known: PartialHeader,
    /// How many bytes of the payload were read.
    pub read: usize,
    /// Whether the frame is complete.
    pub complete: bool,
    /// What comes next.
    pub need: Option<Need>,
    /// What is wrong, as far as it is known. Places are offsets into the source.
    pub violations: Vec<Violation>,
    /// The frame before this one at which its receiver has stopped reading, from 0.
    pub over: Option<usize>,
    /// Where the header's parts lie in the whole source, the payload last: known from the second byte on, since this is
    /// also used for what the reader has not reached.
    pub(super) parts: Vec<(Part, Range<usize>)>,
}

impl Source {
    /// A decoder that begins at byte `start`.
    pub(super) fn decoder(&self, start: usize) -> Decoder {
        Decoder::new(self.from)
            .with_compression(self.deflate)
            .starting_at(start as u64)
    }

    /// The parts of the frame that begins at `start`, cut where the source ends.
    pub(super) fn parts_at(&self, start: usize) -> Vec<(Part, Range<usize>)> {
        let rest = &self.bytes[start..];
        let known = Header::parse(rest);
        let mut parts = Vec::new();
        let mut at = 0;
        let mut add = |part, size: u64| {
            let end = at
                + usize::try_from(size)
                    .unwrap_or(usize::MAX)
                    .min(rest.len() - at);
            if end > at {
                parts.push((part, start + at..start + end));
            }
            at = end;
        };
        add(Part::First, 1);
        add(Part::Second, 1);
        // A length with its top bit set leads nowhere: nothing behind it can be called key or payload.
        let lost = known.length.is_some_and(|n| n >> 63 != 0);
        if let Some(second) = known.second {
            add(Part::Extended, second.form.extended_bytes() as u64);
            add(Part::Key, if second.masked && !lost { 4 } else { 0 });
        }
        add(Part::Payload, known.length.filter(|_| !lost).unwrap_or(0));
        parts
    }
}

impl Reading {
    /// The frame's parts, in order.
    pub fn parts(&self) -> &[(Part, Range<usize>)] {
        &self.parts
    }

    /// The part that byte `at` of the source belongs to.
    pub fn part_of(&self, at: usize) -> Option<(Part, Range<usize>)> {
        self.parts
            .iter()
            .find(|(_, range)| range.contains(&at))
            .cloned()
    }

    /// Where a part lies.
    pub fn range(&self, part: Part) -> Option<Range<usize>> {
        self.parts
            .iter()
            .find(|(p, _)| *p == part)
            .map(|(_, range)| range.clone())
    }

    /// The last byte of the first part that carries this hue: where a reader goes who chooses the field.
    pub fn end_of(&self, hue: Hue) -> Option<usize> {
        let part = match hue {
            Hue::Fin | Hue::Rsv | Hue::Opcode => Part::First,
            Hue::Mask => Part::Second,
            Hue::Len if self.range(Part::Extended).is_some() => Part::Extended,
            Hue::Len => Part::Second,
            Hue::Key => Part::Key,
            Hue::Payload => Part::Payload,
        };
        self.range(part).map(|range| range.end - 1)
    }

    /// Bytes `range` of the payload as they were before masking; what the source does not have is left out.
    pub fn plain(&self, source: &Source, range: Range<usize>) -> Vec<u8> {
        let Some(payload) = self.range(Part::Payload) else {
            return Vec::new();
        };
        let end = range.end.min(payload.len());
        let start = range.start.min(end);
        let mut plain = source.bytes[payload.start + start..payload.start + end].to_vec();
        if let Some(key) = self.known.key {
            mask::apply(key, start as u64, &mut plain);
        }
        plain
    }

    /// As much of the payload as was read, at most `most` bytes of it, as it was before masking.
    pub fn payload(&self, source: &Source, most: usize) -> Vec<u8> {
        self.plain(source, 0..self.read.min(most))
    }

    /// The opcode, once byte 0 has been read.
    pub fn opcode(&self) -> Option<Opcode> {
        self.known.first.map(|first| first.opcode)
    }
}
