//! What a text or a small file is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::handshake::{Handshake, HandshakeForm};
use crate::long::likely;
use crate::payload::{LooksLike, looks_like};
use crate::read::form::read_form;
use crate::read::{capture, handshake, unwrap, words};
use crate::{Form, Message, ParseError, Reading, Tool};

/// The longest text or file that is read, in bytes: 16 MiB.
pub const LONGEST: usize = 16 << 20;

/// What a text or a small file was found to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pasted {
    /// Bytes in some form, and the handshake that begins them where there is one.
    Bytes(Reading, Option<Handshake>),
    /// A handshake; the bytes too where it stood in a dump.
    Handshake(Handshake, Option<Reading>),
    /// A close code from 1000 to 4999 (RFC 6455 §7.4), and the bytes that the same digits may be.
    Code(u16, Option<Reading>),
    /// Words, most likely an error message.
    Error(String),
}

/// Why a text or a file is not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// There is more than [`LONGEST`]; the size in bytes.
    TooLong(usize),
    /// There is nothing in it that could be read.
    Unreadable(ParseError),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::TooLong(size) => write!(
                f,
                "This has {size} bytes, and at most 16 MiB ({LONGEST} bytes) are read. Paste less of it."
            ),
            Refused::Unreadable(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

/// Finds out what a small file holds: text in any form, or the bytes themselves.
///
/// # Errors
/// Says why there is nothing to show.
pub fn inspect_file(bytes: &[u8]) -> Result<Pasted, Refused> {
    if bytes.len() > LONGEST {
        return Err(Refused::TooLong(bytes.len()));
    }
    if let Some(read) = capture::read(bytes) {
        return read
            .map(|reading| placed(reading, ""))
            .map_err(Refused::Unreadable);
    }
    // Text of Windows programs.
    let wide = match bytes {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    if let Some((rest, unit)) = wide {
        let units: Vec<u16> = rest
            .chunks_exact(2)
            .filter_map(|two| Some(unit([*two.first()?, *two.get(1)?])))
            .collect();
        return inspect(&String::from_utf16_lossy(&units));
    }
    match std::str::from_utf8(bytes) {
        Ok(text)
            if !text
                .chars()
                .any(|c| c.is_control() && !"\n\r\t\u{1b}\u{c}".contains(c)) =>
        {
            inspect(text)
        }
        // A text in which a few bytes lost their meaning, as a terminal shows frames behind a handshake.
        _ if lossy(bytes) => inspect(&String::from_utf8_lossy(bytes)),
        _ => Ok(Pasted::Bytes(
            Reading::new(bytes.to_vec(), Form::File),
            None,
        )),
    }
}

/// Whether bytes are a text with a handshake at its beginning, and something that is no text later.
fn lossy(bytes: &[u8]) -> bool {
    let begin = bytes.get(..bytes.len().min(256)).unwrap_or_default();
    let text = |bytes: &[u8]| bytes.is_ascii() && !bytes.iter().any(|b| *b < 9);
    let answer = begin.starts_with(b"HTTP/1.") && begin.get(..64).is_some_and(text);
    answer || text(begin) && bytes.len() > 256
}

/// Finds out what a text is.
///
/// ```
/// use notation::{Pasted, inspect};
/// let Ok(Pasted::Bytes(reading, _)) = inspect("<Buffer 81 05 48 65 ... 3 more bytes>") else {
///     panic!()
/// };
/// assert_eq!((reading.bytes.as_slice(), reading.cut), (&b"\x81\x05He"[..], true));
/// assert_eq!(reading.name(), "a Node Buffer");
/// assert_eq!(inspect("close 4001"), Ok(Pasted::Code(4001, None)));
/// ```
///
/// # Errors
/// Says why there is nothing to show.
pub fn inspect(text: &str) -> Result<Pasted, Refused> {
    if text.len() > LONGEST {
        return Err(Refused::TooLong(text.len()));
    }
    let clean = unwrap::unwrapped(text);
    if let Some(code) = words::code(&clean) {
        let bytes = read_form(text, Form::Hex, LONGEST).ok();
        return Ok(Pasted::Code(code, bytes));
    }
    // What such a text would be as bytes is the payload of a protocol that is named.
    if let Some(found) = looks_like(clean.trim_end_matches(['\n', '\r']).as_bytes())
        && found.protocol.in_frames()
    {
        let bytes = clean.trim_end_matches(['\n', '\r']).as_bytes().to_vec();
        return Ok(Pasted::Bytes(Reading::new(bytes, Form::Text), None));
    }
    let form = likely(text);
    // A string may hold a handshake, and so may lines that look like a list or a word of base64.
    if !matches!(form, Form::Dump | Form::Har | Form::Tree)
        && let Some(found) = handshake::read(beginning(&clean))
    {
        return Ok(Pasted::Handshake(found, None));
    }
    match bytes(text, form) {
        Ok(reading) => Ok(placed(reading, &clean)),
        Err(error) => {
            if looks_like(clean.as_bytes()).is_some() {
                let bytes = clean.trim_end_matches(['\n', '\r']).as_bytes().to_vec();
                return Ok(Pasted::Bytes(Reading::new(bytes, Form::Text), None));
            }
            if words::sentence(&clean) {
                return Ok(Pasted::Error(clean.trim().to_owned()));
            }
            Err(Refused::Unreadable(error))
        }
    }
}

/// As much of a text as a handshake may take: 1 MiB.
fn beginning(text: &str) -> &str {
    let end = (0..=text.len().min(1 << 20))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// The bytes of a text, where they are more than words that happen to be letters of base64.
fn bytes(text: &str, form: Form) -> Result<Reading, ParseError> {
    let reading = crate::read(text, LONGEST)?;
    let doubtful =
        form == Form::Base64 && words::sentence(text) && crate::frames::score(&reading.bytes) <= 8;
    if doubtful {
        return Err(ParseError::nothing());
    }
    Ok(reading)
}

/// Bytes, or the handshake that they are.
fn placed(reading: Reading, text: &str) -> Pasted {
    let trace = reading.tool == Some(Tool::CurlTrace);
    let form = match trace {
        true => HandshakeForm::CurlTrace,
        false => HandshakeForm::Dump,
    };
    let found = match reading.form {
        Form::Har => handshake::read_map(text),
        _ => handshake::in_bytes(&reading, form),
    };
    match found {
        // Headers of packets, and the marks of curl, say that these bytes were a connection's first.
        Some(found) if trace || !reading.skipped.is_empty() => {
            Pasted::Handshake(found, Some(reading))
        }
        found => Pasted::Bytes(reading, found),
    }
}

impl Reading {
    /// What the bytes look like that are no frames; of both directions the first that looks like something.
    pub fn looks_like(&self) -> Option<LooksLike> {
        let streams = self.streams.iter().map(|s| s.bytes.as_slice());
        let messages = self.messages.iter().map(|m: &Message| m.bytes.as_slice());
        match self.streams.is_empty() && self.messages.is_empty() {
            true => looks_like(&self.bytes),
            false => streams.chain(messages).find_map(looks_like),
        }
    }
}
