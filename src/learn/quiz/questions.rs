//! The questions, as the build script makes them of `content/quiz.toml`, and the keys that stand for their choices.

// There may be no link in any of them.
#[allow(unused_imports)]
use crate::kit::inline::{Inline, To};

/// A question with its choices, one of them right.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    /// Its name in storage and in tests. It stays when the words change.
    pub id: &'static str,
    /// The words.
    pub text: &'static [Inline],
    /// What is true, whatever was chosen, in paragraphs.
    pub explanation: &'static [&'static [Inline]],
    /// Where it is written.
    pub section: Option<Section>,
    /// Pages to read on. Those that are planned are not among them.
    pub reading: &'static [Reading],
    /// The choices, in the order in which they are shown.
    pub choices: &'static [Choice],
}

/// A section of an RFC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// The RFC's number.
    pub rfc: u16,
    /// The section's number.
    pub number: &'static str,
}

/// A page to read on.
#[derive(Debug, PartialEq, Eq)]
pub struct Reading {
    /// The path of the page.
    pub path: &'static str,
    /// Its name in the navigation.
    pub title: &'static str,
    /// What is to be seen there.
    pub text: &'static [Inline],
}

/// One of a question's choices.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name in storage.
    pub id: &'static str,
    /// The words.
    pub text: &'static [Inline],
    /// Whether it is the right one.
    pub right: bool,
    /// Why it is right, or why it is not.
    pub explanation: &'static [Inline],
}

/// The questions of `content/quiz.toml`, in reading order. The build script has checked them.
pub const QUESTIONS: &[Question] = include!(concat!(env!("OUT_DIR"), "/quiz.rs"));

impl Question {
    /// The right choice. The build script has made sure that there is exactly one.
    pub fn right(&self) -> usize {
        self.choices.iter().position(|c| c.right).unwrap_or(0)
    }
}

/// The letter of the choice with this index: `A` for the first.
pub fn letter(choice: usize) -> char {
    // The build script allows nine choices.
    u8::try_from(choice).map_or('?', |n| (b'A'.saturating_add(n)) as char)
}

/// The choice that a key stands for, where there are this many: `1` or `a` for the first.
pub fn choice_of_key(key: &str, choices: usize) -> Option<usize> {
    let mut chars = key.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return None;
    };
    let index = match c {
        '1'..='9' => c as usize - '1' as usize,
        'a'..='i' => c as usize - 'a' as usize,
        'A'..='I' => c as usize - 'A' as usize,
        _ => return None,
    };
    (index < choices).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_for_choices() {
        for (key, index) in [
            ("1", Some(0)),
            ("4", Some(3)),
            ("5", None),
            ("0", None),
            ("a", Some(0)),
            ("D", Some(3)),
            ("e", None),
            ("Enter", None),
            ("", None),
            ("ä", None),
        ] {
            assert_eq!(choice_of_key(key, 4), index, "{key:?}");
        }
        assert_eq!([0, 3].map(letter), ['A', 'D']);
    }

    #[test]
    fn the_questions_of_the_page() {
        assert_eq!(QUESTIONS.len(), 3);
        for question in QUESTIONS {
            assert_eq!(question.choices.len(), 4, "{}", question.id);
            assert!(question.choices[question.right()].right);
            assert!(!question.reading.is_empty() && !question.explanation.is_empty());
        }
        // The letter gives nothing away.
        let mut letters: Vec<usize> = QUESTIONS.iter().map(Question::right).collect();
        letters.dedup();
        assert_eq!(letters.len(), QUESTIONS.len());
    }
}
