//! The same news on two lines: a client that asks again and again, and a channel that stays open.
//!
//! News happens at random on a server (a Poisson process). By **mail**, each person asks every so often; the answer
//! carries whatever happened since that person's last question, which is often nothing. On the **radio** (an open
//! channel, such as a WebSocket), each person opens a channel once, and the server sends each piece of news as it
//! happens. The run follows one person closely, letter by letter and frame by frame, and counts for everybody.
//!
//! The server can hold so many connections at once, its *frequencies*. A channel holds one for as long as it is open,
//! so people beyond that number never get through. A letter holds one for its round trip only; when all are taken it
//! waits, and whoever is waiting asks no further question.
//!
//! # What it leaves out
//!
//! - Everything below HTTP and WebSocket: TCP and IP headers, acknowledgements, TLS, name resolution. Opening a TCP
//!   connection would add a round trip to the channel, once, and to each letter, since here each letter closes its
//!   connection behind it. A letter that keeps its connection alive saves that, and holds its frequency in between.
//! - Loss, jitter, reordering, bandwidth: a round trip takes the same time always, half of it each way, whatever the
//!   size. The server answers in no time.
//! - Pings, pongs, reconnecting and closing. Nobody leaves, and nobody who was turned away tries again or costs a byte.
//! - Compression, on either line, and whatever the person says to the server.
//!
//! ```
//! use sim::{MINUTE, SECOND};
//! use sim::news::{Params, Run, Sizes};
//! let params = Params {
//!     news_per_minute: 12,
//!     ask_every: 2 * SECOND,
//!     round_trip: 80_000,
//!     people: 1_200,
//!     frequencies: 1_024,
//!     duration: 3 * MINUTE,
//!     seed: 1,
//! };
//! let sizes = Sizes { request: 550, answer: |news| 110 + 38 * news, hello: 500, welcome: 129, frame: 39 };
//! let run = Run::new(params, &sizes);
//! let (mail, radio) = (run.mail(MINUTE), run.radio(MINUTE));
//! assert!(mail.bytes > radio.bytes && mail.mean_wait() > radio.mean_wait());
//! assert_eq!(run.radio_crowd(MINUTE).unheard, 1_200 - 1_024);
//! ```

mod crowd;
mod line;

use std::ops::Range;

pub use crowd::{MailCrowd, RadioCrowd};
pub use line::{Frame, Handshake, Tally, Trip};

use crate::chance::Chance;
use crate::{MINUTE, Micros, SECOND};
use crowd::Crowds;

/// What happens, how often, and how long things take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// How often there is news, per minute, on average.
    pub news_per_minute: u32,
    /// How long a person waits from one question to the next, in microseconds.
    pub ask_every: Micros,
    /// How long it takes there and back, in microseconds.
    pub round_trip: Micros,
    /// How many people want the news.
    pub people: u32,
    /// How many connections the server can hold at once.
    pub frequencies: u32,
    /// How long the model runs, in microseconds.
    pub duration: Micros,
    /// Decides when the news happens, and when each person begins.
    pub seed: u64,
}

impl Params {
    /// The nearest parameters that the model can run with: at least one person and one frequency, a question every
    /// 100 ms at most, and bounds that keep a run from taking for ever.
    ///
    /// A run takes time in proportion to `people × duration ÷ ask_every`.
    pub fn clamped(self) -> Params {
        Params {
            news_per_minute: self.news_per_minute.min(60_000),
            ask_every: self.ask_every.clamp(SECOND / 10, 60 * MINUTE),
            round_trip: self.round_trip.min(MINUTE),
            people: self.people.clamp(1, 1_000_000),
            frequencies: self.frequencies.clamp(1, 10_000_000),
            duration: self.duration.min(24 * 60 * MINUTE),
            seed: self.seed,
        }
    }

    /// The way there, in microseconds.
    pub fn way_there(&self) -> Micros {
        self.round_trip / 2
    }

    /// The way back, in microseconds.
    pub fn way_back(&self) -> Micros {
        self.round_trip - self.way_there()
    }
}

/// What things weigh, in bytes on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// A question by mail.
    pub request: u64,
    /// The answer that carries so many pieces of news, 0 included.
    pub answer: fn(u64) -> u64,
    /// The request that opens a channel.
    pub hello: u64,
    /// The answer that opens it.
    pub welcome: u64,
    /// One piece of news on the channel.
    pub frame: u64,
}

/// Everything that happened.
#[derive(Clone, Debug)]
pub struct Run {
    params: Params,
    news: Vec<Micros>,
    trips: Vec<Trip>,
    handshake: Handshake,
    frames: Vec<Frame>,
    crowds: Crowds,
}

/// The streams of a seed.
const NEWS: u64 = 0;
const PEOPLE: u64 = 1;

