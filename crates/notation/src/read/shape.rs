//! What all rows of a dump have in common: how offsets count, how wide a row is, in which order its bytes stand.

use super::listing::{Rows, told};
use super::od;
use super::row::{Row, bytes_of, groups, words};
use crate::Tool;

/// How a group of digits says bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Hex,
    /// Hexadecimal words whose last byte stands first (xxd -e, plain hexdump).
    Reversed,
    /// Eight binary digits (xxd -b).
    Bits,
    /// What od prints without `-t x1`.
    Od(od::Kind),
}

/// How the rows are to be read.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    unit: Unit,
    /// The base of the offsets; `None` where they number the rows, or say nothing.
    base: Option<u32>,
    /// Bytes in a full row.
    width: Option<usize>,
    /// Where the bytes of a full row end, in characters behind the offset's first.
    column: Option<usize>,
    /// Whether offsets number the rows.
    numbers: bool,
}

fn binary(word: &str) -> bool {
    word.len() == 8 && word.bytes().all(|b| matches!(b, b'0' | b'1'))
}

/// The rows that have bytes.
fn full<'a, 'b>(blocks: &'b [Rows<'a>]) -> impl Iterator<Item = &'b Row<'a>> {
    blocks
        .iter()
        .flat_map(|b| b.rows.iter())
        .filter(|r| !r.body.is_empty())
}

impl Shape {
    /// Finds the shape of a listing's rows. `None` where their offsets fit no dump.
    pub(crate) fn of(blocks: &[Rows]) -> Option<Shape> {
        let mut shape = Shape {
            unit: Unit::Hex,
            base: None,
            width: None,
            column: None,
            numbers: false,
        };
        if full(blocks).all(|row| words(row.body).next().is_some_and(|(_, w)| binary(w))) {
            shape.unit = Unit::Bits;
        } else if let Some(kind) = od::kind(full(blocks)) {
            shape.unit = Unit::Od(kind);
        } else if full(blocks).all(plain_hexdump) {
            shape.unit = Unit::Reversed;
        }
        shape.offsets(blocks)?;
        shape.column = shape.find_column(blocks);
        if shape.unit == Unit::Hex && !shape.agrees(blocks, false) {
            if !shape.agrees(blocks, true) {
                return None;
            }
            shape.unit = Unit::Reversed;
        }
        Some(shape)
    }

    /// Finds the base in which the offsets go on as the rows say.
    fn offsets(&mut self, blocks: &[Rows]) -> Option<()> {
        let pairs: Vec<(&Row, &Row)> = blocks
            .iter()
            .flat_map(|b| {
                let starred = |i: usize| b.stars.contains(&i);
                b.rows
                    .windows(2)
                    .enumerate()
                    .filter_map(move |(i, two)| match two {
                        [one, two] if !starred(i + 1) => Some((one, two)),
                        _ => None,
                    })
            })
            .collect();
        if pairs.is_empty() {
            // Alone a row is one only if its offset begins a dump, or stands as tools write it.
            let alone = full(blocks).all(|row| {
                row.offset.bytes().all(|b| b == b'0')
                    || (row.offset.len() >= 4
                        && (row.colon || row.gap >= 2)
                        && row.offset.starts_with('0'))
            });
            self.base = Some(16);
            return alone.then_some(());
        }
        let colon = full(blocks).all(|row| row.colon);
        let octal = full(blocks).all(|row| !row.colon && row.offset.len() == 7);
        for base in [16, 10, 8] {
            // Decimal offsets are those of snoop, octal ones those of od.
            let words = matches!(self.unit, Unit::Od(_)) && base == 16;
            if base == 10 && !colon || base == 8 && !octal || words {
                continue;
            }
            let mut width = None;
            let fits = pairs.iter().enumerate().all(|(nth, (one, two))| {
                let (Ok(from), Ok(to)) = (
                    u64::from_str_radix(one.offset, base),
                    u64::from_str_radix(two.offset, base),
                ) else {
                    return false;
                };
                let Some(delta) = to.checked_sub(from).and_then(|d| usize::try_from(d).ok()) else {
                    return false;
                };
                let last = nth + 1 == pairs.len() || two.body.is_empty();
                let most = self.most(one);
                // Behind the last row stands its end, which makes it no full row.
                if two.body.is_empty() {
                    let whole = self.unit != Unit::Reversed || delta + 1 >= most;
                    return delta >= 1 && delta <= most && whole;
                }
                let same = width.is_none_or(|w| w == delta || last);
                // Wireshark's “Follow stream” breaks rows where packets end.
                let short = width.is_some_and(|w| delta < w);
                width = Some(width.unwrap_or(delta).max(delta));
                (1..=256).contains(&delta)
                    && delta <= most
                    && (same || short)
                    && self.least(one) <= delta.max(16)
            });
            let count = pairs.first().map_or(0, |(one, _)| self.most(one));
            let sane = width.is_none_or(|w| w > 1 || count == 1);
            if fits && sane {
                self.base = Some(base);
                self.width = width;
                return Some(());
            }
        }
        // Developer tools of browsers number the rows.
        let numbers = pairs.iter().all(|(one, two)| {
            let number = |row: &Row| u64::from_str_radix(row.offset, 16).ok();
            number(two)
                .zip(number(one))
                .is_some_and(|(two, one)| two == one + 1)
        });
        self.numbers = numbers;
        self.width = numbers
            .then_some(16)
            .filter(|_| pairs.iter().all(|(one, _)| self.most(one) >= 16));
        numbers.then_some(())
    }

    /// The most bytes that a row may hold: all that could be digits.
    fn most(&self, row: &Row) -> usize {
        match self.unit {
            Unit::Hex | Unit::Reversed => groups(row.body, Some(usize::MAX), None).len(),
            Unit::Bits => words(row.body).take_while(|(_, w)| binary(w)).count(),
            Unit::Od(kind) => od::row(row.body, kind, usize::MAX).len(),
        }
    }

