//! The code that the reader looks at, and how it stands in the address.

use wire::close::CloseCode;

use crate::kit::settings::{self, Field};

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The close code.
    pub code: CloseCode,
}

impl Default for Settings {
    /// The code that most people look for.
    fn default() -> Settings {
        Settings {
            code: CloseCode(1006),
        }
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[Field::whole(
        "code",
        0,
        0xffff,
        |s| u32::from(s.code.0),
        |s, n| s.code = CloseCode(n as u16),
    )];
}
