//! What the reader can set: the bytes and how they are read, how far, and the frame that is being composed.

use std::rc::Rc;

use wire::Role;
use wire::frame::LengthForm;

use super::draft::{Draft, Kind};
use super::model::{Source, sender_by_mask};
use super::presets::Preset;
use crate::kit::number::{grouped, hex};
use crate::kit::settings::{self, Field, Grammar, MAX_LINK_BYTES, options};
use crate::kit::url_state::Query;

/// The page of the inspector.
const PAGE: &str = "/frames";
/// The example of RFC 6455 §5.7, a masked “Hello”: what a plain address shows.
const HELLO: [u8; 11] = [
    0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
];
/// The most bytes that are read from an address; browsers take no longer ones.
const MAX_HEX: usize = 1 << 20;
/// The longest text of a composed frame that is read from an address, in bytes.
const MAX_TEXT: usize = 1 << 16;

/// What the reader can set.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The bytes, where no frame is being composed.
    pub bytes: Rc<[u8]>,
    /// Who sent them.
    pub from: Role,
    /// Whether permessage-deflate was agreed on, so that RSV1 has a meaning.
    pub deflate: bool,
    /// Whether the header is drawn as the RFC does.
    pub figure: bool,
    /// Whether a frame is being composed.
    pub composing: bool,
    /// The frame that is being composed.
    pub draft: Draft,
    /// The byte that the reader has reached, from 0; the last where it is `None`. A plain address begins at the first.
    pub step: Option<usize>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            bytes: HELLO.into(),
            from: Role::Client,
            deflate: false,
            figure: false,
            composing: false,
            draft: Draft::default(),
            step: Some(0),
        }
    }
}

impl Settings {
    /// What is being read.
    pub fn source(&self) -> Source {
        Source {
            bytes: if self.composing {
                self.draft.build().bytes
            } else {
                self.bytes.clone()
            },
            from: self.from,
            deflate: self.deflate,
        }
    }

    /// The same with other bytes, at the last of them.
    pub fn showing(&self, source: Source) -> Settings {
        Settings {
            bytes: source.bytes,
            from: source.from,
            deflate: source.deflate,
            figure: self.figure,
            step: None,
            ..Settings::default()
        }
    }

    /// The same with a frame that is being composed, at its last byte.
    pub fn composing(&self, draft: Draft) -> Settings {
        Settings {
            from: self.from,
            deflate: self.deflate,
            figure: self.figure,
            composing: true,
            draft,
            step: None,
            ..Settings::default()
        }
    }

    /// Who sends these bytes where an address does not say so: what the MASK bit tells, and a client where it tells nothing.
    /// Of a frame that is being composed MASK tells nothing: it may be wrong on purpose.
    fn usual_sender(&self) -> Role {
        let told = (!self.composing).then(|| sender_by_mask(&self.bytes));
        told.flatten().unwrap_or(Role::Client)
    }

    /// How far a reader has come where an address does not say so: the first byte on a plain address, the last elsewhere.
    fn usual_step(&self) -> Option<usize> {
        (!self.composing && *self.bytes == HELLO).then_some(0)
    }

    /// The preset that a link names, since its bytes are too many for one.
    fn long_preset(&self) -> Option<&'static str> {
        let long = !self.composing && self.bytes.len() > MAX_LINK_BYTES;
        long.then(|| Preset::of(&self.source())).flatten()
    }
}

/// A grammar in which whatever is typed can stand. The composer says what is wrong with it.
const fn typed(
    write: fn(&Settings) -> Option<String>,
    read: fn(&mut Settings, &str) -> Result<(), String>,
    examples: &'static [&'static str],
) -> Grammar<Settings> {
    Grammar {
        write,
        read,
        examples,
        refuses: &[],
    }
}

