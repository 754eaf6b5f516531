//! Round trips: from a message's send to its echo, by the page's own clock.

use std::collections::VecDeque;

use crate::kit::number::fixed;

/// Round trips that are kept.
const KEPT: usize = 60;
/// Messages whose echo is still awaited.
const AWAITED: usize = 256;

/// What crossed, as far as pairing needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    text: bool,
    len: usize,
    hash: u64,
}

impl Mark {
    /// The mark of a message.
    pub fn of(text: bool, bytes: &[u8]) -> Mark {
        // FNV-1a: no secret is at stake, only which message an answer belongs to.
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Mark {
            text,
            len: bytes.len(),
            hash,
        }
    }
}

/// The round trips of a connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trips {
    awaited: VecDeque<(Mark, f64)>,
    taken: VecDeque<f64>,
    worst: f64,
}

impl Trips {
    /// A message was sent at `now`, in milliseconds.
    pub fn sent(&mut self, mark: Mark, now: f64) {
        if self.awaited.len() == AWAITED {
            self.awaited.pop_front();
        }
        self.awaited.push_back((mark, now));
    }

    /// A message came at `now`. It counts when it equals one that was sent. An echo keeps the order, so whatever was
    /// sent before that one is not awaited any more.
    pub fn came(&mut self, mark: &Mark, now: f64) {
        let Some(i) = self.awaited.iter().position(|(sent, _)| sent == mark) else {
            return;
        };
        let Some((_, sent)) = self.awaited.drain(..=i).next_back() else {
            return;
        };
        let trip = (now - sent).max(0.0);
        if self.taken.len() == KEPT {
            self.taken.pop_front();
        }
        self.taken.push_back(trip);
        self.worst = self.worst.max(trip);
    }

    /// The connection is gone: nothing is awaited any more.
    pub fn forget_awaited(&mut self) {
        self.awaited.clear();
    }

    /// The last round trip, in milliseconds.
    pub fn last(&self) -> Option<f64> {
        self.taken.back().copied()
    }

    /// The best of those that are kept, in milliseconds.
    pub fn best(&self) -> Option<f64> {
        self.taken.iter().copied().min_by(f64::total_cmp)
    }

    /// The median of those that are kept, in milliseconds.
    pub fn median(&self) -> Option<f64> {
        let mut sorted: Vec<f64> = self.taken.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => None,
            n if n % 2 == 1 => Some(sorted[middle]),
            _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
        }
    }

    /// The worst of all, in milliseconds.
    pub fn worst(&self) -> Option<f64> {
        (!self.taken.is_empty()).then_some(self.worst)
    }

    /// How many are kept.
    pub fn count(&self) -> usize {
        self.taken.len()
    }

    /// The path of a sparkline in a box of `width` by `height`, oldest on the left, slowest on top. Nothing for fewer
    /// than two.
    pub fn path(&self, width: f64, height: f64) -> Option<String> {
        if self.taken.len() < 2 {
            return None;
        }
        let top = self.taken.iter().copied().fold(0.0, f64::max).max(0.001);
        let step = (width - 2.0) / (self.taken.len() - 1) as f64;
        let points = self.taken.iter().enumerate().map(|(i, trip)| {
            let x = 1.0 + step * i as f64;
            let y = height - 2.0 - (height - 4.0) * trip / top;
            let letter = if i == 0 { "M" } else { "L" };
            [letter, &rounded(x, 1), " ", &rounded(y, 1)].concat()
        });
        Some(points.collect::<Vec<_>>().join(" "))
    }
}

/// A round trip for people: `0.31 ms`, `12 ms`, `1.9 s`.
pub fn trip(ms: f64) -> String {
    match ms {
        ..10.0 => rounded(ms, 2) + "\u{a0}ms",
        ..100.0 => rounded(ms, 1) + "\u{a0}ms",
        ..1000.0 => rounded(ms, 0) + "\u{a0}ms",
        _ => seconds(ms),
    }
}

/// Milliseconds as `1.9 s`.
pub fn seconds(ms: f64) -> String {
    rounded(ms / 1000.0, 1) + "\u{a0}s"
}

/// A number that is not negative, with so many decimals.
fn rounded(n: f64, decimals: u32) -> String {
    let unit = (0..decimals).fold(1.0, |unit, _| unit * 10.0);
    fixed((n * unit + 0.5) as u64, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(text: &str) -> Mark {
        Mark::of(true, text.as_bytes())
    }

    #[test]
    fn an_echo_pairs_with_what_was_sent() {
        let mut trips = Trips::default();
        trips.sent(mark("a"), 0.0);
        trips.sent(mark("b"), 10.0);
        trips.came(&mark("x"), 11.0);
        assert_eq!(trips.last(), None);
        trips.came(&mark("a"), 12.0);
        trips.came(&mark("b"), 13.0);
        trips.came(&mark("b"), 99.0);
        assert_eq!(trips.last(), Some(3.0));
        assert_eq!(trips.median(), Some(7.5));
        assert_eq!((trips.best(), trips.worst()), (Some(3.0), Some(12.0)));
        trips.sent(Mark::of(false, b"c"), 0.0);
        trips.came(&mark("c"), 1.0);
        assert_eq!(trips.count(), 2, "binary is not text");
    }

    #[test]
    fn bounded() {
        let mut trips = Trips::default();
        for i in 0..1000 {
            trips.sent(mark("a"), f64::from(i));
        }
        for i in 0..1000 {
            trips.came(&mark("a"), 2000.0 + f64::from(i));
        }
        assert_eq!(trips.count(), KEPT);
        assert!(trips.awaited.is_empty());
    }

    #[test]
    fn a_line_needs_two_points_and_stays_in_its_box() {
        let mut trips = Trips::default();
        assert_eq!(trips.path(110.0, 30.0), None);
        for (sent, came) in [(0.0, 1.0), (10.0, 14.0)] {
            trips.sent(mark("a"), sent);
            trips.came(&mark("a"), came);
        }
        assert_eq!(trips.path(110.0, 30.0).unwrap(), "M1.0 21.5 L109.0 2.0");
    }

    #[test]
    fn units() {
        for (ms, text) in [
            (0.312, "0.31 ms"),
            (12.34, "12.3 ms"),
            (512.3, "512 ms"),
            (1900.0, "1.9 s"),
        ] {
            assert_eq!(trip(ms).replace('\u{a0}', " "), text);
        }
    }
}
