//! Operations, and the bytes that they are on the wire.
//!
//! The first byte has the kind in its low four bits and the editor, 1 or 2, in its high four. Then comes:
//!
//! | kind | operation | rest |
//! | --- | --- | --- |
//! | 1 | move a shape | clock, shape (1 byte), x and y (2 bytes each) |
//! | 2 | paint a shape | clock, shape (1 byte), red, green, blue |
//! | 3 | insert into the title | the insertion, the text in UTF-8 up to the end |
//! | 4 | delete from the title | the deletion |
//! | 5 | cursor | x and y (2 bytes each) |
//!
//! Numbers of two bytes are in network byte order. The clock has seven bits in each byte, the lowest first, and the high bit
//! set in all but the last (LEB128). Insertions and deletions are `cola`'s own bytes, with their length before them, as
//! `postcard` writes them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cola::{Deletion, Insertion};

use super::document::{Rgb, SHAPES, Stamp, colour_name};

/// What an editor does.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Moves a shape.
    Move {
        /// When.
        stamp: Stamp,
        /// Which, from 0.
        shape: u8,
        /// Where its centre is now.
        x: u16,
        /// The same, downwards.
        y: u16,
    },
    /// Gives a shape another colour.
    Paint {
        /// When.
        stamp: Stamp,
        /// Which, from 0.
        shape: u8,
        /// The colour.
        rgb: Rgb,
    },
    /// Puts characters into the title.
    Insert {
        /// Who.
        editor: u8,
        /// Where, as the CRDT says it.
        insertion: Insertion,
        /// The characters.
        text: String,
    },
    /// Takes characters out of the title.
    Delete {
        /// Who.
        editor: u8,
        /// Which, as the CRDT says it.
        deletion: Deletion,
    },
    /// The pointer is elsewhere. No part of the document: the next one replaces it, and nobody misses one.
    Cursor {
        /// Whose.
        editor: u8,
        /// Where it is.
        x: u16,
        /// The same, downwards.
        y: u16,
    },
}

impl Operation {
    /// Its bytes: the payload of a binary message.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16);
        let mut head = |editor: u8, kind: u8| out.push(editor << 4 | kind);
        match self {
            Operation::Move { stamp, shape, x, y } => {
                head(stamp.editor, 1);
                put_clock(stamp.clock, &mut out);
                out.push(*shape);
                out.extend(x.to_be_bytes());
                out.extend(y.to_be_bytes());
            }
            Operation::Paint { stamp, shape, rgb } => {
                head(stamp.editor, 2);
                put_clock(stamp.clock, &mut out);
                out.push(*shape);
                out.extend(rgb);
            }
            Operation::Insert {
                editor,
                insertion,
                text,
            } => {
                head(*editor, 3);
                out.extend(crdt_bytes(insertion));
                out.extend(text.as_bytes());
            }
            Operation::Delete { editor, deletion } => {
                head(*editor, 4);
                out.extend(crdt_bytes(deletion));
            }
            Operation::Cursor { editor, x, y } => {
                head(*editor, 5);
                out.extend(x.to_be_bytes());
                out.extend(y.to_be_bytes());
            }
        }
        out
    }

    /// Reads what [`Operation::encode`] writes, and nothing more or less.
    ///
    /// # Errors
    /// Says what is wrong, as the end of a sentence.
    pub fn decode(bytes: &[u8]) -> Result<Operation, &'static str> {
        let mut rest = bytes;
        let head = take::<1>(&mut rest)?[0];
        let editor = head >> 4;
        if !(1..=2).contains(&editor) {
            return Err("it names an editor that does not exist");
        }
        let operation = match head & 0xf {
            1 => Operation::Move {
                stamp: take_stamp(editor, &mut rest)?,
                shape: take_shape(&mut rest)?,
                x: u16::from_be_bytes(take(&mut rest)?),
                y: u16::from_be_bytes(take(&mut rest)?),
            },
            2 => Operation::Paint {
                stamp: take_stamp(editor, &mut rest)?,
                shape: take_shape(&mut rest)?,
                rgb: take(&mut rest)?,
            },
            3 => {
                let (insertion, text) =
                    postcard::take_from_bytes(rest).map_err(|_| "its insertion cannot be read")?;
                let text = std::str::from_utf8(text).map_err(|_| "its text is not UTF-8")?;
                rest = &[];
                Operation::Insert {
                    editor,
                    insertion,
                    text: text.to_owned(),
                }
            }
            4 => {
                let (deletion, after) =
                    postcard::take_from_bytes(rest).map_err(|_| "its deletion cannot be read")?;
                rest = after;
                Operation::Delete { editor, deletion }
            }
            5 => Operation::Cursor {
                editor,
                x: u16::from_be_bytes(take(&mut rest)?),
                y: u16::from_be_bytes(take(&mut rest)?),
            },
            _ => return Err("its kind is unknown"),
        };
        if rest.is_empty() {
            Ok(operation)
        } else {
            Err("there are bytes after its end")
        }
    }

    /// The same as JSON, without a blank: what the operation would be as a text message. Bytes of the CRDT are in base64.
    pub fn json(&self) -> String {
        match self {
            Operation::Move { stamp, shape, x, y } => format!(
                r#"{{"type":"move","editor":{},"clock":{},"shape":{shape},"x":{x},"y":{y}}}"#,
                stamp.editor, stamp.clock
            ),
            Operation::Paint {
                stamp,
                shape,
                rgb: [r, g, b],
            } => format!(
                r##"{{"type":"paint","editor":{},"clock":{},"shape":{shape},"colour":"#{r:02x}{g:02x}{b:02x}"}}"##,
                stamp.editor, stamp.clock
            ),
            Operation::Insert {
                editor,
                insertion,
                text,
            } => format!(
                r#"{{"type":"insert","editor":{editor},"at":"{}","text":"{}"}}"#,
                STANDARD.encode(crdt_bytes(insertion)),
                escaped(text)
            ),
            Operation::Delete { editor, deletion } => format!(
                r#"{{"type":"delete","editor":{editor},"at":"{}"}}"#,
                STANDARD.encode(crdt_bytes(deletion))
            ),
            Operation::Cursor { editor, x, y } => {
                format!(r#"{{"type":"cursor","editor":{editor},"x":{x},"y":{y}}}"#)
            }
        }
    }

    /// What it does, in words.
    pub fn said(&self) -> String {
        let name = |shape: u8| SHAPES.get(usize::from(shape)).copied().unwrap_or("shape");
        match self {
            Operation::Move { shape, x, y, .. } => format!("{} to {x}, {y}", name(*shape)),
            Operation::Paint { shape, rgb, .. } => {
                format!("{} {}", name(*shape), colour_name(*rgb))
            }
            Operation::Insert { text, .. } => format!("insert “{text}”"),
            Operation::Delete { .. } => "delete from the title".to_owned(),
            Operation::Cursor { x, y, .. } => format!("cursor at {x}, {y}"),
        }
    }

    /// Whether it is no part of the document.
    pub fn is_cursor(&self) -> bool {
        matches!(self, Operation::Cursor { .. })
    }
}

