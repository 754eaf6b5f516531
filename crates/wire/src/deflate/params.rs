//! The four parameters of permessage-deflate (RFC 7692 §7.1).

use std::fmt;
use std::str::FromStr;

use crate::Role;
use crate::handshake::{Extension, ListError, extensions};

/// The extension's name in a handshake.
pub const NAME: &str = "permessage-deflate";

/// What both ends have agreed on: the server's answer, with every default filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// The server begins every message with an empty window (RFC 7692 §7.1.1.1).
    pub server_no_context_takeover: bool,
    /// The client begins every message with an empty window (RFC 7692 §7.1.1.2).
    pub client_no_context_takeover: bool,
    /// The server's window is at most 2 to this power, in bytes: 8–15 (RFC 7692 §7.1.2.1).
    pub server_max_window_bits: u8,
    /// The client's window is at most 2 to this power, in bytes: 8–15 (RFC 7692 §7.1.2.2).
    pub client_max_window_bits: u8,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: 15,
            client_max_window_bits: 15,
        }
    }
}

impl Params {
    /// Reads a server's answer.
    pub fn from_answer(extension: &Extension) -> Result<Params, ParamError> {
        if extension.name != NAME {
            return Err(ParamError::NotThis(extension.name.clone()));
        }
        let raw = Raw::read(extension)?;
        let bits = |bits: Option<Option<u8>>, name: &str| match bits {
            None => Ok(15),
            Some(Some(bits)) => Ok(bits),
            Some(None) => Err(ParamError::Value {
                name: name.to_owned(),
                value: None,
            }),
        };
        Ok(Params {
            server_no_context_takeover: raw.server_no_context_takeover,
            client_no_context_takeover: raw.client_no_context_takeover,
            server_max_window_bits: bits(raw.server_max_window_bits, "server_max_window_bits")?,
            client_max_window_bits: bits(raw.client_max_window_bits, "client_max_window_bits")?,
        })
    }

    /// Whether `sender` begins each message with the window of the one before.
    pub fn context_takeover(&self, sender: Role) -> bool {
        !match sender {
            Role::Client => self.client_no_context_takeover,
            Role::Server => self.server_no_context_takeover,
        }
    }

    /// The size of `sender`'s window, as a power of two.
    pub fn window_bits(&self, sender: Role) -> u8 {
        match sender {
            Role::Client => self.client_max_window_bits,
            Role::Server => self.server_max_window_bits,
        }
    }
}

/// The answer as it goes into `Sec-WebSocket-Extensions`.
impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAME)?;
        if self.server_no_context_takeover {
            f.write_str("; server_no_context_takeover")?;
        }
        if self.client_no_context_takeover {
            f.write_str("; client_no_context_takeover")?;
        }
        if self.server_max_window_bits != 15 {
            write!(
                f,
                "; server_max_window_bits={}",
                self.server_max_window_bits
            )?;
        }
        if self.client_max_window_bits != 15 {
            write!(
                f,
                "; client_max_window_bits={}",
                self.client_max_window_bits
            )?;
        }
        Ok(())
    }
}

impl FromStr for Params {
    type Err = ParamError;

    /// Reads an answer that names permessage-deflate and nothing else.
    fn from_str(value: &str) -> Result<Params, ParamError> {
        match &extensions(value).map_err(ParamError::Syntax)?[..] {
            [only] => Params::from_answer(only),
            [] => Err(ParamError::NotThis(String::new())),
            [_, second, ..] => Err(ParamError::NotThis(second.name.clone())),
        }
    }
}

/// The parameters as they stand there, for an offer or an answer. A parameter without its value is `Some(None)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Raw {
    pub(crate) server_no_context_takeover: bool,
    pub(crate) client_no_context_takeover: bool,
    pub(crate) server_max_window_bits: Option<Option<u8>>,
    pub(crate) client_max_window_bits: Option<Option<u8>>,
}

impl Raw {
    /// Reads the parameters.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub(crate) fn read(extension: &Extension) -> Result<Raw, ParamError> {
        let (raw, errors) = Raw::gather(extension);
        errors.into_iter().next().map_or(Ok(raw), Err)
    }

    /// Reads the parameters that can be used, and says of each other one why it cannot.
    pub(crate) fn gather(extension: &Extension) -> (Raw, Vec<ParamError>) {
        let (mut raw, mut errors) = (Raw::default(), Vec::new());
        for (i, param) in extension.params.iter().enumerate() {
            let before = extension.params.iter().take(i);
            if before.clone().any(|p| p.name == param.name) {
                errors.push(ParamError::Twice(param.name.clone()));
                continue;
            }
            let wrong = || ParamError::Value {
                name: param.name.clone(),
                value: param.value.clone(),
            };
            let flag = || param.value.is_none().then_some(true).ok_or_else(wrong);
            let bits = || match &param.value {
                None => Ok(Some(None)),
                Some(v) => window_bits(v).map(|b| Some(Some(b))).ok_or_else(wrong),
            };
            let read = match param.name.as_str() {
                "server_no_context_takeover" => {
                    flag().map(|on| raw.server_no_context_takeover = on)
                }
                "client_no_context_takeover" => {
                    flag().map(|on| raw.client_no_context_takeover = on)
                }
                "server_max_window_bits" => bits().map(|bits| raw.server_max_window_bits = bits),
                "client_max_window_bits" => bits().map(|bits| raw.client_max_window_bits = bits),
                _ => Err(ParamError::Unknown(param.name.clone())),
            };
            errors.extend(read.err());
        }
        (raw, errors)
    }
}

