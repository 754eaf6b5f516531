//! The quiz: one question at a time, so that it fills a projector as well as a telephone.

use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::kit::browser;
use crate::kit::icon::Icon;
use crate::kit::rfc_link::rfc_of;
use crate::learn::quiz::{Place, QUESTIONS, Question, Session, choice_of_key, letter};
use crate::pages::Route;
use crate::store;

/// The panel. The keys for choosing work in it, and while nothing else has the focus.
const PANEL: &str = "quiz";
/// The ids of the places that the focus moves to.
const QUESTION: &str = "question";
const VERDICT: &str = "quiz-verdict";
const RESULT: &str = "quiz-result";
/// Characters of an unknown question that are repeated to the reader.
const MOST_SHOWN: usize = 24;

/// The query of the page: `?question=ping-pong`.
#[derive(Default, Serialize, Deserialize)]
struct QuizQuery {
    /// The id of the question to open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    question: Option<String>,
}

#[derive(Clone, PartialEq)]
struct State {
    session: Session,
    /// Whether the kept answers have been read; before that, writing would lose them.
    loaded: bool,
    /// Counts the steps that put something new before the reader. The focus follows them.
    steps: u32,
    /// Counts what the reader does that another visit should come back to. The address follows.
    moves: u32,
}

enum Action {
    Load(Session),
    /// An address asks for this place.
    Asked(Place),
    Pick(usize),
    Go(Place),
    /// Checks what is marked, or goes on from what is checked. Decided by the state as it is, not as it was drawn: two
    /// keys may come faster than the page is drawn.
    Enter,
    Check,
    Ahead,
    Review(usize),
    StartAgain,
    RepeatWrong,
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        // A check counts: whoever reads on from there and comes back wants that question again, not the next.
        let by_reader = !matches!(action, Action::Load(_) | Action::Asked(_) | Action::Pick(_));
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
            Action::Asked(place) => {
                session.go(place);
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
        state.moves += u32::from(by_reader && *session != self.session);
        state.steps += u32::from(new_before_the_reader);
        state.into()
    }
}

/// The place that an address asks for. The error says what in it cannot be used.
fn asked(query: &str) -> Result<Option<Place>, String> {
    let query: QuizQuery = serde_urlencoded::from_str(query.strip_prefix('?').unwrap_or(query))
        .map_err(|why| format!("The address after “?” cannot be read: {why}."))?;
    let Some(id) = query.question else {
        return Ok(None);
    };
    match Session::new(QUESTIONS).named(&id) {
        Some(place) => Ok(Some(place)),
        None => Err(format!(
            "question={}: there is no question of that name.",
            id.chars().take(MOST_SHOWN).collect::<String>()
        )),
    }
}

/// The page.
#[component]
pub fn Quiz() -> Html {
    let navigator = use_navigator();
    let query = use_location().map_or(String::new(), |l| l.query_str().to_owned());
    let asked = asked(&query);
    let state = {
        let place = asked.clone().ok().flatten();
        use_reducer(|| {
            let mut session = Session::new(QUESTIONS);
            if let Some(place) = place {
                session.go(place);
            }
            State {
                session,
                loaded: false,
                steps: 0,
                moves: 0,
            }
        })
    };
    {
        let dispatch = state.dispatcher();
        use_effect_with((), move |()| {
            dispatch.dispatch(Action::Load(Session::resume(
                QUESTIONS,
                &store::load().quiz,
            )));
        });
    }
    {
        let dispatch = state.dispatcher();
        use_effect_with(asked.clone(), move |asked| {
            if let Ok(Some(place)) = asked {
                dispatch.dispatch(Action::Asked(*place));
            }
        });
    }
    {
        let session = state.session.clone();
        use_effect_with(state.moves, move |moves| {
            // The address follows the reader, so that it can be sent to somebody: to the question, without the answer.
            if let (Some(navigator), true) = (navigator, *moves > 0) {
                let question = session.here().map(str::to_owned);
                // An id is made of letters, digits and hyphens, which always have a form in an address.
                let _ = navigator.replace_with_query(&Route::Quiz, &QuizQuery { question });
            }
        });
    }
    use_effect_with(
        (state.loaded, state.session.clone()),
        |(loaded, session)| {
            // An answer is kept when it is checked; a mark that moves changes nothing.
            let mut quiz = store::load().quiz;
            let before = quiz.clone();
            session.keep(&mut quiz);
            if *loaded && quiz != before {
                store::update(|kept| kept.quiz = quiz);
            }
        },
    );
    {
        let session = state.session.clone();
        use_effect_with(state.steps, move |steps| {
            if *steps > 0 {
                browser::focus(match session.place() {
                    Place::Result => RESULT,
                    Place::Question(i) if session.answer(i).is_some() => VERDICT,
                    Place::Question(_) => QUESTION,
                });
            }
        });
    }
    {
        let dispatch = state.dispatcher();
        use_effect_with(state.session.clone(), move |session| {
            let session = session.clone();
            let listener = EventListener::new_with_options(
                &gloo_utils::document(),
                "keydown",
                EventListenerOptions::enable_prevent_default(),
                move |event| {
                    if let Some(event) = event.dyn_ref::<KeyboardEvent>()
                        && let Some(action) = on_key(event, &session)
                    {
                        event.prevent_default();
                        let picked = match action {
                            Action::Pick(choice) => Some(choice),
                            _ => None,
                        };
                        dispatch.dispatch(action);
                        // From there the arrow keys go on, and Enter checks.
                        if let Some(choice) = picked {
                            browser::focus(&choice_id(choice));
                        }
                    }
                },
            );
            move || drop(listener)
        });
    }

    let session = &state.session;
    let act = {
        let dispatch = state.dispatcher();
        Callback::from(move |action| dispatch.dispatch(action))
    };
    let view = match session.place() {
        Place::Question(i) => match session.questions().get(i) {
            Some(question) => view_question(session, i, question, &act),
            None => Html::default(),
        },
        Place::Result => view_result(session, &act),
    };
    html! {
        <>
            if let Err(problem) = asked {
                <p class="error" role="status">{ problem }{ " Here is where you left off." }</p>
            }
            <section id={PANEL} class="panel quiz" aria-label="Questions">
                { view_bar(session, &act) }
                { view }
            </section>
        </>
    }
}

