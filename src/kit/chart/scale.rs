//! Scales: where a value stands on an axis, and which round values are written there.

use super::unit::Unit;

/// Ticks of an axis, at most.
const MOST_TICKS: usize = 40;

/// The way from a value to its place on an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    log: bool,
}

impl Scale {
    /// A scale from `low` to `high`. A logarithmic one cannot begin at 0: then it begins at a millionth of its end.
    pub fn new(low: f64, high: f64, log: bool) -> Scale {
        let (low, high) = match (low.is_finite() && high.is_finite(), log) {
            (false, false) => (0.0, 1.0),
            (false, true) => (1.0, 10.0),
            (true, false) if high > low => (low, high),
            (true, false) => (low, low + 1.0),
            (true, true) => {
                let high = if high > 0.0 { high } else { 1.0 };
                let low = if low > 0.0 { low } else { high / 1e6 };
                (low, if high > low { high } else { low * 10.0 })
            }
        };
        Scale { low, high, log }
    }

    /// The least value.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The greatest value.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Where a value stands, from 0 at the least to 1 at the greatest; beyond, where it lies beyond.
    pub fn share(&self, value: f64) -> f64 {
        if self.log {
            // What has no logarithm lies at the bottom.
            (value.max(self.low) / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// The value that stands at a place.
    pub fn value(&self, share: f64) -> f64 {
        if self.log {
            self.low * (self.high / self.low).powf(share)
        } else {
            self.low + (self.high - self.low) * share
        }
    }

    /// The scale with its end moved out, and its beginning too where it isn't 0, until both are round. `wanted` is
    /// about how many ticks it shall have.
    pub fn rounded(self, unit: Unit, wanted: usize) -> Scale {
        if self.log {
            let power = |value: f64, round: fn(f64) -> f64| 10f64.powf(round(value.log10()));
            return Scale::new(
                power(self.low * (1.0 + 1e-9), f64::floor),
                power(self.high * (1.0 - 1e-9), f64::ceil),
                true,
            );
        }
        let mut scale = self;
        // A longer axis may have longer steps, and then end elsewhere.
        for _ in 0..4 {
            let step = scale.step(unit, wanted);
            let next = Scale::new(
                (self.low / step + 1e-9).floor() * step,
                (self.high / step - 1e-9).ceil() * step,
                false,
            );
            if next == scale {
                break;
            }
            scale = next;
        }
        scale
    }

    fn step(&self, unit: Unit, wanted: usize) -> f64 {
        unit.step((self.high - self.low) / wanted.max(1) as f64)
    }

    /// Round values on this scale, about as many as wanted, each with its text.
    pub fn ticks(&self, unit: Unit, wanted: usize) -> Vec<(f64, String)> {
        if self.log {
            let all = unit.decades(self.low, self.high);
            let every = all.len().div_ceil(wanted.max(1) * 2).max(1);
            return all
                .into_iter()
                .step_by(every)
                .map(|value| (value, unit.tick(value, value, value)))
                .collect();
        }
        let step = self.step(unit, wanted);
        let first = (self.low / step - 1e-9).ceil();
        (0..MOST_TICKS)
            .map(|i| (first + i as f64) * step)
            .take_while(|value| *value <= self.high + step * 1e-9)
            .map(|value| (value, unit.tick(value, step, self.high)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(scale: Scale, unit: Unit, wanted: usize) -> Vec<String> {
        let ticks = scale.ticks(unit, wanted);
        ticks.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn a_value_and_its_place_lead_to_each_other() {
        for scale in [
            Scale::new(-5.0, 20.0, false),
            Scale::new(1.0, 600.0, true),
            Scale::new(0.0, 12.0 * 3600.0, false),
        ] {
            assert_eq!(scale.share(scale.low()), 0.0);
            assert!((scale.share(scale.high()) - 1.0).abs() < 1e-12);
            for i in 0..=10 {
                let share = f64::from(i) / 10.0;
                assert!((scale.share(scale.value(share)) - share).abs() < 1e-12);
            }
        }
        let log = Scale::new(1.0, 100.0, true);
        assert!((log.share(10.0) - 0.5).abs() < 1e-12);
        assert_eq!((log.share(0.0), log.share(-3.0)), (0.0, 0.0));
    }

    #[test]
    fn a_scale_has_a_length_whatever_it_is_made_of() {
        for (low, high) in [
            (0.0, 0.0),
            (5.0, 5.0),
            (5.0, 1.0),
            (f64::NAN, 1.0),
            (0.0, f64::INFINITY),
            (-1.0, 0.0),
        ] {
            for log in [false, true] {
                let scale = Scale::new(low, high, log).rounded(Unit::Count, 4);
                assert!(scale.high() > scale.low(), "{low} {high} {log}");
                assert!(scale.share(0.5).is_finite());
                assert!(scale.ticks(Unit::Count, 4).len() <= MOST_TICKS);
            }
        }
    }

    #[test]
    fn a_rounded_scale_holds_all_and_ends_on_ticks() {
        for (low, high) in [(0.0, 50_003.0), (0.0, 3.2), (-7.0, 12.0), (0.0, 0.004)] {
            let scale = Scale::new(low, high, false).rounded(Unit::Count, 4);
            assert!(scale.low() <= low && scale.high() >= high);
            let ticks = scale.ticks(Unit::Count, 4);
            let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * (high - low);
            assert!(close(ticks[0].0, scale.low()) && close(ticks.last().unwrap().0, scale.high()));
            assert!((3..=6).contains(&ticks.len()), "{high}: {ticks:?}");
        }
        let scale = Scale::new(3.0, 2000.0, true).rounded(Unit::Count, 4);
        assert!((scale.low() - 1.0).abs() < 1e-9 && (scale.high() - 10_000.0).abs() < 1e-6);
        let same = Scale::new(1.0, 100.0, true).rounded(Unit::Count, 4);
        assert!((same.high() - 100.0).abs() < 1e-9, "round ones stay");
    }

    #[test]
    fn ticks_stand_on_the_axis() {
        let hours = |n: f64| Scale::new(0.0, n * 3600.0, false);
        assert_eq!(
            texts(hours(12.0), Unit::Seconds, 4),
            ["0 s", "3 h", "6 h", "9 h", "12 h"]
        );
        assert_eq!(
            texts(hours(1.0), Unit::Seconds, 4),
            ["0 s", "15 min", "30 min", "45 min", "1 h"]
        );
        assert_eq!(
            texts(Scale::new(1.0, 600.0, true), Unit::Seconds, 5),
            ["1 s", "10 s", "1 min", "10 min"]
        );
        let many = Scale::new(1.0, 1e30, true);
        assert!(many.ticks(Unit::Count, 4).len() <= 9);
    }
}
