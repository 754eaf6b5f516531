//! Each form, read from a text that has it; and the form that a text most likely has.

use std::borrow::Cow;

use super::blocks::{Block, joined};
use super::unwrap::unwrapped;
use super::{bits, caret, har, listing, log, talk, tree, wrapped};
use crate::{Form, ParseError, Reading, base, blank, dump, escaped, frames, hex, list};

/// Reads a text in one form.
pub(crate) fn read_form(text: &str, form: Form, max_bytes: usize) -> Result<Reading, ParseError> {
    let clean = unwrapped(text);
    match one_form(&clean, form, max_bytes) {
        Err(error) => Err(match &clean {
            // Places are those of the text as it was pasted.
            Cow::Owned(_) => one_form(text, form, max_bytes)
                .err()
                .unwrap_or(error.nowhere()),
            Cow::Borrowed(clean) if clean.len() < text.len() => one_form(text, form, max_bytes)
                .err()
                .unwrap_or(error.nowhere()),
            Cow::Borrowed(_) => error,
        }),
        Ok(reading) if reading.bytes.is_empty() => Err(ParseError::nothing()),
        Ok(reading) if reading.bytes.len() > max_bytes => Err(ParseError::too_many(max_bytes)),
        Ok(reading) => Ok(of_packet(reading)),
    }
}

/// What a packet carries, where the bytes are a whole one and no frame.
fn of_packet(reading: Reading) -> Reading {
    let whole =
        reading.skipped.is_empty() && reading.streams.is_empty() && reading.bytes.len() > 40;
    let spoken = matches!(
        reading.form,
        Form::Har | Form::Tree | Form::Text | Form::File
    );
    if !whole || spoken || frames::score(&reading.bytes) > 0 {
        return reading;
    }
    let block = Block {
        bytes: reading.bytes.clone(),
        ..Block::default()
    };
    match joined(vec![block], reading.form).filter(|packet| !packet.skipped.is_empty()) {
        Some(packet) => packet.by(reading.tool).cut(reading.cut),
        None => reading,
    }
}

fn none(form: Form) -> ParseError {
    ParseError::whole(match form {
        Form::DecimalEscapes => {
            "There is no string with decimal escapes here, such as \\129\\5Hello."
        }
        Form::Caret => "There are no marks here for what cannot be printed, such as <81>^EHello.",
        Form::Bits => "There are no bits here: zeros and ones, eight for each byte.",
        Form::Log => "No line has two bytes after its label, as in “received: 81 05”.",
        Form::Tree => "There are no fields of a frame here, such as “1... .... = Fin: True”.",
        Form::Har => {
            "There are no messages of a HAR file here: objects with type, opcode and data."
        }
        Form::Decimal => "Decimal numbers go from 0 to 255, with spaces between them.",
        _ => "There are no hexadecimal numbers here, such as 81 5 48.",
    })
}

