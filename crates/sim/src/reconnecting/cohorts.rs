//! Clients under way, counted by when they arrive and how they will wait: a calendar of counts.

use super::shape::Shape;
use super::{MAX_EXPONENT, StormParams, Strategy};
use crate::Micros;
use crate::chance::Chance;

/// Offsets are kept in slots and this many bits of a slot.
const FRACTION: u32 = 10;
/// Where so many clients are to be expected in each slot, their number is drawn, not each client's slot.
const BULK: u64 = 32;
/// What drawing such a number takes, in single draws.
const BULK_COST: u64 = 3;

/// How a client comes to know that an attempt was in vain; an index into [`StormParams::returns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Reset,
    TimedOut,
    Answered,
}

/// When the next attempt of a cohort arrives: uniform between two offsets, in slots and fractions, but not after `cap`.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    least: u64,
    length: u64,
    cap: u64,
}

/// The calendar. A row is a number of attempts and, for decorrelated jitter, a class of previous waits; of the clients in
/// one row that arrive in one slot nothing tells one from another, so only their number is kept.
#[derive(Clone, Debug)]
pub(super) struct Cohorts {
    params: StormParams,
    shape: Shape,
    pub(super) slot: Micros,
    /// Slots are not made longer than this.
    longest_slot: Micros,
    /// The slot that is next.
    now: u64,
    counts: Vec<u32>,
    /// Clients in each row.
    rows: Vec<u64>,
    /// The rows from here to there may have clients.
    live: (usize, usize),
    spans: Vec<[Span; 3]>,
    /// For each class the wait that stands for it.
    waits: Vec<f64>,
    /// For a wait of so many slots more than the least, the class below, and how near it is to the next, in 1/65,536.
    class_of: Vec<(u8, u16)>,
    chance: Chance,
}

impl Cohorts {
    pub(super) fn new(params: &StormParams) -> Cohorts {
        let shape = Shape::new(params);
        let backoff = &params.backoff;
        let typical = params.round_trip
            + backoff
                .mean(MAX_EXPONENT)
                .map_or(backoff.cap / 2, |mean| mean as Micros);
        let ratio = backoff.cap as f64 / backoff.base as f64;
        let steps = shape.classes.max(2) - 1;
        let waits = (0..shape.classes).map(|class| {
            backoff.base.min(backoff.cap) as f64
                * if class == 0 {
                    1.0
                } else {
                    libm::pow(ratio, class as f64 / steps as f64)
                }
        });
        let mut cohorts = Cohorts {
            shape,
            slot: shape.slot,
            longest_slot: shape.slot.max(typical / 16),
            now: 0,
            counts: vec![0; shape.rows() * shape.slots as usize],
            rows: vec![0; shape.rows()],
            live: (shape.rows(), 0),
            spans: Vec::new(),
            waits: waits.collect(),
            class_of: Vec::new(),
            chance: Chance::new(params.seed, 0),
            params: params.clone(),
        };
        cohorts.measure();
        cohorts.begin();
        cohorts
    }

    /// All clients set out for the first time.
    fn begin(&mut self) {
        let params = self.params.clone();
        let alike = !params.is_random();
        let (calls, each) = if alike {
            (1, params.clients)
        } else {
            (params.clients, 1)
        };
        for _ in 0..calls {
            let (previous, wait) = params.first_wait(&mut self.chance);
            let class = self.class(previous);
            let at = (params.round_trip / 2 + wait + self.slot / 2) / self.slot;
            self.put(class, at, each);
            self.rows[class] += u64::from(each);
        }
        self.live = (0, self.shape.classes - 1);
    }

    fn class(&mut self, wait: Micros) -> usize {
        let over = wait.saturating_sub(self.params.backoff.base);
        let index = (over / self.slot) as usize;
        let random = self.chance.bits() as u16;
        class_at(&self.class_of, index, random)
    }

    fn put(&mut self, row: usize, at: u64, clients: u32) {
        let slots = self.shape.slots;
        self.counts[row * slots as usize + (at & (slots - 1)) as usize] += clients;
    }

    /// Puts waits into slots of the present length.
    fn measure(&mut self) {
        let backoff = self.params.backoff;
        let slot = self.slot;
        let fixed = |time: Micros| (time << FRACTION) / slot;
        let half = 1 << (FRACTION - 1);
        let returns = self.params.returns();
        let (levels, classes) = (self.shape.levels, self.shape.classes);
        let spans = (0..levels * classes).map(|row| {
            let next = (row / classes + 1).min(if backoff.give_up.is_some() {
                levels
            } else {
                levels - 1
            });
            let (least, most) = match backoff.strategy {
                Strategy::Decorrelated => {
                    let tripled = (3.0 * self.waits[row % classes]) as Micros;
                    (backoff.base, tripled.max(backoff.base))
                }
                _ => backoff.bounds(next as u32),
            };
            let cap = if backoff.strategy == Strategy::Decorrelated {
                backoff.cap
            } else {
                most
            };
            returns.map(|back| {
                // At least one slot later, or it would be now.
                let floor = |offset: u64| offset.max(1 << FRACTION);
                Span {
                    least: floor(fixed(back + least.min(cap)) + half),
                    length: fixed(most - least.min(most)),
                    cap: floor(fixed(back + cap) + half),
                }
            })
        });
        self.spans = spans.collect();
        self.class_of.clear();
        if classes > 1 {
            let entries = (backoff.cap - backoff.base) / slot + 2;
            let mut class = 0;
            for entry in 0..entries {
                // The middle of the slot; in the last, most have met the cap.
                let middle = backoff.base + entry * slot + slot / 2;
                let last = entry + 2 >= entries;
                let wait = if last {
                    backoff.cap
                } else {
                    middle.min(backoff.cap)
                } as f64;
                while class + 2 < classes && self.waits[class + 1] <= wait {
                    class += 1;
                }
                let (below, above) = (self.waits[class], self.waits[class + 1]);
                let near = ((wait - below) / (above - below)).clamp(0.0, 1.0);
                self.class_of.push((class as u8, (near * 65_535.0) as u16));
            }
        }
    }

