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

/// Reads digits piece by piece: spaces, line ends, commas, colons and `0x` between bytes are passed over.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    /// What has been read.
    pub(crate) bytes: Vec<u8>,
    max_bytes: usize,
    /// Where the next character is, and where the digits end, in bytes of the text.
    at: usize,
    end: usize,
    /// The first digit of a byte, where the second has still to come.
    high: Option<(usize, char)>,
}

impl Reader {
    pub(crate) fn new(whole: &str, max_bytes: usize) -> Reader {
        let (at, text) = digits(whole);
        Reader {
            bytes: Vec::with_capacity((text.len() / 2).min(max_bytes)),
            max_bytes,
            at,
            end: at + text.len(),
            high: None,
        }
    }

    /// How far the text has been read, in bytes.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Reads on through about so many bytes of the text, which is always the same. Whether that were all.
    pub(crate) fn advance(&mut self, whole: &str, budget: usize) -> Result<bool, ParseError> {
        let stop = self.at.saturating_add(budget);
        let mut rest = whole[self.at..self.end].char_indices().peekable();
        let base = self.at;
        let half = |(at, digit): (usize, char)| {
            let what =
                format!("stands alone. Every byte takes two digits: write 0{digit}, not {digit}.");
            ParseError::at(whole, at, &digit.to_string(), what)
        };
        while let Some((at, c)) = rest.next() {
            let at = base + at;
            if at >= stop {
                self.at = at;
                return Ok(false);
            }
            if self.high.is_none() && c == '0' && matches!(rest.peek(), Some((_, 'x' | 'X'))) {
                rest.next();
                continue;
            }
            match (c.to_digit(16), self.high) {
                (Some(_), None) => self.high = Some((at, c)),
                (Some(digit), Some((_, first))) => {
                    if self.bytes.len() == self.max_bytes {
                        return Err(ParseError::too_many(self.max_bytes));
                    }
                    let high = first.to_digit(16).unwrap_or(0);
                    self.bytes.push((high << 4 | digit) as u8);
                    self.high = None;
                }
                (None, Some(lone)) if between(c) => return Err(half(lone)),
                (None, None) if between(c) => {}
                (None, _) => {
                    return Err(ParseError::at(
                        whole,
                        at,
                        &c.to_string(),
                        "is not a hexadecimal digit. Bytes are written with 0–9 and a–f, two digits each.",
                    ));
                }
            }
        }
        self.at = self.end;
        match self.high {
            Some(lone) => Err(half(lone)),
            None => Ok(true),
        }
    }
}

pub(crate) fn parse(whole: &str, max_bytes: usize) -> Result<Vec<u8>, ParseError> {
    let mut reader = Reader::new(whole, max_bytes);
    reader.advance(whole, usize::MAX)?;
    Ok(reader.bytes)
}
