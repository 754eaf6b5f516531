//! A letter or a frame, opened.

use crate::instruments::frame_inspector::link_at;
use crate::kit::link::page_link;
use sim::Micros;
use sim::news::Run;
use yew::prelude::*;

use super::totals::{bytes, seconds};
use super::transmissions::{Channel, Content, Transmission, sent};
use crate::kit::icon::Icon;
use wire::Role;

/// The id of the inspector's heading, which takes the focus when something is opened.
pub const HEADING: &str = "polling-vs-websocket-opened";

/// Shows the very bytes of what was sent, with the way to the one before and the one after.
pub fn inspector(
    run: &Run,
    now: Micros,
    transmission: Transmission,
    on_open: &Callback<Option<Transmission>>,
) -> Html {
    let Some(opened) = transmission.open(run) else {
        return Html::default();
    };
    let many = sent(transmission.channel, run, now);
    let go = |index: Option<usize>| {
        let to = index.map(|index| Transmission {
            index,
            ..transmission
        });
        let on_open = on_open.clone();
        Callback::from(move |_| {
            if let Some(to) = to {
                on_open.emit(Some(to));
            }
        })
    };
    let back = transmission.index.checked_sub(1);
    let on = Some(transmission.index + 1).filter(|&next| next < many);
    let close = on_open.reform(|_| None);
    let who = if opened.from_client {
        "from-client"
    } else {
        "from-server"
    };
    let facts = format!(
        "{}, from {} · left at {}, {} at {}",
        bytes(opened.len() as u64),
        if opened.from_client {
            "you"
        } else {
            "the server"
        },
        clock(opened.left),
        if opened.arrives <= now {
            "arrived"
        } else {
            "will arrive"
        },
        clock(opened.arrives)
    );
    html! {
        <section class="reading" aria-labelledby={HEADING}>
            <div class="reading-head">
                <h2 id={HEADING} tabindex="-1">{ &opened.title }</h2>
                <button type="button" class="btn" onclick={go(back)} aria-label="The one before" aria-disabled={back.is_none().then_some("true")}>{ Icon::Back.view() }</button>
                <button type="button" class="btn" onclick={go(on)} aria-label="The one after" aria-disabled={on.is_none().then_some("true")}>{ Icon::Forward.view() }</button>
                <button type="button" class="btn" onclick={close}>{ Icon::Cross.view() }{ "Close" }</button>
            </div>
            <p class="facts-line">{ facts }</p>
            { match &opened.content {
                Content::Http(text) => html! {
                    <>
                        <pre class={classes!("letter", "wrap", who)} tabindex="0" aria-label="The letter"><span class={who}>{ text.trim_end() }</span></pre>
                        <p class="note">{ letter_note(opened.from_client, transmission.channel) }</p>
                    </>
                },
                Content::Frame(frame) => frame_view(frame),
            } }
        </section>
    }
}

fn letter_note(from_client: bool, channel: Channel) -> &'static str {
    match (channel, from_client) {
        (Channel::Polling, true) => {
            "The headers that Chromium 156 sends with a script’s fetch, and a session cookie. Each line ends with two bytes more, CR LF, and an empty line ends the head; they are counted."
        }
        (Channel::Polling, false) => {
            "As few headers as a careful server sends. Where nothing happened, it says 204 and needs no body."
        }
        (Channel::WebSocket, true) => {
            "Also a letter, the last one: the headers that Chromium 156 sends to open a WebSocket, with the example key of the RFC."
        }
        (Channel::WebSocket, false) => {
            "101 ends HTTP on this connection. It accepts no compression, so the frames stay readable. From here on there are only frames."
        }
    }
}

fn frame_view(frame: &[u8]) -> Html {
    let payload = String::from_utf8_lossy(&frame[2..]).into_owned();
    let path = link_at(frame, Role::Server, false, 0);
    html! {
        <>
            <pre class="http-message wrap" tabindex="0" aria-label="The frame"><span class="opcode">{ format!("{:02x}", frame[0]) }</span>{ " " }<span class="len">{ format!("{:02x}", frame[1]) }</span>{ " " }<span class="payload">{ payload }</span></pre>
            <p class="note">
                { format!("Two bytes of header: 81 says that this is a whole text message, {:02x} that {} bytes follow. Then the message. ", frame[1], frame.len() - 2) }
                if let Some(path) = path {
                    { page_link(path, Classes::new(), html! { "Take it apart" }) }
                }
            </p>
        </>
    }
}

fn clock(at: Micros) -> String {
    seconds(at as f64)
}
