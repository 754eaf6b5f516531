//! The model against what can be computed without it.

use proptest::prelude::*;
use sim::news::{Params, PartialRun, Run, SAMPLE, Sizes};
use sim::{MINUTE, Micros, SECOND};

const SIZES: Sizes = Sizes {
    request: 700,
    answer: |news| 100 + 40 * news,
    hello: 500,
    welcome: 129,
    frame: 42,
};

const CALM: Params = Params {
    news_per_minute: 12,
    ask_every: 2 * SECOND,
    round_trip: 80_000,
    people: 1,
    frequencies: 1_000,
    duration: 10 * 60 * MINUTE,
    seed: 1,
};

fn near(found: f64, wanted: f64, by: f64) {
    assert!((found - wanted).abs() <= by, "{found}, not {wanted} ± {by}");
}

/// News that happens at random waits half an interval for the next question to be answered, and then for the way back.
#[test]
fn the_average_wait_by_mail_is_half_the_interval_and_the_way_back() {
    for (every, round_trip) in [
        (2 * SECOND, 80_000),
        (10 * SECOND, SECOND),
        (SECOND, 400_000),
    ] {
        let params = Params {
            news_per_minute: 60,
            ask_every: every,
            round_trip,
            ..CALM
        };
        let run = Run::new(params, &SIZES);
        let tally = run.mail(params.duration);
        let wanted = (every as f64 + round_trip as f64) / 2.0;
        near(tally.mean_wait().unwrap() / wanted, 1.0, 0.02);
        assert!(tally.worst <= every + round_trip / 2);
    }
}

/// The chance that nothing happens within an interval T is exp(−λT).
#[test]
fn the_share_of_trips_for_nothing_is_exponential() {
    for (rate, every) in [
        (12, 2 * SECOND),
        (60, SECOND),
        (30, 5 * SECOND),
        (1, 10 * SECOND),
    ] {
        let params = Params {
            news_per_minute: rate,
            ask_every: every,
            ..CALM
        };
        let tally = Run::new(params, &SIZES).mail(params.duration);
        let wanted = (-f64::from(rate) * every as f64 / MINUTE as f64).exp();
        near(tally.empty_share().unwrap(), wanted, 0.015);
    }
}

/// The number of pieces of news has mean λt, and its standard deviation is the root of that.
#[test]
fn news_happens_as_often_as_asked() {
    for (rate, seed) in [(1, 1), (12, 2), (240, 3)] {
        let params = Params {
            news_per_minute: rate,
            seed,
            ..CALM
        };
        let wanted = f64::from(rate) * params.duration as f64 / MINUTE as f64;
        near(
            Run::new(params, &SIZES).news().len() as f64,
            wanted,
            4.0 * wanted.sqrt(),
        );
    }
}

#[test]
fn on_the_radio_news_waits_for_the_way_back_only() {
    let run = Run::new(CALM, &SIZES);
    let opened = run.handshake().reached;
    for (frame, &happened) in run.frames().iter().zip(run.news()) {
        assert_eq!(frame.arrived, happened.max(opened) + CALM.way_back());
    }
    near(
        run.radio(CALM.duration).mean_wait().unwrap(),
        CALM.way_back() as f64,
        10.0,
    );
}

/// Little's law: letters under way = letters per second × how long each is under way.
#[test]
fn letters_hold_frequencies_for_their_round_trip_only() {
    let params = Params {
        people: 1_000,
        round_trip: 200_000,
        duration: 5 * MINUTE,
        ..CALM
    };
    let run = Run::new(params, &SIZES);
    let samples: Vec<_> = (100..3000).map(|i| run.mail_crowd(i * SAMPLE)).collect();
    let mean = samples.iter().map(|s| f64::from(s.in_use)).sum::<f64>() / samples.len() as f64;
    near(mean, 1_000.0 * 0.2 / 2.0, 5.0);
    assert!(samples.iter().all(|s| s.waiting == 0 && s.in_use <= s.peak));
    assert_eq!(run.radio_crowd(params.duration).in_use, 1_000);
}

