use super::*;
use crate::kit::url_state::{query_of, read};
use crate::learn::quiz::answer::Answer;

const TODAY: i32 = 20_000;

fn opened(query: &str) -> Rc<State> {
    let state = Rc::new(State::of(read(query)));
    state.reduce(Action::Load(Box::default(), TODAY, read(query)))
}

/// Answers the question at hand, rightly or not.
fn answer(state: Rc<State>, rightly: bool) -> Rc<State> {
    let here = state.run.here().expect("a question is open");
    let asked = state.run.asked(here).unwrap().clone();
    let right = answer::right(&asked);
    let wrong = match &right {
        Answer::Options(options) if options.len() == 1 => {
            Answer::Options(vec![usize::from(options[0] == 0)])
        }
        Answer::Options(options) => match &asked {
            Asked::Written(q) if matches!(q.task, Task::Multiple(_)) => {
                Answer::Options(options[1..].to_vec())
            }
            _ => Answer::Options(options.iter().rev().copied().collect()),
        },
        Answer::Place(place) => Answer::Place(u16::from(*place == 0)),
        Answer::Typed(_) => Answer::Typed("no such value".to_owned()),
    };
    let given = if rightly { right } else { wrong };
    let mut next = (*state).clone();
    next.run.set_draft(Draft::from(&asked, Some(&given)));
    Rc::new(next).reduce(Action::Enter)
}

fn all(mut state: Rc<State>, rightly: bool) -> Rc<State> {
    while state.run.here().is_some() {
        state = answer(state, rightly);
        if state.judges() {
            state = state.reduce(Action::Enter);
        }
    }
    state
}

#[test]
fn what_is_marked_stays_marked_when_the_later_questions_come() {
    let waiting = |query: &str| {
        let mut state = (*opened("question=ping-pong").reduce(Action::Pick(3))).clone();
        state.waiting = Some(read(query));
        Rc::new(state).reduce(Action::PartCame)
    };
    assert_eq!(waiting("question=ping-pong").run.draft().options, [3]);
    // Another question that the address asks for has no mark.
    let other = waiting("question=never-sent");
    assert!(other.run.draft().options.is_empty());
    assert_ne!(other.item(), opened("question=ping-pong").item());
}

#[test]
fn enter_checks_and_then_goes_on() {
    let state = opened("question=ping-pong").reduce(Action::Enter);
    assert_eq!((state.moves, state.steps), (0, 0), "nothing is marked");
    let state = state.reduce(Action::Pick(1)).reduce(Action::Enter);
    let here = state.run.here().unwrap();
    assert_eq!(state.run.answer(here), Some(&Answer::Options(vec![1])));
    assert_eq!((state.moves, state.steps), (1, 1));
    let state = state.reduce(Action::Pick(0));
    assert_eq!(state.run.answer(here), Some(&Answer::Options(vec![1])));
    let state = state.reduce(Action::Enter);
    assert_ne!(state.run.here(), Some(here));
    assert_eq!((state.moves, state.steps), (2, 2));
}

#[test]
fn an_address_moves_the_reader_and_is_not_written_again() {
    let state = opened("");
    let query = "question=ping-pong&chapter=nowhere";
    let state = state.reduce(Action::UrlChanged(read(query)));
    assert_eq!(state.problems.len(), 1);
    assert_eq!(state.moves, 0);
    assert_eq!(query_of(&state.settings()), "?question=ping-pong");
}

#[test]
fn what_was_answered_is_there_at_the_next_visit() {
    let state = all(opened("chapter=frames"), true);
    let mut kept = Kept::default();
    state.record.write(&mut kept);
    let count = item::of_chapter("/frames").len();
    assert_eq!(kept.progress.get("/frames"), Some(&count.to_string()));
    assert_eq!(Record::read(&kept), state.record);

    let next = Rc::new(State::of(read("chapter=frames")));
    let next = next.reduce(Action::Load(
        Box::new(kept),
        TODAY + 1,
        read("chapter=frames"),
    ));
    assert_eq!((next.run.right(), next.run.place()), (count, Place::Result));
    assert_eq!(
        next.record.due(TODAY + 1).len(),
        count,
        "all are due the next day"
    );
    let due = all(next.reduce(Action::Ask(Mode::Due)), true);
    assert_eq!(due.run.len(), count);
    assert_eq!(due.record.due(TODAY + 1), []);
    assert_eq!(due.record.due(TODAY + 4).len(), count);
}

#[test]
fn a_wrong_answer_comes_back_until_it_is_right() {
    let state = answer(opened("chapter=closing"), false);
    assert_eq!(state.record.wrong().len(), 1);
    let state = state.reduce(Action::Ask(Mode::Wrong));
    assert_eq!((state.run.len(), state.run.answered()), (1, 0));
    let state = all(state, true);
    assert_eq!(state.record.wrong(), []);
    let state = state.reduce(Action::Ask(Mode::Wrong));
    assert_eq!((state.run.len(), state.run.place()), (0, Place::Result));
}

