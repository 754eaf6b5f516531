//! Words and numbers, as the texts write them.

use std::fmt::Write as _;

use wire::Role;

use crate::draw::Draw;

/// Bytes in hexadecimal, with spaces: `81 85`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (i, byte) in bytes.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{}{byte:02x}", if i == 0 { "" } else { " " });
    }
    out
}

/// Bytes in backticks: a single one as `0x81`, more as `81 85`.
pub(crate) fn code(bytes: &[u8]) -> String {
    match bytes {
        [only] => format!("`0x{only:02x}`"),
        _ => format!("`{}`", hex(bytes)),
    }
}

/// A number with commas between groups of three digits, as everywhere on the site.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 byte`, `2 bytes`.
pub(crate) fn counted(n: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { more })
}

/// A number of bytes.
pub(crate) fn bytes(n: u64) -> String {
    counted(n, "byte", "bytes")
}

/// `3 s`, `1.5 s`; what is less than a second in milliseconds. The argument is in milliseconds.
pub(crate) fn span(ms: u64) -> String {
    match ms {
        0 => "0 s".to_owned(),
        1..1000 => format!("{ms} ms"),
        _ if ms.is_multiple_of(1000) => format!("{} s", ms / 1000),
        _ => format!("{} s", ms as f64 / 1000.0),
    }
}

/// `first`, `second`, up to `tenth`; then `11th`.
pub(crate) fn ordinal(n: usize) -> String {
    const WORDS: [&str; 11] = [
        "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
        "ninth", "tenth",
    ];
    if let Some(word) = WORDS.get(n) {
        return (*word).to_owned();
    }
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// The same with a capital letter.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + chars.as_str())
        .unwrap_or_default()
}

/// The same with a small one.
pub(crate) fn uncapital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().collect::<String>() + chars.as_str())
        .unwrap_or_default()
}

/// Items as `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The frame inspector on these bytes, at one of them.
pub(crate) fn frames_link(bytes: &[u8], from: Role, step: usize) -> String {
    let hex = hex(bytes).replace(' ', "");
    let step = step.min(bytes.len().saturating_sub(1));
    format!("/frames?hex={hex}&from={}&step={step}", from.name())
}

/// A value of a query: everything but letters, digits and `-._~` is escaped (RFC 3986 §2.3).
pub(crate) fn escaped(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Words of 2 to 6 letters that people send.
const SHORT: [&str; 24] = [
    "hi", "yes", "ok", "bye", "news", "Hello", "ready", "chat", "buy", "sell", "42", "green",
    "left", "right", "stop", "go on", "wait", "up", "down", "east", "west", "north", "tea", "moon",
];
/// Sentences of 12 to 40 letters.
const LONG: [&str; 12] = [
    "The train leaves at noon",
    "Price of gold: 2041.50",
    "Anna has joined the room",
    "Player 2 moves to e4",
    "Your parcel has arrived",
    "Rain until the evening",
    "The door was left open",
    "Cursor at line 12, column 7",
    "Two seats are still free",
    "Score: home 3, guests 2",
    "Lift 4 is out of order again",
    "The kettle is boiling now",
];

/// A short text, sometimes with a number, so that there are many.
pub(crate) fn short_text(draw: &mut Draw) -> String {
    let word = draw.one(SHORT);
    if draw.flip() && word.len() <= 5 {
        format!("{word}{}", draw.between(1, 99))
    } else {
        word.to_owned()
    }
}

/// A sentence of 20 to 31 bytes.
pub(crate) fn long_text(draw: &mut Draw) -> String {
    format!("{} #{}", draw.one(LONG), draw.between(1, 99))
}

/// The payload of a ping: it means something to its sender alone.
pub(crate) fn ping_payload(draw: &mut Draw) -> String {
    match draw.below(3) {
        0 => format!("p{}", draw.between(1, 999)),
        1 => format!("t{}", draw.between(1000, 9999)),
        _ => draw.one(SHORT).to_owned(),
    }
}

/// A word of a protocol in backticks.
pub(crate) fn code_word(word: &str) -> String {
    format!("`{word}`")
}
