//! Prints what the contention model comes to, as one JSON object.

use std::process::ExitCode;

use sim::reconnecting::Strategy;
use sim::reconnecting::contention::{MAX_CLIENTS, Means, backoff};

const USAGE: &str = "contention --clients N --strategy S --runs R --seed X
  N: 1 to 10000
  S: None, Exponential, FullJitter, EqualJitter or Decorr
  R: 2 to 100000
  X: 0 to 18446744073709551615";

struct Arguments {
    clients: u32,
    strategy: Strategy,
    runs: u32,
    seed: u64,
}

fn strategy(name: &str) -> Result<Strategy, String> {
    Ok(match name {
        "None" => Strategy::AtOnce,
        "Exponential" => Strategy::Exponential,
        "FullJitter" => Strategy::FullJitter,
        "EqualJitter" => Strategy::EqualJitter,
        "Decorr" => Strategy::Decorrelated,
        _ => return Err(format!("there is no strategy {name:?}")),
    })
}

fn number(name: &str, text: &str, least: u64, most: u64) -> Result<u64, String> {
    let value = text.parse().ok().filter(|n| (least..=most).contains(n));
    value.ok_or_else(|| {
        format!("{name} has to be a whole number from {least} to {most}, not {text:?}")
    })
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut parsed = Arguments {
        clients: 100,
        strategy: Strategy::FullJitter,
        runs: 100,
        seed: 1,
    };
    while let Some(name) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{name} has no value"))
        };
        match name.as_str() {
            "--clients" => parsed.clients = number(&name, &value()?, 1, MAX_CLIENTS.into())? as u32,
            "--strategy" => parsed.strategy = strategy(&value()?)?,
            "--runs" => parsed.runs = number(&name, &value()?, 2, 100_000)? as u32,
            "--seed" => parsed.seed = number(&name, &value()?, 0, u64::MAX)?,
            _ => return Err(format!("there is no option {name:?}")),
        }
    }
    Ok(parsed)
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let backoff = backoff(arguments.strategy);
    let means = Means::new(arguments.clients, &backoff, arguments.runs, arguments.seed);
    println!(
        r#"{{"mean_calls":{},"se_calls":{},"mean_time_ms":{},"se_time_ms":{}}}"#,
        means.mean_calls, means.se_calls, means.mean_time_ms, means.se_time_ms
    );
    ExitCode::SUCCESS
}
