//! Wireshark's packet details as text: the bits of a frame's fields, with dots for the others.

/// Reads the bits of the fields, field by field, and what is given as hexadecimal digits behind them. `None` where there are
/// none of a WebSocket frame. The second value says whether a payload is announced that is not there.
pub(crate) fn read(text: &str, max_bytes: usize) -> Option<(Vec<u8>, bool)> {
    let mut bytes: Vec<u8> = Vec::new();
    // The byte whose bits are being gathered: the bits, and which of them are known.
    let mut open: (u8, u8) = (0, 0);
    let mut fields = 0;
    let (mut left, mut long, mut masked) = (0_u64, 0, false);
    for line in text.lines() {
        let line = line.trim();
        if let Some((bits, name)) = line.split_once(" = ")
            && let Some((value, known)) = pattern(bits)
        {
            fields += 1;
            // A bit that is there already begins the next byte.
            if open.1 & known != 0 {
                bytes.push(open.0);
                open = (0, 0);
            }
            open = (open.0 | value, open.1 | known);
            if open.1 == 0xff {
                bytes.push(open.0);
                open = (0, 0);
            }
            if name.starts_with("Mask") {
                masked = value != 0;
            }
            if name.starts_with("Payload length") && known == 0x7f {
                left = value.into();
                long = match value {
                    126 => 2,
                    127 => 8,
                    _ => 0,
                };
            }
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        let name = name.trim().to_ascii_lowercase();
        if name.contains("extended payload length") && long > 0 {
            let number: u64 = value.split(' ').next()?.parse().ok()?;
            left = number;
            bytes.extend_from_slice(number.to_be_bytes().get(8 - long..)?);
            long = 0;
        } else if name == "masking-key" || name == "masking key" {
            bytes.extend(digits(value)?);
            masked = false;
        } else if matches!(name.as_str(), "masked payload" | "payload" | "data")
            && !value.is_empty()
        {
            // What is unmasked is said behind what is not.
            if let Some(payload) = digits(value)
                && left > 0
            {
                left = left.saturating_sub(payload.len() as u64);
                bytes.extend(payload);
            }
        }
        if bytes.len() > max_bytes {
            return None;
        }
    }
    // Bits that were not said are 0: RSV is left out by some versions.
    if open.1 != 0 {
        bytes.push(open.0);
    }
    (fields >= 2 && !bytes.is_empty()).then_some((bytes, left > 0 || long > 0 || masked))
}

/// The bits of `.000 ....`, and which of them are given.
fn pattern(text: &str) -> Option<(u8, u8)> {
    let bits = || text.bytes().filter(|b| *b != b' ');
    if bits().count() != 8 || !bits().all(|b| matches!(b, b'0' | b'1' | b'.')) {
        return None;
    }
    let all = |wanted: fn(u8) -> bool| bits().fold(0, |sum, b| sum << 1 | u8::from(wanted(b)));
    Some((all(|b| b == b'1'), all(|b| b != b'.')))
}

/// Digits without anything between them, or with colons.
fn digits(text: &str) -> Option<Vec<u8>> {
    let text = text.split(['…', '[']).next().unwrap_or_default().trim();
    let text = text
        .strip_prefix("0x")
        .unwrap_or(text)
        .replace([':', ' '], "");
    let whole = !text.is_empty()
        && text.len().is_multiple_of(2)
        && text.bytes().all(|b| b.is_ascii_hexdigit());
    whole.then(|| super::row::bytes_of(&[&text], false))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "WebSocket\n    1... .... = Fin: True\n    .000 .... = Reserved: 0x0\n    .... 0001 = Opcode: Text (1)\n";

    #[test]
    fn fields_become_bytes() {
        let masked = format!(
            "{HEAD}    1... .... = Mask: True\n    .000 0101 = Payload length: 5\n    Masking-Key: 37fa213d\n    Masked payload\n    Payload\n"
        );
        assert_eq!(
            read(&masked, 99),
            Some((b"\x81\x85\x37\xfa\x21\x3d".to_vec(), true))
        );
        let long = format!(
            "{HEAD}    0... .... = Mask: False\n    .111 1110 = Payload length: 126 Extended Payload Length (16 bits)\n    Extended Payload length (16 bits): 128\n"
        );
        assert_eq!(read(&long, 99), Some((b"\x81\x7e\x00\x80".to_vec(), true)));
        let ping = "1... .... = Fin: True\n.000 .... = Reserved: 0x0\n.... 1001 = Opcode: Ping (9)\n0... .... = Mask: False\n.000 0000 = Payload length: 0";
        assert_eq!(read(ping, 99), Some((b"\x89\x00".to_vec(), false)));
        assert_eq!(read("81 05", 99), None);
    }
}
