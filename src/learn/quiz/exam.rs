//! The answers of an exam as they stand in a link: `/quiz?exam=4711&result=1&answers=9f3c12ab.b.ac.4._3635353335`.
//!
//! Before the answers stands a fingerprint of the questions. Questions change with the site; answers of another edition would
//! be judged by questions that nobody asked.

use super::answer::{self, Answer};
use super::item::{Asked, fingerprint, letter};
use super::run::Run;
use crate::learn::questions::Task;

/// Why answers in a link cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// They belong to other questions.
    OtherQuestions,
    /// They are no answers to these questions.
    NoAnswers,
}

impl Unusable {
    /// A sentence for the reader.
    pub fn words(self) -> &'static str {
        match self {
            Unusable::OtherQuestions => {
                "answers: the questions have changed since this link was made, so its answers cannot be shown. Here is the exam as it is now."
            }
            Unusable::NoAnswers => {
                "answers: they cannot be read; the link may have been cut. Here is the exam without them."
            }
        }
    }
}

/// The answers given so far.
pub fn write(run: &Run) -> String {
    let mut text = format!("{:08x}", edition(run));
    for answer in run.answers() {
        text.push('.');
        text.push_str(&answer::code(answer.as_ref()));
    }
    text
}

/// Reads what [`write`] writes.
pub fn read(run: &Run, text: &str) -> Result<Vec<Option<Answer>>, Unusable> {
    let (of, codes) = text.split_once('.').ok_or(Unusable::NoAnswers)?;
    if u32::from_str_radix(of, 16) != Ok(edition(run)) {
        let digits = of.len() == 8 && of.bytes().all(|b| b.is_ascii_hexdigit());
        return Err(if digits {
            Unusable::OtherQuestions
        } else {
            Unusable::NoAnswers
        });
    }
    let codes: Vec<_> = codes.split('.').collect();
    if codes.len() != run.len() {
        return Err(Unusable::NoAnswers);
    }
    let answers = run.all().zip(codes);
    let answers = answers.map(|(asked, code)| answer::decode(asked, code));
    answers
        .collect::<Result<_, ()>>()
        .map_err(|()| Unusable::NoAnswers)
}

/// The fingerprint of the questions: of their names and of what their options are.
fn edition(run: &Run) -> u32 {
    let mut names = String::new();
    for asked in run.all() {
        match asked {
            Asked::Written(question) => {
                names.push_str(question.id);
                let options: Vec<&str> = match &question.task {
                    Task::Single(choices) | Task::Multiple(choices) => {
                        choices.iter().map(|choice| choice.id).collect()
                    }
                    Task::Order(steps) => steps.iter().map(|step| step.id).collect(),
                    Task::Match(pairs) => pairs.iter().map(|pair| pair.id).collect(),
                    Task::Pick { .. } | Task::Value { .. } => Vec::new(),
                };
                for option in options {
                    names.push(' ');
                    names.push_str(option);
                }
            }
            Asked::Generated(exercise) => {
                let right = exercise.choices.iter().position(|choice| choice.right);
                names.push_str(&exercise.text);
                names.extend(right.map(letter));
            }
        }
        names.push('\n');
    }
    fingerprint(&names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::quiz::item;
    use crate::learn::quiz::run::{Draft, Place};

    fn answered(seed: u32) -> Run {
        let mut run = Run::new(item::exam(seed));
        for i in 0..run.len() - 1 {
            let asked = run.asked(i).unwrap().clone();
            run.go(Place::Question(i));
            run.set_draft(Draft::from(&asked, Some(&answer::right(&asked))));
            assert_eq!(run.check(), Some(i));
        }
        run
    }

    #[test]
    fn answers_come_back_from_a_link() {
        for seed in 0..30 {
            let run = answered(seed);
            let text = write(&run);
            assert_eq!(read(&run, &text).as_deref(), Ok(run.answers()));
            assert!(text.len() < 1200, "{} bytes", text.len());
            assert_eq!(run.right(), run.len() - 1);
        }
    }

    #[test]
    fn answers_to_other_questions_are_not_shown() {
        let run = answered(1);
        let text = write(&run);
        let other = Run::new(item::exam(2));
        assert_eq!(read(&other, &text), Err(Unusable::OtherQuestions));
    }

    #[test]
    fn a_link_that_was_cut_is_said() {
        let run = answered(1);
        let text = write(&run);
        for cut in 0..text.len() {
            assert_eq!(read(&run, &text[..cut]), Err(Unusable::NoAnswers), "{cut}");
        }
        for bad in ["", ".", "x.a", "é", "00000000"] {
            assert_eq!(read(&run, bad), Err(Unusable::NoAnswers), "{bad}");
        }
    }
}
