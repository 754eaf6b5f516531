//! One silent connection on a timeline: what happens to it, and who knows.

use sim::Micros;
use sim::SECOND;
use sim::heartbeat::Run;
use yew::prelude::*;

use crate::kit::browser;
use crate::kit::motion::use_on_screen;
use crate::kit::panel::Panel;
use crate::kit::playback::{PlaybackBar, neighbour, use_ticks};
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, settings_panel};
use crate::kit::shared::Shared;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};

mod event_log;
mod faults;
mod lanes;
mod model;
mod narration;
mod outcome;
mod settings;
mod view;

use model::{Action, State};
use outcome::{EventLog, outcomes};
use settings::Settings;

/// The name of the instrument.
const NAME: &str = "heartbeat-timeline";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// While time passes, the log moves on in stretches: nobody reads faster.
const STRETCH: Micros = 5 * SECOND;

/// The instrument.
#[component]
pub fn HeartbeatTimeline() -> Html {
    let url = use_url_state::<Settings>(NAME);
    let state = use_reducer(|| State::of(url.parsed().clone()));
    let act = state.dispatcher().to_callback();
    let panel = use_node_ref();
    let scene = use_node_ref();
    let on_screen = use_on_screen(panel.clone());
    let on_playback = act.reform(Action::Playback);
    let settings = &state.settings;
    let now = state.playback.now;
    let run = use_memo(settings.clone(), |settings| {
        Shared::new(Run::new(settings.params(), &settings.faults))
    });
    let run = (*run).clone();

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
    use_reveal(&url, &panel, Reveal::OnFollowing);
    let linked = state.linked();
    let link = url.link(&linked);
    {
        let (touched, stands) = (state.touched, !state.playback.playing);
        use_effect_with(
            (touched, stands, linked),
            move |(touched, stands, linked)| {
                if *touched && *stands {
                    url.write(linked);
                }
            },
        );
    }

    let on_change = act.reform(Action::SetSettings);
    let on_fault = act.reform(Action::InjectFault);
    let step = {
        let run = run.clone();
        Callback::from(move |on| neighbour(&event_log::moments(&run), now, on))
    };
    let bar = PlaybackBar::of_time(&state.playback, step, &on_playback);
    use_ticks(&bar, on_screen);
    let other = Settings {
        seed: settings.seed.wrapping_add(1),
        ..settings.clone()
    };
    let on_other = on_change.reform(move |_: MouseEvent| other.clone());
    html! {
        <Panel name={NAME} title="A connection over time" class="heartbeat" node={panel} problems={state.problems.clone()} {link}
            toolbar={view::toolbar(settings, &on_change)} onkeydown={bar.keys()} foot={html! { <span>{ view::note(&run) }</span> }}>
            { view::picture(&run, now, &on_playback, &scene) }
            { view::legend() }
            { bar.view(html! { <button type="button" class="btn" onclick={on_other}>{ "Other luck" }</button> }) }
            { view::fault_buttons(settings, now, &on_fault) }
            { view::happened(settings, &run, now, &act) }
            { outcomes(&run) }
            { settings_panel(settings, Show::Sliders, &on_change, Html::default()) }
            <EventLog run={run.clone()} from={state.playback.at().unwrap_or(now - now % STRETCH)}/>
        </Panel>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::settings::{Kind, Settings as _};
    use faults::Order;
    use sim::heartbeat::{Detection, Side};

    /// Settings from anywhere on the sliders, and faults at any time: everything has words and a place.
    #[test]
    fn every_setting_can_be_shown() {
        let mut chance = sim::chance::Chance::new(3, 0);
        let mut below = |n: usize| (chance.unit() * n as f64) as usize;
        for _ in 0..150 {
            let mut settings = Settings {
                faults: Vec::new(),
                ..Settings::default()
            };
            for field in Settings::FIELDS {
                match &field.kind {
                    Kind::Stops { spec, set, .. } => {
                        set(&mut settings, spec.stops[below(spec.stops.len())]);
                    }
                    Kind::Choice(options) => (options[below(options.len())].choose)(&mut settings),
                    Kind::Flag { set, .. } => set(&mut settings, below(2) == 1),
                    _ => {}
                }
            }
            // Long runs of quick questions are slow where nothing is optimized.
            settings.run = settings.run.min(300_000);
            for _ in 0..below(6) {
                let at = below(settings.run as usize) as Micros * 1000;
                let (_, fault, can) = Order::before(&settings.faults, at).buttons()[below(6)];
                if can {
                    settings.faults = faults::with(&settings.faults, at, fault);
                }
            }
            let run = Run::new(settings.params(), &settings.faults);
            assert!(narration::result(&run).ends_with('.'));
            assert!(!narration::instead(&run).is_empty());
            for side in [Side::Client, Side::Server] {
                let (number, why) = narration::outcome(&run, side);
                assert!(!number.is_empty() && !why.is_empty());
            }
            // One fault, and none by itself: the run keeps to the formula.
            if let ([(at, _)], None) = (run.faults(), run.nat_forgot())
                && *at > run.params().round_trip
            {
                for formula in narration::formulas(&run) {
                    let by_asking = matches!(run.detection(formula.side), Detection::At(..));
                    assert_eq!(formula.took.is_some(), by_asking, "{settings:?}");
                }
            }
            let moments = event_log::moments(&run);
            for &now in moments.iter().step_by(moments.len() / 20 + 1) {
                assert!(!narration::stand(&run, Side::Server, now).1.is_empty());
                assert!(!narration::nat_stand(&run, now).1.is_empty());
            }
        }
    }
}
