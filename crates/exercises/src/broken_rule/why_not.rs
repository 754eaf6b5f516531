//! Why a chain of frames does not break a rule that somebody might suspect.

use wire::Role;
use wire::close::CloseCode;
use wire::rule::Rule;

use super::Chain;
use crate::frame_spec::FrameSpec;
use crate::words::{bytes, code, listed};

/// Something of each frame, as a list without repetitions.
fn each(frames: &[&FrameSpec], of: impl Fn(&FrameSpec) -> String) -> String {
    let mut all: Vec<String> = frames.iter().map(|frame| of(frame)).collect();
    let mut seen = Vec::new();
    all.retain(|item| {
        let new = !seen.contains(item);
        seen.push(item.clone());
        new
    });
    listed(&all)
}

/// Why not, in a sentence or two.
pub(super) fn why_not(rule: Rule, chain: &Chain) -> String {
    let all: Vec<&FrameSpec> = chain.frames.iter().collect();
    let control: Vec<&FrameSpec> = all.iter().copied().filter(|f| f.is_control()).collect();
    let close = all.iter().copied().find(|f| f.is_close());
    let client = chain.from == Role::Client;
    match rule {
        Rule::ReservedBit => format!(
            "The RSV bits are 0: of the first byte, {}, the mask `0x70` leaves nothing.",
            each(&all, |f| code(&[f.first()]))
        ),
        Rule::ReservedOpcode => {
            format!(
                "Every opcode here has a meaning: {}.",
                each(&all, |f| format!("`0x{:x}` is {}", f.opcode, f.name()))
            )
        }
        Rule::ControlFragmented if control.is_empty() => {
            "No control frame is here. Text, binary and continuation frames may have FIN 0."
                .to_owned()
        }
        Rule::ControlFragmented => format!(
            "The control frames have FIN 1: {}. FIN 0 is for text, binary and continuation \
             frames.",
            each(&control, |f| format!(
                "{} in {}",
                f.name(),
                code(&[f.first()])
            ))
        ),
        Rule::ControlTooLong if control.is_empty() => {
            "The limit of 125 bytes is one for control frames, and none is here.".to_owned()
        }
        Rule::ControlTooLong => format!(
            "A control frame may carry 125 bytes. Here it carries {}.",
            each(&control, |f| bytes(f.length))
        ),
        Rule::LengthNotMinimal if all.iter().all(|f| f.extended == 0) => format!(
            "Each length is in the seven bits, as short as it can be: {}.",
            each(&all, |f| f.length.to_string())
        ),
        Rule::LengthNotMinimal => format!(
            "Each length is written as short as it can be: {}.",
            each(&all, |f| match f.extended {
                0 => format!("{} in 7 bits", f.length),
                n => format!("{} in {} bits", f.length, 8 * n),
            })
        ),
        Rule::LengthTopBit if all.iter().all(|f| f.extended < 8) => {
            "The top bit is about lengths of 64 bits, and none is here.".to_owned()
        }
        Rule::LengthTopBit => {
            let long: Vec<&FrameSpec> = all.iter().copied().filter(|f| f.extended == 8).collect();
            format!(
                "The 64-bit length begins with {}, so its top bit is 0.",
                each(&long, |f| code(&f.extended_bytes()[..1]))
            )
        }
        Rule::MaskMissing if client => format!(
            "MASK is there: the top bit of {} is 1.",
            each(&all, |f| code(&[f.second()]))
        ),
        Rule::MaskMissing => "A server does not mask, so nothing is missing. The rule is one \
            for clients."
            .to_owned(),
        Rule::MaskPresent if client => {
            "A client has to mask every frame. The rule against masks is one for servers."
                .to_owned()
        }
        Rule::MaskPresent => format!(
            "There is no mask: the top bit of {} is 0.",
            each(&all, |f| code(&[f.second()]))
        ),
        Rule::ClosePayloadOneByte => match close {
            None => {
                "A payload of one byte is wrong in a close frame only, and none is here.".to_owned()
            }
            Some(f) => format!(
                "The close frame has a payload of {}, enough for a code.",
                bytes(f.length)
            ),
        },
        Rule::CloseCodeInvalid => match close.map(|f| (f, f.payload.first_chunk::<2>())) {
            None => "Without a close frame there is no close code.".to_owned(),
            Some((_, Some(pair))) => {
                let number = u16::from_be_bytes(*pair);
                format!(
                    "The code is {number} ({}), which may be sent.",
                    CloseCode(number).name()
                )
            }
            Some((f, None)) => format!(
                "The close frame carries {}, so no code has come whole.",
                bytes(f.length)
            ),
        },
        Rule::CloseReasonNotUtf8 => match close {
            None => "Without a close frame there is no reason.".to_owned(),
            Some(f) => match f.payload.get(2..).unwrap_or_default() {
                [] => "The close frame has no reason after its code.".to_owned(),
                reason => format!("The reason, {}, is UTF-8.", code(reason)),
            },
        },
        Rule::TextNotUtf8 => match all.iter().find(|f| f.opcode == 1 && !f.payload.is_empty()) {
            None => "Only text has to be UTF-8, and none is here.".to_owned(),
            Some(f) => format!(
                "The text that begins with {} is UTF-8, as far as it goes.",
                code(&f.payload[..f.payload.len().min(3)])
            ),
        },
        Rule::ContinuationUnexpected => match all.iter().find(|f| f.opcode == 0) {
            None => "No frame here is a continuation: opcode `0x0` does not occur.".to_owned(),
            Some(_) => {
                "A message was begun with FIN 0 before the continuation, so there is something \
                 to continue."
                    .to_owned()
            }
        },
        Rule::MessageInterleaved => {
            if all.iter().any(|f| !f.fin && !f.is_control()) {
                "Between the fragments are only control frames, and these are allowed \
                 there."
                    .to_owned()
            } else {
                "No message is under way when another begins: every data frame has FIN 1."
                    .to_owned()
            }
        }
        _ => format!("Nothing here has to do with it: {}.", rule.title()),
    }
}
