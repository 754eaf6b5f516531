//! Units: how an axis counts, how its ticks are written, and how a value is said.

use crate::kit::number::grouped;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// What an axis counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    #[default]
    Count,
    /// Bytes.
    Bytes,
    /// Bytes in a second.
    BytesPerSecond,
    /// Seconds.
    Seconds,
    /// Shares of one, written as per cent.
    Percent,
}

impl Unit {
    /// A step between two ticks that is round in this unit, and not less than this.
    pub fn step(self, least: f64) -> f64 {
        const SECONDS: [f64; 17] = [
            1.0,
            2.0,
            5.0,
            10.0,
            15.0,
            30.0,
            MINUTE,
            2.0 * MINUTE,
            5.0 * MINUTE,
            10.0 * MINUTE,
            15.0 * MINUTE,
            30.0 * MINUTE,
            HOUR,
            3.0 * HOUR,
            6.0 * HOUR,
            12.0 * HOUR,
            DAY,
        ];
        // A hair of room, for what arithmetic loses.
        let enough = |step: &f64| *step >= least * (1.0 - 1e-9);
        match self {
            Unit::Seconds if least > DAY => DAY * decimal(least / DAY),
            Unit::Seconds if least > 1.0 => SECONDS.into_iter().find(enough).unwrap_or(DAY),
            _ => decimal(least),
        }
    }

    /// Round values on a logarithmic axis, each several times the one before it, from `low` to `high`.
    pub fn decades(self, low: f64, high: f64) -> Vec<f64> {
        const SECONDS: [f64; 7] = [
            1.0,
            10.0,
            MINUTE,
            10.0 * MINUTE,
            HOUR,
            10.0 * HOUR,
            100.0 * HOUR,
        ];
        if !(low > 0.0 && high >= low && high.is_finite()) {
            return Vec::new();
        }
        let (first, last) = (
            low.log10().floor() as i32 - 1,
            high.log10().ceil() as i32 + 1,
        );
        let tens = (first..=last).map(|power| 10f64.powi(power));
        let inside = |value: &f64| *value >= low * (1.0 - 1e-9) && *value <= high * (1.0 + 1e-9);
        match self {
            Unit::Seconds => tens
                .filter(|ten| *ten < 1.0)
                .chain(SECONDS)
                .filter(inside)
                .collect(),
            _ => tens.filter(inside).collect(),
        }
    }

    /// A value beside a tick, short. `top` is the greatest of the axis, so that all its ticks are written alike, and
    /// `step` is what lies between two of them.
    pub fn tick(self, value: f64, step: f64, top: f64) -> String {
        let top = top.abs();
        match self {
            _ if value == 0.0 => self.zero().to_owned(),
            Unit::Count => {
                let (by, sign) = match top {
                    1e9.. => (1e9, " G"),
                    1e6.. => (1e6, " M"),
                    1e4.. => (1e3, " k"),
                    _ => (1.0, ""),
                };
                format!("{}{sign}", short(value / by, step / by))
            }
            Unit::Bytes | Unit::BytesPerSecond => {
                let (by, sign) = size(top);
                let second = self.per_second();
                format!("{} {sign}{second}", short(value / by, step / by))
            }
            Unit::Seconds => {
                let (by, sign) = [
                    (DAY, "d"),
                    (HOUR, "h"),
                    (MINUTE, "min"),
                    (1.0, "s"),
                    (1e-3, "ms"),
                ]
                .into_iter()
                .find(|(by, _)| {
                    let n = value.abs() / by * 2.0;
                    n >= 2.0 - 1e-9 && (n - n.round()).abs() < 1e-6
                })
                .unwrap_or(if value.abs() < 1e-3 {
                    (1e-6, "µs")
                } else if value.abs() < 1.0 {
                    (1e-3, "ms")
                } else {
                    (1.0, "s")
                });
                format!("{} {sign}", short(value / by, step / by))
            }
            Unit::Percent => format!("{} %", short(value * 100.0, step * 100.0)),
        }
    }

