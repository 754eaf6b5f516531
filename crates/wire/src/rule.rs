//! What an endpoint must not see, as data: the page explains from it, the tests count it.
//!
//! ```
//! use wire::{Role, decode::Decoder, rule::Rule};
//! let frame = Decoder::new(Role::Server).push(&[0x83, 0x00]).remove(0);
//! let violation = &frame.violations[0];
//! assert_eq!(violation.rule, Rule::ReservedOpcode);
//! assert_eq!(violation.rule.close_code().0, 1002);
//! assert_eq!(violation.at, 0..1);
//! assert_eq!(violation.message(), "Opcode 0x3 is reserved: no meaning has been given to it.");
//! ```

use std::fmt;
use std::ops::Range;

use crate::close::CloseCode;

/// One thing that the RFCs say an endpoint must not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// Opcode `0x3`–`0x7` or `0xB`–`0xF`.
    ReservedOpcode,
    /// RSV1, RSV2 or RSV3 set without an extension that gives it a meaning there.
    ReservedBit,
    /// A length written in more bytes than it needs.
    LengthNotMinimal,
    /// A 64-bit length whose most significant bit is 1.
    LengthTopBit,
    /// A close, ping or pong frame that announces more than 125 bytes.
    ControlTooLong,
    /// A close, ping or pong frame without FIN.
    ControlFragmented,
    /// A client's frame without a masking key.
    MaskMissing,
    /// A server's frame with a masking key.
    MaskPresent,
    /// A close frame with a payload of one byte.
    ClosePayloadOneByte,
    /// A close code that must not be sent.
    CloseCodeInvalid,
    /// Text that is not UTF-8.
    TextNotUtf8,
    /// A close reason that is not UTF-8.
    CloseReasonNotUtf8,
    /// More bytes than this endpoint is willing to take.
    TooBig,
    /// A continuation frame while no message is under way.
    ContinuationUnexpected,
    /// A text or binary frame before the message under way has ended.
    MessageInterleaved,
    /// A compressed message that is not deflate, or refers to bytes before its window.
    DeflateCorrupt,
    /// A compressed message that inflates to more bytes than this endpoint is willing to take.
    InflatesTooBig,
}

impl Rule {
    /// Every rule, in the order in which a frame meets them.
    pub const ALL: [Rule; 17] = [
        Rule::ReservedBit,
        Rule::ReservedOpcode,
        Rule::ControlFragmented,
        Rule::ContinuationUnexpected,
        Rule::MessageInterleaved,
        Rule::MaskMissing,
        Rule::MaskPresent,
        Rule::ControlTooLong,
        Rule::LengthNotMinimal,
        Rule::LengthTopBit,
        Rule::TooBig,
        Rule::ClosePayloadOneByte,
        Rule::CloseCodeInvalid,
        Rule::CloseReasonNotUtf8,
        Rule::DeflateCorrupt,
        Rule::InflatesTooBig,
        Rule::TextNotUtf8,
    ];

