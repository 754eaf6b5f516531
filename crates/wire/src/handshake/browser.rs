//! Where browsers judge a response otherwise than RFC 6455 does, and otherwise than each other.

use super::finding::Finding;
use super::head::Head;
use super::judge::Asked;
use super::requirement::Requirement;

/// Where Chromium judges a response.
const CHROMIUM: &str = "https://chromium.googlesource.com/chromium/src/+/main/net/websockets/websocket_basic_handshake_stream.cc";
/// Where Firefox judges a response.
const FIREFOX: &str =
    "https://searchfox.org/mozilla-central/source/netwerk/protocol/websocket/WebSocketChannel.cpp";
/// What the browsers' standard says of redirects and of the response.
const STANDARD: &str = "https://websockets.spec.whatwg.org/#concept-websocket-establish";

/// Something that the browsers' standard asks of a response, and RFC 6455 does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BrowserRule {
    /// Where subprotocols were offered, the response has to choose one. RFC 6455 §4.1 lets a server choose none.
    /// Measured in November 2026: Chromium 156 fails the connection, Firefox 153 opens it all the same.
    SubprotocolMissing,
}

impl BrowserRule {
    /// What this response to what was asked does not fulfil.
    pub fn broken_by(response: &Head, asked: &Asked) -> Option<BrowserRule> {
        let chosen = response.all("Sec-WebSocket-Protocol").next();
        (!asked.protocols.is_empty() && chosen.is_none()).then_some(BrowserRule::SubprotocolMissing)
    }

    /// What was found, in a sentence.
    pub fn message(self) -> &'static str {
        match self {
            BrowserRule::SubprotocolMissing => {
                "The request offers subprotocols, and the answer chooses none of them."
            }
        }
    }

    /// What browsers were seen to do, in a sentence.
    pub fn measured(self) -> &'static str {
        match self {
            BrowserRule::SubprotocolMissing => {
                "Measured: Chromium 156 fails the connection; Firefox 153 opens it all the same."
            }
        }
    }

    /// The section of RFC 6455 by which a client takes such a response.
    pub fn rfc_section(self) -> &'static str {
        match self {
            BrowserRule::SubprotocolMissing => "4.1",
        }
    }

    /// Where the browsers' standard asks for it.
    pub fn standard(self) -> &'static str {
        match self {
            BrowserRule::SubprotocolMissing => STANDARD,
        }
    }
}

/// Something that one browser, or all of them, do otherwise than RFC 6455 asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrowserNote {
    /// A stable name, such as `subprotocol-missing`.
    pub name: &'static str,
    /// What they do, in a sentence or two.
    pub message: &'static str,
    /// Where that is written.
    pub source: &'static str,
}

/// What is to be said of browsers, given what was found in a response.
pub(super) fn notes(
    head: &Head,
    status: Option<u16>,
    findings: &[Finding],
    asked: Option<&Asked>,
) -> Vec<BrowserNote> {
    let broken = |requirement| {
        let of = |f: &&Finding| f.requirement == requirement && !f.met;
        findings.iter().find(of)
    };
    let mut notes = Vec::new();
    let mut add = |name, message, source| {
        notes.push(BrowserNote {
            name,
            message,
            source,
        });
    };
    let rule = asked.and_then(|asked| BrowserRule::broken_by(head, asked));
    let switches = status.is_none_or(|status| status == 101);
    if switches && rule == Some(BrowserRule::SubprotocolMissing) {
        add(
            "subprotocol-missing",
            "The request offers subprotocols, and the answer chooses none of them. By the browsers’ standard the connection fails, and in Chromium it does; Firefox opens it all the same.",
            STANDARD,
        );
    }
    if broken(Requirement::HttpVersion).is_some() {
        add(
            "http-1.0",
            "Chromium does not look at the version of an answer with 101; Firefox takes none older than HTTP/1.1, and Safari is reported to refuse it too.",
            FIREFOX,
        );
    }
    if broken(Requirement::Upgrade).is_some() && head.has_token("Upgrade", "websocket") {
        add(
            "upgrade-list",
            "Firefox looks for websocket among all the values of Upgrade; Chromium wants that value alone, and the header once.",
            CHROMIUM,
        );
    }
    let blanks = |value: &str| {
        value
            .split([',', ' ', '\t'])
            .any(|word| word.eq_ignore_ascii_case("upgrade"))
    };
    if broken(Requirement::Connection).is_some()
        && head
            .joined("Connection")
            .is_some_and(|value| blanks(&value))
    {
        add(
            "connection-blanks",
            "Firefox splits Connection at spaces too, and finds Upgrade; to Chromium and the RFC a list has commas.",
            FIREFOX,
        );
    }
    if broken(Requirement::ProtocolChosen).is_some()
        && asked.is_some_and(|asked| asked.protocols.is_empty())
    {
        add(
            "subprotocol-unasked",
            "Firefox passes over a subprotocol where the page has offered none; Chromium fails the connection.",
            FIREFOX,
        );
    }
    match status {
        Some(300..=399) => add(
            "redirect",
            "RFC 6455 lets a client follow a redirect; by the browsers’ standard the connection fails.",
            STANDARD,
        ),
        Some(401 | 407) => add(
            "authentication",
            "RFC 6455 lets a client sign in and try again. Chromium hands 401 and 407 on to its own HTTP authentication, and fails on any other status but 101.",
            CHROMIUM,
        ),
        _ => {}
    }
    notes
}
