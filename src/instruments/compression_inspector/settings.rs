//! What the reader sets, and how it stands in the address.

use wire::Role;
use wire::deflate::Params;
use wire::session::Kind;

use crate::instruments::messages::read_message;
use crate::kit::number::{grouped, hex};
use crate::kit::settings::{self, ChoiceOption, Field, Grammar, options};
use crate::kit::slider::SliderSpec;

/// The longest message, in bytes: every byte is drawn.
pub const MAX_BYTES: usize = 600;
/// The most messages.
pub const MAX_MESSAGES: usize = 3;
/// The least window that can be agreed on, as a power of two (RFC 7692 §7.1.2).
pub const LEAST_BITS: u8 = 8;
/// The largest.
pub const MOST_BITS: u8 = 15;

/// The slider for the connections that a server holds.
pub const CONNECTIONS: SliderSpec = SliderSpec {
    label: "Connections",
    stops: &[
        1, 10, 100, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    ],
    short: |n| grouped(n.into()),
    aloud: |n| format!("{n} connections"),
};

/// The messages of the plain page.
pub const USUAL: [&[u8]; 2] = [
    br#"{"type":"message","room":"kitchen","from":"ada","text":"Is there any coffee left?"}"#,
    br#"{"type":"message","room":"kitchen","from":"grace","text":"There is coffee. Ask Ada."}"#,
];

/// What the reader sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether the messages are text.
    pub kind: Kind,
    /// The messages that were given; without any, those of the plain page.
    pub given: [Option<Vec<u8>>; MAX_MESSAGES],
    /// Who sends them.
    pub sender: Role,
    /// What the handshake agreed on.
    pub params: Params,
    /// Connections that a server holds.
    pub connections: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            kind: Kind::Text,
            given: Default::default(),
            sender: Role::Server,
            params: Params::default(),
            connections: 10_000,
        }
    }
}

impl Settings {
    /// The messages, one to three.
    pub fn messages(&self) -> Vec<&[u8]> {
        let given: Vec<&[u8]> = self.given.iter().flatten().map(Vec::as_slice).collect();
        if given.is_empty() {
            USUAL.to_vec()
        } else {
            given
        }
    }

    /// Other messages of the same kind, as many as there is room for.
    pub fn with_messages(&self, messages: Vec<Vec<u8>>) -> Settings {
        let usual = messages == USUAL;
        let mut messages = messages.into_iter().filter(|_| !usual);
        Settings {
            given: std::array::from_fn(|_| messages.next()),
            ..self.clone()
        }
    }

    fn owned(&self) -> Vec<Vec<u8>> {
        self.messages().into_iter().map(<[u8]>::to_vec).collect()
    }

    /// Another message in the place of the one with this number.
    pub fn with_message(&self, number: usize, message: &[u8]) -> Settings {
        let mut messages = self.owned();
        if let Some(place) = messages.get_mut(number) {
            *place = message.to_vec();
        }
        self.with_messages(messages)
    }

    /// One message more, the same as the last.
    pub fn with_one_more(&self) -> Settings {
        let mut messages = self.owned();
        messages.extend(messages.last().cloned());
        self.with_messages(messages)
    }

    /// Without the last message, unless it is the only one.
    pub fn with_one_less(&self) -> Settings {
        let mut messages = self.owned();
        if messages.len() > 1 {
            messages.pop();
        }
        self.with_messages(messages)
    }

    /// The same bytes as messages of another kind.
    ///
    /// # Errors
    /// Says which message is no text.
    pub fn with_kind(&self, kind: Kind) -> Result<Settings, String> {
        let messages = self.messages();
        let no_text = messages
            .iter()
            .position(|m| std::str::from_utf8(m).is_err());
        match (kind, no_text) {
            (Kind::Text, Some(number)) => Err(format!(
                "The bytes of message {} are not UTF-8, so they cannot be text. Change them, or leave them binary.",
                number + 1
            )),
            _ => Ok(Settings {
                kind,
                ..self.clone()
            }),
        }
    }

    /// Whether a role keeps its context from message to message.
    pub fn with_takeover(&self, role: Role, keeps: bool) -> Settings {
        let mut settings = self.clone();
        match role {
            Role::Client => settings.params.client_no_context_takeover = !keeps,
            Role::Server => settings.params.server_no_context_takeover = !keeps,
        }
        settings
    }

    /// Another window for what a role sends, as a power of two.
    pub fn with_bits(&self, role: Role, bits: u8) -> Settings {
        let bits = bits.clamp(LEAST_BITS, MOST_BITS);
        let mut settings = self.clone();
        match role {
            Role::Client => settings.params.client_max_window_bits = bits,
            Role::Server => settings.params.server_max_window_bits = bits,
        }
        settings
    }

    /// A given message as it stands in an address.
    fn written(&self, number: usize) -> Option<String> {
        let message = self.given.get(number)?.as_ref()?;
        Some(match self.kind {
            Kind::Text => String::from_utf8_lossy(message).into_owned(),
            Kind::Binary => hex(message),
        })
    }

    fn give(&mut self, number: usize, text: &str) -> Result<(), String> {
        let message = read_message(self.kind, text, MAX_BYTES)?;
        if let Some(place) = self.given.get_mut(number) {
            *place = Some(message);
        }
        Ok(())
    }

    /// Who keeps its context: the client, and the server.
    fn keeps(&self) -> (bool, bool) {
        let keeps = |role| self.params.context_takeover(role);
        (keeps(Role::Client), keeps(Role::Server))
    }

    fn set_keeps(&mut self, client: bool, server: bool) {
        self.params.client_no_context_takeover = !client;
        self.params.server_no_context_takeover = !server;
    }
}

