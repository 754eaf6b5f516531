//! Compressing and inflating messages (RFC 7692 §7.2).

use std::fmt;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::Params;
use crate::Role;

/// The end of an empty stored block, with which a flushed deflate stream ends. It is not sent (RFC 7692 §7.2.1).
pub const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// zlib can inflate raw deflate with a window of 2^8 bytes, but not compress it: it needs 262 bytes of look-ahead. It
/// does not reach back further than the window less that look-ahead, which for 2^9 is 250 bytes. So what it makes with
/// nine bits fits a window of eight, and nine bits can stand for eight in both directions.
const LEAST_BITS: u8 = 9;

/// The least that the output grows by, in bytes.
const STEP: usize = 512;

fn zlib_bits(bits: u8) -> u8 {
    bits.clamp(LEAST_BITS, 15)
}

/// Inflates what one end sends.
///
/// A message may be inflated whole ([`Inflater::message`]) or in pieces as its frames come ([`Inflater::push`], then
/// [`Inflater::finish`]). After an error nothing more can be inflated on this connection.
#[derive(Debug)]
pub struct Inflater {
    zlib: Decompress,
    bits: u8,
    takeover: bool,
    /// Bytes of the current message so far, inflated.
    inflated: usize,
    /// The last block had its BFINAL bit set and nothing has come after it.
    ended: bool,
    failed: Option<InflateError>,
}

/// Why a message could not be inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InflateError {
    /// The bytes are not deflate, or refer to bytes before the window (RFC 1951 §3.2).
    Corrupt,
    /// The message inflates to more bytes than the limit, which is given.
    TooBig(usize),
}

impl fmt::Display for InflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InflateError::Corrupt => f.write_str("the payload is not valid deflate"),
            InflateError::TooBig(max) => {
                write!(f, "the message inflates to more than {max} bytes")
            }
        }
    }
}

impl std::error::Error for InflateError {}

impl Inflater {
    /// An inflater of what `sender` sends.
    pub fn new(params: &Params, sender: Role) -> Inflater {
        let bits = zlib_bits(params.window_bits(sender));
        Inflater {
            zlib: Decompress::new_with_window_bits(false, bits),
            bits,
            takeover: params.context_takeover(sender),
            inflated: 0,
            ended: false,
            failed: None,
        }
    }

    /// Inflates a whole message: the payload of its frames, joined. `max` bounds the bytes that come out.
    pub fn message(&mut self, payload: &[u8], max: usize) -> Result<Vec<u8>, InflateError> {
        let mut out = Vec::new();
        self.push(payload, &mut out, max)?;
        self.finish(&mut out, max)?;
        Ok(out)
    }

    /// Inflates the next piece of a message and appends what comes out, also what comes out before an error. `max` bounds
    /// the bytes of the whole message.
    pub fn push(
        &mut self,
        payload: &[u8],
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<(), InflateError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let result = self.inflate(payload, out, max);
        self.failed = result.err();
        result
    }

    /// Inflates what is left of a message once all of it has been pushed.
    pub fn finish(&mut self, out: &mut Vec<u8>, max: usize) -> Result<(), InflateError> {
        // After a final block with nothing behind it there is no block for the tail to complete. RFC 7692 §7.2.3.4
        // has the sender add one; some forget.
        if !self.ended {
            self.push(&TAIL, out, max)?;
        }
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.inflated = 0;
        if self.ended || !self.takeover {
            self.restart();
        }
        Ok(())
    }

    fn restart(&mut self) {
        self.zlib.reset(false);
        self.ended = false;
    }

