//! What comes of it: who knows when, what the formula says to that, and everything in words.

use sim::Micros;
use sim::heartbeat::{Run, Side};
use yew::prelude::*;

use super::event_log;
use super::narration::{self, Formula};
use crate::kit::number::{minutes, seconds};
use crate::kit::shared::Shared;

/// Lines of the log that are shown at once.
const LINES: usize = 40;

/// Properties of [`EventLog`].
#[derive(Properties, PartialEq)]
pub struct EventLogProps {
    /// What happens.
    pub run: Shared<Run>,
    /// From when on, in microseconds.
    pub from: Micros,
}

/// Everything that happens from a time on, in words.
#[component]
pub fn EventLog(props: &EventLogProps) -> Html {
    let lines = event_log::log(&props.run, props.from, LINES);
    html! {
        <details class="log">
            <summary>{ "In words, from here on" }</summary>
            if lines.is_empty() {
                <p>{ "Nothing more." }</p>
            } else {
                <ol tabindex="0" aria-label="What happens from here on">
                    { for lines.into_iter().map(|(at, line)| html! {
                        <li><span class="mono">{ minutes(at) }</span>{ " " }{ line }</li>
                    }) }
                </ol>
            }
        </details>
    }
}

/// Who knows when, and what the formula says to that.
pub fn outcomes(run: &Run) -> Html {
    let one = |side: Side| {
        let (number, why) = narration::outcome(run, side);
        html! { <div><dt>{ format!("The {} · {why}", narration::name(side)) }</dt><dd>{ number }</dd></div> }
    };
    let formulas = narration::formulas(run);
    html! {
        <div class="outcome">
            <p class="visually-hidden" role="status">{ narration::result(run) }</p>
            <dl class="nums">
                { one(Side::Server) }
                { one(Side::Client) }
            </dl>
            <div>
                { for formulas.iter().map(formula) }
                if formulas.is_empty() {
                    <p class="formula">{ narration::instead(run) }</p>
                }
            </div>
        </div>
    }
}

/// The least, the mean and the most, with this run's place between them.
fn formula(formula: &Formula) -> Html {
    let Formula {
        side,
        detection,
        sum,
        took,
    } = formula;
    let share = |at: f64| {
        let span = (detection.most - detection.least).max(1) as f64;
        (100.0 * (at - detection.least as f64) / span).clamp(0.0, 100.0)
    };
    html! {
        <div class="formula">
            <p><b>{ format!("By formula, the {}", narration::name(*side)) }</b>{ " needs at least " }<span class="mono">{ format!("{sum} = {}", seconds(detection.least)) }</span>{ format!(", at most one interval more, on average half of one: {}.", seconds(detection.mean as Micros)) }</p>
            <div class="between" aria-hidden="true">
                <i class="mean" style="--at:50%"></i>
                if let Some(took) = took {
                    <i class="took" style={format!("--at:{:.2}%", share(*took as f64))}></i>
                }
                <span>{ seconds(detection.least) }</span>
                <span>{ format!("{} on average", seconds(detection.mean as Micros)) }</span>
                <span>{ seconds(detection.most) }</span>
            </div>
        </div>
    }
}
