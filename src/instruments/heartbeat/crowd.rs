//! What the reader sets for many connections, and how it stands in the address.

use serde::{Deserialize, Serialize};
use sim::heartbeat::{Cost, CrowdParams, Sizes, cost};
use sim::{MINUTE, Micros};

use super::ping_and_pong;
use crate::address::{Query, Said, cut};
use crate::instruments::knob::{Knob, span, span_aloud};
use crate::ui::{counted, grouped};

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

/// All knobs, in the order in which they stand.
pub static KNOBS: [Knob<Settings>; 8] = [
    Knob {
        key: "clients",
        label: "Clients",
        stops: &[
            100, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000,
        ],
        short: |n| grouped(n.into()),
        long: |n| counted(n.into(), "client", "clients"),
        get: |s| s.clients,
        set: |s, n| s.clients = n,
    },
    Knob {
        key: "life",
        label: "One vanishes after",
        stops: &[60, 180, 360, 720, 1440, 2880, 4320, 10_080],
        short: long,
        long: |n| format!("{} on average", long(n)),
        get: |s| s.life,
        set: |s, n| s.life = n,
    },
    Knob {
        key: "beat",
        label: "Ping every",
        stops: &[
            1000, 2000, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 45_000, 60_000, 90_000,
            120_000, 180_000, 300_000, 600_000,
        ],
        short: span,
        long: |ms| format!("every {}", span_aloud(ms)),
        get: |s| s.beat,
        set: |s, n| s.beat = n,
    },
    Knob {
        key: "pong",
        label: "Wait for the pong",
        stops: &[1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000],
        short: span,
        long: span_aloud,
        get: |s| s.pong,
        set: |s, n| s.pong = n,
    },
    Knob {
        key: "allow",
        label: "Misses allowed",
        stops: &[0, 1, 2, 3, 4, 5],
        short: |n| n.to_string(),
        long: |n| format!("{n} in a row"),
        get: |s| s.allow,
        set: |s, n| s.allow = n,
    },
    Knob {
        key: "says",
        label: "Server speaks every",
        stops: &[0, 1, 5, 10, 30, 60, 180],
        short: long,
        long,
        get: |s| s.says,
        set: |s, n| s.says = n,
    },
    Knob {
        key: "kib",
        label: "Memory of one",
        stops: &[1, 4, 8, 13, 20, 40, 80, 160, 348],
        short: |n| format!("{n} KiB"),
        long: |n| format!("{n} kibibytes"),
        get: |s| s.kib,
        set: |s, n| s.kib = n,
    },
    Knob {
        key: "hours",
        label: "Time shown",
        stops: &[1, 3, 6, 12, 24, 72],
        short: |n| format!("{n} h"),
        long: |n| counted(n.into(), "hour", "hours"),
        get: |s| s.hours,
        set: |s, n| s.hours = n,
    },
];

/// The dead connections in `/heartbeat`: `?clients=100000&beat=30000&headers=0`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrowdQuery {
    /// Living clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clients: Option<String>,
    /// After how many minutes a client vanishes on average.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<String>,
    /// From one ping to the next, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beat: Option<String>,
    /// How long a pong is waited for, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pong: Option<String>,
    /// Misses in a row that are allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow: Option<String>,
    /// How often the server has something else to say, in minutes; 0 for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// What a connection holds, in KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kib: Option<String>,
    /// How long the run is, in hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// `0` where only frames are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<String>,
}

impl Query for CrowdQuery {
    const NAMES: &'static [&'static str] = &[
        "clients", "life", "beat", "pong", "allow", "says", "kib", "hours", "headers",
    ];
}

impl CrowdQuery {
    /// The address of these settings. The plain address is the default.
    pub fn of(settings: &Settings) -> CrowdQuery {
        let plain = Settings::default();
        let number = |get: fn(&Settings) -> u32| {
            let value = get(settings);
            (value != get(&plain)).then(|| value.to_string())
        };
        CrowdQuery {
            clients: number(|s| s.clients),
            life: number(|s| s.life),
            beat: number(|s| s.beat),
            pong: number(|s| s.pong),
            allow: number(|s| s.allow),
            says: number(|s| s.says),
            kib: number(|s| s.kib),
            hours: number(|s| s.hours),
            headers: (!settings.headers).then(|| "0".to_owned()),
        }
    }

    fn value(&self, key: &str) -> Option<&str> {
        match key {
            "clients" => self.clients.as_deref(),
            "life" => self.life.as_deref(),
            "beat" => self.beat.as_deref(),
            "pong" => self.pong.as_deref(),
            "allow" => self.allow.as_deref(),
            "says" => self.says.as_deref(),
            "kib" => self.kib.as_deref(),
            _ => self.hours.as_deref(),
        }
    }
}

/// Reads an address's query. Whatever cannot be used gives the default and a line that says so.
pub fn asked(said: Said<CrowdQuery>) -> (Settings, Vec<String>) {
    let (mut settings, mut problems) = (Settings::default(), Vec::new());
    // What is wrong with the whole address, the timeline above has said.
    let query = said.unwrap_or_default();
    for knob in &KNOBS {
        knob.read(query.value(knob.key), &mut settings, &mut problems);
    }
    match query.headers.as_deref() {
        None | Some("1") => {}
        Some("0") => settings.headers = false,
        Some(text) => problems.push(format!(
            "headers={}: it is 1 or 0. Here it is 1.",
            cut(text)
        )),
    }
    (settings, problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address;

    fn of(query: &str) -> (Settings, Vec<String>) {
        asked(address::read(query))
    }

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        let settings = Settings {
            clients: 5000,
            life: 60,
            beat: 5000,
            pong: 2000,
            allow: 3,
            says: 10,
            kib: 348,
            hours: 3,
            headers: false,
        };
        for settings in [settings, Settings::default()] {
            let query = serde_urlencoded::to_string(CrowdQuery::of(&settings)).unwrap();
            assert_eq!(of(&format!("?{query}")), (settings, Vec::new()));
        }
        assert_eq!(CrowdQuery::of(&Settings::default()), CrowdQuery::default());
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for query in [
            "clients=0",
            "life=x",
            "beat=1",
            "pong=-1",
            "allow=6",
            "says=181",
            "kib=0",
            "hours=100",
            "headers=2",
        ] {
            let (settings, problems) = of(query);
            assert_eq!(settings, Settings::default(), "{query}");
            assert!(
                problems.len() == 1 && problems[0].starts_with(query),
                "{problems:?}"
            );
        }
    }

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
}
