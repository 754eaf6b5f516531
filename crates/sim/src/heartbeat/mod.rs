//! A connection on which nobody speaks, and how its two ends find out that it is dead.
//!
//! [`Run`] follows **one** connection: a client, the NAT box before it, a server. Either side may ask the other every so
//! often whether it is still there: the server by pings (RFC 6455 §5.5.2), the client by heartbeats of the application,
//! which the server echoes, because a page's script can neither send a ping nor see a pong. A script of faults says what
//! happens to the cable, the NAT box and the machines. Out come every packet with its departure, its arrival or its
//! loss, and when each side learns of the end, and how.
//!
//! [`Crowd`] counts for **many**: clients vanish without a word at a steady rate, and the server carries each as a dead
//! connection until it is found.
//!
//! # How a side finds out
//!
//! Pings leave every `interval` *I*. A ping whose pong is not back within `timeout` *T* is a miss; the side gives up at
//! the miss after the `allowed` *a* misses in a row. A fault at a random moment meets the schedule of pings anywhere, so
//! the first ping in vain leaves, at the latest, an interval later, on average half an interval. Then *a* more pings go
//! out, and the last of them is waited for. A ping that was answered just before the fault had left a little earlier: *L*,
//! the time from a ping's departure to the last point at which this fault could still have spoilt the exchange.
//!
//! > least *aI + T − L*, on average *(a + ½)I + T − L*, at most *(a + 1)I + T − L*
//!
//! [`Params::detection_time`] gives these, and the tests hold the runs against them.
//!
//! # What TCP itself does, and the model with it
//!
//! - A connection on which nothing is sent sends nothing, however long. There are no keepalives unless a program asks
//!   for them, and then Linux waits two hours by default.
//! - What was sent and not acknowledged is sent again, after [`RTO_MIN`] and a round trip at first, then after twice as
//!   long each time, up to [`RTO_MAX`]. The first time-out later than [`TCP_GIVES_UP`] ends the connection. So a side that
//!   has sent something into the void learns of it, but late.
//! - A process that ends, ends its connections: its kernel sends a FIN. A machine that loses power sends nothing.
//! - Whoever gets a packet for a connection that it does not have answers with a reset (RST).
//!
//! # What it leaves out
//!
//! - Messages of the application other than heartbeats. They would count as signs of life, and keep the NAT box awake.
//! - That many programs take any packet as a sign of life; here each side listens for answers to its own questions.
//! - The closing handshake: a side that gives up sends one reset and forgets. A real one may send a Close frame first,
//!   which meets the same silence.
//! - Loss without a fault, jitter, reordering, congestion; delayed acknowledgements (an answer carries the
//!   acknowledgement, what has no answer is acknowledged at once); tail loss probes; TLS.
//! - A NAT box that hears a FIN or RST would forget soon after; nothing more comes here that could tell. New mappings: a
//!   box that makes one in the middle of a connection gives it another port, and the server answers with a reset, which
//!   looks to the client like a box that resets.
//! - What an operating system does besides when it sleeps or wakes, such as closing connections when its address changes.
//!   While it sleeps its clocks stand still, and its timers go on where they were.
//!
//! ```
//! use sim::SECOND;
//! use sim::heartbeat::{Prober, Fault, DetectedBy, Detection, Params, Run, Side};
//! let params = Params { prober: Prober::Server, ..Params::default() };
//! let run = Run::new(params, &[(45 * SECOND, Fault::PowerLost)]);
//! let Detection::At(at, DetectedBy::NoAnswer) = run.server() else { panic!("{:?}", run.server()) };
//! let took = at - 45 * SECOND;
//! let detection = params.detection_time(Side::Server, Fault::PowerLost).unwrap();
//! assert!(detection.least <= took && took <= detection.most);
//! ```

mod crowd;
mod ends;
mod run;
mod script;
mod simulation;

