//! What is measured.

use super::measure::{BUCKETS, begins, bucket, percentile};
use crate::Micros;
use serde::{Deserialize, Serialize};

/// How many points a series has.
pub const POINTS: usize = 240;

/// Latencies, in milliseconds, from the moment at which a user sends a message (or a feed has it) to its arrival at a
/// member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Half of the deliveries took no longer.
    pub p50: f64,
    /// 95 % took no longer.
    pub p95: f64,
    /// 99 % took no longer.
    pub p99: f64,
}

/// One point of the series: what happened since the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// When it ends, in microseconds.
    pub at: Micros,
    /// `websocket_connections`: how many connections are open at its end.
    pub websocket_connections: u32,
    /// `message_delivery_latency_ms`: of the messages that arrived. `None` where none did.
    pub message_delivery_latency_ms: Option<Latency>,
    /// Frames of any kind that arrived.
    pub deliveries: u32,
    /// The longest queue of a server that a message met, itself included, in frames.
    pub queue_depth: u32,
}

/// A bucket of a histogram. None is wider than an eighth of where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Where it begins, in microseconds.
    pub from: Micros,
    /// Where the next begins, in microseconds.
    pub until: Micros,
    /// How many deliveries of messages are in it.
    pub count: u64,
}

/// Where the time of a message goes, on average over all deliveries of messages, in milliseconds. The sum is the mean
/// latency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// From its arrival at the server that holds the member until the server begins with this member's frame.
    pub queue_wait: f64,
    /// Handing out the frame.
    pub service: f64,
    /// Through pub/sub; 0 for members on the sender's own server.
    pub pubsub_hop: f64,
    /// From the sender to its server and from the member's server to the member.
    pub network: f64,
    /// In the queue of a slow client, sending it included.
    pub client_queue: f64,
}

impl Spent {
    /// The mean latency, in milliseconds.
    pub fn sum(&self) -> f64 {
        self.queue_wait + self.service + self.pubsub_hop + self.network + self.client_queue
    }
}

/// What became of everything. Frames are counted once for each member of the room, the sender among them.
///
/// When a run is done, `addressed` is the sum of `deliveries`, `missed`, `lost`, `dropped`, `conflated`, `discarded` and
/// `under_way`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Messages that were published.
    pub messages: u64,
    /// Typing events that were.
    pub typing: u64,
    /// Presence events that were.
    pub presence: u64,
    /// Heartbeats that reached a server.
    pub heartbeats: u64,
    /// Frames that were meant for somebody: the members of the rooms of all messages and events.
    pub addressed: u64,
    /// Frames that arrived.
    pub deliveries: u64,
    /// Of these, the ones with a message.
    pub message_deliveries: u64,
    /// Frames for members who were not connected, or whose server the message did not reach.
    pub missed: u64,
    /// Frames that waited in a server when it died, for itself or for a slow client.
    pub lost: u64,
    /// Frames that were dropped because a queue was full ([`super::Policy::Drop`]).
    pub dropped: u64,
    /// Frames that gave way to a newer one ([`super::Policy::Conflate`]).
    pub conflated: u64,
    /// Frames that went with the queue of a client that was disconnected ([`super::Policy::Disconnect`]).
    pub discarded: u64,
    /// Frames that had not arrived at the end.
    pub under_way: u64,
    /// How often a slow client was disconnected.
    pub disconnected: u64,
    /// Clients that lost their server.
    pub orphaned: u64,
    /// Bytes that arrived.
    pub bytes: u64,
}

/// What comes out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// How far it is, in microseconds.
    pub now: Micros,
    /// How long it runs in all, in microseconds: less than wanted where that was too much.
    pub duration: Micros,
    /// The series, as far as it is known: at the most [`POINTS`].
    pub points: Vec<Point>,
    /// `message_delivery_latency_ms` of the whole run.
    pub message_delivery_latency_ms: Latency,
    /// The same in buckets, without the empty ones at both ends.
    pub histogram: Vec<Bucket>,
    /// Where the time goes.
    pub spent: Spent,
    /// What became of everything.
    pub counts: Counts,
    /// The longest queue of a server, in frames.
    pub queue_depth_max: u32,
    /// The longest queue of a slow client, in frames, the one that is being sent not included.
    pub client_queue_max: u32,
    /// The share of the time so far that the busiest server's work takes. More than 1 where work is left over.
    pub busiest: f64,
}

