//! Waiting: for the peer's answer to a close frame or a ping.
//!
//! A session reads no clock. The caller says what time it is with [`Session::tick`], as the time since any fixed moment;
//! whatever happens until the next tick happens at that time.

use std::time::Duration;

use super::{Core, Session};
use crate::frame::Opcode;

/// How long to wait for what. Everything is off unless set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// After this much silence from the peer, send a ping.
    pub ping_after: Option<Duration>,
    /// If nothing at all has come this long after that ping, the peer is gone.
    pub pong_within: Option<Duration>,
    /// How long to wait for the closing handshake to end, TCP included.
    pub close: Option<Duration>,
}

/// What took too long. The TCP connection should be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// A ping was not answered.
    Pong,
    /// The closing handshake did not end.
    Close,
}

#[derive(Debug, Default)]
pub(super) struct Clock {
    now: Duration,
    heard_at: Duration,
    /// When the ping that awaits an answer was sent.
    pinged_at: Option<Duration>,
    closing_at: Option<Duration>,
    timeout: Option<Timeout>,
    /// Pings sent by the clock, which are numbered.
    pings: u64,
    round_trip: Option<Duration>,
}

impl Clock {
    pub(super) fn heard(&mut self) {
        self.heard_at = self.now;
    }

    pub(super) fn closing(&mut self) {
        self.closing_at.get_or_insert(self.now);
    }

    pub(super) fn pong(&mut self, payload: &[u8]) {
        if let Some(at) = self.pinged_at
            && payload == self.pings.to_be_bytes()
        {
            self.round_trip = Some(self.now.saturating_sub(at));
            self.pinged_at = None;
        }
    }

    pub(super) fn gave_up(&self) -> bool {
        self.timeout.is_some()
    }
}

impl Session {
    /// Says what time it is and does what is due: may write a ping to the output, or find that the peer is gone. Once
    /// it has, [`Session::should_close_tcp`] says so.
    ///
    /// Bytes that have come should be given to [`Session::receive`] first.
    pub fn tick(&mut self, now: Duration) -> Option<Timeout> {
        self.core.tick(now)
    }

    /// When [`Session::tick`] next has something to do.
    pub fn next_tick(&self) -> Option<Duration> {
        self.core.due().into_iter().flatten().min()
    }

    /// The time between the last ping that [`Timing::ping_after`] caused and its pong.
    pub fn round_trip(&self) -> Option<Duration> {
        self.core.clock.round_trip
    }
}

impl Core {
    /// When to ping, when to give up on a pong, when to give up on the closing.
    fn due(&self) -> [Option<Duration>; 3] {
        let (clock, timing) = (&self.clock, &self.config.timing);
        if clock.timeout.is_some() {
            return [None; 3];
        }
        if let Some(at) = clock.closing_at {
            return [None, None, timing.close.map(|wait| at + wait)];
        }
        match clock.pinged_at {
            Some(at) => [None, timing.pong_within.map(|wait| at + wait), None],
            None => [
                timing.ping_after.map(|wait| clock.heard_at + wait),
                None,
                None,
            ],
        }
    }

    fn tick(&mut self, now: Duration) -> Option<Timeout> {
        self.clock.now = self.clock.now.max(now);
        let now = self.clock.now;
        if let Some(at) = self.clock.pinged_at
            && self.clock.heard_at > at
        {
            // Whatever has come shows that the peer is there.
            self.clock.pinged_at = None;
        }
        let is_due = |at: Option<Duration>| at.is_some_and(|at| at <= now);
        let [ping, pong, close] = self.due().map(is_due);
        if close {
            self.clock.timeout = Some(Timeout::Close);
        } else if pong {
            self.clock.timeout = Some(Timeout::Pong);
        } else if ping {
            self.clock.pings += 1;
            let payload = self.clock.pings.to_be_bytes();
            if self.send_control(Opcode::Ping, &payload).is_ok() {
                self.clock.pinged_at = Some(now);
            }
        }
        self.clock.timeout
    }
}
