//! What a handshake has to fulfil, as data.

use std::fmt;
use std::ops::Range;

use crate::Role;

/// One thing that RFC 6455 requires of a request or of the answer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Requirement {
    /// The bytes are an HTTP head.
    Syntax,
    /// The head is no longer than this end takes.
    Size,
    /// The method is GET.
    Method,
    /// HTTP 1.1.
    HttpVersion,
    /// The target is a path, or an absolute URI of HTTP, without a fragment.
    Target,
    /// `Host` stands there once.
    Host,
    /// `Upgrade` names `websocket`.
    Upgrade,
    /// `Connection` names `Upgrade`.
    Connection,
    /// `Sec-WebSocket-Key` stands there once and is base64 of 16 bytes.
    Key,
    /// `Sec-WebSocket-Version` is 13.
    Version,
    /// `Origin`, where there is one, is on the server's list.
    Origin,
    /// `Sec-WebSocket-Protocol` lists different tokens.
    Protocols,
    /// `Sec-WebSocket-Extensions` keeps to its grammar.
    Extensions,
    /// The status is 101.
    Status,
    /// `Sec-WebSocket-Accept` stands there once and fits the key.
    Accept,
    /// The subprotocol that was chosen was offered.
    ProtocolChosen,
    /// The extensions that were chosen were offered, with parameters that fit the offer.
    ExtensionsChosen,
}

impl Requirement {
    /// What a server asks of a request, in the order in which it looks.
    pub const OF_REQUEST: [Requirement; 13] = [
        Requirement::Syntax,
        Requirement::Size,
        Requirement::Method,
        Requirement::HttpVersion,
        Requirement::Target,
        Requirement::Host,
        Requirement::Upgrade,
        Requirement::Connection,
        Requirement::Version,
        Requirement::Key,
        Requirement::Origin,
        Requirement::Protocols,
        Requirement::Extensions,
    ];

    /// What a client asks of a response, in the order in which it looks.
    pub const OF_RESPONSE: [Requirement; 9] = [
        Requirement::Syntax,
        Requirement::Size,
        Requirement::HttpVersion,
        Requirement::Status,
        Requirement::Upgrade,
        Requirement::Connection,
        Requirement::Accept,
        Requirement::ProtocolChosen,
        Requirement::ExtensionsChosen,
    ];

