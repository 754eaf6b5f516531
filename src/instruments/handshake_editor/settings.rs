//! What stands in the editor, and how that stands in the address.

use notation::{Handshake, HandshakeForm, Note, Pasted};
use wire::deflate;
use wire::handshake::{DEFAULT_MAX_HEAD, Policy, response_behind, tokens};

use super::model::typed;
use super::presets::{GOOD, PRESETS, Preset};
use crate::kit::secrets;
use crate::kit::settings::{self, Field, Grammar, MAX_LINK_BYTES, write};
use crate::kit::url_state::Query;
use crate::split_point;

/// The server's rules, as the reader sets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The origins that are welcome, separated by commas; empty for any.
    pub origins: String,
    /// The subprotocols that the server speaks, separated by commas.
    pub protocols: String,
    /// Whether the server takes up permessage-deflate.
    pub compress: bool,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            origins: "https://app.example.com".to_owned(),
            protocols: "chat.v1".to_owned(),
            compress: true,
        }
    }
}

/// What stands in the editor. Both texts are as they were typed, their lines ended by LF as in any text box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The request.
    pub request: String,
    /// The response; `None` for whatever the server answers.
    pub response: Option<String>,
    /// The server's rules.
    pub rules: Rules,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            request: GOOD.to_owned(),
            response: None,
            rules: Rules::default(),
        }
    }
}

/// The server of the examples. Their list of welcome origins is its own.
const EXAMPLE_HOST: &str = "ws.example.com";

impl Settings {
    /// The origins that are welcome, as they count: the list of the examples is nothing to another server.
    pub fn origins(&self) -> &str {
        let host = |line: &str| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("host")
                .then(|| value.trim().to_owned())
        };
        let example = self
            .request
            .lines()
            .find_map(host)
            .is_none_or(|host| host == EXAMPLE_HOST);
        match example || self.rules.origins != Rules::default().origins {
            true => &self.rules.origins,
            false => "",
        }
    }

    /// The server's rules as the codec takes them.
    pub fn policy(&self) -> Policy {
        let list = |text: &str| tokens(text).map(str::to_owned).collect::<Vec<_>>();
        Policy {
            max_head: DEFAULT_MAX_HEAD,
            origins: Some(list(self.origins())).filter(|origins| !origins.is_empty()),
            protocols: list(&self.rules.protocols),
            deflate: self.rules.compress.then(deflate::Policy::default),
        }
    }

    /// The same with the messages of a handshake in their places.
    pub fn with_handshake(&self, found: &Handshake) -> Settings {
        let text = |message: &Option<String>| message.as_deref().map(typed);
        Settings {
            request: text(&found.request).unwrap_or_else(|| self.request.clone()),
            response: text(&found.response).or_else(|| self.response.clone()),
            rules: self.rules.clone(),
        }
    }

    /// The same with another request. A response that stands behind it in the text goes into its own place.
    pub fn with_request(&self, text: String) -> Settings {
        let (request, response) = divided(text);
        Settings {
            request,
            response: response.or_else(|| self.response.clone()),
            rules: self.rules.clone(),
        }
    }

    /// The same as an address may say it: without secrets. The names of those that are left out stand beside.
    pub fn without_secrets(&self) -> (Settings, Vec<String>) {
        if Preset::of(self).is_some() {
            return (self.clone(), Vec::new());
        }
        let request = secrets::http(&self.request, GOOD);
        let response = self.response.as_deref().map(|text| secrets::http(text, ""));
        let mut names = request.names;
        let (response, more) =
            response.map_or((None, vec![]), |found| (Some(found.text), found.names));
        names.extend(more);
        names.dedup();
        let settings = Settings {
            request: request.text,
            response,
            rules: self.rules.clone(),
        };
        (settings, names)
    }
}

