//! What the run says, in words: who knows what and when, what the formula gives, and everything in order.

use sim::heartbeat::{
    DetectedBy, Detection, DetectionTime, Fault, Prober, Run, Side, TCP_GIVES_UP,
};
use sim::{Micros, SECOND};

use crate::kit::number::{counted, seconds};

/// A side's name.
pub fn name(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}

/// Since when the connection was dead when this side learned of it. `None` where it gave up on a living one.
fn dead_since(run: &Run, side: Side, at: Micros) -> Option<Micros> {
    let ghosts = run.ghosts(side);
    let &(from, to) = ghosts.last()?;
    (to == at.min(run.params().duration)).then_some(from)
}

/// How long the connection had been dead when this side learned of it, for people.
pub fn after(run: &Run, side: Side) -> Option<String> {
    match run.detection(side) {
        Detection::At(at, _) => dead_since(run, side, at).map(|from| seconds(at - from)),
        _ => None,
    }
}

/// What a side comes to know: in a word or a number, and why.
pub fn outcome(run: &Run, side: Side) -> (String, String) {
    match run.detection(side) {
        Detection::At(at, how) => match dead_since(run, side, at) {
            Some(from) => (seconds(at - from), format!("until it knows: {}", because(run, side, how))),
            None => (
                "false alarm".to_owned(),
                "it gives up on a connection that lives: the round trip is longer than its patience".to_owned(),
            ),
        },
        Detection::Never => ("never".to_owned(), why_never(run, side)),
        Detection::NotYet => (
            "not yet".to_owned(),
            "it still asks, and does not mind that nobody answers".to_owned(),
        ),
        Detection::Fine => ("connected".to_owned(), "and so it believes".to_owned()),
        Detection::Gone => ("gone".to_owned(), "nobody is left here who could know".to_owned()),
    }
}

/// How a side learned, in words.
pub fn because(run: &Run, side: Side, how: DetectedBy) -> String {
    match how {
        DetectedBy::NoAnswer => {
            let misses = run
                .params()
                .allowed
                .map_or(1, |allowed| allowed.saturating_add(1));
            let (one, many, answer) = match side {
                Side::Server => ("ping", "pings in a row", "pong"),
                Side::Client => ("heartbeat", "heartbeats in a row", "echo"),
            };
            format!(
                "{} had no {answer} in time",
                counted(misses.into(), one, many)
            )
        }
        DetectedBy::Reset => "a reset answers what it sends".to_owned(),
        DetectedBy::Fin => "the kernel of the dead process sends a FIN".to_owned(),
        DetectedBy::TcpGaveUp => "its TCP gives up sending again".to_owned(),
    }
}

fn why_never(run: &Run, side: Side) -> String {
    let asleep = side == Side::Client && run.asleep().iter().any(|&(_, to)| to == Micros::MAX);
    let says = if asleep {
        "it sleeps"
    } else if run.params().prober == Prober::Nobody {
        "nothing is sent, so nothing is missed; TCP does not probe in this model"
    } else {
        "it asks nobody, nothing that is sent to it arrives, and TCP does not probe in this model"
    };
    says.to_owned()
}

/// The result in a sentence.
pub fn result(run: &Run) -> String {
    let one = |side| {
        let name = name(side);
        match run.detection(side) {
            Detection::At(at, _) => match dead_since(run, side, at) {
                Some(from) => format!("the {name} knows after {}", seconds(at - from)),
                None => format!("the {name} gives up on a living connection"),
            },
            Detection::Never => format!("the {name} never knows"),
            Detection::NotYet => format!("the {name} has not found out by the end of this run"),
            Detection::Fine => format!("the {name} is connected"),
            Detection::Gone => format!("the {name} itself is gone"),
        }
    };
    let all = format!("{}, {}.", one(Side::Server), one(Side::Client));
    all.replacen("the", "The", 1)
}

/// The formula's part of the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// For whom.
    pub side: Side,
    /// What it gives.
    pub detection: DetectionTime,
    /// The sum that gives the least.
    pub sum: String,
    /// How long it took in this run.
    pub took: Option<Micros>,
}

