//! Long texts and files: they are read beside the page, in a worker, so that the page answers meanwhile.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use notation::task::{Answer, NAME, Task};
use sim::job::{Report, decode, encode};
use yew::prelude::*;

use super::{Looked, Reader, drawn, model};
use crate::kit::worker::{Program, ask};

/// How long the page has to be drawn before something long is read in place, in milliseconds.
const DRAWN_MS: u32 = 60;

/// How it stands with what is looked at.
#[derive(Clone)]
pub enum Beside {
    /// It is read in place: it is short, or the page has no worker.
    InPlace,
    /// A worker reads it.
    Reading,
    /// What the worker has answered, encoded.
    Answer(Rc<[u8]>),
    /// The worker does not read it, and why.
    Refused(String),
}

impl PartialEq for Beside {
    fn eq(&self, other: &Beside) -> bool {
        match (self, other) {
            (Beside::Answer(a), Beside::Answer(b)) => Rc::ptr_eq(a, b),
            (Beside::Refused(a), Beside::Refused(b)) => a == b,
            (Beside::InPlace, Beside::InPlace) | (Beside::Reading, Beside::Reading) => true,
            _ => false,
        }
    }
}

/// Has a worker read what is looked at, where that is long; what was read before is given up.
#[hook]
pub fn use_beside(looked: &Option<Looked>, reader: Option<Reader>) -> Beside {
    let stand = use_state(|| None::<(Looked, Beside)>);
    {
        let set = stand.setter();
        let deps = (looked.clone(), reader.is_some());
        use_effect_with(deps, move |(looked, _)| {
            let long = looked.clone().filter(Looked::is_long);
            let asked = long.zip(reader).map(|(looked, reader)| {
                ask(Program::Reader, NAME, (reader.task)(&looked), move |said| {
                    let told = match said.map(|said| said.report) {
                        Some(Report::Partial(_)) => return,
                        Some(Report::Done(answer)) => Beside::Answer(answer.into()),
                        Some(Report::Refused(why)) => Beside::Refused(why),
                        None => Beside::InPlace,
                    };
                    let (set, told) = (set.clone(), Some((looked.clone(), told)));
                    // What is read in place keeps the page busy: it is drawn before that.
                    Timeout::new(DRAWN_MS, move || set.set(told)).forget();
                })
            });
            move || drop(asked)
        });
    }
    match (&*stand, looked) {
        (_, Some(now)) if !now.is_long() => Beside::InPlace,
        (Some((of, told)), Some(now)) if of == now => told.clone(),
        _ => Beside::Reading,
    }
}

/// What the worker is told.
pub fn task(looked: &Looked) -> Vec<u8> {
    encode(&match looked {
        Looked::Text(text, None) => Task::Inspect(text.to_string()),
        Looked::Text(text, form) => Task::Read(text.to_string(), *form, notation::LONGEST),
        Looked::File(_, bytes) => Task::InspectFile(bytes.to_vec()),
    })
}

/// Draws what the worker has answered.
pub fn draw(looked: &Looked, answer: &[u8], on_form: &Callback<notation::Form>) -> Html {
    let found = match (decode::<Answer>(answer), looked) {
        (Some(Answer::Inspected(read)), Looked::Text(text, _)) => model::judged(text, read),
        (Some(Answer::Inspected(read)), Looked::File(..)) => model::file_judged(read),
        (Some(Answer::Read(read)), _) => model::form_judged(read),
        (None, _) => Err("The page’s worker gave an unknown answer. Reload the page: it may be another version’s.".to_owned()),
    };
    drawn(looked, found, on_form)
}
