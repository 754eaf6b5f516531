//! Against what can be computed without the model.

use super::*;
use crate::job::Job;
use proptest::prelude::*;

fn near(found: f64, wanted: f64, by: f64) {
    assert!((found - wanted).abs() <= by, "{found}, not {wanted} ± {by}");
}

fn cluster(clients: u32, servers: u16, balancer: Balancer) -> Cluster {
    seeded(clients, servers, balancer, 1)
}

fn seeded(clients: u32, servers: u16, balancer: Balancer, seed: u64) -> Cluster {
    let mut cluster = Cluster::new(&Params {
        clients,
        servers,
        balancer,
        seed,
        ..Params::default()
    });
    cluster.connect_all();
    cluster
}

fn most(cluster: &Cluster) -> u32 {
    cluster.loads().map(|(_, load)| load).max().unwrap()
}

fn least(cluster: &Cluster) -> u32 {
    cluster.loads().map(|(_, load)| load).min().unwrap()
}

const CIRCLE: Balancer = Balancer::ConsistentHash { points: 200 };
const ALL: [Balancer; 6] = [
    Balancer::RoundRobin,
    Balancer::LeastConnections,
    Balancer::AddressHash,
    Balancer::Cookie,
    CIRCLE,
    Balancer::TwoChoices,
];

#[test]
fn taking_turns_is_even() {
    for balancer in [
        Balancer::RoundRobin,
        Balancer::LeastConnections,
        Balancer::Cookie,
    ] {
        let cluster = cluster(10_007, 12, balancer);
        assert!(most(&cluster) - least(&cluster) <= 1);
        assert_eq!(cluster.loads().map(|(_, load)| load).sum::<u32>(), 10_007);
    }
}

/// The mean of the largest of `n` Poisson numbers of mean `mean`: Σ P(largest > k).
fn largest_of_poisson(n: i32, mean: f64) -> f64 {
    let (mut term, mut below, mut sum) = ((-mean).exp(), 0.0, 0.0);
    for k in 0..200 {
        below += term;
        sum += 1.0 - below.min(1.0).powi(n);
        term *= mean / f64::from(k + 1);
    }
    sum
}

/// As many clients as servers, as in the books: at random, the largest load grows as ln n / ln ln n; with two choices as
/// ln ln n / ln 2, plus a small constant (Azar, Broder, Karlin, Upfal, 1999).
#[test]
fn two_choices_are_much_better_than_one() {
    let n = 200u16;
    let mean_of = |balancer| {
        let sum: u32 = (0..400)
            .map(|seed| most(&seeded(u32::from(n), n, balancer, seed)))
            .sum();
        f64::from(sum) / 400.0
    };
    let random = mean_of(Balancer::AddressHash);
    // One more for 400 runs' spread; the loads sum to n, so they are not quite independent.
    near(random, largest_of_poisson(i32::from(n), 1.0), 0.15);
    let two = mean_of(Balancer::TwoChoices);
    let bound = f64::from(n).ln().ln() / 2f64.ln();
    assert!(two <= bound + 1.0 && two >= 2.0, "{two}, {bound}");
    assert!(two + 1.5 < random, "{two}, {random}");
}

#[test]
fn two_choices_stay_close_to_the_mean_with_many_clients() {
    let random = most(&cluster(1_000_000, 100, Balancer::AddressHash));
    let two = most(&cluster(1_000_000, 100, Balancer::TwoChoices));
    // Random: mean 10,000, deviation 100, largest of a hundred about 2.5 deviations above.
    assert!((10_130..10_450).contains(&random), "{random}");
    assert!(two < 10_010, "{two}");
}

#[test]
fn an_established_connection_stays_where_it_is() {
    for balancer in ALL {
        let mut cluster = cluster(5_000, 9, balancer);
        let before: Vec<_> = (0..5_000).map(|client| cluster.server_of(client)).collect();
        assert_eq!(cluster.add().reconnected, 0);
        assert!((0..5_000).all(|client| cluster.server_of(client) == before[client as usize]));
        let moved = cluster.kill(4);
        let on_it = before.iter().filter(|server| **server == Some(4)).count();
        assert_eq!(moved.reconnected as usize, on_it);
        assert_eq!(moved.sessions_lost as usize, on_it);
        for (client, before) in before.iter().enumerate() {
            let now = cluster.server_of(client as u32);
            assert!(now.is_some() && now != Some(4));
            assert!(*before == Some(4) || now == *before);
        }
    }
}

