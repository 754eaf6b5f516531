//! Exercises without end: a question about WebSockets from a kind, a level and a seed, with its choices, an explanation of
//! each, and the way to the answer, step by step.
//!
//! | module | what it asks |
//! | --- | --- |
//! | `read_frame` | what a frame is, from its bytes |
//! | `header_length` | how long the header or the frame is |
//! | `unmask_byte` | what a byte of the payload is under its mask |
//! | `broken_rule` | which rule a chain of frames breaks |
//! | `close_code` | which code a close frame carries, or an end reports |
//! | `accepted_handshake` | who takes a handshake |
//! | `next_in_exchange` | what may or has to come next |
//! | `backoff_delay` | what a client's next wait lies between |
//! | `heartbeat_notice` | when a heartbeat finds a dead connection |
//!
//! The same kind, level and seed give the same exercise on every machine, so a link with a seed gives a class the same
//! questions. Nothing here does I/O, reads a clock or draws a number that no seed decides.
//!
//! In all texts, what stands between two backticks is code; nothing else is markup.
//!
//! ```
//! use exercises::{Kind, Level, exercise};
//! let made = exercise(Kind::HeaderLength, Level::First, 7);
//! assert_eq!(made, exercise(Kind::HeaderLength, Level::First, 7));
//! assert_eq!(made.choices.iter().filter(|choice| choice.right).count(), 1);
//! ```
#![forbid(unsafe_code)]

mod accepted_handshake;
mod backoff_delay;
mod broken_rule;
mod choices;
mod close_code;
mod draw;
mod frame_spec;
mod header_length;
mod heartbeat_notice;
mod next_in_exchange;
mod read_frame;
mod unmask_byte;
mod words;

use draw::Draw;
use wire::Role;

/// What an exercise asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What a frame is: opcode, FIN, MASK and length, from its bytes.
    ReadFrame,
    /// How many bytes a header or a frame takes, or where the next frame begins.
    HeaderLength,
    /// What one byte of a masked payload is.
    UnmaskByte,
    /// Which rule a chain of frames breaks, if any.
    BrokenRule,
    /// Which close code stands in a frame, is sent, or is reported to a page.
    CloseCode,
    /// Which of the two ends take a handshake.
    AcceptedHandshake,
    /// What an end may or has to send after the frames so far.
    NextInExchange,
    /// What the next wait of a client that reconnects lies between.
    BackoffDelay,
    /// When a heartbeat finds that a connection is dead.
    HeartbeatNotice,
}

impl Kind {
    /// All kinds, in the order of their chapters.
    pub const ALL: [Kind; 9] = [
        Kind::AcceptedHandshake,
        Kind::ReadFrame,
        Kind::HeaderLength,
        Kind::UnmaskByte,
        Kind::BrokenRule,
        Kind::NextInExchange,
        Kind::CloseCode,
        Kind::HeartbeatNotice,
        Kind::BackoffDelay,
    ];

    /// A stable name for addresses and storage, such as `read-frame`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::ReadFrame => "read-frame",
            Kind::HeaderLength => "header-length",
            Kind::UnmaskByte => "unmask-byte",
            Kind::BrokenRule => "broken-rule",
            Kind::CloseCode => "close-code",
            Kind::AcceptedHandshake => "accepted-handshake",
            Kind::NextInExchange => "next-in-exchange",
            Kind::BackoffDelay => "backoff-delay",
            Kind::HeartbeatNotice => "heartbeat-notice",
        }
    }

    /// The kind of this [`name`](Kind::name).
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// A few words for people.
    pub fn title(self) -> &'static str {
        match self {
            Kind::ReadFrame => "Read this frame",
            Kind::HeaderLength => "How long is it?",
            Kind::UnmaskByte => "Unmask a byte",
            Kind::BrokenRule => "Which rule is broken?",
            Kind::CloseCode => "Which close code?",
            Kind::AcceptedHandshake => "Who accepts this handshake?",
            Kind::NextInExchange => "What comes next?",
            Kind::BackoffDelay => "How long is the next wait?",
            Kind::HeartbeatNotice => "When does the heartbeat notice?",
        }
    }

    /// The path of the chapter that explains it, such as `/frames`.
    pub fn chapter(self) -> &'static str {
        match self {
            Kind::ReadFrame | Kind::HeaderLength | Kind::UnmaskByte | Kind::BrokenRule => "/frames",
            Kind::NextInExchange => "/messages",
            Kind::CloseCode => "/closing",
            Kind::AcceptedHandshake => "/handshake",
            Kind::BackoffDelay => "/reconnecting",
            Kind::HeartbeatNotice => "/heartbeat",
        }
    }
}