fn one_form(text: &str, form: Form, max_bytes: usize) -> Result<Reading, ParseError> {
    if matches!(form, Form::Hex | Form::List | Form::Escaped)
        && let Some(reading) = wrapped::read(text, max_bytes).filter(|r| r.form == form)
    {
        return Ok(reading);
    }
    let plain = |bytes: Vec<u8>| Reading::new(bytes, form);
    match form {
        Form::Hex => {
            let (text, cut) = before_dots(text);
            Ok(plain(hex::parse(text, max_bytes)?).cut(cut))
        }
        Form::List | Form::HexList => {
            if form == Form::HexList && !text.contains(['[', '{', '(', ',']) {
                let (text, cut) = before_dots(text);
                let bytes = spaced(text, 16, 2).ok_or_else(|| none(form))?;
                return Ok(plain(bytes).cut(cut));
            }
            let base = if form == Form::List { 10 } else { 16 };
            let found = list::parse(text, max_bytes, base)?;
            // Where some numbers name their base, the others do not lack it.
            if form == Form::HexList && !found.bare {
                return Err(none(form));
            }
            Ok(plain(found.bytes).cut(found.cut))
        }
        Form::Decimal => {
            let (text, cut) = before_dots(text);
            let bytes = spaced(text, 10, 3).ok_or_else(|| none(form))?;
            Ok(plain(bytes).cut(cut))
        }
        Form::Escaped => {
            let narrow = narrow(text);
            let (text, cut) = escapes_before_dots(narrow.as_deref().unwrap_or(text));
            Ok(plain(escaped::parse(text, max_bytes, false)?).cut(cut))
        }
        Form::DecimalEscapes => {
            if !escaped::looks_like(text) {
                return Err(none(form));
            }
            Ok(plain(escaped::parse(text, max_bytes, true)?))
        }
        Form::Base64 => match base::parse(text, max_bytes) {
            Err(error) => base_word(text, max_bytes).map(plain).ok_or(error),
            Ok(bytes) => Ok(plain(bytes)),
        },
        Form::Dump => match listing::read(text, max_bytes) {
            Some(reading) => Ok(reading),
            // What is wrong, and where, is said by a reader that is stricter.
            None => dump::parse(text, max_bytes).map(|(bytes, tool)| plain(bytes).by(Some(tool))),
        },
        Form::Caret => Ok(plain(found(
            form,
            caret::read(text, max_bytes).filter(|_| caret::looks_like(text)),
        )?)),
        Form::Bits => Ok(plain(found(form, bits::read(text, max_bytes))?)),
        Form::Log => found(
            form,
            talk::read(text, max_bytes).or_else(|| log::read(text, max_bytes)),
        ),
        Form::Text | Form::File => Ok(plain(text.as_bytes().to_vec())),
        Form::Tree => {
            let (bytes, cut) = found(form, tree::read(text, max_bytes))?;
            Ok(plain(bytes).cut(cut))
        }
        Form::Har => {
            let messages = found(form, har::read(text, max_bytes))?;
            // What the browser could only show as base64 is worth looking at byte by byte.
            let binary = messages.iter().any(|m| m.opcode != 1);
            let bytes = messages
                .iter()
                .filter(|m| !binary || m.opcode != 1)
                .flat_map(|m| m.bytes.iter().copied());
            let mut reading = plain(bytes.collect());
            reading.messages = messages;
            Ok(reading)
        }
    }
}

/// The text with `\x81` for `\u0081`, where all escapes are characters of one byte, as JSON and Java print binary data.
fn narrow(text: &str) -> Option<String> {
    let mut escapes = text.match_indices("\\u").peekable();
    escapes.peek()?;
    let one = |(at, _): (usize, &str)| {
        let digits = text.get(at + 2..at + 6).unwrap_or_default();
        digits.starts_with("00") && super::row::is_hex(digits)
    };
    (escapes.all(one) && !text.contains("\\x") && text.is_ascii())
        .then(|| text.replace("\\u00", "\\x"))
}

/// The one word of a text that is base64 of frames.
fn base_word(text: &str, max_bytes: usize) -> Option<Vec<u8>> {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '=');
    text.split(|c: char| !letter(c))
        .filter(|word| word.len() >= 8 && word.len().is_multiple_of(4))
        .filter_map(|word| base::parse(word, max_bytes).ok())
        .find(|bytes| frames::score(bytes) > 8)
}

fn found<T>(form: Form, what: Option<T>) -> Result<T, ParseError> {
    what.ok_or_else(|| none(form))
}

/// The text up to dots that stand for what was left out, and whether there are any.
fn before_dots(text: &str) -> (&str, bool) {
    let end = match (
        text.find("..."),
        text.find('…').or(text.find(" ..").map(|at| at + 1)),
    ) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    match end {
        Some(at) => (text.get(..at).unwrap_or(text), true),
        None => (text.trim_end_matches(|c: char| blank(c) || c == '.'), false),
    }
}