/// Path and query of a link that has the editor judge these two messages, or a request and what its server answers; `None`
/// where they are too long for one.
pub fn link(request: &str, response: Option<&str>) -> Option<String> {
    let settings = Settings {
        request: typed(request),
        response: response.map(typed),
        rules: Rules::default(),
    };
    let query = Query::default().with(&[], &write(&settings)?);
    Some(format!("/handshake{query}"))
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::affecting(
            &["request", "response"],
            Field::parsed(
                "preset",
                Grammar {
                    write: |s| {
                        let preset = Preset::of(s).filter(|p| p.name != PRESETS[0].name)?;
                        Some(preset.name.to_owned())
                    },
                    read: |s, name| {
                        let preset = Preset::named(name)
                            .ok_or("there is no handshake of that name. Here is the first.")?;
                        *s = Settings {
                            rules: s.rules.clone(),
                            ..preset.settings()
                        };
                        Ok(())
                    },
                    examples: &["no-upgrade", "good", "proxy-200"],
                    refuses: &["", "none", "Good"],
                },
            ),
        ),
        Field::affecting(
            &["response"],
            Field::parsed(
                "request",
                Grammar {
                    write: |s| {
                        let said = Preset::of(s).is_some() || s.request == GOOD;
                        (!said).then(|| secrets::http(&s.request, GOOD).text)
                    },
                    read: |s, text| {
                        (s.request, s.response) = divided(typed(text));
                        Ok(())
                    },
                    examples: &["GET /ä?b=&c HTTP/1.1\n\n\n body", ""],
                    refuses: &[],
                },
            ),
        ),
        Field::parsed(
            "response",
            Grammar {
                write: |s| {
                    let own = s.response.as_deref().filter(|_| Preset::of(s).is_none());
                    own.map(|text| secrets::http(text, "").text)
                },
                read: |s, text| {
                    s.response = Some(typed(text));
                    Ok(())
                },
                examples: &["\nHTTP/1.1 101\n", ""],
                refuses: &[],
            },
        ),
        Field::text(
            "origin",
            MAX_LINK_BYTES,
            |s| &s.rules.origins,
            |s, text| s.rules.origins = one_line(&text),
        ),
        Field::text(
            "protocols",
            MAX_LINK_BYTES,
            |s| &s.rules.protocols,
            |s, text| s.rules.protocols = one_line(&text),
        ),
        Field::flag(
            "deflate",
            "permessage-deflate",
            ["Do not", "Compress"],
            |s| s.rules.compress,
            |s, on| s.rules.compress = on,
        ),
    ];
}

/// Whether a text was pasted over another. What is typed is taken as it is.
pub fn is_pasted(before: &str, text: &str) -> bool {
    /// A text grows by at least as many bytes when something is pasted.
    const GROWTH: usize = 32;
    let grown = text.len() >= before.len().min(GROWTH) + GROWTH;
    grown && (before.is_empty() || !text.starts_with(before))
}

/// Finds the handshake in a pasted text that has more around it than the lines on the wire.
pub type MarkedHandshake = fn(&str) -> Option<Handshake>;

split_point!(
    /// What takes a tool's marks off a handshake. It is fetched when something is pasted.
    handshake_marks,
    pub fn load_marks() -> MarkedHandshake {
        marked_handshake
    }
);

fn marked_handshake(text: &str) -> Option<Handshake> {
    match notation::inspect(text) {
        Ok(Pasted::Handshake(found, _)) => {
            let marked = found.form != HandshakeForm::Lines || found.notes.contains(&Note::Doubled);
            marked.then_some(found)
        }
        _ => None,
    }
}

/// A request, and the response that stands behind it in the same text.
fn divided(text: String) -> (String, Option<String>) {
    let Some(response) = response_behind(text.as_bytes()).map(<[u8]>::len) else {
        return (text, None);
    };
    match text.split_at_checked(text.len() - response) {
        Some((request, response)) => (
            format!("{}\n\n", request.trim_end()),
            Some(response.to_owned()),
        ),
        None => (text, None),
    }
}

