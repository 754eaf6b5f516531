//! A run as the page knows it: its clients, what the server counts of them, and when it is over.

use protocol::Transport;
use protocol::transports::RunCost;

use super::client::{Client, Kind};
use super::clock::Clock;
use super::plan::{Clients, Plan};

/// How long the last messages may take, in milliseconds after the end of the stream.
const GRACE_MS: f64 = 6_000.0;

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The server is asked for a run.
    Starting,
    /// Messages come.
    Running,
    /// All came, or will come no more.
    Done,
    /// The reader ended it.
    Stopped,
    /// It did not begin; why, in a sentence.
    Failed(String),
}

/// What the server had counted at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct CostSample {
    /// What it said; its `us` is when.
    pub cost: RunCost,
}

/// How late messages were, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delays {
    /// Half of them were no later.
    pub median: f64,
    /// Nineteen of twenty were no later.
    pub p95: f64,
}

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct Race {
    /// What it was begun with.
    pub plan: Plan,
    /// Where it stands.
    pub stage: Stage,
    /// Who reads.
    pub clients: Vec<Client>,
    /// The server's clock.
    pub clock: Clock,
    /// What the server counted, in the order of time.
    pub costs: Vec<CostSample>,
    /// Restarts of the server: when, by the page's clock, and for how long, in milliseconds.
    pub restarts: Vec<(f64, u32)>,
    /// Why a restart or a look at the cost failed, in a sentence.
    pub trouble: Option<String>,
    /// The time by the page's clock, in milliseconds.
    pub now: f64,
}

impl Race {
    /// A run that has not begun.
    pub fn new(plan: Plan) -> Race {
        let clients = match plan.clients {
            Clients::All => Transport::ALL
                .map(|transport| Client::new(Kind::Only(transport)))
                .to_vec(),
            Clients::Fallback => vec![Client::new(Kind::Fallback)],
        };
        Race {
            plan,
            stage: Stage::Starting,
            clients,
            clock: Clock::default(),
            costs: Vec::new(),
            restarts: Vec::new(),
            trouble: None,
            now: 0.0,
        }
    }

    /// A run that did not begin.
    pub fn failed(plan: Plan, why: String) -> Race {
        Race {
            stage: Stage::Failed(why),
            ..Race::new(plan)
        }
    }

    /// Whether something may still happen.
    pub fn goes_on(&self) -> bool {
        matches!(self.stage, Stage::Starting | Stage::Running)
    }

    /// Milliseconds since the start of the stream, by the server's clock.
    pub fn elapsed(&self) -> f64 {
        self.clock.server(self.now).unwrap_or_default().max(0.0)
    }

    /// The server said what the run has cost.
    pub fn counted(&mut self, cost: RunCost) {
        self.costs.push(CostSample { cost });
    }

    /// What the server said last.
    pub fn cost(&self) -> Option<&RunCost> {
        self.costs.last().map(|sample| &sample.cost)
    }

    /// How many messages the stream has, once that is known.
    pub fn total(&self) -> Option<u64> {
        let last = self.cost()?;
        (last.us > u64::from(self.plan.last_ms) * 1000).then_some(last.messages)
    }

    /// Whether nobody waits for anything any more, or has waited long enough.
    pub fn is_over(&self) -> bool {
        let all = self
            .total()
            .is_some_and(|total| self.clients.iter().all(|client| client.seen >= total));
        let grace = GRACE_MS.max(f64::from(self.plan.poll_ms) + 1000.0);
        all || self.elapsed() > f64::from(self.plan.last_ms) + grace
    }

    /// Whether this client has all of the stream.
    pub fn has_all(&self, client: &Client) -> bool {
        self.total().is_some_and(|total| client.seen >= total)
    }

    /// How late the messages of a client were. Nothing before the first has come.
    pub fn delays(&self, client: &Client) -> Option<Delays> {
        let mut all: Vec<f64> = client
            .arrivals
            .iter()
            .filter_map(|arrival| {
                let at = self.clock.server(arrival.at)?;
                // Within its uncertainty the clock may say that it came before it was sent.
                Some((at - arrival.us as f64 / 1000.0).max(0.0))
            })
            .collect();
        all.sort_by(f64::total_cmp);
        let rank = |share: f64| {
            let rank = (share * all.len() as f64).ceil() as usize;
            all.get(rank.max(1) - 1).copied()
        };
        Some(Delays {
            median: rank(0.5)?,
            p95: rank(0.95)?,
        })
    }

