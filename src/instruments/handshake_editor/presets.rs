//! Handshakes to begin with: a good one, and what really goes wrong.

use super::settings::Settings;

/// A handshake to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name in a link.
    pub name: &'static str,
    /// What its button says.
    pub label: &'static str,
    /// What happened, and why.
    pub note: &'static str,
    /// Whether a browser opens the connection after the response that it gets.
    pub opens: bool,
    make: fn() -> (String, Option<String>),
}

/// What a browser sends, without the lines that it sends with every request.
pub const GOOD: &str = "\
GET /chat HTTP/1.1
Host: ws.example.com
Connection: Upgrade
Upgrade: websocket
Origin: https://app.example.com
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Protocol: chat.v2, chat.v1
Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits
Cookie: session=7f3a9c

";

/// Every preset, in the order of their buttons.
pub const PRESETS: [Preset; 11] = [
    Preset {
        name: "good",
        label: "A good one",
        note: "The browser offers two subprotocols and compression. The server takes the first of each that it \
               knows, and says so. Change any letter of either text, or the server’s rules.",
        opens: true,
        make: || (GOOD.to_owned(), None),
    },
    Preset {
        name: "no-upgrade",
        label: "A proxy drops Upgrade",
        note: "The browser sent both lines. Connection counts for one hop, so a proxy that does not know WebSocket \
               removes Connection and what it names, and the server sees an ordinary GET. Tell the proxy to pass \
               the upgrade on, or use wss: what a proxy cannot read it cannot change.",
        opens: false,
        make: || {
            let text = GOOD.replace(
                "Connection: Upgrade\nUpgrade: websocket\n",
                "Connection: keep-alive\n",
            );
            (text, None)
        },
    },
    Preset {
        name: "version",
        label: "Wrong version",
        note: "Version 8 is a draft from 2011. The server refuses and names the version that it speaks, so that a \
               client that knows more than one can try again.",
        opens: false,
        make: || (GOOD.replace("Version: 13", "Version: 8"), None),
    },
    Preset {
        name: "key",
        label: "Bad key",
        note: "A hand-written client put a word where 16 random bytes belong. A strict server refuses. Some servers \
               do not look, and hash whatever they get.",
        opens: false,
        make: || (GOOD.replace("dGhlIHNhbXBsZSBub25jZQ==", "aGVsbG8="), None),
    },
    Preset {
        name: "http10",
        label: "HTTP/1.0",
        note: "HTTP/1.0 has no Upgrade. It usually comes from a reverse proxy in front of the server: some speak \
               HTTP/1.0 to what is behind them until they are told not to. The RFC leaves the status of the refusal to \
               the server; 505 is about another major version, so this server says 400.",
        opens: false,
        make: || (GOOD.replace("HTTP/1.1", "HTTP/1.0"), None),
    },
    Preset {
        name: "post",
        label: "A POST",
        note: "The method has to be GET. A page cannot choose it; a script with an HTTP library can, and gets this.",
        opens: false,
        make: || (GOOD.replace("GET ", "POST "), None),
    },
    Preset {
        name: "accept",
        label: "Wrong accept value",
        note: "The server decoded the key before it hashed it, which is the usual mistake: what goes into the hash \
               is the text of the key. The status is 101 and every other line is right, and the client still has to \
               fail the connection.",
        opens: false,
        make: || {
            let response = "\
HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: BXhwxM0SZasKmCD9S4BfpPmCnEw=
Sec-WebSocket-Protocol: chat.v1

";
            (GOOD.to_owned(), Some(response.to_owned()))
        },
    },
    Preset {
        name: "subprotocol",
        label: "No subprotocol chosen",
        note: "The page offered two subprotocols, and the server leaves the header out. The RFC allows it: the \
               connection then has no subprotocol. The browsers’ standard does not: a page that offers names has to \
               get one of them.",
        opens: false,
        make: || {
            let response = "\
HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

";
            (GOOD.to_owned(), Some(response.to_owned()))
        },
    },
    Preset {
        name: "extension",
        label: "An extension nobody offered",
        note: "The client offered no extension, and the server turned compression on all the same. The client could \
               not read the first compressed frame, so it does not wait for one.",
        opens: false,
        make: || {
            let request: String = GOOD
                .split_inclusive('\n')
                .filter(|line| !line.starts_with("Sec-WebSocket-Extensions"))
                .collect();
            let response = "\
HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
Sec-WebSocket-Protocol: chat.v1
Sec-WebSocket-Extensions: permessage-deflate

";
            (request, Some(response.to_owned()))
        },
    },
    Preset {
        name: "origin",
        label: "A foreign Origin",
        note: "Another site’s page opens a WebSocket to a server at which your user is signed in. The cookie was set \
               with SameSite=None, so a browser that lets third-party cookies through sends it along. Only Origin \
               tells the server who asks. Empty the list of origins below, and watch the request go through.",
        opens: false,
        make: || {
            (
                GOOD.replace("https://app.example.com", "https://other.example"),
                None,
            )
        },
    },
    Preset {
        name: "proxy-200",
        label: "A proxy’s 200",
        note: "The request was good, and the answer is not the server’s: a gateway or a sign-in page answered as it \
               would answer any GET. Only 101 says that what follows is no longer HTTP. So the client gives up, and \
               a script is told 1006 without the status.",
        opens: false,
        make: || {
            let response = "\
HTTP/1.1 200 OK
Content-Type: text/html
Content-Length: 37
Via: 1.1 gateway.example

<!doctype html><title>Sign in</title>";
            (GOOD.to_owned(), Some(response.to_owned()))
        },
    },
];

