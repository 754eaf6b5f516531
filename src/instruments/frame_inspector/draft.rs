//! A frame that is being composed: every field as the reader wants it, legal or not.

use std::rc::Rc;

use wire::close::Close;
use wire::frame::{Header, LengthForm, Opcode, encode};
use wire::mask;

use super::model::Source;
use crate::kit::number::{counted, ellipsize, grouped, hex, hex_spaced};

/// The most payload that is composed, in bytes.
pub const MAX_PAYLOAD: usize = 64 << 10;
/// The longest payload of a frame that is taken over to be changed, in bytes.
const MAX_TAKEN: usize = 4 << 10;

/// How the payload is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As text.
    Text,
    /// In hexadecimal.
    Bytes,
    /// As a close code and a reason.
    Close,
}

/// What the reader has chosen and typed. Texts stay as they were typed, whatever is wrong with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The last frame of its message.
    pub fin: bool,
    /// RSV1 to RSV3.
    pub rsv: [bool; 3],
    /// Four bits.
    pub opcode: u8,
    /// Whether MASK is set and the payload masked.
    pub mask: bool,
    /// How the length is written; `None` for the shortest form.
    pub form: Option<LengthForm>,
    /// The length that is announced, as typed; empty for the true one.
    pub length: String,
    /// The masking key, as typed.
    pub key: String,
    /// How the payload is written.
    pub kind: Kind,
    /// The payload as text.
    pub text: String,
    /// The payload in hexadecimal.
    pub hex: String,
    /// The close code.
    pub code: String,
    /// The close reason.
    pub reason: String,
}

/// A field in which something cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The announced length.
    Length,
    /// The masking key.
    Key,
    /// The payload, in whatever form.
    Payload,
}

/// A frame as composed.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    /// Its bytes. What could not be used is left out of them.
    pub bytes: Rc<[u8]>,
    /// What could not be used, and why.
    pub problems: Vec<(Field, String)>,
    /// What is worth knowing of the length.
    pub note: Option<String>,
}

impl Default for Draft {
    fn default() -> Draft {
        Draft {
            fin: true,
            rsv: [false; 3],
            opcode: 1,
            mask: true,
            form: None,
            length: String::new(),
            key: "37fa213d".to_owned(),
            kind: Kind::Text,
            text: "Hello".to_owned(),
            hex: String::new(),
            code: "1000".to_owned(),
            reason: String::new(),
        }
    }
}

impl Draft {
    /// The frame.
    pub fn build(&self) -> Built {
        let mut problems = Vec::new();
        let mut or = |field, result: Result<Vec<u8>, String>| {
            result.unwrap_or_else(|why| {
                problems.push((field, why));
                Vec::new()
            })
        };
        let payload = or(Field::Payload, self.payload());
        let key = or(
            Field::Key,
            if self.mask {
                key(&self.key)
            } else {
                Ok(vec![])
            },
        );
        let key = <[u8; 4]>::try_from(key).unwrap_or_default();
        let real = payload.len() as u64;
        let length = match announced(&self.length) {
            Ok(length) => length.unwrap_or(real),
            Err(why) => {
                problems.push((Field::Length, why));
                real
            }
        };
        let shortest = LengthForm::shortest(length);
        let header = Header {
            fin: self.fin,
            rsv1: self.rsv[0],
            rsv2: self.rsv[1],
            rsv3: self.rsv[2],
            opcode: Opcode::from_bits(self.opcode),
            length,
            length_form: self.form.unwrap_or(shortest),
            key: self.mask.then_some(key),
        };
        let mut bytes = Vec::new();
        encode(&header, &payload, &mut bytes);
        let bits = |form: LengthForm| match form {
            LengthForm::Bits7 => 7,
            LengthForm::Bits16 => 16,
            LengthForm::Bits64 => 64,
        };
        let note = if self.form.is_some_and(|form| form < shortest) {
            Some(format!(
                "{} does not fit in {} bits, so it is written in {}.",
                grouped(length),
                bits(self.form.unwrap_or(shortest)),
                bits(shortest)
            ))
        } else if length > real {
            Some(format!(
                "It announces {} more than there are. The receiver waits for them, and takes them from the next frame.",
                counted(length - real, "byte", "bytes")
            ))
        } else if length < real {
            Some(format!(
                "It announces {} fewer than there are. The receiver reads those as the beginning of the next frame.",
                counted(real - length, "byte", "bytes")
            ))
        } else {
            None
        };
        Built {
            bytes: bytes.into(),
            problems,
            note,
        }
    }

