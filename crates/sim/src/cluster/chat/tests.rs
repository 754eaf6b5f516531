//! Against what can be computed without the model.

use super::*;
use crate::job::{Job, TooLarge};
use proptest::prelude::*;

fn near(found: f64, wanted: f64, by: f64) {
    assert!((found - wanted).abs() <= by, "{found}, not {wanted} ± {by}");
}

fn run(params: Params) -> Output {
    let output = ChatRun::run(&params).unwrap();
    let counts = output.counts;
    let ends = [
        counts.deliveries,
        counts.missed,
        counts.lost,
        counts.dropped,
        counts.conflated,
        counts.discarded,
        counts.under_way,
    ];
    assert_eq!(counts.addressed, ends.iter().sum::<u64>(), "{counts:?}");
    output
}

/// One server, and nothing that takes time but that.
fn plain() -> Params {
    Params {
        users: 1_000,
        servers: 1,
        room: 1,
        messages_per_minute: 30.0,
        typing_per_minute: 0.0,
        presence_per_minute: 0.0,
        heartbeat: 0,
        service: 1_000,
        hop: 0,
        hop_jitter: 0,
        network: 0,
        network_jitter: 0,
        slow_permille: 0,
        duration: 200 * SECOND,
        ..Params::default()
    }
}

#[test]
fn messages_wait_as_long_as_the_formula_says() {
    for (messages_per_minute, load) in [(12.0, 0.2), (30.0, 0.5), (48.0, 0.8)] {
        let params = Params {
            messages_per_minute,
            ..plain()
        };
        near(params.load(), load, 1e-9);
        let output = run(params);
        let wanted = load * 1.0 / (2.0 * (1.0 - load));
        near(mean_wait(load, 1_000, 1).unwrap(), 1_000.0 * wanted, 1e-6);
        near(output.spent.queue_wait / wanted, 1.0, 0.06);
        near(output.spent.service, 1.0, 1e-9);
        near(output.spent.sum(), output.spent.queue_wait + 1.0, 1e-9);
        near(output.busiest, load, 0.02);
    }
    assert_eq!(mean_wait(1.0, 1_000, 1), None);
    assert_eq!(mean_wait(f64::NAN, 1_000, 1), None);
}

#[test]
fn a_room_comes_as_a_batch() {
    let output = run(Params {
        room: 10,
        service: 100,
        ..plain()
    });
    let wanted = mean_wait(0.5, 100, 10).unwrap();
    near(wanted, 500.0 + 450.0, 1e-6);
    near(output.spent.queue_wait * 1_000.0 / wanted, 1.0, 0.06);
}

#[test]
fn an_overloaded_server_falls_behind_without_end() {
    let params = Params {
        messages_per_minute: 72.0,
        duration: 60 * SECOND,
        ..plain()
    };
    near(params.load(), 1.2, 1e-9);
    let output = run(params);
    // A fifth of a thousand frames too many in each second.
    near(f64::from(output.queue_depth_max), 12_000.0, 1_500.0);
    let half = output.points[POINTS / 2].queue_depth;
    near(f64::from(half), 6_000.0, 1_000.0);
    let p50 = |at: usize| output.points[at].message_delivery_latency_ms.unwrap().p50;
    assert!(p50(POINTS - 1) > 1.6 * p50(POINTS / 2));
    assert!(output.counts.under_way > 10_000);
}

#[test]
fn every_message_goes_to_every_member() {
    let output = run(Params {
        users: 1_000,
        room: 25,
        servers: 5,
        slow_permille: 0,
        duration: 20 * SECOND,
        ..Params::default()
    });
    let counts = output.counts;
    let sent = counts.messages + counts.typing + counts.presence;
    assert_eq!(counts.addressed, sent * 25);
    assert_eq!(counts.deliveries + counts.under_way, counts.addressed);
    assert!(counts.typing > 2 * counts.messages && counts.presence < counts.messages);
    near(counts.heartbeats as f64, 667.0, 120.0);
    assert_eq!(counts.bytes, counts.deliveries * 300);
    let counted: u64 = output.histogram.iter().map(|bucket| bucket.count).sum();
    assert_eq!(counted, counts.message_deliveries);
    let arrived: u64 = output.points.iter().map(|p| u64::from(p.deliveries)).sum();
    assert_eq!(arrived, counts.deliveries);
}

