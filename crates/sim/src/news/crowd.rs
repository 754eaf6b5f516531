//! Everybody: who holds a frequency, who waits for one, and what it all comes to.

use std::collections::VecDeque;

use super::{Params, SAMPLE, Sizes, Trip};
use crate::Micros;

/// What everybody had of the mail by some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailCrowd {
    /// Bytes that were sent, both ways.
    pub bytes: u64,
    /// Questions whose answer is back.
    pub trips: u64,
    /// Of these, the ones that brought nothing.
    pub empty: u64,
    /// Pieces of news that arrived, counted once for each person.
    pub delivered: u64,
    /// Letters under way: frequencies in use.
    pub in_use: u32,
    /// Letters that wait for a frequency.
    pub waiting: u32,
    /// The most letters under way at once so far: at any moment, not only when counted.
    pub peak: u32,
}

/// What everybody had of the radio by some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RadioCrowd {
    /// Bytes that were sent, both ways.
    pub bytes: u64,
    /// Pieces of news that arrived, counted once for each person.
    pub delivered: u64,
    /// Channels open or opening: frequencies in use.
    pub in_use: u32,
    /// People who found no frequency. They hear nothing.
    pub unheard: u32,
}

/// The record of everybody.
#[derive(Clone, Debug)]
pub(super) struct Crowds {
    starts: Vec<Micros>,
    samples: Vec<MailCrowd>,
    sizes: Sizes,
}

impl Crowds {
    pub(super) fn mail(&self, now: Micros) -> MailCrowd {
        let index = usize::try_from(now / SAMPLE).unwrap_or(usize::MAX);
        let last = self.samples.len().saturating_sub(1);
        self.samples
            .get(index.min(last))
            .copied()
            .unwrap_or_default()
    }

    /// People open their channels in the order in which they begin, as long as there are frequencies.
    pub(super) fn radio(&self, params: &Params, news: &[Micros], now: Micros) -> RadioCrowd {
        let (there, back) = (params.way_there(), params.way_back());
        let room = self.starts.len().min(params.frequencies as usize);
        let (tuned, rest) = self.starts.split_at(room);
        let began = |people: &[Micros], ago: Micros| {
            now.checked_sub(ago)
                .map_or(0, |then| people.partition_point(|&start| start <= then))
        };
        let happened = |ago: Micros| {
            now.checked_sub(ago)
                .map_or(0, |then| news.partition_point(|&at| at <= then))
        };
        let welcomed = began(tuned, there) as u64;
        RadioCrowd {
            bytes: began(tuned, 0) as u64 * self.sizes.hello
                + welcomed * self.sizes.welcome
                + welcomed * happened(0) as u64 * self.sizes.frame,
            delivered: began(tuned, params.round_trip) as u64 * happened(back) as u64,
            in_use: began(tuned, 0) as u32,
            unheard: began(rest, 0) as u32,
        }
    }
}

/// Changes that take effect at a sample, before they are summed up.
#[derive(Clone, Copy, Debug, Default)]
struct Change {
    bytes: u64,
    trips: u64,
    empty: u64,
    delivered: u64,
    wanted: u64,
    left: u64,
    peak: u32,
}

/// Everybody's mail, as far as it has been run, and the trips of the first.
///
/// A letter's round trip always takes as long, so letters come back in the order in which they left. Nobody asks again
/// before `ask_every` has passed and the last answer is back, so people keep the order in which they began. A walk
/// around the ring of people is therefore the whole simulation; no calendar of events is needed.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    starts: Vec<Micros>,
    sizes: Sizes,
    /// What answers with so many pieces of news weigh, as far as one was sent: finding that out may take longer than the
    /// rest of a letter.
    answers: Vec<Option<u64>>,
    changes: Vec<Change>,
    /// When each person asks next.
    wants: Vec<Micros>,
    /// How many pieces of news each person has heard.
    heard: Vec<usize>,
    /// When the letters under way come back.
    ends: VecDeque<Micros>,
    happened: usize,
    /// Whose turn it is.
    person: usize,
    trips: Vec<Trip>,
}

