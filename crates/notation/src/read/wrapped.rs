//! Bytes in the words that a program puts around them: `<Buffer …>`, `[hex=…]`, `<<<…>>>`.

use super::row::{bytes_of, words};
use crate::{Form, Reading, Tool, escaped, list};

/// Reads bytes whose wrapping names what printed them.
pub(crate) fn read(text: &str, max_bytes: usize) -> Option<Reading> {
    let reading = node_buffer(text)
        .or_else(|| okio(text))
        .or_else(|| jetty(text, max_bytes))
        .or_else(|| postgres(text))
        .or_else(|| foundation(text))
        .or_else(|| numbers(text, max_bytes))?;
    let fits = !reading.bytes.is_empty() && reading.bytes.len() <= max_bytes;
    fits.then_some(reading)
}

/// Digits, with dots for what was left out.
fn digits(text: &str) -> Option<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    for (at, word) in words(text) {
        if word.starts_with("..") || word.starts_with('…') {
            return Some((bytes, true));
        }
        let (word, cut) = match word.find("..").or(word.find('…')) {
            Some(dots) => (word.get(..dots)?, true),
            None => (word, false),
        };
        let word = word.trim_end_matches(',');
        let word = word.strip_prefix("0x").unwrap_or(word);
        if !super::row::is_hex(word) || !word.len().is_multiple_of(2) {
            return None;
        }
        bytes.extend(bytes_of(&[word], false));
        // What is behind the dots is the end of what was left out.
        if cut {
            let _ = at;
            return Some((bytes, true));
        }
    }
    Some((bytes, false))
}

fn hex(bytes: Vec<u8>, cut: bool, tool: Tool) -> Reading {
    Reading::new(bytes, Form::Hex).by(Some(tool)).cut(cut)
}

/// `<Buffer 81 05 ... 412 more bytes>`, one or several after one another.
fn node_buffer(text: &str) -> Option<Reading> {
    let mut parts = text.split("<Buffer").skip(1).peekable();
    parts.peek()?;
    let mut all = Vec::new();
    let mut cut = false;
    for part in parts {
        let (inner, open) = match part.split_once('>') {
            Some((inner, _)) => (inner, false),
            None => (part, true),
        };
        let (bytes, dots) = digits(inner.trim_start_matches(['(', ')']))?;
        cut |= dots || open;
        all.extend(bytes);
    }
    Some(hex(all, cut, Tool::NodeBuffer))
}

/// `[hex=8105]`, `[size=4096 hex=8105…]` and `[text=Hello]`.
fn okio(text: &str) -> Option<Reading> {
    for name in ["hex=", "data=", "text="] {
        let Some((before, rest)) = text.split_once(name) else {
            continue;
        };
        let open = before.rfind('[')?;
        let inside = before.get(open + 1..)?.trim();
        let sized = inside
            .strip_prefix("size=")
            .map(|n| n.trim().parse::<usize>().ok());
        if !inside.is_empty() && sized.is_none() {
            return None;
        }
        let inner = rest.split(']').next()?;
        let (bytes, dots) = match name {
            "text=" => {
                let words = inner.trim_end_matches('…');
                (words.as_bytes().to_vec(), words.len() < inner.len())
            }
            _ => digits(inner)?,
        };
        let more = sized.flatten().is_some_and(|n| n > bytes.len());
        return Some(hex(bytes, dots || more, Tool::Okio));
    }
    None
}

/// `{<<<\x81\x05Hello>>>…}`: only what stands between the marks is in use.
fn jetty(text: &str, max_bytes: usize) -> Option<Reading> {
    let (_, rest) = text.split_once("<<<")?;
    let (inner, rest) = rest.split_once(">>>")?;
    // A frame may hold the mark itself; the last one before the unused rest counts.
    let inner = match rest.rfind(">>>") {
        Some(more) if !rest.contains("<<<") => {
            text.split_once("<<<")?.1.get(..inner.len() + 3 + more)?
        }
        _ => inner,
    };
    if !inner.contains('\\') && !text.contains("Buffer") {
        return None;
    }
    let (inner, cut) = match inner.find("...") {
        Some(dots) if inner.len() > 64 => (inner.get(..dots)?, true),
        _ => (inner, false),
    };
    let bytes = escaped::characters(inner, max_bytes).ok()?;
    Some(
        Reading::new(bytes, Form::Escaped)
            .by(Some(Tool::Jetty))
            .cut(cut),
    )
}

/// `\x8105`, alone or in a column.
fn postgres(text: &str) -> Option<Reading> {
    let mut cells = text
        .split(|c: char| c.is_whitespace() || c == '|')
        .filter(|cell| cell.starts_with("\\x"));
    let text = match (cells.next(), cells.next()) {
        (Some(cell), None) if text.matches('\\').count() == 1 => cell,
        _ => text,
    };
    let text = text.trim();
    let text = text.strip_prefix("E'").unwrap_or(text);
    let text = text.trim_matches(['"', '\'', '|', '(', ')']).trim();
    let text = text.trim_end_matches("::bytea").trim_end_matches('\'');
    let rows = text.strip_prefix("\\\\x").or(text.strip_prefix("\\x"))?;
    let cut = rows.ends_with(['…', '.']);
    let rows = rows.trim_end_matches(['…', '.', '+']);
    let whole = super::row::is_hex(rows) && rows.len() >= 4 && rows.len().is_multiple_of(2);
    whole.then(|| hex(bytes_of(&[rows], false), cut, Tool::Postgres))
}

