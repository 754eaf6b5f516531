//! Drives the browser: fetch, WebSocket, EventSource, timers, the clock, the dice.

use std::cell::{Ref, RefCell};
use std::rc::{Rc, Weak};

use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use protocol::NewWire;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use wire::Role;
use yew::Callback;

use super::address::{self, Site, Target};
use super::compose::{self, Draft, Kind};
use super::entry::{Body, Opened, Seen, Told, What};
use super::net::{BROKEN, Heard, Socket, Tap, now, post_wires, said};
use super::phase::{Command, Event, Phase};
use super::state::Live;
use super::trips::{Mark, Trips};

/// How long a request or a handshake may take, in milliseconds.
const PATIENCE_MS: u32 = 10_000;
/// How often a countdown is looked at, in milliseconds.
const TICK_MS: u32 = 200;
/// How long the tap is waited for once the connection is over, in milliseconds.
const TAP_MS: u32 = 400;
/// Changes within so many milliseconds are shown together.
const FRAME_MS: u32 = 16;

/// The live wire.
pub struct Client {
    /// For callbacks, which must not keep it alive.
    me: Weak<Client>,
    live: RefCell<Live>,
    io: RefCell<Io>,
    changed: RefCell<Callback<()>>,
}

/// What is held of the browser. Dropping a part lets go of it.
#[derive(Default)]
struct Io {
    /// Counts attempts: what belongs to an earlier one is not listened to.
    round: u64,
    socket: Option<Socket>,
    tap: Option<Tap>,
    timer: Option<Timeout>,
    ticker: Option<Interval>,
    /// What the script was told, while the tap may still tell what came before.
    told: Option<Told>,
    soon: Option<Timeout>,
}

impl Client {
    /// A wire that nobody has opened.
    pub fn shared() -> Rc<Client> {
        Rc::new_cyclic(|me| Client {
            me: me.clone(),
            live: RefCell::default(),
            io: RefCell::default(),
            changed: RefCell::default(),
        })
    }

