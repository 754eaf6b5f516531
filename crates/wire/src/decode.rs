//! Frames from a byte stream that may be cut anywhere (RFC 6455 §5.2).
//!
//! ```
//! use wire::{decode::Decoder, Role};
//! let mut decoder = Decoder::new(Role::Client);
//! assert!(decoder.push(&[0x81, 0x85, 0x37, 0xfa]).is_empty());
//! assert_eq!(decoder.progress().known.length, Some(5));
//! let frames = decoder.push(&[0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
//! assert_eq!(frames[0].payload, b"Hello");
//! ```

use crate::Role;
use crate::frame::{Field, Frame, Header, MAX_HEADER, PartialHeader};
use crate::judgement::{Limits, judge_header, judge_payload};
use crate::mask;
use crate::rule::Violation;

/// The default limit on one frame's payload, in bytes: 64 MiB.
pub const DEFAULT_MAX_PAYLOAD: u64 = 64 << 20;

/// Reads the frames that one end sends.
///
/// A broken frame is still read where its header says how long it is, and carries its violations: an endpoint would
/// fail the connection at the first of them, a person wants to see the rest. Where the length itself cannot be
/// trusted the decoder stops; see [`Decoder::stopped`].
#[derive(Clone, Debug)]
pub struct Decoder {
    limits: Limits,
    /// Bytes from the start of the stream to the current frame.
    offset: u64,
    head: [u8; MAX_HEADER],
    head_len: usize,
    header: Option<Header>,
    payload: Vec<u8>,
    stopped: bool,
}

/// How far the current frame has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Bytes from the start of the stream to the frame's first byte.
    pub offset: u64,
    /// Bytes of it that have arrived.
    pub have: u64,
    /// As much of the header as is known.
    pub known: PartialHeader,
    /// As much of the payload as has arrived, unmasked.
    pub payload: &'a [u8],
    /// The field that the next byte belongs to, and how many bytes are needed to complete it. Nothing once the
    /// decoder has stopped.
    pub need: Option<Need>,
    /// What is known to be wrong already.
    pub violations: Vec<Violation>,
}

/// What has to come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The field that the next byte belongs to: the first of its fields, for the two bytes that hold several.
    pub field: Field,
    /// Bytes until that field is complete.
    pub bytes: u64,
}

impl Decoder {
    /// A decoder of what `sender` sends, without extensions.
    pub fn new(sender: Role) -> Decoder {
        Decoder {
            limits: Limits {
                sender,
                compression: false,
                max_payload: DEFAULT_MAX_PAYLOAD,
            },
            offset: 0,
            head: [0; MAX_HEADER],
            head_len: 0,
            header: None,
            payload: Vec::new(),
            stopped: false,
        }
    }

    /// Whether permessage-deflate was agreed on: RSV1 is then legal on the first frame of a message (RFC 7692 §6),
    /// and such a frame's payload is not text until it is inflated.
    pub fn with_compression(mut self, agreed: bool) -> Decoder {
        self.limits.compression = agreed;
        self
    }

    /// The limit on one frame's payload, in bytes.
    pub fn with_max_payload(mut self, bytes: u64) -> Decoder {
        self.limits.max_payload = bytes;
        self
    }

    /// Counts the stream's bytes from `offset` instead of 0, for a stream whose head was read by somebody else.
    pub fn starting_at(mut self, offset: u64) -> Decoder {
        self.offset = offset;
        self
    }

    /// Takes the next bytes of the stream and gives the frames that they complete.
    ///
    /// Any way of cutting the stream gives the same frames.
    pub fn push(&mut self, mut bytes: &[u8]) -> Vec<Frame> {
        std::iter::from_fn(|| self.next_frame(&mut bytes)).collect()
    }

