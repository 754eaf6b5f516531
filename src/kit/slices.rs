//! Long work done in slices, so that the page answers in between.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

use gloo::timers::future::TimeoutFuture;

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

    /// Waits until `ready` has something. `None` where the work was given up.
    pub async fn wait<T>(&self, ready: impl Fn() -> Option<T>) -> Option<T> {
        /// A frame of the screen, in milliseconds.
        const LOOK_MS: u32 = 16;
        loop {
            if self.0.get() {
                return None;
            }
            if let Some(out) = ready() {
                return Some(out);
            }
            TimeoutFuture::new(LOOK_MS).await;
        }
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
            TimeoutFuture::new(0).await;
            if self.0.get() {
                return None;
            }
        }
    }
}