impl Preset {
    /// The preset with this name.
    pub fn named(name: &str) -> Option<Preset> {
        PRESETS.into_iter().find(|p| p.name == name)
    }

    /// Whether it goes wrong on purpose.
    pub fn broken(self) -> bool {
        !self.opens
    }

    /// Both texts.
    fn texts(self) -> (String, Option<String>) {
        (self.make)()
    }

    /// Both texts, with the server's usual rules.
    pub fn settings(self) -> Settings {
        let (request, response) = self.texts();
        Settings {
            request,
            response,
            ..Settings::default()
        }
    }

    /// The preset with exactly these texts, whatever the server's rules are.
    pub fn of(settings: &Settings) -> Option<Preset> {
        PRESETS.into_iter().find(|preset| {
            let (request, response) = preset.texts();
            request == settings.request && response == settings.response
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::handshake::Requirement;

    /// What the server refuses, and how. It takes the others.
    const REFUSED: [(&str, u16); 6] = [
        ("no-upgrade", 426),
        ("version", 426),
        ("key", 400),
        ("http10", 400),
        ("post", 405),
        ("origin", 403),
    ];

    #[test]
    fn every_preset_gives_the_verdict_that_it_promises() {
        for preset in PRESETS {
            let judged = preset.settings().judge();
            let refused = REFUSED.iter().find(|(name, _)| *name == preset.name);
            let status = refused.map_or(101, |(_, status)| *status);
            assert_eq!(judged.answer.status, status, "{}", preset.name);
            let opens = judged.response.accepted_in_browser();
            assert_eq!(opens, preset.opens, "{}", preset.name);
            assert_eq!(
                Preset::of(&preset.settings()).map(|p| p.name),
                Some(preset.name)
            );
        }
    }

    #[test]
    fn what_breaks_is_what_the_label_says() {
        for (name, requirement) in [
            ("no-upgrade", Requirement::Upgrade),
            ("version", Requirement::Version),
            ("key", Requirement::Key),
            ("http10", Requirement::HttpVersion),
            ("post", Requirement::Method),
            ("origin", Requirement::Origin),
        ] {
            let judged = Preset::named(name).unwrap().settings().judge();
            assert_eq!(
                judged.request.broken().map(|f| f.requirement),
                Some(requirement)
            );
        }
        for (name, requirement) in [
            ("accept", Requirement::Accept),
            ("extension", Requirement::ExtensionsChosen),
            ("proxy-200", Requirement::Status),
        ] {
            let judged = Preset::named(name).unwrap().settings().judge();
            assert!(judged.request.accepted(), "{name}");
            assert_eq!(
                judged.response.broken().map(|f| f.requirement),
                Some(requirement)
            );
        }
        // Nothing else is wrong where one thing is meant to be.
        for name in ["version", "key", "http10", "post", "origin"] {
            let judged = Preset::named(name).unwrap().settings().judge();
            assert_eq!(
                judged.request.findings.iter().filter(|f| !f.met).count(),
                1,
                "{name}"
            );
        }
        for name in ["accept", "extension"] {
            let judged = Preset::named(name).unwrap().settings().judge();
            assert_eq!(
                judged.response.findings.iter().filter(|f| !f.met).count(),
                1,
                "{name}"
            );
            assert_eq!(judged.response.broken_in_browser, None, "{name}");
        }
    }

    #[test]
    fn without_a_subprotocol_the_rfc_and_a_browser_differ() {
        let judged = Preset::named("subprotocol").unwrap().settings().judge();
        assert!(judged.both_open());
        assert!(!judged.response.accepted_in_browser());
    }

    #[test]
    fn the_wrong_accept_value_is_the_one_of_the_mistake_that_its_note_tells() {
        let response = Preset::named("accept")
            .unwrap()
            .settings()
            .response
            .unwrap();
        // The key of the example is base64 of these words.
        let wrong = wire::handshake::accept("the sample nonce").value;
        assert!(
            response.contains(&format!("Sec-WebSocket-Accept: {wrong}\n")),
            "{wrong}"
        );
    }

    #[test]
    fn the_length_of_the_page_is_right() {
        let response = Preset::named("proxy-200")
            .unwrap()
            .settings()
            .response
            .unwrap();
        let (head, body) = response.split_once("\n\n").unwrap();
        assert!(
            head.contains(&format!("Content-Length: {}", body.len())),
            "{}",
            body.len()
        );
    }
}
