//! A list of events and a number of messages, in slices.

use super::cluster::Deployment;
use super::send::Rooms;
use super::{Cluster, Deployed, Event, Moved, Params};
use crate::chance::Chance;
use crate::job::{Job, TooLarge};
use serde::{Deserialize, Serialize};

/// What a server holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerLoad {
    /// Its number.
    pub server: u16,
    /// Clients that it holds.
    pub clients: u32,
}

/// What an event did.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Happened {
    /// A server died, was added, or lines broke.
    Moved(Event, Moved),
    /// Servers were replaced.
    Deployed(Event, Deployed),
}

/// What became of all messages together; see [`super::Delivery`] for the fields of the same names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Messages that were sent.
    pub sent: u64,
    /// Messages that did not reach every member.
    pub incomplete: u64,
    /// Members that were reached, once for each message.
    pub reached: u64,
    /// Members that were not.
    pub missed: u64,
    /// Copies between machines.
    pub copies: u64,
    /// Of these, to servers that had the message already.
    pub redundant: u64,
    /// Servers that got a message and hold no member, once for each message.
    pub needless: u64,
    /// The sum of hops; divided by `sent`, the mean.
    pub hops: u64,
    /// The most hops of one message.
    pub most_hops: u32,
}

/// What comes out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// What each server that is up holds.
    pub loads: Vec<ServerLoad>,
    /// The fewest clients of a server.
    pub least: u32,
    /// The mean over the servers.
    pub mean: f64,
    /// The most.
    pub most: u32,
    /// Clients that have a server.
    pub connected: u64,
    /// What each event did, as far as they have happened.
    pub events: Vec<Happened>,
    /// Reconnections in all events.
    pub reconnected: u64,
    /// Clients that found no trace of their session, in all events.
    pub sessions_lost: u64,
    /// The messages.
    pub messages: Totals,
}

/// What is being done.
#[derive(Clone, Debug)]
enum Step {
    Connect,
    Event(usize),
    Deploy(usize, Box<Deployment>),
    Shuffle,
    Send,
    Done,
}

/// A run of [`Cluster`]: everybody connects, the events happen, the messages are sent.
#[derive(Clone, Debug)]
pub struct ClusterRun {
    params: Params,
    cluster: Cluster,
    rooms: Rooms,
    chance: Chance,
    step: Step,
    events: Vec<Happened>,
    totals: Totals,
}

impl ClusterRun {
    /// The servers and who is on them, as it is now.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Works for at most about so many units. How many it took.
    fn work(&mut self, units: u32) -> u64 {
        let clients = u64::from(self.params.clients);
        match std::mem::replace(&mut self.step, Step::Done) {
            Step::Connect => {
                let all = self.cluster.connect(units);
                self.step = if all { Step::Event(0) } else { Step::Connect };
                u64::from(units).min(clients)
            }
            Step::Event(index) => {
                self.step = Step::Event(index + 1);
                let Some(&event) = self.params.events.get(index) else {
                    self.step = Step::Shuffle;
                    return 1;
                };
                let moved = match event {
                    Event::Kill(server) => self.cluster.kill(server),
                    Event::Add => self.cluster.add(),
                    Event::LinesBreak { permille } => self.cluster.lines_break(permille),
                    Event::Deploy { drain } => {
                        let deployment = self.cluster.begin_deployment(drain);
                        self.step = Step::Deploy(index, Box::new(deployment));
                        return 1 + clients / 4;
                    }
                };
                self.events.push(Happened::Moved(event, moved));
                1 + clients
            }
            Step::Deploy(index, mut deployment) => {
                if self.cluster.deploy_next(&mut deployment) {
                    self.step = Step::Deploy(index, deployment);
                    return 1 + clients / 16;
                }
                if let Some(&event) = self.params.events.get(index) {
                    let deployed = deployment.so_far();
                    self.events.push(Happened::Deployed(event, deployed));
                }
                self.step = Step::Event(index + 1);
                1
            }
            Step::Shuffle => {
                let all = self.rooms.shuffle(units);
                self.step = if all { Step::Send } else { Step::Shuffle };
                u64::from(units).min(clients)
            }
            Step::Send => {
                if self.totals.sent >= u64::from(self.params.messages) {
                    return 1;
                }
                self.step = Step::Send;
                self.send()
            }
            Step::Done => u64::MAX,
        }
    }

