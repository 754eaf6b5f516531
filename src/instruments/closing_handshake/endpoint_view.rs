//! Both ends: their state machines, and how it ended for each.

use sim::Micros;
use wire::Role;
use wire::close::Close;
use yew::prelude::*;

use super::endpoint::Program;
use super::event_log::{EndedBy, Ending, EndpointState, Run, WebSocketState};
use super::narration::{by, clock};
use crate::kit::icon::Icon;

/// An end's state machine, with the state it is in, and its TCP's.
pub fn endpoint_view(role: Role, endpoint: &EndpointState) -> Html {
    let (class, title) = match role {
        Role::Client => ("from-client", "Browser"),
        Role::Server => ("from-server", "Server"),
    };
    let program = match endpoint.program {
        Program::Running => None,
        Program::Hung => Some("hangs"),
        Program::Dead => Some("gone"),
    };
    let state = endpoint.state();
    let ready = match state {
        WebSocketState::Open => ("1 ", "OPEN"),
        WebSocketState::Closing => ("2 ", "CLOSING"),
        WebSocketState::Closed => ("3 ", "CLOSED"),
    };
    let code = |close: &Option<Option<Close>>| match close {
        None => "–".to_owned(),
        Some(None) => "empty".to_owned(),
        Some(Some(close)) => close.code.to_string(),
    };
    let states = [
        WebSocketState::Open,
        WebSocketState::Closing,
        WebSocketState::Closed,
    ]
    .map(|of| {
        let name = match of {
            WebSocketState::Open => "Open",
            WebSocketState::Closing => "Closing",
            WebSocketState::Closed => "Closed",
        };
        // The states in the RFC's words, for whoever points at them.
        let title = match of {
            WebSocketState::Open => "Messages come and go",
            WebSocketState::Closing => "The WebSocket Closing Handshake is Started",
            WebSocketState::Closed => "The WebSocket Connection is Closed",
        };
        // A process that is gone is in no state.
        let there = endpoint.program != Program::Dead;
        let way = match of.cmp(&state) {
            std::cmp::Ordering::Less => "closing-handshake__state--past",
            std::cmp::Ordering::Equal if there => "closing-handshake__state--here",
            _ => "closing-handshake__state--todo",
        };
        let current = (of == state && there).then_some("true");
        html! { <li class={way} {title} aria-current={current}><span>{ name }</span></li> }
    });
    let clean = endpoint.ended.as_ref().map(|ended| ended.outcome.clean);
    html! {
        <section class={classes!("closing-handshake__end", class)} aria-label={title}>
            <h2>{ title }
                if let Some(program) = program {
                    <em>{ program }</em>
                }
            </h2>
            <ol class="closing-handshake__states drawing">{ for states }</ol>
            <dl>
                <div><dt class="closing-handshake__short"><span class="closing-handshake__wide">{ "Close " }</span>{ "sent" }</dt><dd>{ code(&endpoint.sent) }</dd></div>
                <div><dt class="closing-handshake__short"><span class="closing-handshake__wide">{ "Close " }</span>{ "received" }</dt><dd>{ code(&endpoint.received) }</dd></div>
                <div><dt>{ "TCP" }</dt><dd>{ endpoint.tcp.name() }</dd></div>
                if role == Role::Client {
                    <div><dt>{ "readyState" }</dt><dd>
                        if endpoint.program == Program::Dead {
                            { "–" }
                        } else {
                            <span class="closing-handshake__wide">{ ready.0 }</span>{ ready.1 }
                        }
                    </dd></div>
                } else {
                    <div><dt>{ "Ended" }</dt><dd>{ match clean { None => "–", Some(true) => "cleanly", Some(false) => "not cleanly" } }</dd></div>
                }
            </dl>
        </section>
    }
}

