//! What was sent: a line for each message, and the bytes of one.

use wire::frame::{Field, Header};
use yew::prelude::*;

use super::pane::SIDES;
use super::session::{Message, Session, Way};
use crate::kit::link::page_link;
use crate::kit::number::{counted, fixed, grouped, hex, hex_spaced};

/// Messages that are listed.
const LISTED: usize = 8;

fn way(message: &Message) -> &'static str {
    match message.way {
        Way::Held => "waits for the line",
        Way::Sent(_) => "under way",
        Way::Arrived => "arrived",
        Way::Dropped => "dropped",
    }
}

/// The last messages, the newest first. `on_choose` hears the number of the one to be shown.
pub fn list(session: &Session, chosen: Option<u32>, on_choose: &Callback<u32>) -> Html {
    let shown: Vec<&Message> = session.messages().rev().take(LISTED).collect();
    if shown.is_empty() {
        return html! { <p class="editing__none">{ "Nothing sent yet. Paint a shape, drag one, or type in a title." }</p> };
    }
    html! {
        <div class="table" tabindex="0" role="group" aria-label="The last messages">
            <table class="editing__list">
                <thead><tr>
                    for head in ["Message", "From", "Payload", "Frame up", "Frame down", "As JSON", "Is"] {
                        <th scope="col">{ head }</th>
                    }
                </tr></thead>
                <tbody>
                    for message in shown {
                        <tr class={classes!((chosen == Some(message.number)).then_some("is-chosen"))}>
                            <th scope="row"><button type="button" class="editing__pick" aria-pressed={(chosen == Some(message.number)).to_string()}
                                onclick={let number = message.number; on_choose.reform(move |_: MouseEvent| number)}>{ message.operation.said() }</button></th>
                            <td>{ SIDES[message.from.min(1)].to_ascii_lowercase() }</td>
                            <td class="num">{ message.payload() }</td>
                            <td class="num">{ message.up.len() }</td>
                            <td class="num">{ message.down.len() }</td>
                            <td class="num">{ message.operation.json().len() }</td>
                            <td>{ way(message) }</td>
                        </tr>
                    }
                </tbody>
            </table>
        </div>
    }
}

/// The bytes of a frame, each part with its colour and its name.
fn frame(caption: &str, sender: &'static str, bytes: &[u8]) -> Html {
    let Some(header) = Header::parse(bytes).header() else {
        return Html::default();
    };
    let end = bytes.len();
    let rest = header.spans().into_iter().filter_map(|span| {
        let range = span.bytes();
        let (class, name) = match span.field {
            Field::ExtendedLength => ("len", "length"),
            Field::Key => ("key", "key"),
            Field::Payload => (
                "payload",
                if header.key.is_some() {
                    "payload, masked"
                } else {
                    "payload"
                },
            ),
            _ => return None,
        };
        let at = |byte: u64| usize::try_from(byte).unwrap_or(end).min(end);
        Some((class, name, at(range.start)..at(range.end)))
    });
    let parts = [
        ("opcode", "FIN, opcode", 0..1.min(end)),
        ("len", "MASK, length", 1.min(end)..2.min(end)),
    ];
    let path = format!("/frames?hex={}&from={sender}", hex(bytes));
    html! {
        <div class="editing__frame">
            <p><b>{ caption }</b>{ format!(", {}: {} of header, {} of payload. ", counted(end as u64, "byte", "bytes"), header.len(), header.length) }
                { page_link(path, Classes::new(), html! { "Step through it" }) }</p>
            <p class="editing__bytes">
                for (class, name, range) in parts.into_iter().chain(rest) {
                    <span class={class}><i>{ hex_spaced(&bytes[range]) }</i><small>{ name }</small></span>
                }
            </p>
        </div>
    }
}

/// One message in full.
pub fn detail(message: &Message) -> Html {
    html! {
        <div class="editing__detail">
            { frame("From the editor to the server", "client", &message.up) }
            { frame("From the server to the other editor", "server", &message.down) }
            <p><b>{ "The same as JSON" }</b>{ format!(", {}:", counted(message.operation.json().len() as u64, "byte", "bytes")) }</p>
            <p class="editing__json" tabindex="0" role="group" aria-label="As JSON">{ message.operation.json() }</p>
        </div>
    }
}

/// What all messages come to.
pub fn totals(session: &Session) -> String {
    let totals = session.totals();
    if totals.messages == 0 {
        return String::new();
    }
    let tenths = totals.json * 10 / totals.wire.max(1);
    format!(
        "{} so far, {} of them cursors: {} on the wire, headers and both ways counted. As JSON they would be {}, {} times as much.",
        counted(totals.messages.into(), "message", "messages"),
        grouped(totals.cursors.into()),
        counted(totals.wire, "byte", "bytes"),
        counted(totals.json, "byte", "bytes"),
        fixed(tenths, 1)
    )
}
