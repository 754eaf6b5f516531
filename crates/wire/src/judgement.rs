//! Which rules a frame breaks: by its header, by its payload, and by its place among the others.

use crate::Role;
use crate::close::CloseCode;
use crate::frame::{Header, LengthForm, Opcode, PartialHeader};
use crate::rule::{Rule, Violation, wrong_utf8};
use crate::utf8::Validator;

/// What a header is judged by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) sender: Role,
    pub(crate) compression: bool,
    pub(crate) max_payload: u64,
}

/// The rules that a header breaks, as far as it is known, by place.
pub(crate) fn judge_header(limits: &Limits, at: u64, known: &PartialHeader) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut add = |rule, from: u64, to: u64, value| {
        found.push(Violation {
            rule,
            at: at.saturating_add(from)..at.saturating_add(to),
            value,
        });
    };
    let Some(first) = known.first else {
        return found;
    };
    let compressed_start = matches!(first.opcode, Opcode::Text | Opcode::Binary);
    let rsv1_broken = first.rsv1 && !(limits.compression && compressed_start);
    let bits = u64::from(rsv1_broken) << 2 | u64::from(first.rsv2) << 1 | u64::from(first.rsv3);
    if bits != 0 {
        add(Rule::ReservedBit, 0, 1, bits);
    }
    if let Opcode::Reserved(opcode) = first.opcode {
        add(Rule::ReservedOpcode, 0, 1, u64::from(opcode));
    }
    if first.opcode.is_control() && !first.fin {
        add(Rule::ControlFragmented, 0, 1, 0);
    }
    let Some(second) = known.second else {
        return found;
    };
    match (limits.sender, second.masked) {
        (Role::Client, false) => add(Rule::MaskMissing, 1, 2, 0),
        (Role::Server, true) => add(Rule::MaskPresent, 1, 2, 0),
        _ => {}
    }
    // An extended length is one too many for a control frame. Once it is known to be 125 or less, what is wrong is
    // how it is written.
    if first.opcode.is_control()
        && second.form != LengthForm::Bits7
        && known.length.is_none_or(|length| length > 125)
    {
        add(
            Rule::ControlTooLong,
            1,
            2 + second.form.extended_bytes() as u64,
            known.length.unwrap_or(0),
        );
    }
    let Some(length) = known.length else {
        return found;
    };
    let end = 2 + second.form.extended_bytes() as u64;
    if length >> 63 != 0 {
        add(Rule::LengthTopBit, 2, end, length);
    } else {
        if second.form != LengthForm::shortest(length) {
            add(Rule::LengthNotMinimal, 1, end, length);
        }
        if length > limits.max_payload {
            add(Rule::TooBig, 1, end, length);
        }
    }
    found
}

/// The rules that a whole payload breaks. `at` is where it begins in the stream.
pub(crate) fn judge_payload(
    header: &Header,
    payload: &[u8],
    at: u64,
    compression: bool,
) -> Option<Violation> {
    let utf8 = |rule, skip: usize| {
        let text = &payload[skip..];
        let error = simdutf8::compat::from_utf8(text).err()?;
        let bad = error.valid_up_to();
        let from = at + (skip + bad) as u64;
        let to = error
            .error_len()
            .map_or(at + payload.len() as u64, |n| from + n as u64);
        Some(Violation {
            rule,
            at: from..to,
            value: match error.error_len() {
                Some(_) => wrong_utf8(text.get(bad).copied(), 0),
                None => {
                    let mut cut = Validator::default();
                    // What is left begins a character, so that it can only be incomplete.
                    let _ = cut.push(&text[bad..]);
                    wrong_utf8(text.get(bad).copied(), cut.next().missing)
                }
            },
        })
    };
    match header.opcode {
        Opcode::Text if header.fin && !(compression && header.rsv1) => utf8(Rule::TextNotUtf8, 0),
        Opcode::Close if header.fin => match payload {
            [] => None,
            [only] => Some(Violation {
                rule: Rule::ClosePayloadOneByte,
                at: at..at + 1,
                value: u64::from(*only),
            }),
            [a, b, ..] => {
                let code = u16::from_be_bytes([*a, *b]);
                if CloseCode(code).may_be_sent() {
                    utf8(Rule::CloseReasonNotUtf8, 2)
                } else {
                    Some(Violation {
                        rule: Rule::CloseCodeInvalid,
                        at: at..at + 2,
                        value: u64::from(code),
                    })
                }
            }
        },
        _ => None,
    }
}

/// The rule that a frame with this opcode breaks by its place: whether it begins, continues or interrupts a message
/// (RFC 6455 §5.4). `at` is where the frame begins in the stream.
pub(crate) fn judge_place(at: u64, opcode: Opcode, message_in_progress: bool) -> Option<Violation> {
    let rule = match (opcode, message_in_progress) {
        (Opcode::Continuation, false) => Rule::ContinuationUnexpected,
        (Opcode::Text | Opcode::Binary, true) => Rule::MessageInterleaved,
        _ => return None,
    };
    Some(Violation {
        rule,
        at: at..at + 1,
        value: u64::from(opcode.bits()),
    })
}

/// Whether a data frame announces more than the `room` that is left for its message (RFC 6455 §10.4). `at` is where the
/// frame begins in the stream. A compressed message is measured once it is inflated, not here.
pub(crate) fn judge_size(at: u64, length: u64, form: LengthForm, room: usize) -> Option<Violation> {
    (length > room as u64).then(|| Violation {
        rule: Rule::TooBig,
        at: at + 1..at + 2 + form.extended_bytes() as u64,
        value: length,
    })
}

/// Adds a violation to others in the order of their places, behind those that begin at the same byte.
pub(crate) fn insert_by_place(found: &mut Vec<Violation>, violation: Violation) {
    let at = found.partition_point(|v| v.at.start <= violation.at.start);
    found.insert(at, violation);
}
