//! A WebSocket as a page's script has it: nothing but the browser's own object, its events, and what its methods throw.

use std::rc::Rc;

use gloo::events::EventListener;
use js_sys::{ArrayBuffer, Uint8Array};
use protocol::paths;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, Blob, CloseEvent, Event, MessageEvent, WebSocket};
use yew::Callback;

use crate::kit::browser;

/// A line of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Makes the object.
    New,
    /// Has binary messages come as an `ArrayBuffer`.
    BinaryType,
    /// Sends text.
    SendText,
    /// Sends binary.
    SendBinary,
    /// Reads what is not on the network yet.
    BufferedAmount,
    /// Reads the state.
    ReadyState,
    /// Closes with a code that a script may not give.
    CloseWith1006,
    /// Closes with a reason that is too long.
    CloseWithLongReason,
    /// Closes as it should be done.
    Close,
}

/// What is sent as text.
pub const TEXT: &str = "Hello";
/// What is sent as binary.
pub const BINARY: [u8; 3] = [1, 2, 3];
/// A reason that is too long by one byte.
pub const LONG_REASON: usize = 124;

/// What a script sees: what a line gave, or an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether the browser called, and not the script.
    pub event: bool,
    /// What was seen.
    pub what: String,
    /// The state of the object then: 0 to 3; nothing where there is no object.
    pub state: Option<u16>,
}

/// The object, and the listeners that hear its events. Dropped, both are gone.
pub struct ScriptSocket {
    socket: WebSocket,
    _listeners: [EventListener; 4],
}

impl Drop for ScriptSocket {
    fn drop(&mut self) {
        // A page that is left closes what it opened; nobody hears of it any more.
        let _ = self.socket.close();
    }
}

impl ScriptSocket {
    /// Makes the object, to the echo of this page's server.
    fn new(saw: &Callback<Seen>) -> Result<ScriptSocket, JsValue> {
        let socket = WebSocket::new(&browser::websocket_url(paths::ECHO))?;
        let listen = |name: &'static str, said: Rc<dyn Fn(&Event) -> String>| {
            let (of, saw) = (socket.clone(), saw.clone());
            EventListener::new(&socket, name, move |event| {
                saw.emit(Seen {
                    event: true,
                    what: said(event),
                    state: Some(of.ready_state()),
                });
            })
        };
        let listeners = [
            listen("open", Rc::new(|_| "open".to_owned())),
            listen("message", Rc::new(message)),
            listen("error", Rc::new(|_| "error, with nothing in it".to_owned())),
            listen("close", Rc::new(close)),
        ];
        Ok(ScriptSocket {
            socket,
            _listeners: listeners,
        })
    }
}

fn message(event: &Event) -> String {
    let Some(event) = event.dyn_ref::<MessageEvent>() else {
        return "message".to_owned();
    };
    let data = event.data();
    if let Some(text) = data.as_string() {
        format!("message: a string, “{text}”")
    } else if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
        let bytes = Uint8Array::new(buffer).to_vec();
        format!("message: an ArrayBuffer, {bytes:?}")
    } else if let Some(blob) = data.dyn_ref::<Blob>() {
        format!("message: a Blob of {} bytes, still to be read", blob.size())
    } else {
        "message".to_owned()
    }
}

fn close(event: &Event) -> String {
    event.dyn_ref::<CloseEvent>().map_or_else(
        || "close".to_owned(),
        |event| {
            format!(
                "close: code {}, reason “{}”, wasClean {}",
                event.code(),
                event.reason(),
                event.was_clean()
            )
        },
    )
}

/// Runs a line. What is seen is said to `saw`: at once what the line gives or throws, later the events.
pub fn run(line: Line, at: &mut Option<ScriptSocket>, saw: &Callback<Seen>) {
    if line == Line::New {
        let old = at.take();
        drop(old);
        match ScriptSocket::new(saw) {
            Ok(socket) => *at = Some(socket),
            Err(error) => {
                saw.emit(Seen {
                    event: false,
                    what: thrown(&error),
                    state: None,
                });
                return;
            }
        }
    }
    let Some(socket) = at.as_ref().map(|at| &at.socket) else {
        saw.emit(Seen {
            event: false,
            what: "There is no socket yet: run the first line.".to_owned(),
            state: None,
        });
        return;
    };
    let done = |what: Result<(), JsValue>| match what {
        Ok(()) => "nothing".to_owned(),
        Err(error) => thrown(&error),
    };
    let what = match line {
        Line::New => "a WebSocket, that is not open yet".to_owned(),
        Line::BinaryType => {
            socket.set_binary_type(BinaryType::Arraybuffer);
            "\"arraybuffer\"".to_owned()
        }
        Line::SendText => done(socket.send_with_str(TEXT)),
        Line::SendBinary => done(socket.send_with_u8_array(&BINARY)),
        Line::BufferedAmount => socket.buffered_amount().to_string(),
        Line::ReadyState => socket.ready_state().to_string(),
        Line::CloseWith1006 => done(socket.close_with_code(1006)),
        Line::CloseWithLongReason => {
            done(socket.close_with_code_and_reason(4000, &"x".repeat(LONG_REASON)))
        }
        Line::Close => done(socket.close_with_code_and_reason(4000, "done")),
    };
    saw.emit(Seen {
        event: false,
        what,
        state: Some(socket.ready_state()),
    });
}

/// What was thrown: its name and its message.
fn thrown(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => format!("throws {}: {}", error.name(), error.message()),
        None => "throws something without a name".to_owned(),
    }
}
