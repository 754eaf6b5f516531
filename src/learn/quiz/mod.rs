//! The quiz: one question at a time, so that it fills a projector as well as a telephone.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::kit::browser;
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};
use crate::store;

mod model;
mod questions;
mod result;
mod session;
mod settings;
mod view;

use model::{Action, State};
use questions::{QUESTIONS, choice_of_key};
use session::{Place, Session};
use settings::Settings;

/// The name of the instrument. The keys for choosing work in its panel, and while nothing else has the focus.
const NAME: &str = "quiz";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);
/// The id of the form that a question is.
const FORM: &str = "quiz-form";
/// The ids of the places that the focus moves to.
const QUESTION: &str = "question";
const VERDICT: &str = "quiz-verdict";
const RESULT: &str = "quiz-result";

/// The instrument.
#[component]
pub fn Quiz() -> Html {
    let url = use_url_state::<Settings>(NAME);
    let state = use_reducer(|| State::of(url.parsed().clone()));
    let act = state.dispatcher().to_callback();
    let panel = use_node_ref();
    let is_kept = use_state_eq(|| true);
    {
        let is_kept = is_kept.setter();
        use_effect_with((), move |()| is_kept.set(store::is_kept()));
    }
    {
        let (act, asked) = (act.clone(), url.parsed().settings.question);
        use_effect_with((), move |()| {
            let mut kept = Session::resume(QUESTIONS, &store::load().quiz);
            if let Some(question) = asked {
                kept.go(Place::Question(question));
            }
            act.emit(Action::Load(kept));
        });
    }
    {
        let act = act.clone();
        use_on_navigate(&url, move |parsed| {
            act.emit(Action::UrlChanged(parsed.clone()));
        });
    }
    use_reveal(&url, &panel, Reveal::OnFollowing);
    let settings = state.settings();
    let link = url.link(&settings);
    // The address follows the reader, so that it can be sent to somebody: to the question, without the answer.
    use_effect_with(state.moves, move |moves| {
        if *moves > 0 {
            url.replace(&settings);
        }
    });
    use_effect_with((state.loaded, state.session.clone()), {
        let is_kept = is_kept.setter();
        move |(loaded, session): &(bool, Session)| {
            // An answer is kept when it is checked; a mark that moves changes nothing.
            let mut quiz = store::load().quiz;
            let before = quiz.clone();
            session.keep(&mut quiz);
            if *loaded && quiz != before {
                is_kept.set(store::update(|kept| kept.quiz = quiz));
            }
        }
    });
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
        let act = act.clone();
        use_effect_with(state.session.clone(), move |session| {
            let session = session.clone();
            let listener = EventListener::new_with_options(
                &gloo::utils::document(),
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
                        act.emit(action);
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
    let (body, actions) = match session.place() {
        Place::Question(i) => {
            let question = session.questions().get(i);
            (
                question.map_or_else(Html::default, |q| view::question(session, i, q, &act)),
                view::lead_on(session, i),
            )
        }
        Place::Result => (result::result(session, &act), result::after(session, &act)),
    };
    html! {
        <Panel name={NAME} title="Quiz" class="quiz" node={panel} problems={state.problems.clone()} {link} {actions}
            toolbar={view::toolbar(session, &act)} foot={foot(*is_kept)}>
            { view::progress(session) }
            { body }
        </Panel>
    }
}

/// Where the answers are.
fn foot(is_kept: bool) -> Html {
    let said = if is_kept {
        "Your answers stay in this browser."
    } else {
        "This browser keeps nothing for this site: your answers are gone when you leave this page."
    };
    html! { <span>{ said }</span> }
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
    if !is(&format!("body, main, #{NAME} *")) {
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
