//! Reconnecting: the model against formulas, and against the same run client by client.

use proptest::prelude::*;
use proptest::strategy::Strategy as AnyOf;
use sim::chance::Chance;
use sim::job::Job;
use sim::reconnecting::{
    Admission, Backoff, Hint, Overflow, RESTART_WAIT, Server, Storm, StormOutput, StormParams,
    Strategy, reference,
};
use sim::{Micros, SECOND};

fn backoff(strategy: Strategy) -> Backoff {
    Backoff {
        strategy,
        base: SECOND / 10,
        cap: 5 * SECOND,
        ..Backoff::default()
    }
}

fn small(strategy: Strategy) -> StormParams {
    StormParams {
        clients: 5_000,
        capacity: 300,
        backlog: 63,
        backoff: backoff(strategy),
        ..StormParams::default()
    }
}

/// The largest distance between the drawn and the wanted distribution (Kolmogorov and Smirnov).
fn distance(mut drawn: Vec<f64>, wanted: impl Fn(f64) -> f64) -> f64 {
    drawn.sort_by(f64::total_cmp);
    let n = drawn.len() as f64;
    let off = drawn.iter().enumerate().map(|(i, &x)| {
        let share = wanted(x);
        (share - i as f64 / n)
            .abs()
            .max((share - (i + 1) as f64 / n).abs())
    });
    off.fold(0.0, f64::max)
}

#[test]
fn waits_have_their_distribution_their_bounds_and_their_mean() {
    const N: usize = 20_000;
    let mut chance = Chance::new(21, 0);
    for strategy in Strategy::ALL {
        let backoff = backoff(strategy);
        for attempt in [0, 1, 3, 12] {
            let (least, most) = backoff.bounds(attempt);
            let drawn: Vec<Micros> = (0..N)
                .map(|_| {
                    // A client's whole life, since the wait before counts.
                    let first = backoff.delay(0, backoff.base, &mut chance);
                    (1..=attempt).fold(first, |previous, n| backoff.delay(n, previous, &mut chance))
                })
                .collect();
            assert!(
                drawn.iter().all(|wait| (least..=most).contains(wait)),
                "{strategy:?} {attempt}"
            );
            let mean = drawn.iter().sum::<Micros>() as f64 / N as f64;
            if let Some(wanted) = backoff.mean(attempt) {
                // No wait of these bounds has a greater standard deviation than half their distance.
                let error = (most - least) as f64 / 2.0 / (N as f64).sqrt();
                assert!(
                    (mean - wanted).abs() <= 4.0 * error + 0.5,
                    "{strategy:?} {attempt}: {mean}, not {wanted}"
                );
            }
            if strategy.is_random() && (strategy != Strategy::Decorrelated || attempt == 0) {
                let uniform = |x: f64| (x - least as f64) / (most - least) as f64;
                let off = distance(drawn.iter().map(|&x| x as f64).collect(), uniform);
                assert!(
                    off < 1.63 / (N as f64).sqrt(),
                    "{strategy:?} {attempt}: {off}"
                );
            }
        }
    }
}

/// What [`Strategy::Decorrelated`] waits after a given wait: uniform, with all beyond the cap at the cap.
#[test]
fn a_decorrelated_wait_follows_from_the_one_before() {
    let backoff = backoff(Strategy::Decorrelated);
    let mut chance = Chance::new(22, 0);
    for previous in [SECOND / 10, SECOND, 4 * SECOND] {
        let most = (3 * previous) as f64;
        let drawn: Vec<f64> = (0..20_000)
            .map(|_| backoff.delay(4, previous, &mut chance) as f64)
            .collect();
        let (base, cap) = (backoff.base as f64, backoff.cap as f64);
        let capped = drawn.iter().filter(|&&x| x >= cap).count() as f64 / 20_000.0;
        let wanted = ((most - cap) / (most - base)).max(0.0);
        assert!((capped - wanted).abs() < 0.015, "{capped}, not {wanted}");
        let below: Vec<f64> = drawn.into_iter().filter(|&x| x < cap).collect();
        let n = below.len() as f64;
        let off = distance(below, |x| (x - base) / (most.min(cap) - base));
        assert!(off < 1.63 / n.sqrt(), "{previous}: {off}");
    }
}

