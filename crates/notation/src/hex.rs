//! Hexadecimal digits, two a byte.

use crate::{ParseError, blank};

/// What may stand between two bytes.
fn between(c: char) -> bool {
    blank(c) || matches!(c, ',' | ':' | ';' | '-' | '_')
}

/// The digits themselves, without the quotes and the call that stand around them in a program:
/// `bytes.fromhex("81 05")`, `Buffer.from("8105", "hex")`.
fn digits(text: &str) -> (usize, &str) {
    let quote = |c: char| matches!(c, '"' | '\'' | '`' | '“' | '”');
    let Some((start, mark)) = text.char_indices().find(|(_, c)| quote(*c)) else {
        return (0, text);
    };
    let from = start + mark.len_utf8();
    let inner = &text[from..];
    inner
        .find(quote)
        .map_or((from, inner), |end| (from, &inner[..end]))
}

/// Whether there is nothing but digits and what may stand between them.
pub(crate) fn fits(text: &str) -> bool {
    let (_, text) = digits(text);
    text.chars()
        .all(|c| c.is_ascii_hexdigit() || between(c) || matches!(c, 'x' | 'X'))
}

/// Spaces, line ends, commas, colons and `0x` between bytes are passed over.
pub(crate) fn parse(whole: &str, max_bytes: usize) -> Result<Vec<u8>, ParseError> {
    let (base, text) = digits(whole);
    let mut bytes = Vec::with_capacity((text.len() / 2).min(max_bytes));
    let mut high: Option<(usize, char)> = None;
    let mut rest = text.char_indices().peekable();
    let half = |(at, digit): (usize, char)| {
        let what =
            format!("stands alone. Every byte takes two digits: write 0{digit}, not {digit}.");
        ParseError::at(whole, base + at, &digit.to_string(), what)
    };
    while let Some((at, c)) = rest.next() {
        if high.is_none() && c == '0' && matches!(rest.peek(), Some((_, 'x' | 'X'))) {
            rest.next();
            continue;
        }
        match (c.to_digit(16), high) {
            (Some(_), None) => high = Some((at, c)),
            (Some(digit), Some((_, first))) => {
                if bytes.len() == max_bytes {
                    return Err(ParseError::too_many(max_bytes));
                }
                bytes.push((first.to_digit(16).unwrap_or(0) << 4 | digit) as u8);
                high = None;
            }
            (None, Some(lone)) if between(c) => return Err(half(lone)),
            (None, None) if between(c) => {}
            (None, _) => {
                return Err(ParseError::at(
                    whole,
                    base + at,
                    &c.to_string(),
                    "is not a hexadecimal digit. Bytes are written with 0–9 and a–f, two digits each.",
                ));
            }
        }
    }
    match high {
        Some(lone) => Err(half(lone)),
        None => Ok(bytes),
    }
}
