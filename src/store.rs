//! What is kept between visits: one versioned key in local storage.
//!
//! The browser reads and writes the JSON. Every page needs this, and a reader of our own would be a tenth of its program.

use std::collections::BTreeMap;

use gloo::events::EventListener;
use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The key. A later version that reads another shape takes another number.
pub const KEY: &str = "duplex.v1";
/// Where a value that could not be read is set aside, so that nothing is lost.
pub const ASIDE: &str = "duplex.v1.unreadable";
/// The members of the value.
const THEME: &str = "theme";
const QUIZ: &str = "quiz";
const REVIEW: &str = "review";
const PRACTICE: &str = "practice";
const PROGRESS: &str = "progress";
/// What the page tells itself when the progress has changed.
const CHANGED: &str = "duplex-progress";

/// Everything that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// `light`, `dark`, or nothing for the system's choice.
    pub theme: Option<String>,
    /// The last answer to each quiz question: question id → choice id, or what else an answer is.
    pub quiz: Texts,
    /// When each quiz question comes back: question id → card.
    pub review: Texts,
    /// How practice went: kind of exercise → right answers of all.
    pub practice: Texts,
    /// How many questions of each chapter were answered rightly the last time: path → count. The navigation shows it, and
    /// knows no question.
    pub progress: Texts,
}

/// Names and what is kept under them.
pub type Texts = BTreeMap<String, String>;

/// What is kept, together with what a newer version of the page keeps and this one does not know.
struct Stored {
    object: Object,
    kept: Kept,
}

impl Stored {
    /// Reads the stored text; `None` where it is not what this version writes.
    fn parse(text: &str) -> Option<Stored> {
        let object: Object = JSON::parse(text).ok()?.dyn_into().ok()?;
        if js_sys::Array::is_array(&object) {
            return None;
        }
        let member = |name: &str| Reflect::get(&object, &name.into()).unwrap_or_default();
        let theme = match member(THEME) {
            absent if absent.is_undefined() || absent.is_null() => None,
            theme => Some(theme.as_string()?),
        };
        let texts = |name: &str| match member(name) {
            absent if absent.is_undefined() => Some(Texts::new()),
            present => texts(&present.dyn_into().ok()?),
        };
        let kept = Kept {
            theme,
            quiz: texts(QUIZ)?,
            review: texts(REVIEW)?,
            practice: texts(PRACTICE)?,
            progress: texts(PROGRESS)?,
        };
        Some(Stored { object, kept })
    }

    fn text(&self) -> Option<String> {
        let set = |name: &str, value: Option<JsValue>| {
            // A plain object takes every member and gives every one up.
            let _ = match value {
                Some(value) => Reflect::set(&self.object, &name.into(), &value),
                None => Reflect::delete_property(&self.object, &name.into()),
            };
        };
        set(THEME, self.kept.theme.as_deref().map(JsValue::from));
        for (name, texts) in [
            (QUIZ, &self.kept.quiz),
            (REVIEW, &self.kept.review),
            (PRACTICE, &self.kept.practice),
            (PROGRESS, &self.kept.progress),
        ] {
            let members = Object::new();
            for (key, text) in texts {
                let _ = Reflect::set(&members, &key.into(), &text.into());
            }
            set(name, (!texts.is_empty()).then(|| members.into()));
        }
        JSON::stringify(&self.object).ok().map(String::from)
    }
}

fn texts(members: &Object) -> Option<Texts> {
    // One by one: to collect a map sorts first, and this would be the only sorting that every page carries.
    let mut texts = Texts::new();
    for pair in Object::entries(members).iter() {
        let at = |i: u32| Reflect::get_u32(&pair, i).ok()?.as_string();
        texts.insert(at(0)?, at(1)?);
    }
    Some(texts)
}

fn storage() -> Option<web_sys::Storage> {
    gloo::utils::window().local_storage().ok().flatten()
}

/// Whether this browser keeps anything for this site. Storage can be denied, or have no room at all.
pub fn is_kept() -> bool {
    const PROBE: &str = "duplex.probe";
    storage().is_some_and(|storage| {
        let kept = storage.set_item(PROBE, "1").is_ok();
        let _ = storage.remove_item(PROBE);
        kept
    })
}

/// Storage that is switched off, or that holds something unreadable, gives the default; the unreadable text is set aside
/// under [`ASIDE`].
fn stored() -> Stored {
    let fresh = || Stored {
        object: Object::new(),
        kept: Kept::default(),
    };
    let Some(storage) = storage() else {
        return fresh();
    };
    let Ok(Some(text)) = storage.get_item(KEY) else {
        return fresh();
    };
    Stored::parse(&text).unwrap_or_else(|| {
        // A full or blocked storage cannot take the copy; the page works without it.
        let _ = storage.set_item(ASIDE, &text);
        let _ = storage.remove_item(KEY);
        fresh()
    })
}

/// Reads what is kept.
pub fn load() -> Kept {
    stored().kept
}

/// Changes what is kept. Whether that is kept now: a full or blocked storage takes nothing, and the page works on.
pub fn update(change: impl FnOnce(&mut Kept)) -> bool {
    let mut stored = stored();
    change(&mut stored.kept);
    match (storage(), stored.text()) {
        (Some(storage), Some(text)) => storage.set_item(KEY, &text).is_ok(),
        _ => false,
    }
}

/// The same where answers change: the navigation is told.
pub fn update_answers(change: impl FnOnce(&mut Kept)) -> bool {
    let written = update(change);
    say_changed();
    written
}

/// What is kept of the answers, as a text to take along. The theme stays with its browser.
pub fn export() -> String {
    let mut stored = stored();
    stored.kept.theme = None;
    stored.text().unwrap_or_default()
}

/// Takes the answers of a text that [`export`] wrote in the place of those that are kept. Whether it is such a text.
pub fn import(text: &str) -> bool {
    let Some(brought) = Stored::parse(text).map(|brought| brought.kept) else {
        return false;
    };
    if brought.quiz.is_empty() && brought.review.is_empty() && brought.practice.is_empty() {
        return false;
    }
    update_answers(|kept| {
        *kept = Kept {
            theme: kept.theme.take(),
            ..brought
        };
    })
}

fn say_changed() {
    if let Ok(event) = web_sys::Event::new(CHANGED) {
        let _ = gloo::utils::window().dispatch_event(&event);
    }
}

/// Calls when the progress changes, here or in another tab, until the listeners are dropped.
pub fn on_progress(call: impl Fn() + Clone + 'static) -> [EventListener; 2] {
    let again = call.clone();
    let window = gloo::utils::window();
    [
        EventListener::new(&window, CHANGED, move |_| call()),
        EventListener::new(&window, "storage", move |_| again()),
    ]
}
