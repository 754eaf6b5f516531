//! The worker's side of the conversation.

use std::cell::{Cell, RefCell};

use js_sys::{Date, Function, Uint8Array};
use sim::job::{self, FromWorker, Report, Run, ToWorker};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::Start;

/// How long the worker works before it looks whether the page has said something, in milliseconds.
const SLICE_MS: f64 = 40.0;
/// How often the page hears of a run, in milliseconds.
const REPORT_MS: f64 = 100.0;
/// Events that a run makes in one go.
const EVENTS: u32 = 20_000;

/// A run that goes on.
struct Running {
    id: u32,
    run: Box<dyn Run>,
    /// When the page was last told of it.
    told: f64,
}

thread_local! {
    static RUNS: RefCell<Vec<Running>> = const { RefCell::new(Vec::new()) };
    /// Whether the next slice is on its way.
    static WAITING: Cell<bool> = const { Cell::new(false) };
    static SLICE: Function = Closure::<dyn Fn()>::new(slice).into_js_value().unchecked_into();
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Listens to the page, and says that it does: an empty message. `start` starts what the page asks for.
pub fn start(start: Start) {
    let listen = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = Uint8Array::new(&event.data()).to_vec();
        match job::decode(&bytes) {
            Some(ToWorker::Start { id, job, params }) => begin(id, start(&job, &params)),
            Some(ToWorker::Cancel { id }) => {
                RUNS.with_borrow_mut(|runs| runs.retain(|running| running.id != id));
            }
            // Another version's page; it waits in vain, and can do without.
            None => {}
        }
    });
    scope().set_onmessage(Some(listen.into_js_value().unchecked_ref()));
    // A message of bytes can always be posted.
    let _ = scope().post_message(&Uint8Array::new_with_length(0));
}

fn begin(id: u32, started: Result<Box<dyn Run>, String>) {
    match started {
        Ok(run) => {
            let told = Date::now();
            RUNS.with_borrow_mut(|runs| runs.push(Running { id, run, told }));
            soon();
        }
        Err(why) => tell(id, 0.0, Report::Refused(why)),
    }
}

fn soon() {
    if !WAITING.replace(true) {
        SLICE.with(|slice| {
            let set_timeout = js_sys::Reflect::get(&js_sys::global(), &"setTimeout".into());
            if let Some(set_timeout) = set_timeout.ok().and_then(|f| f.dyn_into::<Function>().ok())
            {
                let _ = set_timeout.call2(&JsValue::UNDEFINED, slice, &0.into());
            }
        });
    }
}

/// Works for a while on all runs in turn.
fn slice() {
    WAITING.set(false);
    let mut runs = RUNS.take();
    let begun = Date::now();
    while !runs.is_empty() && Date::now() - begun < SLICE_MS {
        runs.retain_mut(|running| {
            let done = running.run.advance(EVENTS);
            if done {
                let output = Report::Done(running.run.output());
                tell(running.id, 1.0, output);
            }
            !done
        });
    }
    let now = Date::now();
    for running in &mut runs {
        if now - running.told >= REPORT_MS {
            running.told = now;
            let output = Report::Partial(running.run.output());
            tell(running.id, running.run.progress(), output);
        }
    }
    if !runs.is_empty() {
        soon();
    }
    RUNS.set(runs);
}

fn tell(id: u32, progress: f64, report: Report) {
    let message = job::encode(&FromWorker {
        id,
        progress,
        report,
    });
    // A message of bytes can always be posted.
    let _ = scope().post_message(&Uint8Array::from(message.as_slice()));
}
