//! What the reader sets for two editors, and how it stands in the address.

use super::clash::Clash;
use super::document::Merge;
use crate::kit::number::{span, span_aloud};
use crate::kit::settings::{self, Field};
use crate::kit::slider::SliderSpec;
use crate::options;

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What both do while the line is cut, to begin with.
    pub both: Clash,
    /// Which of two writes stays.
    pub merge: Merge,
    /// Whether the line between them is whole.
    pub whole: bool,
    /// How long a message takes from one editor to the other, in milliseconds.
    pub way: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            both: Clash::Colour,
            merge: Merge::Stamp,
            whole: false,
            way: 200,
        }
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::choice(
            "both",
            "What both do at once",
            options!(both {
                "colour": "Paint one shape" => Clash::Colour,
                "properties": "Paint it, and move it" => Clash::Properties,
                "title": "Type at one place" => Clash::Title,
                "nothing": "Nothing yet" => Clash::Nothing,
            }),
        ),
        Field::choice(
            "merge",
            "Which write stays",
            options!(merge {
                "stamp": "later stamp" => Merge::Stamp,
                "arrival": "last to arrive" => Merge::Arrival,
            }),
        ),
        Field::flag(
            "line",
            "The line",
            ["cut", "whole"],
            |s| s.whole,
            |s, on| s.whole = on,
        ),
        Field::stops(
            "way",
            SliderSpec {
                label: "From one to the other",
                stops: &[0, 50, 100, 200, 500, 1000, 2000, 5000],
                short: span,
                aloud: span_aloud,
            },
            |s| s.way,
            |s, n| s.way = n,
        ),
    ];
}
