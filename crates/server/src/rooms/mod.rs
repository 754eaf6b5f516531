//! WebSocket rooms: a message reaches everybody in the room, with a number that is the same for all.
//!
//! By default a room lives in this process. With `--backbone` several servers share their rooms through Redis:
//! [`backbone`]. [`room`] is what one server knows of one room, [`queue`] what waits for one member, [`throttle`] how fast
//! a member may talk, `session` one member's connection.

pub mod backbone;
mod join;
pub mod queue;
pub mod room;
mod session;
pub mod throttle;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use protocol::rooms::{BackboneState, Welcome};

use crate::{
    client_address::{Cap, ClientAddress, Shares},
    config::Config,
    metrics::Metrics,
};
use backbone::Backbone;
pub use join::{info, join};
use queue::{Item, Queue, SlowMember};
use room::{Room, Said, Wanted};

/// Messages that each room keeps for newcomers and for those who come back.
pub const KEPT: usize = 100;
/// How long a newcomer waits for the backbone to tell a room's numbers.
const SYNC_TIME: Duration = Duration::from_millis(1500);

/// All rooms.
#[derive(Debug)]
pub struct Rooms {
    /// The name of this server, for people.
    server: String,
    /// Tells this process from all others.
    instance: String,
    most: usize,
    most_members: usize,
    most_kept: usize,
    memory: Duration,
    queue: usize,
    slow: SlowMember,
    shares: Shares,
    metrics: Arc<Metrics>,
    backbone: Option<Backbone>,
    rooms: Mutex<HashMap<String, Room>>,
    next: AtomicU64,
}

/// Why somebody can't come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlace {
    /// The room has as many members as it may.
    RoomFull,
    /// There are as many rooms as there may be.
    TooManyRooms,
    /// The address has as many rooms as it may.
    TooManyOfAddress,
}

/// A place in a room, given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    rooms: Arc<Rooms>,
    room: String,
    number: u64,
    arrived: bool,
}

/// A member who has come in.
#[derive(Debug)]
pub struct Arrival {
    /// The first thing to say.
    pub welcome: Welcome,
    /// What was said before.
    pub backlog: Vec<Item>,
    /// What comes from now on.
    pub queue: Arc<Queue>,
}

