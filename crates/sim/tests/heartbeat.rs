//! The model against what can be computed without it.

use proptest::prelude::*;
use sim::chance::Chance;
use sim::heartbeat::{
    DetectedBy, Detection, Fault, Loss, PacketKind, Params, Place, Prober, RTO_MIN, Run, Side,
    TCP_GIVES_UP,
};
use sim::{MINUTE, Micros, SECOND};

const QUIET: Params = Params {
    prober: Prober::Server,
    interval: 20 * SECOND,
    timeout: 10 * SECOND,
    allowed: Some(1),
    nat_idle: 124 * MINUTE,
    nat_resets: false,
    round_trip: 80_000,
    duration: 10 * MINUTE,
    seed: 1,
};

fn near(found: f64, wanted: f64, by: f64) {
    assert!((found - wanted).abs() <= by, "{found}, not {wanted} ± {by}");
}

fn at(detection: Detection) -> (Micros, DetectedBy) {
    match detection {
        Detection::At(at, how) => (at, how),
        other => panic!("{other:?}"),
    }
}

/// Faults at random moments, schedules of random phase: the mean, the least and the most that the formula gives.
#[test]
fn detection_takes_as_long_as_the_formula_says() {
    const TRIES: u64 = 1_000;
    let found_by = |side, fault| match (side, fault) {
        (Side::Server, _) => Prober::Server,
        _ => Prober::Client,
    };
    for (side, fault) in [
        (Side::Server, Fault::PowerLost),
        (Side::Server, Fault::Suspend),
        (Side::Server, Fault::CablePulled),
        (Side::Server, Fault::NatForgets),
        (Side::Client, Fault::CablePulled),
        (Side::Client, Fault::NatForgets),
        (Side::Client, Fault::ServerLost),
    ] {
        for (interval, timeout, allowed, round_trip) in [
            (20 * SECOND, 10 * SECOND, 1, 80_000),
            (30 * SECOND, 5 * SECOND, 0, 2 * SECOND),
            // More than one question under way at a time.
            (5 * SECOND, 12 * SECOND, 2, 8 * SECOND),
        ] {
            let params = Params {
                prober: found_by(side, fault),
                interval,
                timeout,
                allowed: Some(allowed),
                round_trip,
                duration: 4 * MINUTE,
                ..QUIET
            };
            let wanted = params.detection_time(side, fault).unwrap();
            let mut when = Chance::new(7, 9);
            let (mut sum, mut least, mut most) = (0.0, Micros::MAX, 0);
            for seed in 0..TRIES {
                let struck = MINUTE + (when.unit() * interval as f64) as Micros;
                let run = Run::new(Params { seed, ..params }, &[(struck, fault)]);
                let (known, how) = at(run.detection(side));
                assert_eq!(how, DetectedBy::NoAnswer);
                let took = known - struck;
                sum += took as f64;
                (least, most) = (least.min(took), most.max(took));
            }
            let name = format!("{side:?} {fault:?} {interval} {timeout} {allowed}");
            assert!(wanted.least <= least && most <= wanted.most, "{name}");
            // Uniform over an interval: the mean of so many lies within four standard errors.
            let error = interval as f64 / 12f64.sqrt() / (TRIES as f64).sqrt();
            near(sum / TRIES as f64, wanted.mean, 4.0 * error);
            // And with so many tries the luckiest and the unluckiest come close to the ends.
            near(least as f64, wanted.least as f64, interval as f64 / 100.0);
            near(most as f64, wanted.most as f64, interval as f64 / 100.0);
        }
    }
}

#[test]
fn an_idle_connection_sends_nothing_and_nobody_learns_anything() {
    let params = Params {
        prober: Prober::Nobody,
        duration: 60 * MINUTE,
        ..QUIET
    };
    let fine = Run::new(params, &[]);
    assert_eq!(fine.packets(), []);
    assert_eq!(
        (fine.client(), fine.server()),
        (Detection::Fine, Detection::Fine)
    );
    for fault in [Fault::CablePulled, Fault::NatForgets] {
        let run = Run::new(params, &[(SECOND, fault)]);
        assert_eq!(
            (run.client(), run.server()),
            (Detection::Never, Detection::Never)
        );
        assert_eq!(run.ghosts(Side::Server), [(SECOND, 60 * MINUTE)]);
    }
    let run = Run::new(params, &[(SECOND, Fault::PowerLost)]);
    assert_eq!(
        (run.client(), run.server()),
        (Detection::Gone, Detection::Never)
    );
    let run = Run::new(params, &[(SECOND, Fault::ServerLost)]);
    assert_eq!(
        (run.client(), run.server()),
        (Detection::Never, Detection::Gone)
    );
}

