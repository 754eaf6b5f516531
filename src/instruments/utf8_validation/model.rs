//! Bytes that say they are text, read one by one.

use wire::close::CloseCode;
use wire::frame::{Header, Opcode};
use wire::rule::Violation;
use wire::session::{Config, Event, Session};
use wire::utf8::{Next, Validator};

use crate::instruments::messages::made_up_key;
use crate::ui::counted;

/// The most bytes: each is drawn.
pub const MAX_BYTES: usize = 64;

/// What carries the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A text message in one frame.
    Text,
    /// A binary message.
    Binary,
    /// The reason in a close frame, behind code 1000.
    Close,
}

impl Carrier {
    /// All of them.
    pub const ALL: [Carrier; 3] = [Carrier::Text, Carrier::Binary, Carrier::Close];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Carrier::Text => "text",
            Carrier::Binary => "binary",
            Carrier::Close => "close",
        }
    }

    /// What the reader sees.
    pub fn label(self) -> &'static str {
        match self {
            Carrier::Text => "Text",
            Carrier::Binary => "Binary",
            Carrier::Close => "Close reason",
        }
    }
}

/// What the reader edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// The payload; of a close frame, what comes after the code.
    pub bytes: Vec<u8>,
    /// What carries it.
    pub carried: Carrier,
}

impl Default for Desk {
    fn default() -> Desk {
        Desk {
            bytes: vec![0xf4, 0x90, 0x80, 0x80],
            carried: Carrier::Text,
        }
    }
}

/// How it stands once so many bytes have come.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidationState {
    /// The beginning of a character.
    pub pending: Vec<u8>,
    /// What may come next; `None` where nobody asks.
    pub next: Option<Next>,
    /// The rule that was broken.
    pub failed: Option<Violation>,
    /// What was sent back.
    pub answer: Vec<u8>,
    /// Whether all of it has come and is right.
    pub done: bool,
}

impl Desk {
    fn frame(&self) -> Vec<u8> {
        let (opcode, code) = match self.carried {
            Carrier::Text => (Opcode::Text, &[][..]),
            Carrier::Binary => (Opcode::Binary, &[][..]),
            Carrier::Close => (Opcode::Close, &CloseCode(1000).0.to_be_bytes()[..]),
        };
        let mut out = Vec::new();
        Header::new(opcode, (code.len() + self.bytes.len()) as u64, None).encode(&mut out);
        out.extend_from_slice(code);
        out.extend_from_slice(&self.bytes);
        out
    }

    /// Reads byte after byte with a real session. The first stage is that before any of them, the last that in which
    /// the connection has failed or the payload is complete.
    pub fn read(&self) -> Vec<ValidationState> {
        let frame = self.frame();
        let (head, payload) = frame.split_at(frame.len() - self.bytes.len());
        let mut client = Session::client(Config::default(), || made_up_key(0));
        let mut validator = Validator::default();
        let mut stages = Vec::new();
        let pieces = std::iter::once(head).chain(payload.chunks(1));
        for (number, piece) in pieces.enumerate() {
            client.receive(piece);
            let mut stage = ValidationState {
                pending: Vec::new(),
                next: None,
                failed: None,
                answer: Vec::new(),
                done: false,
            };
            while let Some(event) = client.next_event() {
                match event {
                    Event::Failed(violation) => stage.failed = Some(violation),
                    _ => stage.done = true,
                }
            }
            stage.answer = client.output().to_vec();
            if self.carried == Carrier::Text {
                let before = validator;
                if number > 0 && validator.push(piece).is_err() {
                    validator = before;
                }
                stage.pending = validator.pending().to_vec();
                stage.next = Some(validator.next());
            }
            let over = stage.done || stage.failed.is_some();
            stages.push(stage);
            if over {
                break;
            }
        }
        stages
    }

