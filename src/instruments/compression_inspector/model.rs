//! Messages on their way through permessage-deflate.

use std::ops::Range;

use wire::Role;
use wire::deflate::dissect::{Dissection, Symbol, TAIL, dissect};
use wire::deflate::{Deflater, Params};
use wire::frame::{Header, Opcode, encode};
use wire::session::Kind;

use super::settings::Settings;
use crate::instruments::messages::made_up_key;

/// zlib's usual `memLevel`.
pub const MEM_LEVEL: u32 = 8;
/// zlib compresses raw deflate with no smaller window than this.
const ZLIB_LEAST_BITS: u8 = 9;

/// A message, compressed and taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct CompressedMessage {
    /// Bytes of the earlier messages that are still in reach.
    pub window: usize,
    /// The payload of its frame.
    pub payload: Vec<u8>,
    /// What the payload says.
    pub inside: Dissection,
    /// The whole frame.
    pub frame: Vec<u8>,
    /// Bytes of the frame if the message were not compressed.
    pub plain: usize,
    /// Bytes of the payload if it did not refer to earlier messages.
    pub alone: usize,
}

impl CompressedMessage {
    /// The bytes behind the payload that are not sent: the empty block's end, where the payload begins one.
    pub fn removed(&self) -> &'static [u8] {
        let whole = (self.payload.len() + TAIL.len()) * 8;
        match self.inside.blocks.last() {
            Some(block) if block.bits.end == whole => &TAIL,
            _ => &[],
        }
    }

    /// What a back-reference copies, and where that begins: bytes of all messages, joined. `before` is how many bytes
    /// the messages before this one have.
    pub fn source(&self, token: usize, before: usize) -> Option<Range<usize>> {
        let token = self.inside.tokens.get(token)?;
        match token.symbol {
            Symbol::Copy { length, distance } => {
                let from = (before + token.out.start).checked_sub(distance)?;
                // A reference to what it has itself just written repeats it.
                Some(from..from + length.min(distance))
            }
            _ => None,
        }
    }
}

impl Settings {
    /// Whether the sender keeps its context.
    pub fn takeover(&self) -> bool {
        self.params.context_takeover(self.sender)
    }

    /// Every message, as it is sent.
    pub fn compress(&self) -> Vec<CompressedMessage> {
        let fresh = Params {
            server_no_context_takeover: true,
            client_no_context_takeover: true,
            ..self.params
        };
        let mut deflater = Deflater::new(&self.params, self.sender);
        let reach = 1usize << self.params.window_bits(self.sender);
        let mut before: Vec<u8> = Vec::new();
        let messages = self.messages().into_iter().enumerate();
        messages
            .map(|(number, message)| {
                let payload = deflater.message(message);
                let window = if self.takeover() {
                    before.len().min(reach)
                } else {
                    0
                };
                let inside = dissect(&payload, &before[before.len() - window..], message.len());
                let key = (self.sender == Role::Client).then(|| made_up_key(number));
                let opcode = match self.kind {
                    Kind::Text => Opcode::Text,
                    Kind::Binary => Opcode::Binary,
                };
                let mut header = Header::new(opcode, payload.len() as u64, key);
                header.rsv1 = true;
                let mut frame = Vec::new();
                encode(&header, &payload, &mut frame);
                before.extend_from_slice(message);
                CompressedMessage {
                    window,
                    inside,
                    frame,
                    plain: Header::new(opcode, message.len() as u64, key).len() + message.len(),
                    alone: Deflater::new(&fresh, self.sender).message(message).len(),
                    payload,
                }
            })
            .collect()
    }

    /// Bytes of the messages before this one.
    pub fn before(&self, number: usize) -> usize {
        self.messages().iter().take(number).map(|m| m.len()).sum()
    }

    /// What one connection keeps between messages at the server: for what it sends, and for what it receives.
    pub fn memory(&self) -> (u64, u64) {
        let deflate = deflate_bytes(self.params.server_max_window_bits);
        let inflate = inflate_bytes(self.params.client_max_window_bits);
        (
            if self.params.context_takeover(Role::Server) {
                deflate
            } else {
                0
            },
            if self.params.context_takeover(Role::Client) {
                inflate
            } else {
                0
            },
        )
    }
}

/// Bytes that zlib takes to compress, by its own documentation (zconf.h): `(1 << (windowBits+2)) + (1 << (memLevel+9))`,
/// and a few kilobytes for small objects, which are left out.
pub fn deflate_bytes(bits: u8) -> u64 {
    let bits = u32::from(bits.max(ZLIB_LEAST_BITS));
    (1 << (bits + 2)) + (1 << (MEM_LEVEL + 9))
}

