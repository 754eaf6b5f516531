//! One message among few users on few servers: who is where, who got it, and which servers had a copy.

use sim::cluster::routing::{Backplane, Cluster, Delivery, Event, Rooms};

use super::settings::Settings;

/// What a user is to the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Nothing: not in the room.
    Other,
    /// Sends it.
    Sender,
    /// In the room, and gets it.
    Got,
    /// In the room, and misses it.
    Missed,
}

/// A user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// What the user is to the message.
    pub part: Part,
    /// Whether the user shares an address with others.
    pub office: bool,
    /// Whether the user is on another server than before the event.
    pub moved: bool,
}

/// A server with its users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number, from 0.
    pub server: u16,
    /// Whether it is up.
    pub up: bool,
    /// Whether a copy comes to it from another machine.
    pub copy: bool,
    /// Whether the sender is on it.
    pub origin: bool,
    /// Who is on it.
    pub users: Vec<User>,
}

impl Place {
    /// How many users of this server have this part.
    pub fn count(&self, part: Part) -> usize {
        self.users.iter().filter(|user| user.part == part).count()
    }
}

/// One message, and everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The servers, those that died among them.
    pub places: Vec<Place>,
    /// Users without a server.
    pub stranded: Vec<User>,
    /// The number of the sender's server.
    pub origin: Option<u16>,
    /// Users other than the sender for whom the message is.
    pub meant: u32,
    /// How many of them got it.
    pub got: u32,
    /// What the model counts.
    pub delivery: Delivery,
}

/// Sends the message. `None` where there are too many to be drawn.
pub fn drawn(settings: &Settings) -> Option<Drawn> {
    if !settings.is_drawn() {
        return None;
    }
    let params = settings.params();
    let mut cluster = Cluster::new(&params);
    cluster.connect_all();
    let before: Vec<_> = (0..cluster.clients())
        .map(|i| cluster.server_of(i))
        .collect();
    match settings.happens() {
        Some(Event::Kill(server)) => drop(cluster.kill(server)),
        Some(Event::Add) => drop(cluster.add()),
        Some(Event::Deploy { drain }) => drop(cluster.deploy(drain)),
        Some(Event::LinesBreak { permille }) => drop(cluster.lines_break(permille)),
        None => {}
    }
    let rooms = Rooms::new(params.clients, params.room, params.seed);
    let sender = rooms.members(0).first().copied().unwrap_or(0);
    let members = rooms.members(if params.room == 1 { 1 } else { 0 });
    // The same message for each alone: what gossip draws does not depend on who is in the room.
    let reaches = |client| {
        cluster
            .clone()
            .send(sender, &[client], settings.join)
            .reached
            > 0
    };
    let origin = cluster.server_of(sender);
    let in_offices = settings.in_offices();
    let mut places: Vec<Place> = (0..params.servers.max(cluster.servers()))
        .map(|server| Place {
            server,
            up: cluster.loads().any(|(up, _)| up == server),
            copy: false,
            origin: origin == Some(server),
            users: Vec::new(),
        })
        .collect();
    let mut stranded = Vec::new();
    let (mut meant, mut got) = (0, 0);
    for client in 0..cluster.clients() {
        let server = cluster.server_of(client);
        let part = if client == sender {
            Part::Sender
        } else if !members.contains(&client) {
            Part::Other
        } else if reaches(client) {
            Part::Got
        } else {
            Part::Missed
        };
        meant += u32::from(matches!(part, Part::Got | Part::Missed));
        got += u32::from(part == Part::Got);
        let user = User {
            part,
            office: client < in_offices,
            moved: server != before[client as usize],
        };
        match server.and_then(|server| places.get_mut(usize::from(server))) {
            Some(place) => {
                place.copy |= match settings.join {
                    Backplane::None => false,
                    Backplane::PubSub => members.contains(&client),
                    Backplane::Broadcast => true,
                    Backplane::Gossip { .. } => !place.origin && reaches(client),
                };
                place.users.push(user);
            }
            None => stranded.push(user),
        }
    }
    if settings.join == Backplane::Broadcast {
        // Those without users get theirs too.
        places
            .iter_mut()
            .for_each(|place| place.copy = place.up && origin.is_some());
    }
    let delivery = cluster.send(sender, members, settings.join);
    Some(Drawn {
        places,
        stranded,
        origin,
        meant,
        got,
        delivery,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::message_routing::settings::{Before, FANOUT};
    use sim::cluster::routing::Balancer;

    fn each(check: impl Fn(Settings, Drawn)) {
        let joins = [
            Backplane::None,
            Backplane::PubSub,
            Backplane::Broadcast,
            Backplane::Gossip { fanout: FANOUT },
        ];
        let events = [
            Before::Nothing,
            Before::Kill,
            Before::Add,
            Before::Deploy,
            Before::Drain,
            Before::Lines,
        ];
        for join in joins {
            for event in events {
                for (room, servers) in [(1, 4), (8, 1), (8, 6), (20, 3), (1000, 2)] {
                    let settings = Settings {
                        join,
                        event,
                        room,
                        servers,
                        balancer: Balancer::AddressHash,
                        ..Settings::default()
                    };
                    if let Some(drawn) = drawn(&settings) {
                        check(settings, drawn);
                    }
                }
            }
        }
    }

    #[test]
    fn the_picture_agrees_with_the_model() {
        each(|settings, drawn| {
            let delivery = drawn.delivery;
            // A sender who is a member reaches itself, where there is a server.
            let itself = u32::from(settings.room > 1);
            let connected = u32::from(drawn.origin.is_some());
            assert_eq!(
                drawn.got + itself * connected,
                delivery.reached,
                "{settings:?}"
            );
            assert_eq!(drawn.meant + itself, delivery.reached + delivery.missed);
            let shown: usize = drawn.places.iter().map(|place| place.users.len()).sum();
            assert_eq!(shown + drawn.stranded.len(), 40);
            if matches!(settings.join, Backplane::PubSub | Backplane::Broadcast) && connected == 1 {
                let copies = drawn.places.iter().filter(|place| place.copy).count() as u32;
                assert_eq!(copies + 1, delivery.copies, "{settings:?}");
            }
        });
    }

    #[test]
    fn nothing_between_leaves_the_others_out() {
        let settings = Settings::default();
        let drawn = drawn(&settings).unwrap();
        for place in &drawn.places {
            let part = if place.origin {
                Part::Missed
            } else {
                Part::Got
            };
            assert_eq!(place.count(part), 0);
        }
        assert!(drawn.got < drawn.meant);
    }

    #[test]
    fn only_those_of_the_dead_server_move() {
        let settings = Settings {
            event: Before::Kill,
            ..Settings::default()
        };
        let drawn = drawn(&settings).unwrap();
        let moved = drawn.places.iter().flat_map(|place| &place.users);
        assert_eq!(moved.filter(|user| user.moved).count(), 10);
        assert!(!drawn.places[3].up && drawn.places[3].users.is_empty());
    }

    #[test]
    fn many_are_not_drawn() {
        let settings = Settings {
            users: 61,
            ..Settings::default()
        };
        assert_eq!(drawn(&settings), None);
    }
}
