//! What cannot be seen from outside: that longer slots change little.

use super::{Backoff, Storm, StormParams, Strategy, reference};
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
