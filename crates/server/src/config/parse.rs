//! How the values of flags are written, and the errors that say so.

use std::{net::SocketAddr, time::Duration};

pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads a duration such as `250ms`, `5s` or `2m`, and keeps it within bounds.
///
/// # Errors
///
/// A sentence that says what is allowed, both bounds included.
pub fn duration_within(text: &str, least: Duration, most: Duration) -> Result<Duration, String> {
    let allowed = || {
        format!(
            "allowed are {} to {}, written like 250ms, 5s or 2m",
            humantime::format_duration(least),
            humantime::format_duration(most)
        )
    };
    let value =
        humantime::parse_duration(text).map_err(|_| format!("not a duration; {}", allowed()))?;
    if value < least || value > most {
        return Err(format!("out of range; {}", allowed()));
    }
    Ok(value)
}

/// Reads a size in bytes such as `512`, `64KiB` or `4MiB`, and keeps it within bounds.
///
/// # Errors
///
/// A sentence that says what is allowed, both bounds included.
pub fn size_within(text: &str, least: usize, most: usize) -> Result<usize, String> {
    let allowed = || format!("allowed are {} to {}", show_size(least), show_size(most));
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit: usize = match unit.trim() {
        "" | "B" => 1,
        "KiB" | "K" => 1 << 10,
        "MiB" | "M" => 1 << 20,
        "GiB" | "G" => 1 << 30,
        _ => {
            return Err(format!("not a size in B, KiB, MiB or GiB; {}", allowed()));
        }
    };
    let value = number
        .parse::<usize>()
        .map_err(|_| format!("not a size; {}", allowed()))?
        .checked_mul(unit)
        .ok_or_else(|| format!("out of range; {}", allowed()))?;
    if value < least || value > most {
        return Err(format!("out of range; {}", allowed()));
    }
    Ok(value)
}

fn show_size(bytes: usize) -> String {
    match bytes {
        b if b >= 1 << 30 && b % (1 << 30) == 0 => format!("{}GiB", b >> 30),
        b if b >= 1 << 20 && b % (1 << 20) == 0 => format!("{}MiB", b >> 20),
        b if b >= 1 << 10 && b % (1 << 10) == 0 => format!("{}KiB", b >> 10),
        b => format!("{b}"),
    }
}

pub(super) fn count_within(text: &str, least: usize, most: usize) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(value) if (least..=most).contains(&value) => Ok(value),
        _ => Err(format!("allowed are whole numbers from {least} to {most}")),
    }
}

pub(super) fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}").parse(),
        None => text.parse(),
    }
    .map_err(|_| {
        "write an IP address and a port, such as 127.0.0.1:8080, 0.0.0.0:80 or [::1]:8080".into()
    })
}

/// An origin as a browser sends it (RFC 6454 §7): scheme, host and optional port, with nothing behind.
pub(super) fn parse_origin(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"))
        .ok_or("an origin starts with http:// or https://")?;
    if rest.is_empty() || rest.contains(['/', '?', '#', ' ', '@']) {
        return Err(
            "an origin ends after its host or port, without a slash: http://localhost:8081".into(),
        );
    }
    Ok(text.to_ascii_lowercase())
}

/// A name that can stand in a member's name.
pub(super) fn parse_name(text: &str) -> Result<String, String> {
    let right = (1..=16).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    match right {
        true => Ok(text.to_owned()),
        false => Err("write 1 to 16 of A-Z, a-z, 0-9, _ and -".into()),
    }
}

/// The address of another server, as a page opens a WebSocket there.
pub(super) fn parse_peer(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("ws://")
        .or_else(|| text.strip_prefix("wss://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']) => {
            Ok(text.to_ascii_lowercase())
        }
        _ => Err("write ws:// or wss:// and a host, without a path: ws://127.0.0.1:8081".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(
            parse_listen("localhost:1234"),
            Ok(([127, 0, 0, 1], 1234).into())
        );
        assert!(parse_listen("[::1]:80").is_ok());
        for bad in [
            "",
            "8080",
            ":8080",
            "example.org:80",
            "127.0.0.1",
            "127.0.0.1:65536",
        ] {
            assert!(
                parse_listen(bad).unwrap_err().contains("127.0.0.1:8080"),
                "{bad}"
            );
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size_within("512", 1, 1024), Ok(512));
        assert_eq!(size_within("64KiB", 1, 1 << 20), Ok(65536));
        assert_eq!(size_within("1MiB", 1, 1 << 20), Ok(1 << 20));
        for bad in [
            "",
            "KiB",
            "-1",
            "1.5MiB",
            "2MiB",
            "0",
            "1 parsec",
            "99999999999999999999",
            "18446744073709551615GiB",
        ] {
            let said = size_within(bad, 1, 1 << 20).unwrap_err();
            assert!(said.contains("1 to 1MiB"), "{bad}: {said}");
        }
    }

    #[test]
    fn durations() {
        let within = |s| duration_within(s, Duration::from_millis(100), Duration::from_secs(60));
        assert_eq!(within("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(within("1m"), Ok(Duration::from_secs(60)));
        for bad in ["", "5", "soon", "99ms", "61s", "-1s"] {
            let said = within(bad).unwrap_err();
            assert!(said.contains("100ms to 1m"), "{bad}: {said}");
        }
    }

    #[test]
    fn origins() {
        assert!(parse_origin("http://localhost:8081").is_ok());
        for bad in [
            "localhost:8081",
            "http://",
            "http://a/",
            "ws://a",
            "http://u@a",
        ] {
            assert!(parse_origin(bad).is_err(), "{bad}");
        }
    }
}
