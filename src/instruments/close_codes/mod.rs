//! Close codes: who may say which, what the other end makes of it, and what usually stands behind it.

use yew::prelude::*;

use crate::kit::browser;
use crate::kit::byte_input::typed_text;
use crate::kit::number::ellipsize;
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};

pub mod meanings;
mod model;
mod settings;
mod view;

use model::{State, read_code};
use settings::Settings;

/// The name of the instrument.
const NAME: &str = "close-codes";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The instrument.
#[component]
pub fn CloseCodes() -> Html {
    let url = use_url_state::<Settings>(NAME);
    let state = use_state(|| State::of(url.parsed().clone()));
    let panel = use_node_ref();
    {
        let state = state.setter();
        use_on_navigate(&url, move |parsed| state.set(State::of(parsed.clone())));
    }
    use_reveal(&url, &panel, Reveal::Always);
    let link = url.link(&state.settings);
    let on_type = {
        let (state, url) = (state.clone(), url.clone());
        Callback::from(move |typed: String| {
            let next = state.with_typed(typed);
            url.write(&next.settings);
            state.set(next);
        })
    };
    let on_choose = {
        let (state, url, panel) = (state.clone(), url.clone(), panel.clone());
        Callback::from(move |code: u16| {
            let next = state.with_typed(code.to_string());
            url.push(&next.settings);
            state.set(next);
            // On a small screen what is said of a code stands far below the button.
            browser::show(&panel, ".close-codes__verdict h2");
        })
    };
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(typed) = typed_text(&event) {
            on_type.emit(typed);
        }
    });
    let error = read_code(&state.typed).err();
    let error = error.map(|why| format!("“{}”: {why}", ellipsize(&state.typed)));
    let now = state.settings.code;
    let toolbar = html! {
        <>
            <label class="close-codes__ask" for="close-code">{ "A close code" }</label>
            <input id="close-code" class="input mono" inputmode="numeric" autocomplete="off" spellcheck="false" value={state.typed.clone()} {oninput}
                aria-invalid={error.is_some().then_some("true")} aria-describedby="close-code-error"/>
            <p id="close-code-error" class="error" role="status">{ error.unwrap_or_default() }</p>
        </>
    };
    html! {
        <Panel name={NAME} title="Close codes" class="close-codes" node={panel} {toolbar} problems={state.problems.clone()} {link}
            foot={html! { <span>{ "The codec of this page decides what may be sent, and how a receiver answers." }</span> }}>
            <div class="panel__columns">
                <div class="panel__main">
                    <h2 class="eyebrow">{ "Ranges" }</h2>
                    { view::ranges(now, &on_choose) }
                    <h2 class="eyebrow">{ "Codes with a name" }</h2>
                    { view::named(now, &on_choose) }
                </div>
                <div class="panel__side" aria-live="polite">{ view::verdict(now) }</div>
            </div>
        </Panel>
    }
}
