//! Hexadecimal digits, two a byte.

use crate::{ParseError, blank};

/// What may stand between two bytes.
fn between(c: char) -> bool {
    blank(c) || matches!(c, ',' | ':' | ';' | '-' | '_')
}

fn quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '”')
}

/// Where the digits themselves begin, behind the quote and the call that stand before them in a program:
/// `bytes.fromhex("81 05")`, `Buffer.from("8105", "hex")`. They end at the next quote then.
fn opening(text: &str) -> Option<usize> {
    let (start, mark) = text.char_indices().find(|(_, c)| quote(*c))?;
    Some(start + mark.len_utf8())
}

fn digits(text: &str) -> &str {
    let Some(from) = opening(text) else {
        return text;
    };
    let inner = &text[from..];
    inner.find(quote).map_or(inner, |end| &inner[..end])
}

/// Whether there is nothing but digits and what may stand between them.
pub(crate) fn fits(text: &str) -> bool {
    digits(text)
        .chars()
        .all(|c| c.is_ascii_hexdigit() || between(c) || matches!(c, 'x' | 'X'))
}

/// Reads digits piece by piece: spaces, line ends, commas, colons and `0x` between bytes are passed over.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    /// What has been read.
    pub(crate) bytes: Vec<u8>,
    max_bytes: usize,
    /// Where the next character is, in bytes of the text.
    at: usize,
    /// Whether a quote ends the digits.
    quoted: bool,
    /// The first digit of a byte, where the second has still to come.
    high: Option<(usize, char)>,
}

impl Reader {
    /// Of a text that begins so: a quote around the digits is looked for there.
    pub(crate) fn new(beginning: &str, max_bytes: usize) -> Reader {
        let opening = opening(beginning);
        Reader {
            bytes: Vec::new(),
            max_bytes,
            at: opening.unwrap_or_default(),
            quoted: opening.is_some(),
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
        let mut rest = whole[self.at..].char_indices().peekable();
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
            if self.quoted && quote(c) {
                break;
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
        self.at = whole.len();
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
