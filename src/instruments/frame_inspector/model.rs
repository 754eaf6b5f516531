//! What a reader who has come to a certain byte can know.

use std::ops::Range;
use std::rc::Rc;

use wire::Role;
use wire::decode::{Decoder, Need};
use wire::frame::{Header, Opcode, PartialHeader};
use wire::mask;
use wire::rule::Violation;

/// The seven groups of fields, each with a colour of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldGroup {
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

impl FieldGroup {
    /// All of them, in the order of the frame.
    pub const ALL: [FieldGroup; 7] = [
        FieldGroup::Fin,
        FieldGroup::Rsv,
        FieldGroup::Opcode,
        FieldGroup::Mask,
        FieldGroup::Len,
        FieldGroup::Key,
        FieldGroup::Payload,
    ];

    /// The class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            FieldGroup::Fin => "fin",
            FieldGroup::Rsv => "rsv",
            FieldGroup::Opcode => "opcode",
            FieldGroup::Mask => "mask",
            FieldGroup::Len => "len",
            FieldGroup::Key => "key",
            FieldGroup::Payload => "payload",
        }
    }

    /// The group with this class.
    pub fn of_class(class: &str) -> Option<FieldGroup> {
        FieldGroup::ALL
            .into_iter()
            .find(|group| group.class() == class)
    }
}

/// A run of bytes that belongs together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
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

impl Segment {
    /// The group in which the segment's bytes are shown.
    pub fn group(self) -> FieldGroup {
        match self {
            Segment::First => FieldGroup::Opcode,
            Segment::Second | Segment::Extended => FieldGroup::Len,
            Segment::Key => FieldGroup::Key,
            Segment::Payload => FieldGroup::Payload,
        }
    }

    /// What the segment holds, in the RFC's words.
    pub fn name(self) -> &'static str {
        match self {
            Segment::First => "FIN, RSV and opcode",
            Segment::Second => "MASK and payload length",
            Segment::Extended => "extended payload length",
            Segment::Key => "masking key",
            Segment::Payload => "payload",
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

/// Who sends a stream that begins with these bytes: a client masks every frame and a server none (RFC 6455 §5.1), so the
/// MASK bit of the first header tells it. `None` where that byte is not there.
pub fn sender_by_mask(bytes: &[u8]) -> Option<Role> {
    let masked = Header::parse(bytes).second?.masked;
    Some(if masked { Role::Client } else { Role::Server })
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
    /// Where the header's segments lie in the whole source, the payload last: known from the second byte on, since this is
    /// also used for what the reader has not reached.
    pub(super) segments: Vec<(Segment, Range<usize>)>,
}

impl Source {
    /// Other bytes, from whom their MASK bit says they are; from whom these are where it says nothing.
    pub fn taken(&self, bytes: Rc<[u8]>) -> Source {
        Source {
            from: sender_by_mask(&bytes).unwrap_or(self.from),
            bytes,
            deflate: self.deflate,
        }
    }

    /// A decoder that begins at byte `start`.
    pub(super) fn decoder(&self, start: usize) -> Decoder {
        Decoder::new(self.from)
            .with_compression(self.deflate)
            .starting_at(start as u64)
    }

    /// The segments of the frame that begins at `start`, cut where the source ends.
    pub(super) fn segments_at(&self, start: usize) -> Vec<(Segment, Range<usize>)> {
        let rest = &self.bytes[start..];
        let known = Header::parse(rest);
        let mut segments = Vec::new();
        let mut at = 0;
        let mut add = |segment, size: u64| {
            let end = at
                + usize::try_from(size)
                    .unwrap_or(usize::MAX)
                    .min(rest.len() - at);
            if end > at {
                segments.push((segment, start + at..start + end));
            }
            at = end;
        };
        add(Segment::First, 1);
        add(Segment::Second, 1);
        // A length with its top bit set leads nowhere: nothing behind it can be called key or payload.
        let lost = known.length.is_some_and(|n| n >> 63 != 0);
        if let Some(second) = known.second {
            add(Segment::Extended, second.form.extended_bytes() as u64);
            add(Segment::Key, if second.masked && !lost { 4 } else { 0 });
        }
        add(
            Segment::Payload,
            known.length.filter(|_| !lost).unwrap_or(0),
        );
        segments
    }
}

impl Reading {
    /// The frame's segments, in order.
    pub fn segments(&self) -> &[(Segment, Range<usize>)] {
        &self.segments
    }

    /// The segment that byte `at` of the source belongs to.
    pub fn segment_of(&self, at: usize) -> Option<(Segment, Range<usize>)> {
        self.segments
            .iter()
            .find(|(_, range)| range.contains(&at))
            .cloned()
    }

    /// Where a segment lies.
    pub fn range(&self, segment: Segment) -> Option<Range<usize>> {
        self.segments
            .iter()
            .find(|(p, _)| *p == segment)
            .map(|(_, range)| range.clone())
    }

    /// The last byte of the first segment of this group: where a reader goes who chooses the field.
    pub fn end_of(&self, group: FieldGroup) -> Option<usize> {
        let segment = match group {
            FieldGroup::Fin | FieldGroup::Rsv | FieldGroup::Opcode => Segment::First,
            FieldGroup::Mask => Segment::Second,
            FieldGroup::Len if self.range(Segment::Extended).is_some() => Segment::Extended,
            FieldGroup::Len => Segment::Second,
            FieldGroup::Key => Segment::Key,
            FieldGroup::Payload => Segment::Payload,
        };
        self.range(segment).map(|range| range.end - 1)
    }

    /// Bytes `range` of the payload as they were before masking; what the source does not have is left out.
    pub fn plain(&self, source: &Source, range: Range<usize>) -> Vec<u8> {
        let Some(payload) = self.range(Segment::Payload) else {
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
