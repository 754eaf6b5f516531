//! The fault lab: the reader chooses how the server misbehaves, predicts what their browser does about it, and sees.
//!
//! | module | what it knows |
//! | --- | --- |
//! | `faults` | what the server does in each, which rule that breaks, what the RFC asks |
//! | `settings` | what the reader chooses and predicts, and how it stands in the address |
//! | `prediction` | what there is to predict, and its form in a link |
//! | `run` | one run: events, bytes, and what both say; no clock, no browser |
//! | `verdict` | what was asked beside what was done, and the prediction beside both |
//! | `runner` | which fault is run next, where, and for how long it is watched |
//! | `prediction_form`, `prediction_preview`, `results`, `table` | what the reader sees |
//!
//! Every word about what the reader's browser did comes from a run of it.

mod faults;
mod prediction;
mod prediction_form;
mod prediction_preview;
mod results;
mod run;
mod runner;
mod settings;
mod table;
mod verdict;

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::kit::deferred::use_deferred;
use crate::kit::number::counted;
use crate::kit::panel::Panel;
use crate::kit::settings::Parsed;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};
use crate::live::timeline::Selected;
use crate::split_point;

use faults::FaultNotes;
use prediction::Prediction;
use run::{Phase, Run};
use runner::{Place, Results, Runner};
use settings::Settings;
use verdict::Mark;

/// The name of the instrument.
const NAME: &str = "fault-lab";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// Shows a run that has begun: with the line that is chosen, and what chooses another.
type Happened = fn(&Run, &Results, &Rc<Runner>, Option<u64>, &Callback<Option<u64>>) -> Html;

/// How a run is judged and shown. Fetched with the first one.
#[derive(Clone, Copy)]
struct RunViews {
    marks: fn(&Run) -> [Mark; 3],
    summary: fn(&Run) -> String,
    happened: Happened,
    broken: fn(&Run) -> Html,
    rows: fn(&Results, &Callback<&'static FaultNotes>) -> Html,
    tally: fn(&Results) -> String,
}

split_point!(
    fault_lab_results,
    fn run_views() -> RunViews {
        RunViews {
            marks: |run| verdict::marks(run.fault, &run.prediction, &run.observe()),
            summary: results::summary,
            happened,
            broken: results::broken,
            rows: table::rows,
            tally: table::tally,
        }
    }
);

/// The fault lab.
#[component]
pub fn FaultLab() -> Html {
    let url = use_url_state::<Settings>(NAME);
    let parsed = use_state(|| url.parsed().clone());
    let settings = &parsed.settings;
    let runner = (*use_state(Runner::shared)).clone();
    let update = use_force_update();
    // The line of the run that is shown in detail.
    let chosen = use_state_eq(|| None::<u64>);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    {
        let runner = runner.clone();
        use_effect_with((), move |()| {
            runner.attach(Callback::from(move |()| update.force_update()));
            move || runner.detach()
        });
    }
    {
        let (set, chosen) = (parsed.setter(), chosen.setter());
        use_on_navigate(&url, move |parsed| {
            chosen.set(None);
            set.set(parsed.clone());
        });
    }
    let choose = {
        let (set, chosen, url) = (parsed.setter(), chosen.setter(), url.clone());
        Callback::from(move |fault: &'static FaultNotes| {
            let settings = Settings::of(fault);
            url.push(&settings);
            chosen.set(None);
            set.set(Parsed::fine(settings));
        })
    };
    let on_prediction = {
        let (set, url, fault) = (parsed.setter(), url.clone(), settings.fault);
        Callback::from(move |prediction: Prediction| {
            let settings = Settings { fault, prediction };
            url.write(&settings);
            set.set(Parsed::fine(settings));
        })
    };
    let on_run = {
        let (runner, chosen) = (runner.clone(), chosen.setter());
        let Settings { fault, prediction } = *settings;
        Callback::from(move |_: MouseEvent| {
            chosen.set(None);
            runner.run(fault, prediction);
        })
    };
    let on_line = {
        let chosen = chosen.setter();
        Callback::from(move |id| chosen.set(id))
    };
    let any = !runner.results().runs.is_empty() || runner.results().all.is_some();
    let deferred = use_deferred(any, run_views);
    let views = deferred.ready();
    let results = runner.results();
    let run = results.runs.get(settings.fault.name());
    let settled = run.filter(|run| run.is_settled());
    let busy = run.is_some_and(Run::is_under_way) || results.all.is_some();
    let label = match (busy, settled.is_some()) {
        (true, _) => "Running…",
        (_, true) => "Run it again",
        _ => "Run it",
    };
    let open = settings.prediction.open();
    let shown = settled.zip(views);
    let marks = shown.map(|(run, views)| (views.marks)(run));
    html! {
        <Panel name={NAME} title="Fault lab" class="fault-lab" node={panel} problems={parsed.problems.clone()} link={url.link(settings)}
            foot={html! { <span>{ "Each run is one WebSocket to " }<code>{ settings.fault.fault.path() }</code></span> }}>
            { prediction_form::faults(settings, &choose) }
            <div class="panel__columns">
                <div class="panel__main">
                    { prediction_form::about(settings.fault) }
                    <p class="eyebrow">{ "Your prediction" }</p>
                    { prediction_form::questions(settings, marks.as_ref(), &on_prediction) }
                    <p class="fault-lab__run"><button type="button" class="btn primary" onclick={on_run} disabled={busy}>{ label }</button>
                        if !busy && settled.is_none() && open > 0 {
                            <span>{ format!("{} open", counted(open, "question is", "questions are")) }</span>
                        }
                    </p>
                    { place(&results, &runner) }
                    if let Some((run, views)) = shown { { (views.broken)(run) } }
                </div>
                <div class="panel__side">
                    <p class="eyebrow">{ if run.is_some() { "What your browser did" } else { "What you predict" } }</p>
                    <p class="fault-lab__summary" role="status">{ run.zip(views).map(|(run, views)| (views.summary)(run)).unwrap_or_default() }</p>
                    if let Some(run) = run {
                        { deferred.view("What happened", |views| (views.happened)(run, &results, &runner, *chosen, &on_line)) }
                    } else {
                        { prediction_preview::view(settings) }
                    }
                </div>
            </div>
            { table::table(&results, &runner, views.map(|views| ((views.tally)(&results), (views.rows)(&results, &choose)))) }
        </Panel>
    }
}

