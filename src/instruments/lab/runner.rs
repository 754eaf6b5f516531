//! Runs faults in the reader's browser: a wire, a tap, a WebSocket, and what they tell.

mod sockets;

use std::cell::{Ref, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use gloo_timers::callback::{Interval, Timeout};
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

use super::faults::{FAULTS, FaultNotes};
use super::guess::Guess;
use super::run::{Phase, Run, Said};
use crate::browser;
use crate::live::address::{self, Site, Target};
use crate::live::api::NoWire;
use crate::live::net::{Socket, Tap, now, post_wires};

/// How long a wire and a handshake may take, in milliseconds.
const PATIENCE_MS: u32 = 10_000;
/// How long the tap is waited for once the connection is over, in milliseconds.
const TAP_MS: u32 = 600;
/// How often a wait is looked at, in milliseconds.
const TICK_MS: u32 = 500;

/// Where the faults are run.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Place {
    /// At the site's own server, through a tap.
    #[default]
    Own,
    /// At another server's lab, as a script alone sees it. Holds the address of the lab, without a slash at its end.
    Other(String),
}

/// What the lab has come to know.
#[derive(Debug, Default)]
pub struct Results {
    /// The last run of each fault, by its name.
    pub runs: BTreeMap<&'static str, Run>,
    /// Where the next is run.
    pub place: Place,
    /// Why the site has no lab.
    pub no_wire: Option<NoWire>,
    /// Why the address of another lab cannot be used.
    pub trouble: Option<String>,
    /// While all are run one after the other: how many are done, and which is running.
    pub all: Option<(usize, &'static FaultNotes)>,
    /// How the browser names itself. Empty as long as nothing was run.
    pub browser: String,
    /// The page's clock when it was last looked at, since the present run began.
    pub now_ms: f64,
}

/// Runs faults.
pub struct Runner {
    me: Weak<Runner>,
    results: RefCell<Results>,
    io: RefCell<Io>,
    changed: RefCell<Callback<()>>,
}

/// What is held of the browser. Dropping a part lets go of it.
#[derive(Default)]
struct Io {
    /// Counts runs: what belongs to an earlier one is not listened to.
    round: u64,
    current: Option<&'static FaultNotes>,
    zero: f64,
    queue: VecDeque<&'static FaultNotes>,
    socket: Option<Socket>,
    tap: Option<Tap>,
    timer: Option<Timeout>,
    ticker: Option<Interval>,
}

thread_local! {
    /// One for the visit: who follows a frame to another page and comes back finds the run as it was.
    static SHARED: Rc<Runner> = Rc::new_cyclic(|me| Runner {
        me: me.clone(),
        results: RefCell::default(),
        io: RefCell::default(),
        changed: RefCell::default(),
    });
}

impl Runner {
    /// The one of this visit.
    pub fn shared() -> Rc<Runner> {
        SHARED.with(Rc::clone)
    }

    /// What is known. Not to be held across a callback.
    pub fn results(&self) -> Ref<'_, Results> {
        self.results.borrow()
    }

    /// Whoever shows the results wants to know of changes.
    pub fn attach(&self, changed: Callback<()>) {
        *self.changed.borrow_mut() = changed;
    }

    /// The page is gone.
    pub fn detach(&self) {
        *self.changed.borrow_mut() = Callback::noop();
        self.stop();
    }

    fn show(&self) {
        let changed = self.changed.borrow().clone();
        changed.emit(());
    }

    /// Runs one fault.
    pub fn run(&self, fault: &'static FaultNotes, guess: Guess) {
        self.io.borrow_mut().queue.clear();
        self.results.borrow_mut().all = None;
        self.start(fault, guess);
    }

    /// Runs every fault, one after the other.
    pub fn run_all(&self) {
        let mut queue: VecDeque<_> = FAULTS.iter().collect();
        let Some(first) = queue.pop_front() else {
            return;
        };
        self.io.borrow_mut().queue = queue;
        {
            let mut results = self.results.borrow_mut();
            results.runs.clear();
            results.all = Some((0, first));
        }
        self.start(first, Guess::default());
    }

    /// No more runs; what is known stays.
    pub fn stop(&self) {
        self.let_go();
        self.io.borrow_mut().queue.clear();
        {
            let mut results = self.results.borrow_mut();
            results.all = None;
            // A run that was cut off says nothing.
            results.runs.retain(|_, run| run.is_settled());
        }
        self.show();
    }

    /// Runs at the lab of this address from now on.
    pub fn use_place(&self, typed: &str) {
        let location = gloo_utils::window().location();
        let site = Site {
            secure: location.protocol().as_deref() == Ok("https:"),
            host: location.host().unwrap_or_default(),
        };
        let mut results = self.results.borrow_mut();
        match address::parse(typed, &site) {
            Ok(Target::Other(url)) if !url.contains('?') => {
                results.place = Place::Other(url.trim_end_matches('/').to_owned());
                results.trouble = None;
                results.no_wire = None;
            }
            Ok(_) => {
                results.trouble = Some(
                    "That is not the address of a lab. One ends in /lab, as ws://127.0.0.1:8080/lab does."
                        .to_owned(),
                );
            }
            Err(error) => results.trouble = Some(error.to_string()),
        }
        drop(results);
        self.show();
    }

    /// Runs at the site's own server again.
    pub fn use_own(&self) {
        {
            let mut results = self.results.borrow_mut();
            results.place = Place::Own;
            results.trouble = None;
        }
        self.show();
    }

