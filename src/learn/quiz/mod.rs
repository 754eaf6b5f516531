//! The quiz: one question at a time, so that it fills a projector as well as a telephone.
//!
//! | module | what it knows |
//! | --- | --- |
//! | `item` | what can be asked, and the decks |
//! | `answer` | an answer: whether it is right, how it is kept, how it stands in a link |
//! | `run` | one way through a deck |
//! | `review` | when a question comes back |
//! | `maker` | what makes exercises, fetched when they are wanted |
//! | `exam` | the answers of an exam in a link |
//! | `settings`, `model` | what the address says, and what happens |
//! | `view`, `tasks`, `verdict`, `result`, `keep` | how it looks |

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::kit::browser;
use crate::kit::deferred::use_deferred;
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};
use crate::store;

mod answer;
mod exam;
mod item;
mod keep;
mod maker;
mod model;
mod result;
mod review;
mod run;
mod settings;
mod tasks;
mod verdict;
mod view;

use item::Asked;
use model::{Action, Record, State};
use run::Place;
use settings::Settings;

use crate::learn::questions::{self, Task};

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
        let (is_kept, act) = (is_kept.setter(), act.clone());
        let parsed = url.parsed().clone();
        use_effect_with((), move |()| {
            is_kept.set(store::is_kept());
            let kept = Box::new(store::load());
            act.emit(Action::Load(kept, browser::today(), parsed));
        });
    }
    {
        let act = act.clone();
        use_on_navigate(&url, move |parsed| {
            act.emit(Action::UrlChanged(parsed.clone()));
        });
    }
    use_reveal(&url, &panel, Reveal::OnFollowing);
    let made = use_deferred(state.needs_maker(), maker::load_maker);
    let late = use_deferred(
        !questions::are_all_there() && state.loaded,
        questions::load_late,
    );
    use_effect_with((made.ready().is_some(), late.ready().is_some()), {
        let (maker, late) = (made.ready().copied(), late.ready().copied());
        let act = act.clone();
        move |_| {
            if let Some(maker) = maker {
                maker::install(maker);
            }
            if let Some(late) = late {
                questions::join(late);
            }
            if maker.is_some() || late.is_some() {
                act.emit(Action::PartCame);
            }
        }
    });
    let link = url.link(&state.to_send());
    let settings = state.settings();
    // The address follows the reader: to the question, without the answer; in an exam with the answers so far, so that a
    // reload loses none.
    use_effect_with((state.moves, state.chosen), move |(moves, chosen)| {
        match (*moves, *chosen) {
            (0, _) => {}
            (_, true) => url.push(&settings),
            (_, false) => url.replace(&settings),
        }
    });
    use_effect_with((state.loaded, state.record.clone()), {
        let is_kept = is_kept.setter();
        move |(loaded, record): &(bool, Record)| {
            // A record that has just been read is the one that is kept.
            if *loaded && *record != Record::read(&store::load()) {
                is_kept.set(store::update_answers(|kept| record.write(kept)));
            }
        }
    });
    {
        let focus = match state.run.place() {
            Place::Result => RESULT,
            Place::Question(i) if state.is_closed(i) => VERDICT,
            Place::Question(_) => QUESTION,
        };
        use_effect_with(state.steps, move |steps| {
            if *steps > 0 {
                browser::focus(focus);
            }
        });
    }
    {
        let act = act.clone();
        use_effect_with((*state).clone(), move |state| {
            let state = state.clone();
            let listener = EventListener::new_with_options(
                &gloo::utils::document(),
                "keydown",
                EventListenerOptions::enable_prevent_default(),
                move |event| {
                    if let Some(event) = event.dyn_ref::<KeyboardEvent>()
                        && let Some(action) = on_key(event, &state)
                    {
                        event.prevent_default();
                        let picked = match action {
                            Action::Pick(choice) => Some(choice),
                            _ => None,
                        };
                        act.emit(action);
                        // From there the arrow keys go on, and Enter checks.
                        if let Some(choice) = picked {
                            browser::focus(&tasks::choice_id(choice));
                        }
                    }
                },
            );
            move || drop(listener)
        });
    }

    let (body, actions) = match state.run.place() {
        _ if state.waiting.is_some()
            && state.run.all().next().is_none()
            && !state.needs_maker() =>
        {
            (
                late.view("The questions of this chapter", |_| Html::default()),
                Html::default(),
            )
        }
        _ if state.needs_maker() && !maker::is_there() => (
            made.view("What makes exercises", |_| Html::default()),
            Html::default(),
        ),
        Place::Question(i) => (view::question(&state, i, &act), view::lead_on(&state, i)),
        Place::Result => (result::result(&state, &act), result::after(&state, &act)),
    };
    html! {
        <Panel name={NAME} title="Quiz" class="quiz" node={panel} problems={state.problems.clone()} {link} {actions}
            toolbar={view::toolbar(&state, &act)} foot={keep::foot(*is_kept)}>
            { view::of_mode(&state, &act) }
            { view::progress(&state) }
            { body }
            { keep::view(&state, &act) }
        </Panel>
    }
}

/// What a key does. The keys are for the page alone: with a modifier, in a text field or in the navigation they keep
/// their usual meaning.
fn on_key(event: &KeyboardEvent, state: &State) -> Option<Action> {
    let here = state.run.here()?;
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return None;
    }
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let is = |selector: &str| target.matches(selector).unwrap_or(false);
    let typing = is("select, textarea, input:not([type=radio]):not([type=checkbox])");
    if typing || !is(&format!("body, main, #{NAME} *")) {
        return None;
    }
    if event.key() == "Enter" {
        // Buttons and links do their own work.
        let own = is("a, button, summary") || event.repeat();
        return (!own).then_some(Action::Enter);
    }
    if state.is_closed(here) || event.shift_key() {
        return None;
    }
    let asked = state.run.asked(here)?;
    let chooses = match asked {
        Asked::Generated(_) => true,
        Asked::Written(question) => matches!(question.task, Task::Single(_) | Task::Multiple(_)),
    };
    let choice = choice_of_key(&event.key(), answer::options(asked));
    choice.filter(|_| chooses).map(Action::Pick)
}

/// The choice that a key stands for, where there are this many: `1` or `a` for the first.
fn choice_of_key(key: &str, choices: usize) -> Option<usize> {
    let mut chars = key.chars();
    let (c, None) = (chars.next()?, chars.next()) else {
        return None;
    };
    let choice = match c {
        '1'..='9' => c as usize - '1' as usize,
        'a'..='i' => c as usize - 'a' as usize,
        _ => return None,
    };
    (choice < choices).then_some(choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_letters_stand_for_choices() {
        for (key, choice) in [("1", 0), ("a", 0), ("4", 3), ("d", 3)] {
            assert_eq!(choice_of_key(key, 4), Some(choice), "{key}");
        }
        for key in ["5", "e", "0", "A", "Enter", "", "11", "ä"] {
            assert_eq!(choice_of_key(key, 4), None, "{key}");
        }
    }
}
