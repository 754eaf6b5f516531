//! A chat under load: how long messages take, and where the time goes; predicted first, then run.

use sim::cluster::chat::{ChatRun, Output, Params};
use yew::prelude::*;

use crate::kit::chart::Chart;
use crate::kit::choice::{Chip, chips, segmented};
use crate::kit::job::{JobRun, JobState, use_job};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::choice;
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};

mod charts;
mod figures;
mod narration;
mod presets;
mod settings;

use narration::Bin;
use presets::STARTS;
use settings::{POLICIES, Settings};

/// The name of the instrument.
const NAME: &str = "chat-load";
/// About how many frames a run hands out that stands for a longer one where the page has no worker.
const REDUCED: f64 = 300_000.0;

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The instrument.
#[component]
pub fn ChatLoad() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        on_choose,
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    // A guess counts for the settings that it was made for.
    let guess = use_state_eq(|| None::<(Settings, Bin)>);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    let job = use_job::<ChatRun>(run(&settings));
    let on_guess = {
        let (guess, on_change) = (guess.setter(), on_change.clone());
        Callback::from(move |said: Bin| {
            let settings = Settings {
                ran: true,
                ..settings
            };
            guess.set(Some((settings, said)));
            on_change.emit(settings);
        })
    };
    let on_hide = on_change.reform(move |_: MouseEvent| Settings {
        ran: false,
        ..settings
    });
    let all: Vec<Chip> = STARTS
        .iter()
        .map(|start| Chip {
            label: start.label.into(),
            pressed: start.is(&settings),
            broken: false,
        })
        .collect();
    let on_start = on_choose.reform(move |chosen: usize| {
        STARTS
            .get(chosen)
            .map_or(settings, |start| start.settings())
    });
    let said = (*guess).and_then(|(of, bin)| (of == settings).then_some(bin));
    html! {
        <Panel name={NAME} title="Chat under load" class="chat-load" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)} toolbar={chips("To begin with", &all, &on_start)}
            foot={html! { <span>{ "A model, and the same on every machine. Servers have one core; publishing costs nothing; no packet is lost." }</span> }}>
            { controls(&settings, &on_change) }
            if settings.ran {
                { outcome(&settings, said, &job, on_hide) }
            } else {
                { question(&settings, &on_guess) }
            }
            { sources(&settings) }
        </Panel>
    }
}

/// What the model is given.
fn run(settings: &Settings) -> JobRun<Params> {
    let (params, reduced) = (settings.params(), settings.shorter(REDUCED));
    JobRun {
        // What is not shown is not run.
        small: !settings.ran,
        params: if settings.ran {
            params
        } else {
            Params {
                users: 1,
                duration: 0,
                ..Params::default()
            }
        },
        reduced,
    }
}

/// The sliders, and what goes wrong.
fn controls(settings: &Settings, on_change: &Callback<Settings>) -> Html {
    let at = *settings;
    let labels = POLICIES.map(|policy| policy.1);
    let chosen = POLICIES.iter().position(|policy| policy.2 == at.full);
    let on_policy = on_change.reform(move |chosen: usize| Settings {
        full: POLICIES.get(chosen).map_or(at.full, |policy| policy.2),
        ..at
    });
    html! {
        <div class="chat-load__set">
            <div class="settings">
                for settings::Slider(key, spec, get, set) in settings.sliders() {
                    { spec.view(&format!("setting-{key}"), get(settings), &on_change.reform(move |value| {
                        let mut settings = at;
                        set(&mut settings, value);
                        settings
                    })) }
                }
            </div>
            <div class="chat-load__choices">
                { segmented("When a slow client’s queue is full", "Its queue is full:", &labels, chosen, &on_policy) }
                { choice("fault", "What goes wrong:", settings, on_change) }
            </div>
        </div>
    }
}

