//! A chat under load: how long messages take, and where the time goes.
//!
//! Users are spread over servers and belong to rooms. What a user says goes over the network to its server, which
//! publishes it; its own clients in the room get it from there, the other servers' after a hop through pub/sub. Each
//! server hands out one frame at a time, in the order in which messages came in, and each frame takes it `service`.
//! Then the network again. Some clients are slow: each has a bounded queue, and a [`Policy`] says what happens when it is
//! full. One [`Fault`] may be injected.
//!
//! # What can be known without running it
//!
//! With one server, rooms of one and nothing but messages, a server is a queue with random arrivals and a fixed service
//! time *s*, M/D/1: at a load of ρ, a message waits *ρs / 2(1 − ρ)* on average ([`mean_wait`]). In a room of *r*, a message
//! brings *r* frames at once: *r* times as long, and then *(r − 1)s / 2* more for those behind the first.
//!
//! # What it leaves out
//!
//! Taking a message in costs a server nothing, nor does publishing it. Servers have one core. The broker is never busy,
//! and loses messages only while it pauses. TCP: a lost packet delays nothing here. Who reconnects gets nothing of what
//! was missed (a real client would fetch the history), and finds a server at the first attempt. Heartbeats come at random
//! and not at regular times. A slow client is slow for the whole run; one that is about to be
//! disconnected, because the frame that is too much stands in its server's queue already, counts as gone a little early.
//! A room's document does not live on one
//! server, as a collaborative editor's would.

mod calendar;
mod measure;
mod model;
mod output;
mod preset;
mod run;
#[cfg(test)]
mod tests;

pub use model::ChatRun;
pub use output::{Bucket, Counts, Latency, Output, POINTS, Point, Spent};
pub use preset::Preset;

use crate::{MINUTE, Micros, SECOND};
use serde::{Deserialize, Serialize};

/// The most users.
pub const MAX_USERS: u32 = 200_000;
/// The most servers.
pub const MAX_SERVERS: u16 = 64;
/// About how many frames a run hands out at the most; it is cut short where it would be more.
pub const MAX_FRAMES: f64 = 10_000_000.0;
/// The longest queue of a slow client, in frames.
pub const MAX_QUEUE: u32 = 10_000;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Origin {
    /// The members of a room. Rates are per user.
    Members,
    /// A feed at one of the servers, such as a symbol's trades. Rates are per room.
    Feed,
}

/// What happens to a frame for a slow client whose queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Policy {
    /// The new frame is dropped.
    Drop,
    /// The client is disconnected, and its queue discarded. It comes back to the same server after a random time.
    Disconnect,
    /// The new frame takes the place of the newest that waits, which is never sent.
    Conflate,
}

/// What goes wrong. It happens to the first server where it happens to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FaultKind {
    /// The server dies for good, and everything in its queues with it. Its clients come back after a random time, to the
    /// others in turn; where it was the only one, never.
    ServerDies,
    /// Pub/sub passes nothing on for so long, in microseconds. What is published meanwhile is lost to other servers.
    PubSubPauses(Micros),
    /// A frame takes the server `factor` times as long, for a time in microseconds.
    ServerSlows {
        /// For how long, in microseconds.
        lasts: Micros,
        /// How many times, 1–1000.
        factor: u32,
    },
}

/// A fault, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fault {
    /// When, in microseconds from the beginning.
    pub at: Micros,
    /// What.
    pub kind: FaultKind,
}

/// What to run. The presets say where each figure comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Params {
    /// Users, each with one connection; 1 to [`MAX_USERS`].
    pub users: u32,
    /// Servers, 1 to [`MAX_SERVERS`].
    pub servers: u16,
    /// Members of each room; every user is in one.
    pub room: u32,
    /// Who sends.
    pub origin: Origin,
    /// Messages in a minute: of each user, or of each room with a feed. Their delivery is what is measured.
    pub messages_per_minute: f64,
    /// "Is typing" events in a minute, as above. They go to the whole room.
    pub typing_per_minute: f64,
    /// Presence events in a minute (came, went, moved the cursor), as above. They go to the whole room.
    pub presence_per_minute: f64,
    /// From one heartbeat of a connection to the next, in microseconds; 0 for none. Each costs the server one `service`.
    pub heartbeat: Micros,
    /// A frame on the wire, in bytes.
    pub frame: u32,
    /// What it takes a server to hand out one frame, in microseconds.
    pub service: Micros,
    /// The least that a hop through pub/sub takes, in microseconds.
    pub hop: Micros,
    /// What comes on top on average, exponentially distributed, in microseconds.
    pub hop_jitter: Micros,
    /// The least that the way between client and server takes, in microseconds.
    pub network: Micros,
    /// What comes on top on average, exponentially distributed, in microseconds. Frames do not overtake each other on a
    /// real connection; here they may, by this.
    pub network_jitter: Micros,
    /// How many of a thousand users are slow.
    pub slow_permille: u16,
    /// How long a slow client takes for a frame, in microseconds.
    pub drain: Micros,
    /// How many frames wait for a slow client at the most, besides the one that is being sent; 1 to [`MAX_QUEUE`].
    pub queue: u32,
    /// What happens when there are more.
    pub policy: Policy,
    /// Over which time the users connect in the beginning, in microseconds; 0 for all at once.
    pub ramp: Micros,
    /// Whoever is disconnected comes back after a random time up to this, in microseconds (full jitter, first attempt).
    pub backoff: Micros,
    /// The fault, if any.
    pub fault: Option<Fault>,
    /// How long it runs, in microseconds: a second to an hour, and such that [`MAX_FRAMES`] is met.
    pub duration: Micros,
    /// Decides everything that is random.
    pub seed: u64,
}

