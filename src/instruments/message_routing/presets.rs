//! States to begin with.

use sim::cluster::routing::{Backplane, Balancer};

use super::settings::{Before, Settings};

/// A state to begin with.
pub struct Preset {
    /// What its chip says.
    pub label: &'static str,
    change: fn(&mut Settings),
}

impl Preset {
    /// The settings, with nothing sent yet.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        (self.change)(&mut settings);
        settings
    }

    /// Whether this is what is set.
    pub fn is(&self, settings: &Settings) -> bool {
        let sent = settings.sent;
        Settings {
            sent,
            ..self.settings()
        } == *settings
    }
}

/// All of them.
pub const PRESETS: &[Preset] = &[
    Preset {
        label: "Two servers, nothing between",
        change: |s| {
            s.servers = 2;
            s.users = 20;
        },
    },
    Preset {
        label: "Joined by pub/sub",
        change: |s| s.join = Backplane::PubSub,
    },
    Preset {
        label: "Sticky by address, an office",
        change: |s| {
            s.balancer = Balancer::AddressHash;
            s.join = Backplane::PubSub;
            s.office = 20;
        },
    },
    Preset {
        label: "A server dies",
        change: |s| {
            s.join = Backplane::PubSub;
            s.event = Before::Kill;
        },
    },
    Preset {
        label: "Deploy without draining",
        change: |s| {
            s.join = Backplane::PubSub;
            s.event = Before::Deploy;
        },
    },
    Preset {
        label: "A million on a hundred",
        change: |s| {
            s.servers = 100;
            s.users = 1_000_000;
            s.room = 20;
        },
    },
];
