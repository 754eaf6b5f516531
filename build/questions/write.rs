//! Questions as Rust. All of them have been found to be good.

use std::fmt::Write;

use super::super::inline::paragraphs;
use super::super::site::Page;
use super::check::page_of;
use super::{Chapter, Choice, Kind, Question, read_bytes};

/// The Rust expression of `&[Question]`.
pub fn questions(chapters: &[Chapter<'_>], pages: &[Page]) -> String {
    let words = Words { pages };
    let mut out = String::from("&[\n");
    for chapter in chapters {
        for question in &chapter.questions {
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "Question {{ id: {:?}, chapter: {:?}, text: {}, task: {}, explanation: &[{}], section: {}, reading: {} }},",
                plain(&question.id),
                chapter.page.path,
                words.line(&question.text),
                words.task(question),
                words.paragraphs(&question.explanation).join(", "),
                match &question.section {
                    Some(section) => format!(
                        "Some(Section {{ rfc: {}, number: {section:?} }})",
                        question.rfc.unwrap_or(6455)
                    ),
                    None => "None".to_owned(),
                },
                words.readings(question),
            );
        }
    }
    out.push(']');
    out
}

/// Writes words, with the pages that they link to.
struct Words<'a> {
    pages: &'a [Page],
}

impl Words<'_> {
    fn task(&self, question: &Question) -> String {
        match question.kind {
            Kind::Single => format!("Task::Single({})", self.choices(&question.choice)),
            Kind::Multiple => format!("Task::Multiple({})", self.choices(&question.choice)),
            Kind::Order => {
                let steps = list(&question.step, |step| {
                    format!(
                        "Step {{ id: {:?}, text: {}, explanation: {} }}",
                        plain(&step.id),
                        self.line(&step.text),
                        self.line(&step.explanation)
                    )
                });
                format!("Task::Order({steps})")
            }
            Kind::Byte | Kind::Bit => {
                let bytes = question.bytes.as_deref().unwrap_or_default();
                let spots = list(&question.spot, |spot| {
                    format!(
                        "Spot {{ at: {}, right: {}, explanation: {} }}",
                        spot.at.unwrap_or_default(),
                        spot.right,
                        self.line(&spot.explanation)
                    )
                });
                format!(
                    "Task::Pick {{ bytes: &{:?}, unit: Unit::{}, spots: {spots}, otherwise: {} }}",
                    read_bytes(bytes).unwrap_or_default(),
                    match question.kind {
                        Kind::Bit => "Bit",
                        _ => "Byte",
                    },
                    self.line(&question.otherwise)
                )
            }
            Kind::Value => {
                let mistakes = list(&question.mistake, |mistake| {
                    format!(
                        "Mistake {{ value: {:?}, explanation: {} }}",
                        plain(&mistake.value),
                        self.line(&mistake.explanation)
                    )
                });
                format!(
                    "Task::Value {{ unit: {:?}, right: &{:?}, mistakes: {mistakes}, otherwise: {} }}",
                    plain(&question.unit),
                    question.right,
                    self.line(&question.otherwise)
                )
            }
            Kind::Match => {
                let pairs = list(&question.pair, |pair| {
                    format!(
                        "Pair {{ id: {:?}, left: {}, right: {:?}, explanation: {} }}",
                        plain(&pair.id),
                        self.line(&pair.left),
                        plain(&pair.right).trim(),
                        self.line(&pair.explanation)
                    )
                });
                format!("Task::Match({pairs})")
            }
        }
    }

    fn choices(&self, choices: &[Choice]) -> String {
        list(choices, |choice| {
            format!(
                "Choice {{ id: {:?}, text: {}, right: {}, explanation: {} }}",
                plain(&choice.id),
                self.line(&choice.text),
                choice.right,
                self.line(&choice.explanation)
            )
        })
    }

    fn readings(&self, question: &Question) -> String {
        list(&question.reading, |reading| {
            let to = plain(&reading.to);
            let page = page_of(to, self.pages);
            format!(
                "Reading {{ path: {to:?}, title: {:?}, text: {} }}",
                page.map_or("", |page| page.title.as_str()),
                self.line(&reading.text)
            )
        })
    }

    fn paragraphs(&self, text: &Option<String>) -> Vec<String> {
        paragraphs(plain(text).trim(), self.pages).unwrap_or_default()
    }

    /// The one paragraph of a text.
    fn line(&self, text: &Option<String>) -> String {
        let line = self.paragraphs(text).pop();
        line.unwrap_or_else(|| "&[]".to_owned())
    }
}

/// A slice of what is made of each.
fn list<T>(parts: &[T], write: impl Fn(&T) -> String) -> String {
    let parts: Vec<_> = parts.iter().map(write).collect();
    format!("&[{}]", parts.join(", "))
}

fn plain(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}
