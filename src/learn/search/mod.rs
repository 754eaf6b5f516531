//! The search: a button in the header, and a dialog that is fetched when it is first opened, with all that can be found.
//!
//! | part | what it is |
//! | --- | --- |
//! | this | the button, the keys that open the dialog, and the module that has the rest |
//! | `dialog` | the dialog: a combobox over a list |
//! | `model` | what fits what was typed |
//! | `input` | what was typed, where it is no words: bytes, a code, a header |

mod dialog;
mod input;
pub mod model;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::kit::deferred::use_deferred;
use crate::kit::icon::Icon;
use crate::kit::playback::is_typing;
use crate::split_point;
use dialog::{DialogProps, SearchDialog};
use model::Entry;

include!(concat!(env!("OUT_DIR"), "/search.rs"));

/// The module of the split program that has the dialog.
pub const MODULE: &str = "search";

/// The file in `static/styles` that draws the dialog, without its ending.
pub const STYLE: &str = "search";

split_point!(
    /// The dialog, with all that can be found.
    search,
    fn load_dialog() -> fn(DialogProps) -> Html {
        dialog
    }
);

fn dialog(props: DialogProps) -> Html {
    html! { <SearchDialog ..props/> }
}

/// Whether a key opens the search: `/` where it is no letter of a text, and Ctrl-K or Cmd-K anywhere.
fn opens(event: &KeyboardEvent) -> bool {
    if event.default_prevented() || event.is_composing() || event.alt_key() {
        return false;
    }
    let command = event.ctrl_key() || event.meta_key();
    match event.key().as_str() {
        "/" => !command && !is_typing(event),
        "k" | "K" => command && !event.shift_key(),
        _ => false,
    }
}

/// The button that opens the search, and the search while it is open.
#[component]
pub fn Search() -> Html {
    let open = use_state_eq(|| false);
    {
        let open = open.setter();
        use_effect_with((), move |()| {
            let options = EventListenerOptions::enable_prevent_default();
            let window = gloo::utils::window();
            let listener =
                EventListener::new_with_options(&window, "keydown", options, move |event| {
                    if let Some(event) = event
                        .dyn_ref::<KeyboardEvent>()
                        .filter(|event| opens(event))
                    {
                        event.prevent_default();
                        open.set(true);
                    }
                });
            move || drop(listener)
        });
    }
    let part = use_deferred(*open, load_dialog);
    let onclick = {
        let open = open.setter();
        Callback::from(move |_: MouseEvent| open.set(true))
    };
    let on_close = {
        let open = open.setter();
        Callback::from(move |()| open.set(false))
    };
    html! {
        <>
            <button id="search-open" type="button" class="search-open" {onclick} aria-haspopup="dialog" aria-keyshortcuts="/ Control+K Meta+K">
                { Icon::Search.view() }
                <span>{ "Search" }</span>
                <kbd aria-hidden="true">{ "/" }</kbd>
            </button>
            if *open {
                <div class="search-place">
                    { part.view("The search", |view| view(DialogProps { on_close })) }
                </div>
            }
        </>
    }
}
