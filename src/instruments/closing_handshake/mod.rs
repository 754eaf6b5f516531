//! The closing handshake: what the reader tries, both ends, and the ladder of frames between them, at one time of the model.

use wire::Role;
use yew::prelude::*;

use crate::kit::browser;
use crate::kit::motion::use_on_screen;
use crate::kit::panel::Panel;
use crate::kit::playback::{PlaybackBar, use_ticks};
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};

mod endpoint;
mod endpoint_view;
mod event_log;
mod ladder;
mod layout;
mod model;
#[cfg(test)]
mod model_tests;
mod narration;
#[cfg(test)]
mod narration_tests;
mod scenario;
mod scenario_form;
#[cfg(test)]
mod scenario_tests;
mod settings;
mod simulation;
#[cfg(test)]
mod simulation_tests;
mod view;

use endpoint_view::{endpoint_view, outcomes};
use ladder::ladder;
use model::{Action, PIXEL, State};
use narration::clock;
use scenario_form::scenario_form;
use settings::Settings;

/// The name of the instrument.
const NAME: &str = "closing-handshake";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The closing handshake, from either side and with whatever goes wrong.
#[component]
pub fn ClosingHandshake() -> Html {
    let url = use_url_state::<Settings>(NAME);
    let state = use_reducer(|| State::of(url.parsed().clone()));
    let act = state.dispatcher().to_callback();
    let panel = use_node_ref();
    // Where a link on the page leads: to the choices, which say what is about to be seen.
    let choices = use_node_ref();
    // It plays only while the ladder can be seen.
    let drawing = use_node_ref();
    let on_screen = use_on_screen(drawing.clone());
    let on_playback = act.reform(Action::Playback);
    let scene = state.scene.clone();
    let (run, now) = (&scene.run, state.now());
    {
        let act = act.clone();
        use_effect_with((), move |()| {
            act.emit(Action::Mounted(browser::prefers_reduced_motion()));
        });
    }
    {
        let act = act.clone();
        use_on_navigate(&url, move |parsed| {
            act.emit(Action::UrlChanged(parsed.clone()))
        });
    }
    // The reader who arrives is shown the whole page; this instrument is at its head.
    use_reveal(&url, &choices, Reveal::OnFollowing);
    let linked = state.linked();
    let link = url.link(&linked);
    use_effect_with((state.touched, linked), move |(touched, linked)| {
        if *touched {
            url.write(linked);
        }
    });
    {
        let panel = panel.clone();
        use_effect_with(state.steps, move |&steps| {
            if steps > 0 {
                browser::show(&panel, "[aria-current=step]");
            }
        });
    }

    let step = {
        let scene = scene.clone();
        Callback::from(move |on| scene.step(now, on))
    };
    let bar = PlaybackBar {
        grain: PIXEL,
        readout: (
            clock(now),
            format!("{} of {}", clock(now), clock(run.last())),
        ),
        ..PlaybackBar::of_time(&state.playback, step, &on_playback)
    };
    use_ticks(&bar, on_screen);
    let end = |role: Role| endpoint_view(role, run.endpoint(role, now));
    html! {
        <Panel name={NAME} title="The closing handshake" class="closing-handshake" node={panel} problems={state.problems.clone()} {link}
            onkeydown={bar.keys()}
            foot={html! { <span>{ "The frames are real, and so are both ends that write them. TCP’s acknowledgements of data are left out." }</span> }}>
            { scenario_form(&state.settings, &act.reform(Action::SetSettings), &choices) }
            <div class="panel__columns" ref={drawing}>
                <div class="panel__main">
                    <div class="closing-handshake__ends">{ end(Role::Client) }{ end(Role::Server) }</div>
                    { ladder(&scene, state.y(), &act.reform(Action::GoTo)).view() }
                </div>
                <div class="panel__side">
                    <div class="closing-handshake__side">
                        <div class="closing-handshake__now">
                            { bar.view(Html::default()) }
                            { view::narration(run, now) }
                        </div>
                        { outcomes(run, now) }
                        { view::legend() }
                    </div>
                </div>
            </div>
        </Panel>
    }
}