impl Default for Params {
    fn default() -> Params {
        Preset::Chat.params()
    }
}

impl Params {
    /// The nearest parameters that can be run.
    pub fn clamped(&self) -> Params {
        let users = self.users.clamp(1, MAX_USERS);
        let rate = |rate: f64, most: f64| {
            if rate.is_finite() {
                rate.clamp(0.0, most)
            } else {
                0.0
            }
        };
        let most = match self.origin {
            Origin::Members => 6_000.0,
            Origin::Feed => 600_000.0,
        };
        let mut params = Params {
            users,
            servers: self.servers.clamp(1, MAX_SERVERS),
            room: self.room.clamp(1, users),
            messages_per_minute: rate(self.messages_per_minute, most),
            typing_per_minute: rate(self.typing_per_minute, most),
            presence_per_minute: rate(self.presence_per_minute, most),
            heartbeat: match self.heartbeat {
                0 => 0,
                some => some.clamp(SECOND, 60 * MINUTE),
            },
            frame: self.frame.min(1 << 24),
            service: self.service.clamp(1, SECOND),
            hop: self.hop.min(10 * SECOND),
            hop_jitter: self.hop_jitter.min(10 * SECOND),
            network: self.network.min(10 * SECOND),
            network_jitter: self.network_jitter.min(10 * SECOND),
            slow_permille: self.slow_permille.min(1_000),
            drain: self.drain.clamp(1, MINUTE),
            queue: self.queue.clamp(1, MAX_QUEUE),
            ramp: self.ramp.min(60 * MINUTE),
            backoff: self.backoff.min(60 * MINUTE),
            fault: self.fault.map(Fault::clamped),
            ..*self
        };
        // At least a second is run, with lower rates where even that would be too much.
        let frames = params.frames_per_second();
        if frames > MAX_FRAMES {
            let share = MAX_FRAMES / frames;
            params.messages_per_minute *= share;
            params.typing_per_minute *= share;
            params.presence_per_minute *= share;
        }
        let frames = params.frames_per_second().max(1e-3);
        let longest = MAX_FRAMES / frames * SECOND as f64;
        params.duration = (self.duration.min(longest as Micros)).clamp(SECOND, 60 * MINUTE);
        params
    }

    /// How many rooms there are.
    pub fn rooms(&self) -> u32 {
        self.users.div_ceil(self.room.max(1))
    }

    /// How many senders there are: users or rooms.
    fn senders(&self) -> f64 {
        match self.origin {
            Origin::Members => f64::from(self.users),
            Origin::Feed => f64::from(self.rooms()),
        }
    }

    /// Messages, typing events, presence events and heartbeats in a second, of all together.
    pub fn rates(&self) -> [f64; 4] {
        let each = self.senders() / 60.0;
        let beats = match self.heartbeat {
            0 => 0.0,
            every => f64::from(self.users) * SECOND as f64 / every as f64,
        };
        [
            self.messages_per_minute * each,
            self.typing_per_minute * each,
            self.presence_per_minute * each,
            beats,
        ]
    }

    /// Frames that the servers hand out in a second, all together, when everybody is connected.
    pub fn frames_per_second(&self) -> f64 {
        let [messages, typing, presence, beats] = self.rates();
        (messages + typing + presence) * f64::from(self.room) + beats
    }

    /// The share of its time for which a server is busy on average; above 1, queues grow without end.
    pub fn load(&self) -> f64 {
        let each = self.frames_per_second() / f64::from(self.servers.max(1));
        each * self.service as f64 / SECOND as f64
    }
}

impl Fault {
    fn clamped(self) -> Fault {
        let hour = 60 * MINUTE;
        Fault {
            at: self.at.min(hour),
            kind: match self.kind {
                FaultKind::ServerDies => FaultKind::ServerDies,
                FaultKind::PubSubPauses(lasts) => FaultKind::PubSubPauses(lasts.min(hour)),
                FaultKind::ServerSlows { lasts, factor } => FaultKind::ServerSlows {
                    lasts: lasts.min(hour),
                    factor: factor.clamp(1, 1_000),
                },
            },
        }
    }
}

/// How long a frame waits on average for a server that is busy for this share of its time, when messages come at random
/// and each brings `batch` frames, in microseconds: the formula of Pollaczek and Khinchine for M/D/1 with batches.
/// `None` from a load of 1 on, where there is no average.
pub fn mean_wait(load: f64, service: Micros, batch: u32) -> Option<f64> {
    let (service, batch) = (service as f64, f64::from(batch.max(1)));
    let message = load * service * batch / (2.0 * (1.0 - load));
    (0.0..1.0)
        .contains(&load)
        .then_some(message + (batch - 1.0) / 2.0 * service)
}
