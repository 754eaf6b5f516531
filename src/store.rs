//! What is kept between visits: one versioned key in local storage.
//!
//! The browser reads and writes the JSON. Every page needs this, and a reader of our own would be a tenth of its program.

use std::collections::BTreeMap;

use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The key. A later version that reads another shape takes another number.
pub const KEY: &str = "duplex.v1";
/// Where a value that could not be read is set aside, so that nothing is lost.
pub const ASIDE: &str = "duplex.v1.unreadable";
/// The members of the value.
const THEME: &str = "theme";
const QUIZ: &str = "quiz";

/// Everything that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// `light`, `dark`, or nothing for the system's choice.
    pub theme: Option<String>,
    /// The last answer to each quiz question: question id → choice id.
    pub quiz: BTreeMap<String, String>,
}

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
        let quiz = match member(QUIZ) {
            absent if absent.is_undefined() => BTreeMap::new(),
            quiz => answers(&quiz.dyn_into().ok()?)?,
        };
        let kept = Kept { theme, quiz };
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
        let quiz = Object::new();
        for (question, choice) in &self.kept.quiz {
            let _ = Reflect::set(&quiz, &question.into(), &choice.into());
        }
        set(QUIZ, (!self.kept.quiz.is_empty()).then(|| quiz.into()));
        JSON::stringify(&self.object).ok().map(String::from)
    }
}

fn answers(quiz: &Object) -> Option<BTreeMap<String, String>> {
    let entries = Object::entries(quiz);
    let pairs = entries.iter().map(|pair| {
        let at = |i: u32| Reflect::get_u32(&pair, i).ok()?.as_string();
        Some((at(0)?, at(1)?))
    });
    pairs.collect()
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
