//! The person followed: every letter and every frame.

use std::ops::Range;

use super::{Params, Sizes, waits};
use crate::Micros;

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trip {
    /// When the person wanted to ask.
    pub wanted: Micros,
    /// When the letter left: at once, or when a frequency was free.
    pub left: Micros,
    /// When it reached the server, and the answer left.
    pub reached: Micros,
    /// When the answer was back.
    pub back: Micros,
    /// Which news the answer carries, by number.
    pub news: Range<usize>,
    /// The size of the question in bytes.
    pub request: u64,
    /// The size of the answer in bytes.
    pub answer: u64,
}

/// How a channel is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// When the request left.
    pub left: Micros,
    /// When it reached the server, and the answer left. From here on the server may speak.
    pub reached: Micros,
    /// When the answer was back.
    pub back: Micros,
    /// The size of the request in bytes.
    pub request: u64,
    /// The size of the answer in bytes.
    pub answer: u64,
}

/// One piece of news on the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// When it left the server.
    pub left: Micros,
    /// When it arrived.
    pub arrived: Micros,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What a person had of a line by some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Pieces of news that arrived.
    pub delivered: u64,
    /// Bytes that were sent, both ways.
    pub bytes: u64,
    /// Sets of HTTP headers that were sent, both ways.
    pub envelopes: u64,
    /// Questions whose answer is back.
    pub trips: u64,
    /// Of these, the ones that brought nothing.
    pub empty: u64,
    /// How long the delivered news waited in all, from happening to arriving, in microseconds.
    pub waited: Micros,
    /// The longest wait among them, in microseconds.
    pub worst: Micros,
}

impl Tally {
    /// The average wait in microseconds; `None` before anything was delivered.
    pub fn mean_wait(&self) -> Option<f64> {
        (self.delivered > 0).then(|| self.waited as f64 / self.delivered as f64)
    }

    /// The share of trips that brought nothing, from 0 to 1; `None` before the first is back.
    pub fn empty_share(&self) -> Option<f64> {
        (self.trips > 0).then(|| self.empty as f64 / self.trips as f64)
    }

    fn wait(&mut self, wait: Micros) {
        self.waited += wait;
        self.worst = self.worst.max(wait);
    }
}

pub(super) fn mail_tally(trips: &[Trip], news: &[Micros], now: Micros) -> Tally {
    let mut tally = Tally::default();
    for trip in trips.iter().take_while(|trip| trip.left <= now) {
        tally.bytes += trip.request;
        tally.envelopes += 1;
        if trip.reached <= now {
            tally.bytes += trip.answer;
            tally.envelopes += 1;
        }
        if trip.back <= now {
            tally.trips += 1;
            tally.empty += u64::from(trip.news.is_empty());
            tally.delivered += trip.news.len() as u64;
            waits(news, trip.news.clone(), trip.back).for_each(|wait| tally.wait(wait));
        }
    }
    tally
}

pub(super) fn radio_tally(
    handshake: &Handshake,
    frames: &[Frame],
    news: &[Micros],
    now: Micros,
) -> Tally {
    let mut tally = Tally::default();
    for (at, bytes) in [
        (handshake.left, handshake.request),
        (handshake.reached, handshake.answer),
    ] {
        if at <= now {
            tally.bytes += bytes;
            tally.envelopes += 1;
        }
    }
    for (frame, &happened) in frames.iter().zip(news) {
        if frame.left > now {
            break;
        }
        tally.bytes += frame.bytes;
        if frame.arrived <= now {
            tally.delivered += 1;
            tally.wait(frame.arrived - happened);
        }
    }
    tally
}

/// The channel of the person followed, who is the first to open one and so always gets a frequency.
pub(super) fn radio(params: &Params, sizes: &Sizes, news: &[Micros]) -> (Handshake, Vec<Frame>) {
    let opened = params.way_there();
    let handshake = Handshake {
        left: 0,
        reached: opened,
        back: opened + params.way_back(),
        request: sizes.hello,
        answer: sizes.welcome,
    };
    let frames = news
        .iter()
        .map(|&happened| {
            let left = happened.max(opened);
            Frame {
                left,
                arrived: left + params.way_back(),
                bytes: sizes.frame,
            }
        })
        .take_while(|frame| frame.left <= params.duration)
        .collect();
    (handshake, frames)
}