fn said_already(by: &str) -> String {
    format!("the payload is given by {by} already. Take one of the two away.")
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::affecting(
            &["hex", "from", "deflate"],
            Field::parsed(
                "preset",
                Grammar {
                    write: |s| s.long_preset().map(str::to_owned),
                    read: |s, text| {
                        let preset = Preset::named(text)
                            .ok_or("there is no example of that name. Here is the first.")?;
                        *s = s.showing(preset.source());
                        Ok(())
                    },
                    examples: &["ping", "length64", "compressed"],
                    refuses: &["none", ""],
                },
            ),
        ),
        Field::flag(
            "compose",
            "Compose",
            ["no", "yes"],
            |s| s.composing,
            |s, on| {
                s.composing = on;
                if on {
                    s.bytes = HELLO.into();
                    s.step = None;
                }
            },
        ),
        Field::bytes_as(
            "hex",
            MAX_HEX,
            |text| notation::read_hex(text, usize::MAX).map_err(|why| why.to_string()),
            |s| match s.composing || s.long_preset().is_some() {
                true => &HELLO,
                false => &s.bytes,
            },
            |s, bytes| {
                // A frame that is being composed has its bytes from the fields below.
                if !s.composing {
                    s.bytes = bytes.into();
                    s.from = s.usual_sender();
                    s.step = None;
                }
            },
        ),
        Field::parsed(
            "from",
            Grammar {
                write: |s| (s.from != s.usual_sender()).then(|| s.from.name().to_owned()),
                read: |s, text| {
                    let named = |role: &Role| role.name() == text;
                    let from = [Role::Client, Role::Server].into_iter().find(named);
                    s.from = from.ok_or_else(|| {
                        format!("it is client or server. Here it is {}.", s.from.name())
                    })?;
                    Ok(())
                },
                examples: &["client", "server"],
                refuses: &["nobody", ""],
            },
        ),
        Field::flag(
            "deflate",
            "permessage-deflate agreed",
            ["no", "yes"],
            |s| s.deflate,
            |s, on| s.deflate = on,
        ),
        Field::choice(
            "view",
            "Drawn as",
            options!(figure { "ruler": "Ruler" => false, "rfc": "RFC figure" => true }),
        ),
        Field::flag(
            "fin",
            "FIN",
            ["0", "1"],
            |s| s.draft.fin,
            |s, on| s.draft.fin = on,
        ),
        Field::parsed(
            "rsv",
            Grammar {
                write: |s| {
                    let bit = |set: bool| if set { '1' } else { '0' };
                    (s.draft.rsv != [false; 3]).then(|| s.draft.rsv.map(bit).iter().collect())
                },
                read: |s, text| {
                    let bits: Option<Vec<bool>> = text
                        .chars()
                        .map(|c| matches!(c, '0' | '1').then_some(c == '1'))
                        .collect();
                    let bits = bits.and_then(|bits| bits.try_into().ok());
                    s.draft.rsv = bits.ok_or("three bits are needed.")?;
                    Ok(())
                },
                examples: &["100", "011", "000"],
                refuses: &["10", "1000", "200", ""],
            },
        ),
        Field::parsed(
            "opcode",
            Grammar {
                write: |s| (s.draft.opcode != 1).then(|| format!("{:x}", s.draft.opcode & 0xf)),
                read: |s, text| {
                    let mut digits = text.chars().map(|c| c.to_digit(16));
                    match (digits.next().flatten(), digits.next()) {
                        (Some(opcode), None) => s.draft.opcode = opcode as u8,
                        _ => return Err("one hexadecimal digit is needed, 0 to f.".to_owned()),
                    }
                    Ok(())
                },
                examples: &["9", "f", "0", "1"],
                refuses: &["10", "1g", "+1", ""],
            },
        ),
        Field::flag(
            "mask",
            "MASK",
            ["0", "1"],
            |s| s.draft.mask,
            |s, on| s.draft.mask = on,
        ),
        Field::choice(
            "form",
            "Length written in, bits",
            options!(draft.form {
                "shortest": "shortest" => None,
                "7": "7" => Some(LengthForm::Bits7),
                "16": "16" => Some(LengthForm::Bits16),
                "64": "64" => Some(LengthForm::Bits64),
            }),
        ),
        Field::text(
            "length",
            MAX_TEXT,
            |s| &s.draft.length,
            |s, text| s.draft.length = text,
        ),
        Field::text(
            "key",
            MAX_TEXT,
            |s| &s.draft.key,
            |s, text| s.draft.key = text,
        ),
        Field::parsed(
            "code",
            typed(
                |s| (s.draft.kind == Kind::Close).then(|| s.draft.code.clone()),
                |s, text| {
                    s.draft.kind = Kind::Close;
                    s.draft.code = text.to_owned();
                    Ok(())
                },
                &["1000", "4000", "", "soon"],
            ),
        ),
        Field::text(
            "reason",
            MAX_TEXT,
            |s| &s.draft.reason,
            |s, text| s.draft.reason = text,
        ),
        Field::parsed(
            "bytes",
            typed(
                |s| (s.draft.kind == Kind::Bytes).then(|| s.draft.hex.clone()),
                |s, text| {
                    if s.draft.kind == Kind::Close {
                        return Err(said_already("code"));
                    }
                    s.draft.kind = Kind::Bytes;
                    s.draft.hex = text.to_owned();
                    Ok(())
                },
                &["00 ff", "", "f"],
            ),
        ),
        Field::parsed(
            "text",
            typed(
                |s| {
                    let usual = s.draft.kind != Kind::Text || s.draft.text == "Hello";
                    (!usual).then(|| s.draft.text.clone())
                },
                |s, text| {
                    match s.draft.kind {
                        Kind::Text => s.draft.text = text.to_owned(),
                        Kind::Bytes => return Err(said_already("bytes")),
                        Kind::Close => return Err(said_already("code")),
                    }
                    Ok(())
                },
                &["Hi", "", "é &=#+%41?👋\n"],
            ),
        ),
        Field::parsed(
            "step",
            Grammar {
                write: |s| {
                    let last = || s.source().bytes.len().saturating_sub(1);
                    let usual = s.step == s.usual_step();
                    (!usual).then(|| s.step.unwrap_or_else(last).to_string())
                },
                read: |s, text| {
                    let last = s.source().bytes.len().saturating_sub(1);
                    match text.parse::<usize>() {
                        Ok(step) if step <= last => s.step = (step < last).then_some(step),
                        _ => {
                            let here = if s.step == Some(0) { "first" } else { "last" };
                            let last = grouped(last as u64);
                            return Err(format!(
                                "the bytes are numbered 0 to {last}. Here is the {here}."
                            ));
                        }
                    }
                    Ok(())
                },
                examples: &["0", "1"],
                refuses: &["11", "-1", "x", ""],
            },
        ),
    ];
}

/// The inspector on these bytes of one direction, at the last of them: path and query. `None` where they are too many for a
/// link.
pub fn link(bytes: &[u8], from: Role, deflate: bool) -> Option<String> {
    link_to(bytes, from, deflate, None)
}

/// The same at the byte `step`, from 0.
pub fn link_at(bytes: &[u8], from: Role, deflate: bool, step: usize) -> Option<String> {
    link_to(bytes, from, deflate, Some(step))
}

fn link_to(bytes: &[u8], from: Role, deflate: bool, step: Option<usize>) -> Option<String> {
    if bytes.len() > MAX_LINK_BYTES {
        return None;
    }
    let mut pairs = vec![("hex", hex(bytes)), ("from", from.name().to_owned())];
    pairs.extend(step.map(|step| ("step", step.to_string())));
    pairs.extend(deflate.then(|| ("deflate", "1".to_owned())));
    Some(format!("{PAGE}{}", Query::default().with(&[], &pairs)))
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
