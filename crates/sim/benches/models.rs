//! The models beside plain ones, in the same run: how many clients a second, and what their own data structures bring.
//!
//! ```sh
//! cargo bench -p sim --bench models --profile server
//! ```
//!
//! The plain storm is [`sim::reconnecting::reference`]: a binary heap with an event for each client. It is given fewer
//! clients, and a server smaller in proportion, where it would take minutes; what counts is clients a second.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::hint::black_box;
use std::time::Instant;

use sim::SECOND;
use sim::chance::Chance;
use sim::cluster::chat::{ChatRun, Preset};
use sim::cluster::routing::{Backplane, Balancer, ClusterRun, Params, gossip_sends};
use sim::job::Job;
use sim::reconnecting::{Backoff, Storm, StormParams, Strategy, reference};

/// Clients of a storm.
const CLIENTS: u32 = 1_000_000;
/// Runs of which the fastest counts: what disturbs a run only ever makes it slower.
const RUNS: usize = 3;
/// Servers of a cluster, and what is sent in it.
const SERVERS: u16 = 100;
/// Messages that are sent in the cluster.
const MESSAGES: u32 = 100_000;
/// Messages that the plain cluster passes on by gossip: each takes over a thousand events, and what counts is the pace.
const GOSSIPED: u32 = 2_000;
/// Attempts after which the plain storm may stop: it is then judged by the attempts that it has made.
const MOST: u64 = 20_000_000;

fn main() {
    println!("A restart under {CLIENTS} clients, the fastest of {RUNS} runs.");
    println!(
        "{:<16}{:>12}{:>16}{:>18}{:>10}{:>14}",
        "strategy", "ms", "clients/s", "plain: clients/s", "ratio", "attempts"
    );
    for strategy in Strategy::ALL {
        storm(strategy);
    }
    println!(
        "\nMemory of a storm: {:.1} bytes for each client.",
        bytes_each()
    );
    println!(
        "\n{CLIENTS} connections over {SERVERS} servers, {MESSAGES} messages to rooms of 20, the fastest of {RUNS} runs."
    );
    println!(
        "{:<16}{:>12}{:>16}{:>18}{:>10}{:>14}",
        "joined by", "ms", "connections/s", "plain: conns/s", "ratio", "deliveries"
    );
    for (name, backplane) in [
        ("pub/sub", Backplane::PubSub),
        ("one topic", Backplane::Broadcast),
        ("gossip", Backplane::Gossip { fanout: 3 }),
    ] {
        cluster(name, backplane);
    }
    println!("\nChat under load, the fastest of {RUNS} runs.");
    println!(
        "{:<16}{:>12}{:>16}{:>14}",
        "preset", "ms", "frames/s", "frames"
    );
    for preset in Preset::ALL {
        chat(preset);
    }
}

fn cluster(name: &str, backplane: Backplane) {
    let params = Params {
        clients: CLIENTS,
        servers: SERVERS,
        balancer: Balancer::RoundRobin,
        backplane,
        messages: MESSAGES,
        ..Params::default()
    };
    let (took, output) = fastest(|| match ClusterRun::run(black_box(&params)) {
        Ok(output) => output,
        Err(error) => panic!("{error}"),
    });
    let of = |seconds: f64| f64::from(CLIENTS) / seconds;
    let begun = Instant::now();
    let (plain, messages) = match backplane {
        Backplane::Gossip { fanout } => (plain_gossip(black_box(&params), fanout), GOSSIPED),
        _ => (plain_cluster(black_box(&params)), MESSAGES),
    };
    let plain_took = begun.elapsed().as_secs_f64() * f64::from(MESSAGES) / f64::from(messages);
    // A broker reaches everybody, gossip nearly all.
    let (reached, expected) = (
        output.messages.reached,
        plain * u64::from(MESSAGES / messages),
    );
    assert!(
        reached.abs_diff(expected) * 20 <= expected,
        "{reached} {expected}"
    );
    println!(
        "{name:<16}{:>12.0}{:>16.0}{:>18.0}{:>9.1}x{reached:>14}",
        took * 1e3,
        of(took),
        of(plain_took),
        plain_took / took,
    );
}

/// What a message does next in the plain cluster.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Broker,
    Server(u16),
    Member(u32),
}

