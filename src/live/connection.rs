//! One WebSocket at a time, and the tap beside it: what every driver of the browser needs, whatever it wants with them.
//!
//! A [`Connection`] asks for a wire, opens tap and socket, tells what happens on both, and lets go of what came before.
//! When to connect, how long to wait and when to try again is up to who holds it.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo::events::EventListener;
use gloo::timers::callback::{Interval, Timeout};
use protocol::{NewWire, TapEvent};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::api::NoWire;
use super::browser_io::{Socket, Tap, TapMessage, now, post_wires, said};
use super::entry::CloseInfo;

/// How long the tap is waited for once the socket is closed, in milliseconds.
const TAP_MS: u32 = 500;

/// What happens on a connection.
pub enum ConnectionEvent {
    /// The server gave a wire: tap and socket are being opened.
    Wire,
    /// The server gave none.
    NoWire(NoWire),
    /// The browser did not begin to connect; why, in a sentence.
    Refused(String),
    /// `open` fired.
    Opened {
        /// The subprotocol, empty without one.
        protocol: String,
        /// The extensions, as the browser writes them.
        extensions: String,
    },
    /// `message` fired.
    Message(Received),
    /// `error` fired.
    Error,
    /// `close` fired. The tap may still tell what came before.
    Closed(CloseInfo),
    /// The tap tells something.
    Tap(TapEvent),
    /// The tap tells nothing more, although it has not come to its end; why, in a sentence.
    TapLost(String),
    /// The socket is closed, and the tap has told what it knows.
    Over(CloseInfo),
}

/// A message as the browser hands it over.
pub struct Received {
    data: JsValue,
    /// When it came, by the page's clock, in milliseconds.
    pub at: f64,
}

impl Received {
    /// Whether it is text, and its length in bytes. Bytes stay with the browser. Nothing for what is neither text nor
    /// an `ArrayBuffer`.
    pub fn measure(&self) -> Option<(bool, u64)> {
        match self.data.as_string() {
            Some(text) => Some((true, text.len() as u64)),
            None => self
                .data
                .dyn_ref::<js_sys::ArrayBuffer>()
                .map(|buffer| (false, u64::from(buffer.byte_length()))),
        }
    }

    /// Whether it is text, and its bytes.
    pub fn read(&self) -> Option<(bool, Vec<u8>)> {
        match self.data.as_string() {
            Some(text) => Some((true, text.into_bytes())),
            None => self
                .data
                .dyn_ref::<js_sys::ArrayBuffer>()
                .map(|buffer| (false, js_sys::Uint8Array::new(buffer).to_vec())),
        }
    }
}

/// A WebSocket and its tap, one after the other. Dropping it lets go of both.
pub struct Connection(Rc<Inner>);

struct Inner {
    me: Weak<Inner>,
    on_event: Box<dyn Fn(ConnectionEvent)>,
    held: RefCell<Held>,
}

/// What is held of the browser. Dropping a part lets go of it.
#[derive(Default)]
struct Held {
    /// Counts attempts: what belongs to an earlier one is not listened to.
    round: u64,
    socket: Option<Socket>,
    tap: Option<Tap>,
    timer: Option<Timeout>,
    ticker: Option<Interval>,
    /// What the script was told, while the tap may still tell what came before.
    closed: Option<CloseInfo>,
    tap_wait: Option<Timeout>,
}

impl Connection {
    /// A connection that nobody has opened.
    pub fn new(on_event: impl Fn(ConnectionEvent) + 'static) -> Connection {
        Connection(Rc::new_cyclic(|me| Inner {
            me: me.clone(),
            on_event: Box::new(on_event),
            held: RefCell::default(),
        }))
    }

    /// Lets go of everything: nothing of what is under way is listened to any longer.
    pub fn release(&self) {
        let round = self.0.held.borrow().round + 1;
        let fresh = Held {
            round,
            ..Held::default()
        };
        let old = self.0.held.replace(fresh);
        // Outside of the borrow: closing calls into the browser.
        drop(old);
    }

    /// Lets go of the socket alone: the tap may still tell how the connection ended.
    pub fn release_socket(&self) {
        let socket = self.0.held.borrow_mut().socket.take();
        drop(socket);
    }

    /// Asks the server for a wire, opens its tap, and the socket at the address that `url` makes of the wire.
    pub fn open_tapped(&self, url: impl FnOnce(&NewWire) -> String + 'static) {
        let (me, round) = (self.0.me.clone(), self.0.held.borrow().round);
        spawn_local(async move {
            let answer = post_wires().await;
            let Some(inner) = me.upgrade() else { return };
            let connection = Connection(inner);
            if !connection.0.is_in(round) {
                return;
            }
            match answer {
                Ok(wire) => {
                    connection.0.tell(ConnectionEvent::Wire);
                    if connection.0.is_in(round) {
                        connection.0.open_tap(&wire.tap);
                    }
                    if connection.0.is_in(round) {
                        connection.open(&url(&wire));
                    }
                }
                Err(why) => connection.0.tell(ConnectionEvent::NoWire(why)),
            }
        });
    }

