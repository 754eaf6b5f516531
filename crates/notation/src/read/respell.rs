//! Ways of writing bytes that come down to another one: each is put into the words of a form that is read anyway.

use std::borrow::Cow;

use super::row::{bytes_of, is_hex};
use crate::frames;

/// A text of more bytes is taken as it is.
const LONGEST: usize = 1 << 20;

/// The text in the words of a form that is read; as it is where it needs no change.
pub(crate) fn respelled(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.len() > LONGEST {
        return text;
    }
    let inner = text.trim();
    let other = entities(inner)
        .or_else(|| debugger_rows(inner))
        .or_else(|| percent(inner))
        .or_else(|| words(inner))
        .or_else(|| cells(inner))
        .or_else(|| quoted_numbers(inner))
        .or_else(|| code_spans(inner))
        .or_else(|| pascal(inner))
        .or_else(|| haskell(inner))
        .or_else(|| json_digits(inner));
    match other {
        Some(other) => Cow::Owned(other),
        None => text,
    }
}

/// `&lt;Buffer 81 05&gt;`, from the source of a web page.
fn entities(text: &str) -> Option<String> {
    const ENTITIES: [(&str, &str); 6] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];
    ENTITIES
        .iter()
        .any(|(name, _)| text.contains(name))
        .then(|| {
            let plain = |text: String, (name, c): &(&str, &str)| text.replace(name, c);
            ENTITIES.iter().fold(text.to_owned(), plain)
        })
}

/// ``00000236`1f2a1000  81 05 48 65 6c 6c 6f 81-05 48``, as a debugger of Windows prints memory.
fn debugger_rows(text: &str) -> Option<String> {
    let offset = |line: &str| {
        let (high, low) = (line.get(..8)?, line.get(9..17)?);
        (is_hex(high) && line.get(8..9) == Some("`") && is_hex(low)).then(|| format!("{high}{low}"))
    };
    // Behind the offset and two blanks stand eight bytes, a dash, and the rest.
    let dash = |line: &str, from: usize| {
        let row = line.get(from..)?;
        let pairs = row
            .get(..23)?
            .split(' ')
            .all(|pair| pair.len() == 2 && is_hex(pair));
        (pairs && row.get(23..24) == Some("-")).then_some(from + 23)
    };
    let mut any = false;
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let (from, plain) = match offset(line) {
            Some(offset) => (18, Cow::Owned(format!("{offset}{}", line.get(17..)?))),
            None => (10, Cow::Borrowed(line)),
        };
        any |= matches!(plain, Cow::Owned(_));
        match dash(&plain, from) {
            Some(at) => {
                any = true;
                out.push_str(plain.get(..at)?);
                out.push(' ');
                out.push_str(plain.get(at + 1..)?);
            }
            None => out.push_str(&plain),
        }
        out.push('\n');
    }
    any.then_some(out)
}

/// `%81%05Hello`, as in an address.
fn percent(text: &str) -> Option<String> {
    let inner = text.trim_matches(['"', '\'']);
    let hex = |part: &str| part.get(..2).is_some_and(is_hex);
    let fits =
        inner.starts_with('%') && !inner.contains(char::is_whitespace) && !inner.contains('\\');
    (fits && inner.split('%').skip(1).all(hex)).then(|| inner.replace('%', "\\x"))
}

/// `x81 x05` and `U+0081 U+0005`.
fn words(text: &str) -> Option<String> {
    let all = || {
        text.split([' ', '\t', '\n', '\r', ','])
            .filter(|word| !word.is_empty())
    };
    let digits = |word: &str| {
        let short = word.strip_prefix('x').filter(|rest| rest.len() == 2);
        let point = word.strip_prefix("U+00").filter(|rest| rest.len() == 2);
        short
            .or(point)
            .filter(|rest| is_hex(rest))
            .map(str::to_owned)
    };
    let found: Option<Vec<String>> = all().map(digits).collect();
    let found = found.filter(|found| found.len() > 1)?;
    Some(found.join(" "))
}

/// `| 81 | 05 |`, a row of a table, and `129;5;72`.
fn cells(text: &str) -> Option<String> {
    let only = |mark: char, digit: fn(&char) -> bool| {
        text.contains(mark)
            && text
                .chars()
                .all(|c| c == mark || c.is_whitespace() || digit(&c))
    };
    if only('|', char::is_ascii_hexdigit) {
        let cells = text
            .split('|')
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        let pairs: Vec<&str> = cells.collect();
        return (pairs.len() > 1 && pairs.iter().all(|cell| cell.len() == 2))
            .then(|| pairs.join(" "));
    }
    only(';', char::is_ascii_digit).then(|| text.replace(';', ","))
}

/// `['0x81', '0x5']`: numbers that stand in a list as strings.
fn quoted_numbers(text: &str) -> Option<String> {
    let list = |c: char| c.is_ascii_hexdigit() || c.is_whitespace() || "[](){},xX'\"".contains(c);
    let quotes = text.matches(['\'', '"']).count();
    let several = quotes >= 4 && text.contains(',') && text.chars().all(list);
    several.then(|| text.replace(['\'', '"'], ""))
}

/// `` `0x81` `0x05` ``, bold or as code in Markdown, with nothing else beside.
fn code_spans(text: &str) -> Option<String> {
    let apart = |c: char| c.is_whitespace() || c == ',' || c == ';';
    let pieces = text.split('`').collect::<Vec<_>>();
    if pieces.len() > 4
        && pieces.len() % 2 == 1
        && pieces
            .iter()
            .step_by(2)
            .all(|outer| outer.chars().all(apart))
    {
        return Some(text.replace('`', " "));
    }
    let bold = text.matches("**").count();
    let hex = |c: char| c.is_ascii_hexdigit() || apart(c) || "*x".contains(c);
    (bold > 0 && bold.is_multiple_of(2) && text.chars().all(hex)).then(|| text.replace("**", " "))
}

