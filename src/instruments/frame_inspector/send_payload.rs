//! The payload of a frame, sent down the live wire, and the frame that the browser made of it.

use std::rc::Rc;

use wire::Role;
use yew::prelude::*;

use super::actions::message;
use super::sequence::FrameSequence;
use super::settings;
use crate::kit::icon::Icon;
use crate::kit::link::page_link;
use crate::kit::number::{counted, hex, hex_spaced};
use crate::live::entry::{EntryKind, FrameEntry};
use crate::live::machine::ConnectionState;
use crate::live::{LiveContext, use_live};

/// Bytes of the browser's frame that are shown.
const SHOWN: usize = 32;

/// How far it has come.
#[derive(Clone, Debug, PartialEq)]
enum State {
    Idle,
    /// The wire is being opened.
    Opening,
    /// It was sent, when the timeline was this long.
    Sent(u64),
    Failed(String),
}

/// Properties of [`SendPayload`].
#[derive(Properties, PartialEq)]
pub struct SendPayloadProps {
    /// The frames.
    pub sequence: Rc<FrameSequence>,
    /// The one whose payload is sent, from 0.
    pub number: usize,
    /// How many times the reader has asked for it: at least once.
    pub presses: u32,
}

/// The first data frame from the client in the timeline behind line `from`.
fn answer(live: &LiveContext, from: u64) -> Option<FrameEntry> {
    let state = live.live();
    let frames = state
        .record
        .entries()
        .iter()
        .filter(|entry| entry.id >= from);
    frames
        .filter_map(|entry| match &entry.kind {
            EntryKind::Frame(frame)
                if frame.from == Role::Client && !frame.header.opcode.is_control() =>
            {
                Some((**frame).clone())
            }
            _ => None,
        })
        .next()
}

/// What became of it.
#[component]
pub fn SendPayload(props: &SendPayloadProps) -> Html {
    let SendPayloadProps {
        sequence,
        number,
        presses,
    } = props;
    let live = use_live();
    let state = use_state(|| State::Idle);
    {
        let (state, live) = (state.clone(), live.clone());
        let (sequence, number) = (sequence.clone(), *number);
        use_effect_with(*presses, move |_| {
            let Some(live) = live else {
                state.set(State::Failed("There is no live wire here.".to_owned()));
                return;
            };
            if *state == State::Opening {
                return;
            }
            let (open, busy) = {
                let machine = &live.live().machine;
                (machine.state.is_open(), machine.state.is_busy())
            };
            if open {
                state.set(send(&live, &sequence, number));
                return;
            }
            state.set(State::Opening);
            if !busy {
                live.connect_own();
            }
        });
    }
    {
        // Once the wire is open, what waits for it goes.
        let (state, sequence, number) = (state.clone(), sequence.clone(), *number);
        use_effect_with((live.clone(), (*state).clone()), move |(live, now)| {
            let (Some(live), State::Opening) = (live, now) else {
                return;
            };
            let (open, ended) = {
                let machine = &live.live().machine;
                let ended = matches!(
                    machine.state,
                    ConnectionState::Closed(_) | ConnectionState::Waiting(_)
                );
                (machine.state.is_open(), ended)
            };
            if open {
                state.set(send(live, &sequence, number));
            } else if ended {
                state.set(State::Failed(
                    "The wire could not be opened. The live wire’s page says why.".to_owned(),
                ));
            }
        });
    }
    match (&*state, live, message(sequence, *number)) {
        (State::Sent(from), Some(live), Ok((text, payload))) => sent(&live, *from, text, &payload),
        (State::Failed(why), ..) => html! { <p class="error">{ why }</p> },
        _ => html! { <p>{ "Opening the wire." }</p> },
    }
}

fn send(live: &LiveContext, sequence: &FrameSequence, number: usize) -> State {
    let (text, payload) = match message(sequence, number) {
        Ok(message) => message,
        Err(why) => return State::Failed(why.to_owned()),
    };
    let from = live.live().record.next_id();
    match live.send_message(text, &payload) {
        Ok(()) => State::Sent(from),
        Err(why) => State::Failed(why),
    }
}

/// The frame that the browser made.
fn sent(live: &LiveContext, from: u64, text: bool, payload: &[u8]) -> Html {
    let Some(frame) = answer(live, from) else {
        let own = live.live().machine.target.is_own();
        return if own {
            html! { <p>{ "Sent. The tap has not shown it yet." }</p> }
        } else {
            html! { <p>{ "Sent. Only this site’s own server has a tap that shows the frame." }</p> }
        };
    };
    let key = frame.header.key.map(|key| hex(&key)).unwrap_or_default();
    let mut differences = vec![format!("its own key, {key}")];
    if frame.header.rsv1 {
        differences.push(format!(
            "compressed to {} of payload, so RSV1 is 1",
            counted(frame.header.length, "byte", "bytes")
        ));
    }
    let shown = hex_spaced(&frame.raw[..frame.raw.len().min(SHOWN)]);
    let more = if frame.raw.len() > SHOWN { " …" } else { "" };
    let path = frame
        .is_whole()
        .then(|| settings::link(&frame.raw, Role::Client, frame.deflate))
        .flatten();
    html! {
        <>
            <p>
                { Icon::Check.view() }
                { format!(" Your browser sent {} of {} as a frame of {}, with {}.",
                    counted(payload.len() as u64, "byte", "bytes"),
                    if text { "text" } else { "binary" },
                    counted(frame.wire_len(), "byte", "bytes"),
                    differences.join(", and ")) }
            </p>
            <p><code>{ shown }{ more }</code></p>
            <p class="frame-inspector__ways">
                if let Some(path) = path {
                    { page_link(path, Classes::new(), html! { "Take that frame apart" }) }
                }
                { page_link("/live", Classes::new(), html! { "See it on the live wire" }) }
            </p>
        </>
    }
}
