//! What the reader sets for real reconnections, and how it stands in the address.

use sim::reconnecting::{Backoff, Hint, Overflow, RESTART_WAIT, StormParams, Strategy};
use sim::{Micros, SECOND, chance::Chance};

use crate::kit::number::{counted, span, span_aloud};
use crate::kit::settings::{self, Field};
use crate::kit::slider::SliderSpec;
use crate::live::restart_group::{MEMBERS, NextWait, Plan, RestartEnd};
use crate::options;

/// The first wait, in microseconds.
pub const BASE: Micros = SECOND / 2;
/// The longest wait, in microseconds.
pub const CAP: Micros = 8 * SECOND;
/// After so many attempts in vain a connection gives up.
pub const MOST_ATTEMPTS: usize = 40;
/// The close code that asks for a wait.
pub const SERVICE_RESTART: u16 = 1012;
/// How long the model is followed, in microseconds.
const LIMIT: Micros = 600 * SECOND;

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What each does before it tries again.
    pub wait: Strategy,
    /// Handshakes that the server takes in a second.
    pub takes: u32,
    /// How long the server is away, in milliseconds.
    pub away: u32,
    /// How the server ends the connections.
    pub code: RestartEnd,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            wait: Strategy::FullJitter,
            takes: 2,
            away: 2000,
            code: RestartEnd::GoingAway,
        }
    }
}

impl Settings {
    /// What the server is asked for.
    pub fn plan(&self) -> Plan {
        Plan {
            away_ms: self.away,
            takes: self.takes,
            end: self.code,
        }
    }

    fn backoff(&self) -> Backoff {
        Backoff {
            strategy: self.wait,
            base: BASE,
            factor: 2.0,
            cap: CAP,
            give_up: Some(MOST_ATTEMPTS as u32),
            spread: 0,
        }
    }

    /// How long each waits before it tries again. Each draws numbers of its own.
    pub fn next_wait(&self, seed: u64) -> NextWait {
        let backoff = self.backoff();
        let mut clients: Vec<(Chance, Micros)> = (0..MEMBERS as u64)
            .map(|member| (Chance::new(seed, 100 + member), backoff.base))
            .collect();
        Box::new(move |member, code, made| {
            let (chance, previous) = clients.get_mut(member)?;
            if made >= MOST_ATTEMPTS {
                return None;
            }
            let wait = if made == 0 && code == SERVICE_RESTART {
                let (least, most) = RESTART_WAIT;
                least + ((most - least) as f64 * chance.unit()) as Micros
            } else {
                *previous = backoff.delay(made as u32, *previous, chance);
                *previous
            };
            u32::try_from(wait / 1000).ok()
        })
    }

    /// The model of the same, for a round trip in milliseconds.
    pub fn params(&self, seed: u64, round_trip: f64) -> StormParams {
        StormParams {
            clients: MEMBERS as u32,
            backoff: self.backoff(),
            capacity: self.takes,
            backlog: 0,
            overflow: Overflow::ServiceUnavailable {
                retry_after: None,
                cost: 1,
            },
            down: Micros::from(self.away) * 1000,
            round_trip: (round_trip * 1000.0) as Micros,
            connect_timeout: 10 * SECOND,
            hint: (self.code == RestartEnd::ServiceRestart).then_some(Hint::ServiceRestart),
            limit: LIMIT,
            seed,
        }
    }
}

/// The name of a strategy, as the page writes it.
pub fn name(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::AtOnce => "at once",
        Strategy::Fixed => "fixed",
        Strategy::Exponential => "exponential",
        Strategy::FullJitter => "full jitter",
        Strategy::EqualJitter => "equal jitter",
        Strategy::Decorrelated => "decorrelated jitter",
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::choice(
            "wait",
            "Each waits",
            options!(wait {
                "at-once": "At once" => Strategy::AtOnce,
                "fixed": "Fixed" => Strategy::Fixed,
                "exponential": "Exponential" => Strategy::Exponential,
                "full": "Full jitter" => Strategy::FullJitter,
                "equal": "Equal jitter" => Strategy::EqualJitter,
                "decorrelated": "Decorrelated" => Strategy::Decorrelated,
            }),
        ),
        Field::stops(
            "takes",
            SliderSpec {
                label: "The server takes",
                stops: &[1, 2, 5, 10, 20],
                short: |n| format!("{n} /s"),
                aloud: |n| format!("{} a second", counted(n.into(), "handshake", "handshakes")),
            },
            |s| s.takes,
            |s, n| s.takes = n,
        ),
        Field::stops(
            "away",
            SliderSpec {
                label: "Away for",
                stops: &[500, 1000, 2000, 3000, 5000],
                short: span,
                aloud: span_aloud,
            },
            |s| s.away,
            |s, n| s.away = n,
        ),
        Field::choice(
            "code",
            "It ends the connections with",
            options!(code {
                "1001": "1001" => RestartEnd::GoingAway,
                "1012": "1012" => RestartEnd::ServiceRestart,
                "1013": "1013" => RestartEnd::TryAgainLater,
                "cut": "no frame" => RestartEnd::Cut,
            }),
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_draws_waits_of_its_own_and_gives_up_at_last() {
        let mut next = Settings::default().next_wait(7);
        let first: Vec<u32> = (0..MEMBERS).map(|i| next(i, 1001, 0).unwrap()).collect();
        assert!(first.iter().all(|wait| *wait <= 500), "{first:?}");
        let mut others = first.clone();
        others.sort_unstable();
        others.dedup();
        assert!(others.len() > MEMBERS / 2, "{first:?}");
        assert!(next(0, 1001, 39).is_some_and(|wait| wait <= 8000));
        assert_eq!(next(0, 1001, MOST_ATTEMPTS), None);
        assert_eq!(next(MEMBERS, 1001, 0), None);
    }

    #[test]
    fn who_is_told_1012_waits_as_asked_and_then_as_always() {
        let settings = Settings {
            wait: Strategy::AtOnce,
            ..Settings::default()
        };
        let mut next = settings.next_wait(7);
        for member in 0..MEMBERS {
            let asked = next(member, SERVICE_RESTART, 0).unwrap();
            assert!((5000..=30_000).contains(&asked), "{asked}");
            assert_eq!(next(member, SERVICE_RESTART, 1), Some(0));
        }
    }
}
