//! From the peer's bytes to events.

use std::ops::Range;

use super::Core;
use super::input::Input;
use super::send::Kind;
use crate::Role;
use crate::close::Close;
use crate::deflate::InflateError;
use crate::frame::{Header, LengthForm, Opcode};
use crate::judgement::{
    Limits, insert_by_place, judge_header, judge_payload, judge_place, judge_size,
};
use crate::mask;
use crate::rule::{Rule, Violation, wrong_utf8};
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
        message: MessageInProgress,
        at: u64,
    },
    /// The same, but in the buffer for what was complete when it came.
    Ready(Kind),
    Ping(Range<usize>),
    Pong(Range<usize>),
    Close(Option<Close>),
    Failed(Violation),
}

/// A data frame whose payload is taken as it comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Current {
    header: Header,
    pub(super) message: MessageInProgress,
    /// Bytes of the payload that have been taken.
    done: usize,
    /// Where its payload begins in the stream.
    payload_at: u64,
}

/// The message of which a part has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct MessageInProgress {
    pub(super) kind: Kind,
    pub(super) compressed: bool,
}

/// What has come of a message that is not in one piece.
#[derive(Debug, Default)]
pub(super) struct Reassembly {
    /// Text as it was sent. It is validated piece by piece on the way in, and not again.
    pub(super) text: String,
    /// Binary as it was sent: the first `length` bytes. Those after it are left over from earlier, so that a payload can
    /// be unmasked into its place without clearing the place first.
    binary: Vec<u8>,
    length: usize,
    /// Anything inflated.
    pub(super) inflated: Vec<u8>,
}

/// Bytes that are unmasked, validated and joined at a time: few enough to stay in the processor's first cache.
const PIECE: usize = 16 << 10;

/// Bytes that an empty buffer may keep for the next message.
const KEEP: usize = 4 << 20;

impl Reassembly {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.inflated.clear();
        self.length = 0;
        self.text.shrink_to(KEEP);
        self.inflated.shrink_to(KEEP);
        if self.binary.len() > KEEP {
            self.binary = Vec::new();
        }
    }

    pub(super) fn binary(&self) -> &[u8] {
        &self.binary[..self.length]
    }

    /// Appends a piece of a binary payload that begins at `done` in it, unmasked with `key`.
    fn push_binary(&mut self, key: Option<[u8; 4]>, done: usize, piece: &[u8], expect: usize) {
        let end = self.length + piece.len();
        if self.binary.len() < end {
            self.binary
                .resize(end.max(self.length + expect).next_power_of_two(), 0);
        }
        let place = &mut self.binary[self.length..end];
        match key {
            Some(key) => mask::copy(key, done as u64, piece, place),
            None => place.copy_from_slice(piece),
        }
        self.length = end;
    }
}

impl Core {
    pub(super) fn step(&mut self, input: &mut Input, reassembly: &mut Reassembly) -> Option<Step> {
        if let Some(kind) = self.ready.take() {
            return Some(Step::Ready(kind));
        }
        loop {
            if let Some(violation) = self.found.take() {
                return Some(self.failed(input, violation));
            }
            if !self.closing.listens() {
                return None;
            }
            let step = match self.current {
                Some(current) => {
                    let left = current.header.length as usize - current.done;
                    let piece = left.min(input.rest().len()).min(PIECE);
                    if piece == 0 && left > 0 {
                        return None;
                    }
                    let step = self.data(current, input.rest_mut(piece), reassembly);
                    input.take(piece);
                    step
                }
                None => {
                    let (header, header_len) =
                        match self.begin(input.offset(), input.rest(), reassembly) {
                            Ok(Some(begun)) => begun,
                            Ok(None) => return None,
                            Err(violation) => return Some(self.failed(input, violation)),
                        };
                    let have = input.rest().len() - header_len;
                    let whole = have as u64 >= header.length;
                    if header.opcode.is_control() {
                        if !whole {
                            return None;
                        }
                        self.control(header, header_len, input)
                    } else if whole
                        && header.fin
                        && !self.compressed(&header)
                        && self.in_progress.is_none()
                    {
                        let length = header.length as usize;
                        let start = input.at() + header_len;
                        let payload = start..start + length;
                        let at = input.offset() + header_len as u64;
                        if let Some(key) = header.key {
                            mask::apply(key, 0, &mut input.bytes_mut()[payload.clone()]);
                        }
                        input.take(header_len + length);
                        Ok(Some(match header.opcode {
                            Opcode::Text => Step::Text { payload, at },
                            _ => Step::Binary(payload),
                        }))
                    } else {
                        input.take(header_len);
                        self.start(header, input.offset());
                        Ok(None)
                    }
                }
            };
            match step {
                Ok(None) => {}
                Ok(step) => return step,
                Err(violation) => return Some(self.failed(input, violation)),
            }
        }
    }

