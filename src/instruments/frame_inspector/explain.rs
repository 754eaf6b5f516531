//! What the byte that the reader has come to means, and why.

use wire::Role;
use wire::close::{Close, CloseCode};
use wire::deflate::{Inflater, Params};
use wire::frame::{FirstByte, LengthForm, Opcode, SecondByte};
use wire::mask;

use super::model::{FieldGroup, Reading, Segment, Source};
use crate::kit::number::{counted, grouped, hex, hex_spaced, printable};
use crate::kit::wire_text::plain;

/// An explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The group of the segment that is explained.
    pub group: FieldGroup,
    /// Where and what: `Bytes 2–5 · masking key`.
    pub title: String,
    /// The segment's bytes as far as they were read, shortened where they are many.
    pub code: String,
    /// Sentences, each about one field.
    pub sentences: Vec<(FieldGroup, String)>,
    /// The RFC and the section where it is written.
    pub source: (u16, &'static str),
}

/// Explains the segment that the reading has come to.
pub fn explain(source: &Source, reading: &Reading) -> Option<Explanation> {
    let Some((segment, range)) = reading.segment_of(reading.step) else {
        return unreadable(source, reading);
    };
    let first = reading.known.first?;
    let read = &source.bytes[range.start..=reading.step];
    let (from, to) = (
        range.start - reading.frame.start,
        reading.step - reading.frame.start,
    );
    let place = if from == to {
        format!("Byte {}", grouped(from as u64))
    } else {
        format!("Bytes {}–{}", grouped(from as u64), grouped(to as u64))
    };
    let (sentences, section) = match segment {
        Segment::First => (first_byte(source, first), "5.2"),
        Segment::Second => (second_byte(source, reading.known.second?), "5.2"),
        Segment::Extended => (extended(reading), "5.2"),
        Segment::Key => (key(reading), "5.3"),
        Segment::Payload => payload(source, reading, first),
    };
    let deflated = segment == Segment::Payload && first.rsv1 && source.deflate;
    Some(Explanation {
        group: segment.group(),
        title: format!("{place} · {}", segment.name()),
        code: shortened(read),
        sentences,
        source: if deflated {
            (7692, "7.2.3.1")
        } else {
            (6455, section)
        },
    })
}

fn shortened(bytes: &[u8]) -> String {
    const MOST: usize = 12;
    match bytes.len() {
        0..=MOST => hex_spaced(bytes),
        _ => format!("… {}", hex_spaced(&bytes[bytes.len() - MOST..])),
    }
}

fn unreadable(source: &Source, reading: &Reading) -> Option<Explanation> {
    let violation = reading.violations.last()?;
    Some(Explanation {
        group: FieldGroup::Len,
        title: format!("Byte {} · out of reach", reading.step - reading.frame.start),
        code: hex(&source.bytes[reading.step..=reading.step]),
        sentences: vec![(
            FieldGroup::Len,
            "The length before it cannot be true, so nobody can say where this frame ends and the next begins. \
             Nothing after it can be read."
                .to_owned(),
        )],
        source: (6455, violation.rule.section()),
    })
}

