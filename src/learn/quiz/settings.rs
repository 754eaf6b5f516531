//! Which question is open, and how that stands in the address.

use super::questions::QUESTIONS;
use crate::kit::settings::{self, Field, Grammar};

/// What the address says: the question, without the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The index of the question to open; without it, where the reader left off.
    pub question: Option<usize>,
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[Field::parsed(
        "question",
        Grammar {
            write: |s| {
                let question = s.question.and_then(|i| QUESTIONS.get(i))?;
                Some(question.id.to_owned())
            },
            read: |s, id| {
                let found = QUESTIONS.iter().position(|question| question.id == id);
                let found = found
                    .ok_or("there is no question of that name. Here is where you left off.")?;
                s.question = Some(found);
                Ok(())
            },
            examples: &["ping-pong"],
            refuses: &["", "nobody", "Ping-pong"],
        },
    )];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::settings::Parsed;
    use crate::kit::url_state::read;

    #[test]
    fn every_question_has_an_address() {
        for (i, question) in QUESTIONS.iter().enumerate() {
            let settings = Settings { question: Some(i) };
            let query = format!("question={}", question.id);
            assert_eq!(read(&query), Parsed::fine(settings));
        }
    }
}
