//! What a reader can set at an instrument: one table of fields, the only place that names a parameter.
//!
//! From the table come what an address says ([`write()`]), what an address asks for ([`parse`]) with a sentence for whatever
//! cannot be used, and the controls ([`crate::kit::settings_panel`]).

use super::number::{counted, ellipsize, hex, read_hex};
use super::slider::SliderSpec;

#[cfg(test)]
pub mod check;

pub use crate::options;

/// The longest text or run of bytes that goes into an address. Servers and chat programs cut longer addresses.
pub const MAX_LINK_BYTES: usize = 2048;

/// What a reader can set at an instrument. The default is what a plain address shows.
pub trait Settings: Clone + PartialEq + Default + 'static {
    /// All fields, in the order in which their controls stand and in which an address is read: a field whose meaning
    /// depends on others stands behind them.
    const FIELDS: &'static [Field<Self>];
}

/// One parameter.
pub struct Field<S: 'static> {
    /// The name in an address.
    pub key: &'static str,
    /// The label of its control; empty for a field without one.
    pub label: &'static str,
    /// What the parameter can be.
    pub kind: Kind<S>,
    /// Other fields whose meaning depends on this one.
    pub affects: &'static [&'static str],
    /// Whether a reader chooses it, and does not drag, type or step: Back leads to how it was before.
    pub chosen: bool,
}

/// What a parameter can be.
pub enum Kind<S: 'static> {
    /// A whole number, set by a slider.
    Stops {
        /// How its slider looks and speaks.
        spec: SliderSpec,
        /// Reads the number.
        get: fn(&S) -> u32,
        /// Sets the number.
        set: fn(&mut S, u32),
    },
    /// A whole number without a control.
    Whole {
        /// The least number.
        least: u32,
        /// The greatest number.
        most: u32,
        /// Reads the number.
        get: fn(&S) -> u32,
        /// Sets the number.
        set: fn(&mut S, u32),
    },
    /// One of a few named options.
    Choice(&'static [ChoiceOption<S>]),
    /// Yes or no, `1` or `0` in an address.
    Flag {
        /// What its control says for no and for yes.
        labels: [&'static str; 2],
        /// Reads the flag.
        get: fn(&S) -> bool,
        /// Sets the flag.
        set: fn(&mut S, bool),
    },
    /// Bytes, in hexadecimal digits in an address.
    Bytes {
        /// How many there can be.
        max: usize,
        /// Reads them from an address. An error is a sentence.
        read: fn(&str) -> Result<Vec<u8>, String>,
        /// Reads the bytes.
        get: fn(&S) -> &[u8],
        /// Sets the bytes.
        set: fn(&mut S, Vec<u8>),
    },
    /// A text.
    Text {
        /// How many bytes of UTF-8 it can have.
        max: usize,
        /// Reads the text.
        get: fn(&S) -> &str,
        /// Sets the text.
        set: fn(&mut S, String),
    },
    /// What has a grammar of its own.
    Parsed(Grammar<S>),
}

/// How a field is written that is none of the usual kinds.
pub struct Grammar<S: 'static> {
    /// What stands in an address; `None` where reading the address without the field gives the same.
    pub write: fn(&S) -> Option<String>,
    /// Reads it. An error is a sentence that says what is wrong and what is there instead; it leaves `S` as it was.
    pub read: fn(&mut S, &str) -> Result<(), String>,
    /// Values that can be read. The first one is shown to whoever wrote what cannot be.
    pub examples: &'static [&'static str],
    /// Values that cannot be read, for the tests.
    pub refuses: &'static [&'static str],
}

/// One option of a [`Kind::Choice`]. Written with [`options!`](crate::options).
pub struct ChoiceOption<S: 'static> {
    /// The name in an address.
    pub name: &'static str,
    /// What its button says.
    pub label: &'static str,
    /// Whether the option is chosen.
    pub is: fn(&S) -> bool,
    /// Chooses the option.
    pub choose: fn(&mut S),
}

/// The options of a choice that sets one member of the settings:
/// `options!(prober { "server": "Server pings" => Prober::Server, "nobody": "Nobody" => Prober::Nobody })`.
#[macro_export]
macro_rules! options {
    (@$settings:ident, $place:expr, $($name:literal : $label:literal => $value:expr),+) => {
        &[$($crate::kit::settings::ChoiceOption {
            name: $name,
            label: $label,
            is: |$settings| $place == $value,
            choose: |$settings| $place = $value,
        }),+]
    };
    ($($member:ident).+ { $($name:literal : $label:literal => $value:expr),+ $(,)? }) => {
        $crate::options!(@settings, settings.$($member).+, $($name : $label => $value),+)
    };
}

