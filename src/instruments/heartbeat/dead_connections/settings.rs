//! What the reader sets for many connections, and how it stands in the address.

use sim::heartbeat::{Cost, CrowdParams, Sizes, cost};
use sim::{MINUTE, Micros};

use crate::instruments::heartbeat::ping_and_pong;
use crate::kit::number::{counted, grouped, span, span_aloud};
use crate::kit::settings::{self, Field};
use crate::kit::slider::SliderSpec;

/// TCP and IP headers of a packet without options, in bytes: 20 each (RFC 9293 §3.1, RFC 791 §3.1).
const HEADERS: u64 = 40;

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Living clients.
    pub clients: u32,
    /// How long a client lives, in minutes.
    pub life: u32,
    /// From one ping to the next, in milliseconds.
    pub beat: u32,
    /// How long a pong is waited for, in milliseconds.
    pub pong: u32,
    /// Misses in a row that are allowed.
    pub allow: u32,
    /// How often the server has something else to say, in minutes; 0 for never.
    pub says: u32,
    /// What a connection holds, in KiB.
    pub kib: u32,
    /// How long the run is, in hours.
    pub hours: u32,
    /// Whether the headers of TCP and IP are counted too.
    pub headers: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            clients: 100_000,
            life: 24 * 60,
            beat: 30_000,
            pong: 10_000,
            allow: 1,
            says: 0,
            kib: 13,
            hours: 12,
            headers: true,
        }
    }
}

impl Settings {
    /// What the model runs with.
    pub fn params(&self) -> CrowdParams {
        CrowdParams {
            clients: self.clients,
            life: Micros::from(self.life) * MINUTE,
            interval: Micros::from(self.beat) * 1000,
            timeout: Micros::from(self.pong) * 1000,
            allowed: self.allow,
            says: (self.says > 0).then(|| Micros::from(self.says) * MINUTE),
            duration: Micros::from(self.hours) * 60 * MINUTE,
            seed: 1,
        }
    }

    /// What heartbeats cost at this interval.
    pub fn cost(&self, interval: Micros) -> Cost {
        let (ask, answer) = ping_and_pong();
        let headers = if self.headers { HEADERS } else { 0 };
        cost(
            self.clients,
            interval,
            &Sizes {
                ask,
                answer,
                headers,
            },
        )
    }
}

/// Minutes as a span.
pub fn long(minutes: u32) -> String {
    match minutes {
        0 => "never".to_owned(),
        1..60 => format!("{minutes} min"),
        60..1440 => format!("{} h", f64::from(minutes) / 60.0),
        1440 => "1 day".to_owned(),
        _ => format!("{} days", f64::from(minutes) / 1440.0),
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::stops(
            "clients",
            SliderSpec {
                label: "Clients",
                stops: &[
                    100, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
                    1_000_000,
                ],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "client", "clients"),
            },
            |s| s.clients,
            |s, n| s.clients = n,
        ),
        Field::stops(
            "life",
            SliderSpec {
                label: "One vanishes after",
                stops: &[60, 180, 360, 720, 1440, 2880, 4320, 10_080],
                short: long,
                aloud: |n| format!("{} on average", long(n)),
            },
            |s| s.life,
            |s, n| s.life = n,
        ),
        Field::stops(
            "beat",
            SliderSpec {
                label: "Ping every",
                stops: &[
                    1000, 2000, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 45_000, 60_000,
                    90_000, 120_000, 180_000, 300_000, 600_000,
                ],
                short: span,
                aloud: |ms| format!("every {}", span_aloud(ms)),
            },
            |s| s.beat,
            |s, n| s.beat = n,
        ),
        Field::stops(
            "pong",
            SliderSpec {
                label: "Wait for the pong",
                stops: &[1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000],
                short: span,
                aloud: span_aloud,
            },
            |s| s.pong,
            |s, n| s.pong = n,
        ),
        Field::stops(
            "allow",
            SliderSpec {
                label: "Misses allowed",
                stops: &[0, 1, 2, 3, 4, 5],
                short: |n| n.to_string(),
                aloud: |n| format!("{n} in a row"),
            },
            |s| s.allow,
            |s, n| s.allow = n,
        ),
        Field::stops(
            "says",
            SliderSpec {
                label: "Server speaks every",
                stops: &[0, 1, 5, 10, 30, 60, 180],
                short: long,
                aloud: long,
            },
            |s| s.says,
            |s, n| s.says = n,
        ),
        Field::stops(
            "kib",
            SliderSpec {
                label: "Memory of one",
                stops: &[1, 4, 8, 13, 20, 40, 80, 160, 348],
                short: |n| format!("{n} KiB"),
                aloud: |n| format!("{n} kibibytes"),
            },
            |s| s.kib,
            |s, n| s.kib = n,
        ),
        Field::stops(
            "hours",
            SliderSpec {
                label: "Time shown",
                stops: &[1, 3, 6, 12, 24, 72],
                short: |n| format!("{n} h"),
                aloud: |n| counted(n.into(), "hour", "hours"),
            },
            |s| s.hours,
            |s, n| s.hours = n,
        ),
        Field::flag(
            "headers",
            "What is counted",
            ["frames only", "with headers"],
            |s| s.headers,
            |s, on| s.headers = on,
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_interval_costs_twice_and_carries_fewer() {
        let settings = Settings::default();
        let [one, two] = [30, 15].map(|s| settings.cost(s * sim::SECOND));
        assert_eq!(two.bytes_per_second, 2.0 * one.bytes_per_second);
        // 8 + 12 bytes of frames, and three packets' headers.
        assert_eq!(one.bytes, 8 + 12 + 3 * 40);
        let bare = Settings {
            headers: false,
            ..settings
        };
        assert_eq!(bare.cost(sim::SECOND).bytes, 20);
    }

    #[test]
    fn minutes_for_people() {
        assert_eq!(
            (long(0), long(90), long(1440)),
            ("never".into(), "1.5 h".into(), "1 day".into())
        );
    }

    #[test]
    fn the_prediction_is_what_the_formula_gives() {
        let params = Settings::default().params();
        let (_, said) = crate::kit::prediction::answers::right("dead-on-the-server");
        let dead = params.steady_with();
        let each = dead / params.deaths_per_second();
        for figure in [
            format!("{:.3} s", 1.0 / params.deaths_per_second()),
            format!("{each:.0} s on average"),
            format!("{dead:.0} at any moment"),
        ] {
            assert!(said.contains(&figure), "{figure}: {said}");
        }
    }
}
