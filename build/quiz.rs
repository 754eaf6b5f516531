//! Checks `content/quiz.toml` and writes it as Rust. It runs in the build script; `tests/quiz_content.rs` tests it.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde::Deserialize;

use super::inline::paragraphs;
use super::sections;
use super::site::Page;

/// The file that this is about.
pub const FILE: &str = "content/quiz.toml";

/// A question has at least this many choices.
const FEWEST_CHOICES: usize = 2;
/// The page chooses with the keys 1–9, so there are no more than this.
const MOST_CHOICES: usize = 9;

// Everything is optional here, so that what is missing is reported with the question's name, and all at once.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    question: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    id: Option<String>,
    text: Option<String>,
    explanation: Option<String>,
    section: Option<String>,
    rfc: Option<u16>,
    #[serde(default)]
    reading: Vec<Reading>,
    #[serde(default)]
    choice: Vec<Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    route: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    id: Option<String>,
    text: Option<String>,
    #[serde(default)]
    right: bool,
    explanation: Option<String>,
}

/// Turns the file's text into the Rust expression of `&[Question]`, or into everything that is wrong with it.
pub fn generate(text: &str, pages: &[Page]) -> Result<String, Vec<String>> {
    let file: File = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(String::new(), |span| {
            format!(":{}", text[..span.start].matches('\n').count() + 1)
        });
        vec![format!("{FILE}{line}: {}", e.message())]
    })?;
    let problems = problems(&file, pages);
    if problems.is_empty() {
        Ok(write(&file, pages))
    } else {
        Err(problems)
    }
}

fn problems(file: &File, pages: &[Page]) -> Vec<String> {
    let mut problems = Vec::new();
    if file.question.is_empty() {
        problems.push(format!("{FILE}: there is no question. Add a [[question]]."));
    }
    let mut seen = BTreeSet::new();
    for (i, question) in file.question.iter().enumerate() {
        // The name that people find the question by: its id, else its place in the file.
        let name = match &question.id {
            Some(id) => format!("question \"{id}\""),
            None => format!("question {}", i + 1),
        };
        let mut say = |what: String| problems.push(format!("{FILE}: {name} {what}"));
        check_id(&question.id, &mut seen, "question", &mut say);
        check_words(&question.text, "text", false, pages, &mut say);
        check_words(&question.explanation, "explanation", true, pages, &mut say);
        let rfc = question.rfc.unwrap_or(6455);
        match &question.section {
            Some(section) if !sections::exists(rfc, section) => {
                say(format!(
                    "cites RFC {rfc} §{section}, which does not exist (build/sections.rs lists those that do)."
                ));
            }
            None if question.rfc.is_some() => {
                say(format!("names RFC {rfc} but no section of it."));
            }
            _ => {}
        }
        if question.reading.is_empty() {
            say(
                "has nothing to read on. Add `reading = [{ route = \"/…\", text = \"…\" }]`."
                    .into(),
            );
        }
        for reading in &question.reading {
            match &reading.route {
                Some(route) if pages.iter().all(|page| page.path != *route) => {
                    say(format!(
                        "links to {route}, which is not a page of content/site.toml."
                    ));
                }
                Some(_) => {}
                None => say("has a reading without a route.".into()),
            }
            check_words(&reading.text, "text in a reading", false, pages, &mut say);
        }
        check_choices(&question.choice, pages, &mut say);
    }
    problems
}

fn check_choices(choices: &[Choice], pages: &[Page], say: &mut dyn FnMut(String)) {
    if !(FEWEST_CHOICES..=MOST_CHOICES).contains(&choices.len()) {
        say(format!(
            "has {} choices; it needs {FEWEST_CHOICES} to {MOST_CHOICES}.",
            choices.len()
        ));
    }
    let right = choices.iter().filter(|choice| choice.right).count();
    if right != 1 {
        say(format!(
            "has {right} right choices; exactly one needs `right = true`."
        ));
    }
    let length = |choice: &&Choice| choice.text.as_ref().map_or(0, |text| text.chars().count());
    let wrong = choices.iter().filter(|choice| !choice.right);
    let longest = wrong
        .map(|choice| length(&choice))
        .max()
        .unwrap_or_default();
    if right == 1
        && let Some(right) = choices.iter().find(|choice| choice.right)
        && length(&right) > longest
    {
        say(format!(
            "has a right choice of {} letters, and the longest wrong one has {longest}: that gives it away.",
            length(&right)
        ));
    }
    let mut seen = BTreeSet::new();
    for (i, choice) in choices.iter().enumerate() {
        let name = match &choice.id {
            Some(id) => format!("choice \"{id}\""),
            None => format!("choice {}", i + 1),
        };
        let mut say = |what: String| say(format!("({name}) {what}"));
        check_id(&choice.id, &mut seen, "choice", &mut say);
        check_words(&choice.text, "text", false, pages, &mut say);
        check_words(&choice.explanation, "explanation", false, pages, &mut say);
    }
}

