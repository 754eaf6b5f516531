//! Numbers, bytes and times as they are written on the page and as they are read aloud.

use std::fmt::Write;

use sim::{MINUTE, Micros, SECOND};

/// Bytes as lower-case hexadecimal digits without spaces.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// Bytes as lower-case hexadecimal digits, a space between two bytes.
pub fn hex_spaced(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for (i, byte) in bytes.iter().enumerate() {
        let _ = write!(out, "{}{byte:02x}", if i == 0 { "" } else { " " });
    }
    out
}

/// Reads what [`hex`] and [`hex_spaced`] write, in digits of either case.
///
/// # Errors
/// Says in a sentence which character is no digit, or that one is missing.
pub fn read_hex(text: &str) -> Result<Vec<u8>, String> {
    let mut digits = Vec::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match c.to_digit(16) {
            Some(digit) => digits.push(digit as u8),
            None => return Err(format!("“{c}” is not a hexadecimal digit.")),
        }
    }
    if digits.len() % 2 == 1 {
        return Err(format!(
            "two hexadecimal digits make a byte, and there are {}.",
            grouped(digits.len() as u64)
        ));
    }
    Ok(digits.chunks(2).map(|two| two[0] << 4 | two[1]).collect())
}

/// The sign that shows a byte as a character: itself where it is printable ASCII, else a middle dot.
pub fn printable(byte: u8) -> char {
    if byte.is_ascii_graphic() || byte == b' ' {
        byte as char
    } else {
        '·'
    }
}

/// A whole number with commas between groups of three digits, as in the prose: `94,118`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of so many decimals that is counted in units of the last one: `fixed(1234, 2)` is `12.34`. The formatter of
/// floating point numbers is a large piece of program.
pub fn fixed(n: u64, decimals: u32) -> String {
    let unit = 10u64.pow(decimals);
    let mut out = (n / unit).to_string();
    if decimals > 0 {
        out.push('.');
        let digits = (n % unit + unit).to_string();
        out.push_str(&digits[1..]);
    }
    out
}

