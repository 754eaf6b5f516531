//! What happens to the quiz: what the reader does, and what the address and the kept answers say.

use std::rc::Rc;

use yew::prelude::*;

use super::questions::QUESTIONS;
use super::session::{Place, Session};
use super::settings::Settings;
use crate::kit::settings::Parsed;

/// The quiz at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The answers, and where the reader is.
    pub session: Session,
    /// What of the address cannot be used.
    pub problems: Vec<String>,
    /// Whether the kept answers have been read; before that, writing would lose them.
    pub loaded: bool,
    /// Counts the steps that put something new before the reader. The focus follows them.
    pub steps: u32,
    /// Counts what the reader does that another visit should come back to. The address follows.
    pub moves: u32,
}

/// What the reader or the address does.
#[derive(Clone, Debug)]
pub enum Action {
    /// The kept answers have been read.
    Load(Session),
    /// The address says something else.
    UrlChanged(Parsed<Settings>),
    /// Marks a choice.
    Pick(usize),
    /// To a place, by a button that stays.
    Go(Place),
    /// Checks what is marked, or goes on from what is checked. Decided by the state as it is, not as it was drawn: two
    /// keys may come faster than the page is drawn.
    Enter,
    /// Makes the marked choice the answer.
    Check,
    /// To what has no answer yet, else to the result.
    Ahead,
    /// From the result to a question.
    Review(usize),
    /// Forgets all answers.
    StartAgain,
    /// Forgets the wrong answers.
    RepeatWrong,
}

impl State {
    /// What an address asks for, before the kept answers have been read.
    pub fn of(parsed: Parsed<Settings>) -> State {
        let mut session = Session::new(QUESTIONS);
        if let Some(question) = parsed.settings.question {
            session.go(Place::Question(question));
        }
        State {
            session,
            problems: parsed.problems,
            loaded: false,
            steps: 0,
            moves: 0,
        }
    }

    /// The settings that say where the reader is.
    pub fn settings(&self) -> Settings {
        Settings {
            question: self.session.here(),
        }
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        // A check counts: whoever reads on from there and comes back wants that question again, not the next.
        let by_reader = !matches!(
            action,
            Action::Load(_) | Action::UrlChanged(_) | Action::Pick(_)
        );
        let session = &mut state.session;
        let action = match (action, session.place()) {
            (Action::Enter, Place::Question(i)) if session.answer(i).is_some() => Action::Ahead,
            (Action::Enter, Place::Question(_)) => Action::Check,
            (Action::Enter, Place::Result) => return self,
            (action, _) => action,
        };
        let new_before_the_reader = match action {
            Action::Load(kept) => {
                *session = kept;
                state.loaded = true;
                false
            }
            Action::UrlChanged(parsed) => {
                if let Some(question) = parsed.settings.question {
                    session.go(Place::Question(question));
                }
                state.problems = parsed.problems;
                false
            }
            Action::Pick(choice) => {
                session.pick(choice);
                false
            }
            // The button that was pressed stays, and keeps the focus.
            Action::Go(place) => {
                session.go(place);
                false
            }
            Action::Check | Action::Enter => {
                let before = session.answered();
                session.check();
                session.answered() > before
            }
            Action::Ahead => {
                session.go(session.ahead());
                true
            }
            Action::Review(question) => {
                session.go(Place::Question(question));
                true
            }
            Action::StartAgain => {
                session.start_again();
                true
            }
            Action::RepeatWrong => {
                session.repeat_wrong();
                true
            }
        };
        if by_reader && *session != self.session {
            state.moves += 1;
            state.problems.clear();
        }
        state.steps += u32::from(new_before_the_reader);
        state.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(question: Option<usize>) -> Rc<State> {
        Rc::new(State::of(Parsed::fine(Settings { question })))
    }

    #[test]
    fn enter_checks_and_then_goes_on() {
        let state = of(None).reduce(Action::Enter);
        assert_eq!((state.moves, state.steps), (0, 0), "nothing is marked");
        let state = state.reduce(Action::Pick(1)).reduce(Action::Enter);
        assert_eq!(state.session.answer(0), Some(1));
        assert_eq!((state.moves, state.steps), (1, 1));
        let state = state.reduce(Action::Enter);
        assert_eq!(state.settings().question, Some(1));
        assert_eq!((state.moves, state.steps), (2, 2));
    }

    #[test]
    fn an_address_moves_the_reader_and_is_not_written_again() {
        let state = of(Some(2)).reduce(Action::UrlChanged(Parsed {
            settings: Settings { question: Some(1) },
            problems: vec!["question=x".to_owned()],
        }));
        assert_eq!((state.settings().question, state.moves), (Some(1), 0));
        assert_eq!(state.problems.len(), 1);
        let state = state.reduce(Action::UrlChanged(Parsed::fine(Settings::default())));
        assert_eq!(state.settings().question, Some(1), "the reader stays");
        let state = of(None).reduce(Action::Go(Place::Question(0)));
        assert_eq!(state.moves, 0, "the reader is there already");
    }
}
