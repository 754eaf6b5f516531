//! The handshake in detail: the exact lines, and what each is for.

use wire::handshake::{Head, Request};
use yew::prelude::*;

use super::narration;
use crate::kit::copy::CopyButton;
use crate::kit::rfc_link::rfc;
use crate::kit::wire_text::wire_text;
use crate::live::entry::Answer;

/// The request.
pub fn request(request: &Request) -> Html {
    let first = format!(
        "{} {} {}",
        request.method(),
        request.target(),
        request.version()
    );
    html! {
        <>
            { lines(&first, request.head(), |name| narration::header_meaning(name, true).map(Html::from)) }
            <p class="note">
                { "A WebSocket begins as an HTTP request, so that it can pass where the web passes. Your browser wrote every line; a page can choose the address and the subprotocols. " }
                { rfc("4.1") }
            </p>
            { copy(request.head()) }
        </>
    }
}

/// The answer.
pub fn response(answer: &Answer) -> Html {
    let response = &answer.response;
    let first = format!(
        "{} {} {}",
        response.version(),
        response.status(),
        response.reason()
    );
    let opened = response.status() == 101;
    let meaning = |name: &str| match name.to_ascii_lowercase().as_str() {
        "sec-websocket-accept" if answer.accepted => Some(html! {
            <>{ "base64(SHA-1(key + GUID)). This page has derived it from your browser’s key: " }<b class="good">{ "it matches" }</b>{ "." }</>
        }),
        "sec-websocket-accept" => Some(html! {
            <>{ "base64(SHA-1(key + GUID)). This page has derived it from your browser’s key: " }<b class="bad">{ "it does not match" }</b>{ "." }</>
        }),
        name => narration::header_meaning(name, false).map(Html::from),
    };
    html! {
        <>
            { lines(&first, response.head(), meaning) }
            if opened {
                <p class="note">
                    { "The accept value proves that the peer understood WebSocket, not who it is. The empty line is the last of HTTP: the next byte, either way, begins a frame. " }
                    { rfc("4.2.2") }
                </p>
            } else {
                <p class="note">
                    { "Anything but 101 leaves the connection with HTTP. Your browser tells the page 1006, and not this status. " }
                    { rfc("4.1") }
                </p>
            }
            if let Some(trouble) = &answer.trouble {
                <p class="error">{ format!("The extensions cannot be understood: {trouble}.") }</p>
            }
            { copy(response.head()) }
        </>
    }
}

fn lines(first: &str, head: &Head, meaning: impl Fn(&str) -> Option<Html>) -> Html {
    let lines = head.headers().map(|(name, value)| {
        html! {
            <li>
                <code><b>{ wire_text(&name) }</b>{ ": " }{ wire_text(&value) }</code>
                if let Some(text) = meaning(&name) {
                    <small>{ text }</small>
                }
            </li>
        }
    });
    html! {
        <ol class="entry__head">
            <li><code>{ wire_text(first) }</code></li>
            { for lines }
        </ol>
    }
}

fn copy(head: &Head) -> Html {
    let text = String::from_utf8_lossy(head.bytes()).into_owned();
    html! { <p class="entry__actions"><CopyButton label="Copy the text" text={text}/></p> }
}
