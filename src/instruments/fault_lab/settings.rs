//! What the reader chooses and predicts, and how it stands in the address.

use super::faults::{FAULTS, FaultNotes};
use super::prediction::Prediction;
use crate::kit::settings::{self, Field, Grammar};

/// What the reader chooses and predicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The fault that is chosen.
    pub fault: &'static FaultNotes,
    /// What the reader predicts.
    pub prediction: Prediction,
}

/// The fault that is chosen when nobody has chosen: everybody has met it.
const FIRST: &str = "invalid-utf8";

impl Default for Settings {
    fn default() -> Settings {
        Settings::of(FaultNotes::named(FIRST).unwrap_or(&FAULTS[0]))
    }
}

impl Settings {
    /// A fault about which nothing is predicted.
    pub fn of(fault: &'static FaultNotes) -> Settings {
        Settings {
            fault,
            prediction: Prediction::default(),
        }
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::parsed(
            "fault",
            Grammar {
                write: |settings| {
                    let name = settings.fault.name();
                    (name != FIRST).then(|| name.to_owned())
                },
                read: |settings, text| {
                    let instead = settings.fault.title;
                    settings.fault = FaultNotes::named(text).ok_or_else(|| {
                        format!("the lab has no fault of this name, so “{instead}” is chosen.")
                    })?;
                    Ok(())
                },
                examples: &["silence", "invalid-utf8", "wrong-accept"],
                refuses: &["", "earthquake", "Silence", "silence "],
            },
        ),
        Field::parsed(
            "guess",
            Grammar {
                write: |settings| settings.prediction.name(),
                read: |settings, text| {
                    settings.prediction = Prediction::read(text).ok_or(
                        "a prediction is the events, the code and what the browser sends. Here nothing is predicted.",
                    )?;
                    Ok(())
                },
                examples: &["error-close.1006.1002", "-.none.-", "message.-.bare"],
                refuses: &[
                    "",
                    "7",
                    "close",
                    "close.1006",
                    "close.1006.1007.x",
                    "shut.-.-",
                    "-.1006 .-",
                ],
            },
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::url_state::{query_of, read};

    #[test]
    fn every_fault_comes_back_from_its_link() {
        for fault in &FAULTS {
            let settings = Settings::of(fault);
            assert_eq!(read::<Settings>(&query_of(&settings)).settings, settings);
        }
    }
}
