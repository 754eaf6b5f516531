//! Eleven real connections whose server restarts: they are predicted, dropped, and come back by the strategy that the reader
//! chose, beside the model of the same.

use std::rc::Rc;

use sim::job::Job;
use sim::reconnecting::Storm;
use yew::prelude::*;

use crate::kit::browser;
use crate::kit::chart::Chart;
use crate::kit::choice::{Chip, chips};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, choice, choice_chips, settings_panel};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};
use crate::live::restart_group::{Record, RestartGroup, Stage};

mod drawing;
mod narration;
mod settings;

use narration::ANSWERS;
use settings::Settings;

/// The name of the instrument.
const NAME: &str = "reconnect-live";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// A run, with what it was begun with.
#[derive(Clone, Debug, PartialEq)]
struct Run {
    settings: Settings,
    guess: Option<usize>,
    seed: u64,
    record: Rc<Record>,
}

/// The instrument.
#[component]
pub fn ReconnectLive() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        ..
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    // An answer to another question is none to this one.
    let said = use_state_eq(|| None::<(Settings, usize)>);
    let guess = said
        .filter(|(about, _)| *about == settings)
        .map(|(_, guess)| guess);
    let run = use_state_eq(|| None::<Run>);
    let group = use_mut_ref(|| None::<RestartGroup>);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    {
        let group = group.clone();
        use_effect_with((), move |()| {
            move || {
                let left = group.take();
                drop(left);
            }
        });
    }
    let on_guess = {
        let said = said.setter();
        Callback::from(move |guess: usize| said.set(Some((settings, guess))))
    };
    let on_run = {
        let (run, group) = (run.setter(), group.clone());
        Callback::from(move |_: MouseEvent| {
            let seed = browser::random().map_or(1, u64::from_le_bytes);
            let begun = Run {
                settings,
                guess,
                seed,
                record: Rc::default(),
            };
            let show = {
                let (run, begun) = (run.clone(), begun.clone());
                move |record: &Record| {
                    run.set(Some(Run {
                        record: Rc::new(record.clone()),
                        ..begun.clone()
                    }));
                }
            };
            let old = group.take();
            // Before others are opened: it closes its own.
            drop(old);
            match RestartGroup::open(settings.plan(), settings.next_wait(seed), show) {
                Ok(opened) => {
                    run.set(Some(begun));
                    group.replace(Some(opened));
                }
                Err(why) => {
                    let record = Record::failed(why);
                    run.set(Some(Run {
                        record: Rc::new(record),
                        ..begun
                    }));
                }
            }
        })
    };
    let on_stop = Callback::from(move |_: MouseEvent| {
        if let Some(group) = &*group.borrow() {
            group.stop();
        }
    });
    let goes_on = run.as_ref().is_some_and(|run| run.record.stage.goes_on());
    html! {
        <Panel name={NAME} title="Eleven real reconnections" class="reconnect-live" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)} toolbar={choice_chips("wait", &settings, &on_change)}
            foot={html! { <span>{ "Real connections to the server of this page, timed by the page’s clock." }</span> }}>
            { settings_panel(&settings, Show::Sliders, &on_change, choice("code", "It leaves with", &settings, &on_change)) }
            <div class="reconnect-live__question">
                <p id="reconnect-live-question"><b>{ narration::question(&settings) }</b>{ " " }{ narration::situation(&settings) }</p>
                { answers(guess, &on_guess) }
                <div class="reconnect-live__actions">
                    <button type="button" class="btn primary" onclick={on_run} disabled={guess.is_none() || goes_on}>{ "Open eleven, and restart their server" }</button>
                    <button type="button" class="btn" onclick={on_stop} disabled={!goes_on}>{ "Stop" }</button>
                    if guess.is_none() && !goes_on {
                        <span>{ "Say first when the last is back." }</span>
                    }
                </div>
            </div>
            if let Some(run) = &*run {
                <Outcome run={run.clone()}/>
            }
        </Panel>
    }
}

