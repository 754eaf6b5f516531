//! The switch that turns a chapter into a presentation. What the presentation is made of is fetched when it begins.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::Route;
use super::presenter::{NOTES, Presenter, PresenterProps, Window};
use crate::kit::deferred::use_deferred;
use crate::kit::playback::is_typing;
use crate::split_point;

split_point!(
    /// The bar of the presentation.
    presenter,
    fn load_presenter() -> fn(PresenterProps) -> Html {
        presenter
    }
);

fn presenter(props: PresenterProps) -> Html {
    html! { <Presenter ..props/> }
}

/// Properties of [`Present`].
#[derive(PartialEq, Properties)]
pub struct PresentProps {
    /// The page at hand.
    pub route: Route,
}

/// The switch. The key `p` is the same, where it is no letter of a text.
#[component]
pub fn Present(props: &PresentProps) -> Html {
    let window = use_state_eq(|| None::<Window>);
    {
        let window = window.setter();
        use_effect_with((), move |()| {
            if gloo::utils::window().name().is_ok_and(|name| name == NOTES) {
                window.set(Some(Window::Notes));
            }
            let listener = EventListener::new(&gloo::utils::window(), "keydown", move |event| {
                let begins = event.dyn_ref::<KeyboardEvent>().is_some_and(|event| {
                    let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
                    plain && event.key() == "p" && !event.default_prevented() && !is_typing(event)
                });
                if begins {
                    window.set(Some(Window::Projector));
                }
            });
            move || drop(listener)
        });
    }
    let part = use_deferred(window.is_some(), load_presenter);
    let onclick = {
        let window = window.setter();
        Callback::from(move |_: MouseEvent| window.set(Some(Window::Projector)))
    };
    let on_end = {
        let window = window.setter();
        Callback::from(move |()| window.set(None))
    };
    let route = props.route;
    html! {
        <>
            <button type="button" class="btn present" {onclick} aria-keyshortcuts="p" title="One stop at a time, in large type (p)">
                { "Present this chapter" }
            </button>
            if let Some(window) = *window {
                { part.view("The presentation", |view| view(PresenterProps { window, route, on_end })) }
            }
        </>
    }
}
