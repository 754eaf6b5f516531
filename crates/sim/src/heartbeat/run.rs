//! One connection: everything that happened, and what each side came to know.

use super::script::{Script, Span, joined};
use super::simulation::Simulation;
use super::{DetectedBy, Fault, Packet, Params, Side};
use crate::Micros;

/// When a side learns that its connection is dead, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned {
    /// When.
    pub at: Micros,
    /// By what.
    pub by: DetectedBy,
}

/// What a side knows of the connection's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detection {
    /// It learns at this time, which may lie after the recorded time, and in this way.
    At(Micros, DetectedBy),
    /// It never does: nothing is under way that could tell it, and it asks nobody.
    Never,
    /// Not within the time that was looked at.
    NotYet,
    /// There is nothing to know: the other end is there, and can be reached.
    Fine,
    /// It is itself what has gone.
    Gone,
}

/// Everything that happened.
#[derive(Clone, Debug)]
pub struct Run {
    params: Params,
    script: Script,
    packets: Vec<Packet>,
    nat_forgot: Option<Micros>,
    client: (Option<Learned>, Detection),
    server: (Option<Learned>, Detection),
}

impl Run {
    /// Runs the model. Faults after the run's duration, and more than [`super::MAX_FAULTS`], are left out.
    pub fn new(params: Params, faults: &[(Micros, Fault)]) -> Run {
        let params = params.clamped();
        let mut simulation = Simulation::new(params, faults);
        let drained = simulation.run();
        let knows = |side| simulation.detection(side, drained);
        let learned = |side| {
            simulation
                .end(side)
                .learned
                .map(|(at, by)| Learned { at, by })
        };
        Run {
            client: (learned(Side::Client), knows(Side::Client)),
            server: (learned(Side::Server), knows(Side::Server)),
            params,
            nat_forgot: simulation.nat_forgot,
            script: simulation.script,
            packets: simulation.packets,
        }
    }

    /// The parameters that it ran with.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The faults that took place, in order.
    pub fn faults(&self) -> &[(Micros, Fault)] {
        &self.script.faults
    }

    /// The packets, in the order in which they left.
    pub fn packets(&self) -> &[Packet] {
        &self.packets
    }

    /// When the NAT box lost the connection: by a fault, or because nothing had passed for long.
    pub fn nat_forgot(&self) -> Option<Micros> {
        self.nat_forgot
    }

    /// What the client comes to know.
    pub fn client(&self) -> Detection {
        self.client.1
    }

    /// What the server comes to know.
    pub fn server(&self) -> Detection {
        self.server.1
    }

    /// What a side comes to know.
    pub fn detection(&self, side: Side) -> Detection {
        match side {
            Side::Client => self.client(),
            Side::Server => self.server(),
        }
    }

    /// While the client's cable is out.
    pub fn cable_out(&self) -> &[(Micros, Micros)] {
        &self.script.out
    }

    /// While the client sleeps.
    pub fn asleep(&self) -> &[(Micros, Micros)] {
        &self.script.naps
    }

    /// When this end was gone by itself: its process or its power.
    pub fn gone(&self, side: Side) -> Option<Micros> {
        let goes = |fault| match side {
            Side::Client => matches!(fault, Fault::Crash | Fault::PowerLost),
            Side::Server => fault == Fault::ServerLost,
        };
        let went = self.script.faults.iter().find(|&&(_, fault)| goes(fault));
        went.map(|&(at, _)| at)
    }

    /// While this side believes in the connection and nobody can be reached on it, up to the end of the recorded time.
    pub fn ghosts(&self, side: Side) -> Vec<(Micros, Micros)> {
        let learned = |side| match side {
            Side::Client => self.client.0,
            Side::Server => self.server.0,
        };
        let until = [
            Some(self.params.duration),
            learned(side).map(|learned| learned.at),
            self.gone(side),
        ];
        let other = side.other();
        let gone = [
            self.nat_forgot,
            self.gone(other),
            learned(other).map(|learned| learned.at),
        ];
        let mut spans: Vec<Span> = self.script.out.clone();
        if side == Side::Server {
            spans.extend(&self.script.naps);
        }
        spans.extend(gone.into_iter().flatten().map(|at| (at, Micros::MAX)));
        joined(spans, until.into_iter().flatten().min().unwrap_or(0))
    }
}
