//! One connection's bytes, read: the handshake, then frames both ways, and messages inflated.

use std::collections::VecDeque;

use wire::Role;
use wire::close::Close;
use wire::deflate::{InflateError, NAME, Params};
use wire::frame::Opcode;
use wire::handshake::{Request, Response, accept, head_len};
use wire::rule::{Rule, Violation};
use wire::session::Kind;
use wire::walk::{Walk, WalkedFrame, WalkedMessage};

use super::entry::{
    Answer, Answers, Body, EntryKind, FrameEntry, KEPT_BYTES, KEPT_TEXT, Message, Unread,
};
use super::trips::Mark;

/// Bytes of handshake without an end that are waited for.
const MAX_HEAD: usize = 64 * 1024;
/// Bytes that a message may have, inflated, unless set. The server's own limit is lower.
const MAX_MESSAGE: usize = 32 << 20;
/// Pings and messages whose answer is awaited.
const AWAITED: usize = 64;

/// What happened, and when, in microseconds.
pub type Timed = (u64, EntryKind);

/// Both directions of one connection.
#[derive(Debug)]
pub struct Streams {
    client: Lane,
    server: Lane,
    key: Option<String>,
    /// Bytes that a message may have, inflated.
    limit: usize,
    pings: VecDeque<(Vec<u8>, u64)>,
    messages: VecDeque<(Mark, u64)>,
}

#[derive(Debug)]
struct Lane {
    role: Role,
    at: At,
}

#[derive(Debug)]
enum At {
    /// In the handshake: the bytes so far, and when the first of them came.
    Head(Vec<u8>, u64),
    /// The client's bytes after its request, while the answer is not there yet.
    Held(Vec<u8>),
    /// In the frames.
    Frames(Box<Frames>),
    /// Not to be read any more.
    Stopped,
}

#[derive(Debug)]
struct Frames {
    walk: Walk,
    /// Bytes of the frame that is being read, at most [`KEPT_BYTES`] of them.
    raw: Vec<u8>,
    deflate: bool,
    limit: usize,
}

impl Default for Streams {
    fn default() -> Streams {
        let lane = |role| Lane {
            role,
            at: At::Head(Vec::new(), 0),
        };
        Streams {
            client: lane(Role::Client),
            server: lane(Role::Server),
            key: None,
            limit: MAX_MESSAGE,
            pings: VecDeque::new(),
            messages: VecDeque::new(),
        }
    }
}

impl Streams {
    /// Reads messages of at most this many bytes, inflated.
    pub fn with_limit(limit: usize) -> Streams {
        Streams {
            limit,
            ..Streams::default()
        }
    }

    /// Takes the next bytes that `from` sent.
    pub fn push(&mut self, from: Role, us: u64, bytes: &[u8]) -> Vec<Timed> {
        let mut out = Vec::new();
        match from {
            Role::Client => self.push_client(us, bytes, &mut out),
            Role::Server => self.push_server(us, bytes, &mut out),
        }
        out
    }

    /// Bytes of `from` are missing: where its next frame begins cannot be known.
    pub fn lost(&mut self, from: Role) {
        match from {
            Role::Client => self.client.at = At::Stopped,
            Role::Server => self.server.at = At::Stopped,
        }
    }

    fn push_client(&mut self, us: u64, bytes: &[u8], out: &mut Vec<Timed>) {
        match self.client.take_head(us, bytes) {
            Headed::Whole { head, rest, us } => match Request::parse(&head) {
                Ok(request) => {
                    self.key = request.head().value("sec-websocket-key").map(str::to_owned);
                    out.push((us, EntryKind::Request(request)));
                    self.client.at = At::Held(rest);
                }
                Err(error) => self.client.give_up(us, &error.message, &head, out),
            },
            Headed::Endless { head } => {
                self.client
                    .give_up(us, "no end of the request’s head", &head, out);
            }
            Headed::Not => self.frames(Role::Client, us, bytes, out),
        }
    }

    fn push_server(&mut self, us: u64, bytes: &[u8], out: &mut Vec<Timed>) {
        match self.server.take_head(us, bytes) {
            Headed::Whole { head, rest, us } => match Response::parse(&head) {
                Ok(response) => self.answered(us, response, rest, out),
                Err(error) => self.server.give_up(us, &error.message, &head, out),
            },
            Headed::Endless { head } => {
                self.server
                    .give_up(us, "no end of the answer’s head", &head, out);
            }
            Headed::Not => self.frames(Role::Server, us, bytes, out),
        }
    }