#[test]
fn who_asks_learns_and_who_is_only_asked_does_not() {
    for (prober, fault) in [
        (Prober::Server, Fault::CablePulled),
        (Prober::Server, Fault::NatForgets),
        (Prober::Client, Fault::CablePulled),
        (Prober::Client, Fault::NatForgets),
    ] {
        let run = Run::new(Params { prober, ..QUIET }, &[(MINUTE, fault)]);
        for side in [Side::Client, Side::Server] {
            if prober.probes(side) {
                assert_eq!(at(run.detection(side)).1, DetectedBy::NoAnswer);
            } else {
                assert_eq!(
                    run.detection(side),
                    Detection::Never,
                    "{prober:?} {fault:?}"
                );
            }
        }
        let both = Params {
            prober: Prober::Both,
            ..QUIET
        };
        let run = Run::new(both, &[(MINUTE, fault)]);
        at(run.client());
        at(run.server());
    }
}

#[test]
fn every_question_is_answered_and_every_answer_acknowledged() {
    let params = Params {
        prober: Prober::Both,
        ..QUIET
    };
    let run = Run::new(params, &[]);
    assert_eq!(
        (run.client(), run.server()),
        (Detection::Fine, Detection::Fine)
    );
    let count = |f: fn(PacketKind) -> bool| run.packets().iter().filter(|p| f(p.kind)).count();
    // 600 s, one every 20 s from somewhere in the first 20 s on.
    assert_eq!(count(|what| matches!(what, PacketKind::Ping(_))), 30);
    assert_eq!(count(|what| matches!(what, PacketKind::Beat(_))), 30);
    assert_eq!(
        count(|what| matches!(what, PacketKind::Pong(_) | PacketKind::Echo(_))),
        60
    );
    assert_eq!(count(|what| what == PacketKind::Ack), 60);
    assert_eq!(run.packets().len(), 180);
    for packet in run.packets() {
        assert_eq!((packet.lost, packet.resent), (None, 0));
        assert_eq!(packet.end - packet.left, 40_000);
    }
    assert!(run.ghosts(Side::Client).is_empty() && run.ghosts(Side::Server).is_empty());
}

/// A process that crashes is buried by its kernel; a machine without power is not.
#[test]
fn a_crash_is_known_at_once_and_a_loss_of_power_is_not() {
    let run = Run::new(QUIET, &[(MINUTE, Fault::Crash)]);
    assert_eq!(
        run.server(),
        Detection::At(MINUTE + 40_000, DetectedBy::Fin)
    );
    assert_eq!(run.client(), Detection::Gone);
    let run = Run::new(QUIET, &[(MINUTE, Fault::PowerLost)]);
    assert!(at(run.server()).0 >= MINUTE + 30 * SECOND - 40_000);
    // A FIN that meets a pulled cable comes when the cable is back.
    let run = Run::new(
        Params {
            prober: Prober::Nobody,
            ..QUIET
        },
        &[
            (MINUTE, Fault::CablePulled),
            (MINUTE + SECOND, Fault::Crash),
            (MINUTE + 5 * SECOND, Fault::CableBack),
        ],
    );
    let (known, how) = at(run.server());
    assert_eq!(how, DetectedBy::Fin);
    assert!(known > MINUTE + 5 * SECOND && known < MINUTE + 12 * SECOND);
}

/// RTO₀ = 200 ms and a round trip of 0: the sum 0.2 + 0.4 + … + 102.4 + 6 × 120 s is 924.6 s, to the microsecond.
#[test]
fn tcp_gives_up_when_the_kernels_documentation_says() {
    let params = Params {
        allowed: None,
        round_trip: 0,
        ..QUIET
    };
    let run = Run::new(params, &[(MINUTE, Fault::PowerLost)]);
    let in_vain = |p: &&sim::heartbeat::Packet| p.lost == Some(Loss::Nobody);
    let first = run.packets().iter().find(in_vain).unwrap();
    assert_eq!(
        run.server(),
        Detection::At(first.left + TCP_GIVES_UP, DetectedBy::TcpGaveUp)
    );
    let mut wait = RTO_MIN;
    let mut next = first.left;
    let again = run.packets().iter().filter(|p| p.resent > 0);
    for (i, packet) in again.enumerate() {
        next += wait;
        assert_eq!((packet.left, packet.resent), (next, i as u32 + 1));
        wait = (2 * wait).min(120 * SECOND);
    }
    // With a round trip, time-outs are longer, and the first that is over counts.
    let slow = Params {
        round_trip: 80_000,
        ..params
    };
    let run = Run::new(slow, &[(MINUTE, Fault::PowerLost)]);
    let first = run.packets().iter().find(in_vain).unwrap().left;
    let (known, how) = at(run.server());
    assert_eq!(how, DetectedBy::TcpGaveUp);
    // 0.28 × (2⁹ − 1) + 7 × 120 s.
    assert_eq!(known - first, 143_080_000 + 7 * 120 * SECOND);
}

