//! What a storm is made with.

use serde::{Deserialize, Serialize};

use super::{Backoff, MAX_WAIT, Strategy};
use crate::chance::Chance;
use crate::{MINUTE, Micros, SECOND};

use super::strategy::uniform;

/// What becomes of a connection for which there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Overflow {
    /// It is reset (RST): the client learns after a round trip. It costs the server nothing.
    Refuse,
    /// Its SYN is dropped: the client learns after [`StormParams::connect_timeout`]. It costs the server nothing. That TCP
    /// sends the SYN again in the meantime is left out.
    TimeOut,
    /// It is answered with 503 (RFC 9110 §15.6.4): the client learns after a round trip. A server so busy that it cannot
    /// even do that (see [`super::Server`]) resets.
    ServiceUnavailable {
        /// What `Retry-After` says (RFC 9110 §10.2.3), in microseconds, up to [`MAX_WAIT`]. A client waits for so long,
        /// and then as its strategy says.
        retry_after: Option<Micros>,
        /// What an answer costs the server, in thousandths of a handshake, from 1 to 1,000.
        cost: u32,
    },
}

/// What the server asks for in the close frame with which it goes. It takes the place of the strategy's wait before the
/// first attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Hint {
    /// 1012: each client first waits between 5 and 30 seconds at random, as the IANA registry of close codes says.
    ServiceRestart,
    /// 1013, and the application puts a number into the reason: each client waits for exactly so long, in microseconds,
    /// up to [`MAX_WAIT`]. No standard says how; the registry would have the client wait for its user.
    TryAgainLater {
        /// How long.
        after: Micros,
    },
}

/// The wait that 1012 asks for, in microseconds: from 5 to 30 seconds.
pub const RESTART_WAIT: (Micros, Micros) = (5 * SECOND, 30 * SECOND);

/// A server goes away, and all its clients lose their connections at time 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StormParams {
    /// How many clients there are, from 1 to 1,000,000.
    pub clients: u32,
    /// How they wait.
    pub backoff: Backoff,
    /// How many handshakes the server can do in a second, from 1 to 1,000,000.
    pub capacity: u32,
    /// How many connections can wait for that, besides the one that is being served, from 0 to 1,000,000.
    pub backlog: u32,
    /// What becomes of the others.
    pub overflow: Overflow,
    /// How long the server is away, in microseconds, up to an hour. Who arrives in the meantime is reset.
    pub down: Micros,
    /// How long it takes there and back, in microseconds, from 1 ms to a minute. An attempt takes one round trip, and the
    /// time at the server.
    pub round_trip: Micros,
    /// How long a client waits for an attempt to succeed, in microseconds, from twice the round trip to [`MAX_WAIT`]. A
    /// handshake that comes later is work in vain.
    pub connect_timeout: Micros,
    /// What the server asks for as it goes.
    pub hint: Option<Hint>,
    /// When the model ends at the latest, in microseconds, from a second to an hour.
    pub limit: Micros,
    /// Decides all that is random.
    pub seed: u64,
}

impl Default for StormParams {
    fn default() -> StormParams {
        StormParams {
            clients: 10_000,
            backoff: Backoff::default(),
            capacity: 1_000,
            backlog: 511,
            overflow: Overflow::Refuse,
            down: 5 * SECOND,
            round_trip: 80_000,
            connect_timeout: 10 * SECOND,
            hint: None,
            limit: 20 * MINUTE,
            seed: 1,
        }
    }
}

impl StormParams {
    /// The nearest parameters that a run can be made with.
    pub fn clamped(&self) -> StormParams {
        let round_trip = self.round_trip.clamp(1_000, MINUTE);
        StormParams {
            clients: self.clients.clamp(1, 1_000_000),
            backoff: self.backoff.clamped(),
            capacity: self.capacity.clamp(1, 1_000_000),
            backlog: self.backlog.min(1_000_000),
            overflow: match self.overflow {
                Overflow::ServiceUnavailable { retry_after, cost } => {
                    Overflow::ServiceUnavailable {
                        retry_after: retry_after.map(|after| after.min(MAX_WAIT)),
                        cost: cost.clamp(1, 1_000),
                    }
                }
                other => other,
            },
            down: self.down.min(60 * MINUTE),
            round_trip,
            connect_timeout: self.connect_timeout.clamp(2 * round_trip, MAX_WAIT),
            hint: self.hint.map(|hint| match hint {
                Hint::TryAgainLater { after } => Hint::TryAgainLater {
                    after: after.min(MAX_WAIT),
                },
                Hint::ServiceRestart => hint,
            }),
            limit: self.limit.clamp(SECOND, 60 * MINUTE),
            seed: self.seed,
        }
    }

    /// Whether chance has a part in when clients come.
    pub fn is_random(&self) -> bool {
        self.backoff.strategy.is_random()
            || self.backoff.spread > 0
            || self.hint == Some(Hint::ServiceRestart)
    }

    /// What a client waits before its first attempt, in microseconds: without the spread, and with it.
    pub(super) fn first_wait(&self, chance: &mut Chance) -> (Micros, Micros) {
        let backoff = &self.backoff;
        let (previous, wait) = match self.hint {
            None => {
                let wait = backoff.delay(0, backoff.base, chance);
                (wait, wait)
            }
            Some(Hint::ServiceRestart) => {
                let (least, most) = RESTART_WAIT;
                (backoff.base, uniform(least, most, chance))
            }
            Some(Hint::TryAgainLater { after }) => (backoff.base, after),
        };
        let spread = match backoff.spread {
            0 => 0,
            spread => uniform(0, spread, chance),
        };
        (previous, wait + spread)
    }

    /// The longest that [`StormParams::first_wait`] can be.
    pub(super) fn longest_first_wait(&self) -> Micros {
        let wait = match self.hint {
            None => self.backoff.bounds(0).1,
            Some(Hint::ServiceRestart) => RESTART_WAIT.1,
            Some(Hint::TryAgainLater { after }) => after,
        };
        wait + self.backoff.spread
    }

    /// How long after its arrival an attempt's successor can arrive at the earliest, the client's own wait not counted, in
    /// microseconds: after a reset, after a time-out, after an answer.
    pub(super) fn returns(&self) -> [Micros; 3] {
        let answered = match self.overflow {
            Overflow::ServiceUnavailable { retry_after, .. } => retry_after.unwrap_or(0),
            _ => 0,
        };
        [
            self.round_trip,
            self.connect_timeout,
            self.round_trip + answered,
        ]
    }

    /// What an answer costs, if there are answers.
    pub(super) fn answer_cost(&self) -> Option<u32> {
        match self.overflow {
            Overflow::ServiceUnavailable { cost, .. } => Some(cost),
            _ => None,
        }
    }

    /// The longest wait between two attempts.
    pub(super) fn longest_wait(&self) -> Micros {
        let backoff = &self.backoff;
        match backoff.strategy {
            Strategy::AtOnce => 0,
            Strategy::Fixed => backoff.base,
            _ => backoff.cap,
        }
    }
}
