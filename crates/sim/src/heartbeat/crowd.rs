//! Many connections: how many dead ones a server carries, and what it costs to have few.

use super::{DetectionTime, TCP_GIVES_UP};
use crate::chance::Chance;
use crate::{MINUTE, Micros, SECOND};

/// How often the dead are counted in a run.
pub const SAMPLES: usize = 240;
/// How many deaths a run can hold. A run that would have more is cut short.
pub const MAX_DEATHS: f64 = 1_000_000.0;

/// A server with clients that vanish without a word.
///
/// A client that has vanished comes back at once, on a connection of its own, as its user would; so the number of living
/// ones stays as it is. Lives are exponentially long: whoever has lived for an hour is as likely to vanish in the next
/// minute as anybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrowdParams {
    /// Living clients.
    pub clients: u32,
    /// How long a client lives on average before it vanishes without a word, in microseconds.
    pub life: Micros,
    /// From one ping to the next, in microseconds.
    pub interval: Micros,
    /// How long a pong is waited for, in microseconds.
    pub timeout: Micros,
    /// How many pings in a row may go unanswered.
    pub allowed: u32,
    /// How often the server has something else to say to each client, in microseconds. Then TCP itself finds the dead,
    /// though late: [`TCP_GIVES_UP`] after the first thing that was said in vain.
    pub says: Option<Micros>,
    /// How long the model runs, in microseconds.
    pub duration: Micros,
    /// Decides who vanishes when, and where in the interval.
    pub seed: u64,
}

impl CrowdParams {
    /// The nearest parameters that the model can run with, the duration such that about [`MAX_DEATHS`] are met at most.
    pub fn clamped(self) -> CrowdParams {
        let life = self.life.clamp(MINUTE, 365 * 24 * 60 * MINUTE);
        let clients = self.clients.clamp(1, 10_000_000);
        let longest = (MAX_DEATHS * life as f64 / f64::from(clients)) as Micros;
        let week = 7 * 24 * 60 * MINUTE;
        CrowdParams {
            clients,
            life,
            interval: self.interval.clamp(SECOND / 2, 24 * 60 * MINUTE),
            timeout: self.timeout.clamp(1, 60 * MINUTE),
            allowed: self.allowed.min(1_000),
            says: self.says.map(|says| says.clamp(SECOND, week)),
            duration: self.duration.clamp(MINUTE, week).min(longest.max(MINUTE)),
            seed: self.seed,
        }
    }

    /// How many clients vanish in a second, on average.
    pub fn deaths_per_second(&self) -> f64 {
        f64::from(self.clients) * SECOND as f64 / self.life as f64
    }

    /// How long a dead connection is carried by a server that pings, by formula. Here the way takes no time.
    pub fn detection_time(&self) -> DetectionTime {
        let least = Micros::from(self.allowed) * self.interval + self.timeout;
        DetectionTime {
            least,
            mean: least as f64 + self.interval as f64 / 2.0,
            most: least + self.interval,
        }
    }

    /// How many dead connections a server that pings carries in the long run: as many as die in the time that it takes
    /// to find one (Little's law).
    pub fn steady_with(&self) -> f64 {
        self.deaths_per_second() * self.detection_time().mean / SECOND as f64
    }

    /// The same without pings: `None` where nothing ever finds them.
    pub fn steady_without(&self) -> Option<f64> {
        let says = self.says?;
        let carried = says as f64 / 2.0 + TCP_GIVES_UP as f64;
        Some(self.deaths_per_second() * carried / SECOND as f64)
    }
}

/// The dead connections at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// When, in microseconds.
    pub at: Micros,
    /// On a server that pings.
    pub with: u64,
    /// On one that does not.
    pub without: u64,
}

/// Everything that was counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Crowd {
    params: CrowdParams,
    samples: Vec<Sample>,
    deaths: u64,
}