    fn answered(&mut self, us: u64, response: Response, rest: Vec<u8>, out: &mut Vec<Timed>) {
        let (deflate, trouble) = agreed(&response);
        let accepted = self.key.as_deref().is_some_and(|key| {
            response.head().value("sec-websocket-accept") == Some(accept(key).value.as_str())
        });
        let opened = response.status() == 101;
        let status = response.status();
        out.push((
            us,
            EntryKind::Response(Answer {
                response,
                accepted,
                deflate,
                trouble,
            }),
        ));
        if !opened {
            self.client.at = At::Stopped;
            self.server.at = At::Stopped;
            if !rest.is_empty() {
                let why = format!("the body of an answer with status {status}");
                self.server.give_up(us, &why, &rest, out);
            }
            return;
        }
        self.server.at = At::Frames(Box::new(Frames::new(Role::Server, deflate, self.limit)));
        let held = match &mut self.client.at {
            At::Held(held) => std::mem::take(held),
            _ => Vec::new(),
        };
        if !matches!(self.client.at, At::Stopped) {
            self.client.at = At::Frames(Box::new(Frames::new(Role::Client, deflate, self.limit)));
        }
        self.frames(Role::Client, us, &held, out);
        self.frames(Role::Server, us, &rest, out);
    }

    /// Reads frames, where `from` has come so far.
    fn frames(&mut self, from: Role, us: u64, bytes: &[u8], out: &mut Vec<Timed>) {
        let lane = match from {
            Role::Client => &mut self.client,
            Role::Server => &mut self.server,
        };
        let frames = match &mut lane.at {
            At::Held(held) if held.len() + bytes.len() <= MAX_HEAD => {
                held.extend_from_slice(bytes);
                return;
            }
            At::Held(_) => {
                let why = "sent before the handshake was answered";
                lane.give_up(us, why, bytes, out);
                return;
            }
            At::Frames(frames) => frames,
            _ => return,
        };
        let mut rest = bytes;
        while let Some((mut entry, mark)) = frames.next(from, &mut rest) {
            entry.answers = pair(&mut self.pings, &mut self.messages, &entry, mark, us);
            out.push((us, EntryKind::Frame(Box::new(entry))));
        }
        if frames.walk.stopped() {
            let violations = frames.walk.progress().violations;
            let why = violations.last().map_or_else(String::new, |v| v.message());
            let mut raw = std::mem::take(&mut frames.raw);
            raw.extend_from_slice(rest);
            lane.give_up(us, &why, &raw, out);
        }
    }
}

/// What the answer says of permessage-deflate, and why it cannot be understood.
fn agreed(response: &Response) -> (Option<Params>, Option<String>) {
    let extensions = match response.head().extensions() {
        Ok(extensions) => extensions,
        Err(error) => return (None, Some(error.to_string())),
    };
    match extensions.iter().find(|e| e.name == NAME) {
        None => (None, None),
        Some(extension) => match Params::from_answer(extension) {
            Ok(params) => (Some(params), None),
            Err(error) => (None, Some(error.to_string())),
        },
    }
}

/// Finds what a frame answers, and remembers what will be answered.
fn pair(
    pings: &mut VecDeque<(Vec<u8>, u64)>,
    messages: &mut VecDeque<(Mark, u64)>,
    entry: &FrameEntry,
    mark: Option<Mark>,
    us: u64,
) -> Option<Answers> {
    match (entry.from, entry.header.opcode, mark) {
        (Role::Server, Opcode::Ping, _) => {
            remember(pings, (entry.payload.to_vec(), us));
            None
        }
        (Role::Client, Opcode::Pong, _) => {
            // Only the latest of several pings need be answered (RFC 6455 §5.5.3).
            let i = pings
                .iter()
                .rposition(|(sent, _)| sent[..] == entry.payload[..])?;
            let (_, sent) = pings.drain(..=i).next_back()?;
            Some(Answers::Ping(us.saturating_sub(sent)))
        }
        (Role::Client, _, Some(mark)) => {
            remember(messages, (mark, us));
            None
        }
        (Role::Server, _, Some(mark)) => {
            let i = messages.iter().position(|(sent, _)| *sent == mark)?;
            let (_, sent) = messages.drain(..=i).next_back()?;
            Some(Answers::Message(us.saturating_sub(sent)))
        }
        _ => None,
    }
}

fn remember<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == AWAITED {
        queue.pop_front();
    }
    queue.push_back(item);
}

enum Headed {
    Whole {
        head: Vec<u8>,
        rest: Vec<u8>,
        us: u64,
    },
    Endless {
        head: Vec<u8>,
    },
    Not,
}

