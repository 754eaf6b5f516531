//! The receiver that a walk follows, and the messages it joins. Unlike a session it reads on behind a broken rule.

use super::{DEFAULT_MAX_MESSAGE, ReceiverOutcome, Reception, WalkedFrame, WalkedMessage};
use crate::Role;
use crate::close::Close;
use crate::decode::Decoder;
use crate::deflate::{Decompression, Inflate, InflateError};
use crate::frame::{Frame, Header, Opcode};
use crate::judgement::{insert_by_place, judge_place, judge_size};
use crate::rule::{Rule, Violation};
use crate::session::{Kind, check_text};
use crate::utf8::Validator;

/// Bytes that an empty buffer may keep for the next message.
const KEEP: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct Receiver {
    sender: Role,
    pub(super) compression: Option<Decompression>,
    pub(super) max_message: usize,
    pub(super) max_inflated: u64,
    pub(super) outcome: ReceiverOutcome,
    /// Made for the first compressed message.
    inflater: Option<Box<dyn Inflate>>,
    /// Bytes that have come out of it in all.
    inflated: u64,
    /// The message of which a part has come.
    open: Option<OpenMessage>,
    /// The message that was completed last, until its borrow is over.
    done: Option<OpenMessage>,
    /// The content of the message above, where it is not in one frame as it is.
    content: Vec<u8>,
    frame: CurrentFrame,
    /// The rule that the frame which was completed last breaks by what came before it.
    in_sequence: Option<Violation>,
}

/// What is known of the frame that is being read.
#[derive(Debug, Default)]
struct CurrentFrame {
    /// Whether the header has been judged as a whole, and the frame has its place in a message, if it is of one.
    begun: bool,
    /// Whether the payload belongs to the open message.
    in_message: bool,
    /// Bytes of the payload that have been taken.
    taken: usize,
    /// The first rule that the frame breaks by what came before it.
    in_sequence: Option<Violation>,
}

#[derive(Debug)]
struct OpenMessage {
    kind: Kind,
    compressed: bool,
    frames: u32,
    payload_len: u64,
    validator: Validator,
    broken: Option<Violation>,
    /// Whether its content is collected. Bytes of a text that is not UTF-8 are; bytes that are too many, or cannot be
    /// inflated, are not. `false` without a broken rule is a message that the walk does not follow.
    collects: bool,
}

impl Receiver {
    pub(super) fn new(sender: Role) -> Receiver {
        Receiver {
            sender,
            compression: None,
            max_message: DEFAULT_MAX_MESSAGE,
            max_inflated: u64::MAX,
            outcome: ReceiverOutcome::Reads,
            inflater: None,
            inflated: 0,
            open: None,
            done: None,
            content: Vec::new(),
            frame: CurrentFrame::default(),
            in_sequence: None,
        }
    }

    /// Once the borrow of a frame is over, its message can go.
    pub(super) fn clear_lent(&mut self) {
        if self.done.take().is_some() {
            self.clear_content();
        }
    }

    fn clear_content(&mut self) {
        self.content.clear();
        self.content.shrink_to(KEEP);
    }

    fn reads(&self) -> bool {
        self.outcome == ReceiverOutcome::Reads
    }

    fn fail(&mut self, number: u64, violation: &Violation) {
        if self.reads() {
            self.outcome = ReceiverOutcome::Failed(number, violation.clone());
        }
    }

    /// The frame has come as far as `decoder` has it.
    pub(super) fn partial(&mut self, number: u64, decoder: &Decoder) {
        let (header, payload) = decoder.arrived();
        if !self.frame.begun {
            let progress = decoder.progress();
            let (at, known) = (progress.offset, progress.known);
            let Some(first) = known.first else { return };
            let mut found = progress.violations;
            if known.length.is_none() {
                // An extended length on a control frame breaks one of two rules; the length will tell which.
                found.retain(|v| v.rule != Rule::ControlTooLong);
            }
            if let Some(place) = judge_place(at, first.opcode, self.open.is_some()) {
                insert_by_place(&mut found, place);
            }
            let compressed = self.is_compressed(first.opcode, first.rsv1);
            if let (Some(length), Some(second)) = (known.length, known.second)
                && found.is_empty()
            {
                let room = self.room(first.opcode, compressed);
                found.extend(room.and_then(|room| judge_size(at, length, second.form, room)));
            }
            if let Some(first) = found.first() {
                self.fail(number, first);
            }
            if let Some(header) = header {
                self.begin(&header, at);
            }
        }
        if let Some(header) = header
            && self.frame.in_message
        {
            let at = decoder.offset() + header.len() as u64;
            self.take(number, &header, payload, at, false);
        }
    }

