//! Messages between clients, and what carries them from server to server.

use super::balancer::below;
use super::{Backplane, Cluster};
use crate::chance::Chance;
use serde::{Deserialize, Serialize};

/// What became of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Members that got it, the sender among them where it is a member: one frame each.
    pub reached: u32,
    /// Members that did not: nothing brought it to their server, or they have none.
    pub missed: u32,
    /// Copies that went between machines: server to server, or to and from the broker.
    pub copies: u32,
    /// Copies to a server that had it already, with gossip.
    pub redundant: u32,
    /// Servers that got a copy, or had the message from the sender, and hold no member.
    pub needless: u32,
    /// How many machines it went through, one after another, to the last server that it reached: 2 through a broker, the
    /// number of rounds with gossip.
    pub hops: u32,
}

/// How many others each server tells of a message, with gossip among so many servers: 4·⌈log₁₀(n + 1)⌉, as the library
/// under Consul and Serf has it by default (memberlist's `RetransmitMult`).
pub fn gossip_sends(servers: u16) -> u32 {
    let mut digits = 0;
    let mut reach = 1u32;
    while reach < u32::from(servers) + 1 {
        reach *= 10;
        digits += 1;
    }
    4 * digits
}

/// Who is in which room: every client in exactly one. Members are drawn at random.
#[derive(Clone, Debug)]
pub struct Rooms {
    members: Vec<u32>,
    size: u32,
    chance: Chance,
    /// How many from the end have been drawn.
    drawn: usize,
}

impl Rooms {
    /// Rooms of this size; the last may be smaller.
    pub fn new(clients: u32, size: u32, seed: u64) -> Rooms {
        let mut rooms = Rooms::unshuffled(clients, size, seed);
        rooms.shuffle(u32::MAX);
        rooms
    }

    pub(super) fn unshuffled(clients: u32, size: u32, seed: u64) -> Rooms {
        Rooms {
            members: (0..clients).collect(),
            size: size.max(1),
            chance: Chance::new(seed, 2),
            drawn: 0,
        }
    }

    /// Puts so many more clients into their places (Fisher and Yates). Whether all are.
    pub(super) fn shuffle(&mut self, steps: u32) -> bool {
        let n = self.members.len();
        let until = self.drawn.saturating_add(steps as usize).min(n);
        for drawn in self.drawn..until {
            let last = n - 1 - drawn;
            let other = below(&mut self.chance, last + 1);
            self.members.swap(last, other);
        }
        self.drawn = until;
        until == n
    }

    /// How many rooms there are.
    pub fn count(&self) -> u32 {
        (self.members.len() as u32).div_ceil(self.size)
    }

    /// The members of a room; none where there is no such room.
    pub fn members(&self, room: u32) -> &[u32] {
        let from = u64::from(room) * u64::from(self.size);
        let until = from + u64::from(self.size);
        let n = self.members.len();
        let place = |at: u64| usize::try_from(at).unwrap_or(n).min(n);
        &self.members[place(from)..place(until)]
    }

    /// A client at random, and its room.
    pub(super) fn draw(&self, chance: &mut Chance) -> (u32, u32) {
        let place = below(chance, self.members.len());
        let client = self.members.get(place).copied().unwrap_or(0);
        (client, place as u32 / self.size)
    }
}

/// What sending needs for a moment.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    chance: Chance,
    /// For each server, the last message that it holds a member for, and the last that it got.
    wanted: Vec<u32>,
    got: Vec<u32>,
    message: u32,
    up: Vec<u16>,
    /// Servers that have the message, with how many more they will tell.
    telling: Vec<(u16, u32)>,
}

impl Scratch {
    pub(super) fn new(seed: u64) -> Scratch {
        Scratch {
            chance: Chance::new(seed, 3),
            wanted: Vec::new(),
            got: Vec::new(),
            message: 0,
            up: Vec::new(),
            telling: Vec::new(),
        }
    }
}

impl Cluster {
    /// A client sends a message to the members of a room, or to one other.
    ///
    /// The sender's server delivers to its own clients with no backplane and with gossip; with a broker, it gets its own
    /// copy back as all others do. So pub/sub takes one copy to the broker and one to each server that holds a member.
    pub fn send(&mut self, from: u32, members: &[u32], backplane: Backplane) -> Delivery {
        let mut scratch = std::mem::replace(&mut self.scratch, Scratch::new(0));
        let delivery = self.deliver(&mut scratch, from, members, backplane);
        self.scratch = scratch;
        delivery
    }