impl<S> Field<S> {
    const fn new(key: &'static str, label: &'static str, kind: Kind<S>) -> Field<S> {
        let chosen = matches!(kind, Kind::Choice(_) | Kind::Flag { .. });
        Field {
            key,
            label,
            kind,
            affects: &[],
            chosen,
        }
    }

    /// A whole number, set by a slider. An address may name any number between the first stop and the last.
    pub const fn stops(
        key: &'static str,
        spec: SliderSpec,
        get: fn(&S) -> u32,
        set: fn(&mut S, u32),
    ) -> Field<S> {
        Field::new(key, spec.label, Kind::Stops { spec, get, set })
    }

    /// A whole number without a control, such as a seed.
    pub const fn whole(
        key: &'static str,
        least: u32,
        most: u32,
        get: fn(&S) -> u32,
        set: fn(&mut S, u32),
    ) -> Field<S> {
        let kind = Kind::Whole {
            least,
            most,
            get,
            set,
        };
        Field::new(key, "", kind)
    }

    /// One of a few named options.
    pub const fn choice(
        key: &'static str,
        label: &'static str,
        options: &'static [ChoiceOption<S>],
    ) -> Field<S> {
        Field::new(key, label, Kind::Choice(options))
    }

    /// Yes or no. `labels` are what the control says for no and for yes.
    pub const fn flag(
        key: &'static str,
        label: &'static str,
        labels: [&'static str; 2],
        get: fn(&S) -> bool,
        set: fn(&mut S, bool),
    ) -> Field<S> {
        Field::new(key, label, Kind::Flag { labels, get, set })
    }

    /// Up to `max` bytes, in hexadecimal digits.
    pub const fn bytes(
        key: &'static str,
        max: usize,
        get: fn(&S) -> &[u8],
        set: fn(&mut S, Vec<u8>),
    ) -> Field<S> {
        Field::bytes_as(key, max, read_hex, get, set)
    }

    /// Up to `max` bytes, written in hexadecimal digits and read by `read`, which may refuse an empty text.
    pub const fn bytes_as(
        key: &'static str,
        max: usize,
        read: fn(&str) -> Result<Vec<u8>, String>,
        get: fn(&S) -> &[u8],
        set: fn(&mut S, Vec<u8>),
    ) -> Field<S> {
        let kind = Kind::Bytes {
            max,
            read,
            get,
            set,
        };
        Field::new(key, "", kind)
    }

    /// A text of up to `max` bytes of UTF-8.
    pub const fn text(
        key: &'static str,
        max: usize,
        get: fn(&S) -> &str,
        set: fn(&mut S, String),
    ) -> Field<S> {
        Field::new(key, "", Kind::Text { max, get, set })
    }

    /// What has a grammar of its own.
    pub const fn parsed(key: &'static str, grammar: Grammar<S>) -> Field<S> {
        Field::new(key, "", Kind::Parsed(grammar))
    }

    /// A field on which the meaning of others depends. They stand behind it.
    pub const fn affecting(keys: &'static [&'static str], mut field: Field<S>) -> Field<S> {
        field.affects = keys;
        field
    }

    /// A field that is neither a choice nor a flag and is set by a button all the same.
    pub const fn by_choice(mut field: Field<S>) -> Field<S> {
        field.chosen = true;
        field
    }

    /// What stands in an address for it, whether it is the default or not; `None` where nothing has to.
    fn written(&self, settings: &S) -> Option<String> {
        match &self.kind {
            Kind::Stops { get, .. } | Kind::Whole { get, .. } => Some(get(settings).to_string()),
            Kind::Choice(options) => {
                let chosen = options.iter().find(|option| (option.is)(settings));
                chosen.map(|option| option.name.to_owned())
            }
            Kind::Flag { get, .. } => Some(u8::from(get(settings)).to_string()),
            Kind::Bytes { get, .. } => Some(hex(get(settings))),
            Kind::Text { get, .. } => Some(get(settings).to_owned()),
            Kind::Parsed(grammar) => (grammar.write)(settings),
        }
    }

