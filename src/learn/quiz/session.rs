//! One reader's way through the questions: the answers given, and where the reader is.

use std::collections::BTreeMap;

use super::questions::Question;

/// Where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the question with this index.
    Question(usize),
    /// At the result.
    Result,
}

/// One reader's way through the questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    questions: &'static [Question],
    /// For each question the choice that was checked.
    answers: Vec<Option<usize>>,
    place: Place,
    /// The choice that is marked but not checked yet.
    picked: Option<usize>,
}

impl Session {
    /// Nothing answered yet.
    pub fn new(questions: &'static [Question]) -> Session {
        Session {
            questions,
            answers: vec![None; questions.len()],
            place: Place::Question(0),
            picked: None,
        }
    }

    /// Goes on where the kept answers end. Answers to questions, or with choices, that are not there any more do not
    /// count.
    pub fn resume(questions: &'static [Question], kept: &BTreeMap<String, String>) -> Session {
        let mut session = Session::new(questions);
        for (answer, question) in session.answers.iter_mut().zip(questions) {
            *answer = kept
                .get(question.id)
                .and_then(|id| question.choices.iter().position(|c| c.id == id));
        }
        if session.answered() > 0 {
            session.place = session.ahead();
        }
        session
    }

    /// Writes the answers into what is kept, and leaves alone what belongs to other questions.
    pub fn keep(&self, kept: &mut BTreeMap<String, String>) {
        for (question, answer) in self.questions.iter().zip(&self.answers) {
            match answer.and_then(|i| question.choices.get(i)) {
                Some(choice) => kept.insert(question.id.to_owned(), choice.id.to_owned()),
                None => kept.remove(question.id),
            };
        }
    }