#[test]
fn consistent_hashing_moves_one_share_and_modulo_nearly_all() {
    let n = 20u16;
    let clients = 100_000;
    let all = f64::from(clients);
    // The new server's share of the circle varies by 1/√points.
    let tolerance = 4.0 * all / f64::from(n) / 200f64.sqrt();
    let mut circle = cluster(clients, n, CIRCLE);
    let would = f64::from(circle.add().would_move.unwrap());
    near(would, all / f64::from(n + 1), tolerance);
    let mut circle = cluster(clients, n, CIRCLE);
    let moved = circle.kill(3);
    near(f64::from(moved.reconnected), all / f64::from(n), tolerance);
    assert_eq!(moved.would_move, Some(0));
    let mut modulo = cluster(clients, n, Balancer::AddressHash);
    let would = f64::from(modulo.add().would_move.unwrap());
    let share = f64::from(n) / f64::from(n + 1);
    near(
        would,
        all * share,
        4.0 * (all * share * (1.0 - share)).sqrt(),
    );
    assert_eq!(
        cluster(clients, n, Balancer::Cookie).add().would_move,
        Some(0)
    );
    assert_eq!(
        cluster(clients, n, Balancer::RoundRobin).add().would_move,
        None
    );
}

#[test]
fn more_points_make_a_circle_more_even() {
    let spread = |points| {
        let cluster = cluster(200_000, 50, Balancer::ConsistentHash { points });
        f64::from(most(&cluster)) / 4_000.0
    };
    assert!(spread(1) > 2.0);
    // 400 points: deviation 5 %, the largest of fifty some 2.3 of them above.
    assert!(spread(400) < 1.2);
}

#[test]
fn an_office_behind_one_address_falls_on_one_server() {
    let params = Params {
        clients: 20_000,
        servers: 10,
        balancer: Balancer::AddressHash,
        office: 5_000,
        in_offices_permille: 250,
        ..Params::default()
    };
    let mut by_address = Cluster::new(&params);
    by_address.connect_all();
    let home = by_address.server_of(0);
    assert!((0..5_000).all(|client| by_address.server_of(client) == home));
    assert!(most(&by_address) > 6_000);
    let mut by_id = Cluster::new(&Params {
        balancer: CIRCLE,
        ..params
    });
    by_id.connect_all();
    assert!(most(&by_id) < 2_500);
}

#[test]
fn who_reconnects_finds_its_session_with_sticky_routing_only() {
    for balancer in ALL {
        let mut cluster = cluster(50_000, 10, balancer);
        let moved = cluster.lines_break(200);
        near(f64::from(moved.reconnected), 10_000.0, 400.0);
        let lost = f64::from(moved.sessions_lost) / f64::from(moved.reconnected);
        match balancer {
            // The next server in turn is any of ten.
            Balancer::RoundRobin => near(lost, 0.9, 0.02),
            Balancer::AddressHash | Balancer::Cookie | Balancer::ConsistentHash { .. } => {
                assert_eq!(lost, 0.0)
            }
            Balancer::LeastConnections | Balancer::TwoChoices => assert!(lost > 0.7, "{lost}"),
        }
    }
}

#[test]
fn draining_moves_each_client_once_but_for_the_first_server() {
    let n = 10u16;
    let clients = 100_000u32;
    let harmonic: f64 = (1..n).map(|k| 1.0 / f64::from(k)).sum();
    let drained = cluster(clients, n, Balancer::RoundRobin).deploy(true);
    assert_eq!((drained.reconnected, drained.most_moves), (110_000, 2));
    near(drained.mean_moves, 1.1, 1e-9);
    // Every server's L clients, and a ninth of the first's, are spread over those renewed before.
    let load = f64::from(clients / u32::from(n)) * (1.0 + 1.0 / f64::from(n - 1)) * harmonic;
    near(f64::from(drained.largest_load), load, 20.0);
    let hard = cluster(clients, n, Balancer::RoundRobin).deploy(false);
    assert!(hard.reconnected > drained.reconnected && hard.most_moves > 3);
    assert!(hard.largest_burst >= 10_000 && drained.largest_burst < 200);
    let even = cluster(clients, n, Balancer::LeastConnections).deploy(true);
    assert!(even.largest_load < drained.largest_load);
    assert_eq!(even.would_move, None);
    // All but the last server's clients were sent away while theirs was replaced, and those had come from others.
    let circle = cluster(clients, n, CIRCLE).deploy(true);
    assert!(circle.would_move > Some(clients * 8 / 10), "{circle:?}");
    let cookie = cluster(clients, n, Balancer::Cookie).deploy(true);
    assert_eq!(cookie.would_move, Some(0));
}

