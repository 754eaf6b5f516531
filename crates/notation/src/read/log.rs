//! Bytes behind labels: the lines of a log, a listing of what went which way, the output of a serial port.

use super::blocks::{Block, joined};
use super::clock;
use super::row::words;
use crate::{Form, Reading, Tool, blank};

/// Bytes in a line, and what stands before them.
struct Run {
    start: usize,
    end: usize,
    bytes: Vec<u8>,
    cut: bool,
}

/// What a word says.
enum Word {
    Bytes(Vec<u8>),
    /// One hexadecimal digit, as `Serial.print(b, HEX)` writes a small byte.
    Digit(u8),
    /// Dots for what was left out.
    Dots,
    Other,
}

/// Reads the bytes in the lines. `None` where no line has two.
pub(crate) fn read(text: &str, max_bytes: usize) -> Option<Reading> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut label = String::new();
    let mut best = 0;
    let (mut cut, mut room) = (false, max_bytes);
    // Bytes alone are no log: what is wrong with them is to be said.
    let mut labels = false;
    for line in text.lines() {
        let masked = clock::masked(line);
        let plain = masked.as_deref().unwrap_or(line);
        let found = match (run(plain), decimals(plain)) {
            (Some(hex), Some(decimal)) if decimal.bytes.len() > hex.bytes.len() => Some(decimal),
            (hex, decimal) => hex.or(decimal),
        };
        let Some(run) = found else {
            label.push_str(line.trim());
            label.push('\n');
            labels |= worded(line);
            continue;
        };
        let (before, behind) = (plain.get(..run.start), plain.get(run.end..));
        labels |= masked.is_some() || labelled(before.unwrap_or_default());
        labels |=
            worded(behind.unwrap_or_default()) || behind.is_some_and(|b| b.starts_with("   "));
        room = room.checked_sub(run.bytes.len())?;
        best = best.max(run.bytes.len());
        cut |= run.cut;
        let mut own = Block::labelled(line.get(..run.start).unwrap_or_default());
        let before = Block::labelled(&label);
        own.way = own.way.or(before.way);
        own.announced = own.announced.or(before.announced);
        label.clear();
        let begins = own.way.is_some() || own.announced.is_some() || blocks.is_empty();
        match blocks.last_mut() {
            Some(last) if !begins => last.bytes.extend(run.bytes),
            _ => blocks.push(Block {
                bytes: run.bytes,
                ..own
            }),
        }
    }
    let listed = blocks.len() > 1 && blocks.iter().all(|block| block.way.is_some());
    if best < 2 && !listed || !labels {
        return None;
    }
    let socat = text.lines().any(|line| {
        line.starts_with(['>', '<']) && line.contains("length=") && line.contains("from=")
    });
    Some(
        joined(blocks, Form::Log)?
            .by(socat.then_some(Tool::Socat))
            .cut(cut),
    )
}

/// Whether something stands there that is no bytes: those before a slip are none of a label.
fn labelled(before: &str) -> bool {
    let all = || words(before).map(|(_, word)| word);
    let pairs = all()
        .filter(|word| word.len() == 2 && super::row::is_hex(word))
        .count();
    let count = all().take(pairs * 2 + 1).count();
    count > 0 && (pairs < 3 || count > pairs * 2)
}

/// Whether there is a word of letters, which bytes are not.
fn worded(text: &str) -> bool {
    let letters = |word: &str| {
        word.len() > 2 && word.chars().all(char::is_alphabetic) && !super::row::is_hex(word)
    };
    text.split(|c: char| !c.is_alphanumeric()).any(letters)
}

/// The longest run of hexadecimal bytes in a line; the last of equal ones.
fn run(line: &str) -> Option<Run> {
    let mut best: Option<Run> = None;
    let mut open: Option<Run> = None;
    let mut close = |open: &mut Option<Run>| {
        if let Some(run) = open.take()
            && best
                .as_ref()
                .is_none_or(|b| run.bytes.len() >= b.bytes.len())
        {
            best = Some(run);
        }
    };
    for (at, word) in words(line) {
        let gap = open.as_ref().map_or(0, |run| at.saturating_sub(run.end));
        let eight = open
            .as_ref()
            .is_some_and(|run| run.bytes.len().is_multiple_of(8));
        if gap > 3 || (gap == 3 && !eight) {
            close(&mut open);
        }
        let end = at + word.len();
        if word.trim_end_matches('=').contains('=') {
            close(&mut open);
        }
        let first = open.is_none();
        match (classify(word, line, at, first), &mut open) {
            (Word::Bytes(bytes), Some(run)) => {
                run.bytes.extend(bytes);
                run.end = end;
            }
            (Word::Bytes(bytes), None) => {
                let start = at;
                open = Some(Run {
                    start,
                    end,
                    bytes,
                    cut: false,
                });
            }
            (Word::Digit(byte), Some(run)) => {
                run.bytes.push(byte);
                run.end = end;
            }
            (Word::Dots, Some(run)) => {
                run.cut = true;
                run.end = end;
            }
            _ => close(&mut open),
        }
        // A label ends with a full stop or a colon; bytes do not go on behind them.
        if word.ends_with(['.', ']', '}', ')', '"', '\'', '>', ';']) {
            close(&mut open);
        }
    }
    close(&mut open);
    best.filter(|run| {
        let shown = line.get(run.start..run.end).unwrap_or_default();
        // `length=11` is a number.
        if run.bytes.len() == 1 && shown.contains('=') {
            return false;
        }
        convincing(
            shown,
            line.get(..run.start).unwrap_or_default(),
            run.bytes.len(),
        )
    })
}