/// A decimal integer from 8 to 15 without leading zeroes (RFC 7692 §7.1.2.1).
fn window_bits(value: &str) -> Option<u8> {
    match value {
        "8" => Some(8),
        "9" => Some(9),
        _ => value
            .parse()
            .ok()
            .filter(|b| (10..=15).contains(b) && value.len() == 2 && !value.starts_with('+')),
    }
}

/// Why parameters cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamError {
    /// The list of extensions breaks its grammar.
    Syntax(ListError),
    /// Another extension, by name; empty where there is none.
    NotThis(String),
    /// A parameter that RFC 7692 §7.1 does not know.
    Unknown(String),
    /// A parameter that stands there twice.
    Twice(String),
    /// A parameter with a value that it cannot have, or without the value that it needs.
    Value {
        /// The parameter.
        name: String,
        /// Its value.
        value: Option<String>,
    },
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParamError::Syntax(error) => write!(f, "the list of extensions is broken: {error}"),
            ParamError::NotThis(name) if name.is_empty() => {
                write!(f, "no extension is named, {NAME} was expected")
            }
            ParamError::NotThis(name) => write!(f, "the extension `{name}` is not {NAME}"),
            ParamError::Unknown(name) => write!(f, "{NAME} has no parameter `{name}`"),
            ParamError::Twice(name) => write!(f, "the parameter `{name}` is there twice"),
            ParamError::Value { name, value: None } => {
                write!(f, "the parameter `{name}` needs a value from 8 to 15")
            }
            ParamError::Value {
                name,
                value: Some(value),
            } if name.ends_with("bits") => {
                write!(f, "`{name}` is {value}, but has to be from 8 to 15")
            }
            ParamError::Value { name, .. } => write!(f, "the parameter `{name}` takes no value"),
        }
    }
}

impl std::error::Error for ParamError {}

impl ParamError {
    /// The section of RFC 7692 that says so.
    pub fn section(&self) -> &'static str {
        match self {
            ParamError::Value { name, .. } => match name.as_str() {
                "server_no_context_takeover" => "7.1.1.1",
                "client_no_context_takeover" => "7.1.1.2",
                "server_max_window_bits" => "7.1.2.1",
                _ => "7.1.2.2",
            },
            _ => "7.1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_written() {
        for answer in [
            "permessage-deflate",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            "permessage-deflate; server_max_window_bits=8; client_max_window_bits=10",
        ] {
            let params: Params = answer.parse().unwrap();
            assert_eq!(params.to_string(), answer);
        }
        let params: Params = "permessage-deflate; client_max_window_bits=\"9\""
            .parse()
            .unwrap();
        assert_eq!(params.window_bits(Role::Client), 9);
        assert_eq!(params.window_bits(Role::Server), 15);
    }

    #[test]
    fn answers_that_make_no_sense() {
        let value = |name: &str, value: Option<&str>| ParamError::Value {
            name: name.into(),
            value: value.map(str::to_owned),
        };
        for (answer, error) in [
            ("", ParamError::NotThis("".into())),
            ("x-webkit", ParamError::NotThis("x-webkit".into())),
            ("permessage-deflate; x", ParamError::Unknown("x".into())),
            (
                "permessage-deflate; client_max_window_bits",
                value("client_max_window_bits", None),
            ),
            (
                "permessage-deflate; server_max_window_bits=7",
                value("server_max_window_bits", Some("7")),
            ),
            (
                "permessage-deflate; server_max_window_bits=08",
                value("server_max_window_bits", Some("08")),
            ),
            (
                "permessage-deflate; server_max_window_bits=16",
                value("server_max_window_bits", Some("16")),
            ),
            (
                "permessage-deflate; server_max_window_bits=+9",
                value("server_max_window_bits", Some("+9")),
            ),
            (
                "permessage-deflate; server_no_context_takeover=1",
                value("server_no_context_takeover", Some("1")),
            ),
            (
                "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
                ParamError::Twice("server_max_window_bits".into()),
            ),
        ] {
            assert_eq!(answer.parse::<Params>(), Err(error), "{answer}");
        }
    }
}
