//! The headers panel of a browser's developer tools, old and new.

use super::handshake::usual;
use super::head::{known, name, own, start};
use crate::Side;
use crate::handshake::{Handshake, HandshakeForm, Note};

/// Where in the panel a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    General,
    Request,
    Response,
    Other,
}

fn section(line: &str) -> Option<Section> {
    let line = line
        .trim()
        .trim_start_matches(['▼', '▾', '▸', '▶', '⌄', ' ']);
    // “Request Headers (12)”, “Request Headers view source”, “Response headers (327 B)”.
    let begins = |words: &str| {
        line.get(..words.len())
            .is_some_and(|l| l.eq_ignore_ascii_case(words))
            && !line
                .get(words.len()..)
                .is_some_and(|rest| rest.trim_start_matches(':').contains(": "))
    };
    if begins("request headers") {
        Some(Section::Request)
    } else if begins("response headers") {
        Some(Section::Response)
    } else if line.eq_ignore_ascii_case("general") {
        Some(Section::General)
    } else if begins("query string parameters") || begins("form data") || begins("request payload")
    {
        Some(Section::Other)
    } else {
        None
    }
}

#[derive(Default)]
struct Panel {
    url: Option<String>,
    method: Option<String>,
    status: Option<String>,
    pseudo: Vec<(String, String)>,
    request: Vec<String>,
    response: Vec<String>,
    /// Headers in no section, by their names in lower case.
    general: Vec<(String, String)>,
    first: Option<String>,
    answer: Option<String>,
    left_out: bool,
}

/// Reads the panel. `None` where the text is none.
pub(crate) fn read(text: &str) -> Option<Handshake> {
    let sections = text.lines().filter_map(section).count();
    let named = ["request url", "request method", "status code"];
    let general = text.lines().filter(|line| {
        let lower = line.trim().to_ascii_lowercase();
        named.iter().any(|n| lower.starts_with(n))
    });
    let pseudo = text
        .lines()
        .any(|l| l.trim_start().starts_with(":method") || l.trim_start().starts_with(":authority"));
    if sections == 0 && general.count() < 2 && !pseudo {
        return None;
    }
    let mut panel = Panel::default();
    let mut at = if sections == 0 && pseudo {
        Section::Request
    } else {
        Section::General
    };
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .peekable();
    while let Some(line) = lines.next() {
        if let Some(next) = section(line) {
            at = next;
            continue;
        }
        if matches!(
            line.to_ascii_lowercase().as_str(),
            "raw" | "view source" | "view parsed" | "headers"
        ) {
            continue;
        }
        if let Some(found) = start(line).filter(|s| s.prefix.is_empty()) {
            let place = if found.request {
                &mut panel.first
            } else {
                &mut panel.answer
            };
            *place = Some(found.line.to_owned());
            continue;
        }
        // `GET ws://example.com/chat` is how Postman heads it.
        if let Some(url) = line.strip_prefix("GET ").filter(|url| url.contains("://")) {
            panel.url = Some(url.to_owned());
            continue;
        }
        // Newer panels have the value on the line below the name.
        let split = |l: &str| {
            let (name, value) = l
                .strip_prefix(':')
                .map_or_else(|| l.split_once(':'), |rest| rest.split_once(':'))?;
            let colon = if l.starts_with(':') { ":" } else { "" };
            Some((format!("{colon}{}", name.trim()), value.trim().to_owned()))
        };
        let alone = line.trim_end_matches(':');
        let lone = named.contains(&alone.to_ascii_lowercase().as_str())
            || known(alone)
            || own(alone)
            || alone.starts_with(':') && !alone.get(1..).unwrap_or_default().contains(':')
            || ["remote address", "referrer policy"].contains(&alone.to_ascii_lowercase().as_str());
        let (name, value) = match split(line) {
            Some((name, value)) if !(value.is_empty() && lone) => (name, value),
            _ if lone => {
                let below = lines.next_if(|next| section(next).is_none());
                (alone.to_owned(), below.unwrap_or_default().to_owned())
            }
            _ => {
                panel.left_out = true;
                continue;
            }
        };
        panel.take(at, &name, value);
    }
    panel.divide();
    panel.written()
}