    /// What the byte that was read last says, or why it cannot stand there.
    pub fn explain(&self, step: usize, stages: &[ValidationState]) -> String {
        let (Some(now), Some(byte)) = (
            stages.get(step),
            step.checked_sub(1).and_then(|at| self.bytes.get(at)),
        ) else {
            return match self.carried {
                Carrier::Text => "The header has come: a text frame. Every byte from here on has to fit what UTF-8 allows next.".into(),
                Carrier::Binary => "The header has come: a binary frame. Its bytes mean what both ends agree on, and nobody checks them.".into(),
                Carrier::Close => "The header and the close code have come. What follows is the reason.".into(),
            };
        };
        match self.carried {
            Carrier::Binary if now.done => {
                return "All of it has come. In a binary message any byte may stand anywhere."
                    .into();
            }
            Carrier::Binary => return format!("{byte:02x}: a byte like any other."),
            Carrier::Close if now.failed.is_some() => {
                return "The close frame is complete, and its reason is not UTF-8. A control frame has 125 bytes at most, so it is read whole before anything is done with it.".into();
            }
            Carrier::Close if now.done => {
                return "The close frame is complete, and its reason is UTF-8.".into();
            }
            Carrier::Close => {
                return format!(
                    "{byte:02x} is kept until the frame is complete: a control frame is read whole."
                );
            }
            Carrier::Text => {}
        }
        let before = step
            .checked_sub(1)
            .and_then(|at| stages.get(at))
            .map(|stage| stage.pending.as_slice())
            .unwrap_or_default();
        let fits = stages
            .get(step - 1)
            .and_then(|stage| stage.next)
            .is_some_and(|next| next.allows(*byte));
        if !fits {
            return refusal(before, *byte);
        }
        let missing = now.next.map_or(0, |next| next.missing);
        if now.failed.is_some() {
            return format!(
                "{byte:02x} fits, but the message ends here, and its last character lacks {}.",
                counted(missing as u64, "byte", "bytes")
            );
        }
        if missing > 0 && before.is_empty() {
            return format!(
                "{byte:02x} begins a character of {} bytes.{}",
                missing + 1,
                why_narrow(*byte)
            );
        }
        if missing > 0 {
            return format!(
                "{byte:02x} carries six more bits of the character. {} to come.",
                counted(missing as u64, "byte is", "bytes are")
            );
        }
        let whole: Vec<u8> = before.iter().copied().chain([*byte]).collect();
        let c = std::str::from_utf8(&whole)
            .ok()
            .and_then(|text| text.chars().next())
            .unwrap_or_default();
        let end = if now.done {
            " The message is complete."
        } else {
            ""
        };
        format!(
            "{byte:02x} {} U+{:04X}{}.{end}",
            if before.is_empty() {
                "is a whole character,"
            } else {
                "completes the character"
            },
            u32::from(c),
            if c.is_control() {
                String::new()
            } else {
                format!(" “{c}”")
            }
        )
    }

    /// The characters that are complete after so many bytes: where each ends, and which it is.
    pub fn characters(&self, step: usize) -> Vec<(usize, char)> {
        let read = self.bytes.get(..step).unwrap_or(&self.bytes);
        let good = read.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        good.char_indices()
            .map(|(at, c)| (at + c.len_utf8(), c))
            .collect()
    }
}

/// Why some continuation bytes may not come after this byte.
fn why_narrow(byte: u8) -> &'static str {
    match byte {
        0xe0 => " The next is a0 to bf: with less, the character would fit in two bytes.",
        0xed => {
            " The next is 80 to 9f: a0 and above are surrogates, halves of UTF-16 that are no characters."
        }
        0xf0 => " The next is 90 to bf: with less, the character would fit in three bytes.",
        0xf4 => " The next is 80 to 8f: 90 and above lie past U+10FFFF, where Unicode ends.",
        _ => " Each of the others is 80 to bf.",
    }
}

/// Why a byte cannot stand behind the beginning of a character, or of nothing.
fn refusal(pending: &[u8], byte: u8) -> String {
    let why = match (pending, byte) {
        ([], 0x80..=0xbf) => "goes on with a character, and none is under way",
        ([], 0xc0 | 0xc1) => {
            "could only begin a character that fits in one byte. Such overlong forms are not UTF-8: every character has one spelling"
        }
        ([], 0xf5..=0xf7) => "could only begin a character past U+10FFFF, where Unicode ends",
        ([], _) => "never stands in UTF-8",
        ([0xe0], 0x80..=0x9f) => "makes an overlong form: this character fits in two bytes",
        ([0xf0], 0x80..=0x8f) => "makes an overlong form: this character fits in three bytes",
        ([0xed], 0xa0..=0xbf) => {
            "makes a surrogate, one half of a UTF-16 pair. It is no character, and not UTF-8"
        }
        ([0xf4], 0x90..=0xbf) => "makes a number past U+10FFFF, where Unicode ends",
        _ => "does not go on with the character under way, which lacks a byte",
    };
    format!("{byte:02x} {why}.")
}

