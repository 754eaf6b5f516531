//! Numbers, as in an array of C, Rust, Python, JavaScript, Java or Erlang.

use crate::{ParseError, blank};

/// Numbers that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) bytes: Vec<u8>,
    /// Whether dots stand for more of them, or the list is never closed.
    pub(crate) cut: bool,
    /// Whether no number says its base: none has `0x`, a sign or more than two digits.
    pub(crate) bare: bool,
}

/// Reads lists. In base 16 the numbers need no `0x`.
pub(crate) fn parse(text: &str, max_bytes: usize, base: u32) -> Result<Numbers, ParseError> {
    let mut found = Numbers {
        bare: true,
        ..Numbers::default()
    };
    if !text.contains(['[', '{', '(']) && !text.contains("<<") {
        let mut reader = Reader::new(text, 0, max_bytes, base);
        reader.numbers(None)?;
        return Ok(reader.found);
    }
    let mut first_error = None;
    let mut at = 0;
    // Round brackets are casts and calls, unless nothing else holds numbers.
    for round in [false, true] {
        while let Some((open, length)) = opening(text, at, round) {
            at = open + length;
            let room = max_bytes - found.bytes.len().min(max_bytes);
            let mut reader = Reader::new(text, at, room, base);
            reader.strings = length == 2;
            reader.quiet = first_error.is_some();
            match reader.numbers(Some(open)) {
                Ok(()) if is_size(text, open, &reader) => at = reader.at,
                Ok(()) => {
                    found.bytes.append(&mut reader.found.bytes);
                    found.cut |= reader.found.cut;
                    found.bare &= reader.found.bare;
                    at = reader.at;
                }
                Err(error) => {
                    if reader.found.bytes.len() >= 2 {
                        return Err(error);
                    }
                    first_error = first_error.or(Some(error));
                    // Nothing before the slip is a list of its own.
                    at = at.max(reader.at);
                }
            }
        }
        if !found.bytes.is_empty() {
            return Ok(found);
        }
        at = 0;
    }
    match first_error {
        Some(error) => Err(error),
        None => Ok(found),
    }
}

/// The next bracket that opens a list, and its length.
fn opening(text: &str, from: usize, round: bool) -> Option<(usize, usize)> {
    let rest = text.get(from..)?;
    rest.char_indices().find_map(|(at, c)| match c {
        '[' | '{' if !round => Some((from + at, 1)),
        '(' if round => Some((from + at, 1)),
        '<' if !round
            && rest.get(at..)?.starts_with("<<")
            && !rest.get(at..)?.starts_with("<<<") =>
        {
            Some((from + at, 2))
        }
        _ => None,
    })
}

