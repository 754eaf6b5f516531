//! From the peer's bytes to events.

use std::ops::Range;

use super::Core;
use super::input::Input;
use super::send::Kind;
use crate::Role;
use crate::close::Close;
use crate::decode::{Expect, judge_header, judge_payload};
use crate::deflate::{InflateError, Inflater};
use crate::frame::{Header, LengthForm, Opcode};
use crate::mask;
use crate::rule::{Rule, Violation};
use crate::utf8::Validator;

/// What the bytes mean next: an event whose payload is said by its place.
pub(super) enum Step {
    /// A text in one frame, not validated yet. `at` is its place in the stream.
    Text {
        payload: Range<usize>,
        at: u64,
    },
    /// A binary message in one frame.
    Binary(Range<usize>),
    /// A message that had to be joined or inflated, and is valid. `at` is its last frame's place in the stream.
    Joined {
        kind: Kind,
        at: u64,
    },
    Ping(Range<usize>),
    Pong(Range<usize>),
    Close(Option<Close>),
    Failed(Violation),
}

/// The frame that is being read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Current {
    header: Header,
    header_len: usize,
    /// Bytes of the payload that are unmasked and, where they are text, validated.
    done: usize,
}

/// The message of which a fragment has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnderWay {
    kind: Kind,
    compressed: bool,
}

impl Core {
    pub(super) fn step(&mut self, input: &mut Input, message: &mut Vec<u8>) -> Option<Step> {
        loop {
            if !self.closing.listens() {
                return None;
            }
            let current = match self.current {
                Some(current) => current,
                None => match self.begin(input, message) {
                    Ok(Some(current)) => current,
                    Ok(None) => return None,
                    Err(violation) => return Some(self.failed(input, violation)),
                },
            };
            let start = input.at() + current.header_len;
            let length = current.header.length as usize;
            let have = (input.bytes().len() - start).min(length);
            let fresh = start + current.done..start + have;
            if let Some(key) = current.header.key {
                mask::apply(
                    key,
                    current.done as u64,
                    &mut input.bytes_mut()[fresh.clone()],
                );
            }
            if have < length {
                let payload_at = input.offset() + current.header_len as u64;
                let checked = self.check_part(&current, &input.bytes()[fresh], payload_at);
                if let Err(violation) = checked {
                    return Some(self.failed(input, violation));
                }
                self.current = Some(Current {
                    done: have,
                    ..current
                });
                input.expect(current.header_len + length);
                return None;
            }
            self.current = None;
            let step = self.complete(&current, start..start + length, input, message);
            match step {
                Ok(step) => {
                    input.take(current.header_len + length);
                    if let Some(Step::Close(_)) = step {
                        input.discard();
                    }
                    if step.is_some() {
                        return step;
                    }
                }
                Err(violation) => return Some(self.failed(input, violation)),
            }
        }
    }

