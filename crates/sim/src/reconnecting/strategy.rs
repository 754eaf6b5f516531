//! How long a client waits before it tries again.

use serde::{Deserialize, Serialize};

use crate::chance::Chance;
use crate::{MINUTE, Micros};

/// The longest wait that a client can be given, in microseconds: ten minutes.
pub const MAX_WAIT: Micros = 10 * MINUTE;
/// The exponent of the backoff grows up to this attempt; later ones wait as this one does.
pub const MAX_EXPONENT: u32 = 63;

/// The rule by which a client waits. The names of the three kinds of jitter are those of M. Brooker, "Exponential Backoff
/// And Jitter", AWS Architecture Blog, 2015.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Strategy {
    /// No wait.
    AtOnce,
    /// Always `base`.
    Fixed,
    /// `min(cap, base · factor^attempt)`, called *expo* below: the same for all clients.
    Exponential,
    /// Uniform between 0 and *expo*.
    FullJitter,
    /// Half of *expo*, and uniform between 0 and the other half.
    EqualJitter,
    /// `min(cap, uniform(base, 3 · previous))`, where the wait before the first attempt takes `base` for the previous one.
    Decorrelated,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Strategy; 6] = [
        Strategy::AtOnce,
        Strategy::Fixed,
        Strategy::Exponential,
        Strategy::FullJitter,
        Strategy::EqualJitter,
        Strategy::Decorrelated,
    ];

    /// Whether chance has a part in the wait.
    pub fn is_random(self) -> bool {
        matches!(
            self,
            Strategy::FullJitter | Strategy::EqualJitter | Strategy::Decorrelated
        )
    }
}

/// A strategy with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backoff {
    /// The rule.
    pub strategy: Strategy,
    /// The wait to begin with, in microseconds, from 1 ms to [`MAX_WAIT`].
    pub base: Micros,
    /// By how much *expo* grows from one attempt to the next, from 1 to 100.
    pub factor: f64,
    /// No wait is longer, in microseconds, from 1 ms to [`MAX_WAIT`].
    pub cap: Micros,
    /// After so many attempts in vain a client gives up, from 1 to [`MAX_EXPONENT`]. `None`: never.
    pub give_up: Option<u32>,
    /// Uniform between 0 and this is added to the first attempt after the loss, in microseconds, up to [`MAX_WAIT`].
    pub spread: Micros,
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff {
            strategy: Strategy::FullJitter,
            base: 1_000_000,
            factor: 2.0,
            cap: 30_000_000,
            give_up: None,
            spread: 0,
        }
    }
}

impl Backoff {
    /// The nearest numbers that a run can be made with.
    pub fn clamped(self) -> Backoff {
        Backoff {
            base: self.base.clamp(1_000, MAX_WAIT),
            factor: if self.factor.is_nan() {
                2.0
            } else {
                self.factor.clamp(1.0, 100.0)
            },
            cap: self.cap.clamp(1_000, MAX_WAIT),
            give_up: self.give_up.map(|most| most.clamp(1, MAX_EXPONENT)),
            spread: self.spread.min(MAX_WAIT),
            ..self
        }
    }

    /// `min(cap, base · factor^attempt)`, in microseconds. Attempts count from 0.
    pub fn expo(&self, attempt: u32) -> Micros {
        let (mut wait, cap) = (self.base as f64, self.cap as f64);
        for _ in 0..attempt.min(MAX_EXPONENT) {
            if wait >= cap {
                break;
            }
            wait *= self.factor;
        }
        (wait.min(cap) + 0.5) as Micros
    }

    /// The least and the most that a client can wait before this attempt, in microseconds, whatever it waited before.
    pub fn bounds(&self, attempt: u32) -> (Micros, Micros) {
        let expo = self.expo(attempt);
        match self.strategy {
            Strategy::AtOnce => (0, 0),
            Strategy::Fixed => (self.base, self.base),
            Strategy::Exponential => (expo, expo),
            Strategy::FullJitter => (0, expo),
            Strategy::EqualJitter => (expo / 2, expo),
            Strategy::Decorrelated => {
                let tripled = Backoff {
                    factor: 3.0,
                    ..*self
                };
                (
                    self.base.min(self.cap),
                    tripled.expo(attempt.saturating_add(1)),
                )
            }
        }
    }

    /// The mean wait before this attempt over all clients, in microseconds.
    ///
    /// For [`Strategy::Decorrelated`] each mean follows from the one before, *m = (base + 3m′) / 2*, as long as nobody can
    /// have met the cap: *mₙ = base · (2 · 1.5ⁿ⁺¹ − 1)*. After that there is no short form: `None`.
    pub fn mean(&self, attempt: u32) -> Option<f64> {
        let (least, most) = self.bounds(attempt);
        if self.strategy != Strategy::Decorrelated || least == most {
            return Some((least as f64 + most as f64) / 2.0);
        }
        let uncapped = Backoff {
            cap: Micros::MAX / 2,
            factor: 3.0,
            ..*self
        };
        let reach = uncapped.expo(attempt.saturating_add(1).min(MAX_EXPONENT));
        (reach <= self.cap).then(|| {
            let base = self.base as f64;
            (0..=attempt.min(MAX_EXPONENT)).fold(base, |mean, _| (base + 3.0 * mean) / 2.0)
        })
    }

    /// The wait before this attempt, in microseconds. Attempts count from 0, the first after the loss. `previous` is what
    /// the client waited before the attempt before, [`Backoff::base`] where there was none; only
    /// [`Strategy::Decorrelated`] looks at it. [`Backoff::spread`] is not in it.
    pub fn delay(&self, attempt: u32, previous: Micros, chance: &mut Chance) -> Micros {
        if self.strategy == Strategy::Decorrelated {
            let most = previous.saturating_mul(3).max(self.base);
            return uniform(self.base, most, chance).min(self.cap);
        }
        let (least, most) = self.bounds(attempt);
        if least == most {
            return least;
        }
        uniform(least, most, chance)
    }
}

/// Uniform between the two, in microseconds.
pub(super) fn uniform(least: Micros, most: Micros, chance: &mut Chance) -> Micros {
    let over = (most.saturating_sub(least) as f64 * chance.unit() + 0.5) as Micros;
    least.saturating_add(over).min(most)
}
