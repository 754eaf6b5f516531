//! A chapter for a projector: large type, one stop at a time, and the whole chapter in a second window for whoever speaks.
//!
//! A stop is an instrument, a question before one, or a heading with the prose under it. Page Down and Page Up step, as the remote
//! controls of presenters send them; the arrow keys stay with the instruments. The two windows hear of each other by a
//! `BroadcastChannel`, so that nothing leaves the browser.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{BroadcastChannel, Element, KeyboardEvent, MessageEvent};
use yew::prelude::*;
use yew_router::prelude::*;

use super::Route;
use crate::kit::icon::Icon;

/// The channel of the two windows.
const CHANNEL: &str = "duplex-presenter";
/// The name of the second window.
pub const NOTES: &str = "duplex-notes";
/// The attribute of what is shown.
const SHOWN: &str = "data-presented";
/// The attribute of the document while it is shown on a projector, or beside one.
const MODE: &str = "data-presenting";

/// Which of the two windows this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// What everybody sees.
    Projector,
    /// What the speaker sees.
    Notes,
}

/// Properties of [`Presenter`].
#[derive(Clone, PartialEq, Properties)]
pub struct PresenterProps {
    /// Which window this is.
    pub window: Window,
    /// The page at hand.
    pub route: Route,
    /// Called when the presentation ends.
    pub on_end: Callback<()>,
}

/// What the windows say to each other: `/frames 3` is where the projector is, `+` and `-` ask for a step, `?` asks where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    At(String, usize),
    Step(bool),
    Where,
}

impl Word {
    fn write(&self) -> String {
        match self {
            Word::At(path, stop) => format!("{path} {stop}"),
            Word::Step(true) => "+".to_owned(),
            Word::Step(false) => "-".to_owned(),
            Word::Where => "?".to_owned(),
        }
    }

    fn read(text: &str) -> Option<Word> {
        match text {
            "+" => Some(Word::Step(true)),
            "-" => Some(Word::Step(false)),
            "?" => Some(Word::Where),
            _ => {
                let (path, stop) = text.split_once(' ')?;
                Some(Word::At(path.to_owned(), stop.parse().ok()?))
            }
        }
    }
}

/// The bar of the presentation; what else there is of it are attributes of the page.
#[component]
pub fn Presenter(props: &PresenterProps) -> Html {
    let PresenterProps {
        window,
        route,
        on_end,
    } = props.clone();
    let at = use_state_eq(|| 0usize);
    let count = use_state_eq(|| 0usize);
    let navigator = use_navigator();
    // Another chapter begins at its beginning.
    {
        let at = at.setter();
        let before = use_mut_ref(|| route);
        use_effect_with(route, move |route| {
            if before.replace(*route) != *route {
                at.set(0);
            }
        });
    }
    {
        let count = count.setter();
        use_effect_with((window, route, *at), move |&(window, route, at)| {
            let stops = stops();
            count.set(stops.len());
            show(window, &stops, at);
            if window == Window::Projector {
                say(&Word::At(route.to_path(), at));
            }
        });
    }
    use_effect_with((), |()| {
        || {
            for element in elements(&format!("[{SHOWN}]")) {
                let _ = element.remove_attribute(SHOWN);
            }
            if let Some(root) = root() {
                let _ = root.remove_attribute(MODE);
            }
        }
    });
    let step = {
        let (at, now, last) = (at.setter(), *at, count.saturating_sub(1));
        Callback::from(move |on: bool| match (window, on) {
            (Window::Notes, on) => say(&Word::Step(on)),
            (Window::Projector, true) => at.set((now + 1).min(last)),
            (Window::Projector, false) => at.set(now.saturating_sub(1)),
        })
    };
    {
        let (step, on_end) = (step.clone(), on_end.clone());
        use_effect_with((*at, *count), move |_| {
            let options = EventListenerOptions::enable_prevent_default();
            let document = gloo::utils::document();
            let listener =
                EventListener::new_with_options(&document, "keydown", options, move |event| {
                    let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                        return;
                    };
                    let on = match event.key().as_str() {
                        "PageDown" => true,
                        "PageUp" => false,
                        "Escape" if !event.default_prevented() => return on_end.emit(()),
                        _ => return,
                    };
                    event.prevent_default();
                    step.emit(on);
                });
            move || drop(listener)
        });
    }
    {
        let (step, at_setter, now) = (step.clone(), at.setter(), *at);
        use_effect_with((route, *at), move |&(route, _)| {
            let hear = move |word: Word| match (window, word) {
                (Window::Projector, Word::Step(on)) => step.emit(on),
                (Window::Projector, Word::Where) => say(&Word::At(route.to_path(), now)),
                (Window::Notes, Word::At(path, stop)) => {
                    if path == route.to_path() {
                        at_setter.set(stop);
                    } else if let (Some(to), Some(navigator)) =
                        (Route::recognize(&path), &navigator)
                        && to != Route::NotFound
                    {
                        navigator.push(&to);
                    }
                }
                _ => {}
            };
            let ear = ear(hear);
            move || drop(ear)
        });
    }
    use_effect_with(window, |window| {
        if *window == Window::Notes {
            say(&Word::Where);
        }
    });
    let on_notes = Callback::from(move |_: MouseEvent| {
        let here = gloo::utils::window();
        let _ = here.open_with_url_and_target_and_features(
            &route.to_path(),
            NOTES,
            "popup,width=900,height=900",
        );
    });
    let step_on = step.reform(|_: MouseEvent| true);
    let step_back = step.reform(|_: MouseEvent| false);
    let on_end = on_end.reform(|_: MouseEvent| ());
    html! {
        <aside class="presenter" aria-label="Presentation">
            <button type="button" class="btn" aria-label="Previous stop" title="Page Up" onclick={step_back} disabled={*at == 0 && window == Window::Projector}>
                { Icon::Back.view() }
            </button>
            <span role="status">{ format!("{} of {}", *at + 1, (*count).max(1)) }</span>
            <button type="button" class="btn" aria-label="Next stop" title="Page Down" onclick={step_on}
                disabled={*at + 1 >= *count && window == Window::Projector}>
                { Icon::Forward.view() }
            </button>
            if window == Window::Projector {
                <button type="button" class="btn" onclick={on_notes}>{ "Notes in a second window" }</button>
                <button type="button" class="btn" title="Escape" onclick={on_end}>{ "End" }</button>
            }
        </aside>
    }
}

