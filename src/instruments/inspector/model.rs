//! What was pasted, what is wrong with it, and what to do.

use notation::payload::LooksLike;
use notation::{Form, Handshake, ParseError, Pasted, Reading, Refused, Side};
use wire::Role;
use wire::handshake::{Exchange, Policy, judge_exchange};

use super::errors::{Recognised, recognise};
use super::frames::{Frames, frames};
use crate::instruments::handshake_editor::link as handshake_link;
use crate::kit::number::counted;
use crate::kit::secrets;

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What it is, to stand after “Read as”.
    pub what: String,
    /// What there is to say of each part.
    pub parts: Vec<Part>,
    /// Other forms in which the same text means other bytes.
    pub alternatives: Vec<Form>,
}

/// A part of what was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Sentences on how it was read.
    Notes(Vec<String>),
    /// Bytes of one direction.
    Frames(Box<Frames>),
    /// A message without its frame, and what it looks like.
    Message {
        /// Who sent it.
        from: Role,
        /// Its text, as far as it is shown; its length where it is none.
        words: String,
        /// What it looks like.
        looks_like: Option<LooksLike>,
    },
    /// A handshake, or a half of one.
    Handshake(Box<Judged>),
    /// A close code.
    Code(u16),
    /// An error text, with what is known of it.
    Errors(Recognised),
}

/// A handshake and what is to be said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The findings.
    pub exchange: Exchange,
    /// Where it is edited. Nothing where it is too long for a link.
    pub link: Option<String>,
    /// The headers that hold secrets and are left out of the link.
    pub secrets: Vec<String>,
}

/// The most messages of a HAR file that are shown.
const MOST_MESSAGES: usize = 12;
/// The longest text of a message that is shown, in characters.
const LONGEST: usize = 160;

/// As much of a long text is searched for error texts, in bytes.
const SEARCHED: usize = 64 << 10;

/// What a text is.
pub fn inspect(text: &str) -> Result<Found, String> {
    judged(text, notation::inspect(text))
}

/// What a text is that has been read.
pub fn judged(text: &str, read: Result<Pasted, Refused>) -> Result<Found, String> {
    let begin = beginning(text);
    match read {
        // A number in a sentence that is known is no byte.
        Ok(Pasted::Bytes(reading, None)) if is_sentence(begin, &reading) => {
            Ok(found(Pasted::Error(begin.trim().to_owned())))
        }
        // A text that is known needs to look like nothing else, and says more than the code in it.
        Ok(Pasted::Code(..)) | Err(_) if !recognise(begin).errors.is_empty() => {
            Ok(found(Pasted::Error(begin.trim().to_owned())))
        }
        Ok(pasted) => Ok(found(pasted)),
        Err(refused) => Err(refused.to_string()),
    }
}

