//! The selected line in detail: its bytes by field, what they say, why they are so.

use wire::frame::{LengthForm, Opcode};
use yew::prelude::*;

use super::narration::TcpEnd;
use super::{head, narration};
use crate::kit::copy::CopyButton;
use crate::kit::icon::Icon;
use crate::kit::link::page_link;
use crate::kit::number::{counted, grouped, hex, hex_spaced};
use crate::kit::rfc_link::{rfc, rfc_of};
use crate::kit::settings::MAX_LINK_BYTES;
use crate::kit::wire_text::wire_text;
use crate::live::entry::{
    Answers, Body, Entry, EntryKind, FrameEntry, Message, ScriptMessage, Unread,
};
use crate::live::links;

/// Payload bytes that are shown as bytes.
const SHOWN_BYTES: usize = 64;
/// Characters that are shown at once without a box that scrolls.
const SHOWN_CHARS: usize = 120;

/// The selected line.
pub fn view_entry(entry: &Entry) -> Html {
    let cap = match (&entry.kind, entry.kind.from()) {
        (kind, Some(from)) => format!("Selected · {} · {}", narration::way(from), name(kind)),
        (kind, None) => format!("Selected · {}", name(kind)),
    };
    html! {
        <div key={entry.id.to_string()}>
            <p class="eyebrow">{ cap }</p>
            { view(&entry.kind) }
        </div>
    }
}

fn name(kind: &EntryKind) -> &'static str {
    match kind {
        EntryKind::Request(_) => "request",
        EntryKind::Response(_) => "answer",
        EntryKind::Frame(frame) => frame.header.opcode.name(),
        EntryKind::ScriptMessage(_) => "message",
        EntryKind::Unread(_) => "not read",
        EntryKind::Lost(_) => "missing",
        EntryKind::End(_) => "the end of TCP",
        EntryKind::TapLost(_) => "the end of the tap",
        EntryKind::Opened(_) => "open",
        EntryKind::CloseInfo(_) => "what your script is told",
    }
}

