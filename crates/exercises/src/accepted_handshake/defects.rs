//! What can be wrong in a handshake, and what only looks so.

use super::Verdict;
use super::heads::{Heads, Odd};
use crate::Level;
use crate::draw::Draw;
use crate::words::bytes;

/// The header that names subprotocols.
pub(crate) const PROTOCOL: &str = "Sec-WebSocket-Protocol";
const EXTENSIONS: &str = "Sec-WebSocket-Extensions";
const KEY: &str = "Sec-WebSocket-Key";
const VERSION: &str = "Sec-WebSocket-Version";
const ACCEPT: &str = "Sec-WebSocket-Accept";

/// What is wrong in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InRequest {
    /// Another method than `GET`.
    Method,
    /// HTTP/1.0.
    HttpVersion,
    /// No `Host`.
    Host,
    /// No `Upgrade`.
    Upgrade,
    /// `Connection` does not name `Upgrade`.
    Connection,
    /// A key that is not of 16 bytes.
    Key,
    /// Another version than 13.
    Version,
    /// An origin that the server does not take.
    Origin,
}

impl InRequest {
    /// The part of the head that is wrong, as a choice names it.
    pub fn place(self) -> &'static str {
        match self {
            InRequest::Method => "GET",
            InRequest::HttpVersion => "HTTP/1.1",
            InRequest::Host => "Host",
            InRequest::Upgrade => "Upgrade",
            InRequest::Connection => "Connection",
            InRequest::Key => KEY,
            InRequest::Version => VERSION,
            InRequest::Origin => "Origin",
        }
    }

    /// What is wrong, in a sentence.
    pub fn why(self, heads: &Heads) -> String {
        match self {
            InRequest::Method => format!(
                "The method is `{}`, and a handshake is a `GET`.",
                heads.method()
            ),
            InRequest::HttpVersion => {
                "The request is HTTP/1.0, which knows no `Upgrade`.".to_owned()
            }
            InRequest::Host => "The request has no `Host`.".to_owned(),
            InRequest::Upgrade => {
                "The request has no `Upgrade`, so it asks for a page and not for a WebSocket."
                    .to_owned()
            }
            InRequest::Connection => format!(
                "`Connection: {}` in the request does not name `Upgrade`, so `Upgrade` does not \
                 count.",
                heads.connection()
            ),
            InRequest::Key => format!(
                "The key `{}` is base64 of {}, and has to be of 16.",
                heads.key(),
                bytes(heads.key_len() as u64)
            ),
            InRequest::Version => format!(
                "The version is {}, and RFC 6455 is version 13.",
                heads.version()
            ),
            InRequest::Origin => format!(
                "The page is from `{}`, which is not the origin that the server takes.",
                heads.origin()
            ),
        }
    }
}

/// What is wrong in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InAnswer {
    /// Another status than 101.
    Status,
    /// No `Upgrade`.
    Upgrade,
    /// `Connection` does not name `Upgrade`.
    Connection,
    /// A value that does not belong to the key.
    Accept,
    /// A subprotocol that was not offered.
    OtherSubprotocol,
    /// No subprotocol although some were offered: against the browsers' standard only.
    NoSubprotocol,
    /// An extension that was not offered.
    Extension,
}

impl InAnswer {
    /// The part of the head that is wrong, as a choice names it.
    pub fn place(self) -> &'static str {
        match self {
            InAnswer::Status => "101",
            InAnswer::Upgrade => "Upgrade",
            InAnswer::Connection => "Connection",
            InAnswer::Accept => ACCEPT,
            InAnswer::OtherSubprotocol | InAnswer::NoSubprotocol => PROTOCOL,
            InAnswer::Extension => EXTENSIONS,
        }
    }

    /// What is wrong, in a sentence.
    pub fn why(self, heads: &Heads) -> String {
        match self {
            InAnswer::Status => format!(
                "The status is `{}`; only 101 says that frames follow.",
                heads.status()
            ),
            InAnswer::Upgrade => "The answer has no `Upgrade`, so it does not say to which \
                protocol it changes."
                .to_owned(),
            InAnswer::Connection => {
                "`Connection` in the answer does not name `Upgrade`.".to_owned()
            }
            InAnswer::Accept if heads.accept_value() == heads.key() => {
                "The answer gives the key itself back, which proves nothing. The accept value \
                 is derived from it."
                    .to_owned()
            }
            InAnswer::Accept => {
                format!(
                    "The accept value `{}` does not belong to the key.",
                    heads.accept_value()
                )
            }
            InAnswer::OtherSubprotocol => format!(
                "The answer chooses the subprotocol `{}`, which was not offered.",
                heads.chosen().unwrap_or_default()
            ),
            InAnswer::NoSubprotocol => format!(
                "The request offers `{}`, and the answer chooses no subprotocol. RFC 6455 lets \
                 a server do so; the WHATWG standard has a browser fail the connection.",
                heads.offered.join("`, `")
            ),
            InAnswer::Extension => format!(
                "The answer chooses the extension `{}`, which was not offered.",
                heads.extension()
            ),
        }
    }
}

