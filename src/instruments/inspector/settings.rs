//! What was pasted, as an address may hold it.
//!
//! The page never writes it there by itself: what people paste may be nobody's business, and an address goes to the server.

use crate::kit::settings::{self, Field, MAX_LINK_BYTES};

/// What was pasted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The text.
    pub text: String,
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[Field::text(
        "text",
        MAX_LINK_BYTES,
        |s| &s.text,
        |s, text| s.text = text,
    )];
}
