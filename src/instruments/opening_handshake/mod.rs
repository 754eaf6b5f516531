//! An opening handshake that succeeds, stepped through from TCP to the first frame.

use yew::prelude::*;

use crate::kit::browser;
use crate::kit::link::page_link;
use crate::kit::motion::use_on_screen;
use crate::kit::panel::Panel;
use crate::kit::playback::{PlaybackAction, PlaybackBar, PlaybackNames, use_ticks};
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};

mod model;
mod narration;
mod settings;
mod view;

use model::{Action, Exchange, State};
use settings::Settings;

/// The name of the instrument.
const NAME: &str = "opening-handshake";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

static STEPS: PlaybackNames = PlaybackNames {
    group: "Step through the handshake",
    first: None,
    previous: "Previous step",
    next: "Next step",
    last: None,
    slider: "Step",
    unit: "step",
};

/// The instrument.
#[component]
pub fn OpeningHandshake() -> Html {
    let exchange = use_memo((), |()| Exchange::new());
    let url = use_url_state::<Settings>(NAME);
    let state = use_reducer(|| State::of(url.parsed().clone()));
    let act = state.dispatcher().to_callback();
    let panel = use_node_ref();
    let explanation = use_node_ref();
    let on_screen = use_on_screen(panel.clone());
    let on_playback = act.reform(Action::Playback);
    use_on_navigate(&url, move |parsed| {
        act.emit(Action::UrlChanged(parsed.clone()));
    });
    use_reveal(&url, &panel, Reveal::OnFollowing);
    let settings = state.settings();
    let link = url.link(&settings);
    {
        let (panel, explanation) = (panel.clone(), explanation.clone());
        use_effect_with((state.moved, settings), move |(moved, settings)| {
            if *moved {
                url.write(settings);
                browser::show(&panel, "[aria-current]");
                // On a small screen the explanation scrolls in a box of its own; a new one begins at its top.
                if let Some(explanation) = explanation.cast::<web_sys::Element>() {
                    explanation.set_scroll_top(0);
                }
            }
        });
    }
    let step = state.playback.step();
    let bar = PlaybackBar::of_steps(&state.playback, &STEPS, &on_playback);
    use_ticks(&bar, on_screen);
    let go = on_playback.reform(|step: usize| PlaybackAction::Go(step as u64));
    html! {
        <Panel name={NAME} title="The opening handshake" class="opening-handshake" node={panel} problems={state.problems.clone()} {link}
            foot={html! { <span>{ "The key is the RFC’s example, and the lines that a browser sends with every request are left out." }</span> }}
            actions={page_link("/live", classes!("btn"), html! { "Your own browser’s handshake" })} onkeydown={bar.keys()}>
            <div class="panel__columns">
                <div class="panel__main">{ view::lanes(&exchange, step, &go) }</div>
                <div class="panel__side opening-handshake__now" ref={explanation}>
                    // Above the explanation, so that the buttons stay where they are under the pointer.
                    { bar.view(Html::default()) }
                    { view::explanation(&exchange, step) }
                    { view::standing(&exchange, step) }
                </div>
            </div>
        </Panel>
    }
}