    /// A value in words.
    pub fn say(self, value: f64) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        match self {
            Unit::Count => number(value),
            Unit::Bytes | Unit::BytesPerSecond => {
                let (by, sign) = size(value.abs());
                let digits = usize::from(by > 1.0 && value.abs() / by < 100.0);
                format!("{:.digits$} {sign}{}", value / by, self.per_second())
            }
            Unit::Seconds => span(value),
            Unit::Percent => format!("{} %", number(value * 100.0)),
        }
    }

    /// What the numbers of a file are counted in.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Unit::Count => None,
            Unit::Bytes => Some("bytes"),
            Unit::BytesPerSecond => Some("bytes/s"),
            Unit::Seconds => Some("s"),
            Unit::Percent => Some("share of 1"),
        }
    }

    fn zero(self) -> &'static str {
        match self {
            Unit::Seconds => "0 s",
            Unit::Percent => "0 %",
            _ => "0",
        }
    }

    fn per_second(self) -> &'static str {
        match self {
            Unit::BytesPerSecond => "/s",
            _ => "",
        }
    }
}

/// 1, 2 or 5 and noughts, not less than `least`.
fn decimal(least: f64) -> f64 {
    if !(least > 0.0 && least.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powf(least.log10().floor());
    let first = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|first| first * power >= least * (1.0 - 1e-9));
    first.unwrap_or(10.0) * power
}

fn size(most: f64) -> (f64, &'static str) {
    match most {
        1e12.. => (1e12, "TB"),
        1e9.. => (1e9, "GB"),
        1e6.. => (1e6, "MB"),
        1e3.. => (1e3, "kB"),
        _ => (1.0, "B"),
    }
}

