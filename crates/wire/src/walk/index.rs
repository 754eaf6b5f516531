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
    pub fn new(walk: Walk, bytes: &[u8]) -> FrameIndex {
        let mut indexer = FrameIndexer::new(walk);
        indexer.push(bytes);
        indexer.finish()
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

/// A [`FrameIndex`] in the making: for so many bytes that a program has other things to do in between.
///
/// Any way of cutting the bytes gives the same index.
///
/// ```
/// use wire::Role;
/// use wire::walk::{FrameIndex, FrameIndexer, Walk};
/// let bytes = b"\x89\x00\x81\x05Hello\x8a";
/// let mut indexer = FrameIndexer::new(Walk::new(Role::Server));
/// for piece in bytes.chunks(3) {
///     indexer.push(piece);
/// }
/// assert_eq!(indexer.finish(), FrameIndex::new(Walk::new(Role::Server), bytes));
/// ```
#[derive(Debug)]
pub struct FrameIndexer {
    walk: Walk,
    /// Bytes that have been walked over.
    end: usize,
    starts: Vec<usize>,
    broken: Vec<bool>,
    long: Vec<(usize, Vec<Violation>)>,
}

impl FrameIndexer {
    /// An index of nothing yet. `walk` has to be at its beginning.
    pub fn new(walk: Walk) -> FrameIndexer {
        FrameIndexer {
            walk,
            end: 0,
            starts: Vec::new(),
            broken: Vec::new(),
            long: Vec::new(),
        }
    }

    /// Walks over the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(walked) = self.walk.next_frame(&mut rest) {
            let frame = walked.frame;
            self.broken.push(!frame.violations.is_empty());
            if frame.wire_len() >= LONG {
                self.long
                    .push((self.starts.len(), frame.violations.clone()));
            }
            self.starts.push(frame.offset as usize);
        }
        self.end += bytes.len();
    }

    /// The index of all bytes that were walked over.
    pub fn finish(mut self) -> FrameIndex {
        let progress = self.walk.progress();
        let ends_whole = progress.offset == self.end as u64;
        if !ends_whole {
            self.starts.push(progress.offset as usize);
            self.broken.push(!progress.violations.is_empty());
        }
        FrameIndex {
            outcome: self.walk.outcome().clone(),
            starts: self.starts,
            end: self.end,
            ends_whole,
            broken: self.broken,
            long: self.long,
        }
    }
}
