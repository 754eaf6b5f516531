//! One connection, event by event.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::ends::{Cargo, End, Message};
use super::run::Detection;
use super::script::Script;
use super::{
    DetectedBy, Fault, Loss, Packet, PacketKind, Params, Place, RTO_MAX, RTO_MIN, Side,
    TCP_GIVES_UP,
};
use crate::Micros;
use crate::chance::Chance;

/// How many events a run may take: far more than any run within the bounds of [`Params::clamped`] needs to be recorded.
const MOST_EVENTS: usize = 400_000;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Fault(Fault),
    /// Time to ask.
    Ask(Side),
    /// Time by which the answer to this question has to be there.
    Due(Side, u32),
    /// Time to send again, if this timer still counts.
    Again(Side, u32),
    /// A packet reaches the NAT box.
    Nat(Flight),
    /// A packet reaches its end.
    Arrive(Flight),
    /// Nothing has passed the NAT box for long, if nothing has since this time.
    Idle(Micros),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Flight {
    to: Side,
    cargo: Cargo,
    /// Its place in the record, where it is recorded.
    index: Option<usize>,
}

/// An event in its place in time. Those of one moment keep the order in which they were thought of.
#[derive(Debug, PartialEq, Eq)]
struct Timed(Micros, u64, Event);

impl Ord for Timed {
    fn cmp(&self, other: &Timed) -> std::cmp::Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}

impl PartialOrd for Timed {
    fn partial_cmp(&self, other: &Timed) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The connection, its two ends and all between, at one time.
pub(super) struct Simulation {
    params: Params,
    pub script: Script,
    now: Micros,
    queue: BinaryHeap<Reverse<Timed>>,
    thought_of: u64,
    client: End,
    server: End,
    pub nat_forgot: Option<Micros>,
    nat_passed: Micros,
    pub packets: Vec<Packet>,
}

impl Simulation {
    pub(super) fn new(params: Params, faults: &[(Micros, Fault)]) -> Simulation {
        let mut simulation = Simulation {
            params,
            script: Script::new(&params, faults),
            now: 0,
            queue: BinaryHeap::new(),
            thought_of: 0,
            client: End::new(Side::Client),
            server: End::new(Side::Server),
            nat_forgot: None,
            nat_passed: 0,
            packets: Vec::new(),
        };
        for (at, fault) in simulation.script.faults.clone() {
            simulation.at(at, Event::Fault(fault));
        }
        for (stream, side) in [Side::Server, Side::Client].into_iter().enumerate() {
            let phase = Chance::new(params.seed, stream as u64).unit();
            if params.prober.probes(side) {
                let first = (phase * params.interval as f64) as Micros;
                simulation.after(side, first, Event::Ask(side));
            }
        }
        simulation.at(params.nat_idle, Event::Idle(0));
        simulation
    }