/// The same for a string without quotes, at its end.
fn escapes_before_dots(text: &str) -> (&str, bool) {
    let trimmed = text.trim_end_matches(blank);
    let inner = trimmed.strip_suffix("...").or(trimmed.strip_suffix('…'));
    match inner {
        Some(inner) if !text.contains(['"', '\'']) => (inner, true),
        _ => (text, false),
    }
}

/// Numbers with spaces between them.
fn spaced(text: &str, base: u32, most: usize) -> Option<Vec<u8>> {
    let text = text.trim_matches(|c: char| blank(c) || matches!(c, '"' | '\'' | '`'));
    text.split(|c: char| blank(c) || c == ',' || c == ';')
        .filter(|word| !word.is_empty())
        .map(|word| {
            let digits = word.len() <= most && word.bytes().all(|b| b.is_ascii_alphanumeric());
            u8::from_str_radix(word, base).ok().filter(|_| digits)
        })
        .collect()
}

/// The form that a text most likely has.
pub(crate) fn guess(text: &str) -> Form {
    let clean = unwrapped(text);
    let text: &str = &clean;
    let fits = |form| one_form(text, form, usize::MAX).is_ok_and(|r: Reading| !r.bytes.is_empty());
    if text.contains("\"opcode\"") && text.contains("\"data\"") && fits(Form::Har) {
        return Form::Har;
    }
    if text.contains(" = ") && fits(Form::Tree) {
        return Form::Tree;
    }
    if talk::read(text, usize::MAX).is_some() {
        return Form::Log;
    }
    if let Some(reading) = wrapped::read(text, usize::MAX) {
        return reading.form;
    }
    if dump::looks_like(text) || fits_dump(text) {
        return Form::Dump;
    }
    if caret::looks_like(text) && fits(Form::Caret) {
        return Form::Caret;
    }
    if escaped::looks_like(text) {
        let score = |form| {
            one_form(text, form, usize::MAX)
                .ok()
                .map(|r| frames::score(&r.bytes))
        };
        return match (score(Form::Escaped), score(Form::DecimalEscapes)) {
            (None, Some(_)) => Form::DecimalEscapes,
            (Some(octal), Some(decimal)) if decimal > octal && !text.contains("\\x") => {
                Form::DecimalEscapes
            }
            _ => Form::Escaped,
        };
    }
    if bits::looks_like(text) && fits(Form::Bits) {
        return Form::Bits;
    }
    if let Some(form) = numbers(text) {
        return form;
    }
    let hex = hex::fits(before_dots(text).0);
    if let Some(form) = words(text) {
        return form;
    }
    let clock = text
        .lines()
        .take(64)
        .any(|line| super::clock::masked(line).is_some());
    // `0x7ffe0010:` is where bytes lie.
    let address = |line: &str| {
        line.split_whitespace()
            .next()
            .is_some_and(|w| w.len() > 5 && w.ends_with(':'))
    };
    let clock = clock || text.lines().all(address);
    if (!hex || clock) && fits(Form::Log) {
        return Form::Log;
    }
    if !hex && base::parse(text, usize::MAX).is_err() && base_word(text, usize::MAX).is_some() {
        return Form::Base64;
    }
    if list::looks_like(text) {
        return Form::List;
    }
    if hex || !one_word_a_line(text) || !base::fits(text) {
        return Form::Hex;
    }
    Form::Base64
}

fn fits_dump(text: &str) -> bool {
    listing::read(text, usize::MAX).is_some()
}