    /// Reads the header of the next frame. `None` when more bytes are needed.
    fn begin(
        &self,
        offset: u64,
        rest: &[u8],
        reassembly: &Reassembly,
    ) -> Result<Option<(Header, usize)>, Violation> {
        let [first, second, ..] = *rest else {
            return match rest {
                [] => Ok(None),
                _ => self.judge(offset, rest, reassembly).map(|()| None),
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
            return self.judge(offset, rest, reassembly).map(|()| None);
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
                    self.in_progress.is_none() && length <= self.config.max_message as u64
                }
                Opcode::Ping | Opcode::Pong | Opcode::Close => header.fin && length <= 125,
                Opcode::Continuation | Opcode::Reserved(_) => false,
            };
        if !plain {
            self.judge(offset, bytes, reassembly)?;
        }
        Ok(Some((header, header_len)))
    }

    /// Whether a header, as far as it has come, is one that may stand here. The rule that is broken first by place wins,
    /// so that it does not matter how the bytes were cut.
    fn judge(&self, offset: u64, bytes: &[u8], reassembly: &Reassembly) -> Result<(), Violation> {
        let known = Header::parse(bytes);
        let limits = Limits {
            sender: self.role.peer(),
            compression: self.config.compression.is_some(),
            max_payload: self.config.max_frame,
        };
        let mut found = judge_header(&limits, offset, &known);
        if known.length.is_none() {
            // An extended length on a control frame breaks one of two rules; the length will tell which.
            found.retain(|v| v.rule != Rule::ControlTooLong);
        }
        let Some(first) = known.first else {
            return Ok(());
        };
        if let Some(violation) = judge_place(offset, first.opcode, self.in_progress.is_some()) {
            insert_by_place(&mut found, violation);
        }
        let compressed = match first.opcode {
            Opcode::Continuation => self.in_progress.is_some_and(|m| m.compressed),
            _ => first.rsv1,
        };
        // What a compressed message comes to is only known once it is inflated.
        let so_far = reassembly.text.len() + self.validator.pending().len() + reassembly.length;
        if let (None, Some(length), Some(second)) = (found.first(), known.length, known.second)
            && !first.opcode.is_control()
            && !compressed
        {
            let room = self.config.max_message.saturating_sub(so_far);
            found.extend(judge_size(offset, length, second.form, room));
        }
        match found.into_iter().next() {
            Some(violation) => Err(violation),
            None => Ok(()),
        }
    }

    fn compressed(&self, header: &Header) -> bool {
        match header.opcode {
            Opcode::Continuation => self.in_progress.is_some_and(|m| m.compressed),
            _ => header.rsv1,
        }
    }

    fn kind(&self, opcode: Opcode) -> Kind {
        match (opcode, self.in_progress) {
            (Opcode::Text, _) => Kind::Text,
            (Opcode::Continuation, Some(message)) => message.kind,
            _ => Kind::Binary,
        }
    }

