//! Which server holds which client, and what becomes of a message from one to another.
//!
//! [`Cluster`] is the state, with a method for everything that can happen; [`ClusterRun`] runs a list of events and then
//! sends messages, in slices.
//!
//! # What round robin breaks, and what it does not
//!
//! - An established connection stays with the server that accepted it, whatever balancer chose that server, and whatever
//!   happens to the others. Nothing here ever moves one: [`Cluster::add`] moves nobody.
//! - A message for a client that another server holds is missed when nothing joins the servers ([`Backplane::None`]).
//!   This is so with every balancer: hashing and cookies bring a client back to *its* server, not to the others' servers.
//!   A backplane solves it, with every balancer.
//! - A client that reconnects, with round robin, mostly lands on a server that knows nothing of it: `sessions_lost`
//!   counts that. Sticky routing solves it as long as the server lives ([`Balancer::Cookie`], [`Balancer::AddressHash`],
//!   [`Balancer::ConsistentHash`]). State that is kept outside of the servers solves it altogether.
//! - The requests of a long-polling fallback each go through the balancer; what holds for a reconnection holds for each.
//!
//! # What it leaves out
//!
//! Time: things happen one after another, and at once. Servers differ in nothing. A balancer knows the number of
//! connections exactly; several balancers that each count their own would know less. Backplanes never lose a message.
//!
//! ```
//! use sim::cluster::routing::{Backplane, Balancer, Cluster, Params};
//! let params = Params { clients: 100, servers: 4, balancer: Balancer::RoundRobin, ..Params::default() };
//! let mut cluster = Cluster::new(&params);
//! cluster.connect_all();
//! // Client 1 is not on the server of client 0: without a backplane, it hears nothing of it.
//! assert_eq!(cluster.send(0, &[1], Backplane::None).missed, 1);
//! assert_eq!(cluster.send(0, &[1], Backplane::PubSub).reached, 1);
//! // A server that is added takes nobody away from the others.
//! assert_eq!(cluster.add().reconnected, 0);
//! ```

mod balancer;
mod cluster;
mod run;
mod send;
#[cfg(test)]
mod tests;

pub use cluster::{Cluster, Deployed, Moved};
pub use run::{ClusterRun, Happened, Output, ServerLoad, Totals};
pub use send::{Delivery, Rooms, gossip_sends};

use serde::{Deserialize, Serialize};

/// The most servers that can be up at once.
pub const MAX_SERVERS: u16 = 200;
/// The most clients.
pub const MAX_CLIENTS: u32 = 1_000_000;
/// The most events in a run. More are left out.
pub const MAX_EVENTS: usize = 64;
/// The most messages in a run.
pub const MAX_MESSAGES: u32 = 1_000_000;
/// The most messages to members of rooms in a run, all together: messages times members of a room. Messages are fewer
/// where it would be more.
pub const MAX_DELIVERIES: u64 = 100_000_000;
/// About the most copies between machines in a run, for gossip. Messages are fewer where it would be more.
pub const MAX_COPIES: u64 = 200_000_000;
/// The most points that a server has on the circle of a consistent hash.
pub const MAX_POINTS: u16 = 500;

/// How a balancer chooses the server for a connection that comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Balancer {
    /// One server after another.
    RoundRobin,
    /// The server that holds the fewest connections; of several, the first.
    LeastConnections,
    /// By the client's IP address: its hash modulo the number of servers. All clients behind one shared address land on
    /// one server.
    AddressHash,
    /// The server that the client's cookie names. Where there is none yet, or that server is gone: round robin, and the
    /// cookie is set anew.
    Cookie,
    /// Consistent hashing of the client's id, such as a cookie or a token in the URL: each server has points on a circle,
    /// the client belongs to the first point after its own.
    ConsistentHash {
        /// Points of each server (virtual nodes). The more, the more even; 100–200 are usual (assumed).
        points: u16,
    },
    /// Two servers at random, and of these the one with fewer connections.
    TwoChoices,
}

/// What joins the servers, so that a message finds clients of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Backplane {
    /// Nothing.
    None,
    /// Pub/sub through a broker, with a topic for each room: a server subscribes to the rooms of its clients.
    PubSub,
    /// Pub/sub through a broker, with one topic for all: every server gets every message.
    Broadcast,
    /// Servers tell each other: whoever has a message tells `fanout` others at random in each round, until it has told
    /// [`gossip_sends`] of them.
    Gossip {
        /// How many others a server tells in a round, 1–16. Consul's default is 3.
        fanout: u16,
    },
}

/// Something that happens to the servers or to lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Event {
    /// The server of this number dies. Nothing happens where there is no such server.
    Kill(u16),
    /// A server is added.
    Add,
    /// Every server is replaced, one after another.
    Deploy {
        /// Whether servers are drained.
        drain: bool,
    },
    /// Of a thousand clients, so many lose their line, at random, and reconnect. The servers live on.
    LinesBreak {
        /// How many of a thousand.
        permille: u16,
    },
}

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Clients that connect, 1 to [`MAX_CLIENTS`].
    pub clients: u32,
    /// Servers at the beginning, 1 to [`MAX_SERVERS`].
    pub servers: u16,
    /// Who chooses.
    pub balancer: Balancer,
    /// How many clients share an address behind one NAT box, in an office say; 1 for none.
    pub office: u32,
    /// How many of a thousand clients are in such offices.
    pub in_offices_permille: u16,
    /// What joins the servers.
    pub backplane: Backplane,
    /// How many members each room has; every client is in one. With 1, a message goes to a single client drawn at random.
    pub room: u32,
    /// Messages that are sent after all events, each from a client drawn at random.
    pub messages: u32,
    /// What happens before, in this order.
    pub events: Vec<Event>,
    /// Decides everything that is random.
    pub seed: u64,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            clients: 10_000,
            servers: 10,
            balancer: Balancer::RoundRobin,
            office: 1,
            in_offices_permille: 0,
            backplane: Backplane::PubSub,
            room: 20,
            messages: 1_000,
            events: Vec::new(),
            seed: 1,
        }
    }
}

impl Params {
    /// The nearest parameters that can be run.
    pub fn clamped(&self) -> Params {
        let clients = self.clients.clamp(1, MAX_CLIENTS);
        let room = self.room.clamp(1, clients);
        let servers = self.servers.clamp(1, MAX_SERVERS);
        let copies = match self.backplane {
            Backplane::Gossip { .. } => u64::from(servers) * u64::from(gossip_sends(servers)),
            _ => 1,
        };
        let most = (MAX_DELIVERIES / u64::from(room)).min(MAX_COPIES / copies);
        Params {
            clients,
            servers,
            balancer: match self.balancer {
                Balancer::ConsistentHash { points } => Balancer::ConsistentHash {
                    points: points.clamp(1, MAX_POINTS),
                },
                other => other,
            },
            office: self.office.clamp(1, clients),
            in_offices_permille: self.in_offices_permille.min(1_000),
            backplane: match self.backplane {
                Backplane::Gossip { fanout } => Backplane::Gossip {
                    fanout: fanout.clamp(1, 16),
                },
                other => other,
            },
            room,
            messages: self.messages.min(MAX_MESSAGES.min(most as u32)),
            events: self.events.iter().copied().take(MAX_EVENTS).collect(),
            seed: self.seed,
        }
    }
}
