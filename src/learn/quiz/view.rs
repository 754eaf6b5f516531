//! The question at hand, and the way through the questions.

use yew::prelude::*;

use super::model::Action;
use super::questions::{Question, letter};
use super::session::{Place, Session};
use super::{FORM, QUESTION, VERDICT, choice_id};
use crate::kit::icon::Icon;
use crate::kit::inline::inlines;
use crate::kit::link::page_link;
use crate::kit::rfc_link::rfc_of;

/// The buttons for the questions, and the score.
pub fn toolbar(session: &Session, act: &Callback<Action>) -> Html {
    let total = session.questions().len();
    let steps = (0..total).map(|i| {
        let here = session.place() == Place::Question(i);
        let (class, sign, said) = match session.verdict(i) {
            Some(true) => ("is-right", Some(Icon::Check), "right"),
            Some(false) => ("is-wrong", Some(Icon::Cross), "not right"),
            None => ("", None, "not answered"),
        };
        let onclick = act.reform(move |_| Action::Go(Place::Question(i)));
        html! {
            <li>
                <button type="button" class={classes!("chip", "quiz__step", class)} {onclick}
                    aria-current={here.then_some("step")} aria-label={format!("Question {}, {said}", i + 1)}>
                    { i + 1 }
                    { sign.map(Icon::view).unwrap_or_default() }
                </button>
            </li>
        }
    });
    html! {
        <>
            <ol class="quiz__steps" aria-label="Questions">
                for step in steps {
                    { step }
                }
            </ol>
            <span class="spacer"></span>
            <p class="quiz__score"><b>{ score(session) }</b></p>
        </>
    }
}

/// A line that shows how far the reader is.
pub fn progress(session: &Session) -> Html {
    html! {
        <div class="quiz__progress drawing" aria-hidden="true">
            for i in 0..session.questions().len() {
                <i class={session.verdict(i).map(|right| if right { "is-right" } else { "is-wrong" })}></i>
            }
        </div>
    }
}

/// How many answers are right.
pub fn score(session: &Session) -> String {
    format!("{} of {} right", session.right(), session.questions().len())
}

/// The question at hand, with its choices and what is to be said of them.
pub fn question(
    session: &Session,
    index: usize,
    question: &'static Question,
    act: &Callback<Action>,
) -> Html {
    let answer = session.answer(index);
    let onsubmit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        Action::Enter
    });
    let choices = question.choices.iter().enumerate().map(|(i, choice)| {
        let picked = answer.or(session.picked()) == Some(i);
        // The sign and the words that say what became of this choice.
        let mark = match answer {
            Some(_) if choice.right => Some(("is-right", Icon::Check, "Right answer")),
            Some(_) if picked => Some(("is-wrong", Icon::Cross, "Your answer")),
            _ => None,
        };
        let class = match (mark, answer) {
            (Some((class, ..)), _) => Some(class),
            (None, Some(_)) => Some("is-other"),
            (None, None) => None,
        };
        let onchange = act.reform(move |_| Action::Pick(i));
        html! {
            <label key={choice.id} class={classes!("quiz__choice", class)}>
                <input type="radio" id={choice_id(i)} name={question.id} value={choice.id} checked={picked}
                    disabled={answer.is_some()} {onchange}/>
                <span class="quiz__letter" aria-hidden="true">{ letter(i) }</span>
                <span class="quiz__words">
                    { inlines(choice.text) }
                    if let Some((_, icon, said)) = mark {
                        <span class="quiz__mark"><span class="visually-hidden">{ ". " }</span>{ icon.view() }{ said }</span>
                    }
                </span>
            </label>
        }
    });
    html! {
        <form id={FORM} key={question.id} {onsubmit}>
            <div class="panel__columns">
                <div class="panel__main"><fieldset>
                    <legend>
                        <span class="eyebrow">
                            { format!("Question {} of {}", index + 1, session.questions().len()) }
                        </span>
                        <h2 id={QUESTION} tabindex="-1">{ inlines(question.text) }</h2>
                    </legend>
                    for choice in choices {
                        { choice }
                    }
                </fieldset></div>
                <div class="panel__side">
                    { match answer {
                        Some(answer) => view_verdict(question, answer),
                        None => view_keys(question),
                    } }
                </div>
            </div>
        </form>
    }
}

