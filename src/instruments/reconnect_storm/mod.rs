//! A server restarts under its clients: two reconnection strategies side by side, predicted first, then run.

use sim::reconnecting::Storm;
use yew::prelude::*;

use crate::kit::chart::Chart;
use crate::kit::choice::{Chip, chips};
use crate::kit::job::{JobRun, JobState, use_job};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, choice, choice_chips, settings_panel};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};

mod charts;
mod narration;
mod presets;
mod settings;

use charts::{attempts, connected};
use narration::{Guess, Outcome};
use presets::PRESETS;
use settings::{Settings, name};

/// The name of the instrument.
const NAME: &str = "reconnect-storm";
/// Clients of a run that is done before a frame of the screen is over.
const SMALL: u32 = 200;
/// Clients of a run that stands for a larger one where the page has no worker.
const REDUCED: u32 = 5_000;

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The instrument.
#[component]
pub fn ReconnectStorm() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        on_choose,
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let guess = use_state_eq(|| None::<Guess>);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    let left = use_job::<Storm>(run(&settings, true));
    let right = use_job::<Storm>(run(&settings, false));
    let on_guess = {
        let (guess, on_change) = (guess.setter(), on_change.clone());
        Callback::from(move |said: Guess| {
            guess.set(Some(said));
            on_change.emit(Settings {
                shown: true,
                ..settings
            });
        })
    };
    let on_hide = {
        let (guess, on_change) = (guess.setter(), on_change.clone());
        Callback::from(move |_: MouseEvent| {
            guess.set(None);
            on_change.emit(Settings {
                shown: false,
                ..settings
            });
        })
    };
    let all: Vec<Chip> = PRESETS
        .iter()
        .map(|preset| Chip {
            label: preset.label.into(),
            pressed: preset.is(&settings),
            broken: false,
        })
        .collect();
    let on_preset = {
        let guess = guess.setter();
        on_choose.reform(move |chosen: usize| {
            guess.set(None);
            PRESETS
                .get(chosen)
                .map_or(settings, |preset| preset.settings())
        })
    };
    html! {
        <Panel name={NAME} title="A restart under many clients" class="storm" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)} toolbar={chips("To begin with", &all, &on_preset)}
            foot={html! { <span>{ "A model, and the same on every machine. A round trip takes 50 ms; what is never answered is given up after 5 s." }</span> }}>
            <div class="storm__sides">
                { side("left", &settings, &left, &on_change) }
                { side("right", &settings, &right, &on_change) }
            </div>
            { settings_panel(&settings, Show::Sliders, &on_change, Html::default()) }
            <div class="storm__choices">
                { choice("rest", "When full, a client", &settings, &on_change) }
                { choice("hint", "The server left with", &settings, &on_change) }
            </div>
            if settings.shown {
                { outcome(&settings, *guess, &left, &right, on_hide) }
            } else {
                { question(&settings, &on_guess) }
            }
        </Panel>
    }
}

/// What one half's model is given.
fn run(settings: &Settings, left: bool) -> JobRun<sim::reconnecting::StormParams> {
    let strategy = if left { settings.left } else { settings.right };
    let params = settings.params(strategy);
    let reduced = Settings {
        clients: settings.clients.min(REDUCED),
        ..*settings
    };
    JobRun {
        // What is not shown is not run.
        small: !settings.shown || settings.clients <= SMALL,
        params: if settings.shown {
            params
        } else {
            Settings {
                clients: 1,
                ..*settings
            }
            .params(strategy)
        },
        reduced: reduced.params(strategy),
    }
}

/// The strategy of one half.
fn side(
    key: &'static str,
    settings: &Settings,
    job: &JobState<Storm>,
    on_change: &Callback<Settings>,
) -> Html {
    let (class, title, strategy) = match key {
        "left" => (
            "storm__side storm__side--left",
            "One crowd waits",
            settings.left,
        ),
        _ => (
            "storm__side storm__side--right",
            "The other waits",
            settings.right,
        ),
    };
    let state = match (settings.shown, job.running) {
        (true, true) => format!("running, {:.0} %", job.progress * 100.0),
        _ => String::new(),
    };
    html! {
        <div {class}>
            <p class="storm__title"><i aria-hidden="true"></i>{ title }<span class="storm__state" role="status">{ state }</span></p>
            { choice_chips(key, settings, on_change) }
            <p>{ narration::waits(strategy, settings) }</p>
        </div>
    }
}

/// Asks before anything is shown.
fn question(settings: &Settings, on_guess: &Callback<Guess>) -> Html {
    let answer = |guess: Guess, text: String| {
        let onclick = on_guess.reform(move |_: MouseEvent| guess);
        html! { <button type="button" class="btn" {onclick}>{ text }</button> }
    };
    html! {
        <div class="storm__question" role="group" aria-label="Your prediction">
            <p><b>{ "Which crowd has everybody back first?" }</b>{ " " }{ narration::situation(settings) }</p>
            <div class="storm__answers">
                { answer(Guess::Left, format!("The one: {}", name(settings.left))) }
                { answer(Guess::Right, format!("The other: {}", name(settings.right))) }
                { answer(Guess::Same, "About the same".to_owned()) }
            </div>
        </div>
    }
}

/// What came of it.
fn outcome(
    settings: &Settings,
    guess: Option<Guess>,
    left: &JobState<Storm>,
    right: &JobState<Storm>,
    on_hide: Callback<MouseEvent>,
) -> Html {
    let refused = left.refused.as_ref().or(right.refused.as_ref());
    let outputs = left.output.as_ref().zip(right.output.as_ref());
    let done = !left.running && !right.running;
    html! {
        <div class="storm__outcome">
            if left.reduced || right.reduced {
                <p class="storm__note" role="status">{ format!("Your browser did not start the worker that runs large models. This is a run with {REDUCED} clients at the most, on the page itself.") }</p>
            }
            if let Some(refused) = refused {
                <p class="error" role="alert">{ refused }</p>
            }
            <p class="storm__verdict" role="status">
                if let (Some((left, right)), true) = (outputs, done) {
                    { narration::verdict(settings, guess, &Outcome::of(left.0.clients, &left.1), &Outcome::of(right.0.clients, &right.1)) }
                } else if refused.is_none() {
                    { "The models are running." }
                }
            </p>
            if let Some((left, right)) = outputs {
                <div class="storm__charts">
                    <Chart plot={attempts(settings, &left.1, &right.1)}/>
                    <Chart plot={connected(settings, left.0.clients, &left.1, &right.1)}/>
                </div>
                { narration::figures(settings, &left.1, &right.1) }
            }
            <p><button type="button" class="btn" onclick={on_hide}>{ "Hide it, and ask me again" }</button></p>
        </div>
    }
}
