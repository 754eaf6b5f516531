//! The walk over the frames of a stream: every frame with its header, the rules it breaks, and what its receiver makes of
//! it (RFC 6455 §5–§8, RFC 7692).
//!
//! A [`Session`](crate::session::Session) is an endpoint and stops at the first broken rule. A [`Walk`] reads on, as
//! someone does who looks at a capture, at bytes that were pasted or at a live connection: it says where a session would
//! have stopped ([`Walk::outcome`]), and goes on joining and inflating messages behind that place as far as they can be
//! read. Each header is parsed once and each payload is read once.
//!
//! ```
//! use wire::Role;
//! use wire::walk::{Reception, ReceiverOutcome, Walk};
//! // "Hel" and "lo" in two fragments, a ping in between, and a continuation of nothing.
//! let mut bytes: &[u8] = b"\x01\x03Hel\x89\x00\x80\x02lo\x80\x01!";
//! let mut walk = Walk::new(Role::Server);
//! let mut seen = Vec::new();
//! while let Some(frame) = walk.next_frame(&mut bytes) {
//!     seen.push(match frame.reception {
//!         Reception::Message => frame.message.map(|m| m.bytes.to_vec()).unwrap_or_default(),
//!         Reception::Failure(violation) => violation.rule.name().into(),
//!         other => format!("{other:?}").into_bytes(),
//!     });
//! }
//! assert_eq!(seen, [&b"Fragment"[..], b"Ping", b"Hello", b"continuation-unexpected"]);
//! assert!(matches!(walk.outcome(), ReceiverOutcome::Failed(3, _)));
//! ```
//!
//! | part | what it is for |
//! | --- | --- |
//! | [`Walk`] | any stream, also one that is still coming |
//! | [`FrameIndex`] | bytes that are there as a whole: where each frame lies, which are broken, what becomes of their receiver |
//! | [`frame_ranges`] | the same bytes by their headers alone, where nothing is to be judged |

mod index;
mod ranges;
mod receiver;

use std::ops::Range;

use crate::Role;
use crate::close::Close;
use crate::decode::{Decoder, Progress};
use crate::deflate::Decompression;
use crate::frame::Frame;
use crate::judgement::insert_by_place;
use crate::rule::Violation;
use crate::session::Kind;

pub use index::{FrameIndex, FrameIndexer, FrameSummary};
pub use ranges::{FrameRanges, frame_ranges};

use receiver::Receiver;

/// The default limit on a message, in bytes, inflated where it was compressed: 64 MiB, a session's.
pub const DEFAULT_MAX_MESSAGE: usize = 64 << 20;

/// What becomes of a receiver that reads a stream from its first byte on. Frames are numbered from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReceiverOutcome {
    /// The receiver reads on.
    #[default]
    Reads,
    /// The receiver got a close frame, this one, and reads no more (RFC 6455 §5.5.1).
    Closed(u64),
    /// The receiver fails the connection at this frame, for this reason (RFC 6455 §7.1.7).
    Failed(u64, Violation),
    /// The walk followed the receiver as far as this frame: more than [`Walk::with_max_inflated`] came out of compressed
    /// messages.
    NotFollowed(u64),
}

/// What a receiver does with one frame. A frame's [`message`](WalkedFrame::message) is what can be read of it, also
/// where the receiver has stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reception<'a> {
    /// The receiver keeps the payload until the rest of the message comes (RFC 6455 §5.4).
    Fragment,
    /// The frame completes a message, which goes to the application.
    Message,
    /// A ping, to be answered with a pong (RFC 6455 §5.5.2).
    Ping,
    /// A pong, asked for or not (RFC 6455 §5.5.3).
    Pong,
    /// A close frame, and what it says (RFC 6455 §5.5.1).
    Close(Option<Close>),
    /// The receiver fails the connection here (RFC 6455 §7.1.7).
    Failure(&'a Violation),
    /// The receiver has stopped reading at an earlier frame, or was not followed as far as here.
    Unread,
}

/// A frame in its place among the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkedFrame<'a> {
    /// The number of the frame in the stream, from 0.
    pub number: u64,
    /// Header, place, payload, and the rules that the frame breaks by itself.
    pub frame: &'a Frame,
    /// The rule that the frame breaks by what came before it: fragments out of order, a message that is too big, text
    /// that is not UTF-8 only once it is joined, compressed data that cannot be inflated.
    pub in_sequence: Option<&'a Violation>,
    /// Which fragment of its message the frame is, from 1. `None` for a message in one frame, and outside of messages.
    pub fragment: Option<u32>,
    /// The message that the frame completes, as far as it can be read.
    pub message: Option<WalkedMessage<'a>>,
    /// What the receiver does with the frame.
    pub reception: Reception<'a>,
}

