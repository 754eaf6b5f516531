//! A message, where it is cut, and what else is put between its fragments.

use std::ops::Range;

use wire::Role;
use wire::frame::{Header, Opcode, encode};
use wire::session::Kind;

use super::cut_points::sign;
use super::interleaved::Interleaved;
use crate::instruments::messages::made_up_key;

/// The longest message, in bytes: every byte is drawn.
pub const MAX_BYTES: usize = 96;
/// The most cuts.
pub const MAX_CUTS: usize = 16;
/// The most frames between fragments.
pub const MAX_INTERLEAVED: usize = 16;

/// A message, where it is cut, and what stands between its fragments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FragmentedMessage {
    /// What kind of message it is.
    pub kind: Kind,
    /// The message; UTF-8 where it is text.
    pub bytes: Vec<u8>,
    /// Where it is cut: bytes from its beginning, ascending, none twice.
    pub cuts: Vec<usize>,
    /// Other frames, in order: each with the number of fragments before it.
    pub interleaved: Vec<(usize, Interleaved)>,
    /// The fragments whose FIN bit is the wrong way round, from 0, ascending.
    pub flipped: Vec<usize>,
    /// Who sends.
    pub from: Role,
}

impl Default for FragmentedMessage {
    /// Three fragments, the first of which ends within a character.
    fn default() -> FragmentedMessage {
        FragmentedMessage {
            kind: Kind::Text,
            bytes: "Café: 3 €".into(),
            cuts: vec![4, 9],
            interleaved: Vec::new(),
            flipped: Vec::new(),
            from: Role::Client,
        }
    }
}

/// What a frame on the wire is to the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The fragment with this number, from 0.
    Fragment(usize),
    /// The frame with this number in [`FragmentedMessage::interleaved`].
    Interleaved(usize, Interleaved),
}

/// A frame on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFrame {
    /// What it is to the message.
    pub origin: Origin,
    /// Its header.
    pub header: Header,
    /// Its payload before it is masked.
    pub payload: Vec<u8>,
    /// All of it, as it goes over the wire.
    pub bytes: Vec<u8>,
    /// Bytes of the stream before it.
    pub offset: u64,
}

/// What the frames cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeaderCost {
    /// Bytes of the message.
    pub payload: usize,
    /// Bytes of header without masking keys, in the fragments.
    pub headers: usize,
    /// Bytes of masking keys, in the fragments.
    pub keys: usize,
    /// Bytes of header and key if the message went in one frame.
    pub whole: usize,
    /// Bytes of the other frames.
    pub interleaved: usize,
}

/// A character, or a origin of one that is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharacterPiece {
    /// Its bytes in the message.
    pub bytes: Range<usize>,
    /// The bytes of the whole character.
    pub whole: Range<usize>,
    /// The character.
    pub sign: String,
    /// The fragment that it goes in, from 0.
    pub fragment: usize,
}

impl FragmentedMessage {
    /// The fragments, as places in the message.
    pub fn fragments(&self) -> Vec<Range<usize>> {
        let ends = self.cuts.iter().copied().chain([self.bytes.len()]);
        let mut from = 0;
        ends.map(|to| std::mem::replace(&mut from, to)..to)
            .collect()
    }

    /// Every frame, in the order in which it is sent.
    pub fn frames(&self) -> Vec<SentFrame> {
        let fragments = self.fragments();
        let mut frames: Vec<SentFrame> = Vec::new();
        let mut send = |origin: Origin, opcode: Opcode, fin: bool, payload: Vec<u8>| {
            let key = (self.from == Role::Client).then(|| made_up_key(frames.len()));
            let mut header = Header::new(opcode, payload.len() as u64, key);
            header.fin = fin;
            let mut bytes = Vec::new();
            encode(&header, &payload, &mut bytes);
            let offset = frames.last().map_or(0, |f| f.offset + f.bytes.len() as u64);
            frames.push(SentFrame {
                origin,
                header,
                payload,
                bytes,
                offset,
            });
        };
        for gap in 0..=fragments.len() {
            for (number, (_, what)) in self
                .interleaved
                .iter()
                .enumerate()
                .filter(|(_, e)| e.0 == gap)
            {
                let (opcode, fin, payload) = what.frame();
                send(Origin::Interleaved(number, *what), opcode, fin, payload);
            }
            let Some(fragment) = fragments.get(gap) else {
                break;
            };
            let opcode = match (gap, self.kind) {
                (0, Kind::Text) => Opcode::Text,
                (0, Kind::Binary) => Opcode::Binary,
                _ => Opcode::Continuation,
            };
            let fin = (gap + 1 == fragments.len()) != self.flipped.contains(&gap);
            let payload = self.bytes[fragment.clone()].to_vec();
            send(Origin::Fragment(gap), opcode, fin, payload);
        }
        frames
    }

    /// What the frames cost.
    pub fn cost(&self, frames: &[SentFrame]) -> HeaderCost {
        let mut cost = HeaderCost {
            payload: self.bytes.len(),
            ..HeaderCost::default()
        };
        for frame in frames {
            match frame.origin {
                Origin::Fragment(_) => {
                    let key = frame.header.key.map_or(0, |key| key.len());
                    cost.keys += key;
                    cost.headers += frame.header.len() - key;
                }
                Origin::Interleaved(..) => cost.interleaved += frame.bytes.len(),
            }
        }
        let key = (self.from == Role::Client).then_some([0; 4]);
        cost.whole = Header::new(Opcode::Text, self.bytes.len() as u64, key).len();
        cost
    }

