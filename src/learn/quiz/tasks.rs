//! What the reader does with each kind of question: marks, orders, points, types, pairs.

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::answer::{Answer, MOST_TYPED};
use super::item::{Asked, letter, places, shuffled};
use super::model::{Action, State};
use super::view::ticked;
use crate::kit::icon::Icon;
use crate::kit::inline::inlines;
use crate::learn::questions::{Pair, Question, Spot, Step, Task, Unit};

/// What is said of an option, in colour, sign and words.
type Mark = Option<(&'static str, Icon, &'static str)>;

/// The id of a choice, to which keys lead.
pub fn choice_id(choice: usize) -> String {
    format!("choice-{choice}")
}

/// The controls of a question.
pub fn view(state: &State, index: usize, asked: &Asked, act: &Callback<Action>) -> Html {
    match asked {
        Asked::Generated(exercise) => {
            let words = exercise.choices.iter().map(|c| (ticked(&c.text), c.right));
            choices(state, index, words.collect(), false, act)
        }
        Asked::Written(question) => match &question.task {
            Task::Single(list) | Task::Multiple(list) => {
                let several = matches!(question.task, Task::Multiple(_));
                let words = list.iter().map(|c| (inlines(c.text), c.right));
                choices(state, index, words.collect(), several, act)
            }
            Task::Order(steps) => order(state, index, steps, act),
            Task::Pick {
                bytes, unit, spots, ..
            } => pick(state, index, bytes, *unit, spots, act),
            Task::Value { unit, .. } => value(state, index, unit, act),
            Task::Match(pairs) => partners(state, index, question, pairs, act),
        },
    }
}

/// Choices of which one or several are marked.
fn choices(
    state: &State,
    index: usize,
    words: Vec<(Html, bool)>,
    several: bool,
    act: &Callback<Action>,
) -> Html {
    let is_closed = state.is_closed(index);
    let marked = |i: usize| match state.run.answer(index) {
        Some(Answer::Options(options)) if is_closed => options.contains(&i),
        _ => state.run.draft().options.contains(&i),
    };
    let list = words.into_iter().enumerate().map(|(i, (words, right))| {
        let picked = marked(i);
        let mark: Mark = match (is_closed, right, picked) {
            (false, ..) => None,
            (true, true, true) if several => Some(("is-right", Icon::Check, "Rightly chosen")),
            (true, true, false) if several => Some(("is-wrong", Icon::Cross, "Belongs to it")),
            (true, false, true) if several => Some(("is-wrong", Icon::Cross, "Does not belong")),
            (true, true, _) => Some(("is-right", Icon::Check, "Right answer")),
            (true, false, true) => Some(("is-wrong", Icon::Cross, "Your answer")),
            (true, false, false) => None,
        };
        let class = match (mark, is_closed) {
            (Some((class, ..)), _) => Some(class),
            (None, true) => Some("is-other"),
            (None, false) => None,
        };
        let onchange = act.reform(move |_: Event| Action::Pick(i));
        html! {
            <label key={i} class={classes!("quiz__choice", several.then_some("is-several"), class)}>
                <input type={if several { "checkbox" } else { "radio" }} id={choice_id(i)} name="choice" value={letter(i).to_string()}
                    checked={picked} disabled={is_closed} {onchange}/>
                <span class="quiz__letter" aria-hidden="true">{ letter(i) }</span>
                <span class="quiz__words">{ words }{ view_mark(mark) }</span>
            </label>
        }
    });
    list.collect()
}

fn view_mark(mark: Mark) -> Html {
    html! {
        if let Some((_, icon, said)) = mark {
            <span class="quiz__mark"><span class="visually-hidden">{ ". " }</span>{ icon.view() }{ said }</span>
        }
    }
}

/// Steps with buttons that move them up and down.
fn order(state: &State, index: usize, steps: &'static [Step], act: &Callback<Action>) -> Html {
    let is_closed = state.is_closed(index);
    let answer = match state.run.answer(index) {
        Some(Answer::Options(order)) if is_closed => order,
        _ => &state.run.draft().options,
    };
    let rows = answer.iter().enumerate().filter_map(|(at, of)| {
        let step = steps.get(*of)?;
        let mark: Mark = match (is_closed, *of == at) {
            (false, _) => None,
            (true, true) => Some(("is-right", Icon::Check, "Right place")),
            (true, false) => Some(("is-wrong", Icon::Cross, "Another place")),
        };
        let button = |down: bool, said: &str, icon: Icon, off: bool| {
            let onclick = act.reform(move |_: MouseEvent| Action::Move { from: at, down });
            html! {
                <button type="button" class="btn quiz__move" aria-label={format!("Move step {} {said}", at + 1)} disabled={off} {onclick}>
                    { icon.view() }
                </button>
            }
        };
        Some(html! {
            <li key={step.id} class={classes!("quiz__choice", "quiz__step-row", mark.map(|(class, ..)| class))}>
                <span class="quiz__letter" aria-hidden="true">{ at + 1 }</span>
                <span class="quiz__words">{ inlines(step.text) }{ view_mark(mark) }</span>
                if !is_closed {
                    <span class="quiz__moves">
                        { button(false, "up", Icon::Up, at == 0) }
                        { button(true, "down", Icon::Down, at + 1 == answer.len()) }
                    </span>
                }
            </li>
        })
    });
    html! { <ol class="quiz__order">{ for rows }</ol> }
}

