//! The sentences of a chat under load.

use sim::cluster::chat::{FaultKind, Latency, Origin, Output, Params, Policy, Preset, mean_wait};
use yew::prelude::*;

use super::settings::{Settings, per_cent};
use crate::kit::number::{counted, fixed, grouped, seconds};

/// Where the 99th percentile of the latencies lies: what the reader says, and what comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bin {
    /// Under 100 ms.
    Hundred,
    /// From 100 to 300 ms.
    ThreeHundred,
    /// From 300 ms to a second.
    Second,
    /// A second or more.
    More,
}

impl Bin {
    /// All of them, with what their buttons say.
    pub const ALL: [(Bin, &'static str); 4] = [
        (Bin::Hundred, "Under 100 ms"),
        (Bin::ThreeHundred, "100 to 300 ms"),
        (Bin::Second, "300 ms to 1 s"),
        (Bin::More, "A second or more"),
    ];

    /// The bin of a percentile in milliseconds.
    pub fn of(p99: f64) -> Bin {
        match p99 {
            ..100.0 => Bin::Hundred,
            ..300.0 => Bin::ThreeHundred,
            ..1000.0 => Bin::Second,
            _ => Bin::More,
        }
    }
}

/// A latency in words: `63 ms`, `0.4 ms`, `2.31 s`.
pub fn ms(value: f64) -> String {
    let micros = (value * 1000.0).max(0.0).round() as u64;
    match micros {
        0 => "0 ms".to_owned(),
        1..10_000 => format!("{} ms", fixed((micros + 5) / 10, 2)),
        10_000..1_000_000 => format!("{} ms", (micros + 500) / 1000),
        _ => format!("{} s", fixed((micros + 5_000) / 10_000, 2)),
    }
}

/// A share of one as per cent.
pub fn share(value: f64) -> String {
    format!("{} %", grouped((value * 100.0).round() as u64))
}

/// A number of things in a second.
fn rate(value: f64) -> String {
    match value {
        ..10.0 => fixed((value * 10.0).round() as u64, 1),
        _ => grouped(value.round() as u64),
    }
}

/// The same as [`ms`] for the model's own times.
fn micros(value: u64) -> String {
    match value {
        ..1000 => format!("{value} µs"),
        _ => ms(value as f64 / 1000.0),
    }
}

/// What is sent, and by whom.
fn sending(settings: &Settings, params: &Params) -> String {
    let pace = settings.pace.into();
    match settings.preset {
        Preset::Chat => format!(
            "Each sends {} a minute, and “is typing” three times as often.",
            counted(pace, "message", "messages")
        ),
        Preset::MarketData => format!(
            "Each of {} has {} a minute, and all its members get them.",
            counted(params.rooms().into(), "symbol", "symbols"),
            counted(pace, "update", "updates")
        ),
        Preset::CollaborativeEditing => format!(
            "Each makes {} a minute, and moves the cursor ten times as often.",
            counted(pace, "change", "changes")
        ),
    }
}

/// What is the case before anything is run.
pub fn situation(settings: &Settings) -> String {
    let params = settings.params();
    let (name, whole) = match settings.preset {
        Preset::Chat => ("A chat", "room"),
        Preset::MarketData => ("Market data", "symbol"),
        Preset::CollaborativeEditing => ("An editor", "document"),
    };
    let rooms = format!("{} to a {whole}", grouped(params.room.into()));
    // A run that would be too much is made smaller by the model.
    let less = match params.messages_per_minute < f64::from(settings.pace) * 0.999 {
        true => format!(
            " That would be too much to run here: it is run with {} a minute.",
            rate(params.messages_per_minute)
        ),
        false => String::new(),
    };
    format!(
        "{name}: {} on {}, {rooms}. {} A frame takes a server {}; the network takes {} each way on average. It is run for {}.{less}",
        counted(params.users.into(), "person", "people"),
        counted(params.servers.into(), "server", "servers"),
        sending(settings, &params),
        micros(params.service),
        micros(params.network + params.network_jitter),
        seconds(params.duration),
    )
}

/// What fan-out makes of it, and how busy it keeps a server.
pub fn load(params: &Params) -> Html {
    let [messages, typing, presence, _] = params.rates();
    let sent = messages + typing + presence;
    let load = params.load();
    let wait = mean_wait(load, params.service, batch(params));
    html! {
        <>
            <b>{ "Fan-out. " }</b>
            { format!("{} messages and events a second, each to {}, are {} frames a second, heartbeats among them. ",
                rate(sent), counted(params.room.into(), "member", "members"), rate(params.frames_per_second())) }
            <b>{ "Load. " }</b>
            { format!("They keep each server busy for {} of its time. ", share(load)) }
            { match wait {
                Some(wait) => format!(
                    "By the formula for M/D/1 with batches a frame then waits about {} for its server on average{}.",
                    ms(wait / 1000.0),
                    if params.fault.is_some() { ", if nothing goes wrong" } else { "" }
                ),
                None => "That is more than all of it: the queue only grows.".to_owned(),
            } }
        </>
    }
}

/// How many frames a message brings to a server at once: the members are spread over the servers.
fn batch(params: &Params) -> u32 {
    let each = f64::from(params.room) / f64::from(params.servers.max(1));
    (each.round() as u32).max(1)
}

/// What came of it, and whether the reader said so. `guess` is there where it was made for these settings.
pub fn verdict(guess: Option<Bin>, output: &Output) -> Html {
    if output.counts.message_deliveries == 0 {
        return html! { <b>{ "No message arrived at all." }</b> };
    }
    let Latency { p50, p99, .. } = output.message_delivery_latency_ms;
    let said = match guess {
        None => "",
        Some(bin) if bin == Bin::of(p99) => "As you said. ",
        Some(_) => "Not what you said. ",
    };
    let away = output.counts.under_way;
    html! {
        <>
            <b>{ format!("{said}99 of a hundred deliveries took {} or less, and half of them {} or less.", ms(p99), ms(p50)) }</b>
            if away * 20 > output.counts.addressed {
                { format!(" {} frames had not arrived at the end. They are not among these, and would make it worse.", grouped(away)) }
            }
        </>
    }
}

/// The greatest 99th percentile of a part of the run before the fault, and after it, in milliseconds.
fn around_fault(params: &Params, output: &Output) -> Option<(f64, f64)> {
    let at = params.fault?.at;
    let worst = |after: bool| {
        let parts = output
            .points
            .iter()
            .filter(|point| (point.at > at) == after);
        let tails = parts.filter_map(|point| Some(point.message_delivery_latency_ms?.p99));
        tails.fold(0.0, f64::max)
    };
    Some((worst(false), worst(true)))
}

/// What the fault did.
pub fn fault(params: &Params, output: &Output) -> Option<String> {
    let kind = params.fault?.kind;
    let counts = &output.counts;
    let (before, after) = around_fault(params, output)?;
    let what = match kind {
        FaultKind::ServerDies if params.servers == 1 => format!(
            "The only server died: {} have nowhere to go.",
            counted(counts.orphaned, "client", "clients")
        ),
        FaultKind::ServerDies => {
            let left = params.load() * f64::from(params.servers) / f64::from(params.servers - 1);
            let much = match left {
                1.0.. => " That is more than they can do, and their queues grow to the end.",
                _ => "",
            };
            format!(
                "{} lost their server and came back to the others within {}. What was in its queues, {}, was lost. The others now have a load of {}.{much}",
                counted(counts.orphaned, "client", "clients"),
                seconds(params.backoff),
                counted(counts.lost, "frame", "frames"),
                share(left)
            )
        }
        FaultKind::PubSubPauses(lasts) => format!(
            "For {} pub/sub passed nothing on: members on other servers heard nothing, and {} never arrived. Latency does not show this: what does not arrive has none.",
            seconds(lasts),
            counted(counts.missed, "frame", "frames")
        ),
        FaultKind::ServerSlows { lasts, factor } => format!(
            "For {} a frame took one server {factor} times as long: a load of {}. Its clients waited; those of the others hardly noticed.",
            seconds(lasts),
            share(params.load() * f64::from(factor))
        ),
    };
    Some(format!(
        "{what} The greatest p99 was {} before, and {} after.",
        ms(before),
        ms(after)
    ))
}

/// What the bound of a slow client's queue did.
pub fn policy(params: &Params, output: &Output) -> String {
    let counts = &output.counts;
    let slow = u64::from(params.users) * u64::from(params.slow_permille) / 1_000;
    if slow == 0 {
        return "No client is slow: none has a queue of its own.".to_owned();
    }
    let longest = output.client_queue_max;
    let whose = format!(
        "About {} ({}) take {} for a frame.",
        counted(slow, "client", "clients"),
        per_cent(params.slow_permille.into()),
        micros(params.drain)
    );
    let bound = params.queue;
    if longest < bound {
        return format!(
            "{whose} The longest of their queues had {}; the bound of {} was never reached, so nothing had to give way. The last frame in it waits {}.",
            counted(longest.into(), "frame", "frames"),
            grouped(bound.into()),
            seconds(u64::from(longest) * params.drain)
        );
    }
    let did = match params.policy {
        Policy::Drop => format!(
            "{} were dropped: these clients have gaps, and what they get is old.",
            counted(counts.dropped, "frame", "frames")
        ),
        Policy::Disconnect => format!(
            "Clients were disconnected {}, with {} thrown away. Each comes back to an empty queue.",
            counted(counts.disconnected, "time", "times"),
            counted(counts.discarded, "frame", "frames")
        ),
        Policy::Conflate => format!(
            "{} gave way to newer ones. These clients see fewer values, and not only old ones.",
            counted(counts.conflated, "frame", "frames")
        ),
    };
    format!(
        "{whose} Their queues reached the bound of {}. {did}",
        grouped(bound.into())
    )
}

/// Whose messages are counted in a sentence about latency.
pub fn measured(params: &Params) -> &'static str {
    match params.origin {
        Origin::Members => {
            "from a member’s sending to the arrival at another, the network both ways among it"
        }
        Origin::Feed => "from the feed’s update to the arrival at a subscriber",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::chat_load::settings::Fault;
    use sim::cluster::chat::ChatRun;
    use sim::job::Job;

    fn run(settings: &Settings) -> (Params, Output) {
        let params = settings.shorter(200_000.0);
        let output = ChatRun::run(&params).unwrap();
        (params, output)
    }

    #[test]
    fn bins_meet_without_gaps() {
        for (p99, bin) in [
            (0.0, Bin::Hundred),
            (99.9, Bin::Hundred),
            (100.0, Bin::ThreeHundred),
            (300.0, Bin::Second),
            (1000.0, Bin::More),
            (1e9, Bin::More),
        ] {
            assert_eq!(Bin::of(p99), bin, "{p99}");
        }
    }

    #[test]
    fn what_is_too_much_to_run_is_said() {
        let much = Settings {
            people: 200_000,
            pace: 600,
            ..Settings::default()
        };
        assert!(situation(&much).contains("too much to run"));
        assert!(!situation(&Settings::default()).contains("too much"));
    }

    #[test]
    fn latencies_in_words() {
        for (value, text) in [
            (0.0, "0 ms"),
            (0.02, "0.02 ms"),
            (1.5, "1.50 ms"),
            (63.4, "63 ms"),
            (999.4, "999 ms"),
            (2310.0, "2.31 s"),
        ] {
            assert_eq!(ms(value), text);
        }
        assert_eq!([5.96, 194.4].map(rate), ["6.0", "194"]);
    }

    #[test]
    fn each_fault_says_what_it_did() {
        for (fault, words) in [
            (Fault::ServerDies, "lost their server"),
            (Fault::PubSubPauses, "never arrived"),
            (Fault::ServerSlows, "10 times as long"),
        ] {
            let settings = Settings {
                fault,
                slow: 0,
                ..Settings::default()
            };
            let (params, output) = run(&settings);
            let said = super::fault(&params, &output).unwrap();
            assert!(said.contains(words), "{said}");
        }
        let (params, output) = run(&Settings::default());
        assert_eq!(super::fault(&params, &output), None);
    }

    /// Three quarters of a server's load on three: the figure in the sentence is the load of those that are left.
    #[test]
    fn the_load_of_those_that_are_left() {
        let settings = Settings {
            people: 20_000,
            gateways: 2,
            fault: Fault::ServerDies,
            ..Settings::default()
        };
        let (params, output) = run(&settings);
        let said = super::fault(&params, &output).unwrap();
        let left = share(params.load() * 2.0);
        assert!(
            said.contains(&left) && said.contains("grow to the end"),
            "{said}"
        );
        let alone = Settings {
            gateways: 1,
            people: 2_000,
            ..settings
        };
        let (params, output) = run(&alone);
        assert!(
            super::fault(&params, &output)
                .unwrap()
                .contains("nowhere to go")
        );
    }

    #[test]
    fn a_policy_is_told_only_where_the_bound_was_met() {
        let slow = Settings {
            slow: 200,
            queue: 2,
            ..Settings::of(Preset::MarketData)
        };
        for (full, words) in [
            (Policy::Drop, "were dropped"),
            (Policy::Conflate, "gave way"),
            (Policy::Disconnect, "were disconnected"),
        ] {
            let (params, output) = run(&Settings { full, ..slow });
            assert!(policy(&params, &output).contains(words));
        }
        let long = Settings {
            queue: 10_000,
            ..slow
        };
        let (params, output) = run(&long);
        assert!(policy(&params, &output).contains("never reached"));
        let (params, output) = run(&Settings { slow: 0, ..slow });
        assert!(policy(&params, &output).starts_with("No client is slow"));
    }
}