#[test]
fn where_the_time_goes() {
    let output = run(Params {
        slow_permille: 0,
        users: 4_000,
        network: 20_000,
        network_jitter: 15_000,
        duration: 30 * SECOND,
        ..Params::default()
    });
    // There and back, 20 ms and 15 ms on average each way.
    near(output.spent.network, 70.0, 1.0);
    // Three of four servers are reached through pub/sub, 1 ms and 1 ms on average.
    near(output.spent.pubsub_hop, 1.5, 0.05);
    assert_eq!(output.spent.client_queue, 0.0);
    let Latency { p50, p95, p99 } = output.message_delivery_latency_ms;
    assert!(40.0 < p50 && p50 < output.spent.sum() && p95 < p99);
    assert!(
        output
            .points
            .iter()
            .all(|p| p.websocket_connections == 4_000)
    );
}

/// Ten frames a second for clients that take one.
fn slow(policy: Policy) -> Params {
    Params {
        users: 100,
        room: 10,
        messages_per_minute: 60.0,
        service: 10,
        slow_permille: 1_000,
        drain: SECOND,
        queue: 5,
        policy,
        duration: 100 * SECOND,
        ..plain()
    }
}

#[test]
fn policies_bound_the_queues_of_slow_clients() {
    let dropped = run(slow(Policy::Drop));
    let conflated = run(slow(Policy::Conflate));
    for output in [&dropped, &conflated] {
        assert_eq!(output.client_queue_max, 5);
        // A hundred clients, one frame a second each.
        near(output.counts.deliveries as f64, 9_900.0, 200.0);
        assert_eq!(output.counts.disconnected, 0);
    }
    assert!(dropped.counts.dropped > 80_000 && dropped.counts.conflated == 0);
    assert!(conflated.counts.conflated > 80_000 && conflated.counts.dropped == 0);
    // Six frames take six seconds; a place is free for a tenth of one before somebody finds it, and the first six frames
    // wait for half as long. Where the newest wins the place, it has waited for less.
    near(dropped.spent.client_queue, 5_900.0 - 170.0, 60.0);
    near(conflated.spent.client_queue, 5_000.0, 150.0);
    let gone = run(slow(Policy::Disconnect));
    assert!(gone.counts.disconnected > 500);
    assert_eq!(gone.counts.discarded, gone.counts.disconnected * 7);
    assert!(gone.points.iter().any(|p| p.websocket_connections < 90));
}

#[test]
fn when_a_server_dies_its_clients_come_back_over_time() {
    let params = Params {
        users: 4_000,
        duration: 60 * SECOND,
        slow_permille: 0,
        backoff: 10 * SECOND,
        fault: Some(Fault {
            at: 20 * SECOND,
            kind: FaultKind::ServerDies,
        }),
        ..Params::default()
    };
    let output = run(params);
    let open = |second: usize| output.points[second * 4 - 1].websocket_connections;
    assert_eq!((open(20), output.counts.orphaned), (4_000, 1_000));
    // Full jitter: evenly over ten seconds.
    near(f64::from(open(25)), 3_500.0, 80.0);
    assert_eq!(open(31), 4_000);
    let missed = output.counts.missed as f64;
    // A quarter of the members for five seconds on average, and who is gone sends nothing.
    let frames = 4_000.0 * 4.2 / 60.0 * 50.0;
    assert!(missed > frames * 0.2 * 5.0 * 0.8 && missed < frames * 0.25 * 5.0 * 1.2);
    let alone = run(Params {
        servers: 1,
        ..params
    });
    assert_eq!(alone.points[POINTS - 1].websocket_connections, 0);
}

