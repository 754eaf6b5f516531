//! The same news by polling and over a WebSocket, in motion and counted; on the page they are a mail carrier and a
//! walkie-talkie. Every number and every position is the model's, at one time of the model; the drawing adds nothing.

use std::ops::ControlFlow;

use sim::Micros;
use sim::news::{Params, PartialRun, Run};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::kit::browser;
use crate::kit::motion::use_on_screen;
use crate::kit::panel::Panel;
use crate::kit::playback::{PlaybackBar, neighbour, use_ticks};
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, settings_panel};
use crate::kit::shared::Shared;
use crate::kit::slices::Work;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};

mod analogy;
mod animation;
mod in_flight;
mod inspector;
mod model;
mod settings;
mod totals;
mod transmissions;

use animation::{Scene, animation};
use in_flight::moments;
use inspector::inspector;
use model::{Action, State};
use settings::Settings;
use totals::{everybody, in_words, of_channel, on_the_wire};
use transmissions::{Channel, Transmission, sizes};

/// The name of the instrument.
const NAME: &str = "polling-vs-websocket";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The instrument.
#[component]
pub fn PollingVsWebSocket() -> Html {
    let url = use_url_state::<Settings>(NAME);
    let state = use_reducer(|| State::of(url.parsed().clone()));
    let act = state.dispatcher().to_callback();
    let analogy = use_state(|| false);
    let panel = use_node_ref();
    let on_screen = use_on_screen(panel.clone());
    let on_playback = act.reform(Action::Playback);
    let settings = state.settings;
    let run = use_run(settings.params());
    let now = state.playback.now;

    {
        let act = act.clone();
        use_effect_with((), move |()| {
            act.emit(Action::Mounted(browser::prefers_reduced_motion()));
        });
    }
    {
        let act = act.clone();
        use_on_navigate(&url, move |parsed| {
            act.emit(Action::UrlChanged(parsed.clone()));
        });
    }
    use_reveal(&url, &panel, Reveal::OnFollowing);
    let linked = state.linked();
    let link = url.link(&linked);
    use_effect_with((state.touched, linked), move |(touched, linked)| {
        if *touched {
            url.write(linked);
        }
    });
    use_effect_with(state.open, |open| {
        if open.is_some() {
            browser::focus(inspector::HEADING);
        }
    });

    let on_change = act.reform(Action::SetSettings);
    let on_open = act.reform(Action::Open);
    let step = {
        let run = run.clone();
        Callback::from(move |on| neighbour(&moments(&run), now, on))
    };
    let bar = PlaybackBar::of_time(&state.playback, step, &on_playback);
    use_ticks(&bar, on_screen);
    let other = Settings {
        seed: settings.seed.wrapping_add(1),
        ..settings
    };
    let on_other = on_change.reform(move |_: MouseEvent| other);
    let toggle = {
        let analogy = analogy.clone();
        Callback::from(move |_: MouseEvent| analogy.set(!*analogy))
    };
    let actions = html! {
        <button type="button" class="btn" onclick={toggle} aria-expanded={analogy.to_string()} aria-controls={analogy::ID}>{ "Where the analogy breaks" }</button>
    };
    html! {
        <Panel name={NAME} title="Mail and walkie-talkie, side by side" class="polling-vs-websocket" node={panel} {link} {actions}
            problems={state.problems.clone()} onkeydown={bar.keys()}
            foot={html! { <span>{ "Bytes are those of real headers and real frames; open any of them." }</span> }}>
            { settings_panel(&settings, Show::Sliders, &on_change, Html::default()) }
            { bar.view(html! { <button type="button" class="btn" onclick={on_other}>{ "Other news" }</button> }) }
            <p class="visually-hidden" role="status">{ if state.playback.playing { String::new() } else { in_words(&run, now) } }</p>
            for channel in [Channel::Polling, Channel::WebSocket] {
                { way(&run, channel, now, state.open, &on_open) }
            }
            <p class="legend" aria-hidden="true">
                <span>{ "◇ something happens; the line is its wait until you have it" }</span>
                <span>{ "✉ an answer, empty if it brought nothing" }</span>
                <span>{ "● a frame" }</span>
            </p>
            { everybody(&run, now) }
            if let Some(transmission) = state.open {
                { inspector(&run, now, transmission, &on_open) }
            }
            if *analogy {
                { analogy::analogy() }
            }
        </Panel>
    }
}

