//! The server: one handshake after the other, and a queue before it.

use crate::Micros;

/// The work of one handshake. Work is counted in parts of a handshake so small that a microsecond is a whole number of
/// them at any capacity: `capacity` parts. So nothing is ever rounded.
const HANDSHAKE: u64 = 1_000_000;

/// What becomes of a connection that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Its handshake is done at this time, in microseconds, rounded up.
    Served(Micros),
    /// The queue is full, and the server says so (503).
    Unavailable,
    /// The queue is full, and nobody says so.
    Full,
}

/// A server that does handshakes in the order of their arrival, each in the same time, with a bounded queue (M/D/1/K where
/// arrivals are Poisson).
///
/// Whatever it says to those for whom there is no room takes some of its time too. Such an answer goes out at once, and
/// its work is added to the work that waits, so that handshakes admitted later end later. A server that owes twice the
/// work that its queue can hold cannot even answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    capacity: u64,
    /// Whoever finds more work than this waiting is turned away.
    room: u64,
    /// Whoever finds more than this waiting has no answer.
    limit: u64,
    /// The work of an answer; 0 where there are none.
    answer: u64,
    /// When all work that waits will be done, in parts of a handshake since the beginning.
    free: u64,
}

/// How many of those that arrived were turned away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Turned {
    /// With an answer.
    pub(super) answered: u64,
    /// Without.
    pub(super) full: u64,
}

impl Server {
    /// A server that does so many handshakes in a second (1 to 1,000,000), and lets so many connections wait besides the
    /// one that is being served. `answer`: whether it answers those for whom there is no room, and how many thousandths
    /// of a handshake's work that takes (1 to 1,000).
    pub fn new(capacity: u32, backlog: u32, answer: Option<u32>) -> Server {
        let room = u64::from(backlog.min(1_000_000)) * HANDSHAKE;
        Server {
            capacity: u64::from(capacity.clamp(1, 1_000_000)),
            room,
            limit: room + room.max(HANDSHAKE),
            answer: answer.map_or(0, |cost| {
                u64::from(cost.clamp(1, 1_000)) * HANDSHAKE / 1_000
            }),
            free: 0,
        }
    }

    /// A connection arrives. Times must not run backwards.
    pub fn offer(&mut self, now: Micros) -> Admission {
        let mut done = None;
        let turned = self.offer_many(self.parts(now), 0, 1, |_, end| done = Some(end));
        match done {
            Some(end) => Admission::Served(end.div_ceil(self.capacity)),
            None if turned.answered > 0 => Admission::Unavailable,
            None => Admission::Full,
        }
    }

    /// A time in parts of a handshake.
    pub(super) fn parts(&self, time: Micros) -> u64 {
        time.saturating_mul(self.capacity)
    }

    /// So many connections arrive one after the other, `gap` apart. Of each that is served, `served` is told the arrival
    /// and the end. The same as offering each, but takes time in proportion to those served only.
    pub(super) fn offer_many(
        &mut self,
        first: u64,
        gap: u64,
        count: u64,
        mut served: impl FnMut(u64, u64),
    ) -> Turned {
        let mut turned = Turned::default();
        let mut i = 0;
        while i < count {
            let now = first + i * gap;
            let owed = self.free.saturating_sub(now);
            let left = count - i;
            // How many arrive before so much work is done.
            let until = |work: u64, each: u64| {
                if each == 0 {
                    left
                } else {
                    work.div_ceil(each).min(left)
                }
            };
            if owed <= self.room {
                self.free = self.free.max(now).saturating_add(HANDSHAKE);
                served(now, self.free);
                i += 1;
            } else if self.answer == 0 {
                let full = until(owed - self.room, gap);
                turned.full += full;
                i += full;
            } else if owed > self.limit {
                let full = until(owed - self.limit, gap);
                turned.full += full;
                i += full;
            } else if self.answer <= gap {
                // The work that waits shrinks in spite of the answers, until there is room.
                let answered = until(owed - self.room, gap - self.answer);
                turned.answered += answered;
                self.free += answered * self.answer;
                i += answered;
            } else {
                // It grows, up to the limit, and from then on as many are answered as there is time for.
                let time = (left - 1) * gap + (self.limit - owed);
                let answered = (time / self.answer + 1).min(left);
                turned.answered += answered;
                turned.full += left - answered;
                self.free += answered * self.answer;
                i = count;
            }
        }
        turned
    }

    /// The work of so many answers, in handshakes.
    pub(super) fn work_of_answers(&self, answers: u64) -> f64 {
        answers as f64 * self.answer as f64 / HANDSHAKE as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    /// Many at once are the same as one by one, whatever the gaps and the work.
    #[test]
    fn many_at_once_are_the_same_as_one_by_one() {
        let mut chance = Chance::new(11, 0);
        for case in 0..2_000 {
            let answer = (case % 3 != 0).then(|| 1 + chance.below(1_000));
            let mut bulk = Server::new(1 + chance.below(5_000), chance.below(20), answer);
            let mut single = bulk.clone();
            let mut first = 0;
            for _ in 0..5 {
                let gap = u64::from(chance.below(1 << (case % 22)));
                let count = u64::from(chance.below(300));
                let (mut ends, mut wanted) = (Vec::new(), Vec::new());
                let turned = bulk.offer_many(first, gap, count, |at, end| ends.push((at, end)));
                let mut sum = Turned::default();
                for i in 0..count {
                    let at = first + i * gap;
                    let one = single.offer_many(at, 0, 1, |at, end| wanted.push((at, end)));
                    sum.answered += one.answered;
                    sum.full += one.full;
                }
                assert_eq!(
                    (&ends, turned, bulk.free),
                    (&wanted, sum, single.free),
                    "case {case}"
                );
                first += count * gap + u64::from(chance.below(3_000_000));
            }
        }
    }
}
