//! What the reader sets on the timeline.

use sim::heartbeat::{Fault, Params, Prober};
use sim::{Micros, SECOND};

use super::faults::{self, Faults};
use crate::kit::number::{read_seconds, span, span_aloud, write_seconds};
use crate::kit::settings::{self, Field, Grammar, options};
use crate::kit::slider::SliderSpec;

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
    /// Where the reader stands, in microseconds; without it, at the beginning of the usual story, and where the first thing
    /// happens in any other, so that the next one can happen there instead.
    pub at: Option<Micros>,
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
            at: None,
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

    /// Where the reader stands at first.
    pub fn start(&self) -> Micros {
        match self.faults.first() {
            Some(&(at, _)) if self.faults != Settings::default().faults => at,
            _ => 0,
        }
    }

    /// The same, without what would happen later than this.
    fn within(mut self, end: Micros) -> Settings {
        self.faults.retain(|&(at, _)| at <= end);
        self
    }
}

fn misses(n: u32) -> String {
    match n {
        ANY => "any number".to_owned(),
        n => n.to_string(),
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::choice(
            "asks",
            "Who asks whether the other is there",
            options!(asks {
                "server": "Server pings" => Prober::Server,
                "client": "Script asks" => Prober::Client,
                "both": "Both" => Prober::Both,
                "nobody": "Nobody" => Prober::Nobody,
            }),
        ),
        Field::flag(
            "resets",
            "What the NAT box does with packets of a connection that it has forgotten",
            ["drops", "resets"],
            |s| s.resets,
            |s, on| s.resets = on,
        ),
        Field::stops(
            "every",
            SliderSpec {
                label: "Interval",
                stops: &[
                    1000, 2000, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 45_000, 60_000,
                    90_000, 120_000, 180_000, 300_000,
                ],
                short: span,
                aloud: |ms| format!("every {}", span_aloud(ms)),
            },
            |s| s.every,
            |s, ms| s.every = ms,
        ),
        Field::stops(
            "wait",
            SliderSpec {
                label: "Timeout",
                stops: &[
                    100, 500, 1000, 2000, 3000, 5000, 7000, 10_000, 15_000, 20_000, 30_000, 60_000,
                ],
                short: span,
                aloud: span_aloud,
            },
            |s| s.wait,
            |s, ms| s.wait = ms,
        ),
        Field::stops(
            "misses",
            SliderSpec {
                label: "Misses allowed",
                stops: &[0, 1, 2, 3, 4, 5, ANY],
                short: misses,
                aloud: |n| format!("{} in a row", misses(n)),
            },
            |s| s.misses,
            |s, n| s.misses = n,
        ),
        Field::stops(
            "nat",
            SliderSpec {
                label: "NAT timeout",
                stops: &[
                    10_000, 20_000, 30_000, 60_000, 120_000, 240_000, 300_000, 350_000, 600_000,
                    1_800_000, 3_600_000, 7_440_000,
                ],
                short: span,
                aloud: |ms| format!("{} of silence", span_aloud(ms)),
            },
            |s| s.nat,
            |s, ms| s.nat = ms,
        ),
        Field::stops(
            "trip",
            SliderSpec {
                label: "Round trip",
                stops: &[
                    2, 10, 20, 40, 80, 160, 300, 600, 1000, 2000, 4000, 6000, 10_000,
                ],
                short: span,
                aloud: span_aloud,
            },
            |s| s.trip,
            |s, ms| s.trip = ms,
        ),
        Field::affecting(
            &["faults", "at"],
            Field::stops(
                "run",
                SliderSpec {
                    label: "Time shown",
                    stops: &[30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000],
                    short: span,
                    aloud: span_aloud,
                },
                |s| s.run,
                |s, ms| {
                    s.run = ms;
                    let end = s.end();
                    s.faults.retain(|&(at, _)| at <= end);
                    s.at = s.at.filter(|&at| at <= end);
                },
            ),
        ),
        Field::by_choice(Field::whole(
            "seed",
            0,
            u32::MAX,
            |s| s.seed,
            |s, n| s.seed = n,
        )),
        Field::affecting(
            &["at"],
            Field::by_choice(Field::parsed(
                "faults",
                Grammar {
                    write: |s| {
                        let usual = Settings::default().within(s.end()).faults;
                        (s.faults != usual).then(|| faults::written(&s.faults))
                    },
                    read: |s, text| match faults::read(text, s.end()) {
                        Ok(faults) => {
                            s.faults = faults;
                            Ok(())
                        }
                        Err(why) if s.faults.is_empty() => {
                            Err(format!("{why}. Here nothing happens."))
                        }
                        Err(why) => {
                            Err(format!("{why}. Here it is {}.", faults::written(&s.faults)))
                        }
                    },
                    examples: &["cable-45,back-60", "crash-0.5", ""],
                    refuses: &["flood-1", "cable", "cable-121", "nat--1"],
                },
            )),
        ),
        Field::parsed(
            "at",
            Grammar {
                write: |s| s.at.filter(|&at| at != s.start()).map(write_seconds),
                read: |s, text| {
                    let at = read_seconds(text, s.end())?;
                    s.at = Some(at).filter(|&at| at != s.start());
                    Ok(())
                },
                examples: &["60", "45.5", "45"],
                refuses: &["121", "-1", "NaN", ""],
            },
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::settings::{Kind, Settings as _};
    use crate::kit::url_state::{query_of, read};

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        let settings = Settings {
            asks: Prober::Both,
            misses: ANY,
            resets: true,
            run: 600_000,
            seed: 7,
            faults: vec![(1_500_000, Fault::Suspend), (90 * SECOND, Fault::Resume)],
            ..Settings::default()
        };
        for at in [None, Some(0), Some(45 * SECOND), Some(45_500_000)] {
            let settings = Settings {
                at,
                ..settings.clone()
            };
            assert_eq!(read::<Settings>(&query_of(&settings)).settings, settings);
        }
    }

    #[test]
    fn a_shorter_run_leaves_out_what_would_come_after_it() {
        assert!(read::<Settings>("?run=30000").settings.faults.is_empty());
        let parsed = read::<Settings>("?run=30000&faults=cable-45");
        assert_eq!(parsed.problems.len(), 1);
        assert!(parsed.problems[0].contains("0 to 30 seconds"));
    }

    #[test]
    fn every_stop_can_be_run() {
        for field in Settings::FIELDS {
            let Kind::Stops { spec, set, .. } = &field.kind else {
                continue;
            };
            for &stop in spec.stops {
                let mut settings = Settings::default();
                set(&mut settings, stop);
                let params = settings.params();
                assert_eq!(params, params.clamped(), "{} {stop}", field.key);
            }
        }
    }
}
