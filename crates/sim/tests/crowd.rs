//! Many connections: the model against what can be computed without it.

use proptest::prelude::*;
use sim::heartbeat::{Crowd, CrowdParams, SAMPLES, Sizes, cost};
use sim::{MINUTE, SECOND};

fn near(found: f64, wanted: f64, by: f64) {
    assert!((found - wanted).abs() <= by, "{found}, not {wanted} ± {by}");
}

const MANY: CrowdParams = CrowdParams {
    clients: 100_000,
    life: 24 * 60 * MINUTE,
    interval: 30 * SECOND,
    timeout: 10 * SECOND,
    allowed: 1,
    says: None,
    duration: 12 * 60 * MINUTE,
    seed: 1,
};

/// Little's law: dead connections = deaths per second × how long each is carried.
#[test]
fn a_server_carries_as_many_dead_as_die_while_one_is_found() {
    for (interval, timeout, allowed, life) in [
        (30, 10, 1, 24 * 60),
        (60, 20, 0, 6 * 60),
        (300, 30, 3, 12 * 60),
    ] {
        let params = CrowdParams {
            interval: interval * SECOND,
            timeout: timeout * SECOND,
            allowed,
            life: life * MINUTE,
            ..MANY
        };
        let crowd = Crowd::new(params);
        let wanted = params.steady_with();
        let seconds = (f64::from(allowed) + 0.5) * interval as f64 + timeout as f64;
        near(wanted, 100_000.0 / (life as f64 * 60.0) * seconds, 1e-6);
        // Poisson around its mean at each of some 200 samples, neighbours not quite independent.
        near(crowd.mean_with().unwrap() / wanted, 1.0, 0.03);
    }
}

#[test]
fn without_pings_the_dead_pile_up_unless_the_server_speaks() {
    let crowd = Crowd::new(MANY);
    let expected = MANY.deaths_per_second() * 12.0 * 3600.0;
    near(crowd.deaths() as f64, expected, 4.0 * expected.sqrt());
    assert_eq!(crowd.last().without, crowd.deaths());
    assert_eq!(MANY.steady_without(), None);
    let speaks = CrowdParams {
        says: Some(10 * MINUTE),
        ..MANY
    };
    let crowd = Crowd::new(speaks);
    let wanted = speaks.steady_without().unwrap();
    near(wanted, 100_000.0 / 86_400.0 * (300.0 + 924.6), 0.01);
    let late = &crowd.samples()[SAMPLES / 2..];
    let mean = late.iter().map(|s| s.without as f64).sum::<f64>() / late.len() as f64;
    near(mean / wanted, 1.0, 0.03);
}

#[test]
fn more_deaths_than_can_be_held_shorten_the_run() {
    let params = CrowdParams {
        clients: 10_000_000,
        life: MINUTE,
        duration: 24 * 60 * MINUTE,
        ..MANY
    }
    .clamped();
    assert_eq!(params.duration, MINUTE);
    let shortened = CrowdParams {
        life: 60 * MINUTE,
        clients: 1_000_000,
        ..MANY
    }
    .clamped();
    assert_eq!(shortened.duration, 60 * MINUTE);
}

#[test]
fn what_heartbeats_cost() {
    let sizes = Sizes {
        ask: 6,
        answer: 10,
        headers: 0,
    };
    let plain = cost(100_000, 20 * SECOND, &sizes);
    assert_eq!((plain.bytes, plain.bytes_per_second), (16, 80_000.0));
    assert_eq!(
        (plain.packets_per_second, plain.wakeups_per_hour),
        (15_000.0, 180.0)
    );
    let all = cost(
        100_000,
        20 * SECOND,
        &Sizes {
            headers: 40,
            ..sizes
        },
    );
    assert_eq!(all.bytes, 16 + 3 * 40);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_crowd_breaks_it(
        clients: u32, life: u64, interval: u64, timeout: u64, allowed: u32, says: Option<u64>, duration in 0u64..3_600_000_000, seed: u64,
    ) {
        let crowd = Crowd::new(CrowdParams { clients: clients % 20_000, life, interval, timeout, allowed, says, duration, seed });
        prop_assert_eq!(crowd.samples().len(), SAMPLES + 1);
        for sample in crowd.samples() {
            prop_assert!(sample.with <= crowd.deaths() && sample.without <= crowd.deaths());
        }
        let sizes = Sizes { ask: 6, answer: 10, headers: 40 };
        prop_assert!(cost(clients, interval, &sizes).bytes_per_second.is_finite());
    }
}
