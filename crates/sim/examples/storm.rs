//! Runs a storm and prints its totals, as one JSON object.

use std::process::ExitCode;

use sim::SECOND;
use sim::job::Job;
use sim::reconnecting::{Backoff, Overflow, Storm, StormParams, Strategy, reference};

const USAGE: &str =
    "storm [--clients N] [--strategy S] [--capacity C] [--base MS] [--cap MS] [--round-trip MS]
      [--limit SECONDS] [--overflow Refuse|TimeOut|ServiceUnavailable] [--seed X] [--reference]
  N: 1 to 1000000
  S: AtOnce, Fixed, Exponential, FullJitter, EqualJitter or Decorrelated
  C: handshakes per second, 1 to 1000000
  With --reference, client by client, and not more than 200 million attempts.";

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<(StormParams, bool), String> {
    let mut params = StormParams {
        clients: 1_000_000,
        limit: 3_600 * SECOND,
        ..StormParams::default()
    };
    let mut backoff = Backoff::default();
    let mut by_client = false;
    while let Some(name) = arguments.next() {
        if name == "--reference" {
            by_client = true;
            continue;
        }
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name} has no value"))?;
        let number = |least: u64, most: u64| {
            let number = value.parse().ok().filter(|n| (least..=most).contains(n));
            number.ok_or_else(|| {
                format!("{name} has to be a whole number from {least} to {most}, not {value:?}")
            })
        };
        match name.as_str() {
            "--clients" => params.clients = number(1, 1_000_000)? as u32,
            "--capacity" => params.capacity = number(1, 1_000_000)? as u32,
            "--base" => backoff.base = 1_000 * number(1, 600_000)?,
            "--cap" => backoff.cap = 1_000 * number(1, 600_000)?,
            "--round-trip" => params.round_trip = 1_000 * number(1, 60_000)?,
            "--limit" => params.limit = SECOND * number(1, 3_600)?,
            "--seed" => params.seed = number(0, u64::MAX)?,
            "--strategy" => {
                let found = Strategy::ALL
                    .into_iter()
                    .find(|s| format!("{s:?}") == value);
                backoff.strategy =
                    found.ok_or_else(|| format!("there is no strategy {value:?}"))?;
            }
            "--overflow" => {
                params.overflow = match value.as_str() {
                    "Refuse" => Overflow::Refuse,
                    "TimeOut" => Overflow::TimeOut,
                    "ServiceUnavailable" => Overflow::ServiceUnavailable {
                        retry_after: None,
                        cost: 100,
                    },
                    _ => return Err(format!("there is no overflow {value:?}")),
                }
            }
            _ => return Err(format!("there is no option {name:?}")),
        }
    }
    params.backoff = backoff;
    Ok((params, by_client))
}

fn main() -> ExitCode {
    let (params, by_client) = match parse(std::env::args().skip(1)) {
        Ok(parsed) => parsed,
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let output = if by_client {
        reference::run(&params, 200_000_000)
    } else {
        match Storm::run(&params) {
            Ok(output) => output,
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        }
    };
    let time = |at: Option<u64>| at.map_or("null".to_owned(), |at| at.to_string());
    println!(
        r#"{{"attempts":{},"accepted":{},"wasted":{},"wasted_work":{},"given_up":{},"median_us":{},"p90_us":{},"p99_us":{},"last_us":{},"peak":{},"peak_at_us":{},"now_us":{},"done":{},"resolution_us":{},"buckets":{}}}"#,
        output.attempts,
        output.accepted,
        output.wasted,
        output.wasted_work,
        output.given_up,
        time(output.reconnected.median),
        time(output.reconnected.p90),
        time(output.reconnected.p99),
        time(output.reconnected.last),
        output.peak.attempts,
        output.peak.at,
        output.now,
        output.done,
        output.resolution,
        output.series.len(),
    );
    ExitCode::SUCCESS
}