/// What each end knows in the end, once it knows.
pub fn outcomes(run: &Run, now: Micros) -> Html {
    let over = run.last() <= now;
    // What the reader counts from: the call, or what went wrong before or without one.
    let from = match run.wrong_at {
        Some(at) if at < run.close_at => at,
        _ => run.close_at,
    };
    let since = if from == run.close_at {
        "after the close began"
    } else {
        "after it went wrong"
    };
    let of = |role: Role| {
        let ended = run.ended(role).filter(|ended| ended.at <= now);
        let endpoint = run.endpoint(role, now);
        match (ended, role) {
            (Some(ended), Role::Client)
                if ended.by == EndedBy::Itself || endpoint.program != Program::Running =>
            {
                html! { <p>{ "No script is left to be told." }</p> }
            }
            (Some(ended), Role::Client) => html! {
                <>
                    { event(ended) }
                    <p>{ format!("{} {since}. {}", clock(ended.at.saturating_sub(from)), by(role, ended.by)) }</p>
                    <p>{ match ended.by {
                        EndedBy::Failure => "An error event came first: the browser itself failed the connection.",
                        _ => "No error event came before it.",
                    } }</p>
                </>
            },
            (Some(ended), Role::Server) => html! {
                <>
                    <p class="closing-handshake__knows">{ sign(ended) }{ knows(ended) }</p>
                    <p>{ format!("{} {since}. {}", clock(ended.at.saturating_sub(from)), by(role, ended.by)) }</p>
                </>
            },
            (None, _) => html! { <p>{ not_yet(role, endpoint, over) }</p> },
        }
    };
    html! {
        <div class="closing-handshake__outcomes">
            <section class="from-client" aria-labelledby="closing-handshake-client">
                <h2 class="eyebrow" id="closing-handshake-client">{ "What the script is told" }</h2>
                { of(Role::Client) }
            </section>
            <section class="from-server" aria-labelledby="closing-handshake-server">
                <h2 class="eyebrow" id="closing-handshake-server">{ "What the server knows" }</h2>
                { of(Role::Server) }
            </section>
        </div>
    }
}

fn sign(ended: &Ending) -> Html {
    let (icon, class) = if ended.outcome.clean {
        (Icon::Check, "closing-handshake__clean")
    } else {
        (Icon::Cross, "closing-handshake__unclean")
    };
    html! { <span class={class}>{ icon.view() }</span> }
}

/// The event, as a script would print it.
fn event(ended: &Ending) -> Html {
    let outcome = &ended.outcome;
    html! {
        <div class="closing-handshake__event">
            <p>{ sign(ended) }{ " close event" }</p>
            <dl>
                <dt>{ "code" }</dt><dd><b>{ outcome.code.to_string() }</b>{ " " }<em>{ outcome.code.name() }</em></dd>
                <dt>{ "reason" }</dt><dd>{ format!("\"{}\"", outcome.reason.escape_debug()) }</dd>
                <dt>{ "wasClean" }</dt><dd>{ outcome.clean.to_string() }</dd>
            </dl>
        </div>
    }
}

fn knows(ended: &Ending) -> String {
    let outcome = &ended.outcome;
    match (outcome.code.0, outcome.clean) {
        (1006, _) => " Closed, and nobody said why: 1006.".to_owned(),
        (1005, true) => " Closed cleanly; the browser gave no code: 1005.".to_owned(),
        (code, true) => format!(" Closed cleanly; the browser said {code}."),
        (code, false) => format!(" Closed, not cleanly; the browser said {code}."),
    }
}

fn not_yet(role: Role, endpoint: &EndpointState, over: bool) -> &'static str {
    match (endpoint.program, role, over) {
        (Program::Dead, Role::Server, _) => "No program is left to know anything.",
        (Program::Dead, Role::Client, _) => "No script is left to be told.",
        (Program::Hung, _, true) => {
            "Nothing: it hangs. Should it wake, it will find what its kernel kept."
        }
        (_, Role::Client, false) => "Nothing yet. What do you expect?",
        (_, Role::Server, false) => "Nothing yet.",
        (_, Role::Client, true) => "Nothing. No event, and readyState stays as it was.",
        (_, Role::Server, true) => {
            "Nothing. The connection counts as open, until the server sends something or asks for a sign of life."
        }
    }
}
