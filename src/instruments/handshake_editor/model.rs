//! What the editor holds, and what both sides make of it.

use std::ops::Range;

use wire::deflate;
use wire::handshake::{
    Answer, Asked, DEFAULT_MAX_HEAD, Finding, Policy, Request, RequestVerdict, Requirement,
    Response, ResponseVerdict, head_len, judge_request, judge_response, tokens,
};

use super::presets::{PRESETS, Preset};
use crate::address::cut;
use crate::routes::{EditorQuery, MAX_LINK_BYTES};

/// The server's rules, as the reader sets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knobs {
    /// The origins that are welcome, separated by commas; empty for any.
    pub origins: String,
    /// The subprotocols that the server speaks, separated by commas.
    pub protocols: String,
    /// Whether the server takes up permessage-deflate.
    pub compress: bool,
}

impl Default for Knobs {
    fn default() -> Knobs {
        Knobs {
            origins: "https://app.example".to_owned(),
            protocols: "chat.v1".to_owned(),
            compress: true,
        }
    }
}

impl Knobs {
    /// The rules as the codec takes them.
    pub fn policy(&self) -> Policy {
        let list = |text: &str| tokens(text).map(str::to_owned).collect::<Vec<_>>();
        Policy {
            max_head: DEFAULT_MAX_HEAD,
            origins: Some(list(&self.origins)).filter(|origins| !origins.is_empty()),
            protocols: list(&self.protocols),
            deflate: self.compress.then(deflate::Policy::default),
        }
    }
}

/// What the reader edits. Both texts are as they were typed, their lines ended by LF as in any text box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// The request.
    pub request: String,
    /// The response; `None` for whatever the server answers.
    pub response: Option<String>,
    /// The server's rules.
    pub knobs: Knobs,
}

/// What both sides make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The request as it goes over the wire.
    pub request_wire: String,
    /// Whether it could be read at all.
    pub readable: bool,
    /// What the server thinks of it.
    pub request: RequestVerdict,
    /// What the server sends.
    pub answer: Answer,
    /// The response that reaches the client, as it goes over the wire.
    pub response_wire: String,
    /// The status in it, where it could be read.
    pub status: Option<u16>,
    /// What the client thinks of it.
    pub response: ResponseVerdict,
}

impl Judged {
    /// Whether the client has a WebSocket and the server has one too.
    pub fn both_open(&self) -> bool {
        self.request.accepted() && self.response.accepted()
    }
}

/// Bytes behind the head: a body, or frames.
pub fn behind(wire: &str) -> usize {
    head_len(wire.as_bytes()).map_or(0, |head| wire.len() - head)
}

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What stands in the editor.
    pub desk: Desk,
    /// What in the address could not be used.
    pub problems: Vec<String>,
}

impl Desk {
    /// Judges both texts.
    pub fn judge(&self) -> Judged {
        let request_wire = on_wire(&self.request);
        let parsed = Request::parse(request_wire.as_bytes());
        let request = judge_request(&parsed, &self.knobs.policy());
        let answer = request.answer();
        let response_wire = match &self.response {
            Some(text) => on_wire(text),
            None => String::from_utf8_lossy(&answer.bytes).into_owned(),
        };
        let received = Response::parse(response_wire.as_bytes());
        let asked = parsed.as_ref().map(Asked::of).unwrap_or_default();
        Judged {
            readable: parsed.is_ok(),
            request,
            answer,
            status: received.as_ref().ok().map(Response::status),
            response: judge_response(&received, &asked, DEFAULT_MAX_HEAD),
            request_wire,
            response_wire,
        }
    }

    /// This instrument's part of a query; the rest is empty. `None` where the texts are too long for a link.
    pub fn query(&self) -> Option<EditorQuery> {
        let mut query = EditorQuery::default();
        match Preset::of(self) {
            Some(preset) if preset.name == PRESETS[0].name => {}
            Some(preset) => query.preset = Some(preset.name.to_owned()),
            None => {
                query.request = Some(self.request.clone());
                query.response = self.response.clone();
            }
        }
        let usual = Knobs::default();
        let changed = |ours: &String, usual: &String| (ours != usual).then(|| ours.clone());
        query.origin = changed(&self.knobs.origins, &usual.origins);
        query.protocols = changed(&self.knobs.protocols, &usual.protocols);
        query.deflate = (!self.knobs.compress).then(|| "0".to_owned());
        let long: usize = [
            &query.request,
            &query.response,
            &query.origin,
            &query.protocols,
        ]
        .into_iter()
        .flatten()
        .map(String::len)
        .sum();
        (long <= MAX_LINK_BYTES).then_some(query)
    }

