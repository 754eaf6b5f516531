//! Runs faults in the reader's browser: a wire, a tap, a WebSocket, and what they tell.

use std::cell::{Ref, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::{Rc, Weak};

use protocol::LabFault;
use yew::Callback;

use super::faults::{FAULTS, FaultNotes};
use super::prediction::Prediction;
use super::run::{Phase, Run, Said};
use crate::kit::browser;
use crate::live::api::NoWire;
use crate::live::browser_io::{now, site};
use crate::live::connection::{Connection, ConnectionEvent};
use crate::live::endpoint_url::{self, Target};

/// How long a wire and a handshake may take, in milliseconds.
const PATIENCE_MS: u32 = 10_000;
/// How long a connection that is open is watched, in milliseconds. Every fault comes sooner.
const WATCH_MS: u32 = 4_000;
/// The same for a message that has to be inflated first.
const INFLATE_MS: u32 = 30_000;
/// How long it is watched after a message, in milliseconds.
const AFTER_MESSAGE_MS: u32 = 1_500;
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

/// Runs faults: which one next, how long to watch it, when it is settled.
pub struct Runner {
    me: Weak<Runner>,
    results: RefCell<Results>,
    present: RefCell<Present>,
    connection: Connection,
    changed: RefCell<Callback<()>>,
}

/// What is going on.
#[derive(Default)]
struct Present {
    /// The fault whose run changes with what happens.
    current: Option<&'static FaultNotes>,
    /// The page's clock at `new WebSocket`.
    zero: f64,
    /// What is run after it.
    queue: VecDeque<&'static FaultNotes>,
}

thread_local! {
    /// One for the visit: who follows a frame to another page and comes back finds the run as it was.
    static SHARED: Rc<Runner> = Rc::new_cyclic(|me| {
        let listener = me.clone();
        Runner {
            me: me.clone(),
            results: RefCell::default(),
            present: RefCell::default(),
            connection: Connection::new(move |event| {
                if let Some(runner) = listener.upgrade() {
                    runner.take(event);
                }
            }),
            changed: RefCell::default(),
        }
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
    pub fn run(&self, fault: &'static FaultNotes, prediction: Prediction) {
        self.present.borrow_mut().queue.clear();
        self.results.borrow_mut().all = None;
        self.start(fault, prediction);
    }

    /// Runs every fault, one after the other.
    pub fn run_all(&self) {
        let mut queue: VecDeque<_> = FAULTS.iter().collect();
        let Some(first) = queue.pop_front() else {
            return;
        };
        self.present.borrow_mut().queue = queue;
        {
            let mut results = self.results.borrow_mut();
            results.runs.clear();
            results.all = Some((0, first));
        }
        self.start(first, Prediction::default());
    }

    /// No more runs; what is known stays.
    pub fn stop(&self) {
        self.release();
        self.present.borrow_mut().queue.clear();
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
        let mut results = self.results.borrow_mut();
        match endpoint_url::parse(typed, &site()) {
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
        if !self.connection.has_socket() || self.connection.close(CODE, "").is_err() {
            return;
        }
        self.with_run(|run, ms| run.script(ms, Said::Called(CODE)));
        let me = self.me.clone();
        self.connection.every(TICK_MS, move || {
            if let Some(runner) = me.upgrade() {
                runner.with_run(|_, _| ());
            }
        });
    }

    /// Changes the present run, and shows it.
    fn with_run(&self, change: impl FnOnce(&mut Run, f64)) {
        {
            let present = self.present.borrow();
            let ms = now() - present.zero;
            let mut results = self.results.borrow_mut();
            results.now_ms = ms;
            let run = present
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
        let present = self.present.borrow();
        let results = self.results.borrow();
        results.runs.get(present.current?.name()).map(ask)
    }

    /// Lets go of the present run: what happens from now on is none of its own.
    fn release(&self) {
        if let Some(fault) = self.present.borrow_mut().current.take()
            && let Some(run) = self.results.borrow_mut().runs.get_mut(fault.name())
        {
            run.release();
        }
        self.connection.release();
    }

    fn start(&self, fault: &'static FaultNotes, prediction: Prediction) {
        self.release();
        let place = {
            let mut results = self.results.borrow_mut();
            results.no_wire = None;
            results.now_ms = 0.0;
            // A run that this one cuts off says nothing.
            results.runs.retain(|_, run| !run.is_under_way());
            if results.browser.is_empty() {
                let navigator = gloo::utils::window().navigator();
                results.browser = navigator.user_agent().unwrap_or_default();
            }
            let place = results.place.clone();
            let run = Run::new(fault, prediction, place == Place::Own);
            results.runs.insert(fault.name(), run);
            place
        };
        {
            let mut present = self.present.borrow_mut();
            present.current = Some(fault);
            present.zero = now();
        }
        self.settle_after(PATIENCE_MS);
        match place {
            Place::Other(lab) => self.connection.open(&format!("{lab}/{}", fault.name())),
            Place::Own => self.connection.open_tapped(move |wire| {
                // The wire's address has its id in the query, whatever the endpoint.
                let query = wire.echo.split_once('?').map_or("", |(_, query)| query);
                browser::websocket_url(&format!("{}?{query}", fault.fault.path()))
            }),
        }
        self.show();
    }

    /// Settles the run after a while, unless something else is waited for in between.
    fn settle_after(&self, ms: u32) {
        let me = self.me.clone();
        self.connection.after(ms, move || {
            if let Some(runner) = me.upgrade() {
                runner.settle();
            }
        });
    }

    /// Takes what happens on the connection.
    fn take(&self, event: ConnectionEvent) {
        match event {
            ConnectionEvent::Wire => {
                self.with_run(|run, _| run.phase = Phase::Connecting);
                self.present.borrow_mut().zero = now();
            }
            ConnectionEvent::NoWire(why) => self.no_wire(why),
            ConnectionEvent::Refused(why) => {
                self.with_run(|run, _| run.phase = Phase::Failed(why));
                self.connection.release();
                self.next();
            }
            ConnectionEvent::Opened { .. } => {
                self.with_run(|run, ms| run.script(ms, Said::Open));
                let bomb = self.of_run(|run| run.fault.fault == LabFault::DeflateBomb);
                self.settle_after(if bomb == Some(true) {
                    INFLATE_MS
                } else {
                    WATCH_MS
                });
            }
            ConnectionEvent::Message(message) => {
                // Only its length is asked for: the bomb stays where it is.
                if let Some((text, len)) = message.measure() {
                    self.with_run(|run, ms| run.script(ms, Said::Message { text, len }));
                    self.settle_after(AFTER_MESSAGE_MS);
                }
            }
            ConnectionEvent::Error => self.with_run(|run, ms| run.script(ms, Said::Error)),
            ConnectionEvent::Closed(told) => {
                self.with_run(|run, ms| run.script(ms, Said::Close(told)));
            }
            ConnectionEvent::Tap(event) => self.with_run(|run, _| run.tap(event)),
            ConnectionEvent::TapLost(why) => self.with_run(|run, _| run.lose_sight(why)),
            ConnectionEvent::Over(_) => self.settle(),
        }
    }

    fn no_wire(&self, why: NoWire) {
        if let Some(fault) = self.present.borrow().current {
            self.results.borrow_mut().runs.remove(fault.name());
        }
        self.results.borrow_mut().no_wire = Some(why);
        self.stop();
    }

    /// What has happened by now is what happened.
    fn settle(&self) {
        self.connection.cancel_timer();
        if self.present.borrow().current.is_none() {
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
            self.connection.release();
        }
        self.next();
    }

    /// The next of all, where all are run.
    fn next(&self) {
        if self.results.borrow().all.is_none() {
            return;
        }
        let next = self.present.borrow_mut().queue.pop_front();
        match next {
            Some(fault) => {
                if let Some((done, running)) = &mut self.results.borrow_mut().all {
                    *done += 1;
                    *running = fault;
                }
                self.start(fault, Prediction::default());
            }
            None => {
                self.results.borrow_mut().all = None;
                self.show();
            }
        }
    }
}
