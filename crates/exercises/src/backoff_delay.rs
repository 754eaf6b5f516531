//! What the next wait of a client that reconnects lies between.

mod choices;

use crate::draw::Draw;
use crate::words::{ordinal, span};
use crate::{Level, Made, Section};

/// A way to wait, with its numbers in milliseconds.
struct Wait {
    rule: Rule,
    base: u64,
    factor: u64,
    cap: u64,
    /// Counted from 0, the first after the loss.
    attempt: u32,
    /// What the client waited before the attempt before, for [`Rule::Decorrelated`].
    previous: u64,
}

/// The rule by which a client waits, as in `sim::reconnecting::Strategy`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Fixed,
    Exponential,
    Full,
    Equal,
    Decorrelated,
}

impl Rule {
    /// Its name in an address.
    fn key(self) -> &'static str {
        match self {
            Rule::Fixed => "fixed",
            Rule::Exponential => "exponential",
            Rule::Full => "full",
            Rule::Equal => "equal",
            Rule::Decorrelated => "decorrelated",
        }
    }

    /// The rule in a sentence.
    fn sentence(self) -> &'static str {
        match self {
            Rule::Fixed => "A client waits the base before every attempt.",
            Rule::Exponential => {
                "A client waits by exponential backoff without jitter: `min(cap, base · \
                 factor^n)` before attempt `n`."
            }
            Rule::Full => {
                "A client waits with full jitter, where `expo = min(cap, base · factor^n)` for \
                 attempt `n`."
            }
            Rule::Equal => {
                "A client waits with equal jitter, where `expo = min(cap, base · factor^n)` for \
                 attempt `n`."
            }
            Rule::Decorrelated => {
                "A client waits with decorrelated jitter: `min(cap, random between base and 3 · \
                 previous)`."
            }
        }
    }
}

impl Wait {
    /// `base · factor^n`, as if there were no cap.
    fn grown(&self, attempt: u32) -> u64 {
        self.factor
            .saturating_pow(attempt)
            .saturating_mul(self.base)
    }

    fn expo(&self, attempt: u32) -> u64 {
        self.grown(attempt).min(self.cap)
    }

    /// The least and the most.
    fn bounds(&self) -> (u64, u64) {
        let expo = self.expo(self.attempt);
        match self.rule {
            Rule::Fixed => (self.base, self.base),
            Rule::Exponential => (expo, expo),
            Rule::Full => (0, expo),
            Rule::Equal => (expo / 2, expo),
            Rule::Decorrelated => (self.base, (3 * self.previous).min(self.cap)),
        }
    }
}

/// The words of a choice. The tests read them back.
fn text((least, most): (u64, u64)) -> String {
    if least == most {
        format!("Exactly {}", span(least))
    } else {
        format!("Between {} and {}", span(least), span(most))
    }
}

fn wait(level: Level, draw: &mut Draw) -> Wait {
    let base = draw.one([100, 200, 500, 1000, 2000, 5000]);
    match level {
        Level::First => {
            // No wait comes near to the cap.
            let factor = draw.one([2, 2, 3]);
            Wait {
                rule: draw.one([Rule::Exponential, Rule::Full, Rule::Full, Rule::Fixed]),
                base,
                factor,
                cap: 300_000,
                attempt: draw.between(1, if factor == 2 { 5 } else { 3 }),
                previous: 0,
            }
        }
        Level::Second => Wait {
            rule: draw.one([Rule::Full, Rule::Equal, Rule::Equal, Rule::Exponential]),
            base,
            factor: draw.one([2, 3]),
            cap: draw.one([10_000, 20_000, 30_000, 60_000, 120_000]),
            attempt: draw.between(2, 7),
            previous: 0,
        },
        Level::Third => {
            let rule = draw.one([
                Rule::Decorrelated,
                Rule::Decorrelated,
                Rule::Full,
                Rule::Equal,
            ]);
            let cap = draw.one([20_000, 30_000, 60_000, 120_000]);
            Wait {
                rule,
                base,
                factor: draw.one([2, 3, 4]),
                cap,
                attempt: draw.between(2, 12),
                // A wait that the client can have had: from the base to the cap.
                previous: u64::from(draw.between((base / 100) as u32 + 1, (cap / 100) as u32))
                    * 100,
            }
        }
    }
}

