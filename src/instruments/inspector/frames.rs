//! Bytes of one direction as frames: a line for each, the first rule that is broken, and the hints that a person would give.

use notation::payload::{LooksLike, as_header, looks_like};
use wire::Role;
use wire::close::CloseCode;
use wire::deflate::Params;
use wire::frame::Opcode;
use wire::rule::{Rule, Violation};
use wire::walk::{ReceiverOutcome, Walk, WalkedFrame};

use crate::instruments::frame_inspector::{link, link_at};
use crate::kit::number::{counted, ellipsize, grouped};

/// As many frames have a line of their own.
pub const SHOWN: usize = 12;

/// A frame in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameLine {
    /// What it is.
    pub words: String,
    /// What it carries, as text, where that is text.
    pub text: Option<String>,
    /// What its payload looks like.
    pub looks_like: Option<LooksLike>,
    /// The rules that it breaks.
    pub broken: Vec<&'static str>,
}

/// The first thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The number of the frame, from 0.
    pub frame: u64,
    /// The rule, and where it is broken.
    pub violation: Violation,
}

/// What bytes of one direction are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frames {
    /// Who sends them: masked frames are a client's.
    pub from: Role,
    /// How many bytes there are.
    pub bytes: usize,
    /// What they look like, where that is no frame; then nothing else is known.
    pub not_frames: Option<NotFrames>,
    /// The first frames.
    pub lines: Vec<FrameLine>,
    /// How many frames there are.
    pub count: u64,
    /// Bytes of a frame that is not there to its end.
    pub left: u64,
    /// Whether they can be read only where permessage-deflate was agreed on.
    pub compressed: bool,
    /// The first thing that is wrong.
    pub wrong: Option<Wrong>,
    /// What most likely happened.
    pub hints: Vec<String>,
    /// Where they are taken apart, at the first byte that is wrong. Nothing where they are too many for a link.
    pub link: Option<String>,
}

/// Bytes that are no frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotFrames {
    /// What they are.
    pub what: LooksLike,
    /// What an endpoint reads that takes the first of them for a header.
    pub read_as: Option<String>,
}

/// Finds out what bytes of one direction are. Without `from` the MASK bit of the first frame says who sent them.
pub fn frames(bytes: &[u8], from: Option<Role>) -> Frames {
    let masked = bytes.get(1).is_some_and(|second| second & 0x80 != 0);
    let from = from.unwrap_or(if masked { Role::Client } else { Role::Server });
    let mut found = Frames {
        from,
        bytes: bytes.len(),
        not_frames: None,
        lines: Vec::new(),
        count: 0,
        left: 0,
        compressed: false,
        wrong: None,
        hints: Vec::new(),
        link: None,
    };
    // What looks like a text protocol and is a chain of sound frames all the same, is frames.
    if let Some(what) = looks_like(bytes) {
        walk(&mut found, bytes, false);
        if found.wrong.is_some() || found.count == 0 {
            let read_as = bytes.first().map(|first| as_header(*first));
            found.not_frames = Some(NotFrames { what, read_as });
            found.link = link(bytes, from, false);
            return found;
        }
    } else {
        walk(&mut found, bytes, false);
    }
    if found
        .wrong
        .as_ref()
        .is_some_and(|wrong| wrong.violation.rule == Rule::ReservedBit)
    {
        let mut inflated = Frames {
            lines: Vec::new(),
            hints: Vec::new(),
            wrong: None,
            ..found.clone()
        };
        walk(&mut inflated, bytes, true);
        if inflated.wrong.is_none() {
            inflated.compressed = true;
            found = inflated;
        }
    }
    // Sound frames to their end need no hint.
    if found.wrong.is_some() || found.left > 0 {
        found.hints = hints(bytes, &found);
    }
    found.link = match &found.wrong {
        Some(wrong) => {
            let at = usize::try_from(wrong.violation.at.start).unwrap_or(0);
            link_at(
                bytes,
                from,
                found.compressed,
                at.min(bytes.len().saturating_sub(1)),
            )
        }
        None => link(bytes, from, found.compressed),
    };
    found
}

