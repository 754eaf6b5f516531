//! The same storm, client by client: a binary heap of events, one for each client, and times to the microsecond. Slow, and
//! plain enough to be checked by reading. The tests hold [`super::Storm`] against it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::record::Record;
use super::{Admission, Overflow, Server, StormOutput, StormParams};
use crate::Micros;
use crate::chance::Chance;

/// Runs the storm, but stops after about so many attempts; then `done` is not set.
///
/// Of clients that arrive in the same microsecond, chance decides who is first.
pub fn run(params: &StormParams, most_attempts: u64) -> StormOutput {
    let params = params.clamped();
    let (mut waits, mut order) = (Chance::new(params.seed, 0), Chance::new(params.seed, 1));
    let backoff = &params.backoff;
    let way = params.round_trip / 2;
    let [reset, timed_out, answered] = params.returns();
    let mut server = Server::new(params.capacity, params.backlog, params.answer_cost());
    let mut record = Record::new(&params, 8_000);
    // Failed attempts and last wait of each client.
    let mut states: Vec<(u32, Micros)> = Vec::with_capacity(params.clients as usize);
    let mut arrivals: BinaryHeap<Reverse<(Micros, u32, u32)>> = (0..params.clients)
        .map(|client| {
            let (previous, wait) = params.first_wait(&mut waits);
            states.push((0, previous));
            Reverse((wait + way, order.bits(), client))
        })
        .collect();
    let (mut now, mut answers) = (0, 0);
    while record.attempts < most_attempts
        && let Some(Reverse((at, _, client))) = arrivals.pop()
    {
        if at >= params.limit {
            now = params.limit;
            arrivals.clear();
            break;
        }
        now = at;
        let admission = if at < params.down {
            None
        } else {
            Some(server.offer(at))
        };
        let back = match admission {
            Some(Admission::Served(end))
                if end - at + params.round_trip <= params.connect_timeout =>
            {
                record.arrive(at, 1, 0);
                record.accept(end);
                continue;
            }
            Some(Admission::Served(_)) => {
                record.arrive(at, 1, 0);
                record.late += 1;
                timed_out
            }
            Some(Admission::Unavailable) => {
                record.arrive(at, 1, 1);
                answers += 1;
                answered
            }
            Some(Admission::Full) if params.overflow == Overflow::TimeOut => {
                record.arrive(at, 1, 1);
                timed_out
            }
            Some(Admission::Full) | None => {
                record.arrive(at, 1, 1);
                reset
            }
        };
        let (failed, previous) = &mut states[client as usize];
        *failed += 1;
        if backoff.give_up.is_some_and(|most| *failed >= most) {
            record.give_up(1, at);
            continue;
        }
        *previous = backoff.delay(*failed, *previous, &mut waits);
        arrivals.push(Reverse((at + back + *previous, order.bits(), client)));
    }
    let done = arrivals.is_empty();
    record.output(now, done, 1, server.work_of_answers(answers))
}
