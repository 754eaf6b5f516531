//! The frames of a source, found and judged once, so that a step through megabytes costs no more than one through five
//! bytes.

use std::ops::Range;

use wire::decode::Need;
use wire::deflate::Params;
use wire::frame::{Field, Header};
use wire::rule::{Rule, Violation};
use wire::walk::{FrameIndex, FrameIndexer, FrameSummary, ReceiverOutcome, Walk};

use super::model::{Reading, Segment, Source};

/// What compressed messages may inflate to in all, in bytes. A few kilobytes can stand for gigabytes.
const MAX_INFLATED: u64 = 64 << 20;

/// A source and the frames in it.
#[derive(Clone, Debug)]
pub struct FrameSequence {
    /// The bytes.
    pub source: Source,
    /// The frames, found and judged.
    index: FrameIndex,
}

impl PartialEq for FrameSequence {
    fn eq(&self, other: &FrameSequence) -> bool {
        // All the rest follows from it.
        self.source == other.source
    }
}

impl FrameSequence {
    /// Finds the frames and judges them. Goes over every byte.
    pub fn new(source: Source) -> FrameSequence {
        let mut reader = SequenceReader::new(source);
        reader.advance(usize::MAX);
        reader.finish()
    }

    fn of(source: Source, mut index: FrameIndex) -> FrameSequence {
        if let ReceiverOutcome::Failed(_, violation) = &index.outcome {
            // The reader may have a piece out of the middle of a connection. A continuation alone may go on with a
            // message that is not here, and a compressed message may refer to earlier ones.
            let excused = match violation.rule {
                Rule::ContinuationUnexpected => index.count() == 1,
                rule => rule == Rule::DeflateCorrupt,
            };
            if excused {
                index.outcome = ReceiverOutcome::Reads;
            }
        }
        FrameSequence { source, index }
    }

    /// What becomes of a receiver that reads the source from its first byte on.
    pub fn outcome(&self) -> &ReceiverOutcome {
        &self.index.outcome
    }

    /// How many frames there are, the last perhaps cut off.
    pub fn count(&self) -> usize {
        self.index.count()
    }

    /// The byte at which a reader arrives who goes to a frame: its last.
    pub fn last_of(&self, number: usize) -> usize {
        self.index.range(number).end.saturating_sub(1)
    }

    /// A frame in a few words.
    pub fn summary(&self, number: usize) -> Option<FrameSummary> {
        self.index.summary(&self.source.bytes, number)
    }

    /// What is known once byte `step` has been read. A step past the end counts as the last byte.
    pub fn read(&self, step: usize) -> Option<Reading> {
        let source = &self.source;
        let step = step.min(source.bytes.len().checked_sub(1)?);
        let number = self.index.number_of(step);
        let start = self.index.range(number).start;
        let segments = source.segments_at(start);
        let end = segments.last().map_or(start, |(_, range)| range.end);
        let header = segments
            .iter()
            .rfind(|(segment, _)| *segment != Segment::Payload)
            .map_or(start, |(_, range)| range.end);
        let read = (step + 1).saturating_sub(header).min(end - header.min(end));
        let complete = self.index.is_complete(number) && step + 1 == self.index.range(number).end;

        // A decoder of the header alone says what is known, and what has to come next.
        let mut decoder = source.decoder(start);
        let whole = decoder
            .push(&source.bytes[start..header.min(step + 1)])
            .pop();
        let known = Header::parse(&source.bytes[start..header.min(step + 1)]);
        let progress = decoder.progress();
        let mut violations = match (&whole, self.index.kept_violations(number)) {
            (_, Some(kept)) if complete => kept.to_vec(),
            (Some(frame), _) => frame.violations.clone(),
            (None, _) if complete => self.judged_again(start..end),
            (None, _) => progress.violations,
        };
        let need = progress
            .need
            .filter(|_| !complete)
            .map(|need| match need.field {
                Field::Payload => Need {
                    bytes: need.bytes.saturating_sub(read as u64),
                    ..need
                },
                _ => need,
            });
        let mut over = None;
        let place = number as u64;
        match self.outcome() {
            ReceiverOutcome::Failed(n, violation) if *n == place => {
                let seen = complete || violation.at.end <= step as u64 + 1;
                if seen && violations.iter().all(|v| v.rule != violation.rule) {
                    violations.push(violation.clone());
                    violations.sort_by_key(|v| v.at.start);
                }
            }
            ReceiverOutcome::Failed(n, _) | ReceiverOutcome::Closed(n) if *n < place => {
                over = Some(*n as usize);
            }
            _ => {}
        }
        Some(Reading {
            step,
            number,
            frame: start..end,
            known,
            read,
            complete,
            need,
            violations,
            over,
            segments,
        })
    }

