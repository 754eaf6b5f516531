//! What close codes mean (RFC 6455 §7.4, and IANA's registry for 1012–1014).

use std::ops::RangeInclusive;

use wire::close::{CloseCode, CodeKind};

/// A range of codes.
pub struct Range {
    /// The codes.
    pub codes: RangeInclusive<u16>,
    /// How it is written.
    pub name: &'static str,
    /// Whom it is for.
    pub what: &'static str,
    /// A code in it.
    pub example: u16,
    /// How it looks.
    pub class: &'static str,
}

/// The ranges of §7.4.2, and what is beyond.
pub const RANGES: [Range; 5] = [
    Range {
        codes: 0..=999,
        name: "0–999",
        what: "not used",
        example: 999,
        class: "close-codes__range--none",
    },
    Range {
        codes: 1000..=2999,
        name: "1000–2999",
        what: "the protocol",
        example: 1000,
        class: "close-codes__range--protocol",
    },
    Range {
        codes: 3000..=3999,
        name: "3000–3999",
        what: "registered with IANA",
        example: 3000,
        class: "close-codes__range--own",
    },
    Range {
        codes: 4000..=4999,
        name: "4000–4999",
        what: "yours",
        example: 4000,
        class: "close-codes__range--own",
    },
    Range {
        codes: 5000..=u16::MAX,
        name: "5000–65535",
        what: "no meaning",
        example: 5000,
        class: "close-codes__range--none",
    },
];

/// What there is to say of a code.
pub struct Meaning {
    /// What it means.
    pub means: &'static str,
    /// Who says it, where that needs saying.
    pub who: Option<&'static str>,
    /// What usually stands behind it.
    pub behind: Option<&'static str>,
    /// Whether IANA's registry says so, and not the RFC.
    pub iana: bool,
}

const fn of(means: &'static str, who: &'static str, behind: &'static str) -> Meaning {
    Meaning {
        means,
        who: Some(who),
        behind: Some(behind),
        iana: false,
    }
}

const fn iana(means: &'static str, behind: &'static str) -> Meaning {
    Meaning {
        means,
        who: None,
        behind: Some(behind),
        iana: true,
    }
}

const fn only(means: &'static str) -> Meaning {
    Meaning {
        means,
        who: None,
        behind: None,
        iana: false,
    }
}

/// What a code means.
pub fn meaning(code: CloseCode) -> Meaning {
    match code.0 {
        1000 => of(
            "What the connection was for is done.",
            "Either end.",
            "close(1000) in a script; a server that has sent all it had.",
        ),
        1001 => of(
            "The end that says so is leaving: a server goes down, or a browser has left the page.",
            "A browser, by itself, when its reader follows a link, reloads or closes the tab. A server that stops.",
            "A page that was left; a deploy done well.",
        ),
        1002 => of(
            "The other end broke a rule of the protocol.",
            "Whoever noticed.",
            "A hand-written peer: frames without a mask, reserved bits, lengths that are wrong. Or bytes in between that somebody rewrote.",
        ),
        1003 => of(
            "Data of a kind that this end does not take.",
            "Whoever cannot use it, mostly a server.",
            "A binary message for a server that understands text only.",
        ),
        1004 => only("Reserved. It has no meaning, and may get one."),
        1005 => of(
            "A close frame came, and there was no code in it.",
            "Nobody, to another. Your own browser tells your script.",
            "close() without arguments, at either end: an empty close frame is answered by an empty one.",
        ),
        1006 => of(
            "The connection ended, and no close frame had come.",
            "Nobody, to another. Your own browser tells your script.",
            "A refused handshake, a crashed server, a proxy’s timeout, a lost network, a certificate that failed, or a frame over which the browser itself failed the connection. It does not say which, on purpose.",
        ),
        1007 => of(
            "What a message holds does not fit its kind: a text that is not UTF-8.",
            "Whoever read it.",
            "Bytes sent as text that belong in a binary message; a text cut by bytes in the middle of a character, and each half sent as a message.",
        ),
        1008 => of(
            "A message broke a policy. Also the code for when no other fits, or none should tell more.",
            "Mostly a server.",
            "A token that ran out, too many messages, a room that is not yours.",
        ),
        1009 => of(
            "A message is bigger than this end takes.",
            "Whoever would have had to hold it.",
            "A server’s limit on messages, often far below what a client thinks of; a picture sent as one message.",
        ),
        1010 => of(
            "The client needs an extension that the server did not agree to.",
            "A client. A server has no use for it: it can refuse the handshake instead.",
            "In practice nothing: browsers need no extension.",
        ),
        1011 => of(
            "Something unexpected kept this end from doing its work.",
            "Mostly a server.",
            "An exception that nobody caught in the code that handles a message.",
        ),
        1012 => iana(
            "The service restarts. Come back, after a delay drawn at random, so that not all come at once.",
            "A deploy, done well.",
        ),
        1013 => iana(
            "Too busy now. Try another server, or later.",
            "Load shed on purpose.",
        ),
        1014 => iana(
            "A gateway got no proper answer from the server behind it. What 502 is for HTTP.",
            "A proxy that understands WebSocket, before a server that is down.",
        ),
        1015 => of(
            "The TLS handshake failed.",
            "Nobody, to another. An endpoint may tell its own application; browsers tell scripts 1006 instead.",
            "A certificate that ran out, or that is for another name.",
        ),
        _ => match code.kind() {
            CodeKind::Registered => only(
                "For libraries, frameworks and applications, by registration with IANA, so that two of them do not use the same one.",
            ),
            CodeKind::Private => only(
                "For your own agreement between your page and your server. Nobody else gives it a meaning.",
            ),
            CodeKind::Reserved => {
                only("In the protocol’s own range, and without a meaning so far. It may get one.")
            }
            CodeKind::Unused => only("Too small. Codes begin at 1000."),
            _ => only("Two bytes could hold it, and no range is for it."),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_lies_in_one_range_and_has_a_meaning() {
        for n in 0..=u16::MAX {
            let ranges = RANGES.iter().filter(|range| range.codes.contains(&n));
            assert_eq!(ranges.count(), 1, "{n}");
            assert!(!meaning(CloseCode(n)).means.is_empty());
        }
        for range in &RANGES {
            assert!(range.codes.contains(&range.example));
        }
    }
}
