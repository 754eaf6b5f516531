//! What the reader sets for a storm, and how it stands in the address.

use sim::reconnecting::{self, Backoff, Overflow, StormParams, Strategy};
use sim::{Micros, SECOND};

use crate::kit::number::{counted, grouped, span, span_aloud};
use crate::kit::settings::{self, Field};
use crate::kit::slider::SliderSpec;
use crate::options;

/// A round trip between client and server, in microseconds.
pub const ROUND_TRIP: Micros = 50_000;
/// How long a client waits for an answer to its first packet, in microseconds.
pub const CONNECT_TIMEOUT: Micros = 5 * SECOND;
/// What a 503 costs the server, in thousandths of a handshake.
const ANSWER_COST: u32 = 100;
/// How long a storm is followed, in microseconds of its own time.
pub const LIMIT: Micros = 3600 * SECOND;

/// What becomes of clients for which there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// They are refused at once.
    Refuse,
    /// They hear nothing.
    Silence,
    /// They are answered with 503.
    Unavailable,
}

/// What the close frame says with which the server went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Nothing that would help.
    Nothing,
    /// 1012: come back after 5 to 30 seconds.
    Restart,
}

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What the clients of the one run do.
    pub left: Strategy,
    /// What the clients of the other run do.
    pub right: Strategy,
    /// Whether the outcome is shown.
    pub shown: bool,
    /// Clients.
    pub clients: u32,
    /// Handshakes that the server takes in a second.
    pub rate: u32,
    /// Connections that may wait for the server.
    pub backlog: u32,
    /// How long the server is away, in milliseconds.
    pub down: u32,
    /// What becomes of the rest.
    pub rest: Rest,
    /// What a 503 asks for, in seconds; 0 where it asks for nothing.
    pub retry: u32,
    /// What the server said when it went.
    pub hint: Hint,
    /// The first wait, in milliseconds.
    pub base: u32,
    /// How many times as long each further wait is.
    pub factor: u32,
    /// The longest wait, in milliseconds.
    pub cap: u32,
    /// How many attempts a client makes; 0 for as many as it takes.
    pub attempts: u32,
    /// How far apart the clients begin, in milliseconds.
    pub spread: u32,
    /// Decides all that is drawn at random.
    pub seed: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            left: Strategy::Exponential,
            right: Strategy::FullJitter,
            shown: false,
            clients: 100_000,
            rate: 1000,
            backlog: 500,
            down: 2000,
            rest: Rest::Refuse,
            retry: 0,
            hint: Hint::Nothing,
            base: 1000,
            factor: 2,
            cap: 30_000,
            attempts: 0,
            spread: 0,
            seed: 1,
        }
    }
}

fn ms(n: u32) -> Micros {
    Micros::from(n) * 1000
}

impl Settings {
    /// What a run with this strategy is given.
    pub fn params(&self, strategy: Strategy) -> StormParams {
        StormParams {
            clients: self.clients,
            backoff: Backoff {
                strategy,
                base: ms(self.base),
                factor: self.factor.into(),
                cap: ms(self.cap),
                give_up: (self.attempts > 0).then_some(self.attempts),
                spread: ms(self.spread),
            },
            capacity: self.rate,
            backlog: self.backlog,
            overflow: match self.rest {
                Rest::Refuse => Overflow::Refuse,
                Rest::Silence => Overflow::TimeOut,
                Rest::Unavailable => Overflow::ServiceUnavailable {
                    retry_after: (self.retry > 0).then_some(ms(self.retry) * 1000),
                    cost: ANSWER_COST,
                },
            },
            down: ms(self.down),
            round_trip: ROUND_TRIP,
            connect_timeout: CONNECT_TIMEOUT,
            hint: match self.hint {
                Hint::Nothing => None,
                Hint::Restart => Some(reconnecting::Hint::ServiceRestart),
            },
            limit: LIMIT,
            seed: self.seed.into(),
        }
    }