/// An id is kept in the reader's browser and stands in addresses: short, plain, and never twice.
fn check_id(
    id: &Option<String>,
    seen: &mut BTreeSet<String>,
    kind: &str,
    say: &mut dyn FnMut(String),
) {
    match id {
        None => say("has no id.".into()),
        Some(id) if id.is_empty() || !id.bytes().all(is_id_byte) => {
            say(format!(
                "has the id \"{id}\"; use lower-case letters, digits and hyphens."
            ));
        }
        Some(id) if !seen.insert(id.clone()) => {
            say(format!("has the id of a {kind} before it."));
        }
        Some(_) => {}
    }
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

/// Checks a text. Only an explanation can have several paragraphs.
fn check_words(
    words: &Option<String>,
    what: &str,
    several: bool,
    pages: &[Page],
    say: &mut dyn FnMut(String),
) {
    match words {
        None => say(format!("has no {what}.")),
        Some(words) if words.trim().is_empty() => say(format!("has an empty {what}.")),
        Some(words) if words.matches('`').count() % 2 == 1 => {
            say(format!("has a backtick without its partner in its {what}."));
        }
        Some(words) => match paragraphs(words.trim(), pages) {
            Ok(paragraphs) if paragraphs.len() > 1 && !several => {
                say(format!("has more than one paragraph in its {what}."));
            }
            Ok(_) => {}
            Err(problems) => {
                for problem in problems {
                    say(format!("has a {what} that cannot be used: {problem}."));
                }
            }
        },
    }
}

fn write(file: &File, pages: &[Page]) -> String {
    let mut out = String::from("&[\n");
    // Writing to a string cannot fail.
    for question in &file.question {
        let _ = writeln!(
            out,
            "Question {{ id: {:?}, text: {}, explanation: &[{}], section: {},",
            plain(&question.id),
            line(&question.text, pages),
            words(&question.explanation, pages).join(", "),
            match &question.section {
                Some(section) => format!(
                    "Some(Section {{ rfc: {}, number: {section:?} }})",
                    question.rfc.unwrap_or(6455)
                ),
                None => "None".to_owned(),
            }
        );
        out.push_str("reading: &[\n");
        for reading in &question.reading {
            let page = pages
                .iter()
                .find(|page| Some(&page.path) == reading.route.as_ref());
            // A page that is planned is linked from nowhere.
            if let Some(page) = page.filter(|page| page.chapter.is_some()) {
                let _ = writeln!(
                    out,
                    "Reading {{ path: {:?}, title: {:?}, text: {} }},",
                    page.path,
                    page.title,
                    line(&reading.text, pages)
                );
            }
        }
        out.push_str("],\nchoices: &[\n");
        for choice in &question.choice {
            let _ = writeln!(
                out,
                "Choice {{ id: {:?}, text: {}, right: {}, explanation: {} }},",
                plain(&choice.id),
                line(&choice.text, pages),
                choice.right,
                line(&choice.explanation, pages)
            );
        }
        out.push_str("] },\n");
    }
    out.push(']');
    out
}

/// An id that [`problems`] has found to be there.
fn plain(id: &Option<String>) -> &str {
    id.as_deref().unwrap_or_default()
}

/// The paragraphs of a text that [`problems`] has found to be good.
fn words(text: &Option<String>, pages: &[Page]) -> Vec<String> {
    let text = text.as_deref().unwrap_or_default().trim();
    paragraphs(text, pages).unwrap_or_default()
}

/// The one paragraph of a text.
fn line(text: &Option<String>, pages: &[Page]) -> String {
    words(text, pages).pop().unwrap_or_else(|| "&[]".to_owned())
}