/// Bytes that zlib takes to inflate, by its own documentation (zconf.h): `1 << windowBits` and about 7 kilobytes.
pub fn inflate_bytes(bits: u8) -> u64 {
    (1 << u32::from(bits.max(ZLIB_LEAST_BITS))) + 7 * 1024
}

/// A stretch of a message that is drawn in one manner: one back-reference, or literals and stored bytes in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// Its bytes in the message.
    pub out: Range<usize>,
    /// Its bits in the payload.
    pub bits: Range<usize>,
    /// Whether it is a back-reference.
    pub copy: bool,
}

/// The runs of a message, in order. Together they make up all of it.
pub fn runs(inside: &Dissection) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (number, token) in inside.tokens.iter().enumerate() {
        let copy = matches!(token.symbol, Symbol::Copy { .. });
        if token.symbol == Symbol::End {
            continue;
        }
        match runs.last_mut() {
            Some(last) if !copy && !last.copy && last.tokens.end == number => {
                last.tokens.end = number + 1;
                last.out.end = token.out.end;
                last.bits.end = token.bits.end;
            }
            _ => runs.push(Run {
                tokens: number..number + 1,
                out: token.out.clone(),
                bits: token.bits.clone(),
                copy,
            }),
        }
    }
    runs
}

/// Cuts a stretch of bytes where another begins or ends inside it: each part, and whether it lies within the other.
pub fn split(stretch: &Range<usize>, other: Option<&Range<usize>>) -> Vec<(Range<usize>, bool)> {
    let Some(other) = other else {
        return vec![(stretch.clone(), false)];
    };
    let from = other.start.clamp(stretch.start, stretch.end);
    let to = other.end.clamp(from, stretch.end);
    [
        (stretch.start..from, false),
        (from..to, true),
        (to..stretch.end, false),
    ]
    .into_iter()
    .filter(|(part, _)| !part.is_empty())
    .collect()
}

/// A back-reference: the number of its message, and of its run there.
pub type ReferenceId = (usize, usize);

/// The back-reference to begin with: the longest that reaches into an earlier message, else the longest of all.
pub fn first_pick(settings: &Settings, compressed: &[CompressedMessage]) -> Option<ReferenceId> {
    let all = compressed.iter().enumerate().flat_map(|(m, p)| {
        let before = settings.before(m);
        runs(&p.inside)
            .into_iter()
            .enumerate()
            .filter(|(_, run)| run.copy)
            .map(move |(r, run)| {
                let reaches = p
                    .source(run.tokens.start, before)
                    .is_some_and(|s| s.start < before);
                ((reaches, run.out.len()), (m, r))
            })
    });
    all.max_by_key(|(rank, _)| *rank).map(|(_, pick)| pick)
}

#[cfg(test)]
mod tests {
    use super::super::settings::{LEAST_BITS, MOST_BITS};
    use super::*;

    fn of(messages: &[&[u8]]) -> Settings {
        let messages = messages.iter().map(|m| m.to_vec()).collect();
        Settings::default().with_messages(messages)
    }

    #[test]
    fn the_example_of_the_rfc() {
        // RFC 7692 §7.2.3.1 and §7.2.3.2.
        let compressed = of(&[b"Hello", b"Hello"]).compress();
        assert_eq!(
            compressed[0].frame,
            [0xc1, 7, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 7, 0]
        );
        assert_eq!(compressed[1].frame, [0xc1, 5, 0xf2, 0, 0x11, 0, 0]);
        assert_eq!((compressed[1].alone, compressed[1].plain), (7, 7));
        assert_eq!(compressed[1].removed(), TAIL);
        // A literal H, then four bytes from five back: all but the H of the first message.
        assert_eq!(compressed[1].source(1, 5), Some(1..5));
        assert_eq!(compressed[1].source(0, 5), None);
    }

    #[test]
    fn the_second_message_reaches_into_the_first() {
        let settings = Settings::default();
        let compressed = settings.compress();
        let before = settings.before(1);
        let reaches = |p: &CompressedMessage| {
            (0..p.inside.tokens.len())
                .any(|t| p.source(t, before).is_some_and(|s| s.start < before))
        };
        assert!(reaches(&compressed[1]));
        assert!(compressed[1].payload.len() < compressed[1].alone);
        let without = Settings {
            params: Params {
                server_no_context_takeover: true,
                ..Params::default()
            },
            ..settings
        };
        let compressed = without.compress();
        assert!(!reaches(&compressed[1]));
        assert_eq!(compressed[1].payload.len(), compressed[1].alone);
        assert_eq!(compressed[1].window, 0);
    }

