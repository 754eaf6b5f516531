//! What the reader sets on the timeline, and how it stands in the address.

use serde::{Deserialize, Serialize};
use sim::heartbeat::{Fault, Params, Prober};
use sim::{Micros, SECOND};

use super::faults::{self, Faults};
use crate::address::{self, Query, Said, cut};
use crate::instruments::clock::{read_at, read_seed};
use crate::instruments::knob::{Knob, span, span_aloud};

/// The number of allowed misses that stands for a side that does not care for answers.
pub const ANY: u32 = 99;

/// What the reader sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who asks.
    pub asks: Prober,
    /// From one question to the next, in milliseconds.
    pub every: u32,
    /// How long an answer is waited for, in milliseconds.
    pub wait: u32,
    /// Misses in a row that are allowed; [`ANY`] for all.
    pub misses: u32,
    /// How long the NAT box remembers silence, in milliseconds.
    pub nat: u32,
    /// Whether the NAT box resets what it does not know.
    pub resets: bool,
    /// The round trip, in milliseconds.
    pub trip: u32,
    /// How long the run is, in milliseconds.
    pub run: u32,
    /// The model's seed.
    pub seed: u32,
    /// What happens.
    pub faults: Faults,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            asks: Prober::Server,
            every: 20_000,
            wait: 10_000,
            misses: 1,
            nat: 300_000,
            resets: false,
            trip: 80,
            run: 120_000,
            seed: 1,
            faults: vec![(45 * SECOND, Fault::CablePulled)],
        }
    }
}

fn micros(ms: u32) -> Micros {
    Micros::from(ms) * 1000
}

impl Settings {
    /// What the model runs with.
    pub fn params(&self) -> Params {
        Params {
            prober: self.asks,
            interval: micros(self.every),
            timeout: micros(self.wait),
            allowed: (self.misses != ANY).then_some(self.misses),
            nat_idle: micros(self.nat),
            nat_resets: self.resets,
            round_trip: micros(self.trip),
            duration: self.end(),
            seed: self.seed.into(),
        }
    }

    /// Where the run ends, in microseconds.
    pub fn end(&self) -> Micros {
        micros(self.run)
    }
}

fn misses(n: u32) -> String {
    match n {
        ANY => "any number".to_owned(),
        n => n.to_string(),
    }
}

/// All knobs, in the order in which they stand.
pub static KNOBS: [Knob<Settings>; 6] = [
    Knob {
        key: "every",
        label: "Interval",
        stops: &[
            1000, 2000, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 45_000, 60_000, 90_000,
            120_000, 180_000, 300_000,
        ],
        short: span,
        long: |ms| format!("every {}", span_aloud(ms)),
        get: |s| s.every,
        set: |s, ms| s.every = ms,
    },
    Knob {
        key: "wait",
        label: "Timeout",
        stops: &[
            100, 500, 1000, 2000, 3000, 5000, 7000, 10_000, 15_000, 20_000, 30_000, 60_000,
        ],
        short: span,
        long: span_aloud,
        get: |s| s.wait,
        set: |s, ms| s.wait = ms,
    },
    Knob {
        key: "misses",
        label: "Misses allowed",
        stops: &[0, 1, 2, 3, 4, 5, ANY],
        short: misses,
        long: |n| format!("{} in a row", misses(n)),
        get: |s| s.misses,
        set: |s, n| s.misses = n,
    },
    Knob {
        key: "nat",
        label: "NAT timeout",
        stops: &[
            10_000, 20_000, 30_000, 60_000, 120_000, 240_000, 300_000, 350_000, 600_000, 1_800_000,
            3_600_000, 7_440_000,
        ],
        short: span,
        long: |ms| format!("{} of silence", span_aloud(ms)),
        get: |s| s.nat,
        set: |s, ms| s.nat = ms,
    },
    Knob {
        key: "trip",
        label: "Round trip",
        stops: &[
            2, 10, 20, 40, 80, 160, 300, 600, 1000, 2000, 4000, 6000, 10_000,
        ],
        short: span,
        long: span_aloud,
        get: |s| s.trip,
        set: |s, ms| s.trip = ms,
    },
    Knob {
        key: "run",
        label: "Time shown",
        stops: &[30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000],
        short: span,
        long: span_aloud,
        get: |s| s.run,
        set: |s, ms| {
            s.run = ms;
            let end = s.end();
            s.faults.retain(|&(at, _)| at <= end);
        },
    },
];