/// What a key does. The keys are for the page alone: with a modifier, in a text field or in the navigation they keep
/// their usual meaning.
fn on_key(event: &KeyboardEvent, session: &Session) -> Option<Action> {
    let Place::Question(i) = session.place() else {
        return None;
    };
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return None;
    }
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let is = |selector: &str| target.matches(selector).unwrap_or(false);
    if !is(&format!("body, main, #{PANEL} *")) {
        return None;
    }
    if event.key() == "Enter" {
        // Buttons and links do their own work.
        let own = is("a, button, summary") || event.repeat();
        return (!own).then_some(Action::Enter);
    }
    if session.answer(i).is_some() || event.shift_key() {
        return None;
    }
    let choices = session.questions().get(i)?.choices.len();
    choice_of_key(&event.key(), choices).map(Action::Pick)
}

fn choice_id(choice: usize) -> String {
    format!("choice-{choice}")
}

/// Words in which what stands between two backticks is code.
fn words(text: &str) -> Html {
    let parts = text.split('`').enumerate().map(|(i, part)| {
        if i % 2 == 1 {
            html! { <code>{ part.to_owned() }</code> }
        } else {
            html! { { part.to_owned() } }
        }
    });
    html! { <>{ for parts }</> }
}

/// The buttons for the questions, the score, and a line that shows how far the reader is.
fn view_bar(session: &Session, act: &Callback<Action>) -> Html {
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
                <button type="button" class={classes!("chip", "q-step", class)} {onclick}
                    aria-current={here.then_some("step")} aria-label={format!("Question {}, {said}", i + 1)}>
                    { i + 1 }
                    { sign.map(Icon::view).unwrap_or_default() }
                </button>
            </li>
        }
    });
    let line = (0..total).map(|i| {
        html! {
            <i class={session.verdict(i).map(|right| if right { "is-right" } else { "is-wrong" })}></i>
        }
    });
    html! {
        <>
            <div class="bar">
                <ol class="q-steps" aria-label="Questions">{ for steps }</ol>
                <span class="grow"></span>
                <p class="q-score"><b>{ score(session) }</b></p>
            </div>
            <div class="q-progress" aria-hidden="true">{ for line }</div>
        </>
    }
}

fn score(session: &Session) -> String {
    format!("{} of {} right", session.right(), session.questions().len())
}

fn view_question(
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
            <label key={choice.id} class={classes!("q-choice", class)}>
                <input type="radio" id={choice_id(i)} name={question.id} value={choice.id} checked={picked}
                    disabled={answer.is_some()} {onchange}/>
                <span class="q-letter" aria-hidden="true">{ letter(i) }</span>
                <span class="q-words">
                    { words(choice.text) }
                    if let Some((_, icon, said)) = mark {
                        <span class="q-mark"><span class="sr">{ ". " }</span>{ icon.view() }{ said }</span>
                    }
                </span>
            </label>
        }
    });
    let last = session.ahead() == Place::Result;
    html! {
        <form key={question.id} {onsubmit}>
            <div class="body">
                <div class="left"><fieldset>
                    <legend>
                        <span class="cap">
                            { format!("Question {} of {}", index + 1, session.questions().len()) }
                        </span>
                        <h2 id={QUESTION} tabindex="-1">{ words(question.text) }</h2>
                    </legend>
                    { for choices }
                </fieldset></div>
                <div class="right">
                    { match answer {
                        Some(answer) => view_verdict(question, answer),
                        None => view_keys(question),
                    } }
                </div>
            </div>
            <div class="foot">
                <span>{ "Your answers stay in this browser." }</span>
                <span class="grow"></span>
                if answer.is_none() {
                    <button key="check" type="submit" class="btn primary" disabled={session.picked().is_none()}>
                        { "Check" }
                    </button>
                } else {
                    <button key="ahead" type="submit" class="btn primary">
                        { if last { "See the result" } else { "Next question" } }
                        { Icon::Forward.view() }
                    </button>
                }
            </div>
        </form>
    }
}

