//! Lines of offset, bytes and text, as `xxd`, `hexdump -C`, `od`, `tcpdump -X` and Wireshark print them.

use crate::{ParseError, Tool, blank};

/// The beginning of a line.
#[derive(Clone, Copy)]
struct Head {
    /// White space before it.
    indent: usize,
    offset: u64,
    /// Digits of the offset.
    digits: usize,
    /// Whether `0x` stands before it.
    prefix: bool,
    /// Whether `:` stands behind it.
    colon: bool,
    /// White space behind it.
    gap: usize,
    /// Where the bytes begin.
    end: usize,
}

fn head(line: &str) -> Option<Head> {
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let prefix = rest.starts_with("0x");
    let rest = rest.strip_prefix("0x").unwrap_or(rest);
    let digits = rest
        .find(|c: char| !c.is_ascii_hexdigit())
        .unwrap_or(rest.len());
    if !(4..=16).contains(&digits) {
        return None;
    }
    let offset = u64::from_str_radix(&rest[..digits], 16).ok()?;
    let rest = &rest[digits..];
    let colon = rest.starts_with(':');
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let gap = rest.len() - rest.trim_start_matches([' ', '\t', '\u{a0}']).len();
    if gap == 0 && !rest.is_empty() {
        return None;
    }
    Some(Head {
        indent,
        offset,
        digits,
        prefix,
        colon,
        gap,
        end: line.len() - rest.len() + gap,
    })
}

/// Titles that Wireshark prints between the bytes of a packet: `Reassembled TCP (1460 bytes):`.
fn title(line: &str) -> bool {
    line.trim_end().ends_with("bytes):")
}

/// Lines with their places in the text, without those that say nothing.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let line = line.trim_end_matches(blank);
        (!line.trim_matches(blank).is_empty() && !title(line)).then_some((start, line))
    })
}

/// Whether the first line has an offset, and not only digits.
pub(crate) fn looks_like(text: &str) -> bool {
    let Some((_, line)) = lines(text).next() else {
        return false;
    };
    let Some(head) = head(line) else {
        return false;
    };
    let bytes = &line[head.end..];
    let first = bytes.split(blank).next().unwrap_or_default();
    let first = if first.starts_with("0x") {
        0
    } else {
        first.len()
    };
    let wide = head.gap >= 2 && first == 2;
    // od divides by one space.
    let od = head.offset == 0 && (6..=8).contains(&head.digits) && (first == 2 || first == 4);
    !bytes.is_empty() && (head.colon && first >= 2 || wide || od)
}

fn tool(head: &Head, line: &str) -> Tool {
    let body = &line[head.end..];
    // A text that Wireshark shows may hold such a line too, but not in this place.
    let framed = head.digits >= 8 && head.gap == 2 && body.contains("  |") && body.ends_with('|');
    match (head.colon, head.prefix) {
        (true, true) => Tool::Tcpdump,
        (true, false) => Tool::Xxd,
        (false, _) if framed => Tool::Hexdump,
        (false, _) if head.gap == 1 => Tool::Od,
        (false, _) => Tool::Wireshark,
    }
}

pub(crate) fn parse(text: &str, max_bytes: usize) -> Result<(Vec<u8>, Tool), ParseError> {
    let mut bytes: Vec<u8> = Vec::new();
    let mut made_by = None;
    // Where the dump's offsets began to count in `bytes`, and with what.
    let (mut base, mut first) = (0, 0);
    let mut indent = None;
    let mut before = 0..0;
    let mut star = None;
    for (start, line) in lines(text) {
        let inner = line.trim();
        let at = start + line.len() - line.trim_start().len();
        if inner == "*" && made_by.is_some() {
            star = Some(at);
            continue;
        }
        let Some(head) = head(line) else {
            let what = "does not begin with an offset, as the lines of a hex dump do. Leave out what is not part of it.";
            let found = inner.split(blank).next().unwrap_or_default();
            return Err(ParseError::at(text, at, found, what));
        };
        let tool = *made_by.get_or_insert_with(|| tool(&head, line));
        if *indent.get_or_insert(head.indent) != head.indent
            && head.indent.abs_diff(indent.unwrap_or(0)) >= 4
        {
            // Wireshark's “Follow TCP stream” indents what the other side sent.
            let what = "is set in further than the others: this dump holds both directions of a connection. Paste the lines of one side.";
            let what = if head.indent > indent.unwrap_or(0) {
                what
            } else {
                "is set in less than the others: this dump holds both directions of a connection. Paste the lines of one side."
            };
            return Err(ParseError::at(
                text,
                at,
                &inner[..head.digits.min(inner.len())],
                what,
            ));
        }
        if bytes.is_empty() {
            first = head.offset;
        }
        let mut expected = first.wrapping_add((bytes.len() - base) as u64);
        if let Some(mark) = star.take() {
            let missing = head.offset.saturating_sub(expected);
            let size = before.len() as u64;
            if size == 0 || missing % size != 0 {
                let what = "stands for lines like the one before it, but the offsets around it do not fit. Print the dump again, with xxd or hexdump -v -C.";
                return Err(ParseError::at(text, mark, "*", what));
            }
            if missing > (max_bytes - bytes.len()) as u64 {
                return Err(ParseError::too_many(max_bytes));
            }
            for _ in 0..missing / size {
                bytes.extend_from_within(before.clone());
            }
            expected = head.offset.max(expected);
        }
        let body = &line[head.end..];
        if head.offset != expected {
            if head.offset == 0 && !body.is_empty() {
                // The next packet.
                base = bytes.len();
                first = 0;
            } else {
                let what = format!(
                    "is not the offset that comes next, {expected:#06x}. A line is missing, out of order, or there twice."
                );
                return Err(ParseError::at(
                    text,
                    at,
                    &format!("{:#06x}", head.offset),
                    what,
                ));
            }
        }
        let row = row(text, start, line, &head, tool)?;
        if bytes.len() + row.len() > max_bytes {
            return Err(ParseError::too_many(max_bytes));
        }
        before = bytes.len()..bytes.len() + row.len();
        bytes.extend_from_slice(&row);
    }
    match (star, made_by) {
        (Some(mark), _) => {
            let what =
                "stands for more lines, but nothing after it says how many. Is the end cut off?";
            Err(ParseError::at(text, mark, "*", what))
        }
        (None, Some(_)) if bytes.is_empty() => Err(ParseError::whole(
            "As a hex dump this is an offset without bytes after it. Is the rest of the line missing?",
        )),
        (None, Some(tool)) => Ok((bytes, tool)),
        (None, None) => Err(ParseError::nothing()),
    }
}