    /// Closes a connection that was left open, as a script does, and watches how long the browser waits.
    pub fn close(&self) {
        const CODE: u16 = 1000;
        let closed = match &self.io.borrow().socket {
            Some(socket) => socket.ws.close_with_code(CODE),
            None => return,
        };
        if closed.is_ok() {
            self.with_run(|run, ms| run.script(ms, Said::Called(CODE)));
            let me = self.me.clone();
            self.io.borrow_mut().ticker = Some(Interval::new(TICK_MS, move || {
                if let Some(runner) = me.upgrade() {
                    runner.with_run(|_, _| ());
                }
            }));
        }
    }

    /// Changes the present run, and shows it.
    fn with_run(&self, change: impl FnOnce(&mut Run, f64)) {
        {
            let io = self.io.borrow();
            let ms = now() - io.zero;
            let mut results = self.results.borrow_mut();
            results.now_ms = ms;
            let run = io
                .current
                .and_then(|fault| results.runs.get_mut(fault.name()));
            if let Some(run) = run {
                change(run, ms);
            }
        }
        self.show();
    }

    /// Something of the present run.
    fn of_run<T>(&self, ask: impl FnOnce(&Run) -> T) -> Option<T> {
        let io = self.io.borrow();
        let results = self.results.borrow();
        results.runs.get(io.current?.name()).map(ask)
    }

    fn is_in(&self, round: u64) -> bool {
        self.io.borrow().round == round
    }

    fn let_go(&self) {
        let (socket, tap) = {
            let mut io = self.io.borrow_mut();
            io.round += 1;
            if let Some(fault) = io.current.take()
                && let Some(run) = self.results.borrow_mut().runs.get_mut(fault.name())
            {
                run.let_go();
            }
            io.timer = None;
            io.ticker = None;
            (io.socket.take(), io.tap.take())
        };
        // Outside of the borrow: closing calls into the browser.
        drop((socket, tap));
    }

    fn start(&self, fault: &'static FaultNotes, guess: Guess) {
        self.let_go();
        let place = {
            let mut results = self.results.borrow_mut();
            results.no_wire = None;
            results.now_ms = 0.0;
            // A run that this one cuts off says nothing.
            results.runs.retain(|_, run| !run.is_under_way());
            if results.browser.is_empty() {
                let navigator = gloo_utils::window().navigator();
                results.browser = navigator.user_agent().unwrap_or_default();
            }
            let place = results.place.clone();
            let run = Run::new(fault, guess, place == Place::Own);
            results.runs.insert(fault.name(), run);
            place
        };
        {
            let mut io = self.io.borrow_mut();
            io.current = Some(fault);
            io.zero = now();
        }
        self.after(PATIENCE_MS, Runner::settle);
        match place {
            Place::Other(lab) => self.open(&format!("{lab}/{}", fault.name())),
            Place::Own => self.ask(fault),
        }
        self.show();
    }

    /// Does something after a while, unless something else is waited for in between.
    fn after(&self, ms: u32, then: impl FnOnce(&Runner) + 'static) {
        let mut io = self.io.borrow_mut();
        let (me, round) = (self.me.clone(), io.round);
        io.timer = Some(Timeout::new(ms, move || {
            if let Some(runner) = me.upgrade()
                && runner.is_in(round)
            {
                then(&runner);
            }
        }));
    }

    fn ask(&self, fault: &'static FaultNotes) {
        let (me, round) = (self.me.clone(), self.io.borrow().round);
        spawn_local(async move {
            let answer = post_wires().await;
            let Some(runner) = me.upgrade() else { return };
            if !runner.is_in(round) {
                return;
            }
            match answer {
                Ok(wire) => {
                    // The wire's address has its id in the query, whatever the endpoint.
                    let query = wire.echo.split_once('?').map_or("", |(_, query)| query);
                    runner.tap(&wire.tap);
                    runner.with_run(|run, _| run.phase = Phase::Connecting);
                    let path = format!("{}?{query}", fault.fault.path());
                    runner.open(&browser::websocket_url(&path));
                }
                Err(why) => runner.no_wire(why),
            }
        });
    }

    fn no_wire(&self, why: NoWire) {
        if let Some(fault) = self.io.borrow().current {
            self.results.borrow_mut().runs.remove(fault.name());
        }
        self.results.borrow_mut().no_wire = Some(why);
        self.stop();
    }

    /// Either the connection or its tap is over: once both are, so is the run.
    fn over(&self) {
        let Some((closed, sight_ended)) =
            self.of_run(|run| (run.closed(), !run.tapped || run.tap_ended()))
        else {
            return;
        };
        if !closed {
            return;
        }
        if sight_ended || self.io.borrow().tap.is_none() {
            self.settle();
        } else {
            self.after(TAP_MS, Runner::settle);
        }
    }

    /// What has happened by now is what happened.
    fn settle(&self) {
        let done = {
            let mut io = self.io.borrow_mut();
            io.timer = None;
            io.current
        };
        if done.is_none() {
            return;
        }
        self.with_run(|run, ms| {
            if run.phase != Phase::Closing || run.closed() {
                run.settle(ms);
            }
        });
        let quiet = self.of_run(|run| matches!(run.phase, Phase::Quiet | Phase::Closing));
        let in_all = self.results.borrow().all.is_some();
        if quiet != Some(true) || in_all {
            let (socket, tap) = {
                let mut io = self.io.borrow_mut();
                io.ticker = None;
                (io.socket.take(), io.tap.take())
            };
            drop((socket, tap));
        }
        self.next();
    }

    /// The next of all, where all are run.
    fn next(&self) {
        if self.results.borrow().all.is_none() {
            return;
        }
        let next = self.io.borrow_mut().queue.pop_front();
        match next {
            Some(fault) => {
                if let Some((done, running)) = &mut self.results.borrow_mut().all {
                    *done += 1;
                    *running = fault;
                }
                self.start(fault, Guess::default());
            }
            None => {
                self.results.borrow_mut().all = None;
                self.show();
            }
        }
    }
}
