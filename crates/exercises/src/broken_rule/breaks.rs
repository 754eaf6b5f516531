//! Chains of frames that break one rule, and some that break none.

use wire::Role;
use wire::close::CloseCode;
use wire::rule::Rule;

use super::Chain;
use crate::Level;
use crate::draw::Draw;
use crate::frame_spec::{FrameSpec, key_of};
use crate::words::{bytes, code, ping_payload, short_text};

/// What a single frame can break.
const OF_A_FRAME: [Rule; 8] = [
    Rule::ReservedBit,
    Rule::ReservedOpcode,
    Rule::ControlFragmented,
    Rule::ControlTooLong,
    Rule::LengthNotMinimal,
    Rule::ClosePayloadOneByte,
    Rule::CloseCodeInvalid,
    // Stands for the one of the two that the sender can break.
    Rule::MaskMissing,
];
/// What the last of several frames can break besides.
const OF_SEVERAL: [Rule; 6] = [
    Rule::ContinuationUnexpected,
    Rule::MessageInterleaved,
    Rule::LengthTopBit,
    Rule::TextNotUtf8,
    Rule::CloseReasonNotUtf8,
    Rule::ControlFragmented,
];
/// What only shows among fragments, or is easily overlooked there.
const AMONG_FRAGMENTS: [Rule; 8] = [
    Rule::ContinuationUnexpected,
    Rule::MessageInterleaved,
    Rule::TextNotUtf8,
    Rule::ControlFragmented,
    Rule::MaskMissing,
    Rule::CloseCodeInvalid,
    Rule::ReservedBit,
    Rule::LengthNotMinimal,
];

/// The rule about masks that this sender can break.
fn of_masks(from: Role) -> Rule {
    match from {
        Role::Client => Rule::MaskMissing,
        Role::Server => Rule::MaskPresent,
    }
}

/// Rules that somebody might suspect, the broken one too: which of them are offered is drawn.
pub(super) fn tempting(level: Level, chain: &Chain) -> Vec<Rule> {
    let mut rules = match level {
        Level::First => OF_A_FRAME.to_vec(),
        Level::Second => [&OF_SEVERAL[..], &OF_A_FRAME[..4]].concat(),
        Level::Third => AMONG_FRAGMENTS.to_vec(),
    };
    rules.retain(|rule| *rule != Rule::MaskMissing);
    // Both are suspected: that a mask is missing, and that one is there.
    rules.push(of_masks(chain.from));
    rules.push(of_masks(chain.from.peer()));
    // Nobody suspects a close frame where there is none, unless little else is left.
    let close = chain.frames.iter().any(FrameSpec::is_close);
    if !close {
        rules.retain(|rule| {
            !matches!(
                rule,
                Rule::CloseCodeInvalid | Rule::ClosePayloadOneByte | Rule::CloseReasonNotUtf8
            )
        });
    }
    rules.sort_unstable();
    rules.dedup();
    rules
}

pub(super) fn chain(level: Level, draw: &mut Draw) -> Chain {
    let from = draw.one([Role::Client, Role::Server]);
    match level {
        Level::First => {
            let rule = draw.one(OF_A_FRAME);
            broken(from, Vec::new(), false, rule, draw)
        }
        Level::Second => {
            let rule = if draw.flip() {
                draw.one(OF_SEVERAL)
            } else {
                draw.one(OF_A_FRAME)
            };
            let mut before = Vec::new();
            for _ in 0..draw.between(1, 2) {
                before.push(fine(from, draw));
            }
            let open = rule == Rule::MessageInterleaved;
            if open {
                let key = key_of(from, draw);
                before.push(FrameSpec::new(draw.one([1, 2]), short_text(draw), key).unfinished());
            }
            broken(from, before, open, rule, draw)
        }
        Level::Third => third(from, draw),
    }
}

/// A frame that is right and stands for itself.
fn fine(from: Role, draw: &mut Draw) -> FrameSpec {
    let key = key_of(from, draw);
    match draw.below(4) {
        0 => FrameSpec::new(draw.one([9, 10]), ping_payload(draw), key),
        _ => FrameSpec::new(draw.one([1, 1, 2]), short_text(draw), key),
    }
}