#[test]
fn while_pub_sub_pauses_only_ones_own_server_hears() {
    let output = run(Params {
        slow_permille: 0,
        duration: 60 * SECOND,
        users: 4_000,
        fault: Some(Fault {
            at: 20 * SECOND,
            kind: FaultKind::PubSubPauses(6 * SECOND),
        }),
        ..Params::default()
    });
    // A tenth of the time, three quarters of the members.
    let share = output.counts.missed as f64 / output.counts.addressed as f64;
    near(share, 0.075, 0.006);
}

#[test]
fn a_server_that_slows_down_is_seen_in_the_tail() {
    let at = |kind| {
        run(Params {
            slow_permille: 0,
            users: 4_000,
            duration: 60 * SECOND,
            fault: Some(Fault {
                at: 20 * SECOND,
                kind,
            }),
            ..Params::default()
        })
    };
    let slowed = at(FaultKind::ServerSlows {
        lasts: 10 * SECOND,
        factor: 50,
    });
    let p99 = |second: usize| {
        slowed.points[second * 4]
            .message_delivery_latency_ms
            .unwrap()
    };
    assert!(p99(29).p99 > 1_000.0 && p99(29).p50 < 100.0);
    assert!(p99(10).p99 < 200.0 && p99(59).p99 < 200.0);
    assert_eq!(slowed.counts.missed, 0);
    let healthy = at(FaultKind::PubSubPauses(0));
    assert!(healthy.queue_depth_max * 10 < slowed.queue_depth_max);
}

#[test]
fn users_come_over_time() {
    let output = run(Params {
        users: 1_000,
        ramp: 30 * SECOND,
        slow_permille: 0,
        ..Params::default()
    });
    near(
        f64::from(output.points[59].websocket_connections),
        500.0,
        2.0,
    );
    assert_eq!(output.points[POINTS - 1].websocket_connections, 1_000);
    assert!(output.counts.missed > 0);
}

#[test]
fn presets_are_fit_to_run() {
    for preset in Preset::ALL {
        let params = preset.params();
        assert_eq!(params.clamped(), params, "{preset:?}");
        assert!((0.1..0.8).contains(&params.load()), "{preset:?}");
        let short = run(Params {
            duration: 2 * SECOND,
            ..params
        });
        let Latency { p50, p99, .. } = short.message_delivery_latency_ms;
        assert!(p50 > 10.0 && p99 < 400.0, "{preset:?} {p50} {p99}");
        let wanted = params.frames_per_second() * 2.0;
        near(short.counts.addressed as f64 / wanted, 1.0, 0.12);
    }
}

#[test]
fn a_chat_is_as_fast_as_reported() {
    let output = run(Preset::Chat.params());
    let Latency { p99, .. } = output.message_delivery_latency_ms;
    assert!((70.0..100.0).contains(&p99), "{p99}");
}

fn small() -> Params {
    Params {
        users: 300,
        servers: 3,
        room: 20,
        slow_permille: 200,
        drain: 400_000,
        queue: 3,
        policy: Policy::Disconnect,
        fault: Some(Fault {
            at: 5 * SECOND,
            kind: FaultKind::ServerDies,
        }),
        duration: 12 * SECOND,
        messages_per_minute: 10.0,
        ..Params::default()
    }
}

#[test]
fn slices_make_no_difference() {
    let whole = run(small());
    for slice in [0, 3, 500] {
        let mut job = ChatRun::start(&small()).unwrap();
        let mut progress = 0.0;
        while !job.advance(slice) {
            assert!(job.progress() >= progress);
            progress = job.progress();
            if slice == 500 {
                assert!(job.output().points.len() <= POINTS);
            }
        }
        assert_eq!(job.progress(), 1.0);
        assert_eq!(job.output(), whole);
    }
}

/// Written down once: what a seed means stays.
#[test]
fn a_seed_means_the_same_everywhere() {
    let output = run(small());
    let counts = output.counts;
    let found = [
        counts.addressed,
        counts.deliveries,
        counts.missed,
        counts.lost,
        counts.discarded,
        counts.disconnected,
        (output.spent.sum() * 1_000.0) as u64,
    ];
    assert_eq!(found, GOLDEN);
}