fn first_byte(source: &Source, first: FirstByte) -> Vec<(FieldGroup, String)> {
    let control = first.opcode.is_control();
    let fin = match (first.fin, first.opcode, control) {
        (true, _, true) => "FIN is 1, as it must be: a control frame is never cut into pieces.",
        (true, Opcode::Continuation, _) => "FIN is 1: this is the last piece of its message.",
        (true, ..) => "FIN is 1: the message is whole with this frame.",
        (false, _, true) => {
            "FIN is 0, and that is not allowed here: a control frame is never cut into pieces."
        }
        (false, ..) => "FIN is 0: more pieces of this message follow.",
    };
    let set: Vec<_> = [
        (first.rsv1, "RSV1"),
        (first.rsv2, "RSV2"),
        (first.rsv3, "RSV3"),
    ]
    .into_iter()
    .filter_map(|(set, name)| set.then_some(name))
    .collect();
    let rsv = if set.is_empty() {
        match (source.deflate, first.opcode) {
            (true, Opcode::Continuation) => {
                "The three RSV bits are 0. RSV1 of the message’s first frame said whether it is compressed."
            }
            (true, Opcode::Text | Opcode::Binary) => {
                "The three RSV bits are 0: permessage-deflate was agreed on, and this message is not compressed."
            }
            (true, _) => "The three RSV bits are 0: a control frame is never compressed.",
            (false, _) => "The three RSV bits are 0: no extension was agreed on that uses them.",
        }
        .to_owned()
    } else if first.rsv1 && source.deflate && !control && first.opcode != Opcode::Continuation {
        "RSV1 is 1: permessage-deflate was agreed on, and the message that begins here is compressed.".to_owned()
    } else {
        format!(
            "{} set, but no extension was agreed on that gives a meaning to it here.",
            set.join(" and ") + if set.len() == 1 { " is" } else { " are" }
        )
    };
    let bits = first.opcode.bits();
    let opcode = match first.opcode {
        Opcode::Continuation => "goes on with the message that an earlier frame began.".to_owned(),
        Opcode::Text => "begins a message of text, in UTF-8.".to_owned(),
        Opcode::Binary => {
            "begins a message of bytes, whatever they mean to the application.".to_owned()
        }
        Opcode::Close => {
            "says goodbye. The other end answers with a close frame, unless it has sent one already.".to_owned()
        }
        Opcode::Ping => {
            "asks “are you there?”. The other end sends the same payload back in a pong, unless it has received a close frame.".to_owned()
        }
        Opcode::Pong => {
            "answers a ping with the ping’s own payload, or says unasked that the sender is alive."
                .to_owned()
        }
        Opcode::Reserved(_) => {
            "has no meaning yet. An endpoint that sees it fails the connection.".to_owned()
        }
    };
    let name = match first.opcode {
        Opcode::Reserved(_) => String::new(),
        known => format!(", {known},"),
    };
    vec![
        (FieldGroup::Fin, fin.to_owned()),
        (FieldGroup::Rsv, rsv),
        (
            FieldGroup::Opcode,
            format!("Opcode 0x{bits:X}{name} {opcode}"),
        ),
    ]
}

fn second_byte(source: &Source, second: SecondByte) -> Vec<(FieldGroup, String)> {
    let mask = match (second.masked, source.from) {
        (true, Role::Client) => {
            "MASK is 1: four bytes of masking key follow. A client masks every frame."
        }
        (true, Role::Server) => {
            "MASK is 1, and from a server that is not allowed: only clients mask."
        }
        (false, Role::Server) => "MASK is 0: the payload is not masked. A server never masks.",
        (false, Role::Client) => {
            "MASK is 0, and from a client that is not allowed: a client masks every frame."
        }
    };
    let len = match second.form {
        LengthForm::Bits7 => format!(
            "The other seven bits are the length: {}.",
            counted(second.short.into(), "byte", "bytes")
        ),
        LengthForm::Bits16 => {
            "The other seven bits say 126, which is no length: the real one follows in two bytes."
                .to_owned()
        }
        LengthForm::Bits64 => {
            "The other seven bits say 127, which is no length: the real one follows in eight bytes."
                .to_owned()
        }
    };
    vec![(FieldGroup::Mask, mask.to_owned()), (FieldGroup::Len, len)]
}

fn extended(reading: &Reading) -> Vec<(FieldGroup, String)> {
    let bits = reading
        .known
        .second
        .map_or(0, |s| s.form.extended_bytes() * 8);
    let text = match reading.known.length {
        Some(n) if n >> 63 != 0 => {
            format!("The length has {bits} bits and its top bit is 1, which no length may have.")
        }
        Some(n) => format!(
            "The length, {bits} bits with the most significant byte first: {}. The shortest form that fits is the only legal one.",
            counted(n, "byte", "bytes")
        ),
        None => format!(
            "The length is {bits} bits long, the most significant byte first. It is not complete yet."
        ),
    };
    vec![(FieldGroup::Len, text)]
}

