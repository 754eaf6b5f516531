//! What the reader works: address, compression, closing, composing.

use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::compose::{Kind, reason_len, too_long};
use super::machine::ConnectionState;
use super::status::Driver as _;
use super::{Live, LiveContext};
use crate::kit::choice::{Chip, chips};

fn typed(event: &InputEvent) -> String {
    event
        .target_dyn_into::<HtmlInputElement>()
        .map(|input| input.value())
        .unwrap_or_default()
}

/// Where to, with compression or without, and the end. `closing` where the reader chooses how to close.
pub fn target_form(
    live: &LiveContext,
    state: &Live,
    closing: bool,
    onmore: Callback<MouseEvent>,
) -> Html {
    let address = state
        .draft
        .address
        .clone()
        .unwrap_or_else(|| state.address());
    let oninput = {
        let live = live.clone();
        Callback::from(move |event: InputEvent| {
            let text = typed(&event);
            live.edit(|draft| draft.address = Some(text));
        })
    };
    let onsubmit = {
        let live = live.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            live.connect();
        })
    };
    let compression = {
        let (live, on) = (live.clone(), !state.compression);
        Callback::from(move |_: MouseEvent| live.set_compression(on))
    };
    let trouble = state.trouble.address.as_deref();
    html! {
        <>
            <form class="live-wire__target" {onsubmit} novalidate=true>
                <input
                    class="input mono" type="text" inputmode="url" autocomplete="off" autocapitalize="off" spellcheck="false"
                    aria-label="Address" value={address} {oninput}
                    aria-invalid={trouble.map(|_| "true")} aria-describedby={trouble.map(|_| "address-error")}
                />
                if state.machine.target.leaves_compression_open() {
                    <button type="button" class="btn" onclick={compression}
                        title="Turning it takes a new handshake: the wire is closed and opened again">
                        { if state.compression { "compression: on" } else { "compression: off" } }
                    </button>
                }
                { main_button(live, state, closing, onmore) }
            </form>
            if let Some(trouble) = trouble {
                <p id="address-error" class="error" role="alert">{ trouble }</p>
            }
        </>
    }
}

/// Connects or closes, whichever makes sense now. A closed wire has a button of its own below.
fn main_button(live: &LiveContext, state: &Live, more: bool, onmore: Callback<MouseEvent>) -> Html {
    if state.draft.address.is_some() || state.machine.state == ConnectionState::Idle {
        return html! { <button type="submit" class="btn primary">{ "Connect" }</button> };
    }
    if matches!(state.machine.state, ConnectionState::Closed(_)) {
        return Html::default();
    }
    let close = {
        let live = live.clone();
        Callback::from(move |_: MouseEvent| live.close())
    };
    let open = state.machine.state.is_open();
    html! {
        <span class="live-wire__close">
            <button type="button" class="btn" disabled={!open} onclick={close}>{ format!("Close {}", state.draft.code.trim()) }</button>
            <button type="button" class="btn" disabled={!open} onclick={onmore} aria-expanded={(more && open).to_string()} aria-label="Choose how to close">
                <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 9.5l6 6 6-6"/></svg>
            </button>
        </span>
    }
}

/// The close frame: its code and its reason.
pub fn closing_form(live: &LiveContext, state: &Live) -> Html {
    let oncode = {
        let live = live.clone();
        Callback::from(move |event: InputEvent| {
            let text = typed(&event);
            live.edit(|draft| draft.code = text);
        })
    };
    let onreason = {
        let live = live.clone();
        Callback::from(move |event: InputEvent| {
            let text = typed(&event);
            live.edit(|draft| draft.reason = text);
        })
    };
    let onsubmit = {
        let live = live.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            live.close();
        })
    };
    let checked = super::compose::close_code(&state.draft.code).err();
    let (bytes, fits) = reason_len(&state.draft.reason);
    let count = format!("{bytes} of 123 bytes");
    html! {
        <form class="live-wire__closing" {onsubmit} novalidate=true>
            <label class="field"><span>{ "Close code" }</span>
                <input class="input mono" type="text" inputmode="numeric" autocomplete="off" value={state.draft.code.clone()} oninput={oncode}
                    aria-invalid={checked.as_ref().map(|_| "true")} aria-describedby="close-help"/>
            </label>
            <label class="field"><span>{ "Reason" }</span>
                <input class="input" type="text" autocomplete="off" value={state.draft.reason.clone()} oninput={onreason}
                    aria-invalid={(!fits).then_some("true")} aria-describedby="close-count"/>
            </label>
            <button type="submit" class="btn">{ "Send the close frame" }</button>
            <p id="close-count" class={classes!("note", "note--small", (!fits).then_some("bad"))} role="status">
                { count }
                if !fits { { ". " }{ too_long(bytes) } }
            </p>
            <p id="close-help" class={if checked.is_some() { "error" } else { "note note--small" }}>
                if let Some(why) = checked.or_else(|| state.trouble.close.clone()) {
                    { why }{ " " }
                } else {
                    { "A page may send 1000, or 3000 to 4999. Browsers refuse the rest, 1001 too: those codes are for endpoints themselves. " }
                }
                <a class="rfc" href="https://websockets.spec.whatwg.org/#dom-websocket-close" rel="noopener">{ "the browsers’ standard" }</a>
            </p>
        </form>
    }
}

