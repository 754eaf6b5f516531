//! What both sides make of the two messages in the editor.

use std::ops::Range;

use wire::handshake::{
    Answer, Asked, Copied, DEFAULT_MAX_HEAD, End, Finding, RequestVerdict, Requirement,
    ResponseVerdict, head_len, judge_copied_request, judge_copied_response,
};

use super::settings::Settings;

/// What both sides make of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The request as it goes over the wire.
    pub request_wire: String,
    /// Whether it could be read at all.
    pub readable: bool,
    /// Whether an empty line ends its head.
    pub request_ended: bool,
    /// What the server thinks of it.
    pub request: RequestVerdict,
    /// What the server sends.
    pub answer: Answer,
    /// The response that reaches the client, as it goes over the wire.
    pub response_wire: String,
    /// Whether an empty line ends its head.
    pub response_ended: bool,
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

impl Settings {
    /// Judges both texts.
    pub fn judge(&self) -> Judged {
        let request_wire = on_wire(&self.request);
        let received = typed_end(Copied::request(request_wire.as_bytes()));
        let answered = self.response.is_some();
        let request = judge_copied_request(&received, &self.policy(), answered);
        let answer = request.answer();
        let response_wire = match &self.response {
            Some(text) => on_wire(text),
            None => String::from_utf8_lossy(&answer.bytes).into_owned(),
        };
        let response = typed_end(Copied::response(response_wire.as_bytes()));
        let asked = received.head().map(Asked::of_head).unwrap_or_default();
        Judged {
            readable: received.head().is_some(),
            request_ended: received.end == End::There,
            request,
            answer,
            response_ended: response.end == End::There,
            response: judge_copied_response(&response, Some(&asked), DEFAULT_MAX_HEAD),
            request_wire,
            response_wire,
        }
    }
}

/// A message from a text box, whose line ends say nothing of those on the wire: where its last empty line is not there,
/// whoever copied the text may have lost it.
fn typed_end<T>(copied: Copied<T>) -> Copied<T> {
    Copied {
        end: match copied.end {
            End::Missing => End::Lost,
            end => end,
        },
        ..copied
    }
}

/// Text as a text box holds it.
pub fn typed(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
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
    use crate::instruments::handshake_editor::presets::{PRESETS, Preset};
    use crate::instruments::handshake_editor::settings::Rules;

    #[test]
    fn the_head_ends_its_lines_with_cr_lf_and_the_body_is_as_it_is() {
        assert_eq!(
            on_wire("GET / HTTP/1.1\nA: b\n\nx\ny\n"),
            "GET / HTTP/1.1\r\nA: b\r\n\r\nx\ny\n"
        );
        assert_eq!(on_wire("\n\nGET"), "\r\n\r\nGET");
        for preset in PRESETS {
            let judged = preset.settings().judge();
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
        let good = PRESETS[0].settings().request;
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
            let settings = Settings {
                request: text.clone(),
                response: Some(text),
                rules: Rules::default(),
            };
            let judged = settings.judge();
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
        let settings = Preset::named("version").unwrap().settings();
        let judged = settings.judge();
        let bad: Vec<_> = pieces(&judged.request_wire, &judged.request.findings, None)
            .into_iter()
            .filter(|p| p.bad)
            .map(|p| p.text)
            .collect();
        assert_eq!(bad, ["8"]);
    }

    #[test]
    fn the_servers_rules_decide_what_is_chosen() {
        let mut settings = PRESETS[0].settings();
        let judged = settings.judge();
        assert_eq!(judged.response.protocol.as_deref(), Some("chat.v1"));
        assert!(judged.response.deflate.is_some() && judged.both_open());
        settings.rules = Rules {
            origins: String::new(),
            protocols: "chat.v1, chat.v2".into(),
            compress: false,
        };
        let judged = settings.judge();
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
        let foreign = Settings {
            rules: settings.rules,
            ..Preset::named("origin").unwrap().settings()
        };
        assert!(foreign.judge().both_open());
    }
}