#[test]
fn the_wrong_ones_are_asked_again_and_the_right_ones_stay() {
    let state = answer(opened("chapter=frames"), true).reduce(Action::Enter);
    let state = all(state, false);
    let count = state.run.len();
    assert_eq!((state.run.right(), state.run.wrong()), (1, count - 1));
    let state = state.reduce(Action::RepeatWrong);
    assert_eq!((state.run.right(), state.run.answered()), (1, 1));
    let state = state.reduce(Action::StartAgain);
    assert_eq!(state.run.answered(), 0);
}

#[test]
fn practice_has_no_end() {
    let mut state = opened("practice=unmask-byte&level=2&seed=7");
    for i in 0..30 {
        assert_eq!(state.run.here(), Some(i));
        state = answer(state, i % 3 != 0).reduce(Action::Enter);
    }
    assert_eq!(state.run.right(), 20);
    assert_eq!(state.record.practice.get("unmask-byte"), Some(&(20, 30)));
}

#[test]
fn an_exam_is_judged_when_it_is_handed_in_and_its_link_shows_it() {
    let mut state = answer(opened("exam=4711"), true);
    assert!(!state.judges());
    assert_eq!(state.run.here(), Some(1), "the next question comes at once");
    assert_eq!(
        state.to_send().answers,
        "",
        "a class gets the questions alone"
    );
    state = answer(state, false);
    let query = query_of(&state.settings());
    let reloaded = opened(&query);
    assert_eq!(reloaded.run.answers(), state.run.answers());
    assert!(!reloaded.judges());

    state = all(state, true);
    assert_eq!(state.run.place(), Place::Result);
    assert_eq!(state.record, Record::default(), "nothing is judged yet");
    let state = state.reduce(Action::HandIn);
    assert_eq!((state.run.right(), state.run.wrong()), (19, 1));
    assert!(state.record.wrong().len() <= 1 && state.record != Record::default());

    let shown = opened(&query_of(&state.to_send()));
    assert!(shown.handed_in && shown.problems.is_empty());
    assert_eq!((shown.run.right(), shown.run.place()), (19, Place::Result));
    let again = shown.reduce(Action::StartAgain);
    assert_eq!((again.run.answered(), again.handed_in), (0, false));
    assert_eq!(query_of(&again.settings()), "?exam=4711");
}

#[test]
fn an_answer_of_an_exam_can_be_changed_before_it_is_handed_in() {
    let state = answer(opened("exam=5"), false);
    let state = state.reduce(Action::Go(Place::Question(0)));
    let state = answer(state, true);
    assert_eq!(state.run.verdict(0), Some(true));
}

#[test]
fn a_link_whose_answers_are_cut_gives_the_exam_without_them() {
    let state = answer(opened("exam=4711"), true);
    let query = query_of(&state.settings());
    let cut = opened(&query[..query.len() - 3]);
    assert_eq!((cut.run.answered(), cut.problems.len()), (0, 1));
    let other = opened("exam=4711&answers=00000000.a&result=1");
    assert_eq!((other.run.answered(), other.problems.len()), (0, 1));
    assert!(!other.handed_in);
}

#[test]
fn steps_move_by_one_and_stay_inside() {
    let order = |item: &Item| {
        item.question()
            .is_some_and(|q| matches!(q.task, Task::Order(_)))
    };
    let item = item::mixed().into_iter().find(order).unwrap();
    let question = item.question().unwrap();
    let state = opened(&format!("question={}", question.id));
    let before = state.run.draft().options.clone();
    let state = state.reduce(Action::Move {
        from: 0,
        down: true,
    });
    assert_eq!(state.run.draft().options[1], before[0]);
    let state = state.reduce(Action::Move {
        from: 1,
        down: false,
    });
    for (from, down) in [
        (0, false),
        (99, true),
        (before.len() - 1, true),
        (usize::MAX, true),
    ] {
        let same = state.clone().reduce(Action::Move { from, down });
        assert_eq!(same.run.draft().options, before);
    }
}

#[test]
fn a_partner_belongs_to_one() {
    let partners = |item: &Item| {
        item.question()
            .is_some_and(|q| matches!(q.task, Task::Match(_)))
    };
    let item = item::mixed().into_iter().find(partners).unwrap();
    let state = opened(&format!("question={}", item.question().unwrap().id));
    let state = state.reduce(Action::Pair(0, Some(1)));
    let state = state.reduce(Action::Pair(1, Some(1)));
    assert_eq!(state.run.draft().pairs[..2], [None, Some(1)]);
    let state = state.reduce(Action::Pair(99, Some(0)));
    assert_eq!(state.reduce(Action::Enter).run.answered(), 0);
}

#[test]
fn erased_is_erased() {
    let state = answer(opened("chapter=frames"), true).reduce(Action::Erase);
    assert_eq!(state.record, Record::default());
    assert_eq!(state.run.answered(), 0);
    let mut kept = Kept::default();
    state.record.write(&mut kept);
    assert_eq!(kept, Kept::default());
}