    /// Sets it to what an address says, or says why it cannot.
    fn read(&self, settings: &mut S, text: &str) -> Result<(), String> {
        match &self.kind {
            Kind::Stops { spec, get, set } => {
                let (least, most) = spec.bounds();
                set(settings, read_whole(text, least, most, get(settings))?);
            }
            Kind::Whole {
                least,
                most,
                get,
                set,
            } => set(settings, read_whole(text, *least, *most, get(settings))?),
            Kind::Choice(options) => match options.iter().find(|option| option.name == text) {
                Some(option) => (option.choose)(settings),
                None => {
                    let names: Vec<_> = options.iter().map(|option| option.name).collect();
                    let here = self.written(settings).unwrap_or_default();
                    return Err(format!(
                        "it is one of {}. Here it is {here}.",
                        names.join(", ")
                    ));
                }
            },
            Kind::Flag { get, set, .. } => match text {
                "0" => set(settings, false),
                "1" => set(settings, true),
                _ => {
                    let here = u8::from(get(settings));
                    return Err(format!("it is 1 or 0. Here it is {here}."));
                }
            },
            Kind::Bytes { max, read, set, .. } => {
                let bytes = read(text)?;
                fits(bytes.len(), *max)?;
                set(settings, bytes);
            }
            Kind::Text { max, set, .. } => {
                fits(text.len(), *max)?;
                set(settings, text.to_owned());
            }
            Kind::Parsed(grammar) => (grammar.read)(settings, text)?,
        }
        Ok(())
    }
}

fn read_whole(text: &str, least: u32, most: u32, here: u32) -> Result<u32, String> {
    match text.parse() {
        Ok(n) if (least..=most).contains(&n) => Ok(n),
        _ => Err(format!(
            "a whole number from {least} to {most} is needed. Here it is {here}."
        )),
    }
}

fn fits(bytes: usize, max: usize) -> Result<(), String> {
    if bytes <= max {
        return Ok(());
    }
    Err(format!(
        "{} are more than the {max} that fit here.",
        counted(bytes as u64, "byte", "bytes")
    ))
}

/// Parameters of one instrument with their values, in the order of its fields.
pub type Pairs = Vec<(&'static str, String)>;

/// What an address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed<S> {
    /// The settings. What cannot be used has left its default there.
    pub settings: S,
    /// A sentence for each parameter that cannot be used.
    pub problems: Vec<String>,
}

impl<S> Parsed<S> {
    /// Settings about which there is nothing to say.
    pub fn fine(settings: S) -> Parsed<S> {
        Parsed {
            settings,
            problems: Vec::new(),
        }
    }
}

/// The names of all parameters.
pub fn keys<S: Settings>() -> Vec<&'static str> {
    S::FIELDS.iter().map(|field| field.key).collect()
}

/// The names of the parameters that a reader chooses.
pub fn chosen_keys<S: Settings>() -> Vec<&'static str> {
    let chosen = S::FIELDS.iter().filter(|field| field.chosen);
    chosen.map(|field| field.key).collect()
}

/// Reads the parameters of an instrument. Whatever cannot be used gives the default and a sentence that says so.
pub fn parse<S: Settings>(pairs: &Pairs) -> Parsed<S> {
    let mut parsed = Parsed::fine(S::default());
    for field in S::FIELDS {
        let given = pairs.iter().find(|(key, _)| *key == field.key);
        let Some((_, text)) = given else { continue };
        if let Err(why) = field.read(&mut parsed.settings, text) {
            let examples = match &field.kind {
                Kind::Parsed(grammar) => grammar.examples,
                _ => &[],
            };
            let problem = problem(field.key, text, &why, examples);
            parsed.problems.push(problem);
        }
    }
    parsed
}

fn problem(key: &str, text: &str, why: &str, examples: &[&str]) -> String {
    let dot = if why.ends_with('.') { "" } else { "." };
    let example = examples.first().filter(|example| !example.is_empty());
    let example = example.map_or_else(String::new, |example| {
        format!(" An example is {key}={example}.")
    });
    format!("{key}={}: {why}{dot}{example}", ellipsize(text))
}

/// The parameters that say these settings: only those that are not as usual. `None` where a text or bytes are too long for
/// an address.
pub fn write<S: Settings>(settings: &S) -> Option<Pairs> {
    let usual = S::default();
    let mut pairs = Pairs::new();
    for field in S::FIELDS {
        if let Kind::Bytes { get, .. } = field.kind
            && get(settings).len() > MAX_LINK_BYTES
        {
            // Megabytes are not written out to find that they are too many.
            return None;
        }
        let Some(text) = field.written(settings) else {
            continue;
        };
        let always = matches!(field.kind, Kind::Parsed(_));
        if !always && field.written(&usual).as_ref() == Some(&text) {
            continue;
        }
        let longest = match field.kind {
            Kind::Bytes { .. } => 2 * MAX_LINK_BYTES,
            _ => MAX_LINK_BYTES,
        };
        if text.len() > longest {
            return None;
        }
        pairs.push((field.key, text));
    }
    Some(pairs)
}
