//! The right answer among the wrong ones.

use crate::Choice;
use crate::draw::Draw;

/// The choices of an exercise while they are collected.
pub(crate) struct Choices {
    right: Choice,
    wrong: Vec<Choice>,
}

impl Choices {
    /// Begins with the right answer.
    pub fn right(text: impl Into<String>, explanation: impl Into<String>) -> Choices {
        Choices {
            right: Choice {
                text: text.into(),
                right: true,
                explanation: explanation.into(),
            },
            wrong: Vec::new(),
        }
    }

    /// Adds what a mistake leads to. Where it happens to lead to the right answer, or to one that is there already, it is
    /// left out.
    pub fn add(&mut self, text: impl Into<String>, explanation: impl Into<String>) {
        let (text, explanation) = (text.into(), explanation.into());
        let same = |choice: &Choice| choice.text == text || choice.explanation == explanation;
        if same(&self.right) || self.wrong.iter().any(same) {
            return;
        }
        self.wrong.push(Choice {
            text,
            right: false,
            explanation,
        });
    }

    /// At most three wrong ones and the right one, in any order.
    pub fn finish(self, draw: &mut Draw) -> Vec<Choice> {
        let mut all = self.wrong;
        draw.shuffle(&mut all);
        all.truncate(3);
        all.push(self.right);
        draw.shuffle(&mut all);
        all
    }
}
