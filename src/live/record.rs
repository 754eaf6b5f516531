//! The recording of a page's visit: every connection's lines, in order, within a budget.

use std::collections::VecDeque;
use std::rc::Rc;

use protocol::{ConnectionEnd, LostRecords, TapEvent, TapRecord};
use wire::Role;

use super::api::role;
use super::entry::{Entry, EntryKind, Lost};
use super::stream::Streams;

/// Lines that are kept.
pub const MAX_ENTRIES: usize = 2_000;
/// About how many bytes of memory they may take.
pub const MAX_COST: usize = 8 << 20;

/// Lines, and how far the present connection has come.
#[derive(Debug, Default)]
pub struct Record {
    entries: VecDeque<Rc<Entry>>,
    next_id: u64,
    dropped: u64,
    cost: usize,
    connection: u32,
    /// Whether the present connection has a line.
    used: bool,
    streams: Streams,
    next_seq: u64,
    up: u64,
    down: u64,
    ended: bool,
}

impl Record {
    /// A record of one connection, whose messages are read up to this many bytes, inflated.
    pub fn of_one(limit: usize) -> Record {
        Record {
            connection: 1,
            streams: Streams::with_limit(limit),
            ..Record::default()
        }
    }

    /// A connection begins. An attempt that left no line behind is not counted.
    pub fn begin(&mut self) {
        if self.used || self.connection == 0 {
            self.connection += 1;
        }
        self.used = false;
        self.streams = Streams::default();
        self.next_seq = 0;
        self.up = 0;
        self.down = 0;
        self.ended = false;
    }

    /// The lines, oldest first.
    pub fn entries(&self) -> &VecDeque<Rc<Entry>> {
        &self.entries
    }

    /// The line with this id.
    pub fn get(&self, id: u64) -> Option<&Rc<Entry>> {
        let first = self.entries.front()?.id;
        self.entries
            .get(usize::try_from(id.checked_sub(first)?).ok()?)
    }

    /// The id that the next line gets.
    pub fn next_id(&self) -> u64 {
        self.next_id
    }

    /// How many lines were dropped to stay within the budget.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Frames, or messages where no frames can be seen, of the present connection: up and down.
    pub fn counts(&self) -> (u64, u64) {
        (self.up, self.down)
    }

    /// Whether the tap has told everything.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Which connection it is, from 1; 0 before the first.
    pub fn connection(&self) -> u32 {
        self.connection
    }

    /// Takes what the tap tells.
    pub fn tap(&mut self, event: TapEvent) {
        if self.ended {
            return;
        }
        match event {
            TapEvent::Bytes(TapRecord {
                seq,
                us,
                from,
                bytes,
            }) => {
                if seq != self.next_seq {
                    self.gap(us, None, [Role::Client, Role::Server], (0, 0));
                }
                self.next_seq = seq.saturating_add(1);
                for (us, kind) in self.streams.push(role(from), us, &bytes) {
                    self.add(Some(us), kind);
                }
            }
            TapEvent::Lost(LostRecords {
                seq,
                us,
                records,
                client,
                server,
            }) => {
                self.next_seq = seq.saturating_add(records);
                let lanes = [
                    (client > 0).then_some(Role::Client),
                    (server > 0).then_some(Role::Server),
                ];
                let lanes = lanes.into_iter().flatten();
                self.gap(us, Some(records), lanes, (client, server));
            }
            TapEvent::End(ConnectionEnd { us, why }) => {
                self.ended = true;
                self.add(Some(us), EntryKind::End(why));
            }
        }
    }

    fn gap(
        &mut self,
        us: u64,
        records: Option<u64>,
        lanes: impl IntoIterator<Item = Role>,
        (client, server): (u64, u64),
    ) {
        for lane in lanes {
            self.streams.lost(lane);
        }
        self.add(
            Some(us),
            EntryKind::Lost(Lost {
                records,
                client,
                server,
            }),
        );
    }