/// Who asks: the name in an address, and what a button says.
pub const WHO: [(Prober, &str, &str); 4] = [
    (Prober::Server, "server", "Server pings"),
    (Prober::Client, "client", "Script asks"),
    (Prober::Both, "both", "Both"),
    (Prober::Nobody, "nobody", "Nobody"),
];

/// The timeline in `/heartbeat`: `?asks=server&every=20000&faults=cable-45&at=60`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineQuery {
    /// Who asks: `server`, `client`, `both` or `nobody`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<String>,
    /// From one question to the next, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// How long an answer is waited for, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<String>,
    /// Misses in a row that are allowed; 99 for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub misses: Option<String>,
    /// How long the NAT box remembers silence, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nat: Option<String>,
    /// `1` where the NAT box resets what it does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resets: Option<String>,
    /// The round trip, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trip: Option<String>,
    /// How long the run is, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Where in the interval the first question leaves: the model's seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// What happens: `cable-45,back-60`, times in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faults: Option<String>,
    /// Where the reader stands, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl Query for TimelineQuery {
    const NAMES: &'static [&'static str] = &[
        "asks", "every", "wait", "misses", "nat", "resets", "trip", "run", "seed", "faults", "at",
    ];
}

impl TimelineQuery {
    /// The address of these settings, with the reader at this time. The plain address is the default.
    pub fn of(settings: &Settings, at: Micros) -> TimelineQuery {
        let plain = Settings::default();
        let unlike = |differs: bool, text: String| differs.then_some(text);
        let number = |get: fn(&Settings) -> u32| {
            let value = get(settings);
            unlike(value != get(&plain), value.to_string())
        };
        let who = WHO.iter().find(|(asks, ..)| *asks == settings.asks);
        TimelineQuery {
            asks: unlike(
                settings.asks != plain.asks,
                who.map_or("", |who| who.1).to_owned(),
            ),
            every: number(|s| s.every),
            wait: number(|s| s.wait),
            misses: number(|s| s.misses),
            nat: number(|s| s.nat),
            resets: unlike(settings.resets, "1".to_owned()),
            trip: number(|s| s.trip),
            run: number(|s| s.run),
            seed: number(|s| s.seed),
            faults: unlike(
                settings.faults != plain.faults,
                faults::written(&settings.faults),
            ),
            at: unlike(
                at != start(settings),
                format!("{}", at as f64 / SECOND as f64),
            ),
        }
    }

    fn value(&self, key: &str) -> Option<&str> {
        match key {
            "every" => self.every.as_deref(),
            "wait" => self.wait.as_deref(),
            "misses" => self.misses.as_deref(),
            "nat" => self.nat.as_deref(),
            "trip" => self.trip.as_deref(),
            _ => self.run.as_deref(),
        }
    }
}

/// Where the reader stands at first: where the first thing happens, so that the next one can happen there instead.
pub fn start(settings: &Settings) -> Micros {
    settings.faults.first().map_or(0, |&(at, _)| at)
}

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The settings.
    pub settings: Settings,
    /// Where the reader stands, in microseconds.
    pub at: Micros,
    /// What in the address could not be used.
    pub problems: Vec<String>,
}