    /// Takes bytes of the stream up to the end of a frame, and gives that frame. `None` once all of them are taken and no
    /// frame is complete, or when the decoder has stopped.
    pub fn next_frame(&mut self, bytes: &mut &[u8]) -> Option<Frame> {
        if self.stopped || (self.header.is_none() && !self.take_head(bytes)) {
            return None;
        }
        let header = self.header?;
        let want = header.length - self.payload.len() as u64;
        let take = want.min(bytes.len() as u64) as usize;
        let (now, later) = bytes.split_at(take);
        let start = self.payload.len();
        self.payload.extend_from_slice(now);
        if let Some(key) = header.key {
            mask::apply(key, start as u64, &mut self.payload[start..]);
        }
        *bytes = later;
        (take as u64 == want).then(|| self.finish(header))
    }

    /// Takes header bytes until the header is complete. False when more are needed, or when it cannot be trusted.
    fn take_head(&mut self, bytes: &mut &[u8]) -> bool {
        loop {
            let known = Header::parse(&self.head[..self.head_len]);
            if let Some(length) = known.length
                && (length >> 63 != 0 || length > self.limits.max_payload)
            {
                self.stopped = true;
                return false;
            }
            if let Some(header) = known.header() {
                self.header = Some(header);
                return true;
            }
            // Field by field, so that what follows a length that cannot be trusted is left alone.
            let end = match known.second {
                None => 2,
                Some(second) if known.length.is_none() => 2 + second.form.extended_bytes(),
                Some(second) => 2 + second.form.extended_bytes() + 4,
            };
            let take = (end - self.head_len).min(bytes.len());
            if take == 0 {
                return false;
            }
            let (now, later) = bytes.split_at(take);
            self.head[self.head_len..self.head_len + take].copy_from_slice(now);
            self.head_len += take;
            *bytes = later;
        }
    }

    fn finish(&mut self, header: Header) -> Frame {
        let payload = std::mem::take(&mut self.payload);
        let mut violations = judge_header(
            &self.limits,
            self.offset,
            &Header::parse(&self.head[..self.head_len]),
        );
        let payload_at = self.offset + header.len() as u64;
        violations.extend(judge_payload(
            &header,
            &payload,
            payload_at,
            self.limits.compression,
        ));
        let frame = Frame {
            offset: self.offset,
            header,
            payload,
            violations,
        };
        self.offset = self.offset.saturating_add(frame.wire_len());
        self.head_len = 0;
        self.header = None;
        frame
    }

