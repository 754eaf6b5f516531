//! The sentences of a message's way.

use sim::cluster::routing::{Backplane, Balancer, Happened, Moved, Output};

use super::drawn::Drawn;
use super::settings::{Before, Settings, name};
use crate::kit::number::{counted, fixed, grouped};

/// What the reader says before the message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// All for whom it is.
    Everyone,
    /// Those on the sender's server.
    SameServer,
    /// None of them.
    Nobody,
}

/// How far messages got: for how many others they were, and how many got them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// For how many they were, the senders left out.
    pub meant: u64,
    /// How many got them.
    pub got: u64,
}

impl Reach {
    /// Of all messages of a run.
    pub fn of(settings: &Settings, output: &Output) -> Reach {
        let messages = &output.messages;
        // Who sends to the own room gets the frame too, where there is a server at all.
        let itself = match (settings.room, output.connected) {
            (1, _) => [0, 0],
            (_, 0) => [messages.sent, 0],
            _ => [messages.sent, messages.sent],
        };
        Reach {
            meant: (messages.reached + messages.missed).saturating_sub(itself[0]),
            got: messages.reached.saturating_sub(itself[1]),
        }
    }

    /// Of the message that is drawn.
    pub fn of_one(drawn: &Drawn) -> Reach {
        Reach {
            meant: drawn.meant.into(),
            got: drawn.got.into(),
        }
    }

    /// Whether what was said is so.
    pub fn agrees(self, guess: Guess, join: Backplane) -> bool {
        match guess {
            Guess::Everyone => self.got == self.meant,
            Guess::Nobody => self.got == 0,
            Guess::SameServer => join == Backplane::None && (self.got > 0 || self.meant == 0),
        }
    }
}

fn users(n: impl Into<u64>) -> String {
    counted(n.into(), "user", "users")
}

/// `1.9`, of a sum and of how many.
fn mean(sum: u64, of: u64) -> String {
    let of = of.max(1);
    match sum / of {
        // Where there are many, a tenth of one says nothing.
        1000.. => grouped((sum + of / 2) / of),
        _ => fixed((sum * 10 + of / 2) / of, 1),
    }
}

/// What is the case before the message.
pub fn situation(settings: &Settings) -> String {
    let join = match settings.join {
        _ if settings.servers == 1 => "",
        Backplane::None => ", and nothing joins them",
        Backplane::PubSub => ", joined by pub/sub with a topic for each room",
        Backplane::Broadcast => ", joined by pub/sub with one topic for all",
        Backplane::Gossip { .. } => ", joined by gossip",
    };
    let event = match settings.event {
        Before::Nothing => "",
        Before::Kill => " Then a server dies, and its users come back.",
        Before::Add => " Then a server is added.",
        Before::Deploy => " Then every server is replaced, one after another, each at once.",
        Before::Drain => " Then every server is drained and replaced, one after another.",
        Before::Lines => " Then a quarter of the users lose their line and come back.",
    };
    let office = match settings.in_offices() {
        0 => String::new(),
        n if n <= settings.office => format!(" {} of them share one address.", grouped(n.into())),
        n => format!(
            " {} of them are in offices, {} behind one address.",
            grouped(n.into()),
            grouped(settings.office.into())
        ),
    };
    format!(
        "{} are on {}{join}. The balancer goes by {}.{office}{event}",
        users(settings.users),
        counted(settings.servers.into(), "server", "servers"),
        name(settings.balancer),
    )
}

/// Who got it, and whether the reader said so.
pub fn verdict(settings: &Settings, guess: Option<Guess>, reach: Reach, one: bool) -> String {
    let said = match guess {
        None => "",
        Some(guess) if reach.agrees(guess, settings.join) => "As you said. ",
        Some(_) => "Not what you said. ",
    };
    let sum = match (one, reach.got, reach.meant) {
        (true, 1, 1) => "The other user got it.".to_owned(),
        (true, _, 1) => "The other user missed it.".to_owned(),
        (true, 2, 2) => "Everyone got it: both others in the room.".to_owned(),
        (true, got, meant) if got == meant => {
            format!(
                "Everyone got it: all {} others in the room.",
                grouped(meant)
            )
        }
        (true, 0, meant) => format!(
            "Nobody got it: none of the {} others in the room.",
            grouped(meant)
        ),
        (true, got, meant) => format!(
            "{} of the {} others in the room got it, and {} missed it.",
            grouped(got),
            grouped(meant),
            grouped(meant - got)
        ),
        (false, got, meant) if got == meant => "Everyone got every message.".to_owned(),
        (false, 0, _) => "Nobody got any message.".to_owned(),
        // Never rounded up to all.
        (false, got, meant) => format!(
            "Of a hundred recipients, {} got it.",
            fixed(got * 1000 / meant.max(1), 1)
        ),
    };
    let why = match settings.join {
        _ if reach.got == reach.meant => "",
        Backplane::None => {
            " Only those on the sender’s server hear it: nothing brings it to the other servers."
        }
        Backplane::Gossip { .. } => " Gossip left a server out, which happens now and then.",
        _ => " A user without a server hears nothing.",
    };
    format!("{said}{sum}{why}")
}