pub(crate) fn make(level: Level, draw: &mut Draw) -> Made {
    let wait = wait(level, draw);
    let right = wait.bounds();
    let n = wait.attempt;
    let decorrelated = wait.rule == Rule::Decorrelated;
    let numbers = match wait.rule {
        Rule::Fixed => format!("The base is {}.", span(wait.base)),
        Rule::Decorrelated => format!(
            "The base is {}, the cap {}.",
            span(wait.base),
            span(wait.cap)
        ),
        _ => format!(
            "The base is {}, the factor {}, the cap {}.",
            span(wait.base),
            wait.factor,
            span(wait.cap)
        ),
    };
    let now = if decorrelated {
        format!(
            "Before attempt `n = {}` it waited {}. How long does it wait before attempt `n = \
             {n}`, as closely as can be said?",
            n - 1,
            span(wait.previous)
        )
    } else {
        format!("How long does it wait before attempt `n = {n}`, as closely as can be said?")
    };
    Made {
        text: format!(
            "{} {numbers} Attempts count from 0, the first after the loss. {now}",
            wait.rule.sentence()
        ),
        figure: None,
        choices: choices::of(&wait, right).finish(draw),
        steps: steps(&wait, right),
        section: Section::of_6455("7.2.3"),
        link: format!(
            "/reconnecting?left={}&right={}&base={}&factor={}&cap={}",
            if wait.rule == Rule::Exponential {
                "fixed"
            } else {
                "exponential"
            },
            wait.rule.key(),
            wait.base,
            wait.factor,
            wait.cap
        ),
    }
}

fn why(wait: &Wait, right: (u64, u64)) -> String {
    let n = wait.attempt;
    let grown = wait.grown(n);
    let expo = span(wait.expo(n));
    let power = if grown > wait.cap {
        format!(
            "{} · {}^{n} is more than the cap, so {expo} counts",
            span(wait.base),
            wait.factor
        )
    } else {
        format!("{} · {}^{n} = {expo}", span(wait.base), wait.factor)
    };
    match wait.rule {
        Rule::Fixed => format!("Every wait is the base, {}.", span(wait.base)),
        Rule::Exponential => format!("{power}, for every client."),
        Rule::Full => format!("{power}. Full jitter draws evenly from 0 up to it."),
        Rule::Equal => format!("{power}. Half of it is certain, the other half is drawn."),
        Rule::Decorrelated => format!(
            "At least the base, and at most three times {}, {}.",
            span(wait.previous),
            if 3 * wait.previous > wait.cap {
                format!("but not more than the cap: {}", span(right.1))
            } else {
                format!("which is {}", span(right.1))
            }
        ),
    }
}

fn steps(wait: &Wait, right: (u64, u64)) -> Vec<String> {
    let n = wait.attempt;
    let mut steps = Vec::new();
    match wait.rule {
        Rule::Fixed => steps.push(format!(
            "A fixed wait does not grow: before the {} attempt it is the same as before the \
             first.",
            ordinal(n as usize + 1)
        )),
        Rule::Decorrelated => {
            steps.push(format!(
                "Three times the wait before: 3 · {} = {}.",
                span(wait.previous),
                span(3 * wait.previous)
            ));
            steps.push(if 3 * wait.previous > wait.cap {
                format!(
                    "That is more than the cap, so {} is the most.",
                    span(wait.cap)
                )
            } else {
                format!("The cap, {}, does not matter yet.", span(wait.cap))
            });
            steps.push(format!("The least is the base, {}.", span(wait.base)));
        }
        _ => {
            let power = wait.factor.saturating_pow(n);
            steps.push(format!("{}^{n} = {power}.", wait.factor));
            let grown = wait.grown(n);
            steps.push(format!("{} · {power} = {}.", span(wait.base), span(grown)));
            steps.push(if grown > wait.cap {
                format!(
                    "That is more than the cap, so `expo` is {}.",
                    span(wait.cap)
                )
            } else {
                format!(
                    "The cap, {}, is not reached, so `expo` is {}.",
                    span(wait.cap),
                    span(grown)
                )
            });
            steps.push(match wait.rule {
                Rule::Full => format!("Full jitter draws from 0 to {}.", span(right.1)),
                Rule::Equal => format!(
                    "Equal jitter keeps {} and draws from 0 to as much again.",
                    span(right.0)
                ),
                _ => "Without jitter that is the wait, the same for all clients that lost their \
                    connection together."
                    .to_owned(),
            });
        }
    }
    steps.push(format!("So: {}.", text(right).to_lowercase()));
    steps
}
