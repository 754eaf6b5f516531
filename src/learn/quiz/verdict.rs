//! What is said of an answer: of each part in its own words, then what is true and where it is to be seen.

use exercises::Exercise;
use yew::prelude::*;

use super::VERDICT;
use super::answer::{Answer, Judgement, normal};
use super::item::{Asked, letter};
use super::model::State;
use super::view::ticked;
use crate::kit::icon::Icon;
use crate::kit::inline::inlines;
use crate::kit::link::page_link;
use crate::kit::rfc_link::rfc_of;
use crate::learn::questions::{Choice, Question, Task};

/// A sentence on a part of an answer, and whether that part is right.
struct Remark {
    right: bool,
    of: String,
    words: Html,
}

/// What is said of the answer at hand.
pub fn view(state: &State, index: usize, asked: &Asked, judged: &Judgement) -> Html {
    let Some(answer) = state.run.answer(index) else {
        return Html::default();
    };
    let remarks = remarks(asked, answer, judged);
    html! {
        <>
            <div id={VERDICT} tabindex="-1">
                for remark in remarks {
                    <div class={classes!("verdict", (!remark.right).then_some("bad"))}>
                        <p>
                            { if remark.right { Icon::Check.view() } else { Icon::Cross.view() } }
                            <b>{ " " }{ remark.of }</b>
                        </p>
                        <p>{ remark.words }</p>
                    </div>
                }
            </div>
            { why(asked, answer) }
        </>
    }
}

/// What is said of a question that was handed in without an answer.
pub fn unanswered(asked: &Asked) -> Html {
    let right = super::answer::right(asked);
    html! {
        <>
            <div id={VERDICT} tabindex="-1">
                <div class="verdict bad"><p>{ Icon::Cross.view() }<b>{ " No answer was given." }</b></p></div>
            </div>
            { why(asked, &right) }
        </>
    }
}

/// What is said of each part of an answer: of what is wrong, and of what is right where it is one thing.
fn remarks(asked: &Asked, answer: &Answer, judged: &Judgement) -> Vec<Remark> {
    let remark = |right, of: String, words| Remark { right, of, words };
    match (asked, answer) {
        (Asked::Generated(exercise), Answer::Options(chosen)) => {
            let of = |i: usize| {
                let choice = exercise.choices.get(i)?;
                Some((choice.right, ticked(&choice.explanation)))
            };
            single(chosen, exercise.choices.iter().position(|c| c.right), of)
        }
        (Asked::Written(question), answer) => match (&question.task, answer) {
            (Task::Single(choices), Answer::Options(chosen)) => {
                let of = |i: usize| {
                    let choice: &Choice = choices.get(i)?;
                    Some((choice.right, inlines(choice.explanation)))
                };
                single(chosen, choices.iter().position(|c| c.right), of)
            }
            (Task::Multiple(choices), _) => {
                let parts = choices.iter().zip(&judged.options).enumerate();
                let wrong = parts.filter(|(_, (_, good))| !**good);
                let wrong = wrong.map(|(i, (choice, _))| {
                    let of = if choice.right {
                        format!("{} belongs to it.", letter(i))
                    } else {
                        format!("{} does not belong to it.", letter(i))
                    };
                    remark(false, of, inlines(choice.explanation))
                });
                whole(wrong.collect(), "These are all, and no other.")
            }
            (Task::Order(steps), Answer::Options(order)) => {
                let parts = steps.iter().zip(&judged.options).enumerate();
                let wrong = parts.filter(|(_, (_, good))| !**good);
                let wrong = wrong.map(|(i, (step, _))| {
                    let at = order.iter().position(|of| *of == i).unwrap_or(i);
                    let of = format!("Your step {} is step {}.", at + 1, i + 1);
                    remark(false, of, inlines(step.explanation))
                });
                whole(wrong.collect(), "All in their places.")
            }
            (Task::Match(pairs), _) => {
                let parts = pairs.iter().zip(&judged.options);
                let wrong = parts.filter(|(_, good)| !**good).map(|(pair, _)| {
                    let words =
                        html! { <>{ inlines(pair.left) }{ ": " }{ inlines(pair.explanation) }</> };
                    remark(false, format!("It goes with “{}”.", pair.right), words)
                });
                whole(wrong.collect(), "All have their partners.")
            }
            (
                Task::Pick {
                    spots, otherwise, ..
                },
                Answer::Place(place),
            ) => {
                let said = spots.iter().find(|spot| spot.at == *place);
                let words =
                    said.map_or_else(|| inlines(otherwise), |spot| inlines(spot.explanation));
                let mut remarks = vec![remark(
                    judged.right,
                    right_or_not("That", judged.right),
                    words,
                )];
                if !judged.right
                    && let Some(spot) = spots.iter().find(|spot| spot.right)
                {
                    let of = "This is the right one.".to_owned();
                    remarks.push(remark(true, of, inlines(spot.explanation)));
                }
                remarks
            }
            (
                Task::Value {
                    right,
                    mistakes,
                    otherwise,
                    unit,
                },
                Answer::Typed(value),
            ) => {
                if judged.right {
                    return whole(Vec::new(), "That is right.");
                }
                let mistake = mistakes.iter().find(|m| normal(m.value) == normal(value));
                let words = mistake.map_or_else(
                    || inlines(otherwise),
                    |mistake| inlines(mistake.explanation),
                );
                let right = right.first().copied().unwrap_or_default();
                let right = format!("It is {right} {unit}");
                vec![
                    remark(false, format!("{value} is not right."), words),
                    remark(true, format!("{}.", right.trim_end()), Html::default()),
                ]
            }
            _ => Vec::new(),
        },
        (Asked::Generated(_), _) => Vec::new(),
    }
}

