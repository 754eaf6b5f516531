//! What became of the bytes, in sentences.

use wire::deflate::dissect::{Block, BlockKind, Symbol};
use wire::session::Kind;

use super::model::{CompressedMessage, Run};
use super::settings::Settings;
use crate::instruments::messages::readable;
use crate::kit::number::{counted, grouped, hex_spaced};

/// What the messages are called.
pub const NAMES: [&str; 3] = ["First message", "Second message", "Third message"];

/// What the message with this number, from 0, is called.
pub fn name_of(number: usize) -> &'static str {
    NAMES.get(number).copied().unwrap_or("Message")
}

fn copied(compressed: &CompressedMessage, run: &Run) -> (usize, usize) {
    match compressed
        .inside
        .tokens
        .get(run.tokens.start)
        .map(|t| t.symbol)
    {
        Some(Symbol::Copy { length, distance }) => (length, distance),
        _ => (run.out.len(), 0),
    }
}

/// A back-reference, as it is read aloud.
pub fn spoken(compressed: &CompressedMessage, run: &Run) -> String {
    let (length, distance) = copied(compressed, run);
    let bytes = compressed
        .inside
        .message
        .get(run.out.clone())
        .unwrap_or_default();
    format!(
        "“{}”: {length} bytes copied from {distance} back",
        readable(bytes)
    )
}

/// What a block is.
pub fn block(block: &Block, compressed: &CompressedMessage) -> String {
    let tokens = compressed
        .inside
        .tokens
        .iter()
        .filter(|t| block.bits.contains(&t.bits.start));
    let (mut literals, mut copies) = (0u64, 0u64);
    for token in tokens {
        match token.symbol {
            Symbol::Literal(_) => literals += 1,
            Symbol::Copy { .. } => copies += 1,
            _ => {}
        }
    }
    let last = if block.last {
        ", the last of its stream"
    } else {
        ""
    };
    let text = match block.kind {
        BlockKind::Stored if block.out.is_empty() => {
            "an empty stored block, which ends the message on a whole byte".to_owned()
        }
        BlockKind::Stored => format!(
            "stored: {} as they were",
            counted(block.out.len() as u64, "byte", "bytes")
        ),
        BlockKind::Fixed | BlockKind::Dynamic => {
            let code = if block.kind == BlockKind::Fixed {
                "the fixed code".to_owned()
            } else {
                format!(
                    "a code of its own, described in {} bits",
                    block.body - block.bits.start
                )
            };
            format!(
                "{}, {} in {} bits, with {code}",
                counted(literals, "literal", "literals"),
                counted(copies, "back-reference", "back-references"),
                grouped(block.bits.len() as u64)
            )
        }
    };
    format!("{text}{last}")
}

/// What a back-reference does.
pub struct Explanation {
    /// In a few words.
    pub title: String,
    /// What is copied.
    pub quote: String,
    /// From where, and what that saves.
    pub text: String,
}

/// What this run, a back-reference of the message with this number, does.
pub fn explain(
    settings: &Settings,
    message: usize,
    compressed: &CompressedMessage,
    run: &Run,
) -> Explanation {
    let (length, distance) = copied(compressed, run);
    let before = settings.before(message);
    let at = before + run.out.start;
    let from = at.saturating_sub(distance);
    let place = match (0..settings.messages().len())
        .rev()
        .find(|m| settings.before(*m) <= from)
    {
        Some(m) if m != message => format!("message {}", m + 1),
        _ => "this message".to_owned(),
    };
    let repeats = if length > distance {
        " It is longer than it reaches back, so it goes on with what it has just written itself."
    } else {
        ""
    };
    let bytes = compressed
        .inside
        .message
        .get(run.out.clone())
        .unwrap_or_default();
    let quote = match settings.kind {
        Kind::Text => readable(bytes),
        Kind::Binary => hex_spaced(bytes),
    };
    Explanation {
        title: format!("Copy {length} from {} back", grouped(distance as u64)),
        quote,
        text: format!(
            "Found in {place}. Written in {} bits, where the bytes themselves take {}.{repeats}",
            run.bits.len(),
            grouped(run.out.len() as u64 * 8)
        ),
    }
}
