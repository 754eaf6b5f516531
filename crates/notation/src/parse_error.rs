//! What cannot be read, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text cannot be read. Its `Display` is a sentence for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParseError {
    /// Line and character, each from 1, where the place is known.
    pub place: Option<(usize, usize)>,
    /// Whether the text has more than one line, so that the line is worth saying.
    lines: bool,
    /// What stands there.
    found: String,
    /// What is wrong with it, and what to do.
    what: String,
}

/// The most characters that an error quotes.
const QUOTED: usize = 16;

impl ParseError {
    /// Something is wrong with what stands at byte `at` of the text.
    pub(crate) fn at(text: &str, at: usize, found: &str, what: impl Into<String>) -> ParseError {
        let before = text.get(..at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = before.matches('\n').count() + 1;
        let character = before[line_start..].chars().count() + 1;
        let mut quoted: String = found.chars().take(QUOTED).collect();
        if quoted.len() < found.len() {
            quoted.push('…');
        }
        ParseError {
            place: Some((line, character)),
            lines: text.trim_end().contains('\n'),
            found: quoted,
            what: what.into(),
        }
    }

    /// Something is wrong with the text as a whole.
    pub(crate) fn whole(what: impl Into<String>) -> ParseError {
        ParseError {
            place: None,
            lines: false,
            found: String::new(),
            what: what.into(),
        }
    }

    /// The same without a place, where the text that was read is not the one that was pasted.
    pub(crate) fn nowhere(self) -> ParseError {
        let what = match self.found.is_empty() {
            true => self.what,
            false => format!("“{}” {}", self.found, self.what),
        };
        ParseError::whole(what)
    }

    pub(crate) fn nothing() -> ParseError {
        ParseError::whole(
            "There are no bytes yet. Two hexadecimal digits make one, such as 81; a list, a string, base64 and a dump will do too.",
        )
    }

    pub(crate) fn too_many(max_bytes: usize) -> ParseError {
        let unit = |n: usize| match n {
            n if n >= 1 << 20 && n.is_multiple_of(1 << 20) => format!("{} MiB", n >> 20),
            n if n >= 1 << 10 && n.is_multiple_of(1 << 10) => format!("{} KiB", n >> 10),
            n => format!("{n} bytes"),
        };
        ParseError::whole(format!(
            "That is more than {}, the most that this page takes. Paste less of it.",
            unit(max_bytes)
        ))
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, character)) if self.lines => {
                write!(f, "Line {line}, character {character}")?
            }
            Some((_, character)) => write!(f, "Character {character}")?,
            None => return f.write_str(&self.what),
        }
        if self.found.is_empty() {
            write!(f, ": {}", self.what)
        } else {
            write!(f, ", “{}”, {}", self.found.escape_debug(), self.what)
        }
    }
}

impl std::error::Error for ParseError {}
