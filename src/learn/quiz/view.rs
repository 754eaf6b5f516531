//! What is asked, the question at hand, and the way through the questions.

use exercises::{Figure, Kind, Level};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use wire::Role;
use yew::prelude::*;

use super::item::{Asked, EXAM, chapters, title};
use super::model::{Action, State};
use super::run::Place;
use super::settings::Mode;
use super::{FORM, QUESTION, answer, tasks, verdict};
use crate::kit::browser;
use crate::kit::choice::segmented;
use crate::kit::icon::Icon;
use crate::kit::inline::inlines;
use crate::kit::number::hex_spaced;
use crate::learn::questions::{IDS, Task};

/// The longest deck that has a button for each of its questions.
const MOST_STEPS: usize = 20;

/// A text of a generated question: what stands between backticks is code.
pub fn ticked(text: &str) -> Html {
    let parts = text.split('`').enumerate();
    parts
        .map(|(i, part)| match i % 2 {
            0 => html! { { part } },
            _ => html! { <code>{ part }</code> },
        })
        .collect()
}

/// What can be asked, and the score.
pub fn toolbar(state: &State, act: &Callback<Action>) -> Html {
    let counted = |words: &str, n: usize| match n {
        0 => words.to_owned(),
        n => format!("{words} · {n}"),
    };
    let wrong = counted("Got wrong", state.record.wrong().len());
    let due = counted("Due today", state.record.due(state.today).len());
    let exam = format!("Exam of {EXAM}");
    let labels = ["Mixed", "By chapter", &wrong, &due, "Endless", &exam];
    let chosen = match state.mode {
        Mode::Mixed => 0,
        Mode::Chapter(_) => 1,
        Mode::Wrong => 2,
        Mode::Due => 3,
        Mode::Practice(_) => 4,
        Mode::Exam(_) => 5,
    };
    let act = act.clone();
    let on_choose = Callback::from(move |i: usize| {
        let mode = match i {
            0 => Mode::Mixed,
            1 => Mode::Chapter(chapters().first().map_or("/", |(path, _)| path)),
            2 => Mode::Wrong,
            3 => Mode::Due,
            4 => Mode::Practice(None),
            _ => Mode::Exam(seed()),
        };
        act.emit(Action::Ask(mode));
        if let Mode::Practice(_) = mode {
            act.emit(Action::Seed(seed()));
        }
    });
    html! {
        <>
            { segmented("What to ask", "", &labels, Some(chosen), &on_choose) }
            <span class="spacer"></span>
            <p class="quiz__score"><b>{ score(state) }</b></p>
        </>
    }
}

/// A seed that people can read to each other.
fn seed() -> u32 {
    browser::random::<2>().map_or(1, |bytes| u32::from(u16::from_be_bytes(bytes)))
}

/// What can be set where one thing is asked in several ways, and a button for each question of a short deck.
pub fn of_mode(state: &State, act: &Callback<Action>) -> Html {
    let own = match state.mode {
        Mode::Chapter(path) => view_chapters(state, path, act),
        Mode::Practice(kind) => view_practice(state, kind, act),
        Mode::Exam(of) => view_exam(state, of, act),
        Mode::Mixed | Mode::Wrong | Mode::Due => Html::default(),
    };
    let has_steps = (2..=MOST_STEPS).contains(&state.run.len());
    let has_steps = has_steps && !matches!(state.mode, Mode::Practice(_));
    html! {
        if has_steps || own != Html::default() {
            <div class="quiz__mode">
                { own }
                if has_steps { { steps(state, act) } }
            </div>
        }
    }
}

fn view_chapters(state: &State, path: &str, act: &Callback<Action>) -> Html {
    let chapters = chapters().into_iter().map(|(of, own)| {
        let ids = own.iter().filter_map(|i| IDS.get(*i));
        let right = ids.filter(|id| state.record.cards.of(id).is_some_and(|card| card.right));
        let title = title(of);
        let onclick = act.reform(move |_: MouseEvent| Action::Ask(Mode::Chapter(of)));
        html! {
            <button type="button" class="chip" {onclick} aria-pressed={(of == path).to_string()}>
                { title }<span class="quiz__count">{ format!(" {}/{}", right.count(), own.len()) }</span>
            </button>
        }
    });
    html! {
        <div class="chips" role="group" aria-label="Chapter, and how many of its questions you last answered right">
            { for chapters }
        </div>
    }
}

