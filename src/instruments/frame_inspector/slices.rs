//! Megabytes gone over in slices, so that the page answers in between.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

use wasm_bindgen_futures::JsFuture;

use super::model::Source;
use super::sequence::{FrameSequence, SequenceReader};

/// What is gone over at once, in bytes; more than this in slices.
pub const AT_ONCE: usize = 256 << 10;
/// What is gone over without a look at the clock, in bytes.
pub const PIECE: usize = 16 << 10;
/// How long a slice takes, in milliseconds: less than a frame of the screen.
const SLICE_MS: f64 = 10.0;

/// Work that can be given up.
#[derive(Clone, Debug, Default)]
pub struct Work(Rc<Cell<bool>>);

impl Work {
    /// Gives it up.
    pub fn cancel(&self) {
        self.0.set(true);
    }

    /// Does a piece after another until one of them breaks with what comes out, and lets the browser in between. A piece that
    /// continues says how much has been done, from 0 to 1. `None` where the work was given up.
    pub async fn run<T>(
        &self,
        mut piece: impl FnMut() -> ControlFlow<T, f64>,
        on_progress: impl Fn(f64),
    ) -> Option<T> {
        loop {
            let begun = js_sys::Date::now();
            let done = loop {
                match piece() {
                    ControlFlow::Break(out) => return Some(out),
                    ControlFlow::Continue(done) if js_sys::Date::now() - begun >= SLICE_MS => {
                        break done;
                    }
                    ControlFlow::Continue(_) => {}
                }
            };
            on_progress(done);
            pause().await;
            if self.0.get() {
                return None;
            }
        }
    }

    /// Finds the frames of a source and judges them.
    pub async fn read_frames(
        &self,
        source: Source,
        on_progress: impl Fn(f64),
    ) -> Option<Rc<FrameSequence>> {
        let mut reader = SequenceReader::new(source);
        let piece = || match reader.advance(PIECE) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(reader.progress()),
        };
        self.run(piece, on_progress).await?;
        Some(Rc::new(reader.finish()))
    }
}

/// Comes back when the browser has done what waits: what the reader does, and what is to be drawn.
async fn pause() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        // Without a timer the work goes on at once.
        if gloo::utils::window()
            .set_timeout_with_callback(&resolve)
            .is_err()
        {
            let _ = resolve.call0(&wasm_bindgen::JsValue::NULL);
        }
    });
    // The promise is never broken.
    let _ = JsFuture::from(promise).await;
}