    /// Tells sending which servers are up; to be called before a row of messages.
    fn prepare(&self, scratch: &mut Scratch) {
        scratch.up.clear();
        scratch.up.extend(self.loads().map(|(server, _)| server));
        let slots = self.slots();
        scratch.wanted.resize(slots, 0);
        scratch.got.resize(slots, 0);
        if scratch.message == u32::MAX {
            scratch.wanted.fill(0);
            scratch.got.fill(0);
            scratch.message = 0;
        }
        scratch.message += 1;
    }

    fn deliver(
        &self,
        scratch: &mut Scratch,
        from: u32,
        members: &[u32],
        backplane: Backplane,
    ) -> Delivery {
        let mut delivery = Delivery {
            missed: members.len() as u32,
            ..Delivery::default()
        };
        let Some(origin) = self.server_of(from) else {
            return delivery;
        };
        self.prepare(scratch);
        let message = scratch.message;
        let (mut here, mut connected, mut holders) = (0, 0, 0);
        for &member in members {
            let Some(server) = self.server_of(member) else {
                continue;
            };
            connected += 1;
            here += u32::from(server == origin);
            let wanted = &mut scratch.wanted[usize::from(server)];
            holders += u32::from(*wanted != message);
            *wanted = message;
        }
        let servers = scratch.up.len() as u32;
        match backplane {
            Backplane::None => {
                delivery.reached = here;
                delivery.needless = u32::from(here == 0);
            }
            Backplane::PubSub => {
                delivery.reached = connected;
                delivery.copies = 1 + holders;
                delivery.hops = if holders > 0 { 2 } else { 1 };
            }
            Backplane::Broadcast => {
                delivery.reached = connected;
                delivery.copies = 1 + servers;
                delivery.needless = servers - holders;
                delivery.hops = 2;
            }
            Backplane::Gossip { fanout } => {
                let informed = gossip(scratch, origin, fanout, &mut delivery);
                let got = |server: u16| scratch.got[usize::from(server)] == message;
                let wanted = |server: u16| scratch.wanted[usize::from(server)] == message;
                delivery.reached = if informed == servers {
                    connected
                } else {
                    let servers = members.iter().filter_map(|&member| self.server_of(member));
                    servers.filter(|&server| got(server)).count() as u32
                };
                let needless = scratch.up.iter().filter(|&&s| got(s) && !wanted(s));
                delivery.needless = needless.count() as u32;
            }
        }
        delivery.missed = members.len() as u32 - delivery.reached;
        delivery
    }
}

/// Spreads a message from server to server. How many have it in the end.
fn gossip(scratch: &mut Scratch, origin: u16, fanout: u16, delivery: &mut Delivery) -> u32 {
    let message = scratch.message;
    let others = scratch.up.len().saturating_sub(1);
    scratch.got[usize::from(origin)] = message;
    let mut informed = 1;
    if others == 0 {
        return informed;
    }
    let sends = gossip_sends(scratch.up.len() as u16);
    scratch.telling.clear();
    scratch.telling.push((origin, sends));
    let mut round = 0;
    let mut done = 0;
    while done < scratch.telling.len() {
        round += 1;
        // Whoever hears of it in this round tells from the next on.
        for teller in done..scratch.telling.len() {
            let (server, left) = scratch.telling[teller];
            let now = left.min(u32::from(fanout.max(1)));
            scratch.telling[teller].1 -= now;
            for _ in 0..now {
                // Any but itself: whoever stands in its place is the last.
                let drawn = scratch.up[below(&mut scratch.chance, others)];
                let told = if drawn == server {
                    scratch.up[others]
                } else {
                    drawn
                };
                delivery.copies += 1;
                let got = &mut scratch.got[usize::from(told)];
                if *got == message {
                    delivery.redundant += 1;
                } else {
                    *got = message;
                    informed += 1;
                    delivery.hops = round;
                    scratch.telling.push((told, sends));
                }
            }
        }
        while scratch
            .telling
            .get(done)
            .is_some_and(|teller| teller.1 == 0)
        {
            done += 1;
        }
    }
    informed
}