    /// Reads this instrument's part of a query. Whatever cannot be used gives the default and a line that says so.
    pub fn opened(query: &EditorQuery) -> Opened {
        let mut problems = Vec::new();
        let preset = query.preset.as_deref().and_then(|name| {
            let preset = Preset::named(name);
            if preset.is_none() {
                problems.push(format!(
                    "preset={}: there is no handshake of that name. Here is the first.",
                    cut(name)
                ));
            }
            preset
        });
        let mut desk = preset.unwrap_or(PRESETS[0]).desk();
        if let Some(request) = &query.request {
            desk.request = typed(request);
            desk.response = None;
        }
        if let Some(response) = &query.response {
            desk.response = Some(typed(response));
        }
        if let Some(origins) = &query.origin {
            desk.knobs.origins = one_line(origins);
        }
        if let Some(protocols) = &query.protocols {
            desk.knobs.protocols = one_line(protocols);
        }
        match query.deflate.as_deref() {
            None | Some("1") => {}
            Some("0") => desk.knobs.compress = false,
            Some(other) => problems.push(format!(
                "deflate={}: it is 0 or 1. The server compresses.",
                cut(other)
            )),
        }
        Opened { desk, problems }
    }
}

/// Text as a text box holds it.
fn typed(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Text as a field of one line holds it.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], "")
}

/// Typed text as it goes over the wire: every line of the head ends in CR LF (RFC 9112 §2.1), the body is as it is.
pub fn on_wire(text: &str) -> String {
    let start = text.find(|c| c != '\n').unwrap_or(text.len());
    let end = text[start..]
        .find("\n\n")
        .map_or(text.len(), |at| start + at + 2);
    let (head, body) = text.split_at(end);
    head.replace('\n', "\r\n") + body
}

/// What came over the wire, as a text box holds it.
pub fn off_wire(wire: &str) -> String {
    typed(wire)
}

/// A part of a text on the wire, to be drawn in one manner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its letters.
    pub text: &'a str,
    /// Whether it breaks a requirement.
    pub bad: bool,
    /// Whether the reader points at what was found there.
    pub lit: bool,
}

/// Cuts a text where what was found begins and ends.
pub fn pieces<'a>(wire: &'a str, findings: &[Finding], lit: Option<Requirement>) -> Vec<Piece<'a>> {
    let spans: Vec<(Range<usize>, bool, bool)> = findings
        .iter()
        .filter_map(|f| {
            Some((
                clamp(wire, f.at.as_ref()?),
                !f.met,
                lit == Some(f.requirement),
            ))
        })
        // The whole head is no place to point at.
        .filter(|(span, ..)| !span.is_empty() && *span != (0..wire.len()))
        .filter(|(_, bad, lit)| *bad || *lit)
        .collect();
    let mut cuts: Vec<usize> = spans
        .iter()
        .flat_map(|(span, ..)| [span.start, span.end])
        .chain([0, wire.len()])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .map(|cut| {
            let inside = |span: &Range<usize>| span.start <= cut[0] && cut[1] <= span.end;
            Piece {
                text: &wire[cut[0]..cut[1]],
                bad: spans.iter().any(|(span, bad, _)| *bad && inside(span)),
                lit: spans.iter().any(|(span, _, lit)| *lit && inside(span)),
            }
        })
        .collect()
}