    /// The clients whose median delay is the shortest, or within a millisecond of it.
    pub fn quickest(&self) -> Vec<Transport> {
        let medians: Vec<(Transport, f64)> = self
            .clients
            .iter()
            .filter_map(|client| Some((client.transport, self.delays(client)?.median)))
            .collect();
        let best = medians.iter().map(|(_, m)| *m).fold(f64::MAX, f64::min);
        medians
            .into_iter()
            .filter(|(_, median)| *median <= best + 1.0)
            .map(|(transport, _)| transport)
            .collect()
    }

    /// The transport that most bytes crossed for.
    pub fn heaviest(&self) -> Option<Transport> {
        let most = self
            .cost()?
            .transports
            .iter()
            .max_by_key(|cost| bytes(cost));
        most.map(|cost| cost.transport)
    }
}

/// All bytes of a transport, both ways.
pub fn bytes(cost: &protocol::transports::TransportCost) -> u64 {
    [cost.head_bytes, cost.body_bytes]
        .iter()
        .map(|both| both.client.saturating_add(both.server))
        .fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use protocol::transports::{Directions, StreamMessage, TransportCost};

    use super::super::client::Event;
    use super::super::plan::tests::PLAN;
    use super::*;

    /// A race whose clocks agree.
    fn race() -> Race {
        let mut race = Race::new(PLAN);
        race.clock.asked(0.0, 0.0, 0);
        race
    }

    fn message(seq: u64, us: u64) -> Event {
        Event::Message(StreamMessage {
            seq,
            us,
            text: String::new(),
        })
    }

    fn cost(us: u64, messages: u64, head: [u64; 2]) -> RunCost {
        let transports = [Transport::Polling, Transport::Websocket];
        RunCost {
            us,
            messages,
            transports: transports
                .into_iter()
                .zip(head)
                .map(|(transport, client)| TransportCost {
                    transport,
                    requests: 1,
                    empty: 0,
                    open: 0,
                    head_bytes: Directions { client, server: 1 },
                    body_bytes: Directions::default(),
                    first: None,
                })
                .collect(),
        }
    }

    #[test]
    fn delays_are_ranked_and_never_negative() {
        let mut race = race();
        for seq in 1..=20 {
            let us = seq * 1000;
            // The first comes before it is there, as a clock that is a little off says.
            let at = if seq == 1 { 0.0 } else { seq as f64 * 2.0 };
            race.clients[3].hear(&PLAN, message(seq, us), at, 0.0);
        }
        let delays = race.delays(&race.clients[3]).unwrap();
        assert_eq!((delays.median, delays.p95), (10.0, 19.0));
        assert_eq!(race.delays(&race.clients[0]), None);
        assert_eq!(race.quickest(), [Transport::Websocket]);
        race.clients[2].hear(&PLAN, message(1, 0), 10.5, 0.0);
        assert_eq!(race.quickest(), [Transport::Sse, Transport::Websocket]);
    }

    #[test]
    fn it_is_over_when_all_have_all_or_have_waited_enough() {
        let mut race = race();
        race.counted(cost(1_000_000, 1, [1, 2]));
        assert_eq!(race.total(), None, "one may still come");
        race.counted(cost(1_000_001, 2, [1, 2]));
        assert_eq!(race.total(), Some(2));
        assert!(!race.is_over());
        for client in &mut race.clients {
            client.hear(&PLAN, message(2, 0), 0.0, 0.0);
        }
        assert!(race.is_over());
        let mut late = Race {
            now: 7000.0,
            ..self::race()
        };
        assert!(!late.is_over());
        late.now = 7001.0;
        assert!(late.is_over());
    }

    #[test]
    fn the_heaviest_is_the_one_with_most_bytes() {
        let mut race = race();
        assert_eq!(race.heaviest(), None);
        race.counted(cost(1, 0, [10, 9]));
        assert_eq!(race.heaviest(), Some(Transport::Polling));
        race.counted(cost(2, 0, [10, 19]));
        assert_eq!(race.heaviest(), Some(Transport::Websocket));
    }

    #[test]
    fn a_fallback_runs_alone() {
        let plan = Plan {
            clients: Clients::Fallback,
            ..PLAN
        };
        let race = Race::new(plan);
        assert_eq!(race.clients.len(), 1);
        assert_eq!(race.clients[0].kind, Kind::Fallback);
    }
}
