//! That longer slots change little, which cannot be seen from outside; and numbers that nobody clamped.

use proptest::prelude::*;

use super::{Backoff, Server, Storm, StormParams, Strategy, reference};
use crate::chance::Chance;
use crate::job::Job;

#[test]
fn longer_slots_agree_with_the_run_by_client() {
    for strategy in [
        Strategy::FullJitter,
        Strategy::EqualJitter,
        Strategy::Decorrelated,
    ] {
        let params = StormParams {
            clients: 30_000,
            capacity: 1_000,
            backoff: Backoff {
                strategy,
                base: 100_000,
                cap: 2_000_000,
                ..Backoff::default()
            },
            ..StormParams::default()
        };
        let mut storm = Storm::start(&params).unwrap().with_fine_draws(30_000);
        while !storm.advance(100_000) {}
        let (coarse, wanted) = (storm.output(), reference::run(&params, u64::MAX));
        assert!(coarse.resolution > 10_000, "{}", coarse.resolution);
        assert_eq!(coarse.accepted, 30_000);
        let ratio = coarse.attempts as f64 / wanted.attempts as f64;
        assert!((ratio - 1.0).abs() < 0.02, "{strategy:?}: {ratio}");
        let median =
            coarse.reconnected.median.unwrap() as f64 / wanted.reconnected.median.unwrap() as f64;
        assert!((median - 1.0).abs() < 0.01, "{strategy:?}: {median}");
        let last =
            coarse.reconnected.last.unwrap() as f64 / wanted.reconnected.last.unwrap() as f64;
        assert!((last - 1.0).abs() < 0.03, "{strategy:?}: {last}");
    }
}

proptest! {
    #[test]
    fn no_numbers_break_a_wait(
        base: u64, cap: u64, factor: f64, attempt: u32, previous: u64, seed: u64, which in 0usize..6,
    ) {
        let strategy = Strategy::ALL[which];
        let backoff = Backoff { strategy, base, cap, factor, give_up: None, spread: 0 };
        for backoff in [backoff, backoff.clamped()] {
            let wait = backoff.delay(attempt, previous, &mut Chance::new(seed, 0));
            let (_, most) = backoff.bounds(attempt);
            prop_assert!(strategy == Strategy::Decorrelated || wait <= most);
            prop_assert!(backoff.mean(attempt).is_none_or(|mean| mean >= 0.0));
        }
    }

    #[test]
    fn no_times_break_a_server(capacity: u32, backlog: u32, answer: Option<u32>, times: Vec<u64>) {
        let mut server = Server::new(capacity, backlog, answer);
        for at in times {
            server.offer(at);
        }
    }
}
