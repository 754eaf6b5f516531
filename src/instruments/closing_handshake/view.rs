//! What stands beside the ladder: what happens at the moment, in words, and what the lines mean.

use sim::Micros;
use wire::Role;
use yew::prelude::*;

use super::event_log::Run;
use super::narration::{clock, latest};
use crate::kit::rfc_link::rfc_section;

/// What happens at this moment.
pub fn narration(run: &Run, now: Micros) -> Html {
    let (at, told) = latest(run, now).unwrap_or_default();
    let over = run.last() <= now;
    html! {
        <section class="closing-handshake__narration" aria-label="What happens" aria-live="polite">
            <p class="eyebrow">{ format!("At {}", clock(at)) }</p>
            { for told.iter().map(|t| {
                let class = match t.role {
                    Some(Role::Client) => "from-client",
                    Some(Role::Server) => "from-server",
                    None => "both",
                };
                html! {
                    <div class={classes!("closing-handshake__told", class)}>
                        <h2>{ &t.title }</h2>
                        <p>
                            { &t.text }
                            { t.section.map(source).unwrap_or_default() }
                        </p>
                    </div>
                }
            }) }
            if over {
                <p class="closing-handshake__over">{ "Nothing more happens." }</p>
            }
        </section>
    }
}

/// What the lines mean.
pub fn legend() -> Html {
    let swatch = |class: &'static str, words: &'static str| {
        html! {
            <li>
                <svg width="18" height="22" aria-hidden="true"><line class={class} x1="9" x2="9" y1="0" y2="22"/></svg>
                { words }
            </li>
        }
    };
    html! {
        <ul class="closing-handshake__legend">
            { swatch("closing-handshake__websocket", "open") }
            { swatch("closing-handshake__websocket closing-handshake__websocket--closing", "closing") }
            { swatch("closing-handshake__under", "TCP open") }
            { swatch("closing-handshake__under closing-handshake__under--ends", "ending") }
            { swatch("closing-handshake__under closing-handshake__under--waits", "TIME_WAIT") }
        </ul>
    }
}

/// Where something is written: a section of RFC 6455, or an address.
fn source(place: &'static str) -> Html {
    if place.starts_with("https:") {
        html! { <>{ " " }<a class="rfc" href={place} rel="noopener">{ "the browsers’ standard" }</a></> }
    } else {
        html! { <>{ " " }{ rfc_section(place) }</> }
    }
}
