//! UTF-8 that comes in pieces (RFC 6455 §8.1, RFC 3629).
//!
//! A text message may be cut in the middle of a character, and an endpoint should fail the connection at the first byte
//! that cannot be right, not at the end of the message.
//!
//! ```
//! use wire::utf8::Validator;
//! let mut validator = Validator::default();
//! assert_eq!(validator.push(b"caf\xc3"), Ok(()));
//! assert!(!validator.is_complete());
//! assert_eq!(validator.push(b"\xa9"), Ok(()));
//! assert!(validator.is_complete());
//! assert_eq!(validator.push(b"ok\xf4\x90"), Err(2));
//! ```

use std::ops::RangeInclusive;

/// The text that `bytes` are, where they are all UTF-8: the fastest way that says no more than that.
///
/// In WebAssembly the standard library leaps over ASCII faster than simdutf8 goes through it with SIMD128 (by half at
/// 64 KiB of JSON in Node; `benches/compare.rs`).
pub(crate) fn valid(bytes: &[u8]) -> Option<&str> {
    #[cfg(target_arch = "wasm32")]
    return std::str::from_utf8(bytes).ok();
    #[cfg(not(target_arch = "wasm32"))]
    simdutf8::basic::from_utf8(bytes).ok()
}

/// Checks text that comes in pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validator {
    /// The bytes of a character that is not complete yet: at most three.
    pending: [u8; 4],
    len: usize,
}

impl Validator {
    /// Takes the next bytes. The error is where in `bytes` the first wrong sequence begins; 0 where it began before them.
    ///
    /// After an error the validator is of no more use.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), usize> {
        self.feed(bytes, |_| {})
    }

    /// Like [`Validator::push`], and appends the characters that are complete.
    pub fn collect(&mut self, bytes: &[u8], text: &mut String) -> Result<(), usize> {
        self.feed(bytes, |part| text.push_str(part))
    }

    /// Gives the complete characters to `take`.
    fn feed(&mut self, bytes: &[u8], mut take: impl FnMut(&str)) -> Result<(), usize> {
        let mut from = 0;
        while self.len > 0 {
            let Some(&next) = bytes.get(from) else {
                return Ok(());
            };
            self.pending[self.len] = next;
            self.len += 1;
            from += 1;
            match std::str::from_utf8(&self.pending[..self.len]) {
                Ok(character) => {
                    take(character);
                    self.len = 0;
                }
                // Three bytes may still grow; four are a character or an error.
                Err(e) if e.error_len().is_none() && self.len < 4 => {}
                Err(_) => return Err(0),
            }
        }
        let rest = &bytes[from..];
        // A character that is cut at the end would send all of a good text down the slow path.
        let (whole, tail) = rest.split_at(rest.len() - cut_at_end(rest));
        match valid(whole) {
            Some(text) => take(text),
            None => {
                let wrong = simdutf8::compat::from_utf8(whole).err();
                return Err(from + wrong.map_or(0, |e| e.valid_up_to()));
            }
        }
        if let Err(e) = std::str::from_utf8(tail)
            && e.error_len().is_some()
        {
            return Err(from + whole.len());
        }
        self.pending[..tail.len()].copy_from_slice(tail);
        self.len = tail.len();
        Ok(())
    }

    /// Whether no character is under way, so that the text may end here.
    pub fn is_complete(&self) -> bool {
        self.len == 0
    }

    /// The bytes of the character under way: none, or up to three.
    pub fn pending(&self) -> &[u8] {
        &self.pending[..self.len]
    }

    /// What may come next (RFC 3629 §4).
    pub fn next(&self) -> Next {
        const ANY: &[RangeInclusive<u8>] = &[0x80..=0xbf];
        let (ranges, missing): (&[RangeInclusive<u8>], usize) = match *self.pending() {
            [] => (&[0x00..=0x7f, 0xc2..=0xdf, 0xe0..=0xef, 0xf0..=0xf4], 0),
            // What is below could be written shorter.
            [0xe0] => (&[0xa0..=0xbf], 2),
            [0xf0] => (&[0x90..=0xbf], 3),
            // What is above is a surrogate, or past U+10FFFF.
            [0xed] => (&[0x80..=0x9f], 2),
            [0xf4] => (&[0x80..=0x8f], 3),
            [first, ref rest @ ..] => {
                let length = match first {
                    0xc0..=0xdf => 2,
                    0xe0..=0xef => 3,
                    _ => 4,
                };
                (ANY, length - 1 - rest.len())
            }
        };
        Next { ranges, missing }
    }
}