/// Asks before anything is shown.
fn question(settings: &Settings, on_guess: &Callback<Bin>) -> Html {
    let params = settings.params();
    let answer = |(bin, text): (Bin, &'static str)| {
        let onclick = on_guess.reform(move |_: MouseEvent| bin);
        html! { <button type="button" class="btn" {onclick}>{ text }</button> }
    };
    html! {
        <div class="chat-load__question" role="group" aria-label="Your prediction">
            <p>{ narration::situation(settings) }</p>
            <p>{ narration::load(&params) }</p>
            <p><b>{ "What will the 99th percentile of " }<code>{ "message_delivery_latency_ms" }</code>{ " be over the whole run?" }</b>
                { format!(" That is the time {}.", narration::measured(&params)) }</p>
            <div class="chat-load__answers">
                for bin in Bin::ALL {
                    { answer(bin) }
                }
            </div>
        </div>
    }
}

/// What came of it.
fn outcome(
    settings: &Settings,
    said: Option<Bin>,
    job: &JobState<ChatRun>,
    on_hide: Callback<MouseEvent>,
) -> Html {
    html! {
        <div class="chat-load__outcome">
            if job.reduced {
                <p class="chat-load__note" role="status">{ "Your browser did not start the worker that runs large models. This is a shorter run, on the page itself." }</p>
            }
            if let Some(refused) = &job.refused {
                <p class="error" role="alert">{ refused }</p>
            }
            <p>{ narration::situation(settings) }</p>
            <p class="chat-load__verdict" role="status">
                if let (Some((_, output)), false) = (&job.output, job.running) {
                    { narration::verdict(said, output) }
                } else if job.refused.is_none() {
                    { "The model is running." }
                }
            </p>
            <div class="chat-load__progress">
                if job.running {
                    <label for="chat-load-progress">{ format!("Run, {:.0} %", job.progress * 100.0) }</label>
                    <progress id="chat-load-progress" max="1" value={format!("{:.3}", job.progress)}></progress>
                }
            </div>
            if let Some((params, output)) = &job.output {
                { shown(params, output, job.running) }
            }
            <p><button type="button" class="btn" onclick={on_hide}>{ "Hide it, and ask me again" }</button></p>
        </div>
    }
}

/// The charts of a run, the sentences about them, and what was counted.
fn shown(params: &Params, output: &Output, running: bool) -> Html {
    let fault = narration::fault(params, output).filter(|_| !running);
    html! {
        <>
            <div class="chat-load__charts">
                <div>
                    <h3><code>{ "websocket_connections" }</code></h3>
                    <Chart plot={charts::connections(params, output)}/>
                </div>
                <div>
                    <h3><code>{ "message_delivery_latency_ms" }</code>{ " over time" }</h3>
                    <Chart plot={charts::latencies(params, output)}/>
                </div>
                <div>
                    <h3><code>{ "message_delivery_latency_ms" }</code>{ " as a histogram" }</h3>
                    <Chart plot={charts::histogram(output)}/>
                </div>
                <div>
                    <h3>{ format!("Where the time goes: {} on average", narration::ms(output.spent.sum())) }</h3>
                    { charts::spent(&output.spent) }
                </div>
            </div>
            <div class="chat-load__said">
                <p>{ narration::load(params) }{ format!(" In the run it waited {} on average.", narration::ms(output.spent.queue_wait)) }</p>
                if let Some(fault) = fault {
                    <p><b>{ "The fault. " }</b>{ fault }</p>
                }
                if !running {
                    <p><b>{ "Slow clients. " }</b>{ narration::policy(params, output) }</p>
                }
            </div>
            { figures::counts(output) }
        </>
    }
}

/// Where the figures of the application come from.
fn sources(settings: &Settings) -> Html {
    html! {
        <details class="chat-load__sources">
            <summary>{ "Where the figures come from" }</summary>
            <dl>
                for (whence, what) in figures::sources(settings.preset) {
                    <div><dt>{ whence }</dt><dd>{ what }</dd></div>
                }
                <div><dt>{ "Yours" }</dt><dd>{ "Whatever you set differently above. Typing, presence and cursors go with the messages." }</dd></div>
                <div><dt>{ "Computed" }</dt><dd>{ "Everything that is shown of a run." }</dd></div>
            </dl>
        </details>
    }
}
