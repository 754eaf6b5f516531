//! What the reader sets, and how it stands in the address.

use serde::{Deserialize, Serialize};
use sim::news::Params;
use sim::{Micros, SECOND};

use crate::address::{self, Query, Said};
use crate::instruments::clock::{read_at, read_seed};
use crate::instruments::knob::{Knob, span, span_aloud};
use crate::ui::grouped;

/// How long a run is, in microseconds.
pub const DURATION: Micros = 180 * SECOND;

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knobs {
    /// Pieces of news per minute.
    pub news: u32,
    /// From one question to the next, in milliseconds.
    pub ask: u32,
    /// The round trip, in milliseconds.
    pub trip: u32,
    /// People who want the news.
    pub people: u32,
    /// Connections that the server can hold.
    pub frequencies: u32,
    /// Which news: the model's seed.
    pub seed: u32,
}

impl Default for Knobs {
    fn default() -> Knobs {
        Knobs {
            news: 12,
            ask: 2000,
            trip: 400,
            people: 1200,
            frequencies: 1024,
            seed: 1,
        }
    }
}

impl Knobs {
    /// What the model runs with.
    pub fn params(&self) -> Params {
        Params {
            news_per_minute: self.news,
            ask_every: Micros::from(self.ask) * 1000,
            round_trip: Micros::from(self.trip) * 1000,
            people: self.people,
            frequencies: self.frequencies,
            duration: DURATION,
            seed: self.seed.into(),
        }
    }
}

/// All knobs, in the order in which they stand.
pub static KNOBS: [Knob<Knobs>; 5] = [
    Knob {
        key: "news",
        label: "News",
        stops: &[0, 1, 2, 4, 6, 8, 10, 12, 15, 20, 30, 40, 60, 90, 120, 240],
        short: |n| format!("{n} / min"),
        long: |n| format!("{n} per minute on average"),
        get: |knobs| knobs.news,
        set: |knobs, n| knobs.news = n,
    },
    Knob {
        key: "ask",
        label: "Client asks every",
        stops: &[
            500, 1000, 1500, 2000, 3000, 4000, 5000, 7000, 10_000, 15_000, 20_000, 30_000, 60_000,
        ],
        short: span,
        long: |ms| format!("every {}", span_aloud(ms)),
        get: |knobs| knobs.ask,
        set: |knobs, ms| knobs.ask = ms,
    },
    Knob {
        key: "trip",
        label: "Round trip",
        stops: &[
            10, 20, 40, 80, 120, 160, 200, 300, 400, 600, 800, 1000, 1500, 2000, 5000,
        ],
        short: span,
        long: span_aloud,
        get: |knobs| knobs.trip,
        set: |knobs, ms| knobs.trip = ms,
    },
    Knob {
        key: "people",
        label: "People on the air",
        stops: &[
            1, 2, 5, 10, 20, 50, 100, 200, 500, 800, 1000, 1200, 2000, 5000, 10_000,
        ],
        short: |n| grouped(n.into()),
        long: |n| {
            if n == 1 {
                "1 person".to_owned()
            } else {
                format!("{n} people")
            }
        },
        get: |knobs| knobs.people,
        set: |knobs, n| knobs.people = n,
    },
    Knob {
        key: "frequencies",
        label: "Frequencies",
        stops: &[
            1, 2, 5, 10, 20, 50, 100, 128, 256, 512, 1024, 2048, 4096, 10_000,
        ],
        short: |n| grouped(n.into()),
        long: |n| {
            if n == 1 {
                "1 connection at once".to_owned()
            } else {
                format!("{n} connections at once")
            }
        },
        get: |knobs| knobs.frequencies,
        set: |knobs, n| knobs.frequencies = n,
    },
];

/// The query of `/`: `?news=12&ask=2000&trip=400&people=1200&frequencies=1024&seed=1&at=30.5`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeQuery {
    /// Pieces of news per minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub news: Option<String>,
    /// From one question to the next, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// The round trip, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trip: Option<String>,
    /// People who want the news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<String>,
    /// Connections that the server can hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequencies: Option<String>,
    /// Which news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// The time of the model at which it is stopped, in seconds; without it, it plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl Query for HomeQuery {
    const NAMES: &'static [&'static str] =
        &["news", "ask", "trip", "people", "frequencies", "seed", "at"];
}