/// The formula for each side that finds out by asking, where the run's first fault is one that comes at random.
pub fn formulas(run: &Run) -> Vec<Formula> {
    let params = run.params();
    let Some(&(struck, fault)) = run.faults().first() else {
        return Vec::new();
    };
    [Side::Server, Side::Client]
        .into_iter()
        .filter_map(|side| {
            // Where it learns otherwise, the formula is not about this run.
            if !matches!(
                run.detection(side),
                Detection::At(_, DetectedBy::NoAnswer) | Detection::Fine
            ) {
                return None;
            }
            let detection = params.detection_time(side, fault)?;
            let allowed = params.allowed?;
            let all = Micros::from(allowed) * params.interval + params.timeout;
            let took = match run.detection(side) {
                // What has been mended and broken again in between is another story.
                Detection::At(at, DetectedBy::NoAnswer) => at
                    .checked_sub(struck)
                    .filter(|took| (detection.least..=detection.most).contains(took)),
                _ => None,
            };
            Some(Formula {
                side,
                detection,
                sum: format!(
                    "{allowed} × {} + {} − {}",
                    plain(params.interval),
                    plain(params.timeout),
                    plain(all - detection.least)
                ),
                took,
            })
        })
        .collect()
}

/// What there is to say where the formula says nothing.
pub fn instead(run: &Run) -> String {
    let params = run.params();
    let learned = |wanted: DetectedBy| {
        [Side::Server, Side::Client]
            .into_iter()
            .any(|side| matches!(run.detection(side), Detection::At(_, how) if how == wanted))
    };
    if learned(DetectedBy::TcpGaveUp) {
        format!(
            "TCP keeps resending. It gives up at its first timeout more than {} after the first try (Linux’s documentation). Timeouts begin with 0.2 s and a round trip, and double up to 120 s.",
            plain(TCP_GIVES_UP)
        )
    } else if learned(DetectedBy::Fin) {
        format!(
            "A FIN takes one way: {}. Nobody has to ask for it.",
            seconds(params.one_way_delay())
        )
    } else if params.prober == Prober::Nobody {
        "Nobody asks, so there is nothing to compute.".to_owned()
    } else if run.faults().is_empty() && run.nat_forgot().is_some() {
        format!(
            "The box forgets {} after the last packet. That is not a random moment, so the formula says nothing.",
            plain(params.nat_idle)
        )
    } else {
        "For an end that asks: at least misses × interval + timeout, at most one interval more."
            .to_owned()
    }
}

/// Seconds without needless zeros.
fn plain(micros: Micros) -> String {
    format!("{} s", micros as f64 / SECOND as f64)
}

/// How a side stands at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// It is connected, and rightly believes so.
    Well,
    /// It believes so, and nobody is there.
    Ghost,
    /// It knows that the connection is dead.
    Knows,
    /// It is gone, or asleep.
    Away,
}

/// How this side stands, and what that is in words.
pub fn stand(run: &Run, side: Side, now: Micros) -> (Stand, String) {
    if run.gone(side).is_some_and(|at| at <= now) {
        let crashed =
            side == Side::Client && run.faults().iter().any(|&(_, fault)| fault == Fault::Crash);
        let powered_off = run
            .faults()
            .iter()
            .any(|&(at, fault)| at <= now && fault == Fault::PowerLost);
        let says = if crashed && !powered_off {
            "process gone"
        } else {
            "no power"
        };
        return (Stand::Away, says.to_owned());
    }
    if side == Side::Client
        && run
            .asleep()
            .iter()
            .any(|&(from, to)| from <= now && now < to)
    {
        return (Stand::Away, "asleep".to_owned());
    }
    if let Detection::At(at, how) = run.detection(side)
        && at <= now
    {
        let how = match how {
            DetectedBy::NoAnswer => "no answer",
            DetectedBy::Reset => "reset",
            DetectedBy::Fin => "FIN",
            DetectedBy::TcpGaveUp => "TCP gave up",
        };
        return (Stand::Knows, format!("knows: {how}"));
    }
    let ghosts = run.ghosts(side);
    match ghosts.iter().find(|&&(from, to)| from <= now && now <= to) {
        Some(&(from, to)) if now < to || to == run.params().duration => (
            Stand::Ghost,
            match now - from {
                0 => "believes it is connected".to_owned(),
                long => format!("believes it is connected, wrongly for {}", seconds(long)),
            },
        ),
        _ => (Stand::Well, "connected".to_owned()),
    }
}

