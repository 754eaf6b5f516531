//! Bytes as people write them, read and written.
//!
//! [`read`] finds out which form a text has and says so; [`read_as`] reads it in the form that is asked for. What cannot
//! be read is named with its place. [`write()`] writes bytes in the forms of programming languages, and everything that it
//! writes can be read again.
//!
//! ```
//! use notation::{Form, read};
//! let dump = "0000   81 05 48 65 6c 6c 6f                              ..Hello";
//! let text = read(dump, 1024).unwrap();
//! assert_eq!(text.bytes, b"\x81\x05Hello");
//! assert_eq!(text.form, Form::Dump);
//! assert_eq!(text.name(), "a Wireshark hex dump");
//! ```
#![forbid(unsafe_code)]

mod base;
mod dump;
mod escaped;
mod hex;
mod list;
mod long;
mod parse_error;
mod write;

pub use dump::Tool;
pub use long::LongText;
pub use parse_error::ParseError;
pub use write::{Language, write};

/// A form of writing bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Two hexadecimal digits a byte, with or without something between them.
    Hex,
    /// Numbers, as in an array of C or Rust.
    List,
    /// A string with `\x81` and other escapes.
    Escaped,
    /// Base64, with the usual alphabet or that for addresses, padded or not (RFC 4648).
    Base64,
    /// Lines of offset, bytes and text, as tools print them.
    Dump,
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 5] = [
        Form::Hex,
        Form::List,
        Form::Escaped,
        Form::Base64,
        Form::Dump,
    ];

    /// A name for people, to stand after “Read as”.
    pub fn name(self) -> &'static str {
        match self {
            Form::Hex => "hexadecimal digits",
            Form::List => "a list of numbers",
            Form::Escaped => "a string with escapes",
            Form::Base64 => "base64",
            Form::Dump => "a hex dump",
        }
    }
}

/// A text that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The bytes, at least one.
    pub bytes: Vec<u8>,
    /// The form in which they were written.
    pub form: Form,
    /// For a dump, what made it.
    pub tool: Option<Tool>,
    /// Forms in which the same text means other bytes.
    pub alternatives: Vec<Form>,
}

impl Text {
    /// A name for people of what was read, to stand after “Read as”.
    pub fn name(&self) -> &'static str {
        self.tool.map_or(self.form.name(), Tool::name)
    }
}

/// Reads a text in the form that it has. `max_bytes` is the most bytes that are wanted.
///
/// # Errors
/// Says what cannot be read, where, and what to do.
pub fn read(text: &str, max_bytes: usize) -> Result<Text, ParseError> {
    let form = guess(text);
    let mut read = read_as(text, form, max_bytes)?;
    if form == Form::Hex
        && one_word_a_line(text)
        && read_as(text, Form::Base64, max_bytes).is_ok_and(|other| other.bytes != read.bytes)
    {
        read.alternatives.push(Form::Base64);
    }
    Ok(read)
}

/// Reads a text in one form.
///
/// # Errors
/// Says what cannot be read, where, and what to do.
pub fn read_as(text: &str, form: Form, max_bytes: usize) -> Result<Text, ParseError> {
    let (bytes, tool) = match form {
        Form::Hex => (read_hex(text, max_bytes)?, None),
        Form::List => (list::parse(text, max_bytes)?, None),
        Form::Escaped => (escaped::parse(text, max_bytes)?, None),
        Form::Base64 => (base::parse(text, max_bytes)?, None),
        Form::Dump => {
            let (bytes, tool) = dump::parse(text, max_bytes)?;
            (bytes, Some(tool))
        }
    };
    if bytes.is_empty() {
        return Err(ParseError::nothing());
    }
    Ok(Text {
        bytes,
        form,
        tool,
        alternatives: Vec::new(),
    })
}

/// Reads hexadecimal digits: [`read_as`] for one form, without the code of the others.
///
/// # Errors
/// Says what cannot be read, where, and what to do.
pub fn read_hex(text: &str, max_bytes: usize) -> Result<Vec<u8>, ParseError> {
    let bytes = hex::parse(text, max_bytes)?;
    if bytes.is_empty() {
        return Err(ParseError::nothing());
    }
    Ok(bytes)
}

/// Whether a character is there but not seen: white space, and what word processors put between letters.
fn blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// The form that a text most likely has.
fn guess(text: &str) -> Form {
    if dump::looks_like(text) {
        return Form::Dump;
    }
    if escaped::looks_like(text) {
        return Form::Escaped;
    }
    if list::looks_like(text) {
        return Form::List;
    }
    if hex::fits(text) || !one_word_a_line(text) || !base::fits(text) {
        return Form::Hex;
    }
    Form::Base64
}

/// Whether nothing but line ends divides the text, as in base64 that was folded.
fn one_word_a_line(text: &str) -> bool {
    text.lines().all(|line| !line.trim().contains(blank))
}

#[cfg(test)]
mod tests;