/// A run that has begun.
fn happened(
    run: &Run,
    results: &Results,
    runner: &Rc<Runner>,
    chosen: Option<u64>,
    on_line: &Callback<Option<u64>>,
) -> Html {
    let entry = chosen.and_then(|id| run.entry(id));
    let onclose = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.close())
    };
    html! {
        <>
            { results::ladder(run, chosen, on_line) }
            if entry.is_some() {
                <section class="fault-lab__detail" aria-label="Selected"><Selected entry={entry.cloned()}/></section>
            }
            if matches!(run.phase, Phase::Quiet) && results.all.is_none() {
                <p class="fault-lab__close">
                    <button type="button" class="btn" onclick={onclose}>{ "Close it from the page" }</button>
                    <span>{ "The server will not answer the close frame. See how long your browser waits for it." }</span>
                </p>
            }
            if let (Phase::Closing, Some((ms, None))) = (&run.phase, run.waited(results.now_ms)) {
                <p class="fault-lab__close"><b>{ format!("Waiting for the server’s close frame: {}\u{a0}s", (ms / 1000.0 + 0.5) as u32) }</b></p>
            }
            if run.is_settled() {
                { results::asked(run) }
            }
        </>
    }
}

/// Where it runs, where that is not simply here.
fn place(results: &Results, runner: &Rc<Runner>) -> Html {
    let onsubmit = {
        let runner = runner.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let input = event
                .target_dyn_into::<web_sys::Element>()
                .and_then(|form| form.query_selector("input").ok().flatten())
                .and_then(|input| wasm_bindgen::JsCast::dyn_into::<HtmlInputElement>(input).ok());
            if let Some(input) = input {
                runner.use_place(&input.value());
            }
        })
    };
    let own = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.use_own())
    };
    let trouble = results.trouble.as_deref();
    html! {
        <>
            if let Some(why) = &results.no_wire {
                <div class="fault-lab__no-wire" role="alert">
                    <p><b>{ why.to_string() }</b>{ " The lab needs Duplex’s server: a static host cannot misbehave on a WebSocket. If you run one elsewhere, give the address of its lab; your script’s events can then be seen, the bytes cannot." }</p>
                    <form {onsubmit} novalidate=true>
                        <label class="field"><span>{ "Address of a lab" }</span>
                            <input class="input mono" type="text" inputmode="url" autocomplete="off" autocapitalize="off" spellcheck="false"
                                placeholder="ws://127.0.0.1:8080/lab" aria-invalid={trouble.map(|_| "true")}/>
                        </label>
                        <button type="submit" class="btn">{ "Use it" }</button>
                    </form>
                    if let Some(trouble) = trouble { <p class="error">{ trouble }</p> }
                </div>
            }
            if let Place::Other(lab) = &results.place {
                <p class="fault-lab__place">{ "Runs at " }<code>{ lab }</code>{ ", without a tap. " }<button type="button" class="btn" onclick={own}>{ "Use this site’s lab" }</button></p>
            }
        </>
    }
}
