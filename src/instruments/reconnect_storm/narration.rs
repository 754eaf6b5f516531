//! The sentences of a storm.

use sim::reconnecting::{StormOutput, Strategy};
use sim::{Micros, SECOND};
use yew::prelude::*;

use super::settings::{Hint, Rest, Settings, name};
use crate::kit::number::{counted, grouped, span};

/// What the reader says comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// The one crowd.
    Left,
    /// The other crowd.
    Right,
    /// Neither, by much.
    Same,
}

/// How a storm ended, as far as the question goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everybody is back at this time, in microseconds.
    Back(Micros),
    /// So many are not, and won't be or are not within the time that is followed.
    Away(u64),
}

impl Outcome {
    /// Of a run that is done.
    pub fn of(clients: u32, output: &StormOutput) -> Outcome {
        let away = u64::from(clients).saturating_sub(output.accepted);
        match output.reconnected.last {
            Some(last) if away == 0 => Outcome::Back(last),
            _ => Outcome::Away(away),
        }
    }

    /// Which of two is first. “About the same” is within a tenth.
    pub fn first(left: Outcome, right: Outcome) -> Guess {
        let close = |a: u64, b: u64| a.abs_diff(b) * 10 <= a.max(b);
        match (left, right) {
            (Outcome::Back(a), Outcome::Back(b)) if close(a, b) => Guess::Same,
            (Outcome::Away(a), Outcome::Away(b)) if close(a, b) => Guess::Same,
            (Outcome::Back(a), Outcome::Back(b)) | (Outcome::Away(a), Outcome::Away(b)) => {
                if a < b { Guess::Left } else { Guess::Right }
            }
            (Outcome::Back(_), Outcome::Away(_)) => Guess::Left,
            (Outcome::Away(_), Outcome::Back(_)) => Guess::Right,
        }
    }

    fn say(self) -> String {
        match self {
            Outcome::Back(at) => format!("back after {}", long(at)),
            Outcome::Away(clients) => {
                format!(
                    "{} still short at the end",
                    counted(clients, "client", "clients")
                )
            }
        }
    }
}

/// A span of a storm, in words.
pub fn long(at: Micros) -> String {
    let seconds = at as f64 / SECOND as f64;
    match at {
        0..10_000_000 => format!("{seconds:.2} s"),
        10_000_000..120_000_000 => format!("{seconds:.1} s"),
        _ => format!("{:.1} min", seconds / 60.0),
    }
}

/// What a strategy waits, in a sentence.
pub fn waits(strategy: Strategy, settings: &Settings) -> String {
    let (base, cap) = (span(settings.base), span(settings.cap));
    let grows = match settings.factor {
        1 => format!("always {base}"),
        factor => format!("{base}, then {factor} times as long each time, up to {cap}"),
    };
    match strategy {
        Strategy::AtOnce => "Not at all: it asks again as soon as it knows.".to_owned(),
        Strategy::Fixed => format!("Always {base}."),
        Strategy::Exponential => format!("It waits {grows}."),
        Strategy::FullJitter => {
            format!("Something between nothing and what exponential backoff waits ({grows}).")
        }
        Strategy::EqualJitter => {
            format!("At least half of what exponential backoff waits ({grows}); the rest is drawn.")
        }
        Strategy::Decorrelated => {
            format!("Between {base} and three times its last wait, up to {cap}.")
        }
    }
}

/// What is the case before anybody has tried.
pub fn situation(settings: &Settings) -> String {
    let rest = match settings.rest {
        Rest::Refuse => "is refused at once".to_owned(),
        Rest::Silence => "hears nothing, and gives the attempt up after 5 s".to_owned(),
        Rest::Unavailable if settings.retry > 0 => {
            format!("gets 503 and is asked to wait {} s", settings.retry)
        }
        Rest::Unavailable => "gets 503".to_owned(),
    };
    let said = match settings.hint {
        Hint::Nothing => "",
        Hint::Restart => {
            " It left with 1012, and everybody waits 5 to 30 s before the first attempt."
        }
    };
    format!(
        "{} lose a server that is away for {}. Then it takes {} a second, {} may wait, and a client that finds no room {rest}.{said}",
        counted(settings.clients.into(), "client", "clients"),
        if settings.down == 0 {
            "no time at all".to_owned()
        } else {
            span(settings.down)
        },
        counted(settings.rate.into(), "handshake", "handshakes"),
        grouped(settings.backlog.into()),
    )
}

