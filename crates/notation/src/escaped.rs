//! Strings with escapes, as in C, Python, Rust, JavaScript, and as Wireshark copies them.

use std::ops::Range;

use crate::literal::{self, Chain};
use crate::{ParseError, blank};

const QUOTES: [char; 3] = ['"', '\'', '`'];

/// Whether the text has an escape for a byte.
pub(crate) fn looks_like(text: &str) -> bool {
    // Bytes of Python and Rust that need no escape: `b'Hello'`.
    let whole = text.trim();
    for quote in ['\'', '"'] {
        let inner = whole
            .strip_prefix('b')
            .and_then(|rest| rest.strip_prefix(quote));
        let inner = inner.and_then(|rest| rest.strip_suffix(quote));
        if inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['\n', quote])) {
            return true;
        }
    }
    let mut rest = text;
    let quoted = text.contains(QUOTES);
    while let Some(at) = rest.find('\\') {
        let mut after = rest[at + 1..].chars();
        match after.next() {
            Some('x' | '0'..='9') => return true,
            Some('n' | 'r' | 't' | 'a' | 'b' | 'f' | 'v' | 'e' | '\\' | '"' | '\'' | 'u')
                if quoted =>
            {
                return true;
            }
            _ => {}
        }
        rest = after.as_str();
    }
    false
}

/// Reads a string. Digits behind a backslash are octal, or decimal as in Lua.
pub(crate) fn parse(text: &str, max_bytes: usize, decimal: bool) -> Result<Vec<u8>, ParseError> {
    let mut bytes = Vec::with_capacity((text.len() / 4).min(max_bytes));
    if let Some(chain) = chain(text) {
        for range in chain {
            let mut at = range.start;
            while at < range.end {
                at = piece(text, at, max_bytes, decimal, &mut bytes)?;
            }
        }
        return Ok(bytes);
    }
    let words = || text.split(divider).filter(|word| !word.is_empty());
    if text.contains(QUOTES) && !words().all(only_escapes) {
        quoted(text, max_bytes, decimal, &mut bytes)?;
        return Ok(bytes);
    }
    // Without quotes nobody can tell a space that divides from one that is meant, unless all words are escapes.
    let divides = words().all(only_escapes);
    let trimmed = text.trim_matches(blank);
    let from = text.len() - text.trim_start_matches(blank).len();
    let mut at = from + label(trimmed);
    // nginx names the client behind what was received.
    let end = from + trimmed.find(", client: ").unwrap_or(trimmed.len());
    while at < end {
        let c = char_at(text, at);
        if matches!(c, '\n' | '\r') || (divides && divider(c)) {
            at += c.len_utf8();
        } else {
            at = piece(text, at, max_bytes, decimal, &mut bytes)?;
        }
    }
    Ok(bytes)
}

/// Reads characters and escapes, with no quotes around them: what looks like one is a character.
pub(crate) fn characters(text: &str, max_bytes: usize) -> Result<Vec<u8>, ParseError> {
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < text.len() {
        at = piece(text, at, max_bytes, false, &mut bytes)?;
    }
    Ok(bytes)
}

/// The strings that hold the bytes, where the text has some and no escape stands outside.
fn chain(text: &str) -> Option<Chain> {
    if !text.contains(QUOTES) {
        return None;
    }
    let chains = literal::chains(text);
    let mut outside = String::new();
    let mut end = 0;
    for range in chains.iter().flatten() {
        outside.push_str(text.get(end..range.start)?);
        end = range.end;
    }
    outside.push_str(text.get(end..)?);
    if looks_like(&outside) {
        return None;
    }
    let inner = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let found = chains
        .iter()
        .find(|chain| chain.iter().any(|range| for_bytes(inner(range))))
        .or(chains
            .iter()
            .find(|chain| chain.iter().any(|range| inner(range).contains('\\'))))?;
    Some(found.clone())
}

/// Whether a string has an escape for a byte that is no letter.
fn for_bytes(text: &str) -> bool {
    text.match_indices('\\').any(|(at, _)| {
        let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
        matches!(next, Some('x' | '0'..='9'))
    })
}

/// How long the label is that stands before the bytes: `received: `, up to the first escape.
fn label(text: &str) -> usize {
    let before = text.split('\\').next().unwrap_or_default();
    match before.trim_end().ends_with([':', '=', '>', '<']) && before.len() < text.len() {
        true => before.len(),
        false => 0,
    }
}

/// What may stand between escapes that are listed.
fn divider(c: char) -> bool {
    blank(c) || matches!(c, ',' | ';' | '[' | ']' | '{' | '}' | '(' | ')')
}

fn char_at(text: &str, at: usize) -> char {
    text.get(at..)
        .and_then(|rest| rest.chars().next())
        .unwrap_or('\0')
}

/// Whether a word is `\x81\x85…` and nothing else.
fn only_escapes(word: &str) -> bool {
    word.len().is_multiple_of(4)
        && word.as_bytes().chunks(4).all(|c| match c {
            [b'\\', b'x', digits @ ..] => digits.iter().all(u8::is_ascii_hexdigit),
            _ => false,
        })
}