/// The same by a heap with an event for each step of each message: to the broker, to each server with a member in the room,
/// to each member. Members delivered to.
fn plain_cluster(params: &Params) -> u64 {
    let mut heap = BinaryHeap::new();
    let servers = u32::from(params.servers);
    // Rooms of neighbours, and round robin, so that nothing has to be drawn.
    let holder: Vec<u16> = (0..params.clients).map(|c| (c % servers) as u16).collect();
    for message in 0..params.messages {
        heap.push(Reverse((u64::from(message) * 1_000, message, Next::Broker)));
    }
    let mut reached = 0;
    while let Some(Reverse((at, message, next))) = heap.pop() {
        let room = message % (params.clients / params.room) * params.room;
        let members = room..room + params.room;
        match next {
            Next::Broker => {
                let mut holders = BTreeMap::<u16, u32>::new();
                for member in members {
                    *holders.entry(holder[member as usize]).or_default() += 1;
                }
                for server in holders.into_keys() {
                    heap.push(Reverse((at + 500, message, Next::Server(server))));
                }
            }
            Next::Server(server) => {
                for member in members.filter(|m| holder[*m as usize] == server) {
                    heap.push(Reverse((at + 20_000, message, Next::Member(member))));
                }
            }
            Next::Member(member) => {
                black_box(member);
                reached += 1;
            }
        }
    }
    reached
}

/// The same by gossip, by a heap with an event for each server that tells others in a round, and a set of those that know.
/// Members that are reached by the first messages.
fn plain_gossip(params: &Params, fanout: u16) -> u64 {
    let servers = u32::from(params.servers);
    let mut chance = Chance::new(params.seed, 3);
    let holder: Vec<u16> = (0..params.clients).map(|c| (c % servers) as u16).collect();
    let mut heap = BinaryHeap::new();
    let mut reached = 0;
    for message in 0..GOSSIPED {
        let members = message * params.room..(message + 1) * params.room;
        let origin = holder[members.start as usize];
        let mut knows = BTreeSet::from([origin]);
        heap.push(Reverse((0u32, origin, gossip_sends(params.servers))));
        while let Some(Reverse((round, server, left))) = heap.pop() {
            let now = left.min(u32::from(fanout));
            for _ in 0..now {
                let other = chance.below(servers - 1) as u16;
                let told = other + u16::from(other >= server);
                if knows.insert(told) {
                    heap.push(Reverse((round + 1, told, gossip_sends(params.servers))));
                }
            }
            if left > now {
                heap.push(Reverse((round + 1, server, left - now)));
            }
        }
        let told = members.filter(|m| knows.contains(&holder[*m as usize]));
        reached += told.count() as u64;
    }
    reached
}

fn chat(preset: Preset) {
    let params = preset.params();
    let (took, output) = fastest(|| match ChatRun::run(black_box(&params)) {
        Ok(output) => output,
        Err(error) => panic!("{error}"),
    });
    let frames = output.counts.deliveries;
    println!(
        "{:<16}{:>12.0}{:>16.0}{:>14}",
        format!("{preset:?}"),
        took * 1e3,
        frames as f64 / took,
        frames
    );
}

fn params(strategy: Strategy) -> StormParams {
    StormParams {
        clients: CLIENTS,
        capacity: 10_000,
        limit: 3_600 * SECOND,
        backoff: Backoff {
            strategy,
            ..Backoff::default()
        },
        ..StormParams::default()
    }
}

fn fastest<T>(mut run: impl FnMut() -> T) -> (f64, T) {
    let mut best = None;
    for _ in 0..RUNS {
        let begun = Instant::now();
        let output = black_box(run());
        let took = begun.elapsed().as_secs_f64();
        if best.as_ref().is_none_or(|(least, _)| took < *least) {
            best = Some((took, output));
        }
    }
    best.unwrap_or_else(|| unreachable!("there is a run"))
}

fn storm(strategy: Strategy) {
    let params = params(strategy);
    let (took, output) = fastest(|| match Storm::run(black_box(&params)) {
        Ok(output) => output,
        Err(error) => panic!("{error}"),
    });
    let begun = Instant::now();
    let plain = black_box(reference::run(black_box(&params), MOST));
    let plain_took = begun.elapsed().as_secs_f64();
    // Where it was stopped, as if it went on at the same pace.
    let whole = plain_took * output.attempts as f64 / plain.attempts.max(1) as f64;
    let whole = if plain.done { plain_took } else { whole };
    let of = |seconds: f64| f64::from(CLIENTS) / seconds;
    println!(
        "{:<16}{:>12.0}{:>16.0}{:>18.0}{:>9.1}x{:>14}",
        format!("{strategy:?}"),
        took * 1e3,
        of(took),
        of(whole),
        whole / took,
        output.attempts
    );
}

fn bytes_each() -> f64 {
    let params = params(Strategy::FullJitter);
    params.bytes_per_client()
}
