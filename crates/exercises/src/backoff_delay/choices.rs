//! What people take for the bounds of a wait.

use super::{Rule, Wait, text, why};
use crate::choices::Choices;
use crate::words::span;

/// The right bounds, and those that mistakes lead to.
pub(super) fn of(wait: &Wait, right: (u64, u64)) -> Choices {
    let n = wait.attempt;
    let (expo, cap) = (wait.expo(n), wait.cap);
    let (next, before) = (wait.expo(n + 1), wait.expo(n.saturating_sub(1)));
    let mut choices = Choices::right(text(right), why(wait, right));
    // What lies so close to the right answer that no wait could tell them apart is no choice.
    let mut add = |bounds: (u64, u64), why: String| {
        let room = ((right.1 - right.0) / 5).max(1);
        let apart = bounds.0.abs_diff(right.0) >= room || bounds.1.abs_diff(right.1) >= room;
        if apart && bounds.0 <= bounds.1 {
            choices.add(text(bounds), why);
        }
    };
    let grown = wait.grown(n);
    match wait.rule {
        Rule::Fixed => {
            add(
                (expo, expo),
                format!(
                    "That would be exponential backoff with a factor of {}. Here every wait is \
                     the base.",
                    wait.factor
                ),
            );
            let sum = wait.base * u64::from(n + 1);
            add(
                (sum, sum),
                format!(
                    "All {} waits so far were added up. Each is {}, whatever came before.",
                    n + 1,
                    span(wait.base)
                ),
            );
            add(
                (0, wait.base),
                "That would be a wait with full jitter. Here nothing is random.".to_owned(),
            );
            add(
                (0, 0),
                "That would be a client that tries again at once.".to_owned(),
            );
        }
        Rule::Exponential => {
            add(
                (0, expo),
                format!(
                    "That would be full jitter. Without jitter every client waits exactly {}.",
                    span(expo)
                ),
            );
            add(
                (expo / 2, expo),
                format!(
                    "That would be equal jitter. Without jitter nothing is random about {}.",
                    span(expo)
                ),
            );
        }
        Rule::Full => {
            add(
                (expo, expo),
                format!(
                    "{} is the longest wait. Full jitter draws from everything below it.",
                    span(expo)
                ),
            );
            add(
                (expo / 2, expo),
                format!(
                    "That would be equal jitter, which keeps half of {}. Full jitter begins at \
                     0.",
                    span(expo)
                ),
            );
            add(
                (wait.base, expo),
                format!(
                    "The base, {}, is no lower bound: full jitter begins at 0.",
                    span(wait.base)
                ),
            );
        }
        Rule::Equal => {
            add(
                (0, expo),
                format!(
                    "That would be full jitter. Equal jitter always keeps half of {}.",
                    span(expo)
                ),
            );
            add(
                (expo, expo + expo / 2),
                format!(
                    "Half of {} was drawn and added. Equal jitter draws half of it, and adds it \
                     to the other half.",
                    span(expo)
                ),
            );
            add(
                (wait.base, expo),
                format!(
                    "The base, {}, is not the lower bound here: that is half of {}.",
                    span(wait.base),
                    span(expo)
                ),
            );
            add(
                (expo, expo),
                format!("{} is the longest wait. Half of it is random.", span(expo)),
            );
        }
        Rule::Decorrelated => {
            let tripled = 3 * wait.previous;
            add(
                (wait.base, tripled),
                format!(
                    "The cap was forgotten: 3 · {} is more than {}.",
                    span(wait.previous),
                    span(cap)
                ),
            );
            add(
                (0, tripled.min(cap)),
                format!(
                    "The lower bound is the base, {}, and not 0.",
                    span(wait.base)
                ),
            );
            add(
                (wait.previous, tripled.min(cap)),
                format!(
                    "The lower bound is the base, {}. The wait before, {}, matters for the \
                     upper one alone.",
                    span(wait.base),
                    span(wait.previous)
                ),
            );
            add(
                (wait.base, (2 * wait.previous).min(cap)),
                format!(
                    "The wait before was doubled. Decorrelated jitter goes up to three times \
                     {}.",
                    span(wait.previous)
                ),
            );
            let by_base = 3u64
                .saturating_pow(n + 1)
                .saturating_mul(wait.base)
                .min(cap);
            add(
                (wait.base, by_base),
                format!(
                    "That holds if nothing is known of the wait before. Here it is known: {}.",
                    span(wait.previous)
                ),
            );
            add(
                (0, wait.expo(n)),
                format!(
                    "That would be full jitter, which looks at `n = {n}` and not at the wait \
                     before."
                ),
            );
            return choices;
        }
    }
    let shaped = |expo: u64| match wait.rule {
        Rule::Full => (0, expo),
        Rule::Equal => (expo / 2, expo),
        _ => (expo, expo),
    };
    if wait.rule != Rule::Fixed {
        if grown > cap && grown <= 3_600_000 {
            add(
                shaped(grown),
                format!(
                    "The cap was forgotten: {} · {}^{n} is more than {}.",
                    span(wait.base),
                    wait.factor,
                    span(cap)
                ),
            );
        }
        add(
            shaped(next),
            format!(
                "The power is one too high: before attempt `n = {n}` the factor is taken {n} \
                 times."
            ),
        );
        add(
            shaped(before),
            format!(
                "The power is one too low: before attempt `n = {n}` the factor is taken {n} \
                 times."
            ),
        );
        let linear = wait.base.saturating_mul(wait.factor * u64::from(n));
        add(
            shaped(linear.min(cap)),
            format!(
                "The factor was multiplied with `n`. It is raised to it: {}^{n}, not {} · {n}.",
                wait.factor, wait.factor
            ),
        );
    }
    choices
}
