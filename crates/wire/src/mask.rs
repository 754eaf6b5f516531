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

/// Bytes that are masked at a time. Blocks of a known size are what the compiler turns into vector code.
const BLOCK: usize = 64;

/// Masks or unmasks `bytes`, which begin at `offset` bytes into the payload.
///
/// The offset makes it resumable: a payload may come in pieces of any size.
pub fn apply(key: [u8; 4], offset: u64, bytes: &mut [u8]) {
    let key = rotate(key, offset);
    let wide = [key; BLOCK / 4];
    let (blocks, rest) = bytes.as_chunks_mut::<BLOCK>();
    for block in blocks {
        for (b, k) in block.iter_mut().zip(wide.as_flattened()) {
            *b ^= k;
        }
    }
    let double = double(key);
    let (words, rest) = rest.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ double).to_ne_bytes();
    }
    for (b, k) in rest.iter_mut().zip(wide.as_flattened()) {
        *b ^= k;
    }
}

/// Copies `from` into `to` and masks it on the way: one pass over memory where a copy and [`apply`] are two. Copies no
/// more than the shorter of the two holds.
pub fn copy(key: [u8; 4], offset: u64, from: &[u8], to: &mut [u8]) {
    let key = rotate(key, offset);
    let wide = [key; BLOCK / 4];
    let length = from.len().min(to.len());
    let (from_blocks, from) = from[..length].as_chunks::<BLOCK>();
    let (to_blocks, to) = to[..length].as_chunks_mut::<BLOCK>();
    for (to, from) in to_blocks.iter_mut().zip(from_blocks) {
        for ((t, f), k) in to.iter_mut().zip(from).zip(wide.as_flattened()) {
            *t = f ^ k;
        }
    }
    let double = double(key);
    let (from_words, from) = from.as_chunks::<8>();
    let (to_words, to) = to.as_chunks_mut::<8>();
    for (to, from) in to_words.iter_mut().zip(from_words) {
        *to = (u64::from_ne_bytes(*from) ^ double).to_ne_bytes();
    }
    for ((t, f), k) in to.iter_mut().zip(from).zip(wide.as_flattened()) {
        *t = f ^ k;
    }
}

/// The byte of the key that masks the payload byte at `offset`.
pub fn key_byte(key: [u8; 4], offset: u64) -> u8 {
    key[(offset % 4) as usize]
}

/// The key twice over, as a word in memory order.
fn double([a, b, c, d]: [u8; 4]) -> u64 {
    u64::from_ne_bytes([a, b, c, d, a, b, c, d])
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
    fn copying_masks_too() {
        let from: Vec<u8> = (0..=255).collect();
        for length in 0..from.len() {
            for offset in 0..4 {
                let mut expected = from[..length].to_vec();
                apply([9, 8, 7, 6], offset, &mut expected);
                let mut to = vec![0; length + 1];
                copy([9, 8, 7, 6], offset, &from[..length], &mut to);
                assert_eq!(to[..length], expected);
                assert_eq!(to[length], 0);
            }
        }
    }

    #[test]
    fn the_offset_may_be_huge() {
        let mut one = [0];
        apply([9, 8, 7, 6], u64::MAX, &mut one);
        assert_eq!(one, [6]);
    }
}