fn random_hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    // A system without random numbers has no keys for TLS either; a name that is not unique only confuses people.
    if getrandom::fill(&mut random).is_err() {
        random.fill(0);
    }
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Rooms {
    /// No rooms yet.
    pub fn new(config: &Config, metrics: Arc<Metrics>) -> Arc<Self> {
        let history = config.backbone_history;
        let backbone = config.backbone.as_ref();
        let backbone = backbone.map(|url| Backbone::new(url, history));
        Arc::new(Self {
            server: config.server_name.clone().unwrap_or_else(|| random_hex(2)),
            instance: random_hex(8),
            most: config.max_rooms,
            most_members: config.room_members,
            most_kept: KEPT.max(config.backbone_history),
            memory: config.room_memory,
            queue: config.room_queue,
            slow: config.room_slow,
            shares: Shares::new(Cap::new(config.max_rooms_per_address, config.max_rooms)),
            metrics,
            backbone,
            rooms: Mutex::default(),
            next: AtomicU64::new(1),
        })
    }

    /// The name of this server.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// What joins this server with others.
    pub fn backbone_state(&self) -> BackboneState {
        match &self.backbone {
            None => BackboneState::None,
            Some(backbone) if backbone.is_up() => BackboneState::Up,
            Some(_) => BackboneState::Away,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Room>> {
        // Each method leaves the rooms whole before anything could panic.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with a room, where there is one, and counts what came of it.
    fn with<T>(&self, room: &str, act: impl FnOnce(&mut Room) -> T) -> Option<T> {
        let mut rooms = self.lock();
        let room = rooms.get_mut(room)?;
        let done = act(room);
        let counts = room.counts();
        drop(rooms);
        self.metrics.room_missing.inc_by(counts.missing);
        self.metrics.room_left_out.inc_by(counts.left_out);
        self.metrics.room_renumbered.inc_by(counts.renumbered);
        Some(done)
    }

    /// Takes a place in a room, which comes to be with its first.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn place(
        self: &Arc<Self>,
        room: &str,
        client: ClientAddress,
        now: Instant,
    ) -> Result<Place, NoPlace> {
        let mut rooms = self.lock();
        if !rooms.contains_key(room) {
            if rooms.len() >= self.most {
                return Err(NoPlace::TooManyRooms);
            }
            let share = self.shares.take(client).ok_or(NoPlace::TooManyOfAddress)?;
            let new = Room::new(self.most_kept, self.backbone.is_some(), now, share);
            rooms.insert(room.to_owned(), new);
            self.metrics.rooms.inc();
            if let Some(backbone) = &self.backbone {
                backbone.subscribe(room);
            }
        }
        let Some(found) = rooms.get_mut(room) else {
            return Err(NoPlace::TooManyRooms);
        };
        if found.here() >= self.most_members {
            return Err(NoPlace::RoomFull);
        }
        found.expect();
        Ok(Place {
            rooms: Arc::clone(self),
            room: room.to_owned(),
            number: self.next.fetch_add(1, Ordering::Relaxed),
            arrived: false,
        })
    }

    /// Rooms there may be of one address.
    pub fn most_of_address(&self) -> usize {
        self.shares.most()
    }

    /// Forgets rooms that have been empty for long enough, and members of servers that are silent.
    pub fn sweep(&self, now: Instant) {
        let mut over = Vec::new();
        self.lock().retain(|name, room| {
            room.expire(now);
            let stays = !room::is_over(room, self.memory, now);
            if !stays {
                over.push(name.clone());
            }
            stays
        });
        for name in over {
            self.metrics.rooms.dec();
            if let Some(backbone) = &self.backbone {
                backbone.unsubscribe(&name);
            }
        }
    }

    /// Says something in a room for one of its members.
    async fn say(&self, room: &str, from: &str, say: String) {
        let at = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let said = Said {
            id: format!(
                "{}-{}",
                self.instance,
                self.next.fetch_add(1, Ordering::Relaxed)
            ),
            from: from.to_owned(),
            at: at.map_or(0, |since| {
                u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
            }),
            say,
        };
        self.metrics.room_messages.inc();
        let Some(backbone) = &self.backbone else {
            self.with(room, |room| room.say(&said, Instant::now()));
            return;
        };
        let last = self.with(room, |room| room.last()).unwrap_or(0);
        if !backbone.publish(room, last, &said).await {
            self.metrics.room_unnumbered.inc();
            self.with(room, |room| room.say_here(&said, Instant::now()));
        }
    }

    /// Tells the other servers who is in a room here.
    fn publish_names(&self, room: &str) {
        if let Some(backbone) = &self.backbone {
            backbone.names_changed(room);
        }
    }
}

impl Place {
    /// Comes in, once the room's numbers are known, or after a while without.
    pub async fn arrive(&mut self, wanted: Wanted) -> Arrival {
        let rooms = Arc::clone(&self.rooms);
        let synced = rooms.with(&self.room, |room| room.synced());
        if let Some(mut synced) = synced {
            let known = async { synced.wait_for(|known| *known).await.is_ok() };
            let _ = tokio::time::timeout(SYNC_TIME, known).await;
        }
        let queue = Queue::new(rooms.queue, rooms.slow);
        let you = self.name();
        let now = Instant::now();
        self.arrived = true;
        let arrived = rooms.with(&self.room, |room| {
            let backlog = room.arrive(self.number, you.clone(), Arc::clone(&queue), wanted, now);
            (backlog, room.last(), room.members())
        });
        rooms.metrics.room_members.inc();
        rooms.publish_names(&self.room);
        let (backlog, seq, members) = arrived.unwrap_or_default();
        Arrival {
            welcome: Welcome {
                you,
                seq,
                members,
                server: rooms.server.clone(),
                backbone: rooms.backbone_state(),
            },
            backlog,
            queue,
        }
    }

    /// The name of the member on this place.
    fn name(&self) -> String {
        format!("{}-{}", self.rooms.server, self.number)
    }

    /// Says something.
    pub async fn say(&self, say: String) {
        self.rooms.say(&self.room, &self.name(), say).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let now = Instant::now();
        let (number, arrived) = (self.number, self.arrived);
        self.rooms.with(&self.room, |room| match arrived {
            true => room.leave(number, now),
            false => room.expect_no_more(now),
        });
        if arrived {
            self.rooms.metrics.room_members.dec();
            self.rooms.publish_names(&self.room);
        }
    }
}

/// What the backbone does with the rooms.
impl Rooms {
    fn receive(&self, room: &str, seq: u64, said: &Said) {
        self.with(room, |room| room.receive(seq, said, Instant::now()));
    }

    fn sync(&self, room: &str, seq: u64, history: &[(u64, Said)]) {
        self.with(room, |room| room.sync(seq, history, Instant::now()));
    }

    fn elsewhere(&self, room: &str, server: &str, names: BTreeSet<String>, until: Instant) {
        if server != self.instance {
            self.with(room, |room| room.elsewhere(server, names, until));
        }
    }

    fn lose_backbone(&self) {
        let names: Vec<String> = self.lock().keys().cloned().collect();
        for name in names {
            self.with(&name, |room| room.lose_backbone(Instant::now()));
        }
    }

    /// Every room with the names of its members here and the number of its last message.
    fn all(&self) -> Vec<(String, Vec<String>, u64)> {
        self.lock()
            .iter()
            .map(|(name, room)| (name.clone(), room.names(), room.last()))
            .collect()
    }

    fn names_and_last(&self, room: &str) -> Option<(Vec<String>, u64)> {
        self.with(room, |room| (room.names(), room.last()))
    }
}