/// What stands in quotes, one string after another. What stands around them is the program's.
fn quoted(
    text: &str,
    max_bytes: usize,
    decimal: bool,
    bytes: &mut Vec<u8>,
) -> Result<(), ParseError> {
    let mut at = 0;
    while let Some(start) = text[at..].find(|c| QUOTES.contains(&c) || c == '\\') {
        let start = at + start;
        let quote = char_at(text, start);
        at = start + 1;
        if quote == '\\' {
            // At the end of a line it joins two strings. Elsewhere it is an escape that lost its quotes.
            let next = char_at(text, at);
            if !(at == text.len() || blank(next)) {
                let what =
                    "is an escape outside the quotes. Put quotes around all of it, or around none.";
                return Err(ParseError::at(text, start, &format!("\\{next}"), what));
            }
            continue;
        }
        loop {
            if at >= text.len() {
                let what = "opens a string that does not end. Is the end cut off?";
                return Err(ParseError::at(text, start, &quote.to_string(), what));
            }
            let c = char_at(text, at);
            if c == quote {
                at += 1;
                break;
            }
            at = piece(text, at, max_bytes, decimal, bytes)?;
        }
    }
    Ok(())
}

/// Reads one character or escape and gives where the next begins.
fn piece(
    text: &str,
    at: usize,
    max_bytes: usize,
    decimal: bool,
    bytes: &mut Vec<u8>,
) -> Result<usize, ParseError> {
    let c = char_at(text, at);
    if bytes.len() + c.len_utf8() > max_bytes {
        return Err(ParseError::too_many(max_bytes));
    }
    if c != '\\' {
        let mut buffer = [0; 4];
        bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        return Ok(at + c.len_utf8());
    }
    let rest = &text[at + 1..];
    let Some(kind) = rest.chars().next() else {
        return Err(ParseError::at(
            text,
            at,
            "\\",
            "begins an escape that does not end.",
        ));
    };
    let (byte, taken) = match kind {
        'x' if rest.starts_with("x{") => {
            let digits = rest
                .get(2..)
                .and_then(|r| r.split_once('}'))
                .map_or("", |(d, _)| d);
            match u8::from_str_radix(digits, 16) {
                Ok(byte) if !digits.starts_with('+') => (byte, digits.len() + 3),
                _ => {
                    let found: String = text[at..].chars().take(6).collect();
                    let what = "is not a byte: a number up to ff goes between the brackets.";
                    return Err(ParseError::at(text, at, &found, what));
                }
            }
        }
        'x' | 'X' => {
            let digits = rest.get(1..3).unwrap_or_default();
            match u8::from_str_radix(digits, 16) {
                Ok(byte) if digits.bytes().all(|b| b.is_ascii_hexdigit()) => (byte, 3),
                _ => {
                    let found: String = text[at..].chars().take(4).collect();
                    let what = "is not a byte: two hexadecimal digits follow \\x, as in \\x81.";
                    return Err(ParseError::at(text, at, &found, what));
                }
            }
        }
        '0'..='9' if decimal => {
            let digits: String = rest
                .chars()
                .take(3)
                .take_while(char::is_ascii_digit)
                .collect();
            match digits.parse() {
                Ok(byte) => (byte, digits.len()),
                Err(_) => {
                    let what = "is more than a byte holds: the decimal escapes end at \\255.";
                    return Err(ParseError::at(text, at, &format!("\\{digits}"), what));
                }
            }
        }
        '0'..='7' => {
            let digits: String = rest
                .chars()
                .take(3)
                .take_while(|c| ('0'..='7').contains(c))
                .collect();
            match u8::from_str_radix(&digits, 8) {
                Ok(byte) => (byte, digits.len()),
                Err(_) => {
                    let what = "is more than a byte holds: the octal escapes end at \\377.";
                    return Err(ParseError::at(text, at, &format!("\\{digits}"), what));
                }
            }
        }
        'n' => (b'\n', 1),
        'r' => (b'\r', 1),
        't' => (b'\t', 1),
        'a' => (0x07, 1),
        'b' => (0x08, 1),
        'v' => (0x0b, 1),
        'f' => (0x0c, 1),
        'e' => (0x1b, 1),
        '\\' | '"' | '\'' | '`' | '?' | '#' | '$' | '/' | '-' | ' ' => (kind as u8, 1),
        // A line that goes on in the next.
        '\n' => return Ok(at + 2),
        '\r' => return Ok(at + 2 + usize::from(rest[1..].starts_with('\n'))),
        // A character of ASCII is one byte.
        'u' if rest.get(1..5).is_some_and(|d| ascii(d).is_some()) => {
            (rest.get(1..5).and_then(ascii).unwrap_or_default(), 5)
        }
        'u' | 'U' => {
            let what = "stands for a character, not for a byte. Write its bytes in UTF-8, each as \\x and two digits.";
            return Err(ParseError::at(text, at, &format!("\\{kind}"), what));
        }
        _ => {
            let what = "is no escape that is known here. Bytes are written as \\x and two hexadecimal digits.";
            return Err(ParseError::at(text, at, &format!("\\{kind}"), what));
        }
    };
    bytes.push(byte);
    Ok(at + 1 + taken)
}

/// The byte of a character of ASCII in four hexadecimal digits.
fn ascii(digits: &str) -> Option<u8> {
    let value = u8::from_str_radix(digits.strip_prefix("00")?, 16).ok()?;
    (value < 0x80 && !digits.contains('+')).then_some(value)
}
