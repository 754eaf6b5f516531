//! Clients that get in each other's way: each wants to write one row once, and a write counts only if no other came
//! between it and the read before it (optimistic concurrency control). It is the model in which the kinds of jitter were
//! first compared (M. Brooker, AWS Architecture Blog, 2015), and shows what waiting does where clients collide with each
//! other rather than with a bound of the server.
//!
//! A client reads the row's version and writes with it. The version is compared when the write arrives. If another write
//! came between, the client is told, waits by its strategy and reads again; attempts count from 1 at the first failure.
//! Every message takes |Normal(10, 2)| ms. The server takes no time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Backoff, Strategy};
use crate::Micros;
use crate::chance::Chance;

/// The most clients that a run can have.
pub const MAX_CLIENTS: u32 = 10_000;

/// What a run of the model came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contention {
    /// Writes tried, until all have written.
    pub calls: u64,
    /// When the last client was told that it has written, in microseconds.
    pub time: Micros,
}

/// The backoff that goes with the model: base 5 ms, factor 2, cap 2,000 ms, for ever.
pub fn backoff(strategy: Strategy) -> Backoff {
    Backoff {
        strategy,
        base: 5_000,
        factor: 2.0,
        cap: 2_000_000,
        give_up: None,
        spread: 0,
    }
}

/// What a message asks, or answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Message {
    Read,
    Version(u32),
    Write(u32),
    Conflict,
    Written,
}

fn transit(chance: &mut Chance) -> Micros {
    let millis = libm::fabs(10.0 + 2.0 * chance.normal());
    (millis * 1_000.0 + 0.5) as Micros
}

impl Contention {
    /// Runs the model once with so many clients, from 1 to [`MAX_CLIENTS`]. Each run has a seed of its own. Whether a
    /// client gives up, and the spread of first attempts, are no part of it.
    pub fn new(clients: u32, backoff: &Backoff, seed: u64) -> Contention {
        let backoff = backoff.clamped();
        let clients = clients.clamp(1, MAX_CLIENTS);
        let (mut ways, mut waits) = (Chance::new(seed, 0), Chance::new(seed, 1));
        // Attempts so far, and the last wait.
        let mut failures = vec![(0u32, backoff.base); clients as usize];
        let mut messages: BinaryHeap<Reverse<(Micros, u32, Message)>> = (0..clients)
            .map(|client| Reverse((transit(&mut ways), client, Message::Read)))
            .collect();
        let (mut version, mut calls, mut time) = (0, 0, 0);
        while let Some(Reverse((now, client, message))) = messages.pop() {
            let mut wait = 0;
            let next = match message {
                Message::Read => Message::Version(version),
                Message::Version(read) => Message::Write(read),
                Message::Write(read) => {
                    calls += 1;
                    if read == version {
                        version += 1;
                        Message::Written
                    } else {
                        Message::Conflict
                    }
                }
                Message::Conflict => {
                    let (attempts, previous) = &mut failures[client as usize];
                    *attempts = attempts.saturating_add(1);
                    wait = backoff.delay(*attempts, *previous, &mut waits);
                    *previous = wait;
                    Message::Read
                }
                Message::Written => {
                    time = now;
                    continue;
                }
            };
            messages.push(Reverse((now + wait + transit(&mut ways), client, next)));
        }
        Contention { calls, time }
    }
}

/// Means of many runs, with their standard errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Means {
    /// Writes tried, on average.
    pub mean_calls: f64,
    /// The standard error of that.
    pub se_calls: f64,
    /// When the last client has written, on average, in milliseconds.
    pub mean_time_ms: f64,
    /// The standard error of that.
    pub se_time_ms: f64,
}

impl Means {
    /// Runs the model so many times, at least twice, with the seeds from `seed` on.
    pub fn new(clients: u32, backoff: &Backoff, runs: u32, seed: u64) -> Means {
        let runs: Vec<Contention> = (0..runs.max(2))
            .map(|run| Contention::new(clients, backoff, seed.wrapping_add(u64::from(run))))
            .collect();
        let means = |value: fn(&Contention) -> f64| {
            let n = runs.len() as f64;
            let mean = runs.iter().map(value).sum::<f64>() / n;
            let squares = runs
                .iter()
                .map(|run| (value(run) - mean) * (value(run) - mean));
            let variance = squares.sum::<f64>() / (n - 1.0);
            (mean, libm::sqrt(variance / n))
        };
        let (mean_calls, se_calls) = means(|run| run.calls as f64);
        let (mean_time_ms, se_time_ms) = means(|run| run.time as f64 / 1_000.0);
        Means {
            mean_calls,
            se_calls,
            mean_time_ms,
            se_time_ms,
        }
    }
}