/// How many letters are run without a look at the clock.
const LETTERS: usize = 2000;

/// The run with these parameters, as soon as it is there; the last one until then. A run of everybody's letters may take longer than a
/// hand on a slider waits.
#[hook]
fn use_run(params: Params) -> Shared<Run> {
    let run = use_state(|| Shared::new(Run::new(params, &sizes())));
    let work = use_mut_ref(Work::default);
    let setter = run.setter();
    let there = *run.params() == params.clamped();
    use_effect_with(params, move |&params| {
        let now = Work::default();
        work.replace(now.clone()).cancel();
        if there {
            return;
        }
        spawn_local(async move {
            let mut partial = PartialRun::new(params, &sizes());
            let piece = || match partial.advance(LETTERS) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(0.0),
            };
            if now.run(piece, |_| ()).await.is_some() {
                setter.set(Shared::new(partial.finish()));
            }
        });
    });
    (*run).clone()
}

/// One channel: its name, its drawing, its numbers.
fn way(
    run: &Shared<Run>,
    channel: Channel,
    now: Micros,
    open: Option<Transmission>,
    on_open: &Callback<Option<Transmission>>,
) -> Html {
    let (mail, radio) = (run.mail(now), run.radio(now));
    let (name, sub, what) = match channel {
        Channel::Polling => ("The mail carrier", "HTTP, polling", "Open a letter"),
        Channel::WebSocket => ("The walkie-talkie", "WebSocket", "Open a frame"),
    };
    let numbers = match channel {
        Channel::Polling => of_channel(&mail, on_the_wire(mail.bytes, radio.bytes)),
        Channel::WebSocket => of_channel(&radio, "on the wire, with the handshake".to_owned()),
    };
    let last = {
        let run = run.clone();
        on_open.reform(move |_: MouseEvent| Some(Transmission::last(channel, &run, now)))
    };
    let scene = Scene {
        run,
        channel,
        now,
        open,
        on_open,
    };
    html! {
        <div class="way">
            <div class="name">
                <h2>{ name }</h2>
                <p class="sub">{ sub }</p>
                <button type="button" class="btn" onclick={last}>{ what }</button>
            </div>
            { animation(&scene) }
            { numbers }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_on_and_back_and_stay_inside() {
        let run = Run::new(Settings::default().params(), &sizes());
        let moments = moments(&run);
        let (mut now, mut seen) = (0, vec![0]);
        loop {
            let next = neighbour(&moments, now, true);
            if next == now {
                break;
            }
            assert_eq!(neighbour(&moments, next, false), now);
            seen.push(next);
            now = next;
        }
        assert_eq!(now, settings::DURATION);
        assert_eq!(seen, moments);
    }

    #[test]
    fn the_prediction_is_what_the_model_counts() {
        let settings = Settings::default();
        let run = Run::new(settings.params(), &sizes());
        let minute = 60 * sim::SECOND;
        let (mail, radio) = (run.mail(minute).bytes, run.radio(minute).bytes);
        let (choice, said) = crate::kit::prediction::answers::right("bytes-in-a-minute");
        assert!(mail > 10 * radio, "{choice}");
        for bytes in [mail, radio] {
            assert!(
                said.replace(',', "").contains(&format!(" {bytes}")),
                "{bytes}: {said}"
            );
        }
        assert_eq!(
            (settings.news, settings.ask),
            (12, 2000),
            "as the question says"
        );
    }
}
