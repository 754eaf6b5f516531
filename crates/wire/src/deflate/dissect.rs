//! What a compressed message is made of: its blocks, and every literal and back-reference in them (RFC 1951 §3.2).
//!
//! This is for explaining, one bit after the other; [`Inflater`](super::Inflater) is for speed.
//!
//! ```
//! use wire::deflate::dissect::{Symbol, dissect};
//! // RFC 7692 §7.2.3.2: the second “Hello” is a literal and a reference to the first.
//! let dissection = dissect(&[0xf2, 0x00, 0x11, 0x00, 0x00], b"Hello", 1024);
//! assert_eq!(dissection.message, b"Hello");
//! assert_eq!(dissection.tokens[0].symbol, Symbol::Literal(b'H'));
//! assert_eq!(dissection.tokens[1].symbol, Symbol::Copy { length: 4, distance: 5 });
//! assert_eq!(dissection.error, None);
//! ```

use std::fmt;
use std::ops::Range;

pub use super::codec::TAIL;

/// The furthest that a reference can reach, in bytes.
const FURTHEST: usize = 1 << 15;

/// How the symbols of a block are written (RFC 1951 §3.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// `00`: bytes as they are, after a length of two bytes and its complement.
    Stored,
    /// `01`: with the code that RFC 1951 §3.2.6 lays down.
    Fixed,
    /// `10`: with a code of its own, which stands at its beginning.
    Dynamic,
}

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// How it is written.
    pub kind: BlockKind,
    /// Its BFINAL bit.
    pub last: bool,
    /// Its bits, counted from the first of the payload as deflate reads them: from the least significant of each byte.
    /// They may reach into the [`TAIL`] behind the payload.
    pub bits: Range<usize>,
    /// The bit at which its symbols begin, behind its header and what describes its code.
    pub body: usize,
    /// The bytes of the message that it stands for.
    pub out: Range<usize>,
}

/// A symbol, together with the extra bits that belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// One byte.
    Literal(u8),
    /// What stands `distance` bytes back, `length` bytes of it. Where the length is greater than the distance, the copy
    /// goes on with what it has just written.
    Copy {
        /// 3–258.
        length: usize,
        /// 1–32,768.
        distance: usize,
    },
    /// The bytes of a stored block, so many.
    Stored(usize),
    /// The end of a fixed or dynamic block.
    End,
}

/// A symbol and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it says.
    pub symbol: Symbol,
    /// The bits that say it, counted like those of a [`Block`].
    pub bits: Range<usize>,
    /// The bytes of the message that it stands for.
    pub out: Range<usize>,
}

/// A compressed message, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dissection {
    /// Its blocks, in order. The last is the empty stored one whose end is not sent, unless the sender ended the stream.
    pub blocks: Vec<Block>,
    /// Its symbols, in order.
    pub tokens: Vec<Token>,
    /// What they come to.
    pub message: Vec<u8>,
    /// Why it goes no further, where it does not come to its end.
    pub error: Option<Error>,
}

/// Why a payload cannot be taken apart any further, and at which bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// The bit at which the block or symbol begins that cannot be read.
    pub bit: usize,
    /// What is wrong with it.
    pub kind: ErrorKind,
}

/// What can be wrong with deflate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The payload and its tail end in the middle of a block.
    Truncated,
    /// A block is of the kind `11`, which has no meaning.
    BlockKind,
    /// The length of a stored block and its complement differ.
    StoredLength,
    /// A block describes a code that cannot be one, or that has no end.
    Code,
    /// A symbol that no code stands for, or that has no meaning.
    Symbol,
    /// A reference to bytes before the window.
    TooFarBack {
        /// How far back it goes, in bytes.
        distance: usize,
        /// How many bytes there are to go back.
        have: usize,
    },
    /// The message comes to more than this many bytes.
    TooBig(usize),
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::Truncated => f.write_str("the payload ends in the middle of a block"),
            ErrorKind::BlockKind => f.write_str("a block is of the kind 11, which has no meaning"),
            ErrorKind::StoredLength => {
                f.write_str("the length of a stored block and its complement differ")
            }
            ErrorKind::Code => f.write_str("a block describes a code that cannot be one"),
            ErrorKind::Symbol => f.write_str("there is no symbol for these bits"),
            ErrorKind::TooFarBack { distance, have } => {
                write!(
                    f,
                    "a reference goes {distance} bytes back, and there are {have}"
                )
            }
            ErrorKind::TooBig(max) => write!(f, "the message comes to more than {max} bytes"),
        }
    }
}

