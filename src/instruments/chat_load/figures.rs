//! What is counted in a run, and where an application's figures come from.

use sim::cluster::chat::{Output, Preset};
use yew::prelude::*;

use super::narration::share;
use crate::kit::number::{counted, grouped};

/// What there is to count: the words, and the figure.
fn figures(output: &Output) -> [(&'static str, String); 11] {
    let counts = &output.counts;
    [
        (
            "messages and events sent",
            grouped(counts.messages + counts.typing + counts.presence),
        ),
        (
            "frames that were meant for somebody",
            grouped(counts.addressed),
        ),
        ("deliveries", grouped(counts.deliveries)),
        (
            "missed: not connected, or not reached",
            grouped(counts.missed),
        ),
        ("lost with a server", grouped(counts.lost)),
        ("dropped at a full queue", grouped(counts.dropped)),
        ("conflated", grouped(counts.conflated)),
        (
            "discarded with a client that was disconnected",
            grouped(counts.discarded),
        ),
        (
            "slow clients disconnected",
            counted(counts.disconnected, "time", "times"),
        ),
        (
            "longest queue of a server",
            counted(output.queue_depth_max.into(), "frame", "frames"),
        ),
        (
            "longest queue of a slow client",
            counted(output.client_queue_max.into(), "frame", "frames"),
        ),
    ]
}

/// The table of counts.
pub fn counts(output: &Output) -> Html {
    html! {
        <div class="table" tabindex="0" role="group" aria-label="What there is to count">
            <table class="chat-load__figures">
                <thead><tr><th scope="col">{ "Counted" }</th><th scope="col">{ "In the run" }</th></tr></thead>
                <tbody>
                    for (what, value) in figures(output) {
                        <tr><th scope="row">{ what }</th><td>{ value }</td></tr>
                    }
                    <tr><th scope="row">{ "the busiest server’s work, as a share of the time" }</th><td>{ share(output.busiest) }</td></tr>
                </tbody>
            </table>
        </div>
    }
}

/// Where the figures of an application come from: whether somebody reports it or it is assumed, and what.
pub fn sources(preset: Preset) -> [(&'static str, &'static str); 4] {
    match preset {
        Preset::Chat => [
            (
                "As reported of Slack",
                "Heartbeats every 30 s; typing and presence events exist and are frequent.",
            ),
            (
                "Assumed",
                "How frequent: three typing events and a fifth of a presence event for each message.",
            ),
            (
                "Assumed",
                "10,000 people on 4 servers, rooms of 50, a message a minute, frames of 300 bytes.",
            ),
            (
                "Assumed",
                "20 µs of a server for a frame; a hop of 1 ms and 1 ms more on average; the network 20 ms and 15 ms more on average; 1 % slow clients at 10 frames a second, disconnected at 100 waiting.",
            ),
        ],
        Preset::MarketData => [
            (
                "As reported of Binance",
                "Frames of 100–500 bytes, 300 here; 10–100 updates a second for each symbol, 20 here; over a million connections, which are not all here.",
            ),
            (
                "Assumed",
                "20 symbols with 500 subscribers each on 4 servers. As reported, one connection carries several symbols; here it carries one.",
            ),
            (
                "Assumed",
                "Heartbeats every 20 s; 10 µs of a server for a frame; a hop of 0.5 ms and 0.5 ms more on average; the network 10 ms and 10 ms more on average.",
            ),
            (
                "Assumed",
                "2 % slow clients at 10 frames a second, with 10 waiting and conflation.",
            ),
        ],
        Preset::CollaborativeEditing => [
            (
                "As reported of Figma",
                "Small binary frames; operations, cursors and presence over the same connection.",
            ),
            ("Assumed", "How small: 80 bytes."),
            (
                "Assumed",
                "2,000 people on 4 servers, 5 to a document, an operation a second and ten cursor positions a second from each.",
            ),
            (
                "Assumed",
                "Heartbeats every 30 s; 20 µs of a server for a frame; a hop of 1 ms and 1 ms more on average; the network 20 ms and 15 ms more on average; 1 % slow clients at 20 frames a second, disconnected at 200 waiting.",
            ),
        ],
    }
}