/// How hard an exercise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// One idea, small numbers.
    First,
    /// Two ideas at once: masks, more than one frame, limits.
    Second,
    /// Extended lengths, fragments with control frames between them, bounds, and what is easily overlooked.
    Third,
}

impl Level {
    /// All levels, the easiest first.
    pub const ALL: [Level; 3] = [Level::First, Level::Second, Level::Third];

    /// 1, 2 or 3, for addresses and storage.
    pub fn number(self) -> u8 {
        match self {
            Level::First => 1,
            Level::Second => 2,
            Level::Third => 3,
        }
    }

    /// The level of this [`number`](Level::number).
    pub fn numbered(number: u8) -> Option<Level> {
        Level::ALL
            .into_iter()
            .find(|level| level.number() == number)
    }
}

/// An exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// What it asks for.
    pub kind: Kind,
    /// How hard it is.
    pub level: Level,
    /// The seed that it was made from.
    pub seed: u64,
    /// The question.
    pub text: String,
    /// What the question is about, where words are not enough.
    pub figure: Option<Figure>,
    /// Three to five choices in an order that the seed decides. Exactly one is right; no two have the same text.
    pub choices: Vec<Choice>,
    /// The way to the answer, with the numbers of this exercise.
    pub steps: Vec<String>,
    /// Where the answer is written.
    pub section: Section,
    /// A path and query in the site that shows the answer, such as `/frames?hex=8100&from=server&step=1`.
    pub link: String,
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Bytes of one direction, as they cross the wire. They may end before their last frame does.
    Bytes {
        /// The bytes.
        bytes: Vec<u8>,
        /// The end that sends them.
        from: Role,
    },
    /// Lines of text, such as a handshake, or frames of both directions. Lines end in `\n`.
    Text(String),
}

/// One of several answers to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The answer.
    pub text: String,
    /// Whether it is right.
    pub right: bool,
    /// Why it is right, or which mistake leads to it.
    pub explanation: String,
}

/// A section of an RFC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// The RFC's number, such as 6455.
    pub rfc: u16,
    /// The section's number, such as `5.2`.
    pub number: &'static str,
}

impl Section {
    /// A section of RFC 6455.
    pub(crate) const fn of_6455(number: &'static str) -> Section {
        Section { rfc: 6455, number }
    }
}

/// An exercise without what it was made from.
pub(crate) struct Made {
    pub text: String,
    pub figure: Option<Figure>,
    pub choices: Vec<Choice>,
    pub steps: Vec<String>,
    pub section: Section,
    pub link: String,
}

/// Makes an exercise. Any seed will do.
pub fn exercise(kind: Kind, level: Level, seed: u64) -> Exercise {
    let draw = &mut Draw::new(kind, level, seed);
    let made = match kind {
        Kind::ReadFrame => read_frame::make(level, draw),
        Kind::HeaderLength => header_length::make(level, draw),
        Kind::UnmaskByte => unmask_byte::make(level, draw),
        Kind::BrokenRule => broken_rule::make(level, draw),
        Kind::CloseCode => close_code::make(level, draw),
        Kind::AcceptedHandshake => accepted_handshake::make(level, draw),
        Kind::NextInExchange => next_in_exchange::make(level, draw),
        Kind::BackoffDelay => backoff_delay::make(level, draw),
        Kind::HeartbeatNotice => heartbeat_notice::make(level, draw),
    };
    Exercise {
        kind,
        level,
        seed,
        text: made.text,
        figure: made.figure,
        choices: made.choices,
        steps: made.steps,
        section: made.section,
        link: made.link,
    }
}
