//! The same stream by polling, long polling, server-sent events and WebSocket at once, in the reader's browser: what each
//! costs, how late it is, and what it does when the server restarts or a proxy stands in between.

use std::rc::Rc;

use yew::prelude::*;

use crate::kit::browser;
use crate::kit::chart::Chart;
use crate::kit::choice::{Chip, chips};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, choice, settings_panel};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};
use crate::live::transports::{Clients, ProxyFault, Race, RaceDriver, Stage, Transport};

mod figures;
mod lanes;
mod narration;
mod settings;

use settings::{SET_UPS, Settings};

/// The name of the instrument.
const NAME: &str = "transport-comparison";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// What a client with a fallback may take.
const WAYS: [Transport; 2] = [Transport::Websocket, Transport::LongPolling];

/// What the reader said before the run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Guess {
    quickest: Option<Transport>,
    heaviest: Option<Transport>,
    /// By what the messages of a client with a fallback will come.
    way: Option<Transport>,
}

/// A run, with what it was begun with.
#[derive(Clone, Debug, PartialEq)]
struct Run {
    settings: Settings,
    guess: Guess,
    race: Rc<Race>,
}

/// The instrument.
#[component]
pub fn TransportComparison() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        on_choose,
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let guess = use_state_eq(Guess::default);
    let run = use_state_eq(|| None::<Run>);
    let driver = use_mut_ref(|| None::<RaceDriver>);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    {
        let driver = driver.clone();
        use_effect_with((), move |()| {
            move || {
                let left = driver.take();
                drop(left);
            }
        });
    }
    let on_run = {
        let (run, driver, guess) = (run.setter(), driver.clone(), *guess);
        Callback::from(move |_: MouseEvent| {
            let seed = browser::random().map_or(1, u32::from_le_bytes);
            let plan = settings.plan(seed.into());
            let begun = Run {
                settings,
                guess,
                race: Rc::new(Race::new(plan)),
            };
            let show = {
                let (run, begun) = (run.clone(), begun.clone());
                move |race: &Race| {
                    run.set(Some(Run {
                        race: Rc::new(race.clone()),
                        ..begun.clone()
                    }));
                }
            };
            let old = driver.take();
            // Before others are opened: it closes its own.
            drop(old);
            run.set(Some(begun));
            driver.replace(Some(RaceDriver::start(plan, show)));
        })
    };
    let with_driver = |call: fn(&RaceDriver, &Settings)| {
        let driver = driver.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(driver) = &*driver.borrow() {
                call(driver, &settings);
            }
        })
    };
    let on_stop = with_driver(|driver, _| driver.stop());
    let on_restart = with_driver(|driver, settings| driver.restart(settings.down));
    let goes_on = run.as_ref().is_some_and(|run| run.race.goes_on());
    let runs = run
        .as_ref()
        .is_some_and(|run| run.race.stage == Stage::Running);
    let set_ups = SET_UPS.map(|(label, set_up)| Chip {
        label: label.into(),
        pressed: set_up() == settings,
        broken: false,
    });
    let on_set_up = on_choose
        .reform(move |chosen: usize| SET_UPS.get(chosen).map_or(settings, |(_, set_up)| set_up()));
    let more = html! {
        <div class="transport-comparison__choices">
            { choice("random", "Messages come", &settings, &on_change) }
            { choice("proxy", "In between:", &settings, &on_change) }
            { choice("clients", "Who reads:", &settings, &on_change) }
        </div>
    };
    let sliders = match settings.proxy {
        Some(ProxyFault::Cuts) => Show::Sliders,
        _ => Show::Only(&["every", "bytes", "poll", "hold", "lasts", "down"]),
    };
    html! {
        <Panel name={NAME} title="One stream, four ways" class="transport-comparison" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)} toolbar={chips("To begin with", &set_ups, &on_set_up)}
            foot={html! { <span>{ "Real requests to the server of this page. Bytes are counted by the server at TCP; times are taken in your browser." }</span> }}>
            { settings_panel(&settings, sliders, &on_change, more) }
            <div class="transport-comparison__question">
                <p>{ narration::situation(&settings) }{ " " }{ narration::proxy(&settings) }</p>
                if settings.clients == Clients::All {
                    { question(&guess) }
                } else {
                    { question_of_way(&guess) }
                }
                <div class="transport-comparison__actions">
                    <button type="button" class="btn primary" onclick={on_run} disabled={goes_on}>{ narration::button(&settings) }</button>
                    <button type="button" class="btn" onclick={on_restart} disabled={!runs}>{ "Restart the server" }</button>
                    <button type="button" class="btn" onclick={on_stop} disabled={!goes_on}>{ "Stop" }</button>
                </div>
            </div>
            if let Some(run) = &*run {
                { outcome(run) }
            }
        </Panel>
    }
}

