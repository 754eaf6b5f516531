//! Offers of permessage-deflate, and what may be answered to them (RFC 7692 §5, §7.1).

use std::fmt;

use super::params::{NAME, ParamError, Params, Raw};
use crate::handshake::Extension;

/// What a client offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The server has to begin every message with an empty window.
    pub server_no_context_takeover: bool,
    /// The client will begin every message with an empty window. A hint: it may whether or not the answer says so.
    pub client_no_context_takeover: bool,
    /// The server's window may not be larger than 2 to this power: 8–15.
    pub server_max_window_bits: Option<u8>,
    /// The client can limit its own window: to this power, or, without a value, to whatever the answer says.
    pub client_max_window_bits: Option<Option<u8>>,
}

/// What a server is willing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Begin every message with an empty window: saves the memory for a window.
    pub server_no_context_takeover: bool,
    /// Make the client begin every message with an empty window.
    pub client_no_context_takeover: bool,
    /// The largest window to compress with, as a power of two: 8–15.
    pub server_max_window_bits: u8,
    /// The largest window to keep for inflating, as a power of two: 8–15. A client that does not offer to limit its
    /// window uses 15.
    pub client_max_window_bits: u8,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: 15,
            client_max_window_bits: 15,
        }
    }
}

/// A server's answer to an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What is agreed on.
    pub params: Params,
    /// What goes into `Sec-WebSocket-Extensions`.
    pub header: String,
}

