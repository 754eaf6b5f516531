//! The frames on the wire, in order, and the gaps between them.

use wire::frame::Opcode;
use yew::prelude::*;

use super::interleaved::Interleaved;
use super::message::{MAX_INTERLEAVED, Origin, SentFrame};
use super::model::{Action, State};
use super::reassembly::{ReceiverState, breaks};
use crate::instruments::messages::{in_frame_inspector, readable};
use crate::kit::browser;
use crate::kit::icon::Icon;
use crate::kit::link::page_link;
use crate::kit::number::{counted, hex_spaced};
use crate::kit::playback::PlaybackAction;

/// The list.
pub fn list(
    state: &State,
    frames: &[SentFrame],
    states: &[ReceiverState],
    act: &Callback<Action>,
) -> Html {
    let fragments = state.message.cuts.len() + 1;
    let mut rows = Vec::new();
    let mut gap = 0;
    for (number, frame) in frames.iter().enumerate() {
        if let Origin::Fragment(fragment) = frame.origin {
            rows.push(between(state, fragment, fragments, act));
            gap = fragment + 1;
        }
        rows.push(row(state, number, frames, states.get(number + 1), act));
    }
    rows.push(between(state, gap, fragments, act));
    html! { <ol class="fragmentation__frames">{ for rows }</ol> }
}

/// Where another frame can be put: behind so many fragments, and behind the other frames there.
fn between(state: &State, gap: usize, fragments: usize, act: &Callback<Action>) -> Html {
    let open = state.open == Some(gap);
    let full = state.message.interleaved.len() >= MAX_INTERLEAVED;
    let place = if gap == 0 {
        "before the first fragment".to_owned()
    } else if gap == fragments {
        "after the last fragment".to_owned()
    } else {
        format!("between fragments {gap} and {}", gap + 1)
    };
    let toggle = act.reform(move |_: MouseEvent| Action::Open((!open).then_some(gap)));
    let onkeydown = {
        let act = act.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                act.emit(Action::Open(None));
                browser::focus(&format!("fragmentation-gap-{gap}"));
            }
        })
    };
    html! {
        <li class={classes!("fragmentation__between", open.then_some("fragmentation__between--open"))} key={format!("gap {gap}")}>
            <button type="button" id={format!("fragmentation-gap-{gap}")} class="fragmentation__put" onclick={toggle} aria-expanded={open.to_string()} disabled={full}
                aria-label={format!("Put a frame {place}")}><span aria-hidden="true">{ "+" }</span><small aria-hidden="true">{ "put a frame here" }</small></button>
            if open {
                <div class="chips" role="group" aria-label={format!("What to put {place}")} {onkeydown}>
                    { for Interleaved::ALL.into_iter().map(|what| {
                        let onclick = act.reform(move |_: MouseEvent| Action::Put(gap, what));
                        let broken = breaks(&state.message, gap, what);
                        html! {
                            <button type="button" class={classes!("chip", broken.then_some("broken"))} {onclick}>
                                { what.label() }
                                if broken { <span class="visually-hidden">{ " (illegal here)" }</span> }
                            </button>
                        }
                    }) }
                </div>
            }
        </li>
    }
}

fn row(
    state: &State,
    number: usize,
    frames: &[SentFrame],
    after: Option<&ReceiverState>,
    act: &Callback<Action>,
) -> Html {
    let Some(frame) = frames.get(number) else {
        return Html::default();
    };
    let reached = number < state.step();
    let here = number + 1 == state.step();
    let failed = after.is_some_and(|s| s.violation().is_some());
    let unread = after.is_some_and(|s| !s.read);
    let class = classes!(
        "fragmentation__frame",
        if reached {
            "fragmentation__frame--past"
        } else {
            "fragmentation__frame--todo"
        },
        here.then_some("fragmentation__frame--here"),
        (failed && reached).then_some("fragmentation__frame--bad"),
        (unread && reached).then_some("fragmentation__frame--unread"),
    );
    let to =
        act.reform(move |_: MouseEvent| Action::Playback(PlaybackAction::Go(number as u64 + 1)));
    let header = &frame.header;
    let (title, tail) = match frame.origin {
        Origin::Fragment(fragment) => {
            let turn = act.reform(move |_: MouseEvent| Action::Turn(fragment));
            let bit = u8::from(header.fin);
            (
                if state.message.cuts.is_empty() {
                    "The whole message".to_owned()
                } else {
                    format!("Fragment {}", fragment + 1)
                },
                html! {
                    <button type="button" class="fragmentation__fin fin" onclick={turn} title="Turn the FIN bit"
                        aria-label={format!("FIN {bit} of fragment {}; turn it", fragment + 1)}>{ format!("FIN {bit}") }</button>
                },
            )
        }
        Origin::Interleaved(place, what) => {
            let take = act.reform(move |_: MouseEvent| Action::Take(place));
            (
                what.label().to_owned(),
                html! {
                    <>
                        <span class="fragmentation__bit fin">{ format!("FIN {}", u8::from(header.fin)) }</span>
                        <button type="button" class="fragmentation__take" onclick={take} aria-label={format!("Take away frame {}, {}", number + 1, what.label())} title="Take it away">{ Icon::Cross.view() }</button>
                    </>
                },
            )
        }
    };
    let all = frames.iter().map(|frame| frame.bytes.as_slice());
    let link = in_frame_inspector(all, number, state.message.from, false);
    html! {
        <li class={class} key={format!("frame {number}")} aria-current={here.then_some("step")}>
            <button type="button" class="fragmentation__reach" onclick={to} aria-label={format!("Read as far as frame {}", number + 1)}>{ number + 1 }</button>
            <div class="fragmentation__what">
                <p class="fragmentation__name">
                    <b>{ title }</b>
                    <span class="fragmentation__bit opcode">{ format!("0x{:X} {}", header.opcode.bits(), header.opcode.name()) }</span>
                    { tail }
                    <span class="fragmentation__size">{ counted(header.length, "byte", "bytes") }{ plain(frame) }</span>
                </p>
                <p class="fragmentation__wire">
                    { bytes(frame) }
                    if let Some(link) = link {
                        { page_link(link, classes!("fragmentation__apart"), html! { <>{ "take apart" }<span class="visually-hidden">{ format!(" frame {}", number + 1) }</span></> }) }
                    }
                </p>
            </div>
        </li>
    }
}

/// The payload as people read it.
fn plain(frame: &SentFrame) -> String {
    let text = match frame.header.opcode {
        Opcode::Close => "1000".to_owned(),
        _ if frame.payload.is_empty() => return String::new(),
        _ => readable(&frame.payload),
    };
    format!(" “{text}”")
}

/// The bytes on the wire, each in the hue of its field.
fn bytes(frame: &SentFrame) -> Html {
    let extended = frame.header.length_form.extended_bytes();
    let key = if frame.header.key.is_some() { 4 } else { 0 };
    let ends = [
        ("opcode", 1),
        ("len", 2 + extended),
        ("key", 2 + extended + key),
        ("payload", frame.bytes.len()),
    ];
    let mut from = 0;
    let runs = ends.into_iter().filter_map(|(class, to)| {
        let run = frame.bytes.get(std::mem::replace(&mut from, to)..to)?;
        (!run.is_empty())
            .then(|| html! { <><code class={class}>{ hex_spaced(run) }</code>{ " " }</> })
    });
    runs.collect()
}