impl HomeQuery {
    /// The address of these knobs, stopped at this time or playing. The plain address is the default, playing.
    pub fn of(knobs: &Knobs, at: Option<Micros>) -> HomeQuery {
        if *knobs == Knobs::default() && at.is_none() {
            return HomeQuery::default();
        }
        HomeQuery {
            news: Some(knobs.news.to_string()),
            ask: Some(knobs.ask.to_string()),
            trip: Some(knobs.trip.to_string()),
            people: Some(knobs.people.to_string()),
            frequencies: Some(knobs.frequencies.to_string()),
            seed: Some(knobs.seed.to_string()),
            at: at.map(|at| format!("{}", at as f64 / SECOND as f64)),
        }
    }

    fn value(&self, key: &str) -> Option<&str> {
        match key {
            "news" => self.news.as_deref(),
            "ask" => self.ask.as_deref(),
            "trip" => self.trip.as_deref(),
            "people" => self.people.as_deref(),
            _ => self.frequencies.as_deref(),
        }
    }
}

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The knobs.
    pub knobs: Knobs,
    /// The time at which to stand still, in microseconds.
    pub at: Option<Micros>,
    /// What in the address could not be used.
    pub problems: Vec<String>,
}

/// Reads an address's query. Whatever cannot be used gives the default and a line that says so.
pub fn asked(said: Said<HomeQuery>) -> Asked {
    let mut problems = Vec::new();
    let query = address::asked_for(
        said,
        "Every knob stands where it usually does.",
        &mut problems,
    );
    let mut knobs = Knobs::default();
    for knob in &KNOBS {
        knob.read(query.value(knob.key), &mut knobs, &mut problems);
    }
    read_seed(query.seed.as_deref(), &mut knobs.seed, &mut problems);
    let at = read_at(query.at.as_deref(), DURATION, &mut problems);
    Asked {
        knobs,
        at,
        problems,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::nearest;

    fn of(query: &str) -> Asked {
        asked(address::read(query))
    }

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        let knobs = Knobs {
            news: 30,
            ask: 5000,
            trip: 80,
            people: 37,
            frequencies: 12,
            seed: 99,
        };
        for at in [None, Some(0), Some(30_500_000), Some(DURATION)] {
            let query = serde_urlencoded::to_string(HomeQuery::of(&knobs, at)).unwrap();
            let back = of(&format!("?{query}"));
            assert_eq!((back.knobs, back.at), (knobs, at));
            assert!(back.problems.is_empty(), "{:?}", back.problems);
        }
        assert_eq!(HomeQuery::of(&Knobs::default(), None), HomeQuery::default());
        assert_eq!(of("").knobs, Knobs::default());
    }

    #[test]
    fn what_cannot_be_used_is_named_and_the_default_is_there() {
        for (query, word) in [
            ("?news=-1", "news=-1"),
            ("?ask=0", "ask=0"),
            ("?trip=5001", "trip=5001"),
            ("?people=many", "people=many"),
            ("?frequencies=0", "frequencies=0"),
            ("?frequencies=99999999999999999999", "frequencies=999"),
            ("?seed=1.5", "seed=1.5"),
            ("?at=-1", "at=-1"),
            ("?at=NaN", "at=NaN"),
            ("?at=181", "at=181"),
            ("?news=1&news=2", "cannot be read"),
        ] {
            let asked = of(query);
            assert_eq!((asked.knobs, asked.at), (Knobs::default(), None), "{query}");
            assert_eq!(asked.problems.len(), 1, "{query}");
            assert!(asked.problems[0].contains(word), "{:?}", asked.problems);
        }
    }

    #[test]
    fn one_bad_knob_leaves_the_others() {
        let asked = of("?news=30&ask=soon&people=7");
        assert_eq!((asked.knobs.news, asked.knobs.people), (30, 7));
        assert_eq!(asked.knobs.ask, Knobs::default().ask);
    }

    #[test]
    fn every_knob_stands_at_the_stop_nearest_to_its_value() {
        for knob in &KNOBS {
            assert!(knob.stops.is_sorted());
            let mut knobs = Knobs::default();
            assert_eq!(
                knob.stops[nearest(knob.stops, (knob.get)(&knobs))],
                (knob.get)(&knobs)
            );
            (knob.set)(&mut knobs, knob.stops[0]);
            assert_eq!((knob.get)(&knobs), knob.stops[0]);
        }
        assert_eq!(KNOBS[0].stops[nearest(KNOBS[0].stops, 13)], 12);
    }
}
