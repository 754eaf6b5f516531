//! What the reader sets for a message's way, and how it stands in the address.

use sim::cluster::routing::{Backplane, Balancer, Event, Params};

use crate::kit::number::{counted, grouped};
use crate::kit::settings::{self, Field};
use crate::kit::slider::SliderSpec;
use crate::options;

/// Points of each server on the circle of a consistent hash.
pub const POINTS: u16 = 150;
/// How many others a server tells in a round of gossip.
pub const FANOUT: u16 = 3;
/// Of a thousand users, so many lose their line.
pub const LINES: u16 = 250;
/// Messages that are sent for the sums.
pub const MESSAGES: u32 = 1_000;
/// The most users that are drawn one by one.
pub const DRAWN_USERS: u32 = 60;
/// The most servers that are drawn with their users.
pub const DRAWN_SERVERS: u32 = 6;

/// What happens before the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing.
    Nothing,
    /// The last server dies.
    Kill,
    /// A server is added.
    Add,
    /// All servers are replaced, one after another, each at once.
    Deploy,
    /// The same with draining.
    Drain,
    /// Some users lose their line.
    Lines,
}

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the users are spread.
    pub balancer: Balancer,
    /// What joins the servers.
    pub join: Backplane,
    /// What happens before.
    pub event: Before,
    /// How many servers there are.
    pub servers: u32,
    /// How many users.
    pub users: u32,
    /// How many of them share one address; 1 for none.
    pub office: u32,
    /// Members of a room; 1 for a message to one other user.
    pub room: u32,
    /// Whether the message is sent, and the outcome shown.
    pub sent: bool,
    /// Decides all that is drawn at random.
    pub draw: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            balancer: Balancer::RoundRobin,
            join: Backplane::None,
            event: Before::Nothing,
            servers: 4,
            users: 40,
            office: 1,
            room: 8,
            sent: false,
            draw: 1,
        }
    }
}

impl Settings {
    /// What the model is given.
    pub fn params(&self) -> Params {
        let office = self.office.clamp(1, self.users.max(1));
        let share = u64::from(office) * 1000;
        let permille = share.div_ceil(u64::from(self.users.max(1))).min(1000) as u16;
        Params {
            clients: self.users,
            servers: self.servers as u16,
            balancer: self.balancer,
            office,
            in_offices_permille: if office > 1 { permille } else { 0 },
            backplane: self.join,
            room: self.room,
            messages: MESSAGES,
            events: self.happens().into_iter().collect(),
            seed: self.draw.into(),
        }
        .clamped()
    }

    /// What happens before the message, as the model has it.
    pub fn happens(&self) -> Option<Event> {
        match self.event {
            Before::Nothing => None,
            Before::Kill => Some(Event::Kill(self.servers.saturating_sub(1) as u16)),
            Before::Add => Some(Event::Add),
            Before::Deploy => Some(Event::Deploy { drain: false }),
            Before::Drain => Some(Event::Deploy { drain: true }),
            Before::Lines => Some(Event::LinesBreak { permille: LINES }),
        }
    }

    /// How many users are behind a shared address.
    pub fn in_offices(&self) -> u32 {
        let params = self.params();
        let share = u64::from(params.in_offices_permille);
        (u64::from(params.clients) * share / 1000) as u32
    }

    /// Whether servers and users are few enough to be drawn.
    pub fn is_drawn(&self) -> bool {
        self.users <= DRAWN_USERS && self.servers <= DRAWN_SERVERS
    }
}

/// The name of a balancer, within a sentence.
pub fn name(balancer: Balancer) -> &'static str {
    match balancer {
        Balancer::RoundRobin => "round robin",
        Balancer::LeastConnections => "least connections",
        Balancer::AddressHash => "a hash of the address",
        Balancer::Cookie => "a cookie",
        Balancer::ConsistentHash { .. } => "consistent hashing",
        Balancer::TwoChoices => "two choices",
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::choice(
            "balancer",
            "How the balancer chooses a server",
            options!(balancer {
                "round-robin": "Round robin" => Balancer::RoundRobin,
                "least": "Least connections" => Balancer::LeastConnections,
                "address": "Hash of the address" => Balancer::AddressHash,
                "cookie": "Cookie" => Balancer::Cookie,
                "consistent": "Consistent hash" => Balancer::ConsistentHash { points: POINTS },
                "two": "Two choices" => Balancer::TwoChoices,
            }),
        ),
        Field::choice(
            "join",
            "What joins the servers",
            options!(join {
                "nothing": "Nothing" => Backplane::None,
                "pubsub": "Pub/sub, a topic for each room" => Backplane::PubSub,
                "broadcast": "Pub/sub, one topic for all" => Backplane::Broadcast,
                "gossip": "Gossip" => Backplane::Gossip { fanout: FANOUT },
            }),
        ),
        Field::choice(
            "event",
            "What happens before the message",
            options!(event {
                "none": "Nothing" => Before::Nothing,
                "kill": "A server dies" => Before::Kill,
                "add": "A server is added" => Before::Add,
                "deploy": "Deploy, all at once" => Before::Deploy,
                "drain": "Deploy, draining" => Before::Drain,
                "lines": "A quarter lose their line" => Before::Lines,
            }),
        ),
        Field::stops(
            "servers",
            SliderSpec {
                label: "Servers",
                stops: &[1, 2, 3, 4, 5, 6, 8, 10, 20, 50, 100, 200],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "server", "servers"),
            },
            |s| s.servers,
            |s, n| s.servers = n,
        ),
        Field::stops(
            "users",
            SliderSpec {
                label: "Users",
                stops: &[10, 20, 40, 60, 100, 1000, 10_000, 100_000, 1_000_000],
                short: |n| grouped(n.into()),
                aloud: |n| counted(n.into(), "user", "users"),
            },
            |s| s.users,
            |s, n| s.users = n,
        ),
        Field::stops(
            "office",
            SliderSpec {
                label: "Share one address",
                stops: &[1, 10, 20, 100, 1000, 10_000, 100_000],
                short: |n| {
                    if n == 1 {
                        "none".into()
                    } else {
                        grouped(n.into())
                    }
                },
                aloud: |n| {
                    if n == 1 {
                        "none".into()
                    } else {
                        counted(n.into(), "user", "users")
                    }
                },
            },
            |s| s.office,
            |s, n| s.office = n,
        ),
        Field::stops(
            "room",
            SliderSpec {
                label: "In the room",
                stops: &[1, 3, 8, 20, 100, 1000],
                short: |n| {
                    if n == 1 {
                        "one other".into()
                    } else {
                        grouped(n.into())
                    }
                },
                aloud: |n| {
                    if n == 1 {
                        "a message to one other user".into()
                    } else {
                        counted(n.into(), "user", "users")
                    }
                },
            },
            |s| s.room,
            |s, n| s.room = n,
        ),
        Field::flag(
            "sent",
            "The outcome",
            ["hidden", "shown"],
            |s| s.sent,
            |s, on| s.sent = on,
        ),
        Field::whole("draw", 1, 1_000_000, |s| s.draw, |s, n| s.draw = n),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_office_is_as_large_as_was_said() {
        for (users, office) in [(40, 20), (60, 10), (1000, 100), (10, 100), (37, 11)] {
            let settings = Settings {
                users,
                office,
                ..Settings::default()
            };
            assert_eq!(settings.in_offices(), office.min(users), "{users} {office}");
        }
        assert_eq!(Settings::default().in_offices(), 0);
    }
}
