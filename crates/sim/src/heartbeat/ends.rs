//! One end: what it has sent and not heard of, what it has asked, what it knows.

use std::collections::VecDeque;

use super::{DetectedBy, PacketKind, Prober, Side};
use crate::Micros;

/// Something that is sent reliably.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A question: a ping or a heartbeat.
    Ask(u32),
    /// Its answer.
    Answer(u32),
    /// Nothing more will come.
    Fin,
}

impl Message {
    /// What it is called when this side sends it.
    pub(super) fn kind(self, from: Side) -> PacketKind {
        match (self, from) {
            (Message::Ask(n), Side::Server) => PacketKind::Ping(n),
            (Message::Ask(n), Side::Client) => PacketKind::Beat(n),
            (Message::Answer(n), Side::Client) => PacketKind::Pong(n),
            (Message::Answer(n), Side::Server) => PacketKind::Echo(n),
            (Message::Fin, _) => PacketKind::Fin,
        }
    }
}

/// What a packet is to TCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cargo {
    /// Messages from this number on, and an acknowledgement of all before that one.
    Data(u64, Vec<Message>, u64),
    /// An acknowledgement.
    Ack(u64),
    /// The answer to a FIN: nothing more will come from here either.
    Fin(u64),
    /// There is no such connection.
    Rst,
}

/// An end of the connection.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub side: Side,
    /// Whether the machine has power.
    pub up: bool,
    /// Whether the process runs.
    pub app: bool,
    /// Whether the kernel has the connection.
    pub open: bool,
    pub learned: Option<(Micros, DetectedBy)>,
    /// Questions sent, the last of them that was answered, and how many in a row were not.
    pub asked: u32,
    pub answered: u32,
    pub misses: u32,
    /// Messages that are not acknowledged, the number of the first of them, and that of the first not yet sent.
    pub unacked: VecDeque<Message>,
    pub base: u64,
    pub sent: u64,
    /// The number of the message that is expected from the other end.
    pub expected: u64,
    /// Since when the oldest message is waited for, how often it was sent again, and which timer counts.
    pub since: Micros,
    pub retries: u32,
    pub epoch: u32,
}

impl End {
    pub(super) fn new(side: Side) -> End {
        End {
            side,
            up: true,
            app: true,
            open: true,
            learned: None,
            asked: 0,
            answered: 0,
            misses: 0,
            unacked: VecDeque::new(),
            base: 0,
            sent: 0,
            expected: 0,
            since: 0,
            retries: 0,
            epoch: 0,
        }
    }

    /// Whether the process runs and has the connection.
    pub(super) fn speaks(&self) -> bool {
        self.up && self.app && self.open
    }

    /// Whether this end is gone by itself: nobody is there who could learn anything.
    pub(super) fn gone(&self) -> bool {
        !self.up || !self.app
    }

    /// Takes an acknowledgement. Whether it is news.
    pub(super) fn acked(&mut self, up_to: u64) -> bool {
        let news = up_to.min(self.sent).saturating_sub(self.base);
        for _ in 0..news {
            self.unacked.pop_front();
        }
        self.base += news;
        news > 0
    }

    /// Takes messages, and gives those that are new. What comes after a gap waits to be sent again.
    pub(super) fn take(&mut self, start: u64, messages: &[Message]) -> Vec<Message> {
        let Some(known) = self.expected.checked_sub(start) else {
            return Vec::new();
        };
        let known = usize::try_from(known).unwrap_or(usize::MAX);
        let new = messages.get(known..).unwrap_or_default().to_vec();
        self.expected += new.len() as u64;
        new
    }

    /// Whether it asks now and then.
    pub(super) fn asks(&self, prober: Prober) -> bool {
        prober.probes(self.side) && self.speaks()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_once_and_in_order() {
        let mut end = End::new(Side::Server);
        let all = [Message::Ask(1), Message::Ask(2), Message::Ask(3)];
        assert_eq!(end.take(1, &all[1..]), []);
        assert_eq!(end.take(0, &all[..2]), all[..2]);
        assert_eq!(end.take(0, &all[..2]), []);
        assert_eq!(end.take(0, &all), all[2..]);
        assert_eq!(end.expected, 3);
    }

    #[test]
    fn an_acknowledgement_counts_once_and_for_what_was_sent() {
        let mut end = End::new(Side::Server);
        end.unacked.extend([Message::Ask(1), Message::Ask(2)]);
        end.sent = 1;
        assert!(end.acked(9));
        assert!(!end.acked(1));
        assert_eq!((end.base, end.unacked.len()), (1, 1));
    }
}