    /// A stable name for machines and links, such as `key`.
    pub fn name(self) -> &'static str {
        match self {
            Requirement::Syntax => "syntax",
            Requirement::Size => "size",
            Requirement::Method => "method",
            Requirement::HttpVersion => "http-version",
            Requirement::Target => "target",
            Requirement::Host => "host",
            Requirement::Upgrade => "upgrade",
            Requirement::Connection => "connection",
            Requirement::Key => "key",
            Requirement::Version => "version",
            Requirement::Origin => "origin",
            Requirement::Protocols => "protocols",
            Requirement::Extensions => "extensions",
            Requirement::Status => "status",
            Requirement::Accept => "accept",
            Requirement::ProtocolChosen => "protocol-chosen",
            Requirement::ExtensionsChosen => "extensions-chosen",
        }
    }

    /// A few words for people.
    pub fn title(self) -> &'static str {
        match self {
            Requirement::Syntax => "An HTTP head",
            Requirement::Size => "Not too long",
            Requirement::Method => "Method GET",
            Requirement::HttpVersion => "HTTP/1.1",
            Requirement::Target => "A target without a fragment",
            Requirement::Host => "Host",
            Requirement::Upgrade => "Upgrade: websocket",
            Requirement::Connection => "Connection: Upgrade",
            Requirement::Key => "A key of 16 bytes",
            Requirement::Version => "Version 13",
            Requirement::Origin => "An origin that is welcome",
            Requirement::Protocols => "A list of subprotocols",
            Requirement::Extensions => "A list of extensions",
            Requirement::Status => "Status 101",
            Requirement::Accept => "The accept value for the key",
            Requirement::ProtocolChosen => "A subprotocol that was offered",
            Requirement::ExtensionsChosen => "Extensions that were offered",
        }
    }

    /// The section of RFC 6455 that says so to this end: to a server of the request, to a client of the response.
    pub fn section(self, judge: Role) -> &'static str {
        match self {
            // No RFC sets the limit: §10.4 has every end set its own.
            Requirement::Size => "10.4",
            // What a client checks is all in one section.
            Requirement::Syntax
            | Requirement::HttpVersion
            | Requirement::Upgrade
            | Requirement::Connection
                if judge == Role::Client =>
            {
                "4.1"
            }
            Requirement::Syntax
            | Requirement::HttpVersion
            | Requirement::Upgrade
            | Requirement::Connection
            | Requirement::Method
            | Requirement::Target
            | Requirement::Host
            | Requirement::Key => "4.2.1",
            Requirement::Version => "4.4",
            Requirement::Origin => "10.2",
            Requirement::Protocols => "11.3.4",
            Requirement::Extensions => "9.1",
            Requirement::Status
            | Requirement::Accept
            | Requirement::ProtocolChosen
            | Requirement::ExtensionsChosen => "4.1",
        }
    }

    /// Why it is required of the message that this end reads, in a sentence.
    pub fn reason(self, judge: Role) -> &'static str {
        match self {
            Requirement::Upgrade if judge == Role::Client => {
                "The answer names the protocol that follows, so that both ends change to the same one."
            }
            Requirement::Connection if judge == Role::Client => {
                "Upgrade counts for this hop only, on the way back too; Connection says so."
            }
            Requirement::Syntax if judge == Role::Client => {
                "The answer to an HTTP request is HTTP, up to the empty line behind the 101."
            }
            Requirement::Syntax => {
                "The handshake is HTTP, so that one port can serve pages and WebSockets; what is not HTTP cannot become a WebSocket."
            }
            Requirement::Size => {
                "A head has no length in front, so whoever reads one needs a limit of its own."
            }
            Requirement::Method => {
                "The request has no body: the connection itself is what it asks for."
            }
            Requirement::HttpVersion => {
                "Upgrade came with HTTP/1.1; HTTP/2 and HTTP/3 open WebSockets in another way (RFC 8441, RFC 9220)."
            }
            Requirement::Target => {
                "The target says which of a server's endpoints is meant; a fragment never leaves the client."
            }
            Requirement::Host => {
                "One address serves many names; Host says which of them the client means."
            }
            Requirement::Upgrade => {
                "Upgrade names the protocol to change to; without it this is an ordinary request."
            }
            Requirement::Connection => {
                "Upgrade is meant for the next hop, and Connection says so: a proxy that does not know WebSocket then drops both."
            }
            Requirement::Key => {
                "The answer is derived from the key, so that it cannot be a cached one or one from a server that only echoes."
            }
            Requirement::Version => {
                "13 is the version of RFC 6455. The drafts before it differ from it and from each other, so both ends have to agree before the first frame."
            }
            Requirement::Origin => {
                "A browser may send cookies along with a handshake that another site’s page asks for, as far as SameSite and its rules for third-party cookies let it, and says in Origin which site: a server that does not look lets that page act for its users."
            }
            Requirement::Protocols => {
                "A client lists what it can speak over the connection, best first, each once."
            }
            Requirement::Extensions => {
                "Extensions change what frames mean, so both ends must read the list in the same way."
            }
            Requirement::Status => {
                "101 alone says that what follows the head is no longer HTTP; anything else is an ordinary response."
            }
            Requirement::Accept => {
                "Only a server that understood the request as a WebSocket handshake joins the key to this GUID and hashes it."
            }
            Requirement::ProtocolChosen => "A client cannot speak what it did not offer.",
            Requirement::ExtensionsChosen => {
                "A client cannot read frames that an extension changed if it did not offer that extension."
            }
        }
    }

    /// The status with which a server refuses a request that does not fulfil this (RFC 6455 §4.2.2, RFC 9110 §15.5).
    ///
    /// HTTP/1.0 is refused with 400: 505 is about the major version, which it shares with 1.1 (RFC 9110 §15.6.6).
    pub fn status(self) -> u16 {
        match self {
            Requirement::Size => 431,
            Requirement::Method => 405,
            Requirement::Upgrade | Requirement::Version => 426,
            Requirement::Origin => 403,
            _ => 400,
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a handshake fulfils a requirement, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which requirement.
    pub requirement: Requirement,
    /// Whether it is fulfilled.
    pub met: bool,
    /// What was found, in a sentence.
    pub message: String,
    /// The bytes of the head that decide it; `None` where something is missing.
    pub at: Option<Range<usize>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_is_told_its_own_section() {
        // RFC 6455 §4.1 speaks to clients, §4.2 to servers.
        for requirement in Requirement::OF_RESPONSE {
            let section = requirement.section(Role::Client);
            assert!(!section.starts_with("4.2"), "{requirement}: {section}");
        }
        for requirement in Requirement::OF_REQUEST {
            assert_ne!(requirement.section(Role::Server), "4.1", "{requirement}");
        }
        assert_eq!(Requirement::Upgrade.section(Role::Client), "4.1");
        assert_eq!(Requirement::Upgrade.section(Role::Server), "4.2.1");
    }
}