/// What there is to say, a sentence or two for each subject.
pub fn sentences(settings: &Settings, output: &Output, drawn: Option<&Drawn>) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(drawn) = drawn {
        all.push(of_one(settings, drawn));
    }
    all.push(of_many(settings, output));
    if let Some(happened) = output.events.first() {
        all.push(event(settings, happened));
    }
    all.push(load(settings, output));
    all.push(balancing(settings).to_owned());
    all
}

fn copies(n: u32) -> String {
    counted(n.into(), "copy", "copies")
}

/// The way of the message that is drawn.
fn of_one(settings: &Settings, drawn: &Drawn) -> String {
    let delivery = &drawn.delivery;
    let Some(origin) = drawn.origin else {
        return "The sender has no server: the message goes nowhere.".to_owned();
    };
    let origin = origin + 1;
    match settings.join {
        Backplane::None => format!(
            "Server {origin} had the message and handed it to its own users. No copy went to another server."
        ),
        Backplane::PubSub => format!(
            "Server {origin} published it, and every server with somebody of the room got a copy: {}, the one to the broker among them, in {}.",
            copies(delivery.copies),
            counted(delivery.hops.into(), "hop", "hops"),
        ),
        Backplane::Broadcast => format!(
            "Server {origin} published it, and every server got a copy: {}, the one to the broker among them, in {}. {} nobody of the room.",
            copies(delivery.copies),
            counted(delivery.hops.into(), "hop", "hops"),
            match delivery.needless {
                0 => "No server was asked that has".to_owned(),
                1 => "One of the servers has".to_owned(),
                n => format!("{n} of the servers have"),
            }
        ),
        Backplane::Gossip { .. } => format!(
            "Server {origin} told others, who told others: {}, of which {} went to a server that had it already, in {}.",
            copies(delivery.copies),
            grouped(delivery.redundant.into()),
            counted(delivery.hops.into(), "hop", "hops"),
        ),
    }
}

/// The sums of all messages.
fn of_many(settings: &Settings, output: &Output) -> String {
    let messages = &output.messages;
    let way = match settings.join {
        Backplane::None => "without any copy between machines".to_owned(),
        _ => format!(
            "with {} copies between machines and {} hops for each on average, {} hops at the most",
            mean(messages.copies, messages.sent),
            mean(messages.hops, messages.sent),
            grouped(messages.most_hops.into()),
        ),
    };
    format!(
        "Of {}, each by a user drawn at random, {} reached every recipient, {way}.",
        counted(messages.sent, "such message", "such messages"),
        match messages.incomplete {
            0 => "all".to_owned(),
            n if n == messages.sent => "none".to_owned(),
            n => grouped(messages.sent - n),
        },
    )
}

/// What the event did.
fn event(settings: &Settings, happened: &Happened) -> String {
    let moved = match happened {
        Happened::Deployed(_, deployed) => {
            return format!(
                "The deploy made {}: {} for each user on average, {} at the most. Every one of them lost the session that the old process had in memory. At the most {} came at one moment, and one server held {} meanwhile.",
                counted(deployed.reconnected.into(), "reconnection", "reconnections"),
                fixed((deployed.mean_moves * 100.0).round() as u64, 2),
                deployed.most_moves,
                grouped(deployed.largest_burst.into()),
                users(deployed.largest_load),
            );
        }
        Happened::Moved(_, moved) => moved,
    };
    let stay = settings
        .users
        .saturating_sub(moved.reconnected + moved.stranded);
    match settings.event {
        Before::Kill if moved.stranded > 0 => format!(
            "The server that died was the only one: {} have nowhere to go.",
            users(moved.stranded)
        ),
        Before::Kill => format!(
            "The server that died had {}. They came back on others, and their sessions were gone with its memory: {} lost. The other {} noticed nothing.{}",
            users(moved.reconnected),
            grouped(moved.sessions_lost.into()),
            grouped(stay.into()),
            would_move(moved)
        ),
        Before::Add if moved.reconnected == 0 => format!(
            "A server was added, and nobody moved: a connection stays where it is. {}{}",
            match settings.balancer {
                Balancer::RoundRobin | Balancer::Cookie =>
                    "The new server gets only its share of those who come from now on.",
                Balancer::LeastConnections =>
                    "The new server gets everyone who comes from now on, until it has as many as the others.",
                Balancer::TwoChoices =>
                    "The new server is chosen whenever it is one of the two that are looked at.",
                _ => "The new server is empty until users reconnect.",
            },
            would_move(moved)
        ),
        _ => format!(
            "{} came back, and {} of them landed on a server that does not know their session. The other {} noticed nothing.{}",
            users(moved.reconnected),
            grouped(moved.sessions_lost.into()),
            grouped(stay.into()),
            would_move(moved)
        ),
    }
}