const EASY_REQUEST: [InRequest; 4] = [
    InRequest::Method,
    InRequest::Upgrade,
    InRequest::Version,
    InRequest::Host,
];
const HARD_REQUEST: [InRequest; 5] = [
    InRequest::Connection,
    InRequest::Key,
    InRequest::Version,
    InRequest::HttpVersion,
    InRequest::Upgrade,
];
const EASY_ANSWER: [InAnswer; 3] = [InAnswer::Status, InAnswer::Accept, InAnswer::Upgrade];
const HARD_ANSWER: [InAnswer; 5] = [
    InAnswer::Connection,
    InAnswer::Accept,
    InAnswer::OtherSubprotocol,
    InAnswer::Extension,
    InAnswer::Status,
];

/// What is wrong: nothing, something in one of the two, or in both.
pub(crate) fn draw(level: Level, draw: &mut Draw) -> (Option<InRequest>, Option<InAnswer>) {
    match level {
        Level::First => match draw.below(5) {
            0 | 1 => (Some(draw.one(EASY_REQUEST)), None),
            2 | 3 => (None, Some(draw.one(EASY_ANSWER))),
            _ => (None, None),
        },
        Level::Second => match draw.below(6) {
            0 | 1 => (Some(draw.one(HARD_REQUEST)), None),
            2 | 3 => (None, Some(draw.one(HARD_ANSWER))),
            4 => (Some(draw.one(HARD_REQUEST)), Some(draw.one(HARD_ANSWER))),
            _ => (None, None),
        },
        Level::Third => match draw.below(7) {
            0 => (Some(InRequest::Origin), None),
            1 => (Some(draw.one(HARD_REQUEST)), None),
            2 => (None, Some(draw.one(HARD_ANSWER))),
            3 | 4 => (None, Some(InAnswer::NoSubprotocol)),
            5 => {
                let request = if draw.flip() {
                    InRequest::Origin
                } else {
                    draw.one(HARD_REQUEST)
                };
                (Some(request), Some(draw.one(HARD_ANSWER)))
            }
            _ => (None, None),
        },
    }
}

/// Verdicts that somebody might come to.
pub(crate) fn tempting(right: Verdict, heads: &Heads, draw: &mut Draw) -> Vec<Verdict> {
    let mut suspects = vec![KEY, VERSION, "Host"];
    suspects.extend(match heads.odd {
        Odd::KeepAlive => vec!["Connection", "Connection"],
        Odd::Case => vec!["Upgrade", "Upgrade"],
        Odd::Nothing | Odd::LowerNames | Odd::Phrase => vec!["Connection"],
    });
    let mut in_answer = vec![ACCEPT, "Connection"];
    if heads.odd == Odd::Phrase {
        in_answer.push("101");
    }
    if !heads.offered.is_empty() {
        in_answer.push(PROTOCOL);
    }
    if heads.compression {
        in_answer.push(EXTENSIONS);
    }
    draw.shuffle(&mut suspects);
    draw.shuffle(&mut in_answer);
    let (suspect, other) = (suspects[0], in_answer[0]);
    let mut all = vec![
        Verdict::Both,
        Verdict::ClientOnly(suspect),
        Verdict::ServerOnly(other),
    ];
    match right {
        Verdict::Both => {
            if heads.offered.is_empty() {
                all.push(Verdict::Neither(suspects[1], in_answer[1]));
            } else {
                all.push(Verdict::NotInBrowser);
            }
        }
        Verdict::ServerOnly(place) => {
            all.push(Verdict::Neither(suspect, place));
        }
        Verdict::ClientOnly(place) => {
            all.push(Verdict::Neither(place, other));
        }
        Verdict::Neither(request, answer) => {
            all = vec![
                Verdict::Both,
                Verdict::ClientOnly(request),
                Verdict::ServerOnly(answer),
            ];
        }
        Verdict::NotInBrowser => all.push(Verdict::ServerOnly(PROTOCOL)),
    }
    all.retain(|verdict| *verdict != right);
    all
}

/// The section of RFC 6455 that has a server look at a place of the request.
pub(crate) fn section(place: &str) -> &'static str {
    match place {
        VERSION => "4.4",
        "Origin" => "10.2",
        _ => "4.2.1",
    }
}

/// Why a place of the request is right.
pub(crate) fn fine_in_request(place: &str, heads: &Heads) -> String {
    match place {
        KEY => format!("the key `{}` is base64 of 16 bytes.", heads.key()),
        VERSION => "the version is 13.".to_owned(),
        "Host" => "`Host` is there once.".to_owned(),
        "Connection" => format!(
            "`Connection: {}` names `Upgrade`, and may name more.",
            heads.connection()
        ),
        "Upgrade" => "the value of `Upgrade` is compared without regard to case.".to_owned(),
        _ => format!("`{place}` is as it should be."),
    }
}

/// Why a place of the answer is right.
pub(crate) fn fine_in_answer(place: &str, heads: &Heads) -> String {
    match place {
        ACCEPT => format!("`{}` is the value for this key.", heads.accept()),
        "Connection" => "`Connection` names `Upgrade`.".to_owned(),
        "101" => format!(
            "`{}` has the status 101. The words after it mean nothing to a program.",
            heads.status()
        ),
        PROTOCOL => match heads.chosen() {
            Some(chosen) => format!("the subprotocol `{chosen}` was offered."),
            None => "by RFC 6455 a server need not choose a subprotocol. A browser asks for \
                more."
                .to_owned(),
        },
        EXTENSIONS => "`permessage-deflate` was offered.".to_owned(),
        _ => format!("`{place}` is as it should be."),
    }
}