/// What the reader can say before the run.
fn question(guess: &UseStateHandle<Guess>) -> Html {
    let all = |said: Option<Transport>| {
        Transport::ALL.map(|transport| Chip {
            label: narration::name(transport).into(),
            pressed: said == Some(transport),
            broken: false,
        })
    };
    let on_quickest = {
        let guess = guess.clone();
        Callback::from(move |i: usize| {
            guess.set(Guess {
                quickest: Transport::ALL.get(i).copied(),
                ..*guess
            });
        })
    };
    let on_heaviest = {
        let guess = guess.clone();
        Callback::from(move |i: usize| {
            guess.set(Guess {
                heaviest: Transport::ALL.get(i).copied(),
                ..*guess
            });
        })
    };
    html! {
        <div class="transport-comparison__guesses">
            <p><b>{ "Which will have the shortest delay?" }</b></p>
            { chips("Your prediction of the shortest delay", &all(guess.quickest), &on_quickest) }
            <p><b>{ "Which will take most bytes?" }</b></p>
            { chips("Your prediction of the most bytes", &all(guess.heaviest), &on_heaviest) }
        </div>
    }
}

/// What the reader can say of a client with a fallback.
fn question_of_way(guess: &UseStateHandle<Guess>) -> Html {
    let all = WAYS.map(|transport| Chip {
        label: narration::name(transport).into(),
        pressed: guess.way == Some(transport),
        broken: false,
    });
    let on_way = {
        let guess = guess.clone();
        Callback::from(move |i: usize| {
            guess.set(Guess {
                way: WAYS.get(i).copied(),
                ..*guess
            });
        })
    };
    html! {
        <div>
            <p>{ "The client’s rule: a WebSocket first; after two that never opened, long polling; ten seconds later it tries a WebSocket again." }</p>
            <p><b>{ "By what will its first messages come?" }</b></p>
            { chips("Your prediction of the way", &all, &on_way) }
        </div>
    }
}

/// What comes of it, while it comes and afterwards.
fn outcome(run: &Run) -> Html {
    let race = &*run.race;
    let failed = matches!(race.stage, Stage::Failed(_));
    let over = !race.goes_on() && !failed;
    let verdict = match race.plan.clients {
        _ if !over => None,
        Clients::All => narration::quickest(race, run.guess.quickest).map(|quickest| {
            let heaviest = narration::heaviest(race, run.guess.heaviest);
            format!("{quickest} {}", heaviest.unwrap_or_default())
        }),
        Clients::Fallback => narration::found_way(race, run.guess.way),
    };
    html! {
        <div class="transport-comparison__outcome">
            <p class={classes!("transport-comparison__stage", failed.then_some("error"))} role={if failed { "alert" } else { "status" }}>
                { narration::stage(race) }
                if let Some(verdict) = verdict {
                    <b>{ " " }{ verdict }</b>
                }
            </p>
            if let Some(trouble) = &race.trouble {
                <p class="error" role="alert">{ trouble }</p>
            }
            if !failed {
                { lanes::legend(race) }
                { lanes::lanes(race) }
                { figures::table(race) }
                <p class="transport-comparison__note">{ clock(race) }</p>
                { steps(race) }
                if race.costs.len() > 1 {
                    <Chart plot={figures::over_time(race)}/>
                }
                if over {
                    { figures::heads(race) }
                }
            }
        </div>
    }
}

/// How sure the delays are.
fn clock(race: &Race) -> String {
    match race.clock.uncertainty() {
        Some(off) => format!(
            "A delay is from when the server had the message to when your page had it. It takes two clocks: the server’s was read {} times with the answers to other requests, and the one with the shortest round trip may be wrong by ±{}. That error is the same for all, so it does not change their order.",
            race.costs.len() + 1,
            narration::ms(off)
        ),
        None => String::new(),
    }
}

/// What each client did besides getting messages, and what came of it.
fn steps(race: &Race) -> Html {
    html! {
        <div class="transport-comparison__steps">
            for client in &race.clients {
                <div>
                    <p class="eyebrow">{ narration::client_name(client) }</p>
                    if !race.goes_on() {
                        <p>{ narration::outcome(race, client) }</p>
                    }
                    if client.steps.is_empty() {
                        <p class="transport-comparison__quiet">{ "Nothing went wrong." }</p>
                    } else {
                        <div class="transport-comparison__scroll" tabindex="0" role="group" aria-label={format!("What happened to {}", narration::client_name(client))}>
                            <ol>
                                for (i, step) in client.steps.iter().enumerate() {
                                    <li><span class="mono">{ narration::ms(race.clock.server(step.at).unwrap_or_default()) }</span>{ " It " }{ narration::step(client, i) }</li>
                                }
                            </ol>
                        </div>
                    }
                </div>
            }
        </div>
    }
}
