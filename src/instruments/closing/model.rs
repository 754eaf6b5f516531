//! The end of a connection as a model: two real [`Session`](wire::session::Session)s, a TCP for each, and a network with latency between them.
//!
//! Nothing is drawn here that did not happen here: the bytes are what the sessions wrote, and the states are theirs.
//! The same setup gives the same run everywhere.
//!
//! What is left out: acknowledgements of data, segments' sizes and loss other than a pulled cable, TLS, and the end of
//! TIME_WAIT. A client is a browser; how long its TCP waits is measured with Chromium on Linux.

use std::collections::BTreeMap;

use sim::{Micros, SECOND};
use wire::Role;

use super::endpoint::{Endpoint, Program, Socket, Tcp};
use super::record::{Arrow, By, Ended, Entry, Happening, Run, Segment, What, index};
use super::setup::{Setup, Spoken, Start, When, Wrong};

/// For how long Linux repeats what nobody acknowledges before it gives up, with `tcp_retries2` at its default of 15:
/// 200 ms doubled nine times, then six times 120 s.
pub const TCP_GIVES_UP: Micros = 924_600_000;
/// After so much silence a Chromium's TCP asks whether anyone is there, and after so much more asks again.
pub const PROBE_AFTER: Micros = 45 * SECOND;
/// How many questions without an answer are enough for Linux.
pub const PROBES: u64 = 9;

