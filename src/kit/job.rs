//! Running a model of `sim`: small ones in place, large ones in the page's worker, with progress and partial results.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::rc::Rc;

use sim::job::{FromWorker, Job, Report, decode, encode};
use yew::prelude::*;

use super::slices::Work;
use super::worker::{Program, ask};

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
    let asked = {
        let (run, in_place) = (run.clone(), in_place.clone());
        let params = encode(&run.params);
        ask(Program::Models, J::NAME, params, move |said| match said {
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
        drop(asked);
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
