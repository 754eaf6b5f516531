//! Drives the live wire: takes what the reader wants and what happens on the connection, by the clock, with dice.

use std::any::Any;
use std::cell::{Ref, RefCell};
use std::rc::{Rc, Weak};

use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use wire::Role;
use yew::Callback;

use super::browser_io::{self, now};
use super::compose::{self, Draft, Kind};
use super::connection::{Connection, ConnectionEvent, Received};
use super::endpoint_url::{self, Target};
use super::entry::{Body, CloseInfo, EntryKind, Opened, ScriptMessage};
use super::machine::{Command, ConnectionState, Event};
use super::state::Live;
use super::status::{Driver, LiveStatus};
use super::trips::{Mark, Trips};

/// How long a request or a handshake may take, in milliseconds.
const PATIENCE_MS: u32 = 10_000;
/// How often a countdown is looked at, in milliseconds.
const TICK_MS: u32 = 200;
/// Changes within so many milliseconds are shown together.
const FRAME_MS: u32 = 16;

/// The live wire: when to connect, what to keep of it, and when to try again.
pub struct Client {
    /// For callbacks, which must not keep it alive.
    me: Weak<Client>,
    live: RefCell<Live>,
    connection: Connection,
    /// Shows what has changed in a moment.
    soon: RefCell<Option<Timeout>>,
    changed: RefCell<Callback<()>>,
}

impl Client {
    /// A wire that nobody has opened.
    pub fn shared() -> Rc<Client> {
        Rc::new_cyclic(|me| {
            let listener = me.clone();
            Client {
                me: me.clone(),
                live: RefCell::default(),
                connection: Connection::new(move |event| {
                    if let Some(client) = listener.upgrade() {
                        client.take(event);
                    }
                }),
                soon: RefCell::default(),
                changed: RefCell::default(),
            }
        })
    }

