//! Where frames lie, by their headers alone.

use std::iter::FusedIterator;
use std::ops::Range;

use crate::frame::Header;

/// The frames of `bytes`, by their headers alone: nothing is unmasked, judged or inflated, so that megabytes cost as
/// little as their number of frames (RFC 6455 §5.2). The last frame may be cut off where `bytes` end. A length with its
/// top bit set leads nowhere: such a frame takes all that is left.
///
/// ```
/// let bytes = b"\x89\x00\x81\x05Hello\x8a";
/// let ranges: Vec<_> = wire::walk::frame_ranges(bytes).collect();
/// assert_eq!(ranges, [0..2, 2..9, 9..10]);
/// ```
pub fn frame_ranges(bytes: &[u8]) -> FrameRanges<'_> {
    FrameRanges { bytes, at: 0 }
}

/// See [`frame_ranges`].
#[derive(Clone, Debug)]
pub struct FrameRanges<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for FrameRanges<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = Header::parse(rest).header().and_then(|header| {
            let payload = usize::try_from(header.length).ok()?;
            header.len().checked_add(payload)
        });
        let start = self.at;
        self.at += length.map_or(rest.len(), |length| length.min(rest.len()));
        Some(start..self.at)
    }
}

impl FusedIterator for FrameRanges<'_> {}