#[test]
fn the_exponential_doubles_up_to_its_cap() {
    let backoff = backoff(Strategy::Exponential);
    let waits: Vec<Micros> = (0..8).map(|n| backoff.expo(n) / 1_000).collect();
    assert_eq!(waits, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    assert_eq!(backoff.expo(u32::MAX), 5 * SECOND);
}

/// Pollaczek and Khinchine: with Poisson arrivals and equal service the mean wait is ρ/(2μ(1−ρ)).
#[test]
fn poisson_arrivals_wait_as_long_as_in_an_m_d_1_queue() {
    const N: u32 = 400_000;
    for load in [0.3, 0.6, 0.8] {
        let mut server = Server::new(1_000, 1_000_000, None);
        let mut chance = Chance::new(31, 0);
        let (mut at, mut waited) = (0.0, 0.0);
        for _ in 0..N {
            at += chance.exponential() * 1_000.0 / load;
            let Admission::Served(end) = server.offer(at as Micros) else {
                panic!("there is room")
            };
            waited += (end - 1_000 - at as Micros) as f64;
        }
        let (mean, wanted) = (waited / f64::from(N), 1_000.0 * load / (2.0 * (1.0 - load)));
        assert!(
            (mean / wanted - 1.0).abs() < 0.03,
            "{load}: {mean}, not {wanted}"
        );
    }
}

#[test]
fn a_full_queue_turns_away_and_answers_cost() {
    let mut server = Server::new(1_000, 2, Some(500));
    let offered: Vec<Admission> = (0..8).map(|_| server.offer(0)).collect();
    let served = [1_000, 2_000, 3_000].map(Admission::Served);
    assert_eq!(offered[..3], served);
    // Three handshakes are owed; answers of half a handshake each until more than four are.
    assert_eq!(offered[3..6], [Admission::Unavailable; 3]);
    assert_eq!(offered[6..], [Admission::Full; 2]);
    assert_eq!(server.offer(4_500), Admission::Served(5_500));
}

fn check(params: &StormParams, output: &StormOutput) {
    let params = params.clamped();
    let clients = u64::from(params.clients);
    assert_eq!(output.attempts, output.accepted + output.wasted);
    assert!(output.accepted + output.given_up <= clients);
    let sums = output.series.iter().fold((0, 0, 0), |sum, b| {
        (sum.0 + b.attempts, sum.1 + b.refused, sum.2 + b.accepted)
    });
    assert_eq!(sums.0, output.attempts);
    assert!(sums.1 <= output.wasted && sums.2 <= output.accepted);
    let most = output.width as f64 * f64::from(params.capacity) / SECOND as f64 + 1.0;
    for bucket in &output.series {
        assert!(bucket.accepted as f64 <= most, "{bucket:?}, at most {most}");
        assert!(bucket.refused <= bucket.attempts && bucket.connected <= clients);
    }
    let back = output.reconnected;
    assert!(back.median <= back.p90 || back.p90.is_none());
    assert!(back.p90 <= back.p99 || back.p99.is_none());
    assert_eq!(
        back.last.is_some(),
        output.done && output.accepted == clients
    );
}

#[test]
fn every_client_is_back_or_has_given_up() {
    for strategy in Strategy::ALL {
        for give_up in [None, Some(6)] {
            let mut params = small(strategy);
            params.backoff.give_up = give_up;
            let output = Storm::run(&params).unwrap();
            check(&params, &output);
            assert!(output.done);
            assert_eq!(output.accepted + output.given_up, 5_000, "{strategy:?}");
            assert_eq!(output.given_up > 0, give_up.is_some(), "{strategy:?}");
            assert_eq!(output.series.last().unwrap().connected, output.accepted);
        }
    }
}

fn all_overflows() -> [Overflow; 4] {
    [
        Overflow::Refuse,
        Overflow::TimeOut,
        Overflow::ServiceUnavailable {
            retry_after: None,
            cost: 100,
        },
        Overflow::ServiceUnavailable {
            retry_after: Some(3 * SECOND),
            cost: 40,
        },
    ]
}

/// Where all clients do the same, cohorts lose nothing.
#[test]
fn without_chance_it_is_exactly_the_run_by_client() {
    for strategy in [Strategy::AtOnce, Strategy::Fixed, Strategy::Exponential] {
        for overflow in all_overflows() {
            for give_up in [None, Some(9)] {
                let mut params = small(strategy);
                params.backoff.give_up = give_up;
                params.overflow = overflow;
                params.limit = 45 * SECOND;
                let mut wanted = reference::run(&params, u64::MAX);
                wanted.resolution = 1_000;
                assert_eq!(
                    Storm::run(&params).unwrap(),
                    wanted,
                    "{strategy:?} {overflow:?} {give_up:?}"
                );
            }
        }
    }
}

/// Means over some seeds of attempts, median and p99, and their standard errors.
fn means(outputs: &[StormOutput]) -> [(f64, f64); 4] {
    let values: [fn(&StormOutput) -> f64; 4] = [
        |o| o.attempts as f64,
        |o| o.wasted_work,
        |o| o.reconnected.median.unwrap() as f64,
        |o| o.reconnected.p90.unwrap() as f64,
    ];
    values.map(|value| {
        let n = outputs.len() as f64;
        let mean = outputs.iter().map(value).sum::<f64>() / n;
        let squares = outputs
            .iter()
            .map(|o| (value(o) - mean) * (value(o) - mean));
        (mean, (squares.sum::<f64>() / (n - 1.0) / n).sqrt())
    })
}

#[test]
fn with_chance_it_agrees_with_the_run_by_client() {
    for strategy in [
        Strategy::FullJitter,
        Strategy::EqualJitter,
        Strategy::Decorrelated,
    ] {
        for overflow in all_overflows() {
            let seeds = |run: &dyn Fn(&StormParams) -> StormOutput| -> Vec<StormOutput> {
                let params = (0..12).map(|seed| StormParams {
                    clients: 1_500,
                    capacity: 150,
                    overflow,
                    seed,
                    ..small(strategy)
                });
                params.map(|params| run(&params)).collect()
            };
            let found = means(&seeds(&|params| Storm::run(params).unwrap()));
            let wanted = means(&seeds(&|params| reference::run(params, u64::MAX)));
            for (i, (found, wanted)) in found.into_iter().zip(wanted).enumerate() {
                let error = (found.1 * found.1 + wanted.1 * wanted.1).sqrt();
                // Four errors, and what the resolution of 1 ms and the classes of waits may make.
                let allowed = 4.5 * error + 0.004 * wanted.0;
                assert!(
                    (found.0 - wanted.0).abs() <= allowed,
                    "{strategy:?} {overflow:?} {i}: {found:?}, not {wanted:?}"
                );
            }
        }
    }
}

#[test]
fn how_it_is_cut_makes_no_difference() {
    for strategy in Strategy::ALL {
        let params = StormParams {
            overflow: all_overflows()[3],
            limit: 60 * SECOND,
            ..small(strategy)
        };
        let wanted = Storm::run(&params).unwrap();
        let mut cut = Storm::start(&params).unwrap();
        let (mut size, mut progress) = (1, 0.0);
        while !cut.advance(size) {
            size = size * 7 % 5_003 + 1;
            assert!(cut.progress() >= progress);
            progress = cut.progress();
        }
        assert_eq!(cut.output(), wanted);
        assert!(cut.advance(5));
        assert_eq!(cut.output(), wanted);
        check(&params, &wanted);
    }
}

#[test]
fn a_hint_spreads_the_first_wave_and_an_equal_wait_does_not() {
    let mut params = small(Strategy::AtOnce);
    params.down = 0;
    params.hint = Some(Hint::ServiceRestart);
    let spread = Storm::run(&params).unwrap();
    let mean = 5_000.0 / 25.0;
    assert!(
        (spread.peak.attempts as f64) < mean + 5.0 * f64::sqrt(mean),
        "{:?}",
        spread.peak
    );
    assert!(spread.reconnected.last.unwrap() >= RESTART_WAIT.1 - SECOND);
    assert_eq!(spread.wasted, 0, "300 a second have room for 200");
    params.hint = Some(Hint::TryAgainLater { after: 10 * SECOND });
    let together = Storm::run(&params).unwrap();
    let first = together.series.iter().find(|bucket| bucket.attempts > 0);
    assert_eq!(first.unwrap().attempts, 5_000, "all in one bucket");
    assert!(together.wasted > 50_000, "{}", together.wasted);
}

/// A queue longer than clients have patience for: the server works, and nobody is helped.
#[test]
fn a_queue_longer_than_the_patience_of_clients_is_work_in_vain() {
    let params = StormParams {
        backlog: 10_000,
        connect_timeout: 4 * SECOND,
        ..small(Strategy::Fixed)
    };
    let output = Storm::run(&params).unwrap();
    assert!(output.wasted_work > 3_000.0, "{}", output.wasted_work);
    check(&params, &output);
}

/// Written down once. Links with a seed in them go on meaning the same, on every machine.
#[test]
fn a_seed_means_the_same_everywhere() {
    let found = [
        Strategy::FullJitter,
        Strategy::EqualJitter,
        Strategy::Decorrelated,
    ]
    .map(|strategy| {
        let output = Storm::run(&small(strategy)).unwrap();
        let back = output.reconnected;
        (
            output.attempts,
            back.median.unwrap(),
            back.p99.unwrap(),
            back.last.unwrap(),
        )
    });
    assert_eq!(found, GOLDEN);
}

const GOLDEN: [(u64, Micros, Micros, Micros); 3] = [
    (48_646, 13_373_500, 22_527_834, 24_612_834),
    (40_821, 13_676_167, 22_287_167, 23_329_834),
    (50_899, 13_373_584, 22_745_167, 24_029_834),
];

#[test]
fn a_million_clients_take_little_memory() {
    let params = StormParams {
        clients: 1_000_000,
        ..StormParams::default()
    };
    assert!(params.needed() < 128 << 20, "{}", params.needed());
    assert!(params.bytes_per_client() < 128.0);
    let alike = StormParams {
        clients: 10,
        ..params.clone()
    };
    assert_eq!(alike.needed(), params.needed());
}

fn any_params() -> impl AnyOf<Value = StormParams> {
    let overflow = prop_oneof![
        Just(Overflow::Refuse),
        Just(Overflow::TimeOut),
        (any::<Option<u64>>(), any::<u32>())
            .prop_map(|(retry_after, cost)| Overflow::ServiceUnavailable { retry_after, cost }),
    ];
    let hint = prop_oneof![
        Just(None),
        Just(Some(Hint::ServiceRestart)),
        any::<u64>().prop_map(|after| Some(Hint::TryAgainLater { after })),
    ];
    let span = || prop_oneof![any::<u64>(), 0u64..10_000_000];
    let backoff = (
        0usize..6,
        span(),
        prop_oneof![any::<f64>(), 0.5f64..4.0],
        span(),
        any::<Option<u32>>(),
        span(),
    );
    let backoff = backoff.prop_map(|(i, base, factor, cap, give_up, spread)| Backoff {
        strategy: Strategy::ALL[i],
        base,
        factor,
        cap,
        give_up: give_up.map(|n| n % 80),
        spread,
    });
    let server = (
        any::<u32>(),
        prop_oneof![any::<u32>(), 0u32..2_000],
        0u32..300,
        overflow,
    );
    let times = (span(), span(), span(), 0u64..20_000_000);
    (backoff, server, times, hint, any::<u64>()).prop_map(|(backoff, server, times, hint, seed)| {
        StormParams {
            clients: server.0 % 3_000,
            backoff,
            capacity: server.1,
            backlog: server.2,
            overflow: server.3,
            down: times.0,
            round_trip: times.1,
            connect_timeout: times.2,
            hint,
            limit: times.3,
            seed,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_parameters_break_it(params in any_params()) {
        let output = Storm::run(&params).unwrap();
        check(&params, &output);
        prop_assert!(output.done);
        check(&params, &reference::run(&params, 20_000));
        prop_assert_eq!(params.clamped().clamped(), params.clamped());
    }
}
