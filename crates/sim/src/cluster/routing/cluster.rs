//! The servers and who is on them.

use super::Params;
use super::balancer::{Chooser, NOBODY};
use crate::chance::Chance;
use serde::{Deserialize, Serialize};

/// In how many parts a drained server's clients are sent away.
const DRAIN_PARTS: u32 = 100;

/// What an event did to the clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// How many clients reconnected, and found a server.
    pub reconnected: u32,
    /// How many of them found no trace of their session there: they landed on another server than before, or theirs had
    /// lost its memory. Where the state is kept outside of the servers, read 0.
    pub sessions_lost: u32,
    /// How many stay where they are, as every established connection does, but would land elsewhere if they reconnected
    /// now. `None` with balancers that do not remember clients: round robin, least connections, two choices.
    pub would_move: Option<u32>,
    /// How many have no server to go to.
    pub stranded: u32,
}

/// What a deployment did to the clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deployed {
    /// Reconnections, all together. All of them lost their session's state with the old process.
    pub reconnected: u32,
    /// The most connections that any server held on the way.
    pub largest_load: u32,
    /// The most reconnections at one moment.
    pub largest_burst: u32,
    /// How often a client was moved on average.
    pub mean_moves: f64,
    /// How often the most moved client was.
    pub most_moves: u16,
    /// How many would land elsewhere if they reconnected now, as in [`Moved`]: with hashing, those that went to another
    /// server while theirs was replaced.
    pub would_move: Option<u32>,
}

/// A deployment on its way.
#[derive(Clone, Debug)]
pub(super) struct Deployment {
    drain: bool,
    /// Servers whose turn is still to come, the last first.
    rest: Vec<u16>,
    renewed: Vec<bool>,
    moves: Vec<u16>,
    so_far: Deployed,
}

impl Deployment {
    pub(super) fn so_far(&self) -> Deployed {
        self.so_far
    }

    /// How much is done, from 0 to 1.
    pub(super) fn progress(&self) -> f64 {
        let done = self.renewed.iter().filter(|renewed| **renewed).count() as f64;
        done / (done + self.rest.len() as f64).max(1.0)
    }
}

/// Servers, clients, and who holds whom.
#[derive(Clone, Debug)]
pub struct Cluster {
    chooser: Chooser,
    chance: Chance,
    office: u32,
    in_offices: u32,
    up: Vec<bool>,
    loads: Vec<u32>,
    /// Who holds each client.
    held_by: Vec<u16>,
    /// How many clients have come so far.
    came: u32,
    pub(super) scratch: super::send::Scratch,
}

impl Cluster {
    /// Servers without clients. Of the parameters, it takes how many there are of both, the balancer, the offices and the
    /// seed.
    pub fn new(params: &Params) -> Cluster {
        let params = params.clamped();
        let (clients, servers) = (params.clients, params.servers);
        let share = u64::from(params.in_offices_permille);
        let mut cluster = Cluster {
            chooser: Chooser::new(params.balancer, params.seed),
            chance: Chance::new(params.seed, 1),
            office: params.office,
            in_offices: (u64::from(clients) * share / 1_000) as u32,
            up: Vec::new(),
            loads: Vec::new(),
            held_by: vec![NOBODY; clients as usize],
            came: 0,
            scratch: super::send::Scratch::new(params.seed),
        };
        cluster.grow(servers);
        cluster
    }

    /// How many clients there are, connected or not.
    pub fn clients(&self) -> u32 {
        self.held_by.len() as u32
    }

    /// Which server holds a client. `None` where none does.
    pub fn server_of(&self, client: u32) -> Option<u16> {
        let server = *self.held_by.get(client as usize)?;
        (server != NOBODY).then_some(server)
    }

    /// The servers that are up, and how many clients each holds, in the order of their numbers. Numbers are never given
    /// twice, except that a deployment keeps them.
    pub fn loads(&self) -> impl Iterator<Item = (u16, u32)> {
        let all = self.up.iter().zip(&self.loads).enumerate();
        all.filter(|(_, (up, _))| **up)
            .map(|(server, (_, load))| (server as u16, *load))
    }