pub use crowd::{Cost, Crowd, CrowdParams, MAX_DEATHS, SAMPLES, Sample, Sizes, cost};
pub use run::{Detection, Learned, Run};

use crate::{MINUTE, Micros, SECOND};

/// The shortest time after which Linux sends again, in microseconds: 200 ms.
pub const RTO_MIN: Micros = 200_000;
/// The longest time between two attempts, in microseconds: 120 s.
pub const RTO_MAX: Micros = 120 * SECOND;
/// With `tcp_retries2` = 15, Linux ends a connection at the first time-out after this, in microseconds: 924.6 s, as the
/// kernel's documentation has it (`ip-sysctl`). It is the sum of sixteen time-outs that double from [`RTO_MIN`] up to
/// [`RTO_MAX`].
pub const TCP_GIVES_UP: Micros = 924_600_000;
/// How many faults a script can hold. More are left out.
pub const MAX_FAULTS: usize = 16;

/// An end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The client, behind the NAT box.
    Client,
    /// The server.
    Server,
}

impl Side {
    /// The other end.
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }
}

/// Where a packet can come from or end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The client.
    Client,
    /// The NAT box.
    Nat,
    /// The server.
    Server,
}

impl From<Side> for Place {
    fn from(side: Side) -> Place {
        match side {
            Side::Client => Place::Client,
            Side::Server => Place::Server,
        }
    }
}

/// Who asks whether the other is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prober {
    /// Nobody.
    Nobody,
    /// The server sends pings.
    Server,
    /// The client sends heartbeats of the application.
    Client,
    /// Both.
    Both,
}

impl Prober {
    /// Whether this side asks.
    pub fn probes(self, side: Side) -> bool {
        match self {
            Prober::Nobody => false,
            Prober::Both => true,
            Prober::Server => side == Side::Server,
            Prober::Client => side == Side::Client,
        }
    }
}

/// What goes wrong, or right again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The client's cable is pulled. What is on it is lost.
    CablePulled,
    /// The cable is put back.
    CableBack,
    /// The NAT box forgets the connection, as when it is switched off and on.
    NatForgets,
    /// The client's process ends. Its kernel goes on.
    Crash,
    /// The client's machine loses power, for good.
    PowerLost,
    /// The client's machine goes to sleep.
    Suspend,
    /// It wakes up.
    Resume,
    /// The server's machine loses power, for good.
    ServerLost,
}

/// The connection, and how it is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Who asks.
    pub prober: Prober,
    /// From one question to the next, in microseconds.
    pub interval: Micros,
    /// How long an answer is waited for, in microseconds.
    pub timeout: Micros,
    /// How many questions in a row may go unanswered; the next one that does is the end. `None` for a side that asks and
    /// does not care for the answers.
    pub allowed: Option<u32>,
    /// How long the NAT box remembers a connection on which nothing passes, in microseconds.
    pub nat_idle: Micros,
    /// Whether the NAT box answers the client with a reset when it does not know its connection. Otherwise it drops the
    /// packet and says nothing.
    pub nat_resets: bool,
    /// How long it takes there and back, in microseconds. A tenth of the way lies between the client and the NAT box.
    pub round_trip: Micros,
    /// For how long packets are recorded, in microseconds.
    pub duration: Micros,
    /// Decides when each side's first question leaves: somewhere in the first interval.
    pub seed: u64,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            prober: Prober::Server,
            interval: 20 * SECOND,
            timeout: 10 * SECOND,
            allowed: Some(1),
            nat_idle: 5 * MINUTE,
            nat_resets: false,
            round_trip: 80_000,
            duration: 2 * MINUTE,
            seed: 1,
        }
    }
}

/// How long it takes to find out, by formula, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectionTime {
    /// With the best of luck.
    pub least: Micros,
    /// On average over all moments at which the fault can come.
    pub mean: f64,
    /// With the worst of luck.
    pub most: Micros,
}