    /// The time that is next, in microseconds.
    pub(super) fn now(&self) -> Micros {
        self.now * self.slot
    }

    /// Takes out who arrives now, by row. How many there are.
    pub(super) fn take(&mut self, here: &mut Vec<(usize, u64)>) -> u64 {
        here.clear();
        let slots = self.shape.slots as usize;
        let column = self.now as usize & (slots - 1);
        let (mut low, mut high) = (self.rows.len(), 0);
        let mut sum = 0;
        for row in self.live.0..=self.live.1 {
            if self.rows[row] == 0 {
                continue;
            }
            let count = u64::from(std::mem::take(&mut self.counts[row * slots + column]));
            if count > 0 {
                here.push((row, count));
                self.rows[row] -= count;
                sum += count;
            }
            (low, high) = (low.min(row), high.max(row));
        }
        self.live = (low, high);
        sum
    }

    /// Time goes on by a slot.
    pub(super) fn pass(&mut self) {
        self.now += 1;
    }

    /// Sends clients of a row on their way again. How many give up instead, and how many draws it took.
    pub(super) fn send(&mut self, row: usize, clients: u64, outcome: Outcome) -> (u64, u64) {
        let classes = self.shape.classes;
        let mut level = row / classes + 1;
        if level == self.shape.levels {
            if self.params.backoff.give_up.is_some() {
                return (clients, 0);
            }
            level -= 1;
        }
        if clients == 0 {
            return (0, 0);
        }
        let base = level * classes;
        let span = self.spans[row][outcome as usize];
        self.live = (self.live.0.min(base), self.live.1.max(base + classes - 1));
        if span.length == 0 {
            let at = self.now + (span.least.min(span.cap) >> FRACTION);
            let class = if classes > 1 {
                self.class(self.params.backoff.base)
            } else {
                0
            };
            self.put(base + class, at, clients as u32);
            self.rows[base + class] += clients;
            return (0, 1);
        }
        let mask = self.shape.slots - 1;
        if classes == 1 {
            let slots = self.shape.slots as usize;
            let counts = &mut self.counts[base * slots..][..slots];
            for _ in 0..clients {
                let random = u64::from(self.chance.bits());
                let offset = (span.least + ((random * span.length) >> 32)) >> FRACTION;
                counts[((self.now + offset) & mask) as usize] += 1;
            }
            self.rows[base] += clients;
        } else {
            for _ in 0..clients {
                let random = self.chance.bits();
                let offset = span.least + ((u64::from(random) * span.length) >> 32);
                let offset = offset.min(span.cap);
                let index = ((offset - span.least) >> FRACTION) as usize;
                let to = base + class_at(&self.class_of, index, random as u16);
                self.put(to, self.now + (offset >> FRACTION), 1);
                self.rows[to] += 1;
            }
        }
        (0, clients)
    }

    /// Sends all of these on their way again; `here` goes by row. How many give up instead, and how many draws it took.
    pub(super) fn send_all(&mut self, here: &[(usize, u64)], outcome: Outcome) -> (u64, u64) {
        let classes = self.shape.classes;
        let (mut given_up, mut draws) = (0, 0);
        for level in here.chunk_by(|a, b| a.0 / classes == b.0 / classes) {
            let clients: u64 = level.iter().map(|(_, clients)| clients).sum();
            let row = level[level.len() - 1].0;
            let widest = self.spans[row][outcome as usize];
            let gives_up =
                row / classes + 1 == self.shape.levels && self.params.backoff.give_up.is_some();
            let slots = (widest.length >> FRACTION) + 1;
            if !gives_up && widest.length > 0 && clients >= BULK * slots {
                draws += self.send_many(level, outcome);
                continue;
            }
            for &(row, clients) in level {
                let sent = self.send(row, clients, outcome);
                given_up += sent.0;
                draws += sent.1;
            }
        }
        (given_up, draws)
    }

