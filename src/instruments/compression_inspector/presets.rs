//! The messages to begin with.

use wire::session::Kind;

use super::settings::{Settings, USUAL};

/// Messages to begin with.
pub struct Preset {
    /// What its button says.
    pub label: &'static str,
    /// What it shows, in a sentence.
    pub note: &'static str,
    kind: Kind,
    messages: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const PRESETS: [Preset; 6] = [
    Preset {
        label: "Chat, in JSON",
        note: "The second message is mostly what the first has said already.",
        kind: Kind::Text,
        messages: || USUAL.map(<[u8]>::to_vec).to_vec(),
    },
    Preset {
        label: "One short word",
        note: "A short message gets longer: two bytes become four. A sender may leave it as it is, with RSV1 0.",
        kind: Kind::Text,
        messages: || texts(&["ok", "ok"]),
    },
    Preset {
        label: "The RFC’s “Hello”",
        note: "The example of RFC 7692: the second “Hello” is a literal H and a reference to the first.",
        kind: Kind::Text,
        messages: || texts(&["Hello", "Hello"]),
    },
    Preset {
        label: "The same letter, 400 times",
        note: "A letter or two, then references that go one byte back and repeat what they have just written, 258 times at most. A bomb is the same with millions.",
        kind: Kind::Text,
        messages: || vec![vec![b'a'; 400]],
    },
    Preset {
        label: "Random bytes",
        note: "Nothing repeats and no byte is rarer than another, so deflate gives up and stores them: five bytes more than before, and one for the empty block.",
        kind: Kind::Binary,
        messages: || vec![noise(96), noise(160).split_off(96)],
    },
    Preset {
        label: "A secret and a guess",
        note: "The attacker sees only sizes. The guess in the second message is wrong, the one in the third is right. Both guesses are equally long, but the right one compresses better.",
        kind: Kind::Text,
        messages: || texts(&["set-token: k7Qx93", "token: p2", "token: k7"]),
    },
];

impl Preset {
    /// The same settings with these messages. A preset is about messages; what was agreed on stays.
    pub fn on(&self, settings: &Settings) -> Settings {
        let settings = settings.with_messages((self.messages)());
        Settings {
            kind: self.kind,
            ..settings
        }
    }

    /// Whether these are the messages that are there.
    pub fn is_on(&self, settings: &Settings) -> bool {
        self.kind == settings.kind && settings.messages() == (self.messages)()
    }
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
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
    use wire::Role;
    use wire::deflate::dissect::{BlockKind, Symbol};

    #[test]
    fn presets_show_what_they_say() {
        let compressed = |label: &str| {
            let preset = PRESETS.iter().find(|p| p.label == label).unwrap();
            preset.on(&Settings::default()).compress()
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
        let mut swapped = (PRESETS[5].messages)();
        swapped.swap(1, 2);
        let swapped = Settings::default().with_messages(swapped).compress();
        assert!(size(&swapped, 1) < size(&swapped, 2));
        let messages = [1, 2].map(|n: usize| guesses[n].inside.message.len());
        assert_eq!(messages[0], messages[1]);
    }
    #[test]
    fn presets_leave_what_was_agreed_on() {
        let settings = Settings::default()
            .with_takeover(Role::Server, false)
            .with_bits(Role::Client, 99)
            .with_bits(Role::Server, 10);
        let settings = PRESETS[2].on(&settings);
        assert_eq!(
            settings.params.to_string(),
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=10"
        );
        assert_eq!(settings.messages(), [b"Hello", b"Hello"]);
        assert!(PRESETS[2].is_on(&settings) && !PRESETS[1].is_on(&settings));
        let settings = settings.with_one_more().with_one_more();
        assert_eq!(settings.messages().len(), 3);
        let settings = settings.with_one_less().with_one_less().with_one_less();
        assert_eq!(settings.messages(), [b"Hello"]);
    }
}