#[test]
fn the_last_server_strands_everybody_until_another_comes() {
    let mut cluster = cluster(100, 2, Balancer::LeastConnections);
    cluster.kill(0);
    assert_eq!(cluster.kill(1).stranded, 100);
    assert_eq!(cluster.kill(1), Moved::default());
    let delivery = cluster.send(0, &[1, 2], Backplane::Broadcast);
    assert_eq!((delivery.reached, delivery.missed), (0, 2));
    let back = cluster.add();
    assert_eq!((back.reconnected, back.stranded), (100, 0));
    assert_eq!(cluster.deploy(true).reconnected, 100);
    assert_eq!(cluster.loads().collect::<Vec<_>>(), [(2, 100)]);
}

/// Client `i` is on server `i mod 4`.
#[test]
fn what_each_backplane_copies() {
    let mut cluster = cluster(40, 4, Balancer::RoundRobin);
    let members = [0, 4, 1, 5, 9];
    let none = cluster.send(0, &members, Backplane::None);
    assert_eq!(
        (none.reached, none.missed, none.copies, none.hops),
        (2, 3, 0, 0)
    );
    let topics = cluster.send(0, &members, Backplane::PubSub);
    assert_eq!((topics.reached, topics.copies, topics.hops), (5, 3, 2));
    assert_eq!(topics.needless, 0);
    let all = cluster.send(0, &members, Backplane::Broadcast);
    assert_eq!((all.reached, all.copies, all.needless), (5, 5, 2));
    let gossip = cluster.send(0, &members, Backplane::Gossip { fanout: 3 });
    assert_eq!((gossip.reached, gossip.missed), (5, 0));
    // Four servers each tell four.
    assert_eq!(
        (gossip_sends(4), gossip.copies, gossip.redundant),
        (4, 16, 13)
    );
    assert_eq!(cluster.send(99, &members, Backplane::PubSub).missed, 5);
    assert_eq!(cluster.send(0, &[77], Backplane::PubSub).missed, 1);
}

#[test]
fn gossip_reaches_all_with_high_probability_and_most_copies_are_redundant() {
    let mut cluster = cluster(100, 100, Balancer::RoundRobin);
    let everybody: Vec<u32> = (0..100).collect();
    let (mut complete, mut hops) = (0, 0);
    for from in 0..100 {
        let delivery = cluster.send(from, &everybody, Backplane::Gossip { fanout: 3 });
        assert_eq!(delivery.reached + delivery.missed, 100);
        assert_eq!(delivery.copies, delivery.reached * gossip_sends(100));
        assert_eq!(delivery.redundant, delivery.copies - (delivery.reached - 1));
        complete += u32::from(delivery.missed == 0);
        hops += delivery.hops;
    }
    // A server is missed by 1,188 copies with a probability of e⁻¹²; so one message in 1,600 misses one.
    assert!(complete >= 99, "{complete}");
    // At most four times as many know after each round: log₄ 100 = 3.3 rounds at least.
    assert!((400..900).contains(&hops), "{hops}");
}

#[test]
fn without_a_backplane_a_room_hears_its_sender_where_it_happens_to_be() {
    let run = |backplane| {
        let params = Params {
            clients: 100_000,
            servers: 20,
            room: 20,
            messages: 5_000,
            backplane,
            ..Params::default()
        };
        ClusterRun::run(&params).unwrap().messages
    };
    let none = run(Backplane::None);
    assert_eq!(none.reached + none.missed, 5_000 * 20);
    // The sender itself, and each of the other nineteen with a chance of one in twenty.
    near(none.reached as f64 / 5_000.0, 1.95, 0.08);
    let topics = run(Backplane::PubSub);
    assert_eq!((topics.missed, topics.reached), (0, 5_000 * 20));
    // Servers that hold a member: n(1 − (1 − 1/n)^r), and the publication.
    let holders = 20.0 * (1.0 - 0.95f64.powi(20));
    near(topics.copies as f64 / 5_000.0, holders + 1.0, 0.1);
    assert_eq!(run(Backplane::Broadcast).copies, 5_000 * 21);
}

