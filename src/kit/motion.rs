//! Motion: one call per frame of the screen, while it is wanted and can be seen.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry};
use yew::prelude::*;

/// The longest step between two frames, in milliseconds. After a hidden tab or a stalled machine, time goes on from
/// where it was; it does not leap.
const LONGEST_MS: f64 = 100.0;

type Beat = Closure<dyn FnMut(f64)>;

/// Calls with the milliseconds since the last frame, while `running`. A browser calls nobody in a hidden tab.
#[hook]
pub fn use_frames(running: bool, on_frame: Callback<f64>) {
    // The callback changes with every render, the beat does not.
    let latest = use_mut_ref(|| on_frame.clone());
    latest.replace(on_frame);
    use_effect_with(running, move |&running| {
        let handle = Rc::new(Cell::new(None::<i32>));
        let beat: Rc<RefCell<Option<Beat>>> = Rc::default();
        if running {
            let last = Cell::new(None::<f64>);
            let (again, next) = (beat.clone(), handle.clone());
            let closure: Beat = Closure::new(move |now: f64| {
                if let Some(last) = last.replace(Some(now)) {
                    let on_frame = latest.borrow().clone();
                    on_frame.emit((now - last).clamp(0.0, LONGEST_MS));
                }
                next.set(again.borrow().as_ref().and_then(request));
            });
            handle.set(request(&closure));
            beat.replace(Some(closure));
        }
        move || {
            if let Some(handle) = handle.take() {
                // A handle that is gone already needs no cancelling.
                let _ = gloo::utils::window().cancel_animation_frame(handle);
            }
            beat.borrow_mut().take();
        }
    });
}

fn request(beat: &Beat) -> Option<i32> {
    gloo::utils::window()
        .request_animation_frame(beat.as_ref().unchecked_ref())
        .ok()
}

/// Whether any of the element is on the screen.
#[hook]
pub fn use_on_screen(node: NodeRef) -> bool {
    let seen = use_state_eq(|| true);
    let setter = seen.setter();
    use_effect_with(node, move |node| {
        let watch: Closure<dyn FnMut(js_sys::Array)> =
            Closure::new(move |entries: js_sys::Array| {
                let last = entries.pop().dyn_into::<IntersectionObserverEntry>();
                if let Ok(entry) = last {
                    setter.set(entry.is_intersecting());
                }
            });
        let observer = IntersectionObserver::new(watch.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(element)) = (&observer, node.cast::<Element>()) {
            observer.observe(&element);
        }
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop(watch);
        }
    });
    *seen
}