/// The span widened to whole characters and whole line ends, inside the text.
fn clamp(wire: &str, span: &Range<usize>) -> Range<usize> {
    let inside_line_end = |at: usize| {
        at > 0 && wire.as_bytes()[at - 1] == b'\r' && wire.as_bytes().get(at) == Some(&b'\n')
    };
    let mut start = span.start.min(wire.len());
    while !wire.is_char_boundary(start) || inside_line_end(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, wire.len());
    while !wire.is_char_boundary(end) || inside_line_end(end) {
        end += 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address;

    fn back(query: &EditorQuery) -> Opened {
        Desk::opened(&address::read(&serde_urlencoded::to_string(query).unwrap()).unwrap())
    }

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        for preset in PRESETS {
            for knobs in [
                Knobs::default(),
                Knobs {
                    origins: String::new(),
                    protocols: "a, b".into(),
                    compress: false,
                },
            ] {
                let desk = Desk {
                    knobs,
                    ..preset.desk()
                };
                let opened = back(&desk.query().unwrap());
                assert_eq!((opened.desk, opened.problems), (desk, vec![]));
            }
        }
        let desk = Desk {
            request: "GET /ä?b=&c HTTP/1.1\n\n\n body".into(),
            response: Some("\nHTTP/1.1 101\n".into()),
            knobs: Knobs::default(),
        };
        assert_eq!(back(&desk.query().unwrap()).desk, desk);
    }

    #[test]
    fn long_texts_have_no_link() {
        let desk = Desk {
            request: "x".repeat(MAX_LINK_BYTES + 1),
            ..PRESETS[0].desk()
        };
        assert_eq!(desk.query(), None);
    }

    #[test]
    fn what_cannot_be_used_is_named_and_the_default_is_shown() {
        for (query, word) in [
            ("?preset=none", "preset=none"),
            ("?deflate=yes", "deflate=yes"),
        ] {
            let opened = Desk::opened(&address::read(query).unwrap());
            assert_eq!(opened.desk, PRESETS[0].desk());
            assert!(opened.problems[0].contains(word), "{:?}", opened.problems);
        }
        assert!(address::read::<EditorQuery>("?request=a&request=b").is_err());
    }

    #[test]
    fn the_head_ends_its_lines_with_cr_lf_and_the_body_is_as_it_is() {
        assert_eq!(
            on_wire("GET / HTTP/1.1\nA: b\n\nx\ny\n"),
            "GET / HTTP/1.1\r\nA: b\r\n\r\nx\ny\n"
        );
        assert_eq!(on_wire("\n\nGET"), "\r\n\r\nGET");
        for preset in PRESETS {
            let judged = preset.desk().judge();
            assert_eq!(
                on_wire(&off_wire(&judged.response_wire)),
                judged.response_wire,
                "{}",
                preset.name
            );
        }
    }

    #[test]
    fn any_text_is_judged_and_drawn_whole() {
        let good = PRESETS[0].desk().request;
        let mut texts: Vec<String> = vec![
            "".into(),
            "\n".into(),
            "\n\n\n".into(),
            "é\n\n".into(),
            "\0".into(),
        ];
        texts.extend(good.char_indices().map(|(at, _)| good[..at].to_owned()));
        texts.extend(
            good.char_indices()
                .map(|(at, _)| format!("{}é{}", &good[..at], &good[at..])),
        );
        texts.push("A: b\n".repeat(4000));
        for text in texts {
            let desk = Desk {
                request: text.clone(),
                response: Some(text),
                knobs: Knobs::default(),
            };
            let judged = desk.judge();
            for (wire, findings) in [
                (&judged.request_wire, &judged.request.findings),
                (&judged.response_wire, &judged.response.findings),
            ] {
                for lit in [None, Some(Requirement::Key), Some(Requirement::Syntax)] {
                    let drawn: String =
                        pieces(wire, findings, lit).iter().map(|p| p.text).collect();
                    assert_eq!(drawn, *wire);
                }
            }
        }
    }

    #[test]
    fn what_stands_behind_the_head_is_counted() {
        for (text, bytes) in [
            ("GET / HTTP/1.1\n\nxyz", 3),
            ("GET / HTTP/1.1\n\n", 0),
            ("GET", 0),
        ] {
            assert_eq!(behind(&on_wire(text)), bytes, "{text}");
        }
    }

    #[test]
    fn a_finding_marks_its_place() {
        let desk = Preset::named("version").unwrap().desk();
        let judged = desk.judge();
        let bad: Vec<_> = pieces(&judged.request_wire, &judged.request.findings, None)
            .into_iter()
            .filter(|p| p.bad)
            .map(|p| p.text)
            .collect();
        assert_eq!(bad, ["8"]);
    }

    #[test]
    fn the_servers_rules_decide_what_is_chosen() {
        let mut desk = PRESETS[0].desk();
        let judged = desk.judge();
        assert_eq!(judged.response.protocol.as_deref(), Some("chat.v1"));
        assert!(judged.response.deflate.is_some() && judged.both_open());
        desk.knobs = Knobs {
            origins: String::new(),
            protocols: "chat.v1, chat.v2".into(),
            compress: false,
        };
        let judged = desk.judge();
        assert_eq!(
            judged.response.protocol.as_deref(),
            Some("chat.v2"),
            "the client's order decides"
        );
        assert!(judged.response.deflate.is_none());
        assert_eq!(
            judged.request.declined[0].reason,
            "this server does not compress"
        );
        let foreign = Desk {
            knobs: desk.knobs,
            ..Preset::named("origin").unwrap().desk()
        };
        assert!(foreign.judge().both_open());
    }
}
