//! One line of a dump: an offset, then bytes, then perhaps their text.

use crate::blank;

/// The beginning of a line of a dump.
#[derive(Clone, Debug)]
pub(crate) struct Row<'a> {
    /// What stands before the offset.
    pub(crate) label: &'a str,
    /// The digits of the offset.
    pub(crate) offset: &'a str,
    /// Whether `0x` stands before the offset.
    pub(crate) prefix: bool,
    /// Whether `:` stands behind it.
    pub(crate) colon: bool,
    /// White space before the bytes.
    pub(crate) gap: usize,
    /// What stands behind the offset.
    pub(crate) body: &'a str,
    /// Where the body begins, in bytes behind the offset's first.
    pub(crate) lead: usize,
    /// Whether the line is of Netty's table.
    pub(crate) table: bool,
}

/// Words of a line with their places.
pub(crate) fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    line.split(blank).filter_map(move |word| {
        let place = at;
        // What divides is one character, of any length.
        at += word.len();
        at += line
            .get(at..)
            .and_then(|r| r.chars().next())
            .map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((place, word))
    })
}

pub(crate) fn is_hex(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Finds the offset of a line, behind whatever a log has written before it.
pub(crate) fn row(line: &str) -> Option<Row<'_>> {
    let whole = line.trim_end_matches(blank);
    if let Some(inner) = whole.trim_start().strip_prefix('|')
        && let Some((offset, body)) = inner.split_once('|')
        && is_hex(offset)
        && offset.len() == 8
    {
        return Some(Row {
            label: "",
            offset,
            prefix: false,
            colon: true,
            gap: 1,
            body: body.split('|').next().unwrap_or_default(),
            lead: 9,
            table: true,
        });
    }
    words(whole)
        .enumerate()
        .take(12)
        .find_map(|(nth, (at, word))| {
            let prefix = word.starts_with("0x");
            let bare = word.strip_prefix("0x").unwrap_or(word);
            let colon = bare.ends_with(':');
            let offset = bare.strip_suffix(':').unwrap_or(bare);
            if !is_hex(offset) || offset.len() > 16 {
                return None;
            }
            let lead = word.len();
            let rest = whole.get(at + lead..)?;
            let gap = rest.len() - rest.trim_start_matches(blank).len();
            let body = rest.get(gap..)?;
            let first = words(body).next().map_or("", |(_, w)| w);
            let group = matches!(first.len(), 2 | 4 | 8) && is_hex(first);
            let digits = offset.len();
            let decimal = offset.bytes().all(|b| b.is_ascii_digit());
            let fits = match (colon, body.is_empty()) {
                // The end of a dump, or an offset whose bytes are missing.
                (_, true) => nth == 0 && digits >= 6,
                (true, _) => group && (digits >= 2 || decimal),
                // Without a colon the gap must tell it from bytes.
                (false, _) if gap >= 2 => {
                    digits >= 4 && first.len() == 2 && group && (nth == 0 || decimal)
                }
                (false, _) => {
                    let octal = digits == 7 && matches!(first.len(), 1..=6);
                    let od = digits == 6 && matches!(first.len(), 2 | 4) && group;
                    let wide = matches!(digits, 10 | 16) && group && first.len() == 2;
                    nth == 0 && decimal_or_hex(offset) && wide
                        || nth == 0
                            && decimal_or_hex(offset)
                            && (octal || od || (digits == 8 && group && first.len() == 2))
                }
            };
            fits.then_some(Row {
                label: whole.get(..at).unwrap_or_default().trim(),
                offset,
                prefix,
                colon,
                gap,
                body,
                lead: lead + gap,
                table: false,
            })
        })
}

/// Offsets of od and hexdump begin with zeros.
fn decimal_or_hex(offset: &str) -> bool {
    offset.starts_with('0')
}

/// The groups of digits in a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups<'a> {
    pub(crate) words: Vec<&'a str>,
    /// Where the last of them ends, from the beginning of the body.
    pub(crate) end: usize,
    /// What stands behind them.
    pub(crate) text: &'a str,
}

impl Groups<'_> {
    /// How many bytes they hold.
    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|w| w.len() / 2).sum()
    }
}

/// Reads the groups of hexadecimal digits at the beginning of a body. `width` is how many bytes the row holds, where that is
/// known; `column` is where the text begins, from the beginning of the body.
pub(crate) fn groups(body: &str, width: Option<usize>, column: Option<usize>) -> Groups<'_> {
    let mut out = Groups::default();
    let mut count = 0;
    // xxd and hexdump frame nothing that could be a digit.
    let framed = body.find('|');
    for (at, word) in words(body) {
        let gap = at - out.end;
        let size = word.len() / 2;
        let odd = !word.len().is_multiple_of(2) || size > 16 || !is_hex(word);
        let over = width.is_some_and(|w| count + size > w) || column.is_some_and(|c| at >= c);
        let past = framed.is_some_and(|f| at >= f);
        let pairs = out.words.iter().all(|w| w.len() == 2);
        // Only where nothing else says it does a gap end the bytes.
        let apart = width.is_none()
            && column.is_none()
            && !out.words.is_empty()
            && framed.is_none()
            && if pairs && count == 8 && word.len() == 2 {
                gap > 3
            } else {
                gap >= 2
            };
        let full = width.is_none() && pairs && count >= 16;
        // No tool prints such rows.
        let wide = out.words.len() > 512;
        if wide || odd || over || past || apart || full {
            break;
        }
        count += size;
        out.words.push(word);
        out.end = at + word.len();
    }
    let text = body.get(out.end..).unwrap_or_default();
    out.text = text;
    out
}

/// The bytes of groups: each as it stands, or from its end.
pub(crate) fn bytes_of(words: &[&str], reversed: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in words {
        let begin = bytes.len();
        for pair in word.as_bytes().chunks(2) {
            let pair = std::str::from_utf8(pair).unwrap_or_default();
            bytes.extend(u8::from_str_radix(pair, 16).ok());
        }
        if reversed && let Some(group) = bytes.get_mut(begin..) {
            group.reverse();
        }
    }
    bytes
}