/// `#129#5'Hello'` of Pascal.
fn pascal(text: &str) -> Option<String> {
    let mut rest = text.strip_suffix(';').unwrap_or(text);
    let mut out = String::new();
    let mut numbers = 0;
    while !rest.is_empty() {
        if let Some(number) = rest.strip_prefix('#') {
            let (digits, base) = match number.strip_prefix('$') {
                Some(digits) => (digits, 16),
                None => (number, 10),
            };
            let end = digits
                .find(|c: char| !c.is_digit(base))
                .unwrap_or(digits.len());
            let byte = u8::from_str_radix(digits.get(..end)?, base).ok()?;
            out.push_str(&format!("\\x{byte:02x}"));
            rest = digits.get(end..)?;
            numbers += 1;
        } else {
            let inner = rest.strip_prefix('\'')?;
            let end = inner.find('\'')?;
            out.push_str(inner.get(..end).filter(|words| !words.contains('\\'))?);
            rest = inner.get(end + 1..)?.trim_start_matches([' ', '+']);
        }
    }
    (numbers > 1).then_some(out)
}

/// What Haskell calls the characters that cannot be printed, from 0 to 32 and 127; the longer of two that begin alike first.
const HASKELL: [(&str, u8); 34] = [
    ("NUL", 0),
    ("SOH", 1),
    ("STX", 2),
    ("ETX", 3),
    ("EOT", 4),
    ("ENQ", 5),
    ("ACK", 6),
    ("BEL", 7),
    ("BS", 8),
    ("HT", 9),
    ("LF", 10),
    ("VT", 11),
    ("FF", 12),
    ("CR", 13),
    ("SO", 14),
    ("SI", 15),
    ("DLE", 16),
    ("DC1", 17),
    ("DC2", 18),
    ("DC3", 19),
    ("DC4", 20),
    ("NAK", 21),
    ("SYN", 22),
    ("ETB", 23),
    ("CAN", 24),
    ("EM", 25),
    ("SUB", 26),
    ("ESC", 27),
    ("FS", 28),
    ("GS", 29),
    ("RS", 30),
    ("US", 31),
    ("SP", 32),
    ("DEL", 127),
];

/// `"\129\ENQHello"` of Haskell: names, and decimal numbers.
fn haskell(text: &str) -> Option<String> {
    let name = |rest: &str| {
        HASKELL
            .iter()
            .find(|(name, _)| rest.starts_with(name))
            .copied()
    };
    let mut parts = text.split('\\');
    let mut out = parts.next()?.to_owned();
    let (mut names, mut numbers) = (0, 0);
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if let Some((name, byte)) = name(part) {
            names += 1;
            out.push_str(&format!("\\x{byte:02x}{}", part.get(name.len()..)?));
        } else if digits > 0 {
            numbers += 1;
            let byte: u8 = part.get(..digits)?.parse().ok()?;
            out.push_str(&format!("\\x{byte:02x}{}", part.get(digits..)?));
        } else if let Some(rest) = part.strip_prefix('&') {
            out.push_str(rest);
        } else {
            out.push('\\');
            out.push_str(part);
        }
    }
    (names > 0 && numbers > 0).then_some(out)
}

/// `{"frame":"8105…"}`: the one string of an object that is frames in hexadecimal digits.
fn json_digits(text: &str) -> Option<String> {
    if !text.starts_with('{') || !text.ends_with('}') {
        return None;
    }
    let frames = |part: &&str| {
        part.len() >= 4
            && part.len().is_multiple_of(2)
            && is_hex(part)
            && frames::score(&bytes_of(&[part], false)) > 8
    };
    let mut found = text.split('"').skip(1).step_by(2).filter(frames);
    match (found.next(), found.next()) {
        (Some(one), None) => Some(one.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        respelled(Cow::Borrowed(text)).trim().to_owned()
    }

    #[test]
    fn each_way_of_writing_comes_down_to_one_that_is_read() {
        for (text, plain) in [
            ("&lt;Buffer 81 05&gt;", "<Buffer 81 05>"),
            ("%81%05Hi", "\\x81\\x05Hi"),
            ("x81 x05", "81 05"),
            ("U+0081, U+0005", "81 05"),
            ("| 81 | 05 |", "81 05"),
            ("129;5", "129,5"),
            ("['0x81', '0x5']", "[0x81, 0x5]"),
            ("`0x81`, `0x05`", "0x81 ,  0x05"),
            ("**81 05** 48", "81 05  48"),
            ("#129#5'Hi'", "\\x81\\x05Hi"),
            ("#$81#$05", "\\x81\\x05"),
            ("\"\\129\\ENQHi\"", "\"\\x81\\x05Hi\""),
            ("\"\\129\\STX\\&12\"", "\"\\x81\\x0212\""),
            ("{\"frame\":\"81024869\"}", "81024869"),
            ("00000236`1f2a1000  81 00", "000002361f2a1000  81 00"),
        ] {
            assert_eq!(of(text), plain);
        }
        let row = "02f80000  81 05 48 65 6c 6c 6f 81-05 48";
        assert_eq!(of(row), row.replace('-', " "));
    }

    #[test]
    fn what_is_read_anyway_stays_as_it_is() {
        for text in [
            "81 05",
            "100%",
            "GET /a%20b HTTP/1.1",
            "\\129\\5",
            "C:\\USERS",
            "|00000000| 81 05 |",
            "'81'",
            "** Reason",
            "{\"type\":\"ping\"}",
            "#",
            "",
        ] {
            assert_eq!(of(text), text);
        }
    }
}