/// What a [`Validator`] is ready to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The bytes that may come next, in order. Where no character is under way: those of one byte, then the first bytes
    /// of characters of two, three and four.
    pub ranges: &'static [RangeInclusive<u8>],
    /// How many bytes the character under way still takes: 0 where none is.
    pub missing: usize,
}

impl Next {
    /// Whether this byte may come next.
    pub fn allows(&self, byte: u8) -> bool {
        self.ranges.iter().any(|range| range.contains(&byte))
    }
}

/// How many bytes at the end begin a character that needs more of them: 0–3.
fn cut_at_end(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let needs = match bytes[bytes.len() - back] {
            0x80..=0xbf => continue,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
            _ => 1,
        };
        return if needs > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many bytes are taken before the first is refused.
    fn taken(bytes: &[u8]) -> usize {
        let mut validator = Validator::default();
        bytes
            .iter()
            .position(|b| validator.push(&[*b]).is_err())
            .unwrap_or(bytes.len())
    }

    #[test]
    fn the_first_impossible_byte_is_refused() {
        for (bytes, at) in [
            (&b"\x80"[..], 0),
            (b"\xc0\x80", 0),
            (b"\xc2a", 1),
            (b"\xe0\x9f", 1),
            (b"\xed\xa0\x80", 1),
            (b"\xf4\x90\x80\x80", 1),
            (b"\xf5", 0),
            (b"\xf0\x9f\x92a", 3),
            (b"\xf0\x9f\x92\xa9a", 5),
        ] {
            assert_eq!(taken(bytes), at, "{bytes:x?}");
        }
    }

    #[test]
    fn what_may_come_next_is_what_is_taken() {
        let mut states = vec![Validator::default()];
        let mut seen = 0;
        while let Some(state) = states.pop() {
            seen += 1;
            for byte in 0..=255 {
                let mut after = state;
                let taken = after.push(&[byte]).is_ok();
                assert_eq!(
                    taken,
                    state.next().allows(byte),
                    "{:x?} {byte:x}",
                    state.pending()
                );
                if taken && !after.is_complete() {
                    assert_eq!(
                        after.next().missing,
                        match state.next().missing {
                            0 => [0xc0, 0xe0, 0xf0].iter().filter(|f| byte >= **f).count(),
                            n => n - 1,
                        }
                    );
                    // One byte in the middle of a character is like another, but for the first two.
                    if after.pending().len() < 3 || byte == 0x90 {
                        states.push(after);
                    }
                }
            }
        }
        assert!(seen > 1000);
    }

    #[test]
    fn it_is_as_strict_as_the_standard_library() {
        // Every two bytes, and every four that begin a long character, in every split.
        let long = (0..=0xffffu16).flat_map(|n| {
            let [a, b] = n.to_be_bytes();
            [
                vec![a, b],
                vec![0xf0 | a >> 4, a << 4 | b >> 4, 0x80 | b, 0xbf],
                vec![0xe0 | a & 15, b, a],
            ]
        });
        for bytes in long {
            let expected = std::str::from_utf8(&bytes);
            for cut in 0..=bytes.len() {
                let mut validator = Validator::default();
                let got = validator
                    .push(&bytes[..cut])
                    .and_then(|()| validator.push(&bytes[cut..]).map_err(|n| n + cut));
                match expected {
                    Ok(_) => assert!(got.is_ok() && validator.is_complete(), "{bytes:x?}"),
                    Err(e) if e.error_len().is_none() => {
                        assert!(got.is_ok() && !validator.is_complete(), "{bytes:x?}");
                    }
                    Err(_) => assert!(got.is_err(), "{bytes:x?}"),
                }
            }
        }
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let text = "aé€💩z".as_bytes();
        for cut in 0..=text.len() {
            for second in cut..=text.len() {
                let mut validator = Validator::default();
                let mut collected = String::new();
                for piece in [&text[..cut], &text[cut..second], &text[second..]] {
                    assert_eq!(validator.collect(piece, &mut collected), Ok(()));
                }
                assert!(validator.is_complete());
                assert_eq!(collected.as_bytes(), text);
            }
        }
    }
}