    /// How many bytes a row seems to hold by its gaps.
    fn least(&self, row: &Row) -> usize {
        match self.unit {
            Unit::Hex => groups(row.body, None, None).len(),
            _ => 0,
        }
    }

    /// Where the bytes of a full row end, if text stands behind them.
    fn find_column(&self, blocks: &[Rows]) -> Option<usize> {
        if !matches!(self.unit, Unit::Hex | Unit::Reversed) {
            return None;
        }
        self.width?;
        full(blocks).find_map(|row| {
            let found = groups(row.body, self.width, None);
            if Some(found.len()) != self.width {
                return None;
            }
            // No byte begins behind the place where those of a full row end.
            (!found.text.trim().is_empty()).then_some(row.lead + found.end + 1)
        })
    }

    /// Whether the text beside the bytes says the same as they do, where it can be compared.
    fn agrees(&self, blocks: &[Rows], reversed: bool) -> bool {
        full(blocks).all(|row| {
            let found = self.groups(row);
            let text = found.text.trim_start_matches(' ');
            let column = text
                .strip_prefix(['|', '>'])
                .map_or(text, |t| t.trim_end_matches(['|', '<']));
            let bytes = bytes_of(&found.words, reversed);
            // What is as long as the bytes is their text, and blanks at its ends may be lost.
            if !column.is_ascii() || column.len() != bytes.len() {
                return true;
            }
            bytes
                .iter()
                .zip(column.bytes())
                .all(|(byte, shown)| !shown.is_ascii_graphic() || shown == b'.' || shown == *byte)
        })
    }

    fn groups<'a>(&self, row: &Row<'a>) -> super::row::Groups<'a> {
        let column = self.column.and_then(|c| c.checked_sub(row.lead));
        groups(row.body, self.width, column)
    }

    fn row(&self, row: &Row) -> Vec<u8> {
        match self.unit {
            Unit::Hex => bytes_of(&self.groups(row).words, false),
            Unit::Reversed => bytes_of(&self.groups(row).words, true),
            Unit::Bits => words(row.body)
                .map(|(_, w)| w)
                .take_while(|w| binary(w))
                .filter_map(|w| u8::from_str_radix(w, 2).ok())
                .collect(),
            Unit::Od(kind) => od::row(row.body, kind, self.width.unwrap_or(usize::MAX)),
        }
    }

    /// Reads the rows of a block. `None` where there are more than `room` bytes, or a `*` does not fit.
    pub(crate) fn read(
        &self,
        rows: &Rows,
        out: &mut Vec<u8>,
        room: usize,
        cut: &mut bool,
    ) -> Option<()> {
        let number = |row: &Row| usize::from_str_radix(row.offset, self.base?).ok();
        let first = rows.rows.first().and_then(number);
        let mut before = Vec::new();
        for (i, row) in rows.rows.iter().enumerate() {
            if rows.stars.contains(&i) {
                let missing = number(row)?.checked_sub(first?)?.checked_sub(out.len())?;
                if before.is_empty() || missing % before.len() != 0 || missing > room {
                    return None;
                }
                for _ in 0..missing / before.len() {
                    out.extend_from_slice(&before);
                }
            }
            if row.body.is_empty() {
                // The end of the dump: words were filled up to it.
                if let Some(length) = number(row)
                    .zip(first)
                    .and_then(|(end, first)| end.checked_sub(first))
                {
                    *cut |= length > out.len() && self.unit == Unit::Hex;
                    out.truncate(length.max(1));
                }
                continue;
            }
            before = self.row(row);
            // Among bytes stands something else: a slip is to be named, not left out.
            let text = self.groups(row).text;
            let short = before.len() < self.width.unwrap_or(16);
            let apart = !text.trim().is_empty() && text.len() - text.trim_start().len() == 1;
            if self.unit == Unit::Hex && short && apart && row.body.len() > 8 {
                return None;
            }
            if before.is_empty() {
                return None;
            }
            out.extend_from_slice(&before);
            if out.len() > room {
                return None;
            }
        }
        // A `*` at the end stands for nobody knows how many rows.
        (!rows.stars.contains(&rows.rows.len())).then_some(())
    }

    /// What printed the dump.
    pub(crate) fn tool(&self, text: &str, blocks: &[Rows]) -> Option<Tool> {
        if let Some(tool) = told(text) {
            return Some(tool);
        }
        let row = full(blocks).next()?;
        let body = row.body.trim_end();
        let framed =
            row.offset.len() >= 8 && row.gap == 2 && body.contains("  |") && body.ends_with('|');
        Some(match (row.colon, row.prefix) {
            _ if row.table => Tool::Netty,
            _ if self.numbers => Tool::DevTools,
            _ if self.base == Some(10) && row.colon => Tool::Snoop,
            (true, true) => Tool::Tcpdump,
            (true, false) => Tool::Xxd,
            _ if framed => Tool::Hexdump,
            _ if matches!(self.unit, Unit::Od(_)) || self.base == Some(8) => Tool::Od,
            _ if self.unit == Unit::Reversed => Tool::Hexdump,
            _ if row.gap == 1 => Tool::Od,
            _ => Tool::Wireshark,
        })
    }
}

/// Whether a row is of plain hexdump, or od -x, which print words in the byte order of the machine.
fn plain_hexdump(row: &Row) -> bool {
    let four = |(_, word): (usize, &str)| word.len() == 4;
    !row.colon
        && !row.prefix
        && row.gap == 1
        && matches!(row.offset.len(), 6 | 7)
        && words(row.body).all(four)
}
