//! What a reader who has come to a certain byte can know.

use std::ops::Range;
use std::rc::Rc;

use wire::Role;
use wire::decode::{Decoder, Need};
use wire::frame::{Frame, Header, Known, Opcode};
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
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// One frame or several.
    pub bytes: Rc<[u8]>,
    /// Who sent them.
    pub from: Role,
    /// Whether permessage-deflate was agreed on.
    pub deflate: bool,
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
    pub known: Known,
    /// As much of the payload as was read, unmasked.
    pub payload: Vec<u8>,
    /// Whether the frame is complete.
    pub complete: bool,
    /// What comes next.
    pub need: Option<Need>,
    /// What is wrong, as far as it is known. Places are offsets into the source.
    pub violations: Vec<Violation>,
    /// Where the header's parts lie in the whole source, the payload last: known from the second byte on, since this is
    /// also used for what the reader has not reached.
    parts: Vec<(Part, Range<usize>)>,
}

impl Source {
    fn decoder(&self) -> Decoder {
        Decoder::new(self.from).with_compression(self.deflate)
    }

    /// What is known once byte `step` has been read. A step past the end counts as the last byte.
    pub fn read(&self, step: usize) -> Option<Reading> {
        let step = step.min(self.bytes.len().checked_sub(1)?);
        let mut decoder = self.decoder();
        let mut frames = decoder.push(&self.bytes[..=step]);
        let finished = frames
            .last()
            .is_some_and(|f| f.offset + f.wire_len() == step as u64 + 1);
        let (number, offset, known, payload, complete, need, violations) =
            if finished && let Some(last) = frames.pop() {
                let Frame {
                    offset,
                    header,
                    payload,
                    violations,
                } = last;
                (
                    frames.len(),
                    offset,
                    known_of(&header),
                    payload,
                    true,
                    None,
                    violations,
                )
            } else {
                let p = decoder.progress();
                (
                    frames.len(),
                    p.offset,
                    p.known,
                    p.payload.to_vec(),
                    false,
                    p.need,
                    p.violations,
                )
            };
        let start = offset as usize;
        let parts = self.parts_at(start);
        let end = parts.last().map_or(start, |(_, range)| range.end);
        Some(Reading {
            step,
            number,
            frame: start..end,
            known,
            payload,
            complete,
            need,
            violations,
            parts,
        })
    }

    /// The parts of the frame that begins at `start`, cut where the source ends.
    fn parts_at(&self, start: usize) -> Vec<(Part, Range<usize>)> {
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
        if let Some(second) = known.second {
            add(Part::Extended, second.form.extended_bytes() as u64);
            add(Part::Key, if second.masked { 4 } else { 0 });
        }
        // A length with its top bit set leads nowhere: nothing behind it can be called payload.
        let length = known.length.filter(|n| n >> 63 == 0).unwrap_or(0);
        add(Part::Payload, length);
        parts
    }
}

fn known_of(header: &Header) -> Known {
    let mut head = Vec::new();
    header.encode(&mut head);
    Header::parse(&head)
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

    /// The opcode, once byte 0 has been read.
    pub fn opcode(&self) -> Option<Opcode> {
        self.known.first.map(|first| first.opcode)
    }
}

impl Source {
    /// The byte at which the reader arrives one field on: the end of this field, or of the next.
    pub fn next_field(&self, step: usize) -> usize {
        let last = self.bytes.len().saturating_sub(1);
        let end = |at: usize| {
            let reading = self.read(at)?;
            reading.part_of(at).map(|(_, range)| range.end - 1)
        };
        match end(step) {
            Some(end) if end > step => end,
            _ if step >= last => last,
            _ => end(step + 1).unwrap_or(last),
        }
    }

    /// The byte at which the reader arrives one field back: the end of the field before.
    pub fn previous_field(&self, step: usize) -> usize {
        match self.read(step).and_then(|reading| reading.part_of(step)) {
            Some((_, range)) => range.start.saturating_sub(1),
            None => step.saturating_sub(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::frame::presets::PRESETS;

    fn source(hex: &str, from: Role) -> Source {
        let bytes = crate::instruments::frame::input::parse_hex(hex).unwrap();
        Source {
            bytes: bytes.into(),
            from,
            deflate: false,
        }
    }

    #[test]
    fn knowledge_grows_byte_by_byte() {
        let hello = source("818537fa213d7f9f4d5158", Role::Client);
        let at = |step| hello.read(step).unwrap();
        assert_eq!(at(0).opcode(), Some(Opcode::Text));
        assert_eq!(at(0).known.length, None);
        assert_eq!(at(1).known.length, Some(5));
        assert_eq!(at(4).known.key, None);
        assert_eq!(at(5).known.key, Some([0x37, 0xfa, 0x21, 0x3d]));
        assert_eq!(at(8).payload, b"Hel");
        assert!(!at(9).complete);
        assert!(at(10).complete);
        assert_eq!(at(10).payload, b"Hello");
        assert_eq!(at(99), at(10));
    }

    #[test]
    fn several_frames_are_told_apart() {
        let two = source("8900 810161 8a00", Role::Server);
        let read: Vec<_> = (0..7)
            .map(|s| two.read(s).unwrap())
            .map(|r| (r.number, r.frame, r.complete))
            .collect();
        assert_eq!(
            read,
            [
                (0, 0..2, false),
                (0, 0..2, true),
                (1, 2..5, false),
                (1, 2..5, false),
                (1, 2..5, true),
                (2, 5..7, false),
                (2, 5..7, true)
            ]
        );
    }

    #[test]
    fn field_steps_go_there_and_back() {
        let hello = source("818537fa213d7f9f4d5158", Role::Client);
        let mut stops = vec![0];
        while let Some(last) = stops.last()
            && *last < 10
        {
            stops.push(hello.next_field(*last));
        }
        assert_eq!(stops, [0, 1, 5, 10]);
        assert_eq!(hello.previous_field(10), 5);
        assert_eq!(hello.previous_field(5), 1);
        assert_eq!(hello.previous_field(1), 0);
        assert_eq!(hello.previous_field(0), 0);
    }

    #[test]
    fn parts_tile_what_is_there_of_every_preset() {
        for preset in PRESETS {
            let whole = preset.bytes();
            for cut in [1, 2, 3, 5, 7, 9, whole.len()] {
                let bytes: Rc<[u8]> = whole[..cut.min(whole.len())].into();
                let source = Source {
                    bytes: bytes.clone(),
                    from: preset.from,
                    deflate: preset.deflate,
                };
                let reading = source.read(0).unwrap();
                let mut at = 0;
                for (_, range) in reading.parts() {
                    assert_eq!(range.start, at);
                    at = range.end;
                }
                assert_eq!(at, bytes.len(), "{} cut at {cut}", preset.name);
            }
        }
    }

    #[test]
    fn a_length_that_cannot_be_ends_the_frame() {
        let bad = source("827f8000000000000000ffff", Role::Server);
        let reading = bad.read(11).unwrap();
        assert_eq!(reading.frame, 0..10);
        assert_eq!(reading.violations.len(), 1);
        assert_eq!(bad.next_field(11), 11);
    }

    #[test]
    fn nothing_can_be_read_of_nothing() {
        let empty = Source {
            bytes: Rc::new([]),
            from: Role::Client,
            deflate: false,
        };
        assert_eq!(empty.read(0), None);
        assert_eq!(empty.next_field(3), 0);
    }
}
