//! What the reader sets, and how it stands in the address.

use sim::news::Params;
use sim::{Micros, SECOND};

use crate::kit::number::{grouped, read_seconds, span, span_aloud, write_seconds};
use crate::kit::settings::{self, Field, Grammar};
use crate::kit::slider::SliderSpec;

/// How long a run is, in microseconds.
pub const DURATION: Micros = 180 * SECOND;

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
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
    /// The time at which to stand still, in microseconds; without it, it plays.
    pub at: Option<Micros>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            news: 12,
            ask: 2000,
            trip: 400,
            people: 1200,
            frequencies: 1024,
            seed: 1,
            at: None,
        }
    }
}

impl Settings {
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

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::stops(
            "news",
            SliderSpec {
                label: "News",
                stops: &[0, 1, 2, 4, 6, 8, 10, 12, 15, 20, 30, 40, 60, 90, 120, 240],
                short: |n| format!("{n} / min"),
                aloud: |n| format!("{n} per minute on average"),
            },
            |s| s.news,
            |s, n| s.news = n,
        ),
        Field::stops(
            "ask",
            SliderSpec {
                label: "Client asks every",
                stops: &[
                    500, 1000, 1500, 2000, 3000, 4000, 5000, 7000, 10_000, 15_000, 20_000, 30_000,
                    60_000,
                ],
                short: span,
                aloud: |ms| format!("every {}", span_aloud(ms)),
            },
            |s| s.ask,
            |s, ms| s.ask = ms,
        ),
        Field::stops(
            "trip",
            SliderSpec {
                label: "Round trip",
                stops: &[
                    10, 20, 40, 80, 120, 160, 200, 300, 400, 600, 800, 1000, 1500, 2000, 5000,
                ],
                short: span,
                aloud: span_aloud,
            },
            |s| s.trip,
            |s, ms| s.trip = ms,
        ),
        Field::stops(
            "people",
            SliderSpec {
                label: "People on the air",
                stops: &[
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 800, 1000, 1200, 2000, 5000, 10_000,
                ],
                short: |n| grouped(n.into()),
                aloud: |n| {
                    if n == 1 {
                        "1 person".to_owned()
                    } else {
                        format!("{n} people")
                    }
                },
            },
            |s| s.people,
            |s, n| s.people = n,
        ),
        Field::stops(
            "frequencies",
            SliderSpec {
                label: "Frequencies",
                stops: &[
                    1, 2, 5, 10, 20, 50, 100, 128, 256, 512, 1024, 2048, 4096, 10_000,
                ],
                short: |n| grouped(n.into()),
                aloud: |n| {
                    if n == 1 {
                        "1 connection at once".to_owned()
                    } else {
                        format!("{n} connections at once")
                    }
                },
            },
            |s| s.frequencies,
            |s, n| s.frequencies = n,
        ),
        Field::by_choice(Field::whole(
            "seed",
            0,
            u32::MAX,
            |s| s.seed,
            |s, n| s.seed = n,
        )),
        Field::parsed(
            "at",
            Grammar {
                write: |s| s.at.map(write_seconds),
                read: |s, text| {
                    s.at = Some(read_seconds(text, DURATION)?);
                    Ok(())
                },
                examples: &["30.5", "0", "180"],
                refuses: &["-1", "NaN", "181", ""],
            },
        ),
    ];
}
