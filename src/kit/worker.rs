//! The page's side of the programs that work beside it, in workers.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::Uint8Array;
use sim::job::{FromWorker, Report, ToWorker, decode, encode};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlMetaElement, MessageEvent, Worker};

/// A program that works beside the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Runs models, several at a time.
    Models,
    /// Reads what was pasted, one thing at a time.
    Reader,
}

/// Something that a worker was told to do. Dropped, it is given up.
pub struct Asked {
    host: Rc<Host>,
    id: u32,
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.host.cancel(self.id);
    }
}

/// Has a worker do something by its name; `listener` hears how it goes. It hears `None` where the page has no worker, and none
/// will be had.
pub fn ask(
    program: Program,
    job: &str,
    params: Vec<u8>,
    listener: impl Fn(Option<FromWorker>) + 'static,
) -> Asked {
    let host = host(program);
    let id = host.clone().start(job, params, listener);
    Asked { host, id }
}

/// Hears of a run: what the worker says, or that there is none.
type Listener = Rc<dyn Fn(Option<FromWorker>)>;

/// The page's side of a worker.
struct Host {
    program: Program,
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

fn host(program: Program) -> Rc<Host> {
    thread_local! {
        static MODELS: Rc<Host> = Rc::new(Host::new(Program::Models));
        static READER: Rc<Host> = Rc::new(Host::new(Program::Reader));
    }
    match program {
        Program::Models => MODELS.with(Rc::clone),
        Program::Reader => READER.with(Rc::clone),
    }
}

impl Host {
    fn new(program: Program) -> Host {
        Host {
            program,
            worker: RefCell::default(),
            failed: Cell::default(),
            ready: Cell::default(),
            queue: RefCell::default(),
            listeners: RefCell::default(),
            last: Cell::default(),
        }
    }

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
        if self.listeners.borrow_mut().remove(&id).is_none() {
            return;
        }
        match self.program {
            Program::Models => self.post(ToWorker::Cancel { id }),
            // What reads does not listen meanwhile. Another one is started when there is something to read again.
            Program::Reader => {
                if let Some(worker) = self.worker.take() {
                    worker.set_onmessage(None);
                    worker.terminate();
                }
                self.ready.set(false);
                self.queue.take();
            }
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

/// Where a worker's script is: the page says so in its head.
fn script(program: Program) -> Option<String> {
    let name = match program {
        Program::Models => "meta[name=duplex-worker]",
        Program::Reader => "meta[name=duplex-reader]",
    };
    let meta = gloo::utils::document().query_selector(name);
    let meta = meta.ok()??.dyn_into::<HtmlMetaElement>().ok()?;
    Some(meta.content())
}

/// Starts the worker. The error says why the browser has none.
fn spawn(host: &Rc<Host>) -> Result<Worker, JsValue> {
    // A browser without workers would throw where nothing catches.
    if !js_sys::Reflect::has(&js_sys::global(), &"Worker".into())? {
        return Err("no workers".into());
    }
    let script = script(host.program).ok_or("the page names no worker")?;
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