    /// A stable name for machines and links, such as `reserved-opcode`.
    pub fn name(self) -> &'static str {
        match self {
            Rule::ReservedOpcode => "reserved-opcode",
            Rule::ReservedBit => "reserved-bit",
            Rule::LengthNotMinimal => "length-not-minimal",
            Rule::LengthTopBit => "length-top-bit",
            Rule::ControlTooLong => "control-too-long",
            Rule::ControlFragmented => "control-fragmented",
            Rule::MaskMissing => "mask-missing",
            Rule::MaskPresent => "mask-present",
            Rule::ClosePayloadOneByte => "close-payload-one-byte",
            Rule::CloseCodeInvalid => "close-code-invalid",
            Rule::TextNotUtf8 => "text-not-utf8",
            Rule::CloseReasonNotUtf8 => "close-reason-not-utf8",
            Rule::TooBig => "too-big",
            Rule::ContinuationUnexpected => "continuation-unexpected",
            Rule::MessageInterleaved => "message-interleaved",
            Rule::DeflateCorrupt => "deflate-corrupt",
            Rule::InflatesTooBig => "inflates-too-big",
        }
    }

    /// A few words for people.
    pub fn title(self) -> &'static str {
        match self {
            Rule::ReservedOpcode => "Reserved opcode",
            Rule::ReservedBit => "Reserved bit set",
            Rule::LengthNotMinimal => "Length not in its shortest form",
            Rule::LengthTopBit => "Top bit of a 64-bit length set",
            Rule::ControlTooLong => "Control frame too long",
            Rule::ControlFragmented => "Control frame fragmented",
            Rule::MaskMissing => "Client frame not masked",
            Rule::MaskPresent => "Server frame masked",
            Rule::ClosePayloadOneByte => "Close payload of one byte",
            Rule::CloseCodeInvalid => "Close code that must not be sent",
            Rule::TextNotUtf8 => "Text that is not UTF-8",
            Rule::CloseReasonNotUtf8 => "Close reason that is not UTF-8",
            Rule::TooBig => "Too big",
            Rule::ContinuationUnexpected => "Nothing to continue",
            Rule::MessageInterleaved => "A message inside a message",
            Rule::DeflateCorrupt => "Compressed data that cannot be inflated",
            Rule::InflatesTooBig => "Too big once inflated",
        }
    }

    /// The RFC that says so: 6455, or 7692 for permessage-deflate.
    pub fn rfc(self) -> u16 {
        match self {
            Rule::DeflateCorrupt => 7692,
            _ => 6455,
        }
    }

    /// The section of [`Rule::rfc`] that says so, such as `5.2`.
    pub fn section(self) -> &'static str {
        match self {
            Rule::ReservedOpcode
            | Rule::ReservedBit
            | Rule::LengthNotMinimal
            | Rule::LengthTopBit => "5.2",
            Rule::ControlTooLong | Rule::ControlFragmented => "5.5",
            Rule::MaskMissing | Rule::MaskPresent => "5.1",
            Rule::ClosePayloadOneByte | Rule::CloseReasonNotUtf8 => "5.5.1",
            Rule::CloseCodeInvalid => "7.4",
            Rule::TextNotUtf8 => "8.1",
            // What a message comes to after reassembly is to be limited, however it got that large.
            Rule::TooBig | Rule::InflatesTooBig => "10.4",
            Rule::ContinuationUnexpected | Rule::MessageInterleaved => "5.4",
            Rule::DeflateCorrupt => "7.2.2",
        }
    }

    /// The code with which an endpoint that sees this fails the connection (RFC 6455 §7.1.7, §7.4.1). For
    /// [`Rule::DeflateCorrupt`] RFC 7692 names none; 1007, data that does not fit its kind, comes nearest.
    pub fn close_code(self) -> CloseCode {
        CloseCode(match self {
            Rule::TextNotUtf8 | Rule::CloseReasonNotUtf8 | Rule::DeflateCorrupt => 1007,
            Rule::TooBig | Rule::InflatesTooBig => 1009,
            _ => 1002,
        })
    }

    /// Why the rule is there, in a sentence.
    pub fn reason(self) -> &'static str {
        match self {
            Rule::ReservedOpcode => {
                "Opcodes 0x3–0x7 and 0xB–0xF are kept for later; an endpoint that does not know one cannot know what the frame means."
            }
            Rule::ReservedBit => {
                "The three RSV bits belong to extensions; if none was agreed on that uses them here, nobody can know what they mean."
            }
            Rule::LengthNotMinimal => {
                "Every length has exactly one spelling. The RFC gives no reason; with one spelling there is less to check, and less to smuggle past a check."
            }
            Rule::LengthTopBit => {
                "A 64-bit length has its top bit 0. The RFC gives no reason; a likely one is that it then fits a signed 64-bit integer."
            }
            Rule::ControlTooLong => {
                "A control frame has to fit anywhere between other frames and be handled at once, so it carries 125 bytes at most."
            }
            Rule::ControlFragmented => {
                "A control frame may arrive between the fragments of a message; if it could be cut itself, nothing would tell the two apart."
            }
            Rule::MaskMissing => {
                "A client masks every frame, so that a page cannot choose the bytes that a confused proxy on the way would see."
            }
            Rule::MaskPresent => {
                "A server never masks: it has no page to guard against. A client that sees a masked frame closes the connection."
            }
            Rule::ClosePayloadOneByte => {
                "A close frame says nothing, or starts with a code of two bytes; one byte is neither."
            }
            Rule::CloseCodeInvalid => {
                "Some codes only tell an application what happened on its own side, and others have no meaning yet; neither travels."
            }
            Rule::TextNotUtf8 => {
                "A text message is UTF-8, all of it; an endpoint that hands on anything else breaks its application later."
            }
            Rule::CloseReasonNotUtf8 => {
                "The reason of a close frame is UTF-8 like every other text. It is for logs; a client must not show it to its user."
            }
            Rule::TooBig => {
                "A header can announce up to 2⁶³ − 1 bytes; every endpoint needs a limit of its own, and says with 1009 that it was passed."
            }
            Rule::ContinuationUnexpected => {
                "A continuation frame carries on with a message; without one under way nobody can say what it belongs to."
            }
            Rule::MessageInterleaved => {
                "Frames carry no message number, so the fragments of one message come before the next begins; only control frames may come between."
            }
            Rule::DeflateCorrupt => {
                "A frame that says it is compressed has to inflate; guessing at broken data would hand an application bytes that nobody sent. RFC 7692 names no close code for it; 1007 fits."
            }
            Rule::InflatesTooBig => {
                "A megabyte of deflate can stand for a gigabyte, so an endpoint limits what comes out and not only what goes in."
            }
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A rule that was broken, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub rule: Rule,
    /// The bytes that broke it, as offsets from the start of the stream.
    pub at: Range<u64>,
    /// The value that broke it: an opcode, a length in bytes, a close code, the first byte that is not UTF-8 (see
    /// [`wrong_utf8`]), a set of RSV bits (4 for RSV1, 2 for RSV2, 1 for RSV3), or the limit on an inflated message.
    /// 0 where the rule says it all.
    pub value: u64,
}