/// A server that is busy all the time answers one letter per frequency and round trip; people wait for their turn.
#[test]
fn too_many_letters_wait_for_a_frequency() {
    let params = Params {
        people: 500,
        frequencies: 10,
        round_trip: 100_000,
        duration: 10 * MINUTE,
        ..CALM
    };
    let run = Run::new(params, &SIZES);
    let end = run.mail_crowd(params.duration);
    // 10 frequencies × 10 round trips a second × 600 s.
    near(end.trips as f64, 60_000.0, 20.0);
    assert_eq!((end.in_use, end.waiting, end.peak), (10, 490, 10));
    // So each person's turn comes every 5 s instead of every 2 s.
    near(run.mail(params.duration).trips as f64, 120.0, 1.0);
}

#[test]
fn people_beyond_the_frequencies_never_get_a_channel() {
    let params = Params {
        people: 50,
        frequencies: 20,
        duration: 3 * MINUTE,
        ..CALM
    };
    let run = Run::new(params, &SIZES);
    let end = run.radio_crowd(params.duration);
    assert_eq!((end.in_use, end.unheard), (20, 30));
    let arrived = run.radio(params.duration).delivered;
    assert_eq!(end.delivered, 20 * arrived);
}

/// One person's crowd is that person.
#[test]
fn a_crowd_of_one_counts_the_same() {
    let params = Params {
        duration: 3 * MINUTE,
        ..CALM
    };
    let run = Run::new(params, &SIZES);
    for now in (0..=params.duration).step_by(SAMPLE as usize) {
        let (one, all) = (run.mail(now), run.mail_crowd(now));
        assert_eq!(
            (one.bytes, one.trips, one.empty, one.delivered),
            (all.bytes, all.trips, all.empty, all.delivered),
            "{now}"
        );
        let (one, all) = (run.radio(now), run.radio_crowd(now));
        assert_eq!(
            (one.bytes, one.delivered),
            (all.bytes, all.delivered),
            "{now}"
        );
    }
}

#[test]
fn no_news_is_all_for_nothing() {
    let params = Params {
        news_per_minute: 0,
        duration: MINUTE,
        ..CALM
    };
    let run = Run::new(params, &SIZES);
    let (mail, radio) = (run.mail(params.duration), run.radio(params.duration));
    assert_eq!(mail.empty_share(), Some(1.0));
    assert_eq!((mail.delivered, mail.mean_wait()), (0, None));
    // Questions at 0 s, 2 s, … 60 s; the last is still under way.
    assert_eq!((mail.trips, mail.envelopes), (30, 61));
    assert_eq!((radio.bytes, radio.envelopes, radio.trips), (629, 2, 0));
}

#[test]
fn impossible_parameters_are_clamped() {
    let run = Run::new(
        Params {
            news_per_minute: 5,
            ask_every: 0,
            round_trip: 0,
            people: 0,
            frequencies: 0,
            duration: SECOND,
            seed: 0,
        },
        &SIZES,
    );
    let params = run.params();
    assert_eq!(
        (params.people, params.frequencies, params.ask_every),
        (1, 1, SECOND / 10)
    );
    assert_eq!(run.trips().len(), 11);
    assert_eq!(
        Run::new(
            Params {
                duration: 0,
                ..CALM
            },
            &SIZES
        )
        .trips()
        .len(),
        1
    );
}