/// Why an offer is declined, or an answer cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The parameters make no sense (RFC 7692 §7.1).
    Params(ParamError),
    /// The server limits the client's window, but the client did not offer to limit it (§7.1.2.2).
    ClientWindowNotOffered,
    /// The client asked for `server_no_context_takeover`, and the answer does not promise it (§7.1.1.1).
    TakeoverNotPromised,
    /// The client asked for a limit on the server's window, and the answer does not keep it (§7.1.2.1).
    ServerWindowTooLarge {
        /// The limit.
        asked: u8,
        /// What the answer says; `None` where it says nothing.
        got: Option<u8>,
    },
    /// The answer gives the client a larger window than it offered (§7.1.2.2).
    ClientWindowTooLarge {
        /// What was offered.
        offered: u8,
        /// What the answer says.
        got: u8,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Params(error) => error.fmt(f),
            Refusal::ClientWindowNotOffered => f.write_str(
                "the client's window cannot be limited: `client_max_window_bits` was not offered",
            ),
            Refusal::TakeoverNotPromised => {
                f.write_str("`server_no_context_takeover` was asked for, but not promised")
            }
            Refusal::ServerWindowTooLarge { asked, got: None } => write!(
                f,
                "`server_max_window_bits={asked}` was asked for, but the answer sets no limit"
            ),
            Refusal::ServerWindowTooLarge {
                asked,
                got: Some(got),
            } => write!(
                f,
                "`server_max_window_bits` is {got}, but at most {asked} was asked for"
            ),
            Refusal::ClientWindowTooLarge { offered, got } => write!(
                f,
                "`client_max_window_bits` is {got}, but at most {offered} was offered"
            ),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<ParamError> for Refusal {
    fn from(error: ParamError) -> Refusal {
        Refusal::Params(error)
    }
}

impl Offer {
    /// Reads one offer.
    ///
    /// # Errors
    /// The first parameter that makes no sense: a server has to decline such an offer (RFC 7692 §7.1).
    pub fn read(extension: &Extension) -> Result<Offer, ParamError> {
        if extension.name != NAME {
            return Err(ParamError::NotThis(extension.name.clone()));
        }
        let (offer, errors) = Offer::gather(extension);
        errors.into_iter().next().map_or(Ok(offer), Err)
    }

    /// Reads what can be used of an offer, and says of each parameter that cannot why.
    pub fn gather(extension: &Extension) -> (Offer, Vec<ParamError>) {
        let (raw, mut errors) = Raw::gather(extension);
        if raw.server_max_window_bits == Some(None) {
            errors.push(missing_value("server_max_window_bits"));
        }
        let offer = Offer {
            server_no_context_takeover: raw.server_no_context_takeover,
            client_no_context_takeover: raw.client_no_context_takeover,
            server_max_window_bits: raw.server_max_window_bits.flatten(),
            client_max_window_bits: raw.client_max_window_bits,
        };
        (offer, errors)
    }

    /// Whether a server may answer this offer so, and what is agreed on then.
    ///
    /// # Errors
    /// The first of [`Offer::faults`].
    pub fn check(&self, answer: &Extension) -> Result<Params, Refusal> {
        if let Some(fault) = Offer::faults(Some(self), answer).into_iter().next() {
            return Err(fault);
        }
        let params = Params::from_answer(answer)?;
        Ok(match self.client_max_window_bits {
            // Without a word from the server the client keeps to what it offered.
            Some(Some(offered)) => Params {
                client_max_window_bits: params.client_max_window_bits.min(offered),
                ..params
            },
            _ => params,
        })
    }

    /// Everything that is wrong with an answer: by itself, and, where the offer is known, as an answer to it.
    pub fn faults(offer: Option<&Offer>, answer: &Extension) -> Vec<Refusal> {
        let (raw, mut errors) = Raw::gather(answer);
        for (bits, name) in [
            (raw.server_max_window_bits, "server_max_window_bits"),
            (raw.client_max_window_bits, "client_max_window_bits"),
        ] {
            if bits == Some(None) {
                errors.push(missing_value(name));
            }
        }
        let mut faults: Vec<Refusal> = errors.into_iter().map(Refusal::from).collect();
        let Some(offer) = offer else {
            return faults;
        };
        let says = |name: &str| answer.params.iter().any(|p| p.name == name);
        if offer.server_no_context_takeover && !says("server_no_context_takeover") {
            faults.push(Refusal::TakeoverNotPromised);
        }
        if let Some(asked) = offer.server_max_window_bits {
            let got = raw.server_max_window_bits.flatten();
            if got.map_or(!says("server_max_window_bits"), |got| got > asked) {
                faults.push(Refusal::ServerWindowTooLarge { asked, got });
            }
        }
        match (
            offer.client_max_window_bits,
            raw.client_max_window_bits.flatten(),
        ) {
            (None, _) if says("client_max_window_bits") => {
                faults.push(Refusal::ClientWindowNotOffered);
            }
            (Some(Some(offered)), Some(got)) if got > offered => {
                faults.push(Refusal::ClientWindowTooLarge { offered, got });
            }
            _ => {}
        }
        faults
    }
}

fn missing_value(name: &str) -> ParamError {
    ParamError::Value {
        name: name.to_owned(),
        value: None,
    }
}

impl Refusal {
    /// The section of RFC 7692 that says so.
    pub fn section(&self) -> &'static str {
        match self {
            Refusal::Params(error) => error.section(),
            Refusal::TakeoverNotPromised => "7.1.1.1",
            Refusal::ServerWindowTooLarge { .. } => "7.1.2.1",
            Refusal::ClientWindowNotOffered | Refusal::ClientWindowTooLarge { .. } => "7.1.2.2",
        }
    }
}

/// The offer as it goes into `Sec-WebSocket-Extensions`.
impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAME)?;
        if self.server_no_context_takeover {
            f.write_str("; server_no_context_takeover")?;
        }
        if self.client_no_context_takeover {
            f.write_str("; client_no_context_takeover")?;
        }
        if let Some(bits) = self.server_max_window_bits {
            write!(f, "; server_max_window_bits={bits}")?;
        }
        match self.client_max_window_bits {
            None => Ok(()),
            Some(None) => f.write_str("; client_max_window_bits"),
            Some(Some(bits)) => write!(f, "; client_max_window_bits={bits}"),
        }
    }
}

