//! What is recorded of a storm.

use serde::{Deserialize, Serialize};

use super::StormParams;
use crate::{Micros, SECOND};

/// The most buckets of a series.
pub const MAX_BUCKETS: usize = 600;

/// What happened in one span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Attempts that arrived at the server, or at where it had been.
    pub attempts: u64,
    /// Of these, the ones that were turned away.
    pub refused: u64,
    /// Clients that were connected again.
    pub accepted: u64,
    /// Clients connected at the end of the bucket.
    pub connected: u64,
}

/// The most attempts that arrived in one whole second of the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peak {
    /// How many.
    pub attempts: u64,
    /// When the second began, in microseconds.
    pub at: Micros,
}

/// When so many clients were connected again, in microseconds after the loss. Each is a share of all clients, those that
/// gave up included, and `None` as long as not so many are back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconnected {
    /// Half of them.
    pub median: Option<Micros>,
    /// Nine tenths.
    pub p90: Option<Micros>,
    /// Ninety-nine hundredths.
    pub p99: Option<Micros>,
    /// The last of all.
    pub last: Option<Micros>,
}

/// What a storm came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StormOutput {
    /// How long a bucket is, in microseconds.
    pub width: Micros,
    /// What happened, from time 0 on; at most [`MAX_BUCKETS`].
    pub series: Vec<Bucket>,
    /// Attempts that arrived.
    pub attempts: u64,
    /// Attempts that ended, or will end, in a connection.
    pub accepted: u64,
    /// Attempts that did not.
    pub wasted: u64,
    /// Work of the server that ended in no connection, in handshakes: those that came too late, and answers.
    pub wasted_work: f64,
    /// Clients that gave up.
    pub given_up: u64,
    /// When clients were back.
    pub reconnected: Reconnected,
    /// The worst second.
    pub peak: Peak,
    /// Whether nothing more will happen.
    pub done: bool,
    /// The time that the model has reached, in microseconds.
    pub now: Micros,
    /// How exactly times were kept at the end, in microseconds; 1 where nothing was rounded.
    pub resolution: Micros,
}

/// The record while it is written.
#[derive(Clone, Debug)]
pub(super) struct Record {
    clients: u64,
    round_trip: Micros,
    width: Micros,
    series: Vec<Bucket>,
    /// The second that is being counted, and its attempts.
    second: (Micros, u64),
    pub(super) attempts: u64,
    pub(super) accepted: u64,
    pub(super) given_up: u64,
    pub(super) late: u64,
    pub(super) reconnected: Reconnected,
    peak: Peak,
    last: Micros,
}

impl Record {
    pub(super) fn new(params: &StormParams, width: Micros) -> Record {
        Record {
            clients: params.clients.into(),
            round_trip: params.round_trip,
            width: width.max(1),
            series: Vec::new(),
            second: (0, 0),
            attempts: 0,
            accepted: 0,
            given_up: 0,
            late: 0,
            reconnected: Reconnected::default(),
            peak: Peak::default(),
            last: 0,
        }
    }

    /// Bytes of the longest series.
    pub(super) const BYTES: u64 = (MAX_BUCKETS * size_of::<Bucket>()) as u64;

    fn bucket(&mut self, at: Micros) -> &mut Bucket {
        while at / self.width >= MAX_BUCKETS as u64 {
            self.widen();
        }
        let index = (at / self.width) as usize;
        if self.series.len() <= index {
            self.series.resize(index + 1, Bucket::default());
        }
        &mut self.series[index]
    }

    fn widen(&mut self) {
        self.width *= 2;
        let pairs = self.series.chunks(2).map(|pair| {
            let mut sum = Bucket::default();
            for bucket in pair {
                sum.attempts += bucket.attempts;
                sum.refused += bucket.refused;
                sum.accepted += bucket.accepted;
            }
            sum
        });
        self.series = pairs.collect();
    }

    /// No bucket may be shorter than this.
    pub(super) fn widen_to(&mut self, least: Micros) {
        while self.width < least {
            self.widen();
        }
    }

    /// So many attempts arrive, and so many of them are turned away.
    pub(super) fn arrive(&mut self, at: Micros, attempts: u64, refused: u64) {
        let bucket = self.bucket(at);
        bucket.attempts += attempts;
        bucket.refused += refused;
        self.attempts += attempts;
        let second = at - at % SECOND;
        if second != self.second.0 {
            self.second = (second, 0);
        }
        self.second.1 += attempts;
        if self.second.1 > self.peak.attempts {
            self.peak = Peak {
                attempts: self.second.1,
                at: second,
            };
        }
    }

    /// A handshake is done at the server, in time.
    pub(super) fn accept(&mut self, done: Micros) {
        let at = done + self.round_trip / 2;
        self.bucket(at).accepted += 1;
        self.accepted += 1;
        self.last = self.last.max(at);
        let share = |percent: u64| (self.clients * percent).div_ceil(100);
        let (n, back) = (self.accepted, &mut self.reconnected);
        if n == share(50) {
            back.median = Some(at);
        }
        if n == share(90) {
            back.p90 = Some(at);
        }
        if n == share(99) {
            back.p99 = Some(at);
        }
        if n == self.clients {
            back.last = Some(at);
        }
    }

    /// So many clients give up.
    pub(super) fn give_up(&mut self, clients: u64, at: Micros) {
        if clients > 0 {
            self.given_up += clients;
            self.last = self.last.max(at);
        }
    }

    /// Whether every client is connected or has given up, or will.
    pub(super) fn is_settled(&self) -> bool {
        self.accepted + self.given_up >= self.clients
    }

    pub(super) fn share_settled(&self) -> f64 {
        (self.accepted + self.given_up) as f64 / self.clients as f64
    }

    /// The record as it is, at this time of the model.
    pub(super) fn output(
        &self,
        now: Micros,
        done: bool,
        resolution: Micros,
        answers: f64,
    ) -> StormOutput {
        let now = if done { now.max(self.last) } else { now };
        let known = (now / self.width + 1) as usize;
        let mut connected = 0;
        let series = self.series.iter().take(known).map(|bucket| {
            connected += bucket.accepted;
            Bucket {
                connected,
                ..*bucket
            }
        });
        let reached = |at: Option<Micros>| at.filter(|&at| at <= now);
        StormOutput {
            width: self.width,
            series: series.collect(),
            attempts: self.attempts,
            accepted: self.accepted,
            wasted: self.attempts - self.accepted,
            wasted_work: self.late as f64 + answers,
            given_up: self.given_up,
            reconnected: Reconnected {
                median: reached(self.reconnected.median),
                p90: reached(self.reconnected.p90),
                p99: reached(self.reconnected.p99),
                last: reached(self.reconnected.last),
            },
            peak: self.peak,
            done,
            now,
            resolution,
        }
    }
}
