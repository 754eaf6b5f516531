//! The model: a calendar of what is published and what reaches a server. What follows from an arrival, frame by
//! frame, is computed at once, because a server works in the order of arrivals.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::calendar::{Entry, What};
use super::output::{Parts, Record};
use super::{FaultKind, Origin, Params, Policy};
use crate::chance::Chance;
use crate::{Micros, SECOND};

/// A user that was never given a slow client's queue.
pub(super) const FAST: u32 = u32::MAX;
/// Never.
const NEVER: Micros = Micros::MAX;

/// A slow client's queue. The first frame is being sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Slow {
    frames: VecDeque<Parts>,
    /// When the first frame is sent.
    sent: Micros,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Server {
    /// When it has nothing left to do.
    free: Micros,
    /// When each frame that waits or is being handed out is done.
    done: VecDeque<Micros>,
    pub(super) busy: Micros,
}

/// A run of the model.
#[derive(Clone, Debug)]
pub struct ChatRun {
    pub(super) params: Params,
    pub(super) record: Record,
    pub(super) calendar: BinaryHeap<Reverse<(Micros, u64, Entry)>>,
    pub(super) entries: u64,
    pub(super) now: Micros,
    pub(super) finished: bool,
    /// When the sources send next, with its fraction of a microsecond.
    pub(super) source: f64,
    pub(super) source_chance: Chance,
    pub(super) network_chance: Chance,
    pub(super) hop_chance: Chance,
    pub(super) return_chance: Chance,
    pub(super) servers: Vec<Server>,
    /// Which server holds each user, or will when it is back.
    pub(super) held_by: Vec<u16>,
    /// From when on each user is connected.
    pub(super) since: Vec<Micros>,
    /// Each user's queue in `slow`, or [`FAST`].
    pub(super) queue_of: Vec<u32>,
    pub(super) slow: Vec<Slow>,
    /// How many members of the room at hand each server holds.
    pub(super) members: Vec<u32>,
    pub(super) queue_depth_max: u32,
    pub(super) client_queue_max: u32,
}

impl ChatRun {
    /// The parameters that it runs with.
    pub fn params(&self) -> &Params {
        &self.params
    }

    pub(super) fn enter(&mut self, at: Micros, entry: Entry) {
        self.entries += 1;
        self.calendar.push(Reverse((at, self.entries, entry)));
    }

    /// When a sender sends the next time.
    pub(super) fn schedule_source(&mut self) {
        let rate: f64 = self.params.rates().iter().sum();
        if rate > 0.0 {
            self.source += self.source_chance.exponential() / rate * SECOND as f64;
            if self.source <= self.params.duration as f64 {
                self.enter(self.source as Micros, Entry::Source);
            }
        }
    }

    fn network(&mut self) -> Micros {
        let jitter = self.network_chance.exponential() * self.params.network_jitter as f64;
        self.params.network + jitter as Micros
    }

    fn dies_at(&self, server: u16) -> Micros {
        match self.params.fault {
            Some(fault) if server == 0 && fault.kind == FaultKind::ServerDies => fault.at,
            _ => NEVER,
        }
    }

    fn paused(&self, at: Micros) -> bool {
        self.params.fault.is_some_and(|fault| {
            matches!(fault.kind, FaultKind::PubSubPauses(lasts) if (fault.at..fault.at + lasts).contains(&at))
        })
    }

    /// What a frame takes that a server begins to hand out at this time.
    fn service(&self, server: u16, at: Micros) -> Micros {
        match self.params.fault.map(|fault| (fault.at, fault.kind)) {
            Some((from, FaultKind::ServerSlows { lasts, factor }))
                if server == 0 && (from..from + lasts).contains(&at) =>
            {
                self.params.service * Micros::from(factor)
            }
            _ => self.params.service,
        }
    }

    fn room(&self, room: u32) -> std::ops::Range<usize> {
        let from = room as usize * self.params.room as usize;
        from..(from + self.params.room as usize).min(self.held_by.len())
    }

