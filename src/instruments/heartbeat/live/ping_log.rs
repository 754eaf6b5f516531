//! What the tap told of a connection's heartbeats: pings with their pongs, and the script's own messages with their
//! echoes, all by the server's clock.

use std::collections::VecDeque;
use std::rc::Rc;

use wire::Role;
use wire::frame::Opcode;

use crate::live::entry::{Answers, Entry, EntryKind};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The server's ping.
    Ping,
    /// A message of the page's script.
    Message,
}

/// A question and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PingExchange {
    /// What was asked.
    pub kind: Kind,
    /// When the question left the server or reached it, in microseconds since the connection was accepted.
    pub at: u64,
    /// How much later the pong was there, or the echo left.
    pub answered: Option<u64>,
}

/// Everything asked on this connection, oldest first.
pub fn exchanges(entries: &VecDeque<Rc<Entry>>, connection: u32) -> Vec<PingExchange> {
    let mut all: Vec<PingExchange> = Vec::new();
    for entry in entries.iter().filter(|e| e.connection == connection) {
        let (Some(us), EntryKind::Frame(frame)) = (entry.us, &entry.kind) else {
            continue;
        };
        let ask = |kind| PingExchange {
            kind,
            at: us,
            answered: None,
        };
        match (frame.from, frame.header.opcode, frame.answers) {
            (Role::Server, Opcode::Ping, _) => all.push(ask(Kind::Ping)),
            (Role::Client, Opcode::Text | Opcode::Binary, _) => all.push(ask(Kind::Message)),
            (_, _, Some(answers)) => {
                let (kind, later) = match answers {
                    Answers::Ping(later) => (Kind::Ping, later),
                    Answers::Message(later) => (Kind::Message, later),
                };
                let asked = us.saturating_sub(later);
                let found = all
                    .iter_mut()
                    .rev()
                    .find(|one| one.kind == kind && one.at == asked);
                if let Some(one) = found {
                    one.answered = Some(later);
                }
            }
            _ => {}
        }
    }
    all
}

/// The least, the median and the greatest of the pings' round trips, in milliseconds, and how many there are.
pub fn round_trips(exchanges: &[PingExchange]) -> Option<(f64, f64, f64, usize)> {
    let mut all: Vec<f64> = exchanges
        .iter()
        .filter(|one| one.kind == Kind::Ping)
        .filter_map(|one| Some(one.answered? as f64 / 1000.0))
        .collect();
    all.sort_by(f64::total_cmp);
    let (first, last) = (all.first()?, all.last()?);
    let middle = all.len() / 2;
    let median = if all.len() % 2 == 1 {
        all[middle]
    } else {
        (all[middle - 1] + all[middle]) / 2.0
    };
    Some((*first, median, *last, all.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::record::Record;
    use protocol::{SentBy, TapEvent, TapRecord};

    /// A record of a handshake, two pings of which one is answered, and a message with its echo.
    fn record() -> Record {
        let mut record = Record::default();
        record.begin();
        let hello = "GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        let welcome = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
        let parts: [(u64, SentBy, Vec<u8>); 7] = [
            (0, SentBy::Client, hello.into()),
            (100, SentBy::Server, welcome.into()),
            (1_000_000, SentBy::Server, b"\x89\x061 ping".to_vec()),
            (
                1_000_700,
                SentBy::Client,
                b"\x8a\x86\0\0\0\x001 ping".to_vec(),
            ),
            (1_500_000, SentBy::Client, b"\x81\x82\0\0\0\0hi".to_vec()),
            (1_500_050, SentBy::Server, b"\x81\x02hi".to_vec()),
            (2_000_000, SentBy::Server, b"\x89\x062 ping".to_vec()),
        ];
        for (seq, (us, from, bytes)) in parts.into_iter().enumerate() {
            let seq = seq as u64;
            record.tap(TapEvent::Bytes(TapRecord {
                seq,
                us,
                from,
                bytes,
            }));
        }
        record
    }

    #[test]
    fn pings_and_messages_meet_their_answers() {
        let record = record();
        let one = |kind, at, answered| PingExchange { kind, at, answered };
        assert_eq!(
            exchanges(record.entries(), record.connection()),
            [
                one(Kind::Ping, 1_000_000, Some(700)),
                one(Kind::Message, 1_500_000, Some(50)),
                one(Kind::Ping, 2_000_000, None),
            ]
        );
        assert_eq!(exchanges(record.entries(), 99), []);
    }

    #[test]
    fn round_trips_count_what_was_answered() {
        let record = record();
        let all = exchanges(record.entries(), record.connection());
        assert_eq!(round_trips(&all), Some((0.7, 0.7, 0.7, 1)));
        assert_eq!(round_trips(&all[1..]), None);
        let two = [400, 600].map(|us| PingExchange {
            kind: Kind::Ping,
            at: 0,
            answered: Some(us),
        });
        assert_eq!(round_trips(&two), Some((0.4, 0.5, 0.6, 2)));
    }
}