    /// What is known. Not to be held across a callback.
    pub fn live(&self) -> Ref<'_, Live> {
        self.live.borrow()
    }

    /// Shows what has changed, at once.
    fn show(&self) {
        let changed = self.changed.borrow().clone();
        changed.emit(());
    }

    /// Shows what has changed, together with what changes in the same moment.
    fn show_soon(&self) {
        let me = self.me.clone();
        self.soon.borrow_mut().get_or_insert_with(|| {
            Timeout::new(FRAME_MS, move || {
                if let Some(client) = me.upgrade() {
                    *client.soon.borrow_mut() = None;
                    client.show();
                }
            })
        });
    }

    /// Connects to this target, whatever stands in the box.
    pub fn connect_to(&self, target: Target) {
        self.step(Event::Connect(target));
    }

    /// Goes back to the own echo.
    pub fn connect_own(&self) {
        {
            let mut live = self.live.borrow_mut();
            live.draft.address = None;
            live.trouble.address = None;
        }
        self.step(Event::Connect(Target::Own(String::new())));
    }

    /// Goes along with a link that asks for this address, or with one that asks for none.
    pub fn follow(&self, url: Option<&str>) {
        let Some(url) = url else {
            return self.open_first();
        };
        let target = self.live.borrow_mut().follow(url);
        match target {
            Some(target) => self.connect_to(target),
            None => self.show(),
        }
    }

    /// No more attempts.
    pub fn stop(&self) {
        self.step(Event::Stop);
    }

    /// Turns compression on or off, which takes a new handshake.
    pub fn set_compression(&self, on: bool) {
        self.live.borrow_mut().compression = on;
        self.step(Event::Restart);
    }

    /// Changes what was typed.
    pub fn edit(&self, change: impl FnOnce(&mut Draft)) {
        {
            let mut live = self.live.borrow_mut();
            live.edit(change);
        }
        self.show();
    }

    /// Takes all lines off the timeline.
    pub fn clear(&self) {
        self.live.borrow_mut().record.clear();
        self.show();
    }

    /// Closes with the code and reason that were typed.
    pub fn close(&self) {
        let checked = {
            let live = self.live.borrow();
            let (bytes, fits) = compose::reason_len(&live.draft.reason);
            match compose::close_code(&live.draft.code) {
                Ok(_) if !fits => Err(compose::too_long(bytes)),
                Ok(code) => Ok((code, live.draft.reason.clone())),
                Err(error) => Err(error),
            }
        };
        match checked {
            Ok((code, reason)) => self.step(Event::Close(code, reason)),
            Err(error) => {
                self.live.borrow_mut().trouble.close = Some(error);
                self.show();
            }
        }
    }

    /// Sends what was typed. It stays in its box.
    pub fn send(&self) {
        let typed = {
            let mut live = self.live.borrow_mut();
            live.trouble.message = None;
            match live.draft.kind {
                Kind::Text => Ok(live.draft.text.clone()),
                Kind::Binary => Err(live.draft.hex.clone()),
            }
        };
        let bytes = match typed {
            Ok(text) => return self.sent(self.put(true, text.as_bytes())),
            Err(bytes) => bytes,
        };
        let me = self.me.clone();
        spawn_local(async move {
            let read = match compose::load_bytes_reader().await {
                Ok(read) => read(&bytes),
                Err(why) => Err(why.to_string()),
            };
            if let Some(client) = me.upgrade() {
                client.sent(read.and_then(|bytes| client.put(false, &bytes)));
            }
        });
    }

    /// Shows that something was sent, or why it was not.
    fn sent(&self, sent: Result<(), String>) {
        match sent {
            // Drawing now would only delay the echo that is being timed.
            Ok(()) => self.show_soon(),
            Err(trouble) => {
                self.live.borrow_mut().trouble.message = Some(trouble);
                self.show();
            }
        }
    }

    /// Sends a message that another page made. What was typed here stays as it is.
    ///
    /// # Errors
    /// Says why it was not sent: the wire is not open, or the browser refused.
    pub fn send_message(&self, text: bool, bytes: &[u8]) -> Result<(), String> {
        let sent = self.put(text, bytes);
        self.show_soon();
        sent
    }

    /// Sends a text that another page made. Whether the browser took it.
    pub fn say(&self, text: &str) -> bool {
        self.send_message(true, text.as_bytes()).is_ok()
    }

    fn put(&self, text: bool, bytes: &[u8]) -> Result<(), String> {
        let mut live = self.live.borrow_mut();
        if !(live.machine.state.is_open() && self.connection.has_socket()) {
            return Err("Not sent: the wire is not open. What you wrote stays here.".into());
        }
        let sent = now();
        self.connection
            .send(text, bytes)
            .map_err(|why| format!("The browser did not send it: {why}"))?;
        live.trips.sent(Mark::of(text, bytes), sent);
        if !live.machine.target.is_own() {
            self.seen(&mut live, Role::Client, text, bytes, sent);
        }
        Ok(())
    }

    fn seen(&self, live: &mut Live, from: Role, text: bool, bytes: &[u8], at: f64) {
        let body = match text.then(|| Body::text(bytes)) {
            Some(Ok(body)) => body,
            _ => Body::binary(bytes),
        };
        let us = live.us(at);
        let len = bytes.len() as u64;
        live.record.add(
            Some(us),
            EntryKind::ScriptMessage(ScriptMessage { from, body, len }),
        );
    }

    /// Takes an event and does what has to be done.
    fn step(&self, event: Event) {
        let command = {
            let mut live = self.live.borrow_mut();
            let now = now();
            live.now = now;
            if matches!(&event, Event::Connect(target) if *target != live.machine.target) {
                live.trips = Trips::default();
            }
            live.machine.step(event, now, js_sys::Math::random())
        };
        self.run(command);
        self.show();
    }

    fn run(&self, command: Command) {
        match command {
            Command::Nothing => {
                if !self.live.borrow().machine.state.is_busy() {
                    self.connection.cancel_timer();
                }
            }
            Command::Ask => {
                self.begin();
                self.ask();
            }
            Command::Open(url) => {
                self.begin();
                self.connection.open(&url);
            }
            Command::Close(code, reason) => {
                if let Err(why) = self.connection.close(code, &reason) {
                    self.live.borrow_mut().trouble.close =
                        Some(format!("The browser did not close it: {why}"));
                }
                if self.live.borrow().machine.restarts() {
                    self.after(PATIENCE_MS, Event::Late);
                }
            }
            Command::Wait(ms) => self.wait(ms),
            Command::Drop => self.connection.release(),
        }
    }

    /// A new attempt: nothing of the one before is listened to.
    fn begin(&self) {
        self.connection.release();
        {
            let mut live = self.live.borrow_mut();
            // Whoever opens the wire as soon as they are drawn is here before the wire is attached.
            live.site = browser_io::site();
            live.zero = now();
            live.record.begin();
            live.trips.forget_awaited();
        }
        self.after(PATIENCE_MS, Event::Late);
    }

    /// Takes an event after a while, unless something else is waited for in between.
    fn after(&self, ms: u32, event: Event) {
        let me = self.me.clone();
        self.connection.after(ms, move || {
            if let Some(client) = me.upgrade() {
                client.step(event);
            }
        });
    }

    fn wait(&self, ms: f64) {
        self.connection.release_socket();
        self.after(ms.max(0.0) as u32, Event::Retry);
        let me = self.me.clone();
        self.connection.every(TICK_MS, move || {
            if let Some(client) = me.upgrade() {
                client.tick();
            }
        });
    }

    fn tick(&self) {
        let turned = {
            let mut live = self.live.borrow_mut();
            let now = now();
            let before = std::mem::replace(&mut live.now, now);
            match &live.machine.state {
                ConnectionState::Waiting(waiting) => {
                    waiting.seconds(before) != waiting.seconds(now)
                }
                _ => false,
            }
        };
        if turned {
            self.show();
        }
    }

    fn ask(&self) {
        let live = self.live.borrow();
        let (site, target, compression) = (
            live.site.clone(),
            live.machine.target.clone(),
            live.compression,
        );
        self.connection.open_tapped(move |wire| match &target {
            Target::Own(options) => endpoint_url::echo_url(&site, &wire.echo, options, compression),
            Target::Other(url) => url.clone(),
        });
    }

    /// Takes what happens on the connection.
    fn take(&self, event: ConnectionEvent) {
        match event {
            ConnectionEvent::Wire => self.step(Event::Wire),
            ConnectionEvent::NoWire(why) => self.step(Event::NoWire(why)),
            ConnectionEvent::Refused(why) => self.step(Event::Refused(why)),
            ConnectionEvent::Opened {
                protocol,
                extensions,
            } => {
                self.note(EntryKind::Opened(Opened {
                    protocol,
                    extensions,
                }));
                self.step(Event::Opened);
            }
            ConnectionEvent::Message(message) => self.message(&message),
            ConnectionEvent::Error | ConnectionEvent::Closed(_) => {}
            ConnectionEvent::Tap(event) => {
                self.live.borrow_mut().record.tap(event);
                self.show_soon();
            }
            ConnectionEvent::TapLost(why) => {
                self.live
                    .borrow_mut()
                    .record
                    .add(None, EntryKind::TapLost(why));
                self.show_soon();
            }
            ConnectionEvent::Over(told) => self.over(told),
        }
    }

    /// Keeps what the script sees of the handshake, where there is no tap that shows more.
    fn note(&self, kind: EntryKind) {
        let mut live = self.live.borrow_mut();
        if !live.machine.target.is_own() {
            let us = live.us(now());
            live.record.add(Some(us), kind);
        }
    }

    fn message(&self, message: &Received) {
        let Some((text, bytes)) = message.read() else {
            return;
        };
        {
            let mut live = self.live.borrow_mut();
            live.trips.came(&Mark::of(text, &bytes), message.at);
            if !live.machine.target.is_own() {
                self.seen(&mut live, Role::Server, text, &bytes, message.at);
            }
        }
        self.show_soon();
    }

    /// The connection is over, and the tap has told what it knows.
    fn over(&self, told: CloseInfo) {
        {
            let mut live = self.live.borrow_mut();
            let us = (!live.machine.target.is_own()).then(|| live.us(now()));
            live.record.add(us, EntryKind::CloseInfo(told.clone()));
            live.trips.forget_awaited();
        }
        self.step(Event::Ended(told));
    }
}

impl Driver for Client {
    fn attach(&self, changed: Callback<()>) {
        self.live.borrow_mut().site = browser_io::site();
        *self.changed.borrow_mut() = changed;
        self.show();
    }

    fn detach(&self) {
        *self.changed.borrow_mut() = Callback::noop();
        self.connection.release();
        *self.soon.borrow_mut() = None;
    }

    fn status(&self) -> LiveStatus {
        self.live.borrow().status()
    }

    fn open_first(&self) {
        let idle = self.live.borrow().machine.state == ConnectionState::Idle;
        if idle {
            self.connect();
        }
    }

    fn connect(&self) {
        let parsed = {
            let live = self.live.borrow();
            match &live.draft.address {
                Some(typed) => endpoint_url::parse(typed, &live.site),
                None => Ok(live.machine.leads_to().clone()),
            }
        };
        match parsed {
            Ok(target) => {
                let mut live = self.live.borrow_mut();
                live.trouble.address = None;
                live.draft.address = None;
                drop(live);
                self.step(Event::Connect(target));
            }
            Err(error) => {
                self.live.borrow_mut().trouble.address = Some(error.to_string());
                self.show();
            }
        }
    }

    fn retry(&self) {
        self.step(Event::Retry);
    }

    fn into_any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }
}
