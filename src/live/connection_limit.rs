//! How many answers that never end a browser takes from one server at a time: event streams are opened, and a request
//! beside them, and what has to wait is seen.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use protocol::Transport;
use protocol::paths;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::EventSource;

use super::browser_io::{ask, now, said};
use super::transports::run_of;

/// The streams say something this often, in milliseconds.
const EVERY_MS: u32 = 1000;
/// When the browser is told to come back, in milliseconds; one more for each stream.
const RETRY_MS: usize = 30_000;
/// How long, in milliseconds.
const LAST_MS: u32 = 60_000;
/// After so long what waits is taken to wait, in milliseconds.
const SETTLE_MS: u32 = 2_000;
/// Everything is closed after so long, in milliseconds: what waits may be another tab of the reader's.
const MOST_MS: u32 = 20_000;

/// Where an event stream stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Stream {
    /// Its request waits in the browser.
    #[default]
    Waits,
    /// It is open, after so many milliseconds.
    Open(f64),
    /// It could not be opened.
    Broke,
}

/// Where the request beside them stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Beside {
    /// It is not made yet.
    #[default]
    NotYet,
    /// It waits for its answer.
    Waits,
    /// It was answered after so many milliseconds.
    Answered(f64),
    /// It failed.
    Broke,
}

/// Where all of it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    /// The streams are being opened.
    #[default]
    Opening,
    /// What could open is open.
    Settled,
    /// All are closed again.
    Closed,
    /// It did not begin; why, in a sentence.
    Failed(String),
}

/// What was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Where it stands.
    pub stage: Stage,
    /// The event streams, in the order in which they were asked for.
    pub streams: Vec<Stream>,
    /// Messages that came by each.
    pub messages: Vec<u32>,
    /// The request that was made after them.
    pub beside: Beside,
    /// The protocol of the connection as the browser calls it, such as `http/1.1` or `h2`. Nothing where it does not say.
    pub protocol: Option<String>,
}

impl Seen {
    /// What is seen of so many streams before anything has happened.
    pub fn of(streams: usize) -> Seen {
        Seen {
            streams: vec![Stream::Waits; streams],
            messages: vec![0; streams],
            ..Seen::default()
        }
    }

    /// A thing that did not begin.
    pub fn failed(why: String) -> Seen {
        Seen {
            stage: Stage::Failed(why),
            ..Seen::default()
        }
    }

    /// How many are open.
    pub fn open(&self) -> usize {
        let open = |stream: &&Stream| matches!(stream, Stream::Open(_));
        self.streams.iter().filter(open).count()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        let waits = |stream: &&Stream| **stream == Stream::Waits;
        self.streams.iter().filter(waits).count()
    }

    /// Whether the browser keeps to the limit of HTTP/1.1. Nothing where it does not say by what it is connected.
    pub fn is_http1(&self) -> Option<bool> {
        self.protocol
            .as_ref()
            .map(|protocol| protocol.starts_with("http/1"))
    }
}

/// Event streams that are held open. Dropping it closes them.
pub struct HeldStreams(Rc<Inner>);

struct Inner {
    me: Weak<Inner>,
    changed: Box<dyn Fn(&Seen)>,
    seen: RefCell<Seen>,
    held: RefCell<Held>,
}

#[derive(Default)]
struct Held {
    sources: Vec<(EventSource, Vec<EventListener>)>,
    timer: Option<Timeout>,
}

impl Drop for Held {
    fn drop(&mut self) {
        for (source, _) in &self.sources {
            source.close();
        }
    }
}

impl HeldStreams {
    /// Opens so many event streams to the page's server. `changed` hears of what happens after this call.
    pub fn open(streams: usize, changed: impl Fn(&Seen) + 'static) -> HeldStreams {
        let inner = Rc::new_cyclic(|me| Inner {
            me: me.clone(),
            changed: Box::new(changed),
            seen: RefCell::new(Seen::of(streams)),
            held: RefCell::default(),
        });
        let me = inner.me.clone();
        spawn_local(async move {
            let body = format!(r#"{{"every_ms":{EVERY_MS},"bytes":16,"last_ms":{LAST_MS}}}"#);
            let runs = format!("{}/runs", paths::TRANSPORTS);
            let answer = ask("POST", &runs, Some(&body), None).await;
            let run = answer.and_then(|(status, body)| run_of(status, &body));
            let Some(inner) = me.upgrade() else { return };
            match run.and_then(|run| inner.listen(streams, &run.run).map(|()| run)) {
                Ok(run) => inner.be_patient(run.run),
                Err(why) => inner.end(Stage::Failed(why)),
            }
        });
        HeldStreams(inner)
    }

    /// Closes them all.
    pub fn close(&self) {
        self.0.end(Stage::Closed);
    }
}

impl Inner {
    fn listen(&self, streams: usize, run: &str) -> Result<(), String> {
        let began = now();
        for i in 0..streams {
            let path = Transport::Sse.path(run, 0);
            // Each with an address of its own: browsers may hold back a second request for the same one.
            let retry = RETRY_MS + i;
            let source =
                EventSource::new(&format!("{path}&retry={retry}")).map_err(|error| said(&error))?;
            let on = |name: &'static str, happens: fn(&mut Seen, usize, f64)| {
                let me = self.me.clone();
                EventListener::new(&source, name, move |_| {
                    if let Some(inner) = me.upgrade() {
                        happens(&mut inner.seen.borrow_mut(), i, now() - began);
                        inner.show();
                    }
                })
            };
            let listeners = vec![
                on("open", |seen, i, after| {
                    if let Some(stream) = seen.streams.get_mut(i) {
                        *stream = Stream::Open(after);
                    }
                }),
                on("message", |seen, i, _| {
                    if let Some(messages) = seen.messages.get_mut(i) {
                        *messages += 1;
                    }
                }),
                on("error", |seen, i, _| {
                    if let Some(stream) = seen.streams.get_mut(i) {
                        *stream = Stream::Broke;
                    }
                }),
            ];
            self.held.borrow_mut().sources.push((source, listeners));
        }
        self.show();
        Ok(())
    }