/// `{length = 7, bytes = 0x81054865 6c6c6f}`, and older `<81054865 6c6c6f>`.
fn foundation(text: &str) -> Option<Reading> {
    if let Some((before, rest)) = text.split_once("bytes = 0x") {
        let (bytes, dots) = digits(rest.split('}').next()?)?;
        let length = before.rsplit_once("length = ")?.1;
        let length: usize = length.trim_end_matches([' ', ',']).parse().ok()?;
        return Some(hex(
            bytes.clone(),
            dots || length > bytes.len(),
            Tool::Foundation,
        ));
    }
    let inner = text.trim().strip_prefix('<')?.strip_suffix('>')?;
    let groups = words(inner).all(|(_, w)| w.len() <= 8 && super::row::is_hex(w));
    let (bytes, cut) = digits(inner).filter(|_| groups)?;
    Some(hex(bytes, cut, Tool::Foundation))
}

/// Lists whose beginning names what printed them.
fn numbers(text: &str, max_bytes: usize) -> Option<Reading> {
    let array = [
        "Uint8Array",
        "Int8Array",
        "Uint8ClampedArray",
        "[Uint8Contents]:",
    ];
    let typed = array.iter().find_map(|name| text.find(name));
    // `[Uint8Contents]: <81 05 …>` is how Node shows an ArrayBuffer.
    if let Some((_, rest)) = text.split_once("Uint8Contents]: <") {
        let (inner, _) = rest.split_once('>')?;
        let (bytes, cut) = digits(inner)?;
        return Some(hex(bytes, cut, Tool::TypedArray));
    }
    let json = text.contains("\"Buffer\"") && text.contains("\"data\"");
    let places = ["{\"0\":", "{0:", "{ '0':", "{\"0\" :"];
    if places.iter().any(|p| text.trim_start().starts_with(p)) {
        let bytes = keyed(text)?;
        return Some(Reading::new(bytes, Form::List).by(Some(Tool::TypedArray)));
    }
    let erlang = text.contains("<<") && !text.contains("<<<");
    let (rest, tool) = match (json, typed) {
        (true, _) => (text, Tool::JsonBuffer),
        (_, Some(at)) => (text.get(at..)?, Tool::TypedArray),
        _ if erlang => return binaries(text, max_bytes),
        _ => return None,
    };
    // Keys of objects stand before the list, and are none of it.
    let rest = match tool {
        Tool::JsonBuffer => rest.split_once("\"data\"")?.1,
        _ => rest,
    };
    // A typed array that is printed as an object has its places before the numbers: `{0: 129, 1: 5}`.
    if let Some(bytes) = keyed(rest) {
        return Some(Reading::new(bytes, Form::List).by(Some(tool)));
    }
    let found = list::parse(rest, max_bytes, 10).ok()?;
    Some(
        Reading::new(found.bytes, Form::List)
            .by(Some(tool))
            .cut(found.cut),
    )
}

/// `{"0":129,"1":5}`: an array that was printed with its places.
fn keyed(text: &str) -> Option<Vec<u8>> {
    let inner = text.split_once('{')?.1.split('}').next()?;
    let mut bytes = Vec::new();
    for pair in inner.split(',') {
        let (key, value) = pair.split_once(':')?;
        let key: usize = key.trim().trim_matches(['"', '\'']).parse().ok()?;
        if key != bytes.len() {
            return None;
        }
        bytes.push(value.trim().parse().ok()?);
    }
    (bytes.len() > 1).then_some(bytes)
}

/// `<<129,5,"Hello">>`, the longest of those in the text; those of a list, `[<<129,5>>,<<"Hello">>]`, are one.
fn binaries(text: &str, max_bytes: usize) -> Option<Reading> {
    let mut best: Option<list::Numbers> = None;
    let mut open: Option<list::Numbers> = None;
    let mut rest = text;
    while let Some(at) = rest.find("<<") {
        let between = rest.get(..at)?.trim();
        let from = rest.get(at..)?;
        let end = closing(from);
        let part = from.get(..end)?;
        if let Ok(mut found) = list::parse(part, max_bytes, 10) {
            if let Some(before) = open.take().filter(|_| between == ",") {
                found.bytes.splice(..0, before.bytes);
                found.cut |= before.cut;
            }
            if best
                .as_ref()
                .is_none_or(|b| b.bytes.len() < found.bytes.len())
            {
                best = Some(found.clone());
            }
            open = Some(found);
        } else {
            open = None;
        }
        // What is never closed holds all that follows.
        if end == from.len() {
            break;
        }
        rest = from.get(end.max(2)..)?;
    }
    let found = best.filter(|found| !found.bytes.is_empty())?;
    Some(
        Reading::new(found.bytes, Form::List)
            .by(Some(Tool::Erlang))
            .cut(found.cut),
    )
}

/// Where a binary ends, behind its `>>`; a string in it may hold that too.
fn closing(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        if c == '"' {
            quoted = !quoted;
        } else if c == '>' && !quoted && text.get(at..).is_some_and(|t| t.starts_with(">>")) {
            return at + 2;
        }
    }
    text.len()
}