    #[test]
    fn whatever_is_sent_comes_apart() {
        let noise: Vec<u8> = (0..600u32)
            .map(|n| (n.wrapping_mul(n).wrapping_mul(2_654_435_761) >> 21) as u8)
            .collect();
        for messages in [
            &[&b""[..], b"", b"a"][..],
            &[&noise, &noise],
            &[&[b'a'; 600], &[b'a'; 600], &[b'a'; 600]],
        ] {
            for bits in LEAST_BITS..=MOST_BITS {
                for takeover in [true, false] {
                    let settings = Settings {
                        params: Params {
                            server_no_context_takeover: !takeover,
                            server_max_window_bits: bits,
                            ..Params::default()
                        },
                        ..of(messages)
                    };
                    for (compressed, message) in settings.compress().iter().zip(messages) {
                        assert_eq!(compressed.inside.error, None);
                        assert_eq!(compressed.inside.message, *message);
                        let runs = runs(&compressed.inside);
                        let mut at = 0;
                        for run in &runs {
                            assert_eq!(run.out.start, at);
                            at = run.out.end;
                        }
                        assert_eq!(at, message.len());
                    }
                }
            }
        }
    }

    #[test]
    fn a_reference_copies_what_it_lights_up() {
        let settings = of(&[b"abcabcabcabcX", b"abcX abc, say abcabcabc"]);
        let all = settings.messages().concat();
        for (number, compressed) in settings.compress().iter().enumerate() {
            let before = settings.before(number);
            for (token, what) in compressed.inside.tokens.iter().enumerate() {
                if let Some(source) = compressed.source(token, before) {
                    let copied: Vec<u8> = all[source]
                        .iter()
                        .copied()
                        .cycle()
                        .take(what.out.len())
                        .collect();
                    assert_eq!(copied, all[before + what.out.start..before + what.out.end]);
                }
            }
        }
    }

    #[test]
    fn memory_is_what_zlib_says() {
        // zconf.h: 128K for windowBits=15 and 128K for memLevel=8; 32K for windowBits=15.
        assert_eq!(deflate_bytes(15), 256 << 10);
        assert_eq!(inflate_bytes(15), 39 << 10);
        assert_eq!(deflate_bytes(8), deflate_bytes(9));
        let mut settings = Settings::default();
        assert_eq!(settings.memory(), (256 << 10, 39 << 10));
        settings.params.server_no_context_takeover = true;
        assert_eq!(settings.memory(), (0, 39 << 10));
    }

    #[test]
    fn stretches_are_cut_where_another_lies() {
        assert_eq!(split(&(2..8), None), [(2..8, false)]);
        assert_eq!(
            split(&(2..8), Some(&(4..6))),
            [(2..4, false), (4..6, true), (6..8, false)]
        );
        assert_eq!(split(&(2..8), Some(&(0..3))), [(2..3, true), (3..8, false)]);
        assert_eq!(split(&(2..8), Some(&(8..9))), [(2..8, false)]);
        assert_eq!(split(&(2..8), Some(&(0..2))), [(2..8, false)]);
        assert_eq!(split(&(2..8), Some(&(0..20))), [(2..8, true)]);
    }

    #[test]
    fn the_page_begins_with_a_reference_into_the_first_message() {
        let settings = Settings::default();
        let compressed = settings.compress();
        let (message, run) = first_pick(&settings, &compressed).unwrap();
        assert_eq!(message, 1);
        let runs = runs(&compressed[1].inside);
        let source = compressed[1]
            .source(runs[run].tokens.start, settings.before(1))
            .unwrap();
        assert!(source.start < settings.before(1));
        let short = of(&[b"ab"]);
        assert_eq!(first_pick(&short, &short.compress()), None);
    }

    #[test]
    fn the_prediction_is_what_the_compressor_does() {
        let compressed = Settings::default().compress();
        let (_, said) = crate::kit::prediction::answers::right("second-message");
        let [first, second] = [0, 1].map(|i: usize| compressed[i].frame.len());
        assert!(
            said.contains(&format!(
                "first takes {first} bytes, and the second {second}"
            )),
            "{first} {second}"
        );
    }
}