fn view_practice(state: &State, kind: Option<Kind>, act: &Callback<Action>) -> Html {
    let onchange = act.reform(|event: Event| {
        let select = event
            .target()
            .and_then(|t| t.dyn_into::<HtmlSelectElement>().ok());
        let name = select.map(|select| select.value()).unwrap_or_default();
        Action::Ask(Mode::Practice(Kind::named(&name)))
    });
    let on_level =
        act.reform(|i: usize| Action::Level(Level::ALL.get(i).copied().unwrap_or(Level::First)));
    let level = Level::ALL.iter().position(|level| *level == state.level);
    html! {
        <>
            <label class="quiz__kind">
                <span>{ "Exercise " }</span>
                <select {onchange}>
                    <option value="any" selected={kind.is_none()}>{ "All kinds" }</option>
                    for one in Kind::ALL {
                        <option value={one.name()} selected={kind == Some(one)}>{ one.title() }</option>
                    }
                </select>
            </label>
            { segmented("Level", "Level", &["1", "2", "3"], level, &on_level) }
        </>
    }
}

fn view_exam(state: &State, of: u32, act: &Callback<Action>) -> Html {
    let other = act.reform(|_: MouseEvent| Action::Seed(seed()));
    html! {
        <p class="quiz__exam">
            if state.handed_in {
                { format!("Exam {of}, handed in. The link to it shows these answers.") }
            } else {
                { format!("Exam {of}: everybody with its link gets the same {EXAM} questions. The answers are judged at the end.") }
            }
            { " " }
            <button type="button" class="btn" onclick={other}>{ "Another exam" }</button>
        </p>
    }
}

fn steps(state: &State, act: &Callback<Action>) -> Html {
    let steps = (0..state.run.len()).map(|i| {
        let here = state.run.place() == Place::Question(i);
        let verdict = state.run.verdict(i).filter(|_| state.judges());
        let (class, sign, said) = match (verdict, state.run.answer(i)) {
            (Some(true), _) => ("is-right", Some(Icon::Check), "right"),
            (Some(false), _) => ("is-wrong", Some(Icon::Cross), "not right"),
            (None, Some(_)) => ("is-answered", None, "answered"),
            (None, None) => ("", None, "not answered"),
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
        <ol class="quiz__steps" aria-label="Questions">
            { for steps }
        </ol>
    }
}

/// A line that shows how far the reader is.
pub fn progress(state: &State) -> Html {
    let class = |i: usize| match state.run.verdict(i).filter(|_| state.judges()) {
        Some(true) => Some("is-right"),
        Some(false) => Some("is-wrong"),
        None => state.run.answer(i).map(|_| "is-answered"),
    };
    html! {
        <div class="quiz__progress drawing" aria-hidden="true">
            for i in 0..state.run.len() {
                <i class={class(i)}></i>
            }
        </div>
    }
}

/// How many answers are right, or how many there are where they are not judged yet.
pub fn score(state: &State) -> String {
    let (answered, all) = (state.run.answered(), state.run.len());
    match state.mode {
        _ if !state.judges() => format!("{answered} of {all} answered"),
        Mode::Practice(_) => format!("{} of {answered} right", state.run.right()),
        _ => format!("{} of {all} right", state.run.right()),
    }
}

/// The question at hand, with what is to be done, and what is to be said of it.
pub fn question(state: &State, index: usize, act: &Callback<Action>) -> Html {
    let Some(asked) = state.run.asked(index) else {
        return Html::default();
    };
    let onsubmit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        Action::Enter
    });
    let key = match asked {
        Asked::Written(question) => question.id.to_owned(),
        Asked::Generated(exercise) => {
            format!(
                "{}-{}-{}",
                exercise.kind.name(),
                exercise.level.number(),
                exercise.seed
            )
        }
    };
    let (words, figure) = match asked {
        Asked::Written(question) => (inlines(question.text), Html::default()),
        Asked::Generated(exercise) => (ticked(&exercise.text), figure(exercise.figure.as_ref())),
    };
    let count = match state.mode {
        Mode::Practice(_) => format!("Exercise {}", index + 1),
        _ => format!("Question {} of {}", index + 1, state.run.len()),
    };
    html! {
        <form id={FORM} {key} {onsubmit}>
            <div class="panel__columns">
                <div class="panel__main"><fieldset>
                    <legend>
                        <span class="eyebrow">{ count }{ " · " }{ asked.doing() }</span>
                        <h2 id={QUESTION} tabindex="-1">{ words }</h2>
                    </legend>
                    { figure }
                    { tasks::view(state, index, asked, act) }
                </fieldset></div>
                <div class="panel__side">
                    { match state.run.judgement(index).filter(|_| state.is_closed(index)) {
                        Some(judged) => verdict::view(state, index, asked, &judged),
                        None if state.is_closed(index) => verdict::unanswered(asked),
                        None => view_keys(asked),
                    } }
                </div>
            </div>
        </form>
    }
}

