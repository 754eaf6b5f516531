//! Pasting and dropping anywhere on the site: what is no text field's goes to the page that says what it is.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, DataTransfer, DragEvent, Element, Event, HtmlTextAreaElement, KeyboardEvent,
};
use yew::prelude::*;
use yew_router::prelude::*;

use super::Route;
use crate::kit::handed::{Handed, hand_over};

/// The id of the box on the home page.
const BOX: &str = "paste-anything";
/// What takes pasted and dropped text itself.
const EDITABLE: &str = "input, textarea, select, [contenteditable], dialog *";

/// The box on the home page. What is pasted into it, or confirmed with Enter, is inspected.
pub fn paste_box() -> Html {
    html! {
        <div class="paste-box">
            <label for={BOX}>{ "Something in your clipboard? Bytes, a handshake, an error text, a close code: paste it here, or anywhere on this site." }</label>
            <textarea id={BOX} rows="1" spellcheck="false" autocapitalize="off" autocomplete="off"
                placeholder="<Buffer 81 05 48 65 …>   1006   Unexpected response code: 502"/>
        </div>
    }
}

/// Listens for what is pasted or dropped where nobody else takes it.
#[component]
pub fn PasteAnywhere() -> Html {
    let navigator = use_navigator();
    use_effect_with(navigator, |navigator| {
        let navigator = navigator.clone();
        let inspect = move |what: Handed| {
            if let Some(navigator) = &navigator {
                navigator.push(&Route::Inspect);
            }
            hand_over(what);
        };
        let document = gloo::utils::document();
        let options = EventListenerOptions::enable_prevent_default();
        let on_paste = {
            let inspect = inspect.clone();
            move |event: &Event| {
                let data = event
                    .dyn_ref::<ClipboardEvent>()
                    .and_then(|event| event.clipboard_data());
                take(event, data, &inspect);
            }
        };
        let on_drop = {
            let inspect = inspect.clone();
            move |event: &Event| {
                let data = event
                    .dyn_ref::<DragEvent>()
                    .and_then(|event| event.data_transfer());
                take(event, data, &inspect);
            }
        };
        // Without this a browser opens the file that is dropped, and the page is gone.
        let on_drag = |event: &Event| {
            if !event.default_prevented() && is_free(event) {
                event.prevent_default();
            }
        };
        let on_key = move |event: &Event| {
            let enter = event
                .dyn_ref::<KeyboardEvent>()
                .is_some_and(|event| event.key() == "Enter" && !event.shift_key());
            let typed = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok())
                .filter(|area| area.id() == BOX)
                .map(|area| area.value());
            if let Some(text) = typed.filter(|text| enter && !text.trim().is_empty()) {
                event.prevent_default();
                inspect(Handed::Text(text));
            }
        };
        let listeners = [
            EventListener::new_with_options(&document, "paste", options, on_paste),
            EventListener::new_with_options(&document, "drop", options, on_drop),
            EventListener::new_with_options(&document, "dragover", options, on_drag),
            EventListener::new_with_options(&document, "keydown", options, on_key),
        ];
        move || drop(listeners)
    });
    Html::default()
}

/// Whether an event is nobody else's: it happens in no text field, or in the box that is made for it.
fn is_free(event: &Event) -> bool {
    let element = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(element) = element else {
        return true;
    };
    element.id() == BOX || !element.matches(EDITABLE).unwrap_or(false)
}

/// Takes what a paste or a drop brings.
fn take(event: &Event, data: Option<DataTransfer>, inspect: &impl Fn(Handed)) {
    let Some(data) = data.filter(|_| !event.default_prevented() && is_free(event)) else {
        return;
    };
    let file = data.files().and_then(|files| files.get(0));
    let what = match (file, data.get_data("text/plain")) {
        (Some(file), _) => Handed::File(file),
        (None, Ok(text)) if !text.trim().is_empty() => Handed::Text(text),
        _ => return,
    };
    event.prevent_default();
    inspect(what);
}