/// Bytes or bits of which one is pointed at.
fn pick(
    state: &State,
    index: usize,
    bytes: &'static [u8],
    unit: Unit,
    spots: &'static [Spot],
    act: &Callback<Action>,
) -> Html {
    let is_closed = state.is_closed(index);
    let chosen = match state.run.answer(index) {
        Some(Answer::Place(place)) if is_closed => Some(*place),
        _ => state.run.draft().place,
    };
    let right = |at: u16| spots.iter().any(|spot| spot.right && spot.at == at);
    let tile = |at: usize| {
        let place = u16::try_from(at).unwrap_or(u16::MAX);
        let (words, aloud) = match unit {
            Unit::Byte => {
                let byte = bytes.get(at).copied().unwrap_or_default();
                (format!("{byte:02x}"), format!("byte {at}: {byte:02x}"))
            }
            Unit::Bit => {
                let byte = bytes.get(at / 8).copied().unwrap_or_default();
                let bit = byte >> (7 - at % 8) & 1;
                (
                    bit.to_string(),
                    format!("byte {}, bit {}: {bit}", at / 8, at % 8),
                )
            }
        };
        let mark = match (is_closed, right(place), chosen == Some(place)) {
            (false, ..) => None,
            (true, true, _) => Some(("is-right", "the right one")),
            (true, false, true) => Some(("is-wrong", "not right")),
            (true, false, false) => None,
        };
        let onchange = act.reform(move |_: Event| Action::Point(place));
        let aloud = match mark {
            Some((_, said)) => format!("{aloud}, {said}"),
            None => aloud,
        };
        html! {
            <label class={classes!("quiz__tile", mark.map(|(class, _)| class))}>
                <input type="radio" name="place" aria-label={aloud} checked={chosen == Some(place)} disabled={is_closed} {onchange}/>
                <span aria-hidden="true">{ words }</span>
            </label>
        }
    };
    let count = places(bytes, unit);
    match unit {
        Unit::Byte => html! {
            <div class="quiz__tiles">
                { for (0..count).map(tile) }
            </div>
        },
        Unit::Bit => html! {
            <div class="quiz__bits">
                for byte in 0..bytes.len() {
                    <div class="quiz__tiles" role="group" aria-label={format!("Byte {byte}")}>
                        <span class="quiz__offset" aria-hidden="true">{ byte }</span>
                        { for (byte * 8..byte * 8 + 8).map(tile) }
                    </div>
                }
            </div>
        },
    }
}

/// A box for a value.
fn value(state: &State, index: usize, unit: &'static str, act: &Callback<Action>) -> Html {
    let is_closed = state.is_closed(index);
    let value = match state.run.answer(index) {
        Some(Answer::Typed(value)) if is_closed => value.clone(),
        _ => state.run.draft().typed.clone(),
    };
    let mark = match state.run.verdict(index).filter(|_| is_closed) {
        Some(true) => Some("is-right"),
        Some(false) => Some("is-wrong"),
        None => None,
    };
    let oninput = act.reform(|event: InputEvent| {
        let input = event
            .target()
            .and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
        Action::Type(input.map(|input| input.value()).unwrap_or_default())
    });
    html! {
        <p class={classes!("quiz__value", mark)}>
            <label>
                <span class="visually-hidden">{ "Your answer" }</span>
                <input type="text" {value} {oninput} readonly={is_closed} maxlength={MOST_TYPED.to_string()}
                    autocomplete="off" autocapitalize="off" spellcheck="false"/>
            </label>
            if !unit.is_empty() { <span>{ unit }</span> }
        </p>
    }
}

/// Left sides, each with a menu of right sides.
fn partners(
    state: &State,
    index: usize,
    question: &'static Question,
    pairs: &'static [Pair],
    act: &Callback<Action>,
) -> Html {
    let is_closed = state.is_closed(index);
    let chosen = |left: usize| match state.run.answer(index) {
        Some(Answer::Options(rights)) if is_closed => rights.get(left).copied(),
        _ => state.run.draft().pairs.get(left).copied().flatten(),
    };
    let menu = shuffled(question.id, pairs.len());
    let rows = pairs.iter().enumerate().map(|(left, pair)| {
        let now = chosen(left);
        let mark: Mark = match (is_closed, now == Some(left)) {
            (false, _) => None,
            (true, true) => Some(("is-right", Icon::Check, "Right")),
            (true, false) => Some(("is-wrong", Icon::Cross, "Not its partner")),
        };
        let onchange = act.reform(move |event: Event| {
            let select = event.target().and_then(|t| t.dyn_into::<HtmlSelectElement>().ok());
            let value = select.map(|select| select.value()).unwrap_or_default();
            Action::Pair(left, value.parse().ok())
        });
        html! {
            <label key={pair.id} class={classes!("quiz__choice", "quiz__pair", mark.map(|(class, ..)| class))}>
                <span class="quiz__words">{ inlines(pair.left) }{ view_mark(mark) }</span>
                <select {onchange} disabled={is_closed}>
                    <option value="" selected={now.is_none()}>{ "Choose…" }</option>
                    for right in menu.iter() {
                        <option value={right.to_string()} selected={now == Some(*right)}>
                            { pairs.get(*right).map(|pair| pair.right).unwrap_or_default() }
                        </option>
                    }
                </select>
            </label>
        }
    });
    rows.collect()
}