/// Text as a field of one line holds it.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::settings::Parsed;
    use crate::kit::url_state::{query_of, read};

    #[test]
    fn every_preset_comes_back_under_any_rules() {
        for preset in PRESETS {
            for rules in [
                Rules::default(),
                Rules {
                    origins: String::new(),
                    protocols: "a, b".into(),
                    compress: false,
                },
            ] {
                let settings = Settings {
                    rules,
                    ..preset.settings()
                };
                assert_eq!(read(&query_of(&settings)), Parsed::fine(settings));
            }
        }
    }

    #[test]
    fn no_secret_is_written_to_an_address() {
        let settings = Settings {
            request: GOOD
                .replace("7f3a9c", "hunter2")
                .replace("/chat", "/chat?token=hunter2"),
            response: Some("HTTP/1.1 200 OK\nSet-Cookie: a=hunter2\n\n".into()),
            ..Settings::default()
        };
        let query = query_of(&settings);
        assert!(!query.contains("hunter2"), "{query}");
        let (public, names) = settings.without_secrets();
        assert_eq!(names, ["token", "Cookie", "Set-Cookie"]);
        assert_eq!(read(&query), Parsed::fine(public.clone()));
        assert!(public.judge().request.accepted(), "still a request");
        // The example’s own cookie is nobody’s.
        let edited = Settings {
            request: GOOD.replace("Version: 13", "Version: 12"),
            ..Settings::default()
        };
        assert_eq!(read(&query_of(&edited)), Parsed::fine(edited));
    }

    #[test]
    fn marks_of_a_tool_are_taken_away_and_typed_text_is_left_alone() {
        let curl = "> GET /chat HTTP/1.1\n> Host: a.example\n> Upgrade: websocket\n> \n< HTTP/1.1 101 Switching Protocols\n< Upgrade: websocket\n< \n";
        assert!(is_pasted(GOOD, curl) && is_pasted("", curl));
        let found = marked_handshake(curl).expect("a handshake with marks");
        let settings = Settings::default().with_handshake(&found);
        assert_eq!(
            settings.request,
            "GET /chat HTTP/1.1\nHost: a.example\nUpgrade: websocket\n\n"
        );
        assert!(settings.response.unwrap().starts_with("HTTP/1.1 101"));
        let typed = |end: usize| is_pasted(&curl[..end - 1], &curl[..end]);
        assert!(!(1..=curl.len()).any(typed));
        // A request as it is on the wire has no marks.
        assert_eq!(marked_handshake(GOOD), None);
    }

    #[test]
    fn a_response_behind_the_request_goes_into_its_own_place() {
        let both = format!("{GOOD}HTTP/1.1 502 Bad Gateway\nServer: a\n\nbody");
        let settings = Settings::default().with_request(both);
        assert_eq!(settings.request, GOOD);
        let response = settings.response.as_deref();
        assert_eq!(
            response,
            Some("HTTP/1.1 502 Bad Gateway\nServer: a\n\nbody")
        );
        assert!(!settings.judge().response.accepted());
        // What is no response stays where it was typed.
        let body = format!("{GOOD}HTTP is not spoken here\n");
        assert_eq!(Settings::default().with_request(body.clone()).request, body);
    }

    #[test]
    fn the_list_of_the_examples_is_nothing_to_another_server() {
        let of = |host: &str, origins: &str| Settings {
            request: GOOD
                .replace("ws.example.com", host)
                .replace("https://app.example.com", "https://mine.test"),
            rules: Rules {
                origins: origins.to_owned(),
                ..Rules::default()
            },
            ..Settings::default()
        };
        let example = Rules::default().origins;
        assert!(!of("ws.example.com", &example).judge().request.accepted());
        assert!(of("mine.test", &example).judge().request.accepted());
        assert_eq!(of("mine.test", &example).origins(), "");
        let own = of("mine.test", "https://other.test");
        assert!(!own.judge().request.accepted());
        assert_eq!(own.origins(), "https://other.test");
    }

    #[test]
    fn texts_that_are_too_long_have_no_link() {
        let settings = Settings {
            request: "x".repeat(MAX_LINK_BYTES + 1),
            ..Settings::default()
        };
        assert_eq!(write(&settings), None);
        assert_eq!(link(&settings.request, Some("")), None);
    }

    #[test]
    fn a_link_from_elsewhere_has_both_messages() {
        let link = link("GET / HTTP/1.1\r\n\r\n", Some("HTTP/1.1 200 OK\r\n\r\n")).unwrap();
        let query = link.strip_prefix("/handshake").unwrap();
        let settings = read::<Settings>(query).settings;
        assert_eq!(settings.request, "GET / HTTP/1.1\n\n");
        assert_eq!(settings.response.unwrap(), "HTTP/1.1 200 OK\n\n");
        // One message that is as usual still comes with the other.
        let settings = Settings {
            response: Some("HTTP/1.1 302 Found\n\n".into()),
            ..Settings::default()
        };
        assert_eq!(read(&query_of(&settings)), Parsed::fine(settings));
    }
}
