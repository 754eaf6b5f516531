//! The key, and how it stands in the address.

use super::model::EXAMPLE;
use crate::kit::settings::{self, Field};

/// The longest key that can be typed, in UTF-16 code units, as a text box counts.
pub const MAX_LENGTH: usize = 200;
/// The same in bytes: a code unit is three bytes of UTF-8 at most.
const MAX_BYTES: usize = 3 * MAX_LENGTH;

/// What the reader sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The key whose accept value is derived, as it was typed.
    pub key: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            key: EXAMPLE.to_owned(),
        }
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[Field::text(
        "key",
        MAX_BYTES,
        |s| &s.key,
        // A box of one line holds no line ends.
        |s, text| s.key = text.replace(['\r', '\n'], ""),
    )];
}
