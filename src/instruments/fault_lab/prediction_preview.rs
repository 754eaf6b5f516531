//! What is known of a run before it, and what the reader predicts of it, drawn as it would be.

use yew::prelude::*;

use protocol::FaultGroup;

use super::faults::FaultNotes;
use super::prediction::{Fires, Sent};
use super::settings::Settings;

/// A line of it. `None` stands for what nobody has predicted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Row {
    /// The browser sends this.
    Up(String),
    /// The server sends this; whether it is the fault.
    Down(String, bool),
    /// Neither sends anything; whether it is the fault.
    Note(String, bool),
    /// The script gets this event.
    Event(String),
    /// The reader has not said.
    Open(&'static str),
}

fn rows(settings: &Settings) -> Vec<Row> {
    let (fault, prediction) = (settings.fault, settings.prediction);
    let mut rows = vec![Row::Up(format!("GET {}", fault.fault.path()))];
    match fault.group() {
        FaultGroup::Handshake => rows.push(Row::Down(fault.title.to_owned(), true)),
        group => {
            rows.push(Row::Down("101 Switching Protocols".to_owned(), false));
            rows.push(Row::Event("open".to_owned()));
            rows.push(match group {
                FaultGroup::Tcp => Row::Note(fault.title.to_owned(), true),
                _ => Row::Down(fault.title.to_owned(), true),
            });
        }
    }
    rows.push(match prediction.sent {
        None => Row::Open("your browser sends …"),
        Some(Sent::Close(code)) => Row::Up(format!("close {code}")),
        Some(Sent::Bare) => Row::Up("close, without a code".to_owned()),
        Some(Sent::Nothing) => Row::Note("your browser sends nothing".to_owned(), false),
    });
    let close = match prediction.code {
        Some(Some(code)) => format!("close, code {code}"),
        _ => "close, code …".to_owned(),
    };
    match prediction.fires {
        None => rows.push(Row::Open("your script gets …")),
        Some(Fires::Message) => rows.push(Row::Event("message".to_owned())),
        Some(Fires::ErrorClose) => {
            rows.push(Row::Event("error".to_owned()));
            rows.push(Row::Event(close));
        }
        Some(Fires::Close) => rows.push(Row::Event(close)),
        Some(Fires::Nothing) => rows.push(Row::Note("your script gets nothing".to_owned(), false)),
    }
    rows
}

/// Which of the lines are a prediction: all behind the fault.
fn is_prediction(fault: &FaultNotes, n: usize) -> bool {
    n > if fault.in_handshake() { 1 } else { 3 }
}

/// The drawing.
pub fn view(settings: &Settings) -> Html {
    let drawn = rows(settings).into_iter().enumerate().map(|(n, row)| {
        let prediction = is_prediction(settings.fault, n).then_some("fault-lab__predicted");
        let lane = |class: &'static str, text: String, broken: bool| {
            html! { <span class={classes!("timeline__lane", class, prediction)}><span class="timeline__label"><b class={broken.then_some("bad")}>{ text }</b></span></span> }
        };
        let cell = match row {
            Row::Up(text) => lane("timeline__lane--up from-client", text, false),
            Row::Down(text, broken) => lane("timeline__lane--down from-server", text, broken),
            Row::Note(text, broken) => lane("timeline__lane--aside", text, broken),
            Row::Open(text) => html! { <span class="timeline__lane timeline__lane--aside fault-lab__predicted fault-lab__open"><span class="timeline__label">{ text }</span></span> },
            Row::Event(text) => html! {
                <span class={classes!("fault-lab__event-row", prediction)}><span class="fault-lab__event"><small>{ "event" }</small>{ " " }<b>{ text }</b></span></span>
            },
        };
        html! { <li class="timeline__line"><span class="timeline__time"></span>{ cell }</li> }
    });
    html! {
        <div class="fault-lab__run-lines fault-lab__preview">
            <div class="timeline__heads" aria-hidden="true">
                <span class="from-client"><i class="dot"></i>{ "Your browser" }</span>
                <span class="from-server">{ "Lab server" }<i class="dot"></i></span>
            </div>
            <ol aria-label="What you predict">{ for drawn }</ol>
            <p class="note note--small">{ "Dashed is what you predict. What really happens takes its place: what your script is told, and every byte that crosses." }</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::super::faults::FAULTS;
    use super::super::prediction::Prediction;
    use super::*;

    #[test]
    fn predictions_are_drawn_as_they_would_look() {
        let settings = |name: &str, prediction| Settings {
            fault: FaultNotes::named(name).expect("a fault"),
            prediction,
        };
        let prediction = Prediction {
            fires: Some(Fires::ErrorClose),
            code: Some(Some(1006)),
            sent: Some(Sent::Close(1007)),
        };
        let drawn = rows(&settings("invalid-utf8", prediction));
        assert_eq!(drawn[4], Row::Up("close 1007".into()));
        assert_eq!(drawn[5], Row::Event("error".into()));
        assert_eq!(drawn[6], Row::Event("close, code 1006".into()));
        // A connection that never opens has no open event.
        let drawn = rows(&settings("wrong-accept", Prediction::default()));
        assert!(!drawn.contains(&Row::Event("open".into())));
        assert_eq!(
            drawn
                .iter()
                .filter(|row| matches!(row, Row::Open(_)))
                .count(),
            2
        );
    }

    #[test]
    fn everything_behind_the_fault_is_a_prediction() {
        for fault in &FAULTS {
            let settings = Settings {
                fault,
                prediction: Prediction::default(),
            };
            let rows = rows(&settings);
            let known = rows
                .iter()
                .enumerate()
                .filter(|(n, _)| !is_prediction(fault, *n));
            let last = known.map(|(_, row)| row).next_back();
            assert!(
                matches!(last, Some(Row::Down(_, true) | Row::Note(_, true))),
                "{}: {last:?}",
                fault.name()
            );
        }
    }
}
