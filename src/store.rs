//! What is kept between visits: one versioned key in local storage.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The key. A later version that reads another shape takes another number.
pub const KEY: &str = "duplex.v1";
/// Where a value that could not be read is set aside, so that nothing is lost.
pub const ASIDE: &str = "duplex.v1.unreadable";

/// Everything that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// `light`, `dark`, or nothing for the system's choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// The last answer to each quiz question: question id → choice id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub quiz: BTreeMap<String, String>,
    /// What a newer version of the page keeps and this one does not know.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

impl Kept {
    /// Reads the stored text. The error carries what the parser said.
    pub fn parse(text: &str) -> Result<Kept, String> {
        serde_json::from_str(text).map_err(|e| e.to_string())
    }
}

fn storage() -> Option<web_sys::Storage> {
    gloo::utils::window().local_storage().ok().flatten()
}

/// Reads what is kept. Storage that is switched off, or that holds something unreadable, gives the default; the
/// unreadable text is set aside under [`ASIDE`].
pub fn load() -> Kept {
    let Some(storage) = storage() else {
        return Kept::default();
    };
    let Ok(Some(text)) = storage.get_item(KEY) else {
        return Kept::default();
    };
    Kept::parse(&text).unwrap_or_else(|_| {
        // A full or blocked storage cannot take the copy; the page works without it.
        let _ = storage.set_item(ASIDE, &text);
        let _ = storage.remove_item(KEY);
        Kept::default()
    })
}

/// Changes what is kept.
pub fn update(change: impl FnOnce(&mut Kept)) {
    let mut kept = load();
    change(&mut kept);
    let Some(storage) = storage() else { return };
    if let Ok(text) = serde_json::to_string(&kept) {
        // A full or blocked storage: the page works on, it only forgets.
        let _ = storage.set_item(KEY, &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let mut kept = Kept {
            theme: Some("dark".into()),
            ..Kept::default()
        };
        kept.quiz.insert("start".into(), "upgrade".into());
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(Kept::parse(&text), Ok(kept));
    }

    #[test]
    fn what_a_newer_version_keeps_survives() {
        let text = r#"{"theme":"dark","badges":[1,2]}"#;
        let kept = Kept::parse(text).unwrap();
        assert_eq!(serde_json::to_string(&kept).unwrap(), text);
    }

    #[test]
    fn an_unreadable_value_is_an_error_not_a_panic() {
        for text in ["", "{", "[]", "null", r#"{"theme":5}"#, "\u{0}"] {
            assert!(Kept::parse(text).is_err(), "{text:?}");
        }
    }
}
