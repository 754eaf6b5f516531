//! What was typed may be no words: bytes, a close code or a header go to the instrument that takes them.

use wire::close::CloseCode;
use wire::handshake::{KEY_BYTES, key_bytes};

use super::model::Entry;

/// The most bytes that are put into a link.
const MAX_BYTES: usize = 2048;

/// Words that people write around a close code.
const AROUND_CODE: [&str; 10] = [
    "close",
    "closed",
    "closeevent",
    "code",
    "error",
    "event",
    "status",
    "websocket",
    "with",
    "ws",
];

/// What an instrument can do with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it does.
    pub title: String,
    /// With what.
    pub about: String,
    /// Where that is.
    pub path: String,
}

/// What was typed, as it is looked for, and what an instrument can do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input<'a> {
    /// The words to look for.
    pub words: &'a str,
    /// What an instrument can do, where one can.
    pub suggestion: Option<Suggestion>,
}

/// Looks at what was typed. `entries` has the headers that are known.
pub fn read<'a>(typed: &'a str, entries: &[Entry]) -> Input<'a> {
    let typed = typed.trim();
    if let Some((name, value)) = header(typed, entries) {
        let suggestion = key(value).unwrap_or_else(|| Suggestion {
            title: "Try this header in the handshake editor".to_owned(),
            about: name.to_owned(),
            path: "/handshake#handshake-editor".to_owned(),
        });
        return Input {
            words: name,
            suggestion: Some(suggestion),
        };
    }
    let suggestion = code(typed).or_else(|| key(typed)).or_else(|| bytes(typed));
    Input {
        words: typed,
        suggestion,
    }
}

/// A line of a handshake: the name of a header that is known, and its value.
fn header<'a>(typed: &'a str, entries: &[Entry]) -> Option<(&'a str, &'a str)> {
    let (name, value) = typed.split_once(':')?;
    let known = |entry: &&Entry| entry.kind == "Header" && entry.title.eq_ignore_ascii_case(name);
    entries.iter().find(known)?;
    Some((name, value.trim()))
}

/// A close code, alone or as an error says it: `close 4001`, `CloseEvent code: 1006`.
fn code(typed: &str) -> Option<Suggestion> {
    let parts = typed.split(|c: char| !c.is_ascii_alphanumeric());
    let mut number = None;
    for part in parts.filter(|part| !part.is_empty()) {
        match part.parse::<u16>() {
            Ok(code) if number.is_none() && part.len() == 4 => number = Some(CloseCode(code)),
            Ok(_) => return None,
            Err(_) if AROUND_CODE.contains(&part.to_ascii_lowercase().as_str()) => {}
            Err(_) => return None,
        }
    }
    let code = number.filter(|code| (1000..5000).contains(&code.0))?;
    Some(Suggestion {
        title: format!("What close code {code} means, and what to do"),
        about: code.name().to_owned(),
        path: format!("/closing?code={code}#close-codes"),
    })
}

/// A key as a handshake has it: 16 bytes in base64.
fn key(typed: &str) -> Option<Suggestion> {
    let bytes = key_bytes(typed).filter(|bytes| bytes.len() == KEY_BYTES)?;
    // Base64 has two signs that an address writes otherwise.
    let written = typed
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    Some(Suggestion {
        title: "Derive the accept value of this key".to_owned(),
        about: format!("{} bytes in base64", bytes.len()),
        path: format!("/handshake?key={written}#accept-key"),
    })
}

/// Bytes in hexadecimal. Words may be made of its letters alone, so there has to be a digit; and more than one byte.
fn bytes(typed: &str) -> Option<Suggestion> {
    if !typed.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let bytes = notation::read_hex(typed, MAX_BYTES).ok()?;
    if bytes.len() < 2 {
        return None;
    }
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Suggestion {
        title: "Read these bytes in Frames".to_owned(),
        about: format!("{} bytes in hexadecimal", bytes.len()),
        path: format!("/frames?hex={hex}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [Entry; 1] = [Entry {
        kind: "Header",
        title: "Sec-WebSocket-Key",
        about: "",
        also: "",
        path: "/reference#header-sec-websocket-key",
    }];

    fn path(typed: &str) -> Option<String> {
        read(typed, &KNOWN).suggestion.map(|s| s.path)
    }

    #[test]
    fn bytes_go_to_frames() {
        for typed in ["8100", " 81 00 ", "0x81 0x00", "81,00", "81:00"] {
            assert_eq!(path(typed).as_deref(), Some("/frames?hex=8100"), "{typed}");
        }
        assert_eq!(
            path("818537fa213d7f9f4d5158").as_deref(),
            Some("/frames?hex=818537fa213d7f9f4d5158")
        );
        let long = "81".repeat(MAX_BYTES + 1);
        // Words, a single byte, half a byte, and what is too long for a link.
        for typed in ["dead beef", "face", "81", "810", "0x8", "frames", "", &long] {
            assert_eq!(path(typed), None, "{}", &typed[..typed.len().min(20)]);
        }
    }

    #[test]
    fn a_close_code_goes_to_the_close_codes() {
        for typed in [
            "1006",
            "close 1006",
            "CloseEvent code: 1006",
            "WebSocket closed with status 1006",
        ] {
            assert_eq!(
                path(typed).as_deref(),
                Some("/closing?code=1006#close-codes"),
                "{typed}"
            );
        }
        assert_eq!(
            path("close 4001").as_deref(),
            Some("/closing?code=4001#close-codes")
        );
        // Too small, too large, two of them, and a number of something else.
        for typed in [
            "999",
            "close 70000",
            "close 1006 1001",
            "port 1006",
            "close",
        ] {
            assert_eq!(path(typed), None, "{typed}");
        }
        assert_eq!(
            path("8900").as_deref(),
            Some("/frames?hex=8900"),
            "no close code, but a ping"
        );
    }

    #[test]
    fn a_header_is_looked_for_by_its_name() {
        let input = read("sec-websocket-key: nonsense", &KNOWN);
        assert_eq!(input.words, "sec-websocket-key");
        assert_eq!(
            path("sec-websocket-key: nonsense").as_deref(),
            Some("/handshake#handshake-editor")
        );
        assert_eq!(read("X-Header: 1", &KNOWN).words, "X-Header: 1");
        assert_eq!(path("X-Header: 1"), None);
        let derive = Some("/handshake?key=dGhlIHNhbXBsZSBub25jZQ%3D%3D#accept-key");
        assert_eq!(
            path("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==").as_deref(),
            derive
        );
        assert_eq!(path("dGhlIHNhbXBsZSBub25jZQ==").as_deref(), derive);
    }
}
