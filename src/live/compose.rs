//! What the reader writes: messages, bytes, close codes.

use std::fmt;

use wire::close::{CloseCode, CodeKind, MAX_REASON};

/// What kind of message is being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8.
    #[default]
    Text,
    /// Any bytes, written in hexadecimal.
    Binary,
}

/// Everything that was typed and not sent. It stays when the connection goes, and when the reader turns the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Text or binary.
    pub kind: Kind,
    /// The text.
    pub text: String,
    /// The bytes, as typed.
    pub hex: String,
    /// The address, once it differs from where the wire leads.
    pub address: Option<String>,
    /// The close code, as typed.
    pub code: String,
    /// The close reason.
    pub reason: String,
}

impl Default for Draft {
    fn default() -> Draft {
        Draft {
            kind: Kind::Text,
            text: "Hello".into(),
            hex: String::new(),
            address: None,
            code: "1000".into(),
            reason: String::new(),
        }
    }
}

/// Why hexadecimal digits cannot be read as bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HexError {
    /// No digits.
    Empty,
    /// A character that is no digit, and its place, from 1.
    NotADigit(char, usize),
    /// An odd number of digits in the group that begins at this place.
    Odd(String, usize),
}

impl fmt::Display for HexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HexError::Empty => write!(
                f,
                "No bytes yet. Write two hexadecimal digits for each, such as 48 65 6c 6c 6f."
            ),
            HexError::NotADigit(c, at) => write!(
                f,
                "Character {at}, “{}”, is not a hexadecimal digit. Use 0–9 and a–f.",
                c.escape_debug()
            ),
            HexError::Odd(group, at) => write!(
                f,
                "“{group}” at character {at} has an odd number of digits. Each byte takes two: write 0{group} or finish it."
            ),
        }
    }
}

/// Reads bytes. White space, commas and colons may stand between bytes, and `0x` before each.
pub fn bytes(typed: &str) -> Result<Vec<u8>, HexError> {
    let mut out = Vec::with_capacity(typed.len() / 2);
    let between = |c: char| c.is_whitespace() || c == ',' || c == ':';
    let mut at = 0;
    for group in typed.split(between) {
        let start = at + 1;
        at += group.chars().count() + 1;
        let (digits, skipped) = match group.get(..2) {
            Some("0x" | "0X") => (&group[2..], 2),
            _ => (group, 0),
        };
        let mut values = Vec::with_capacity(digits.len());
        for (i, c) in digits.chars().enumerate() {
            let value = c
                .to_digit(16)
                .ok_or(HexError::NotADigit(c, start + skipped + i))?;
            values.push(value as u8);
        }
        if values.len() % 2 == 1 || (skipped > 0 && values.is_empty()) {
            return Err(HexError::Odd(shorten(group), start));
        }
        out.extend(values.chunks(2).map(|pair| pair[0] << 4 | pair[1]));
    }
    if out.is_empty() {
        return Err(HexError::Empty);
    }
    Ok(out)
}

fn shorten(group: &str) -> String {
    match group.char_indices().nth(12) {
        Some((end, _)) => format!("{}…", &group[..end]),
        None => group.to_owned(),
    }
}

/// Reads the close code. The error says why it cannot be sent from here.
pub fn close_code(typed: &str) -> Result<u16, String> {
    let typed = typed.trim();
    let Ok(code) = typed.parse::<u16>() else {
        return Err(format!(
            "“{typed}” is not a close code. Codes are numbers; from a page, 1000 or 3000 to 4999."
        ));
    };
    let close = CloseCode(code);
    if close.script_may_send() {
        return Ok(code);
    }
    Err(match close.kind() {
        CodeKind::Defined => format!(
            "{code} ({}) is for endpoints themselves. Browsers let a page send only 1000 or 3000 to 4999.",
            close.name()
        ),
        CodeKind::LocalOnly => format!(
            "{code} ({}) never crosses a wire: an endpoint tells it to its own application. Use 1000 or 3000 to 4999.",
            close.name()
        ),
        _ => format!("{code} has no meaning that may be sent. Use 1000 or 3000 to 4999."),
    })
}

/// Bytes of the close reason, and whether it fits.
pub fn reason_len(reason: &str) -> (usize, bool) {
    (reason.len(), reason.len() <= MAX_REASON)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_in_many_spellings() {
        for typed in [
            "48656c6c6f",
            "48 65 6c 6C 6F",
            "0x48 0x65, 0x6c:6c\n6f ",
            " 4865  6c6c6f",
        ] {
            assert_eq!(bytes(typed).as_deref(), Ok(&b"Hello"[..]), "{typed}");
        }
    }

    #[test]
    fn what_is_no_byte_is_pointed_at() {
        for (typed, error) in [
            ("", HexError::Empty),
            (" , ", HexError::Empty),
            ("48 6g", HexError::NotADigit('g', 5)),
            ("é", HexError::NotADigit('é', 1)),
            ("é 4", HexError::NotADigit('é', 1)),
            ("48 0xz1", HexError::NotADigit('z', 6)),
            ("48 6", HexError::Odd("6".into(), 4)),
            ("0x", HexError::Odd("0x".into(), 1)),
            ("48 6 5", HexError::Odd("6".into(), 4)),
        ] {
            assert_eq!(bytes(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn codes_that_a_page_may_send() {
        for code in ["1000", " 3000 ", "4999"] {
            assert!(close_code(code).is_ok(), "{code}");
        }
        for (code, word) in [
            ("1001", "themselves"),
            ("1005", "never crosses"),
            ("1006", "never crosses"),
            ("999", "no meaning"),
            ("2000", "no meaning"),
            ("5000", "no meaning"),
            ("70000", "not a close code"),
            ("", "not a close code"),
            ("-1", "not a close code"),
            ("bye", "not a close code"),
        ] {
            let error = close_code(code).unwrap_err();
            assert!(error.contains(word), "{code}: {error}");
        }
    }

    #[test]
    fn reasons_are_counted_in_bytes() {
        assert_eq!(reason_len("é"), (2, true));
        assert_eq!(reason_len(&"a".repeat(123)), (123, true));
        assert_eq!(reason_len(&"é".repeat(62)), (124, false));
    }
}
