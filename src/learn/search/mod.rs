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
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

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

/// Where the search stands.
#[derive(Clone, Copy)]
enum Stage {
    Closed,
    Fetching,
    Failed,
    Open(fn(DialogProps) -> Html),
}

/// The id of the button.
const BUTTON: &str = "search-open";

/// The button that opens the search. What hears it is fetched when the page is at rest.
pub fn button() -> Html {
    html! {
        <button id={BUTTON} type="button" class="search-open" aria-haspopup="dialog" aria-keyshortcuts="/ Control+K Meta+K">
            { Icon::Search.view() }
            <span>{ "Search" }</span>
            <kbd aria-hidden="true">{ "/" }</kbd>
        </button>
    }
}

/// Listens for the button and the keys, and is the search while it is open. A dialog that could not be fetched is fetched anew
/// when it is next asked for.
#[component]
pub fn Search() -> Html {
    let stage = use_state(|| Stage::Closed);
    let open = {
        let stage = stage.setter();
        move || {
            stage.set(Stage::Fetching);
            let stage = stage.clone();
            spawn_local(async move {
                stage.set(load_dialog().await.map_or(Stage::Failed, Stage::Open));
            });
        }
    };
    {
        let open = open.clone();
        use_effect_with((), move |()| {
            let options = EventListenerOptions::enable_prevent_default();
            let window = gloo::utils::window();
            let by_button = open.clone();
            let listeners = [
                EventListener::new_with_options(&window, "keydown", options, move |event| {
                    let key = event.dyn_ref::<KeyboardEvent>();
                    if key.is_some_and(opens) {
                        event.prevent_default();
                        open();
                    }
                }),
                EventListener::new(&window, "click", move |event| {
                    let target = event.target().and_then(|target| target.dyn_into().ok());
                    let on = |target: Element| target.closest(&format!("#{BUTTON}"));
                    if target.is_some_and(|target| on(target).is_ok_and(|found| found.is_some())) {
                        by_button();
                    }
                }),
            ];
            move || drop(listeners)
        });
    }
    match *stage {
        Stage::Closed => Html::default(),
        Stage::Open(view) => {
            let stage = stage.setter();
            view(DialogProps {
                on_close: Callback::from(move |()| stage.set(Stage::Closed)),
            })
        }
        Stage::Fetching => {
            html! { <p class="search-place" role="status">{ "The search is being fetched…" }</p> }
        }
        Stage::Failed => html! {
            <p class="search-place" role="alert">{ "The search could not be fetched. The network may be away; press Search to try again." }</p>
        },
    }
}
