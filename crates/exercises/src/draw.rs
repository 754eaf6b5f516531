//! What a seed decides.

use sim::chance::Chance;

use crate::{Kind, Level};

/// A source of decisions.
pub(crate) struct Draw(Chance);

impl Draw {
    /// The decisions of a seed. Each kind and level has a stream of its own, so that seed 1 is not the same frame in all.
    pub fn new(kind: Kind, level: Level, seed: u64) -> Draw {
        let stream = kind as u64 * 3 + u64::from(level.number());
        // Seeds that follow each other begin with numbers that lie evenly; the numbers of a drawn seed do not.
        let mut first = Chance::new(seed, stream);
        let (high, low) = (first.below(u32::MAX), first.below(u32::MAX));
        Draw(Chance::new(u64::from(high) << 32 | u64::from(low), stream))
    }

    /// A whole number from 0 up to, but never, `n`.
    pub fn below(&mut self, n: u32) -> u32 {
        self.0.below(n)
    }

    /// A whole number from `least` to `most`, both included.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most.saturating_sub(least).saturating_add(1))
    }

    /// The same as a length.
    pub fn length(&mut self, least: u32, most: u32) -> usize {
        self.between(least, most) as usize
    }

    /// Yes or no, each as likely.
    pub fn flip(&mut self) -> bool {
        self.below(2) == 1
    }

    /// Yes, once in `n` times.
    pub fn once_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    /// One of a list that is not empty.
    pub fn one<T: Copy, const N: usize>(&mut self, list: [T; N]) -> T {
        const { assert!(N > 0) };
        list[self.below(N as u32) as usize]
    }

    /// Puts a list into another order, each as likely.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last as u32 + 1) as usize);
        }
    }

    /// Any byte.
    pub fn byte(&mut self) -> u8 {
        self.below(256) as u8
    }

    /// A masking key. No byte is 0, so that each changes what it masks, and no two are the same.
    pub fn key(&mut self) -> [u8; 4] {
        let mut key = [0; 4];
        for at in 0..4 {
            key[at] = loop {
                let byte = self.between(1, 255) as u8;
                if !key[..at].contains(&byte) {
                    break byte;
                }
            };
        }
        key
    }
}
