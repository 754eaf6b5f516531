//! Running a model of `sim`: small ones in place, large ones in the page's worker, with progress and partial results.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::rc::Rc;

use js_sys::Uint8Array;
use sim::job::{FromWorker, Job, Report, ToWorker, decode, encode};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlMetaElement, MessageEvent, Worker};
use yew::prelude::*;

use super::slices::Work;

/// Events that a run in place makes in one go.
const EVENTS: u32 = 2_000;

/// How the run of a model stands.
#[derive(Debug)]
pub struct JobState<J: Job> {
    /// What is known, and of which parameters. Until the first of a new run is there, that of the one before.
    pub output: Option<(J::Params, Rc<J::Output>)>,
    /// How much is done, from 0 to 1.
    pub progress: f64,
    /// Whether the run goes on.
    pub running: bool,
    /// Why the model was not run.
    pub refused: Option<String>,
    /// Whether the page has no worker, so that a smaller run stands for it.
    pub reduced: bool,
}

impl<J: Job> Clone for JobState<J> {
    fn clone(&self) -> JobState<J> {
        JobState {
            output: self.output.clone(),
            refused: self.refused.clone(),
            ..*self
        }
    }
}

impl<J: Job> PartialEq for JobState<J> {
    fn eq(&self, other: &JobState<J>) -> bool {
        let rest = |state: &JobState<J>| (state.progress, state.running, state.reduced);
        rest(self) == rest(other) && self.refused == other.refused && self.output == other.output
    }
}

impl<J: Job> JobState<J> {
    /// Before a run.
    fn before(params: &J::Params, small: bool) -> JobState<J> {
        let (output, refused) = match small.then(|| J::run(params)) {
            Some(Ok(output)) => (Some((params.clone(), Rc::new(output))), None),
            Some(Err(refused)) => (None, Some(refused.to_string())),
            None => (None, None),
        };
        JobState {
            output,
            refused,
            progress: if small { 1.0 } else { 0.0 },
            running: !small,
            reduced: false,
        }
    }
}

/// What a model is run with, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JobRun<P> {
    /// What it is given.
    pub params: P,
    /// Whether it is done within a frame of the screen: then it is run in place, when it is drawn.
    pub small: bool,
    /// What stands for it where the page has no worker.
    pub reduced: P,
}

/// Runs a model, anew whenever it is given something else; the run before is given up then.
#[hook]
pub fn use_job<J: Job + 'static>(run: JobRun<J::Params>) -> JobState<J> {
    let small = use_memo(run.clone(), |run| {
        run.small.then(|| JobState::<J>::before(&run.params, true))
    });
    let large = use_state_eq(|| JobState::<J>::before(&run.params, false));
    {
        let large = large.clone();
        use_effect_with(run, move |run| {
            let cancel = match run.small {
                true => None,
                false => Some(begin::<J>(run, large)),
            };
            move || {
                if let Some(cancel) = cancel {
                    cancel();
                }
            }
        });
    }
    match &*small {
        Some(state) => state.clone(),
        None => (*large).clone(),
    }
}

/// Starts a run that reports to `state`. The function that comes back gives it up.
fn begin<J: Job + 'static>(
    run: &JobRun<J::Params>,
    state: UseStateHandle<JobState<J>>,
) -> Box<dyn FnOnce()> {
    let known = Rc::new(RefCell::new(JobState {
        progress: 0.0,
        running: true,
        refused: None,
        reduced: false,
        ..(*state).clone()
    }));
    let set = {
        let setter = state.setter();
        Rc::new(move |change: &mut dyn FnMut(&mut JobState<J>)| {
            let mut known = known.borrow_mut();
            change(&mut known);
            setter.set(known.clone());
        })
    };
    set(&mut |_| ());
    let in_place = Work::default();
    let id = {
        let (run, in_place) = (run.clone(), in_place.clone());
        let host = host();
        host.start(J::NAME, encode(&run.params), move |said| match said {
            Some(FromWorker {
                progress, report, ..
            }) => set(&mut |state| {
                state.progress = progress;
                state.running = matches!(report, Report::Partial(_));
                match &report {
                    Report::Partial(bytes) | Report::Done(bytes) => {
                        if let Some(output) = decode::<J::Output>(bytes) {
                            state.output = Some((run.params.clone(), Rc::new(output)));
                        }
                    }
                    Report::Refused(why) => state.refused = Some(why.clone()),
                }
            }),
            None => run_in_place::<J>(run.reduced.clone(), in_place.clone(), set.clone()),
        })
    };
    Box::new(move || {
        in_place.cancel();
        host().cancel(id);
    })
}

/// Changes a state that is known.
type Set<J> = Rc<dyn Fn(&mut dyn FnMut(&mut JobState<J>))>;

