//! Where browsers ask more of a response than RFC 6455 does.

use super::head::Response;
use super::judge::Asked;

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
    pub fn broken_by(response: &Response, asked: &Asked) -> Option<BrowserRule> {
        let chosen = response.head().all("Sec-WebSocket-Protocol").next();
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
            BrowserRule::SubprotocolMissing => {
                "https://websockets.spec.whatwg.org/#concept-websocket-establish"
            }
        }
    }
}