    pub(super) fn send(&mut self, at: Micros) {
        let rates = self.params.rates();
        let sum: f64 = rates.iter().sum();
        let mut drawn = self.source_chance.unit() * sum;
        let kind = rates.iter().position(|rate| {
            drawn -= rate;
            drawn < 0.0
        });
        let senders = match (kind, self.params.origin) {
            (Some(0..=2), Origin::Feed) => self.params.rooms(),
            _ => self.params.users,
        };
        let sender = (self.source_chance.unit() * f64::from(senders)) as u32;
        let what = match kind {
            Some(0) => What::Message,
            Some(1) => What::Typing,
            Some(2) => What::Presence,
            _ => {
                if let Some(server) = self.connected(sender, at) {
                    let reaches = at + self.network();
                    self.enter(reaches, Entry::Heartbeat { server });
                }
                return;
            }
        };
        let (room, origin, reaches) = match self.params.origin {
            Origin::Feed => {
                let servers = u32::from(self.params.servers);
                let mut origin = (sender % servers) as u16;
                if self.dies_at(origin) <= at && servers > 1 {
                    origin = 1 + (sender % (servers - 1)) as u16;
                }
                (sender, origin, at)
            }
            Origin::Members => {
                let Some(origin) = self.connected(sender, at) else {
                    return;
                };
                (sender / self.params.room, origin, at + self.network())
            }
        };
        let publish = Entry::Publish {
            room,
            origin,
            created: at,
            what,
        };
        self.enter(reaches, publish);
    }

    fn connected(&self, user: u32, at: Micros) -> Option<u16> {
        let user = user as usize;
        (*self.since.get(user)? <= at).then(|| self.held_by[user])
    }

    pub(super) fn publish(
        &mut self,
        at: Micros,
        room: u32,
        origin: u16,
        created: Micros,
        what: What,
    ) -> u64 {
        let users = self.room(room);
        let size = users.len() as u64;
        let dead = self.dies_at(origin) <= at;
        let counts = &mut self.record.counts;
        match what {
            What::Message => counts.messages += 1,
            What::Typing => counts.typing += 1,
            What::Presence => counts.presence += 1,
        }
        counts.addressed += size;
        if dead {
            counts.missed += size;
            return 1;
        }
        self.members.fill(0);
        let mut away = 0;
        for user in users {
            if self.since[user] <= at {
                self.members[usize::from(self.held_by[user])] += 1;
            } else {
                away += 1;
            }
        }
        self.record.counts.missed += away;
        let paused = self.paused(at);
        for server in 0..self.params.servers {
            let members = self.members[usize::from(server)];
            if members == 0 {
                continue;
            }
            let mut hop = 0;
            if server != origin {
                if paused {
                    self.record.counts.missed += u64::from(members);
                    continue;
                }
                let jitter = self.hop_chance.exponential() * self.params.hop_jitter as f64;
                hop = self.params.hop + jitter as Micros;
            }
            let arrive = Entry::Arrive {
                room,
                server,
                members,
                published: at,
                created,
                hop: hop as u32,
                what,
            };
            self.enter(at + hop, arrive);
        }
        1 + size / 4
    }

    /// A server hands out one more frame. When it began, how long that took and when it is done, or `None` where it dies
    /// before that.
    fn serve(&mut self, server: u16, at: Micros) -> Option<(Micros, Micros)> {
        let dies = self.dies_at(server);
        let start = self.servers[usize::from(server)].free.max(at);
        let service = self.service(server, start);
        let state = &mut self.servers[usize::from(server)];
        state.free = start.saturating_add(service);
        state.done.push_back(state.free);
        if state.free > dies {
            return None;
        }
        state.busy += service;
        Some((start, service))
    }

    fn settle_server(&mut self, server: u16, at: Micros) {
        let done = &mut self.servers[usize::from(server)].done;
        while done.front().is_some_and(|&done| done <= at) {
            done.pop_front();
        }
    }

    pub(super) fn heartbeat(&mut self, at: Micros, server: u16) {
        if self.dies_at(server) > at {
            self.settle_server(server, at);
            self.serve(server, at);
            self.record.counts.heartbeats += 1;
        }
    }