/// `1 byte`, `2 bytes`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// The beginning of a text from an address, to name the text by.
pub fn ellipsize(text: &str) -> String {
    const MOST: usize = 24;
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

/// A span of milliseconds as it is written: `80 ms`, `1.5 s`, `2 min`, `2 h 4 min`.
pub fn span(ms: u32) -> String {
    let seconds = f64::from(ms) / 1000.0;
    match ms {
        ..1000 => format!("{ms} ms"),
        1000..120_000 => format!("{seconds} s"),
        _ => {
            let (hours, minutes, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms % 60_000);
            let parts = [
                (hours > 0).then(|| format!("{hours} h")),
                (minutes > 0).then(|| format!("{minutes} min")),
                (rest > 0).then(|| format!("{} s", f64::from(rest) / 1000.0)),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    }
}

/// The same, as it is read aloud.
pub fn span_aloud(ms: u32) -> String {
    match ms {
        ..1000 => format!("{ms} milliseconds"),
        1000 => "1 second".to_owned(),
        1001..120_000 => format!("{} seconds", f64::from(ms) / 1000.0),
        _ => span(ms)
            .replace(" min", " minutes")
            .replace(" h", " hours")
            .replace(" s", " seconds"),
    }
}

/// A span of time for people: `0.04 s`, `37.2 s`, `15 min 42 s`.
pub fn seconds(micros: Micros) -> String {
    let s = micros as f64 / SECOND as f64;
    if micros < 10 * SECOND {
        format!("{s:.2} s")
    } else if micros < 2 * MINUTE {
        format!("{s:.1} s")
    } else {
        let whole = (s.round()) as u64;
        match (whole / 3600, whole / 60 % 60, whole % 60) {
            (0, m, s) => format!("{m} min {s} s"),
            (h, m, _) => format!("{h} h {m} min"),
        }
    }
}

/// A time of a model: `1:05.2`.
pub fn minutes(at: Micros) -> String {
    let tenths = at / (SECOND / 10);
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

/// The most digits that [`decimal`] takes: a number of so many is one without loss.
const MOST_DIGITS: usize = 15;

/// Reads a number as people write it, such as `45` or `45.5`: at most 15 digits, no sign and no exponent. The language's own
/// reader of numbers brings a table of 10 kB along, and this is all that an address needs.
pub fn decimal(text: &str) -> Option<f64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = || whole.bytes().chain(part.bytes());
    let complete = !whole.is_empty() && (!part.is_empty() || whole.len() == text.len());
    let right = complete && digits().all(|b| b.is_ascii_digit());
    if !right || whole.len() + part.len() > MOST_DIGITS {
        return None;
    }
    let number = digits().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    // Both are whole numbers below 2⁵³, so the quotient is the nearest number there is.
    Some(number as f64 / 10_u64.pow(part.len() as u32) as f64)
}

/// A time of a model as an address has it: seconds, `45.5`.
pub fn write_seconds(at: Micros) -> String {
    format!("{}", at as f64 / SECOND as f64)
}

/// Reads what [`write_seconds`] writes.
///
/// # Errors
/// Says in a sentence which times can be used: those up to `end`.
pub fn read_seconds(text: &str, end: Micros) -> Result<Micros, String> {
    let last = end as f64 / SECOND as f64;
    match decimal(text) {
        Some(s) if (0.0..=last).contains(&s) => Ok((s * SECOND as f64).round() as Micros),
        _ => Err(format!("a time from 0 to {last} seconds is needed.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_as_the_language_reads_them() {
        for text in [
            "0",
            "7",
            "45.5",
            "0.1",
            "0.001",
            "45100.5",
            "9999999.999",
            "10000000",
            "00.10",
            "123456789.123456",
            "3.141592653589",
        ] {
            assert_eq!(decimal(text), text.parse().ok(), "{text}");
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "NaN",
            "inf",
            "1 ",
            "1.2.3",
            "１",
            "99999999999999999",
            "0.12345678901234567",
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_without_floating_point() {
        let all = [(0, 2), (5, 2), (1234, 2), (1200, 1), (7, 0)].map(|(n, d)| fixed(n, d));
        assert_eq!(all, ["0.00", "0.05", "12.34", "120.0", "7"]);
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (94118, "94,118"),
            (1234567, "1,234,567"),
        ] {
            assert_eq!(grouped(n), text);
        }
    }

    #[test]
    fn hexadecimal_digits() {
        assert_eq!(hex(&[0, 0xab, 0xff]), "00abff");
        assert_eq!(hex_spaced(&[0, 0xab, 0xff]), "00 ab ff");
        assert_eq!(hex_spaced(&[]), "");
        assert_eq!(read_hex("00 aB\tff"), Ok(vec![0, 0xab, 0xff]));
        assert_eq!(read_hex(""), Ok(vec![]));
        assert!(read_hex("0g").unwrap_err().contains("“g”"));
        assert!(read_hex("0ab").unwrap_err().contains("there are 3"));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(ellipsize("short"), "short");
        assert_eq!(ellipsize(&"é".repeat(25)), format!("{}…", "é".repeat(24)));
    }

    #[test]
    fn spans() {
        for (ms, text, aloud) in [
            (80, "80 ms", "80 milliseconds"),
            (1000, "1 s", "1 second"),
            (1500, "1.5 s", "1.5 seconds"),
            (90_000, "90 s", "90 seconds"),
            (120_000, "2 min", "2 minutes"),
            (7_440_000, "2 h 4 min", "2 hours 4 minutes"),
            (924_600, "15 min 24.6 s", "15 minutes 24.6 seconds"),
        ] {
            assert_eq!(
                (span(ms), span_aloud(ms)),
                (text.to_owned(), aloud.to_owned())
            );
        }
    }

    #[test]
    fn times_of_a_model() {
        assert_eq!(minutes(0), "0:00.0");
        assert_eq!(minutes(65_290_000), "1:05.2");
        assert_eq!(minutes(180 * SECOND), "3:00.0");
        for at in [0, 30_500_000, 180 * SECOND] {
            assert_eq!(read_seconds(&write_seconds(at), 180 * SECOND), Ok(at));
        }
        for text in ["-1", "NaN", "180.1", "soon", ""] {
            let why = read_seconds(text, 180 * SECOND).unwrap_err();
            assert!(why.contains("a time from 0 to 180"), "{text}");
        }
    }
}