    /// A frame that is there to its last byte.
    pub fn whole(&self, number: usize) -> Option<Reading> {
        self.read(self.last_of(number))
            .filter(|reading| reading.complete)
    }

    /// What a short frame breaks by itself: its bytes are few enough to be read anew.
    fn judged_again(&self, frame: Range<usize>) -> Vec<Violation> {
        let mut decoder = self.source.decoder(frame.start);
        let frames = decoder.push(&self.source.bytes[frame]);
        frames.into_iter().flat_map(|f| f.violations).collect()
    }

    /// The byte at which the reader arrives one field on: the end of this field, or of the next.
    pub fn next_field(&self, step: usize) -> usize {
        let last = self.source.bytes.len().saturating_sub(1);
        let end = |at: usize| {
            let reading = self.read(at)?;
            reading.segment_of(at).map(|(_, range)| range.end - 1)
        };
        match end(step) {
            Some(end) if end > step => end,
            _ if step >= last => last,
            _ => end(step + 1).unwrap_or(last),
        }
    }

    /// The byte at which the reader arrives one field back: the end of the field before.
    pub fn previous_field(&self, step: usize) -> usize {
        match self.read(step).and_then(|reading| reading.segment_of(step)) {
            Some((_, range)) => range.start.saturating_sub(1),
            None => step.saturating_sub(1),
        }
    }

    /// The byte at which the reader arrives one frame on: the end of the next, or of this one where it is the last.
    pub fn next_frame(&self, step: usize) -> usize {
        let next = self.index.number_of(step) + 1;
        self.last_of(next.min(self.count().saturating_sub(1)))
    }

    /// The byte at which the reader arrives one frame back: the end of the one before.
    pub fn previous_frame(&self, step: usize) -> usize {
        match self.index.number_of(step) {
            0 => step,
            n => self.last_of(n - 1),
        }
    }
}

/// A [`FrameSequence`] in the making, for a source that is read in slices.
#[derive(Debug)]
pub struct SequenceReader {
    source: Source,
    indexer: FrameIndexer,
    at: usize,
}

impl SequenceReader {
    /// At the first byte of a source.
    pub fn new(source: Source) -> SequenceReader {
        let walk = Walk::new(source.from)
            .with_compression(source.deflate.then(|| Params::default().into()))
            .with_max_inflated(MAX_INFLATED);
        SequenceReader {
            source,
            indexer: FrameIndexer::new(walk),
            at: 0,
        }
    }

    /// Goes over so many bytes. Whether that were all.
    pub fn advance(&mut self, bytes: usize) -> bool {
        let rest = &self.source.bytes[self.at..];
        let piece = &rest[..rest.len().min(bytes)];
        self.indexer.push(piece);
        self.at += piece.len();
        self.at == self.source.bytes.len()
    }

    /// How much has been gone over, from 0 to 1.
    pub fn progress(&self) -> f64 {
        self.at as f64 / self.source.bytes.len().max(1) as f64
    }

    /// The frames of what has been gone over: of all, once [`SequenceReader::advance`] has said so.
    pub fn finish(self) -> FrameSequence {
        FrameSequence::of(self.source, self.indexer.finish())
    }
}

#[cfg(test)]
#[path = "sequence_tests.rs"]
mod tests;
