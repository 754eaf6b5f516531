//! The end of a connection as a model: two real [`Session`](wire::session::Session)s, a TCP for each, and a network with latency between them.
//!
//! Nothing is drawn here that did not happen here: the bytes are what the sessions wrote, and the states are theirs.
//! The same scenario gives the same run everywhere.
//!
//! What is left out: acknowledgements of data, segments' sizes and loss other than a pulled cable, TLS, and the end of
//! TIME_WAIT. A client is a browser; how long its TCP waits is measured with Chromium on Linux.

use std::collections::BTreeMap;

use sim::{Micros, SECOND};
use wire::Role;

use super::endpoint::{Endpoint, Program, Socket, TcpState};
use super::event_log::{
    EndedBy, Ending, EndpointEvent, LogEntry, LogEvent, Run, Segment, SentSegment, index,
};
use super::scenario::{CallResult, Initiator, Mishap, MishapTime, Scenario};

/// For how long Linux repeats what nobody acknowledges before it gives up, with `tcp_retries2` at its default of 15:
/// 200 ms doubled nine times, then six times 120 s.
pub const TCP_GIVES_UP: Micros = 924_600_000;
/// After so much silence a Chromium's TCP asks whether anyone is there, and after so much more asks again.
pub const PROBE_AFTER: Micros = 45 * SECOND;
/// How many questions without an answer are enough for Linux.
pub const PROBES: u64 = 9;

impl Run {
    /// Runs until nothing more can happen.
    pub fn new(scenario: &Scenario) -> Run {
        let mut model = Simulation::new(scenario);
        while let Some(((at, _), due)) = model.queue.pop_first() {
            model.now = at;
            model.happen(due);
            model.note();
        }
        model.run
    }
}

/// What is due.
#[derive(Clone, Copy, Debug)]
enum Scheduled {
    Deliver(usize),
    Lose(usize),
    Send(Role, &'static str),
    Close(Role),
    Mishap,
    Tick(Role),
    Repeat(Role),
    GiveUp(Role),
    Probe,
    ProbesEnd,
}

struct Simulation<'a> {
    scenario: &'a Scenario,
    latency: Micros,
    now: Micros,
    ends: [Endpoint; 2],
    /// By time; what was planned first comes first.
    queue: BTreeMap<(Micros, usize), Scheduled>,
    planned: usize,
    cut: Option<Micros>,
    run: Run,
}