    /// A control frame all of which is there.
    fn control(
        &mut self,
        header: Header,
        header_len: usize,
        input: &mut Input,
    ) -> Result<Option<Step>, Violation> {
        let start = input.at() + header_len;
        let payload = start..start + header.length as usize;
        let at = input.offset() + header_len as u64;
        if let Some(key) = header.key {
            mask::apply(key, 0, &mut input.bytes_mut()[payload.clone()]);
        }
        let bytes = &input.bytes()[payload.clone()];
        let step = match header.opcode {
            Opcode::Ping => {
                self.answer_ping(bytes);
                Step::Ping(payload)
            }
            Opcode::Close => {
                if let Some(violation) = judge_payload(&header, bytes, at, false) {
                    return Err(violation);
                }
                let close = Close::read(bytes);
                self.answer_close(close.as_ref());
                Step::Close(close)
            }
            _ => {
                self.clock.pong(bytes);
                Step::Pong(payload)
            }
        };
        input.take(header_len + header.length as usize);
        if let Step::Close(_) = step {
            input.discard();
        }
        Ok(Some(step))
    }

    /// Begins to take the payload of a data frame as it comes.
    fn start(&mut self, header: Header, payload_at: u64) {
        let message = MessageInProgress {
            kind: self.kind(header.opcode),
            compressed: self.compressed(&header),
        };
        self.current = Some(Current {
            header,
            message,
            done: 0,
            payload_at,
        });
    }

    /// Takes what has just come, as long as it belongs to messages that do not come whole, without a detour through the
    /// input. A message that ends on the way moves to `ready`. Gives how much was taken.
    pub(super) fn consume_payload(
        &mut self,
        bytes: &[u8],
        input: &mut Input,
        reassembly: &mut Reassembly,
        ready: &mut Reassembly,
    ) -> usize {
        let mut taken = 0;
        if !input.rest().is_empty() {
            return 0;
        }
        while self.found.is_none() {
            let rest = &bytes[taken..];
            let Some(current) = self.current else {
                // Whatever else there is to say about the next frame is said once it is in the input.
                let Ok(Some((header, header_len))) = self.begin(input.offset(), rest, reassembly)
                else {
                    break;
                };
                let whole = (rest.len() - header_len) as u64 >= header.length;
                if whole || header.opcode.is_control() || self.compressed(&header) {
                    break;
                }
                input.skip(header_len);
                taken += header_len;
                self.start(header, input.offset());
                continue;
            };
            let left = current.header.length as usize - current.done;
            if current.message.compressed || (rest.is_empty() && left > 0) {
                break;
            }
            let length = left.min(rest.len());
            let done = self.take_payload(current, &rest[..length], reassembly);
            input.skip(done);
            taken += done;
            if self.found.is_some() || done < left {
                break;
            }
            if !current.header.fin {
                self.in_progress = Some(current.message);
            } else if self.ready.is_none() {
                std::mem::swap(reassembly, ready);
                self.ready = Some(current.message.kind);
                self.in_progress = None;
                self.validator = Validator::default();
            } else {
                break;
            }
            self.current = None;
        }
        taken
    }

    /// Takes a part of a payload from where it lies. Gives how much: all of it, unless it breaks a rule.
    fn take_payload(
        &mut self,
        current: Current,
        payload: &[u8],
        reassembly: &mut Reassembly,
    ) -> usize {
        let Current {
            header, message, ..
        } = current;
        let at = current.payload_at;
        let mut done = current.done;
        let mut unmasked = [0; PIECE];
        if done == 0 && message.kind == Kind::Text {
            reassembly.text.reserve(first_room(&header));
        }
        for piece in payload.chunks(PIECE) {
            let from = done;
            done += piece.len();
            if message.kind == Kind::Binary {
                reassembly.push_binary(header.key, from, piece, first_room(&header));
                continue;
            }
            let text = match header.key {
                Some(key) => {
                    mask::copy(key, from as u64, piece, &mut unmasked);
                    &unmasked[..piece.len()]
                }
                None => piece,
            };
            let last = header.fin && done as u64 == header.length;
            let all = Some(&mut reassembly.text);
            let from = at + from as u64;
            self.found = check_text(&mut self.validator, text, all, from, at, last).err();
            if self.found.is_some() {
                break;
            }
        }
        self.current = Some(Current { done, ..current });
        done - current.done
    }