#[test]
fn a_nat_box_forgets_what_is_silent_and_remembers_what_is_not() {
    let box_of = |nat_idle, interval| Params {
        nat_idle,
        interval,
        ..QUIET
    };
    let kept = Run::new(box_of(30 * SECOND, 20 * SECOND), &[]);
    assert_eq!((kept.nat_forgot(), kept.server()), (None, Detection::Fine));
    let run = Run::new(box_of(30 * SECOND, 60 * SECOND), &[]);
    let first = run.packets().first().unwrap().left;
    let forgot = run.nat_forgot().unwrap();
    // From the last packet on, or from the beginning, where the first ping is later than that.
    assert!(forgot == 30 * SECOND || forgot > first + 30 * SECOND);
    assert_eq!(at(run.server()).1, DetectedBy::NoAnswer);
    assert_eq!(run.client(), Detection::Never);
    let lost = run.packets().iter().find(|p| p.lost.is_some()).unwrap();
    assert_eq!((lost.lost, lost.from), (Some(Loss::Nat), Place::Server));
    assert!(lost.left + 40_000 >= forgot);
}

#[test]
fn a_nat_box_that_resets_tells_the_client_and_never_the_server() {
    let params = Params {
        prober: Prober::Client,
        nat_resets: true,
        ..QUIET
    };
    let run = Run::new(params, &[(MINUTE, Fault::NatForgets)]);
    let next = run
        .packets()
        .iter()
        .find(|p| p.left >= MINUTE && matches!(p.kind, PacketKind::Beat(_)))
        .unwrap();
    // To the box and back: two tenths of the way.
    assert_eq!(
        run.client(),
        Detection::At(next.left + 8_000, DetectedBy::Reset)
    );
    assert_eq!(run.server(), Detection::Never);
}

#[test]
fn a_cable_that_is_put_back_soon_costs_a_retransmission_and_nothing_else() {
    let params = Params {
        interval: 10 * SECOND,
        timeout: 10 * SECOND,
        ..QUIET
    };
    let faults = [
        (MINUTE, Fault::CablePulled),
        (MINUTE + 11 * SECOND, Fault::CableBack),
    ];
    let run = Run::new(params, &faults);
    assert_eq!(
        (run.client(), run.server()),
        (Detection::Fine, Detection::Fine)
    );
    assert!(
        run.packets()
            .iter()
            .any(|p| p.resent > 0 && p.lost.is_none())
    );
    assert_eq!(run.ghosts(Side::Server), [(faults[0].0, faults[1].0)]);
}

#[test]
fn a_laptop_that_slept_too_long_finds_its_connection_gone_when_it_speaks() {
    let faults = [(MINUTE, Fault::Suspend), (5 * MINUTE, Fault::Resume)];
    let pings = Run::new(QUIET, &faults);
    let gave_up = at(pings.server()).0;
    assert!(gave_up < 3 * MINUTE);
    assert_eq!(
        pings.client(),
        Detection::Never,
        "it only answers, and nobody asks"
    );
    let both = Params {
        prober: Prober::Both,
        ..QUIET
    };
    let run = Run::new(both, &faults);
    let (known, how) = at(run.client());
    assert_eq!(how, DetectedBy::Reset);
    assert!((5 * MINUTE..=5 * MINUTE + 20 * SECOND + 80_000).contains(&known));
    for packet in run.packets().iter().filter(|p| p.from == Place::Client) {
        assert!(packet.left < MINUTE || packet.left >= 5 * MINUTE);
    }
    // A short nap harms nothing.
    let run = Run::new(
        both,
        &[
            (MINUTE, Fault::Suspend),
            (MINUTE + 5 * SECOND, Fault::Resume),
        ],
    );
    assert_eq!(
        (run.client(), run.server()),
        (Detection::Fine, Detection::Fine)
    );
}

