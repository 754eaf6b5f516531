//! The frames of a source, found and judged once, so that a step through megabytes costs no more than one through five
//! bytes.

use std::ops::Range;

use wire::Role;
use wire::decode::Need;
use wire::deflate::Params;
use wire::frame::{Field, Header, Opcode};
use wire::rule::{Rule, Violation};
use wire::session::{Config, Event, Session};

use super::model::{Part, Reading, Source};

/// The most bytes of messages that a receiver is followed through, inflated. A few kilobytes can stand for gigabytes.
const MAX_FOLLOWED: usize = 64 << 20;

/// A frame from this length on is judged once, in bytes. There cannot be many.
const LONG: usize = 64 << 10;

/// What becomes of a receiver that reads a source from its first byte on.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It reads on.
    Reads,
    /// It got a close frame, and reads no more: the frame's number, from 0.
    Closed(usize),
    /// It fails the connection: the number of the frame that broke a rule, and how.
    Failed(usize, Violation),
}

/// A source and the frames in it.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The bytes.
    pub source: Source,
    /// What becomes of their receiver.
    pub fate: Fate,
    /// Where each frame begins. A page holds far less than 4 GiB.
    starts: Vec<u32>,
    /// Whether each breaks a rule by itself.
    broken: Vec<bool>,
    /// Which rules a long one breaks, with its number, in order: not to be found anew whenever a reader comes by.
    long: Vec<(usize, Vec<Violation>)>,
}

impl PartialEq for Stream {
    fn eq(&self, other: &Stream) -> bool {
        // All the rest follows from it.
        self.source == other.source
    }
}

/// A frame in a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief {
    /// What it is for.
    pub opcode: Opcode,
    /// Whether it ends its message.
    pub fin: bool,
    /// Bytes of payload, where the header says so.
    pub length: Option<u64>,
    /// Whether a rule is broken here, by the frame itself or by its place among the others.
    pub broken: bool,
    /// Whether all of it is there.
    pub complete: bool,
}

impl Stream {
    /// Finds the frames and judges them. Goes over every byte.
    pub fn new(source: Source) -> Stream {
        let (mut starts, mut broken, mut long) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = 0;
        while at < source.bytes.len() {
            starts.push(at as u32);
            let end = end_of(&source, at);
            let found = violations(&source, at, end);
            broken.push(!found.is_empty());
            if end.is_some_and(|end| end - at >= LONG) {
                long.push((starts.len() - 1, found));
            }
            match end {
                Some(end) => at = end,
                None => break,
            }
        }
        let mut stream = Stream {
            source,
            fate: Fate::Reads,
            starts,
            broken,
            long,
        };
        stream.fate = stream.follow();
        stream
    }

    /// How many frames there are, the last perhaps cut off.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The number of the frame that byte `at` belongs to.
    fn number_of(&self, at: usize) -> usize {
        self.starts
            .partition_point(|start| *start as usize <= at)
            .saturating_sub(1)
    }

    /// The bytes of a frame, up to the next one or to the end of the source.
    fn span(&self, number: usize) -> Range<usize> {
        let start = |n: usize| self.starts.get(n).map(|start| *start as usize);
        let end = self.source.bytes.len();
        start(number).unwrap_or(end)..start(number + 1).unwrap_or(end)
    }

    /// The byte at which a reader arrives who goes to a frame: its last.
    pub fn last_of(&self, number: usize) -> usize {
        self.span(number).end.saturating_sub(1)
    }

    /// A frame in a few words.
    pub fn brief(&self, number: usize) -> Option<Brief> {
        let span = self.span(number);
        let known = Header::parse(self.source.bytes.get(span.clone())?);
        let first = known.first?;
        let blamed = matches!(&self.fate, Fate::Failed(n, _) if *n == number);
        Some(Brief {
            opcode: first.opcode,
            fin: first.fin,
            length: known.length.filter(|n| n >> 63 == 0),
            broken: blamed || self.broken.get(number).is_some_and(|broken| *broken),
            complete: end_of(&self.source, span.start).is_some(),
        })
    }

    /// Has a session of `wire` receive all of it.
    fn follow(&self) -> Fate {
        let config = Config {
            compression: self.source.deflate.then(Params::default),
            ..Config::default()
        };
        let mut receiver = match self.source.from {
            Role::Client => Session::server(config),
            // What it sends is thrown away, so its keys need not be good ones.
            Role::Server => Session::client(config, || [0; 4]),
        };
        let mut followed = 0;
        for piece in self.source.bytes.chunks(64 << 10) {
            receiver.receive(piece);
            while let Some(event) = receiver.next_event() {
                followed += match event {
                    Event::Text(text) => text.len(),
                    Event::Binary(bytes) => bytes.len(),
                    Event::Ping(_) | Event::Pong(_) => 0,
                    Event::Close(_) => return self.closed(),
                    Event::Failed(violation) => return self.failed(violation),
                };
            }
            if followed > MAX_FOLLOWED {
                return Fate::Reads;
            }
            receiver.sent(receiver.output().len());
        }
        Fate::Reads
    }