/// As much of a text as is searched for error texts.
fn beginning(text: &str) -> &str {
    let end = (0..=SEARCHED.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Whether a text is a known error text in which next to nothing is bytes.
fn is_sentence(text: &str, reading: &Reading) -> bool {
    const FEW: usize = 8;
    reading.bytes.len().saturating_mul(FEW) < text.len() && !recognise(text).errors.is_empty()
}

/// What a file is.
pub fn inspect_file(bytes: &[u8]) -> Result<Found, String> {
    file_judged(notation::inspect_file(bytes))
}

/// What a file is that has been read.
pub fn file_judged(read: Result<Pasted, Refused>) -> Result<Found, String> {
    read.map(found).map_err(|refused| refused.to_string())
}

/// What a text is in another form.
pub fn inspect_as(text: &str, form: Form) -> Result<Found, String> {
    form_judged(notation::read_as(text, form, notation::LONGEST))
}

/// What a text is that has been read in one form.
pub fn form_judged(read: Result<Reading, ParseError>) -> Result<Found, String> {
    let reading = read.map_err(|error| error.to_string())?;
    Ok(found(Pasted::Bytes(reading, None)))
}

fn found(pasted: Pasted) -> Found {
    match pasted {
        Pasted::Bytes(reading, handshake) => {
            let mut found = of_reading(&reading);
            if let Some(handshake) = handshake {
                found.parts.extend(of_handshake(&handshake));
            }
            found
        }
        Pasted::Handshake(handshake, reading) => {
            let halves = match (&handshake.request, &handshake.response) {
                (Some(_), Some(_)) => "a request and a response",
                (Some(_), None) => "a request",
                (None, Some(_)) => "a response",
                (None, None) => "a handshake",
            };
            let mut parts = of_handshake(&handshake);
            if let Some(reading) = reading {
                parts.extend(behind(&reading));
            }
            Found {
                what: format!("{halves}: {}", handshake.form.name()),
                parts,
                alternatives: Vec::new(),
            }
        }
        Pasted::Code(code, reading) => Found {
            what: format!("a close code, {code}"),
            parts: vec![Part::Code(code)],
            alternatives: reading.map(|reading| reading.form).into_iter().collect(),
        },
        Pasted::Error(text) => {
            let known = recognise(beginning(&text));
            let what = match (known.errors.first(), known.codes.first()) {
                (Some(error), _) => format!("an error text of {}", error.product),
                (None, Some(code)) => format!("a text that names the close code {code}"),
                (None, None) => "a text that is not known here".to_owned(),
            };
            let mut parts = Vec::new();
            if !known.errors.is_empty() {
                parts.push(Part::Errors(known.clone()));
            }
            parts.extend(known.codes.iter().map(|code| Part::Code(*code)));
            Found {
                what,
                parts,
                alternatives: Vec::new(),
            }
        }
    }
}

fn role(side: Side) -> Role {
    match side {
        Side::Client => Role::Client,
        Side::Server => Role::Server,
    }
}

fn of_reading(reading: &Reading) -> Found {
    let mut what = reading.name().to_owned();
    if reading.cut {
        what.push_str(&format!(
            ", cut after {}",
            counted(reading.bytes.len() as u64, "byte", "bytes")
        ));
    }
    let mut notes = Vec::new();
    if !reading.skipped.is_empty() {
        let skipped = reading.skipped.iter();
        let skipped: Vec<_> = skipped
            .map(|one| {
                format!(
                    "{} ({})",
                    one.what,
                    counted(one.bytes as u64, "byte", "bytes")
                )
            })
            .collect();
        notes.push(format!(
            "Headers of the packets were passed over: {}.",
            skipped.join(", ")
        ));
    }
    if reading.cut {
        notes.push(
            "The text says that more bytes followed. Nobody can tell from here what they were; a frame that ends early may be whole."
                .to_owned(),
        );
    }
    let mut parts = Vec::new();
    if !notes.is_empty() {
        parts.push(Part::Notes(notes));
    }
    if !reading.streams.is_empty() {
        let streams = reading.streams.iter();
        parts.extend(
            streams.map(|stream| {
                Part::Frames(Box::new(frames(&stream.bytes, Some(role(stream.from)))))
            }),
        );
    } else if !reading.messages.is_empty() {
        let messages = reading.messages.iter().take(MOST_MESSAGES);
        parts.extend(messages.map(|message| Part::Message {
            from: role(message.from),
            words: match std::str::from_utf8(&message.bytes) {
                Ok(text) => text.chars().take(LONGEST).collect(),
                Err(_) => counted(message.bytes.len() as u64, "byte", "bytes"),
            },
            looks_like: notation::payload::looks_like(&message.bytes),
        }));
    } else {
        parts.push(Part::Frames(Box::new(frames(&reading.bytes, None))));
    }
    Found {
        what,
        parts,
        alternatives: reading.alternatives.clone(),
    }
}

/// The bytes behind a handshake, where they are something else than its lines.
fn behind(reading: &Reading) -> Vec<Part> {
    let streams = reading.streams.iter().filter_map(|stream| {
        let bytes = after_head(&stream.bytes)?;
        Some(Part::Frames(Box::new(frames(
            bytes,
            Some(role(stream.from)),
        ))))
    });
    streams.collect()
}

/// What follows the empty line of a head; `None` where nothing does.
fn after_head(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    bytes.get(end + 4..).filter(|rest| !rest.is_empty())
}

fn of_handshake(handshake: &Handshake) -> Vec<Part> {
    let bytes = |text: &Option<String>| text.as_ref().map(|text| text.clone().into_bytes());
    let (request, response) = (bytes(&handshake.request), bytes(&handshake.response));
    let exchange = judge_exchange(request.as_deref(), response.as_deref(), &Policy::default());
    let hidden = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        secrets::http(text, "")
    };
    let (request, response) = (hidden(&handshake.request), hidden(&handshake.response));
    let mut names = request.names;
    names.extend(response.names);
    names.dedup();
    let mut parts = Vec::new();
    if !handshake.notes.is_empty() {
        let notes = handshake.notes.iter().map(|note| note.text().to_owned());
        parts.push(Part::Notes(notes.collect()));
    }
    parts.push(Part::Handshake(Box::new(Judged {
        exchange,
        link: match (&handshake.request, &handshake.response) {
            (Some(_), Some(_)) => handshake_link(&request.text, Some(&response.text)),
            (Some(_), None) => handshake_link(&request.text, None),
            // The editor judges a response by the key of a request.
            (None, _) => None,
        },
        secrets: names,
    })));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<Part> {
        inspect(text).unwrap().parts
    }

    #[test]
    fn each_kind_is_told_by_its_text_alone() {
        assert_eq!(
            inspect("<Buffer 81 05 48 65 6c 6c 6f>").unwrap().what,
            "a Node Buffer"
        );
        let cut = inspect("<Buffer 81 05 48 65 ... 3 more bytes>").unwrap();
        assert_eq!(cut.what, "a Node Buffer, cut after 4 bytes");
        assert!(matches!(&cut.parts[0], Part::Notes(notes) if notes[0].contains("more bytes")));
        assert_eq!(parts("1006"), [Part::Code(1006)]);
        let error =
            inspect("Error during WebSocket handshake: Unexpected response code: 502").unwrap();
        assert!(error.what.starts_with("an error text of"), "{}", error.what);
        assert!(inspect("").is_err());
    }

    #[test]
    fn a_handshake_is_judged_and_its_secrets_stay_out_of_the_link() {
        let text = "GET /chat HTTP/1.1\r\nHost: a.example\r\nCookie: id=4711\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        let parts = parts(text);
        let judged = parts.iter().find_map(|part| match part {
            Part::Handshake(judged) => Some(judged),
            _ => None,
        });
        let judged = judged.expect("a handshake");
        assert_eq!(judged.secrets, ["Cookie"]);
        assert!(!judged.link.as_ref().unwrap().contains("4711"));
        assert!(judged.exchange.findings.iter().all(|one| one.finding.met));
    }

    #[test]
    fn two_directions_are_two_parts() {
        let text = "> 81 85 37 fa 21 3d 7f 9f 4d 51 58\n< 81 05 48 65 6c 6c 6f\n";
        let frames = parts(text).into_iter().filter_map(|part| match part {
            Part::Frames(frames) => Some((frames.from, frames.wrong.is_none())),
            _ => None,
        });
        let frames: Vec<_> = frames.collect();
        assert_eq!(frames, [(Role::Client, true), (Role::Server, true)]);
    }

    #[test]
    fn every_error_text_of_the_table_is_read_as_one() {
        for error in super::super::errors::ERRORS {
            for fixed in error.fixed {
                let text = format!("Error: {}", fixed.replace('*', " 42 "));
                let Ok(found) = inspect(&text) else {
                    panic!("{}: “{text}” is not read", error.id);
                };
                let known = found.parts.iter().any(|part| match part {
                    Part::Errors(known) => known.errors.iter().any(|one| one.id == error.id),
                    _ => false,
                });
                assert!(known, "{}: “{text}” is read as {}", error.id, found.what);
            }
        }
    }
}
