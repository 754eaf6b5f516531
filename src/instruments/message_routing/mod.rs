//! A message to a room whose members are on several servers: predicted first, then sent.

use sim::cluster::routing::{ClusterRun, Params};
use yew::prelude::*;

use crate::kit::choice::{Chip, chips};
use crate::kit::job::{JobRun, JobState, use_job};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, choice_chips, settings_panel};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};

mod drawn;
mod narration;
mod presets;
mod settings;
mod view;

use drawn::{Drawn, drawn};
use narration::{Guess, Reach};
use presets::PRESETS;
use settings::Settings;

/// The name of the instrument.
const NAME: &str = "message-routing";
/// Users of a run that is done before a frame of the screen is over.
const SMALL: u32 = 200;
/// Users of a run that stands for a larger one where the page has no worker.
const REDUCED: u32 = 5_000;

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The instrument.
#[component]
pub fn MessageRouting() -> Html {
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
    let job = use_job::<ClusterRun>(run(&settings));
    let drawn = use_memo(settings, drawn);
    let on_sent = {
        let (guess, on_change) = (guess.setter(), on_change.clone());
        Callback::from(move |said: Option<Guess>| {
            guess.set(said);
            on_change.emit(Settings {
                sent: said.is_some(),
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
    let choices = [
        ("balancer", "Balancer"),
        ("join", "Between the servers"),
        ("event", "Before the message"),
    ];
    html! {
        <Panel name={NAME} title="Who gets the message" class="routing" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)} toolbar={chips("To begin with", &all, &on_preset)}
            foot={html! { <span>{ "A model, and the same on every machine. It has no time: things happen one after another, and no broker loses a message." }</span> }}>
            <div class="routing__choices">
                for (key, caption) in choices {
                    <div><h3>{ caption }</h3>{ choice_chips(key, &settings, &on_change) }</div>
                }
            </div>
            <div class="routing__set">
                { settings_panel(&settings, Show::Sliders, &on_change, Html::default()) }
            </div>
            if !settings.sent {
                { question(&settings, &on_sent) }
            } else {
                { verdict(&settings, *guess, &job, drawn.as_ref().as_ref()) }
            }
            if let Some(drawn) = &*drawn {
                { view::picture(&settings, drawn) }
            }
            if settings.sent {
                { outcome(&settings, &job, drawn.as_ref().as_ref(), &on_sent) }
            }
        </Panel>
    }
}

/// What the model is given.
fn run(settings: &Settings) -> JobRun<Params> {
    let with = |users| Settings { users, ..*settings }.params();
    JobRun {
        // What is not shown is not run.
        small: !settings.sent || settings.users <= SMALL,
        params: with(if settings.sent { settings.users } else { 1 }),
        reduced: with(settings.users.min(REDUCED)),
    }
}

/// Asks before the message is sent.
fn question(settings: &Settings, on_sent: &Callback<Option<Guess>>) -> Html {
    let answer = |guess: Guess, text: &'static str| {
        let onclick = on_sent.reform(move |_: MouseEvent| Some(guess));
        html! { <button type="button" class="btn" {onclick}>{ text }</button> }
    };
    let (ask, everyone, some) = match settings.room {
        1 => (
            "A user sends a message to one other. Who gets it?",
            "That one does",
            "Only if both are on one server",
        ),
        _ => (
            "A user of the room sends a message. Who gets it?",
            "Everyone in the room",
            "Only those on the sender’s server",
        ),
    };
    html! {
        <div class="routing__question" role="group" aria-label="Your prediction">
            <p><b>{ ask }</b>{ " " }{ narration::situation(settings) }</p>
            <div class="routing__answers">
                { answer(Guess::Everyone, everyone) }
                { answer(Guess::SameServer, some) }
                { answer(Guess::Nobody, "Nobody") }
            </div>
        </div>
    }
}

/// Who got it, and whether that was said.
fn verdict(
    settings: &Settings,
    guess: Option<Guess>,
    job: &JobState<ClusterRun>,
    drawn: Option<&Drawn>,
) -> Html {
    let done = job.output.as_ref().filter(|_| !job.running);
    let reach = match (drawn, done) {
        (Some(drawn), _) => Some(Reach::of_one(drawn)),
        (None, Some((_, output))) => Some(Reach::of(settings, output)),
        (None, None) => None,
    };
    html! {
        <div class="routing__verdict">
            if job.reduced {
                <p class="routing__note" role="status">{ format!("Your browser did not start the worker that runs large models. This is a run with {REDUCED} users at the most, on the page itself.") }</p>
            }
            if let Some(refused) = &job.refused {
                <p class="error" role="alert">{ refused }</p>
            }
            <p role="status">
                if let Some(reach) = reach {
                    <b>{ narration::verdict(settings, guess, reach, drawn.is_some()) }</b>
                } else if job.refused.is_none() {
                    { format!("The model is running: {:.0} %.", job.progress * 100.0) }
                }
            </p>
        </div>
    }
}

/// What else came of it.
fn outcome(
    settings: &Settings,
    job: &JobState<ClusterRun>,
    drawn: Option<&Drawn>,
    on_sent: &Callback<Option<Guess>>,
) -> Html {
    let done = job.output.as_ref().filter(|_| !job.running);
    html! {
        <div class="routing__outcome">
            if let Some((_, output)) = done {
                if drawn.is_none() {
                    { view::bars(output) }
                }
                <ul class="routing__sentences">
                    for sentence in narration::sentences(settings, output, drawn) {
                        <li>{ sentence }</li>
                    }
                </ul>
                { view::figures(output) }
            }
            <p><button type="button" class="btn" onclick={on_sent.reform(|_: MouseEvent| None)}>{ "Take it back, and ask me again" }</button></p>
        </div>
    }
}