/// Fragments with a control frame between them, then what is wrong, or nothing.
fn third(from: Role, draw: &mut Draw) -> Chain {
    let rule = (!draw.once_in(6)).then(|| draw.one(AMONG_FRAGMENTS));
    let mut before = Vec::new();
    if draw.flip() {
        before.push(fine(from, draw));
    }
    let opcode = if rule == Some(Rule::TextNotUtf8) {
        1
    } else {
        draw.one([1, 2])
    };
    let mut parts = draw.between(1, 2);
    if rule == Some(Rule::ContinuationUnexpected) {
        // The message has to be over, and a control frame does not end one.
        parts = 2;
    }
    for part in 0..parts {
        let key = key_of(from, draw);
        let frame = FrameSpec::new(if part == 0 { opcode } else { 0 }, short_text(draw), key);
        before.push(frame.unfinished());
        if part == 0 {
            let key = key_of(from, draw);
            before.push(FrameSpec::new(draw.one([9, 10]), ping_payload(draw), key));
        }
    }
    match rule {
        None => whole(from, before, draw),
        Some(Rule::ContinuationUnexpected) => {
            if let Some(last) = before.last_mut() {
                last.fin = true;
            }
            if draw.flip() {
                let key = key_of(from, draw);
                before.push(FrameSpec::new(draw.one([9, 10]), ping_payload(draw), key));
            }
            broken(from, before, false, Rule::ContinuationUnexpected, draw)
        }
        Some(rule) => broken(from, before, true, rule, draw),
    }
}

/// Ends the message under way as it should be: sometimes with a character that is cut between two fragments.
fn whole(from: Role, mut frames: Vec<FrameSpec>, draw: &mut Draw) -> Chain {
    let cut = draw.flip();
    let character = draw.one(["é", "ü", "ß", "ö", "à"]);
    let text = frames.iter().any(|f| f.opcode == 1 && !f.fin);
    let key = key_of(from, draw);
    let mut last = FrameSpec::new(0, short_text(draw), key);
    let mut why =
        "The control frame between the fragments is allowed, and the last fragment has FIN 1."
            .to_owned();
    if cut && text {
        let (head, tail) = character.as_bytes().split_at(1);
        let before = frames.iter_mut().rev().find(|f| !f.is_control());
        if let Some(fragment) = before {
            fragment.payload.extend(head);
            fragment.length += 1;
        }
        last.payload.splice(0..0, tail.iter().copied());
        last.length += 1;
        why = format!(
            "The text is UTF-8 once it is joined: `{character}` is {}, cut between two \
             fragments, which is allowed.",
            code(character.as_bytes())
        );
    }
    frames.push(last);
    Chain {
        from,
        frames,
        broken: None,
        why,
    }
}

