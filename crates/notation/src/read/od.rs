//! Rows of od: octal words, decimal or octal bytes, characters.

use super::row::{Row, words};

/// How od printed its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Words of two bytes in six octal digits, the last byte first.
    Words,
    /// Decimal bytes (`-t u1`).
    Decimal,
    /// Octal bytes (`-b`) and characters (`-c`).
    Characters,
}

/// How od printed these rows. `None` where they are of something else.
pub(crate) fn kind<'a, 'b: 'a>(rows: impl Iterator<Item = &'a Row<'b>>) -> Option<Kind> {
    let mut letters = false;
    let mut decimal = false;
    let mut octal = false;
    let mut all_words = true;
    let mut any = false;
    for row in rows {
        if row.colon || row.prefix || row.offset.len() != 7 {
            return None;
        }
        for (_, word) in words(row.body) {
            any = true;
            let digits = word.bytes().all(|b| b.is_ascii_digit());
            let eight = word.bytes().any(|b| matches!(b, b'8' | b'9'));
            all_words &= word.len() == 6 && digits && !eight;
            match word.len() {
                3 if digits => {
                    decimal |= eight;
                    octal |= !eight;
                }
                1 | 2 if !digits && (word.len() == 1 || word.starts_with('\\')) => letters = true,
                1 | 2 if digits => {}
                6 => {}
                _ => return None,
            }
        }
    }
    if !any {
        return None;
    }
    if all_words {
        return Some(Kind::Words);
    }
    match (letters, decimal, octal) {
        (true, false, _) => Some(Kind::Characters),
        (false, true, _) => Some(Kind::Decimal),
        (false, false, true) => Some(Kind::Characters),
        _ => None,
    }
}

/// The bytes of a row, at most `width`.
pub(crate) fn row(body: &str, kind: Kind, width: usize) -> Vec<u8> {
    if kind == Kind::Words {
        return words(body)
            .filter_map(|(_, w)| u16::from_str_radix(w, 8).ok())
            .flat_map(u16::to_le_bytes)
            .take(width)
            .collect();
    }
    let word = |word: &str| match (kind, word) {
        (Kind::Decimal, _) => word.parse().ok(),
        (_, "\\0") => Some(0),
        (_, "\\a") => Some(7),
        (_, "\\b") => Some(8),
        (_, "\\t") => Some(9),
        (_, "\\n") => Some(10),
        (_, "\\v") => Some(11),
        (_, "\\f") => Some(12),
        (_, "\\r") => Some(13),
        _ if word.len() == 3 => u8::from_str_radix(word, 8).ok(),
        _ => word.bytes().next(),
    };
    // Each byte of `od -c` takes four columns: three blanks in a row are a space.
    let mut bytes = Vec::new();
    let mut end = 0;
    for (at, found) in words(body) {
        if kind == Kind::Characters && !bytes.is_empty() {
            let columns = (at + found.len()).saturating_sub(end);
            let spaces = (columns / 4).saturating_sub(1).min(16);
            bytes.extend(std::iter::repeat_n(b' ', spaces));
        }
        end = at + found.len();
        bytes.extend(word(found));
    }
    bytes.truncate(width);
    bytes
}
