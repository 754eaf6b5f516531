//! Base64 (RFC 4648 §4 and §5).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::{ParseError, blank};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(false);
const USUAL: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const ADDRESS: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Where the letters begin: behind the head of a `data:` address.
fn start(text: &str) -> usize {
    let head = text.trim_start().starts_with("data:");
    match text.find(";base64,") {
        Some(at) if head => at + ";base64,".len(),
        _ => 0,
    }
}

fn letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_')
}

/// Whether there is nothing but letters of base64.
pub(crate) fn fits(text: &str) -> bool {
    let letters = text[start(text)..].trim_matches(blank);
    letters
        .trim_end_matches('=')
        .chars()
        .all(|c| letter(c) || blank(c))
}

pub(crate) fn parse(text: &str, max_bytes: usize) -> Result<Vec<u8>, ParseError> {
    let base = start(text);
    let mut letters = String::with_capacity(text.len() - base);
    let (mut usual, mut address, mut padding) = (None, None, None);
    let mut last = base;
    for (at, c) in text[base..].char_indices() {
        let at = base + at;
        if blank(c) {
            continue;
        }
        last = at;
        match c {
            '+' | '/' => usual = usual.or(Some(c)),
            '-' | '_' => address = address.or(Some(c)),
            '=' => {
                padding = padding.or(Some(at));
                continue;
            }
            _ => {}
        }
        if !letter(c) {
            let what = "is not a letter of base64, which are A–Z, a–z, 0–9 and + / (or - _).";
            return Err(ParseError::at(text, at, &c.to_string(), what));
        }
        if let Some(at) = padding {
            let what = "ends base64, but more follows. Paste one text at a time.";
            return Err(ParseError::at(text, at, "=", what));
        }
        if let (Some(one), Some(other)) = (usual, address) {
            let what = format!(
                "does not go with “{}”: + and / belong to one alphabet of base64, - and _ to the other.",
                if c == one { other } else { one }
            );
            return Err(ParseError::at(text, at, &c.to_string(), what));
        }
        letters.push(c);
    }
    if letters.len() / 4 * 3 > max_bytes {
        return Err(ParseError::too_many(max_bytes));
    }
    if letters.len() % 4 == 1 {
        let what = "Base64 writes three bytes in four letters; one letter too many is left over. Is the end cut off?";
        return Err(ParseError::at(text, last, "", what));
    }
    let engine = if address.is_some() { &ADDRESS } else { &USUAL };
    let bytes = engine.decode(&letters).map_err(|_| {
        let what = "The last letter holds bits that belong to no byte. Is the end cut off?";
        ParseError::at(text, last, "", what)
    })?;
    if bytes.len() > max_bytes {
        return Err(ParseError::too_many(max_bytes));
    }
    Ok(bytes)
}
