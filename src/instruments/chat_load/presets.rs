//! Chats to begin with.

use sim::cluster::chat::{Policy, Preset};

use super::settings::{Fault, Settings};

/// A chat to begin with.
pub struct Start {
    /// What its chip says.
    pub label: &'static str,
    settings: fn() -> Settings,
}

impl Start {
    /// The settings, with nothing run yet.
    pub fn settings(&self) -> Settings {
        (self.settings)()
    }

    /// Whether this is what is set.
    pub fn is(&self, settings: &Settings) -> bool {
        let ran = settings.ran;
        Settings {
            ran,
            ..self.settings()
        } == *settings
    }
}

/// All of them, the default first.
pub const STARTS: &[Start] = &[
    Start {
        label: "A chat",
        settings: Settings::default,
    },
    Start {
        label: "Market data",
        settings: || Settings::of(Preset::MarketData),
    },
    Start {
        label: "An editor",
        settings: || Settings::of(Preset::CollaborativeEditing),
    },
    Start {
        label: "Nine tenths of what it can do",
        settings: || Settings {
            people: 800,
            group: 800,
            gateways: 1,
            ..Settings::default()
        },
    },
    Start {
        label: "A server dies",
        settings: || Settings {
            people: 20_000,
            gateways: 2,
            fault: Fault::ServerDies,
            ..Settings::default()
        },
    },
    Start {
        label: "Slow readers, long queues",
        settings: || Settings {
            slow: 50,
            queue: 10_000,
            full: Policy::Drop,
            ..Settings::of(Preset::MarketData)
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::settings::{parse, write};

    #[test]
    fn each_is_itself_alone_and_has_a_link() {
        for start in STARTS {
            let settings = start.settings();
            let same = STARTS.iter().filter(|other| other.is(&settings));
            assert_eq!(same.count(), 1, "{}", start.label);
            let pairs = write(&settings).unwrap();
            assert_eq!(parse::<Settings>(&pairs).settings, settings);
        }
    }

    #[test]
    fn nine_tenths_are_nine_tenths() {
        let load = STARTS[3].settings().params().load();
        assert!((0.88..0.92).contains(&load), "{load}");
    }

    /// The one that is left has more than it can do.
    #[test]
    fn where_a_server_dies_the_rest_is_too_little() {
        let load = STARTS[4].settings().params().load();
        assert!(load < 0.8 && load * 2.0 > 1.2, "{load}");
    }
}
