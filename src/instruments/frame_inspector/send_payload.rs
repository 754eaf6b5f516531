//! The payload of a frame, sent down the live wire, and the frame that the browser made of it.

use std::rc::Rc;

use wire::Role;
use wire::frame::Opcode;
use yew::prelude::*;

use super::http_comparison::whole;
use super::sequence::FrameSequence;
use super::settings;
use crate::kit::icon::Icon;
use crate::kit::link::page_link;
use crate::kit::number::{counted, hex, hex_spaced};
use crate::live::entry::{EntryKind, FrameEntry};
use crate::live::machine::ConnectionState;
use crate::live::{LiveContext, use_live};

/// The largest payload that is sent, in bytes; the echo server takes messages up to 1 MiB.
const MOST: usize = 1 << 20;
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
}

/// What a page's script can send of a frame: its payload, as text where it is text.
fn message(sequence: &FrameSequence, number: usize) -> Result<(bool, Vec<u8>), &'static str> {
    let reading = whole(sequence, number)
        .ok_or("The frame is cut off: there is no whole payload to send.")?;
    let payload = reading.payload(&sequence.source, MOST + 1);
    if payload.len() > MOST {
        return Err("The echo server takes messages up to 1 MiB, and this payload is longer.");
    }
    let text = matches!(reading.opcode(), Some(Opcode::Text | Opcode::Continuation));
    Ok((text && std::str::from_utf8(&payload).is_ok(), payload))
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

/// The button, and what became of it.
#[component]
pub fn SendPayload(props: &SendPayloadProps) -> Html {
    let SendPayloadProps { sequence, number } = props;
    let live = use_live();
    let state = use_state(|| State::Idle);
    {
        // What was sent was another frame's payload.
        let state = state.setter();
        use_effect_with((sequence.clone(), *number), move |_| state.set(State::Idle));
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
    let Some(live) = live else {
        return Html::default();
    };
    let possible = message(sequence, *number);
    let onclick = {
        let (live, state, sequence, number) =
            (live.clone(), state.clone(), sequence.clone(), *number);
        Callback::from(move |_: MouseEvent| {
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
        })
    };
    let button = html! {
        <button type="button" class="btn" {onclick} disabled={possible.is_err() || *state == State::Opening}>{ "Send it down the live wire" }</button>
    };
    let said = match (&*state, &possible) {
        (_, Err(why)) => html! { <p>{ *why }</p> },
        (State::Opening, _) => html! { <p>{ "Opening the wire." }</p> },
        (State::Failed(why), _) => html! { <p class="error">{ why }</p> },
        (State::Sent(from), Ok((text, payload))) => sent(&live, *from, *text, payload),
        (State::Idle, Ok((text, _))) => html! {
            <p>{ format!("Your browser makes a frame of its own from the payload: {}, never fragmented, with a key that it chooses.", if *text { "text" } else { "binary" }) }</p>
        },
    };
    html! {
        <section class="fr-send" aria-label="Down the live wire">
            { button }
            <div aria-live="polite">{ said }</div>
        </section>
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
            <p class="fr-ways">
                if let Some(path) = path {
                    { page_link(path, Classes::new(), html! { "Take that frame apart" }) }
                }
                { page_link("/live", Classes::new(), html! { "See it on the live wire" }) }
            </p>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::frame_inspector::presets::Preset;

    fn of(name: &str) -> Result<(bool, Vec<u8>), &'static str> {
        message(
            &FrameSequence::new(Preset::named(name).unwrap().source()),
            0,
        )
    }

    #[test]
    fn a_script_sends_text_or_binary() {
        assert_eq!(of("hello"), Ok((true, b"Hello".to_vec())));
        assert_eq!(of("ping"), Ok((false, b"Hello".to_vec())));
        assert_eq!(of("utf8"), Ok((false, b"caf\xe9".to_vec())));
        assert!(of("mebibyte").is_ok());
    }
}
