//! Where the analogy stops being true.

use yew::prelude::*;

use crate::kit::rfc_link::{rfc, rfc_of};

/// The id of what says so.
pub const ID: &str = "polling-vs-websocket-analogy";

/// What the analogy says, and how it is.
pub fn analogy() -> Html {
    let points: [(&str, Html); 8] = [
        (
            "Both at once",
            html! { <>{ "On a walkie-talkie one speaks while the other listens: half duplex. On a WebSocket both may send at the same moment: full duplex, which gave this page its name. " }{ rfc("1.2") }</> },
        ),
        (
            "Nobody else hears",
            html! { "A radio channel reaches everyone tuned to it. A WebSocket joins two endpoints. News for a thousand people is sent a thousand times." },
        ),
        (
            "Nothing gets lost on the way",
            html! { "Radio drops words. TCP delivers every byte, in order, or the connection ends. What was sent last before it ended may be gone all the same, and nobody says which." },
        ),
        (
            "Frequencies are not physics",
            html! { <>{ "How many connections a server holds is a matter of memory, file descriptors and settings. A process may open only so many files, 1,024 on many Linux systems until told otherwise (see " }<code>{ "ulimit -n" }</code>{ " on yours); told otherwise, it holds many more." }</> },
        ),
        (
            "Mail may keep its door open",
            html! { <>{ "Here each answer says " }<code>{ "Connection: close" }</code>{ ". Usually HTTP keeps the connection for the next letter. That saves opening TCP each time (this model does not count that), but holds a frequency between letters." }</> },
        ),
        (
            "Envelopes got thinner",
            html! { <>{ "HTTP/2 and HTTP/3 send headers compressed and many letters over one connection, so a header that was sent before costs a byte or two. The asking remains. " }{ rfc_of(7541u16, "6.1") }</> },
        ),
        (
            "The carrier can wait at the door",
            html! { <>{ "With long polling the server keeps the letter until there is news. News that comes just after an answer waits for that answer to arrive and for the next letter: up to three ways instead of one. With server-sent events one answer never ends, and news waits no longer than on a WebSocket. Both hold a frequency meanwhile. " }{ rfc_of(6202u16, "2.2") }</> },
        ),
        (
            "Below, everything costs more",
            html! { "Every letter and every frame also carries TCP and IP headers, 40 bytes or more a packet, and TLS adds its own. They are the same kind of cost on both lines, and not counted here. Nor are loss, jitter and pings." },
        ),
    ];
    html! {
        <section id={ID} class="breaks" aria-label="Where the analogy breaks">
            <dl>
                { for points.into_iter().map(|(title, text)| html! { <div><dt>{ title }</dt><dd>{ text }</dd></div> }) }
            </dl>
        </section>
    }
}
