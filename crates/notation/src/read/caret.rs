//! Characters in which `less`, Emacs or `cat -v` mark what cannot be printed.

use crate::{blank, literal};

/// Whether a text has such marks, and no escapes of a programming language.
pub(crate) fn looks_like(text: &str) -> bool {
    !text.contains("\\x") && !text.contains("\\u") && marks(text)
}

fn marks(text: &str) -> bool {
    text.match_indices(['^', '<', 'M']).any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        match rest.as_bytes() {
            [b'^', b'@' | b'A'..=b'Z' | b'[' | b']' | b'_' | b'?', ..] => true,
            [b'M', b'-', b'^', ..] => true,
            _ => angle(rest).is_some(),
        }
    })
}

/// The byte of `<8A>`.
fn angle(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('<')?.get(..2)?;
    let shown = digits
        .bytes()
        .all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
    let byte = u8::from_str_radix(digits, 16).ok()?;
    (shown && text.get(3..)?.starts_with('>') && byte >= 0x80).then_some(byte)
}

/// Reads the characters. `None` where there are no bytes, or more than `max_bytes`.
pub(crate) fn read(text: &str, max_bytes: usize) -> Option<Vec<u8>> {
    let chains = literal::chains(text);
    let inner = chains
        .iter()
        .flatten()
        .filter_map(|range| text.get(range.clone()))
        .find(|inner| marks(inner) || inner.contains('\\'));
    let mut rest = match inner {
        Some(inner) => inner,
        None => behind_label(text.trim_matches(blank)),
    };
    let mut bytes = Vec::new();
    while let Some(c) = rest.chars().next() {
        let (byte, length) = piece(rest);
        match byte {
            Some(byte) => bytes.push(byte),
            None if c == '\n' || c == '\r' => {}
            None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        if bytes.len() > max_bytes {
            return None;
        }
        rest = rest.get(length..)?;
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// A label that ends with a colon is none of the bytes.
fn behind_label(text: &str) -> &str {
    match text.split_once(": ") {
        Some((label, rest)) if !marks(label) && !rest.is_empty() => rest,
        _ => text,
    }
}

fn piece(text: &str) -> (Option<u8>, usize) {
    let control = |c: u8| c.wrapping_sub(b'@') & 0x7f;
    match text.as_bytes() {
        [b'M', b'-', b'^', c @ b'?'..=b'_', ..] => (Some(control(*c) | 0x80), 4),
        [b'M', b'-', c @ b' '..=b'~', ..] => (Some(*c | 0x80), 3),
        [b'^', b'?', ..] => (Some(0x7f), 2),
        [b'^', c @ b'@'..=b'_', ..] => (Some(control(*c)), 2),
        [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            (Some((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')), 4)
        }
        _ => match angle(text) {
            Some(byte) => (Some(byte), 4),
            None => (None, text.chars().next().map_or(1, char::len_utf8)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_each_program() {
        for text in [
            "<81>^EHello",
            "\\201^EHello",
            "M-^A^EHello",
            "got: \"\\201^EHello\"",
        ] {
            assert!(looks_like(text), "{text}");
            assert_eq!(
                read(text, 99).as_deref(),
                Some(&b"\x81\x05Hello"[..]),
                "{text}"
            );
        }
        assert_eq!(
            read("<88>^B^C<E8>", 99).as_deref(),
            Some(&b"\x88\x02\x03\xe8"[..])
        );
        assert!(!looks_like("\\x81^E"));
        assert!(!looks_like("<Buffer 81>"));
        assert_eq!(read("<81>^E", 1), None);
    }
}
