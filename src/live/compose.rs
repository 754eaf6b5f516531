//! What the reader writes: messages, bytes, close codes.

use wire::close::{CloseCode, CodeKind, MAX_REASON};

use crate::split_point;

/// What kind of message is being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8.
    #[default]
    Text,
    /// Any bytes, in whatever form they are written.
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

/// The most bytes of one message that is typed.
const MAX_BYTES: usize = 16 << 20;

/// Reads bytes in any form in which people write them. The error says what is wrong, and where.
pub type ReadBytes = fn(&str) -> Result<Vec<u8>, String>;

split_point!(
    /// What reads bytes. It is fetched when the first are sent.
    bytes_reader,
    pub fn load_bytes_reader() -> ReadBytes {
        bytes
    }
);

fn bytes(typed: &str) -> Result<Vec<u8>, String> {
    let read = notation::read(typed, MAX_BYTES).map(|reading| reading.bytes);
    // What looks like a list and is none may still be digits: `0x48, 0x65:6c`.
    read.or_else(|error| notation::read_hex(typed, MAX_BYTES).map_err(|_| error.to_string()))
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
            "{code} ({}) must not be sent: an endpoint tells it to its own application. Use 1000 or 3000 to 4999.",
            close.name()
        ),
        _ => format!("{code} has no meaning that may be sent. Use 1000 or 3000 to 4999."),
    })
}

/// Bytes of the close reason, and whether it fits.
pub fn reason_len(reason: &str) -> (usize, bool) {
    (reason.len(), reason.len() <= MAX_REASON)
}

/// What is wrong with a close reason of so many bytes.
pub fn too_long(bytes: usize) -> String {
    let over = bytes.saturating_sub(MAX_REASON);
    [
        "The reason has ",
        &over.to_string(),
        if over == 1 { " byte" } else { " bytes" },
        " too many: a control frame carries 125, and the code takes two of them.",
    ]
    .concat()
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
            "[72, 101, 108, 108, 111]",
            "<Buffer 48 65 6c 6c 6f>",
            "b'Hello'",
        ] {
            assert_eq!(bytes(typed).as_deref(), Ok(&b"Hello"[..]), "{typed}");
        }
    }

    #[test]
    fn what_is_no_byte_is_pointed_at() {
        for (typed, place) in [
            ("48 6g", "haracter 5"),
            ("48 6", "haracter 4"),
            ("é 4", "“é”"),
        ] {
            let why = bytes(typed).unwrap_err();
            assert!(why.contains(place), "{typed}: {why}");
        }
        for typed in ["", " , "] {
            assert!(bytes(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn codes_that_a_page_may_send() {
        for code in ["1000", " 3000 ", "4999"] {
            assert!(close_code(code).is_ok(), "{code}");
        }
        for (code, word) in [
            ("1001", "themselves"),
            ("1005", "must not be sent"),
            ("1006", "must not be sent"),
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