    /// The frame has come as a whole.
    pub(super) fn complete<'a>(&'a mut self, number: u64, frame: &'a Frame) -> WalkedFrame<'a> {
        let header = &frame.header;
        let payload_at = frame.payload_offset();
        if !self.frame.begun {
            self.begin(header, frame.offset);
        }
        let (text, other): (Vec<&Violation>, Vec<&Violation>) = frame
            .violations
            .iter()
            .partition(|v| v.rule == Rule::TextNotUtf8);
        let first = other.into_iter().chain(&self.frame.in_sequence);
        if let Some(first) = first.min_by_key(|v| v.at.start).cloned() {
            self.fail(number, &first);
        }
        let as_it_is = self.takes_as_it_is(header);
        if as_it_is {
            if let (Some(message), [wrong]) = (&mut self.open, &text[..]) {
                let wrong = narrowed(wrong);
                message.broken = Some(wrong.clone());
                self.fail(number, &wrong);
            }
        } else if self.frame.in_message {
            self.take(number, header, &frame.payload, payload_at, true);
        }
        let current = std::mem::take(&mut self.frame);
        let own = |rule| frame.violations.iter().any(|v| v.rule == rule);
        self.in_sequence = current.in_sequence.filter(|v| !own(v.rule));
        let mut fragment = None;
        if current.in_message
            && let Some(message) = &self.open
        {
            fragment = (message.frames > 1 || !header.fin).then_some(message.frames);
            if header.fin {
                self.done = self.open.take();
            }
        }
        let close = (header.opcode == Opcode::Close).then(|| Close::read(&frame.payload));
        let was_read = match &self.outcome {
            ReceiverOutcome::Reads => true,
            ReceiverOutcome::Failed(at, _) => *at == number,
            ReceiverOutcome::Closed(_) | ReceiverOutcome::NotFollowed(_) => false,
        };
        if self.reads() && close.is_some() {
            self.outcome = ReceiverOutcome::Closed(number);
        }
        let reception = match &self.outcome {
            _ if !was_read => Reception::Unread,
            ReceiverOutcome::Failed(_, violation) => Reception::Failure(violation),
            _ => match header.opcode {
                Opcode::Ping => Reception::Ping,
                Opcode::Pong => Reception::Pong,
                Opcode::Close => Reception::Close(close.flatten()),
                _ if header.fin => Reception::Message,
                _ => Reception::Fragment,
            },
        };
        let known = |m: &&OpenMessage| m.collects || m.broken.is_some();
        let message = self
            .done
            .as_ref()
            .filter(known)
            .map(|message| WalkedMessage {
                kind: message.kind,
                bytes: if as_it_is {
                    &frame.payload
                } else {
                    &self.content
                },
                compressed: message.compressed,
                payload_len: message.payload_len,
                frames: message.frames,
                broken: message.broken.as_ref(),
            });
        WalkedFrame {
            number,
            frame,
            in_sequence: self.in_sequence.as_ref(),
            fragment,
            message,
            reception,
        }
    }

    fn is_compressed(&self, opcode: Opcode, rsv1: bool) -> bool {
        match opcode {
            Opcode::Continuation => self.open.as_ref().is_some_and(|m| m.compressed),
            _ => rsv1,
        }
    }

    /// The bytes that a data frame may add to its message, where that can be said before it is inflated.
    fn room(&self, opcode: Opcode, compressed: bool) -> Option<usize> {
        match opcode {
            _ if compressed => None,
            Opcode::Text | Opcode::Binary => Some(self.max_message),
            Opcode::Continuation => Some(self.max_message.saturating_sub(self.content.len())),
            _ => None,
        }
    }