impl<'a> Simulation<'a> {
    fn new(scenario: &'a Scenario) -> Simulation<'a> {
        let latency = scenario.latency();
        let close_at = 2 * latency;
        let ends =
            [Role::Client, Role::Server].map(|role| Endpoint::new(role, scenario.patience()));
        let wrong_at = (scenario.wrong != Mishap::Nothing).then(|| match scenario.when() {
            MishapTime::Before => close_at - latency / 4,
            MishapTime::Asked => close_at + latency * 3 / 4,
            MishapTime::Answered => close_at + latency * 3 / 2,
        });
        let mut model = Simulation {
            scenario,
            latency,
            now: 0,
            queue: BTreeMap::new(),
            planned: 0,
            cut: None,
            run: Run {
                segments: Vec::new(),
                log: Vec::new(),
                endpoints: vec![(0, [ends[0].endpoint(), ends[1].endpoint()])],
                close_at,
                wrong_at,
            },
            ends,
        };
        model.plan(0, Scheduled::Send(Role::Server, "Hello"));
        let starters: &[Role] = match scenario.start {
            Initiator::Client => &[Role::Client],
            Initiator::Server => &[Role::Server],
            Initiator::Both => &[Role::Client, Role::Server],
            Initiator::Nobody => &[],
        };
        for &role in starters {
            if scenario.traffic {
                model.plan(close_at - latency / 2, Scheduled::Send(role.peer(), "More"));
                model.plan(close_at + latency / 4, Scheduled::Send(role, "Late"));
            }
            model.plan(close_at, Scheduled::Close(role));
        }
        if starters.is_empty() && scenario.traffic {
            model.plan(close_at, Scheduled::Send(Role::Client, "Anyone there?"));
        }
        if let Some(at) = wrong_at {
            model.plan(at, Scheduled::Mishap);
        }
        model
    }

    fn plan(&mut self, at: Micros, what: Scheduled) {
        self.planned += 1;
        self.queue.insert((at, self.planned), what);
    }

    fn end(&mut self, role: Role) -> &mut Endpoint {
        &mut self.ends[index(role)]
    }

    fn log(&mut self, what: LogEvent) {
        self.run.log.push(LogEntry { at: self.now, what });
    }

    fn inside(&mut self, role: Role, event: EndpointEvent) {
        self.log(LogEvent::Inside(role, event));
    }

    /// Writes down where both ends are, if that has changed.
    fn note(&mut self) {
        let endpoints = [self.ends[0].endpoint(), self.ends[1].endpoint()];
        let same = self.run.endpoints.last().is_some_and(|s| s.1 == endpoints);
        if !same {
            self.run.endpoints.push((self.now, endpoints));
        }
    }

    fn happen(&mut self, what: Scheduled) {
        match what {
            Scheduled::Deliver(arrow) => {
                self.log(LogEvent::Arrives(arrow));
                self.deliver(arrow);
            }
            Scheduled::Lose(arrow) => {
                self.log(LogEvent::Lost(arrow));
                let SentSegment { from, left, .. } = self.run.segments[arrow];
                let owed = !matches!(
                    self.run.segments[arrow].segment,
                    Segment::Ack | Segment::Rst
                );
                if owed && !std::mem::replace(&mut self.end(from).repeats, true) {
                    let first = (self.latency * 2).max(SECOND / 5);
                    self.plan(left + first, Scheduled::Repeat(from));
                    self.plan(left + TCP_GIVES_UP, Scheduled::GiveUp(from));
                }
            }
            Scheduled::Send(role, text) => self.send_message(role, text),
            Scheduled::Close(role) => self.close(role),
            Scheduled::Mishap => self.go_wrong(),
            Scheduled::Tick(role) => {
                let now = self.now;
                if self.end(role).works() && self.end(role).tick(now) {
                    self.leave(role, EndedBy::Timeout);
                }
            }
            Scheduled::Repeat(role) => {
                if self.end(role).tcp != TcpState::Closed && self.end(role).ended.is_none() {
                    self.inside(role, EndpointEvent::Repeats);
                }
            }
            Scheduled::GiveUp(role) => self.give_up(role, EndedBy::GaveUp),
            Scheduled::Probe => {
                let end = &self.ends[index(Role::Client)];
                if end.works() && !end.repeats {
                    self.inside(Role::Client, EndpointEvent::Probes);
                }
            }
            Scheduled::ProbesEnd => {
                // Once something is to be repeated, that decides, and no probe is sent.
                if !self.ends[index(Role::Client)].repeats {
                    self.give_up(Role::Client, EndedBy::Silence);
                }
            }
        }
    }

    fn send_message(&mut self, role: Role, text: &str) {
        let end = self.end(role);
        if !end.works() {
            return;
        }
        match end.session.send_text(text) {
            Ok(()) => self.flush(role, text),
            Err(_) => self.inside(role, EndpointEvent::SendRefused),
        }
    }

    fn close(&mut self, role: Role) {
        if !self.end(role).works() {
            return;
        }
        match self.scenario.said(role).result(role) {
            CallResult::Throws(why) => self.inside(role, EndpointEvent::Throws(why)),
            CallResult::Sends(close) => {
                self.inside(role, EndpointEvent::Calls(close.clone()));
                let now = self.now;
                let end = self.end(role);
                // The clock of a session stands still until it is told the time, and its patience begins now.
                end.tick(now);
                end.session.close(close);
                self.flush(role, "");
            }
        }
    }

    fn go_wrong(&mut self) {
        let role = self.scenario.whom;
        let works = self.end(role).works();
        match self.scenario.wrong {
            Mishap::Nothing => {}
            Mishap::Cable => {
                self.cut = Some(self.now);
                self.log(LogEvent::Cut);
                let heard = self.ends[index(Role::Client)].heard;
                self.plan(heard + PROBE_AFTER, Scheduled::Probe);
                self.plan(heard + PROBE_AFTER * (PROBES + 1), Scheduled::ProbesEnd);
            }
            _ if !works => {}
            Mishap::Hang => {
                self.end(role).program = Program::Hung;
                self.inside(role, EndpointEvent::Hangs);
            }
            Mishap::Crash => {
                self.end(role).program = Program::Dead;
                self.inside(role, EndpointEvent::Crashes);
                self.end(role).socket = Socket::Closed;
                self.send_fin(role, false);
            }
            Mishap::Fin => {
                self.inside(role, EndpointEvent::Drops);
                self.leave(role, EndedBy::Itself);
            }
            Mishap::Reset => {
                self.inside(role, EndpointEvent::Resets);
                self.transmit(role, Segment::Rst);
                self.end(role).tcp = TcpState::Closed;
                self.finish(role, EndedBy::Itself);
            }
        }
    }

    fn give_up(&mut self, role: Role, by: EndedBy) {
        let end = self.end(role);
        let works = end.works();
        end.tcp = TcpState::Closed;
        if works {
            self.finish(role, by);
        }
    }

    /// Sends what the session has written, and closes TCP where it is this end's turn. `text` is the message's, if it has
    /// written one.
    fn flush(&mut self, role: Role, text: &str) {
        let now = self.now;
        let end = self.end(role);
        let bytes = end.session.output().to_vec();
        end.session.sent(bytes.len());
        let close = end.new_close();
        if !bytes.is_empty() && end.tcp.sends() {
            self.transmit(
                role,
                match close {
                    Some(close) => Segment::Close(bytes, close),
                    None => Segment::Message(bytes, text.to_owned()),
                },
            );
        }
        let end = self.end(role);
        let tick = end.session.next_tick();
        if end.session.should_close_tcp() {
            if end.session.closing().failed.is_some() {
                self.leave(role, EndedBy::Failure);
            } else if end.socket == Socket::Open {
                // Until the other end's FIN comes, this one reads on (§7.1.1).
                end.socket = Socket::Shut;
                self.send_fin(role, false);
            }
        }
        if let Some(tick) = tick {
            self.plan((tick.as_micros() as Micros).max(now), Scheduled::Tick(role));
        }
    }

    /// Closes the socket for good.
    fn leave(&mut self, role: Role, by: EndedBy) {
        self.finish(role, by);
        self.send_fin(role, false);
    }

    /// The connection is closed, as far as this end is concerned.
    fn finish(&mut self, role: Role, by: EndedBy) {
        let now = self.now;
        let end = self.end(role);
        end.socket = Socket::Closed;
        let ended = Ending {
            at: now,
            outcome: end.session.outcome(),
            by,
        };
        end.ended = Some(ended.clone());
        self.inside(role, EndpointEvent::Closed(ended));
    }

    fn send_fin(&mut self, role: Role, ack: bool) {
        let end = self.end(role);
        if end.tcp.sends() {
            end.tcp = end.tcp.after_fin_sent();
            self.transmit(role, Segment::Fin { ack });
        } else if ack {
            self.transmit(role, Segment::Ack);
        }
    }

    fn transmit(&mut self, from: Role, segment: Segment) {
        let (left, arrives) = (self.now, self.now + self.latency);
        let number = self.run.segments.len();
        let lost = match (self.cut, self.scenario.wrong) {
            (Some(_), _) => Some(0.5),
            (None, Mishap::Cable) => self
                .run
                .wrong_at
                .filter(|&cut| cut < arrives)
                .map(|cut| (cut.saturating_sub(left)) as f64 / self.latency as f64),
            _ => None,
        };
        self.run.segments.push(SentSegment {
            from,
            segment,
            left,
            arrives,
            lost,
        });
        self.log(LogEvent::Leaves(number));
        match lost {
            None => self.plan(arrives, Scheduled::Deliver(number)),
            Some(share) => {
                let at = left + (self.latency as f64 * share) as Micros;
                self.plan(at, Scheduled::Lose(number));
            }
        }
    }

    fn deliver(&mut self, arrow: usize) {
        let SentSegment { from, segment, .. } = self.run.segments[arrow].clone();
        let role = from.peer();
        let (now, latency) = (self.now, self.latency);
        self.end(role).heard = now;
        // What came is acknowledged, if the cable is still there then.
        let back = now + latency;
        let cable = (self.scenario.wrong == Mishap::Cable)
            .then_some(self.run.wrong_at)
            .flatten();
        if cable.is_none_or(|cut| back <= cut) && self.end(role).tcp != TcpState::Closed {
            self.end(from).heard = self.end(from).heard.max(back);
        }
        match segment {
            Segment::Message(bytes, _) | Segment::Close(bytes, _) => {
                self.deliver_bytes(role, &bytes)
            }
            Segment::Fin { ack } => {
                if ack {
                    self.end(role).tcp = self.end(role).tcp.after_ack();
                }
                self.deliver_fin(role);
            }
            Segment::Ack => {
                let before = self.end(role).tcp;
                self.end(role).tcp = before.after_ack();
                if before == TcpState::Closing {
                    self.inside(role, EndpointEvent::TimeWait);
                }
            }
            Segment::Rst => {
                let works = self.end(role).works();
                self.end(role).tcp = TcpState::Closed;
                if works {
                    self.finish(role, EndedBy::Rst);
                }
            }
        }
    }

    fn deliver_bytes(&mut self, role: Role, bytes: &[u8]) {
        let now = self.now;
        let end = self.end(role);
        if end.tcp == TcpState::Closed || end.socket == Socket::Closed {
            // Nobody will ever read this.
            end.tcp = TcpState::Closed;
            return self.transmit(role, Segment::Rst);
        }
        if end.program == Program::Hung {
            return self.inside(role, EndpointEvent::Unread);
        }
        end.tick(now);
        for event in end.read(bytes) {
            self.inside(role, event);
        }
        self.flush(role, "");
    }

    fn deliver_fin(&mut self, role: Role) {
        let end = self.end(role);
        if end.tcp == TcpState::Closed {
            return;
        }
        end.tcp = end.tcp.after_fin_received();
        if end.works() {
            // A read gives 0 bytes, and the program closes the socket.
            self.finish(role, EndedBy::Fin);
            self.send_fin(role, true);
        } else {
            self.transmit(role, Segment::Ack);
        }
        if self.end(role).tcp == TcpState::TimeWait {
            self.inside(role, EndpointEvent::TimeWait);
        }
    }
}
