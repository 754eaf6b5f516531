//! What the reader sets at the real pings.

use crate::kit::settings::{self, Field, options};

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Seconds from one ping of the server to the next.
    pub pings: u32,
    /// Seconds from one heartbeat of the script to the next; 0 for none.
    pub beats: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { pings: 2, beats: 5 }
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::choice(
            "pings",
            "The server pings every",
            options!(pings { "1": "1 s" => 1, "2": "2 s" => 2, "5": "5 s" => 5, "10": "10 s" => 10 }),
        ),
        Field::choice(
            "beats",
            "The script asks every",
            options!(beats { "0": "off" => 0, "1": "1 s" => 1, "2": "2 s" => 2, "5": "5 s" => 5, "10": "10 s" => 10 }),
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::settings::{Kind, Settings as _};

    #[test]
    fn what_is_offered_is_what_the_server_takes() {
        let Kind::Choice(options) = &Settings::FIELDS[0].kind else {
            panic!("pings are chosen");
        };
        for option in *options {
            let mut settings = Settings::default();
            (option.choose)(&mut settings);
            // `crates/server` allows 100ms to 1h.
            assert!((1..=3600).contains(&settings.pings), "{}", option.name);
        }
    }
}