    pub(super) fn end(&self, side: Side) -> &End {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    fn end_mut(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn at(&mut self, at: Micros, event: Event) {
        self.thought_of += 1;
        self.queue.push(Reverse(Timed(at, self.thought_of, event)));
    }

    /// After a while by this side's clock.
    fn after(&mut self, side: Side, delay: Micros, event: Event) {
        let due = match side {
            Side::Client => self.script.client_due(self.now, delay),
            Side::Server => Some(self.now.saturating_add(delay)),
        };
        if let Some(due) = due {
            self.at(due, event);
        }
    }

    /// Runs until the recorded time is over and no side is left in the dark that could still learn something. Whether
    /// nothing was left to happen.
    pub(super) fn run(&mut self) -> bool {
        for _ in 0..MOST_EVENTS {
            let Some(Reverse(Timed(at, _, event))) = self.queue.pop() else {
                return true;
            };
            let settled = |side: Side| self.end(side).learned.is_some() || !self.in_the_dark(side);
            if at > self.params.duration && settled(Side::Client) && settled(Side::Server) {
                return false;
            }
            self.now = at;
            self.happen(event);
        }
        false
    }

    /// Whether this side believes in the connection, and nobody can be reached on it.
    fn in_the_dark(&self, side: Side) -> bool {
        let (me, other) = (self.end(side), self.end(side.other()));
        let out = self.script.lost_on_cable(self.now, self.now).is_some();
        let asleep = side == Side::Server && self.script.asleep(self.now);
        !me.gone()
            && me.learned.is_none()
            && (out || asleep || self.nat_forgot.is_some() || !other.speaks())
    }

    pub(super) fn detection(&self, side: Side, drained: bool) -> Detection {
        let end = self.end(side);
        match end.learned {
            Some((at, by)) => Detection::At(at, by),
            None if end.gone() => Detection::Gone,
            None if !self.in_the_dark(side) => Detection::Fine,
            None if drained => Detection::Never,
            None => Detection::NotYet,
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Fault(fault) => self.fault(fault),
            Event::Ask(side) => self.ask(side),
            Event::Due(side, number) => {
                let allowed = self.params.allowed;
                let end = self.end_mut(side);
                if end.speaks() && end.answered < number {
                    end.misses += 1;
                    if allowed.is_some_and(|allowed| end.misses > allowed) {
                        self.learn(side, DetectedBy::NoAnswer);
                        self.send(side, Cargo::Rst, 0);
                    }
                }
            }
            Event::Again(side, epoch) => self.again(side, epoch),
            Event::Nat(flight) => self.at_nat(flight),
            Event::Arrive(flight) => self.arrive(flight),
            Event::Idle(since) => {
                if self.nat_passed == since {
                    self.nat_forgot.get_or_insert(self.now);
                }
            }
        }
    }

    fn fault(&mut self, fault: Fault) {
        match fault {
            // Whatever is sent looks into the script.
            Fault::CablePulled | Fault::CableBack | Fault::Suspend | Fault::Resume => {}
            Fault::NatForgets => {
                self.nat_forgot.get_or_insert(self.now);
            }
            Fault::PowerLost => self.client.up = false,
            Fault::ServerLost => self.server.up = false,
            Fault::Crash => {
                let end = &mut self.client;
                if end.up && end.app {
                    end.app = false;
                    if end.open {
                        self.say(Side::Client, Message::Fin);
                    }
                }
            }
        }
    }

    fn ask(&mut self, side: Side) {
        if !self.end(side).asks(self.params.prober) {
            return;
        }
        let end = self.end_mut(side);
        end.asked += 1;
        let number = end.asked;
        self.say(side, Message::Ask(number));
        self.after(side, self.params.timeout, Event::Due(side, number));
        self.after(side, self.params.interval, Event::Ask(side));
    }

    /// Sends a message, and again until it is acknowledged.
    fn say(&mut self, side: Side, message: Message) {
        let end = self.end_mut(side);
        end.unacked.push_back(message);
        // While TCP sends again, what is new waits.
        if end.retries == 0 {
            self.send_new(side);
        }
    }

    /// Sends what has not been sent yet.
    fn send_new(&mut self, side: Side) {
        let end = self.end_mut(side);
        let known = usize::try_from(end.sent - end.base).unwrap_or(usize::MAX);
        let new: Vec<Message> = end.unacked.iter().skip(known).copied().collect();
        if new.is_empty() {
            return;
        }
        let cargo = Cargo::Data(end.sent, new, end.expected);
        end.sent = end.base + end.unacked.len() as u64;
        if known == 0 {
            self.wait_for_ack(side);
        }
        self.send(side, cargo, 0);
    }

    /// Begins to wait for the oldest message's acknowledgement.
    fn wait_for_ack(&mut self, side: Side) {
        let now = self.now;
        let end = self.end_mut(side);
        end.since = now;
        end.retries = 0;
        self.set_timer(side);
    }

    fn set_timer(&mut self, side: Side) {
        let first = RTO_MIN + self.params.round_trip;
        let end = self.end_mut(side);
        end.epoch += 1;
        let wait = first.saturating_mul(1 << end.retries.min(30)).min(RTO_MAX);
        let event = Event::Again(side, end.epoch);
        self.after(side, wait, event);
    }

    fn again(&mut self, side: Side, epoch: u32) {
        let end = self.end(side);
        if end.epoch != epoch || !end.up || !end.open || end.unacked.is_empty() {
            return;
        }
        let waited = match side {
            Side::Client => self.script.client_awake(end.since, self.now),
            Side::Server => self.now - end.since,
        };
        if waited >= TCP_GIVES_UP {
            self.learn(side, DetectedBy::TcpGaveUp);
            return;
        }
        let end = self.end_mut(side);
        end.retries += 1;
        end.sent = end.base + end.unacked.len() as u64;
        let (retries, all) = (end.retries, end.unacked.iter().copied().collect());
        let cargo = Cargo::Data(end.base, all, end.expected);
        self.set_timer(side);
        self.send(side, cargo, retries);
    }

    /// The connection is dead to this side. A process that has ended learns nothing any more.
    fn learn(&mut self, side: Side, by: DetectedBy) {
        let now = self.now;
        let end = self.end_mut(side);
        end.open = false;
        end.epoch += 1;
        end.unacked.clear();
        if end.app {
            end.learned.get_or_insert((now, by));
        }
    }

    fn send(&mut self, from: Side, cargo: Cargo, resent: u32) {
        let (kind, messages) = match &cargo {
            Cargo::Data(_, all, _) => (
                all.last().map_or(PacketKind::Ack, |last| last.kind(from)),
                all.len() as u32,
            ),
            Cargo::Ack(_) => (PacketKind::Ack, 0),
            Cargo::Fin(_) => (PacketKind::Fin, 0),
            Cargo::Rst => (PacketKind::Rst, 0),
        };
        let packet = Packet {
            from: from.into(),
            to: from.other(),
            left: self.now,
            end: self.now + self.params.one_way_delay(),
            lost: None,
            kind,
            messages,
            resent,
        };
        let flight = self.record(packet, cargo);
        let (near, far) = (
            self.params.near(),
            self.params.one_way_delay() - self.params.near(),
        );
        match from {
            Side::Server => self.at(self.now + far, Event::Nat(flight)),
            Side::Client => match self.script.lost_on_cable(self.now, self.now + near) {
                Some(at) => self.lost(&flight, at, Loss::Cable),
                None => self.at(self.now + near, Event::Nat(flight)),
            },
        }
    }

    fn record(&mut self, packet: Packet, cargo: Cargo) -> Flight {
        let (to, recorded) = (packet.to, packet.left <= self.params.duration);
        let index = recorded.then_some(self.packets.len());
        if recorded {
            self.packets.push(packet);
        }
        Flight { to, cargo, index }
    }

    fn lost(&mut self, flight: &Flight, at: Micros, why: Loss) {
        if let Some(packet) = flight.index.and_then(|index| self.packets.get_mut(index)) {
            packet.end = at;
            packet.lost = Some(why);
        }
    }

    fn at_nat(&mut self, flight: Flight) {
        if self.nat_forgot.is_some() {
            self.lost(&flight, self.now, Loss::Nat);
            if flight.to == Side::Server && self.params.nat_resets && flight.cargo != Cargo::Rst {
                let packet = Packet {
                    from: Place::Nat,
                    to: Side::Client,
                    left: self.now,
                    end: self.now + self.params.near(),
                    lost: None,
                    kind: PacketKind::Rst,
                    messages: 0,
                    resent: 0,
                };
                let reset = self.record(packet, Cargo::Rst);
                self.last_hop(reset);
            }
            return;
        }
        self.nat_passed = self.now;
        self.at(self.now + self.params.nat_idle, Event::Idle(self.now));
        match flight.to {
            Side::Client => self.last_hop(flight),
            Side::Server => {
                let far = self.params.one_way_delay() - self.params.near();
                self.at(self.now + far, Event::Arrive(flight));
            }
        }
    }

    /// From the NAT box to the client.
    fn last_hop(&mut self, flight: Flight) {
        let there = self.now + self.params.near();
        match self.script.lost_on_cable(self.now, there) {
            Some(at) => self.lost(&flight, at, Loss::Cable),
            None => self.at(there, Event::Arrive(flight)),
        }
    }

    fn arrive(&mut self, flight: Flight) {
        let side = flight.to;
        let asleep = side == Side::Client && self.script.asleep(self.now);
        let end = self.end(side);
        if !end.up || asleep {
            self.lost(&flight, self.now, Loss::Nobody);
            return;
        }
        if !end.open {
            // Whoever has closed in good order still knows what it hears of; all else is about no connection.
            let in_order = matches!(end.learned, Some((_, DetectedBy::Fin))) || !end.app;
            if flight.cargo != Cargo::Rst && !in_order {
                self.send(side, Cargo::Rst, 0);
            }
            return;
        }
        match flight.cargo {
            Cargo::Rst => self.learn(side, DetectedBy::Reset),
            Cargo::Ack(ack) => self.acked(side, ack),
            Cargo::Fin(ack) => {
                self.acked(side, ack);
                self.learn(side, DetectedBy::Fin);
            }
            Cargo::Data(start, messages, ack) => {
                self.acked(side, ack);
                self.take(side, start, &messages);
            }
        }
    }

    fn acked(&mut self, side: Side, up_to: u64) {
        let end = self.end_mut(side);
        if !end.acked(up_to) {
            return;
        }
        end.retries = 0;
        end.epoch += 1;
        if end.sent > end.base {
            self.wait_for_ack(side);
        }
        self.send_new(side);
    }

    /// Data is here. A process that has ended can't read it, and its kernel says so.
    fn take(&mut self, side: Side, start: u64, messages: &[Message]) {
        let end = self.end_mut(side);
        if !end.app {
            self.learn(side, DetectedBy::Reset);
            self.send(side, Cargo::Rst, 0);
            return;
        }
        let new = end.take(start, messages);
        let expected = end.expected;
        let asked = new.iter().rev().find_map(|message| match message {
            Message::Ask(number) => Some(*number),
            _ => None,
        });
        for message in &new {
            if let Message::Answer(number) = *message {
                let end = self.end_mut(side);
                end.answered = end.answered.max(number);
                end.misses = 0;
            }
        }
        if new.contains(&Message::Fin) {
            self.learn(side, DetectedBy::Fin);
            self.send(side, Cargo::Fin(expected), 0);
        } else if let Some(number) = asked
            && self.end(side).retries == 0
        {
            // Of several pings that came at once, the last is answered (RFC 6455 §5.5.3).
            self.say(side, Message::Answer(number));
        } else {
            if let Some(number) = asked {
                self.say(side, Message::Answer(number));
            }
            self.send(side, Cargo::Ack(expected), 0);
        }
    }
}