fn key(reading: &Reading) -> Vec<(FieldGroup, String)> {
    let text = if reading.known.key.is_some() {
        "The MASK bit was set, so four random bytes come next. Every payload byte is XORed with them in turn. It hides \
         nothing, since the key travels with the frame; it stops a page from choosing the exact bytes that a confused \
         proxy would see."
    } else {
        "The MASK bit was set, so four random bytes come next. They are not all here yet."
    };
    vec![(FieldGroup::Key, text.to_owned())]
}

fn payload(
    source: &Source,
    reading: &Reading,
    first: FirstByte,
) -> (Vec<(FieldGroup, String)>, &'static str) {
    let mut sentences = Vec::new();
    let index = reading.read.saturating_sub(1);
    let plain = reading.plain(source, index..reading.read);
    if let (Some(key), Some(plain)) = (reading.known.key, plain.first()) {
        let sent = source.bytes[reading.step];
        let k = mask::key_byte(key, index as u64);
        let sign = if plain.is_ascii_graphic() {
            format!(", “{}”", printable(*plain))
        } else {
            String::new()
        };
        sentences.push((
            FieldGroup::Key,
            format!("Payload byte {} was sent as {sent:02x}. XORed with key byte {}, {k:02x}, it is {plain:02x}{sign}.", grouped(index as u64), index % 4),
        ));
    }
    let (text, section) = match first.opcode {
        Opcode::Text if first.rsv1 && source.deflate => (compressed(source, reading), "5.6"),
        Opcode::Binary if first.rsv1 && source.deflate => (compressed(source, reading), "5.6"),
        Opcode::Text if !first.fin => {
            ("The first piece of a text. A character may be cut in two where the piece ends: only the whole message has to be UTF-8.".to_owned(), "5.6")
        }
        Opcode::Text => ("Text, in UTF-8: a character is one to four bytes.".to_owned(), "5.6"),
        Opcode::Binary => ("Bytes for the application. The protocol asks nothing of them.".to_owned(), "5.6"),
        Opcode::Continuation if source.deflate => ("The next piece of the message. Its first frame said whether it is text, and whether it is compressed.".to_owned(), "5.4"),
        Opcode::Continuation => ("The next piece of the message. Its first frame said whether it is text.".to_owned(), "5.4"),
        Opcode::Ping => ("At most 125 bytes that the other end has to send back unchanged.".to_owned(), "5.5.2"),
        Opcode::Pong => ("The payload of the ping that it answers, unchanged.".to_owned(), "5.5.3"),
        Opcode::Close => (close(&reading.payload(source, CLOSE_READ)), "5.5.1"),
        Opcode::Reserved(_) => ("Nobody knows what these bytes are, since the opcode has no meaning.".to_owned(), "5.2"),
    };
    sentences.push((FieldGroup::Payload, text));
    (sentences, section)
}

/// The most bytes of a close frame that are read. A legal one has 125.
const CLOSE_READ: usize = 1024;

fn compressed(source: &Source, reading: &Reading) -> String {
    let count = counted(reading.read as u64, "byte", "bytes");
    if !reading.complete {
        return format!(
            "Compressed with DEFLATE; {count} so far. The sender took the last four bytes, 00 00 ff ff, off."
        );
    }
    match inflate(&reading.payload(source, usize::MAX)) {
        Some(plain) => match std::str::from_utf8(&plain) {
            Ok(text) if reading.opcode() == Some(Opcode::Text) => format!(
                "Compressed with DEFLATE, and the last four bytes, 00 00 ff ff, taken off. Put back and inflated, {count} become {}: “{}”.",
                plain.len(),
                preview(text)
            ),
            _ => format!(
                "Compressed with DEFLATE, and the last four bytes, 00 00 ff ff, taken off. Put back and inflated, {count} become {}.",
                grouped(plain.len() as u64)
            ),
        },
        None => "Compressed with DEFLATE. It cannot be inflated alone: it is a piece of a message, or refers back to \
                 earlier messages of its connection, which are not here."
            .to_owned(),
    }
}