impl Violation {
    /// What was found, in a sentence.
    pub fn message(&self) -> String {
        let v = self.value;
        match self.rule {
            Rule::ReservedOpcode => {
                format!("Opcode 0x{v:X} is reserved: no meaning has been given to it.")
            }
            Rule::ReservedBit => {
                let bits: Vec<_> = [(4, "RSV1"), (2, "RSV2"), (1, "RSV3")]
                    .iter()
                    .filter(|(bit, _)| v & bit != 0)
                    .map(|(_, name)| *name)
                    .collect();
                let (verb, it) = if bits.len() == 1 {
                    ("is", "it")
                } else {
                    ("are", "them")
                };
                format!(
                    "{} {verb} set, and no extension gives {it} a meaning on this frame.",
                    bits.join(" and ")
                )
            }
            Rule::LengthNotMinimal => {
                let (form, short) = if v <= 125 {
                    ("16 or 64", "7")
                } else {
                    ("64", "16")
                };
                format!("Length {v} is written in {form} bits, but fits in {short}.")
            }
            Rule::LengthTopBit => format!("The 64-bit length 0x{v:016x} has its top bit set."),
            Rule::ControlTooLong => match v {
                0 => "A control frame announces an extended length, but carries at most 125 bytes."
                    .into(),
                _ => format!("A control frame announces {v} bytes, but carries at most 125."),
            },
            Rule::ControlFragmented => {
                "A control frame has FIN 0, but must not be fragmented.".into()
            }
            Rule::MaskMissing => "A frame from a client has no masking key.".into(),
            Rule::MaskPresent => "A frame from a server is masked.".into(),
            Rule::ClosePayloadOneByte => {
                "The close frame has one byte of payload; a code takes two.".into()
            }
            Rule::CloseCodeInvalid => format!(
                "Close code {v} must not be sent ({}).",
                CloseCode(v as u16).name()
            ),
            Rule::TextNotUtf8 => not_utf8("text", v),
            Rule::CloseReasonNotUtf8 => not_utf8("close reason", v),
            Rule::TooBig => {
                format!("The frame announces {v} bytes, more than this endpoint takes.")
            }
            Rule::ContinuationUnexpected => {
                "A continuation frame came while no message was under way.".into()
            }
            Rule::MessageInterleaved => {
                format!(
                    "A {} frame came before the message under way had ended.",
                    crate::frame::Opcode::from_bits(v as u8)
                )
            }
            Rule::DeflateCorrupt => "The compressed message cannot be inflated.".into(),
            Rule::InflatesTooBig => format!("The message inflates to more than {v} bytes."),
        }
    }
}

