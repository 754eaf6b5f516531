//! Logs in which both ends speak, their bytes in strings, lists or buffers: `send: b'\x81…'`, `recv: <Buffer 81 …>`.

use super::blocks::{Block, joined};
use super::direction::{Way, way};
use super::wrapped;
use crate::{Form, Reading, Side, base, escaped, list};

/// Reads both directions. `None` where the lines do not name two.
pub(crate) fn read(text: &str, max_bytes: usize) -> Option<Reading> {
    if let Some(reading) = yaml(text, max_bytes) {
        return Some(reading);
    }
    // A line with a label begins a piece, and those without one go on with it.
    let mut pieces: Vec<(&str, usize, usize)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let label = label(line);
        if way(label).is_some() && !label.trim().is_empty() {
            pieces.push((label, at + label.len(), at + line.len()));
        } else if let Some((_, _, end)) = pieces.last_mut() {
            *end = at + line.len();
        }
        at += line.len();
    }
    let first = pieces.first().and_then(|(label, ..)| way(label))?;
    if pieces.iter().all(|(label, ..)| way(label) == Some(first)) {
        return None;
    }
    let mut cut = false;
    let mut room = max_bytes;
    let mut blocks = Vec::new();
    for (label, from, to) in pieces {
        let inner = text.get(from..to)?;
        if inner.trim().is_empty() {
            continue;
        }
        let reading = piece(inner, room)?;
        room = room.checked_sub(reading.bytes.len())?;
        cut |= reading.cut;
        blocks.push(Block {
            way: way(label),
            announced: None,
            bytes: reading.bytes,
        });
    }
    let reading = joined(blocks, Form::Log)?.cut(cut);
    (!reading.streams.is_empty()).then_some(reading)
}

/// Wireshark's “Follow stream” as YAML: `peer: 0`, and base64 behind `!!binary |`.
fn yaml(text: &str, max_bytes: usize) -> Option<Reading> {
    if !text.contains("!!binary") {
        return None;
    }
    let mut blocks: Vec<Block> = Vec::new();
    let (mut peer, mut inside) = (None, false);
    let mut letters = String::new();
    let mut room = max_bytes;
    for line in text.lines().chain(["end:"]) {
        let line = line.trim();
        if inside && !line.contains(':') {
            letters.push_str(line);
            continue;
        }
        if inside {
            let bytes = base::parse(&letters, room).ok()?;
            room = room.checked_sub(bytes.len())?;
            letters.clear();
            blocks.push(Block {
                way: peer,
                announced: None,
                bytes,
            });
        }
        // The list of peers stands before that of packets, and has none of this.
        if let Some(number) = line.strip_prefix("peer:") {
            let client = number.trim() == "0";
            peer = Some(Way::From(if client { Side::Client } else { Side::Server }));
        }
        inside = line.contains("!!binary");
    }
    joined(blocks, Form::Log)
}

/// What stands before the bytes of a line.
fn label(line: &str) -> &str {
    let list = |(at, _): &(usize, &str)| {
        let next = line
            .get(at + 1..)
            .and_then(|rest| rest.trim_start().chars().next());
        next.is_some_and(|c| c.is_ascii_digit() || c == '-')
    };
    let marks = ["<Buffer", "<<", "b'", "b\"", "\"", "'", "{"];
    let first = marks.iter().filter_map(|mark| line.find(mark));
    let first = first
        .chain(line.match_indices('[').find(list).map(|(at, _)| at))
        .min();
    first.and_then(|at| line.get(..at)).unwrap_or_default()
}

fn piece(text: &str, room: usize) -> Option<Reading> {
    if let Some(reading) = wrapped::read(text, room) {
        return Some(reading);
    }
    if escaped::looks_like(text) {
        let bytes = escaped::parse(text, room, false).ok()?;
        return Some(Reading::new(bytes, Form::Escaped));
    }
    let found = list::parse(text, room, 10)
        .ok()
        .filter(|f| !f.bytes.is_empty())?;
    Some(Reading::new(found.bytes, Form::List).cut(found.cut))
}