    pub(super) fn arrive(&mut self, at: Micros, entry: Entry) -> u64 {
        let Entry::Arrive {
            room,
            server,
            members,
            published,
            created,
            hop,
            what,
        } = entry
        else {
            return 0;
        };
        if self.dies_at(server) <= at {
            self.record.counts.missed += u64::from(members);
            return 1;
        }
        self.settle_server(server, at);
        let users = self.room(room);
        let scanned = users.len() as u64;
        let mut found = 0;
        for user in users {
            // Whoever has come since the message was published was not counted then.
            if self.held_by[user] != server || self.since[user] > published {
                continue;
            }
            found += 1;
            let Some((start, service)) = self.serve(server, at) else {
                self.record.counts.lost += 1;
                continue;
            };
            let parts = Parts {
                created,
                network: (published - created) as u32,
                hop,
                wait: start - at,
                service: service as u32,
                message: what == What::Message,
            };
            match self.queue_of[user] {
                FAST => self.last_mile(start + service, parts),
                queue => self.queue(user, queue as usize, start + service, parts),
            }
        }
        self.record.counts.missed += u64::from(members - found);
        let depth = self.servers[usize::from(server)].done.len() as u32;
        self.queue_depth_max = self.queue_depth_max.max(depth);
        self.record.depth(at, depth);
        1 + u64::from(found) + scanned / 8
    }

    fn last_mile(&mut self, at: Micros, mut parts: Parts) {
        let network = self.network();
        parts.network += network as u32;
        self.record.arrival(at + network, &parts);
    }

    /// Sends what a slow client has taken by this time.
    fn settle_client(&mut self, queue: usize, at: Micros) {
        while self.slow[queue].sent <= at {
            let sent = self.slow[queue].sent;
            let Some(parts) = self.slow[queue].frames.pop_front() else {
                return;
            };
            self.slow[queue].sent = sent + self.params.drain;
            self.last_mile(sent, parts);
        }
    }

    /// A frame for a slow client.
    fn queue(&mut self, user: usize, queue: usize, at: Micros, parts: Parts) {
        self.settle_client(queue, at);
        let (drain, most) = (self.params.drain, self.params.queue as usize);
        let slow = &mut self.slow[queue];
        if slow.frames.is_empty() {
            slow.sent = at + drain;
        }
        if slow.frames.len() <= most {
            slow.frames.push_back(parts);
            self.client_queue_max = self.client_queue_max.max(slow.frames.len() as u32 - 1);
            return;
        }
        let counts = &mut self.record.counts;
        match self.params.policy {
            Policy::Drop => counts.dropped += 1,
            Policy::Conflate => {
                counts.conflated += 1;
                slow.frames.pop_back();
                slow.frames.push_back(parts);
            }
            Policy::Disconnect => {
                // What else is on its way to it finds it gone.
                counts.discarded += slow.frames.len() as u64 + 1;
                counts.disconnected += 1;
                slow.frames.clear();
                self.leave(user, at);
            }
        }
    }

    /// A user's connection ends, and it comes back later.
    fn leave(&mut self, user: usize, at: Micros) {
        let back = at + 1 + (self.return_chance.unit() * self.params.backoff as f64) as Micros;
        self.since[user] = back;
        self.record.connections(at, -1);
        self.record.connections(back, 1);
    }

    pub(super) fn fault(&mut self, at: Micros) {
        if self.dies_at(0) > at {
            return;
        }
        let others = self.params.servers - 1;
        let mut next = 0;
        for user in 0..self.held_by.len() {
            if self.held_by[user] != 0 {
                continue;
            }
            let queue = self.queue_of[user];
            if queue != FAST {
                self.settle_client(queue as usize, at);
                self.record.counts.lost += self.slow[queue as usize].frames.len() as u64;
                self.slow[queue as usize].frames.clear();
            }
            let connected = self.since[user] <= at;
            self.record.counts.orphaned += u64::from(connected);
            if others == 0 {
                let from = self.since[user].max(at);
                self.record.connections(from, -1);
                self.since[user] = NEVER;
                continue;
            }
            self.held_by[user] = 1 + next;
            next = (next + 1) % others;
            if connected {
                self.leave(user, at);
            }
        }
    }

    pub(super) fn finish(&mut self) {
        self.finished = true;
        self.now = self.params.duration;
        for Reverse((_, _, entry)) in std::mem::take(&mut self.calendar) {
            if let Entry::Arrive { members, .. } = entry {
                self.record.counts.under_way += u64::from(members);
            }
        }
        for queue in 0..self.slow.len() {
            self.settle_client(queue, self.params.duration);
            let waiting = self.slow[queue].frames.len() as u64;
            self.record.counts.under_way += waiting;
        }
    }
}