/// Takes a message apart: `payload` is that of its frames, joined; `window` ends with what the same sender's messages
/// before it came to, if its context is kept. `max` bounds the bytes that come out.
///
/// What was read before an error is there too.
pub fn dissect(payload: &[u8], window: &[u8], max: usize) -> Dissection {
    let mut reader = Reader {
        payload,
        window: &window[window.len().saturating_sub(FURTHEST)..],
        max,
        at: 0,
        begun: 0,
        dissection: Dissection::default(),
    };
    let result = reader.blocks();
    let bit = reader.begun;
    reader.dissection.error = result.err().map(|kind| Error { bit, kind });
    reader.dissection
}

struct Reader<'a> {
    payload: &'a [u8],
    window: &'a [u8],
    max: usize,
    /// The next bit.
    at: usize,
    /// Where the block or symbol begins that is being read.
    begun: usize,
    dissection: Dissection,
}

impl Reader<'_> {
    fn end(&self) -> usize {
        (self.payload.len() + TAIL.len()) * 8
    }

    fn bit(&mut self) -> Result<usize, ErrorKind> {
        let (byte, bit) = (self.at / 8, self.at % 8);
        let behind = || TAIL.get(byte - self.payload.len());
        let byte = self.payload.get(byte).or_else(behind);
        self.at += 1;
        byte.map(|b| usize::from(b >> bit & 1))
            .ok_or(ErrorKind::Truncated)
    }

    /// A number of so many bits, the least significant first.
    fn bits(&mut self, n: u8) -> Result<usize, ErrorKind> {
        (0..n).try_fold(0, |number, i| Ok(number | self.bit()? << i))
    }

    fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }

    fn blocks(&mut self) -> Result<(), ErrorKind> {
        while self.at < self.end() {
            self.begun = self.at;
            let (from, out) = (self.at, self.dissection.message.len());
            let last = self.bit()? == 1;
            let kind = match self.bits(2)? {
                0 => BlockKind::Stored,
                1 => BlockKind::Fixed,
                2 => BlockKind::Dynamic,
                _ => return Err(ErrorKind::BlockKind),
            };
            let number = self.dissection.blocks.len();
            let length = match kind {
                BlockKind::Stored => Some(self.stored_length()?),
                _ => None,
            };
            let codes = match kind {
                BlockKind::Stored => None,
                BlockKind::Fixed => Some(fixed()),
                BlockKind::Dynamic => Some(self.codes()?),
            };
            self.dissection.blocks.push(Block {
                kind,
                last,
                bits: from..self.at,
                body: self.at,
                out: out..out,
            });
            let result = match (length, codes) {
                (Some(length), _) => self.stored(length),
                (_, Some((symbols, distances))) => self.symbols(&symbols, &distances),
                _ => Ok(()),
            };
            let (at, out) = (self.at.min(self.end()), self.dissection.message.len());
            if let Some(block) = self.dissection.blocks.get_mut(number) {
                block.bits.end = at;
                block.out.end = out;
            }
            result?;
            if last {
                // The stream has ended but the message may go on, in a stream that begins with the next byte (RFC 7692
                // §7.2.3.4). If it does not, there is no block for the tail to complete.
                self.align();
                if self.at == self.payload.len() * 8 {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn stored_length(&mut self) -> Result<usize, ErrorKind> {
        self.align();
        let (length, complement) = (self.bits(16)?, self.bits(16)?);
        if length ^ complement == 0xffff {
            Ok(length)
        } else {
            Err(ErrorKind::StoredLength)
        }
    }

    fn stored(&mut self, length: usize) -> Result<(), ErrorKind> {
        if length == 0 {
            return Ok(());
        }
        self.begun = self.at;
        let (from, out) = (self.at, self.dissection.message.len());
        let mut result = Ok(());
        for _ in 0..length {
            result = self.room(1).and_then(|()| {
                let byte = self.bits(8)?;
                self.dissection.message.push(byte as u8);
                Ok(())
            });
            if result.is_err() {
                break;
            }
        }
        let to = self.dissection.message.len();
        if to > out {
            self.dissection.tokens.push(Token {
                symbol: Symbol::Stored(to - out),
                bits: from..from + (to - out) * 8,
                out: out..to,
            });
        }
        result
    }

    fn room(&self, bytes: usize) -> Result<(), ErrorKind> {
        if self.dissection.message.len() + bytes > self.max {
            Err(ErrorKind::TooBig(self.max))
        } else {
            Ok(())
        }
    }

    fn symbols(&mut self, symbols: &Code, distances: &Code) -> Result<(), ErrorKind> {
        loop {
            self.begun = self.at;
            let (from, out) = (self.at, self.dissection.message.len());
            let symbol = match self.symbol(symbols)? {
                byte @ 0..=255 => {
                    self.room(1)?;
                    self.dissection.message.push(byte as u8);
                    Symbol::Literal(byte as u8)
                }
                256 => Symbol::End,
                long => {
                    let (base, extra) = LENGTHS.get(long - 257).ok_or(ErrorKind::Symbol)?;
                    let length = usize::from(*base) + self.bits(*extra)?;
                    let far = self.symbol(distances)?;
                    let (base, extra) = DISTANCES.get(far).ok_or(ErrorKind::Symbol)?;
                    let distance = usize::from(*base) + self.bits(*extra)?;
                    self.copy(length, distance)?;
                    Symbol::Copy { length, distance }
                }
            };
            let message = self.dissection.message.len();
            self.dissection.tokens.push(Token {
                symbol,
                bits: from..self.at,
                out: out..message,
            });
            if symbol == Symbol::End {
                return Ok(());
            }
        }
    }

    fn copy(&mut self, length: usize, distance: usize) -> Result<(), ErrorKind> {
        let message = &mut self.dissection.message;
        let have = (self.window.len() + message.len()).min(FURTHEST);
        if distance > have {
            return Err(ErrorKind::TooFarBack { distance, have });
        }
        if message.len() + length > self.max {
            return Err(ErrorKind::TooBig(self.max));
        }
        for _ in 0..length {
            let byte = match message.len().checked_sub(distance) {
                Some(at) => message[at],
                None => self.window[self.window.len() + message.len() - distance],
            };
            message.push(byte);
        }
        Ok(())
    }

    /// The codes that a dynamic block begins with (RFC 1951 §3.2.7).
    fn codes(&mut self) -> Result<(Code, Code), ErrorKind> {
        const ORDER: [usize; 19] = [
            16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
        ];
        let (symbols, distances) = (257 + self.bits(5)?, 1 + self.bits(5)?);
        let described = 4 + self.bits(4)?;
        if symbols > 286 || distances > 30 {
            return Err(ErrorKind::Code);
        }
        let mut lengths = [0; 19];
        for place in &ORDER[..described] {
            lengths[*place] = self.bits(3)? as u8;
        }
        let code = Code::new(&lengths, false)?;
        let mut lengths = Vec::with_capacity(symbols + distances);
        while lengths.len() < symbols + distances {
            let (length, times) = match self.symbol(&code)? {
                length @ 0..=15 => (length as u8, 1),
                16 => {
                    let times = 3 + self.bits(2)?;
                    (*lengths.last().ok_or(ErrorKind::Code)?, times)
                }
                17 => (0, 3 + self.bits(3)?),
                _ => (0, 11 + self.bits(7)?),
            };
            if lengths.len() + times > symbols + distances {
                return Err(ErrorKind::Code);
            }
            lengths.resize(lengths.len() + times, length);
        }
        // A block without an end could not be left.
        if lengths[256] == 0 {
            return Err(ErrorKind::Code);
        }
        Ok((
            Code::new(&lengths[..symbols], true)?,
            Code::new(&lengths[symbols..], true)?,
        ))
    }

    fn symbol(&mut self, code: &Code) -> Result<usize, ErrorKind> {
        let (mut word, mut first, mut place) = (0usize, 0usize, 0usize);
        for count in &code.counts[1..] {
            word = word << 1 | self.bit()?;
            first <<= 1;
            if word < first + count {
                return code
                    .symbols
                    .get(place + word - first)
                    .map(|s| usize::from(*s))
                    .ok_or(ErrorKind::Symbol);
            }
            place += count;
            first += count;
        }
        Err(ErrorKind::Symbol)
    }
}

/// A canonical Huffman code (RFC 1951 §3.2.2).
struct Code {
    /// How many symbols have words of each length.
    counts: [usize; 16],
    /// The symbols in the order of their words.
    symbols: Vec<u16>,
}

impl Code {
    /// The code in which each symbol has a word of the length given for it; none where that is 0. Words that are left
    /// over are allowed where there is one symbol at most, and only if `lone` is.
    fn new(lengths: &[u8], lone: bool) -> Result<Code, ErrorKind> {
        let mut counts = [0; 16];
        for length in lengths.iter().filter(|l| **l > 0) {
            counts[usize::from(*length)] += 1;
        }
        let mut left = 1usize;
        for count in &counts[1..] {
            left = (left * 2).checked_sub(*count).ok_or(ErrorKind::Code)?;
        }
        let used: usize = counts.iter().sum();
        let short = used == 0 || (used == 1 && counts[1] == 1);
        if left > 0 && !(lone && short) {
            return Err(ErrorKind::Code);
        }
        let mut symbols: Vec<u16> = (0..lengths.len() as u16).collect();
        symbols.retain(|s| lengths[usize::from(*s)] > 0);
        symbols.sort_by_key(|s| lengths[usize::from(*s)]);
        Ok(Code { counts, symbols })
    }
}

/// The codes of a fixed block (RFC 1951 §3.2.6).
fn fixed() -> (Code, Code) {
    let symbols = (0..288u16).map(|s| match s {
        0..=143 => 8,
        144..=255 => 9,
        256..=279 => 7,
        _ => 8,
    });
    let of = |lengths: &[u8]| Code::new(lengths, true).unwrap_or(EMPTY);
    // Both are complete, so that there always is a code.
    const EMPTY: Code = Code {
        counts: [0; 16],
        symbols: Vec::new(),
    };
    (of(&symbols.collect::<Vec<_>>()), of(&[5; 32]))
}

/// The shortest length of symbols 257–285, and how many bits are added to it (RFC 1951 §3.2.5).
#[rustfmt::skip]
const LENGTHS: [(u16, u8); 29] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2), (23, 2),
    (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5), (163, 5),
    (195, 5), (227, 5), (258, 0),
];

/// The shortest distance of symbols 0–29, and how many bits are added to it (RFC 1951 §3.2.5).
#[rustfmt::skip]
const DISTANCES: [(u16, u8); 30] = [
    (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4), (49, 4), (65, 5), (97, 5),
    (129, 6), (193, 6), (257, 7), (385, 7), (513, 8), (769, 8), (1025, 9), (1537, 9), (2049, 10), (3073, 10), (4097, 11),
    (6145, 11), (8193, 12), (12289, 12), (16385, 13), (24577, 13),
];
