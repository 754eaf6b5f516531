//! Runs a preset of the chat model, and prints what it measures as JSON.
//!
//! `cargo run --profile server --example chat -p sim -- [chat|market-data|collaborative-editing]`

use sim::cluster::chat::{ChatRun, Preset};
use sim::job::Job;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let preset = match std::env::args().nth(1).as_deref() {
        None | Some("chat") => Preset::Chat,
        Some("market-data") => Preset::MarketData,
        Some("collaborative-editing") => Preset::CollaborativeEditing,
        Some(other) => return Err(format!("no preset is called {other}").into()),
    };
    let params = preset.params();
    let output = ChatRun::run(&params)?;
    let (latency, spent, counts) = (
        output.message_delivery_latency_ms,
        output.spent,
        output.counts,
    );
    let open = output
        .points
        .last()
        .map(|point| point.websocket_connections);
    println!(
        "{{\"websocket_connections\":{},\"message_delivery_latency_ms\":{{\"p50\":{:.2},\"p95\":{:.2},\"p99\":{:.2}}},\
         \"spent_ms\":{{\"queue_wait\":{:.3},\"service\":{:.3},\"pubsub_hop\":{:.3},\"network\":{:.3},\"client_queue\":{:.3}}},\
         \"load\":{:.3},\"addressed\":{},\"deliveries\":{},\"missed\":{},\"dropped\":{},\"conflated\":{},\"discarded\":{},\
         \"disconnected\":{},\"queue_depth_max\":{},\"client_queue_max\":{}}}",
        open.unwrap_or(0),
        latency.p50,
        latency.p95,
        latency.p99,
        spent.queue_wait,
        spent.service,
        spent.pubsub_hop,
        spent.network,
        spent.client_queue,
        params.load(),
        counts.addressed,
        counts.deliveries,
        counts.missed,
        counts.dropped,
        counts.conflated,
        counts.discarded,
        counts.disconnected,
        output.queue_depth_max,
        output.client_queue_max,
    );
    Ok(())
}