impl Run {
    /// Runs until nothing more can happen.
    pub fn new(setup: &Setup) -> Run {
        let mut model = Model::new(setup);
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
enum Due {
    Deliver(usize),
    Lose(usize),
    Send(Role, &'static str),
    Close(Role),
    Wrong,
    Tick(Role),
    Repeat(Role),
    GiveUp(Role),
    Probe,
    ProbesEnd,
}

struct Model<'a> {
    setup: &'a Setup,
    latency: Micros,
    now: Micros,
    ends: [Endpoint; 2],
    /// By time; what was planned first comes first.
    queue: BTreeMap<(Micros, usize), Due>,
    planned: usize,
    cut: Option<Micros>,
    run: Run,
}

impl<'a> Model<'a> {
    fn new(setup: &'a Setup) -> Model<'a> {
        let latency = setup.latency();
        let close_at = 2 * latency;
        let ends = [Role::Client, Role::Server].map(|role| Endpoint::new(role, setup.patience()));
        let wrong_at = (setup.wrong != Wrong::Nothing).then(|| match setup.when() {
            When::Before => close_at - latency / 4,
            When::Asked => close_at + latency * 3 / 4,
            When::Answered => close_at + latency * 3 / 2,
        });
        let mut model = Model {
            setup,
            latency,
            now: 0,
            queue: BTreeMap::new(),
            planned: 0,
            cut: None,
            run: Run {
                arrows: Vec::new(),
                log: Vec::new(),
                standings: vec![(0, [ends[0].standing(), ends[1].standing()])],
                close_at,
                wrong_at,
            },
            ends,
        };
        model.plan(0, Due::Send(Role::Server, "Hello"));
        let starters: &[Role] = match setup.start {
            Start::Client => &[Role::Client],
            Start::Server => &[Role::Server],
            Start::Both => &[Role::Client, Role::Server],
            Start::Nobody => &[],
        };
        for &role in starters {
            if setup.traffic {
                model.plan(close_at - latency / 2, Due::Send(role.peer(), "More"));
                model.plan(close_at + latency / 4, Due::Send(role, "Late"));
            }
            model.plan(close_at, Due::Close(role));
        }
        if starters.is_empty() && setup.traffic {
            model.plan(close_at, Due::Send(Role::Client, "Anyone there?"));
        }
        if let Some(at) = wrong_at {
            model.plan(at, Due::Wrong);
        }
        model
    }

    fn plan(&mut self, at: Micros, what: Due) {
        self.planned += 1;
        self.queue.insert((at, self.planned), what);
    }

    fn end(&mut self, role: Role) -> &mut Endpoint {
        &mut self.ends[index(role)]
    }

    fn log(&mut self, what: What) {
        self.run.log.push(Entry { at: self.now, what });
    }

    fn inside(&mut self, role: Role, happening: Happening) {
        self.log(What::Inside(role, happening));
    }

    /// Writes down where both ends are, if that has changed.
    fn note(&mut self) {
        let standings = [self.ends[0].standing(), self.ends[1].standing()];
        let same = self.run.standings.last().is_some_and(|s| s.1 == standings);
        if !same {
            self.run.standings.push((self.now, standings));
        }
    }

    fn happen(&mut self, what: Due) {
        match what {
            Due::Deliver(arrow) => {
                self.log(What::Arrives(arrow));
                self.deliver(arrow);
            }
            Due::Lose(arrow) => {
                self.log(What::Lost(arrow));
                let Arrow { from, left, .. } = self.run.arrows[arrow];
                let owed = !matches!(self.run.arrows[arrow].segment, Segment::Ack | Segment::Rst);
                if owed && !std::mem::replace(&mut self.end(from).repeats, true) {
                    let first = (self.latency * 2).max(SECOND / 5);
                    self.plan(left + first, Due::Repeat(from));
                    self.plan(left + TCP_GIVES_UP, Due::GiveUp(from));
                }
            }
            Due::Send(role, text) => self.send_message(role, text),
            Due::Close(role) => self.close(role),
            Due::Wrong => self.go_wrong(),
            Due::Tick(role) => {
                let now = self.now;
                if self.end(role).works() && self.end(role).tick(now) {
                    self.leave(role, By::Timeout);
                }
            }
            Due::Repeat(role) => {
                if self.end(role).tcp != Tcp::Closed && self.end(role).ended.is_none() {
                    self.inside(role, Happening::Repeats);
                }
            }
            Due::GiveUp(role) => self.give_up(role, By::GaveUp),
            Due::Probe => {
                let end = &self.ends[index(Role::Client)];
                if end.works() && !end.repeats {
                    self.inside(Role::Client, Happening::Probes);
                }
            }
            Due::ProbesEnd => {
                // Once something is to be repeated, that decides, and no probe is sent.
                if !self.ends[index(Role::Client)].repeats {
                    self.give_up(Role::Client, By::Silence);
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
            Err(_) => self.inside(role, Happening::SendRefused),
        }
    }

    fn close(&mut self, role: Role) {
        if !self.end(role).works() {
            return;
        }
        match self.setup.said(role).spoken(role) {
            Spoken::Throws(why) => self.inside(role, Happening::Throws(why)),
            Spoken::Sends(close) => {
                self.inside(role, Happening::Calls(close.clone()));
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
        let role = self.setup.whom;
        let works = self.end(role).works();
        match self.setup.wrong {
            Wrong::Nothing => {}
            Wrong::Cable => {
                self.cut = Some(self.now);
                self.log(What::Cut);
                let heard = self.ends[index(Role::Client)].heard;
                self.plan(heard + PROBE_AFTER, Due::Probe);
                self.plan(heard + PROBE_AFTER * (PROBES + 1), Due::ProbesEnd);
            }
            _ if !works => {}
            Wrong::Hang => {
                self.end(role).program = Program::Hung;
                self.inside(role, Happening::Hangs);
            }
            Wrong::Crash => {
                self.end(role).program = Program::Dead;
                self.inside(role, Happening::Crashes);
                self.end(role).socket = Socket::Closed;
                self.send_fin(role, false);
            }
            Wrong::Fin => {
                self.inside(role, Happening::Drops);
                self.leave(role, By::Itself);
            }
            Wrong::Reset => {
                self.inside(role, Happening::Resets);
                self.transmit(role, Segment::Rst);
                self.end(role).tcp = Tcp::Closed;
                self.finish(role, By::Itself);
            }
        }
    }

    fn give_up(&mut self, role: Role, by: By) {
        let end = self.end(role);
        let works = end.works();
        end.tcp = Tcp::Closed;
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
                self.leave(role, By::Failure);
            } else if end.socket == Socket::Open {
                // Until the other end's FIN comes, this one reads on (§7.1.1).
                end.socket = Socket::Shut;
                self.send_fin(role, false);
            }
        }
        if let Some(tick) = tick {
            self.plan((tick.as_micros() as Micros).max(now), Due::Tick(role));
        }
    }

    /// Closes the socket for good.
    fn leave(&mut self, role: Role, by: By) {
        self.finish(role, by);
        self.send_fin(role, false);
    }

    /// The connection is closed, as far as this end is concerned.
    fn finish(&mut self, role: Role, by: By) {
        let now = self.now;
        let end = self.end(role);
        end.socket = Socket::Closed;
        let ended = Ended {
            at: now,
            outcome: end.session.outcome(),
            by,
        };
        end.ended = Some(ended.clone());
        self.inside(role, Happening::Closed(ended));
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
        let number = self.run.arrows.len();
        let lost = match (self.cut, self.setup.wrong) {
            (Some(_), _) => Some(0.5),
            (None, Wrong::Cable) => self
                .run
                .wrong_at
                .filter(|&cut| cut < arrives)
                .map(|cut| (cut.saturating_sub(left)) as f64 / self.latency as f64),
            _ => None,
        };
        self.run.arrows.push(Arrow {
            from,
            segment,
            left,
            arrives,
            lost,
        });
        self.log(What::Leaves(number));
        match lost {
            None => self.plan(arrives, Due::Deliver(number)),
            Some(share) => {
                let at = left + (self.latency as f64 * share) as Micros;
                self.plan(at, Due::Lose(number));
            }
        }
    }

    fn deliver(&mut self, arrow: usize) {
        let Arrow { from, segment, .. } = self.run.arrows[arrow].clone();
        let role = from.peer();
        let (now, latency) = (self.now, self.latency);
        self.end(role).heard = now;
        // What came is acknowledged, if the cable is still there then.
        let back = now + latency;
        let cable = (self.setup.wrong == Wrong::Cable)
            .then_some(self.run.wrong_at)
            .flatten();
        if cable.is_none_or(|cut| back <= cut) && self.end(role).tcp != Tcp::Closed {
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
                if before == Tcp::Closing {
                    self.inside(role, Happening::TimeWait);
                }
            }
            Segment::Rst => {
                let works = self.end(role).works();
                self.end(role).tcp = Tcp::Closed;
                if works {
                    self.finish(role, By::Rst);
                }
            }
        }
    }

    fn deliver_bytes(&mut self, role: Role, bytes: &[u8]) {
        let now = self.now;
        let end = self.end(role);
        if end.tcp == Tcp::Closed || end.socket == Socket::Closed {
            // Nobody will ever read this.
            end.tcp = Tcp::Closed;
            return self.transmit(role, Segment::Rst);
        }
        if end.program == Program::Hung {
            return self.inside(role, Happening::Unread);
        }
        end.tick(now);
        for happening in end.read(bytes) {
            self.inside(role, happening);
        }
        self.flush(role, "");
    }

    fn deliver_fin(&mut self, role: Role) {
        let end = self.end(role);
        if end.tcp == Tcp::Closed {
            return;
        }
        end.tcp = end.tcp.after_fin_received();
        if end.works() {
            // A read gives 0 bytes, and the program closes the socket.
            self.finish(role, By::Fin);
            self.send_fin(role, true);
        } else {
            self.transmit(role, Segment::Ack);
        }
        if self.end(role).tcp == Tcp::TimeWait {
            self.inside(role, Happening::TimeWait);
        }
    }
}
