//! The contention model against the figures of others.
//!
//! `contention.csv` has means and standard errors that aws-samples/aws-arch-backoff-simulator printed, the program behind
//! M. Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).

use sim::reconnecting::Strategy;
use sim::reconnecting::contention::{Contention, Means, backoff};

const ROWS: &str = include_str!("contention.csv");

#[test]
fn every_row_agrees_within_four_standard_errors() {
    let mut rows = 0;
    for row in ROWS.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let strategy = match cells[1] {
            "None" => Strategy::AtOnce,
            "Exponential" => Strategy::Exponential,
            "FullJitter" => Strategy::FullJitter,
            "EqualJitter" => Strategy::EqualJitter,
            "Decorr" => Strategy::Decorrelated,
            other => panic!("{other}"),
        };
        let number = |i: usize| cells[i].parse::<f64>().unwrap();
        let clients = number(0) as u32;
        let runs = if clients > 50 { 12 } else { 100 };
        let found = Means::new(clients, &backoff(strategy), runs, 1);
        let agree = |what: &str, found: f64, error: f64, wanted: f64, wanted_error: f64| {
            let error = (error * error + wanted_error * wanted_error).sqrt();
            let off = (found - wanted) / error;
            assert!(
                off.abs() < 4.0,
                "{what}, {off:.1} errors off: {found}, not in {row}"
            );
        };
        agree(
            "calls",
            found.mean_calls,
            found.se_calls,
            number(3),
            number(4),
        );
        agree(
            "time",
            found.mean_time_ms,
            found.se_time_ms,
            number(5),
            number(6),
        );
        rows += 1;
    }
    assert_eq!(rows, 20);
}

#[test]
fn one_client_reads_and_writes_and_that_is_all() {
    let run = Contention::new(1, &backoff(Strategy::FullJitter), 5);
    assert_eq!(run.calls, 1);
    // Four messages of about 10 ms.
    assert!((20_000..60_000).contains(&run.time), "{}", run.time);
}