    fn payload(&self) -> Result<Vec<u8>, String> {
        let bytes = match self.kind {
            Kind::Text => self.text.clone().into_bytes(),
            Kind::Bytes if self.hex.trim().is_empty() => Vec::new(),
            Kind::Bytes => {
                notation::read_hex(&self.hex, MAX_PAYLOAD).map_err(|error| error.to_string())?
            }
            Kind::Close => {
                let code = self.code.trim();
                let code = code.parse::<u16>().map_err(|_| {
                    format!(
                        "“{}” is not a close code: two bytes hold 0 to 65,535.",
                        ellipsize(code)
                    )
                })?;
                let mut bytes = code.to_be_bytes().to_vec();
                bytes.extend_from_slice(self.reason.as_bytes());
                bytes
            }
        };
        if bytes.len() > MAX_PAYLOAD {
            return Err(format!(
                "{} are more than the 64 KiB that are composed here. Paste a longer frame instead.",
                counted(bytes.len() as u64, "byte", "bytes")
            ));
        }
        Ok(bytes)
    }

    /// A draft of the one frame that a source holds; `None` where it holds another number of them, or one too long to be
    /// typed.
    pub fn of(source: &Source) -> Option<Draft> {
        let header = Header::parse(&source.bytes).header()?;
        let length = usize::try_from(header.length).ok()?;
        let sent = source.bytes.get(header.len()..)?;
        if sent.len() != length || length > MAX_TAKEN {
            return None;
        }
        let mut payload = sent.to_vec();
        if let Some(key) = header.key {
            mask::apply(key, 0, &mut payload);
        }
        let mut draft = Draft {
            fin: header.fin,
            rsv: [header.rsv1, header.rsv2, header.rsv3],
            opcode: header.opcode.bits(),
            mask: header.key.is_some(),
            form: Some(header.length_form).filter(|f| *f != LengthForm::shortest(header.length)),
            ..Draft::default()
        };
        if let Some(key) = header.key {
            draft.key = hex(&key);
        }
        let closes = header.opcode == Opcode::Close && payload.len() >= 2;
        match (
            Close::read(&payload).filter(|_| closes),
            std::str::from_utf8(&payload),
        ) {
            (Some(close), _) => {
                draft.kind = Kind::Close;
                draft.code = close.code.0.to_string();
                draft.reason = close.reason.clone();
            }
            (None, Ok(text)) if !text.chars().any(char::is_control) => {
                draft.kind = Kind::Text;
                draft.text = text.to_owned();
            }
            _ => {
                draft.kind = Kind::Bytes;
                draft.hex = hex_spaced(&payload);
            }
        }
        Some(draft)
    }
}

fn key(typed: &str) -> Result<Vec<u8>, String> {
    let bytes = notation::read_hex(typed, 64).map_err(|error| error.to_string())?;
    if bytes.len() == 4 {
        Ok(bytes)
    } else {
        Err(format!(
            "A masking key has 4 bytes; here {} {}.",
            if bytes.len() == 1 { "is" } else { "are" },
            counted(bytes.len() as u64, "byte", "bytes")
        ))
    }
}

/// The length that is announced, where one was typed.
fn announced(typed: &str) -> Result<Option<u64>, String> {
    let text: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let number = match digits {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map(Some).map_err(|_| {
        format!(
            "“{}” is not a length. Write a number of up to 64 bits, such as 300 or 0x8000000000000000.",
            ellipsize(&text)
        )
    })
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
