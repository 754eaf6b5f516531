//! Runs a million connections over a hundred servers with a hundred thousand messages, and prints totals as JSON.
//!
//! `cargo run --profile server --example cluster -p sim -- [balancer [backplane]]`

use sim::cluster::routing::{Backplane, Balancer, ClusterRun, Params};
use sim::job::Job;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let balancer = match arguments.next().as_deref() {
        None | Some("least-connections") => Balancer::LeastConnections,
        Some("round-robin") => Balancer::RoundRobin,
        Some("address-hash") => Balancer::AddressHash,
        Some("cookie") => Balancer::Cookie,
        Some("two-choices") => Balancer::TwoChoices,
        Some("consistent-hash") => Balancer::ConsistentHash { points: 200 },
        Some(other) => return Err(format!("no balancer is called {other}").into()),
    };
    let backplane = match arguments.next().as_deref() {
        None | Some("pub-sub") => Backplane::PubSub,
        Some("none") => Backplane::None,
        Some("broadcast") => Backplane::Broadcast,
        Some("gossip") => Backplane::Gossip { fanout: 3 },
        Some(other) => return Err(format!("no backplane is called {other}").into()),
    };
    let output = ClusterRun::run(&Params {
        clients: 1_000_000,
        servers: 100,
        balancer,
        backplane,
        messages: 100_000,
        ..Params::default()
    })?;
    let messages = output.messages;
    println!(
        "{{\"connected\":{},\"servers\":{},\"least\":{},\"mean\":{},\"most\":{},\"sent\":{},\"reached\":{},\"missed\":{},\
         \"copies\":{},\"redundant\":{},\"needless\":{}}}",
        output.connected,
        output.loads.len(),
        output.least,
        output.mean,
        output.most,
        messages.sent,
        messages.reached,
        messages.missed,
        messages.copies,
        messages.redundant,
        messages.needless,
    );
    Ok(())
}
