//! The switch that turns a chapter into a presentation: the button of the navigation, and the key `p`.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::Route;
use super::presenter::{NOTES, Presenter, Window};
use crate::kit::playback::is_typing;

/// The id of the button.
const BUTTON: &str = "present";

/// The button. What hears it is fetched when the page is at rest.
pub fn button() -> Html {
    html! {
        <button id={BUTTON} type="button" class="btn present" aria-keyshortcuts="p" title="One stop at a time, in large type (p)">
            { "Present this chapter" }
        </button>
    }
}

/// Properties of [`Present`].
#[derive(PartialEq, Properties)]
pub struct PresentProps {
    /// The page at hand.
    pub route: Route,
}

/// Listens for the button and the key, and is the presentation while there is one.
#[component]
pub fn Present(props: &PresentProps) -> Html {
    let window = use_state_eq(|| None::<Window>);
    {
        let window = window.setter();
        use_effect_with((), move |()| {
            if gloo::utils::window().name().is_ok_and(|name| name == NOTES) {
                window.set(Some(Window::Notes));
            }
            let by_button = window.clone();
            let listeners = [
                EventListener::new(&gloo::utils::window(), "keydown", move |event| {
                    let begins = event.dyn_ref::<KeyboardEvent>().is_some_and(|event| {
                        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
                        let free = !event.default_prevented() && !is_typing(event);
                        plain && free && event.key() == "p"
                    });
                    if begins {
                        window.set(Some(Window::Projector));
                    }
                }),
                EventListener::new(&gloo::utils::document(), "click", move |event| {
                    let target = event.target().and_then(|target| target.dyn_into().ok());
                    if target.is_some_and(|target: Element| target.id() == BUTTON) {
                        by_button.set(Some(Window::Projector));
                    }
                }),
            ];
            move || drop(listeners)
        });
    }
    let on_end = {
        let window = window.setter();
        Callback::from(move |()| window.set(None))
    };
    html! {
        if let Some(window) = *window {
            <Presenter {window} route={props.route} {on_end}/>
        }
    }
}