    /// How far the frame that is being read has come.
    pub fn progress(&self) -> Progress<'_> {
        let known = Header::parse(&self.head[..self.head_len]);
        Progress {
            offset: self.offset,
            have: self.head_len as u64 + self.payload.len() as u64,
            known,
            payload: &self.payload,
            need: if self.stopped {
                None
            } else {
                Some(self.need(&known))
            },
            violations: judge_header(&self.limits, self.offset, &known),
        }
    }

    /// The header of the frame that is being read, once it is whole, and as much of the payload as has arrived.
    pub(crate) fn arrived(&self) -> (Option<Header>, &[u8]) {
        (self.header, &self.payload)
    }

    fn need(&self, known: &PartialHeader) -> Need {
        let have = self.head_len as u64;
        let (field, end) = match (known.second, known.header()) {
            (_, Some(header)) => {
                return Need {
                    field: Field::Payload,
                    bytes: header.length - self.payload.len() as u64,
                };
            }
            (None, None) if have == 0 => (Field::Fin, 1),
            (None, None) => (Field::Mask, 2),
            (Some(second), None) => {
                let key_at = 2 + second.form.extended_bytes() as u64;
                if have < key_at {
                    (Field::ExtendedLength, key_at)
                } else {
                    (Field::Key, key_at + 4)
                }
            }
        };
        Need {
            field,
            bytes: end - have,
        }
    }

    /// Whether the decoder has stopped, since the current frame's length breaks a rule and nothing after it can be
    /// found. [`Decoder::progress`] has the violation.
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// Bytes from the start of the stream to the frame that is being read.
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Rule;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        digits
            .chunks(2)
            .map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap())
            .collect()
    }

    fn broken(sender: Role, bytes: &str) -> Vec<Rule> {
        let mut decoder = Decoder::new(sender);
        let frames = decoder.push(&hex(bytes));
        let violations = match frames.first() {
            Some(frame) => frame.violations.clone(),
            None => decoder.progress().violations,
        };
        violations.into_iter().map(|v| v.rule).collect()
    }

    #[test]
    fn each_rule_of_a_single_frame() {
        use Role::{Client, Server};
        for (sender, bytes, rules) in [
            (Server, "8105 48656c6c6f", vec![]),
            (Server, "83 00", vec![Rule::ReservedOpcode]),
            (Server, "c1 00", vec![Rule::ReservedBit]),
            (
                Server,
                "81 7e 0005 48656c6c6f",
                vec![Rule::LengthNotMinimal],
            ),
            (
                Server,
                "82 7f 00000000 00000001 00",
                vec![Rule::LengthNotMinimal],
            ),
            (Server, "82 7f 80000000 00000000", vec![Rule::LengthTopBit]),
            (Server, "82 7f 7fffffff ffffffff", vec![Rule::TooBig]),
            (Server, "89 7e 007e", vec![Rule::ControlTooLong]),
            (Server, "89 7e", vec![Rule::ControlTooLong]),
            (Server, "89 7e 0000", vec![Rule::LengthNotMinimal]),
            (Server, "09 00", vec![Rule::ControlFragmented]),
            (Client, "8105 48656c6c6f", vec![Rule::MaskMissing]),
            (Server, "8180 00000000", vec![Rule::MaskPresent]),
            (Server, "88 01 03", vec![Rule::ClosePayloadOneByte]),
            (Server, "88 02 03ed", vec![Rule::CloseCodeInvalid]),
            (Server, "88 03 03e8 ff", vec![Rule::CloseReasonNotUtf8]),
            (Server, "81 02 c3 28", vec![Rule::TextNotUtf8]),
            (Server, "81 01 c3", vec![Rule::TextNotUtf8]),
            (Server, "01 01 c3", vec![]),
            (
                Client,
                "f3 00",
                vec![Rule::ReservedBit, Rule::ReservedOpcode, Rule::MaskMissing],
            ),
        ] {
            assert_eq!(broken(sender, bytes), rules, "{sender} {bytes}");
        }
    }

    #[test]
    fn a_violation_says_where() {
        let mut decoder = Decoder::new(Role::Server);
        let frames = decoder.push(&hex("8103 616263 8104 61c328 62"));
        assert_eq!(frames[1].offset, 5);
        assert_eq!(frames[1].violations[0].at, 8..9);
        assert_eq!(frames[1].violations[0].value, 0xc3);
    }

    #[test]
    fn progress_tells_what_is_known() {
        let bytes = hex("81fe 0100 37fa213d");
        let mut decoder = Decoder::new(Role::Client);
        let mut needs = Vec::new();
        for byte in &bytes {
            let need = decoder.progress().need.unwrap();
            needs.push((need.field, need.bytes));
            decoder.push(&[*byte]);
        }
        use Field::*;
        assert_eq!(
            needs,
            [
                (Fin, 1),
                (Mask, 1),
                (ExtendedLength, 2),
                (ExtendedLength, 1),
                (Key, 4),
                (Key, 3),
                (Key, 2),
                (Key, 1)
            ]
        );
        let progress = decoder.progress();
        assert_eq!(
            progress.need,
            Some(Need {
                field: Payload,
                bytes: 256
            })
        );
        assert_eq!(progress.known.key, Some([0x37, 0xfa, 0x21, 0x3d]));
    }

    #[test]
    fn rsv1_is_for_the_first_frame_of_a_compressed_message() {
        for (bytes, fine) in [
            ("c1 01 00", true),
            ("c0 01 00", false),
            ("c9 00", false),
            ("e1 00", false),
        ] {
            let mut decoder = Decoder::new(Role::Server).with_compression(true);
            let frame = decoder.push(&hex(bytes)).remove(0);
            assert_eq!(frame.violations.is_empty(), fine, "{bytes}");
        }
    }
}