#[test]
fn who_waits_for_less_than_a_round_trip_gives_up_on_the_living() {
    let params = Params {
        timeout: SECOND,
        round_trip: 2 * SECOND,
        allowed: Some(0),
        ..QUIET
    };
    assert_eq!(params.detection_time(Side::Server, Fault::PowerLost), None);
    let run = Run::new(params, &[]);
    assert_eq!(at(run.server()).1, DetectedBy::NoAnswer);
    assert_eq!(at(run.client()).1, DetectedBy::Reset);
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::CablePulled),
        Just(Fault::CableBack),
        Just(Fault::NatForgets),
        Just(Fault::Crash),
        Just(Fault::PowerLost),
        Just(Fault::Suspend),
        Just(Fault::Resume),
        Just(Fault::ServerLost),
    ]
}

fn faults() -> impl Strategy<Value = Vec<(Micros, Fault)>> {
    prop::collection::vec((0u64..200 * SECOND, fault()), 0..20)
}

prop_compose! {
    fn params()(
        prober in prop_oneof![Just(Prober::Nobody), Just(Prober::Server), Just(Prober::Client), Just(Prober::Both)],
        interval in prop_oneof![Just(0u64), 500_000u64..60_000_000, Just(u64::MAX)],
        timeout in prop_oneof![Just(0u64), 1u64..60_000_000, Just(u64::MAX)],
        allowed in prop_oneof![Just(None), (0u32..5).prop_map(Some), Just(Some(u32::MAX))],
        nat_idle in prop_oneof![Just(0u64), 1_000_000u64..100_000_000, Just(u64::MAX)],
        nat_resets: bool,
        round_trip in prop_oneof![0u64..10_000_000, Just(u64::MAX)],
        duration in prop_oneof![0u64..180_000_000, Just(u64::MAX)],
        seed: u64,
    ) -> Params {
        Params { prober, interval, timeout, allowed, nat_idle, nat_resets, round_trip, duration, seed }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_parameters_break_it(params in params(), faults in faults()) {
        let run = Run::new(params, &faults);
        let end = run.params().duration;
        let way = run.params().one_way_delay();
        prop_assert!(run.packets().windows(2).all(|two| two[0].left <= two[1].left));
        for packet in run.packets() {
            prop_assert!(packet.left <= end && packet.left <= packet.end);
            prop_assert!(packet.end - packet.left <= way);
            if packet.lost.is_none() && packet.from != Place::Nat {
                prop_assert_eq!(packet.end - packet.left, way);
            }
            let asleep = run.asleep().iter().any(|&(a, b)| a <= packet.left && packet.left < b);
            prop_assert!(packet.from != Place::Client || !asleep, "who sleeps is silent");
        }
        for side in [Side::Client, Side::Server] {
            let ghosts = run.ghosts(side);
            prop_assert!(ghosts.windows(2).all(|two| two[0].1 < two[1].0));
            for &(from, to) in &ghosts {
                prop_assert!(from < to && to <= end);
                if let Detection::At(at, _) = run.detection(side) {
                    prop_assert!(to <= at);
                }
            }
            // Who has no power is silent. (A kernel outlives its process.)
            let off = match side {
                Side::Client => Fault::PowerLost,
                Side::Server => Fault::ServerLost,
            };
            if let Some(&(off, _)) = run.faults().iter().find(|&&(_, fault)| fault == off) {
                prop_assert!(run.packets().iter().all(|p| p.from != Place::from(side) || p.left <= off));
            }
        }
    }

    #[test]
    fn the_same_seed_is_the_same_run(params in params(), faults in faults()) {
        let (one, two) = (Run::new(params, &faults), Run::new(params, &faults));
        prop_assert_eq!(one.packets(), two.packets());
        prop_assert_eq!((one.client(), one.server()), (two.client(), two.server()));
    }

    /// What can't be heard can't change what is known before: a fault has no effect on the time before it.
    #[test]
    fn a_fault_changes_nothing_before_it(params in params(), at in 0u64..100_000_000, fault in fault()) {
        let (with, without) = (Run::new(params, &[(at, fault)]), Run::new(params, &[]));
        let before = |run: &Run| run.packets().iter().filter(|p| p.end < at).cloned().collect::<Vec<_>>();
        prop_assert_eq!(before(&with), before(&without));
    }

    /// A healthy connection that is asked more often than the NAT box forgets lives for ever.
    #[test]
    fn nobody_gives_up_on_the_living(params in params()) {
        let params = Params { nat_idle: 24 * 60 * MINUTE, timeout: 61 * SECOND + params.timeout % MINUTE, duration: 3 * MINUTE, ..params };
        let run = Run::new(params, &[]);
        prop_assert_eq!((run.client(), run.server()), (Detection::Fine, Detection::Fine));
    }
}