fn view(kind: &EntryKind) -> Html {
    match kind {
        EntryKind::Request(request) => head::request(request),
        EntryKind::Response(answer) => head::response(answer),
        EntryKind::Frame(frame) => view_frame(frame),
        EntryKind::ScriptMessage(seen) => view_seen(seen),
        EntryKind::Unread(unread) => view_unread(unread),
        EntryKind::Lost(_) => say(
            "The tap keeps a bounded number of bytes for a reader that is slow. What did not fit is counted, not kept. Without it nobody can tell where the next frame of that direction begins, so nothing more of it is decoded. Connect again to see bytes again.",
        ),
        EntryKind::End(why) => html! {
            <>
                <dl class="facts"><dt>{ "The server says" }</dt><dd>{ wire_text(why) }</dd></dl>
                { say(match narration::end_of(why) {
                    TcpEnd::AfterClientsClose(_) => "“Closed by client” speaks of the close frames: the client’s was the first. TCP is another matter. The server answered with its own close frame and sent its FIN after it; your browser waited for that.",
                    TcpEnd::AfterServersClose(_) => "“Closed by server” speaks of the close frames: the server’s was the first. It ended TCP too, once your browser’s close frame had come or was overdue.",
                    TcpEnd::WithoutClose => "Your browser ended TCP first, since the page was left or the connection broke: no close frame came before it.",
                    TcpEnd::Other => "This is the server’s account of the end.",
                }) }
                <p class="note">
                    { "The end that closes TCP first has to remember both addresses and ports for a while (TIME_WAIT). That is for the server to do: a client could not open a connection with the same ports meanwhile. " }
                    { rfc("7.1.1") }
                </p>
            </>
        },
        EntryKind::TapLost(why) => say(&format!(
            "{why} The tap is a stream of its own beside the WebSocket (server-sent events), so either may end before the other."
        )),
        EntryKind::Opened(opened) => html! {
            <>
                <dl class="facts">
                    <dt>{ "Subprotocol" }</dt><dd>{ wire_text(or_none(&opened.protocol)) }</dd>
                    <dt>{ "Extensions" }</dt><dd>{ wire_text(or_none(&opened.extensions)) }</dd>
                </dl>
                { say("A script learns these two things of the handshake, and nothing else.") }
            </>
        },
        EntryKind::CloseInfo(told) => html! {
            <>
                <dl class="facts">
                    <dt>{ "code" }</dt><dd>{ told.code }</dd>
                    <dt>{ "reason" }</dt><dd>{ "“" }{ wire_text(&told.reason) }{ "”" }</dd>
                    <dt>{ "wasClean" }</dt><dd>{ told.clean }</dd>
                </dl>
                <p class="note">{ narration::told_meaning(told) }{ " " }{ rfc("7.1.5") }</p>
            </>
        },
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn say(text: &str) -> Html {
    html! { <p class="note">{ text }</p> }
}

fn view_frame(frame: &FrameEntry) -> Html {
    html! {
        <>
            { bytes_by_field(frame) }
            { facts(frame) }
            { problems(frame) }
            { actions(frame) }
            { for narration::explain(frame).into_iter().map(|(text, at)| html! {
                <p class="note">
                    { text }
                    if let Some((rfc, section)) = at {
                        { " " }{ rfc_of(rfc, section) }
                    }
                </p>
            }) }
        </>
    }
}

/// The bytes as they crossed, coloured by the field that they belong to.
fn bytes_by_field(frame: &FrameEntry) -> Html {
    let raw = &frame.raw;
    let head = frame.header.len().min(raw.len());
    let extended = frame.header.length_form.extended_bytes();
    let part = |class: &'static str, from: usize, to: usize| {
        let (from, to) = (from.min(head), to.min(head));
        html! {
            if from < to {
                <i class={class}>{ hex_spaced(&raw[from..to]) }</i>{ " " }
            }
        }
    };
    let payload = &raw[head..];
    let shown = &payload[..payload.len().min(SHOWN_BYTES)];
    let more = frame.header.length - shown.len() as u64;
    html! {
        <div class="entry__bytes" tabindex="0" role="group" aria-label="Bytes">
            { part("opcode", 0, 1) }
            { part("len", 1, 2 + extended) }
            { part("key", 2 + extended, head) }
            if !shown.is_empty() {
                <i class="payload">{ hex_spaced(shown) }</i>
            }
            if more > 0 {
                <span class="entry__more">{ format!(" … {}", counted(more, "more byte", "more bytes")) }</span>
            }
        </div>
    }
}

fn facts(frame: &FrameEntry) -> Html {
    let header = &frame.header;
    let flags = [
        (header.fin, "FIN"),
        (header.rsv1, "RSV1"),
        (header.rsv2, "RSV2"),
        (header.rsv3, "RSV3"),
    ];
    let flags: String = flags
        .iter()
        .filter(|(set, _)| *set)
        .map(|(_, name)| format!(", {name}"))
        .collect();
    let form = match header.length_form {
        LengthForm::Bits7 => "in 7 bits",
        LengthForm::Bits16 => "in 16 bits",
        LengthForm::Bits64 => "in 64 bits",
    };
    html! {
        <dl class="facts">
            <dt class="opcode">{ "Opcode" }</dt>
            <dd>{ format!("0x{:x}", header.opcode.bits()) }<em>{ format!(" {}{flags}", header.opcode.name()) }</em></dd>
            <dt class="len">{ "Length" }</dt>
            <dd>{ grouped(header.length) }<em>{ format!(" {form}") }</em></dd>
            <dt class="key">{ "Key" }</dt>
            <dd>
                if let Some(key) = header.key {
                    { hex(&key) }
                } else {
                    <em>{ "none, not masked" }</em>
                }
            </dd>
            { payload_fact(frame) }
            if let Some(close) = &frame.close {
                <dt>{ "Code" }</dt>
                <dd>{ close.code.to_string() }<em>{ format!(" {}", close.code.name()) }</em></dd>
                if !close.reason.is_empty() {
                    <dt>{ "Reason" }</dt><dd>{ "“" }{ wire_text(&close.reason) }{ "”" }</dd>
                }
            }
            { answer_fact(frame.answers) }
        </dl>
    }
}

fn answer_fact(answers: Option<Answers>) -> Html {
    match answers {
        Some(Answers::Ping(us)) => html! {
            <><dt>{ "Answers" }</dt><dd>{ narration::span(us) }<em>{ " after its ping left the server: a round trip on the wire" }</em></dd></>
        },
        Some(Answers::Message(us)) => html! {
            <><dt>{ "Answers" }</dt><dd>{ narration::span(us) }<em>{ " after the server had read your message" }</em></dd></>
        },
        None => Html::default(),
    }
}

fn payload_fact(frame: &FrameEntry) -> Html {
    if frame.header.opcode == Opcode::Close {
        return Html::default();
    }
    let Some(message) = &frame.message else {
        let shown = &frame.payload[..frame.payload.len().min(SHOWN_BYTES)];
        let text = if shown.is_empty() {
            "empty".to_owned()
        } else {
            hex_spaced(shown)
        };
        return html! { <><dt class="payload">{ "Payload" }</dt><dd>{ text }</dd></> };
    };
    let term = if message.frames > 1 {
        "Message"
    } else {
        "Payload"
    };
    html! {
        <>
            <dt class="payload">{ term }</dt>
            <dd>{ body(&message.body, message.len) }</dd>
            { inflated(message) }
        </>
    }
}

fn inflated(message: &Message) -> Html {
    let Some(deflated) = message.deflated else {
        return Html::default();
    };
    if let Some(trouble) = &message.trouble {
        return html! { <><dt class="rsv">{ "Inflated" }</dt><dd><em class="bad">{ trouble }</em></dd></> };
    }
    html! {
        <>
            <dt class="rsv">{ "Inflated" }</dt>
            <dd>{ grouped(message.len) }<em>{ format!(" bytes out of {}", grouped(deflated)) }</em></dd>
        </>
    }
}

fn body(body: &Body, len: u64) -> Html {
    match body {
        Body::Text(text, chars) if text.chars().count() <= SHOWN_CHARS => html! {
            <>
                { wire_text(text) }
                if *chars == 0 { <em>{ "empty" }</em> }
            </>
        },
        Body::Text(text, chars) => html! {
            <>
                <em>{ counted(*chars, "character", "characters") }</em>
                <div class="entry__text" tabindex="0" role="group" aria-label="Payload">{ wire_text(text) }
                    if (text.len() as u64) < len { { "…" } }
                </div>
            </>
        },
        Body::Binary(bytes) => {
            let shown = &bytes[..bytes.len().min(SHOWN_BYTES)];
            let more = len - shown.len() as u64;
            html! {
                <>
                    if shown.is_empty() { <em>{ "empty" }</em> } else { { hex_spaced(shown) } }
                    if more > 0 { <em>{ format!(" … {}", counted(more, "more byte", "more bytes")) }</em> }
                </>
            }
        }
    }
}

fn problems(frame: &FrameEntry) -> Html {
    if frame.violations.is_empty() && frame.trouble.is_none() {
        return Html::default();
    }
    html! {
        <div class="verdict bad">
            { for frame.violations.iter().map(|violation| html! {
                <p>
                    { Icon::Warn.view() }{ " " }<b>{ violation.rule.title() }</b>{ ". " }{ wire_text(&violation.message()) }{ " " }
                    { violation.rule.reason() }{ " " }{ rfc(violation.rule.section()) }
                </p>
            }) }
            if let Some(trouble) = frame.trouble {
                <p>{ Icon::Warn.view() }{ " " }<b>{ "Out of place" }</b>{ ". " }{ trouble }</p>
            }
        </div>
    }
}

fn actions(frame: &FrameEntry) -> Html {
    let path = frame
        .is_whole()
        .then(|| links::frames(&frame.raw, frame.from, frame.deflate))
        .flatten();
    let is_long = path.is_none();
    let copy = if frame.is_whole() {
        "Copy bytes".to_owned()
    } else {
        format!("Copy the first {} bytes", grouped(frame.raw.len() as u64))
    };
    html! {
        <>
            <p class="entry__actions">
                if let Some(path) = path {
                    { page_link(path, classes!("btn"), html! { "Step through it" }) }
                } else {
                    <button type="button" class="btn" disabled=true>{ "Step through it" }</button>
                }
                <CopyButton label={copy} text={hex(&frame.raw)}/>
            </p>
            if is_long {
                <p class="note">{ format!("A frame of {} is too long to go into a link; {} fit.", counted(frame.wire_len(), "byte", "bytes"), grouped(MAX_LINK_BYTES as u64)) }</p>
            }
        </>
    }
}

fn view_seen(seen: &ScriptMessage) -> Html {
    html! {
        <>
            <dl class="facts">
                <dt class="payload">{ "Message" }</dt>
                <dd>{ body(&seen.body, seen.len) }</dd>
                <dt class="len">{ "Length" }</dt>
                <dd>{ grouped(seen.len) }<em>{ " bytes" }</em></dd>
            </dl>
            <p class="note">{ "No bytes here. A browser hands a page whole messages: header, key, compression and fragments stay behind its API, and pings never reach it." }</p>
        </>
    }
}

fn view_unread(unread: &Unread) -> Html {
    let shown = &unread.bytes[..unread.bytes.len().min(SHOWN_BYTES * 4)];
    html! {
        <>
            <div class="entry__bytes" tabindex="0" role="group" aria-label="Bytes">{ hex_spaced(shown) }</div>
            <div class="verdict bad"><p>{ Icon::Warn.view() }{ " " }<b>{ "Not read" }</b>{ ". " }{ wire_text(&unread.why) }</p></div>
            { say("Where the next frame begins cannot be known, so nothing that follows in this direction is decoded.") }
            <p class="entry__actions"><CopyButton label="Copy bytes" text={hex(&unread.bytes)}/></p>
        </>
    }
}