/// A list in brackets or with commas, and the base of its numbers.
fn numbers(text: &str) -> Option<Form> {
    // `0x81 0x5`: not two digits each, and so not digits alone.
    let mut words = text.split_whitespace();
    let assembler = |w: &str| {
        w.len() == 3
            && w.ends_with(['h', 'H'])
            && super::row::is_hex(w.trim_end_matches(['h', 'H']))
    };
    if words.clone().count() > 1 && words.clone().all(assembler) {
        return Some(Form::List);
    }
    if words.clone().any(|w| w.len() == 3) && words.all(|w| w.starts_with("0x") && w.len() < 5) {
        return Some(Form::List);
    }
    if !text.contains(['[', '{', '(', ',']) {
        return None;
    }
    let read = |base| {
        list::parse(text, usize::MAX, base)
            .ok()
            .filter(|r| r.bytes.len() > 1)
    };
    let (decimal, hex) = (read(10), read(16));
    let bracket = text.contains(['[', '{']);
    match (decimal, hex) {
        (Some(decimal), _) if !decimal.bare => Some(Form::List),
        (Some(decimal), Some(hex)) => {
            // Two digits each and commas alone are hexadecimal, as ever.
            let padded = !bracket && !list::looks_like(text);
            match frames::score(&hex.bytes) > frames::score(&decimal.bytes) || padded {
                true if bracket => Some(Form::HexList),
                true => None,
                false => Some(Form::List),
            }
        }
        (Some(_), None) if bracket || list::looks_like(text) => Some(Form::List),
        (None, Some(hex)) if bracket && hex.bare => Some(Form::HexList),
        _ => None,
    }
}

/// Numbers with spaces between them that are not two digits each.
fn words(text: &str) -> Option<Form> {
    let (text, _) = before_dots(text);
    if text.contains(',') {
        return None;
    }
    let count = text.split_whitespace().take(3).count();
    let one = text.split_whitespace().any(|w| w.len() == 1);
    let three = text.split_whitespace().any(|w| w.len() == 3);
    if count < 3 || !(one || three) {
        return None;
    }
    let (decimal, hex) = (spaced(text, 10, 3), spaced(text, 16, 2));
    match (decimal, hex) {
        (Some(_), None) if three => Some(Form::Decimal),
        (None, Some(_)) => Some(Form::HexList),
        (Some(decimal), Some(hex)) => match frames::score(&decimal) > frames::score(&hex) {
            true => Some(Form::Decimal),
            false => Some(Form::HexList),
        },
        _ => None,
    }
}

/// Whether nothing but line ends divides the text, as in base64 that was folded.
pub(crate) fn one_word_a_line(text: &str) -> bool {
    text.lines().all(|line| !line.trim().contains(blank))
}

/// Other forms in which the text gives other bytes, the likelier first.
pub(crate) fn alternatives(text: &str, reading: &Reading, max_bytes: usize) -> Vec<Form> {
    let others: &[Form] = match reading.form {
        Form::Hex => &[Form::Decimal, Form::Bits, Form::Base64],
        Form::List => &[Form::HexList],
        Form::HexList => &[Form::List, Form::Decimal],
        Form::Decimal => &[Form::HexList],
        Form::Escaped => &[Form::DecimalEscapes],
        Form::DecimalEscapes => &[Form::Escaped],
        Form::Bits => &[Form::Hex],
        Form::Base64 => &[Form::Hex],
        _ => &[],
    };
    let ambiguous = |form: Form, bytes: &[u8]| match (reading.form, form) {
        // Two hexadecimal digits a byte are the rule, and any long word of them is base64 too.
        (Form::Hex, Form::Base64) => one_word_a_line(text) && frames::score(bytes) > 8,
        (Form::Hex, Form::Decimal) => frames::score(bytes) > frames::score(&reading.bytes).max(0),
        (Form::Hex, Form::Bits) => bits::looks_like(text) && bytes.len() > 1,
        // `\x81` means the same in both.
        (Form::Escaped, _) => !text.contains("\\x"),
        _ => true,
    };
    if reading.tool.is_some() {
        return Vec::new();
    }
    others
        .iter()
        .copied()
        .filter(|form| {
            read_form(text, *form, max_bytes)
                .is_ok_and(|other| other.bytes != reading.bytes && ambiguous(*form, &other.bytes))
        })
        .collect()
}