/// What the reader can say.
fn answers(guess: Option<usize>, on_guess: &Callback<usize>) -> Html {
    let all = std::array::from_fn::<Chip, { ANSWERS.len() }, _>(|i| Chip {
        label: ANSWERS[i].0.into(),
        pressed: guess == Some(i),
        broken: false,
    });
    chips("Your prediction", &all, on_guess)
}

/// Properties of [`Outcome`].
#[derive(Properties, PartialEq)]
struct OutcomeProps {
    run: Run,
}

/// What comes of it, while it comes and afterwards.
#[component]
fn Outcome(props: &OutcomeProps) -> Html {
    let run = &props.run;
    let record = &*run.record;
    let handshake = record
        .handshake()
        .filter(|_| record.open() == record.members.len());
    let model = use_memo(
        (run.settings, run.seed, handshake),
        |(settings, seed, handshake)| {
            // Eleven clients are done at once.
            handshake.and_then(|took| Storm::run(&settings.params(*seed, took)).ok())
        },
    );
    let failed = matches!(record.stage, Stage::Failed(_));
    let lost = record.members.iter().any(|member| member.loss.is_some());
    html! {
        <div class="reconnect-live__outcome">
            <p class={classes!("reconnect-live__stage", failed.then_some("error"))} role="status">
                if record.stage == Stage::Done {
                    <b>{ narration::verdict(record, run.guess) }</b>
                } else {
                    { narration::stage(record) }
                }
            </p>
            if !failed || lost {
                <p class="reconnect-live__counter">{ narration::counter(record) }{ format!(" ({})", narration::set(&run.settings)) }</p>
            }
            if lost {
                { drawing::legend() }
                { drawing::lanes(&run.settings, record) }
                { drawing::table(record) }
                if let Some(output) = &*model {
                    <Chart plot={drawing::back(&run.settings, record, output)}/>
                }
                if !record.stage.goes_on() {
                    <p>{ narration::attempts(record) }{ " " }{ narration::codes(record) }</p>
                    if let (Some(output), Some(took)) = (&*model, handshake) {
                        <p>{ narration::model(output) }{ format!(" It was given the quickest of the first handshakes as its round trip: {}.", narration::ms(took)) }</p>
                    }
                    <p>{ "A browser has one handshake at a time with an address (RFC 6455 §4.1), so eleven that ask at the same time ask one after the other. After many failures it may hold attempts back by itself." }</p>
                }
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::restart_group::MEMBERS;

    fn html(record: Record) -> String {
        let run = Run {
            settings: Settings::default(),
            guess: Some(0),
            seed: 1,
            record: Rc::new(record),
        };
        let renderer = yew::LocalServerRenderer::<Outcome>::with_props(OutcomeProps { run });
        pollster::block_on(renderer.hydratable(false).render())
    }

    #[test]
    fn a_run_that_is_over_is_drawn_and_told() {
        let mut attempts: [&[(f64, bool)]; MEMBERS] = [&[(2500.0, true)]; MEMBERS];
        attempts[5] = &[(400.0, false), (3000.0, true)];
        let html = html(Record::of(1001, attempts));
        for part in [
            "As you said. The last of eleven was back after 3.01 s.",
            "They made 12 attempts, 1 of them in vain.",
            "told 1001",
            "By the model the last is back after",
            "measured",
            "0.40 s 1006, 3.00 s accepted",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert_eq!(html.matches('●').count(), MEMBERS + 1, "one in the legend");
        assert_eq!(html.matches('×').count(), 2, "one in the legend");
        assert!(!html.contains("NaN"));
    }

    #[test]
    fn what_came_to_nothing_is_said_and_not_drawn() {
        let html = html(Record::failed("No server.".into()));
        assert!(
            html.contains("No server.") && !html.contains("lanes"),
            "{html}"
        );
    }
}