impl Lane {
    /// Collects the handshake's head. What it gives as the rest came after the head.
    fn take_head(&mut self, us: u64, bytes: &[u8]) -> Headed {
        let At::Head(head, first) = &mut self.at else {
            return Headed::Not;
        };
        if head.is_empty() {
            *first = us;
        }
        head.extend_from_slice(bytes);
        match head_len(head) {
            Some(end) => {
                let rest = head.split_off(end);
                Headed::Whole {
                    head: std::mem::take(head),
                    rest,
                    us: *first,
                }
            }
            None if head.len() > MAX_HEAD => Headed::Endless {
                head: std::mem::take(head),
            },
            None => Headed::Not,
        }
    }

    fn give_up(&mut self, us: u64, why: &str, bytes: &[u8], out: &mut Vec<Timed>) {
        self.at = At::Stopped;
        out.push((
            us,
            EntryKind::Unread(Unread {
                from: self.role,
                why: why.to_owned(),
                bytes: bytes[..bytes.len().min(KEPT_TEXT)].into(),
            }),
        ));
    }
}

impl Frames {
    fn new(role: Role, deflate: Option<Params>, limit: usize) -> Frames {
        Frames {
            walk: Walk::new(role)
                .with_compression(deflate.map(Into::into))
                .with_max_payload(limit as u64)
                .with_max_message(limit),
            raw: Vec::new(),
            deflate: deflate.is_some(),
            limit,
        }
    }

    /// The next frame that is complete, and the mark of the message that it completes.
    fn next(&mut self, from: Role, rest: &mut &[u8]) -> Option<(FrameEntry, Option<Mark>)> {
        let before = *rest;
        let walked = self.walk.next_frame(rest);
        let taken = &before[..before.len() - rest.len()];
        let room = KEPT_BYTES.saturating_sub(self.raw.len());
        self.raw.extend_from_slice(&taken[..taken.len().min(room)]);
        let walked = walked?;
        let raw = std::mem::take(&mut self.raw);
        let mark = walked.message.as_ref().map(mark);
        Some((entry(from, &walked, raw, self.deflate, self.limit), mark))
    }
}

fn mark(message: &WalkedMessage<'_>) -> Mark {
    Mark::of(message.kind == Kind::Text, message.bytes)
}

/// What the timeline says of a frame.
fn entry(
    from: Role,
    walked: &WalkedFrame<'_>,
    raw: Vec<u8>,
    deflate: bool,
    limit: usize,
) -> FrameEntry {
    let frame = walked.frame;
    let header = frame.header;
    let from_its_start = |violation: &Violation| Violation {
        at: violation.at.start.saturating_sub(frame.offset)
            ..violation.at.end.saturating_sub(frame.offset),
        ..violation.clone()
    };
    FrameEntry {
        from,
        header,
        raw: raw.into(),
        payload: frame.payload[..frame.payload.len().min(KEPT_TEXT)].into(),
        violations: frame.violations.iter().map(from_its_start).collect(),
        trouble: walked.in_sequence.and_then(out_of_place),
        fragment: walked.fragment,
        message: walked.message.as_ref().map(|message| read(message, limit)),
        close: (header.opcode == Opcode::Close)
            .then(|| Close::read(&frame.payload))
            .flatten(),
        answers: None,
        deflate,
    }
}

/// What is wrong with a frame's place among the others.
fn out_of_place(violation: &Violation) -> Option<&'static str> {
    match violation.rule {
        Rule::ContinuationUnexpected => {
            Some("It goes on with a message, but none has begun (RFC 6455 §5.4).")
        }
        Rule::MessageInterleaved => {
            Some("It begins a message, but the one before has not ended (RFC 6455 §5.4).")
        }
        // The message says so.
        _ => None,
    }
}

/// What a message holds, as far as it is kept.
fn read(message: &WalkedMessage<'_>, limit: usize) -> Message {
    let mut trouble = match message.broken.map(|violation| violation.rule) {
        Some(Rule::TooBig) => Some(format!("more than {limit} bytes")),
        Some(Rule::InflatesTooBig) => Some(InflateError::TooBig(limit).to_string()),
        Some(Rule::DeflateCorrupt) => Some(InflateError::Corrupt.to_string()),
        // Where the text goes wrong is said by those who read it.
        _ => None,
    };
    let text = (message.kind == Kind::Text).then(|| Body::text(message.bytes));
    let body = match text {
        Some(Ok(body)) => body,
        Some(Err(why)) => {
            trouble.get_or_insert(why);
            Body::binary(message.bytes)
        }
        None => Body::binary(message.bytes),
    };
    Message {
        body,
        len: message.bytes.len() as u64,
        deflated: message.compressed.then_some(message.payload_len),
        frames: message.frames,
        trouble,
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
