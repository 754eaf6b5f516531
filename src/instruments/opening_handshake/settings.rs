//! How far the opening handshake has gone, and how that stands in the address.

use crate::kit::settings::{self, Field};

/// The number of the last step: after TCP, every line of the request, the judgement and every line of the response.
pub const LAST_STEP: u32 = 20;

/// What the address says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// How far the handshake has gone, from 0.
    pub step: u32,
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[Field::whole(
        "step",
        0,
        LAST_STEP,
        |s| s.step,
        |s, step| s.step = step,
    )];
}