/// The bytes of one line.
fn row(
    text: &str,
    start: usize,
    line: &str,
    head: &Head,
    tool: Tool,
) -> Result<Vec<u8>, ParseError> {
    let body = &line[head.end..];
    // hexdump and od frame the text; a frame never occurs among the digits.
    let frame = match tool {
        Tool::Hexdump => body.find('|'),
        Tool::Od => body.find('>'),
        _ => None,
    };
    let digits = frame.map_or(body, |i| &body[..i]);
    let mut bytes = Vec::new();
    // Sizes of the groups, to see in which order their bytes stand.
    let mut groups = Vec::new();
    let mut at = 0;
    let mut column = "";
    let mut gap = head.gap;
    while at < digits.len() {
        let rest = &digits[at..];
        let word = &rest[..rest.find(blank).unwrap_or(rest.len())];
        let pair = word.len() == 2 && word.bytes().all(|b| b.is_ascii_hexdigit());
        let ends = !groups.is_empty()
            && frame.is_none()
            && match tool {
                Tool::Xxd | Tool::Tcpdump => gap >= 2,
                _ => gap >= 3 || bytes.len() >= 16 || (gap == 2 && (bytes.len() != 8 || !pair)),
            };
        if ends {
            column = rest;
            break;
        }
        let place = start + head.end + at;
        if matches!(tool, Tool::Hexdump | Tool::Od | Tool::Wireshark) && word.len() > 2 {
            let what = "is more than one byte. Plain hexdump and od print words in the byte order of the machine: use hexdump -C or xxd.";
            return Err(ParseError::at(text, place, word, what));
        }
        groups.push(word.len() / 2);
        let mut letters = word.char_indices();
        while let Some((i, high)) = letters.next() {
            let pair = (
                high.to_digit(16),
                letters.next().map(|(_, low)| low.to_digit(16)),
            );
            match pair {
                (Some(high), Some(Some(low))) => bytes.push((high << 4 | low) as u8),
                (Some(_), None) => {
                    let what = "stands alone. Every byte takes two digits.";
                    return Err(ParseError::at(text, place + i, &high.to_string(), what));
                }
                _ => {
                    let what = "is not two hexadecimal digits, as the bytes of a dump are.";
                    let found: String = word[i..].chars().take(2).collect();
                    return Err(ParseError::at(text, place + i, &found, what));
                }
            }
        }
        at += word.len();
        let left = &digits[at..];
        gap = left.len() - left.trim_start_matches(blank).len();
        at += gap;
    }
    if let Some(i) = frame {
        column = body[i + 1..].trim_end_matches(['|', '<']);
    }
    check_column(text, start, head, &bytes, &groups, column)?;
    Ok(bytes)
}

/// The text beside the bytes says the same as they do, where it can be compared.
fn check_column(
    text: &str,
    start: usize,
    head: &Head,
    bytes: &[u8],
    groups: &[usize],
    column: &str,
) -> Result<(), ParseError> {
    let comparable = column.is_ascii() && column.len() == bytes.len();
    let agrees = |bytes: &[u8]| {
        bytes
            .iter()
            .zip(column.bytes())
            .all(|(byte, shown)| !shown.is_ascii_graphic() || shown == b'.' || shown == *byte)
    };
    if !comparable || agrees(bytes) {
        return Ok(());
    }
    let mut turned = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    for size in groups {
        let (group, later) = rest.split_at((*size).min(rest.len()));
        turned.extend(group.iter().rev());
        rest = later;
    }
    let what = if agrees(&turned) {
        "begins a line whose words are in little-endian order (xxd -e). Print it again without that."
    } else {
        "begins a line whose bytes and text say different things. Copy that line again."
    };
    let found = format!("{:#06x}", head.offset);
    Err(ParseError::at(text, start + head.indent, &found, what))
}