fn root() -> Option<Element> {
    gloo::utils::document().document_element()
}

fn elements(selector: &str) -> Vec<Element> {
    let Ok(found) = gloo::utils::document().query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|i| found.get(i)?.dyn_into().ok())
        .collect()
}

/// The stops of the page, each with the elements that it is made of.
fn stops() -> Vec<Vec<Element>> {
    let mut stops: Vec<Vec<Element>> = Vec::new();
    let mut begins = true;
    for element in elements(".prose > *") {
        let is = |selector: &str| element.matches(selector).unwrap_or(false);
        if is("nav, .to-questions, script, .problems:empty") {
            continue;
        }
        let alone = is(".slot, .ask, .ending, .panel");
        let heading = is("h1, h2, h3");
        if begins || alone || heading || stops.is_empty() {
            stops.push(Vec::new());
        }
        if let Some(stop) = stops.last_mut() {
            stop.push(element.clone());
        }
        begins = alone;
    }
    stops
}

/// Marks what is shown, and brings it to the top.
fn show(window: Window, stops: &[Vec<Element>], at: usize) {
    if let Some(root) = root() {
        let mode = match window {
            Window::Projector => "projector",
            Window::Notes => "notes",
        };
        let _ = root.set_attribute(MODE, mode);
    }
    for (i, stop) in stops.iter().enumerate() {
        for element in stop {
            let _ = if i == at {
                element.set_attribute(SHOWN, "")
            } else {
                element.remove_attribute(SHOWN)
            };
        }
    }
    match (window, stops.get(at).and_then(|stop| stop.first())) {
        (Window::Projector, _) => gloo::utils::window().scroll_to_with_x_and_y(0.0, 0.0),
        (Window::Notes, Some(first)) => first.scroll_into_view(),
        (Window::Notes, None) => {}
    }
}

/// Says a word to the other window. A browser without channels has no second window.
fn say(word: &Word) {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        let _ = channel.post_message(&word.write().into());
        channel.close();
    }
}

/// Hears words until it is dropped.
fn ear(hear: impl Fn(Word) + 'static) -> Option<(Ear, EventListener)> {
    let channel = BroadcastChannel::new(CHANNEL).ok()?;
    let listener = EventListener::new(&channel, "message", move |event| {
        let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
        let text = data.and_then(|data| data.as_string());
        if let Some(word) = text.and_then(|text| Word::read(&text)) {
            hear(word);
        }
    });
    Some((Ear(channel), listener))
}

/// A channel that is closed when it is dropped.
struct Ear(BroadcastChannel);

impl Drop for Ear {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_window_are_understood_by_the_other() {
        for word in [
            Word::At("/frames".to_owned(), 3),
            Word::Step(true),
            Word::Step(false),
            Word::Where,
        ] {
            assert_eq!(Word::read(&word.write()), Some(word));
        }
        for text in ["", "x", "/frames", "/frames x", "/frames -1"] {
            assert_eq!(Word::read(text), None, "{text}");
        }
    }
}
