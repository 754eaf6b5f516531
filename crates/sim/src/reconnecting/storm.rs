//! The storm, cohort by cohort.

use super::cohorts::{Cohorts, Outcome};
use super::record::Record;
use super::shape::Shape;
use super::{Overflow, Server, StormOutput, StormParams};
use crate::Micros;
use crate::chance::Chance;
use crate::job::{Job, MEMORY_LIMIT, TooLarge};

/// So many draws are made at the resolution to begin with.
const FINE_DRAWS: u64 = 10_000_000;
/// And so many at each that follows.
const COARSE_DRAWS: u64 = 3_000_000;

/// A storm of reconnections. The module's documentation says how it is run, and what is exact in it.
#[derive(Clone, Debug)]
pub struct Storm {
    params: StormParams,
    server: Server,
    cohorts: Cohorts,
    record: Record,
    /// Decides who of those in a slot comes first.
    order: Chance,
    /// Who is in the slot, by row; kept for its memory.
    here: Vec<(usize, u64)>,
    answers: u64,
    /// Draws that are left at this resolution.
    draws_left: u64,
    done: bool,
}

impl StormParams {
    /// What a run with these takes, in bytes: a calendar of counts, as long as the longest wait; with it what is needed
    /// to make its slots longer, and the series. Clients take nothing: the number of those alike is kept, not each.
    pub fn needed(&self) -> u64 {
        let shape = Shape::new(&self.clamped());
        shape.bytes() + shape.bytes_beside() + Record::BYTES
    }

    /// What each client takes of that, in bytes, were it shared out.
    pub fn bytes_per_client(&self) -> f64 {
        self.needed() as f64 / f64::from(self.clamped().clients)
    }
}

impl Job for Storm {
    const NAME: &'static str = "reconnecting";
    type Params = StormParams;
    type Output = StormOutput;

    fn start(params: &StormParams) -> Result<Storm, TooLarge> {
        let needed = params.needed();
        if needed > MEMORY_LIMIT {
            // The calendar is bounded, so this does not happen; fewer clients would not help either.
            return Err(TooLarge { needed, fits: 0 });
        }
        let params = params.clamped();
        let cohorts = Cohorts::new(&params);
        Ok(Storm {
            server: Server::new(params.capacity, params.backlog, params.answer_cost()),
            record: Record::new(&params, 8 * cohorts.slot),
            order: Chance::new(params.seed, 1),
            here: Vec::new(),
            answers: 0,
            draws_left: FINE_DRAWS,
            done: false,
            cohorts,
            params,
        })
    }

    fn advance(&mut self, events: u32) -> bool {
        let mut left = u64::from(events.max(1));
        while !self.done && left > 0 {
            left = left.saturating_sub(self.slot());
        }
        self.done
    }

    fn progress(&self) -> f64 {
        if self.done {
            return 1.0;
        }
        let time = self.cohorts.now() as f64 / self.params.limit as f64;
        self.record.share_settled().max(time).min(1.0)
    }

    fn output(&self) -> StormOutput {
        let now = self.cohorts.now().min(self.params.limit);
        let answers = self.server.work_of_answers(self.answers);
        self.record
            .output(now, self.done, self.cohorts.slot, answers)
    }
}

impl Storm {
    /// Everything that happens in the next slot. How much work it was, in draws.
    fn slot(&mut self) -> u64 {
        let at = self.cohorts.now();
        if at >= self.params.limit || self.record.is_settled() {
            self.done = true;
            return 1;
        }
        let mut here = std::mem::take(&mut self.here);
        let count = self.cohorts.take(&mut here);
        let mut draws = 0;
        if count > 0 {
            draws = self.arrive(at, count, &mut here);
        }
        self.here = here;
        // The last of them may have been settled: then this is the time at which that happened.
        if !self.record.is_settled() {
            self.cohorts.pass();
            self.spend(draws);
        }
        draws + count.min(64) + 1
    }

    /// Makes slots longer where so many draws have been made that the run would take too long.
    fn spend(&mut self, draws: u64) {
        self.draws_left = self.draws_left.saturating_sub(draws);
        if self.draws_left == 0 && self.cohorts.can_coarsen() {
            self.cohorts.coarsen();
            self.record.widen_to(self.cohorts.slot);
            if self.cohorts.is_bulk() {
                self.draws_left = COARSE_DRAWS;
            }
        }
    }

