//! What was found of a requirement, and which fault it is where a requirement can be broken in several ways.

use std::ops::Range;

use super::requirement::Requirement;
use crate::Role;
use crate::deflate::Refusal;

/// A section of an RFC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// The number of the RFC.
    pub rfc: u16,
    /// The section, such as `4.1`.
    pub section: &'static str,
}

/// A way to break a requirement about subprotocols or extensions, where it has its own section and reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A subprotocol is no token, is offered twice, or the list of them is empty.
    ProtocolList,
    /// More than one subprotocol is chosen.
    ProtocolsChosen,
    /// The list of extensions breaks its grammar.
    ExtensionList,
    /// An extension is chosen twice.
    ExtensionTwice,
    /// The server took up an offer of permessage-deflate that it had to decline.
    OfferTakenUp,
    /// Parameters of permessage-deflate that make no sense, or do not fit the offer.
    Deflate(Refusal),
}

impl Fault {
    fn section(&self) -> Section {
        let (rfc, section) = match self {
            Fault::ProtocolList | Fault::ProtocolsChosen => (6455, "11.3.4"),
            Fault::ExtensionList => (6455, "9.1"),
            Fault::ExtensionTwice => (7692, "5"),
            Fault::OfferTakenUp => (7692, "7.1"),
            Fault::Deflate(refusal) => (7692, refusal.section()),
        };
        Section { rfc, section }
    }

    fn places(&self) -> &'static str {
        match self {
            Fault::ProtocolList => "RFC 6455 §4.1 request item 10, §11.3.4",
            Fault::ProtocolsChosen => "RFC 6455 §11.3.4, §4.2.2 item 5.5",
            Fault::ExtensionList => "RFC 6455 §9.1",
            Fault::ExtensionTwice => "RFC 7692 §5",
            Fault::OfferTakenUp => "RFC 7692 §7.1",
            Fault::Deflate(refusal) => match (refusal, refusal.section()) {
                (Refusal::Params(_), "7.1.1.1") => "RFC 7692 §7.1.1.1, §7.1",
                (Refusal::Params(_), "7.1.1.2") => "RFC 7692 §7.1.1.2, §7.1",
                (Refusal::Params(_), "7.1.2.1") => "RFC 7692 §7.1.2.1, §7.1",
                (Refusal::Params(_), "7.1.2.2") => "RFC 7692 §7.1.2.2, §7.1",
                (_, "7.1.1.1") => "RFC 7692 §7.1.1.1",
                (_, "7.1.2.1") => "RFC 7692 §7.1.2.1",
                (_, "7.1.2.2") => "RFC 7692 §7.1.2.2",
                _ => "RFC 7692 §7.1",
            },
        }
    }

    fn reason(&self, judge: Role) -> &'static str {
        match self {
            Fault::ProtocolList => {
                "The names are tokens, each different, so that both ends compare them letter by letter."
            }
            Fault::ProtocolsChosen => {
                "A connection has one subprotocol or none, so the answer names one, once."
            }
            Fault::ExtensionList => {
                "The list has a grammar of its own: names and parameters are tokens, with semicolons and commas between them."
            }
            Fault::ExtensionTwice => {
                "Two uses of one extension would change the same bits of the frames, and nobody could tell them apart."
            }
            Fault::OfferTakenUp => {
                "The two ends need not read such an offer in the same way, so the server has to go on without compression."
            }
            Fault::Deflate(Refusal::Params(_)) if judge == Role::Server => {
                "A server has to decline an offer whose parameters make no sense; the connection then opens without it."
            }
            Fault::Deflate(Refusal::Params(_)) => {
                "A client fails the connection when the answer has a parameter that makes no sense: it would not know how to inflate."
            }
            Fault::Deflate(Refusal::ClientWindowNotOffered) => {
                "A server may limit the client’s window only if the client said that it can be limited."
            }
            Fault::Deflate(Refusal::ClientWindowTooLarge { .. }) => {
                "The answer may make the client’s window smaller than the client offered, never larger."
            }
            Fault::Deflate(Refusal::ServerWindowTooLarge { .. }) => {
                "The client keeps no more than the window it asked for, so the server has to compress with one as small or smaller."
            }
            Fault::Deflate(Refusal::TakeoverNotPromised) => {
                "A client that asks for it forgets the window after each message, so the server must not refer to it."
            }
        }
    }
}

/// Whether a handshake fulfils a requirement, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which requirement.
    pub requirement: Requirement,
    /// Whether it is fulfilled, as far as can be seen.
    pub met: bool,
    /// What was found, in a sentence or two. What stands on the wire is between backticks.
    pub message: String,
    /// The bytes of the head that decide it; `None` where something is missing.
    pub at: Option<Range<usize>>,
    /// Which fault, where the requirement can be broken in several ways.
    pub fault: Option<Fault>,
}

impl Finding {
    /// Whether the handshake fails by this. A broken offer does not fail it: the server declines the offer.
    pub fn fails(&self) -> bool {
        !self.met && self.requirement != Requirement::Offers
    }

    /// The section that says so to the end that judges.
    pub fn section(&self, judge: Role) -> Section {
        match &self.fault {
            Some(fault) => fault.section(),
            None => self.requirement.section(judge),
        }
    }

    /// Every place that says so, in words, such as `RFC 6455 §4.1 request item 7, §4.2.1 item 5`.
    pub fn places(&self, judge: Role) -> &'static str {
        match &self.fault {
            Some(fault) => fault.places(),
            None => self.requirement.places(judge),
        }
    }

    /// Why it is required, in a sentence.
    pub fn reason(&self, judge: Role) -> &'static str {
        match &self.fault {
            Some(fault) => fault.reason(judge),
            None => self.requirement.reason(judge),
        }
    }
}
