//! Checks `content/errors.toml` and writes it as Rust. It runs in the build script; `tests/errors_content.rs` tests it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::RangeInclusive;

use serde::Deserialize;

use super::site::Page;

/// The file that this is about.
pub const FILE: &str = "content/errors.toml";

/// The most characters of what a text means: it is read at a glance.
const LONGEST: usize = 280;
/// The fewest letters of a part by which a text is recognised: shorter ones stand in too many texts.
const SHORTEST_PART: usize = 5;
/// How many causes a text has.
const CAUSES: RangeInclusive<usize> = 1..=3;
/// The close codes that there are, registered and private.
const CODES: RangeInclusive<u16> = 1000..=4999;

// Everything is optional here, so that what is missing is reported with the text's name, and all at once.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    error: Vec<ErrorText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorText {
    id: Option<String>,
    product: Option<String>,
    #[serde(default)]
    fixed: Vec<String>,
    means: Option<String>,
    shows: Option<String>,
    code: Option<u16>,
    source: Option<String>,
    #[serde(default)]
    causes: Vec<Cause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cause {
    cause: Option<String>,
    tell: Option<String>,
}

/// Turns the file's text into the Rust expression of `&[ErrorText]`.
///
/// # Errors
/// Everything that is wrong with the file, each with the text's name.
pub fn generate(text: &str, pages: &[Page]) -> Result<String, Vec<String>> {
    let file: File = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(String::new(), |span| {
            format!(":{}", text[..span.start].matches('\n').count() + 1)
        });
        vec![format!("{FILE}{line}: {}", e.message())]
    })?;
    let problems = problems(&file, pages);
    if problems.is_empty() {
        Ok(write(&file))
    } else {
        Err(problems)
    }
}

fn problems(file: &File, pages: &[Page]) -> Vec<String> {
    let mut problems = Vec::new();
    if file.error.is_empty() {
        problems.push(format!("{FILE}: there is no text. Add an [[error]]."));
    }
    let (mut ids, mut parts) = (BTreeMap::new(), BTreeMap::new());
    for (i, error) in file.error.iter().enumerate() {
        // The name that people find the text by: its id, else its place in the file.
        let name = match &error.id {
            Some(id) => format!("error \"{id}\""),
            None => format!("error {}", i + 1),
        };
        let mut say = |what: String| problems.push(format!("{FILE}: {name} {what}"));
        match &error.id {
            None => say("has no id.".into()),
            Some(id) if !is_id(id) => say("has an id that is not made of a-z, 0-9 and -.".into()),
            Some(id) => {
                if ids.insert(id, i).is_some() {
                    say("stands there twice.".into());
                }
            }
        }
        if error.product.as_deref().is_none_or(|p| p.trim().is_empty()) {
            say("has no product.".into());
        }
        if error.fixed.is_empty() {
            say("has no fixed part by which it could be recognised.".into());
        }
        for fixed in &error.fixed {
            check_fixed(fixed, &mut say);
            if let Some(other) = parts.insert(normal(fixed), i) {
                let other = file.error.get(other).and_then(|e| e.id.as_deref());
                say(format!(
                    "has the fixed part `{fixed}` of \"{}\".",
                    other.unwrap_or("another")
                ));
            }
        }
        check_sentence(&error.means, "means", &mut say);
        if !CAUSES.contains(&error.causes.len()) {
            say(format!(
                "has {} causes; it needs {} to {}.",
                error.causes.len(),
                CAUSES.start(),
                CAUSES.end()
            ));
        }
        for cause in &error.causes {
            check_sentence(&cause.cause, "cause", &mut say);
            check_sentence(&cause.tell, "tell", &mut say);
        }
        check_shows(&error.shows, pages, &mut say);
        if let Some(code) = error.code.filter(|code| !CODES.contains(code)) {
            say(format!("has {code} for its code, which is no close code."));
        }
        match &error.source {
            None => say("has no source: where the text is written.".into()),
            Some(source) if !source.starts_with("https://") => {
                say(format!(
                    "has the source `{source}`, which does not begin with https://."
                ));
            }
            Some(_) => {}
        }
    }
    problems
}

fn is_id(id: &str) -> bool {
    let kind = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !id.is_empty() && id.bytes().all(kind)
}

/// A fixed part without regard to capitals, to tell whether two are the same.
fn normal(fixed: &str) -> String {
    fixed.to_lowercase()
}

fn check_fixed(fixed: &str, say: &mut dyn FnMut(String)) {
    let longest = fixed
        .split('*')
        .map(|part| part.trim().chars().count())
        .max();
    if longest.unwrap_or(0) < SHORTEST_PART {
        say(format!(
            "has the fixed part `{fixed}`; {SHORTEST_PART} letters without a gap are the least."
        ));
    }
    if fixed.starts_with('*') || fixed.ends_with('*') || fixed.trim() != fixed {
        say(format!(
            "has the fixed part `{fixed}` with a gap or a blank at its end."
        ));
    }
    if fixed.contains('’') || fixed.split(' ').any(str::is_empty) {
        say(format!(
            "has the fixed part `{fixed}`, which needs single blanks and plain apostrophes."
        ));
    }
}

fn check_sentence(words: &Option<String>, what: &str, say: &mut dyn FnMut(String)) {
    let words = words.as_deref().unwrap_or_default();
    let count = words.chars().count();
    if !words.ends_with('.') || count > LONGEST || words.trim() != words {
        say(format!(
            "needs a `{what}`: a sentence or two of {LONGEST} characters at most; it has {count}."
        ));
    }
}

/// An address of the site has to be that of a page that is built.
fn check_shows(shows: &Option<String>, pages: &[Page], say: &mut dyn FnMut(String)) {
    let Some(shows) = shows else {
        say("has no `shows`: an address with the bytes that produce it.".into());
        return;
    };
    let path = shows.split(['?', '#']).next().unwrap_or(shows);
    let built = |page: &Page| page.path == path && page.chapter.is_some();
    if !pages.iter().any(built) {
        say(format!("shows `{shows}`, which leads nowhere."));
    }
    if shows.chars().any(|c| c.is_whitespace() || c.is_control()) {
        say(format!(
            "shows `{shows}`, in which blanks have to be written as %20."
        ));
    }
}

fn write(file: &File) -> String {
    let plain = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut out = String::from("&[\n");
    // Writing to a string cannot fail.
    for error in &file.error {
        let _ = writeln!(
            out,
            "ErrorText {{ id: {:?}, product: {:?}, fixed: &{:?}, means: {:?}, shows: {:?}, code: {:?}, source: {:?}, causes: &[",
            plain(&error.id),
            plain(&error.product),
            error.fixed,
            plain(&error.means),
            plain(&error.shows),
            error.code,
            plain(&error.source),
        );
        for cause in &error.causes {
            let _ = writeln!(
                out,
                "Cause {{ cause: {:?}, tell: {:?} }},",
                plain(&cause.cause),
                plain(&cause.tell)
            );
        }
        out.push_str("] },\n");
    }
    out.push(']');
    out
}
