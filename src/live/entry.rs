//! What a timeline holds.

use std::rc::Rc;

use wire::Role;
use wire::close::Close;
use wire::deflate::Params;
use wire::frame::{Header, Opcode};
use wire::handshake::{Request, Response};
use wire::rule::Violation;

/// Bytes of one frame that are kept as they crossed. More are counted, not kept.
pub const KEPT_BYTES: usize = 64 * 1024;
/// Bytes of a message that are kept for reading.
pub const KEPT_TEXT: usize = 4 * 1024;

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Counts the lines, from 0, over all connections.
    pub id: u64,
    /// Which connection, from 1.
    pub connection: u32,
    /// Microseconds since the connection was accepted, by the server's clock; without a tap, since it was asked for,
    /// by the page's.
    pub us: Option<u64>,
    /// What happened.
    pub kind: EntryKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryKind {
    /// The opening handshake's request.
    Request(Request),
    /// The answer to it.
    Response(Answer),
    /// A frame.
    Frame(Box<FrameEntry>),
    /// A message, as a script sees it: without bytes.
    ScriptMessage(ScriptMessage),
    /// Bytes that are neither a handshake nor frames.
    Unread(Unread),
    /// Bytes that the tap could not keep.
    Lost(Lost),
    /// The TCP connection's end, as the server saw it.
    End(String),
    /// The tap itself broke off.
    TapLost(String),
    /// The browser says that the connection is open: all that a script learns of the handshake.
    Opened(Opened),
    /// What the browser told the script at the end.
    CloseInfo(CloseInfo),
}

/// The answer to a handshake, and what the page thinks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// As it came.
    pub response: Response,
    /// Whether `Sec-WebSocket-Accept` is what the page derives from the request's key.
    pub accepted: bool,
    /// What permessage-deflate was agreed on.
    pub deflate: Option<Params>,
    /// Why the answer's extensions cannot be understood.
    pub trouble: Option<String>,
}

/// A frame as it crossed.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameEntry {
    /// Who sent it.
    pub from: Role,
    /// Its header.
    pub header: Header,
    /// Its bytes, at most [`KEPT_BYTES`] of them.
    pub raw: Rc<[u8]>,
    /// Its payload without the mask, at most [`KEPT_TEXT`] bytes.
    pub payload: Rc<[u8]>,
    /// What is wrong with it, counted from its own first byte.
    pub violations: Vec<Violation>,
    /// What is wrong with it in its place between the others.
    pub trouble: Option<&'static str>,
    /// Which fragment of its message, from 1; nothing for a message of one frame.
    pub fragment: Option<u32>,
    /// The message that it completes.
    pub message: Option<Message>,
    /// What a close frame says.
    pub close: Option<Close>,
    /// What it answers.
    pub answers: Option<Answers>,
    /// Whether permessage-deflate was agreed on.
    pub deflate: bool,
}

impl FrameEntry {
    /// Bytes of the frame on the wire.
    pub fn wire_len(&self) -> u64 {
        self.header.len() as u64 + self.header.length
    }

    /// Whether [`FrameEntry::raw`] is all of it.
    pub fn is_whole(&self) -> bool {
        self.raw.len() as u64 == self.wire_len()
    }

    /// Whether it comes and goes without anybody asking.
    pub fn is_heartbeat(&self) -> bool {
        matches!(self.header.opcode, Opcode::Ping | Opcode::Pong)
    }
}

/// A message: one frame's payload or several's, inflated where it was compressed.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its text or bytes, as far as kept.
    pub body: Body,
    /// Bytes of all of it, inflated.
    pub len: u64,
    /// Payload bytes on the wire, where it was compressed.
    pub deflated: Option<u64>,
    /// Frames that carried it.
    pub frames: u32,
    /// Why it cannot be read.
    pub trouble: Option<String>,
}

/// What a message holds, at most [`KEPT_TEXT`] bytes of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Text, and how many characters all of it has.
    Text(Rc<str>, u64),
    /// Bytes.
    Binary(Rc<[u8]>),
}

impl Body {
    /// The text of `bytes`, all of them, or why they are none.
    pub fn text(bytes: &[u8]) -> Result<Body, String> {
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                let mut end = text.len().min(KEPT_TEXT);
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                Ok(Body::Text(text[..end].into(), text.chars().count() as u64))
            }
            Err(error) => Err(format!("not UTF-8 from byte {} on", error.valid_up_to())),
        }
    }

    /// Bytes.
    pub fn binary(bytes: &[u8]) -> Body {
        Body::Binary(bytes[..bytes.len().min(KEPT_TEXT)].into())
    }

    /// Bytes that are kept.
    pub fn kept(&self) -> usize {
        match self {
            Body::Text(text, _) => text.len(),
            Body::Binary(bytes) => bytes.len(),
        }
    }
}

/// What a frame is the answer to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answers {
    /// The ping that was sent this many microseconds before.
    Ping(u64),
    /// The message that was read this many microseconds before.
    Message(u64),
}

/// A message as the browser hands it over.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptMessage {
    /// Who sent it.
    pub from: Role,
    /// What it holds.
    pub body: Body,
    /// Bytes of all of it.
    pub len: u64,
}

/// Bytes that are neither a handshake nor frames.
#[derive(Clone, Debug, PartialEq)]
pub struct Unread {
    /// Who sent them.
    pub from: Role,
    /// Why they are not read.
    pub why: String,
    /// The first of them.
    pub bytes: Rc<[u8]>,
}

/// What the tap could not keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lost {
    /// Records, where they are known.
    pub records: Option<u64>,
    /// Bytes from the client.
    pub client: u64,
    /// Bytes from the server.
    pub server: u64,
}

/// What a script learns of a handshake.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The subprotocol, empty without one.
    pub protocol: String,
    /// The extensions, as the browser writes them.
    pub extensions: String,
}

/// What a script is told at the end.
#[derive(Clone, Debug, PartialEq)]
pub struct CloseInfo {
    /// The close code; 1005 and 1006 are the browser's own.
    pub code: u16,
    /// The reason.
    pub reason: String,
    /// Whether close frames went both ways.
    pub clean: bool,
}

impl EntryKind {
    /// Who sent it, where it is something that was sent.
    pub fn from(&self) -> Option<Role> {
        match self {
            EntryKind::Request(_) => Some(Role::Client),
            EntryKind::Response(_) => Some(Role::Server),
            EntryKind::Frame(frame) => Some(frame.from),
            EntryKind::ScriptMessage(seen) => Some(seen.from),
            EntryKind::Unread(unread) => Some(unread.from),
            EntryKind::Lost(_)
            | EntryKind::End(_)
            | EntryKind::TapLost(_)
            | EntryKind::Opened(_)
            | EntryKind::CloseInfo(_) => None,
        }
    }

    /// Whether it comes and goes without anybody asking, so that nobody's eye should be drawn to it.
    pub fn is_heartbeat(&self) -> bool {
        matches!(self, EntryKind::Frame(frame) if frame.is_heartbeat() && frame.violations.is_empty())
    }

    /// About how many bytes of memory it takes.
    pub fn cost(&self) -> usize {
        let held = match self {
            EntryKind::Request(request) => request.head().bytes().len(),
            EntryKind::Response(answer) => answer.response.head().bytes().len(),
            EntryKind::Frame(frame) => {
                let message = frame.message.as_ref().map_or(0, |m| m.body.kept());
                frame.raw.len() + frame.payload.len() + message
            }
            EntryKind::ScriptMessage(seen) => seen.body.kept(),
            EntryKind::Unread(unread) => unread.bytes.len(),
            _ => 0,
        };
        held + 256
    }
}
