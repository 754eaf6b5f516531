//! Megabytes that were pasted or opened: read in slices, with their frames.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::rc::Rc;

use notation::task::{Answer, NAME, Task};
use notation::{Form, LongText, ParseError, Reading};
use sim::job::{FromWorker, Report, decode, encode};
use yew::prelude::*;

use super::model::Source;
use super::paste::{MAX_BYTES, found, one_side};
use super::sequence::FrameSequence;
use super::slices::{PIECE, read_frames};
use crate::kit::slices::Work;
use crate::kit::worker::{Program, ask};
use crate::split_point;

/// As much of a long text stands in the box, in bytes.
const SHOWN: usize = 2000;

/// What is read.
#[derive(Clone, Debug)]
pub enum Content {
    /// A text that says bytes.
    Text(AttrValue),
    /// The bytes themselves.
    Bytes(Rc<[u8]>),
}

/// What was read.
#[derive(Clone, Debug)]
pub struct LongPaste {
    /// What it was understood as.
    pub said: String,
    /// Forms in which the same text might mean other bytes.
    pub alternatives: Vec<Form>,
    /// The frames.
    pub sequence: Rc<FrameSequence>,
}

/// Reads all of it. The source is what is shown now, and the function hears how much has been done, from 0 to 1. `None` where the
/// work was given up.
pub type ReadLong = fn(Work, Content, Option<Form>, Source, Box<dyn Fn(f64)>) -> LongReading;

/// What [`ReadLong`] gives in the end.
pub type LongReading = Pin<Box<dyn Future<Output = Option<Result<LongPaste, String>>>>>;

split_point!(
    /// Reads megabytes. Whoever pastes less does without this.
    frame_long_paste,
    pub fn load_long() -> ReadLong {
        |work, content, form, source, on_progress| {
            Box::pin(async move {
                LongPaste::read(&work, content, form, &source, on_progress).await
            })
        }
    }
);

impl LongPaste {
    async fn read(
        work: &Work,
        content: Content,
        form: Option<Form>,
        source: &Source,
        on_progress: impl Fn(f64),
    ) -> Option<Result<LongPaste, String>> {
        let (bytes, text) = match content {
            Content::Bytes(bytes) => (bytes, None),
            Content::Text(text) => match read_text(work, text, form, &on_progress).await? {
                Err(why) => return Some(Err(why)),
                Ok(reading) => {
                    let reading = one_side(reading);
                    let name = reading.name();
                    (reading.bytes.into(), Some((name, reading.alternatives)))
                }
            },
        };
        let taken = source.taken(bytes);
        // The text was the first half of the work.
        let share = if text.is_some() { 0.5 } else { 1.0 };
        let on_frames = |done: f64| on_progress(1.0 - share + done * share);
        let sequence = read_frames(work, taken, on_frames).await?;
        let (name, alternatives) = text.unwrap_or(("bytes", Vec::new()));
        let bytes = &sequence.source.bytes;
        Some(Ok(LongPaste {
            said: found(name, sequence.count(), bytes.len()),
            alternatives,
            sequence,
        }))
    }
}

async fn read_text(
    work: &Work,
    text: AttrValue,
    form: Option<Form>,
    on_progress: &impl Fn(f64),
) -> Option<Result<Reading, String>> {
    // The text itself, not a copy of it.
    let text = match text {
        AttrValue::Rc(text) => text,
        AttrValue::Static(text) => text.into(),
    };
    let mut reader = LongText::new(text.clone(), form, MAX_BYTES);
    if !reader.in_slices()
        && let Some(read) = read_beside(work, &text, form).await?
    {
        return Some(read.map_err(|error| error.to_string()));
    }
    let read = work.run(
        || match reader.advance(PIECE) {
            Some(read) => ControlFlow::Break(read),
            None => ControlFlow::Continue(reader.progress()),
        },
        |done| on_progress(done / 2.0),
    );
    Some(read.await?.map_err(|error| error.to_string()))
}

/// Has a worker read a text. The inner `None` is where there is no worker; the outer where the work was given up.
async fn read_beside(
    work: &Work,
    text: &str,
    form: Option<Form>,
) -> Option<Option<Result<Reading, ParseError>>> {
    let told = Rc::new(RefCell::new(None));
    let listener = {
        let told = told.clone();
        move |said: Option<FromWorker>| {
            told.replace(Some(said.map(|said| said.report)));
        }
    };
    let task = encode(&Task::Read(text.to_owned(), form, MAX_BYTES));
    let _asked = ask(Program::Reader, NAME, task, listener);
    let answer = match work.wait(|| told.take()).await? {
        Some(Report::Done(answer)) => decode::<Answer>(&answer),
        _ => None,
    };
    Some(answer.and_then(|answer| match answer {
        Answer::Read(read) => Some(read),
        Answer::Inspected(_) => None,
    }))
}

/// What stands in the box of a long text: its beginning.
pub fn shown_of(text: &str) -> AttrValue {
    let end = (0..=SHOWN.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    format!("{}…", &text[..end.unwrap_or(0)]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_beginning_of_a_long_text_is_shown() {
        assert_eq!(shown_of(&"é".repeat(3000)).chars().count(), 1001);
        assert_eq!(shown_of("81"), "81…");
    }
}
