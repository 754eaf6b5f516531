//! The browser's API in ten lines, each of which runs on a real WebSocket.

use std::rc::Rc;

use yew::prelude::*;

use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings::{self, Field};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};
use crate::live::script_socket::{self, Line, ScriptSocket, Seen};

/// The name of the instrument.
const NAME: &str = "websocket-api";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<Settings>(NAME);

/// As many of the last things seen are shown.
const SHOWN: usize = 24;

/// Nothing of it stands in an address: a link leads to the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings;

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[];
}

/// The lines, as they stand in a script, and what to look at.
const LINES: [(Line, &str, &str); 10] = [
    (
        Line::New,
        "const socket = new WebSocket(\"/echo\");",
        "Returns an object at once. The handshake goes on meanwhile; open, or error and close, say how it went.",
    ),
    (
        Line::ReadyState,
        "socket.readyState",
        "0 connecting, 1 open, 2 closing, 3 closed.",
    ),
    (
        Line::SendText,
        "socket.send(\"Hello\");",
        "Throws while the state is 0. Later it only queues: it never says that something arrived, and in state 2 and 3 it drops what it is given.",
    ),
    (
        Line::SendBinary,
        "socket.send(new Uint8Array([1, 2, 3]));",
        "Bytes go as a binary message, and come back as a Blob, unless the next line was run.",
    ),
    (
        Line::BinaryType,
        "socket.binaryType = \"arraybuffer\";",
        "Applies to messages that come from now on.",
    ),
    (
        Line::BufferedAmount,
        "socket.bufferedAmount",
        "Bytes that were given to send() and are not with the network yet. All the back-pressure there is: look before you send more. After the close it only grows.",
    ),
    (
        Line::CloseWith1006,
        "socket.close(1006);",
        "Throws: a script may give 1000, or 3000 to 4999.",
    ),
    (
        Line::CloseWithLongReason,
        "socket.close(4000, \"x\".repeat(124));",
        "Throws: a reason has 123 bytes at most, since a close frame has 125 and the code takes two.",
    ),
    (
        Line::Close,
        "socket.close(4000, \"done\");",
        "Starts the closing handshake. The close event comes when the server has answered.",
    ),
    (
        Line::SendText,
        "socket.send(\"Hello\");",
        "Once more, after the close: nothing is thrown, and nothing is sent. Then read bufferedAmount.",
    ),
];

/// What has been seen so far.
#[derive(Clone, Default, PartialEq)]
struct Log(Vec<(Option<usize>, Rc<Seen>)>);

/// Something was seen: what a line gave, with the line's place, or an event.
struct Saw(Option<usize>, Seen);

impl Reducible for Log {
    type Action = Saw;

    fn reduce(self: Rc<Self>, Saw(line, seen): Saw) -> Rc<Self> {
        let mut log = (*self).clone();
        log.0.push((line, Rc::new(seen)));
        let over = log.0.len().saturating_sub(SHOWN);
        log.0.drain(..over);
        log.into()
    }
}

/// The instrument.
#[component]
pub fn WebSocketApi() -> Html {
    let UseSettings { parsed, url, .. } = use_settings::<Settings>(NAME);
    let log = use_reducer(Log::default);
    let socket = use_mut_ref(|| None::<ScriptSocket>);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    {
        let socket = socket.clone();
        use_effect_with((), move |()| {
            move || {
                let left = socket.take();
                drop(left);
            }
        });
    }
    let run = {
        let (socket, log) = (socket, log.dispatcher());
        Callback::from(move |place: usize| {
            let Some((line, ..)) = LINES.get(place) else {
                return;
            };
            let saw = {
                let log = log.clone();
                Callback::from(move |seen: Seen| {
                    let from = (!seen.event).then_some(place);
                    log.dispatch(Saw(from, seen));
                })
            };
            script_socket::run(*line, &mut socket.borrow_mut(), &saw);
        })
    };
    let state = log.0.last().and_then(|(_, seen)| seen.state);
    html! {
        <Panel name={NAME} title="The browser’s API, line by line" class="websocket-api" node={panel}
            problems={parsed.problems.clone()} link={url.link(&parsed.settings)}
            foot={html! { <span>{ "A real WebSocket to the echo of this server. It is closed when you leave the page." }</span> }}>
            <div class="panel__columns">
                <ol class="websocket-api__lines panel__main">
                    for (place, (_, code, about)) in LINES.iter().enumerate() {
                        <li>
                            <button type="button" class="btn" onclick={run.reform(move |_: MouseEvent| place)}
                                aria-label={format!("Run line {}: {code}", place + 1)}>{ "Run" }</button>
                            <code>{ *code }</code>
                            <p>{ *about }</p>
                        </li>
                    }
                </ol>
                <div class="websocket-api__seen panel__side">
                    <h3 class="eyebrow">{ "What the script sees" }</h3>
                    if log.0.is_empty() {
                        <p>{ "Nothing yet. Run the first line." }</p>
                    }
                    <ol aria-live="polite">
                        for (line, seen) in log.0.iter() {
                            <li class={if seen.event { "is-event" } else { "is-line" }}>
                                <b>{ line.map_or_else(|| "event".to_owned(), |line| format!("line {}", line + 1)) }</b>
                                <span>{ &seen.what }</span>
                            </li>
                        }
                    </ol>
                    if let Some(state) = state {
                        <p class="websocket-api__state">{ "readyState: " }<b>{ state }</b>{ " " }{ name_of(state) }</p>
                    }
                </div>
            </div>
        </Panel>
    }
}

/// What a state is called.
fn name_of(state: u16) -> &'static str {
    match state {
        0 => "CONNECTING",
        1 => "OPEN",
        2 => "CLOSING",
        _ => "CLOSED",
    }
}
