//! The state of the instrument in an address, and the messages to begin with.

use wire::Role;
use wire::session::Kind;

use super::model::{Desk, LEAST_BITS, MAX_BYTES, MOST_BITS};
use crate::address::{Said, cut};
use crate::instruments::messages::read_message;
use crate::routes::InsideQuery;
use crate::ui::hex;

/// Numbers of connections along the slider.
pub const CONNECTIONS: [u32; 13] = [
    1, 10, 100, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
];

/// What is in front of the reader.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// What is set.
    pub desk: Desk,
    /// What in the address could not be used.
    pub problems: Vec<String>,
}

/// This instrument's part of a query.
pub fn query(desk: &Desk) -> InsideQuery {
    let usual = Desk::default();
    let same = desk.kind == usual.kind && desk.messages == usual.messages;
    let message = |number: usize| {
        let message = desk.messages.get(number).filter(|_| !same)?;
        Some(match desk.kind {
            Kind::Text => String::from_utf8_lossy(message).into_owned(),
            Kind::Binary => hex(message),
        })
    };
    let (client, server) = (
        desk.params.client_max_window_bits,
        desk.params.server_max_window_bits,
    );
    InsideQuery {
        first: message(0),
        second: message(1),
        third: message(2),
        written: (desk.kind == Kind::Binary).then(|| "hex".to_owned()),
        sender: (desk.sender != usual.sender).then(|| desk.sender.name().to_owned()),
        takeover: match (
            desk.params.context_takeover(Role::Client),
            desk.params.context_takeover(Role::Server),
        ) {
            (true, true) => None,
            (true, false) => Some("client".to_owned()),
            (false, true) => Some("server".to_owned()),
            (false, false) => Some("0".to_owned()),
        },
        bits: if (client, server) == (MOST_BITS, MOST_BITS) {
            None
        } else if client == server {
            Some(client.to_string())
        } else {
            Some(format!("{client},{server}"))
        },
        connections: (desk.connections != usual.connections).then(|| desk.connections.to_string()),
    }
}

/// Reads this instrument's part of an address.
pub fn opened(said: &Said<InsideQuery>) -> Opened {
    // An address that cannot be read is the cutter's to speak of, further up.
    let query = said.clone().unwrap_or_default();
    let mut problems = Vec::new();
    let mut desk = Desk::default();
    match query.written.as_deref() {
        None | Some("text") => {}
        Some("hex") => desk.kind = Kind::Binary,
        Some(other) => problems.push(format!(
            "written={}: it is text or hex. Here it is text.",
            cut(other)
        )),
    }
    let given = [
        ("first", &query.first),
        ("second", &query.second),
        ("third", &query.third),
    ];
    let mut messages = Vec::new();
    for (name, text) in given {
        let Some(text) = text else { continue };
        match read_message(desk.kind, text, MAX_BYTES) {
            Ok(message) => messages.push(message),
            Err(why) => problems.push(format!("{name}={}: {why}", cut(text))),
        }
    }
    if messages.is_empty() {
        desk.kind = Kind::Text;
    } else {
        desk.messages = messages;
    }
    match query.sender.as_deref().map(str::parse::<Role>) {
        None => {}
        Some(Ok(role)) => desk.sender = role,
        Some(Err(_)) => problems.push(format!(
            "sender={}: it is client or server. Here it is the server.",
            cut(query.sender.as_deref().unwrap_or_default())
        )),
    }
    let keeps = match query.takeover.as_deref() {
        None | Some("1") => (true, true),
        Some("0") => (false, false),
        Some("client") => (true, false),
        Some("server") => (false, true),
        Some(other) => {
            problems.push(format!(
                "takeover={}: it is 0, 1, client or server. Here both keep their context.",
                cut(other)
            ));
            (true, true)
        }
    };
    desk.params.client_no_context_takeover = !keeps.0;
    desk.params.server_no_context_takeover = !keeps.1;
    if let Some(text) = &query.bits {
        match window_bits(text) {
            Some((client, server)) => {
                desk.params.client_max_window_bits = client;
                desk.params.server_max_window_bits = server;
            }
            None => problems.push(format!(
                "bits={}: a number from {LEAST_BITS} to {MOST_BITS}, or two with a comma between them: the client’s and the server’s.",
                cut(text)
            )),
        }
    }
    if let Some(text) = &query.connections {
        let most = CONNECTIONS[CONNECTIONS.len() - 1];
        match text.parse().ok().filter(|n| (1..=most).contains(n)) {
            Some(n) => desk.connections = n,
            None => problems.push(format!(
                "connections={}: a number from 1 to {most}.",
                cut(text)
            )),
        }
    }
    Opened { desk, problems }
}

fn window_bits(text: &str) -> Option<(u8, u8)> {
    let (client, server) = text.split_once(',').unwrap_or((text, text));
    let bits = |text: &str| {
        let bits = text.trim().parse().ok();
        bits.filter(|bits| (LEAST_BITS..=MOST_BITS).contains(bits))
    };
    Some((bits(client)?, bits(server)?))
}

/// Messages to begin with.
pub struct Preset {
    /// What its button says.
    pub label: &'static str,
    /// What it shows, in a sentence.
    pub note: &'static str,
    link: &'static str,
}