impl WalkedFrame<'_> {
    /// The bytes of the stream that the frame takes.
    pub fn range(&self) -> Range<u64> {
        self.frame.offset..self.frame.offset.saturating_add(self.frame.wire_len())
    }

    /// All the rules that the frame breaks, by itself and by its place among the others, in the order of their places.
    pub fn violations(&self) -> Vec<Violation> {
        let mut all = self.frame.violations.clone();
        if let Some(violation) = self.in_sequence {
            insert_by_place(&mut all, violation.clone());
        }
        all
    }
}

/// A message, joined and inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkedMessage<'a> {
    /// What kind of message it is.
    pub kind: Kind,
    /// What the message holds; where `broken` is set, as much of that as came out.
    pub bytes: &'a [u8],
    /// Whether the message came compressed (RFC 7692).
    pub compressed: bool,
    /// Bytes of payload in its frames, as they crossed the wire.
    pub payload_len: u64,
    /// Frames that carried the message.
    pub frames: u32,
    /// Why the message cannot be read, or not all of it: not UTF-8, not deflate, or too big.
    pub broken: Option<&'a Violation>,
}

/// A walk over the frames that one end sends. See the [module](self).
#[derive(Debug)]
pub struct Walk {
    decoder: Decoder,
    receiver: Receiver,
    /// The frame that was complete last, from which its payload is lent.
    last: Option<Frame>,
    /// The number of the frame that is being read.
    number: u64,
}

impl Walk {
    /// A walk over what `sender` sends, from the first byte after the handshake on, without extensions.
    pub fn new(sender: Role) -> Walk {
        Walk {
            decoder: Decoder::new(sender),
            receiver: Receiver::new(sender),
            last: None,
            number: 0,
        }
    }

    /// What the handshake agreed on for permessage-deflate; `None` where nothing was agreed on.
    pub fn with_compression(mut self, agreed: Option<Decompression>) -> Walk {
        self.decoder = self.decoder.with_compression(agreed.is_some());
        self.receiver.compression = agreed;
        self
    }

    /// The limit on one frame's payload, in bytes. Where a header announces more, the walk stops: see
    /// [`Walk::stopped`].
    pub fn with_max_payload(mut self, bytes: u64) -> Walk {
        self.decoder = self.decoder.with_max_payload(bytes);
        self
    }

    /// The limit on a message, in bytes, inflated where it was compressed.
    pub fn with_max_message(mut self, bytes: usize) -> Walk {
        self.receiver.max_message = bytes;
        self
    }

    /// The limit on what all compressed messages together inflate to, in bytes; none unless set. A few kilobytes can
    /// stand for gigabytes. Behind the limit frames are still found and judged, but nothing is inflated.
    pub fn with_max_inflated(mut self, bytes: u64) -> Walk {
        self.receiver.max_inflated = bytes;
        self
    }

    /// Takes bytes of the stream up to the end of a frame, and gives that frame. `None` once all of them are taken and
    /// no frame is complete, or when the walk has [stopped](Walk::stopped).
    ///
    /// Any way of cutting the stream gives the same frames and the same outcome.
    pub fn next_frame(&mut self, bytes: &mut &[u8]) -> Option<WalkedFrame<'_>> {
        self.receiver.clear_lent();
        let Some(frame) = self.decoder.next_frame(bytes) else {
            self.last = None;
            self.receiver.partial(self.number, &self.decoder);
            return None;
        };
        let frame = &*self.last.insert(frame);
        let number = self.number;
        self.number += 1;
        Some(self.receiver.complete(number, frame))
    }

    /// What becomes of the receiver, as far as the stream has come. A rule that an unfinished frame breaks already
    /// counts.
    pub fn outcome(&self) -> &ReceiverOutcome {
        &self.receiver.outcome
    }

    /// How far the frame that is being read has come: its place, what is known of its header, its payload so far, what
    /// comes next, and the rules that its header breaks already.
    pub fn progress(&self) -> Progress<'_> {
        self.decoder.progress()
    }

    /// Frames that were complete.
    pub fn count(&self) -> u64 {
        self.number
    }

    /// Whether the walk has stopped, since a length breaks a rule and nothing after it can be found.
    /// [`Walk::progress`] has the violation.
    pub fn stopped(&self) -> bool {
        self.decoder.stopped()
    }
}
