//! What close codes mean, and what to do on each (RFC 6455 §7.4, §7.2.3, and IANA's registry).

use std::ops::RangeInclusive;

use wire::close::{CloseCode, CodeKind, REGISTERED};

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
        name: "5000–65,535",
        what: "no meaning",
        example: 5000,
        class: "close-codes__range--none",
    },
];

/// What there is to say of a code.
#[derive(Clone, Copy)]
pub struct Meaning {
    /// What it means.
    pub means: &'static str,
    /// Who says it, where that needs saying.
    pub who: Option<&'static str>,
    /// What is usually the cause.
    pub behind: Option<&'static str>,
    /// What a page that is told the code does next.
    pub then: Option<&'static str>,
}

const fn of(
    code: u16,
    means: &'static str,
    who: &'static str,
    behind: &'static str,
    then: &'static str,
) -> (u16, Meaning) {
    let meaning = Meaning {
        means,
        who: Some(who),
        behind: Some(behind),
        then: Some(then),
    };
    (code, meaning)
}

const fn only(means: &'static str, then: Option<&'static str>) -> Meaning {
    Meaning {
        means,
        who: None,
        behind: None,
        then,
    }
}

/// What a page does that may simply come back.
const BACKOFF: &str = "Reconnect, with backoff and jitter.";

/// What a page does over an error that would come again.
const REPAIR: &str = "Stop, and repair the program: it would happen again.";

/// Every registered code, in order. Names and sources are those of [`wire::close::REGISTERED`].
const MEANINGS: [(u16, Meaning); REGISTERED.len()] = [
    of(
        1000,
        "What the connection was for is done.",
        "Either end.",
        "close(1000) in a script; a server that has sent all it had.",
        "Nothing. The conversation is over.",
    ),
    of(
        1001,
        "The end that sends it is leaving: a server goes down, or a browser has left the page.",
        "A browser, by itself, when its user follows a link, reloads or closes the tab. A server that stops.",
        "A user who leaves; a deploy done well.",
        BACKOFF,
    ),
    of(
        1002,
        "The other end broke a rule of the protocol.",
        "The end that noticed.",
        "A hand-written peer: frames without a mask, reserved bits, lengths that are wrong. Or something on the way rewrote the bytes.",
        REPAIR,
    ),
    of(
        1003,
        "Data of a kind that this end does not take.",
        "The end that cannot use it, mostly a server.",
        "A binary message for a server that understands text only.",
        REPAIR,
    ),
    (
        1004,
        only("Reserved. It has no meaning, and may get one.", None),
    ),
    of(
        1005,
        "A close frame came, and there was no code in it.",
        "No end sends it. Your own browser tells your script.",
        "close() without arguments, at either end: an empty close frame is answered by an empty one.",
        "Nothing, if you closed. Otherwise the server ended it on purpose and gave no reason: do as for 1000.",
    ),
    of(
        1006,
        "The connection ended, and no close frame had come.",
        "No end sends it. Your own browser tells your script.",
        "A refused handshake, a crashed server, a proxy’s timeout, a lost network, a certificate that failed, or a frame over which the browser itself failed the connection. It does not say which, on purpose.",
        BACKOFF,
    ),
    of(
        1007,
        "What a message holds does not fit its kind: a text that is not UTF-8.",
        "The end that read it.",
        "Bytes sent as text that belong in a binary message; a text cut in the middle of a character, and each half sent as a message.",
        REPAIR,
    ),
    of(
        1008,
        "A message broke a policy. Also the general code, where no other fits or the endpoint will not say more.",
        "Mostly a server.",
        "A token that expired, too many messages, a room that is not yours.",
        "Stop: you may not do this. Tell the user.",
    ),
    of(
        1009,
        "A message is bigger than this end takes.",
        "The end that would have had to hold it.",
        "A server’s limit on messages, often far below what a client expects; a picture sent as one message.",
        "Stop, and send less at a time: the same message would be refused again.",
    ),
    of(
        1010,
        "The client needs an extension that the server did not agree to.",
        "A client. A server has no use for it: it can refuse the handshake instead.",
        "In practice nothing: browsers need no extension.",
        REPAIR,
    ),
    of(
        1011,
        "Something unexpected kept this end from doing its work.",
        "Mostly a server.",
        "An exception that nobody caught in the code that handles a message.",
        BACKOFF,
    ),
    of(
        1012,
        "The service restarts.",
        "A server or a gateway.",
        "A deploy, done well.",
        "Reconnect after 5 to 30 seconds, drawn at random, so that not all come at once.",
    ),
    of(
        1013,
        "Too busy now.",
        "A server or a gateway.",
        "Load shed on purpose.",
        "Connect to another server, or to the same one only when the user asks.",
    ),
    of(
        1014,
        "A gateway got no proper answer from the server behind it. What 502 is for HTTP.",
        "A server or a gateway.",
        "A proxy that understands WebSocket, in front of a server that is down.",
        BACKOFF,
    ),
    of(
        1015,
        "The TLS handshake failed.",
        "No end sends it. An endpoint may tell its own application; browsers tell scripts 1006 instead.",
        "A certificate that expired, or that is for another name.",
        "Stop, and repair the certificate. A page’s script cannot: it is told 1006.",
    ),
    of(
        3000,
        "The server does not know who you are, or no longer. What 401 is for HTTP.",
        "A server. A page is told this code; of a refused handshake, only 1006.",
        "A session or a token that expired.",
        "Sign in, then reconnect.",
    ),
    of(
        3003,
        "The server knows who you are, and refuses you. What 403 is for HTTP.",
        "A server. A page is told this code; of a refused handshake, only 1006.",
        "A room or an account that is closed to this user.",
        "Stop: the next attempt would get the same answer. Tell the user.",
    ),
    of(
        3008,
        "Something took too long. What 408 is for HTTP.",
        "A server.",
        "A client that answered no ping, or did not sign in, in time.",
        BACKOFF,
    ),
];

/// What a code means.
pub fn meaning(code: CloseCode) -> Meaning {
    let registered = MEANINGS.iter().find(|(number, _)| *number == code.0);
    registered.map_or_else(|| by_range(code), |(_, meaning)| *meaning)
}

/// What the range of a code means.
fn by_range(code: CloseCode) -> Meaning {
    match code.kind() {
        CodeKind::Registered => only(
            "For libraries, frameworks and applications, by registration with IANA, so that two of them do not use the same one.",
            Some("What the library or framework that uses it says."),
        ),
        CodeKind::Private => only(
            "For your own agreement between your page and your server. Nobody else gives it a meaning.",
            Some("What the two of you agreed on."),
        ),
        CodeKind::Reserved => only(
            "In the protocol’s own range, and without a meaning so far. It may get one.",
            None,
        ),
        CodeKind::Unused => only("Too small. Codes begin at 1000.", None),
        _ => only("It fits in two bytes but belongs to no range.", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registered_code_has_a_meaning_of_its_own_and_something_to_do() {
        let codes = MEANINGS.map(|(code, _)| CloseCode(code));
        assert_eq!(codes, REGISTERED.map(|entry| entry.code));
        for (code, meaning) in &MEANINGS {
            assert_eq!(meaning.then.is_some(), *code != 1004, "{code}");
        }
        assert!(
            meaning(CloseCode(1012))
                .then
                .is_some_and(|then| then.contains("5 to 30"))
        );
    }

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