    /// How many numbers have been given to servers.
    pub(super) fn slots(&self) -> usize {
        self.up.len()
    }

    /// How many servers are up.
    pub fn servers(&self) -> u16 {
        self.up.iter().filter(|up| **up).count() as u16
    }

    /// All clients connect that have not yet.
    pub fn connect_all(&mut self) {
        self.connect(u32::MAX);
    }

    /// So many more clients connect, in their order. Whether all have.
    pub fn connect(&mut self, clients: u32) -> bool {
        let until = self.came.saturating_add(clients).min(self.clients());
        for client in self.came..until {
            self.place(client, NOBODY);
        }
        self.came = until;
        until == self.clients()
    }

    /// A server dies, and its clients reconnect through the balancer.
    pub fn kill(&mut self, server: u16) -> Moved {
        let Some(up) = self.up.get_mut(usize::from(server)).filter(|up| **up) else {
            return Moved::default();
        };
        *up = false;
        self.open_all();
        let gone = self.take_clients(server);
        let mut moved = Moved::default();
        for client in gone {
            let same = self.replace(client, server);
            count(same, &mut moved);
        }
        moved.would_move = self.would_move();
        moved
    }

    /// A server is added. Nobody moves: connections stay where they are. Whoever had no server to go to, connects.
    /// Nothing happens where [`super::MAX_SERVERS`] are up.
    pub fn add(&mut self) -> Moved {
        let mut moved = Moved::default();
        if self.servers() < super::MAX_SERVERS && self.up.len() < usize::from(NOBODY) {
            self.grow(1);
        }
        self.connect_stranded(&mut moved);
        moved.would_move = self.would_move();
        moved
    }

    /// Of a thousand clients, so many lose their line, each with this probability, and then all of them reconnect. The
    /// servers still have their sessions.
    pub fn lines_break(&mut self, permille: u16) -> Moved {
        let share = f64::from(permille.min(1_000)) / 1_000.0;
        let mut broken = Vec::new();
        for client in 0..self.came {
            let server = self.held_by[client as usize];
            if server != NOBODY && self.chance.unit() < share {
                self.loads[usize::from(server)] -= 1;
                broken.push((client, server));
            }
        }
        self.chooser.ended();
        let mut moved = Moved::default();
        for (client, server) in broken {
            let same = self.replace(client, server);
            count(same, &mut moved);
        }
        moved.would_move = self.would_move();
        moved
    }

    /// Every server is replaced, one after another: it stops, its clients reconnect to others, and it comes back empty
    /// under the same number before the next one stops.
    ///
    /// Without draining, a server stops at once, all its clients come back in one moment, and they may land on a server
    /// whose turn is still to come, to be moved again. With draining, servers whose turn is still to come get no
    /// connections as long as a renewed one is up, and the clients are sent away in a hundred parts, one after another.
    /// Each client is then moved once, those of the first server excepted. But what is renewed early fills up.
    pub fn deploy(&mut self, drain: bool) -> Deployed {
        let mut deployment = self.begin_deployment(drain);
        while self.deploy_next(&mut deployment) {}
        deployment.so_far
    }

    pub(super) fn begin_deployment(&mut self, drain: bool) -> Deployment {
        let mut rest: Vec<u16> = self.loads().map(|(server, _)| server).collect();
        rest.reverse();
        Deployment {
            drain,
            rest,
            renewed: vec![false; self.up.len()],
            moves: vec![0; self.held_by.len()],
            so_far: Deployed {
                largest_load: self.loads().map(|(_, load)| load).max().unwrap_or(0),
                ..Deployed::default()
            },
        }
    }

