//! The parts of the panel.

use std::cmp::Ordering;

use wire::Role;
use yew::prelude::*;

use super::model::{Exchange, Place, Sent};
use crate::kit::icon::Icon;
use crate::kit::link::page_link;
use crate::kit::number::{hex, hex_spaced};
use crate::kit::rfc_link::rfc_of;

/// How a part of the drawing stands to the reader.
struct Mark {
    class: &'static str,
    current: Option<&'static str>,
    onclick: Callback<MouseEvent>,
}

fn mark(exchange: &Exchange, place: Place, step: usize, go: &Callback<usize>) -> Mark {
    let at = exchange.step_of(place).unwrap_or_default();
    Mark {
        class: match at.cmp(&step) {
            Ordering::Less => "past",
            Ordering::Equal => "here",
            Ordering::Greater => "todo",
        },
        current: (at == step).then_some("step"),
        onclick: go.reform(move |_: MouseEvent| at),
    }
}

/// Both lanes, and what goes between them.
pub fn lanes(exchange: &Exchange, step: usize, go: &Callback<usize>) -> Html {
    let event = |place: Place, class: &'static str, inner: Html| {
        let mark = mark(exchange, place, step, go);
        html! {
            <button type="button" class={classes!("opening-handshake__event", class, mark.class)} aria-current={mark.current} onclick={mark.onclick}>{ inner }</button>
        }
    };
    let found = exchange.verdict.findings.len();
    html! {
        <>
            <div class="opening-handshake__ends"><span class="from-client">{ "Browser" }</span><span class="from-server">{ "Server" }</span></div>
            <div class="opening-handshake__track">
                { event(Place::Tcp, "tcp", html! {
                    <>
                        <span class="from-client">{ "→ SYN" }</span>
                        <span class="from-server">{ "← SYN, ACK" }</span>
                        <span class="from-client">{ "→ ACK" }</span>
                        <small>{ "TCP connection open" }</small>
                    </>
                }) }
                { http_message(exchange, Role::Client, step, go) }
                { event(Place::Judge, "judge", html! {
                    <>{ Icon::Check.view() }<span>{ format!("{found} requirements met: switch") }</span></>
                }) }
                { http_message(exchange, Role::Server, step, go) }
                <p class="opening-handshake__end"><span>{ "HTTP ends, WebSocket begins" }</span></p>
                { event(Place::Frames, "frames", html! {
                    <>
                        <span class="from-client">{ "→ " }<code>{ hex_spaced(&exchange.frame) }</code></span>
                        <small>{ "a text frame, “Hello”" }</small>
                    </>
                }) }
            </div>
        </>
    }
}

/// The request or the response, line by line.
fn http_message(exchange: &Exchange, from: Role, step: usize, go: &Callback<usize>) -> Html {
    let (class, title, arrow, lines) = match from {
        Role::Client => (
            "from-client",
            "Request, browser to server",
            "→",
            &exchange.request,
        ),
        Role::Server => (
            "from-server",
            "Response, server to browser",
            "←",
            &exchange.response,
        ),
    };
    html! {
        <div class={classes!("opening-handshake__message", class)} role="group" aria-label={title}>
            <p class="opening-handshake__way"><span aria-hidden="true">{ arrow }</span>{ format!(" {title}") }</p>
            <ol>
                for (i, line) in lines.iter().enumerate() {
                    <li>{ head_line(line, i == 0, mark(exchange, Place::Line(from, i), step, go)) }</li>
                }
            </ol>
        </div>
    }
}

fn head_line(line: &str, first: bool, mark: Mark) -> Html {
    let words = match line.split_once(": ") {
        Some((name, value)) if !first => {
            html! { <><b>{ name }</b>{ ": " }<wbr/>{ value }</> }
        }
        _ if line.is_empty() => {
            html! { <span class="visually-hidden">{ "the empty line" }</span> }
        }
        _ => html! { <b>{ line }</b> },
    };
    html! {
        <button type="button" class={classes!("opening-handshake__line", mark.class)} aria-current={mark.current} onclick={mark.onclick}>
            <span>{ words }<i aria-hidden="true">{ "\\r\\n" }</i></span>
        </button>
    }
}

/// What the step at hand is, and why it is there.
pub fn explanation(exchange: &Exchange, at: usize) -> Html {
    let Some(step) = exchange.steps.get(at) else {
        return Html::default();
    };
    let (place, class) = match step.place {
        Place::Tcp | Place::Frames => ("Both ways", "both"),
        Place::Line(Role::Client, _) => ("Browser → server", "from-client"),
        Place::Line(Role::Server, _) => ("Server → browser", "from-server"),
        Place::Judge => ("In the server", "from-server"),
    };
    html! {
        <section class={classes!("opening-handshake__explanation", class)} aria-label="Explanation" aria-live="polite">
            <p class="eyebrow">{ place }</p>
            <h2>{ &step.title }</h2>
            <p>{ &step.what }</p>
            <p>{ step.why }</p>
            if step.place == Place::Judge {
                <ul class="opening-handshake__met">
                    for finding in exchange.verdict.findings.iter() {
                        <li>{ Icon::Check.view() }{ finding.requirement.title() }</li>
                    }
                </ul>
            }
            if step.place == Place::Frames {
                <p>{ page_link(format!("/frames?hex={}&from=client", hex(&exchange.frame)), Classes::new(), html! { "Take this frame apart" }) }</p>
            }
            <p class="opening-handshake__cites">
                for (rfc, section) in step.cites.iter() {
                    { rfc_of(*rfc, section) }
                }
            </p>
        </section>
    }
}

/// Where things stand: what each side has sent, and what the page's script can see of it.
pub fn standing(exchange: &Exchange, step: usize) -> Html {
    let now = exchange.standing(step);
    let sent = |sent: Sent| format!("{} of {} bytes", sent.bytes, sent.of);
    let state = if now.opened {
        "1, OPEN"
    } else {
        "0, CONNECTING"
    };
    html! {
        <section class="opening-handshake__standing" aria-label="Where things stand">
            <h2 class="eyebrow">{ "Where things stand" }</h2>
            <dl class="facts">
                <dt>{ "Connection" }</dt><dd>{ now.speaks }</dd>
                <dt class="client">{ "Request" }</dt><dd>{ sent(now.request) }</dd>
                <dt class="server">{ "Response" }</dt><dd>{ sent(now.response) }</dd>
                <dt>{ "readyState" }</dt><dd>{ state }{ " " }<em>{ "what a script sees" }</em></dd>
            </dl>
        </section>
    }
}