fn would_move(moved: &Moved) -> String {
    match moved.would_move {
        None => String::new(),
        Some(0) => " Everyone would come back to the same server.".to_owned(),
        Some(n) => format!(
            " {} would land on another server, if they reconnected now.",
            users(n)
        ),
    }
}

/// How users are spread.
fn load(settings: &Settings, output: &Output) -> String {
    let servers = output.loads.len() as u64;
    if servers == 0 {
        return "No server is up.".to_owned();
    }
    let spread = format!(
        "A server holds {} on average, {} at the least and {} at the most.",
        mean(output.connected, servers),
        grouped(output.least.into()),
        grouped(output.most.into()),
    );
    let offices = settings.in_offices();
    let office = match settings.balancer {
        _ if offices == 0 || servers == 1 => "",
        Balancer::AddressHash => {
            " By its address, an office is one client: all who share the address are on one server."
        }
        _ => " A shared address makes no difference here: the balancer does not go by it.",
    };
    format!("{spread}{office}")
}

/// What this balancing breaks, and what it does not.
fn balancing(settings: &Settings) -> &'static str {
    match settings.balancer {
        Balancer::RoundRobin => {
            "Round robin broke no connection: the server was chosen once, when the connection was made. What it does not keep is the way back: a client that reconnects lands on any server."
        }
        Balancer::LeastConnections => {
            "Least connections fills an empty server first. A client that reconnects lands where there is room, not where the session is."
        }
        Balancer::AddressHash => {
            "The same address leads to the same server, as long as no server comes or goes. It brings a user back, but no message to another server."
        }
        Balancer::Cookie => {
            "The cookie names the server, and leads back to it as long as it lives. It brings a user back, but no message to another server."
        }
        Balancer::ConsistentHash { .. } => {
            "A user belongs to a place on a circle. When a server comes or goes, only its own share has another home. It brings a user back, but no message to another server."
        }
        Balancer::TwoChoices => {
            "Of two servers drawn at random, the emptier one: nearly as even as least connections. A client that reconnects lands on any server."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::message_routing::drawn::drawn;
    use sim::cluster::routing::ClusterRun;
    use sim::job::Job;

    fn run(settings: &Settings) -> Output {
        ClusterRun::run(&settings.params()).unwrap()
    }

    #[test]
    fn what_was_said_is_held_against_what_came() {
        let agrees = |got, join| {
            [Guess::Everyone, Guess::SameServer, Guess::Nobody]
                .map(|guess| Reach { meant: 7, got }.agrees(guess, join))
        };
        assert_eq!(agrees(2, Backplane::None), [false, true, false]);
        assert_eq!(agrees(0, Backplane::None), [false, false, true]);
        assert_eq!(agrees(7, Backplane::None), [true, true, false]);
        assert_eq!(agrees(7, Backplane::PubSub), [true, false, false]);
        assert_eq!(agrees(6, Backplane::Gossip { fanout: 3 }), [false; 3]);
    }

    #[test]
    fn the_senders_do_not_count() {
        let alone = Settings {
            servers: 1,
            event: Before::Kill,
            ..Settings::default()
        };
        let reach = Reach::of(&alone, &run(&alone));
        assert_eq!((reach.meant, reach.got), (7_000, 0));
        let joined = Settings {
            join: Backplane::PubSub,
            ..Settings::default()
        };
        let reach = Reach::of(&joined, &run(&joined));
        assert_eq!((reach.meant, reach.got), (7_000, 7_000));
    }

    #[test]
    fn nearly_everyone_is_not_everyone() {
        let reach = Reach {
            meant: 100_000,
            got: 99_999,
        };
        let text = verdict(&Settings::default(), Some(Guess::Everyone), reach, false);
        assert!(
            text.contains("99.9") && text.starts_with("Not what"),
            "{text}"
        );
    }

    #[test]
    fn a_dead_server_takes_its_sessions_along() {
        let settings = Settings {
            event: Before::Kill,
            join: Backplane::PubSub,
            ..Settings::default()
        };
        let output = run(&settings);
        let all = sentences(&settings, &output, drawn(&settings).as_ref()).join(" ");
        assert!(
            all.contains("had 10 users") && all.contains("10 lost"),
            "{all}"
        );
        assert!(all.contains("other 30 noticed nothing"), "{all}");
    }
}