/// Adds a frame that breaks this rule. `open` says whether a message is under way.
fn broken(
    from: Role,
    mut frames: Vec<FrameSpec>,
    open: bool,
    rule: Rule,
    draw: &mut Draw,
) -> Chain {
    let rule = if rule == Rule::MaskMissing {
        of_masks(from)
    } else {
        rule
    };
    let key = key_of(from, draw);
    // A data frame that may stand here.
    let data = if open { 0 } else { draw.one([1, 2]) };
    let text = short_text(draw);
    let ping = |draw: &mut Draw| FrameSpec::new(draw.one([9, 10]), ping_payload(draw), key);
    let (frame, why) = match rule {
        Rule::ReservedBit => {
            let rsv = draw.one([1u8, 2, 4]);
            let mut frame = FrameSpec::new(data, text, key);
            frame.rsv = rsv;
            let name = match rsv {
                4 => "RSV1",
                2 => "RSV2",
                _ => "RSV3",
            };
            let why = format!(
                "{} has {name} set, and no extension was agreed on.",
                code(&[frame.first()])
            );
            (frame, why)
        }
        Rule::ReservedOpcode => {
            let opcode = draw.one([3u8, 4, 5, 6, 7, 11, 12, 13, 14, 15]);
            let frame = FrameSpec::new(opcode, text, key);
            let why = format!(
                "The opcode in {} is `0x{opcode:x}`, which has no meaning.",
                code(&[frame.first()])
            );
            (frame, why)
        }
        Rule::ControlFragmented => {
            let frame = ping(draw).unfinished();
            let why = format!(
                "{} is a {} with FIN 0. A control frame cannot be fragmented.",
                code(&[frame.first()]),
                frame.name()
            );
            (frame, why)
        }
        Rule::ControlTooLong => {
            let length = draw.between(126, 300);
            let mut frame = ping(draw);
            (frame.length, frame.extended) = (length.into(), 2);
            // What follows the header does not matter any more.
            frame.payload.truncate(4);
            let why = format!(
                "The {} announces {}. A control frame carries 125 at most.",
                frame.name(),
                bytes(length.into())
            );
            (frame, why)
        }
        Rule::LengthNotMinimal => {
            let mut frame = FrameSpec::new(data, text, key);
            frame.extended = draw.one([2, 2, 8]);
            let why = format!(
                "The length {} is written in {} bits, {}, but fits into 7.",
                frame.length,
                frame.extended * 8,
                code(&frame.extended_bytes())
            );
            (frame, why)
        }
        Rule::LengthTopBit => {
            let length = 1 << 63 | u64::from(draw.between(1, 0xffff)) << 8 | u64::from(draw.byte());
            let frame = FrameSpec {
                extended: 8,
                length,
                ..FrameSpec::new(data, Vec::new(), key)
            };
            let why = format!(
                "The 64-bit length {} begins with `0x80`: its top bit is 1, and it has to be 0.",
                code(&frame.extended_bytes())
            );
            (frame, why)
        }
        Rule::MaskMissing => {
            let frame = FrameSpec::new(data, text, None);
            let why = format!(
                "The second byte of the {} frame is {}: MASK is 0. A client masks every frame.",
                frame.name(),
                code(&[frame.second()])
            );
            (frame, why)
        }
        Rule::MaskPresent => {
            let frame = FrameSpec::new(data, text, Some(draw.key()));
            let why = format!(
                "The second byte of the {} frame is {}: MASK is 1. A server masks none.",
                frame.name(),
                code(&[frame.second()])
            );
            (frame, why)
        }
        Rule::ClosePayloadOneByte => {
            let frame = FrameSpec::new(8, vec![draw.one([0x03u8, 0xe8, 0x0f])], key);
            let why = "The close frame has a payload of one byte. A code takes two.".to_owned();
            (frame, why)
        }
        Rule::CloseCodeInvalid => {
            let number = draw.one([1004u16, 1005, 1006, 1015, 999, 1016, 2000, 2999, 5000, 0]);
            let frame = FrameSpec::new(8, number.to_be_bytes(), key);
            let why = format!(
                "The close frame carries {number} ({}), {}, which must not be sent.",
                CloseCode(number).name(),
                code(&number.to_be_bytes())
            );
            (frame, why)
        }
        Rule::CloseReasonNotUtf8 => {
            let number = draw.one([1000u16, 1001, 1008, 4001]);
            let wrong = draw.one([0xffu8, 0xc0, 0xfe, 0xe9]);
            let mut payload = number.to_be_bytes().to_vec();
            payload.extend(text.bytes());
            payload.push(wrong);
            let why = format!(
                "After the code {number} comes a reason that is not UTF-8: {} cannot {} \
                 there.",
                code(&[wrong]),
                if wrong == 0xe9 { "end" } else { "stand" }
            );
            (FrameSpec::new(8, payload, key), why)
        }
        Rule::TextNotUtf8 => {
            let wrong = draw.one([0xffu8, 0xc0, 0xfe, 0xe9]);
            let mut payload = text.into_bytes();
            payload.push(wrong);
            let why = format!(
                "The text ends with {}, which cannot {} there in UTF-8.",
                code(&[wrong]),
                if wrong == 0xe9 { "end" } else { "stand" }
            );
            (FrameSpec::new(if open { 0 } else { 1 }, payload, key), why)
        }
        Rule::MessageInterleaved => {
            let frame = FrameSpec::new(draw.one([1, 2]), text, key);
            let why = format!(
                "The {} frame at the end begins a message, but the one under way has had no \
                 frame with FIN 1.",
                frame.name()
            );
            (frame, why)
        }
        // ContinuationUnexpected, and what no list of this module holds.
        _ => {
            let mut frame = FrameSpec::new(0, text, key);
            frame.fin = draw.flip();
            let why = format!(
                "{} is a continuation, but no message is under way: {}.",
                code(&[frame.first()]),
                match frames.iter().rev().find(|f| !f.is_control()) {
                    Some(_) => "the last data frame had FIN 1",
                    None => "no data frame has come",
                }
            );
            (frame, why)
        }
    };
    frames.push(frame);
    Chain {
        from,
        broken: Some((rule, frames.len() - 1)),
        frames,
        why,
    }
}
