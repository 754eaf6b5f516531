//! What the reader sets for a channel, and how it stands in the address.

use sim::cluster::channel;
use sim::cluster::routing::{self, Backplane, Balancer};

use crate::kit::number::{counted, grouped, span, span_aloud};
use crate::kit::settings::{self, Field};
use crate::kit::slider::SliderSpec;
use crate::options;

/// Seconds between two pings, and for which a long poll is held: as reported of Slack in the text that this site explains.
pub const PING_S: u32 = 30;
/// The same for a long poll.
pub const HOLD_S: u32 = 30;
/// Users on the gateways for each member of the channel.
const USERS_EACH: u32 = 10;

/// What joins the gateways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topics {
    /// A topic for each channel.
    Channel,
    /// One topic for all.
    All,
}

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Members that are online.
    pub members: u32,
    /// Messages in an hour.
    pub messages: u32,
    /// Seconds between two polls.
    pub poll: u32,
    /// Gateways.
    pub gateways: u32,
    /// Of a hundred members, those whose proxy lets no WebSocket through.
    pub blocked: u32,
    /// What a gateway subscribes to.
    pub topics: Topics,
    /// Whether the counts are shown.
    pub shown: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            members: 1_000,
            messages: 60,
            poll: 5,
            gateways: 20,
            blocked: 2,
            topics: Topics::Channel,
            shown: false,
        }
    }
}

impl Settings {
    /// What the hour’s model is given.
    pub fn hour(&self) -> channel::Params {
        channel::Params {
            members: self.members,
            messages: self.messages,
            poll_s: self.poll,
            ping_s: PING_S,
            hold_s: HOLD_S,
            seed: 1,
        }
    }

    /// Members behind such a proxy.
    pub fn blocked_members(&self) -> u64 {
        u64::from(self.members) * u64::from(self.blocked) / 100
    }

    /// The gateways with their users, as the routing model is given them. The channel is one of ten.
    pub fn cluster(&self) -> routing::Params {
        routing::Params {
            clients: self.members * USERS_EACH,
            servers: self.gateways as u16,
            balancer: Balancer::TwoChoices,
            office: 1,
            in_offices_permille: 0,
            backplane: match self.topics {
                Topics::Channel => Backplane::PubSub,
                Topics::All => Backplane::Broadcast,
            },
            room: self.members,
            messages: 1,
            events: Vec::new(),
            seed: 1,
        }
    }
}

fn every(seconds: u32) -> String {
    span(seconds * 1000)
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::stops(
            "members",
            SliderSpec {
                label: "Members online",
                stops: &[3, 10, 30, 100, 300, 1_000, 3_000, 10_000],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "member", "members"),
            },
            |s| s.members,
            |s, n| s.members = n,
        ),
        Field::stops(
            "messages",
            SliderSpec {
                label: "Messages",
                stops: &[0, 1, 6, 12, 30, 60, 120, 300, 600, 1_800, 3_600],
                short: |n| format!("{} / h", grouped(n.into())),
                aloud: |n| format!("{} in an hour", counted(n.into(), "message", "messages")),
            },
            |s| s.messages,
            |s, n| s.messages = n,
        ),
        Field::stops(
            "poll",
            SliderSpec {
                label: "Polled every",
                stops: &[1, 2, 3, 5, 10, 20, 30, 60, 300],
                short: every,
                aloud: |n| span_aloud(n * 1000),
            },
            |s| s.poll,
            |s, n| s.poll = n,
        ),
        Field::stops(
            "gateways",
            SliderSpec {
                label: "Gateways",
                stops: &[1, 2, 3, 5, 10, 20, 40],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "gateway", "gateways"),
            },
            |s| s.gateways,
            |s, n| s.gateways = n,
        ),
        Field::stops(
            "blocked",
            SliderSpec {
                label: "WebSockets blocked",
                stops: &[0, 1, 2, 5, 10, 20, 50],
                short: |n| format!("{n} %"),
                aloud: |n| format!("{n} percent of the members"),
            },
            |s| s.blocked,
            |s, n| s.blocked = n,
        ),
        Field::choice(
            "topics",
            "What a gateway subscribes to",
            options!(topics {
                "channel": "A topic for each channel" => Topics::Channel,
                "all": "One topic for all channels" => Topics::All,
            }),
        ),
        Field::flag(
            "hour",
            "The counts",
            ["hidden", "shown"],
            |s| s.shown,
            |s, on| s.shown = on,
        ),
    ];
}