    /// The questions.
    pub fn questions(&self) -> &'static [Question] {
        self.questions
    }

    /// Where the reader is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The choice that is marked but not checked yet.
    pub fn picked(&self) -> Option<usize> {
        self.picked
    }

    /// The choice that was checked for this question.
    pub fn answer(&self, question: usize) -> Option<usize> {
        self.answers.get(question).copied().flatten()
    }

    /// Whether the answer to this question is right; nothing before there is one.
    pub fn verdict(&self, question: usize) -> Option<bool> {
        let answer = self.answer(question)?;
        Some(self.questions.get(question)?.right() == answer)
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
        (0..self.questions.len())
            .filter(|&i| self.verdict(i) == Some(right))
            .count()
    }

    /// The question at which the reader is, while it has no answer.
    fn open(&self) -> Option<usize> {
        match self.place {
            Place::Question(i) if self.answer(i).is_none() => Some(i),
            _ => None,
        }
    }

    /// Marks a choice of the question at which the reader is. Once checked, it stays.
    pub fn pick(&mut self, choice: usize) {
        let choices = self.open().and_then(|i| self.questions.get(i));
        if choices.is_some_and(|q| choice < q.choices.len()) {
            self.picked = Some(choice);
        }
    }

    /// Makes the marked choice the answer. Without one nothing happens.
    pub fn check(&mut self) {
        if let (Some(i), Some(choice)) = (self.open(), self.picked)
            && let Some(answer) = self.answers.get_mut(i)
        {
            *answer = Some(choice);
            self.picked = None;
        }
    }

    /// Where the way leads from here: to the next question without an answer, wherever it is, else to the result.
    pub fn ahead(&self) -> Place {
        let here = match self.place {
            Place::Question(i) => i,
            Place::Result => 0,
        };
        let n = self.questions.len();
        (0..n)
            .map(|step| (here + step) % n)
            .find(|&i| self.answer(i).is_none())
            .map_or(Place::Result, Place::Question)
    }

    /// The question at which the reader is.
    pub fn here(&self) -> Option<usize> {
        match self.place {
            Place::Question(i) => Some(i),
            Place::Result => None,
        }
    }

    /// Goes to a place, if it is there.
    pub fn go(&mut self, place: Place) {
        let there = match place {
            Place::Question(i) => i < self.questions.len(),
            Place::Result => true,
        };
        if there && place != self.place {
            self.place = place;
            self.picked = None;
        }
    }

    /// Forgets all answers.
    pub fn start_again(&mut self) {
        *self = Session::new(self.questions);
    }

    /// Forgets the wrong answers, and goes to the first of their questions.
    pub fn repeat_wrong(&mut self) {
        let wrong: Vec<usize> = (0..self.questions.len())
            .filter(|&i| self.verdict(i) == Some(false))
            .collect();
        for &i in &wrong {
            if let Some(answer) = self.answers.get_mut(i) {
                *answer = None;
            }
        }
        if let Some(&first) = wrong.first() {
            self.go(Place::Question(first));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::quiz::questions::Choice;

    const fn choice(id: &'static str, right: bool) -> Choice {
        Choice {
            id,
            text: &[],
            right,
            explanation: &[],
        }
    }

    const fn question(id: &'static str, choices: &'static [Choice]) -> Question {
        Question {
            id,
            text: &[],
            explanation: &[],
            section: None,
            reading: &[],
            choices,
        }
    }

    // The right choices are 0, 1 and 2.
    static THREE: &[Question] = &[
        question("one", &[choice("x", true), choice("y", false)]),
        question("two", &[choice("x", false), choice("y", true)]),
        question(
            "three",
            &[choice("x", false), choice("y", false), choice("z", true)],
        ),
    ];

    fn answer(session: &mut Session, choice: usize) {
        session.pick(choice);
        session.check();
        session.go(session.ahead());
    }

    fn kept(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|&(q, c)| (q.to_owned(), c.to_owned()))
            .collect()
    }

    #[test]
    fn the_way_leads_through_all_questions_to_the_result() {
        let mut session = Session::new(THREE);
        answer(&mut session, 0);
        assert_eq!(session.place(), Place::Question(1));
        answer(&mut session, 0);
        assert_eq!(session.place(), Place::Question(2));
        answer(&mut session, 2);
        assert_eq!(session.place(), Place::Result);
        assert_eq!(
            (session.right(), session.wrong(), session.answered()),
            (2, 1, 3)
        );
        assert_eq!(
            [0, 1, 2].map(|i| session.verdict(i)),
            [Some(true), Some(false), Some(true)]
        );
    }

    #[test]
    fn a_question_that_was_passed_over_comes_at_the_end() {
        let mut session = Session::new(THREE);
        session.go(Place::Question(1));
        answer(&mut session, 1);
        assert_eq!(session.place(), Place::Question(2));
        answer(&mut session, 2);
        assert_eq!(session.place(), Place::Question(0));
        answer(&mut session, 0);
        assert_eq!(session.place(), Place::Result);
        assert_eq!(session.right(), 3);
    }

    #[test]
    fn a_mark_is_no_answer_until_it_is_checked() {
        let mut session = Session::new(THREE);
        session.check();
        assert_eq!(session.answered(), 0, "nothing was marked");
        session.pick(1);
        assert_eq!((session.picked(), session.answered()), (Some(1), 0));
        session.pick(0);
        session.check();
        assert_eq!((session.picked(), session.answer(0)), (None, Some(0)));
    }

    #[test]
    fn a_checked_answer_stays() {
        let mut session = Session::new(THREE);
        session.pick(1);
        session.check();
        session.pick(0);
        session.check();
        assert_eq!((session.picked(), session.answer(0)), (None, Some(1)));
    }

    #[test]
    fn a_mark_does_not_follow_to_another_question() {
        let mut session = Session::new(THREE);
        session.pick(1);
        session.go(Place::Question(1));
        assert_eq!(session.picked(), None);
        session.check();
        assert_eq!(session.answered(), 0);
    }

    #[test]
    fn choices_and_questions_that_are_not_there_are_not_taken() {
        let mut session = Session::new(THREE);
        session.pick(2);
        session.go(Place::Question(3));
        assert_eq!(session, Session::new(THREE));
        assert_eq!((session.answer(9), session.verdict(9)), (None, None));
        session.go(Place::Result);
        session.pick(0);
        assert_eq!(session.picked(), None);
    }

    #[test]
    fn what_is_kept_comes_back() {
        let mut session = Session::new(THREE);
        answer(&mut session, 1);
        answer(&mut session, 1);
        let mut map = kept(&[("another quiz", "x")]);
        session.keep(&mut map);
        assert_eq!(
            map,
            kept(&[("one", "y"), ("two", "y"), ("another quiz", "x")])
        );
        assert_eq!(Session::resume(THREE, &map), session);
        session.start_again();
        session.keep(&mut map);
        assert_eq!(map, kept(&[("another quiz", "x")]));
    }

    #[test]
    fn kept_answers_that_mean_nothing_any_more_do_not_count() {
        let map = kept(&[("one", "gone"), ("gone", "x"), ("three", "z")]);
        let session = Session::resume(THREE, &map);
        assert_eq!((session.answered(), session.right()), (1, 1));
        assert_eq!(session.place(), Place::Question(0));
    }

    #[test]
    fn a_quiz_that_was_finished_opens_at_its_result() {
        let map = kept(&[("one", "x"), ("two", "x"), ("three", "z")]);
        assert_eq!(Session::resume(THREE, &map).place(), Place::Result);
    }

    #[test]
    fn only_the_wrong_ones_are_asked_again() {
        let map = kept(&[("one", "x"), ("two", "x"), ("three", "x")]);
        let mut session = Session::resume(THREE, &map);
        session.repeat_wrong();
        assert_eq!(session.place(), Place::Question(1));
        assert_eq!((session.right(), session.answered()), (1, 1));
        answer(&mut session, 1);
        assert_eq!(session.place(), Place::Question(2));
        answer(&mut session, 2);
        assert_eq!((session.place(), session.right()), (Place::Result, 3));
        session.repeat_wrong();
        assert_eq!((session.place(), session.right()), (Place::Result, 3));
    }

    #[test]
    fn the_reader_is_at_a_question_or_at_the_result() {
        let mut session = Session::new(THREE);
        session.go(Place::Question(1));
        assert_eq!(session.here(), Some(1));
        session.go(Place::Result);
        assert_eq!(session.here(), None);
    }

    #[test]
    fn a_quiz_without_questions_is_at_its_end() {
        let mut session = Session::new(&[]);
        assert_eq!(session.ahead(), Place::Result);
        session.pick(0);
        session.check();
        session.repeat_wrong();
        assert_eq!(session.answered(), 0);
    }
}
