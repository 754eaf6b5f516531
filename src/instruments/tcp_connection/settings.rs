//! How a TCP connection goes.

use crate::kit::number::{counted, grouped};
use crate::kit::settings::{self, Field};
use crate::kit::slider::SliderSpec;
use crate::options;

/// How it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Everything arrives, and both sides close.
    Orderly,
    /// The first bytes are lost once.
    Lost,
    /// The server ends it at once.
    Reset,
    /// Nobody listens.
    Refused,
}

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How it goes.
    pub course: Course,
    /// How many bytes the client sends.
    pub bytes: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            course: Course::Orderly,
            bytes: 160,
        }
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::choice(
            "course",
            "What happens",
            options!(course {
                "orderly": "All arrives" => Course::Orderly,
                "lost": "A segment is lost" => Course::Lost,
                "reset": "The server resets" => Course::Reset,
                "refused": "Nobody listens" => Course::Refused,
            }),
        ),
        Field::stops(
            "bytes",
            SliderSpec {
                label: "The client sends",
                stops: &[1, 5, 160, 1000, 1460, 1461, 3000, 5000],
                short: |n| format!("{} B", grouped(n.into())),
                aloud: |n| counted(n.into(), "byte", "bytes"),
            },
            |s| s.bytes,
            |s, bytes| s.bytes = bytes,
        ),
    ];
}