/// Reads an address's query. Whatever cannot be used gives the default and a line that says so.
pub fn asked(said: Said<TimelineQuery>) -> Asked {
    let mut problems = Vec::new();
    let query = address::asked_for(
        said,
        "Every knob stands where it usually does.",
        &mut problems,
    );
    let mut settings = Settings::default();
    for knob in &KNOBS {
        knob.read(query.value(knob.key), &mut settings, &mut problems);
    }
    if let Some(text) = query.asks.as_deref() {
        match WHO.iter().find(|(_, name, _)| *name == text) {
            Some((asks, ..)) => settings.asks = *asks,
            None => problems.push(format!(
                "asks={}: it is server, client, both or nobody. Here it is server.",
                cut(text)
            )),
        }
    }
    match query.resets.as_deref() {
        None | Some("0") => {}
        Some("1") => settings.resets = true,
        Some(text) => problems.push(format!("resets={}: it is 1 or 0. Here it is 0.", cut(text))),
    }
    read_seed(query.seed.as_deref(), &mut settings.seed, &mut problems);
    if let Some(text) = query.faults.as_deref() {
        match faults::read(text, settings.end()) {
            Ok(all) => settings.faults = all,
            Err(why) => problems.push(format!(
                "faults={}: {why}. An example is cable-45,back-60. Here the cable is pulled after 45 s.",
                cut(text)
            )),
        }
    }
    let end = settings.end();
    settings.faults.retain(|&(at, _)| at <= end);
    let at = read_at(query.at.as_deref(), end, &mut problems);
    Asked {
        at: at.unwrap_or_else(|| start(&settings)),
        settings,
        problems,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Asked {
        asked(address::read(query))
    }

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        let settings = Settings {
            asks: Prober::Both,
            every: 30_000,
            wait: 5000,
            misses: ANY,
            nat: 60_000,
            resets: true,
            trip: 2000,
            run: 600_000,
            seed: 7,
            faults: vec![(1_500_000, Fault::Suspend), (90 * SECOND, Fault::Resume)],
        };
        for settings in [
            settings,
            Settings::default(),
            Settings {
                faults: Vec::new(),
                ..Settings::default()
            },
        ] {
            for at in [0, 45 * SECOND, 45_500_000] {
                let query = serde_urlencoded::to_string(TimelineQuery::of(&settings, at)).unwrap();
                let back = of(&format!("?{query}"));
                assert_eq!((&back.settings, back.at), (&settings, at), "{query}");
                assert!(back.problems.is_empty(), "{:?}", back.problems);
            }
        }
        let plain = Settings::default();
        assert_eq!(
            TimelineQuery::of(&plain, start(&plain)),
            TimelineQuery::default()
        );
        assert_eq!(of("").settings, plain);
    }

    #[test]
    fn what_cannot_be_used_is_named_and_the_default_is_there() {
        for (query, word) in [
            ("?asks=everybody", "asks=everybody"),
            ("?every=1", "every=1"),
            ("?wait=soon", "wait=soon"),
            ("?misses=100", "misses=100"),
            ("?nat=-1", "nat=-1"),
            ("?resets=yes", "resets=yes"),
            ("?trip=99999999999", "trip=999"),
            ("?run=1", "run=1"),
            ("?seed=x", "seed=x"),
            ("?faults=flood-1", "flood"),
            ("?at=121", "at=121"),
            ("?at=1&at=2", "cannot be read"),
        ] {
            let asked = of(query);
            assert_eq!(asked.settings, Settings::default(), "{query}");
            assert_eq!(asked.problems.len(), 1, "{query}: {:?}", asked.problems);
            assert!(asked.problems[0].contains(word), "{:?}", asked.problems);
        }
    }

    #[test]
    fn a_shorter_run_leaves_out_what_would_come_after_it() {
        let mut settings = Settings::default();
        (KNOBS[5].set)(&mut settings, 30_000);
        assert!(settings.faults.is_empty());
        assert!(of("?run=30000").settings.faults.is_empty());
    }

    #[test]
    fn every_stop_can_be_run() {
        for knob in &KNOBS {
            assert!(knob.stops.is_sorted());
            for &stop in knob.stops {
                let mut settings = Settings::default();
                (knob.set)(&mut settings, stop);
                let params = settings.params();
                assert_eq!(params, params.clamped(), "{} {stop}", knob.key);
            }
        }
    }
}