    fn arrive(&mut self, at: Micros, count: u64, here: &mut [(usize, u64)]) -> u64 {
        if at < self.params.down {
            self.record.arrive(at, count, count);
            return self.send_all(at, here, Outcome::Reset);
        }
        let (mut in_time, mut late) = (0, 0);
        let turned = {
            let (record, params, server) = (&mut self.record, &self.params, &mut self.server);
            let capacity = u64::from(params.capacity);
            // Where chance has a part in their times, they arrive evenly over the slot; otherwise all at once.
            let gap = if params.is_random() {
                server.parts(self.cohorts.slot) / count
            } else {
                0
            };
            server.offer_many(server.parts(at) + gap / 2, gap, count, |arrived, end| {
                let (arrived, end) = (arrived / capacity, end.div_ceil(capacity));
                if end - arrived + params.round_trip <= params.connect_timeout {
                    in_time += 1;
                    record.accept(end);
                } else {
                    late += 1;
                }
            })
        };
        let refused = turned.answered + turned.full;
        self.record.arrive(at, count, refused);
        self.record.late += late;
        self.answers += turned.answered;
        let mut left = count;
        self.pick(here, &mut left, in_time, None, at);
        let mut draws = self.pick(here, &mut left, late, Some(Outcome::TimedOut), at);
        let outcome = match self.params.overflow {
            Overflow::TimeOut => Outcome::TimedOut,
            _ => Outcome::Reset,
        };
        if turned.answered == 0 || turned.full == 0 {
            let outcome = if turned.answered > 0 {
                Outcome::Answered
            } else {
                outcome
            };
            return draws + self.send_all(at, here, outcome);
        }
        // Some were answered and some not: each row in proportion, rounded so that the sum is right.
        let mut carry = u64::from(self.order.below(refused as u32));
        let mut answered = here.to_vec();
        for ((_, rest), (_, answered)) in here.iter_mut().zip(&mut answered) {
            carry += *rest * turned.answered;
            *answered = (carry / refused).min(*rest);
            carry %= refused;
            *rest -= *answered;
        }
        draws += self.send_all(at, &answered, Outcome::Answered);
        draws + self.send_all(at, here, outcome)
    }

    /// Picks so many of those here, each as likely as any other, and sends them on their way where they were in vain.
    fn pick(
        &mut self,
        here: &mut [(usize, u64)],
        left: &mut u64,
        picks: u64,
        outcome: Option<Outcome>,
        at: Micros,
    ) -> u64 {
        let mut draws = 0;
        let all = picks == *left;
        let alone = here.len() == 1;
        if all || alone {
            for (row, clients) in here.iter_mut() {
                let picked = if all { *clients } else { picks };
                *clients -= picked;
                if let Some(outcome) = outcome {
                    draws += self.send(at, *row, picked, outcome);
                }
            }
            *left -= picks;
            return draws;
        }
        for _ in 0..picks {
            let mut number = u64::from(self.order.below(*left as u32));
            let mut picked = None;
            for (row, clients) in here.iter_mut() {
                if number < *clients {
                    *clients -= 1;
                    picked = Some(*row);
                    break;
                }
                number -= *clients;
            }
            *left -= 1;
            if let (Some(outcome), Some(row)) = (outcome, picked) {
                draws += self.send(at, row, 1, outcome);
            }
        }
        draws
    }

    fn send_all(&mut self, at: Micros, here: &[(usize, u64)], outcome: Outcome) -> u64 {
        let (given_up, draws) = self.cohorts.send_all(here, outcome);
        self.record.give_up(given_up, at);
        draws
    }

    fn send(&mut self, at: Micros, row: usize, clients: u64, outcome: Outcome) -> u64 {
        let (given_up, draws) = self.cohorts.send(row, clients, outcome);
        self.record.give_up(given_up, at);
        draws
    }

    /// To have slots made longer early.
    #[cfg(test)]
    pub(super) fn with_fine_draws(mut self, draws: u64) -> Storm {
        self.draws_left = draws;
        self
    }
}
