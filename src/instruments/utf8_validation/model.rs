//! A client that reads bytes which say they are text, one by one.

use wire::close::CloseCode;
use wire::frame::{Header, Opcode};
use wire::rule::Violation;
use wire::session::{Config, Event, Session};
use wire::utf8::{Next, Validator};

use super::settings::{Carrier, Settings};
use crate::instruments::messages::made_up_key;

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

impl Settings {
    fn frame(&self) -> Vec<u8> {
        let (opcode, code) = match self.carrier {
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

    /// Reads byte after byte with a real session. The first state is that before any of them, the last that in which
    /// the connection has failed or the payload is complete.
    pub fn read(&self) -> Vec<ValidationState> {
        let frame = self.frame();
        let (head, payload) = frame.split_at(frame.len() - self.bytes.len());
        let mut client = Session::client(Config::default(), || made_up_key(0));
        let mut validator = Validator::default();
        let mut states = Vec::new();
        let pieces = std::iter::once(head).chain(payload.chunks(1));
        for (number, piece) in pieces.enumerate() {
            client.receive(piece);
            let mut state = ValidationState {
                pending: Vec::new(),
                next: None,
                failed: None,
                answer: Vec::new(),
                done: false,
            };
            while let Some(event) = client.next_event() {
                match event {
                    Event::Failed(violation) => state.failed = Some(violation),
                    _ => state.done = true,
                }
            }
            state.answer = client.output().to_vec();
            if self.carrier == Carrier::Text {
                let before = validator;
                if number > 0 && validator.push(piece).is_err() {
                    validator = before;
                }
                state.pending = validator.pending().to_vec();
                state.next = Some(validator.next());
            }
            let over = state.done || state.failed.is_some();
            states.push(state);
            if over {
                break;
            }
        }
        states
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

#[cfg(test)]
mod tests {
    use super::super::settings::PRESETS;
    use super::*;

    fn of(bytes: &[u8], carrier: Carrier) -> Settings {
        Settings {
            bytes: bytes.to_vec(),
            carrier,
            byte: None,
        }
    }

    #[test]
    fn the_connection_fails_at_the_first_impossible_byte() {
        for preset in PRESETS {
            let settings = of(preset.bytes, Carrier::Text);
            let states = settings.read();
            let last = states.last().unwrap();
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
            assert_eq!(states.len() - 1, impossible, "{}", preset.label);
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
    fn characters_end_where_they_end() {
        let settings = of("aé€\u{80}".as_bytes(), Carrier::Text);
        assert_eq!(settings.characters(2), [(1, 'a')]);
        assert_eq!(settings.characters(6), [(1, 'a'), (3, 'é'), (6, '€')]);
        assert_eq!(settings.characters(99).len(), 4);
        assert_eq!(of(&[], Carrier::Text).read().len(), 1);
    }
}
