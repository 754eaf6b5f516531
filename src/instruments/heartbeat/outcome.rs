//! What comes of it: who knows when, what the formula says to that, and everything in words.

use sim::Micros;
use sim::heartbeat::Side;
use yew::prelude::*;

use super::log;
use super::scene::Shared;
use super::words::{self, Formula};
use crate::instruments::clock::minutes;

/// Lines of the log that are shown at once.
const LINES: usize = 40;

/// Properties of [`Log`].
#[derive(Properties, PartialEq)]
pub struct LogProps {
    /// What happens.
    pub run: Shared,
    /// From when on, in microseconds.
    pub from: Micros,
}

/// Everything that happens from a time on, in words.
#[component]
pub fn Log(props: &LogProps) -> Html {
    let lines = log::log(&props.run.0, props.from, LINES);
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
pub fn outcomes(run: &Shared) -> Html {
    let one = |side: Side| {
        let (number, why) = words::outcome(&run.0, side);
        html! { <div><dt>{ format!("The {} · {why}", words::name(side)) }</dt><dd>{ number }</dd></div> }
    };
    let formulas = words::formulas(&run.0);
    html! {
        <div class="outcome">
            <p class="sr" role="status">{ words::result(&run.0) }</p>
            <dl class="nums">
                { one(Side::Server) }
                { one(Side::Client) }
            </dl>
            <div>
                { for formulas.iter().map(formula) }
                if formulas.is_empty() {
                    <p class="formula">{ words::instead(&run.0) }</p>
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
            <p><b>{ format!("By formula, the {}", words::name(*side)) }</b>{ " needs at least " }<span class="mono">{ format!("{sum} = {}", words::seconds(detection.least)) }</span>{ format!(", at most one interval more, on average half of one: {}.", words::seconds(detection.mean as Micros)) }</p>
            <div class="between" aria-hidden="true">
                <i class="mean" style="--at:50%"></i>
                if let Some(took) = took {
                    <i class="took" style={format!("--at:{:.2}%", share(*took as f64))}></i>
                }
                <span>{ words::seconds(detection.least) }</span>
                <span>{ format!("{} on average", words::seconds(detection.mean as Micros)) }</span>
                <span>{ words::seconds(detection.most) }</span>
            </div>
        </div>
    }
}