impl Policy {
    /// The answer to an offer, or why it is declined.
    pub fn answer(&self, offer: &Offer) -> Result<Answer, Refusal> {
        let bits = |bits: u8| bits.clamp(8, 15);
        let server_limit = bits(self.server_max_window_bits);
        let client_limit = bits(self.client_max_window_bits);
        let client_max_window_bits = match offer.client_max_window_bits {
            None if client_limit < 15 => return Err(Refusal::ClientWindowNotOffered),
            None => 15,
            Some(offered) => client_limit.min(offered.unwrap_or(15)),
        };
        let params = Params {
            server_no_context_takeover: self.server_no_context_takeover
                || offer.server_no_context_takeover,
            client_no_context_takeover: self.client_no_context_takeover
                || offer.client_no_context_takeover,
            server_max_window_bits: server_limit.min(offer.server_max_window_bits.unwrap_or(15)),
            client_max_window_bits,
        };
        // Asking for a limit of 15 asks for nothing, but has to be answered all the same.
        let mut header = params.to_string();
        if offer.server_max_window_bits.is_some() && params.server_max_window_bits == 15 {
            header.push_str("; server_max_window_bits=15");
        }
        Ok(Answer { params, header })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::extensions;

    fn extension(value: &str) -> Extension {
        extensions(value).unwrap().remove(0)
    }

    fn offer(value: &str) -> Offer {
        Offer::read(&extension(value)).unwrap()
    }

    #[test]
    fn offers_are_read_and_written() {
        for text in [
            "permessage-deflate",
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
             server_max_window_bits=8; client_max_window_bits=9",
        ] {
            assert_eq!(offer(text).to_string(), text);
        }
        assert!(Offer::read(&extension("permessage-deflate; server_max_window_bits")).is_err());
        assert!(Offer::read(&extension("x-webkit-deflate-frame")).is_err());
    }

    #[test]
    fn what_a_server_answers() {
        let plain = Policy::default();
        let small = Policy {
            server_max_window_bits: 10,
            client_max_window_bits: 11,
            server_no_context_takeover: true,
            ..plain
        };
        for (policy, asked, answer) in [
            (plain, "permessage-deflate", Some("permessage-deflate")),
            // What every browser offers.
            (
                plain,
                "permessage-deflate; client_max_window_bits",
                Some("permessage-deflate"),
            ),
            (
                plain,
                "permessage-deflate; server_max_window_bits=15",
                Some("permessage-deflate; server_max_window_bits=15"),
            ),
            (
                plain,
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=12",
                Some(
                    "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=12",
                ),
            ),
            (small, "permessage-deflate", None),
            (
                small,
                "permessage-deflate; client_max_window_bits",
                Some(
                    "permessage-deflate; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11",
                ),
            ),
        ] {
            let offer = offer(asked);
            let got = policy.answer(&offer).ok();
            assert_eq!(got.as_ref().map(|a| &*a.header), answer, "{asked}");
            if let Some(got) = got {
                // Every client accepts the answer to its own offer, and reads the same parameters out of it.
                assert_eq!(offer.check(&extension(&got.header)), Ok(got.params));
            }
        }
    }

    #[test]
    fn what_a_client_refuses() {
        let window = |asked, got| Refusal::ServerWindowTooLarge { asked, got };
        for (asked, answer, refusal) in [
            (
                "server_no_context_takeover",
                "",
                Refusal::TakeoverNotPromised,
            ),
            ("server_max_window_bits=10", "", window(10, None)),
            (
                "server_max_window_bits=10",
                "server_max_window_bits=11",
                window(10, Some(11)),
            ),
            (
                "client_no_context_takeover",
                "client_max_window_bits=15",
                Refusal::ClientWindowNotOffered,
            ),
            (
                "client_max_window_bits=9",
                "client_max_window_bits=10",
                Refusal::ClientWindowTooLarge {
                    offered: 9,
                    got: 10,
                },
            ),
            (
                "client_max_window_bits",
                "x",
                ParamError::Unknown("x".into()).into(),
            ),
        ] {
            let answer = format!("permessage-deflate; {answer}")
                .trim_end_matches("; ")
                .to_owned();
            let offer = offer(&format!("permessage-deflate; {asked}"));
            assert_eq!(
                offer.check(&extension(&answer)),
                Err(refusal),
                "{asked} / {answer}"
            );
        }
    }
}