    /// Opens a socket, without a tap.
    pub fn open(&self, url: &str) {
        match self.0.open_socket(url) {
            Ok(socket) => self.0.held.borrow_mut().socket = Some(socket),
            Err(error) => self.0.tell(ConnectionEvent::Refused(format!(
                "The browser does not connect to this address: {}.",
                said(&error).trim_end_matches('.')
            ))),
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// What the browser said. Nothing is sent either where there is no socket.
    pub fn send(&self, text: bool, bytes: &[u8]) -> Result<(), String> {
        let held = self.0.held.borrow();
        let Some(socket) = &held.socket else {
            return Err("there is no connection".into());
        };
        match std::str::from_utf8(bytes) {
            Ok(words) if text => socket.ws.send_with_str(words),
            _ => socket.ws.send_with_u8_array(bytes),
        }
        .map_err(|error| said(&error))
    }

    /// Begins the closing handshake. Nothing happens where there is no socket.
    ///
    /// # Errors
    /// What the browser said.
    pub fn close(&self, code: u16, reason: &str) -> Result<(), String> {
        match &self.0.held.borrow().socket {
            Some(socket) => socket
                .ws
                .close_with_code_and_reason(code, reason)
                .map_err(|error| said(&error)),
            None => Ok(()),
        }
    }

    /// Whether there is a socket, in whatever state.
    pub fn has_socket(&self) -> bool {
        self.0.held.borrow().socket.is_some()
    }

    /// Does something after a while, unless something else is waited for in between, or the connection closes.
    pub fn after(&self, ms: u32, then: impl FnOnce() + 'static) {
        let timer = Timeout::new(ms, then);
        let old = self.0.held.borrow_mut().timer.replace(timer);
        drop(old);
    }

    /// Nothing is waited for any longer.
    pub fn cancel_timer(&self) {
        let old = self.0.held.borrow_mut().timer.take();
        drop(old);
    }

    /// Does something again and again, until the connection is let go of.
    pub fn every(&self, ms: u32, then: impl FnMut() + 'static) {
        let ticker = Interval::new(ms, then);
        let old = self.0.held.borrow_mut().ticker.replace(ticker);
        drop(old);
    }
}

impl Inner {
    fn is_in(&self, round: u64) -> bool {
        self.held.borrow().round == round
    }

    fn tell(&self, event: ConnectionEvent) {
        (self.on_event)(event);
    }

    /// Makes of something to do with this a callback that does nothing once this attempt is let go of.
    fn while_in_round<T>(&self, then: impl Fn(&Inner, T) + 'static) -> impl Fn(T) + 'static {
        let (me, round) = (self.me.clone(), self.held.borrow().round);
        move |what| {
            if let Some(inner) = me.upgrade()
                && inner.is_in(round)
            {
                then(&inner, what);
            }
        }
    }

    fn open_tap(&self, path: &str) {
        let heard = Rc::new(self.while_in_round(Inner::tapped));
        match Tap::open(path, move |message| heard(message)) {
            Ok(tap) => self.held.borrow_mut().tap = Some(tap),
            Err(why) => self.tell(ConnectionEvent::TapLost(why)),
        }
    }

    fn tapped(&self, message: TapMessage) {
        let (event, last) = match message {
            TapMessage::Event(event) => {
                let last = matches!(event, TapEvent::End(_));
                (ConnectionEvent::Tap(event), last)
            }
            TapMessage::Lost(why) => (ConnectionEvent::TapLost(why), true),
        };
        if last {
            let tap = self.held.borrow_mut().tap.take();
            drop(tap);
        }
        let round = self.held.borrow().round;
        self.tell(event);
        if last && self.is_in(round) {
            self.over();
        }
    }

    fn open_socket(&self, url: &str) -> Result<Socket, JsValue> {
        let ws = web_sys::WebSocket::new(url)?;
        ws.set_binary_type(web_sys::BinaryType::Arraybuffer);
        let listen = |name: &'static str, then: fn(&Inner, &web_sys::Event)| {
            let then = self.while_in_round(move |inner, event: web_sys::Event| then(inner, &event));
            EventListener::new(&ws, name, move |event| then(event.clone()))
        };
        let listeners = vec![
            listen("open", |inner, _| inner.opened()),
            listen("message", |inner, event| {
                let at = now();
                if let Some(event) = event.dyn_ref::<web_sys::MessageEvent>() {
                    let data = event.data();
                    inner.tell(ConnectionEvent::Message(Received { data, at }));
                }
            }),
            listen("error", |inner, _| inner.tell(ConnectionEvent::Error)),
            listen("close", |inner, event| {
                if let Some(event) = event.dyn_ref::<web_sys::CloseEvent>() {
                    inner.closed(CloseInfo {
                        code: event.code(),
                        reason: event.reason(),
                        clean: event.was_clean(),
                    });
                }
            }),
        ];
        Ok(Socket {
            ws,
            _listeners: listeners,
        })
    }

    fn opened(&self) {
        let event = {
            let held = self.held.borrow();
            let Some(socket) = &held.socket else { return };
            ConnectionEvent::Opened {
                protocol: socket.ws.protocol(),
                extensions: socket.ws.extensions(),
            }
        };
        self.tell(event);
    }

    fn closed(&self, told: CloseInfo) {
        let (round, gone) = {
            let mut held = self.held.borrow_mut();
            held.closed = Some(told.clone());
            (held.round, (held.socket.take(), held.timer.take()))
        };
        drop(gone);
        self.tell(ConnectionEvent::Closed(told));
        if !self.is_in(round) {
            return;
        }
        // The last frames come by the tap, and belong before the end.
        if self.held.borrow().tap.is_some() {
            let over = self.while_in_round(|inner, ()| inner.over());
            let wait = Timeout::new(TAP_MS, move || over(()));
            self.held.borrow_mut().tap_wait = Some(wait);
        } else {
            self.over();
        }
    }

    fn over(&self) {
        let told = self.held.borrow_mut().closed.take();
        if let Some(told) = told {
            self.tell(ConnectionEvent::Over(told));
        }
    }
}