fn walk(found: &mut Frames, bytes: &[u8], compressed: bool) {
    let mut walk = Walk::new(found.from);
    if compressed {
        walk = walk.with_compression(Some(Params::default().into()));
    }
    let mut rest = bytes;
    let mut end = 0;
    while let Some(frame) = walk.next_frame(&mut rest) {
        end = frame.range().end;
        if found.lines.len() < SHOWN {
            found.lines.push(line(&frame));
        }
        if found.wrong.is_none()
            && let Some(violation) = frame.violations().into_iter().next()
        {
            found.wrong = Some(Wrong {
                frame: frame.number,
                violation,
            });
        }
    }
    found.count = walk.count();
    found.left = (bytes.len() as u64).saturating_sub(end);
    if found.wrong.is_none()
        && let ReceiverOutcome::Failed(frame, violation) = walk.outcome()
    {
        found.wrong = Some(Wrong {
            frame: *frame,
            violation: violation.clone(),
        });
    }
}

fn line(walked: &WalkedFrame<'_>) -> FrameLine {
    let frame = walked.frame;
    let header = &frame.header;
    let mut words = header.opcode.name().to_owned();
    if !header.fin {
        words.push_str(", FIN 0");
    }
    words.push_str(if header.key.is_some() {
        ", masked"
    } else {
        ", not masked"
    });
    words.push_str(&format!(
        ", {}",
        counted(header.length, "byte of payload", "bytes of payload")
    ));
    if header.opcode == Opcode::Close
        && let [high, low, ..] = frame.payload[..]
    {
        let code = CloseCode(u16::from_be_bytes([high, low]));
        words.push_str(&format!(", code {}", code.0));
    }
    let payload = walked
        .message
        .as_ref()
        .map_or(&frame.payload[..], |message| message.bytes);
    let text = std::str::from_utf8(payload).ok().filter(|text| {
        !text.is_empty() && header.opcode != Opcode::Close && header.opcode != Opcode::Binary
    });
    FrameLine {
        words,
        text: text.map(ellipsize),
        looks_like: looks_like(payload).filter(|what| what.protocol.in_frames()),
        broken: walked.violations().iter().map(|v| v.rule.title()).collect(),
    }
}

/// What most likely happened, where the bytes show it.
fn hints(bytes: &[u8], found: &Frames) -> Vec<String> {
    let mut hints = Vec::new();
    let start = frame_start(bytes, found);
    let frame = bytes.get(start..).unwrap_or_default();
    let (Some(first), Some(second)) = (frame.first(), frame.get(1)) else {
        return hints;
    };
    let (opcode, length) = (first & 0x0f, second & 0x7f);
    let key = if second & 0x80 != 0 { 4 } else { 0 };
    if length == 126
        && let Some(&[high, low]) = frame.get(2..4)
    {
        let have = frame.len().saturating_sub(4 + key);
        let (said, swapped) = (
            usize::from(u16::from_be_bytes([high, low])),
            usize::from(u16::from_le_bytes([high, low])),
        );
        if said != have && swapped == have {
            hints.push(format!(
                "The length would fit with its two bytes swapped: {high:02x} {low:02x} is {} as it stands, and {} the other way round, which is what follows. Lengths go in network order, the most significant byte first (§5.2).",
                grouped(said as u64),
                grouped(swapped as u64)
            ));
        }
        if let Some(&four) = frame
            .get(2..6)
            .and_then(|four| <&[u8; 4]>::try_from(four).ok())
        {
            let long = u32::from_be_bytes(four) as usize;
            let have = frame.len().saturating_sub(6 + key);
            if said != frame.len().saturating_sub(4 + key) && long == have && have > 0 {
                hints.push(format!(
                    "Four bytes of length follow 126: {} would fit. 126 announces two, 127 eight; there is no form of four (§5.2).",
                    grouped(long as u64)
                ));
            }
        }
    }
    if opcode == 8
        && let Some(&[high, low]) = payload(frame, key)
            .as_deref()
            .and_then(|p| p.get(..2)?.first_chunk::<2>())
    {
        let code = CloseCode(u16::from_be_bytes([high, low]));
        let swapped = CloseCode(u16::from_le_bytes([high, low]));
        if !code.may_be_sent() && swapped.may_be_sent() {
            hints.push(format!(
                "The close code {} is {} with its bytes swapped: it goes in network order, {:02x} {:02x} (§5.5.1).",
                code.0, swapped.0, low, high
            ));
        } else if high.is_ascii_digit() && low.is_ascii_digit() {
            hints.push(format!(
                "The close code {} is text: {high:02x} {low:02x} are the characters “{}{}”. A code is a number of two bytes, such as 03 e8 for 1000 (§5.5.1).",
                code.0,
                char::from(high),
                char::from(low)
            ));
        }
    }
    if let Some(wrong) = &found.wrong
        && matches!(
            wrong.violation.rule,
            Rule::ReservedBit | Rule::ReservedOpcode
        )
        && start > 0
    {
        hints.push(
            "The frames before this one are sound. Most likely the length of the one before is wrong, or its sender wrote from two threads at once: then this is the middle of a payload.".to_owned(),
        );
    }
    hints
}

