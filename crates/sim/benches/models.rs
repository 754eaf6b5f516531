//! The models beside plain ones, in the same run: how many clients a second, and what their own data structures bring.
//!
//! ```sh
//! cargo bench -p sim --bench models --profile server
//! ```
//!
//! The plain storm is [`sim::reconnecting::reference`]: a binary heap with an event for each client. It is given fewer
//! clients, and a server smaller in proportion, where it would take minutes; what counts is clients a second.

use std::hint::black_box;
use std::time::Instant;

use sim::SECOND;
use sim::job::Job;
use sim::reconnecting::{Backoff, Storm, StormParams, Strategy, reference};

/// Clients of a storm.
const CLIENTS: u32 = 1_000_000;
/// Runs of which the fastest counts: what disturbs a run only ever makes it slower.
const RUNS: usize = 3;
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