fn right_or_not(what: &str, right: bool) -> String {
    if right {
        format!("{what} is right.")
    } else {
        format!("{what} is not right.")
    }
}

/// Of one choice: what was chosen and, where that is not right, what is.
fn single(
    chosen: &[usize],
    right: Option<usize>,
    of: impl Fn(usize) -> Option<(bool, Html)>,
) -> Vec<Remark> {
    let mut places: Vec<usize> = chosen.to_vec();
    places.extend(right.filter(|right| !chosen.contains(right)));
    let remarks = places.into_iter().filter_map(|i| {
        let (right, words) = of(i)?;
        Some(Remark {
            right,
            of: right_or_not(&letter(i).to_string(), right),
            words,
        })
    });
    remarks.collect()
}

/// Of several parts: those that are wrong, or that none is.
fn whole(wrong: Vec<Remark>, all_right: &str) -> Vec<Remark> {
    if wrong.is_empty() {
        return vec![Remark {
            right: true,
            of: all_right.to_owned(),
            words: Html::default(),
        }];
    }
    wrong
}

/// What is true, whatever was answered.
fn why(asked: &Asked, answer: &Answer) -> Html {
    match asked {
        Asked::Written(question) => html! {
            <>
                <h3 class="eyebrow">{ "Why" }</h3>
                for paragraph in question.explanation.iter() {
                    <p>{ inlines(paragraph) }</p>
                }
                if let Some(section) = question.section {
                    <p>{ "Written in " }{ rfc_of(section.rfc, section.number) }</p>
                }
                { reading(question) }
                { others(question, answer) }
            </>
        },
        Asked::Generated(exercise) => steps(exercise),
    }
}

/// The way to the answer of a generated question.
fn steps(exercise: &Exercise) -> Html {
    html! {
        <>
            <h3 class="eyebrow">{ "Step by step" }</h3>
            <ol class="quiz__why-steps">
                for step in exercise.steps.iter() {
                    <li>{ ticked(step) }</li>
                }
            </ol>
            <p>{ "Written in " }{ rfc_of(exercise.section.rfc, exercise.section.number) }</p>
            <p>{ page_link(exercise.link.clone(), classes!("btn"), html! { "See it in its instrument" }) }</p>
        </>
    }
}

/// Where the answer is to be seen.
pub fn reading(question: &'static Question) -> Html {
    html! {
        if !question.reading.is_empty() {
            <ul class="quiz__reading">
                for reading in question.reading.iter() {
                    <li>
                        { page_link(reading.path, Classes::new(), html! { <>{ "See: " }{ reading.title }</> }) }
                        <span>{ inlines(reading.text) }</span>
                    </li>
                }
            </ul>
        }
    }
}

/// Why the other choices are not right.
fn others(question: &'static Question, answer: &Answer) -> Html {
    let (Task::Single(choices), Answer::Options(chosen)) = (&question.task, answer) else {
        return Html::default();
    };
    let others = choices.iter().enumerate();
    let others = others.filter(|(i, choice)| !choice.right && !chosen.contains(i));
    html! {
        <details>
            <summary>{ "Why not the others" }</summary>
            <dl>
                for (i, choice) in others {
                    <dt>{ letter(i) }</dt>
                    <dd>{ inlines(choice.explanation) }</dd>
                }
            </dl>
        </details>
    }
}