/// Whether a run is bytes rather than a number or a word.
fn convincing(shown: &str, before: &str, count: usize) -> bool {
    let several = shown.trim().contains([' ', ',', ':', '-', '\t']);
    let digit = shown.bytes().any(|b| b.is_ascii_digit());
    let letter = shown.bytes().any(|b| b.is_ascii_alphabetic());
    let named = before.trim_end().ends_with([':', '=', '>', '"', '\'', '|']);
    match (several, count) {
        (true, _) => digit || count > 3,
        (false, 0) => false,
        (false, 1) => true,
        (false, 2 | 3) => digit && letter && named || digit && before.trim().is_empty(),
        (false, n) => digit && (letter || named || n > 8 || before.trim().is_empty()),
    }
}

fn classify(word: &str, line: &str, at: usize, first: bool) -> Word {
    if word.trim_matches(['.', '…']).is_empty() {
        return match word.len() {
            1 => Word::Other,
            _ => Word::Dots,
        };
    }
    let bare = word.trim_end_matches(['.', ',', ';', '"', '\'', '>', '|', '…']);
    let bare = bare.trim_start_matches(['"', '\'', '|']);
    // `[0]` and `(129)` number what follows.
    let bare = match (
        bare.starts_with(['[', '(', '{', '<']),
        bare.ends_with([']', ')', '}', '>']),
    ) {
        (true, true) => return Word::Other,
        (true, false) => bare.trim_start_matches(['[', '(', '{', '<']),
        (false, true) => bare.trim_end_matches([']', ')', '}', '>']),
        (false, false) => bare,
    };
    // `hex=8105` and `payload:8105` name what follows.
    let bare = match bare.rsplit_once('=') {
        Some((_, value)) if value.len() < 2 => return Word::Other,
        Some((_, value)) => value,
        None => bare,
    };
    if word.ends_with(':') && word.matches(':').count() == 1 {
        return Word::Other;
    }
    let lone = words(line).nth(1).is_none();
    let after_word = line
        .get(..at)
        .is_some_and(|b| b.trim_end().ends_with(char::is_alphabetic));
    if first && bare.eq_ignore_ascii_case("be") && after_word {
        return Word::Other;
    }
    let mut bytes = Vec::new();
    let parts = || bare.split([',', ':', '-']).filter(|p| !p.is_empty());
    let many = parts().count() > 1;
    for part in parts() {
        let digits = part
            .strip_prefix("0x")
            .or(part.strip_prefix("0X"))
            .unwrap_or(part);
        let marked = digits.len() < part.len();
        let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        if !hex || digits.is_empty() {
            return Word::Other;
        }
        match digits.len() {
            1 if !many || marked => match u8::from_str_radix(digits, 16) {
                Ok(byte) if marked => bytes.push(byte),
                Ok(byte) => return Word::Digit(byte),
                Err(_) => return Word::Other,
            },
            n if n % 2 == 0 && (!many || n == 2 || marked) => {
                bytes.extend(super::row::bytes_of(&[digits], false));
            }
            _ => return Word::Other,
        }
    }
    // A number of four and more digits is a port, a time or a length, if nothing else stands beside it.
    let number = !many && bare.len() > 2 && bare.bytes().all(|b| b.is_ascii_digit());
    if bytes.is_empty() || number && !lone && bare.len() < 8 && !bare.starts_with('8') {
        return Word::Other;
    }
    Word::Bytes(bytes)
}

/// The longest run of decimal numbers up to 255, one of them at least with three digits.
fn decimals(line: &str) -> Option<Run> {
    let mut best: Option<Run> = None;
    let mut open: Option<Run> = None;
    let mut close = |open: &mut Option<Run>| {
        let longest = best.as_ref().map_or(0, |run| run.bytes.len());
        if let Some(run) = open.take().filter(|run| run.bytes.len() >= longest) {
            best = Some(run);
        }
    };
    for (at, word) in words(line) {
        let bare = word.trim_matches(|c: char| blank(c) || ",;.[](){}".contains(c));
        let inside = !word.starts_with(['[', '(']) || !word.ends_with([']', ')']);
        let digits = bare.bytes().all(|b| b.is_ascii_digit());
        let byte = bare.parse().ok().filter(|_| inside && digits);
        let end = at + word.len();
        match (byte, &mut open) {
            (Some(byte), Some(run)) => {
                run.bytes.push(byte);
                run.end = end;
            }
            (Some(byte), None) => {
                let (start, bytes) = (at, vec![byte]);
                open = Some(Run {
                    start,
                    end,
                    bytes,
                    cut: false,
                });
            }
            (None, _) => close(&mut open),
        }
    }
    close(&mut open);
    best.filter(|run| {
        let shown = line.get(run.start..run.end).unwrap_or_default();
        let three = shown
            .split(|c: char| !c.is_ascii_digit())
            .any(|n| n.len() == 3);
        run.bytes.len() > 2 && three
    })
}