    /// Makes a request beside the streams, and looks after a while at what waits.
    fn be_patient(&self, run: String) {
        let me = self.me.clone();
        let first = Timeout::new(SETTLE_MS / 2, move || {
            let Some(inner) = me.upgrade() else { return };
            inner.ask_beside(run);
            let me = inner.me.clone();
            let settles = Timeout::new(SETTLE_MS / 2, move || {
                let Some(inner) = me.upgrade() else { return };
                {
                    let mut seen = inner.seen.borrow_mut();
                    seen.stage = Stage::Settled;
                    seen.protocol = protocol_of(paths::TRANSPORTS);
                }
                inner.show();
                let me = inner.me.clone();
                let ends = Timeout::new(MOST_MS, move || {
                    if let Some(inner) = me.upgrade() {
                        inner.end(Stage::Closed);
                    }
                });
                inner.wait(ends);
            });
            inner.wait(settles);
        });
        self.wait(first);
    }

    /// Holds the next timer. The one at hand is at work; it is let go of when its call is over.
    fn wait(&self, timer: Timeout) {
        let old = self.held.borrow_mut().timer.replace(timer);
        if let Some(old) = old {
            // It has fired: there is nothing to cancel.
            old.forget();
        }
    }

    fn ask_beside(&self, run: String) {
        self.seen.borrow_mut().beside = Beside::Waits;
        self.show();
        let (me, sent) = (self.me.clone(), now());
        spawn_local(async move {
            let path = Transport::Polling.path(&run, 0);
            let answer = ask("GET", &path, None, None).await;
            let Some(inner) = me.upgrade() else { return };
            inner.seen.borrow_mut().beside = match answer {
                Ok((200..300, _)) => Beside::Answered(now() - sent),
                _ => Beside::Broke,
            };
            inner.show();
        });
    }

    fn end(&self, stage: Stage) {
        let ended = matches!(self.seen.borrow().stage, Stage::Closed | Stage::Failed(_));
        if ended {
            return;
        }
        self.seen.borrow_mut().stage = stage;
        let old = self.held.take();
        for (source, _) in &old.sources {
            source.close();
        }
        // Later: a timer among them may be the one at work.
        Timeout::new(0, move || drop(old)).forget();
        self.show();
    }

    fn show(&self) {
        let seen = self.seen.borrow().clone();
        (self.changed)(&seen);
    }
}

/// What the browser says of the connection by which it got something whose path begins so.
fn protocol_of(path: &str) -> Option<String> {
    let clock = gloo::utils::window().performance()?;
    let get = |object: &JsValue, name: &str| js_sys::Reflect::get(object, &name.into()).ok();
    let list: js_sys::Function = get(&clock, "getEntriesByType")?.dyn_into().ok()?;
    let entries = list.call1(&clock, &"resource".into()).ok()?;
    let entries = js_sys::Array::from(&entries);
    let mut protocols = entries.iter().filter_map(|entry| {
        let name = get(&entry, "name")?.as_string()?;
        let protocol = get(&entry, "nextHopProtocol")?.as_string()?;
        (name.contains(path) && !protocol.is_empty()).then_some(protocol)
    });
    protocols.next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_and_what_waits_is_counted() {
        let mut seen = Seen::of(7);
        assert_eq!((seen.open(), seen.waiting()), (0, 7));
        for stream in &mut seen.streams[..5] {
            *stream = Stream::Open(3.0);
        }
        seen.streams[5] = Stream::Broke;
        assert_eq!((seen.open(), seen.waiting()), (5, 1));
    }

    #[test]
    fn the_limit_is_that_of_http_1() {
        let of = |protocol: Option<&str>| {
            let seen = Seen {
                protocol: protocol.map(str::to_owned),
                ..Seen::default()
            };
            seen.is_http1()
        };
        assert_eq!(of(None), None);
        assert_eq!(of(Some("http/1.1")), Some(true));
        assert_eq!(of(Some("h2")), Some(false));
        assert_eq!(of(Some("h3")), Some(false));
    }
}
