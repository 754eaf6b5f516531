//! Waits are drawn from the model: they all lie within the right bounds and come close to both, and for no wrong bounds are
//! both so.

use exercises::{Exercise, Kind};
use sim::chance::Chance;
use sim::reconnecting::{Backoff, Strategy};

use crate::check::{self, parameter};

/// Waits that are drawn for each exercise.
const DRAWS: usize = 200;

/// A span of time as it is written, in microseconds.
fn micros(text: &str) -> f64 {
    let (number, unit) = text.split_once(' ').expect("a number and a unit");
    let number: f64 = number.parse().expect("a number");
    match unit {
        "s" => number * 1e6,
        "ms" => number * 1e3,
        _ => panic!("{text}"),
    }
}

/// What stands behind these words, up to the next word that is not part of a span.
fn span_after(text: &str, words: &str) -> Option<f64> {
    let (_, rest) = text.split_once(words)?;
    let mut parts = rest.split([' ', '.', ',']).filter(|part| !part.is_empty());
    let mut number = parts.next()?.to_owned();
    let mut unit = parts.next()?;
    if unit.chars().all(|c| c.is_ascii_digit()) {
        number = format!("{number}.{unit}");
        unit = parts.next()?;
    }
    Some(micros(&format!("{number} {unit}")))
}

/// The shortest and the longest of many waits of the model, in microseconds.
fn drawn(made: &Exercise) -> (f64, f64) {
    let get = |key: &str| parameter(&made.link, key).expect("a parameter");
    let base = get("base").parse::<u64>().expect("a number") * 1000;
    let backoff = Backoff {
        strategy: match get("right").as_str() {
            "fixed" => Strategy::Fixed,
            "exponential" => Strategy::Exponential,
            "full" => Strategy::FullJitter,
            "equal" => Strategy::EqualJitter,
            "decorrelated" => Strategy::Decorrelated,
            other => panic!("{other}"),
        },
        base,
        factor: get("factor").parse().expect("a number"),
        cap: get("cap").parse::<u64>().expect("a number") * 1000,
        ..Backoff::default()
    };
    assert_eq!(
        span_after(&made.text, "The base is "),
        Some(base as f64),
        "{}",
        made.text
    );
    let (_, attempt) = made.text.rsplit_once("attempt `n = ").expect("an attempt");
    let attempt: u32 = attempt
        .split('`')
        .next()
        .and_then(|n| n.parse().ok())
        .expect("a number");
    let previous = span_after(&made.text, "it waited ").map_or(base, |micros| micros as u64);
    assert_eq!(previous != base, backoff.strategy == Strategy::Decorrelated);
    let mut chance = Chance::new(made.seed, 77);
    let waits: Vec<u64> = (0..DRAWS)
        .map(|_| backoff.delay(attempt, previous, &mut chance))
        .collect();
    let least = waits.iter().min().copied().unwrap_or_default();
    let most = waits.iter().max().copied().unwrap_or_default();
    (least as f64, most as f64)
}

#[test]
fn what_a_wait_lies_between() {
    check::all(Kind::BackoffDelay, |made| {
        let (shortest, longest) = drawn(made);
        Box::new(move |choice| {
            let (least, most) = match choice.strip_prefix("Exactly ") {
                Some(span) => (micros(span), micros(span)),
                None => {
                    let both = choice
                        .strip_prefix("Between ")
                        .and_then(|both| both.split_once(" and "));
                    let (least, most) = both.expect("two bounds");
                    (micros(least), micros(most))
                }
            };
            // All of two hundred stay away from the last eighth of a range with a chance of 10⁻¹¹.
            let near = (most - least) / 8.0;
            least <= shortest
                && longest <= most
                && shortest - least <= near
                && most - longest <= near
        })
    });
}