impl Params {
    /// The nearest parameters that a run can be made with. They keep a run from taking for ever: at most two questions a
    /// second, at most an hour.
    pub fn clamped(self) -> Params {
        Params {
            interval: self.interval.clamp(SECOND / 2, 60 * MINUTE),
            timeout: self.timeout.clamp(1, 60 * MINUTE),
            nat_idle: self.nat_idle.clamp(SECOND, 7 * 24 * 60 * MINUTE),
            round_trip: self.round_trip.min(MINUTE),
            duration: self.duration.clamp(SECOND, 60 * MINUTE),
            ..self
        }
    }

    /// From the client to the server, or back, in microseconds.
    pub fn one_way_delay(&self) -> Micros {
        self.round_trip / 2
    }

    /// Between the client and the NAT box, in microseconds.
    pub fn near(&self) -> Micros {
        self.one_way_delay() / 10
    }

    /// How long this side takes to find out by asking that the other is gone for good, or out of reach, by formula.
    /// `None` where it does not ask, does not care for the answers, is told by the fault itself (a FIN), or would give up
    /// on a healthy connection too, because it waits for less than a round trip.
    ///
    /// Where this is longer than [`TCP_GIVES_UP`], TCP is first; and where the NAT box resets, the client hears of that
    /// with its next question.
    pub fn detection_time(&self, side: Side, fault: Fault) -> Option<DetectionTime> {
        let allowed = Micros::from(self.allowed?);
        if !self.prober.probes(side) || self.timeout < self.round_trip {
            return None;
        }
        // From a question's departure to the last point of the exchange that the fault can still spoil.
        let touched = match (side, fault) {
            // The answer has to pass the box and the cable after the client has sent it.
            (Side::Server, Fault::CablePulled | Fault::NatForgets) => {
                self.one_way_delay() + self.near()
            }
            (Side::Server, Fault::PowerLost | Fault::Suspend) => self.one_way_delay(),
            (Side::Client, Fault::CablePulled) => 2 * self.one_way_delay(),
            (Side::Client, Fault::NatForgets) => 2 * self.one_way_delay() - self.near(),
            (Side::Client, Fault::ServerLost) => self.one_way_delay(),
            _ => return None,
        };
        let least = (allowed.saturating_mul(self.interval))
            .saturating_add(self.timeout)
            .saturating_sub(touched);
        Some(DetectionTime {
            least,
            mean: least as f64 + self.interval as f64 / 2.0,
            most: least.saturating_add(self.interval),
        })
    }
}

/// What a packet carries; of several things, the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PacketKind {
    /// The server's ping of this number, from 1.
    Ping(u32),
    /// The answer to it.
    Pong(u32),
    /// The client's heartbeat of this number, from 1.
    Beat(u32),
    /// The answer to it.
    Echo(u32),
    /// An acknowledgement, and nothing else.
    Ack,
    /// The end, in good order.
    Fin,
    /// The end: there is no such connection.
    Rst,
}

/// Why a packet did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loss {
    /// The cable was out.
    Cable,
    /// The NAT box did not know its connection.
    Nat,
    /// The machine at the end was asleep or without power.
    Nobody,
}

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Where it comes from.
    pub from: Place,
    /// Whom it is for.
    pub to: Side,
    /// When it left.
    pub left: Micros,
    /// When it arrived or was lost.
    pub end: Micros,
    /// Why it did not arrive.
    pub lost: Option<Loss>,
    /// What it carries.
    pub kind: PacketKind,
    /// How many messages it carries: more than one where they have waited for each other.
    pub messages: u32,
    /// How often its oldest message has been sent before.
    pub resent: u32,
}

/// How a side learns that its connection is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DetectedBy {
    /// Too many of its questions had no answer in time.
    NoAnswer,
    /// A reset came.
    Reset,
    /// A FIN came.
    Fin,
    /// TCP gave up sending again.
    TcpGaveUp,
}