fn figure(figure: Option<&Figure>) -> Html {
    match figure {
        None => Html::default(),
        Some(Figure::Bytes { bytes, from }) => html! {
            <p class="quiz__bytes">
                <span class="eyebrow">{ match from {
                    Role::Client => "From the client",
                    Role::Server => "From the server",
                } }</span>
                <code>{ hex_spaced(bytes) }</code>
            </p>
        },
        Some(Figure::Text(text)) => html! { <pre class="quiz__text" tabindex="0">{ text }</pre> },
    }
}

/// The buttons that lead on. They stand in the foot; the one that checks belongs to the form.
pub fn lead_on(state: &State, index: usize) -> Html {
    let run = &state.run;
    let is_closed = state.is_closed(index);
    let ready = run
        .asked(index)
        .is_some_and(|asked| run.draft().answer(asked).is_some());
    let last = run.ahead() == Place::Result && !matches!(state.mode, Mode::Practice(_));
    html! {
        if !is_closed {
            <button key="check" type="submit" form={FORM} class="btn primary" disabled={!ready}>
                { match (state.judges(), run.answer(index)) {
                    (true, _) => "Check",
                    (false, None) => "Keep this answer",
                    (false, Some(_)) => "Change the answer",
                } }
            </button>
        } else {
            <button key="ahead" type="submit" form={FORM} class="btn primary">
                { match (last, state.mode) {
                    (true, _) => "See the result",
                    (false, Mode::Practice(_)) => "Next exercise",
                    (false, _) => "Next question",
                } }
                { Icon::Forward.view() }
            </button>
        }
    }
}

/// The keys, as long as there is nothing to explain.
fn view_keys(asked: &Asked) -> Html {
    let n = answer::options(asked);
    let chooses = match asked {
        Asked::Generated(_) => true,
        Asked::Written(question) => matches!(question.task, Task::Single(_) | Task::Multiple(_)),
    };
    html! {
        <div class="quiz__keys">
            <h3 class="eyebrow">{ "By keyboard" }</h3>
            <dl>
                if chooses {
                    <dt>
                        <kbd>{ "1" }</kbd>{ "–" }<kbd>{ n }</kbd>{ " or " }
                        <kbd>{ "A" }</kbd>{ "–" }<kbd>{ super::item::letter(n.saturating_sub(1)) }</kbd>
                    </dt>
                    <dd>{ "choose" }</dd>
                    <dt><kbd>{ "↑" }</kbd>{ " " }<kbd>{ "↓" }</kbd></dt>
                    <dd>{ "the choice before, the one after" }</dd>
                }
                <dt><kbd>{ "Enter" }</kbd></dt>
                <dd>{ "check, then go on" }</dd>
            </dl>
        </div>
    }
}
