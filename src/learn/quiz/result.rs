//! The result, and what can be done after it.

use yew::prelude::*;

use super::answer::{self, Answer};
use super::item::{Asked, letter};
use super::model::{Action, State};
use super::settings::Mode;
use super::verdict::reading;
use super::view::{score, ticked};
use super::{RESULT, review};
use crate::kit::icon::Icon;
use crate::kit::inline::inlines;
use crate::kit::link::page_link;
use crate::kit::number::counted;
use crate::learn::questions::{IDS, Task, Unit};

/// How it went, question by question.
pub fn result(state: &State, act: &Callback<Action>) -> Html {
    let run = &state.run;
    if run.len() == 0 {
        return nothing(state);
    }
    let open = run.len() - run.answered();
    let (title, summary) = if !state.judges() {
        let summary = match open {
            0 => "Every question has an answer. You can still change each of them. Hand the exam in, and they are judged.".to_owned(),
            n => format!("{} no answer yet.", counted(n as u64, "question has", "questions have")),
        };
        (score(state), summary)
    } else {
        let summary = match (run.wrong(), open) {
            (0, 0) => {
                "Nothing to go over again. You may want to see it happen on a real connection."
                    .to_owned()
            }
            (wrong, open) if state.handed_in => format!(
                "{} wrong, {open} without an answer. The link of this page shows this result to whoever opens it, and they can take the same exam.",
                counted(wrong as u64, "answer was", "answers were")
            ),
            (_, open) if open > 0 => "Some questions have no answer yet.".to_owned(),
            (1, _) => "One answer was not right. Here is why.".to_owned(),
            _ => "These answers were not right. Here is why.".to_owned(),
        };
        (score(state), summary)
    };
    let items = (0..run.len()).filter_map(|i| Some(view_item(state, i, run.asked(i)?, act)));
    html! {
        <div class="quiz__result">
            <h2 id={RESULT} tabindex="-1">{ title }</h2>
            <p>{ summary }</p>
            <ol>
                { for items }
            </ol>
        </div>
    }
}

/// What stands where there is nothing to ask.
fn nothing(state: &State) -> Html {
    let words = match state.mode {
        Mode::Wrong => {
            "Nothing here: of the questions you have answered, none was wrong the last time."
                .to_owned()
        }
        Mode::Due => {
            let ids = IDS.iter().copied();
            match state.record.cards.next_due(ids, state.today) {
                Some(day) => format!(
                    "Nothing is due today. The next question comes back in {}.",
                    counted(u64::from((day - state.today).unsigned_abs()), "day", "days")
                ),
                None => format!(
                    "Nothing is due. A question that you answer comes back after {} day, and later each time you know it: after {} days, {}, {} and so on.",
                    review::DAYS[0],
                    review::DAYS[1],
                    review::DAYS[2],
                    review::DAYS[3]
                ),
            }
        }
        _ => "There is no question here.".to_owned(),
    };
    html! {
        <div class="quiz__result">
            <h2 id={RESULT} tabindex="-1">{ "All done" }</h2>
            <p>{ words }</p>
        </div>
    }
}

fn view_item(state: &State, i: usize, asked: &Asked, act: &Callback<Action>) -> Html {
    let given = state.run.answer(i);
    let verdict = state.run.verdict(i).filter(|_| state.judges());
    let (class, icon, said) = match (verdict, given) {
        (Some(true), _) => ("is-right", Icon::Check, "Right"),
        (Some(false), _) => ("is-wrong", Icon::Cross, "Not right"),
        (None, Some(_)) => ("is-open", Icon::Check, "Answered"),
        (None, None) => ("is-open", Icon::Forward, "Not answered"),
    };
    let onclick = act.reform(move |_: MouseEvent| Action::Review(i));
    let (words, reading) = match asked {
        Asked::Written(question) => (inlines(question.text), reading(question)),
        Asked::Generated(exercise) => (ticked(&exercise.text), Html::default()),
    };
    html! {
        <li class={class}>
            <h3>{ words }</h3>
            <p class="quiz__mark">{ icon.view() }{ said }</p>
            if let (Some(false), Some(given)) = (verdict, given) {
                <dl class="quiz__review">
                    <dt>{ "You answered" }</dt>
                    <dd>{ in_words(asked, given) }</dd>
                    <dt>{ "Right answer" }</dt>
                    <dd>{ in_words(asked, &answer::right(asked)) }</dd>
                </dl>
                { reading }
            }
            <button type="button" class="btn" {onclick}>
                { "Open question " }{ i + 1 }
            </button>
        </li>
    }
}

/// An answer in words.
fn in_words(asked: &Asked, answer: &Answer) -> Html {
    match (asked, answer) {
        (Asked::Generated(exercise), Answer::Options(options)) => list(options, |i| {
            exercise.choices.get(i).map(|choice| ticked(&choice.text))
        }),
        (Asked::Written(question), Answer::Options(options)) => match &question.task {
            Task::Single(choices) | Task::Multiple(choices) => list(options, |i| {
                choices.get(i).map(|choice| inlines(choice.text))
            }),
            Task::Order(steps) => html! {
                <ol>
                    for step in options.iter().filter_map(|i| steps.get(*i)) {
                        <li>{ inlines(step.text) }</li>
                    }
                </ol>
            },
            Task::Match(pairs) => html! {
                <ul>
                    for (left, right) in pairs.iter().zip(options) {
                        <li>{ inlines(left.left) }{ " – " }{ pairs.get(*right).map(|pair| pair.right).unwrap_or_default() }</li>
                    }
                </ul>
            },
            Task::Pick { .. } | Task::Value { .. } => Html::default(),
        },
        (Asked::Written(question), Answer::Place(place)) => {
            let words = match &question.task {
                Task::Pick {
                    unit: Unit::Bit, ..
                } => format!("byte {}, bit {}", place / 8, place % 8),
                _ => format!("byte {place}"),
            };
            html! { <p>{ words }</p> }
        }
        (_, Answer::Typed(value)) => html! { <p>{ value }</p> },
        (Asked::Generated(_), Answer::Place(_)) => Html::default(),
    }
}

fn list(options: &[usize], words: impl Fn(usize) -> Option<Html>) -> Html {
    let parts = options.iter().filter_map(|i| {
        let words = words(*i)?;
        Some(html! { <p><b>{ letter(*i) }</b>{ " " }{ words }</p> })
    });
    parts.collect()
}

/// What can be done after the result.
pub fn after(state: &State, act: &Callback<Action>) -> Html {
    let again = act.reform(|_: MouseEvent| Action::StartAgain);
    let repeat = act.reform(|_: MouseEvent| Action::RepeatWrong);
    let hand_in = act.reform(|_: MouseEvent| Action::HandIn);
    if state.run.len() == 0 {
        let mixed = act.reform(|_: MouseEvent| Action::Ask(Mode::Mixed));
        return html! { <button type="button" class="btn primary" onclick={mixed}>{ "Ask all chapters" }</button> };
    }
    if !state.judges() {
        return html! { <button type="button" class="btn primary" onclick={hand_in}>{ "Hand in" }</button> };
    }
    let is_exam = matches!(state.mode, Mode::Exam(_));
    html! {
        <>
            <button type="button" class="btn" onclick={again}>
                { if is_exam { "Take this exam" } else { "Start again" } }
            </button>
            if state.run.wrong() > 0 && !is_exam {
                <button type="button" class="btn primary" onclick={repeat}>{ "Ask the wrong ones again" }</button>
            } else if state.run.wrong() == 0 {
                { page_link("/live", classes!("btn", "primary"), html! { "Open the live wire" }) }
            }
        </>
    }
}
