//! Dumps of every tool: lines with an offset, in blocks with labels between them.

use super::blocks::{Block, joined};
use super::direction::{Way, way};
use super::row::{Row, row, words};
use super::shape::Shape;
use crate::{Form, Reading, Side, Tool, blank};

/// The rows of one block, as they stand.
#[derive(Debug, Default)]
pub(crate) struct Rows<'a> {
    pub(crate) label: Block,
    pub(crate) rows: Vec<Row<'a>>,
    /// Whether the rows are set in further than those of the first block, or less.
    inset: bool,
    /// The row before which a `*` stands for more like the last one.
    pub(crate) stars: Vec<usize>,
}

/// Reads a dump. `None` where the text is none, or its offsets do not fit.
pub(crate) fn read(text: &str, max_bytes: usize) -> Option<Reading> {
    if text.len() < 4 {
        return None;
    }
    let (blocks, others) = split(text)?;
    let count: usize = blocks.iter().map(|b| b.rows.len()).sum();
    // A few lines of words among rows are labels; a row among words is none.
    if count == 0 || others > 12 * count + 12 {
        return None;
    }
    let shape = Shape::of(&blocks)?;
    let tool = shape.tool(text, &blocks);
    let mut out = Vec::new();
    let mut room = max_bytes;
    let mut cut = false;
    for rows in blocks {
        let mut block = rows.label.clone();
        shape.read(&rows, &mut block.bytes, room, &mut cut)?;
        room = room.checked_sub(block.bytes.len())?;
        out.push(block);
    }
    Some(joined(out, Form::Dump)?.by(tool).cut(cut))
}

/// Whether a line only draws or heads a table.
fn ruled(line: &str) -> bool {
    let line = line.trim_matches(blank);
    let numbers = line.trim_matches(['|', '+', ' ']);
    line.chars().all(|c| "+-|=_ ".contains(c))
        || (numbers.starts_with("0  1  2")
            || numbers.starts_with("00 01 02")
            || numbers.starts_with("0 1 2 3"))
}

fn split(text: &str) -> Option<(Vec<Rows<'_>>, usize)> {
    let mut blocks: Vec<Rows> = Vec::new();
    let mut others = 0;
    let mut label = String::new();
    let mut indent = None;
    for line in text.lines() {
        let inner = line.trim_matches(blank);
        if inner.is_empty() || ruled(inner) && inner != "*" {
            continue;
        }
        if inner == "*"
            && let Some(block) = blocks.last_mut()
        {
            block.stars.push(block.rows.len());
            continue;
        }
        let Some(row) = row(line) else {
            others += 1;
            // Titles that Wireshark prints between the bytes of a packet, and empty lines of a log, say nothing.
            if !inner.ends_with(':') || inner.contains("length") || way(inner).is_some() {
                label.push_str(inner);
                label.push('\n');
            }
            continue;
        };
        let zero = row.offset.bytes().all(|b| b == b'0');
        let inset = line.len() - line.trim_start().len();
        let first = *indent.get_or_insert(inset);
        // Wireshark's “Follow TCP stream” indents what the other side sent.
        let follow = row.label.is_empty() && inset.abs_diff(first) >= 4 && !row.table;
        let side = match inset > first {
            true => Side::Server,
            false => Side::Client,
        };
        let own = way(row.label);
        let begins = match blocks.last() {
            None => true,
            Some(last) => {
                !label.is_empty() && (zero || way(&label).is_some())
                    || zero && !last.rows.is_empty()
                    || own.is_some() && own != last.label.way
                    || follow != last.inset && row.label.is_empty()
            }
        };
        if begins {
            let mut block = Block::labelled(&label);
            if let Some(way) = own {
                block.way = Some(way);
            } else if follow {
                block.way = Some(Way::From(side));
            }
            blocks.push(Rows {
                label: block,
                inset: follow,
                ..Rows::default()
            });
        }
        label.clear();
        blocks.last_mut()?.rows.push(row);
    }
    // Of a stream that is followed, only the side that is set otherwise than the first block was marked.
    let marked: Vec<_> = blocks.iter().filter_map(|b| b.label.way).collect();
    let other = match marked.first() {
        Some(Way::From(Side::Server)) => Some(Side::Client),
        Some(Way::From(Side::Client)) => Some(Side::Server),
        _ => None,
    };
    if let Some(other) = other.filter(|_| marked.iter().all(|way| Some(way) == marked.first())) {
        let followed = blocks.iter().any(|block| block.inset);
        for block in blocks
            .iter_mut()
            .filter(|_| followed || other == Side::Client)
        {
            block.label.way.get_or_insert(Way::From(other));
        }
    }
    let numbered = blocks
        .iter()
        .filter(|b| b.rows.iter().any(|r| words(r.body).next().is_some()));
    (numbered.count() > 0).then_some((blocks, others))
}

/// What printed the listing, by words that stand in it.
pub(crate) fn told(text: &str) -> Option<Tool> {
    let has = |word: &str| text.contains(word);
    if has("=> Send ") || has("<= Recv ") || has("== Info:") {
        Some(Tool::CurlTrace)
    } else if has("[Raw read]") || has("[Raw write]") || has("Padded plaintext") {
        Some(Tool::JavaxNetDebug)
    } else if has("|00000000|") || has("|  0  1  2  3") {
        Some(Tool::Netty)
    } else {
        None
    }
}