const GOLDEN: [u64; 7] = [13_580, 10_961, 1_738, 17, 810, 162, 83_651];

#[test]
fn a_run_that_would_not_fit_is_refused() {
    let params = Params {
        users: MAX_USERS,
        room: MAX_USERS,
        servers: 1,
        messages_per_minute: 1_000.0,
        hop: 10 * SECOND,
        slow_permille: 1_000,
        drain: MINUTE,
        queue: MAX_QUEUE,
        duration: 60 * MINUTE,
        ..Params::default()
    };
    let Err(TooLarge { needed, fits }) = ChatRun::start(&params) else {
        panic!("accepted");
    };
    assert!(needed > crate::job::MEMORY_LIMIT);
    let fitting = Params {
        users: fits as u32,
        ..params
    };
    assert!(ChatRun::start(&fitting).is_ok());
}

fn any_fault() -> impl Strategy<Value = Option<Fault>> {
    let kind = prop_oneof![
        Just(FaultKind::ServerDies),
        any::<u64>().prop_map(FaultKind::PubSubPauses),
        (any::<u64>(), any::<u32>())
            .prop_map(|(lasts, factor)| FaultKind::ServerSlows { lasts, factor }),
    ];
    let at = prop_oneof![0u64..2_000_000, any::<u64>()];
    prop::option::of((at, kind).prop_map(|(at, kind)| Fault { at, kind }))
}

/// Times that matter and times that are absurd.
fn time() -> impl Strategy<Value = Micros> {
    prop_oneof![0u64..100, 0u64..2_000_000, any::<u64>()]
}

prop_compose! {
    fn any_params()(
        (users, servers, room, feed) in (0u32..400, prop_oneof![0u16..5, any::<u16>()], prop_oneof![0u32..30, any::<u32>()], any::<bool>()),
        rates in prop::array::uniform3(prop_oneof![0.0..60.0f64, any::<f64>()]),
        times in prop::array::uniform9(time()),
        (slow_permille, queue, policy, frame) in (any::<u16>(), prop_oneof![0u32..5, any::<u32>()], 0usize..3, any::<u32>()),
        fault in any_fault(),
        duration in 0u64..1_500_000,
        seed: u64,
    ) -> Params {
        let [heartbeat, service, hop, hop_jitter, network, network_jitter, drain, ramp, backoff] = times;
        // Absurd rates are clamped, but a test should not run for ever.
        let [messages, typing, presence] = rates.map(|rate| if rate.abs() > 1e3 { f64::NAN } else { rate });
        Params {
            users, servers, room,
            origin: if feed { Origin::Feed } else { Origin::Members },
            messages_per_minute: messages, typing_per_minute: typing, presence_per_minute: presence,
            heartbeat, frame, service, hop, hop_jitter, network, network_jitter, slow_permille, drain, queue,
            policy: [Policy::Drop, Policy::Disconnect, Policy::Conflate][policy],
            ramp, backoff, fault, duration, seed,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_breaks_it_and_every_frame_ends_somewhere(params in any_params()) {
        let output = run(params);
        prop_assert_eq!(output.points.len(), POINTS);
        prop_assert!(output.client_queue_max <= params.clamped().queue);
        prop_assert!(output.points.iter().all(|p| p.websocket_connections <= params.users.max(1)));
    }

    #[test]
    fn clamping_twice_is_clamping_once(
        params in any_params(), users: u32, room: u32, rate: f64, service: u64, heartbeat: u64, duration: u64,
    ) {
        let wild = Params { users, room, messages_per_minute: rate, service, heartbeat, duration, ..params };
        let once = wild.clamped();
        let frames = once.frames_per_second() * once.duration as f64 / SECOND as f64;
        prop_assert!(frames <= MAX_FRAMES * 1.05, "{}", frames);
        prop_assert!(once.clamped().duration.abs_diff(once.duration) <= 1 + once.duration / 1_000);
    }
}