impl Panel {
    fn take(&mut self, at: Section, key: &str, value: String) {
        match key.to_ascii_lowercase().as_str() {
            "request url" => self.url = Some(value),
            "request method" => self.method = Some(value),
            "status code" => {
                // Newer panels draw a circle before the code.
                self.status = Some(
                    value
                        .trim_start_matches(|c: char| !c.is_ascii_digit())
                        .to_owned(),
                );
            }
            "remote address" | "referrer policy" | "scheme" | "address" | "filename" => {}
            _ if key.starts_with(':') => self.pseudo.push((key.to_owned(), value)),
            _ if name(&format!("{key}:")).is_none() => self.left_out = true,
            lower => {
                let line = format!("{key}: {value}");
                match at {
                    Section::Request => self.request.push(line),
                    Section::Response => self.response.push(line),
                    Section::General => self.general.push((lower.to_owned(), line)),
                    Section::Other => {}
                }
            }
        }
    }

    /// Gives the headers that stand in no section to the two sides: where a name comes again, the other side begins.
    fn divide(&mut self) {
        let place = |name: &str| self.general.iter().position(|(key, _)| key == name);
        let (accept, key) = (place("sec-websocket-accept"), place("sec-websocket-key"));
        let again = accept.zip(key).and_then(|(accept, key)| {
            (accept.min(key) + 1..=accept.max(key)).find(|at| {
                let before = self.general.get(..*at).unwrap_or_default();
                let name = self.general.get(*at).map(|(name, _)| name);
                before.iter().any(|(key, _)| Some(key) == name)
            })
        });
        for (at, (name, line)) in std::mem::take(&mut self.general).into_iter().enumerate() {
            let answer = match again {
                Some(again) => (at < again) == (accept < key),
                None => name == "sec-websocket-accept" || name == "server",
            };
            let lines = match answer {
                true => &mut self.response,
                false => &mut self.request,
            };
            lines.push(line);
        }
    }

    fn written(self) -> Option<Handshake> {
        let mut notes = Vec::new();
        let pseudo = |name: &str| {
            self.pseudo
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let joined = |first: String, lines: &[String]| {
            let mut out = first + "\r\n";
            for line in lines {
                out.push_str(line);
                out.push_str("\r\n");
            }
            out + "\r\n"
        };
        let target = self.url.as_deref().map(|url| {
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
            let path = rest
                .find(['/', '?'])
                .and_then(|at| rest.get(at..))
                .unwrap_or("/");
            let slash = if path.starts_with('/') { "" } else { "/" };
            format!("{slash}{path}")
        });
        let request = (!self.request.is_empty() || self.first.is_some() || !self.pseudo.is_empty())
            .then(|| {
                let mut lines = self.request.clone();
                let first = match (&self.first, &target, pseudo(":path")) {
                    (Some(first), ..) => first.clone(),
                    (None, _, Some(path)) => {
                        let method = pseudo(":method").unwrap_or("GET");
                        if let Some(host) = pseudo(":authority") {
                            lines.insert(0, format!("Host: {host}"));
                        }
                        format!("{method} {path} HTTP/2")
                    }
                    (None, Some(target), None) => {
                        format!(
                            "{} {target} HTTP/1.1",
                            self.method.as_deref().unwrap_or("GET")
                        )
                    }
                    (None, None, None) => {
                        notes.push(Note::FirstLine(Side::Client));
                        usual(Side::Client).to_owned()
                    }
                };
                joined(first, &lines)
            });
        let response = (!self.response.is_empty() || self.answer.is_some()).then(|| {
            let first = match (&self.answer, &self.status) {
                (Some(answer), _) => answer.clone(),
                (None, Some(status)) => format!("HTTP/1.1 {status}"),
                (None, None) => {
                    notes.push(Note::FirstLine(Side::Server));
                    usual(Side::Server).to_owned()
                }
            };
            joined(first, &self.response)
        });
        if self.left_out {
            notes.push(Note::LeftOut);
        }
        (request.is_some() || response.is_some()).then_some(Handshake {
            request,
            response,
            form: HandshakeForm::DevTools,
            notes,
        })
    }
}
