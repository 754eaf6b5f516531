//! The stream of a run: when its messages come, and what they say. No I/O and no clock: time is an argument.
//!
//! Only the times are kept, and of an even stream not even those. A message is made from its number whenever it is read.

use protocol::transports::{NewRun, StreamMessage};
use rand_pcg::{Pcg32, rand_core::Rng as _};

/// What the text of a message is filled up with.
const FILL: &[u8] = b"abcdefghijklmnopqrstuvwxyz ";

/// One deterministic stream of messages, numbered from 1. Times are microseconds from its start.
#[derive(Debug)]
pub struct Stream {
    times: Times,
    /// Characters of each text.
    bytes: usize,
    end_us: u64,
}

#[derive(Debug)]
enum Times {
    Even { every_us: u64, count: u64 },
    // The longest run has 3e8 microseconds, so that these fit.
    Random(Box<[u32]>),
}

impl Stream {
    /// The stream that was asked for, whose fields have been checked.
    pub fn new(asked: &NewRun) -> Self {
        let end_us = u64::from(asked.last_ms) * 1000;
        let every_us = u64::from(asked.every_ms.max(1)) * 1000;
        let times = match asked.seed {
            None => Times::Even {
                every_us,
                count: end_us / every_us,
            },
            Some(seed) => Times::Random(random_times(seed, every_us, end_us)),
        };
        Self {
            times,
            bytes: asked.bytes as usize,
            end_us,
        }
    }

    /// Messages of the whole stream.
    pub fn count(&self) -> u64 {
        match &self.times {
            Times::Even { count, .. } => *count,
            Times::Random(times) => times.len() as u64,
        }
    }

    /// When no more messages come.
    pub fn end_us(&self) -> u64 {
        self.end_us
    }

    /// When this message is there; `None` where the stream has no such message.
    pub fn us(&self, seq: u64) -> Option<u64> {
        let index = seq.checked_sub(1)?;
        match &self.times {
            Times::Even { every_us, count } => (seq <= *count).then(|| seq * every_us),
            Times::Random(times) => times
                .get(usize::try_from(index).ok()?)
                .map(|us| u64::from(*us)),
        }
    }

    /// Messages that are there at `us`: also the number of the last of them.
    pub fn there(&self, us: u64) -> u64 {
        match &self.times {
            Times::Even { every_us, count } => (us / every_us).min(*count),
            Times::Random(times) => times.partition_point(|time| u64::from(*time) <= us) as u64,
        }
    }

    /// The message of this number; `None` where the stream has no such message.
    pub fn message(&self, seq: u64) -> Option<StreamMessage> {
        let us = self.us(seq)?;
        let mut text = format!("message {seq} ");
        let fill = FILL.iter().cycle().map(|byte| char::from(*byte));
        text.extend(fill.take(self.bytes.saturating_sub(text.len())));
        text.truncate(self.bytes);
        Some(StreamMessage { seq, us, text })
    }
}

/// The times of a Poisson process: exponential times between its events (Kingman, Poisson Processes, §4.1).
fn random_times(seed: u64, every_us: u64, end_us: u64) -> Box<[u32]> {
    let mut numbers = Pcg32::new(seed, 0);
    let mut us = 0.0;
    // So many come with no seed that is known; the bound holds for all.
    let most = 2 * (end_us / every_us) as usize + 100;
    let times = std::iter::from_fn(|| {
        // From 0 up to, but never, 1.
        let unit = (numbers.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        us += -(-unit).ln_1p() * every_us as f64;
        (us <= end_us as f64).then_some(us as u32)
    });
    times.take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(seed: Option<u64>) -> Stream {
        Stream::new(&NewRun {
            every_ms: 20,
            seed,
            bytes: 30,
            last_ms: 300_000,
        })
    }

    #[test]
    fn even_times() {
        let stream = stream(None);
        assert_eq!((stream.count(), stream.end_us()), (15_000, 300_000_000));
        assert_eq!((stream.there(19_999), stream.there(20_000)), (0, 1));
        assert_eq!(stream.there(u64::MAX), 15_000);
        assert_eq!(
            [0, 1, 15_000, 15_001, u64::MAX].map(|seq| stream.us(seq)),
            [None, Some(20_000), Some(300_000_000), None, None]
        );
    }

    #[test]
    fn random_times_have_the_mean_and_the_spread_of_a_poisson_process() {
        let stream = stream(Some(7));
        let count = stream.count();
        // The number of events has mean 15,000 and variance 15,000: six deviations are 735.
        assert!((14_265..15_735).contains(&count), "{count}");
        let times: Vec<u64> = (1..=count).map(|seq| stream.us(seq).unwrap()).collect();
        assert!(times.is_sorted() && times.last().unwrap() <= &300_000_000);
        let gaps: Vec<f64> = times
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) as f64)
            .collect();
        let n = gaps.len() as f64;
        let mean = gaps.iter().sum::<f64>() / n;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / n;
        // An exponential time deviates by as much as its mean.
        let ratio = variance.sqrt() / mean;
        assert!((0.95..1.05).contains(&ratio), "{ratio}");
        for (index, us) in times.iter().enumerate().step_by(997) {
            assert!(stream.there(*us) > index as u64);
            assert!(stream.there(us - 1) <= index as u64);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_stream_and_another_does_not() {
        let read = |seed| -> Vec<_> {
            let stream = stream(Some(seed));
            (1..=100).map(|seq| stream.message(seq)).collect()
        };
        assert_eq!(read(1), read(1));
        assert_ne!(read(1), read(2));
    }

    #[test]
    fn a_text_has_as_many_characters_as_were_asked_for() {
        for bytes in [1, 9, 10, 100, 4096] {
            let stream = Stream::new(&NewRun {
                every_ms: 1000,
                seed: None,
                bytes,
                last_ms: 10_000,
            });
            let text = stream.message(7).unwrap().text;
            assert_eq!(text.len(), bytes as usize);
            assert!(text.bytes().all(|b| matches!(b, b' '..=b'~')));
        }
        assert!(stream(None).message(0).is_none());
    }
}