impl Run {
    /// Runs the model. Parameters beyond its bounds are [clamped](Params::clamped).
    pub fn new(params: Params, sizes: &Sizes) -> Run {
        PartialRun::new(params, sizes).finish()
    }

    /// The parameters that it ran with.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// When each piece of news happened, in microseconds, in order.
    pub fn news(&self) -> &[Micros] {
        &self.news
    }

    /// How many pieces of news had happened by then.
    pub fn news_by(&self, now: Micros) -> usize {
        self.news.partition_point(|&at| at <= now)
    }

    /// The trips of the person followed, in order.
    pub fn trips(&self) -> &[Trip] {
        &self.trips
    }

    /// How the channel of the person followed was opened.
    pub fn handshake(&self) -> &Handshake {
        &self.handshake
    }

    /// The frames to the person followed, in order. The first brings the first piece of news, and so on.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// When this piece of news reached the person by mail; `None` where the run ended before.
    pub fn by_mail(&self, news: usize) -> Option<Micros> {
        let trip = self.trips.partition_point(|trip| trip.news.end <= news);
        self.trips
            .get(trip)
            .filter(|trip| trip.news.contains(&news))
            .map(|trip| trip.back)
    }

    /// When this piece of news reached the person by radio; `None` where the run ended before.
    pub fn by_radio(&self, news: usize) -> Option<Micros> {
        self.frames.get(news).map(|frame| frame.arrived)
    }

    /// What the person followed had of the mail by then.
    pub fn mail(&self, now: Micros) -> Tally {
        line::mail_tally(&self.trips, &self.news, now)
    }

    /// What the person followed had of the radio by then.
    pub fn radio(&self, now: Micros) -> Tally {
        line::radio_tally(&self.handshake, &self.frames, &self.news, now)
    }

    /// What everybody had of the mail, at the last whole [`SAMPLE`] before or at this time.
    pub fn mail_crowd(&self, now: Micros) -> MailCrowd {
        self.crowds.mail(now)
    }

    /// What everybody had of the radio by then.
    pub fn radio_crowd(&self, now: Micros) -> RadioCrowd {
        self.crowds.radio(&self.params, &self.news, now)
    }
}

/// A run that goes on in slices, for whoever has something else to do meanwhile.
#[derive(Clone, Debug)]
pub struct PartialRun {
    params: Params,
    news: Vec<Micros>,
    mail: crowd::Mail,
    handshake: Handshake,
    frames: Vec<Frame>,
}

impl PartialRun {
    /// The beginning of a run. Parameters beyond their bounds are [clamped](Params::clamped).
    pub fn new(params: Params, sizes: &Sizes) -> PartialRun {
        let params = params.clamped();
        let news = news(&params);
        let (handshake, frames) = line::radio(&params, sizes, &news);
        PartialRun {
            mail: crowd::Mail::new(&params, sizes, starts(&params)),
            params,
            news,
            handshake,
            frames,
        }
    }

    /// Goes on by so many letters. Whether none is left.
    pub fn advance(&mut self, letters: usize) -> bool {
        self.mail.advance(&self.params, &self.news, letters)
    }

    /// The run. Letters that are left are run first.
    pub fn finish(mut self) -> Run {
        while !self.advance(usize::MAX) {}
        let (trips, crowds) = self.mail.finish();
        Run {
            params: self.params,
            news: self.news,
            trips,
            handshake: self.handshake,
            frames: self.frames,
            crowds,
        }
    }
}

/// How often everybody's mail is counted: the span between two counts, in microseconds.
pub const SAMPLE: Micros = SECOND / 10;

/// A Poisson process. The same seed gives the same pattern at every rate, drawn out or pressed together.
fn news(params: &Params) -> Vec<Micros> {
    if params.news_per_minute == 0 {
        return Vec::new();
    }
    let mean_gap = MINUTE as f64 / f64::from(params.news_per_minute);
    let mut chance = Chance::new(params.seed, NEWS);
    let mut at = 0.0;
    std::iter::from_fn(|| {
        at += chance.exponential() * mean_gap;
        Some(at.round() as Micros)
    })
    .take_while(|&at| at <= params.duration)
    .collect()
}

/// When each person begins, in order: the person followed at 0, everybody else somewhere in the first interval.
fn starts(params: &Params) -> Vec<Micros> {
    let mut chance = Chance::new(params.seed, PEOPLE);
    let others = (1..params.people).map(|_| (chance.unit() * params.ask_every as f64) as Micros);
    let mut starts: Vec<Micros> = std::iter::once(0).chain(others).collect();
    starts.sort_unstable();
    starts
}

/// How many of these, and the sum of how long each waited, where the pieces of news in `which` arrive at `arrived`.
fn waits(news: &[Micros], which: Range<usize>, arrived: Micros) -> impl Iterator<Item = Micros> {
    news[which].iter().map(move |&at| arrived - at)
}
