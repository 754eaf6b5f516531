//! Numbers, as in an array of C, Rust, Python, JavaScript or Java.

use crate::{ParseError, blank};

/// Whether the text has brackets, or numbers with commas that are not two digits each.
pub(crate) fn looks_like(text: &str) -> bool {
    if text.contains(['[', '{']) {
        return true;
    }
    if !text.contains(',') {
        return false;
    }
    let mut words = text
        .split([',', '\n', '\r', ' ', '\t'])
        .filter(|word| !word.is_empty());
    let hex = |w: &str| w.starts_with("0x") || w.starts_with("0X");
    let decimal = |w: &str| w.len() <= 3 && w.bytes().all(|b| b.is_ascii_digit());
    words.clone().any(hex) || (words.clone().all(decimal) && words.any(|w| w.len() != 2))
}

pub(crate) fn parse(text: &str, max_bytes: usize) -> Result<Vec<u8>, ParseError> {
    if text.contains("peer0_") && text.contains("peer1_") {
        // Wireshark's “Follow TCP stream” as C arrays.
        return Err(ParseError::whole(
            "These arrays hold both directions of a connection (peer0 and peer1). Paste those of one side.",
        ));
    }
    let mut reader = Reader {
        text,
        at: 0,
        max_bytes,
        bytes: Vec::new(),
    };
    if !text.contains(['[', '{']) {
        reader.numbers(None)?;
        return Ok(reader.bytes);
    }
    loop {
        // Before a `=` brackets belong to the type: `[u8; 11] =`, `char frame[11] =`.
        let rest = &text[reader.at..];
        let begin = rest.find('=').map_or(0, |i| i + 1);
        let Some(open) = rest[begin..].find(['[', '{']) else {
            break;
        };
        reader.at += begin + open + 1;
        reader.numbers(Some(reader.at - 1))?;
    }
    let rest = &text[reader.at..];
    let alien = rest.find(|c: char| c.is_alphanumeric());
    match alien {
        // `xxd -i` writes the length behind the array.
        Some(_) if rest.contains("_len") => Ok(reader.bytes),
        Some(i) => {
            let found: String = rest[i..].chars().take_while(|c| !blank(*c)).collect();
            let what = "stands behind the end of the list. Paste the list alone.";
            Err(ParseError::at(text, reader.at + i, &found, what))
        }
        None => Ok(reader.bytes),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    max_bytes: usize,
    bytes: Vec<u8>,
}

impl Reader<'_> {
    /// Reads numbers up to the bracket that closes the one at `open`, or to the end of the text.
    fn numbers(&mut self, open: Option<usize>) -> Result<(), ParseError> {
        let mut depth = usize::from(open.is_some());
        while let Some(c) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            if rest.starts_with("//") || c == '#' {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                let Some(end) = rest.find("*/") else {
                    let what = "opens a remark that does not end.";
                    return Err(ParseError::at(self.text, self.at, "/*", what));
                };
                self.at += end + 2;
            } else if c == '(' {
                // A cast, as in Java: `(byte) 0x81`.
                self.at += rest.find(')').map_or(1, |i| i + 1);
            } else if matches!(c, '[' | '{') {
                depth += 1;
                self.at += 1;
            } else if matches!(c, ']' | '}') {
                self.at += 1;
                if depth <= 1 && open.is_some() {
                    return Ok(());
                }
                depth = depth.saturating_sub(1);
            } else if blank(c) || matches!(c, ',' | ';' | ')' | '&') {
                self.at += c.len_utf8();
            } else {
                self.number()?;
            }
        }
        match open {
            Some(at) => {
                let found = &self.text[at..=at];
                let what = "opens a list that is never closed. Is the end cut off?";
                Err(ParseError::at(self.text, at, found, what))
            }
            None => Ok(()),
        }
    }

    fn number(&mut self) -> Result<(), ParseError> {
        let rest = &self.text[self.at..];
        let ends = |c: char| blank(c) || matches!(c, ',' | ';' | ']' | '}' | ')' | '/' | '#');
        let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let plain = word.strip_suffix("u8").unwrap_or(word);
        let value = match plain.get(..2) {
            Some("0x" | "0X") => i64::from_str_radix(&plain[2..], 16).ok(),
            Some("0b" | "0B") => i64::from_str_radix(&plain[2..], 2).ok(),
            _ => plain.parse().ok(),
        };
        // Java's bytes have a sign.
        match value {
            Some(value @ -128..=255) if !plain.contains('+') => {
                if self.bytes.len() == self.max_bytes {
                    return Err(ParseError::too_many(self.max_bytes));
                }
                self.bytes.push(value as u8);
                self.at += word.len().max(1);
                Ok(())
            }
            Some(_) => {
                let what = "is more than a byte holds: 0 to 255, or 0x00 to 0xff.";
                Err(ParseError::at(self.text, self.at, word, what))
            }
            None => {
                let what = "is not a number. Write 0x before hexadecimal ones, as in 0xfa.";
                let found = if word.is_empty() { &rest[..1] } else { word };
                Err(ParseError::at(self.text, self.at, found, what))
            }
        }
    }
}