impl Crowd {
    /// Runs the model.
    pub fn new(params: CrowdParams) -> Crowd {
        let params = params.clamped();
        let mut changes = [(0i64, 0i64); SAMPLES + 1];
        let step = params.duration as f64 / SAMPLES as f64;
        // What happens between two samples shows in the later one.
        let slot = |at: f64| (at / step).ceil() as usize;
        let mean_gap = params.life as f64 / f64::from(params.clients);
        let detection = params.detection_time();
        let (mut dies, mut phase) = (Chance::new(params.seed, 0), Chance::new(params.seed, 1));
        let (mut at, mut deaths) = (0.0, 0);
        loop {
            at += dies.exponential() * mean_gap;
            if at > params.duration as f64 {
                break;
            }
            deaths += 1;
            let luck = phase.unit();
            let found = at + detection.least as f64 + luck * params.interval as f64;
            let by_tcp = params
                .says
                .map(|says| at + luck * says as f64 + TCP_GIVES_UP as f64);
            let born = slot(at);
            if let Some(change) = changes.get_mut(born) {
                *change = (change.0 + 1, change.1 + 1);
            }
            if let Some(change) = changes.get_mut(slot(found)) {
                change.0 -= 1;
            }
            if let Some(change) = by_tcp.and_then(|at| changes.get_mut(slot(at))) {
                change.1 -= 1;
            }
        }
        let (mut with, mut without) = (0i64, 0i64);
        let samples = changes.iter().enumerate().map(|(i, change)| {
            with += change.0;
            without += change.1;
            Sample {
                at: (i as f64 * step) as Micros,
                with: with.max(0) as u64,
                without: without.max(0) as u64,
            }
        });
        Crowd {
            samples: samples.collect(),
            params,
            deaths,
        }
    }

    /// The parameters that it ran with.
    pub fn params(&self) -> &CrowdParams {
        &self.params
    }

    /// The counts, from the beginning to the end, evenly spaced: [`SAMPLES`] and one.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// How many vanished.
    pub fn deaths(&self) -> u64 {
        self.deaths
    }

    /// The counts at the end.
    pub fn last(&self) -> Sample {
        self.samples.last().copied().unwrap_or_default()
    }

    /// How many dead connections a server that pings carried on average, from the time on at which the first of them
    /// may be as old as any can get. `None` where the run is shorter than that.
    pub fn mean_with(&self) -> Option<f64> {
        let settled = self.params.detection_time().most;
        let counted = self.samples.iter().filter(|sample| sample.at >= settled);
        let (n, sum) = counted.fold((0u64, 0u64), |(n, sum), sample| (n + 1, sum + sample.with));
        (n > 0).then(|| sum as f64 / n as f64)
    }
}

/// What a heartbeat weighs, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The question, as a frame.
    pub ask: u64,
    /// The answer, as a frame.
    pub answer: u64,
    /// Each packet's TCP and IP headers; 0 to count frames only.
    pub headers: u64,
}

/// Packets that a heartbeat takes: question, answer, and the acknowledgement of the answer.
const PACKETS: u64 = 3;

/// What heartbeats cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Bytes of one question, its answer, and what TCP adds.
    pub bytes: u64,
    /// Bytes in a second, for all connections together, both ways.
    pub bytes_per_second: f64,
    /// Packets in a second, for all connections together, both ways.
    pub packets_per_second: f64,
    /// How often in an hour a client is woken up.
    pub wakeups_per_hour: f64,
}

/// What it costs to ask so many clients, each once in an interval.
pub fn cost(clients: u32, interval: Micros, sizes: &Sizes) -> Cost {
    let per_second = f64::from(clients) * SECOND as f64 / interval.max(1) as f64;
    let headers = if sizes.headers == 0 {
        0
    } else {
        PACKETS * sizes.headers
    };
    let bytes = sizes.ask + sizes.answer + headers;
    Cost {
        bytes,
        bytes_per_second: per_second * bytes as f64,
        packets_per_second: per_second * PACKETS as f64,
        wakeups_per_hour: 60.0 * MINUTE as f64 / interval.max(1) as f64,
    }
}
