//! An hour of one channel: what its members ask a server by polling, what it sends them by WebSocket, and what those cost it
//! whose proxy lets no WebSocket through.
//!
//! Messages come at random (a Poisson process), the same ones in all three cases. Each member begins to poll at a moment of
//! its own.
//!
//! # What it leaves out
//!
//! Answers take no time, so a poll brings what came since the one before, and a long poll is asked again in the moment in
//! which it is answered. Nobody comes, leaves or loses the connection. A member polls for this one channel: who polls for
//! several gets fewer empty answers, and the same number of answers.
//!
//! ```
//! use sim::cluster::channel::{Hour, Params};
//! let hour = Hour::count(&Params { members: 1_000, messages: 60, poll_s: 5, ping_s: 30, hold_s: 30, seed: 1 });
//! assert_eq!(hour.polls, 720_000);
//! assert!(hour.empty_polls > 600_000);
//! assert_eq!(hour.deliveries, 1_000 * hour.messages);
//! ```

use crate::chance::Chance;

/// The most members.
pub const MAX_MEMBERS: u32 = 1_000_000;
/// The most messages in an hour.
pub const MAX_MESSAGES: u32 = 36_000;
/// Members whose polls are counted one by one. Of more, these stand for all.
pub const COUNTED: u32 = 500;
/// Seconds in an hour.
const HOUR_S: f64 = 3600.0;

/// What the channel is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Members that are online, 1 to [`MAX_MEMBERS`].
    pub members: u32,
    /// Messages in an hour on average, 0 to [`MAX_MESSAGES`].
    pub messages: u32,
    /// Seconds from one poll of a member to the next, at least 1.
    pub poll_s: u32,
    /// Seconds from one ping on a WebSocket to the next, at least 1.
    pub ping_s: u32,
    /// Seconds for which a long poll is held, at least 1.
    pub hold_s: u32,
    /// Decides when messages come, and when each member begins to poll.
    pub seed: u64,
}

/// What the hour comes to, for all members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// Messages that came.
    pub messages: u64,
    /// Polls.
    pub polls: u64,
    /// Of these, the ones that brought nothing.
    pub empty_polls: u64,
    /// Messages handed out: each to every member.
    pub deliveries: u64,
    /// Pings on WebSockets. Each is answered by a pong.
    pub pings: u64,
    /// Long polls of one member.
    pub long_polls_each: u64,
    /// Of these, the ones that brought nothing.
    pub empty_long_polls_each: u64,
}

impl Hour {
    /// Counts it.
    pub fn count(params: &Params) -> Hour {
        let members = u64::from(params.members.clamp(1, MAX_MEMBERS));
        let counted = members.min(COUNTED.into());
        let (poll, hold) = (
            f64::from(params.poll_s.max(1)),
            f64::from(params.hold_s.max(1)),
        );
        let times = messages(params);
        let mut chance = Chance::new(params.seed, 1);
        let (mut polls, mut full) = (0u64, 0u64);
        for _ in 0..counted {
            let first = chance.unit() * poll;
            polls += ((HOUR_S - first) / poll).ceil().max(0.0) as u64;
            // A message is brought by the first poll after it; several may be brought by one.
            let mut before = f64::NEG_INFINITY;
            for at in &times {
                let by = ((at - first) / poll).ceil().max(0.0);
                full += u64::from(by > before && first + by * poll < HOUR_S);
                before = by;
            }
        }
        let all = |of_counted: u64| of_counted * members / counted.max(1);
        let mut empty_long = 0u64;
        let mut from = 0.0;
        for at in times.iter().copied().chain([HOUR_S]) {
            empty_long += ((at - from) / hold) as u64;
            from = at;
        }
        let messages = times.len() as u64;
        let polls = all(polls);
        Hour {
            messages,
            polls,
            empty_polls: polls - all(full).min(polls),
            deliveries: members * messages,
            pings: members * (3600 / u64::from(params.ping_s.max(1))),
            long_polls_each: messages + empty_long,
            empty_long_polls_each: empty_long,
        }
    }
}

/// When messages come, in seconds.
fn messages(params: &Params) -> Vec<f64> {
    let rate = f64::from(params.messages.min(MAX_MESSAGES)) / HOUR_S;
    let mut chance = Chance::new(params.seed, 0);
    let mut times = Vec::new();
    if rate > 0.0 {
        let mut at = chance.exponential() / rate;
        while at < HOUR_S {
            times.push(at);
            at += chance.exponential() / rate;
        }
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(members: u32, messages: u32, poll_s: u32) -> Params {
        Params {
            members,
            messages,
            poll_s,
            ping_s: 30,
            hold_s: 30,
            seed: 7,
        }
    }

    #[test]
    fn the_share_of_empty_polls_is_that_of_a_poisson_process() {
        for (messages, poll_s) in [(60, 5), (600, 5), (3_600, 2), (60, 60)] {
            // The rate that came, not the one that was asked for: a run has an hour’s chance in it.
            let hour = Hour::count(&params(1_000, messages, poll_s));
            let mean = hour.messages as f64 / HOUR_S * f64::from(poll_s);
            let expected = (-mean).exp();
            let counted = hour.empty_polls as f64 / hour.polls as f64;
            assert!(
                (counted - expected).abs() < 0.06,
                "{messages} {poll_s}: {counted} and {expected}"
            );
        }
    }

    #[test]
    fn nothing_said_is_nothing_but_empty_polls_and_pings() {
        let hour = Hour::count(&params(10, 0, 5));
        assert_eq!(
            (hour.polls, hour.empty_polls, hour.deliveries),
            (7_200, 7_200, 0)
        );
        assert_eq!(
            (hour.pings, hour.long_polls_each, hour.empty_long_polls_each),
            (1_200, 120, 120)
        );
    }

    #[test]
    fn those_who_are_counted_stand_for_all() {
        let (few, many) = (params(COUNTED, 60, 5), params(COUNTED * 100, 60, 5));
        let (few, many) = (Hour::count(&few), Hour::count(&many));
        assert_eq!(few.empty_polls * 100, many.empty_polls);
        assert_eq!(few.messages, many.messages);
    }

    #[test]
    fn what_is_senseless_is_bounded() {
        let most = Params {
            members: u32::MAX,
            messages: u32::MAX,
            poll_s: 0,
            ping_s: 0,
            hold_s: 0,
            seed: 1,
        };
        let hour = Hour::count(&most);
        assert_eq!(hour.polls, 3_600 * u64::from(MAX_MEMBERS));
        assert!(hour.empty_polls < hour.polls / 100);
    }
}