/// A number with as many digits after the point as its step has.
fn short(value: f64, step: f64) -> String {
    let digits = if step > 0.0 && step < 1.0 {
        (-step.log10()).ceil().min(9.0) as usize
    } else {
        0
    };
    let text = format!("{value:.digits$}");
    // A step of 30 minutes between hours: 1.5.
    let scale = 10_f64.powi(digits as i32);
    let written = (value * scale).round() / scale;
    if (written - value).abs() > 1e-9 * value.abs() {
        return format!("{value:.1}");
    }
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A number with a digit after the point where it is small.
fn number(value: f64) -> String {
    let whole = (value - value.round()).abs() < 1e-9;
    match value.abs() {
        ..0.1 if !whole => format!("{value:.3}"),
        ..10.0 if !whole => format!("{value:.1}"),
        n if value.round() < 0.0 => format!("−{}", grouped(n.round() as u64)),
        n => grouped(n.round() as u64),
    }
}

/// A span of seconds in its two greatest units.
fn span(seconds: f64) -> String {
    let two = |great: f64, of: &str, small: f64, unit: &str| {
        let all = (seconds / small).round();
        let (first, rest) = ((all * small / great).floor(), all % (great / small));
        match rest {
            0.0 => format!("{first} {of}"),
            _ => format!("{first} {of} {rest} {unit}"),
        }
    };
    match seconds {
        ..0.0 => format!("−{}", span(-seconds)),
        0.0 => "0 s".to_owned(),
        ..1e-3 => format!("{} µs", tenth(seconds * 1e6)),
        ..1.0 => format!("{} ms", tenth(seconds * 1e3)),
        ..MINUTE => format!("{} s", tenth(seconds)),
        ..HOUR => two(MINUTE, "min", 1.0, "s"),
        ..DAY => two(HOUR, "h", MINUTE, "min"),
        _ => two(DAY, "d", HOUR, "h"),
    }
}

fn tenth(value: f64) -> String {
    let tenths = (value * 10.0).round() / 10.0;
    format!("{tenths}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_high_enough() {
        for (unit, least, step) in [
            (Unit::Count, 0.0, 1.0),
            (Unit::Count, 3.2, 5.0),
            (Unit::Count, 5.0, 5.0),
            (Unit::Count, 51_000.0, 100_000.0),
            (Unit::Count, f64::NAN, 1.0),
            (Unit::Count, f64::INFINITY, 1.0),
            (Unit::Seconds, 0.03, 0.05),
            (Unit::Seconds, 12.0, 15.0),
            (Unit::Seconds, 40.0, MINUTE),
            (Unit::Seconds, 2.4 * HOUR, 3.0 * HOUR),
            (Unit::Seconds, 1.4 * DAY, 2.0 * DAY),
        ] {
            let got = unit.step(least);
            assert!((got - step).abs() < 1e-9 * step, "{unit:?} {least}: {got}");
        }
    }

    #[test]
    fn a_logarithmic_axis_has_round_values_within_it() {
        assert_eq!(Unit::Count.decades(3.0, 2000.0), [10.0, 100.0, 1000.0]);
        assert_eq!(
            Unit::Seconds.decades(1.0, 600.0),
            [1.0, 10.0, MINUTE, 10.0 * MINUTE]
        );
        let small = Unit::Seconds.decades(0.01, 1.0);
        assert_eq!(small.len(), 3);
        for (low, high) in [(0.0, 1.0), (-1.0, 5.0), (f64::NAN, 1.0), (2.0, 1.0)] {
            assert!(Unit::Count.decades(low, high).is_empty(), "{low} {high}");
        }
    }

    #[test]
    fn ticks_of_an_axis_are_written_alike() {
        let ticks = |unit: Unit, step: f64, n: i32| {
            (0..=n)
                .map(|i| unit.tick(f64::from(i) * step, step, step * f64::from(n)))
                .collect::<Vec<_>>()
        };
        assert_eq!(ticks(Unit::Count, 0.5, 2), ["0", "0.5", "1"]);
        assert_eq!(
            ticks(Unit::Count, 20_000.0, 3),
            ["0", "20 k", "40 k", "60 k"]
        );
        assert_eq!(ticks(Unit::Count, 0.1, 3), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(
            ticks(Unit::Bytes, 500_000.0, 3),
            ["0", "0.5 MB", "1 MB", "1.5 MB"]
        );
        assert_eq!(
            ticks(Unit::BytesPerSecond, 200.0, 2),
            ["0", "200 B/s", "400 B/s"]
        );
        assert_eq!(
            ticks(Unit::Seconds, 30.0 * MINUTE, 3),
            ["0 s", "30 min", "1 h", "1.5 h"]
        );
        assert_eq!(
            ticks(Unit::Seconds, 0.05, 2),
            ["0 s", "50 ms", "100 ms"],
            "below a second"
        );
        assert_eq!(
            ticks(Unit::Seconds, 15.0, 3),
            ["0 s", "15 s", "30 s", "45 s"]
        );
        assert_eq!(ticks(Unit::Percent, 0.5, 2), ["0 %", "50 %", "100 %"]);
    }

    #[test]
    fn values_are_said_in_their_unit() {
        for (unit, value, text) in [
            (Unit::Count, 0.0, "0"),
            (Unit::Count, 0.44, "0.4"),
            (Unit::Count, 50_003.2, "50,003"),
            (Unit::Count, -7.0, "−7"),
            (Unit::Count, f64::NAN, "–"),
            (Unit::Bytes, 999.0, "999 B"),
            (Unit::Bytes, 466_666.0, "467 kB"),
            (Unit::Bytes, 66_500_000.0, "66.5 MB"),
            (Unit::BytesPerSecond, 1_000.0, "1.0 kB/s"),
            (Unit::Seconds, 0.0, "0 s"),
            (Unit::Seconds, 0.000_25, "250 µs"),
            (Unit::Seconds, 0.31, "310 ms"),
            (Unit::Seconds, 12.44, "12.4 s"),
            (Unit::Seconds, 90.0, "1 min 30 s"),
            (Unit::Seconds, 10_260.0, "2 h 51 min"),
            (Unit::Seconds, 12.0 * HOUR, "12 h"),
            (Unit::Seconds, 3599.9, "60 min"),
            (Unit::Seconds, 36.0 * HOUR, "1 d 12 h"),
            (Unit::Percent, 0.5, "50 %"),
        ] {
            assert_eq!(unit.say(value), text, "{unit:?} {value}");
        }
    }
}
