//! A small drawing with a title, as one editor has it, and how two of them merge.
//!
//! Each property of a shape is a register whose last writer wins. The title is a list of characters whose order the crate
//! `cola` keeps: a conflict-free replicated data type (CRDT), which keeps what both have written.

use cola::{Deletion, Insertion, Replica};

use super::operation::Operation;

/// Width and height of the drawing, in units of its own.
pub const SIZE: (u16, u16) = (320, 200);
/// Half the width of a shape: how close its centre may come to the edge.
pub const MARGIN: u16 = 24;
/// Characters of a title, at most.
pub const LONGEST_TITLE: usize = 24;
/// What the title is before anybody has edited.
pub const TITLE: &str = "Plan";
/// The shapes, by name.
pub const SHAPES: [&str; 3] = ["square", "circle", "triangle"];

/// A colour as it is sent: red, green, blue.
pub type Rgb = [u8; 3];
/// The colours that an editor offers, with their names.
pub const COLOURS: [(&str, Rgb); 4] = [
    ("grey", [0x8a, 0x90, 0x9c]),
    ("green", [0x2f, 0x9e, 0x6e]),
    ("violet", [0x8b, 0x5c, 0xf6]),
    ("orange", [0xd9, 0x82, 0x2b]),
];

/// The name of a colour.
pub fn colour_name(rgb: Rgb) -> &'static str {
    let known = COLOURS.iter().find(|(_, known)| *known == rgb);
    known.map_or("another colour", |(name, _)| name)
}

/// When a property was written: a Lamport clock, and whose it is. Of two stamps the one with the greater clock is later; where
/// the clocks are equal the greater number of the editor decides, so that everybody decides alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// One more than every clock that the writer had seen.
    pub clock: u32,
    /// 1 or 2; 0 for what was there from the beginning.
    pub editor: u8,
}

/// Which of two writes to the same property stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// The one with the later stamp.
    Stamp,
    /// The one that arrives last: what a program does that thinks of nothing.
    Arrival,
}

/// A value that is replaced as a whole, with the stamp of its last write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register<T> {
    /// The value.
    pub value: T,
    /// When it was written.
    pub stamp: Stamp,
}

impl<T> Register<T> {
    fn new(value: T) -> Register<T> {
        Register {
            value,
            stamp: Stamp::default(),
        }
    }

    fn write(&mut self, value: T, stamp: Stamp, merge: Merge) {
        if merge == Merge::Arrival || stamp > self.stamp {
            *self = Register { value, stamp };
        }
    }
}

/// A shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its centre. One property: a place is moved as a whole.
    pub place: Register<(u16, u16)>,
    /// Its colour.
    pub colour: Register<Rgb>,
}

/// The drawing, as one editor has it.
#[derive(Clone, Debug)]
pub struct Document {
    editor: u8,
    merge: Merge,
    clock: u32,
    shapes: [Shape; 3],
    order: Replica,
    title: String,
}

impl Document {
    /// The drawing at the beginning, as the editors 1 and 2 have it.
    pub fn pair(merge: Merge) -> [Document; 2] {
        let places = [(70, 70), (160, 120), (250, 70)];
        let shapes = places.map(|place| Shape {
            place: Register::new(place),
            colour: Register::new(COLOURS[0].1),
        });
        let order = Replica::new(1, TITLE.chars().count());
        [1, 2].map(|editor| Document {
            editor,
            merge,
            clock: 0,
            shapes,
            order: if editor == 1 {
                order.clone()
            } else {
                order.fork(u64::from(editor))
            },
            title: TITLE.to_owned(),
        })
    }

