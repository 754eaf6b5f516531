//! The endpoint that reads the frames: a real session, fed as far as the reader has stepped.

use wire::Role;
use wire::close::Close;
use wire::decode::Decoder;
use wire::frame::Opcode;
use wire::rule::Violation;
use wire::session::Kind;
use yew::prelude::*;

use super::message::SentFrame;
use super::model::State;
use super::narration::explain;
use super::reassembly::{HeldMessage, Outcome, ReceiverEvent, ReceiverState, outcome};
use super::settings::receiver;
use crate::kit::icon::Icon;
use crate::kit::number::{counted, hex_spaced};
use crate::kit::playback::PlaybackBar;
use crate::kit::rfc_link::{rfc_section, rfc_short};
use crate::kit::wire_text::wire_text;

/// The panel.
pub fn view(
    state: &State,
    frames: &[SentFrame],
    states: &[ReceiverState],
    bar: &PlaybackBar,
) -> Html {
    let step = state.step().min(frames.len());
    let seen = states.get(..=step).unwrap_or_default();
    let from = state.message.from;
    html! {
        <>
            <h2 class="eyebrow">{ format!("{} reads", receiver(from)) }</h2>
            <div class="fragmentation__steps">{ bar.view(Html::default()) }</div>
            <section class="fragmentation__say" aria-label="What the receiver does" aria-live="polite">
                { told(step, frames, states) }
            </section>
            { holding(seen.last()) }
            { application(from, seen) }
            { answers(from, seen) }
            { verdict(from, step, frames, states) }
        </>
    }
}

fn told(step: usize, frames: &[SentFrame], states: &[ReceiverState]) -> Html {
    let read = step
        .checked_sub(1)
        .and_then(|n| Some((frames.get(n)?, states.get(n)?, states.get(step)?)));
    let Some((frame, before, now)) = read else {
        return html! { <p>{ "Nothing has come yet." }</p> };
    };
    let (text, cites) = explain(frame, before, now);
    html! {
        <>
            <h3>{ format!("Frame {step}: {}", frame.header.opcode.name()) }</h3>
            <p>{ text }{ " " }{ for cites.iter().map(|section| html! { <>{ rfc_section(section) }{ " " }</> }) }</p>
        </>
    }
}

fn holding(now: Option<&ReceiverState>) -> Html {
    let held = now.and_then(|state| state.held.as_ref());
    html! {
        <section class="fragmentation__holding" aria-label="Holding">
            <h3 class="fragmentation__head">{ "It holds" }{ held.map(|h| html! { <small>{ counted((h.bytes.len() + h.pending.len()) as u64, "byte", "bytes") }</small> }) }</h3>
            <div class={classes!("fragmentation__buffer", held.is_none().then_some("fragmentation__buffer--empty"))}>
                { match held {
                    None => html! { "nothing" },
                    Some(held) => content(held),
                } }
            </div>
        </section>
    }
}

fn content(held: &HeldMessage) -> Html {
    let whole = match held.kind {
        Kind::Text => String::from_utf8_lossy(&held.bytes).into_owned(),
        Kind::Binary => hex_spaced(&held.bytes),
    };
    html! {
        <>
            if !whole.is_empty() { <span class="fragmentation__whole">{ wire_text(&whole) }</span> }
            if !held.pending.is_empty() {
                <span class="fragmentation__pending"><code>{ hex_spaced(&held.pending) }</code>{ for (0..held.missing).map(|_| html! { <i aria-hidden="true"></i> }) }</span>
                <small>{ format!("waiting for {} of a character", counted(held.missing as u64, "more byte", "more bytes")) }</small>
            } else if whole.is_empty() {
                <small>{ "a message of 0 bytes so far" }</small>
            }
        </>
    }
}

fn application(from: Role, seen: &[ReceiverState]) -> Html {
    let (title, event) = match from {
        Role::Client => ("Its application has", "message"),
        Role::Server => ("The page’s script has", "onmessage"),
    };
    let items: Vec<Html> = seen
        .iter()
        .enumerate()
        .flat_map(|(step, state)| state.happened.iter().map(move |h| (step, h)))
        .filter_map(|(step, happened)| {
            let text = match happened {
                ReceiverEvent::Text(text) => format!("“{text}”"),
                ReceiverEvent::Binary(bytes) => hex_spaced(bytes),
                _ => return None,
            };
            Some(html! { <li><b>{ event }</b>{ " " }<span class="fragmentation__whole">{ wire_text(&text) }</span><small>{ format!("after frame {step}") }</small></li> })
        })
        .collect();
    list(title, items, "nothing yet")
}

