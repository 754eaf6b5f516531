//! What stands around a text where it was copied from: Markdown, quoting, colours of a terminal, typographic quotes.

use std::borrow::Cow;

use super::respell::respelled;

/// The text itself.
pub(crate) fn unwrapped(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text.trim_start_matches('\u{feff}'));
    if out.contains('\u{1b}') {
        out = Cow::Owned(without_colours(&out));
    }
    for _ in 0..3 {
        match unquoted(&out) {
            Some(inner) => out = Cow::Owned(inner),
            None => break,
        }
    }
    if let Some(inner) = fenced(&out) {
        out = Cow::Owned(inner);
    }
    // Dots in brackets are dots.
    for dots in ["[...]", "[…]", "(...)", "(…)", "[..]", "[snip]", "<snip>"] {
        if out.contains(dots) {
            out = Cow::Owned(out.replace(dots, "..."));
        }
    }
    if out.contains(['“', '”', '„', '‘', '’', '\u{a0}', '\u{200b}']) {
        let plain = out.chars().filter_map(|c| match c {
            '“' | '”' | '„' => Some('"'),
            '‘' | '’' => Some('\''),
            '\u{a0}' => Some(' '),
            '\u{200b}' => None,
            c => Some(c),
        });
        out = Cow::Owned(plain.collect());
    }
    respelled(out)
}

/// What stands in Markdown's fences; of the words around them nothing.
fn fenced(text: &str) -> Option<String> {
    if !text.contains("```") && !text.contains("~~~") {
        return None;
    }
    let mut inside = false;
    let mut out = String::new();
    for line in text.lines() {
        let inner = line.trim_start();
        if inner.starts_with("```") || inner.starts_with("~~~") {
            // ```81 05``` on one line.
            let one = inner.trim_start_matches(['`', '~']);
            if let Some(code) = one.strip_suffix("```") {
                out.push_str(code);
                out.push('\n');
                continue;
            }
            inside = !inside;
        } else if inside {
            let end = inner.ends_with("```");
            out.push_str(line.trim_end_matches('`'));
            out.push('\n');
            inside = !end;
        }
    }
    (!out.trim().is_empty()).then_some(out)
}

/// The text behind the `> ` of a quotation in a letter or in Markdown.
fn unquoted(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut any = false;
    for line in text.lines() {
        let inner = line.trim_start();
        if inner.is_empty() {
            out.push('\n');
            continue;
        }
        let rest = inner.strip_prefix('>')?;
        // socat and loggers mark directions so.
        if rest.starts_with('>') && !rest.starts_with("> ") || rest.contains(" length=") {
            return None;
        }
        any = true;
        out.push_str(rest.strip_prefix(' ').unwrap_or(rest));
        out.push('\n');
    }
    any.then_some(out)
}

/// Leaves out what sets the colours of a terminal.
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        out.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at + 2..).unwrap_or_default();
        let end = after.find(|c: char| c.is_ascii_alphabetic());
        rest = end.and_then(|end| after.get(end + 1..)).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_text_is_left_out() {
        for text in [
            "```\n81 05\n```",
            "I get this:\n```hex\n81 05\n```\nWhy?",
            "> 81 05",
            "> ```\n> 81 05\n> ```",
            "\u{1b}[32m81 05\u{1b}[0m",
            "\u{feff}81 05",
            "```81 05```",
        ] {
            assert_eq!(unwrapped(text).trim(), "81 05", "{text:?}");
        }
        assert_eq!(unwrapped("“\\x81”"), "\"\\x81\"");
        assert_eq!(
            unwrapped("> 2023/01/02 length=7\n 81"),
            "> 2023/01/02 length=7\n 81"
        );
    }
}
