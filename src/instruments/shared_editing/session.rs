//! Two editors and the line between them: what is done here, encoded, framed, on its way, decoded, and done there.
//!
//! Time is in milliseconds and is an argument. The server in between does what is visible of one that relays: it takes the
//! mask off and sends the same payload to the other editor.

use std::collections::VecDeque;

use wire::Role;
use wire::decode::Decoder;
use wire::frame::{self, Header, Opcode};

use super::document::{Document, Merge};
use super::operation::Operation;

/// Messages that are kept to be looked at, at most.
const KEPT: usize = 40;
/// How often an editor tells where its pointer is, at most: the time between two in milliseconds.
pub const CURSOR_MS: f64 = 50.0;

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// The line is cut: it waits at its editor.
    Held,
    /// It arrives at this time.
    Sent(f64),
    /// It is there.
    Arrived,
    /// Dropped, for the line is cut and nobody misses it.
    Dropped,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Counts from 1.
    pub number: u32,
    /// Which editor sends it: 0 for the left one, 1 for the right one.
    pub from: usize,
    /// What it says.
    pub operation: Operation,
    /// The frame to the server, masked.
    pub up: Vec<u8>,
    /// The frame to the other editor, unmasked.
    pub down: Vec<u8>,
    /// How far it has come.
    pub way: Way,
}

impl Message {
    /// Bytes of the payload.
    pub fn payload(&self) -> usize {
        self.operation.encode().len()
    }

    /// Bytes of both frames, up and down.
    pub fn wire(&self) -> usize {
        self.up.len() + self.down.len()
    }

    /// Bytes of both frames, if the operation were JSON.
    pub fn wire_as_json(&self) -> usize {
        let json = self.operation.json().len();
        let header = |key| Header::new(Opcode::Text, json as u64, key).len();
        2 * json + header(Some([0; 4])) + header(None)
    }
}

/// What all messages so far come to, cursors among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Messages sent.
    pub messages: u32,
    /// Of these, cursors.
    pub cursors: u32,
    /// Bytes of payload, counted once.
    pub payload: u64,
    /// Bytes of all frames, up and down.
    pub wire: u64,
    /// The same if they were JSON.
    pub json: u64,
}

/// Two editors and their line.
#[derive(Clone, Debug)]
pub struct Session {
    documents: [Document; 2],
    cursors: [Option<(u16, u16)>; 2],
    /// When each editor last told its cursor.
    told: [Option<f64>; 2],
    under_way: VecDeque<u32>,
    messages: VecDeque<Message>,
    totals: Totals,
    cut: bool,
}

impl Session {
    /// At the beginning.
    pub fn new(merge: Merge) -> Session {
        Session {
            documents: Document::pair(merge),
            cursors: [None; 2],
            told: [None; 2],
            under_way: VecDeque::new(),
            messages: VecDeque::new(),
            totals: Totals::default(),
            cut: false,
        }
    }

    /// What each editor shows.
    pub fn documents(&self) -> &[Document; 2] {
        &self.documents
    }

    /// Where each editor sees the other’s pointer.
    pub fn cursors(&self) -> &[Option<(u16, u16)>; 2] {
        &self.cursors
    }