/// The button that leads on. It stands in the foot and belongs to the form.
pub fn lead_on(session: &Session, index: usize) -> Html {
    let last = session.ahead() == Place::Result;
    html! {
        if session.answer(index).is_none() {
            <button key="check" type="submit" form={FORM} class="btn primary" disabled={session.picked().is_none()}>
                { "Check" }
            </button>
        } else {
            <button key="ahead" type="submit" form={FORM} class="btn primary">
                { if last { "See the result" } else { "Next question" } }
                { Icon::Forward.view() }
            </button>
        }
    }
}

/// The keys, as long as there is nothing to explain.
fn view_keys(question: &Question) -> Html {
    let n = question.choices.len();
    html! {
        <div class="quiz__keys">
            <h3 class="eyebrow">{ "By keyboard" }</h3>
            <dl>
                <dt>
                    <kbd>{ "1" }</kbd>{ "–" }<kbd>{ n }</kbd>{ " or " }
                    <kbd>{ "A" }</kbd>{ "–" }<kbd>{ letter(n.saturating_sub(1)) }</kbd>
                </dt>
                <dd>{ "choose" }</dd>
                <dt><kbd>{ "↑" }</kbd>{ " " }<kbd>{ "↓" }</kbd></dt>
                <dd>{ "the choice before, the one after" }</dd>
                <dt><kbd>{ "Enter" }</kbd></dt>
                <dd>{ "check, then go on" }</dd>
            </dl>
        </div>
    }
}

fn view_verdict(question: &'static Question, answer: usize) -> Html {
    let right = question.right();
    let others = (0..question.choices.len()).filter(|&i| i != right && i != answer);
    html! {
        <>
            <div id={VERDICT} tabindex="-1" class={classes!("verdict", (answer != right).then_some("bad"))}>
                if answer == right {
                    <p>{ Icon::Check.view() }<b>{ format!(" {} is right.", letter(right)) }</b></p>
                    <p>{ explanation(question, right) }</p>
                } else {
                    <p>{ Icon::Cross.view() }<b>{ format!(" {} is not right.", letter(answer)) }</b></p>
                    <p>{ explanation(question, answer) }</p>
                }
            </div>
            if answer != right {
                <div class="verdict">
                    <p>{ Icon::Check.view() }<b>{ format!(" {} is right.", letter(right)) }</b></p>
                    <p>{ explanation(question, right) }</p>
                </div>
            }
            <h3 class="eyebrow">{ "Why" }</h3>
            { view_explanation(question) }
            { reading(question) }
            <details>
                <summary>{ "Why not the others" }</summary>
                <dl>
                    for i in others {
                        <dt>{ letter(i) }</dt>
                        <dd>{ explanation(question, i) }</dd>
                    }
                </dl>
            </details>
        </>
    }
}

/// Why a choice is right, or why it is not.
pub fn explanation(question: &'static Question, choice: usize) -> Html {
    question
        .choices
        .get(choice)
        .map(|choice| inlines(choice.explanation))
        .unwrap_or_default()
}

/// What is true; then where that is written.
fn view_explanation(question: &'static Question) -> Html {
    html! {
        <>
            for paragraph in question.explanation.iter() {
                <p>{ inlines(paragraph) }</p>
            }
            if let Some(section) = question.section {
                <p>{ "Written in " }{ rfc_of(section.rfc, section.number) }</p>
            }
        </>
    }
}

/// Pages to read on.
pub fn reading(question: &'static Question) -> Html {
    html! {
        if !question.reading.is_empty() {
            <ul class="quiz__reading">
                for reading in question.reading.iter() {
                    <li>
                        { page_link(reading.path, Classes::new(), html! { <>{ "Read: " }{ reading.title }</> }) }
                        <span>{ inlines(reading.text) }</span>
                    </li>
                }
            </ul>
        }
    }
}