    fn send(&mut self) -> u64 {
        let (from, room) = self.rooms.draw(&mut self.chance);
        let (_, other) = self.rooms.draw(&mut self.chance);
        let room = if self.params.room == 1 { other } else { room };
        let members = self.rooms.members(room);
        let delivery = self.cluster.send(from, members, self.params.backplane);
        let totals = &mut self.totals;
        totals.sent += 1;
        totals.incomplete += u64::from(delivery.missed > 0);
        totals.reached += u64::from(delivery.reached);
        totals.missed += u64::from(delivery.missed);
        totals.copies += u64::from(delivery.copies);
        totals.redundant += u64::from(delivery.redundant);
        totals.needless += u64::from(delivery.needless);
        totals.hops += u64::from(delivery.hops);
        totals.most_hops = totals.most_hops.max(delivery.hops);
        1 + members.len() as u64 / 16 + u64::from(delivery.copies) / 8
    }
}

impl Job for ClusterRun {
    const NAME: &'static str = "cluster";
    type Params = Params;
    type Output = Output;

    /// Never refuses: the most clients take some ten megabytes.
    fn start(params: &Params) -> Result<ClusterRun, TooLarge> {
        let params = params.clamped();
        Ok(ClusterRun {
            cluster: Cluster::new(&params),
            rooms: Rooms::unshuffled(params.clients, params.room, params.seed),
            chance: Chance::new(params.seed, 4),
            step: Step::Connect,
            events: Vec::new(),
            totals: Totals::default(),
            params,
        })
    }

    fn advance(&mut self, events: u32) -> bool {
        let mut left = u64::from(events.max(1));
        while left > 0 && !matches!(self.step, Step::Done) {
            let units = u32::try_from(left).unwrap_or(u32::MAX);
            left = left.saturating_sub(self.work(units));
        }
        matches!(self.step, Step::Done)
    }

    fn progress(&self) -> f64 {
        let part = |done: f64, all: f64| if all > 0.0 { done / all } else { 1.0 };
        let events = self.params.events.len() as f64;
        match &self.step {
            Step::Connect => {
                let connected: u64 = self.cluster.loads().map(|(_, load)| u64::from(load)).sum();
                0.2 * part(connected as f64, f64::from(self.params.clients))
            }
            Step::Event(index) => 0.2 + 0.3 * part(*index as f64, events).min(1.0),
            Step::Deploy(index, deployment) => {
                0.2 + 0.3 * part(*index as f64 + deployment.progress(), events).min(1.0)
            }
            Step::Shuffle => 0.5,
            Step::Send => {
                let all = f64::from(self.params.messages);
                0.6 + 0.4 * part(self.totals.sent as f64, all)
            }
            Step::Done => 1.0,
        }
    }

    fn output(&self) -> Output {
        let loads: Vec<ServerLoad> = (self.cluster.loads())
            .map(|(server, clients)| ServerLoad { server, clients })
            .collect();
        let clients = loads.iter().map(|load| load.clients);
        let connected: u64 = clients.clone().map(u64::from).sum();
        let (mut reconnected, mut sessions_lost) = (0, 0);
        for happened in &self.events {
            let (all, lost) = match happened {
                Happened::Moved(_, moved) => (moved.reconnected, moved.sessions_lost),
                Happened::Deployed(_, deployed) => (deployed.reconnected, deployed.reconnected),
            };
            reconnected += u64::from(all);
            sessions_lost += u64::from(lost);
        }
        Output {
            least: clients.clone().min().unwrap_or(0),
            most: clients.max().unwrap_or(0),
            mean: connected as f64 / loads.len().max(1) as f64,
            connected,
            loads,
            events: self.events.clone(),
            reconnected,
            sessions_lost,
            messages: self.totals,
        }
    }
}
