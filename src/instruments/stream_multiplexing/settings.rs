//! What the reader sets for the streams, and how it stands in the address.

use crate::kit::number::{counted, grouped};
use crate::kit::settings::{self, Field};
use crate::kit::slider::SliderSpec;
use crate::options;

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Updates of each stream in a second.
    pub rate: u32,
    /// Bytes of an update.
    pub size: u32,
    /// Whether each stream has a connection of its own.
    pub own: bool,
    /// Streams of a client, for the sum.
    pub each: u32,
    /// Clients, for the sum.
    pub crowd: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            rate: 10,
            size: 200,
            own: false,
            each: 20,
            crowd: 1_000_000,
        }
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::stops(
            "rate",
            SliderSpec {
                label: "Updates of each stream",
                stops: &[10, 20, 30, 50, 75, 100],
                short: |n| format!("{n} / s"),
                aloud: |n| format!("{n} in a second"),
            },
            |s| s.rate,
            |s, n| s.rate = n,
        ),
        Field::stops(
            "size",
            SliderSpec {
                label: "Bytes of an update",
                stops: &[100, 125, 126, 150, 200, 300, 400, 500],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "byte", "bytes"),
            },
            |s| s.size,
            |s, n| s.size = n,
        ),
        Field::choice(
            "per",
            "Connections",
            options!(own {
                "client": "One for all streams" => false,
                "stream": "One for each stream" => true,
            }),
        ),
        Field::stops(
            "each",
            SliderSpec {
                label: "Streams of a client",
                stops: &[1, 2, 5, 10, 20, 50, 100, 200],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "stream", "streams"),
            },
            |s| s.each,
            |s, n| s.each = n,
        ),
        Field::stops(
            "crowd",
            SliderSpec {
                label: "Clients",
                stops: &[1, 100, 10_000, 100_000, 1_000_000],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "client", "clients"),
            },
            |s| s.crowd,
            |s, n| s.crowd = n,
        ),
    ];
}
