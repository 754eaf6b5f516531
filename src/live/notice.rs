//! What there is to say about the connection when all is not simply well, and what can be done.

use yew::prelude::*;

use super::api::NoWire;
use super::backoff;
use super::endpoint_url::Target;
use super::machine::{Closed, ConnectionState, Waiting};
use super::panel::LiveParts;
use super::state::closed_sentence;
use super::status::{Driver as _, countdown};
use super::{Live, LiveContext};
use crate::kit::rfc_link::rfc;
use crate::kit::wire_text::wire_text;

/// A strip below the toolbar. There is always one, as high as the others, so that nothing below moves when the wire opens.
pub fn notice(live: &LiveContext, state: &Live, parts: Option<&LiveParts>) -> Html {
    let content = match &state.machine.state {
        ConnectionState::Open(_) if state.machine.target.is_own() => {
            strip("Open. Every byte that crosses appears below.".into())
        }
        // What became of another address is no longer of interest once a new one is being written.
        ConnectionState::Idle | ConnectionState::Closed(_) if state.draft.address.is_some() => {
            html! {
                <>
                    { strip("Nothing goes to this address until you connect.".into()) }
                    if !state.machine.target.is_own() { <div class="live-wire__actions">{ own_button(live) }</div> }
                </>
            }
        }
        ConnectionState::Idle => strip("Nothing is connected yet.".into()),
        ConnectionState::Asking => strip("Asking the server for a wire of your own…".into()),
        ConnectionState::Connecting => strip("Shaking hands…".into()),
        ConnectionState::Closing(code) => {
            let then = if state.machine.restarts() {
                " The next connection begins then."
            } else {
                ""
            };
            strip(format!(
                "Closing with {code}: waiting for the other side’s close frame.{then}"
            ))
        }
        _ => match parts {
            Some(parts) => (parts.notice)(live, state),
            None => strip([state.words(), "."].concat()),
        },
    };
    html! {
        <div class={classes!("live-wire__notice", state.machine.state.tone().class())}>
            <i class="dot" aria-hidden="true"></i>
            { content }
        </div>
    }
}

/// What takes more words: the wire is lost, closed, or leads elsewhere.
pub fn at_length(live: &LiveContext, state: &Live) -> Html {
    match &state.machine.state {
        ConnectionState::Waiting(waiting) => waits(live, state, waiting),
        ConnectionState::Closed(closed) => closed_strip(live, state, closed),
        _ => other(live),
    }
}

fn strip(text: String) -> Html {
    html! { <div class="live-wire__said"><p><b>{ text }</b></p></div> }
}

fn button(label: &'static str, primary: bool, act: impl Fn() + 'static) -> Html {
    let onclick = Callback::from(move |_: MouseEvent| act());
    html! { <button type="button" class={classes!("btn", primary.then_some("primary"))} {onclick}>{ label }</button> }
}

fn own_button(live: &LiveContext) -> Html {
    let live = live.clone();
    button("Use this site’s echo", false, move || live.connect_own())
}

fn other(live: &LiveContext) -> Html {
    html! {
        <>
            <div class="live-wire__said">
                <p><b>{ "Only messages can be seen here, not bytes." }</b>{ " No browser gives a page the bytes of its WebSocket: not the frames, not the pings, not the handshake’s headers. Frames are shown for this site’s own echo, since its server copies the bytes for you." }</p>
            </div>
            <div class="live-wire__actions">{ own_button(live) }</div>
        </>
    }
}

fn waits(live: &LiveContext, state: &Live, waiting: &Waiting) -> Html {
    let ceiling = backoff::ceiling_ms(waiting.attempt) as u32 / 1000;
    let (now, stop) = (live.clone(), live.clone());
    html! {
        <>
            <div class="live-wire__said">
                <p><b>{ &waiting.why }</b>{ " " }<span class="live-wire__countdown">{ countdown(waiting.seconds(state.now)) }</span>{ "." }</p>
                <p>
                    { format!("Attempt {}. The wait was drawn at random between 0 and {ceiling} s: exponential backoff with full jitter, the ceiling doubling up to {} s. What you typed stays. ", waiting.attempt + 1, backoff::CAP_MS as u32 / 1000) }
                    { rfc("7.2.3") }
                </p>
            </div>
            <div class="live-wire__actions">
                { button("Connect now", true, move || now.retry()) }
                { button("Stop", false, move || stop.stop()) }
            </div>
        </>
    }
}

fn closed_strip(live: &LiveContext, state: &Live, closed: &Closed) -> Html {
    let again = live.clone();
    let own = state.machine.target.is_own();
    let more = match closed {
        Closed::ByReader(_) => "Nobody connects again until you do.",
        Closed::NoWire(NoWire::NotHere(_)) => {
            "This page needs Duplex’s server to show bytes: a static host cannot speak WebSocket. You can put another ws:// or wss:// address into the box above, and see its messages."
        }
        Closed::Never(_) if own => {
            "If the address has options, check them: the echo knows ping, fragment, delay and compress."
        }
        Closed::Never(_) if matches!(state.machine.target, Target::Other(_)) => {
            "Check that the address is right, the server is up, and it allows pages of this origin."
        }
        _ => "",
    };
    html! {
        <>
            <div class="live-wire__said">
                <p><b>{ wire_text(&closed_sentence(closed)) }</b>if !more.is_empty() { { " " }{ more } }</p>
            </div>
            <div class="live-wire__actions">
                { button("Connect again", true, move || again.connect()) }
                if !own { { own_button(live) } }
            </div>
        </>
    }
}