fn answers(from: Role, seen: &[ReceiverState]) -> Html {
    let items: Vec<Html> = seen
        .iter()
        .enumerate()
        .filter(|(_, state)| !state.answer.is_empty())
        .map(|(step, state)| {
            let frame = Decoder::new(from.peer()).push(&state.answer).into_iter().next();
            let name = frame.map_or(String::new(), |f| match f.header.opcode {
                Opcode::Close => match Close::read(&f.payload) {
                    Some(close) => format!("close {}", close.code),
                    None => "close".to_owned(),
                },
                other => other.name().to_owned(),
            });
            html! { <li><b>{ name }</b>{ " " }<code>{ shortened(&state.answer) }</code><small>{ format!("after frame {step}") }</small></li> }
        })
        .collect();
    if items.is_empty() {
        return Html::default();
    }
    list("It has sent back", items, "nothing")
}

fn shortened(bytes: &[u8]) -> String {
    const MOST: usize = 10;
    match bytes.get(..MOST) {
        Some(first) if bytes.len() > MOST => format!("{} …", hex_spaced(first)),
        _ => hex_spaced(bytes),
    }
}

fn list(title: &'static str, items: Vec<Html>, none: &'static str) -> Html {
    html! {
        <section aria-label={title}>
            <h3 class="fragmentation__head">{ title }</h3>
            if items.is_empty() {
                <p class="fragmentation__none">{ none }</p>
            } else {
                <ul class="fragmentation__events">{ for items }</ul>
            }
        </section>
    }
}

fn verdict(from: Role, step: usize, frames: &[SentFrame], states: &[ReceiverState]) -> Html {
    let who = receiver(from);
    let seen = states.get(..=step).unwrap_or_default();
    let all = step >= frames.len();
    let inner = match outcome(seen) {
        Outcome::Failed(number, violation) => failed(who, number, &violation, frames),
        Outcome::Closed { unread, lost } => html! {
            <div class="verdict open">
                <p>
                    <b>{ "The connection is closing." }</b>
                    if lost { { " The message under way is lost: nobody will ever get a byte of it." } }
                    if unread > 0 { { " Its sender went on after its own close frame, which it must not. " }{ rfc_section("5.5.1") } }
                </p>
            </div>
        },
        Outcome::Waiting if all => html! {
            <div class="verdict open">
                <p><b>{ "It waits. " }</b>{ "No fragment with FIN 1 has come, so the message has no end. How long that may take, the RFC leaves open." }</p>
            </div>
        },
        Outcome::Waiting => {
            html! { <div class="verdict open"><p>{ "Nothing wrong so far. A message is under way." }</p></div> }
        }
        Outcome::Delivered(_) if !all => {
            html! { <div class="verdict open"><p>{ "Nothing wrong so far." }</p></div> }
        }
        Outcome::Delivered(count) => html! {
            <div class="verdict">
                <p>{ Icon::Check.view() }<b>{ format!(" {who} accepts all of it. ") }</b>{ counted(count as u64, "message", "messages") }{ ", and no trace of how they were cut." }</p>
            </div>
        },
    };
    html! { <section class="fragmentation__verdict" aria-label="The receiver’s verdict" aria-live="polite">{ inner }</section> }
}

fn failed(who: &str, number: usize, violation: &Violation, frames: &[SentFrame]) -> Html {
    let rule = violation.rule;
    let code = rule.close_code();
    let place = frames
        .get(number)
        .map(|frame| violation.at.start.saturating_sub(frame.offset))
        .unwrap_or_default();
    html! {
        <div class="verdict bad">
            <p>{ Icon::Warn.view() }<b>{ format!(" {who} fails the connection with {code}, {}. ", code.name()) }</b></p>
            <p>{ format!("{}: byte {} of frame {}. ", rule.title(), place, number + 1) }{ rfc_short(rule.rfc(), rule.section()) }</p>
        </div>
    }
}
