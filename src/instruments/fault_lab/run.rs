//! One run of a fault: what the script was told, what the tap saw, and what both say together. No clock, no browser.

use std::rc::Rc;

use protocol::{TapEvent, TapRecord};
use wire::Role;
use wire::decode::Decoder;
use wire::frame::Opcode;
use wire::handshake::{
    Asked, DEFAULT_MAX_HEAD, Finding, Request, Response, head_len, judge_response,
};
use wire::rule::Violation;
use wire::session::{Config, Event, Session};

use super::faults::FaultNotes;
use super::prediction::{Code, Fires, Prediction, Sent};
use crate::live::api::role;
use crate::live::entry::{CloseInfo, Entry, EntryKind, FrameEntry};
use crate::live::record::Record;

/// Bytes that this page inflates of one message. A browser lets nobody set such a limit; our own decoder has one.
pub const LIMIT: usize = 1 << 20;
/// Bytes of one direction that are kept to be judged. No fault sends more.
const KEPT: usize = 256 << 10;

/// How far a run has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// The server is asked for a wire.
    Asking,
    /// The browser shakes hands.
    Connecting,
    /// It was open, and something may still happen.
    Watching,
    /// It was open for long enough, and still is.
    Quiet,
    /// The page has called `close()` on a connection that was left open.
    Closing,
    /// Over.
    Done,
    /// It never was what it should have been; why.
    Failed(String),
}

/// What happened to the script.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// `open`.
    Open,
    /// `message`.
    Message {
        /// Whether it was text.
        text: bool,
        /// Its bytes.
        len: u64,
    },
    /// `error`.
    Error,
    /// `close`.
    Close(CloseInfo),
    /// Not an event: the page called `close()`.
    Called(u16),
}

/// A line of what happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// An event, and when, in milliseconds of the page's clock since `new WebSocket`.
    Script(f64, Said),
    /// What the tap saw.
    Wire(Rc<Entry>),
}

/// One run.
#[derive(Debug)]
pub struct Run {
    /// What the server does.
    pub fault: &'static FaultNotes,
    /// What the reader said before.
    pub prediction: Prediction,
    /// Whether the bytes can be seen.
    pub tapped: bool,
    /// How far it has come.
    pub phase: Phase,
    record: Record,
    script: Vec<(f64, Said)>,
    /// When the connection had been quiet for long enough, in the same milliseconds. What comes later is the doing of
    /// the reader, or of the server whose patience is over, and not the browser's answer to the fault.
    pub quiet_ms: Option<f64>,
    from_client: Vec<u8>,
    from_server: Vec<u8>,
    /// The tap could not tell everything.
    blind: bool,
}

/// What the browser did, all of it measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Whether `open` fired.
    pub opened: bool,
    /// The length of each message that the script got, in bytes.
    pub messages: Vec<u64>,
    /// Whether `error` fired.
    pub error: bool,
    /// What the close event said, where the browser ended the connection by itself.
    pub told: Option<CloseInfo>,
    /// What it sent of its own accord; nothing is known of that without a tap.
    pub sent: Option<Sent>,
}

impl Seen {
    /// The answer to the first question.
    pub fn fires(&self) -> Fires {
        match (self.messages.is_empty(), &self.told, self.error) {
            (false, _, _) => Fires::Message,
            (true, Some(_), true) => Fires::ErrorClose,
            (true, Some(_), false) => Fires::Close,
            (true, None, _) => Fires::Nothing,
        }
    }

    /// The answer to the second.
    pub fn code(&self) -> Code {
        self.told.as_ref().map(|told| told.code)
    }
}

/// What is wrong with what the server sent, found in the bytes that the tap saw.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A frame breaks a rule.
    Frame(Violation),
    /// The answer to the handshake does not fulfil a requirement.
    Head(Finding),
}

impl Run {
    /// A run that begins now.
    pub fn new(fault: &'static FaultNotes, prediction: Prediction, tapped: bool) -> Run {
        Run {
            fault,
            prediction,
            tapped,
            phase: if tapped {
                Phase::Asking
            } else {
                Phase::Connecting
            },
            record: Record::of_one(LIMIT),
            script: Vec::new(),
            quiet_ms: None,
            from_client: Vec::new(),
            from_server: Vec::new(),
            blind: false,
        }
    }

    /// Whether something may still happen without the reader.
    pub fn is_under_way(&self) -> bool {
        matches!(
            self.phase,
            Phase::Asking | Phase::Connecting | Phase::Watching
        )
    }