    fn closed(&self) -> Fate {
        let is_close = |n: &usize| {
            let first = self.source.bytes.get(self.span(*n).start);
            first.is_some_and(|byte| Opcode::from_bits(*byte) == Opcode::Close)
        };
        (0..self.count())
            .find(is_close)
            .map_or(Fate::Reads, Fate::Closed)
    }

    fn failed(&self, violation: Violation) -> Fate {
        let number = self.number_of(usize::try_from(violation.at.start).unwrap_or(usize::MAX));
        match violation.rule {
            // A single piece is looked at for itself: what came before it is not here.
            Rule::ContinuationUnexpected if self.count() == 1 => Fate::Reads,
            // It may refer to earlier messages of its connection.
            Rule::DeflateCorrupt => Fate::Reads,
            _ => Fate::Failed(number, violation),
        }
    }

    /// What is known once byte `step` has been read. A step past the end counts as the last byte.
    pub fn read(&self, step: usize) -> Option<Reading> {
        let source = &self.source;
        let step = step.min(source.bytes.len().checked_sub(1)?);
        let number = self.number_of(step);
        let start = self.span(number).start;
        let parts = source.parts_at(start);
        let end = parts.last().map_or(start, |(_, range)| range.end);
        let header = parts
            .iter()
            .rfind(|(part, _)| *part != Part::Payload)
            .map_or(start, |(_, range)| range.end);
        let known = Header::parse(&source.bytes[start..header.min(step + 1)]);
        let read = (step + 1).saturating_sub(header).min(end - header.min(end));
        let whole = end_of(source, start).filter(|end| *end == step + 1);
        let known_long = self.long.binary_search_by_key(&number, |(n, _)| *n);
        let mut violations = match (whole, known_long) {
            (Some(_), Ok(i)) => self.long[i].1.clone(),
            _ => violations(source, start, whole.or(Some(header.min(step + 1)))),
        };
        let need = match whole {
            Some(_) => None,
            None => need(source, start..header.min(step + 1), read as u64),
        };
        let mut over = None;
        match &self.fate {
            Fate::Failed(n, violation) if *n == number => {
                let seen = whole.is_some() || violation.at.end <= step as u64 + 1;
                if seen && violations.iter().all(|v| v.rule != violation.rule) {
                    violations.push(violation.clone());
                }
            }
            Fate::Failed(n, _) | Fate::Closed(n) if *n < number => over = Some(*n),
            _ => {}
        }
        Some(Reading {
            step,
            number,
            frame: start..end,
            known,
            read,
            complete: whole.is_some(),
            need,
            violations,
            over,
            parts,
        })
    }

    /// The byte at which the reader arrives one field on: the end of this field, or of the next.
    pub fn next_field(&self, step: usize) -> usize {
        let last = self.source.bytes.len().saturating_sub(1);
        let end = |at: usize| {
            let reading = self.read(at)?;
            reading.part_of(at).map(|(_, range)| range.end - 1)
        };
        match end(step) {
            Some(end) if end > step => end,
            _ if step >= last => last,
            _ => end(step + 1).unwrap_or(last),
        }
    }

    /// The byte at which the reader arrives one field back: the end of the field before.
    pub fn previous_field(&self, step: usize) -> usize {
        match self.read(step).and_then(|reading| reading.part_of(step)) {
            Some((_, range)) => range.start.saturating_sub(1),
            None => step.saturating_sub(1),
        }
    }

    /// The byte at which the reader arrives one frame on: the end of the next, or of this one where it is the last.
    pub fn next_frame(&self, step: usize) -> usize {
        let next = self.number_of(step) + 1;
        self.last_of(next.min(self.count().saturating_sub(1)))
    }

    /// The byte at which the reader arrives one frame back: the end of the one before.
    pub fn previous_frame(&self, step: usize) -> usize {
        match self.number_of(step) {
            0 => step,
            n => self.last_of(n - 1),
        }
    }
}

/// Where the frame that begins at `start` ends, if the source has all of it.
fn end_of(source: &Source, start: usize) -> Option<usize> {
    let header = Header::parse(&source.bytes[start..]).header()?;
    let length = usize::try_from(header.length).ok()?;
    let end = start.checked_add(header.len())?.checked_add(length)?;
    (end <= source.bytes.len()).then_some(end)
}

/// The rules that a frame breaks by itself, as far as they can be seen in its bytes up to `end`.
fn violations(source: &Source, start: usize, end: Option<usize>) -> Vec<Violation> {
    let end = end.unwrap_or((start + wire::frame::MAX_HEADER).min(source.bytes.len()));
    let mut decoder = source.decoder(start);
    match decoder.push(&source.bytes[start..end]).pop() {
        Some(frame) => frame.violations,
        None => decoder.progress().violations,
    }
}

/// What has to come next after these bytes of a header and so many of the payload.
fn need(source: &Source, header: Range<usize>, read: u64) -> Option<Need> {
    let mut decoder = source.decoder(header.start);
    // A frame without payload is complete with its header.
    if !decoder.push(&source.bytes[header]).is_empty() {
        return None;
    }
    let need = decoder.progress().need?;
    Some(match need.field {
        Field::Payload => Need {
            bytes: need.bytes.saturating_sub(read),
            ..need
        },
        _ => need,
    })
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