/// The keys, as long as there is nothing to explain.
fn view_keys(question: &Question) -> Html {
    let n = question.choices.len();
    html! {
        <div class="q-keys">
            <h3 class="cap">{ "By keyboard" }</h3>
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
            <h3 class="cap">{ "Why" }</h3>
            { view_explanation(question) }
            { view_reading(question) }
            <details>
                <summary>{ "Why not the others" }</summary>
                <dl>
                    { for others.map(|i| html! {
                        <>
                            <dt>{ letter(i) }</dt>
                            <dd>{ explanation(question, i) }</dd>
                        </>
                    }) }
                </dl>
            </details>
        </>
    }
}

fn explanation(question: &Question, choice: usize) -> Html {
    question
        .choices
        .get(choice)
        .map(|choice| words(choice.explanation))
        .unwrap_or_default()
}

/// What is true, in paragraphs; then where it is written.
fn view_explanation(question: &'static Question) -> Html {
    let paragraphs = question
        .explanation
        .split("\n\n")
        .map(|paragraph| html! { <p>{ words(paragraph) }</p> });
    html! {
        <>
            { for paragraphs }
            if let Some(section) = question.section {
                <p>{ "Written in " }{ rfc_of(section.rfc, section.number) }</p>
            }
        </>
    }
}

fn view_reading(question: &Question) -> Html {
    let links: Html = question
        .reading()
        .map(|reading| {
            html! {
                <li>
                    <Link<Route> to={reading.route}>
                        { "Read: " }{ reading.route.title() }
                    </Link<Route>>
                    <span>{ words(reading.text) }</span>
                </li>
            }
        })
        .collect();
    if question.reading().next().is_none() {
        return Html::default();
    }
    html! { <ul class="q-reading">{ links }</ul> }
}

fn view_result(session: &Session, act: &Callback<Action>) -> Html {
    let total = session.questions().len();
    let open = total - session.answered();
    let summary = match (session.wrong(), open) {
        (_, open) if open > 0 => "Some questions have no answer yet.",
        (0, _) => "Nothing to go over again. You may want to see it happen on a real connection.",
        (1, _) => "One answer was not right. Here is why.",
        _ => "These answers were not right. Here is why.",
    };
    let items = session.questions().iter().enumerate().map(|(i, question)| {
        let (class, icon, said) = match session.verdict(i) {
            Some(true) => ("is-right", Icon::Check, "Right"),
            Some(false) => ("is-wrong", Icon::Cross, "Not right"),
            None => ("is-open", Icon::Forward, "Not answered"),
        };
        let onclick = act.reform(move |_| Action::Review(i));
        html! {
            <li class={class}>
                <h3>{ words(question.text) }</h3>
                <p class="q-mark">{ icon.view() }{ said }</p>
                if let (Some(false), Some(answer)) = (session.verdict(i), session.answer(i)) {
                    <dl class="q-review">
                        { view_reviewed("You chose", question, answer) }
                        { view_reviewed("Right is", question, question.right()) }
                    </dl>
                    { view_reading(question) }
                }
                <button type="button" class="btn" {onclick}>
                    { "Open question " }{ i + 1 }
                </button>
            </li>
        }
    });
    let again = act.reform(|_| Action::StartAgain);
    let repeat = act.reform(|_| Action::RepeatWrong);
    html! {
        <>
            <div class="q-result">
                <h2 id={RESULT} tabindex="-1">{ score(session) }</h2>
                <p>{ summary }</p>
                <ol>{ for items }</ol>
            </div>
            <div class="foot">
                <span>{ "Your answers stay in this browser." }</span>
                <span class="grow"></span>
                <button type="button" class="btn" onclick={again}>{ "Start again" }</button>
                if session.wrong() > 0 {
                    <button type="button" class="btn primary" onclick={repeat}>
                        { "Ask the wrong ones again" }
                    </button>
                } else {
                    <Link<Route> to={Route::Live} classes="btn primary">{ "Open the live wire" }</Link<Route>>
                }
            </div>
        </>
    }
}

fn view_reviewed(said: &'static str, question: &'static Question, choice: usize) -> Html {
    html! {
        <>
            <dt>{ said }{ " " }<b>{ letter(choice) }</b></dt>
            <dd>
                <p>{ question.choices.get(choice).map(|c| words(c.text)).unwrap_or_default() }</p>
                <p class="q-why">{ explanation(question, choice) }</p>
            </dd>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_opens_a_question() {
        assert_eq!(asked(""), Ok(None));
        assert_eq!(asked("?question=ping-pong"), Ok(Some(Place::Question(2))));
        assert_eq!(asked("?other=1"), Ok(None));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (query, words) in [
            ("?question=", "question=:"),
            ("?question=nobody", "question=nobody"),
            ("?question=a&question=b", "cannot be read"),
        ] {
            let problem = asked(query).unwrap_err();
            assert!(problem.contains(words), "{problem}");
        }
        let long = format!("?question={}", "é".repeat(1000));
        assert!(asked(&long).unwrap_err().chars().count() < 100);
    }
}
