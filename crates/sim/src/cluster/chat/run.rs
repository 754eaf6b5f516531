//! The model as a job, in slices.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Params;
use super::calendar::Entry;
use super::model::{ChatRun, FAST, Server, Slow};
use super::output::{Output, Record};
use crate::chance::Chance;
use crate::job::{Job, MEMORY_LIMIT, TooLarge};
use crate::{Micros, SECOND};

/// What a run takes at the most, in bytes.
fn needed(params: &Params) -> u64 {
    let frames = (params.frames_per_second() * params.duration as f64 / SECOND as f64) as u64;
    let slow = u64::from(params.users) * u64::from(params.slow_permille) / 1_000;
    let queued = (slow * (u64::from(params.queue) + 1))
        .min(frames * u64::from(params.slow_permille) / 1_000 + slow);
    let spans = params.hop + 4 * params.hop_jitter + params.network + 4 * params.network_jitter;
    let sent: f64 = params.rates().iter().sum();
    let each = u64::from(params.servers.min(params.room.min(u16::MAX.into()) as u16)) + 1;
    let calendar = (sent * spans.min(params.duration) as f64 / SECOND as f64) as u64 * each;
    // Vectors may have twice the room that they need.
    let waiting = if params.load() > 0.5 {
        frames
    } else {
        frames / 8
    };
    u64::from(params.users) * 16 + 2 * (queued * 40 + calendar * 72 + waiting * 8) + slow * 64
}

impl Job for ChatRun {
    const NAME: &'static str = "chat";
    type Params = Params;
    type Output = Output;

    fn start(wanted: &Params) -> Result<ChatRun, TooLarge> {
        let params = wanted.clamped();
        let takes = needed(&params);
        if takes > MEMORY_LIMIT {
            let fits = |users: u32| needed(&Params { users, ..*wanted }.clamped()) <= MEMORY_LIMIT;
            let (mut least, mut most) = (0, params.users);
            while most - least > 1 {
                let middle = least + (most - least) / 2;
                if fits(middle) {
                    least = middle;
                } else {
                    most = middle;
                }
            }
            return Err(TooLarge {
                needed: takes,
                fits: u64::from(least),
            });
        }
        let users = params.users as usize;
        let mut chance = Chance::new(params.seed, 3);
        // Each server holds as many as the others, and nobody knows whom.
        let mut held_by: Vec<u16> = (0..params.servers).cycle().take(users).collect();
        for last in (1..users).rev() {
            held_by.swap(last, (chance.unit() * (last + 1) as f64) as usize);
        }
        let slow_share = f64::from(params.slow_permille) / 1_000.0;
        let mut slow = Vec::new();
        let queue_of = (0..users).map(|_| {
            if chance.unit() >= slow_share {
                return FAST;
            }
            slow.push(Slow::default());
            slow.len() as u32 - 1
        });
        let queue_of = queue_of.collect();
        let mut record = Record::new(params.duration, params.frame);
        let since: Vec<Micros> = (0..users as u64)
            .map(|user| params.ramp * user / users as u64)
            .collect();
        for &at in &since {
            record.connections(at, 1);
        }
        let mut run = ChatRun {
            record,
            calendar: BinaryHeap::new(),
            entries: 0,
            now: 0,
            finished: false,
            source: 0.0,
            source_chance: Chance::new(params.seed, 0),
            network_chance: Chance::new(params.seed, 1),
            hop_chance: Chance::new(params.seed, 2),
            return_chance: Chance::new(params.seed, 4),
            servers: vec![Server::default(); usize::from(params.servers)],
            held_by,
            since,
            queue_of,
            slow,
            members: vec![0; usize::from(params.servers)],
            queue_depth_max: 0,
            client_queue_max: 0,
            params,
        };
        if let Some(fault) = params.fault {
            run.enter(fault.at, Entry::Fault);
        }
        run.schedule_source();
        Ok(run)
    }

    fn advance(&mut self, events: u32) -> bool {
        let mut left = u64::from(events.max(1));
        while left > 0 && !self.finished {
            let next = self.calendar.peek().map(|entry| entry.0.0);
            if next.is_none_or(|at| at > self.params.duration) {
                self.finish();
                break;
            }
            let Some(Reverse((at, _, entry))) = self.calendar.pop() else {
                break;
            };
            self.now = at;
            let work = match entry {
                Entry::Source => {
                    self.send(at);
                    self.schedule_source();
                    1
                }
                Entry::Fault => {
                    self.fault(at);
                    1 + self.held_by.len() as u64 / 4
                }
                Entry::Heartbeat { server } => {
                    self.heartbeat(at, server);
                    1
                }
                Entry::Publish {
                    room,
                    origin,
                    created,
                    what,
                } => self.publish(at, room, origin, created, what),
                Entry::Arrive { .. } => self.arrive(at, entry),
            };
            left = left.saturating_sub(work);
        }
        self.finished
    }

    fn progress(&self) -> f64 {
        if self.finished {
            return 1.0;
        }
        self.now as f64 / self.params.duration as f64
    }

    fn output(&self) -> Output {
        let busiest = self.servers.iter().map(|server| server.busy).max();
        Output {
            queue_depth_max: self.queue_depth_max,
            client_queue_max: self.client_queue_max,
            busiest: busiest.unwrap_or(0) as f64 / self.now.max(1) as f64,
            ..self.record.output(self.now)
        }
    }
}