    /// Whether there is something to judge.
    pub fn is_settled(&self) -> bool {
        matches!(self.phase, Phase::Quiet | Phase::Closing | Phase::Done)
    }

    /// An event fired `ms` after `new WebSocket`, or the page called `close()`.
    pub fn script(&mut self, ms: f64, said: Said) {
        match said {
            Said::Open => self.phase = Phase::Watching,
            Said::Called(_) => self.phase = Phase::Closing,
            _ => {}
        }
        self.script.push((ms, said));
    }

    /// Whether the close event has fired.
    pub fn closed(&self) -> bool {
        self.script
            .iter()
            .any(|(_, said)| matches!(said, Said::Close(_)))
    }

    /// The tap tells something.
    pub fn tap(&mut self, event: TapEvent) {
        match &event {
            TapEvent::Bytes(TapRecord { from, bytes, .. }) => {
                let kept = match role(*from) {
                    Role::Client => &mut self.from_client,
                    Role::Server => &mut self.from_server,
                };
                let room = KEPT.saturating_sub(kept.len());
                self.blind |= bytes.len() > room;
                kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            TapEvent::Lost(_) => self.blind = true,
            TapEvent::End(_) => {}
        }
        self.record.tap(event);
    }

    /// The tap tells no more, although it has not come to its end.
    pub fn lose_sight(&mut self, why: String) {
        self.blind = true;
        self.record.add(None, EntryKind::TapLost(why));
    }

    /// Nothing more is waited for.
    pub fn settle(&mut self, ms: f64) {
        let opened = self.observe().opened;
        self.phase = if let Some(why) = self.trouble(opened) {
            Phase::Failed(why)
        } else if self.closed() {
            Phase::Done
        } else {
            self.quiet_ms.get_or_insert(ms);
            Phase::Quiet
        };
    }

    /// The page lets go of the connection: what was left open is watched no longer.
    pub fn release(&mut self) {
        if matches!(self.phase, Phase::Quiet | Phase::Closing) {
            self.phase = Phase::Done;
        }
    }

    /// Why this was no run of the fault at all.
    fn trouble(&self, opened: bool) -> Option<String> {
        let status = self.head().map(|(_, response)| response.status());
        match status {
            Some(101) => None,
            Some(status) => Some(format!(
                "The server did not run the fault: it answered with status {status}."
            )),
            // Without a tap the page knows no more than the script.
            None if opened => None,
            None if self.fault.in_handshake() && !self.tapped => None,
            None => Some(
                "The connection failed before the fault: the server is gone, or its lab has no place left. Try again in a moment."
                    .to_owned(),
            ),
        }
    }

    fn head(&self) -> Option<(Request, Response)> {
        let request = Request::parse(&self.from_client[..head_len(&self.from_client)?]).ok()?;
        let response = Response::parse(&self.from_server[..head_len(&self.from_server)?]).ok()?;
        Some((request, response))
    }

    /// The heads of the handshake as text, for the editor that judges them.
    pub fn heads(&self) -> Option<(String, String)> {
        let (request, response) = self.head()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        Some((text(request.head().bytes()), text(response.head().bytes())))
    }

    /// What the browser did.
    pub fn observe(&self) -> Seen {
        let mut seen = Seen {
            opened: false,
            messages: Vec::new(),
            error: false,
            told: None,
            sent: (self.tapped && !self.blind).then(|| self.sent()),
        };
        let quiet = self.quiet_ms.unwrap_or(f64::INFINITY);
        for (_, said) in self.script.iter().take_while(|(ms, _)| *ms <= quiet) {
            match said {
                Said::Open => seen.opened = true,
                Said::Message { len, .. } => seen.messages.push(*len),
                Said::Called(_) => {}
                Said::Error => seen.error = true,
                Said::Close(told) => seen.told = Some(told.clone()),
            }
        }
        seen
    }

    /// When the page called `close()`.
    fn called(&self) -> Option<f64> {
        self.script
            .iter()
            .find(|(_, said)| matches!(said, Said::Called(_)))
            .map(|(ms, _)| *ms)
    }

    /// How long the browser has waited for the answer to its close frame, in milliseconds, and what came of it.
    pub fn waited(&self, now_ms: f64) -> Option<(f64, Option<&CloseInfo>)> {
        let called = self.called()?;
        let told = self.script.iter().find_map(|(ms, said)| match said {
            Said::Close(told) => Some((*ms, told)),
            _ => None,
        });
        Some(match told {
            Some((ms, told)) => (ms - called, Some(told)),
            None => ((now_ms - called).max(0.0), None),
        })
    }

    /// What the client's frames say. On a connection that fell quiet first, a close frame is the page's.
    fn sent(&self) -> Sent {
        let Some(head) = head_len(&self.from_client) else {
            return Sent::Nothing;
        };
        let frames = Decoder::new(Role::Client).push(&self.from_client[head..]);
        let close = frames.iter().find(|f| f.header.opcode == Opcode::Close);
        match close {
            Some(frame) if self.quiet_ms.is_none() => {
                match wire::close::Close::read(&frame.payload) {
                    Some(close) => Sent::Close(close.code.0),
                    None => Sent::Bare,
                }
            }
            _ => Sent::Nothing,
        }
    }

    /// What is wrong with what the server sent.
    pub fn found(&self) -> Option<Found> {
        let (request, response) = self.head()?;
        let asked = Asked::of(&request);
        let verdict = judge_response(&Ok(response), &asked, DEFAULT_MAX_HEAD);
        if let Some(finding) = verdict.broken() {
            return Some(Found::Head(finding.clone()));
        }
        let config = Config {
            compression: verdict.deflate.map(Into::into),
            max_message: LIMIT,
            ..Config::default()
        };
        // It answers into a buffer that nobody sends, so any key will do.
        let mut client = Session::client(config, || [0; 4]);
        client.receive(&self.from_server[head_len(&self.from_server)?..]);
        while let Some(event) = client.next_event() {
            if let Event::Failed(violation) = event {
                return Some(Found::Frame(violation));
            }
        }
        None
    }

    /// The server's frames, and which of them, from 0, is the broken one.
    pub fn frames(&self) -> (Vec<Rc<Entry>>, Option<usize>) {
        let from_server = |entry: &&Rc<Entry>| matches!(&entry.kind, EntryKind::Frame(frame) if frame.from == Role::Server);
        let frames: Vec<_> = self
            .record
            .entries()
            .iter()
            .filter(from_server)
            .cloned()
            .collect();
        let mut at = 0;
        let broken = match self.found() {
            Some(Found::Frame(violation)) => frames.iter().position(|entry| {
                at += frame_of(entry).map_or(0, FrameEntry::wire_len);
                violation.at.start < at
            }),
            _ => None,
        };
        (frames, broken)
    }

    /// The line of the tap with this id.
    pub fn entry(&self, id: u64) -> Option<&Rc<Entry>> {
        self.record.get(id)
    }

    /// Everything that happened.
    ///
    /// Page and server have clocks of their own, so their lines are put in the order that cause and effect ask for: an
    /// event follows the frame that it is about, and the last ones follow what the browser sent with them.
    pub fn lines(&self) -> Vec<Line> {
        let mut out = Vec::new();
        let mut script = self.script.iter().peekable();
        let mut take = |out: &mut Vec<Line>, wanted: fn(&Said) -> bool, most: usize| {
            for _ in 0..most {
                let Some((ms, said)) = script.next_if(|(_, said)| wanted(said)) else {
                    break;
                };
                out.push(Line::Script(*ms, said.clone()));
            }
        };
        for entry in self.record.entries() {
            match &entry.kind {
                EntryKind::Frame(frame)
                    if frame.from == Role::Client && frame.header.opcode == Opcode::Close =>
                {
                    take(&mut out, |said| matches!(said, Said::Called(_)), 1);
                }
                EntryKind::End(why) if !why.contains("by server") => {
                    take(&mut out, |_| true, usize::MAX)
                }
                _ => {}
            }
            out.push(Line::Wire(entry.clone()));
            match &entry.kind {
                EntryKind::Response(_) => take(&mut out, |said| *said == Said::Open, 1),
                EntryKind::Frame(frame) if frame.from == Role::Server && frame.header.fin => {
                    take(&mut out, |said| matches!(said, Said::Message { .. }), 1);
                }
                _ => {}
            }
        }
        take(&mut out, |_| true, usize::MAX);
        out
    }
}

/// The frame of a line, where it is one.
pub fn frame_of(entry: &Entry) -> Option<&FrameEntry> {
    match &entry.kind {
        EntryKind::Frame(frame) => Some(frame),
        _ => None,
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
pub mod tests;
