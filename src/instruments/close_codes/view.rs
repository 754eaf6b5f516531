//! The ranges, the codes with a name, and what there is to say of one.

use crate::instruments::frame_inspector::link as frame_link;
use crate::kit::link::page_link;
use wire::Role;
use wire::close::{CloseCode, CodeKind, REGISTERED};
use yew::prelude::*;

use super::meanings::{Meaning, RANGES, meaning};
use super::model::{frame, on_receipt};
use crate::kit::icon::Icon;
use crate::kit::number::hex_spaced;
use crate::kit::rfc_link::rfc;

/// Where codes beyond the RFC's are listed.
const IANA: &str = "https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number";

/// The ranges, as buttons. A range shows its example.
pub fn ranges(now: CloseCode, on_choose: &Callback<u16>) -> Html {
    html! {
        <ul class="close-codes__ranges">
            for range in RANGES.iter() {
                <li>
                    <button type="button" class={classes!("close-codes__range", range.class)}
                        onclick={let example = range.example; on_choose.reform(move |_: MouseEvent| example)}
                        aria-pressed={range.codes.contains(&now.0).to_string()}>
                        <b>{ range.name }</b><span>{ range.what }</span>
                    </button>
                </li>
            }
        </ul>
    }
}

/// The codes that have a name, as buttons.
pub fn named(now: CloseCode, on_choose: &Callback<u16>) -> Html {
    html! {
        <ul class="close-codes__named">
            for entry in REGISTERED {
                { named_code(entry.code, now, on_choose) }
            }
        </ul>
    }
}

fn named_code(code: CloseCode, now: CloseCode, on_choose: &Callback<u16>) -> Html {
    let (class, word) = match code.kind() {
        CodeKind::LocalOnly => (Some("close-codes__code--local"), "must not be sent"),
        CodeKind::Reserved => (Some("close-codes__code--reserved"), ""),
        _ if code.script_may_send() => (Some("close-codes__code--script"), "scripts too"),
        _ => (None, ""),
    };
    html! {
        <li>
            <button type="button" class={classes!("close-codes__code", class)}
                onclick={on_choose.reform(move |_: MouseEvent| code.0)} aria-pressed={(code == now).to_string()}>
                <b>{ code.0 }</b><span>{ code.name() }</span>
                if !word.is_empty() {
                    <small>{ word }</small>
                }
            </button>
        </li>
    }
}

/// What there is to say of a code.
pub fn verdict(code: CloseCode) -> Html {
    let Meaning {
        means,
        who,
        behind,
        then,
    } = meaning(code);
    let registered = REGISTERED.iter().find(|entry| entry.code == code);
    let source = match registered {
        Some(entry) if entry.in_rfc => rfc("7.4.1"),
        Some(_) => html! { <a class="rfc" href={IANA} rel="noopener">{ "IANA’s registry" }</a> },
        None => rfc("7.4.2"),
    };
    let bytes = frame(code);
    let local = code.kind() == CodeKind::LocalOnly;
    let travels = match code.kind() {
        CodeKind::LocalOnly => "Never. An endpoint tells it to its own application.",
        CodeKind::Reserved => "Not today: it is kept for the protocol’s future.",
        _ => "No. It is not a close code.",
    };
    let path = frame_link(&bytes, Role::Server, false);
    html! {
        <section class="close-codes__verdict" aria-label="What this code means">
            <h2><b class="mono">{ code.to_string() }</b>{ " " }{ code.name() }</h2>
            <p>{ means }</p>
            <dl>
                <dt>{ "May a close frame carry it?" }</dt>
                { answer(code.may_be_sent(), travels.into()) }
                <dt>{ "May a page’s script pass it to close()?" }</dt>
                { answer(code.script_may_send(), html! { <>{ "No: " }<code>{ "InvalidAccessError" }</code>{ "." }</> }) }
                if let Some(who) = who {
                    <dt>{ if local { "Who says it?" } else { "Who sends it?" } }</dt>
                    <dd><span>{ who }</span></dd>
                }
                <dt>{ "And if a frame carries it?" }</dt>
                <dd><span>{ on_receipt(code) }</span></dd>
                if let Some(behind) = behind {
                    <dt>{ "What is usually the cause?" }</dt>
                    <dd><span>{ behind }</span></dd>
                }
                if let Some(then) = then {
                    <dt>{ "What should a page do about it?" }</dt>
                    <dd><span>{ then }</span></dd>
                }
            </dl>
            <p class="close-codes__frame">
                <span>{ if code.may_be_sent() { "On the wire, from a server: " } else { "As a frame that breaks the rule: " } }</span>
                if let Some(path) = path {
                    { page_link(path, classes!("mono"), html! { hex_spaced(&bytes) }) }
                }
            </p>
            <p class="close-codes__cite">
                { source }
            </p>
        </section>
    }
}

/// Yes, or the words for no.
fn answer(yes: bool, no: Html) -> Html {
    let (icon, class, words) = if yes {
        (Icon::Check, "close-codes__yes", "Yes.".into())
    } else {
        (Icon::Cross, "close-codes__no", no)
    };
    html! { <dd><span {class}>{ icon.view() }</span><span>{ words }</span></dd> }
}
