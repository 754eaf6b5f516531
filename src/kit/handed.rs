//! What one page hands to another: a text or a file that was pasted or dropped here and is read there. It never enters an
//! address.

use std::cell::RefCell;

use gloo::events::EventListener;

/// What the page tells itself when there is something.
const HANDED: &str = "duplex-handed";

/// What is handed over.
#[derive(Clone, Debug, PartialEq)]
pub enum Handed {
    /// A text.
    Text(String),
    /// A file, not read yet.
    File(web_sys::File),
}

thread_local! {
    static PLACE: RefCell<Option<Handed>> = const { RefCell::new(None) };
}

/// Hands something over.
pub fn hand_over(what: Handed) {
    PLACE.with(|place| place.replace(Some(what)));
    if let Ok(event) = web_sys::Event::new(HANDED) {
        let _ = gloo::utils::window().dispatch_event(&event);
    }
}

/// Takes what was handed over, if there is something.
pub fn take() -> Option<Handed> {
    PLACE.with(RefCell::take)
}

/// Calls when something is handed over, until the listener is dropped.
pub fn on_hand_over(call: impl Fn() + 'static) -> EventListener {
    EventListener::new(&gloo::utils::window(), HANDED, move |_| call())
}
