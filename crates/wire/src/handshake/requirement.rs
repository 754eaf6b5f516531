//! What a handshake has to fulfil, as data.

use std::fmt;

use super::finding::Section;
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
    /// The offers of permessage-deflate have parameters that make sense. A server declines others, and the handshake
    /// goes on without them.
    Offers,
    /// An empty line ends the head.
    End,
}

impl Requirement {
    /// What a server asks of a request, in the order in which it looks.
    pub const OF_REQUEST: [Requirement; 15] = [
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
        Requirement::Offers,
        Requirement::End,
    ];

    /// What a client asks of a response, in the order in which it looks.
    pub const OF_RESPONSE: [Requirement; 10] = [
        Requirement::Syntax,
        Requirement::Size,
        Requirement::HttpVersion,
        Requirement::Status,
        Requirement::Upgrade,
        Requirement::Connection,
        Requirement::Accept,
        Requirement::ProtocolChosen,
        Requirement::ExtensionsChosen,
        Requirement::End,
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
            Requirement::Offers => "offers",
            Requirement::End => "end",
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
            Requirement::Offers => "Offers that can be taken up",
            Requirement::End => "An empty line at the end",
        }
    }

    /// The section that says so to this end: to a server of the request, to a client of the response.
    pub fn section(self, judge: Role) -> Section {
        let rfc6455 = |section| Section { rfc: 6455, section };
        match self {
            // No RFC sets the limit: §10.4 has every end set its own.
            Requirement::Size => rfc6455("10.4"),
            Requirement::End => Section {
                rfc: 9112,
                section: "2.1",
            },
            Requirement::Offers => Section {
                rfc: 7692,
                section: "7.1",
            },
            // What a client checks is all in one section.
            _ if judge == Role::Client => rfc6455("4.1"),
            Requirement::Version => rfc6455("4.4"),
            Requirement::Origin => rfc6455("10.2"),
            Requirement::Protocols => rfc6455("11.3.4"),
            Requirement::Extensions => rfc6455("9.1"),
            _ => rfc6455("4.2.1"),
        }
    }

    /// Every place that says so, in words, such as `RFC 6455 §4.1 request item 7, §4.2.1 item 5`: what the sender is
    /// told, then what the end that reads is told.
    pub fn places(self, judge: Role) -> &'static str {
        match (self, judge) {
            (Requirement::Size, _) => "RFC 6455 §10.4",
            (Requirement::End, Role::Client) => "RFC 9112 §2.1",
            (Requirement::End, Role::Server) => "RFC 9112 §2.1, RFC 6455 §4.1 request item 1",
            (Requirement::Offers, _) => "RFC 7692 §7.1",
            (Requirement::Syntax, Role::Client) => "RFC 6455 §4.2.2 item 5, RFC 9112 §4",
            (Requirement::HttpVersion, Role::Client) => "RFC 6455 §4.2.2 item 5.1, RFC 9110 §7.8",
            (Requirement::Upgrade, Role::Client) => "RFC 6455 §4.1 answer item 2, §4.2.2 item 5.2",
            (Requirement::Connection, Role::Client) => {
                "RFC 6455 §4.1 answer item 3, §4.2.2 item 5.3"
            }
            (Requirement::Status, _) => "RFC 6455 §4.1 answer item 1, §4.2.2 item 5.1",
            (Requirement::Accept, _) => "RFC 6455 §4.1 answer item 4, §4.2.2 item 5.4",
            (Requirement::ExtensionsChosen, _) => "RFC 6455 §4.1 answer item 5",
            (Requirement::ProtocolChosen, _) => "RFC 6455 §4.1 answer item 6",
            (Requirement::Syntax, _) => "RFC 6455 §4.1 request item 1, §4.2.1 item 1",
            (Requirement::Method | Requirement::HttpVersion, _) => {
                "RFC 6455 §4.1 request item 2, §4.2.1 item 1"
            }
            (Requirement::Target, _) => "RFC 6455 §4.1 request item 3, §4.2.1 item 1",
            (Requirement::Host, _) => "RFC 6455 §4.1 request item 4, §4.2.1 item 2",
            (Requirement::Upgrade, _) => "RFC 6455 §4.1 request item 5, §4.2.1 item 3",
            (Requirement::Connection, _) => "RFC 6455 §4.1 request item 6, §4.2.1 item 4",
            (Requirement::Key, _) => "RFC 6455 §4.1 request item 7, §4.2.1 item 5",
            (Requirement::Version, _) => "RFC 6455 §4.1 request item 9, §4.2.1 item 6, §4.4",
            (Requirement::Origin, _) => "RFC 6455 §4.2.1 item 7, §10.2",
            (Requirement::Protocols, _) => "RFC 6455 §4.1 request item 10, §11.3.4",
            (Requirement::Extensions, _) => "RFC 6455 §4.1 request item 11, §9.1",
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
                "The answer to an HTTP request is HTTP, up to the empty line after the 101."
            }
            Requirement::Syntax => {
                "The handshake is HTTP, so that one port can serve pages and WebSockets; what is not HTTP cannot become a WebSocket."
            }
            Requirement::Size => {
                "A head has no length in front, so its reader needs a limit of its own."
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
            Requirement::Offers => {
                "A server has to decline an offer whose parameters make no sense; the connection then opens without it."
            }
            Requirement::End => {
                "Only an empty line says that the head is complete. Until it comes, the other end waits for more header lines."
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
            Requirement::End => 408,
            _ => 400,
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_is_told_its_own_section() {
        // RFC 6455 §4.1 speaks to clients, §4.2 to servers.
        for requirement in Requirement::OF_RESPONSE {
            let section = requirement.section(Role::Client).section;
            assert!(!section.starts_with("4.2"), "{requirement}: {section}");
        }
        for requirement in Requirement::OF_REQUEST {
            let section = requirement.section(Role::Server).section;
            assert_ne!(section, "4.1", "{requirement}");
        }
        assert_eq!(Requirement::Upgrade.section(Role::Client).section, "4.1");
        assert_eq!(Requirement::Upgrade.section(Role::Server).section, "4.2.1");
    }
}