    /// Takes what did not come from the tap.
    pub fn add(&mut self, us: Option<u64>, kind: EntryKind) {
        match (&kind, kind.from()) {
            (EntryKind::Frame(_) | EntryKind::ScriptMessage(_), Some(Role::Client)) => self.up += 1,
            (EntryKind::Frame(_) | EntryKind::ScriptMessage(_), Some(Role::Server)) => {
                self.down += 1
            }
            _ => {}
        }
        self.used = true;
        self.cost += kind.cost();
        self.entries.push_back(Rc::new(Entry {
            id: self.next_id,
            connection: self.connection,
            us,
            kind,
        }));
        self.next_id += 1;
        while self.entries.len() > MAX_ENTRIES || (self.cost > MAX_COST && self.entries.len() > 1) {
            let Some(old) = self.entries.pop_front() else {
                break;
            };
            self.cost -= old.kind.cost();
            self.dropped += 1;
        }
    }

    /// Forgets all lines; the connection goes on.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.cost = 0;
        self.dropped = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::entry::{Body, ScriptMessage};
    use protocol::SentBy;

    fn seen(len: usize) -> EntryKind {
        EntryKind::ScriptMessage(ScriptMessage {
            from: Role::Client,
            body: Body::binary(&vec![0; len]),
            len: len as u64,
        })
    }

    fn bytes(seq: u64, from: SentBy, bytes: &[u8]) -> TapEvent {
        TapEvent::Bytes(TapRecord {
            seq,
            us: seq,
            from,
            bytes: bytes.to_vec(),
        })
    }

    #[test]
    fn old_lines_are_dropped_and_counted() {
        let mut record = Record::default();
        record.begin();
        for _ in 0..MAX_ENTRIES + 5 {
            record.add(None, seen(1));
        }
        assert_eq!(record.entries().len(), MAX_ENTRIES);
        assert_eq!(record.dropped(), 5);
        assert_eq!(record.counts().0, MAX_ENTRIES as u64 + 5);
        assert!(record.get(4).is_none());
        assert_eq!(record.get(5).map(|e| e.id), Some(5));
        assert!(record.get(u64::MAX).is_none());
        record.clear();
        record.add(None, seen(1));
        assert_eq!(record.entries().len(), 1);
        assert_eq!(record.cost, record.entries()[0].kind.cost());
    }

    #[test]
    fn a_gap_is_said_and_nothing_behind_it_is_guessed() {
        let mut record = Record::default();
        record.begin();
        let handshake = b"GET / HTTP/1.1\r\n\r\n";
        record.tap(bytes(0, SentBy::Client, handshake));
        record.tap(bytes(2, SentBy::Server, b"\x81\x05Hello"));
        record.tap(bytes(3, SentBy::Server, b"\x81\x05Hello"));
        let kinds: Vec<_> = record.entries().iter().map(|e| &e.kind).collect();
        assert!(
            matches!(kinds[..], [EntryKind::Request(_), EntryKind::Lost(_)]),
            "{kinds:?}"
        );
    }

    #[test]
    fn what_one_side_lost_leaves_the_other_readable() {
        let mut record = Record::default();
        record.begin();
        record.tap(bytes(
            0,
            SentBy::Client,
            b"GET / HTTP/1.1\r\nSec-WebSocket-Key: x\r\n\r\n",
        ));
        record.tap(bytes(1, SentBy::Server, b"HTTP/1.1 101 x\r\n\r\n"));
        record.tap(TapEvent::Lost(LostRecords {
            seq: 2,
            us: 2,
            records: 3,
            client: 10,
            server: 0,
        }));
        record.tap(bytes(5, SentBy::Server, b"\x81\x05Hello"));
        assert_eq!(record.entries().len(), 4);
        assert_eq!(record.counts(), (0, 1));
        record.tap(TapEvent::End(ConnectionEnd {
            us: 9,
            why: "over".into(),
        }));
        record.tap(bytes(6, SentBy::Server, b"\x81\x05Hello"));
        assert_eq!(record.entries().len(), 5);
    }
}