/// Bytes of the CRDT with their length before them. Writing into memory does not fail.
fn crdt_bytes(of: &impl serde::Serialize) -> Vec<u8> {
    postcard::to_allocvec(of).unwrap_or_default()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

fn put_clock(mut clock: u32, out: &mut Vec<u8>) {
    while clock > 0x7f {
        out.push(clock as u8 | 0x80);
        clock >>= 7;
    }
    out.push(clock as u8);
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], &'static str> {
    let (taken, after) = rest.split_first_chunk::<N>().ok_or("it ends too early")?;
    *rest = after;
    Ok(*taken)
}

fn take_stamp(editor: u8, rest: &mut &[u8]) -> Result<Stamp, &'static str> {
    let mut clock = 0u32;
    for place in 0..5 {
        let byte = take::<1>(rest)?[0];
        let bits = u32::from(byte & 0x7f);
        if place == 4 && bits > 0xf {
            break;
        }
        clock |= bits << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(Stamp { clock, editor });
        }
    }
    Err("its clock is too large")
}

fn take_shape(rest: &mut &[u8]) -> Result<u8, &'static str> {
    let shape = take::<1>(rest)?[0];
    if usize::from(shape) < SHAPES.len() {
        Ok(shape)
    } else {
        Err("it names a shape that does not exist")
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::{COLOURS, Document, Merge};
    use super::*;

    fn all() -> Vec<Operation> {
        let [mut left, mut right] = Document::pair(Merge::Stamp);
        let mut all = left.retitle("The “Plan”\\\u{1}");
        all.extend(right.retitle("an"));
        all.extend(left.move_to(2, 100, 90));
        all.extend(right.paint(0, COLOURS[2].1));
        all.push(Operation::Cursor {
            editor: 2,
            x: 0,
            y: 65_535,
        });
        let stamp = Stamp {
            clock: u32::MAX,
            editor: 1,
        };
        all.push(Operation::Move {
            stamp,
            shape: 1,
            x: 24,
            y: 24,
        });
        all
    }

    #[test]
    fn every_operation_is_read_as_it_was_written() {
        for operation in all() {
            let bytes = operation.encode();
            assert_eq!(Operation::decode(&bytes), Ok(operation), "{bytes:02x?}");
        }
    }

    #[test]
    fn the_bytes_are_as_documented() {
        let stamp = Stamp {
            clock: 300,
            editor: 2,
        };
        let moved = Operation::Move {
            stamp,
            shape: 1,
            x: 258,
            y: 7,
        };
        assert_eq!(moved.encode(), [0x21, 0xac, 0x02, 1, 1, 2, 0, 7]);
        let cursor = Operation::Cursor {
            editor: 1,
            x: 258,
            y: 7,
        };
        assert_eq!(cursor.encode(), [0x15, 1, 2, 0, 7]);
    }

    #[test]
    fn what_is_cut_or_foreign_is_refused_and_nothing_panics() {
        for operation in all() {
            let bytes = operation.encode();
            let is_insert = matches!(operation, Operation::Insert { .. });
            for end in 0..bytes.len() {
                let read = Operation::decode(&bytes[..end]);
                // The text of an insertion has no length of its own: the message's end is its end.
                assert!(is_insert || read.is_err(), "{operation:?} to {end}");
            }
        }
        for bytes in [
            &[0x01][..],
            &[0x31],
            &[0x16],
            &[0x12, 0, 3, 0, 0, 0],
            &[0x15, 0, 0, 0, 0, 0],
        ] {
            assert!(Operation::decode(bytes).is_err(), "{bytes:02x?}");
        }
    }

    #[test]
    fn the_json_is_json() {
        for operation in all() {
            let value: serde_json::Value = serde_json::from_str(&operation.json()).unwrap();
            let editor = value["editor"].as_u64().unwrap();
            assert_eq!(editor, u64::from(operation.encode()[0] >> 4));
            if let Operation::Insert { text, .. } = &operation {
                assert_eq!(value["text"], **text);
            }
        }
    }
}
