//! Every fault in this browser, as a table and as text.

use std::collections::BTreeMap;

use yew::prelude::*;

use super::faults::{FAULTS, FaultNotes};
use super::results::{events, sign};
use super::run::{Phase, Run};
use super::runner::{Results, Runner};
use super::verdict::{Met, marks, overall, points};
use crate::kit::copy::CopyButton;

/// The heads of the columns that a small screen repeats in each line.
const GOT: &str = "Your script got";
const SENT: &str = "Your browser sent";

/// What a line of the table says.
struct Cells {
    events: String,
    sent: String,
    /// Nothing where the fault was not run.
    met: Option<Met>,
    /// What was not as asked.
    but: Option<String>,
}

impl Cells {
    fn word(&self) -> &'static str {
        self.met.map_or("not run", Met::word)
    }
}

fn cells(run: &Run) -> Cells {
    if let Phase::Failed(why) = &run.phase {
        return Cells {
            events: why.clone(),
            sent: String::new(),
            met: None,
            but: None,
        };
    }
    let [_, _, sent] = marks(run.fault, &run.prediction, &run.observe());
    let points = points(run);
    let met = overall(&points);
    let worst = points.into_iter().find(|point| point.met == met);
    Cells {
        events: events(run),
        sent: sent.seen.unwrap_or_else(|| "not seen".to_owned()),
        met: Some(met),
        but: worst.filter(|_| met >= Met::Less).map(|point| point.text),
    }
}

fn settled(results: &Results) -> Vec<(&'static FaultNotes, &Run)> {
    FAULTS
        .iter()
        .filter_map(|fault| Some((fault, results.runs.get(fault.name())?)))
        .filter(|(_, run)| !run.is_under_way())
        .collect()
}

/// The table as text, its columns as wide as they have to be.
fn text(results: &Results) -> String {
    let mut rows =
        vec![["fault", "your script got", "your browser sent", "as asked"].map(str::to_owned)];
    for (fault, run) in settled(results) {
        let cells = cells(run);
        let word = cells.word().to_owned();
        rows.push([fault.name().to_owned(), cells.events, cells.sent, word]);
    }
    let width = |n: usize| rows.iter().map(|row| row[n].chars().count()).max();
    let widths = [0, 1, 2].map(|n| width(n).unwrap_or_default());
    let mut out = format!("{}\n\n", results.browser);
    for [fault, events, sent, verdict] in &rows {
        let [a, b, c] = widths;
        out.push_str(&format!("{fault:a$}  {events:b$}  {sent:c$}  {verdict}\n"));
    }
    out
}

/// `13 as asked, 2 left open`, the worst last.
pub fn tally(results: &Results) -> String {
    let mut counts: BTreeMap<Option<Met>, (usize, &'static str)> = BTreeMap::new();
    for (_, run) in settled(results) {
        let cells = cells(run);
        counts.entry(cells.met).or_insert((0, cells.word())).0 += 1;
    }
    let counts: Vec<String> = counts
        .values()
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    counts.join(", ")
}

/// Runs all, and what came of it: the tally and the rows, once there are some.
pub fn table(
    results: &Results,
    runner: &std::rc::Rc<Runner>,
    shown: Option<(String, Html)>,
) -> Html {
    let act = |act: fn(&Runner)| {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| act(&runner))
    };
    let count = FAULTS.len();
    let (tally, rows) = shown.unzip();
    html! {
        <section class="fault-lab__table" aria-label="Every fault in your browser">
            <div class="fault-lab__table-head">
                <div>
                    <h3>{ "Every fault, in your browser" }</h3>
                    <p>{ "What browsers do is written down in standards and decided by programs. This asks yours." }</p>
                </div>
                if results.all.is_some() {
                    <button type="button" class="btn" onclick={act(Runner::stop)}>{ "Stop" }</button>
                } else {
                    <button type="button" class="btn" onclick={act(Runner::run_all)}>{ format!("Run all {count}") }</button>
                }
            </div>
            <p class="fault-lab__progress" role="status">
                if let Some((done, running)) = results.all {
                    { format!("{} of {count}: {}…", done + 1, running.title) }
                } else if settled(results).len() == count {
                    { format!("All {count} were run: {}.", tally.unwrap_or_default()) }
                }
            </p>
            { rows.unwrap_or_default() }
        </section>
    }
}

/// A row for each fault that was run.
pub fn rows(results: &Results, choose: &Callback<&'static FaultNotes>) -> Html {
    let rows = settled(results);
    if rows.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <div class="table" tabindex="0" role="group" aria-label="Results">
                // The roles are said because a small screen lays the cells out as lines, and a browser would take that
                // for no table.
                <table role="table">
                    <thead role="rowgroup"><tr role="row">
                        { for ["Fault", GOT, SENT, "As asked?"].map(|head| html! { <th role="columnheader" scope="col">{ head }</th> }) }
                    </tr></thead>
                    <tbody role="rowgroup">
                        { for rows.into_iter().map(|(fault, run)| {
                            let cells = cells(run);
                            let (icon, class) = sign(cells.met.unwrap_or(Met::Unseen));
                            let onclick = choose.reform(move |_: MouseEvent| fault);
                            html! {
                                <tr role="row" key={fault.name()}>
                                    <th role="rowheader" scope="row"><button type="button" class="fault-lab__link" {onclick}>{ fault.title }</button></th>
                                    <td role="cell" class="mono" data-head={GOT}>{ &cells.events }</td>
                                    <td role="cell" class="mono" data-head={SENT}>{ &cells.sent }</td>
                                    <td role="cell" {class}>
                                        <span class="fault-lab__verdict">{ icon }{ cells.word() }</span>
                                        if let Some(but) = &cells.but { <small>{ but }</small> }
                                    </td>
                                </tr>
                            }
                        }) }
                    </tbody>
                </table>
            </div>
            <p class="fault-lab__actions">
                <CopyButton label="Copy as text" text={text(results)}/>
                <span class="fault-lab__browser">{ &results.browser }</span>
            </p>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::super::run::Said;
    use super::super::run::tests::{close, opened, told};
    use super::*;

    #[test]
    fn the_text_has_a_line_for_each_fault_that_was_run() {
        let mut results = Results {
            browser: "Browser/1".into(),
            ..Results::default()
        };
        for (name, server, client) in [
            ("silence", &b""[..], Vec::new()),
            ("invalid-utf8", b"\x81\x04caf\xe9", close(1007)),
        ] {
            let said = match name {
                "silence" => vec![],
                _ => vec![Said::Error, told(1006)],
            };
            results
                .runs
                .insert(name, opened(name, server, &client, &said));
        }
        assert_eq!(
            text(&results),
            "Browser/1\n\n\
             fault         your script got          your browser sent  as asked\n\
             invalid-utf8  open, error, close 1006  close 1007         as asked\n\
             silence       open, then nothing       nothing            left open\n"
        );
        assert_eq!(tally(&results), "1 as asked, 1 left open");
    }
}