    /// The characters of the message, cut where it is cut. Of a binary message, its bytes.
    pub fn pieces(&self) -> Vec<CharacterPiece> {
        let mut pieces = Vec::new();
        let mut add = |whole: Range<usize>, sign: String| {
            let inside = |cut: &&usize| whole.start < **cut && **cut < whole.end;
            let mut from = whole.start;
            for to in self.cuts.iter().filter(inside).chain([&whole.end]) {
                pieces.push(CharacterPiece {
                    bytes: from..*to,
                    whole: whole.clone(),
                    sign: sign.clone(),
                    fragment: self.cuts.partition_point(|cut| *cut <= from),
                });
                from = *to;
            }
        };
        match (self.kind, std::str::from_utf8(&self.bytes)) {
            (Kind::Text, Ok(text)) => {
                for (at, c) in text.char_indices() {
                    add(at..at + c.len_utf8(), sign(c));
                }
            }
            _ => {
                for (at, byte) in self.bytes.iter().enumerate() {
                    add(at..at + 1, crate::kit::number::printable(*byte).to_string());
                }
            }
        }
        pieces
    }

    /// Whether a cut here goes through a character: which, and how many of its bytes lie before the cut.
    pub fn through(&self, at: usize) -> Option<(char, usize, usize)> {
        let text = std::str::from_utf8(&self.bytes).ok()?;
        if self.kind == Kind::Binary || text.is_char_boundary(at) {
            return None;
        }
        text.char_indices()
            .map(|(from, c)| (c, from))
            .find(|(c, from)| *from < at && at < from + c.len_utf8())
            .map(|(c, from)| (c, at - from, c.len_utf8()))
    }

    /// Another message. The cuts stay where they are, as far as it reaches.
    pub fn say(&mut self, kind: Kind, bytes: Vec<u8>) {
        self.kind = kind;
        self.bytes = bytes;
        while self.cuts.last().is_some_and(|c| *c > self.bytes.len()) {
            self.join(self.cuts.len() - 1);
        }
    }

    /// Cuts here, and gives the number of the cut. `None` where there is one already, or no room for more.
    pub fn cut(&mut self, at: usize) -> Option<usize> {
        let place = self.cuts.binary_search(&at).err()?;
        if at > self.bytes.len() || self.cuts.len() >= MAX_CUTS {
            return None;
        }
        self.cuts.insert(place, at);
        for (gap, _) in &mut self.interleaved {
            *gap += usize::from(*gap > place);
        }
        // The FIN bits stay with the last of the two: it ends what the fragment ended.
        for flipped in &mut self.flipped {
            *flipped += usize::from(*flipped >= place);
        }
        Some(place)
    }

    /// Joins the fragments on both sides of this cut. What was between them goes.
    pub fn join(&mut self, cut: usize) {
        if cut >= self.cuts.len() {
            return;
        }
        self.cuts.remove(cut);
        self.interleaved.retain(|(gap, _)| *gap != cut + 1);
        for (gap, _) in &mut self.interleaved {
            *gap -= usize::from(*gap > cut);
        }
        self.flipped.retain(|flipped| *flipped != cut);
        for flipped in &mut self.flipped {
            *flipped -= usize::from(*flipped > cut);
        }
    }

    /// Where this cut can be.
    pub fn room(&self, cut: usize) -> Range<usize> {
        let from = match cut.checked_sub(1) {
            Some(before) => self.cuts.get(before).map_or(0, |at| at + 1),
            None => 0,
        };
        let to = self
            .cuts
            .get(cut + 1)
            .copied()
            .unwrap_or(self.bytes.len() + 1);
        from..to.max(from + 1)
    }

    /// Moves a cut as far as its neighbours let it.
    pub fn shift(&mut self, cut: usize, to: usize) {
        let room = self.room(cut);
        if let Some(at) = self.cuts.get_mut(cut) {
            *at = to.clamp(room.start, room.end - 1);
        }
    }

    /// Cuts the longest fragment in the middle, and gives the number of the cut.
    pub fn cut_longest(&mut self) -> Option<usize> {
        let longest = self
            .fragments()
            .into_iter()
            .rev()
            .max_by_key(|f| f.len())
            .filter(|f| f.len() > 1)?;
        self.cut((longest.start + longest.end) / 2)
    }

    /// Puts a frame behind so many fragments, behind whatever is there already.
    pub fn put(&mut self, gap: usize, what: Interleaved) {
        if self.interleaved.len() < MAX_INTERLEAVED && gap <= self.cuts.len() + 1 {
            let place = self.interleaved.partition_point(|(g, _)| *g <= gap);
            self.interleaved.insert(place, (gap, what));
        }
    }

    /// Turns the FIN bit of a fragment.
    pub fn turn(&mut self, fragment: usize) {
        match self.flipped.binary_search(&fragment) {
            Ok(place) => {
                self.flipped.remove(place);
            }
            Err(place) if fragment <= self.cuts.len() => self.flipped.insert(place, fragment),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
