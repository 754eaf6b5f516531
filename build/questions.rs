//! Checks `content/questions/*.toml`, a file for each chapter, and writes them as Rust. It runs in the build script;
//! `tests/questions_content.rs` tests it.
//!
//! What a question needs is said in `content/questions/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::site::Page;

#[path = "questions/check.rs"]
mod check;
#[path = "questions/write.rs"]
mod write;

/// The folder that this is about.
pub const FOLDER: &str = "content/questions";

/// One file of questions.
pub struct File {
    /// Its name without the ending: that of its chapter, such as `frames`.
    pub chapter: String,
    /// What stands in it.
    pub text: String,
}

// Everything is optional here, so that what is missing is reported with the question's name, and all at once.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    #[serde(default)]
    question: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    id: Option<String>,
    #[serde(default)]
    kind: Kind,
    text: Option<String>,
    explanation: Option<String>,
    section: Option<String>,
    rfc: Option<u16>,
    #[serde(default)]
    reading: Vec<Reading>,
    #[serde(default)]
    choice: Vec<Choice>,
    #[serde(default)]
    step: Vec<Step>,
    bytes: Option<String>,
    #[serde(default)]
    spot: Vec<Spot>,
    unit: Option<String>,
    #[serde(default)]
    right: Vec<String>,
    #[serde(default)]
    mistake: Vec<Mistake>,
    otherwise: Option<String>,
    #[serde(default)]
    pair: Vec<Pair>,
}

/// What the reader does.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Single,
    Multiple,
    Order,
    Byte,
    Bit,
    Value,
    Match,
}

impl Kind {
    /// How it is written in a file.
    fn name(self) -> &'static str {
        match self {
            Kind::Single => "single",
            Kind::Multiple => "multiple",
            Kind::Order => "order",
            Kind::Byte => "byte",
            Kind::Bit => "bit",
            Kind::Value => "value",
            Kind::Match => "match",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    to: Option<String>,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    id: Option<String>,
    text: Option<String>,
    explanation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spot {
    at: Option<u16>,
    #[serde(default)]
    right: bool,
    explanation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    value: Option<String>,
    explanation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    id: Option<String>,
    left: Option<String>,
    right: Option<String>,
    explanation: Option<String>,
}

/// A page and the questions of its chapter.
struct Chapter<'a> {
    /// Where the page stands in reading order.
    place: usize,
    page: &'a Page,
    questions: Vec<Question>,
}

/// Turns the files into the Rust expression of `&[Question]`, in the order of the pages, or into everything that is wrong
/// with them.
///
/// # Errors
/// What is wrong, each with the file and the question.
pub fn generate(files: &[File], pages: &[Page]) -> Result<String, Vec<String>> {
    Ok(write::questions(&read(files, pages)?, pages))
}

/// The questions as the program in the page has them.
pub struct Program {
    /// The Rust expression of `&[Question]` of the chapters that the first picture may need.
    pub early: String,
    /// Of all others, which are fetched a moment later.
    pub late: String,
    /// The Rust expression of the names of all, in the same order.
    pub ids: String,
}

/// So many chapters are early.
const EARLY: usize = 2;

/// Turns the files into what the program in the page is made of.
///
/// # Errors
/// What is wrong, each with the file and the question.
pub fn program(files: &[File], pages: &[Page]) -> Result<Program, Vec<String>> {
    let chapters = read(files, pages)?;
    let (early, late) = chapters.split_at(EARLY.min(chapters.len()));
    let questions = chapters.iter().flat_map(|chapter| &chapter.questions);
    let ids: Vec<_> = questions
        .filter_map(|question| question.id.as_deref())
        .collect();
    Ok(Program {
        early: write::questions(early, pages),
        late: write::questions(late, pages),
        ids: format!("&{ids:?}"),
    })
}

/// The questions of all files, in the order of the pages.
fn read<'a>(files: &[File], pages: &'a [Page]) -> Result<Vec<Chapter<'a>>, Vec<String>> {
    let (mut chapters, mut problems) = (Vec::new(), Vec::new());
    let mut ids = BTreeSet::new();
    for file in files {
        let name = format!("{FOLDER}/{}.toml", file.chapter);
        let chapter = format!("{}.md", file.chapter);
        let found = pages
            .iter()
            .enumerate()
            .find(|(_, page)| page.chapter.as_ref() == Some(&chapter));
        let Some((place, page)) = found else {
            problems.push(format!(
                "{name}: no page of content/site.toml has the chapter {chapter}. Name the file after a chapter."
            ));
            continue;
        };
        let read: Result<Questions, _> = toml::from_str(&file.text);
        match read {
            Ok(read) => {
                check::problems(&name, &read.question, pages, &mut ids, &mut problems);
                chapters.push(Chapter {
                    place,
                    page,
                    questions: read.question,
                });
            }
            Err(e) => {
                let line = e.span().map_or(String::new(), |span| {
                    let before = file.text.get(..span.start).unwrap_or_default();
                    format!(":{}", before.matches('\n').count() + 1)
                });
                problems.push(format!("{name}{line}: {}", e.message()));
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    chapters.sort_by_key(|chapter| chapter.place);
    Ok(chapters)
}

/// How many questions each of the files has, by the path of its page. A file that cannot be read has none.
pub fn counts(files: &[File], pages: &[Page]) -> BTreeMap<String, u16> {
    let counted = files.iter().filter_map(|file| {
        let chapter = format!("{}.md", file.chapter);
        let page = pages
            .iter()
            .find(|page| page.chapter.as_ref() == Some(&chapter))?;
        let read: Questions = toml::from_str(&file.text).ok()?;
        Some((page.path.clone(), u16::try_from(read.question.len()).ok()?))
    });
    counted.collect()
}

/// The chapters that have questions, in reading order, as Rust: path and title of each, and how many questions it has.
pub fn chapters(counts: &BTreeMap<String, u16>, pages: &[Page]) -> String {
    let with = pages.iter().filter_map(|page| {
        let count = counts.get(&page.path)?;
        Some((&page.path, &page.title, count))
    });
    format!("&{:?}", with.collect::<Vec<_>>())
}

/// The bytes of a text such as `81 05 48`.
///
/// # Errors
/// The part that is not a byte in two hexadecimal digits.
fn read_bytes(text: &str) -> Result<Vec<u8>, &str> {
    text.split_whitespace()
        .map(|part| match part.as_bytes() {
            [a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                u8::from_str_radix(part, 16).map_err(|_| part)
            }
            _ => Err(part),
        })
        .collect()
}