/// A message as it stands in an address.
const fn message(
    key: &'static str,
    write: fn(&Settings) -> Option<String>,
    read: fn(&mut Settings, &str) -> Result<(), String>,
) -> Field<Settings> {
    let grammar = Grammar {
        write,
        read,
        examples: &["Hello", "", "00ff"],
        refuses: &[TOO_LONG],
    };
    Field::parsed(key, grammar)
}

/// A text of one byte too many, for the tests.
const TOO_LONG: &str = match std::str::from_utf8(&[b'x'; MAX_BYTES + 1]) {
    Ok(text) => text,
    Err(_) => "",
};

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::affecting(
            &["first", "second", "third"],
            Field::choice(
                "written",
                "",
                options!(kind { "text": "Text" => Kind::Text, "hex": "Binary" => Kind::Binary }),
            ),
        ),
        message("first", |s| s.written(0), |s, text| s.give(0, text)),
        message("second", |s| s.written(1), |s, text| s.give(1, text)),
        message("third", |s| s.written(2), |s, text| s.give(2, text)),
        Field::choice(
            "sender",
            "Sender of the messages",
            options!(sender { "client": "Client" => Role::Client, "server": "Server" => Role::Server }),
        ),
        // Who keeps its context: both, neither, or one alone.
        Field::choice(
            "takeover",
            "",
            &[
                ChoiceOption {
                    name: "1",
                    label: "Both",
                    is: |s| s.keeps() == (true, true),
                    choose: |s| s.set_keeps(true, true),
                },
                ChoiceOption {
                    name: "0",
                    label: "Neither",
                    is: |s| s.keeps() == (false, false),
                    choose: |s| s.set_keeps(false, false),
                },
                ChoiceOption {
                    name: "client",
                    label: "Client",
                    is: |s| s.keeps() == (true, false),
                    choose: |s| s.set_keeps(true, false),
                },
                ChoiceOption {
                    name: "server",
                    label: "Server",
                    is: |s| s.keeps() == (false, true),
                    choose: |s| s.set_keeps(false, true),
                },
            ],
        ),
        Field::parsed(
            "bits",
            Grammar {
                write: |s| {
                    let (client, server) = (
                        s.params.client_max_window_bits,
                        s.params.server_max_window_bits,
                    );
                    match (client, server) {
                        (MOST_BITS, MOST_BITS) => None,
                        _ if client == server => Some(client.to_string()),
                        _ => Some(format!("{client},{server}")),
                    }
                },
                read: |s, text| {
                    let (client, server) = window_bits(text).ok_or_else(|| {
                        format!("a number from {LEAST_BITS} to {MOST_BITS}, or two with a comma between them: the client’s and the server’s.")
                    })?;
                    s.params.client_max_window_bits = client;
                    s.params.server_max_window_bits = server;
                    Ok(())
                },
                examples: &["10", "15,9", "8,15", "8", "15"],
                refuses: &["7", "16", "9,99", "9,9,9", "", ",", "x"],
            },
        ),
        Field::stops(
            "connections",
            CONNECTIONS,
            |s| s.connections,
            |s, n| s.connections = n,
        ),
    ];
}

fn window_bits(text: &str) -> Option<(u8, u8)> {
    let (client, server) = text.split_once(',').unwrap_or((text, text));
    let bits = |text: &str| {
        let bits = text.trim().parse().ok();
        bits.filter(|bits| (LEAST_BITS..=MOST_BITS).contains(bits))
    };
    Some((bits(client)?, bits(server)?))
}

#[cfg(test)]
mod tests {
    use super::super::presets::PRESETS;
    use super::*;
    use crate::kit::settings::Parsed;
    use crate::kit::url_state::{query_of, read};

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        for preset in PRESETS {
            for (client, server, bits) in [
                (true, true, (15, 15)),
                (false, true, (9, 15)),
                (true, false, (8, 8)),
                (false, false, (15, 12)),
            ] {
                let mut settings = preset
                    .on(&Settings::default())
                    .with_takeover(Role::Client, client)
                    .with_takeover(Role::Server, server)
                    .with_bits(Role::Client, bits.0)
                    .with_bits(Role::Server, bits.1);
                settings.connections = 123;
                settings.sender = if client { Role::Client } else { Role::Server };
                assert_eq!(read(&query_of(&settings)), Parsed::fine(settings));
            }
        }
    }

    #[test]
    fn a_message_that_cannot_be_read_leaves_the_others() {
        let long = format!("first={}&second=b", "x".repeat(MAX_BYTES + 1));
        let parsed = read::<Settings>(&long);
        assert_eq!(parsed.settings.messages(), [b"b"]);
        assert!(parsed.problems[0].contains("601 bytes"));
        let parsed = read::<Settings>("written=hex&first=xyz");
        assert_eq!(parsed.settings.messages(), USUAL);
        assert!(parsed.problems[0].starts_with("first=xyz: "));
    }

    #[test]
    fn bytes_that_are_no_text_stay_binary() {
        let binary = Settings::default().with_kind(Kind::Binary).unwrap();
        assert_eq!(binary.messages(), USUAL);
        let settings = binary.with_message(1, &[0xff]).with_message(7, b"x");
        assert_eq!(settings.messages(), [USUAL[0], &[0xff]]);
        assert!(
            settings
                .with_kind(Kind::Text)
                .unwrap_err()
                .contains("message 2")
        );
        assert_eq!(settings.with_kind(Kind::Binary), Ok(settings));
        assert!(binary.with_kind(Kind::Text).is_ok());
    }
}
