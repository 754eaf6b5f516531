//! What each byte says, in sentences.

use super::model::ValidationState;
use super::settings::{Carrier, Settings};
use crate::kit::number::counted;
use crate::kit::wire_text::{Unseen, unseen};

/// What the byte that was read last says, or why it cannot stand there.
pub fn explain(settings: &Settings, step: usize, states: &[ValidationState]) -> String {
    let (Some(now), Some(byte)) = (
        states.get(step),
        step.checked_sub(1).and_then(|at| settings.bytes.get(at)),
    ) else {
        return match settings.carrier {
            Carrier::Text => "The header has come: a text frame. Every byte from here on has to fit what UTF-8 allows next.".into(),
            Carrier::Binary => "The header has come: a binary frame. Its bytes mean what both ends agree on, and nobody checks them.".into(),
            Carrier::Close => "The header and the close code have come. What follows is the reason.".into(),
        };
    };
    match settings.carrier {
        Carrier::Binary if now.done => {
            return "All of it has come. In a binary message any byte may be anywhere.".into();
        }
        Carrier::Binary => return format!("{byte:02x}: a byte like any other."),
        Carrier::Close if now.failed.is_some() => {
            return "The close frame is complete, and its reason is not UTF-8. A control frame has 125 bytes at most, so it is read whole before anything is done with it.".into();
        }
        Carrier::Close if now.done => {
            return "The close frame is complete, and its reason is UTF-8.".into();
        }
        Carrier::Close => {
            return format!(
                "{byte:02x} is kept until the frame is complete: a control frame is read whole."
            );
        }
        Carrier::Text => {}
    }
    let before = step
        .checked_sub(1)
        .and_then(|at| states.get(at))
        .map(|state| state.pending.as_slice())
        .unwrap_or_default();
    let fits = states
        .get(step - 1)
        .and_then(|state| state.next)
        .is_some_and(|next| next.allows(*byte));
    if !fits {
        return refusal(before, *byte);
    }
    let missing = now.next.map_or(0, |next| next.missing);
    if now.failed.is_some() {
        return format!(
            "{byte:02x} fits, but the message ends here, and its last character lacks {}.",
            counted(missing as u64, "byte", "bytes")
        );
    }
    if missing > 0 && before.is_empty() {
        return format!(
            "{byte:02x} begins a character of {} bytes.{}",
            missing + 1,
            why_narrow(*byte)
        );
    }
    if missing > 0 {
        return format!(
            "{byte:02x} carries six more bits of the character. {} to come.",
            counted(missing as u64, "byte is", "bytes are")
        );
    }
    let whole: Vec<u8> = before.iter().copied().chain([*byte]).collect();
    let c = std::str::from_utf8(&whole)
        .ok()
        .and_then(|text| text.chars().next())
        .unwrap_or_default();
    let end = if now.done {
        " The message is complete."
    } else {
        ""
    };
    format!(
        "{byte:02x} {} U+{:04X}{}.{end}",
        if before.is_empty() {
            "is a whole character,"
        } else {
            "completes the character"
        },
        u32::from(c),
        match unseen(c) {
            Some(Unseen { label, .. }) if label.starts_with("U+") => String::new(),
            Some(unseen) => format!(", {}", unseen.label),
            None => format!(" “{c}”"),
        }
    )
}

/// Why some continuation bytes may not come after this byte.
fn why_narrow(byte: u8) -> &'static str {
    match byte {
        0xe0 => " The next is a0 to bf: with less, the character would fit in two bytes.",
        0xed => {
            " The next is 80 to 9f: a0 and above are surrogates, halves of UTF-16, not characters."
        }
        0xf0 => " The next is 90 to bf: with less, the character would fit in three bytes.",
        0xf4 => " The next is 80 to 8f: 90 and above lie past U+10FFFF, where Unicode ends.",
        _ => " Each of the others is 80 to bf.",
    }
}

/// Why a byte cannot stand behind the beginning of a character, or of nothing.
fn refusal(pending: &[u8], byte: u8) -> String {
    let why = match (pending, byte) {
        ([], 0x80..=0xbf) => "goes on with a character, and none is under way",
        ([], 0xc0 | 0xc1) => {
            "could only begin a character that fits in one byte. Such overlong forms are not UTF-8: every character has one spelling"
        }
        ([], 0xf5..=0xf7) => "could only begin a character past U+10FFFF, where Unicode ends",
        ([], _) => "never occurs in UTF-8",
        ([0xe0], 0x80..=0x9f) => "makes an overlong form: this character fits in two bytes",
        ([0xf0], 0x80..=0x8f) => "makes an overlong form: this character fits in three bytes",
        ([0xed], 0xa0..=0xbf) => {
            "makes a surrogate, one half of a UTF-16 pair. It is not a character, and not UTF-8"
        }
        ([0xf4], 0x90..=0xbf) => "makes a number past U+10FFFF, where Unicode ends",
        _ => "does not go on with the character under way, which lacks a byte",
    };
    format!("{byte:02x} {why}.")
}

#[cfg(test)]
mod tests {
    use super::super::settings::PRESETS;
    use super::*;

    fn of(bytes: &[u8], carrier: Carrier) -> Settings {
        Settings {
            bytes: bytes.to_vec(),
            carrier,
            byte: None,
        }
    }

    #[test]
    fn every_byte_is_explained() {
        for (bytes, words) in [
            (&[0x80][..], "none is under way"),
            (&[0xc1], "overlong"),
            (&[0xf5], "past U+10FFFF"),
            (&[0xff], "never occurs"),
            (&[0xe0, 0x80], "fits in two bytes"),
            (&[0xf0, 0x80], "fits in three bytes"),
            (&[0xed, 0xa0], "surrogate"),
            (&[0xf4, 0x90], "where Unicode ends"),
            (&[0xc3, 0x41], "lacks a byte"),
            (&[0xe2, 0x82], "the message ends here"),
            (
                &[0xe2, 0x82, 0xac],
                "completes the character U+20AC “€”. The message is complete.",
            ),
            (&[0x0a], "is a whole character, U+000A, LF."),
        ] {
            let settings = of(bytes, Carrier::Text);
            let states = settings.read();
            let said = explain(&settings, states.len() - 1, &states);
            assert!(said.contains(words), "{bytes:x?}: {said}");
        }
        for carrier in [Carrier::Text, Carrier::Binary, Carrier::Close] {
            for preset in PRESETS {
                let settings = of(preset.bytes, carrier);
                let states = settings.read();
                for step in 0..states.len() {
                    assert!(explain(&settings, step, &states).len() > 10);
                }
            }
        }
    }
}
