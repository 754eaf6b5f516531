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

    /// The code with which an endpoint that sees this fails the connection (RFC 6455 §7.1.7, §7.4.1).
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
                "The three RSV bits belong to extensions; set without one that was agreed on for this frame, nobody can say what they ask for."
            }
            Rule::LengthNotMinimal => {
                "Every length has exactly one spelling, so that two programs that read the same bytes never disagree about them."
            }
            Rule::LengthTopBit => {
                "A 64-bit length is unsigned with its top bit 0, so that it fits a signed integer in any language."
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
                "A server has no page to guard against and never masks; a masked frame means that the peer is not a WebSocket server."
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
                "The reason of a close frame is text for people, in UTF-8 like every other text."
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
                "A frame that says it is compressed has to inflate; guessing at broken data would hand an application bytes that nobody sent."
            }
            Rule::InflatesTooBig => {
                "A few kilobytes of deflate can stand for gigabytes, so an endpoint limits what comes out and not only what goes in."
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
    /// The value that broke it: an opcode, a length in bytes, a close code, the first byte that is not UTF-8, or a
    /// set of RSV bits (4 for RSV1, 2 for RSV2, 1 for RSV3), the limit on an inflated message. 0 where the rule says
    /// it all.
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
            Rule::TextNotUtf8 => format!("Byte 0x{v:02x} of the text cannot stand there in UTF-8."),
            Rule::CloseReasonNotUtf8 => {
                format!("Byte 0x{v:02x} of the close reason cannot stand there in UTF-8.")
            }
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
    fn every_close_code_may_be_sent() {
        for rule in Rule::ALL {
            assert!(rule.close_code().may_be_sent(), "{rule}");
        }
    }
}