    /// Replaces the next server. Whether there was one.
    pub(super) fn deploy_next(&mut self, deployment: &mut Deployment) -> bool {
        let Some(server) = deployment.rest.pop() else {
            self.open_all();
            deployment.so_far.would_move = self.would_move();
            return false;
        };
        let index = usize::from(server);
        self.up[index] = false;
        let any_renewed = deployment.renewed.contains(&true);
        let (up, renewed) = (&self.up, &deployment.renewed);
        let only_renewed = deployment.drain && any_renewed;
        self.chooser.open(|other| {
            let other = usize::from(other);
            up[other] && (renewed[other] || !only_renewed)
        });
        let gone = self.take_clients(server);
        let mut moved = Moved::default();
        for &client in &gone {
            let same = self.replace(client, server);
            count(same, &mut moved);
        }
        self.up[index] = true;
        deployment.renewed[index] = true;
        self.open_all();
        self.connect_stranded(&mut moved);
        for &client in &gone {
            let moves = &mut deployment.moves[client as usize];
            *moves = moves.saturating_add(1);
            deployment.so_far.most_moves = deployment.so_far.most_moves.max(*moves);
        }
        let so_far = &mut deployment.so_far;
        let gone = gone.len() as u32;
        let parts = if deployment.drain { DRAIN_PARTS } else { 1 };
        so_far.largest_burst = so_far.largest_burst.max(gone.div_ceil(parts));
        so_far.reconnected = so_far.reconnected.saturating_add(moved.reconnected);
        so_far.mean_moves = f64::from(so_far.reconnected) / f64::from(self.came.max(1));
        let load = self.loads.iter().copied().max().unwrap_or(0);
        so_far.largest_load = so_far.largest_load.max(load);
        true
    }

    /// The client's address: an office's, or one of its own.
    fn address(&self, client: u32) -> u64 {
        if client < self.in_offices {
            (1 << 32) | u64::from(client / self.office)
        } else {
            u64::from(client)
        }
    }

    fn grow(&mut self, servers: u16) {
        let all = self.up.len() + usize::from(servers);
        self.up.resize(all, true);
        self.loads.resize(all, 0);
        self.chooser.introduce(all as u16);
        self.open_all();
    }

    fn open_all(&mut self) {
        let up = &self.up;
        self.chooser.open(|server| up[usize::from(server)]);
    }

    fn place(&mut self, client: u32, was: u16) -> u16 {
        let address = self.address(client);
        let chosen = self.chooser.choose(client, address, was, &self.loads);
        let server = chosen.unwrap_or(NOBODY);
        if let Some(load) = self.loads.get_mut(usize::from(server)) {
            *load += 1;
        }
        self.held_by[client as usize] = server;
        server
    }

    /// Finds a place for a client that was on a server. Whether it is the same, or `None` where there is none.
    fn replace(&mut self, client: u32, was: u16) -> Option<bool> {
        let server = self.place(client, was);
        (server != NOBODY).then_some(server == was)
    }

    /// All clients of a server, which now has none.
    fn take_clients(&mut self, server: u16) -> Vec<u32> {
        self.loads[usize::from(server)] = 0;
        self.chooser.ended();
        let all = self.held_by.iter().enumerate();
        all.filter(|(_, held_by)| **held_by == server)
            .map(|(client, _)| client as u32)
            .collect()
    }

    fn connect_stranded(&mut self, moved: &mut Moved) {
        let connected: u64 = self.loads.iter().map(|&load| u64::from(load)).sum();
        if connected == u64::from(self.came) {
            return;
        }
        moved.stranded = 0;
        for client in 0..self.came {
            if self.held_by[client as usize] == NOBODY {
                let same = self.replace(client, NOBODY);
                count(same, moved);
            }
        }
    }

    /// How many would land on another server than the one that holds them.
    fn would_move(&self) -> Option<u32> {
        self.chooser.sticky().then(|| {
            let clients = (0..self.came).filter(|&client| {
                let held_by = self.held_by[client as usize];
                let home = self.chooser.home(client, self.address(client), held_by);
                held_by != NOBODY && home != Some(held_by)
            });
            clients.count() as u32
        })
    }
}

/// Counts a reconnection: whether it led to the same server. A server that lost its memory takes no connections meanwhile,
/// so the same one remembers.
fn count(same: Option<bool>, moved: &mut Moved) {
    match same {
        Some(same) => {
            moved.reconnected += 1;
            moved.sessions_lost += u32::from(!same);
        }
        None => moved.stranded += 1,
    }
}