/// Runs a model on the page, in slices.
fn run_in_place<J: Job + 'static>(params: J::Params, work: Work, set: Set<J>) {
    let mut job = match J::start(&params) {
        Ok(job) => job,
        Err(refused) => {
            set(&mut |state| {
                state.running = false;
                state.refused = Some(refused.to_string());
            });
            return;
        }
    };
    wasm_bindgen_futures::spawn_local(async move {
        let piece = || match job.advance(EVENTS) {
            true => ControlFlow::Break(job.output()),
            false => ControlFlow::Continue(job.progress()),
        };
        let on_progress = |progress| {
            set(&mut |state| {
                state.progress = progress;
                state.reduced = true;
            });
        };
        if let Some(output) = work.run(piece, on_progress).await {
            let output = Rc::new(output);
            set(&mut |state| {
                state.output = Some((params.clone(), output.clone()));
                state.progress = 1.0;
                state.running = false;
                state.reduced = true;
            });
        }
    });
}

/// Hears of a run: what the worker says, or that there is none.
type Listener = Rc<dyn Fn(Option<FromWorker>)>;

/// The page's side of the worker.
#[derive(Default)]
struct Host {
    worker: RefCell<Option<Worker>>,
    /// Whether there is no worker, and will be none.
    failed: Cell<bool>,
    /// Whether the worker listens.
    ready: Cell<bool>,
    /// What it is to be told when it does.
    queue: RefCell<Vec<ToWorker>>,
    listeners: RefCell<BTreeMap<u32, Listener>>,
    last: Cell<u32>,
}

fn host() -> Rc<Host> {
    thread_local! {
        static HOST: Rc<Host> = Rc::default();
    }
    HOST.with(Rc::clone)
}

impl Host {
    /// Starts a run. Says what the worker calls it.
    fn start(
        self: Rc<Self>,
        job: &str,
        params: Vec<u8>,
        listener: impl Fn(Option<FromWorker>) + 'static,
    ) -> u32 {
        let id = self.last.get().wrapping_add(1);
        self.last.set(id);
        let listener: Listener = Rc::new(listener);
        self.listeners.borrow_mut().insert(id, listener);
        if self.worker.borrow().is_none() && !self.failed.get() {
            match spawn(&self) {
                Ok(worker) => *self.worker.borrow_mut() = Some(worker),
                Err(_) => self.failed.set(true),
            }
        }
        if self.failed.get() {
            // Not within the call: whoever starts a run does not yet know what it is called.
            let host = self.clone();
            wasm_bindgen_futures::spawn_local(async move { host.tell_failed() });
        } else {
            let job = job.to_owned();
            self.post(ToWorker::Start { id, job, params });
        }
        id
    }

    fn cancel(&self, id: u32) {
        if self.listeners.borrow_mut().remove(&id).is_some() {
            self.post(ToWorker::Cancel { id });
        }
    }

    fn post(&self, message: ToWorker) {
        match &*self.worker.borrow() {
            Some(worker) if self.ready.get() => {
                // A message of bytes can always be posted.
                let _ = worker.post_message(&Uint8Array::from(encode(&message).as_slice()));
            }
            Some(_) => self.queue.borrow_mut().push(message),
            None => {}
        }
    }

    fn hear(&self, bytes: &[u8]) {
        if !self.ready.replace(true) {
            for message in self.queue.take() {
                self.post(message);
            }
            return;
        }
        let Some(said) = decode::<FromWorker>(bytes) else {
            return;
        };
        let goes_on = matches!(said.report, Report::Partial(_));
        let listener = self.listeners.borrow().get(&said.id).cloned();
        if !goes_on {
            self.listeners.borrow_mut().remove(&said.id);
        }
        if let Some(listener) = listener {
            listener(Some(said));
        }
    }

    fn tell_failed(&self) {
        for listener in self.listeners.take().into_values() {
            listener(None);
        }
    }
}

/// Where the worker's script is: the page says so in its head.
fn script() -> Option<String> {
    let meta = gloo::utils::document().query_selector("meta[name=duplex-worker]");
    let meta = meta.ok()??.dyn_into::<HtmlMetaElement>().ok()?;
    Some(meta.content())
}

/// Starts the worker. The error says why the browser has none.
fn spawn(host: &Rc<Host>) -> Result<Worker, JsValue> {
    // A browser without workers would throw where nothing catches.
    if !js_sys::Reflect::has(&js_sys::global(), &"Worker".into())? {
        return Err("no workers".into());
    }
    let script = script().ok_or("the page names no worker")?;
    let worker = Worker::new(&script)?;
    let hear = {
        let host = Rc::downgrade(host);
        Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(host) = host.upgrade() {
                host.hear(&Uint8Array::new(&event.data()).to_vec());
            }
        })
    };
    let fail = {
        let host = Rc::downgrade(host);
        Closure::<dyn Fn(web_sys::Event)>::new(move |_: web_sys::Event| {
            if let Some(host) = host.upgrade() {
                host.failed.set(true);
                host.worker.take();
                host.tell_failed();
            }
        })
    };
    worker.set_onmessage(Some(hear.into_js_value().unchecked_ref()));
    worker.set_onerror(Some(fail.into_js_value().unchecked_ref()));
    Ok(worker)
}