/// All of them.
pub const PRESETS: [Preset; 6] = [
    Preset {
        label: "Chat, in JSON",
        note: "The second message is mostly what the first has said already.",
        link: "",
    },
    Preset {
        label: "One short word",
        note: "A short message gets longer: two bytes become four. A sender may leave it as it is, with RSV1 0.",
        link: "first=ok&second=ok",
    },
    Preset {
        label: "The RFC’s “Hello”",
        note: "The example of RFC 7692: the second “Hello” is a literal H and a reference to the first.",
        link: "first=Hello&second=Hello",
    },
    Preset {
        label: "The same letter, 400 times",
        note: "A letter or two, then references that go one byte back and repeat what they have just written, 258 times at most. A bomb is the same with millions.",
        link: "",
    },
    Preset {
        label: "Random bytes",
        note: "Nothing repeats and no byte is rarer than another, so deflate gives up and stores them: five bytes more than before, and one for the empty block.",
        link: "",
    },
    Preset {
        label: "A secret and a guess",
        note: "The attacker sees only sizes. The guess in the second message is wrong, the one in the third is right. Both are as long, and the right one gets smaller.",
        link: "first=set-token: k7Qx93&second=token: p2&third=token: k7",
    },
];

impl Preset {
    /// What it shows.
    pub fn opened(&self) -> Opened {
        let mut opened = opened(&crate::address::read(self.link));
        match self.label {
            "The same letter, 400 times" => opened.desk.messages = vec![vec![b'a'; 400]],
            "Random bytes" => {
                opened.desk.kind = Kind::Binary;
                opened.desk.messages = vec![noise(96), noise(160).split_off(96)];
            }
            _ => {}
        }
        opened
    }
}

/// Bytes without a pattern, the same ones every time.
fn noise(len: usize) -> Vec<u8> {
    let mut x = 0x9e37_79b9u32;
    std::iter::repeat_with(|| {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        (x >> 11) as u8
    })
    .take(len)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::CompressedMessage;
    use super::*;
    use crate::address;
    use wire::deflate::inside::{BlockKind, Symbol};

    fn back(desk: &Desk) -> Opened {
        let text = serde_urlencoded::to_string(query(desk)).unwrap();
        opened(&address::read(&text))
    }

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        for preset in PRESETS {
            let mut desk = preset.opened().desk;
            assert_eq!(preset.opened().problems, Vec::<String>::new());
            for (client, server, bits) in [
                (true, true, (15, 15)),
                (false, true, (9, 15)),
                (true, false, (8, 8)),
                (false, false, (15, 12)),
            ] {
                desk.params.client_no_context_takeover = !client;
                desk.params.server_no_context_takeover = !server;
                desk.params.client_max_window_bits = bits.0;
                desk.params.server_max_window_bits = bits.1;
                desk.connections = 123;
                desk.sender = if client { Role::Client } else { Role::Server };
                assert_eq!(
                    back(&desk),
                    Opened {
                        desk: desk.clone(),
                        problems: vec![]
                    }
                );
            }
        }
        assert_eq!(query(&Desk::default()), InsideQuery::default());
    }

    #[test]
    fn presets_show_what_they_say() {
        let compressed = |label: &str| {
            let preset = PRESETS.iter().find(|p| p.label == label).unwrap();
            preset.opened().desk.pack()
        };
        let short = compressed("One short word");
        assert_eq!((short[0].plain, short[0].payload.len()), (2 + 2, 4));
        let same = compressed("The same letter, 400 times");
        let tokens = &same[0].inside.tokens;
        assert_eq!(tokens[0].symbol, Symbol::Literal(b'a'));
        let longest = Symbol::Copy {
            length: 258,
            distance: 1,
        };
        assert!(tokens.iter().any(|t| t.symbol == longest));
        for random in compressed("Random bytes") {
            assert_eq!(random.inside.blocks[0].kind, BlockKind::Stored);
            assert_eq!(random.payload.len(), random.inside.message.len() + 6);
        }
        let guesses = compressed("A secret and a guess");
        let size = |p: &[CompressedMessage], n: usize| p[n].payload.len();
        assert!(size(&guesses, 1) > size(&guesses, 2));
        // It is the guess, not the place.
        let mut swapped = PRESETS[5].opened().desk;
        swapped.messages.swap(1, 2);
        let swapped = swapped.pack();
        assert!(size(&swapped, 1) < size(&swapped, 2));
        let messages = [1, 2].map(|n: usize| guesses[n].inside.message.len());
        assert_eq!(messages[0], messages[1]);
    }

    #[test]
    fn what_cannot_be_used_is_named_and_the_default_is_shown() {
        for (link, word) in [
            ("bits=7", "bits=7"),
            ("bits=16", "bits=16"),
            ("bits=9,99", "bits=9,99"),
            ("takeover=perhaps", "takeover=perhaps"),
            ("sender=nobody", "sender=nobody"),
            ("written=ink", "written=ink"),
            ("written=hex&first=xyz", "first=xyz"),
            ("connections=0", "connections=0"),
            ("connections=1000001", "connections=1000001"),
        ] {
            let opened = opened(&address::read(link));
            assert_eq!(opened.desk, Desk::default(), "{link}");
            assert!(opened.problems[0].contains(word), "{:?}", opened.problems);
        }
        let long = format!("first={}&second=b", "x".repeat(MAX_BYTES + 1));
        let opened = opened(&address::read(&long));
        assert_eq!(opened.desk.messages, [b"b"]);
        assert!(opened.problems[0].contains("601 bytes"));
    }
}
