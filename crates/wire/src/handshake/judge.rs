//! What judging a request and judging a response have in common.

use std::ops::Range;

use super::copied::{Copied, End, Found};
use super::finding::{Fault, Finding};
use super::head::{Head, Request};
use super::list::Extension;
use super::malformed::Malformed;
use super::requirement::Requirement;
use crate::Role;
use crate::deflate;

/// The longest head, in bytes, unless set. Cookies make heads long.
pub const DEFAULT_MAX_HEAD: usize = 16 << 10;

/// What a server is willing to take.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The longest head, in bytes.
    pub max_head: usize,
    /// The origins that pages may connect from, such as `https://example.com`; `None` takes all. A request without an
    /// origin does not come from a browser and is taken (RFC 6455 §10.2).
    pub origins: Option<Vec<String>>,
    /// The subprotocols that the server speaks. The client's order decides.
    pub protocols: Vec<String>,
    /// How to answer offers of permessage-deflate; `None` declines them.
    pub deflate: Option<deflate::Policy>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            max_head: DEFAULT_MAX_HEAD,
            origins: None,
            protocols: Vec::new(),
            deflate: None,
        }
    }
}

/// What a client asked for, as far as the answer depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// `Sec-WebSocket-Key`.
    pub key: String,
    /// The subprotocols offered.
    pub protocols: Vec<String>,
    /// The extensions offered.
    pub extensions: Vec<Extension>,
}

impl Asked {
    /// What a request asks for. Lists that break their grammar count as empty.
    pub fn of(request: &Request) -> Asked {
        Asked::of_head(request.head())
    }

    /// What the header lines of a request ask for.
    pub fn of_head(head: &Head) -> Asked {
        Asked {
            key: head
                .value("sec-websocket-key")
                .unwrap_or_default()
                .to_owned(),
            protocols: head.protocols(),
            extensions: head.extensions().unwrap_or_default(),
        }
    }
}

/// Collects findings about one head.
pub(super) struct Judge<'a> {
    pub(super) head: &'a Head,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(head: &'a Head) -> Judge<'a> {
        Judge {
            head,
            findings: Vec::new(),
        }
    }

    pub(super) fn add(
        &mut self,
        requirement: Requirement,
        met: bool,
        at: Option<Range<usize>>,
        message: impl Into<String>,
    ) {
        self.findings.push(Finding {
            requirement,
            met,
            message: message.into(),
            at,
            fault: None,
        });
    }

    /// Adds one way in which a requirement is broken.
    pub(super) fn fault(
        &mut self,
        requirement: Requirement,
        fault: Fault,
        at: Option<Range<usize>>,
        message: impl Into<String>,
    ) {
        self.findings.push(Finding {
            requirement,
            met: false,
            message: message.into(),
            at,
            fault: Some(fault),
        });
    }

    /// A header that has to stand there exactly once: its place and its value.
    pub(super) fn once(
        &mut self,
        requirement: Requirement,
        name: &str,
    ) -> Option<(Range<usize>, String)> {
        let lines: Vec<_> = self.head.all(name).collect();
        match lines[..] {
            [line] => Some((line.value.clone(), self.head.text(&line.value).into_owned())),
            [] => {
                self.add(
                    requirement,
                    false,
                    None,
                    format!("There is no {name} header."),
                );
                None
            }
            [first, .., last] => {
                let at = first.name.start..last.value.end;
                let message = format!("The {name} header is there {} times.", lines.len());
                self.add(requirement, false, Some(at), message);
                None
            }
        }
    }

    /// The place of a header's lines: from the first name to the last value.
    pub(super) fn place(&self, name: &str) -> Option<Range<usize>> {
        let first = self.head.all(name).next()?;
        let last = self.head.all(name).last()?;
        Some(first.name.start..last.value.end)
    }

    /// The place of a part of a header's value; of all its lines where there are several, as their values are joined.
    pub(super) fn place_in(&self, name: &str, span: &Range<usize>) -> Option<Range<usize>> {
        let mut lines = self.head.all(name);
        match (lines.next(), lines.next()) {
            (Some(only), None) => Some(only.value.start + span.start..only.value.start + span.end),
            _ => self.place(name),
        }
    }

    pub(super) fn size(&mut self, max: usize) {
        let n = self.head.bytes().len();
        let message = format!("The head is {n} bytes long; {max} are allowed.");
        self.add(Requirement::Size, n <= max, Some(0..n), message);
    }

    pub(super) fn http_version(&mut self, version: &str, at: Range<usize>) {
        let met = version == "HTTP/1.1";
        let message = if met {
            format!("The version is {version}.")
        } else {
            format!("The version is {version}, which has no Upgrade; HTTP/1.1 is needed.")
        };
        self.add(Requirement::HttpVersion, met, Some(at), message);
    }

    /// `Upgrade` and `Connection` have to name something.
    pub(super) fn names(&mut self, requirement: Requirement, header: &str, token: &str) {
        let at = self.place(header);
        let met = self.head.has_token(header, token);
        let message = match self.head.joined(header) {
            None => format!("There is no {header} header."),
            Some(value) if met => format!("{header} is `{value}`."),
            Some(value) => format!("{header} is `{value}`, which does not name `{token}`."),
        };
        self.add(requirement, met, at, message);
    }

    /// The empty line at the end. `read` says whether the other end has evidently read it.
    pub(super) fn end(&mut self, end: End, read: bool) {
        let (met, message) = match end {
            End::There => (true, "An empty line ends the head."),
            End::Missing | End::Lost if read => (
                true,
                "The empty line at the end is not in this text. It was sent, since an answer came.",
            ),
            End::Lost => (
                true,
                "The empty line at the end is not in this text, as copies often lose it. The head is judged as if the line were there; without it on the wire, the other end waits.",
            ),
            End::Missing => (
                false,
                "The text ends after a header line, without the empty line that ends the head. Unless the copy lost that line, the other end still waits for it.",
            ),
        };
        self.add(Requirement::End, met, None, message);
    }
}

/// What stands for the findings of a head that cannot be read.
pub(super) fn broken_syntax(error: &Malformed) -> Vec<Finding> {
    vec![Finding {
        requirement: Requirement::Syntax,
        met: false,
        message: error.message.clone(),
        at: Some(error.at..error.at.saturating_add(1)),
        fault: None,
    }]
}

/// What is said of a head whose first line is not in the text.
pub(super) fn first_line_missing(judge: Role) -> &'static str {
    match judge {
        Role::Server => {
            "The header lines are HTTP. The first line, such as `GET /chat HTTP/1.1`, is not in this text, so method, target and version are not judged."
        }
        Role::Client => {
            "The header lines are HTTP. The first line, such as `HTTP/1.1 101 Switching Protocols`, is not in this text, so version and status are not judged."
        }
    }
}

/// A message that is all there, for a judge that also takes copies.
pub(super) fn as_copied<T: Clone>(message: &Result<T, Malformed>) -> Copied<T> {
    Copied {
        found: Found::Whole(message.clone()),
        end: End::There,
    }
}
