//! Strings of programming languages in a text: where they begin and end.

use std::ops::Range;

/// Strings that are written one after another, with nothing but the signs that join them in between.
pub(crate) type Chain = Vec<Range<usize>>;

/// The insides of all strings, those that are joined together. A mark that no other closes is a character like others.
pub(crate) fn chains(text: &str) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut end = None;
    let mut at = 0;
    // Where a mark was looked for in vain, so that a long text is not gone through again and again.
    let mut vain = [false; 3];
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['"', '\'', '`'])) {
        let open = at + found;
        at = open + 1;
        let quote = text.as_bytes().get(open).copied().unwrap_or_default();
        let kind = match quote {
            b'"' => 0,
            b'\'' => 1,
            _ => 2,
        };
        if vain.get(kind).is_some_and(|v| *v) || inside_a_word(text, open) {
            continue;
        }
        let Some(close) = closing(text, at, quote) else {
            if let Some(vain) = vain.get_mut(kind) {
                *vain = true;
            }
            continue;
        };
        let range = at..close;
        at = close + 1;
        let joined = end.and_then(|end| text.get(end..open)).is_some_and(joins);
        end = Some(at);
        match chains.last_mut() {
            Some(chain) if joined => chain.push(range),
            _ => chains.push(vec![range]),
        }
    }
    chains
}

/// Whether a mark is an apostrophe: a letter stands before it that is no prefix of a string.
fn inside_a_word(text: &str, at: usize) -> bool {
    let mut before = text.get(..at).unwrap_or_default().chars().rev();
    let Some(letter) = before.next().filter(|c| c.is_alphanumeric()) else {
        return false;
    };
    let prefix = matches!(
        letter,
        'b' | 'B' | 'r' | 'R' | 'u' | 'U' | 'f' | 'L' | 'c' | '8'
    );
    let mut further = before.skip_while(|c| matches!(c, 'b' | 'r' | 'u'));
    !prefix || further.next().is_some_and(char::is_alphanumeric)
}

fn closing(text: &str, from: usize, quote: u8) -> Option<usize> {
    let mut escaped = false;
    text.get(from..)?.bytes().enumerate().find_map(|(i, b)| {
        let ends = b == quote && !escaped;
        escaped = b == b'\\' && !escaped;
        ends.then_some(from + i)
    })
}

/// Whether nothing but what joins strings stands between two.
fn joins(between: &str) -> bool {
    // The same call again: `client.print("…");` on each line.
    if let Some((end, call)) = between.split_once(';')
        && end.trim() == ")"
    {
        let name = call.trim().trim_end_matches(['(', 'F', ' ']);
        let called = call.trim_end().ends_with('(');
        return called
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || "._->:".contains(c));
    }
    let rest = between.trim_matches(|c: char| c.is_whitespace() || "+\\.,&()".contains(c));
    matches!(rest, "" | "b" | "B" | "rb" | "br" | "u8" | "<>" | "|>")
}
