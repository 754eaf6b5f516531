//! One way through a deck: the questions, the answers given, and where the reader is.

use super::answer::{self, Answer, Judgement};
use super::item::{Asked, Item, shuffled};
use crate::learn::questions::Task;

/// Where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the question with this index in the deck.
    Question(usize),
    /// At the result.
    Result,
}

/// What is marked, placed or typed, and not checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Marked options, or the steps in the order in which they stand.
    pub options: Vec<usize>,
    /// For each left side the pair whose right side was chosen.
    pub pairs: Vec<Option<usize>>,
    /// The place that was pointed at.
    pub place: Option<u16>,
    /// What was typed.
    pub typed: String,
}

impl Draft {
    /// How a question begins.
    pub fn of(asked: &Asked) -> Draft {
        let mut draft = Draft::default();
        if let Asked::Written(question) = asked {
            match &question.task {
                Task::Order(steps) => draft.options = shuffled(question.id, steps.len()),
                Task::Match(pairs) => draft.pairs = vec![None; pairs.len()],
                _ => {}
            }
        }
        draft
    }

    /// A question with its answer, to be changed.
    pub fn from(asked: &Asked, answer: Option<&Answer>) -> Draft {
        let mut draft = Draft::of(asked);
        match answer {
            Some(Answer::Options(options)) if !draft.pairs.is_empty() => {
                draft.pairs = options.iter().copied().map(Some).collect();
            }
            Some(Answer::Options(options)) => draft.options.clone_from(options),
            Some(Answer::Place(place)) => draft.place = Some(*place),
            Some(Answer::Typed(value)) => draft.typed.clone_from(value),
            None => {}
        }
        draft
    }

    /// The answer, where it is complete.
    pub fn answer(&self, asked: &Asked) -> Option<Answer> {
        let options = || Answer::Options(self.options.clone());
        let answer = match asked {
            Asked::Generated(_) => options(),
            Asked::Written(question) => match &question.task {
                Task::Single(_) | Task::Multiple(_) | Task::Order(_) => options(),
                Task::Match(_) => {
                    Answer::Options(self.pairs.iter().copied().collect::<Option<_>>()?)
                }
                Task::Pick { .. } => Answer::Place(self.place?),
                Task::Value { .. } => Answer::Typed(self.typed.trim().to_owned()),
            },
        };
        answer::fits(asked, &answer).then_some(answer)
    }
}

/// One way through a deck.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    items: Vec<Item>,
    /// The questions themselves. Of those that have not been fetched yet there is none.
    asked: Vec<Option<Asked>>,
    answers: Vec<Option<Answer>>,
    place: Place,
    draft: Draft,
}

impl Run {
    /// A deck with nothing answered. Without a question, the reader is at the result.
    pub fn new(items: Vec<Item>) -> Run {
        let asked = items.iter().map(|item| item.asked()).collect();
        let mut run = Run {
            answers: vec![None; items.len()],
            items,
            asked,
            place: Place::Result,
            draft: Draft::default(),
        };
        run.go(Place::Question(0));
        run
    }

    /// Takes answers from elsewhere; those that fit no question are left out. The reader goes where the way leads from the
    /// beginning.
    pub fn resume(&mut self, answer: impl Fn(Item) -> Option<Answer>) {
        for ((item, asked), slot) in self.items.iter().zip(&self.asked).zip(&mut self.answers) {
            *slot = answer(*item).filter(|answer| {
                asked
                    .as_ref()
                    .is_some_and(|asked| answer::fits(asked, answer))
            });
        }
        self.place = Place::Result;
        let ahead = self.ahead();
        self.go(ahead);
    }

    /// Adds a question at the end.
    pub fn push(&mut self, item: Item) {
        self.items.push(item);
        self.asked.push(item.asked());
        self.answers.push(None);
    }

    /// How many questions there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// The questions' places.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// A question.
    pub fn asked(&self, index: usize) -> Option<&Asked> {
        self.asked.get(index)?.as_ref()
    }

    /// All questions that are there.
    pub fn all(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter().flatten()
    }

    /// The answers.
    pub fn answers(&self) -> &[Option<Answer>] {
        &self.answers
    }

    /// Where the reader is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The index of the question at which the reader is.
    pub fn here(&self) -> Option<usize> {
        match self.place {
            Place::Question(index) => Some(index),
            Place::Result => None,
        }
    }

    /// What is marked, placed or typed.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// Changes what is marked, placed or typed.
    pub fn set_draft(&mut self, draft: Draft) {
        self.draft = draft;
    }

    /// The answer to a question.
    pub fn answer(&self, index: usize) -> Option<&Answer> {
        self.answers.get(index)?.as_ref()
    }

    /// What is right about the answer to a question; nothing before there is one.
    pub fn judgement(&self, index: usize) -> Option<Judgement> {
        Some(answer::judge(self.asked(index)?, self.answer(index)?))
    }

    /// Whether the answer to a question is right.
    pub fn verdict(&self, index: usize) -> Option<bool> {
        Some(self.judgement(index)?.right)
    }

