//! What waits for one member: bounded, so that a member who reads slowly stalls nobody.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use bytes::Bytes;
use clap::ValueEnum;
use protocol::rooms::{Gap, GapReason};
use tokio::sync::Notify;

/// What happens to a member whose queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SlowMember {
    /// The oldest of what waits is left out, and the member is told how much.
    Conflate,
    /// The connection is closed with 1013, so that the member comes back and resumes.
    Close,
}

/// One piece of news for a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A message, as it is sent, with its number.
    Message(Option<u64>, Bytes),
    /// Missing messages.
    Gap(Gap),
    /// Anything else, as it is sent. A later one of its kind makes up for one that is left out.
    Other(Bytes),
}

/// What comes out of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// News, and since when it has waited.
    Item(Item, Instant),
    /// The queue was full, and the member is to be closed for it.
    Overflow,
}

/// The queue of one member.
#[derive(Debug)]
pub struct Queue {
    most: usize,
    slow: SlowMember,
    state: Mutex<State>,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<(Item, Instant)>,
    /// What was left out since the last item that was taken. It stands before all that waits.
    left_out: Option<Gap>,
    overflowed: bool,
}

impl Queue {
    /// An empty queue of at most `most` items, at least one.
    pub fn new(most: usize, slow: SlowMember) -> Arc<Self> {
        Arc::new(Self {
            most: most.max(1),
            slow,
            state: Mutex::default(),
            news: Notify::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds news. Returns how many messages had to be left out for it.
    pub fn push(&self, item: Item, now: Instant) -> u64 {
        let mut state = self.lock();
        let mut missing = 0;
        if state.items.len() >= self.most {
            match self.slow {
                SlowMember::Close => state.overflowed = true,
                SlowMember::Conflate => {
                    if let Some((oldest, _)) = state.items.pop_front() {
                        missing = state.leave_out(&oldest);
                    }
                }
            }
        }
        if !state.overflowed {
            state.items.push_back((item, now));
        }
        drop(state);
        self.news.notify_one();
        missing
    }

    /// Waits for the next piece of news. Cancel-safe.
    pub async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.take() {
                return next;
            }
            self.news.notified().await;
        }
    }

    /// Waits until the member is to be closed. Cancel-safe; news that comes meanwhile stays.
    pub async fn overflow(&self) {
        while !self.lock().overflowed {
            self.news.notified().await;
        }
    }

    fn take(&self) -> Option<Next> {
        let mut state = self.lock();
        if state.overflowed {
            return Some(Next::Overflow);
        }
        if let Some(gap) = state.left_out.take() {
            return Some(Next::Item(Item::Gap(gap), Instant::now()));
        }
        let (item, since) = state.items.pop_front()?;
        Some(Next::Item(item, since))
    }
}

impl State {
    /// Notes what is left out, and says how many messages that are.
    fn leave_out(&mut self, item: &Item) -> u64 {
        let (first, last, missing) = match item {
            Item::Message(seq, _) => (seq.unwrap_or(0), seq.unwrap_or(0), 1),
            Item::Gap(gap) => (gap.first, gap.last, gap.missing),
            Item::Other(_) => return 0,
        };
        let gap = self.left_out.get_or_insert(Gap {
            first: 0,
            last: 0,
            missing: 0,
            why: GapReason::SlowMember,
        });
        if gap.first == 0 {
            gap.first = first;
        }
        gap.last = gap.last.max(last);
        gap.missing += missing;
        // What was missing before was not left out for this member.
        match item {
            Item::Message(..) => missing,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(seq: u64) -> Item {
        Item::Message(Some(seq), Bytes::from(seq.to_string()))
    }

    fn drain(queue: &Queue) -> Vec<Item> {
        std::iter::from_fn(|| match queue.take()? {
            Next::Item(item, _) => Some(item),
            Next::Overflow => panic!("it overflowed"),
        })
        .collect()
    }

    #[test]
    fn a_full_queue_leaves_out_the_oldest_and_says_so() {
        let queue = Queue::new(3, SlowMember::Conflate);
        let now = Instant::now();
        let left: u64 = (1..=8).map(|seq| queue.push(message(seq), now)).sum();
        assert_eq!(left, 5);
        let gap = Gap {
            first: 1,
            last: 5,
            missing: 5,
            why: GapReason::SlowMember,
        };
        assert_eq!(
            drain(&queue),
            [Item::Gap(gap), message(6), message(7), message(8)]
        );
        queue.push(message(9), now);
        assert_eq!(drain(&queue), [message(9)]);
    }

    #[test]
    fn what_has_no_number_is_counted_too() {
        let queue = Queue::new(1, SlowMember::Conflate);
        let now = Instant::now();
        let unnumbered = Item::Message(None, Bytes::new());
        for item in [Item::Other(Bytes::new()), unnumbered.clone(), unnumbered] {
            queue.push(item, now);
        }
        queue.push(message(4), now);
        let Some(Next::Item(Item::Gap(gap), _)) = queue.take() else {
            panic!("a gap comes first");
        };
        assert_eq!((gap.first, gap.last, gap.missing), (0, 0, 2));
        assert_eq!(drain(&queue), [message(4)]);
    }

    #[test]
    fn a_gap_that_is_left_out_is_not_forgotten() {
        let queue = Queue::new(1, SlowMember::Conflate);
        let now = Instant::now();
        let gap = Gap {
            first: 2,
            last: 4,
            missing: 3,
            why: GapReason::BackboneAway,
        };
        queue.push(Item::Gap(gap), now);
        queue.push(message(5), now);
        queue.push(message(6), now);
        let all = Gap {
            first: 2,
            last: 5,
            missing: 4,
            why: GapReason::SlowMember,
        };
        assert_eq!(drain(&queue), [Item::Gap(all), message(6)]);
    }

    #[test]
    fn or_the_member_is_closed() {
        let queue = Queue::new(2, SlowMember::Close);
        let now = Instant::now();
        for seq in 1..=3 {
            assert_eq!(queue.push(message(seq), now), 0);
        }
        assert_eq!(queue.take(), Some(Next::Overflow));
    }
}