    /// Reads the header of the next frame. `None` when more bytes are needed.
    fn begin(&mut self, input: &Input, message: &[u8]) -> Result<Option<Current>, Violation> {
        let rest = input.rest();
        let [first, second, ..] = *rest else {
            return match rest {
                [] => Ok(None),
                _ => self.judge(input.offset(), rest, message).map(|()| None),
            };
        };
        let form = match second & 0x7f {
            126 => LengthForm::Bits16,
            127 => LengthForm::Bits64,
            _ => LengthForm::Bits7,
        };
        let masked = second & 0x80 != 0;
        let header_len = 2 + form.extended_bytes() + if masked { 4 } else { 0 };
        let Some(bytes) = rest.get(..header_len) else {
            return self.judge(input.offset(), rest, message).map(|()| None);
        };
        let (length, key_at) = match (form, bytes) {
            (LengthForm::Bits16, [_, _, a, b, ..]) => (u64::from(u16::from_be_bytes([*a, *b])), 4),
            (LengthForm::Bits64, [_, _, a, b, c, d, e, f, g, h, ..]) => {
                (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), 10)
            }
            _ => (u64::from(second & 0x7f), 2),
        };
        let header = Header {
            fin: first & 0x80 != 0,
            rsv1: first & 0x40 != 0,
            rsv2: first & 0x20 != 0,
            rsv3: first & 0x10 != 0,
            opcode: Opcode::from_bits(first),
            length,
            length_form: form,
            key: bytes[key_at..].first_chunk::<4>().copied(),
        };
        // What nearly every frame is: legal at a glance. All else is judged rule by rule.
        let plain = first & 0x70 == 0
            && masked == (self.role == Role::Server)
            && form == LengthForm::shortest(length)
            && length <= self.config.max_frame
            && match header.opcode {
                Opcode::Text | Opcode::Binary => {
                    self.under_way.is_none() && length <= self.config.max_message as u64
                }
                Opcode::Ping | Opcode::Pong | Opcode::Close => header.fin && length <= 125,
                Opcode::Continuation | Opcode::Reserved(_) => false,
            };
        if !plain {
            self.judge(input.offset(), bytes, message)?;
        }
        Ok(Some(Current {
            header,
            header_len,
            done: 0,
        }))
    }

    /// Whether a header, as far as it has come, is one that may stand here. The rule that is broken first by place wins,
    /// so that it does not matter how the bytes were cut.
    fn judge(&self, offset: u64, bytes: &[u8], message: &[u8]) -> Result<(), Violation> {
        let known = Header::parse(bytes);
        let expect = Expect {
            sender: self.role.peer(),
            compression: self.config.compression.is_some(),
            max_payload: self.config.max_frame,
        };
        let mut found = judge_header(&expect, offset, &known);
        if known.length.is_none() {
            // An extended length on a control frame breaks one of two rules; the length will tell which.
            found.retain(|v| v.rule != Rule::ControlTooLong);
        }
        let Some(first) = known.first else {
            return Ok(());
        };
        let rule = match (first.opcode, self.under_way) {
            (Opcode::Continuation, None) => Some(Rule::ContinuationUnexpected),
            (Opcode::Text | Opcode::Binary, Some(_)) => Some(Rule::MessageInterleaved),
            _ => None,
        };
        if let Some(rule) = rule {
            let at = found.partition_point(|v| v.at.start == offset);
            found.insert(
                at,
                Violation {
                    rule,
                    at: offset..offset + 1,
                    value: u64::from(first.opcode.bits()),
                },
            );
        }
        if let (None, Some(length)) = (found.first(), known.length)
            && !first.opcode.is_control()
            && !self.compressed(first.opcode, first.rsv1)
            && length > (self.config.max_message.saturating_sub(message.len())) as u64
        {
            let end = known.header_len().map_or(2, |n| n as u64);
            let key = if known.second.is_some_and(|s| s.masked) {
                4
            } else {
                0
            };
            found.push(Violation {
                rule: Rule::TooBig,
                at: offset + 1..offset + end - key,
                value: length,
            });
        }
        match found.into_iter().next() {
            Some(violation) => Err(violation),
            None => Ok(()),
        }
    }

    fn compressed(&self, opcode: Opcode, rsv1: bool) -> bool {
        match opcode {
            Opcode::Continuation => self.under_way.is_some_and(|m| m.compressed),
            _ => rsv1,
        }
    }

    fn kind(&self, opcode: Opcode) -> Kind {
        match (opcode, self.under_way) {
            (Opcode::Text, _) => Kind::Text,
            (Opcode::Continuation, Some(message)) => message.kind,
            _ => Kind::Binary,
        }
    }

    /// Validates a part of a text as it comes. `payload_at` is the place of the frame's payload in the stream.
    fn check_part(
        &mut self,
        current: &Current,
        fresh: &[u8],
        payload_at: u64,
    ) -> Result<(), Violation> {
        let Header { opcode, rsv1, .. } = current.header;
        let text = !opcode.is_control()
            && self.kind(opcode) == Kind::Text
            && !self.compressed(opcode, rsv1);
        if !text {
            return Ok(());
        }
        check_text(
            &mut self.validator,
            fresh,
            payload_at + current.done as u64,
            payload_at,
            false,
        )
    }

    /// A frame all of whose payload is there, unmasked. `None` where it is a fragment that ends nothing.
    fn complete(
        &mut self,
        current: &Current,
        payload: Range<usize>,
        input: &Input,
        message: &mut Vec<u8>,
    ) -> Result<Option<Step>, Violation> {
        let Header {
            fin, opcode, rsv1, ..
        } = current.header;
        match opcode {
            Opcode::Text if fin && !rsv1 => {
                self.validator = Default::default();
                let at = input.offset() + current.header_len as u64;
                Ok(Some(Step::Text { payload, at }))
            }
            Opcode::Binary if fin && !rsv1 => Ok(Some(Step::Binary(payload))),
            Opcode::Text | Opcode::Binary | Opcode::Continuation => {
                self.fragment(current, payload, input, message)
            }
            Opcode::Ping => {
                self.answer_ping(&input.bytes()[payload.clone()]);
                Ok(Some(Step::Ping(payload)))
            }
            Opcode::Pong => {
                self.clock.pong(&input.bytes()[payload.clone()]);
                Ok(Some(Step::Pong(payload)))
            }
            Opcode::Close => {
                let bytes = &input.bytes()[payload];
                let at = input.offset() + current.header_len as u64;
                if let Some(violation) = judge_payload(&current.header, bytes, at, false) {
                    return Err(violation);
                }
                let close = Close::read(bytes);
                self.answer_close(close.as_ref());
                Ok(Some(Step::Close(close)))
            }
            // The header was refused.
            Opcode::Reserved(_) => Ok(None),
        }
    }

    /// A frame whose payload has to be joined to others, or inflated.
    fn fragment(
        &mut self,
        current: &Current,
        payload: Range<usize>,
        input: &Input,
        message: &mut Vec<u8>,
    ) -> Result<Option<Step>, Violation> {
        let Header {
            fin, opcode, rsv1, ..
        } = current.header;
        let this = UnderWay {
            kind: self.kind(opcode),
            compressed: self.compressed(opcode, rsv1),
        };
        let at = input.offset() + current.header_len as u64;
        let end = at + payload.len() as u64;
        let bytes = &input.bytes()[payload];
        let fresh = if this.compressed {
            let before = message.len();
            self.inflate(bytes, fin, message)
                .map_err(|error| match error {
                    InflateError::Corrupt => (Rule::DeflateCorrupt, 0),
                    InflateError::TooBig(max) => (Rule::InflatesTooBig, max as u64),
                })
                .map_err(|(rule, value)| Violation {
                    rule,
                    at: at..end,
                    value,
                })?;
            before
        } else {
            message.extend_from_slice(bytes);
            message.len() - (bytes.len() - current.done)
        };
        if this.kind == Kind::Text {
            let from = at + current.done as u64;
            check_text(&mut self.validator, &message[fresh..], from, at, fin).map_err(|v| {
                // Inflated text has no place of its own in the stream: the frame stands for it.
                let at = if this.compressed { at..end } else { v.at };
                Violation { at, ..v }
            })?;
        }
        if fin {
            self.under_way = None;
            self.validator = Default::default();
            return Ok(Some(Step::Joined {
                kind: this.kind,
                at,
            }));
        }
        self.under_way = Some(this);
        Ok(None)
    }

    fn inflate(&mut self, bytes: &[u8], fin: bool, out: &mut Vec<u8>) -> Result<(), InflateError> {
        let max = self.config.max_message;
        let Some(params) = &self.config.compression else {
            // The header was refused.
            return Err(InflateError::Corrupt);
        };
        // An inflater takes tens of kilobytes, which a connection without compressed messages does not need.
        let sender = self.role.peer();
        let inflater = self
            .inflater
            .get_or_insert_with(|| Inflater::new(params, sender));
        inflater.push(bytes, out, max)?;
        if fin {
            inflater.finish(out, max)?;
        }
        Ok(())
    }

    fn failed(&mut self, input: &mut Input, violation: Violation) -> Step {
        input.discard();
        self.fail(&violation);
        Step::Failed(violation)
    }

    /// Fails the connection (RFC 6455 §7.1.7).
    pub(super) fn fail(&mut self, violation: &Violation) {
        self.closing.failed = Some(violation.clone());
        self.begin_close(Some(&Close {
            code: violation.rule.close_code(),
            reason: violation.rule.title().to_owned(),
        }));
    }
}

/// Validates the next piece of a text, which begins at `from` in the stream. The first byte of the sequence that is not
/// a character stands for what is wrong; `payload_at`, where the frame's payload begins, if that was in an earlier frame.
pub(super) fn check_text(
    validator: &mut Validator,
    bytes: &[u8],
    from: u64,
    payload_at: u64,
    last: bool,
) -> Result<(), Violation> {
    let before = *validator;
    let (back, value) = match validator.push(bytes) {
        Ok(()) if !last || validator.is_complete() => return Ok(()),
        Ok(()) => {
            let pending = validator.pending();
            (pending.len() as i64 - bytes.len() as i64, pending.first())
        }
        Err(0) if !before.is_complete() => {
            (before.pending().len() as i64, before.pending().first())
        }
        Err(wrong) => (-(wrong as i64), bytes.get(wrong)),
    };
    let start = from.saturating_add_signed(-back).max(payload_at);
    Err(Violation {
        rule: Rule::TextNotUtf8,
        at: start..start + 1,
        value: value.copied().map_or(0, u64::from),
    })
}
