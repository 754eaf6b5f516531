//! Which way bytes went, by the words and arrows of their labels.

use crate::Side;
use crate::frames;

/// Which way a label says that bytes went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// From this end.
    From(Side),
    /// Away from the program that wrote the log.
    Out,
    /// To the program that wrote the log.
    In,
}

const OUT: [&str; 18] = [
    "send", "sent", "sending", "sends", "tx", "out", "outgoing", "outbound", "write", "wrote",
    "writing", "written", ">>>", ">>", ">", "=>", "->", "-->",
];
const IN: [&str; 17] = [
    "recv",
    "received",
    "receive",
    "receiving",
    "receives",
    "rx",
    "in",
    "incoming",
    "inbound",
    "read",
    "reading",
    "<<<",
    "<<",
    "<",
    "<=",
    "<-",
    "<--",
];
const CLIENT: [&str; 6] = ["client", "c", "c2s", "c->s", "peer0", "browser"];
const SERVER: [&str; 5] = ["server", "s", "s2c", "s->c", "peer1"];

/// The way that a label names.
pub(crate) fn way(label: &str) -> Option<Way> {
    let label = last(label);
    let arrow_inside = label.contains("->") || label.contains("→");
    let mut ends = None;
    let mut out = None;
    for word in label.split(|c: char| c.is_whitespace() || "[](){}:,;|\"'=_.".contains(c)) {
        let word = word.to_ascii_lowercase();
        let word = word.as_str();
        // A letter alone is a name only beside an arrow.
        let lone = word.len() == 1 && !(arrow_inside && label.len() < 16);
        if CLIENT.contains(&word) && !lone {
            ends = ends.or(Some(Way::From(Side::Client)));
        } else if SERVER.contains(&word) && !lone {
            ends = ends.or(Some(Way::From(Side::Server)));
        } else if OUT.contains(&word) {
            out = out.or(Some(Way::Out));
        } else if IN.contains(&word) {
            out = out.or(Some(Way::In));
        }
    }
    // `=>` and `<=` lose their sign where the words are divided.
    let begin = label.trim_start();
    let arrow = if begin.starts_with("=>") || begin.starts_with('→') || begin.starts_with('↑') {
        Some(Way::Out)
    } else if begin.starts_with("<=") || begin.starts_with('←') || begin.starts_with('↓') {
        Some(Way::In)
    } else {
        None
    };
    let begins = label.to_ascii_lowercase();
    // “to the server” and “from the client” are the client's.
    let told = [
        ("to server", Side::Client),
        ("to the server", Side::Client),
        ("to client", Side::Server),
        ("to the client", Side::Server),
    ];
    let told = told.iter().find(|(words, _)| begins.contains(words));
    let both = ends.is_some() && (begins.contains("client") && begins.contains("server"));
    match told {
        Some((_, side)) if !both => Some(Way::From(*side)),
        _ => arrow.or(ends).or(out),
    }
}

/// The end of a label, which is all that names what follows.
pub(crate) fn last(label: &str) -> &str {
    let from = label.len().saturating_sub(512);
    let from = (from..=label.len()).find(|at| label.is_char_boundary(*at));
    from.and_then(|at| label.get(at..)).unwrap_or_default()
}

/// Who sent what went out, by what the bytes look like: only a client masks, and only a client asks.
pub(crate) fn sender_of_out(out: &[u8], into: &[u8]) -> Side {
    let client = |bytes: &[u8]| match bytes {
        [b'H', b'T', b'T', b'P', b'/', ..] => Some(false),
        [b'G', b'E', b'T', b' ', ..] => Some(true),
        _ => frames::masked(bytes),
    };
    match (client(out), client(into)) {
        (Some(false), _) | (None, Some(true)) => Side::Server,
        _ => Side::Client,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_arrows_say_which_way() {
        for (label, expected) in [
            ("1:    client    1     ", Some(Way::From(Side::Client))),
            ("server -> client", Some(Way::From(Side::Server))),
            ("=> Send data, 11 bytes (0xb)", Some(Way::Out)),
            ("<= Recv data, 7 bytes (0x7)", Some(Way::In)),
            (
                "> 2023/01/02 10:00:00.0  length=7 from=0 to=6",
                Some(Way::Out),
            ),
            ("[Raw read]: length = 5", Some(Way::In)),
            ("[id: 0x1] WRITE: 7B", Some(Way::Out)),
            ("C->S", Some(Way::From(Side::Client))),
            ("sent to server:", Some(Way::From(Side::Client))),
            ("payload", None),
        ] {
            assert_eq!(way(label), expected, "{label}");
        }
    }
}
