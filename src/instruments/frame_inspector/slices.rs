//! The frames of megabytes, found and judged in slices.

use std::ops::ControlFlow;
use std::rc::Rc;

use super::model::Source;
use super::sequence::{FrameSequence, SequenceReader};
use crate::kit::slices::Work;

/// What is gone over at once, in bytes; more than this in slices.
pub const AT_ONCE: usize = 256 << 10;
/// What is gone over without a look at the clock, in bytes.
pub const PIECE: usize = 16 << 10;

/// Finds the frames of a source and judges them. `on_progress` hears how much has been done, from 0 to 1. `None` where the work
/// was given up.
pub async fn read_frames(
    work: &Work,
    source: Source,
    on_progress: impl Fn(f64),
) -> Option<Rc<FrameSequence>> {
    let mut reader = SequenceReader::new(source);
    let piece = || match reader.advance(PIECE) {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(reader.progress()),
    };
    work.run(piece, on_progress).await?;
    Some(Rc::new(reader.finish()))
}
