//! Checks that every figure in a chapter says where it is from. It runs in the build script;
//! `tests/figures_content.rs` tests it.
//!
//! A figure is a number in prose that has two digits or more, or a unit behind it; not one in code, in a heading, or in
//! the number of a section, an RFC, a version of HTTP or a close code. A paragraph, an item of a list or a table with a
//! figure has a link to elsewhere or to a section, or says “measured” or “as reported”; or `content/figures.toml` has the
//! figure, with a reason.

use pulldown_cmark::{Event, Tag, TagEnd};
use serde::Deserialize;

use super::inline::parse;

/// The file with the figures that need no source.
pub const FILE: &str = "content/figures.toml";

/// Units, and words that make a number of one digit a figure.
const UNITS: [&str; 17] = [
    "%",
    "ms",
    "s",
    "seconds",
    "second",
    "minutes",
    "minute",
    "hours",
    "hour",
    "KiB",
    "MiB",
    "kB",
    "KB",
    "GB",
    "bytes",
    "bits",
    "kilobytes",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(default)]
    figure: Vec<Figure>,
}

/// A figure that needs no source.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The chapter, by its file.
    chapter: String,
    /// The words around the figure, as they appear in the file.
    words: String,
    /// Why it needs no source.
    reason: String,
}

/// Reads the list.
///
/// # Errors
/// Where it is no list of figures with their reasons.
pub fn read(text: &str) -> Result<Vec<Figure>, Vec<String>> {
    let listed: Listed =
        toml::from_str(text).map_err(|e| vec![format!("{FILE}: {}", e.message())])?;
    let without: Vec<String> = listed
        .figure
        .iter()
        .filter(|figure| figure.reason.trim().is_empty() || figure.words.trim().is_empty())
        .map(|figure| format!("{FILE}: “{}” has no words or no reason", figure.words))
        .collect();
    if without.is_empty() {
        Ok(listed.figure)
    } else {
        Err(without)
    }
}

/// What a chapter says without a source, and what of the list the chapter no longer says.
pub fn problems(chapter: &str, text: &str, listed: &[Figure]) -> Vec<String> {
    let listed: Vec<&Figure> = listed.iter().filter(|f| f.chapter == chapter).collect();
    let mut found: Vec<String> = listed
        .iter()
        .filter(|figure| !text.contains(&figure.words))
        .map(|figure| format!("{FILE}: {chapter} does not say “{}”", figure.words))
        .collect();
    let mut part: Option<Part> = None;
    let (mut tables, mut code) = (0, false);
    for (event, range) in parse(text) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::CodeBlock(_)) => code = true,
            Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock) => code = false,
            Event::Start(Tag::Table(_)) => {
                tables += 1;
                part = Some(Part::default());
            }
            Event::Start(Tag::Paragraph | Tag::Item) if tables == 0 => {
                // An item may hold paragraphs; each is looked at alone.
                part.take();
                part = Some(Part::default());
            }
            Event::End(TagEnd::Table) => {
                tables -= 1;
                found.extend(
                    part.take()
                        .and_then(|part| part.problem(chapter, text, &listed)),
                );
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item) if tables == 0 => {
                found.extend(
                    part.take()
                        .and_then(|part| part.problem(chapter, text, &listed)),
                );
            }
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                if let Some(part) = &mut part {
                    part.linked |= dest_url.starts_with("https:") || dest_url.starts_with("rfc");
                }
            }
            Event::Text(ref words) if !code => {
                if let Some(part) = &mut part {
                    part.words.push_str(words);
                    part.at = part.at.max(range.start);
                }
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::TableCell) => {
                if let Some(part) = &mut part {
                    part.words.push(' ');
                }
            }
            // What is in code is no figure, but it parts the words around it.
            Event::Code(_) => {
                if let Some(part) = &mut part {
                    part.words.push('`');
                }
            }
            _ => {}
        }
    }
    found
}

/// A paragraph, an item or a table.
#[derive(Default)]
struct Part {
    words: String,
    linked: bool,
    at: usize,
}

impl Part {
    fn problem(self, chapter: &str, text: &str, listed: &[&Figure]) -> Option<String> {
        let words = self.words.to_lowercase();
        if self.linked || words.contains("measured") || words.contains("as reported") {
            return None;
        }
        let mut rest = self.words.clone();
        for figure in listed {
            rest = rest.replace(&plain(&figure.words), " ");
        }
        let figure = figures(&rest).into_iter().next()?;
        let line = text[..self.at.min(text.len())].matches('\n').count() + 1;
        Some(format!(
            "content/{chapter}:{line}: {figure} has no source: a link, “measured”, “as reported”, or a line in {FILE}"
        ))
    }
}

/// Words of Markdown without its signs.
fn plain(words: &str) -> String {
    words.replace(['*', '_'], "")
}

/// The figures in words.
fn figures(words: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = words;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let before = &rest[..start];
        let number = &rest[start..];
        let end = number
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '/' | '½')))
            .unwrap_or(number.len());
        let figure = number[..end].trim_end_matches(['.', ',', '/']);
        let behind = number[end..].trim_start_matches([' ', '\u{a0}', '–']);
        let unit = behind
            .split(|c: char| !(c.is_alphanumeric() || c == '%'))
            .next();
        let digits = figure.chars().filter(char::is_ascii_digit).count();
        let counted = unit.is_some_and(|unit| UNITS.contains(&unit)) || behind.starts_with('%');
        if (digits > 1 || counted) && !named(before, figure) {
            found.push(figure.to_owned());
        }
        rest = &number[end..];
    }
    found
}

/// Whether a number is the name of something: a section, an RFC, a version, a status, a close code, a port.
fn named(before: &str, figure: &str) -> bool {
    let last = before.trim_end().rsplit(' ').next().unwrap_or_default();
    let name = matches!(
        last,
        "RFC" | "HTTP" | "UTF" | "Chromium" | "Firefox" | "SHA" | "port" | "version" | "Latin"
    );
    let glued =
        before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '§' | '/' | '-' | '+' | '.'));
    let number: Option<u32> = figure.parse().ok();
    // Statuses of HTTP, close codes, and the ports of the web.
    let code = number.is_some_and(|n| matches!(n, 80 | 443 | 101 | 200 | 299 | 400..=431 | 502..=505 | 1000..=1016 | 3000..=4999));
    name || glued || code || figure.contains(|c: char| c.is_ascii_alphabetic())
}