impl Mail {
    pub(super) fn new(params: &Params, sizes: &Sizes, starts: Vec<Micros>) -> Mail {
        let samples = usize::try_from(params.duration / SAMPLE).unwrap_or(usize::MAX);
        Mail {
            sizes: *sizes,
            answers: Vec::new(),
            changes: vec![Change::default(); samples + 1],
            wants: starts.clone(),
            heard: vec![0; starts.len()],
            ends: VecDeque::new(),
            happened: 0,
            person: 0,
            trips: Vec::new(),
            starts,
        }
    }

    /// Runs so many letters more. Whether there are none left.
    pub(super) fn advance(&mut self, params: &Params, news: &[Micros], letters: usize) -> bool {
        (0..letters).any(|_| self.letter(params, news).is_none())
    }

    /// The next letter; `None` where it would leave after the end.
    fn letter(&mut self, params: &Params, news: &[Micros]) -> Option<()> {
        let (there, round) = (params.way_there(), params.round_trip);
        let person = self.person;
        let wanted = *self
            .wants
            .get(person)
            .filter(|&&at| at <= params.duration)?;
        self.person = (person + 1) % self.wants.len();
        let ends = &mut self.ends;
        while ends.front().is_some_and(|&end| end <= wanted) {
            ends.pop_front();
        }
        let mut left = wanted;
        if ends.len() >= params.frequencies as usize
            && let Some(end) = ends.pop_front()
        {
            left = end;
        }
        let (reached, back) = (left + there, left + round);
        ends.push_back(back);
        let under_way = ends.len() as u32;
        self.wants[person] = (wanted + params.ask_every).max(back);
        // What happens at `at` shows in the first sample that is not before it.
        let changes = &mut self.changes;
        let mut at = |at: Micros, change: &mut dyn FnMut(&mut Change)| {
            let slot = usize::try_from(at.div_ceil(SAMPLE)).unwrap_or(usize::MAX);
            if let Some(slot) = changes.get_mut(slot) {
                change(slot);
            }
        };
        at(wanted, &mut |c| c.wanted += 1);
        if left > params.duration {
            return Some(());
        }
        while news.get(self.happened).is_some_and(|&at| at <= reached) {
            self.happened += 1;
        }
        let carried = self.heard[person]..self.happened;
        self.heard[person] = self.happened;
        if self.answers.len() <= carried.len() {
            self.answers.resize(carried.len() + 1, None);
        }
        let answer = *self.answers[carried.len()]
            .get_or_insert_with(|| (self.sizes.answer)(carried.len() as u64));
        let request = self.sizes.request;
        at(left, &mut |c| {
            c.left += 1;
            c.peak = c.peak.max(under_way);
            c.bytes += request;
        });
        at(reached, &mut |c| c.bytes += answer);
        at(back, &mut |c| {
            c.trips += 1;
            c.empty += u64::from(carried.is_empty());
            c.delivered += carried.len() as u64;
        });
        if person == 0 {
            self.trips.push(Trip {
                wanted,
                left,
                reached,
                back,
                news: carried,
                request,
                answer,
            });
        }
        Some(())
    }

    /// The trips of the first, and the record of everybody.
    pub(super) fn finish(self) -> (Vec<Trip>, Crowds) {
        let crowds = Crowds {
            starts: self.starts,
            samples: summed(&self.changes),
            sizes: self.sizes,
        };
        (self.trips, crowds)
    }
}

fn summed(changes: &[Change]) -> Vec<MailCrowd> {
    let mut sum = MailCrowd::default();
    let (mut wanted, mut left) = (0, 0);
    changes
        .iter()
        .map(|change| {
            wanted += change.wanted;
            left += change.left;
            sum.bytes += change.bytes;
            sum.trips += change.trips;
            sum.empty += change.empty;
            sum.delivered += change.delivered;
            sum.in_use = (left - sum.trips) as u32;
            sum.waiting = (wanted - left) as u32;
            sum.peak = sum.peak.max(change.peak);
            sum
        })
        .collect()
}