    /// The last messages, the oldest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter()
    }

    /// What all messages come to.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Whether the line is cut.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Messages that wait for the line.
    pub fn held(&self) -> usize {
        self.messages.iter().filter(|m| m.way == Way::Held).count()
    }

    /// Messages on the line.
    pub fn on_the_line(&self) -> usize {
        self.under_way.len() - self.held()
    }

    /// An editor has done these, at `now`; they take `delay` to the other.
    pub fn send(
        &mut self,
        from: usize,
        operations: impl IntoIterator<Item = Operation>,
        now: f64,
        delay: f64,
    ) {
        for operation in operations {
            self.send_one(from, operation, now, delay);
        }
    }

    /// An editor’s pointer moved. Told only so often.
    pub fn point(&mut self, from: usize, (x, y): (u16, u16), now: f64, delay: f64) {
        let Some(told) = self.told.get_mut(from) else {
            return;
        };
        if told.is_some_and(|told| now - told < CURSOR_MS) {
            return;
        }
        *told = Some(now);
        let editor = from as u8 + 1;
        self.send_one(from, Operation::Cursor { editor, x, y }, now, delay);
    }

    /// Does something in an editor’s document, and sends what comes of it.
    pub fn edit<O: IntoIterator<Item = Operation>>(
        &mut self,
        at: usize,
        now: f64,
        delay: f64,
        what: impl FnOnce(&mut Document) -> O,
    ) {
        if let Some(document) = self.documents.get_mut(at) {
            let operations = what(document);
            self.send(at, operations, now, delay);
        }
    }

    /// Cuts the line. What is under way arrives.
    pub fn cut(&mut self) {
        self.cut = true;
    }

    /// Mends the line, and sends what was held.
    pub fn mend(&mut self, now: f64, delay: f64) {
        self.cut = false;
        for message in &mut self.messages {
            if message.way == Way::Held {
                message.way = Way::Sent(now + delay);
            }
        }
    }

    /// Brings to the other editor whatever has arrived by `now`.
    pub fn pass(&mut self, now: f64) {
        let waiting = std::mem::take(&mut self.under_way);
        let mut blocked = [false; 2];
        for number in waiting {
            let Some(place) = self.messages.iter().position(|m| m.number == number) else {
                continue;
            };
            let message = &mut self.messages[place];
            let from = message.from.min(1);
            // A connection keeps its order: what was sent later waits behind what was sent before.
            let arrived = matches!(message.way, Way::Sent(at) if at <= now) && !blocked[from];
            if !arrived {
                blocked[from] = true;
                self.under_way.push_back(number);
                continue;
            }
            message.way = Way::Arrived;
            // What the other editor knows, it knows from the bytes.
            let frames = Decoder::new(Role::Server).push(&message.down);
            let to = 1 - from;
            for frame in frames {
                match Operation::decode(&frame.payload) {
                    Ok(Operation::Cursor { x, y, .. }) => self.cursors[to] = Some((x, y)),
                    Ok(operation) => self.documents[to].receive(&operation),
                    Err(_) => {}
                }
            }
        }
        self.forget();
    }

    fn send_one(&mut self, from: usize, operation: Operation, now: f64, delay: f64) {
        let payload = operation.encode();
        self.totals.messages += 1;
        let number = self.totals.messages;
        let length = payload.len() as u64;
        let (mut up, mut down) = (Vec::new(), Vec::new());
        frame::encode(
            &Header::new(Opcode::Binary, length, Some(key(number))),
            &payload,
            &mut up,
        );
        frame::encode(
            &Header::new(Opcode::Binary, length, None),
            &payload,
            &mut down,
        );
        let way = match (self.cut, operation.is_cursor()) {
            (false, _) => Way::Sent(now + delay),
            (true, false) => Way::Held,
            (true, true) => Way::Dropped,
        };
        let message = Message {
            number,
            from,
            operation,
            up,
            down,
            way,
        };
        let totals = &mut self.totals;
        totals.cursors += u32::from(message.operation.is_cursor());
        totals.payload += length;
        totals.wire += message.wire() as u64;
        totals.json += message.wire_as_json() as u64;
        if way != Way::Dropped {
            self.under_way.push_back(number);
        }
        self.messages.push_back(message);
        self.forget();
    }

    /// Keeps the last messages, and every one that has not arrived.
    fn forget(&mut self) {
        while self.messages.len() > KEPT
            && self
                .messages
                .front()
                .is_some_and(|m| matches!(m.way, Way::Arrived | Way::Dropped))
        {
            self.messages.pop_front();
        }
    }
}

