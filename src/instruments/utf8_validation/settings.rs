//! What the reader sets, how it stands in the address, and the bytes to begin with.

use crate::instruments::messages::read_bytes;
use crate::kit::number::hex;
use crate::kit::settings::{self, Field, Grammar, options};

/// The most bytes: each is drawn.
pub const MAX_BYTES: usize = 64;

/// What carries the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A text message in one frame.
    Text,
    /// A binary message.
    Binary,
    /// The reason in a close frame, behind code 1000.
    Close,
}

/// What the reader sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The payload; of a close frame, what comes after the code.
    pub bytes: Vec<u8>,
    /// What carries the bytes.
    pub carrier: Carrier,
    /// How many bytes have been read; without it, as many as [`Settings::first_step`] says.
    pub byte: Option<usize>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            bytes: vec![0xf4, 0x90, 0x80, 0x80],
            carrier: Carrier::Text,
            byte: None,
        }
    }
}

impl Settings {
    /// How many bytes are read before all is known.
    pub fn last_step(&self) -> usize {
        self.read().len() - 1
    }

    /// Where a reader begins: at the end, and on the plain page one byte before it is decided.
    fn first_step(&self) -> usize {
        let usual = Settings::default();
        if self.bytes == usual.bytes && self.carrier == usual.carrier {
            1
        } else {
            self.last_step()
        }
    }

    /// How many bytes have been read.
    pub fn step(&self) -> usize {
        self.byte.unwrap_or_else(|| self.first_step())
    }

    /// The same bytes, read as far as this, or as far as they are read at all.
    pub fn at(self, step: usize) -> Settings {
        let step = step.min(self.last_step());
        Settings {
            byte: (step != self.first_step()).then_some(step),
            ..self
        }
    }

    /// Other bytes, read to the end.
    pub fn with_bytes(&self, bytes: &[u8]) -> Settings {
        let settings = Settings {
            bytes: bytes.to_vec(),
            ..self.clone()
        };
        settings.at(usize::MAX)
    }
}

/// Bytes, where they are not too many.
///
/// # Errors
/// Says how many there are.
pub fn few_enough(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    if bytes.len() <= MAX_BYTES {
        return Ok(bytes);
    }
    Err(format!(
        "That is {} bytes. Every byte is drawn, up to {MAX_BYTES}; below is what there was before.",
        bytes.len()
    ))
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::affecting(
            &["byte"],
            Field::parsed(
                "utf8",
                Grammar {
                    write: |s| (s.bytes != Settings::default().bytes).then(|| hex(&s.bytes)),
                    read: |s, text| {
                        s.bytes = few_enough(read_bytes(text)?)?;
                        Ok(())
                    },
                    examples: &["e282ac", "", "c0af", "f0 9f 91 8b"],
                    refuses: &["f", "zz", "é"],
                },
            ),
        ),
        Field::affecting(
            &["byte"],
            Field::choice(
                "carried",
                "What carries the bytes",
                options!(carrier {
                    "text": "Text" => Carrier::Text,
                    "binary": "Binary" => Carrier::Binary,
                    "close": "Close reason" => Carrier::Close,
                }),
            ),
        ),
        Field::parsed(
            "byte",
            Grammar {
                write: |s| s.byte.map(|byte| byte.to_string()),
                read: |s, text| {
                    let last = s.last_step();
                    match text.parse::<usize>() {
                        Ok(step) if step <= last => *s = s.clone().at(step),
                        _ => {
                            return Err(format!(
                                "{last} of these bytes are read, so it is 0 to {last}."
                            ));
                        }
                    }
                    Ok(())
                },
                examples: &["0", "1", "2"],
                refuses: &["3", "-1", "x", "", "99999999999999999999"],
            },
        ),
    ];
}

/// Bytes to begin with.
pub struct Preset {
    /// What its button says.
    pub label: &'static str,
    /// Whether the connection fails.
    pub broken: bool,
    /// The bytes.
    pub bytes: &'static [u8],
}

/// All of them.
pub const PRESETS: [Preset; 8] = [
    Preset {
        label: "Past U+10FFFF",
        broken: true,
        bytes: &[0xf4, 0x90, 0x80, 0x80],
    },
    Preset {
        label: "Four bytes that fit",
        broken: false,
        bytes: "a👋".as_bytes(),
    },
    Preset {
        label: "Overlong",
        broken: true,
        bytes: &[0xc0, 0xaf],
    },
    Preset {
        label: "Surrogate",
        broken: true,
        bytes: &[0xed, 0xa0, 0x80],
    },
    Preset {
        label: "Stray continuation",
        broken: true,
        bytes: b"ok\x80ok",
    },
    Preset {
        label: "Ends too early",
        broken: true,
        bytes: &[0xf0, 0x9f, 0x91],
    },
    Preset {
        label: "Latin-1",
        broken: true,
        bytes: b"Un caf\xe9 au lait, s'il vous pla\xeet",
    },
    Preset {
        label: "Three bytes that fit",
        broken: false,
        bytes: "€".as_bytes(),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::url_state::{query_of, read};

    #[test]
    fn links_lead_back_to_every_byte() {
        for carrier in [Carrier::Text, Carrier::Binary, Carrier::Close] {
            for preset in PRESETS {
                let settings = Settings {
                    bytes: preset.bytes.to_vec(),
                    carrier,
                    byte: None,
                };
                for step in 0..=settings.last_step() {
                    let settings = settings.clone().at(step);
                    let back = read::<Settings>(&query_of(&settings));
                    assert_eq!((back.settings.step(), back.problems.len()), (step, 0));
                    assert_eq!(back.settings, settings);
                }
            }
        }
    }

    #[test]
    fn too_many_bytes_are_named_and_the_usual_ones_stay() {
        let parsed = read::<Settings>(&format!("utf8={}", "41".repeat(MAX_BYTES + 1)));
        assert!(parsed.problems[0].contains("65 bytes"));
        assert_eq!(parsed.settings, Settings::default());
    }

    #[test]
    fn steps_end_where_reading_ends() {
        let settings = Settings::default().at(99);
        assert_eq!(settings.step(), 2);
        let carried_by = |settings: &Settings, carrier| {
            let other = Settings {
                carrier,
                ..settings.clone()
            };
            other.at(settings.step())
        };
        let settings = carried_by(&settings, Carrier::Binary).at(99);
        assert_eq!(settings.step(), 4);
        let settings = carried_by(&settings, Carrier::Text);
        assert_eq!(settings.step(), 2);
        let settings = settings.with_bytes(PRESETS[6].bytes);
        assert_eq!((settings.step(), settings.bytes.len()), (8, 32));
        assert_eq!(settings.with_bytes(&[]).step(), 0);
    }
}
