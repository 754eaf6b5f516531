//! What people paste, read: bytes in every form, handshakes with the marks of tools, close codes, error messages. And bytes,
//! written.
//!
//! [`inspect`] says what a text is. [`read`] is for bytes alone: it finds out which form a text has and says so; [`read_as`] reads it in the form that is asked for. What cannot
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
mod form;
mod frames;
mod handshake;
mod hex;
mod inspect;
mod list;
mod literal;
mod long;
mod packet;
mod parse_error;
pub mod payload;
mod read;
mod reading;
pub mod task;
mod write;

pub use form::{Form, Tool};
pub use handshake::{Handshake, HandshakeForm, Note};
pub use inspect::{LONGEST, Pasted, Refused, inspect, inspect_file};
pub use long::LongText;
pub use parse_error::ParseError;
pub use reading::{Message, Reading, Side, Skipped, Stream};
pub use write::{Language, write};

/// Reads the bytes of a text in the form that it has. `max_bytes` is the most bytes that are wanted.
///
/// # Errors
/// Says what cannot be read, where, and what to do.
pub fn read(text: &str, max_bytes: usize) -> Result<Reading, ParseError> {
    let form = long::likely(text);
    let mut reading =
        read::form::read_form(text, form, max_bytes).or_else(|error| match long::likely_in_all(
            text,
        )
        .filter(|other| *other != form)
        {
            Some(other) => read::form::read_form(text, other, max_bytes),
            None => Err(error),
        })?;
    reading.alternatives = read::form::alternatives(text, &reading, max_bytes);
    Ok(reading)
}

/// Reads a text in one form.
///
/// # Errors
/// Says what cannot be read, where, and what to do.
pub fn read_as(text: &str, form: Form, max_bytes: usize) -> Result<Reading, ParseError> {
    read::form::read_form(text, form, max_bytes)
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

#[cfg(test)]
mod tests;