/// A masking key for each message. A browser draws them from a source that nobody can foresee (RFC 6455 §5.3); these are the
/// same for everybody, so that a link shows what its sender saw.
fn key(number: u32) -> [u8; 4] {
    let mut x = number.wrapping_mul(0x9e37_79b9) ^ 0x85eb_ca6b;
    x ^= x >> 15;
    x = x.wrapping_mul(0x2c1b_3c6d);
    x ^= x >> 12;
    x.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::super::document::COLOURS;
    use super::*;
    use sim::chance::Chance;

    const DELAY: f64 = 100.0;

    /// Something that an editor may do, drawn at random.
    fn act(session: &mut Session, chance: &mut Chance, now: f64) {
        let at = chance.below(2) as usize;
        let delay = f64::from(chance.below(500));
        match chance.below(7) {
            0 => session.cut(),
            1 => session.mend(now, delay),
            2 => session.pass(now),
            3 => {
                let (shape, x, y) = (
                    chance.below(3) as u8,
                    chance.below(400) as u16,
                    chance.below(300) as u16,
                );
                session.edit(at, now, delay, |d| d.move_to(shape, x, y));
            }
            4 => {
                let (shape, colour) = (chance.below(3) as u8, chance.below(4) as usize);
                session.edit(at, now, delay, |d| d.paint(shape, COLOURS[colour].1));
            }
            5 => session.point(at, (chance.below(320) as u16, 3), now, delay),
            _ => {
                let mut title: Vec<char> = session.documents[at].title().chars().collect();
                let place = chance.below(title.len() as u32 + 1) as usize;
                let end = (place + chance.below(4) as usize).min(title.len());
                title.splice(
                    place..end,
                    ['é', 'x', '“'].into_iter().take(chance.below(4) as usize),
                );
                let title: String = title.into_iter().collect();
                session.edit(at, now, delay, |d| d.retitle(&title));
            }
        }
    }

    fn settle(session: &mut Session, now: f64) {
        session.mend(now, DELAY);
        session.pass(now + 10_000.0);
        assert_eq!((session.held(), session.on_the_line()), (0, 0));
    }

    #[test]
    fn whatever_is_done_and_however_it_is_delivered_both_come_to_show_the_same() {
        let mut concurrent = 0;
        for seed in 0..300 {
            let mut chance = Chance::new(seed, 0);
            let mut session = Session::new(Merge::Stamp);
            let mut now = 0.0;
            for _ in 0..60 {
                now += f64::from(chance.below(200));
                act(&mut session, &mut chance, now);
            }
            concurrent += u32::from(!session.documents[0].shows_the_same(&session.documents[1]));
            settle(&mut session, now);
            let [left, right] = session.documents();
            assert!(
                left.shows_the_same(right),
                "seed {seed}: {left:?} {right:?}"
            );
        }
        assert!(
            concurrent > 100,
            "most runs have something that is not delivered: {concurrent}"
        );
    }

    #[test]
    fn without_stamps_two_that_write_at_once_swap() {
        let mut session = Session::new(Merge::Arrival);
        session.cut();
        session.edit(0, 0.0, DELAY, |d| d.paint(0, COLOURS[1].1));
        session.edit(1, 0.0, DELAY, |d| d.paint(0, COLOURS[2].1));
        settle(&mut session, 0.0);
        let [left, right] = session
            .documents()
            .each_ref()
            .map(|d| d.shapes()[0].colour.value);
        assert_eq!((left, right), (COLOURS[2].1, COLOURS[1].1));
    }

    #[test]
    fn a_cut_line_holds_edits_and_drops_cursors() {
        let mut session = Session::new(Merge::Stamp);
        session.cut();
        session.point(0, (10, 10), 0.0, DELAY);
        session.edit(0, 0.0, DELAY, |d| d.move_to(0, 100, 100));
        session.pass(10_000.0);
        assert_eq!((session.held(), session.totals().messages), (1, 2));
        assert_eq!(session.documents()[1].shapes()[0].place.value, (70, 70));
        settle(&mut session, 10_000.0);
        assert_eq!(session.documents()[1].shapes()[0].place.value, (100, 100));
        assert_eq!(session.cursors()[1], None);
    }

    #[test]
    fn a_pointer_is_told_so_often_and_no_oftener() {
        let mut session = Session::new(Merge::Stamp);
        for ms in 0..100 {
            session.point(0, (ms, 0), f64::from(ms), DELAY);
        }
        assert_eq!(session.totals().cursors, 2);
    }

    #[test]
    fn an_operation_is_a_frame_of_a_few_bytes() {
        let mut session = Session::new(Merge::Stamp);
        session.edit(0, 0.0, DELAY, |d| d.move_to(0, 100, 100));
        let message = session.messages().next().unwrap();
        assert_eq!(message.up.len(), 6 + message.payload());
        assert_eq!(message.down.len(), 2 + message.payload());
        let frame = &Decoder::new(Role::Client).push(&message.up)[0];
        assert!(frame.violations.is_empty());
        assert_eq!(
            Operation::decode(&frame.payload).as_ref(),
            Ok(&message.operation)
        );
        assert!(message.wire() * 3 < message.wire_as_json());
    }
}
