//! Masking: every payload byte XORed with one of the four bytes of the key in turn (RFC 6455 §5.3).
//!
//! Masking twice with the same key gives the bytes back. It hides nothing, since the key travels in the frame.
//!
//! ```
//! let key = [0x37, 0xfa, 0x21, 0x3d];
//! let mut payload = *b"Hello";
//! wire::mask::apply(key, 0, &mut payload);
//! assert_eq!(payload, [0x7f, 0x9f, 0x4d, 0x51, 0x58]);
//! ```

/// Masks or unmasks `bytes`, which begin at `offset` bytes into the payload.
///
/// The offset makes it resumable: a payload may come in pieces of any size.
pub fn apply(key: [u8; 4], offset: u64, bytes: &mut [u8]) {
    let key = rotate(key, offset);
    // Blocks of a known size with no carry from one to the next are what the compiler turns into vector code.
    const BLOCK: usize = 64;
    let mut wide = [0u8; BLOCK];
    for (w, k) in wide.iter_mut().zip(key.iter().cycle()) {
        *w = *k;
    }
    let (blocks, rest) = bytes.as_chunks_mut::<BLOCK>();
    for block in blocks {
        for (b, k) in block.iter_mut().zip(&wide) {
            *b ^= k;
        }
    }
    for (b, k) in rest.iter_mut().zip(&wide) {
        *b ^= k;
    }
}

/// The byte of the key that masks the payload byte at `offset`.
pub fn key_byte(key: [u8; 4], offset: u64) -> u8 {
    key[(offset % 4) as usize]
}

/// The key turned so that its first byte is the one for `offset`.
fn rotate(key: [u8; 4], offset: u64) -> [u8; 4] {
    let mut key = key;
    key.rotate_left((offset % 4) as usize);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let key = [1, 2, 3, 4];
        let plain: Vec<u8> = (0..=255).chain(0..77).collect();
        let mut whole = plain.clone();
        apply(key, 0, &mut whole);
        for cut in 0..plain.len() {
            let mut pieces = plain.clone();
            let (a, b) = pieces.split_at_mut(cut);
            apply(key, 0, a);
            apply(key, cut as u64, b);
            assert_eq!(pieces, whole, "cut at {cut}");
        }
        for (i, (p, m)) in plain.iter().zip(&whole).enumerate() {
            assert_eq!(p ^ key_byte(key, i as u64), *m);
        }
    }

    #[test]
    fn the_offset_may_be_huge() {
        let mut one = [0];
        apply([9, 8, 7, 6], u64::MAX, &mut one);
        assert_eq!(one, [6]);
    }
}
