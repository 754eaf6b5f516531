//! The choice of a server.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Balancer;
use crate::chance::Chance;

/// No server.
pub(super) const NOBODY: u16 = u16::MAX;

/// Leading bits of a hash by which the circle is indexed.
const INDEX_BITS: u32 = 14;

/// A hash that spreads well: the last step of SplitMix64 (Steele, Lea, Flood, 2014), twice.
pub(super) fn hash(seed: u64, value: u64) -> u64 {
    let mix = |x: u64| {
        let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    mix(mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)).wrapping_add(value))
}

/// The circle of a consistent hash.
#[derive(Clone, Debug, Default)]
struct Circle {
    points: Vec<(u64, u16)>,
    /// For each value of the leading bits, the first point that is not before it.
    index: Vec<u32>,
}

impl Circle {
    fn add(&mut self, server: u16, points: u16, seed: u64) {
        let place = |point| hash(seed, (1 << 63) | (u64::from(server) << 32) | point);
        self.points
            .extend((0..u64::from(points)).map(|point| (place(point), server)));
    }

    fn settle(&mut self) {
        self.points.sort_unstable();
        let mut at = 0;
        self.index = (0..1u64 << INDEX_BITS)
            .map(|bits| {
                let from = bits << (64 - INDEX_BITS);
                while self.points.get(at).is_some_and(|point| point.0 < from) {
                    at += 1;
                }
                at as u32
            })
            .collect();
    }

    /// The server of the first point from this place on that takes connections.
    fn find(&self, place: u64, takes: &[bool]) -> Option<u16> {
        let mut at = *self.index.get((place >> (64 - INDEX_BITS)) as usize)? as usize;
        while self.points.get(at).is_some_and(|point| point.0 < place) {
            at += 1;
        }
        let (before, after) = self.points.split_at(at);
        let mut servers = after.iter().chain(before).map(|&(_, server)| server);
        servers.find(|&server| takes[usize::from(server)])
    }
}

/// What a balancer knows.
#[derive(Clone, Debug)]
pub(super) struct Chooser {
    balancer: Balancer,
    seed: u64,
    chance: Chance,
    /// Those that take connections, in the order of their numbers.
    open: Vec<u16>,
    /// The same by number.
    takes: Vec<bool>,
    /// Round robin: whose turn it is, in `open`.
    turn: usize,
    /// Least connections: what each held when it was last chosen.
    fewest: BinaryHeap<Reverse<(u32, u16)>>,
    stale: bool,
    circle: Circle,
}

impl Chooser {
    pub(super) fn new(balancer: Balancer, seed: u64) -> Chooser {
        Chooser {
            balancer,
            seed,
            chance: Chance::new(seed, 0),
            open: Vec::new(),
            takes: Vec::new(),
            turn: 0,
            fewest: BinaryHeap::new(),
            stale: true,
            circle: Circle::default(),
        }
    }

    /// There are so many servers now, the new ones with the highest numbers.
    pub(super) fn introduce(&mut self, servers: u16) {
        let known = self.takes.len() as u16;
        self.takes.resize(usize::from(servers), false);
        if let Balancer::ConsistentHash { points } = self.balancer {
            for server in known..servers {
                self.circle.add(server, points, self.seed);
            }
            self.circle.settle();
        }
    }

    /// Who takes connections from now on.
    pub(super) fn open(&mut self, takes: impl Fn(u16) -> bool) {
        self.open.clear();
        for (server, slot) in self.takes.iter_mut().enumerate() {
            *slot = takes(server as u16);
            if *slot {
                self.open.push(server as u16);
            }
        }
        self.stale = true;
    }

    /// Connections have ended.
    pub(super) fn ended(&mut self) {
        self.stale = true;
    }

    pub(super) fn sticky(&self) -> bool {
        matches!(
            self.balancer,
            Balancer::AddressHash | Balancer::Cookie | Balancer::ConsistentHash { .. }
        )
    }

    /// The server that hashing or a cookie gives, where that decides.
    pub(super) fn home(&self, client: u32, address: u64, held_by: u16) -> Option<u16> {
        match self.balancer {
            Balancer::AddressHash => {
                let servers = self.open.len().max(1) as u64;
                let index = hash(self.seed, address) % servers;
                self.open.get(index as usize).copied()
            }
            Balancer::ConsistentHash { .. } => {
                let place = hash(self.seed, u64::from(client));
                self.circle.find(place, &self.takes)
            }
            Balancer::Cookie => {
                let takes = self.takes.get(usize::from(held_by)).copied();
                takes.unwrap_or(false).then_some(held_by)
            }
            _ => None,
        }
    }

    /// The server for a client that was last held by another, or [`NOBODY`]. `None` where no server takes connections.
    pub(super) fn choose(
        &mut self,
        client: u32,
        address: u64,
        held_by: u16,
        loads: &[u32],
    ) -> Option<u16> {
        if self.open.is_empty() {
            return None;
        }
        match self.balancer {
            Balancer::RoundRobin => self.next(),
            Balancer::LeastConnections => self.fewest(loads),
            Balancer::TwoChoices => {
                let (first, second) = (self.any(), self.any());
                let less = loads[usize::from(second)] < loads[usize::from(first)];
                Some(if less { second } else { first })
            }
            Balancer::Cookie => self.home(client, address, held_by).or_else(|| self.next()),
            Balancer::AddressHash | Balancer::ConsistentHash { .. } => {
                self.home(client, address, held_by)
            }
        }
    }

    fn next(&mut self) -> Option<u16> {
        let turn = if self.turn < self.open.len() {
            self.turn
        } else {
            0
        };
        self.turn = turn + 1;
        self.open.get(turn).copied()
    }

    fn any(&mut self) -> u16 {
        self.open[below(&mut self.chance, self.open.len())]
    }

    fn fewest(&mut self, loads: &[u32]) -> Option<u16> {
        let load = |server: u16| loads[usize::from(server)];
        if self.stale {
            let entries = self
                .open
                .iter()
                .map(|&server| Reverse((load(server), server)));
            self.fewest = entries.collect();
            self.stale = false;
        }
        // Whoever is chosen will hold one more.
        let mut top = self.fewest.peek_mut()?;
        let server = top.0.1;
        top.0.0 = load(server) + 1;
        Some(server)
    }
}

/// A number from 0 up to, but never, `n`; 0 where `n` is 0.
pub(super) fn below(chance: &mut Chance, n: usize) -> usize {
    (chance.unit() * n as f64) as usize
}