/// Who was first, and whether the reader said so.
pub fn verdict(settings: &Settings, guess: Option<Guess>, left: &Outcome, right: &Outcome) -> Html {
    let first = Outcome::first(*left, *right);
    let said = match guess {
        None => "",
        Some(guess) if guess == first => "As you said. ",
        Some(_) => "Not what you said. ",
    };
    let one = format!("{}: {}", name(settings.left), left.say());
    let other = format!("{}: {}", name(settings.right), right.say());
    let sum = match first {
        Guess::Left if matches!(left, Outcome::Back(_)) => {
            format!("The one crowd is first, {one}. The other, {other}.")
        }
        Guess::Right if matches!(right, Outcome::Back(_)) => {
            format!("The other crowd is first, {other}. The one, {one}.")
        }
        _ if matches!((left, right), (Outcome::Away(_), Outcome::Away(_))) => {
            format!("Neither has everybody back. The one, {one}. The other, {other}.")
        }
        _ => format!("Neither, by much. The one, {one}. The other, {other}."),
    };
    let best = long(settings.at_best());
    html! {
        <>
            <b>{ said }{ sum }</b>
            { format!(" A server that works all the time would take {best}.") }
        </>
    }
}

/// What there is to count.
pub fn figures(settings: &Settings, left: &StormOutput, right: &StormOutput) -> Html {
    let time = |at: Option<Micros>| at.map_or("not reached".to_owned(), long);
    let rows: [(&str, [String; 2]); 9] = [
        (
            "half are back after",
            [left, right].map(|o| time(o.reconnected.median)),
        ),
        (
            "99 of 100 after",
            [left, right].map(|o| time(o.reconnected.p99)),
        ),
        (
            "the last one after",
            [left, right].map(|o| time(o.reconnected.last)),
        ),
        ("back", [left, right].map(|o| grouped(o.accepted))),
        ("gave up", [left, right].map(|o| grouped(o.given_up))),
        ("attempts", [left, right].map(|o| grouped(o.attempts))),
        (
            "attempts in vain",
            [left, right].map(|o| {
                let share = o.wasted as f64 / (o.attempts as f64).max(1.0) * 100.0;
                format!("{} ({share:.0} %)", grouped(o.wasted))
            }),
        ),
        (
            "handshakes’ worth of work in vain",
            [left, right].map(|o| grouped(o.wasted_work.round() as u64)),
        ),
        (
            "most attempts in one second",
            [left, right].map(|o| grouped(o.peak.attempts)),
        ),
    ];
    html! {
        <div class="table" tabindex="0" role="group" aria-label="What there is to count">
            <table class="storm__figures">
                <thead><tr><th scope="col">{ "Counted" }</th>
                    <th scope="col">{ format!("The one: {}", name(settings.left)) }</th>
                    <th scope="col">{ format!("The other: {}", name(settings.right)) }</th></tr></thead>
                <tbody>
                    for (what, values) in rows {
                        <tr><th scope="row">{ what }</th><td>{ &values[0] }</td><td>{ &values[1] }</td></tr>
                    }
                </tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_first_is_told_apart_where_it_matters() {
        let first = |a, b| Outcome::first(a, b);
        assert_eq!(first(Outcome::Back(100), Outcome::Back(109)), Guess::Same);
        assert_eq!(first(Outcome::Back(100), Outcome::Back(150)), Guess::Left);
        assert_eq!(first(Outcome::Back(150), Outcome::Back(100)), Guess::Right);
        assert_eq!(
            first(Outcome::Back(u64::MAX), Outcome::Away(1)),
            Guess::Left
        );
        assert_eq!(first(Outcome::Away(10), Outcome::Away(100)), Guess::Left);
    }

    #[test]
    fn spans_of_a_storm() {
        assert_eq!(long(1_234_567), "1.23 s");
        assert_eq!(long(100 * SECOND), "100.0 s");
        assert_eq!(long(600 * SECOND), "10.0 min");
    }
}