    /// How long it takes at best until everybody is back, in microseconds: the server works all the time.
    pub fn at_best(&self) -> Micros {
        ms(self.down) + Micros::from(self.clients) * SECOND / Micros::from(self.rate.max(1))
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

fn a_second(n: u32) -> String {
    format!("{} /s", grouped(n.into()))
}

fn or_none(ms: u32) -> String {
    if ms == 0 { "none".into() } else { span(ms) }
}

fn or_none_aloud(ms: u32) -> String {
    if ms == 0 {
        "none".into()
    } else {
        span_aloud(ms)
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::choice(
            "left",
            "The one half",
            options!(left {
                "at-once": "At once" => Strategy::AtOnce,
                "fixed": "Fixed" => Strategy::Fixed,
                "exponential": "Exponential" => Strategy::Exponential,
                "full": "Full jitter" => Strategy::FullJitter,
                "equal": "Equal jitter" => Strategy::EqualJitter,
                "decorrelated": "Decorrelated" => Strategy::Decorrelated,
            }),
        ),
        Field::choice(
            "right",
            "The other half",
            options!(right {
                "at-once": "At once" => Strategy::AtOnce,
                "fixed": "Fixed" => Strategy::Fixed,
                "exponential": "Exponential" => Strategy::Exponential,
                "full": "Full jitter" => Strategy::FullJitter,
                "equal": "Equal jitter" => Strategy::EqualJitter,
                "decorrelated": "Decorrelated" => Strategy::Decorrelated,
            }),
        ),
        Field::flag(
            "shown",
            "The outcome",
            ["hidden", "shown"],
            |s| s.shown,
            |s, on| s.shown = on,
        ),
        Field::stops(
            "clients",
            SliderSpec {
                label: "Clients",
                stops: &[
                    1, 10, 100, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000,
                    500_000, 1_000_000,
                ],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "client", "clients"),
            },
            |s| s.clients,
            |s, n| s.clients = n,
        ),
        Field::stops(
            "rate",
            SliderSpec {
                label: "The server takes",
                stops: &[10, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
                short: a_second,
                aloud: |n| format!("{} a second", counted(n.into(), "handshake", "handshakes")),
            },
            |s| s.rate,
            |s, n| s.rate = n,
        ),
        Field::stops(
            "backlog",
            SliderSpec {
                label: "May wait",
                stops: &[0, 10, 50, 128, 500, 1024, 4096, 16_384],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "connection", "connections"),
            },
            |s| s.backlog,
            |s, n| s.backlog = n,
        ),
        Field::stops(
            "down",
            SliderSpec {
                label: "Away for",
                stops: &[0, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000],
                short: or_none,
                aloud: or_none_aloud,
            },
            |s| s.down,
            |s, n| s.down = n,
        ),
        Field::choice(
            "rest",
            "When full, a client",
            options!(rest {
                "refuse": "is refused" => Rest::Refuse,
                "silence": "hears nothing" => Rest::Silence,
                "503": "gets 503" => Rest::Unavailable,
            }),
        ),
        Field::stops(
            "retry",
            SliderSpec {
                label: "503 asks to wait",
                stops: &[0, 1, 2, 5, 10, 30, 60],
                short: |n| or_none(n * 1000),
                aloud: |n| or_none_aloud(n * 1000),
            },
            |s| s.retry,
            |s, n| s.retry = n,
        ),
        Field::choice(
            "hint",
            "The server left with",
            options!(hint {
                "none": "no word" => Hint::Nothing,
                "1012": "1012: 5 to 30 s" => Hint::Restart,
            }),
        ),
        Field::stops(
            "base",
            SliderSpec {
                label: "First wait",
                stops: &[50, 100, 200, 500, 1000, 2000, 5000, 10_000],
                short: span,
                aloud: span_aloud,
            },
            |s| s.base,
            |s, n| s.base = n,
        ),
        Field::stops(
            "factor",
            SliderSpec {
                label: "Then times",
                stops: &[1, 2, 3, 4],
                short: |n| format!("× {n}"),
                aloud: |n| format!("times {n}"),
            },
            |s| s.factor,
            |s, n| s.factor = n,
        ),
        Field::stops(
            "cap",
            SliderSpec {
                label: "At most",
                stops: &[
                    1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000,
                ],
                short: span,
                aloud: span_aloud,
            },
            |s| s.cap,
            |s, n| s.cap = n,
        ),
        Field::stops(
            "attempts",
            SliderSpec {
                label: "Gives up after",
                stops: &[0, 3, 5, 10, 20],
                short: |n| {
                    if n == 0 {
                        "never".into()
                    } else {
                        n.to_string()
                    }
                },
                aloud: |n| {
                    if n == 0 {
                        "never".into()
                    } else {
                        counted(n.into(), "attempt", "attempts")
                    }
                },
            },
            |s| s.attempts,
            |s, n| s.attempts = n,
        ),
        Field::stops(
            "spread",
            SliderSpec {
                label: "First ones spread over",
                stops: &[0, 10, 50, 100, 500, 1000, 5000, 10_000, 30_000],
                short: or_none,
                aloud: or_none_aloud,
            },
            |s| s.spread,
            |s, n| s.spread = n,
        ),
        Field::whole("seed", 1, 1_000_000, |s| s.seed, |s, n| s.seed = n),
    ];
}