/// The parts of a delivery's time, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts {
    pub(super) created: Micros,
    pub(super) network: u32,
    pub(super) hop: u32,
    pub(super) wait: Micros,
    pub(super) service: u32,
    pub(super) message: bool,
}

/// Everything that is counted on the way.
#[derive(Clone, Debug)]
pub(super) struct Record {
    duration: Micros,
    frame: u64,
    pub(super) counts: Counts,
    /// How many connections opened less closed in each part of the series.
    connections: Vec<i64>,
    depths: Vec<u32>,
    arrived: Vec<u32>,
    latencies: Vec<[u32; BUCKETS]>,
    sums: [u64; 5],
}

impl Record {
    pub(super) fn new(duration: Micros, frame: u32) -> Record {
        Record {
            duration,
            frame: u64::from(frame),
            counts: Counts::default(),
            connections: vec![0; POINTS],
            depths: vec![0; POINTS],
            arrived: vec![0; POINTS],
            latencies: vec![[0; BUCKETS]; POINTS],
            sums: [0; 5],
        }
    }

    /// In which part of the series a time lies. Beyond the last where it is after the end.
    fn slot(&self, at: Micros) -> usize {
        let slot = at.saturating_mul(POINTS as u64) / self.duration.max(1);
        usize::try_from(slot).unwrap_or(usize::MAX)
    }

    pub(super) fn connections(&mut self, at: Micros, change: i64) {
        let slot = self.slot(at);
        if let Some(sum) = self.connections.get_mut(slot) {
            *sum += change;
        }
    }

    pub(super) fn depth(&mut self, at: Micros, depth: u32) {
        let slot = self.slot(at);
        if let Some(most) = self.depths.get_mut(slot) {
            *most = depth.max(*most);
        }
    }

    /// A frame arrives, or would after the end.
    pub(super) fn arrival(&mut self, at: Micros, parts: &Parts) {
        let slot = self.slot(at);
        let Some(latencies) = self.latencies.get_mut(slot) else {
            self.counts.under_way += 1;
            return;
        };
        self.arrived[slot] += 1;
        self.counts.deliveries += 1;
        self.counts.bytes += self.frame;
        if !parts.message {
            return;
        }
        self.counts.message_deliveries += 1;
        let latency = at.saturating_sub(parts.created);
        latencies[bucket(latency)] += 1;
        let known = [
            parts.wait,
            u64::from(parts.service),
            u64::from(parts.hop),
            u64::from(parts.network),
        ];
        let rest = latency.saturating_sub(known.iter().sum());
        for (sum, part) in self.sums.iter_mut().zip(known.into_iter().chain([rest])) {
            *sum += part;
        }
    }

    pub(super) fn output(&self, now: Micros) -> Output {
        let mut open = 0;
        let known = self.slot(now).min(POINTS);
        let points = (0..known).map(|slot| {
            open += self.connections[slot];
            Point {
                at: (slot as u64 + 1) * self.duration / POINTS as u64,
                websocket_connections: u32::try_from(open).unwrap_or(0),
                message_delivery_latency_ms: latency(&self.latencies[slot]),
                deliveries: self.arrived[slot],
                queue_depth: self.depths[slot],
            }
        });
        let points = points.collect();
        let mut all = [0u32; BUCKETS];
        for counts in &self.latencies {
            for (sum, count) in all.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        let used = |count: &u32| *count > 0;
        let first = all.iter().position(used).unwrap_or(0);
        let last = all.iter().rposition(used).map_or(0, |last| last + 1);
        let histogram = (first..last).map(|number| Bucket {
            from: begins(number),
            until: begins(number + 1),
            count: u64::from(all[number]),
        });
        let deliveries = self.counts.message_deliveries.max(1) as f64;
        let [queue_wait, service, pubsub_hop, network, client_queue] =
            self.sums.map(|sum| sum as f64 / deliveries / 1_000.0);
        Output {
            now,
            duration: self.duration,
            points,
            message_delivery_latency_ms: latency(&all).unwrap_or_default(),
            histogram: histogram.collect(),
            spent: Spent {
                queue_wait,
                service,
                pubsub_hop,
                network,
                client_queue,
            },
            counts: self.counts,
            ..Output::default()
        }
    }
}

fn latency(counts: &[u32]) -> Option<Latency> {
    let ms = |share| percentile(counts, share).map(|micros| micros / 1_000.0);
    Some(Latency {
        p50: ms(0.5)?,
        p95: ms(0.95)?,
        p99: ms(0.99)?,
    })
}