/// How the NAT box stands.
pub fn nat_stand(run: &Run, now: Micros) -> (Stand, String) {
    match run.nat_forgot() {
        Some(at) if at <= now => (Stand::Away, "has forgotten".to_owned()),
        _ => (Stand::Well, "remembers".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;

    fn run(change: impl FnOnce(&mut Settings)) -> Run {
        let mut settings = Settings::default();
        change(&mut settings);
        Run::new(settings.params(), &settings.faults)
    }

    #[test]
    fn the_plain_page_says_that_the_server_knows_and_the_client_does_not() {
        let run = run(|_| ());
        let Detection::At(at, DetectedBy::NoAnswer) = run.server() else {
            panic!("{:?}", run.server());
        };
        let took = seconds(at - 45 * SECOND);
        assert_eq!(
            result(&run),
            format!("The server knows after {took}, the client never knows.")
        );
        let (number, why) = outcome(&run, Side::Server);
        assert_eq!(number, took);
        assert!(why.contains("2 pings in a row had no pong"), "{why}");
        let [formula] = &formulas(&run)[..] else {
            panic!()
        };
        assert_eq!(formula.sum, "1 × 20 s + 10 s − 0.044 s");
        assert_eq!(formula.took, Some(at - 45 * SECOND));
        assert!(formula.detection.least <= at - 45 * SECOND);
    }

    #[test]
    fn each_ending_has_its_words() {
        let all = |faults: &[(Micros, Fault)]| run(|s| s.faults = faults.to_vec());
        let crash = all(&[(45 * SECOND, Fault::Crash)]);
        assert_eq!(
            result(&crash),
            "The server knows after 0.04 s, the client itself is gone."
        );
        assert!(outcome(&crash, Side::Server).1.contains("FIN"));
        assert!(formulas(&crash).is_empty());
        assert!(instead(&crash).contains("one way: 0.04 s"));
        assert_eq!(
            result(&all(&[])),
            "The server is connected, the client is connected."
        );
        let hasty = run(|s| {
            (s.wait, s.trip, s.misses) = (1000, 2000, 0);
            s.faults.clear();
        });
        assert!(result(&hasty).contains("gives up on a living connection"));
        assert_eq!(outcome(&hasty, Side::Server).0, "false alarm");
        let nobody = run(|s| s.asks = Prober::Nobody);
        assert_eq!(
            result(&nobody),
            "The server never knows, the client never knows."
        );
    }

    #[test]
    fn stands_follow_the_time() {
        let run = run(|_| ());
        let Detection::At(at, _) = run.server() else {
            panic!()
        };
        let stand = |now| super::stand(&run, Side::Server, now).0;
        assert_eq!(stand(0), Stand::Well);
        assert_eq!(stand(45 * SECOND), Stand::Ghost);
        assert_eq!(stand(at), Stand::Knows);
        assert_eq!(
            super::stand(&run, Side::Client, 120 * SECOND).0,
            Stand::Ghost
        );
    }

    #[test]
    fn spans_for_people() {
        for (micros, text) in [
            (40_000, "0.04 s"),
            (37_240_000, "37.2 s"),
            (983_080_000, "16 min 23 s"),
            (7_440_000_000, "2 h 4 min"),
        ] {
            assert_eq!(seconds(micros), text);
        }
    }

    #[test]
    fn the_prediction_is_what_the_model_says() {
        let run = run(|_| ());
        let Detection::At(at, _) = run.server() else {
            panic!("the server notices")
        };
        let (choice, said) = crate::kit::prediction::answers::right("who-notices");
        let cut = 45 * SECOND;
        assert_eq!(run.faults()[0].0, cut);
        // The pong would have come a round trip after the ping: the wait begins with the ping.
        assert_eq!(
            choice,
            format!("The server, {} s later", (at - cut) / SECOND)
        );
        assert!(
            said.contains(&format!("missed at {} s", at / SECOND)),
            "{at}"
        );
        assert!(!matches!(run.client(), Detection::At(..)));
    }
}