#[cfg(test)]
mod tests {
    use super::super::settings::PRESETS;
    use super::*;

    fn of(bytes: &[u8], carried: Carrier) -> Desk {
        Desk {
            bytes: bytes.to_vec(),
            carried,
        }
    }

    #[test]
    fn the_connection_fails_at_the_first_impossible_byte() {
        for preset in PRESETS {
            let desk = of(preset.bytes, Carrier::Text);
            let stages = desk.read();
            let last = stages.last().unwrap();
            assert_eq!(last.failed.is_some(), preset.broken, "{}", preset.label);
            assert_eq!(last.done, !preset.broken, "{}", preset.label);
            // The standard library agrees on where the text goes wrong, and the session on when that is known.
            let Some(violation) = &last.failed else {
                continue;
            };
            assert_eq!(violation.rule.close_code().0, 1007);
            let at = std::str::from_utf8(preset.bytes).unwrap_err();
            let impossible = at.error_len().map_or(preset.bytes.len(), |_| {
                (at.valid_up_to()..preset.bytes.len())
                    .find(|to| {
                        std::str::from_utf8(&preset.bytes[at.valid_up_to()..=*to])
                            .is_err_and(|e| e.error_len().is_some())
                    })
                    .unwrap()
                    + 1
            });
            assert_eq!(stages.len() - 1, impossible, "{}", preset.label);
            // Its close frame carries the code.
            assert_eq!(last.answer[0], 0x88);
        }
        assert_eq!(of(&[0xf4, 0x90, 0x80, 0x80], Carrier::Text).read().len(), 3);
    }

    #[test]
    fn binary_is_not_checked_and_a_reason_at_the_end() {
        for preset in PRESETS {
            let all = preset.bytes.len() + 1;
            let binary = of(preset.bytes, Carrier::Binary).read();
            assert!(binary.len() == all && binary[all - 1].done);
            let close = of(preset.bytes, Carrier::Close).read();
            assert_eq!(close.len(), all);
            assert_eq!(close[all - 1].failed.is_some(), preset.broken);
        }
    }

    #[test]
    fn every_byte_is_explained() {
        for (bytes, words) in [
            (&[0x80][..], "none is under way"),
            (&[0xc1], "overlong"),
            (&[0xf5], "past U+10FFFF"),
            (&[0xff], "never stands"),
            (&[0xe0, 0x80], "fits in two bytes"),
            (&[0xf0, 0x80], "fits in three bytes"),
            (&[0xed, 0xa0], "surrogate"),
            (&[0xf4, 0x90], "where Unicode ends"),
            (&[0xc3, 0x41], "lacks a byte"),
            (&[0xe2, 0x82], "the message ends here"),
            (
                &[0xe2, 0x82, 0xac],
                "completes the character U+20AC “€”. The message is complete.",
            ),
            (&[0x0a], "is a whole character, U+000A."),
        ] {
            let desk = of(bytes, Carrier::Text);
            let stages = desk.read();
            let said = desk.explain(stages.len() - 1, &stages);
            assert!(said.contains(words), "{bytes:x?}: {said}");
        }
        for carried in Carrier::ALL {
            for preset in PRESETS {
                let desk = of(preset.bytes, carried);
                let stages = desk.read();
                for step in 0..stages.len() {
                    assert!(desk.explain(step, &stages).len() > 10);
                }
            }
        }
    }

    #[test]
    fn characters_end_where_they_end() {
        let desk = of("aé€\u{80}".as_bytes(), Carrier::Text);
        assert_eq!(desk.characters(2), [(1, 'a')]);
        assert_eq!(desk.characters(6), [(1, 'a'), (3, 'é'), (6, '€')]);
        assert_eq!(desk.characters(99).len(), 4);
        assert_eq!(of(&[], Carrier::Text).read().len(), 1);
    }
}