#[test]
fn absurd_runs_are_cut() {
    let wild = |backplane, room| {
        let params = Params {
            clients: u32::MAX,
            servers: u16::MAX,
            room,
            messages: u32::MAX,
            backplane,
            events: vec![Event::Add; 1_000],
            ..Params::default()
        };
        params.clamped()
    };
    let sparse = wild(Backplane::PubSub, 1);
    assert_eq!((sparse.clients, sparse.servers), (MAX_CLIENTS, MAX_SERVERS));
    assert_eq!((sparse.messages, sparse.events.len()), (MAX_MESSAGES, 64));
    assert_eq!(wild(Backplane::None, 1_000_000).messages, 100);
    let gossip = wild(Backplane::Gossip { fanout: 0 }, 1);
    assert_eq!(gossip.backplane, Backplane::Gossip { fanout: 1 });
    // Two hundred servers tell twelve each.
    assert_eq!(gossip.messages, 83_333);
    assert_eq!(gossip.clamped(), gossip);
}

fn eventful() -> Params {
    Params {
        clients: 3_000,
        servers: 7,
        balancer: Balancer::TwoChoices,
        office: 50,
        in_offices_permille: 300,
        backplane: Backplane::Gossip { fanout: 2 },
        room: 9,
        messages: 500,
        events: vec![
            Event::Kill(2),
            Event::Add,
            Event::Deploy { drain: true },
            Event::LinesBreak { permille: 100 },
        ],
        seed: 5,
    }
}

#[test]
fn slices_make_no_difference() {
    let whole = ClusterRun::run(&eventful()).unwrap();
    assert_eq!(whole.events.len(), 4);
    assert_eq!(whole.messages.sent, 500);
    for slice in [0, 1, 7, 1_000] {
        let mut job = ClusterRun::start(&eventful()).unwrap();
        let mut progress = 0.0;
        while !job.advance(slice) {
            assert!(job.progress() >= progress);
            progress = job.progress();
        }
        assert_eq!(job.progress(), 1.0);
        assert_eq!(job.output(), whole);
    }
}

/// Written down once: what a seed means stays.
#[test]
fn a_seed_means_the_same_everywhere() {
    let output = ClusterRun::run(&eventful()).unwrap();
    let loads: Vec<u32> = output.loads.iter().map(|load| load.clients).collect();
    let messages = output.messages;
    assert_eq!(loads, GOLDEN_LOADS);
    assert_eq!(
        [output.reconnected, output.sessions_lost, messages.redundant],
        GOLDEN
    );
}

const GOLDEN_LOADS: [u32; 7] = [762, 752, 603, 406, 280, 99, 98];
const GOLDEN: [u64; 3] = [4_218, 4_197, 10_874];

fn any_balancer() -> impl Strategy<Value = Balancer> {
    prop_oneof![
        Just(Balancer::RoundRobin),
        Just(Balancer::LeastConnections),
        Just(Balancer::AddressHash),
        Just(Balancer::Cookie),
        Just(Balancer::TwoChoices),
        any::<u16>().prop_map(|points| Balancer::ConsistentHash {
            points: points % 40
        }),
    ]
}

fn any_backplane() -> impl Strategy<Value = Backplane> {
    prop_oneof![
        Just(Backplane::None),
        Just(Backplane::PubSub),
        Just(Backplane::Broadcast),
        any::<u16>().prop_map(|fanout| Backplane::Gossip { fanout }),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (0u16..10).prop_map(Event::Kill),
        any::<u16>().prop_map(Event::Kill),
        Just(Event::Add),
        any::<bool>().prop_map(|drain| Event::Deploy { drain }),
        any::<u16>().prop_map(|permille| Event::LinesBreak { permille }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_breaks_it_and_nobody_is_lost(
        clients in 0u32..500, servers in 0u16..12, balancer in any_balancer(), office: u32, in_offices_permille: u16,
        backplane in any_backplane(), room: u32, messages in 0u32..20,
        events in prop::collection::vec(any_event(), 0..8), seed: u64,
    ) {
        let params = Params {
            clients, servers, balancer, office, in_offices_permille, backplane, room, messages, events, seed,
        };
        let mut job = ClusterRun::start(&params).unwrap();
        while !job.advance(1 << 20) {}
        let output = job.output();
        let cluster = job.cluster();
        let held = (0..cluster.clients()).filter(|&client| cluster.server_of(client).is_some());
        prop_assert_eq!(held.count() as u64, output.connected);
        prop_assert!(output.connected == 0 || output.connected == u64::from(clients.max(1)));
        prop_assert_eq!(output.messages.sent, u64::from(messages));
    }
}