/// The first byte of the first frame that is wrong or not whole.
fn frame_start(bytes: &[u8], found: &Frames) -> usize {
    let mut walk = Walk::new(found.from);
    let mut rest = bytes;
    let mut start = 0;
    while let Some(frame) = walk.next_frame(&mut rest) {
        if found
            .wrong
            .as_ref()
            .is_some_and(|wrong| wrong.frame == frame.number)
        {
            return usize::try_from(frame.range().start).unwrap_or(0);
        }
        start = usize::try_from(frame.range().end).unwrap_or(start);
    }
    start.min(bytes.len())
}

/// The payload of a frame with a short length, unmasked.
fn payload(frame: &[u8], key: usize) -> Option<Vec<u8>> {
    let length = usize::from(frame.get(1)? & 0x7f);
    let key = frame.get(2..2 + key)?;
    let payload = frame.get(2 + key.len()..)?;
    let payload = payload.get(..length.min(payload.len()))?;
    let unmasked = payload.iter().enumerate().map(|(i, byte)| {
        let with = key.get(i % 4).copied().unwrap_or_default();
        byte ^ with
    });
    Some(unmasked.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hex: &str) -> Frames {
        frames(&notation::read_hex(hex, 1 << 20).unwrap(), None)
    }

    #[test]
    fn the_mask_says_who_sent_them() {
        let client = of("818537fa213d7f9f4d5158");
        assert_eq!(
            (client.from, client.count, client.left),
            (Role::Client, 1, 0)
        );
        assert_eq!(client.lines[0].text.as_deref(), Some("Hello"));
        assert_eq!(client.wrong, None);
        assert_eq!(of("810548656c6c6f").from, Role::Server);
    }

    #[test]
    fn the_first_frame_that_is_wrong_is_the_one_to_look_at() {
        let found = of("810548656c6c6f c10548656c6c6f 8900");
        let wrong = found.wrong.clone().unwrap();
        assert_eq!((wrong.frame, wrong.violation.rule), (1, Rule::ReservedBit));
        assert!(
            found.link.unwrap().contains("step=7"),
            "the header of the second"
        );
        assert!(found.hints[0].contains("frames before this one are sound"));
    }

    #[test]
    fn a_compressed_message_needs_the_extension() {
        let found = of("c107f248cdc9c90700");
        assert!(found.compressed && found.wrong.is_none(), "{found:?}");
        assert_eq!(found.lines[0].text.as_deref(), Some("Hello"));
        assert!(found.link.unwrap().contains("deflate=1"));
    }

    #[test]
    fn a_close_code_with_its_bytes_swapped_and_one_in_digits_are_known() {
        let found = of("8802e803");
        assert!(
            found.hints[0].contains("59395 is 1000"),
            "{:?}",
            found.hints
        );
        let found = of("880431303030");
        assert!(
            found.hints[0].contains("12592 is text"),
            "{:?}",
            found.hints
        );
        assert_eq!(of("880203e8").hints, Vec::<String>::new());
    }

    #[test]
    fn lengths_that_people_get_wrong_are_known() {
        let swapped = format!("817e8000{}", "41".repeat(128));
        assert!(of(&swapped).hints[0].contains("two bytes swapped"));
        let four = format!("817e00000080{}", "41".repeat(128));
        let hints = of(&four).hints;
        assert!(
            hints
                .iter()
                .any(|hint| hint.contains("Four bytes of length")),
            "{hints:?}"
        );
        let right = format!("817e0080{}", "41".repeat(128));
        assert_eq!(of(&right).hints, Vec::<String>::new());
    }

    #[test]
    fn http_is_named_and_what_it_looks_like_as_a_header() {
        let found = frames(b"HTTP/1.1 400 Bad Request\r\n\r\n", None);
        let not = found.not_frames.unwrap();
        assert!(not.what.to_string().contains("HTTP answer"));
        assert!(
            not.read_as
                .unwrap()
                .contains("FIN 0, RSV1 1, RSV2 0, RSV3 0, opcode 8")
        );
    }

    #[test]
    fn nothing_panics_and_an_end_that_is_missing_is_counted() {
        assert_eq!(of("81").left, 1);
        assert_eq!(of("8105486c").left, 4);
        for first in 0..=255u8 {
            for second in 0..=255u8 {
                frames(&[first, second], None);
                frames(
                    &[first, second, 0x30, 0x31, second, first, 1],
                    Some(Role::Client),
                );
            }
        }
    }
}
