//! What the reader sets for a real room, and how it stands in the address.

use crate::kit::settings::{self, Field};

/// What the reader sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether the second member is on another server.
    pub apart: bool,
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[Field::flag(
        "apart",
        "The two members are",
        ["on one server", "on two servers"],
        |s| s.apart,
        |s, on| s.apart = on,
    )];
}
