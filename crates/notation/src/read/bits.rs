//! Binary digits, eight a byte, in rows or in a list.

/// Reads bits. `None` where anything else than bits, and what may stand between them, is there.
pub(crate) fn read(text: &str, max_bytes: usize) -> Option<Vec<u8>> {
    let mut bits: Vec<bool> = Vec::new();
    let mut all = 0;
    for line in text.lines() {
        // Rows are numbered, or say what they are behind the bits.
        let line = behind_label(line.trim());
        let words = line
            .split(|c: char| c.is_whitespace() || ",;|_[](){}".contains(c))
            .filter(|word| !word.is_empty());
        for word in words {
            let word = word
                .strip_prefix("0b")
                .or(word.strip_prefix("0B"))
                .unwrap_or(word);
            if !word.bytes().all(|b| matches!(b, b'0' | b'1')) || word.len() > 64 {
                return None;
            }
            bits.extend(word.bytes().map(|b| b == b'1'));
            all += 1;
            if bits.len() / 8 > max_bytes {
                return None;
            }
        }
    }
    if all == 0 || bits.is_empty() || !bits.len().is_multiple_of(8) {
        return None;
    }
    Some(
        bits.chunks(8)
            .map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | u8::from(*bit)))
            .collect(),
    )
}

/// What stands behind the label of a line, where that is bits alone: `payload: 01001000`.
fn behind_label(line: &str) -> &str {
    match line.rsplit_once(':') {
        Some((label, bits))
            if label.contains(char::is_alphabetic)
                && bits.chars().all(|c| matches!(c, '0' | '1' | ' ' | '\t'))
                && bits.trim().len() > 7 =>
        {
            bits
        }
        _ => line,
    }
}

/// Whether a text of zeros and ones is rather bits than hexadecimal digits: no word is as short as a byte of two digits.
pub(crate) fn looks_like(text: &str) -> bool {
    let mut words = text
        .lines()
        .flat_map(|line| {
            behind_label(line.trim()).split(|c: char| c.is_whitespace() || ",;|[](){}".contains(c))
        })
        .filter(|w| !w.is_empty())
        .peekable();
    let marked = text.contains("0b");
    let sized = words.clone().all(|w| w.len() == 8)
        || words.clone().all(|w| w.len() == 4 && text.len() > 8);
    // Fields of a header stand apart: `1 000 0001 0 0000101`.
    let fields =
        words.clone().all(|w| w.len() <= 8) && words.clone().any(|w| w.len() > 2 && w.len() != 4);
    let line = words.clone().count() == 1 && text.trim().len() >= 16;
    // Rows of a drawing: `1 0 0 0 0 0 0 1`.
    let digits = words.clone().all(|w| w.len() == 1) && words.clone().count() >= 16;
    words.peek().is_some() && (marked || sized || fields || line || digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_lists_and_fields_of_bits() {
        for text in [
            "10000001 00000101",
            "10000001\n00000101\n",
            "0b10000001, 0b00000101",
            "[0b10000001, 0b101]",
            "1 000 0001 0 0000101",
            "1000 0001 0000 0101",
            "1000000100000101",
            "1 0 0 0 0 0 0 1\n0 0 0 0 0 1 0 1",
            "FIN and opcode: 10000001\nlength: 00000101",
        ] {
            let expected = (!text.contains("b101")).then(|| vec![0x81, 5]);
            assert_eq!(read(text, 10), expected, "{text}");
            assert!(looks_like(text), "{text}");
        }
        assert_eq!(read("10000002", 10), None);
        assert_eq!(read("1000000", 10), None);
        assert!(!looks_like("81 05"));
        assert!(!looks_like("10 01 00 11"));
    }
}
