//! Messages that a browser saved: `_webSocketMessages` of a HAR file, or one of their objects.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Message, Side};

/// Reads the messages. `None` where there are none, or the payloads have more than `max_bytes`.
pub(crate) fn read(text: &str, max_bytes: usize) -> Option<Vec<Message>> {
    let from = match text.find("\"_webSocketMessages\"") {
        Some(at) => at,
        None => text.trim_start().starts_with(['{', '[']).then_some(0)?,
    };
    let mut rest = text.get(from..)?;
    let (mut side, mut opcode, mut data) = (None, None, None);
    let mut messages = Vec::new();
    let mut room = max_bytes;
    while let Some(at) = rest.find(['"', '}']) {
        rest = rest.get(at..)?;
        if let Some(after) = rest.strip_prefix('}') {
            rest = after;
            if let (Some(from), Some(opcode), Some(data)) =
                (side.take(), opcode.take(), data.take())
            {
                let bytes = payload(opcode, data)?;
                room = room.checked_sub(bytes.len())?;
                messages.push(Message {
                    from,
                    opcode,
                    bytes,
                });
            }
            continue;
        }
        // A string that does not end is where the text was cut.
        let Some((key, after)) = string(rest) else {
            break;
        };
        rest = after;
        let Some(value) = rest.trim_start().strip_prefix(':') else {
            continue;
        };
        let value = value.trim_start();
        match key.as_str() {
            "type" | "data" if value.starts_with('"') => {
                let Some((words, after)) = string(value) else {
                    break;
                };
                rest = after;
                match (key.as_str(), words.as_str()) {
                    ("type", "send") => side = Some(Side::Client),
                    ("type", "receive") => side = Some(Side::Server),
                    ("data", _) => data = Some(words),
                    _ => {}
                }
            }
            "opcode" => {
                let digits = value.split(|c: char| !c.is_ascii_digit()).next();
                opcode = digits.and_then(|d| d.parse().ok()).filter(|n| *n < 16);
                rest = value;
            }
            _ => rest = value,
        }
    }
    (!messages.is_empty()).then_some(messages)
}

/// What is not text is saved as base64.
fn payload(opcode: u8, data: String) -> Option<Vec<u8>> {
    match opcode {
        1 => Some(data.into_bytes()),
        _ => Some(
            STANDARD
                .decode(data.as_bytes())
                .unwrap_or(data.into_bytes()),
        ),
    }
}

/// A string of JSON at the beginning, and what follows it.
fn string(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text.strip_prefix('"')?;
    loop {
        let c = rest.chars().next()?;
        rest = rest.get(c.len_utf8()..)?;
        if c == '\\' && rest.starts_with('u') {
            units.push(u16::from_str_radix(rest.get(1..5)?, 16).ok()?);
            rest = rest.get(5..)?;
            continue;
        }
        out.extend(
            char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
        );
        match c {
            '"' => return Some((out, rest)),
            '\\' => {
                let c = rest.chars().next()?;
                rest = rest.get(c.len_utf8()..)?;
                out.push(match c {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    other => other,
                });
            }
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_who_sent_them_and_what() {
        let text = r#"[{"type":"send","time":1.5,"opcode":1,"data":"{\"a\":\"\u00e9\ud83d\ude00\"}"},{"data":"gQU=","opcode":2,"type":"receive"}]"#;
        let messages = read(text, 99).unwrap();
        assert_eq!(messages[0].bytes, "{\"a\":\"é😀\"}".as_bytes());
        assert_eq!(messages[0].from, Side::Client);
        assert_eq!(
            (messages[1].from, messages[1].bytes.as_slice()),
            (Side::Server, &b"\x81\x05"[..])
        );
        assert_eq!(read(text, 5), None);
        assert_eq!(read("{\"type\":\"send\"}", 99), None);
        assert_eq!(read("{\"type", 99), None);
    }
}