    /// What is known. Not to be held across a callback.
    pub fn live(&self) -> Ref<'_, Live> {
        self.live.borrow()
    }

    /// The page is there: whoever shows the wire wants to know of changes.
    pub fn attach(&self, changed: Callback<()>) {
        let location = gloo_utils::window().location();
        {
            let mut live = self.live.borrow_mut();
            live.site = Site {
                secure: location.protocol().as_deref() == Ok("https:"),
                host: location.host().unwrap_or_default(),
            };
        }
        *self.changed.borrow_mut() = changed;
        self.show();
    }

    /// The page is gone.
    pub fn detach(&self) {
        *self.changed.borrow_mut() = Callback::noop();
        self.let_go();
        self.io.borrow_mut().soon = None;
    }

    /// Shows what has changed, at once.
    fn show(&self) {
        let changed = self.changed.borrow().clone();
        changed.emit(());
    }

    /// Shows what has changed, together with what changes in the same moment.
    fn show_soon(&self) {
        let mut io = self.io.borrow_mut();
        if io.soon.is_some() {
            return;
        }
        let me = self.me.clone();
        io.soon = Some(Timeout::new(FRAME_MS, move || {
            if let Some(client) = me.upgrade() {
                client.io.borrow_mut().soon = None;
                client.show();
            }
        }));
    }

    /// Connects to the own echo, if nothing has been asked for yet.
    pub fn open_first(&self) {
        let idle = self.live.borrow().line.phase == Phase::Idle;
        if idle {
            self.connect();
        }
    }

    /// Connects to the address in the box.
    pub fn connect(&self) {
        let parsed = {
            let live = self.live.borrow();
            match &live.draft.address {
                Some(typed) => address::parse(typed, &live.site),
                None => Ok(live.line.target.clone()),
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

    /// Tries again now.
    pub fn retry(&self) {
        self.step(Event::Retry);
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
                Ok(_) if !fits => Err(format!(
                    "The reason has {bytes} bytes, and 123 fit: a control frame carries 125, the code takes two."
                )),
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
        match self.try_send() {
            // Drawing now would only delay the echo that is being timed.
            Ok(()) => self.show_soon(),
            Err(trouble) => {
                self.live.borrow_mut().trouble.message = Some(trouble);
                self.show();
            }
        }
    }

    fn try_send(&self) -> Result<(), String> {
        let (text, bytes) = {
            let mut live = self.live.borrow_mut();
            live.trouble.message = None;
            match live.draft.kind {
                Kind::Text => (true, live.draft.text.clone().into_bytes()),
                Kind::Binary => (false, compose::bytes(&live.draft.hex)?),
            }
        };
        self.put(text, &bytes)
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
        let io = self.io.borrow();
        let socket = match &io.socket {
            Some(socket) if live.line.phase.is_open() => socket,
            _ => return Err("Not sent: the wire is not open. What you wrote stays here.".into()),
        };
        let sent = now();
        let result = match std::str::from_utf8(bytes) {
            Ok(words) if text => socket.ws.send_with_str(words),
            _ => socket.ws.send_with_u8_array(bytes),
        };
        result.map_err(|error| format!("The browser did not send it: {}", said(&error)))?;
        live.trips.sent(Mark::of(text, bytes), sent);
        if !live.line.target.is_own() {
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
        live.record
            .add(Some(us), What::Seen(Seen { from, body, len }));
    }

    /// Takes an event and does what has to be done.
    fn step(&self, event: Event) {
        let command = {
            let mut live = self.live.borrow_mut();
            let now = now();
            live.now = now;
            if matches!(&event, Event::Connect(target) if *target != live.line.target) {
                live.trips = Trips::default();
            }
            live.line.step(event, now, js_sys::Math::random())
        };
        self.run(command);
        self.show();
    }

    fn run(&self, command: Command) {
        match command {
            Command::Nothing => {
                if !self.live.borrow().line.phase.is_busy() {
                    self.io.borrow_mut().timer = None;
                }
            }
            Command::Ask => self.ask(),
            Command::Open(url) => {
                self.begin();
                self.open(&url);
            }
            Command::Close(code, reason) => {
                let result = match &self.io.borrow().socket {
                    Some(socket) => socket.ws.close_with_code_and_reason(code, &reason),
                    None => Ok(()),
                };
                if let Err(error) = result {
                    self.live.borrow_mut().trouble.close =
                        Some(format!("The browser did not close it: {}", said(&error)));
                }
            }
            Command::Wait(ms) => self.wait(ms),
            Command::Drop => self.let_go(),
        }
    }

    fn is_in(&self, round: u64) -> bool {
        self.io.borrow().round == round
    }

    fn let_go(&self) {
        let mut io = self.io.borrow_mut();
        io.round += 1;
        io.socket = None;
        io.tap = None;
        io.timer = None;
        io.ticker = None;
        io.told = None;
    }

    /// A new attempt: nothing of the one before is listened to.
    fn begin(&self) {
        self.let_go();
        {
            let mut live = self.live.borrow_mut();
            live.zero = now();
            live.record.begin();
            live.trips.forget_awaited();
        }
        self.after(PATIENCE_MS, |client| client.step(Event::Late));
    }

    /// Does something after a while, unless something else is waited for in between.
    fn after(&self, ms: u32, then: impl FnOnce(&Client) + 'static) {
        let mut io = self.io.borrow_mut();
        let me = self.me.clone();
        let round = io.round;
        io.timer = Some(Timeout::new(ms, move || {
            if let Some(client) = me.upgrade()
                && client.is_in(round)
            {
                then(&client);
            }
        }));
    }

    fn wait(&self, ms: f64) {
        // The tap stays: it may still tell how the connection ended.
        self.io.borrow_mut().socket = None;
        self.after(ms.max(0.0) as u32, |client| client.step(Event::Retry));
        let mut io = self.io.borrow_mut();
        let me = self.me.clone();
        io.ticker = Some(Interval::new(TICK_MS, move || {
            if let Some(client) = me.upgrade() {
                client.tick();
            }
        }));
    }

    fn tick(&self) {
        let turned = {
            let mut live = self.live.borrow_mut();
            let now = now();
            let before = std::mem::replace(&mut live.now, now);
            match &live.line.phase {
                Phase::Waiting(waiting) => waiting.seconds(before) != waiting.seconds(now),
                _ => false,
            }
        };
        if turned {
            self.show();
        }
    }

    fn ask(&self) {
        self.begin();
        let (me, round) = (self.me.clone(), self.io.borrow().round);
        spawn_local(async move {
            let answer = post_wires().await;
            let Some(client) = me.upgrade() else { return };
            if !client.is_in(round) {
                return;
            }
            match answer {
                Ok(wire) => client.got(&wire),
                Err(error) => client.step(Event::NoWire(error)),
            }
        });
    }

    fn got(&self, wire: &NewWire) {
        self.step(Event::Wire);
        self.tap(&wire.tap);
        let url = {
            let live = self.live.borrow();
            match &live.line.target {
                Target::Own(options) => {
                    address::echo_url(&live.site, &wire.echo, options, live.compression)
                }
                Target::Other(url) => url.clone(),
            }
        };
        self.open(&url);
    }

    fn tap(&self, path: &str) {
        let (me, round) = (self.me.clone(), self.io.borrow().round);
        let tap = Tap::open(path, move |heard| {
            if let Some(client) = me.upgrade()
                && client.is_in(round)
            {
                client.tapped(heard);
            }
        });
        match tap {
            Ok(tap) => self.io.borrow_mut().tap = Some(tap),
            Err(why) => self.blind(why),
        }
    }

    fn tapped(&self, heard: Heard) {
        match heard {
            Heard::Event(event) => {
                let ended = {
                    let mut live = self.live.borrow_mut();
                    live.record.tap(event);
                    live.record.ended()
                };
                if ended {
                    self.io.borrow_mut().tap = None;
                    self.ended();
                }
                self.show_soon();
            }
            Heard::Unread(why) => self.blind(format!(
                "The tap is left: {why}. What follows on this connection is not shown."
            )),
            Heard::Broken => self.blind(BROKEN.into()),
        }
    }

    /// The tap tells nothing more.
    fn blind(&self, why: String) {
        self.io.borrow_mut().tap = None;
        self.live.borrow_mut().record.add(None, What::Blind(why));
        self.ended();
        self.show_soon();
    }

    fn open(&self, url: &str) {
        let ws = match web_sys::WebSocket::new(url) {
            Ok(ws) => ws,
            Err(error) => {
                self.step(Event::Refused(format!(
                    "The browser does not connect to this address: {}.",
                    said(&error).trim_end_matches('.')
                )));
                return;
            }
        };
        ws.set_binary_type(web_sys::BinaryType::Arraybuffer);
        let listeners = vec![
            self.listen(&ws, "open", |client, _| client.opened()),
            self.listen(&ws, "message", |client, event| {
                let at = now();
                if let Some(event) = event.dyn_ref::<web_sys::MessageEvent>() {
                    client.message(&event.data(), at);
                }
            }),
            self.listen(&ws, "close", |client, event| {
                if let Some(event) = event.dyn_ref::<web_sys::CloseEvent>() {
                    client.closed(Told {
                        code: event.code(),
                        reason: event.reason(),
                        clean: event.was_clean(),
                    });
                }
            }),
        ];
        self.io.borrow_mut().socket = Some(Socket {
            ws,
            _listeners: listeners,
        });
    }

    fn listen(
        &self,
        target: &web_sys::EventTarget,
        name: &'static str,
        then: impl Fn(&Client, &web_sys::Event) + 'static,
    ) -> EventListener {
        let (me, round) = (self.me.clone(), self.io.borrow().round);
        EventListener::new(target, name, move |event| {
            if let Some(client) = me.upgrade()
                && client.is_in(round)
            {
                then(&client, event);
            }
        })
    }

    fn opened(&self) {
        {
            let io = self.io.borrow();
            let mut live = self.live.borrow_mut();
            if let (Some(socket), false) = (&io.socket, live.line.target.is_own()) {
                let what = What::Opened(Opened {
                    protocol: socket.ws.protocol(),
                    extensions: socket.ws.extensions(),
                });
                let us = live.us(now());
                live.record.add(Some(us), what);
            }
        }
        self.step(Event::Opened);
    }

    fn message(&self, data: &JsValue, at: f64) {
        let (text, bytes) = match data.as_string() {
            Some(text) => (true, text.into_bytes()),
            None => match data.dyn_ref::<js_sys::ArrayBuffer>() {
                Some(buffer) => (false, js_sys::Uint8Array::new(buffer).to_vec()),
                None => return,
            },
        };
        {
            let mut live = self.live.borrow_mut();
            live.trips.came(&Mark::of(text, &bytes), at);
            if !live.line.target.is_own() {
                self.seen(&mut live, Role::Server, text, &bytes, at);
            }
        }
        self.show_soon();
    }

    fn closed(&self, told: Told) {
        let tapped = {
            let mut io = self.io.borrow_mut();
            io.socket = None;
            io.told = Some(told);
            io.tap.is_some()
        };
        // The last frames come by the tap, and belong before what the script is told of them.
        if tapped {
            self.after(TAP_MS, Client::ended);
        } else {
            self.ended();
        }
    }

    /// The connection is over, and the tap has told what it knows.
    fn ended(&self) {
        let Some(told) = self.io.borrow_mut().told.take() else {
            return;
        };
        {
            let mut live = self.live.borrow_mut();
            let us = (!live.line.target.is_own()).then(|| live.us(now()));
            live.record.add(us, What::Told(told.clone()));
            live.trips.forget_awaited();
        }
        self.step(Event::Ended(told));
    }
}
