//! Strings with escapes, as in C, Python, Rust, JavaScript, and as Wireshark copies them.

use crate::{ParseError, blank};

const QUOTES: [char; 3] = ['"', '\'', '`'];

/// Whether the text has an escape for a byte.
pub(crate) fn looks_like(text: &str) -> bool {
    let mut rest = text;
    let quoted = text.contains(QUOTES);
    while let Some(at) = rest.find('\\') {
        let mut after = rest[at + 1..].chars();
        match after.next() {
            Some('x' | '0'..='7') => return true,
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

pub(crate) fn parse(text: &str, max_bytes: usize) -> Result<Vec<u8>, ParseError> {
    let mut bytes = Vec::with_capacity((text.len() / 4).min(max_bytes));
    if text.contains(QUOTES) {
        quoted(text, max_bytes, &mut bytes)?;
    } else {
        // Without quotes nobody can tell a space that divides from one that is meant, unless all words are escapes.
        let words = text.split(blank).filter(|word| !word.is_empty());
        let divides = words.clone().all(only_escapes);
        let trimmed = text.trim_matches(blank);
        let from = text.len() - text.trim_start_matches(blank).len();
        let mut at = from;
        let end = from + trimmed.len();
        while at < end {
            let c = char_at(text, at);
            if matches!(c, '\n' | '\r') || (divides && blank(c)) {
                at += c.len_utf8();
            } else {
                at = piece(text, at, max_bytes, &mut bytes)?;
            }
        }
    }
    Ok(bytes)
}

fn char_at(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or('\0')
}

/// Whether a word is `\x81\x85…` and nothing else.
fn only_escapes(word: &str) -> bool {
    word.len().is_multiple_of(4)
        && word
            .as_bytes()
            .chunks(4)
            .all(|c| c[0] == b'\\' && c[1] == b'x' && c[2..].iter().all(u8::is_ascii_hexdigit))
}

/// What stands in quotes, one string after another. What stands around them is the program's.
fn quoted(text: &str, max_bytes: usize, bytes: &mut Vec<u8>) -> Result<(), ParseError> {
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
            at = piece(text, at, max_bytes, bytes)?;
        }
    }
    Ok(())
}

/// Reads one character or escape and gives where the next begins.
fn piece(
    text: &str,
    at: usize,
    max_bytes: usize,
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
        '\\' | '"' | '\'' | '`' | '?' => (kind as u8, 1),
        // A line that goes on in the next.
        '\n' => return Ok(at + 2),
        '\r' => return Ok(at + 2 + usize::from(rest[1..].starts_with('\n'))),
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
