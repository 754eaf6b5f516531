//! How large the calendar of a storm is.

use super::{MAX_EXPONENT, StormParams, Strategy};
use crate::Micros;

/// The memory that the calendar may take, in bytes. Where it would take more, its slots are longer.
const CALENDAR_BYTES: u64 = 64 << 20;
/// Slots are no longer than this at first, in microseconds, where memory allows.
const SLOT: Micros = 1_000;
/// The sizes of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Attempts that are told apart.
    pub(super) levels: usize,
    /// Previous waits that are told apart.
    pub(super) classes: usize,
    /// How long a slot is at first, in microseconds.
    pub(super) slot: Micros,
    /// Slots of a row, a power of two.
    pub(super) slots: u64,
}

impl Shape {
    pub(super) fn new(params: &StormParams) -> Shape {
        let backoff = &params.backoff;
        let grows = |strategy| {
            !matches!(
                strategy,
                Strategy::AtOnce | Strategy::Fixed | Strategy::Decorrelated
            )
        };
        let levels = match backoff.give_up {
            Some(most) => most,
            None if grows(backoff.strategy) => {
                let last = backoff.expo(MAX_EXPONENT);
                1 + (0..MAX_EXPONENT)
                    .take_while(|&n| backoff.expo(n) != last)
                    .count() as u32
            }
            None => 1,
        };
        let classes = match backoff.strategy {
            Strategy::Decorrelated if backoff.base >= backoff.cap => 1,
            Strategy::Decorrelated if levels > 1 => 12,
            Strategy::Decorrelated => 32,
            _ => 1,
        };
        let first = params.round_trip / 2 + params.longest_first_wait();
        let [reset, timed_out, answered] = params.returns();
        let longest = first.max(params.longest_wait() + reset.max(timed_out).max(answered));
        let mut shape = Shape {
            levels: levels as usize,
            classes,
            slot: params.round_trip / params.round_trip.div_ceil(SLOT),
            slots: 0,
        };
        loop {
            shape.slots = (longest / shape.slot + 4).next_power_of_two();
            if shape.bytes() <= CALENDAR_BYTES {
                return shape;
            }
            shape.slot *= 2;
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.levels * self.classes
    }

    /// What the calendar takes, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.rows() as u64 * self.slots * size_of::<u32>() as u64
    }

    /// What the tables beside it take, in bytes: two as long as a row at most, and what is known of each row.
    pub(super) fn bytes_beside(&self) -> u64 {
        2 * self.slots * size_of::<u32>() as u64 + 128 * self.rows() as u64
    }
}
