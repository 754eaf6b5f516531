//! The fault lab: the reader chooses how the server misbehaves, predicts what their browser does about it, and sees.
//!
//! | module | what it knows |
//! | --- | --- |
//! | `faults` | what the server does in each, which rule that breaks, what the RFC asks |
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
mod table;
mod verdict;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::address::{use_address, use_links};
use crate::instruments::timeline::Selected;
use crate::routes::{LabQuery, Route};
use crate::ui::{CopyButton, counted};

use faults::FaultNotes;
use prediction::{Desk, Prediction};
use run::{Phase, Run};
use runner::{Place, Results, Runner};

/// The instrument `{{fault-lab}}`.
#[component]
pub fn FaultLab() -> Html {
    let address = use_address::<LabQuery>(Route::Closing);
    let desk = use_state(|| Desk::opened(address.said()));
    let runner = (*use_state(Runner::shared)).clone();
    let update = use_force_update();
    // The line of the run that is shown in detail.
    let chosen = use_state_eq(|| None::<u64>);
    let panel = use_node_ref();
    {
        let runner = runner.clone();
        use_effect_with((), move |()| {
            runner.attach(Callback::from(move |()| update.force_update()));
            move || runner.detach()
        });
    }
    {
        let (desk, chosen) = (desk.setter(), chosen.setter());
        use_links(&address, &panel, false, move |said| {
            chosen.set(None);
            desk.set(Desk::opened(said));
        });
    }
    let choose = {
        let (desk, chosen, address) = (desk.setter(), chosen.setter(), address.clone());
        Callback::from(move |fault: &'static FaultNotes| {
            let next = Desk {
                fault,
                prediction: Prediction::default(),
                problems: Vec::new(),
            };
            address.push(next.query());
            chosen.set(None);
            desk.set(next);
        })
    };
    let on_prediction = {
        let (desk, address) = (desk.clone(), address.clone());
        Callback::from(move |prediction: Prediction| {
            let next = Desk {
                fault: desk.fault,
                prediction,
                problems: Vec::new(),
            };
            address.rest(next.query());
            desk.set(next);
        })
    };
    let on_run = {
        let (runner, desk, chosen) = (runner.clone(), desk.clone(), chosen.setter());
        Callback::from(move |_: MouseEvent| {
            chosen.set(None);
            runner.run(desk.fault, desk.prediction);
        })
    };
    let on_line = {
        let chosen = chosen.setter();
        Callback::from(move |id| chosen.set(id))
    };
    let results = runner.results();
    let run = results.runs.get(desk.fault.name());
    let settled = run.filter(|run| run.is_settled());
    let busy = run.is_some_and(Run::is_under_way) || results.all.is_some();
    let label = match (busy, settled.is_some()) {
        (true, _) => "Running…",
        (_, true) => "Run it again",
        _ => "Run it",
    };
    let open = desk.prediction.open();
    html! {
        <section class="panel fl" aria-label="Fault lab" tabindex="-1" ref={panel}>
            { prediction_form::faults(&desk, &choose) }
            if !desk.problems.is_empty() {
                <div class="problems" role="status">{ for desk.problems.iter().map(|p| html! { <p>{ p }</p> }) }</div>
            }
            <div class="body">
                <div class="left">
                    { prediction_form::about(desk.fault) }
                    <p class="cap">{ "Your prediction" }</p>
                    { prediction_form::questions(&desk, settled, &on_prediction) }
                    <p class="fl-run"><button type="button" class="btn primary" onclick={on_run} disabled={busy}>{ label }</button>
                        if !busy && settled.is_none() && open > 0 {
                            <span>{ format!("{} open", counted(open, "question is", "questions are")) }</span>
                        }
                    </p>
                    { place(&results, &runner) }
                    if let Some(run) = settled { { results::broken(run) } }
                </div>
                <div class="right">
                    <p class="cap">{ if run.is_some() { "What your browser did" } else { "What you predict" } }</p>
                    <p class="fl-sum" role="status">{ run.map(results::summary).unwrap_or_default() }</p>
                    if let Some(run) = run {
                        { happened(run, &results, &runner, *chosen, &on_line) }
                    } else {
                        { prediction_preview::view(&desk) }
                    }
                </div>
            </div>
            { table::table(&results, &runner, &choose) }
            <div class="foot">
                <span>{ "Each run is one WebSocket to " }<code>{ desk.fault.fault.path() }</code></span>
                <span class="grow"></span>
                <CopyButton label="Copy link" path={crate::address::link(Route::Closing, &linked(&desk))}/>
            </div>
        </section>
    }
}

/// What a copied link says: the fault by its name, also where it is the first.
fn linked(desk: &Desk) -> LabQuery {
    LabQuery {
        fault: Some(desk.fault.name().to_owned()),
        ..desk.query()
    }
}

/// A run that has begun.
fn happened(
    run: &Run,
    results: &Results,
    runner: &std::rc::Rc<Runner>,
    chosen: Option<u64>,
    on_line: &Callback<Option<u64>>,
) -> Html {
    let entry = chosen.and_then(|id| run.entry(id)).cloned();
    let onclose = {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.close())
    };
    html! {
        <>
            { results::ladder(run, chosen, on_line) }
            if entry.is_some() {
                <section class="fl-detail" aria-label="Selected"><Selected {entry}/></section>
            }
            if matches!(run.phase, Phase::Quiet) && results.all.is_none() {
                <p class="fl-close">
                    <button type="button" class="btn" onclick={onclose}>{ "Close it from the page" }</button>
                    <span>{ "The server will not answer the close frame. See how long your browser waits for it." }</span>
                </p>
            }
            if let (Phase::Closing, Some((ms, None))) = (&run.phase, run.waited(results.now_ms)) {
                <p class="fl-close"><b>{ format!("Waiting for the server’s close frame: {:.0}\u{a0}s", ms / 1000.0) }</b></p>
            }
            if run.is_settled() {
                { results::asked(run) }
            }
        </>
    }
}

/// Where it runs, where that is not simply here.
fn place(results: &Results, runner: &std::rc::Rc<Runner>) -> Html {
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
                <div class="fl-nowire" role="alert">
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
                <p class="fl-place">{ "Runs at " }<code>{ lab }</code>{ ", without a tap. " }<button type="button" class="btn" onclick={own}>{ "Use this site’s lab" }</button></p>
            }
        </>
    }
}
