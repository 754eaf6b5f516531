//! Many streams over one real WebSocket, or over one each: subscribing, hearing, leaving.

mod record;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo::events::EventListener;
use gloo::timers::callback::{Interval, Timeout};
use protocol::paths;
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

use super::browser_io::{Socket, now, said};
use crate::kit::browser;

pub use record::{Line, Rates, Record, Stream, Sums};

/// How often what was heard is shown, in milliseconds.
const TICK_MS: u32 = 250;
/// How long a connection may take to open, in milliseconds.
const PATIENCE_MS: u32 = 10_000;

/// What a stream is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Updates in a second: `protocol::transports::PER_SECOND`.
    pub per_second: u32,
    /// Bytes of each, at least 64.
    pub bytes: u32,
}

/// The text message that subscribes. `protocol` declares it; its own writer is for servers. The name is one of the page’s own.
fn subscribe(name: &str, pace: Pace) -> String {
    format!(
        r#"{{"subscribe":{{"stream":"{name}","per_second":{},"bytes":{}}}}}"#,
        pace.per_second, pace.bytes
    )
}

/// The text message that unsubscribes.
fn unsubscribe(name: &str) -> String {
    format!(r#"{{"unsubscribe":"{name}"}}"#)
}

/// Real connections with streams. Dropping it closes them.
pub struct Streams(Rc<Inner>);

struct Inner {
    /// For callbacks, which must not keep it alive.
    me: Weak<Inner>,
    changed: Box<dyn Fn(&Record)>,
    record: RefCell<Record>,
    held: RefCell<Held>,
}

/// What is held of the browser. Dropping a part lets go of it.
#[derive(Default)]
struct Held {
    sockets: Vec<Option<Socket>>,
    /// What is sent as soon as a connection is open.
    waiting: Vec<Vec<String>>,
    ticker: Option<Interval>,
    patience: Option<Timeout>,
}

impl Streams {
    /// None yet. `changed` hears of what happens, a few times a second.
    pub fn new(changed: impl Fn(&Record) + 'static) -> Streams {
        Streams(Rc::new_cyclic(|me| Inner {
            me: me.clone(),
            changed: Box::new(changed),
            record: RefCell::default(),
            held: RefCell::default(),
        }))
    }

    /// Subscribes to a stream: on the connection that is there, or on one of its own. A stream that is subscribed to already
    /// changes its pace.
    ///
    /// # Errors
    /// A sentence, where the browser does not connect.
    pub fn subscribe(&self, name: &str, pace: Pace, own: bool) -> Result<(), String> {
        let known = self
            .0
            .record
            .borrow_mut()
            .stream(name)
            .map(|stream| stream.line);
        let usable = |line: &usize| {
            let lines = &self.0.record.borrow().lines;
            lines
                .get(*line)
                .is_some_and(|line| !matches!(line, Line::Closed(_)))
        };
        let shared = (!own).then(|| {
            let lines = self.0.record.borrow().lines.len();
            (0..lines).find(|line| usable(line))
        });
        let line = match known.filter(usable).or(shared.flatten()) {
            Some(line) => line,
            None => self.0.connect()?,
        };
        self.0.record.borrow_mut().asked(name, line);
        self.0.send(line, subscribe(name, pace));
        self.0.show();
        Ok(())
    }

    /// Unsubscribes; a connection of its own is closed.
    pub fn unsubscribe(&self, name: &str) {
        let line = self
            .0
            .record
            .borrow_mut()
            .stream(name)
            .map(|stream| stream.line);
        self.0.record.borrow_mut().left(name);
        if let Some(line) = line {
            let others = self
                .0
                .record
                .borrow()
                .streams
                .iter()
                .any(|stream| stream.line == line);
            let alone = self.0.record.borrow().lines.len() > 1 && !others;
            if alone {
                self.0.close(line);
            } else {
                self.0.send(line, unsubscribe(name));
            }
        }
        self.0.show();
    }
}

impl Inner {
    /// Opens one more connection, and gives its place.
    fn connect(&self) -> Result<usize, String> {
        let url = browser::websocket_url(paths::STREAMS);
        let socket = WebSocket::new(&url)
            .map_err(|error| format!("Your browser did not connect: {}.", said(&error)))?;
        let line = self.record.borrow().lines.len();
        self.record.borrow_mut().lines.push(Line::Opening);
        let listeners = vec![
            self.listen(&socket, "open", move |inner, _| inner.opened(line)),
            self.listen(&socket, "message", |inner, event| {
                let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
                let text = data.and_then(|data| data.as_string()).unwrap_or_default();
                inner.record.borrow_mut().heard(&text);
            }),
            self.listen(&socket, "close", move |inner, event| {
                let code = event.dyn_ref::<CloseEvent>().map(CloseEvent::code);
                inner.closed(line, code.unwrap_or(1006));
            }),
        ];
        let mut held = self.held.borrow_mut();
        held.sockets.push(Some(Socket {
            ws: socket,
            _listeners: listeners,
        }));
        held.waiting.push(Vec::new());
        let me = self.me.clone();
        held.ticker.get_or_insert_with(|| {
            Interval::new(TICK_MS, move || {
                if let Some(inner) = me.upgrade() {
                    inner.record.borrow_mut().passes(now());
                    inner.show();
                }
            })
        });
        let me = self.me.clone();
        held.patience = Some(Timeout::new(PATIENCE_MS, move || {
            if let Some(inner) = me.upgrade() {
                inner.gives_up(line);
            }
        }));
        Ok(line)
    }

    fn listen(
        &self,
        socket: &WebSocket,
        event: &'static str,
        heard: impl Fn(&Inner, &Event) + 'static,
    ) -> EventListener {
        let me = self.me.clone();
        EventListener::new(socket, event, move |event| {
            if let Some(inner) = me.upgrade() {
                heard(&inner, event);
            }
        })
    }

    fn opened(&self, line: usize) {
        self.set(line, Line::Open);
        let waiting = self
            .held
            .borrow_mut()
            .waiting
            .get_mut(line)
            .map(std::mem::take);
        for text in waiting.unwrap_or_default() {
            self.send(line, text);
        }
        self.show();
    }

    fn closed(&self, line: usize, code: u16) {
        let was = self.record.borrow().lines.get(line).copied();
        self.set(line, Line::Closed(code));
        {
            let mut record = self.record.borrow_mut();
            record.streams.retain(|stream| stream.line != line);
            record.trouble = match was {
                Some(Line::Opening) => Some(format!(
                    "This site has no server behind it that has streams: {} did not open ({code}).",
                    paths::STREAMS
                )),
                Some(Line::Open) => Some(format!(
                    "The connection has ended, and its streams with it ({code}). Subscribe again."
                )),
                _ => record.trouble.take(),
            };
        }
        self.show();
    }

    /// Closes a connection that is still opening.
    fn gives_up(&self, line: usize) {
        if self.record.borrow().lines.get(line) == Some(&Line::Opening) {
            self.close(line);
            self.record.borrow_mut().trouble =
                Some(format!("Nobody answered within {} s.", PATIENCE_MS / 1000));
            self.show();
        }
    }

    /// Closes a connection by the page’s wish.
    fn close(&self, line: usize) {
        self.set(line, Line::Closed(1000));
        self.record
            .borrow_mut()
            .streams
            .retain(|stream| stream.line != line);
        let old = self
            .held
            .borrow_mut()
            .sockets
            .get_mut(line)
            .and_then(Option::take);
        // Outside of the borrow: closing calls into the browser.
        drop(old);
    }

    fn set(&self, line: usize, is: Line) {
        if let Some(line) = self.record.borrow_mut().lines.get_mut(line) {
            *line = is;
        }
    }

    /// Sends a text, at once or as soon as the connection is open.
    fn send(&self, line: usize, text: String) {
        let is = self.record.borrow().lines.get(line).copied();
        let mut held = self.held.borrow_mut();
        match is {
            Some(Line::Open) => {
                if let Some(Some(socket)) = held.sockets.get(line) {
                    // A socket that is closing refuses; its close event says the rest.
                    let _ = socket.ws.send_with_str(&text);
                }
            }
            Some(Line::Opening) => {
                if let Some(waiting) = held.waiting.get_mut(line) {
                    waiting.push(text);
                }
            }
            _ => {}
        }
    }

    fn show(&self) {
        let record = self.record.borrow().clone();
        (self.changed)(&record);
    }
}

#[cfg(test)]
mod tests {
    use protocol::transports::{StreamsRequest, Subscribe};

    use super::*;

    #[test]
    fn the_server_reads_what_the_page_asks_for() {
        let pace = Pace {
            per_second: 20,
            bytes: 100,
        };
        let read = |text: String| serde_json::from_str::<StreamsRequest>(&text);
        let asked = Subscribe {
            stream: "ABC".into(),
            per_second: 20,
            bytes: 100,
        };
        assert_eq!(
            read(subscribe("ABC", pace)).unwrap(),
            StreamsRequest::Subscribe(asked)
        );
        assert_eq!(
            read(unsubscribe("ABC")).unwrap(),
            StreamsRequest::Unsubscribe("ABC".into())
        );
    }
}
