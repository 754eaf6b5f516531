//! Made-up prices: what the streams of `/transports/streams` tell. No I/O and no clock: time is an argument.

use std::time::{Duration, Instant};

use protocol::transports::{StreamsNews, Subscribe};
use rand_pcg::{Pcg32, rand_core::Rng as _};
use sha2::{Digest as _, Sha256};

/// Steps of a walk that are made for updates that were dropped, at most; for more of them the price stands still.
const MOST_STEPS: u64 = 10_000;
/// A price stays within these, in hundredths.
const LEAST: u64 = 100;
const MOST: u64 = 9_999_999;
/// What an update is filled up with.
const FILL: &[u8] = b"abcdefghijklmnopqrstuvwxyz";

/// One subscribed stream: a random walk, and when its next step is due.
#[derive(Debug)]
pub struct Prices {
    name: String,
    bytes: usize,
    every: Duration,
    per_second: u32,
    due: Instant,
    seq: u64,
    price: u64,
    numbers: Pcg32,
}

impl Prices {
    /// The stream of this name: the same name and seed give the same prices. Its first update is due at once.
    pub fn new(asked: &Subscribe, seed: u64, now: Instant) -> Self {
        let digest = Sha256::digest(asked.stream.as_bytes());
        let of_name = digest.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b));
        let mut numbers = Pcg32::new(seed, of_name);
        let price = 10_000 + u64::from(numbers.next_u32()) % 990_000;
        let mut prices = Self {
            name: asked.stream.clone(),
            bytes: 0,
            every: Duration::ZERO,
            per_second: 0,
            due: now,
            seq: 0,
            price,
            numbers,
        };
        prices.change(asked, now);
        prices
    }

    /// Takes another rate and size; the numbers go on.
    pub fn change(&mut self, asked: &Subscribe, now: Instant) {
        self.bytes = asked.bytes as usize;
        self.per_second = asked.per_second.max(1);
        self.every = Duration::from_secs(1) / self.per_second;
        self.due = self.due.min(now + self.every);
    }

    /// Of which stream.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Updates in a second.
    pub fn per_second(&self) -> u32 {
        self.per_second
    }

    /// When the next update is due.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// The newest update that is due, as JSON; those before it are dropped, and leave a gap in `seq`.
    pub fn update(&mut self, now: Instant) -> String {
        let late = now.saturating_duration_since(self.due);
        let more = late.as_nanos() / self.every.as_nanos().max(1);
        let steps = 1 + u64::try_from(more).unwrap_or(u64::MAX - 1);
        self.seq = self.seq.saturating_add(steps);
        self.due = now.max(self.due) + self.every
            - Duration::from_nanos((late.as_nanos() % self.every.as_nanos().max(1)) as u64);
        for _ in 0..steps.min(MOST_STEPS) {
            self.step();
        }
        self.text()
    }

    /// Up or down by at most a thousandth.
    fn step(&mut self) {
        let most = self.price / 1000 + 1;
        let by = u64::from(self.numbers.next_u32()) % (2 * most + 1);
        self.price = (self.price + by).saturating_sub(most).clamp(LEAST, MOST);
    }

    fn text(&self) -> String {
        let write = |pad: String| {
            let news = StreamsNews::Update {
                stream: self.name.clone(),
                seq: self.seq,
                price: self.price,
                pad,
            };
            // Numbers and strings can't fail to be written.
            serde_json::to_string(&news).unwrap_or_default()
        };
        let bare = write(String::new());
        let missing = self.bytes.saturating_sub(bare.len());
        // The field with its name and quotes, and nothing in it.
        let field = ",\"pad\":\"\"".len();
        if missing > field {
            let fill = FILL.iter().cycle().take(missing - field);
            write(fill.map(|byte| char::from(*byte)).collect())
        } else {
            // JSON may have space behind it (RFC 8259 §2).
            bare + &" ".repeat(missing)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(stream: &str, per_second: u32, bytes: u32) -> Subscribe {
        Subscribe {
            stream: stream.into(),
            per_second,
            bytes,
        }
    }

    fn read(text: &str) -> (u64, u64) {
        match serde_json::from_str(text).unwrap() {
            StreamsNews::Update { seq, price, .. } => (seq, price),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_update_has_the_size_that_was_asked_for() {
        let now = Instant::now();
        for bytes in 64..200 {
            let mut prices = Prices::new(&asked("A", 10, bytes), 0, now);
            assert_eq!(prices.update(now).len(), bytes as usize);
        }
        let mut prices = Prices::new(&asked(&"x".repeat(32), 10, 64), 0, now);
        let text = prices.update(now);
        assert!(text.len() > 64);
        read(&text);
    }

    #[test]
    fn what_is_late_is_dropped_and_leaves_a_gap() {
        let now = Instant::now();
        let ms = |n| now + Duration::from_millis(n);
        let mut prices = Prices::new(&asked("A", 10, 64), 0, now);
        assert_eq!(prices.due(), now);
        let mut seqs = Vec::new();
        // In time, a little late, more than three updates late, and in time again.
        for (at, due) in [(0, 100), (130, 200), (550, 600), (600, 700)] {
            seqs.push(read(&prices.update(ms(at))).0);
            assert_eq!(prices.due(), ms(due));
        }
        assert_eq!(seqs, [1, 2, 6, 7]);
        // The prices are those that a reader in time would have seen.
        let mut other = Prices::new(&asked("A", 10, 64), 0, now);
        let all: Vec<_> = (0..7).map(|n| read(&other.update(ms(n * 100)))).collect();
        assert_eq!(all[6], (7, prices.price));
    }

    #[test]
    fn a_walk_is_its_names_and_its_seeds() {
        let now = Instant::now();
        let walk = |name, seed| {
            let mut prices = Prices::new(&asked(name, 100, 64), seed, now);
            let steps = (0..500).map(|n| now + Duration::from_millis(10 * n));
            steps
                .map(|at| read(&prices.update(at)).1)
                .collect::<Vec<_>>()
        };
        let first = walk("A", 1);
        assert_eq!(first, walk("A", 1));
        assert_ne!(first, walk("B", 1));
        assert_ne!(first, walk("A", 2));
        for pair in first.windows(2) {
            assert!(pair[0].abs_diff(pair[1]) <= pair[0] / 1000 + 1);
        }
        assert!(first.iter().any(|price| *price != first[0]));
    }

    #[test]
    fn another_rate_holds_from_now_on() {
        let now = Instant::now();
        let mut prices = Prices::new(&asked("A", 1, 64), 0, now);
        prices.update(now);
        assert_eq!(prices.due(), now + Duration::from_secs(1));
        prices.change(&asked("A", 100, 64), now);
        assert_eq!(prices.due(), now + Duration::from_millis(10));
        assert_eq!(read(&prices.update(prices.due())).0, 2);
    }
}