    /// Draws how many of the clients in rows of one level go to each slot: the binomial distribution of those that are
    /// left, as a normal one with its mean and variance; where few are expected, the mean, rounded at random.
    fn send_many(&mut self, level: &[(usize, u64)], outcome: Outcome) -> u64 {
        let classes = self.shape.classes;
        let base = (level[0].0 / classes + 1).min(self.shape.levels - 1) * classes;
        self.live = (self.live.0.min(base), self.live.1.max(base + classes - 1));
        let least = self.spans[level[0].0][outcome as usize].least;
        let cap = self.spans[level[0].0][outcome as usize].cap;
        // Each row is spread evenly from the same offset on, one farther than the other: so many in each fraction of a slot.
        let (mut from, mut draws) = (least, 0);
        let mut left: u64 = level.iter().map(|(_, clients)| clients).sum();
        let mut expected = left as f64;
        for (i, &(row, _)) in level.iter().enumerate() {
            let end = least + self.spans[row][outcome as usize].length.max(1);
            let density: f64 = level[i..]
                .iter()
                .map(|&(row, clients)| {
                    clients as f64 / self.spans[row][outcome as usize].length.max(1) as f64
                })
                .sum();
            let last = i + 1 == level.len();
            while from < end && left > 0 {
                let to = (((from >> FRACTION) + 1) << FRACTION).min(end);
                let all = from >= cap || (last && to >= end);
                let share = (density * (to - from) as f64 / expected).clamp(0.0, 1.0);
                let count = if all {
                    left
                } else {
                    self.binomial(left, share)
                };
                expected = (expected - density * (to - from) as f64).max(1e-9);
                let middle = ((from + to) / 2).min(cap);
                self.put_wait(base, from.min(cap), middle - least.min(middle), count);
                left -= count;
                from = to;
                draws += BULK_COST;
            }
        }
        if left > 0 {
            let over = from.min(cap);
            self.put_wait(base, over, over - least.min(over), left);
        }
        draws
    }

    /// Puts clients into the slot of their arrival and the row of their wait; `over` is what they waited more than the
    /// least, in slots and fractions.
    fn put_wait(&mut self, base: usize, offset: u64, over: u64, clients: u64) {
        let at = self.now + (offset >> FRACTION);
        let (mut class, mut above) = (0, 0);
        if self.shape.classes > 1 {
            let wait = self.params.backoff.base as f64
                + over as f64 * self.slot as f64 / f64::from(1u32 << FRACTION);
            class = class_at(&self.class_of, (over >> FRACTION) as usize, 0);
            class = class.min(self.shape.classes - 2);
            if wait > self.waits[class + 1] && class + 2 < self.shape.classes {
                class += 1;
            } else if wait < self.waits[class] && class > 0 {
                class -= 1;
            }
            let (lower, upper) = (self.waits[class], self.waits[class + 1]);
            let near = ((wait - lower) / (upper - lower)).clamp(0.0, 1.0);
            above = ((clients as f64 * near + self.chance.unit()) as u64).min(clients);
        }
        let row = base + class;
        self.put(row, at, (clients - above) as u32);
        self.rows[row] += clients - above;
        if above > 0 {
            self.put(row + 1, at, above as u32);
            self.rows[row + 1] += above;
        }
    }

    /// How many of so many, about.
    fn binomial(&mut self, of: u64, share: f64) -> u64 {
        let mean = of as f64 * share;
        let drawn = if mean < 16.0 {
            mean + self.chance.unit()
        } else {
            // 64 tosses of a coin have a variance of 16; between their numbers, uniform.
            let tosses = u64::from(self.chance.bits()) << 32 | u64::from(self.chance.bits());
            let normal = (f64::from(tosses.count_ones()) - 32.5 + self.chance.unit()) / 4.0;
            mean + libm::sqrt(mean * (1.0 - share)) * normal + 0.5
        };
        (drawn.max(0.0) as u64).min(of)
    }

    /// Whether slots can be made twice as long now.
    pub(super) fn can_coarsen(&self) -> bool {
        self.now.is_multiple_of(2) && 2 * self.slot <= self.longest_slot
    }

    /// Makes slots twice as long.
    pub(super) fn coarsen(&mut self) {
        let slots = self.shape.slots as usize;
        let mut row_before = vec![0; slots];
        for row in self.counts.chunks_mut(slots) {
            row_before.copy_from_slice(row);
            row.fill(0);
            for i in 0..slots as u64 {
                let count = row_before[(self.now + i) as usize & (slots - 1)];
                row[((self.now + i) / 2) as usize & (slots - 1)] += count;
            }
        }
        self.now /= 2;
        self.slot *= 2;
        self.measure();
    }

    /// Whether most clients are where numbers are drawn, not slots.
    pub(super) fn is_bulk(&self) -> bool {
        let clients: u64 = self.rows.iter().sum();
        let last = self.spans.len() - 1;
        let slots = (self.spans[last][0].length.min(self.spans[last][0].cap) >> FRACTION) + 1;
        clients >= 2 * BULK * slots * slots
    }
}

fn class_at(class_of: &[(u8, u16)], index: usize, random: u16) -> usize {
    let Some(&(class, near)) = class_of.get(index).or(class_of.last()) else {
        return 0;
    };
    usize::from(class) + usize::from(random < near)
}