    /// How many questions have an answer.
    pub fn answered(&self) -> usize {
        self.answers.iter().flatten().count()
    }

    /// How many answers are right.
    pub fn right(&self) -> usize {
        self.count(true)
    }

    /// How many answers are wrong.
    pub fn wrong(&self) -> usize {
        self.count(false)
    }

    fn count(&self, right: bool) -> usize {
        (0..self.len())
            .filter(|&i| self.verdict(i) == Some(right))
            .count()
    }

    /// Makes what is marked, placed or typed the answer, and says which question has one now. Nothing happens where the draft
    /// is not complete.
    pub fn check(&mut self) -> Option<usize> {
        let index = self.here()?;
        let answer = self.draft.answer(self.asked(index)?)?;
        *self.answers.get_mut(index)? = Some(answer);
        Some(index)
    }

    /// Where the way leads from here: to the next question without an answer, wherever it is, else to the result.
    pub fn ahead(&self) -> Place {
        let here = self.here().unwrap_or(0);
        let n = self.len();
        (0..n)
            .map(|step| (here + step) % n)
            .find(|&i| self.answer(i).is_none() && self.asked(i).is_some())
            .map_or(Place::Result, Place::Question)
    }

    /// Goes to a place, if it is there.
    pub fn go(&mut self, place: Place) {
        if place == self.place {
            return;
        }
        match place {
            Place::Result => self.draft = Draft::default(),
            Place::Question(index) => {
                let Some(asked) = self.asked(index) else {
                    return;
                };
                self.draft = Draft::from(asked, self.answer(index));
            }
        }
        self.place = place;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::quiz::item;

    fn singles() -> Run {
        let single = |item: &Item| {
            item.question()
                .is_some_and(|q| matches!(q.task, Task::Single(_)))
        };
        let mut items = item::mixed();
        items.retain(single);
        items.truncate(3);
        Run::new(items)
    }

    fn right_of(run: &Run, index: usize) -> usize {
        let Some(Asked::Written(question)) = run.asked(index) else {
            panic!("no written question");
        };
        let Task::Single(choices) = &question.task else {
            panic!("not single");
        };
        choices.iter().position(|choice| choice.right).unwrap()
    }

    fn answer(run: &mut Run, right: bool) {
        let here = run.here().unwrap();
        let choice = right_of(run, here);
        let choice = if right {
            choice
        } else {
            usize::from(choice == 0)
        };
        run.set_draft(Draft {
            options: vec![choice],
            ..Draft::default()
        });
        assert_eq!(run.check(), Some(here));
        run.go(run.ahead());
    }

    #[test]
    fn the_way_leads_through_all_questions_to_the_result() {
        let mut run = singles();
        answer(&mut run, true);
        assert_eq!(run.place(), Place::Question(1));
        answer(&mut run, false);
        answer(&mut run, true);
        assert_eq!(run.place(), Place::Result);
        assert_eq!((run.right(), run.wrong(), run.answered()), (2, 1, 3));
    }

    #[test]
    fn a_question_that_was_passed_over_comes_at_the_end() {
        let mut run = singles();
        run.go(Place::Question(1));
        answer(&mut run, true);
        answer(&mut run, true);
        assert_eq!(run.place(), Place::Question(0));
    }

    #[test]
    fn what_is_not_complete_is_no_answer() {
        for item in item::mixed() {
            let asked = item.asked().unwrap();
            let Asked::Written(question) = &asked else {
                continue;
            };
            let mut run = Run::new(vec![item]);
            let begins_whole = matches!(question.task, Task::Order(_));
            assert_eq!(run.check().is_some(), begins_whole, "{}", question.id);
            if begins_whole {
                assert_eq!(run.verdict(0), Some(false), "{}", question.id);
            }
        }
    }

    #[test]
    fn places_that_are_not_there_are_not_gone_to() {
        let mut run = singles();
        run.go(Place::Question(3));
        assert_eq!(run.place(), Place::Question(0));
        assert_eq!((run.answer(9), run.verdict(9)), (None, None));
        assert_eq!(Run::new(Vec::new()).place(), Place::Result);
        assert_eq!(Run::new(Vec::new()).ahead(), Place::Result);
        let none = Run::new(vec![Item::Written(usize::MAX)]);
        assert_eq!((none.place(), none.ahead()), (Place::Result, Place::Result));
    }

    #[test]
    fn what_was_answered_comes_back() {
        let mut run = singles();
        answer(&mut run, true);
        answer(&mut run, false);
        let answers: Vec<_> = run
            .items()
            .iter()
            .copied()
            .zip(run.answers().to_vec())
            .collect();
        let mut again = singles();
        again.resume(|item| answers.iter().find(|(i, _)| *i == item)?.1.clone());
        assert_eq!(again.answers(), run.answers());
        assert_eq!(again.place(), Place::Question(2));
        again.resume(|_| Some(Answer::Options(vec![99])));
        assert_eq!(again.answered(), 0);
    }
}