/// Whether the brackets hold a length and belong to a type: `char f[11] = {`, `new byte[11] {`, `[11]byte{`.
fn is_size(text: &str, open: usize, reader: &Reader) -> bool {
    if reader.count > 1 || !text.get(open..).is_some_and(|t| t.starts_with('[')) {
        return false;
    }
    let rest = text.get(reader.at..).unwrap_or_default();
    let next = rest.trim_start().chars().next();
    let adjacent = rest.chars().next().is_some_and(char::is_alphabetic);
    reader.count == 0 || adjacent || next.is_some_and(|c| matches!(c, '{' | '[' | '=' | '('))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    max_bytes: usize,
    base: u32,
    /// Whether strings stand among the numbers, as in Erlang.
    strings: bool,
    /// Whether a slip need not be described, since an earlier one was.
    quiet: bool,
    /// Numbers that were read.
    count: usize,
    found: Numbers,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, at: usize, max_bytes: usize, base: u32) -> Reader<'a> {
        Reader {
            text,
            at,
            max_bytes,
            base,
            strings: false,
            quiet: false,
            count: 0,
            found: Numbers {
                bare: true,
                ..Numbers::default()
            },
        }
    }

    /// What is wrong, and where; the place takes time to find in a long text.
    fn slip(&self, at: usize, found: &str, what: &str) -> ParseError {
        match self.quiet && self.count < 2 {
            true => ParseError::nothing(),
            false => ParseError::at(self.text, at, found, what),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads numbers up to the bracket that closes the one at `open`, or to the end of the text.
    fn numbers(&mut self, open: Option<usize>) -> Result<(), ParseError> {
        let mut depth = usize::from(open.is_some());
        let round = open.is_some_and(|o| self.text.get(o..).is_some_and(|t| t.starts_with('(')));
        while let Some(c) = self.rest().chars().next() {
            let rest = self.rest();
            if rest.starts_with("//") || (c == '#' && !rest.starts_with("#x")) {
                let end = rest.find('\n').unwrap_or(rest.len());
                self.found.cut |= dots(
                    rest.get(..end)
                        .unwrap_or_default()
                        .trim_start_matches(['/', '#']),
                );
                self.at += end;
            } else if rest.starts_with("/*") {
                let Some(end) = rest.find("*/") else {
                    let what = "opens a remark that does not end.";
                    return Err(self.slip(self.at, "/*", what));
                };
                self.found.cut |= dots(rest.get(2..end).unwrap_or_default());
                self.at += end + 2;
            } else if rest.starts_with("..") || c == '…' {
                self.dots();
            } else if rest.starts_with(">>") {
                self.at += 2;
                return Ok(());
            } else if c == '(' && !round {
                // A cast, as in Java: `(byte) 0x81`.
                self.at += rest.find(')').map_or(1, |i| i + 1);
            } else if matches!(c, '[' | '{' | '(') {
                depth += 1;
                self.at += 1;
            } else if matches!(c, ']' | '}') || (c == ')' && round) {
                self.at += 1;
                if depth <= 1 && open.is_some() {
                    return Ok(());
                }
                depth = depth.saturating_sub(1);
            } else if blank(c) || matches!(c, ',' | ';' | ')' | '&') && !rest.starts_with("&H") {
                self.at += c.len_utf8();
            } else if c == '"' && self.strings {
                self.string()?;
            } else {
                self.number()?;
            }
        }
        match open {
            // So many numbers are a list whose end is missing.
            Some(_) if self.count > 1 => {
                self.found.cut = true;
                Ok(())
            }
            Some(at) => {
                let found = self.text.get(at..=at).unwrap_or_default();
                let what = "opens a list that is never closed. Is the end cut off?";
                Err(self.slip(at, found, what))
            }
            None => Ok(()),
        }
    }

    /// Dots for what was left out, and how much that was: `... 412 more items`.
    fn dots(&mut self) {
        self.found.cut = true;
        self.at += self.rest().len() - self.rest().trim_start_matches(['.', '…']).len();
        let rest = self.rest();
        let spaced = rest.trim_start();
        let number = spaced
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start();
        for word in [
            "more items",
            "more item",
            "more bytes",
            "more byte",
            "more elements",
            "more",
        ] {
            if let Some(after) = number.strip_prefix(word) {
                self.at += rest.len() - after.len();
                return;
            }
        }
    }

    /// A string between quotes, byte by byte.
    fn string(&mut self) -> Result<(), ParseError> {
        let rest = self.rest();
        let inner = rest.get(1..).unwrap_or_default();
        let Some(end) = inner.find('"') else {
            let what = "opens a string that does not end. Is the end cut off?";
            return Err(self.slip(self.at, "\"", what));
        };
        let words = inner.get(..end).unwrap_or_default();
        if self.found.bytes.len() + end > self.max_bytes {
            return Err(ParseError::too_many(self.max_bytes));
        }
        self.found.bytes.extend_from_slice(words.as_bytes());
        self.count += end;
        self.at += end + 2;
        Ok(())
    }

    fn number(&mut self) -> Result<(), ParseError> {
        let rest = self.rest();
        let ends = |c: char| blank(c) || matches!(c, ',' | ';' | ']' | '}' | ')' | '/' | '>');
        // No number is as long.
        let most = (0..=rest.len().min(64))
            .rev()
            .find(|at| rest.is_char_boundary(*at));
        let near = most.and_then(|most| rest.get(..most)).unwrap_or_default();
        let word = near
            .get(..near.find(ends).unwrap_or(near.len()))
            .unwrap_or(near);
        let word = word
            .find("..")
            .and_then(|dots| word.get(..dots))
            .unwrap_or(word);
        let value = self.value(word);
        // Java's bytes have a sign.
        match value {
            Some(value @ -128..=255) => {
                if self.found.bytes.len() == self.max_bytes {
                    return Err(ParseError::too_many(self.max_bytes));
                }
                self.found.bytes.push(value as u8);
                self.count += 1;
                // `Byte.toByte()` of Kotlin has brackets of its own.
                self.at += word.len().max(1);
                if word.ends_with('(') && self.rest().starts_with(')') {
                    self.at += 1;
                }
                Ok(())
            }
            Some(_) => {
                let what = "is more than a byte holds: 0 to 255, or 0x00 to 0xff.";
                Err(self.slip(self.at, word, what))
            }
            // The properties of a typed array stand behind its numbers.
            None if self.count > 1
                && word.ends_with(':')
                && word.starts_with(char::is_alphabetic) =>
            {
                self.at += rest.find([']', '}']).unwrap_or(rest.len());
                Ok(())
            }
            None => {
                let what = "is not a number. Write 0x before hexadecimal ones, as in 0xfa.";
                let found = if word.is_empty() {
                    rest.chars().next().map(String::from).unwrap_or_default()
                } else {
                    word.to_owned()
                };
                Err(self.slip(self.at, &found, what))
            }
        }
    }

    /// What a number is worth, in the manners of writing its base.
    fn value(&mut self, word: &str) -> Option<i64> {
        let plain = word.strip_suffix(".toByte(").unwrap_or(word);
        let plain = plain
            .strip_suffix("u8")
            .or(plain.strip_suffix("uy"))
            .unwrap_or(plain);
        let digits = |digits: &str, base| {
            let sign = digits.starts_with(['+', '-']);
            i64::from_str_radix(digits, base).ok().filter(|_| !sign)
        };
        let lower = plain.to_ascii_lowercase();
        let marked = [
            ("0x", 16),
            ("16#", 16),
            ("$", 16),
            ("&h", 16),
            ("#x", 16),
            ("0b", 2),
            ("2#", 2),
            ("0o", 8),
        ];
        for (mark, base) in marked {
            if let Some(rest) = lower.strip_prefix(mark) {
                self.found.bare = false;
                return digits(rest, base);
            }
        }
        if let Some(rest) = lower.strip_suffix('h') {
            self.found.bare = false;
            return digits(rest, 16);
        }
        if self.base == 16 {
            return digits(plain, 16).filter(|_| plain.len() <= 2);
        }
        self.found.bare &= plain.len() <= 2 && !plain.starts_with('-');
        plain.parse().ok().filter(|_| !plain.starts_with('+'))
    }
}

/// Whether a remark holds dots alone, for what was left out.
fn dots(remark: &str) -> bool {
    let remark = remark.trim();
    !remark.is_empty() && remark.chars().all(|c| matches!(c, '.' | '…'))
}

/// Whether the text has brackets, or numbers with commas that are not two digits each.
pub(crate) fn looks_like(text: &str) -> bool {
    if text.contains(['[', '{']) {
        return true;
    }
    if !text.contains(',') {
        return false;
    }
    let mut words = text
        .split([',', '\n', '\r', ' ', '\t'])
        .filter(|word| !word.is_empty());
    let hex = |w: &str| w.starts_with("0x") || w.starts_with("0X");
    let decimal = |w: &str| {
        w.len() <= 4
            && w.trim_start_matches('-')
                .bytes()
                .all(|b| b.is_ascii_digit())
    };
    words.clone().any(hex) || (words.clone().all(decimal) && words.any(|w| w.len() != 2))
}