    fn inflate(
        &mut self,
        mut payload: &[u8],
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<(), InflateError> {
        let message_start = out.len().saturating_sub(self.inflated);
        while !payload.is_empty() {
            if self.ended {
                self.go_on_after_the_end(&out[message_start.min(out.len())..])?;
            }
            // One byte over the limit tells a message that reaches it from one that passes it.
            let room = (max - self.inflated.min(max)).saturating_add(1);
            let guess = payload.len().saturating_mul(2).clamp(STEP, 1 << 20);
            let before = out.len();
            reserve(out, guess.min(room));
            let (read, ended) = self.step(payload, out, max)?;
            payload = &payload[read..];
            let wrote = out.len() - before;
            if ended {
                self.ended = true;
            } else if read == 0 && wrote == 0 {
                return Err(InflateError::Corrupt);
            }
            // zlib can hold back output when the input is used up but the output was full.
            while payload.is_empty() && !self.ended && out.len() == out.capacity() {
                out.reserve(STEP);
                (_, self.ended) = self.step(&[], out, max)?;
            }
        }
        Ok(())
    }

    /// Cuts what is over the limit: the buffer may have had more room than was asked for.
    fn within(&self, max: usize, out: &mut Vec<u8>) -> Result<(), InflateError> {
        if self.inflated <= max {
            return Ok(());
        }
        out.truncate(out.len().saturating_sub(self.inflated - max));
        Err(InflateError::TooBig(max))
    }

    /// One call of zlib: how many bytes it read, and whether it has seen the end of a final block. What comes out before
    /// a corrupt block counts: if that is too much already, it was too much first, in whatever pieces it came.
    fn step(
        &mut self,
        payload: &[u8],
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<(usize, bool), InflateError> {
        let (before, read_before) = (out.len(), self.zlib.total_in());
        let status = self
            .zlib
            .decompress_vec(payload, out, FlushDecompress::Sync);
        self.inflated += out.len() - before;
        self.within(max, out)?;
        let status = status.map_err(|_| InflateError::Corrupt)?;
        let read = (self.zlib.total_in() - read_before) as usize;
        Ok((read, status == Status::StreamEnd))
    }

    /// A block with BFINAL ends a deflate stream, but not the message (RFC 7692 §7.2.3.4). What follows is a stream of
    /// its own that may still refer to what came before.
    fn go_on_after_the_end(&mut self, message: &[u8]) -> Result<(), InflateError> {
        self.restart();
        let window = 1usize << self.bits;
        let tail = &message[message.len().saturating_sub(window)..];
        if !tail.is_empty() {
            self.zlib
                .set_dictionary(tail)
                .map_err(|_| InflateError::Corrupt)?;
        }
        Ok(())
    }
}

fn reserve(out: &mut Vec<u8>, more: usize) {
    if out.capacity() - out.len() < more {
        out.reserve(more);
    }
}

/// Compresses what one end sends.
#[derive(Debug)]
pub struct Deflater {
    zlib: Compress,
    takeover: bool,
}

impl Deflater {
    /// A compressor of what `sender` sends, at zlib's usual level.
    pub fn new(params: &Params, sender: Role) -> Deflater {
        Deflater::with_level(params, sender, 6)
    }

    /// A compressor of what `sender` sends. `level` goes from 0 (stored) to 9 (smallest).
    pub fn with_level(params: &Params, sender: Role, level: u8) -> Deflater {
        let bits = zlib_bits(params.window_bits(sender));
        let level = Compression::new(u32::from(level.min(9)));
        Deflater {
            zlib: Compress::new_with_window_bits(level, false, bits),
            takeover: params.context_takeover(sender),
        }
    }

    /// Compresses a whole message: the payload of a frame with RSV1, or of several when it is cut up.
    pub fn message(&mut self, message: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        self.message_into(message, &mut out);
        out
    }

    /// Compresses a whole message and appends it.
    pub fn message_into(&mut self, message: &[u8], out: &mut Vec<u8>) {
        if message.is_empty() {
            // A flush with nothing to flush gives nothing. One byte is an empty block (RFC 7692 §7.2.3.6).
            out.push(0);
            return;
        }
        let start = out.len();
        let mut rest = message;
        loop {
            // Room for the tail and for a stored block's header keeps zlib from ending exactly at the end, after which
            // another flush would add a second empty block.
            reserve(out, (rest.len() / 2).clamp(64, 1 << 20));
            let before = self.zlib.total_in();
            let status = self.zlib.compress_vec(rest, out, FlushCompress::Sync);
            rest = &rest[(self.zlib.total_in() - before) as usize..];
            let full = out.len() == out.capacity();
            match status {
                Ok(Status::Ok | Status::BufError) if full => {}
                // zlib refuses only a state that was never set up, which cannot be had from here.
                _ => break,
            }
        }
        if out[start..].ends_with(&TAIL) {
            out.truncate(out.len() - TAIL.len());
        }
        if !self.takeover {
            self.zlib.reset();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(bits: u8, takeover: bool) -> Params {
        Params {
            server_no_context_takeover: !takeover,
            server_max_window_bits: bits,
            ..Params::default()
        }
    }

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        digits
            .chunks(2)
            .map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn too_much_before_a_corrupt_block_is_too_much_in_any_pieces() {
        // A stored block with "Hello", then a block of the type that there is not.
        let payload = hex("00 05 00 fa ff 48 65 6c 6c 6f 06");
        for (max, error) in [
            (3, InflateError::TooBig(3)),
            (4, InflateError::TooBig(4)),
            (5, InflateError::Corrupt),
        ] {
            for size in 1..=payload.len() {
                let mut inflater = Inflater::new(&params(15, true), Role::Server);
                let mut out = Vec::new();
                let result = payload
                    .chunks(size)
                    .try_for_each(|piece| inflater.push(piece, &mut out, max));
                assert_eq!(result, Err(error), "in pieces of {size}, at most {max}");
                assert_eq!(out, b"Hello"[..max.min(5)]);
            }
        }
    }

    /// Text with repetitions near and far.
    fn sample(len: usize) -> Vec<u8> {
        let mut state = 1u32;
        let mut out: Vec<u8> = Vec::with_capacity(len);
        while out.len() < len {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let back = (state >> 8) as usize % 40_000;
            if state >> 30 != 0 && back < out.len() {
                let from = out.len() - 1 - back;
                let n = (state >> 4) as usize % 40 + 3;
                for i in 0..n {
                    out.push(out[from + i]);
                }
            } else {
                out.push((state >> 16) as u8);
            }
        }
        out.truncate(len);
        out
    }

    #[test]
    fn the_examples_of_rfc_7692() {
        let mut inflater = Inflater::new(&params(15, true), Role::Server);
        // §7.2.3.1, §7.2.3.2: the second refers to the first.
        for payload in ["f248cdc9c90700", "f200110000"] {
            assert_eq!(inflater.message(&hex(payload), 5).unwrap(), b"Hello");
        }
        // §7.2.3.3: stored; §7.2.3.4: a final block, and one whose sender forgot the block after it; §7.2.3.5: two
        // blocks.
        for payload in [
            "000500faff48656c6c6f00",
            "f348cdc9c9070000",
            "f348cdc9c90700",
            "f248050000 00ffff cac9c90700",
        ] {
            assert_eq!(inflater.message(&hex(payload), 5).unwrap(), b"Hello");
        }
        // §7.2.3.6: nothing.
        assert_eq!(inflater.message(&[0], 0).unwrap(), b"");
        assert_eq!(
            inflater.message(&hex("f248cdc9c90700"), 5).unwrap(),
            b"Hello"
        );
    }

    #[test]
    fn round_trips_with_every_window() {
        let data = sample(100_000);
        for bits in 8..=15 {
            for takeover in [true, false] {
                let params = params(bits, takeover);
                let mut deflater = Deflater::new(&params, Role::Server);
                let mut inflater = Inflater::new(&params, Role::Server);
                for message in [
                    &data[..],
                    b"",
                    &data[..300],
                    &data[..300],
                    &data[1..2],
                    &data,
                ] {
                    let payload = deflater.message(message);
                    assert!(!payload.ends_with(&TAIL));
                    let back = inflater.message(&payload, message.len()).unwrap();
                    assert!(back == message, "{bits} bits, takeover {takeover}");
                }
            }
        }
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let data = sample(5_000);
        let params = params(12, true);
        let payload = Deflater::new(&params, Role::Server).message(&data);
        for size in [1, 2, 3, 7, 100, 4096] {
            let mut inflater = Inflater::new(&params, Role::Server);
            let mut out = Vec::new();
            for piece in payload.chunks(size) {
                inflater.push(piece, &mut out, data.len()).unwrap();
            }
            inflater.finish(&mut out, data.len()).unwrap();
            assert!(out == data, "pieces of {size}");
        }
    }

    #[test]
    fn without_takeover_a_message_stands_alone() {
        let with = Deflater::new(&params(15, true), Role::Server);
        let without = Deflater::new(&params(15, false), Role::Server);
        for (mut deflater, same) in [(with, false), (without, true)] {
            let first = deflater.message(b"Hello Hello Hello");
            assert_eq!(deflater.message(b"Hello Hello Hello") == first, same);
        }
    }

    #[test]
    fn a_small_message_does_not_grow_past_the_limit() {
        let zeros = vec![0; 10 << 20];
        let payload = Deflater::new(&Params::default(), Role::Client).message(&zeros);
        assert!(payload.len() < 20_000);
        for limit in [0, 1, 100, 1 << 20, zeros.len() - 1] {
            let mut inflater = Inflater::new(&Params::default(), Role::Client);
            let mut out = Vec::new();
            let result = inflater.push(&payload, &mut out, limit);
            assert_eq!(result, Err(InflateError::TooBig(limit)));
            assert!(
                out.capacity() <= 2 * limit + 2 * STEP,
                "{limit}: {}",
                out.capacity()
            );
        }
        let mut inflater = Inflater::new(&Params::default(), Role::Client);
        assert_eq!(
            inflater.message(&payload, zeros.len()).unwrap().len(),
            zeros.len()
        );
    }

    #[test]
    fn what_is_not_deflate_is_refused_for_good() {
        for payload in ["ff", "06", "f200110000", "0005001234"] {
            let mut inflater = Inflater::new(&Params::default(), Role::Client);
            assert_eq!(
                inflater.message(&hex(payload), 99),
                Err(InflateError::Corrupt),
                "{payload}"
            );
            assert_eq!(
                inflater.message(&hex("f248cdc9c90700"), 99),
                Err(InflateError::Corrupt)
            );
        }
    }

    #[test]
    fn eight_bits_of_window_are_enough_for_what_is_made_with_eight() {
        let data = sample(50_000);
        let params = params(8, true);
        let mut deflater = Deflater::new(&params, Role::Server);
        let mut strict = zlib_rs::Inflate::new(false, 8);
        for message in data.chunks(777) {
            let mut payload = deflater.message(message);
            payload.extend_from_slice(&TAIL);
            // One byte of output at a time leaves zlib nothing but its window to look back into.
            let mut out = Vec::new();
            let mut rest = &payload[..];
            loop {
                let mut byte = [0];
                let (read, wrote) = (strict.total_in(), strict.total_out());
                strict
                    .decompress(rest, &mut byte, zlib_rs::InflateFlush::SyncFlush)
                    .expect("no reference goes further back than 256 bytes");
                rest = &rest[(strict.total_in() - read) as usize..];
                if strict.total_out() == wrote {
                    break;
                }
                out.push(byte[0]);
            }
            assert!(out == message);
        }
    }
}
