//! Heartbeats are run on the model that the link shows.

use exercises::{Exercise, Kind};
use sim::heartbeat::{DetectedBy, Detection, Fault, Params, Prober, Run, Side};
use sim::{MINUTE, Micros, SECOND};

use crate::check::{self, parameter};

/// How far a time of the model may be from the whole second that a text says: the first question leaves near to one, and the
/// round trip takes its time.
const NEAR: Micros = SECOND / 5;

fn params(made: &Exercise) -> Params {
    let get = |key: &str| parameter(&made.link, key).expect("a parameter");
    let ms = |key: &str| get(key).parse::<u64>().expect("a number") * 1000;
    Params {
        prober: match get("asks").as_str() {
            "server" => Prober::Server,
            "client" => Prober::Client,
            other => panic!("{other}"),
        },
        interval: ms("every"),
        timeout: ms("wait"),
        allowed: Some(get("misses").parse().expect("a number")),
        round_trip: ms("trip"),
        duration: ms("run"),
        seed: get("seed").parse().expect("a number"),
        ..Params::default()
    }
}

fn faults(made: &Exercise) -> Vec<(Micros, Fault)> {
    let all = parameter(&made.link, "faults").expect("a parameter");
    let read = |one: &str| {
        let (name, at) = one.split_once('-').expect("a fault and its time");
        let fault = match name {
            "power" => Fault::PowerLost,
            "server" => Fault::ServerLost,
            "cable" => Fault::CablePulled,
            "back" => Fault::CableBack,
            "crash" => Fault::Crash,
            _ => panic!("{name}"),
        };
        (at.parse::<u64>().expect("seconds") * SECOND, fault)
    };
    all.split(',').map(read).collect()
}

/// The side that the question is about.
fn side(made: &Exercise) -> Side {
    let about = |side: &str| made.text.contains(&format!("does the {side} "));
    match (about("server"), about("client")) {
        (true, false) => Side::Server,
        (false, true) => Side::Client,
        _ => panic!("{}", made.text),
    }
}

/// The shortest and the longest time to find a death, by runs in which it comes just before a question, just after one that is
/// answered, and in between.
fn shortest_and_longest(made: &Exercise, side: Side) -> (Micros, Micros) {
    let params = params(made);
    let (_, fault) = faults(made)[0];
    let fine = Run::new(
        Params {
            duration: MINUTE,
            ..params
        },
        &[],
    );
    let first = fine.packets()[0].left;
    let asked = first + params.interval;
    // The run goes on until the death is found.
    let params = Params {
        duration: asked + params.interval,
        ..params
    };
    let deaths = [
        asked - NEAR / 4,
        asked + NEAR / 4,
        asked + params.interval / 3,
    ];
    let took = deaths.map(
        |death| match Run::new(params, &[(death, fault)]).detection(side) {
            Detection::At(at, DetectedBy::NoAnswer) => at - death,
            other => panic!("{other:?} of {made:?}"),
        },
    );
    (
        took.into_iter().min().unwrap_or(0),
        took.into_iter().max().unwrap_or(0),
    )
}

#[test]
fn when_a_heartbeat_notices() {
    check::all(Kind::HeartbeatNotice, |made| {
        let side = side(made);
        let seconds = |text: &str| {
            let number = text.strip_suffix(" s").and_then(|n| n.parse::<u64>().ok());
            number.expect("seconds") * SECOND
        };
        if made.text.contains("How long after that") {
            let (shortest, longest) = shortest_and_longest(made, side);
            return Box::new(move |choice| {
                let bounds = choice
                    .strip_prefix("Between ")
                    .and_then(|b| b.strip_suffix(" after it"));
                let (least, most) = bounds
                    .and_then(|both| both.split_once(" and "))
                    .expect("two bounds");
                shortest.abs_diff(seconds(least)) <= NEAR && longest.abs_diff(seconds(most)) <= NEAR
            });
        }
        let found = Run::new(params(made), &faults(made)).detection(side);
        Box::new(move |choice| match choice.strip_prefix("At ") {
            Some(at) => {
                matches!(found, Detection::At(found, _) if found.abs_diff(seconds(at)) <= NEAR)
            }
            None => {
                assert_eq!(choice, "Never by this heartbeat");
                matches!(found, Detection::Never | Detection::Fine)
            }
        })
    });
}

/// The questions leave when the text says so.
#[test]
fn questions_leave_at_the_times_that_are_given() {
    for seed in 0..300 {
        for level in [exercises::Level::First, exercises::Level::Second] {
            let made = exercises::exercise(Kind::HeartbeatNotice, level, seed);
            let run = Run::new(params(&made), &[]);
            let (_, times) = made.text.split_once(": at ").expect("times");
            let (times, _) = times.split_once(" s and so on").expect("times");
            let first: u64 = times
                .split(" s")
                .next()
                .and_then(|t| t.parse().ok())
                .expect("seconds");
            assert!(
                run.packets()[0].left.abs_diff(first * SECOND) <= NEAR / 2,
                "{made:?}"
            );
        }
    }
}
