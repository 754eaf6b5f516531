//! What the reader sets for a stream by four transports, and how it stands in the address.

use crate::kit::number::{counted, span, span_aloud};
use crate::kit::settings::{self, Field};
use crate::kit::slider::SliderSpec;
use crate::live::transports::{Clients, Plan, ProxyFault};
use crate::options;

/// What the reader sets. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Mean time between two messages.
    pub every: u32,
    /// Whether they come at random.
    pub random: bool,
    /// Bytes of each.
    pub bytes: u32,
    /// Time from one poll to the next.
    pub poll: u32,
    /// How long a long poll is held.
    pub hold: u32,
    /// How long messages come.
    pub lasts: u32,
    /// What stands in between.
    pub proxy: Option<ProxyFault>,
    /// After how long the proxy that cuts does so.
    pub cut: u32,
    /// How long a server that restarts is away.
    pub down: u32,
    /// Who reads.
    pub clients: Clients,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            every: 500,
            random: true,
            bytes: 64,
            poll: 2000,
            hold: 30_000,
            lasts: 20_000,
            proxy: None,
            cut: 5000,
            down: 2000,
            clients: Clients::All,
        }
    }
}

impl Settings {
    /// The plan of a run. `seed` is for times at random.
    pub fn plan(&self, seed: u64) -> Plan {
        Plan {
            every_ms: self.every,
            seed: self.random.then_some(seed),
            bytes: self.bytes,
            last_ms: self.lasts,
            poll_ms: self.poll,
            hold_ms: self.hold,
            proxy: self.proxy,
            cut_ms: self.cut,
            clients: self.clients,
        }
    }
}

/// A set-up to begin with: what its chip says, and its settings.
type SetUp = (&'static str, fn() -> Settings);

/// Set-ups to begin with.
pub const SET_UPS: [SetUp; 4] = [
    ("Notifications", Settings::default),
    ("Prices", || Settings {
        every: 50,
        random: false,
        bytes: 256,
        poll: 1000,
        ..Settings::default()
    }),
    ("Rare alerts", || Settings {
        every: 5000,
        poll: 1000,
        lasts: 30_000,
        ..Settings::default()
    }),
    ("A fallback, behind a wall", || Settings {
        proxy: Some(ProxyFault::Blocks),
        clients: Clients::Fallback,
        ..Settings::default()
    }),
];

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::stops(
            "every",
            SliderSpec {
                label: "A message every",
                stops: &[20, 50, 100, 200, 500, 1000, 2000, 5000],
                short: span,
                aloud: span_aloud,
            },
            |s| s.every,
            |s, n| s.every = n,
        ),
        Field::stops(
            "bytes",
            SliderSpec {
                label: "Its text",
                stops: &[1, 16, 64, 256, 1024, 4096],
                short: |n| format!("{n} B"),
                aloud: |n| counted(n.into(), "byte", "bytes"),
            },
            |s| s.bytes,
            |s, n| s.bytes = n,
        ),
        Field::stops(
            "poll",
            SliderSpec {
                label: "A poll every",
                stops: &[250, 500, 1000, 2000, 5000, 10_000],
                short: span,
                aloud: span_aloud,
            },
            |s| s.poll,
            |s, n| s.poll = n,
        ),
        Field::stops(
            "hold",
            SliderSpec {
                label: "A long poll is held for",
                stops: &[500, 1000, 2000, 5000, 10_000, 30_000, 60_000],
                short: span,
                aloud: span_aloud,
            },
            |s| s.hold,
            |s, n| s.hold = n,
        ),
        Field::stops(
            "lasts",
            SliderSpec {
                label: "The stream lasts",
                stops: &[3000, 5000, 10_000, 20_000, 30_000, 60_000],
                short: span,
                aloud: span_aloud,
            },
            |s| s.lasts,
            |s, n| s.lasts = n,
        ),
        Field::stops(
            "down",
            SliderSpec {
                label: "A restart takes",
                stops: &[100, 500, 1000, 2000, 5000, 10_000],
                short: span,
                aloud: span_aloud,
            },
            |s| s.down,
            |s, n| s.down = n,
        ),
        Field::stops(
            "cut",
            SliderSpec {
                label: "A proxy cuts after",
                stops: &[1000, 2000, 5000, 10_000, 30_000, 60_000],
                short: span,
                aloud: span_aloud,
            },
            |s| s.cut,
            |s, n| s.cut = n,
        ),
        Field::flag(
            "random",
            "Messages come",
            ["evenly", "at random"],
            |s| s.random,
            |s, on| s.random = on,
        ),
        Field::choice(
            "proxy",
            "In between",
            options!(proxy {
                "none": "no proxy" => None,
                "blocks": "it blocks upgrades" => Some(ProxyFault::Blocks),
                "buffers": "it buffers" => Some(ProxyFault::Buffers),
                "cuts": "it cuts" => Some(ProxyFault::Cuts),
            }),
        ),
        Field::choice(
            "clients",
            "Who reads",
            options!(clients {
                "all": "all four" => Clients::All,
                "fallback": "one, with a fallback" => Clients::Fallback,
            }),
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::settings::{Kind, Settings as _};
    use crate::live::transports::{BYTES, CUT_MS, EVERY_MS, HOLD_MS, LAST_MS};

    #[test]
    fn the_server_takes_all_that_can_be_set() {
        for (key, takes) in [
            ("every", EVERY_MS),
            ("bytes", BYTES),
            ("hold", HOLD_MS),
            ("lasts", LAST_MS),
            ("cut", CUT_MS),
        ] {
            let field = Settings::FIELDS.iter().find(|field| field.key == key);
            let Some(Kind::Stops { spec, .. }) = field.map(|field| &field.kind) else {
                panic!("{key} is no slider");
            };
            let (least, most) = spec.bounds();
            assert!(takes.contains(&least) && takes.contains(&most), "{key}");
        }
    }

    #[test]
    fn a_seed_is_sent_for_random_times_only() {
        let even = Settings {
            random: false,
            ..Settings::default()
        };
        assert_eq!(even.plan(7).seed, None);
        assert_eq!(Settings::default().plan(7).seed, Some(7));
    }
}
