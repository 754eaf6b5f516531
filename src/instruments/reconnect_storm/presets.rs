//! Storms to begin with.

use sim::reconnecting::Strategy;

use super::settings::{Hint, Rest, Settings};

/// A storm to begin with.
pub struct Preset {
    /// What its chip says.
    pub label: &'static str,
    change: fn(&mut Settings),
}

impl Preset {
    /// The settings, with nothing shown yet.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        (self.change)(&mut settings);
        settings
    }

    /// Whether this is what is set.
    pub fn is(&self, settings: &Settings) -> bool {
        let shown = settings.shown;
        Settings {
            shown,
            ..self.settings()
        } == *settings
    }
}

/// All of them, the default first.
pub const PRESETS: &[Preset] = &[
    Preset {
        label: "Backoff without jitter",
        change: |_| {},
    },
    Preset {
        label: "onclose = connect",
        change: |s| {
            s.left = Strategy::AtOnce;
            s.clients = 10_000;
            s.rate = 200;
        },
    },
    Preset {
        label: "A tiny spread",
        change: |s| s.spread = 100,
    },
    Preset {
        label: "503, Retry-After: 10",
        change: |s| {
            s.left = Strategy::FullJitter;
            s.right = Strategy::Decorrelated;
            s.rest = Rest::Unavailable;
            s.retry = 10;
        },
    },
    Preset {
        label: "Closed with 1012",
        change: |s| {
            s.hint = Hint::Restart;
            s.clients = 20_000;
        },
    },
    Preset {
        label: "A million",
        change: |s| {
            s.clients = 1_000_000;
            s.rate = 5000;
            s.backlog = 4096;
            s.left = Strategy::EqualJitter;
        },
    },
];
