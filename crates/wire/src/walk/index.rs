//! Where the frames of some bytes lie, and what is wrong with them, kept small.

use std::ops::Range;

use super::{ReceiverOutcome, Walk};
use crate::frame::{Header, Opcode};
use crate::rule::Violation;

/// What a frame of this length breaks is kept, in bytes; shorter frames can be judged again at no cost.
const LONG: u64 = 64 << 10;

/// The frames of bytes that are there as a whole, found and judged in one walk, so that going from one to another costs
/// nothing. Takes a few bytes for each frame: 16 MiB can hold eight million of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameIndex {
    /// What becomes of the receiver. A caller who knows better may say so: the walk does not know what came before the
    /// bytes.
    pub outcome: ReceiverOutcome,
    /// Where each frame begins.
    starts: Vec<usize>,
    /// Bytes in all.
    end: usize,
    /// Whether the last frame is complete.
    ends_whole: bool,
    /// Whether each frame breaks a rule by itself.
    broken: Vec<bool>,
    /// Which rules a long frame breaks by itself, with its number, in order.
    long: Vec<(usize, Vec<Violation>)>,
}

/// A frame in a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSummary {
    /// What the frame is for.
    pub opcode: Opcode,
    /// Whether the frame ends its message.
    pub fin: bool,
    /// Bytes of payload, where the header says so and the length can be one.
    pub length: Option<u64>,
    /// Whether a rule is broken here, by the frame itself, or by its place among the others so that the receiver fails.
    pub broken: bool,
    /// Whether all of the frame is there.
    pub complete: bool,
}

impl FrameIndex {
    /// Walks over `bytes`, all of them. `walk` has to be at its beginning.
    pub fn new(mut walk: Walk, bytes: &[u8]) -> FrameIndex {
        let (mut starts, mut broken, mut long) = (Vec::new(), Vec::new(), Vec::new());
        let mut rest = bytes;
        while let Some(walked) = walk.next_frame(&mut rest) {
            let frame = walked.frame;
            broken.push(!frame.violations.is_empty());
            if frame.wire_len() >= LONG {
                long.push((starts.len(), frame.violations.clone()));
            }
            starts.push(frame.offset as usize);
        }
        let progress = walk.progress();
        let ends_whole = progress.offset == bytes.len() as u64;
        if !ends_whole {
            starts.push(progress.offset as usize);
            broken.push(!progress.violations.is_empty());
        }
        FrameIndex {
            outcome: walk.outcome().clone(),
            starts,
            end: bytes.len(),
            ends_whole,
            broken,
            long,
        }
    }

    /// How many frames there are, the last perhaps cut off.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a frame, up to the next one or to the end. Empty behind the last.
    pub fn range(&self, number: usize) -> Range<usize> {
        let start = |n: usize| self.starts.get(n).copied().unwrap_or(self.end);
        start(number)..start(number.saturating_add(1))
    }

    /// The number of the frame that byte `at` belongs to.
    pub fn number_of(&self, at: usize) -> usize {
        self.starts
            .partition_point(|start| *start <= at)
            .saturating_sub(1)
    }

    /// Whether all of a frame is there.
    pub fn is_complete(&self, number: usize) -> bool {
        number + 1 < self.count() || (number + 1 == self.count() && self.ends_whole)
    }

    /// The rules that a frame breaks by itself, where that was kept: for a complete frame of 64 KiB and more.
    pub fn kept_violations(&self, number: usize) -> Option<&[Violation]> {
        let at = self.long.binary_search_by_key(&number, |(n, _)| *n).ok()?;
        Some(&self.long[at].1)
    }

    /// A frame in a few words. `bytes` are those that were walked over.
    pub fn summary(&self, bytes: &[u8], number: usize) -> Option<FrameSummary> {
        let known = Header::parse(bytes.get(self.range(number))?);
        let first = known.first?;
        let blamed = matches!(&self.outcome, ReceiverOutcome::Failed(n, _) if *n == number as u64);
        Some(FrameSummary {
            opcode: first.opcode,
            fin: first.fin,
            length: known.length.filter(|n| n >> 63 == 0),
            broken: blamed || self.broken.get(number).is_some_and(|broken| *broken),
            complete: self.is_complete(number),
        })
    }
}
