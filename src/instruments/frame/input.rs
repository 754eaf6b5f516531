//! Bytes as people write them.

/// The most that can be pasted, in bytes: 4 MiB.
pub const MAX_BYTES: usize = 4 << 20;

/// Reads hexadecimal digits, two a byte. Spaces, line ends, commas, colons and `0x` between bytes are passed over.
///
/// # Errors
/// Says which character cannot be read and where, counted from 1, or that a digit is missing.
pub fn parse_hex(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high: Option<(usize, u32)> = None;
    let mut rest = text.char_indices().peekable();
    let mut place = 0;
    while let Some((_, c)) = rest.next() {
        place += 1;
        if high.is_none() && c == '0' && matches!(rest.peek(), Some((_, 'x' | 'X'))) {
            rest.next();
            place += 1;
            continue;
        }
        match (c.to_digit(16), high) {
            (Some(digit), None) => high = Some((place, digit)),
            (Some(digit), Some((_, first))) => {
                if bytes.len() == MAX_BYTES {
                    return Err(
                        "That is more than 4 MiB, the most that this page takes. Paste less of it."
                            .into(),
                    );
                }
                bytes.push((first << 4 | digit) as u8);
                high = None;
            }
            (None, _) if c.is_whitespace() || matches!(c, ',' | ':' | ';' | '-' | '_') => {
                if let Some((at, _)) = high {
                    return Err(half(at));
                }
            }
            (None, _) => {
                return Err(format!(
                    "Character {place}, “{c}”, is not a hexadecimal digit. Bytes are written with 0–9 and a–f, two digits each."
                ));
            }
        }
    }
    if let Some((at, _)) = high {
        return Err(half(at));
    }
    if bytes.is_empty() {
        return Err("There are no bytes yet. Two hexadecimal digits make one, such as 81.".into());
    }
    Ok(bytes)
}

fn half(at: usize) -> String {
    format!("The digit at character {at} stands alone. Every byte takes two: write 05, not 5.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_people_have() {
        for text in [
            "818548",
            "81 85 48",
            "81:85:48",
            "0x81, 0x85, 0x48",
            "81\n85\t48\n",
            "0x818548",
            "81 85 48 ",
        ] {
            assert_eq!(parse_hex(text), Ok(vec![0x81, 0x85, 0x48]), "{text:?}");
        }
        assert_eq!(parse_hex("00 0x00"), Ok(vec![0, 0]));
    }

    #[test]
    fn what_is_wrong_and_where() {
        assert!(parse_hex("81 8g").unwrap_err().contains("Character 5, “g”"));
        assert!(parse_hex("é").unwrap_err().contains("Character 1"));
        assert!(parse_hex("81 8").unwrap_err().contains("character 4 "));
        assert!(parse_hex("8 1").unwrap_err().contains("character 1 "));
        assert!(parse_hex("0x").unwrap_err().contains("no bytes"));
        assert!(parse_hex("").unwrap_err().contains("no bytes"));
    }
}
