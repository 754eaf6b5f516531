//! Times, dates and addresses before bytes: digits that are none of theirs.

/// Puts spaces in the place of clock times, dates, addresses and labels in brackets, so that every place stays where it was.
/// `None` where there are none.
pub(crate) fn masked(line: &str) -> Option<String> {
    let mut out: Option<Vec<u8>> = None;
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let begins = at == 0 || !bytes.get(at - 1).is_some_and(u8::is_ascii_alphanumeric);
        let length = if begins {
            stamp(bytes.get(at..).unwrap_or_default())
        } else {
            0
        };
        if length == 0 {
            at += 1;
            continue;
        }
        let out = out.get_or_insert_with(|| bytes.to_vec());
        if let Some(part) = out.get_mut(at..at + length) {
            part.fill(b' ');
        }
        at += length;
    }
    // Only ASCII was replaced.
    out.and_then(|out| String::from_utf8(out).ok())
}

/// How long the time, date or address at the beginning is; 0 where there is none.
fn stamp(bytes: &[u8]) -> usize {
    let clock = shape(bytes, "00:00:00").or_else(|| shape(bytes, "0:00:00"));
    if let Some(mut end) = clock {
        // A fourth pair of digits makes bytes of it.
        let next = bytes.get(end);
        let pair = shape(bytes.get(end + 1..).unwrap_or_default(), "00")
            .is_some_and(|n| !bytes.get(end + 1 + n).is_some_and(u8::is_ascii_digit));
        let sane = plausible(bytes);
        if next == Some(&b':') && pair || !sane {
            return 0;
        }
        if matches!(next, Some(b'.' | b',' | b':')) {
            let fraction = digits(bytes.get(end + 1..).unwrap_or_default());
            if fraction > 0 {
                end += 1 + fraction;
            }
        }
        if bytes.get(end) == Some(&b'Z') {
            end += 1;
        } else if matches!(bytes.get(end), Some(b'+' | b'-'))
            && let Some(zone) = shape(bytes.get(end + 1..).unwrap_or_default(), "00:00")
                .or_else(|| shape(bytes.get(end + 1..).unwrap_or_default(), "0000"))
        {
            end += 1 + zone;
        }
        let ends = !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
        return if ends { end } else { 0 };
    }
    for date in ["0000-00-00", "0000/00/00", "00/00/0000", "00.00.0000"] {
        if let Some(end) = shape(bytes, date) {
            let more = bytes.get(end);
            if more == Some(&b'T') {
                let clock = stamp(bytes.get(end + 1..).unwrap_or_default());
                return end + 1 + clock;
            }
            // The third pair of dates in a longer row of digits.
            if more.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-') {
                return 0;
            }
            return end;
        }
    }
    address(bytes)
}

/// Whether hours, minutes and seconds are below their ends.
fn plausible(bytes: &[u8]) -> bool {
    let number = |from: usize| {
        let high = bytes.get(from)?.checked_sub(b'0')?;
        Some(high * 10 + bytes.get(from + 1)?.checked_sub(b'0')?)
    };
    let from = usize::from(bytes.get(1) != Some(&b':'));
    let hours = if from == 1 { number(0) } else { Some(0) };
    hours.is_some_and(|n| n < 24)
        && number(from + 2).is_some_and(|n| n < 60)
        && number(from + 5).is_some_and(|n| n < 61)
}

/// The length of a pattern whose `0` stand for digits, where the bytes begin so.
fn shape(bytes: &[u8], pattern: &str) -> Option<usize> {
    let fits = |(i, p): (usize, u8)| {
        bytes.get(i).is_some_and(|b| match p {
            b'0' => b.is_ascii_digit(),
            _ => *b == p,
        })
    };
    pattern
        .bytes()
        .enumerate()
        .all(fits)
        .then_some(pattern.len())
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// The length of an address of IPv4, with its port.
fn address(bytes: &[u8]) -> usize {
    let mut at = 0;
    for nth in 0..4 {
        if nth > 0 {
            if bytes.get(at) != Some(&b'.') {
                return 0;
            }
            at += 1;
        }
        let n = digits(bytes.get(at..).unwrap_or_default());
        if !(1..=3).contains(&n) {
            return 0;
        }
        at += n;
    }
    if matches!(bytes.get(at), Some(b':' | b'.')) {
        let port = digits(bytes.get(at + 1..).unwrap_or_default());
        if port > 0 {
            at += 1 + port;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_dates_are_no_bytes() {
        for (line, left) in [
            ("12:34:56 81 05", "81 05"),
            ("12:34:56.789 -> 81 05", "-> 81 05"),
            (
                "[2022/08/23 15:23:21:6555] N: 81",
                "[                        ] N: 81",
            ),
            ("2024-05-01T12:34:56.789Z 81 05", "81 05"),
            ("2024-05-01T12:34:56+02:00 81 05", "81 05"),
            ("192.168.1.10:8080 81", "81"),
        ] {
            assert_eq!(masked(line).as_deref().map(str::trim), Some(left), "{line}");
        }
        for line in [
            "81:05:48:65",
            "81:85:48",
            "12:34:56:78 81",
            "81 05",
            "81-05-48-65",
            "é",
        ] {
            assert_eq!(masked(line), None, "{line}");
        }
    }
}