    /// Gives the frame its place in a message, once its header is whole.
    fn begin(&mut self, header: &Header, at: u64) {
        self.frame.begun = true;
        let in_sequence = judge_place(at, header.opcode, self.open.is_some());
        let compressed = self.is_compressed(header.opcode, header.rsv1);
        let room = self.room(header.opcode, compressed);
        let too_big = room.and_then(|r| judge_size(at, header.length, header.length_form, r));
        let inflates = compressed && self.compression.is_some();
        match header.opcode {
            Opcode::Text | Opcode::Binary => {
                // The message before, if one was not complete, is lost.
                self.clear_content();
                self.open = Some(OpenMessage {
                    kind: match header.opcode {
                        Opcode::Text => Kind::Text,
                        _ => Kind::Binary,
                    },
                    compressed: inflates,
                    frames: 0,
                    payload_len: 0,
                    validator: Validator::default(),
                    broken: None,
                    collects: !inflates || self.inflated <= self.max_inflated,
                });
            }
            Opcode::Continuation => {}
            _ => return,
        }
        if let Some(message) = &mut self.open {
            self.frame.in_message = true;
            message.frames += 1;
            message.payload_len += header.length;
            if let Some(too_big) = &too_big {
                message.broken.get_or_insert(too_big.clone());
                message.collects = false;
            }
        }
        self.frame.in_sequence = in_sequence.or(too_big);
    }

    /// Whether the frame is a message by itself and all of it came at once: then there is nothing to join or inflate,
    /// and the frame's own violations say whether it is UTF-8.
    fn takes_as_it_is(&self, header: &Header) -> bool {
        let whole = |m: &OpenMessage| m.frames == 1 && !m.compressed && m.collects;
        header.fin
            && self.frame.in_message
            && self.frame.taken == 0
            && self.open.as_ref().is_some_and(whole)
    }

    /// Takes what is new of `payload`, which is all that has come of it and begins at `at` in the stream.
    fn take(&mut self, number: u64, header: &Header, payload: &[u8], at: u64, whole: bool) {
        let piece = &payload[self.frame.taken..];
        let from = at + self.frame.taken as u64;
        if piece.is_empty() && !whole {
            return;
        }
        self.frame.taken = payload.len();
        let ends = whole && header.fin;
        let Some(mut message) = self.open.take() else {
            return;
        };
        let found = if message.compressed {
            self.inflate(number, &mut message, piece, at, ends)
        } else {
            if message.collects {
                self.content.extend_from_slice(piece);
            }
            match message.kind {
                Kind::Text if message.broken.is_none() => {
                    check_text(&mut message.validator, piece, None, from, at, ends).err()
                }
                _ => None,
            }
        };
        if let Some(found) = found {
            self.fail(number, &found);
            self.frame.in_sequence.get_or_insert(found.clone());
            message.broken.get_or_insert(found);
        }
        self.open = Some(message);
    }

    /// Inflates a piece of a payload. Inflated bytes have no place of their own in the stream: the frame's first byte of
    /// payload stands for them.
    fn inflate(
        &mut self,
        number: u64,
        message: &mut OpenMessage,
        piece: &[u8],
        at: u64,
        ends: bool,
    ) -> Option<Violation> {
        let compression = self.compression.as_ref()?;
        if !message.collects {
            if message.broken.is_none() && self.reads() {
                self.outcome = ReceiverOutcome::NotFollowed(number);
            }
            return None;
        }
        let inflater = self
            .inflater
            .get_or_insert_with(|| compression.inflater(self.sender));
        let before = self.content.len();
        let mut result = inflater.push(piece, &mut self.content, self.max_message);
        if ends {
            result = result.and_then(|()| inflater.finish(&mut self.content, self.max_message));
        }
        let fresh = &self.content[before..];
        self.inflated += fresh.len() as u64;
        let at = at..at + 1;
        let mut found = None;
        if message.kind == Kind::Text && message.broken.is_none() {
            // What has come out comes first, also when what follows cannot be inflated.
            let last = ends && result.is_ok();
            let checked = check_text(&mut message.validator, fresh, None, 0, 0, last);
            found = checked.err().map(|v| Violation {
                at: at.clone(),
                ..v
            });
        }
        if let Err(error) = result {
            message.collects = false;
            let (rule, value) = match error {
                InflateError::Corrupt => (Rule::DeflateCorrupt, 0),
                InflateError::TooBig(max) => (Rule::InflatesTooBig, max as u64),
            };
            found.get_or_insert(Violation { rule, at, value });
        }
        found
    }
}

/// The violation with the one byte at which a session stops.
fn narrowed(violation: &Violation) -> Violation {
    Violation {
        at: violation.at.start..violation.at.start + 1,
        ..violation.clone()
    }
}