/// The most that a single frame is inflated to here, in bytes.
const MAX_INFLATED: usize = 1 << 20;

/// Inflates a message that refers to nothing before it.
pub fn inflate(payload: &[u8]) -> Option<Vec<u8>> {
    // Either role's inflater does: both begin with an empty window of the default size.
    Inflater::new(&Params::default(), Role::Server)
        .message(payload, MAX_INFLATED)
        .ok()
}

/// The beginning of a text, for a line. What cannot be seen in it is a dot.
pub fn preview(text: &str) -> String {
    const MOST: usize = 80;
    let mut chars = text.chars();
    let glance: String = chars.by_ref().take(MOST).collect();
    let mut out = plain(&glance);
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

fn close(payload: &[u8]) -> String {
    match payload {
        [_] => "The first of the two bytes of the close code.".to_owned(),
        [a, b] => {
            let code = CloseCode(u16::from_be_bytes([*a, *b]));
            format!(
                "The first two bytes are the close code: {code}, {}.",
                code.name()
            )
        }
        _ => match Close::read(payload) {
            Some(close) => format!(
                "Close code {}, {}, and a reason, which is for logs and not for users: “{}”.",
                close.code,
                close.code.name(),
                preview(&close.reason)
            ),
            None => "A close code, then a reason that is not UTF-8 so far.".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::frame_inspector::presets::{PRESETS, Preset};
    use crate::instruments::frame_inspector::sequence::FrameSequence;

    fn source(name: &str) -> FrameSequence {
        FrameSequence::new(Preset::named(name).unwrap().source())
    }

    fn at(sequence: &FrameSequence, step: usize) -> Explanation {
        explain(&sequence.source, &sequence.read(step).unwrap()).unwrap()
    }

    #[test]
    fn every_byte_of_every_preset_is_explained() {
        for preset in PRESETS {
            let source = source(preset.name);
            for step in 0..source.source.bytes.len().min(300) {
                let explanation = at(&source, step);
                assert!(
                    !explanation.sentences.is_empty(),
                    "{} at {step}",
                    preset.name
                );
                assert!(
                    explanation.sentences.iter().all(|(_, s)| s.ends_with('.')),
                    "{} at {step}",
                    preset.name
                );
            }
        }
    }

    #[test]
    fn the_masked_hello() {
        let hello = source("hello");
        assert_eq!(at(&hello, 5).title, "Bytes 2–5 · masking key");
        assert_eq!(at(&hello, 5).code, "37 fa 21 3d");
        assert!(
            at(&hello, 8).sentences[0]
                .1
                .contains("sent as 4d. XORed with key byte 2, 21, it is 6c, “l”.")
        );
    }

    #[test]
    fn a_wrong_mask_bit_is_said_to_be_wrong() {
        assert!(
            at(&source("unmasked"), 1).sentences[0]
                .1
                .contains("not allowed")
        );
        assert!(
            !at(&source("hello"), 1).sentences[0]
                .1
                .contains("not allowed")
        );
    }

    #[test]
    fn a_close_code_is_read_as_it_comes() {
        let close = source("close");
        assert!(
            at(&close, 6).sentences[1]
                .1
                .contains("first of the two bytes")
        );
        assert!(
            at(&close, 7).sentences[1]
                .1
                .contains("1000, normal closure")
        );
        assert!(at(&close, 11).sentences[1].1.contains("“done”"));
    }
}