    /// Its shapes, in the order of [`SHAPES`].
    pub fn shapes(&self) -> &[Shape; 3] {
        &self.shapes
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether both show the same.
    pub fn shows_the_same(&self, other: &Document) -> bool {
        let shown = |document: &Document| document.shapes.map(|s| (s.place.value, s.colour.value));
        shown(self) == shown(other) && self.title == other.title
    }

    /// Moves a shape, within the drawing. Nothing where there is no such shape or it is there already.
    pub fn move_to(&mut self, shape: u8, x: u16, y: u16) -> Option<Operation> {
        let x = x.clamp(MARGIN, SIZE.0 - MARGIN);
        let y = y.clamp(MARGIN, SIZE.1 - MARGIN);
        if self.shapes.get(usize::from(shape))?.place.value == (x, y) {
            return None;
        }
        let stamp = self.tick();
        self.done(Operation::Move { stamp, shape, x, y })
    }

    /// Gives a shape another colour. Nothing where there is no such shape or it has that colour.
    pub fn paint(&mut self, shape: u8, rgb: Rgb) -> Option<Operation> {
        if self.shapes.get(usize::from(shape))?.colour.value == rgb {
            return None;
        }
        let stamp = self.tick();
        self.done(Operation::Paint { stamp, shape, rgb })
    }

    /// Makes the title what was typed, by the fewest characters that have to go and come: a deletion, an insertion, or both.
    pub fn retitle(&mut self, typed: &str) -> Vec<Operation> {
        let old: Vec<char> = self.title.chars().collect();
        let new: Vec<char> = typed.chars().take(LONGEST_TITLE).collect();
        let same = |a: &[char], b: &[char]| a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let before = same(&old, &new);
        let most = old.len().min(new.len()) - before;
        let after = (0..most)
            .take_while(|back| old[old.len() - 1 - back] == new[new.len() - 1 - back])
            .count();
        let mut operations = Vec::new();
        if before < old.len() - after {
            let deletion = self.order.deleted(before..old.len() - after);
            operations.push(Operation::Delete {
                editor: self.editor,
                deletion,
            });
        }
        let text: String = new[before..new.len() - after].iter().collect();
        if !text.is_empty() {
            let insertion = self.order.inserted(before, text.chars().count());
            operations.push(Operation::Insert {
                editor: self.editor,
                insertion,
                text,
            });
        }
        self.title = new.into_iter().collect();
        operations
    }

    /// Takes in what the other editor did.
    pub fn receive(&mut self, operation: &Operation) {
        match operation {
            Operation::Insert {
                insertion, text, ..
            } => self.insert(insertion, text),
            Operation::Delete { deletion, .. } => self.delete(deletion),
            _ => self.write(operation),
        }
    }

    fn tick(&mut self) -> Stamp {
        self.clock = self.clock.saturating_add(1);
        Stamp {
            clock: self.clock,
            editor: self.editor,
        }
    }

    fn done(&mut self, operation: Operation) -> Option<Operation> {
        self.write(&operation);
        Some(operation)
    }

    fn write(&mut self, operation: &Operation) {
        let merge = self.merge;
        match *operation {
            Operation::Move { stamp, shape, x, y } => {
                self.clock = self.clock.max(stamp.clock);
                if let Some(shape) = self.shapes.get_mut(usize::from(shape)) {
                    shape.place.write((x, y), stamp, merge);
                }
            }
            Operation::Paint { stamp, shape, rgb } => {
                self.clock = self.clock.max(stamp.clock);
                if let Some(shape) = self.shapes.get_mut(usize::from(shape)) {
                    shape.colour.write(rgb, stamp, merge);
                }
            }
            _ => {}
        }
    }

    /// Two editors on ordered connections: whatever an insertion stands beside is here already, so `cola` never has to keep
    /// one back.
    fn insert(&mut self, insertion: &Insertion, text: &str) {
        if let Some(at) = self.order.integrate_insertion(insertion) {
            let at = byte_of(&self.title, at);
            self.title.insert_str(at, text);
        }
    }

    fn delete(&mut self, deletion: &Deletion) {
        // From the end, so that the places before stay right.
        for range in self.order.integrate_deletion(deletion).into_iter().rev() {
            let (from, to) = (
                byte_of(&self.title, range.start),
                byte_of(&self.title, range.end),
            );
            self.title.replace_range(from..to, "");
        }
    }
}

/// Where a character begins, in bytes.
fn byte_of(text: &str, character: usize) -> usize {
    let mut starts = text.char_indices().map(|(at, _)| at);
    starts.nth(character).unwrap_or(text.len())
}