/// Messages to try: what the button says, and the text.
fn samples() -> [(&'static str, Kind, String); 3] {
    [
        ("Hello", Kind::Text, "Hello".into()),
        (
            "2,000 characters",
            Kind::Text,
            "the same words again and ".repeat(80),
        ),
        (
            "16 bytes",
            Kind::Binary,
            "00 01 02 03 04 05 06 07 f8 f9 fa fb fc fd fe ff".into(),
        ),
    ]
}

/// What to send. `message` is where it is typed.
pub fn composer(
    live: &LiveContext,
    state: &Live,
    message: NodeRef,
    onsubmit: Callback<SubmitEvent>,
) -> Html {
    let kind = state.draft.kind;
    let onkind = {
        let live = live.clone();
        Callback::from(move |event: Event| {
            let binary = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
                .is_some_and(|select| select.value() == "binary");
            live.edit(|draft| draft.kind = if binary { Kind::Binary } else { Kind::Text });
        })
    };
    let oninput = {
        let live = live.clone();
        Callback::from(move |event: InputEvent| {
            let text = typed(&event);
            live.edit(|draft| match draft.kind {
                Kind::Text => draft.text = text,
                Kind::Binary => draft.hex = text,
            });
        })
    };
    // A field of one line would take the ends of lines out of a dump.
    let onpaste = {
        let live = live.clone();
        Callback::from(move |event: Event| {
            let data = event
                .dyn_ref::<ClipboardEvent>()
                .and_then(ClipboardEvent::clipboard_data);
            let text = data.and_then(|data| data.get_data("text/plain").ok());
            let whole = event
                .target_dyn_into::<HtmlInputElement>()
                .is_some_and(|field| {
                    let end = field.selection_end().ok().flatten();
                    field.selection_start() == Ok(Some(0))
                        && end == Some(field.value().encode_utf16().count() as u32)
                });
            if let Some(text) = text.filter(|text| whole && text.trim().contains('\n')) {
                event.prevent_default();
                live.edit(|draft| draft.hex = text);
            }
        })
    };
    let onpaste = (kind == Kind::Binary).then_some(onpaste);
    let (value, placeholder) = match kind {
        Kind::Text => (state.draft.text.clone(), "Any text, or none"),
        Kind::Binary => (
            state.draft.hex.clone(),
            "Bytes in any form, such as 48 65 6c 6c 6f",
        ),
    };
    let trouble = state.trouble.message.as_deref();
    let closed = match state.machine.state {
        ConnectionState::Closed(_) => {
            Some("The wire is closed: nothing can be sent until you connect again.")
        }
        ConnectionState::Waiting(_) => {
            Some("The wire is lost for now. What you write stays here until it is back.")
        }
        _ => None,
    };
    html! {
        <div class="live-wire__composer">
            if let Some(trouble) = trouble {
                <p id="message-error" class="error" role="alert">{ trouble }</p>
            } else if let Some(closed) = closed {
                <p id="message-closed" class="live-wire__closed">{ closed }</p>
            }
            <form class="live-wire__message" {onsubmit} novalidate=true>
                <select class="input" aria-label="Type" onchange={onkind}>
                    <option value="text" selected={kind == Kind::Text}>{ "Text" }</option>
                    <option value="binary" selected={kind == Kind::Binary}>{ "Binary" }</option>
                </select>
                <input
                    ref={message} class={classes!("input", (kind == Kind::Binary).then_some("mono"))} type="text" autocomplete="off" spellcheck="false"
                    aria-label="Message" {placeholder} {value} {oninput} {onpaste}
                    aria-invalid={trouble.map(|_| "true")} aria-describedby={trouble.map(|_| "message-error")}
                />
                <button type="submit" class="btn primary" aria-describedby={closed.map(|_| "message-closed")}>{ "Send" }</button>
            </form>
            <div class="live-wire__samples">
                <span>{ "Try" }</span>
                { view_samples(live, state) }
                <span class="spacer"></span>
                { clear_button(live, state) }
            </div>
        </div>
    }
}

fn view_samples(live: &LiveContext, state: &Live) -> Html {
    let draft = &state.draft;
    let all = samples().map(|(name, kind, text)| Chip {
        label: name.into(),
        pressed: kind == draft.kind
            && text
                == *match kind {
                    Kind::Text => &draft.text,
                    Kind::Binary => &draft.hex,
                },
        broken: false,
    });
    let live = live.clone();
    let on_choose = Callback::from(move |chosen: usize| {
        let Some((_, kind, text)) = samples().into_iter().nth(chosen) else {
            return;
        };
        live.edit(|draft| {
            draft.kind = kind;
            match kind {
                Kind::Text => draft.text = text,
                Kind::Binary => draft.hex = text,
            }
        });
    });
    chips("Messages to try", &all, &on_choose)
}

fn clear_button(live: &LiveContext, state: &Live) -> Html {
    let onclick = {
        let live = live.clone();
        Callback::from(move |_: MouseEvent| live.clear())
    };
    html! { <button type="button" class="chip" {onclick} disabled={state.record.entries().is_empty()}>{ "Clear the timeline" }</button> }
}