    /// The next piece of a data frame whose payload is not used where it lies.
    fn data(
        &mut self,
        current: Current,
        piece: &mut [u8],
        reassembly: &mut Reassembly,
    ) -> Result<Option<Step>, Violation> {
        let MessageInProgress { kind, compressed } = current.message;
        let key = current.header.key;
        let at = current.payload_at;
        let from = at + current.done as u64;
        let done = current.done + piece.len();
        let ends_frame = done as u64 == current.header.length;
        let ends_message = ends_frame && current.header.fin;
        if !compressed && kind == Kind::Binary {
            reassembly.push_binary(key, current.done, piece, first_room(&current.header));
        } else {
            if let Some(key) = key {
                mask::apply(key, current.done as u64, piece);
            }
            if compressed {
                // Inflated bytes have no place of their own in the stream: the frame's first byte of payload stands for
                // them.
                let at = at..at + 1;
                let before = reassembly.inflated.len();
                let inflated = self.inflate(piece, ends_message, &mut reassembly.inflated);
                if kind == Kind::Text {
                    // What has come out comes first, also when what follows cannot be inflated.
                    let fresh = &reassembly.inflated[before..];
                    let last = ends_message && inflated.is_ok();
                    check_text(&mut self.validator, fresh, None, 0, 0, last).map_err(|v| {
                        let at = at.clone();
                        Violation { at, ..v }
                    })?;
                }
                inflated.map_err(|(rule, value)| Violation { rule, at, value })?;
            } else {
                if current.done == 0 {
                    reassembly.text.reserve(first_room(&current.header));
                }
                let text = Some(&mut reassembly.text);
                check_text(&mut self.validator, piece, text, from, at, ends_message)?;
            }
        }
        self.current = (!ends_frame).then_some(Current { done, ..current });
        if ends_frame {
            self.in_progress = (!ends_message).then_some(current.message);
        }
        if !ends_message {
            return Ok(None);
        }
        self.validator = Validator::default();
        Ok(Some(Step::Joined {
            message: current.message,
            at,
        }))
    }

    /// The error is a rule and the value that broke it.
    fn inflate(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), (Rule, u64)> {
        let max = self.config.max_message;
        let Some(compression) = &self.config.compression else {
            // The header was refused.
            return Err((Rule::DeflateCorrupt, 0));
        };
        // An inflater takes tens of kilobytes, which a connection without compressed messages does not need.
        let sender = self.role.peer();
        let inflater = self
            .inflater
            .get_or_insert_with(|| compression.inflater(sender));
        let mut result = inflater.push(bytes, out, max);
        if last {
            result = result.and_then(|()| inflater.finish(out, max));
        }
        result.map_err(|error| match error {
            InflateError::Corrupt => (Rule::DeflateCorrupt, 0),
            InflateError::TooBig(max) => (Rule::InflatesTooBig, max as u64),
        })
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

/// Room to make when a frame begins: for all of it, unless only its header says that it is large.
fn first_room(header: &Header) -> usize {
    header.length.min(1 << 20) as usize
}

/// Validates the next piece of a text, which begins at `from` in the stream, and appends it to `text` where that is given.
/// The first byte of the sequence that is not a character stands for what is wrong; `payload_at`, where the frame's
/// payload begins, if that was in an earlier frame.
pub(crate) fn check_text(
    validator: &mut Validator,
    bytes: &[u8],
    text: Option<&mut String>,
    from: u64,
    payload_at: u64,
    last: bool,
) -> Result<(), Violation> {
    let before = *validator;
    let checked = match text {
        Some(text) => validator.collect(bytes, text),
        None => validator.push(bytes),
    };
    let (start, first, missing) = match checked {
        Ok(()) if !last || validator.is_complete() => return Ok(()),
        Ok(()) => {
            let pending = validator.pending();
            let end = from + bytes.len() as u64;
            (
                end.saturating_sub(pending.len() as u64),
                pending.first(),
                validator.next().missing,
            )
        }
        Err(0) if !before.is_complete() => {
            let pending = before.pending();
            (
                from.saturating_sub(pending.len() as u64),
                pending.first(),
                0,
            )
        }
        Err(wrong) => (from + wrong as u64, bytes.get(wrong), 0),
    };
    let start = start.max(payload_at);
    Err(Violation {
        rule: Rule::TextNotUtf8,
        at: start..start + 1,
        value: wrong_utf8(first.copied(), missing),
    })
}