prop_compose! {
    fn params()(
        news_per_minute in 0u32..300,
        ask_every in 100_000u64..20_000_000,
        round_trip in 0u64..3_000_000,
        people in 1u32..60,
        frequencies in 1u32..60,
        duration in 0u64..120_000_000,
        seed: u64,
    ) -> Params {
        Params { news_per_minute, ask_every, round_trip, people, frequencies, duration, seed }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_piece_of_news_is_carried_once_and_in_order(params in params()) {
        let run = Run::new(params, &SIZES);
        let mut next = 0;
        for trip in run.trips() {
            prop_assert_eq!(trip.news.start, next);
            next = trip.news.end;
            prop_assert!(trip.wanted <= trip.left && trip.left <= trip.reached && trip.reached <= trip.back);
            for news in trip.news.clone() {
                prop_assert!(run.news()[news] <= trip.reached);
                prop_assert_eq!(run.by_mail(news), Some(trip.back));
            }
            prop_assert_eq!(trip.answer, (SIZES.answer)(trip.news.len() as u64));
        }
        prop_assert!(run.news().is_sorted());
        prop_assert!(run.trips().windows(2).all(|two| two[0].back <= two[1].left));
        prop_assert!(run.trips().windows(2).all(|two| two[1].wanted >= two[0].wanted + params.ask_every));
    }

    #[test]
    fn the_same_seed_is_the_same_run(params in params()) {
        let (one, two) = (Run::new(params, &SIZES), Run::new(params, &SIZES));
        prop_assert_eq!(one.news(), two.news());
        prop_assert_eq!(one.trips(), two.trips());
        prop_assert_eq!(one.frames(), two.frames());
        prop_assert_eq!(one.mail_crowd(params.duration), two.mail_crowd(params.duration));
    }

    #[test]
    fn counts_only_grow_and_frequencies_are_never_exceeded(params in params(), times in prop::collection::vec(0u64..130_000_000, 2..20)) {
        let run = Run::new(params, &SIZES);
        let mut times: Vec<Micros> = times;
        times.sort_unstable();
        for two in times.windows(2) {
            let (a, b) = (run.mail(two[0]), run.mail(two[1]));
            prop_assert!(a.bytes <= b.bytes && a.trips <= b.trips && a.empty <= b.empty);
            prop_assert!(a.delivered <= b.delivered && a.waited <= b.waited && a.worst <= b.worst);
            prop_assert!(b.delivered <= run.news_by(two[1]) as u64);
            let (a, b) = (run.radio(two[0]), run.radio(two[1]));
            prop_assert!(a.bytes <= b.bytes && a.delivered <= b.delivered);
            prop_assert!(b.delivered <= run.news_by(two[1]) as u64);
            let (a, b) = (run.mail_crowd(two[0]), run.mail_crowd(two[1]));
            prop_assert!(a.bytes <= b.bytes && a.trips <= b.trips && a.delivered <= b.delivered);
            prop_assert!(a.peak <= b.peak && b.in_use <= b.peak && b.peak <= params.frequencies);
            prop_assert!(b.in_use + b.waiting <= params.people);
            let b = run.radio_crowd(two[1]);
            prop_assert!(b.in_use <= params.frequencies && b.in_use + b.unheard <= params.people);
        }
    }

    #[test]
    fn asking_twice_as_often_never_costs_less(params in params()) {
        let often = Params { ask_every: (params.ask_every / 2).max(100_000), ..params };
        let (rare, often) = (Run::new(Params { frequencies: 1_000, ..params }, &SIZES), Run::new(Params { frequencies: 1_000, ..often }, &SIZES));
        let end = params.duration;
        prop_assert!(often.mail(end).trips >= rare.mail(end).trips);
        prop_assert!(often.mail(end).bytes + SIZES.request >= rare.mail(end).bytes);
        prop_assert_eq!(often.radio(end), rare.radio(end));
    }

    #[test]
    fn a_higher_rate_presses_the_same_news_together(params in params(), more in 1u32..200) {
        let busy = Params { news_per_minute: params.news_per_minute + more, ..params };
        let (calm, busy) = (Run::new(params, &SIZES), Run::new(busy, &SIZES));
        prop_assert!(busy.news().len() >= calm.news().len());
        prop_assert!(calm.news().iter().zip(busy.news()).all(|(calm, busy)| busy <= calm));
    }
}

/// A run in slices is the run at once, however it is cut.
#[test]
fn slices_give_the_same_run() {
    let params = Params {
        people: 300,
        frequencies: 40,
        duration: 2 * MINUTE,
        ..CALM
    };
    let whole = Run::new(params, &SIZES);
    for slice in [1, 7, 1000] {
        let mut partial = PartialRun::new(params, &SIZES);
        let mut slices = 1;
        while !partial.advance(slice) {
            slices += 1;
        }
        assert!(slices > 5, "{slices}");
        let run = partial.finish();
        assert_eq!(run.trips(), whole.trips());
        for now in (0..params.duration).step_by(SAMPLE as usize) {
            assert_eq!(run.mail_crowd(now), whole.mail_crowd(now));
            assert_eq!(run.radio_crowd(now), whole.radio_crowd(now));
        }
    }
}