/// The value of a violation over text: the first byte of the sequence that is not UTF-8, and, where the text ends inside a
/// character that is right so far, 256 for each byte that is `missing` from it (RFC 3629 §3).
pub fn wrong_utf8(first: Option<u8>, missing: usize) -> u64 {
    first.map_or(0, |first| u64::from(first) | (missing as u64) << 8)
}

/// What is wrong with a text, from a [`wrong_utf8`].
fn not_utf8(what: &str, value: u64) -> String {
    const NUMBERS: [&str; 5] = ["no", "one", "two", "three", "four"];
    let number = |n: u64| {
        usize::try_from(n)
            .ok()
            .and_then(|n| NUMBERS.get(n))
            .copied()
    };
    let (first, missing) = (value & 0xff, value >> 8);
    let length = match first {
        0xf0.. => 4,
        0xe0.. => 3,
        _ => 2,
    };
    match (number(length), number(missing)) {
        (Some(length), Some(words)) if missing > 0 => format!(
            "The {what} ends inside a character: 0x{first:02x} begins one of {length} bytes, and {words} {} missing.",
            if missing == 1 { "is" } else { "are" }
        ),
        _ => format!("Byte 0x{first:02x} of the {what} does not fit there in UTF-8."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn all_lists_every_rule_once_and_names_differ() {
        let rules: BTreeSet<_> = Rule::ALL.into_iter().collect();
        let names: BTreeSet<_> = Rule::ALL.into_iter().map(Rule::name).collect();
        assert_eq!(rules.len(), Rule::ALL.len());
        assert_eq!(names.len(), Rule::ALL.len());
    }

    #[test]
    fn a_text_that_ends_too_early_is_told_from_one_that_is_wrong() {
        let says = |text: &[u8]| {
            let mut bytes = vec![0x81, text.len() as u8];
            bytes.extend_from_slice(text);
            let frame = crate::decode::Decoder::new(crate::Role::Server)
                .push(&bytes)
                .remove(0);
            frame.violations[0].message()
        };
        let ends = "The text ends inside a character: ";
        for (text, message) in [
            (
                &b"caf\xe9"[..],
                format!("{ends}0xe9 begins one of three bytes, and two are missing."),
            ),
            (
                b"\xc3",
                format!("{ends}0xc3 begins one of two bytes, and one is missing."),
            ),
            (
                b"\xf0\x9f\x98",
                format!("{ends}0xf0 begins one of four bytes, and one is missing."),
            ),
            (
                b"\xe9s",
                "Byte 0xe9 of the text does not fit there in UTF-8.".to_owned(),
            ),
            (
                b"\xff",
                "Byte 0xff of the text does not fit there in UTF-8.".to_owned(),
            ),
        ] {
            assert_eq!(says(text), message);
        }
    }

    #[test]
    fn every_close_code_may_be_sent() {
        for rule in Rule::ALL {
            assert!(rule.close_code().may_be_sent(), "{rule}");
        }
    }
}
