//! Judging a request as a server does, and a response as a client does.

use std::ops::Range;

use super::browser::BrowserRule;
use super::head::{Head, Malformed, Request, Response};
use super::key::{KEY_BYTES, accept, key_bytes};
use super::list::{self, Extension};
use super::requirement::{Finding, Requirement};
use crate::deflate::{self, Params};

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

/// An extension that the server does not take up, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// The offer.
    pub extension: String,
    /// Why.
    pub reason: String,
}

/// What a server thinks of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestVerdict {
    /// Every requirement, in [`Requirement::OF_REQUEST`]'s order; those that cannot be looked at are left out.
    pub findings: Vec<Finding>,
    /// The key, as it stands there.
    pub key: String,
    /// The subprotocol to choose: the first that the client offers and the server speaks.
    pub protocol: Option<String>,
    /// The answer to the first offer of permessage-deflate that can be taken up.
    pub deflate: Option<deflate::Answer>,
    /// The offers that are not taken up.
    pub declined: Vec<Declined>,
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
        let head = request.head();
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

/// What a client thinks of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseVerdict {
    /// Every requirement, in [`Requirement::OF_RESPONSE`]'s order; those that cannot be looked at are left out.
    pub findings: Vec<Finding>,
    /// The subprotocol that the server chose.
    pub protocol: Option<String>,
    /// What is agreed on for permessage-deflate.
    pub deflate: Option<Params>,
    /// What a browser asks beyond the RFC, and does not get.
    pub broken_in_browser: Option<BrowserRule>,
}

/// Collects findings about one head.
struct Judge<'a> {
    head: &'a Head,
    findings: Vec<Finding>,
}

impl Judge<'_> {
    fn add(
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
        });
    }

    /// A header that has to stand there exactly once: its place and its value.
    fn once(&mut self, requirement: Requirement, name: &str) -> Option<(Range<usize>, String)> {
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
                let message = format!("The {name} header stands there {} times.", lines.len());
                self.add(requirement, false, Some(at), message);
                None
            }
        }
    }

    /// The place of a header's lines: from the first name to the last value.
    fn place(&self, name: &str) -> Option<Range<usize>> {
        let first = self.head.all(name).next()?;
        let last = self.head.all(name).last()?;
        Some(first.name.start..last.value.end)
    }

    fn size(&mut self, max: usize) {
        let n = self.head.bytes().len();
        let message = format!("The head is {n} bytes long; {max} are allowed.");
        self.add(Requirement::Size, n <= max, Some(0..n), message);
    }

    fn http_version(&mut self, version: &str, at: Range<usize>) {
        let message = format!("The version is {version}.");
        self.add(
            Requirement::HttpVersion,
            version == "HTTP/1.1",
            Some(at),
            message,
        );
    }

    /// `Upgrade` and `Connection` have to name something.
    fn names(&mut self, requirement: Requirement, header: &str, token: &str) {
        let at = self.place(header);
        let met = self.head.has_token(header, token);
        let message = match self.head.joined(header) {
            None => format!("There is no {header} header."),
            Some(value) if met => format!("{header} is `{value}`."),
            Some(value) => format!("{header} is `{value}`, which does not name `{token}`."),
        };
        self.add(requirement, met, at, message);
    }
}

fn broken_syntax(error: &Malformed) -> Vec<Finding> {
    vec![Finding {
        requirement: Requirement::Syntax,
        met: false,
        message: error.message.clone(),
        at: Some(error.at..error.at + 1),
    }]
}

/// Judges a request as a server does (RFC 6455 §4.2.1).
pub fn judge_request(request: &Result<Request, Malformed>, policy: &Policy) -> RequestVerdict {
    let mut verdict = RequestVerdict {
        findings: Vec::new(),
        key: String::new(),
        protocol: None,
        deflate: None,
        declined: Vec::new(),
    };
    let request = match request {
        Ok(request) => request,
        Err(error) => {
            verdict.findings = broken_syntax(error);
            return verdict;
        }
    };
    let head = request.head();
    let mut judge = Judge {
        head,
        findings: Vec::new(),
    };
    let all = Some(0..head.bytes().len());
    judge.add(Requirement::Syntax, true, all, "The head is HTTP.");
    judge.size(policy.max_head);
    let method = request.method();
    let message = format!("The method is {method}.");
    judge.add(
        Requirement::Method,
        method == "GET",
        Some(request.method_span()),
        message,
    );
    judge.http_version(&request.version(), request.version_span());
    judge_target(&mut judge, request);
    if let Some((at, host)) = judge.once(Requirement::Host, "Host") {
        // The syntax of Host itself is left to whoever routes by it; an empty one names nobody.
        judge.add(
            Requirement::Host,
            !host.is_empty(),
            Some(at),
            format!("The host is `{host}`."),
        );
    }
    judge.names(Requirement::Upgrade, "Upgrade", "websocket");
    judge.names(Requirement::Connection, "Connection", "Upgrade");
    if let Some((at, version)) = judge.once(Requirement::Version, "Sec-WebSocket-Version") {
        let message = format!("The version of the protocol is `{version}`.");
        judge.add(Requirement::Version, version == "13", Some(at), message);
    }
    if let Some((at, key)) = judge.once(Requirement::Key, "Sec-WebSocket-Key") {
        let (met, message) = match key_bytes(&key) {
            Some(bytes) if bytes.len() == KEY_BYTES => {
                (true, "The key is base64 of 16 bytes.".to_owned())
            }
            Some(bytes) => (
                false,
                format!("The key is base64 of {} bytes, not of 16.", bytes.len()),
            ),
            None => (false, "The key is not base64.".to_owned()),
        };
        judge.add(Requirement::Key, met, Some(at), message);
        verdict.key = key;
    }
    judge_origin(&mut judge, policy);
    judge_protocols(&mut judge, policy, &mut verdict);
    judge_extensions(&mut judge, policy, &mut verdict);
    verdict.findings = judge.findings;
    verdict
}

fn judge_target(judge: &mut Judge<'_>, request: &Request) {
    let target = request.target();
    let (met, message) = if target.contains('#') {
        (false, format!("The target `{target}` has a fragment."))
    } else if target.starts_with('/')
        // An absolute target is one of HTTP: the schemes ws and wss are the client's own (RFC 6455 §4.1).
        || ["http://", "https://"]
            .iter()
            .any(|scheme| {
                target
                    .get(..scheme.len())
                    .is_some_and(|s| s.eq_ignore_ascii_case(scheme))
            })
    {
        (true, format!("The target is `{target}`."))
    } else {
        (
            false,
            format!("The target `{target}` is neither a path nor an absolute URI."),
        )
    };
    judge.add(
        Requirement::Target,
        met,
        Some(request.target_span()),
        message,
    );
}

fn judge_origin(judge: &mut Judge<'_>, policy: &Policy) {
    let requirement = Requirement::Origin;
    if judge.place("Origin").is_none() {
        judge.add(
            requirement,
            true,
            None,
            "There is no Origin, so no browser has sent this.",
        );
    } else if let Some((at, origin)) = judge.once(requirement, "Origin") {
        let (met, message) = match &policy.origins {
            None => (true, format!("Any origin is welcome, also `{origin}`.")),
            // Browsers write scheme and host in lower case, but nothing obliges others to.
            Some(list) if list.iter().any(|o| o.eq_ignore_ascii_case(&origin)) => {
                (true, format!("The origin `{origin}` is welcome."))
            }
            Some(_) => (false, format!("The origin `{origin}` is not on the list.")),
        };
        judge.add(requirement, met, Some(at), message);
    }
}

fn judge_protocols(judge: &mut Judge<'_>, policy: &Policy, verdict: &mut RequestVerdict) {
    let requirement = Requirement::Protocols;
    let at = judge.place("Sec-WebSocket-Protocol");
    let offered = judge.head.protocols();
    let twice = offered
        .iter()
        .enumerate()
        .find(|(i, p)| offered[..*i].contains(p));
    if at.is_none() {
        judge.add(requirement, true, None, "No subprotocol is offered.");
    } else if let Some(bad) = offered.iter().find(|p| !list::is_token(p)) {
        judge.add(
            requirement,
            false,
            at,
            format!("The subprotocol `{bad}` is not a token."),
        );
    } else if let Some((_, name)) = twice {
        judge.add(
            requirement,
            false,
            at,
            format!("The subprotocol `{name}` is offered twice."),
        );
    } else if offered.is_empty() {
        judge.add(requirement, false, at, "The list of subprotocols is empty.");
    } else {
        judge.add(
            requirement,
            true,
            at,
            format!("Offered: {}.", offered.join(", ")),
        );
        verdict.protocol = offered.into_iter().find(|p| policy.protocols.contains(p));
    }
}

fn judge_extensions(judge: &mut Judge<'_>, policy: &Policy, verdict: &mut RequestVerdict) {
    let requirement = Requirement::Extensions;
    let at = judge.place("Sec-WebSocket-Extensions");
    let offered = match judge.head.extensions() {
        Ok(offered) => offered,
        Err(error) => {
            let message = format!("The list of extensions is broken: {error}.");
            judge.add(requirement, false, at, message);
            return;
        }
    };
    let message = match offered.len() {
        0 => "No extension is offered.".to_owned(),
        n => format!("{n} offered."),
    };
    judge.add(requirement, true, at, message);
    for extension in offered {
        let reason = match &policy.deflate {
            _ if extension.name != deflate::NAME => "this server does not know it".to_owned(),
            None => "this server does not compress".to_owned(),
            Some(_) if verdict.deflate.is_some() => "an earlier offer was taken up".to_owned(),
            Some(policy) => {
                let answer = deflate::Offer::read(&extension)
                    .map_err(deflate::Refusal::from)
                    .and_then(|offer| policy.answer(&offer));
                match answer {
                    Ok(answer) => {
                        verdict.deflate = Some(answer);
                        continue;
                    }
                    Err(refusal) => refusal.to_string(),
                }
            }
        };
        verdict.declined.push(Declined {
            extension: extension.to_string(),
            reason,
        });
    }
}

impl RequestVerdict {
    /// Whether the request is accepted.
    pub fn accepted(&self) -> bool {
        self.findings.iter().all(|f| f.met)
    }

    /// The first requirement that is not fulfilled: the one that the answer is about.
    pub fn broken(&self) -> Option<&Finding> {
        self.findings.iter().find(|f| !f.met)
    }
}

/// Judges a response as a client does (RFC 6455 §4.1).
pub fn judge_response(
    response: &Result<Response, Malformed>,
    asked: &Asked,
    max_head: usize,
) -> ResponseVerdict {
    let mut verdict = ResponseVerdict {
        findings: Vec::new(),
        protocol: None,
        deflate: None,
        broken_in_browser: None,
    };
    let response = match response {
        Ok(response) => response,
        Err(error) => {
            verdict.findings = broken_syntax(error);
            return verdict;
        }
    };
    let head = response.head();
    let mut judge = Judge {
        head,
        findings: Vec::new(),
    };
    let all = Some(0..head.bytes().len());
    judge.add(Requirement::Syntax, true, all, "The head is HTTP.");
    judge.size(max_head);
    judge.http_version(&response.version(), response.version_span());
    let status = response.status();
    let message = format!("The status is {status} {}.", response.reason());
    judge.add(
        Requirement::Status,
        status == 101,
        Some(response.status_span()),
        message,
    );
    judge_upgrade(&mut judge);
    judge.names(Requirement::Connection, "Connection", "Upgrade");
    if let Some((at, value)) = judge.once(Requirement::Accept, "Sec-WebSocket-Accept") {
        let expected = accept(&asked.key).value;
        let message = if value == expected {
            format!("The accept value `{value}` fits the key.")
        } else {
            format!("The accept value is `{value}`; for this key it is `{expected}`.")
        };
        judge.add(Requirement::Accept, value == expected, Some(at), message);
    }
    judge_protocol_chosen(&mut judge, asked, &mut verdict);
    judge_extensions_chosen(&mut judge, asked, &mut verdict);
    verdict.broken_in_browser = BrowserRule::broken_by(response, asked);
    verdict.findings = judge.findings;
    verdict
}

/// In a response, `Upgrade` is `websocket` and nothing else (RFC 6455 §4.1).
fn judge_upgrade(judge: &mut Judge<'_>) {
    if let Some((at, value)) = judge.once(Requirement::Upgrade, "Upgrade") {
        let met = value.eq_ignore_ascii_case("websocket");
        judge.add(
            Requirement::Upgrade,
            met,
            Some(at),
            format!("Upgrade is `{value}`."),
        );
    }
}

fn judge_protocol_chosen(judge: &mut Judge<'_>, asked: &Asked, verdict: &mut ResponseVerdict) {
    let requirement = Requirement::ProtocolChosen;
    if judge.place("Sec-WebSocket-Protocol").is_none() {
        judge.add(requirement, true, None, "No subprotocol was chosen.");
    } else if let Some((at, chosen)) = judge.once(requirement, "Sec-WebSocket-Protocol") {
        let met = asked.protocols.contains(&chosen);
        let message = if met {
            format!("`{chosen}` was offered.")
        } else {
            format!("`{chosen}` was chosen, but not offered.")
        };
        judge.add(requirement, met, Some(at), message);
        verdict.protocol = met.then_some(chosen);
    }
}

fn judge_extensions_chosen(judge: &mut Judge<'_>, asked: &Asked, verdict: &mut ResponseVerdict) {
    let requirement = Requirement::ExtensionsChosen;
    let at = judge.place("Sec-WebSocket-Extensions");
    let chosen = match judge.head.extensions() {
        Ok(chosen) => chosen,
        Err(error) => {
            let message = format!("The list of extensions is broken: {error}.");
            judge.add(requirement, false, at, message);
            return;
        }
    };
    for (i, extension) in chosen.iter().enumerate() {
        let name = &extension.name;
        let offers: Vec<_> = asked
            .extensions
            .iter()
            .filter(|e| e.name == *name)
            .collect();
        let problem = if offers.is_empty() {
            Some(format!("`{name}` was chosen, but not offered."))
        } else if chosen[..i].iter().any(|e| e.name == *name) {
            Some(format!("`{name}` was chosen twice."))
        } else if name == deflate::NAME {
            // The answer does not say which of several offers it takes up: any that fits will do.
            let checked = offers.iter().map(|offer| {
                deflate::Offer::read(offer)
                    .map_err(deflate::Refusal::from)
                    .and_then(|offer| offer.check(extension))
            });
            let mut refusal = None;
            for result in checked {
                match result {
                    Ok(params) => verdict.deflate = verdict.deflate.or(Some(params)),
                    Err(error) => refusal = refusal.or(Some(error)),
                }
            }
            match (verdict.deflate, refusal) {
                (None, Some(refusal)) => Some(format!("The answer cannot be accepted: {refusal}.")),
                _ => None,
            }
        } else {
            None
        };
        if let Some(message) = problem {
            verdict.deflate = None;
            judge.add(requirement, false, at, message);
            return;
        }
    }
    let message = match judge.head.joined("Sec-WebSocket-Extensions") {
        None => "No extension was chosen.".to_owned(),
        Some(value) => format!("`{value}` fits what was offered."),
    };
    judge.add(requirement, true, at, message);
}

impl ResponseVerdict {
    /// Whether the connection is a WebSocket now, for a client that goes by RFC 6455.
    pub fn accepted(&self) -> bool {
        self.findings.iter().all(|f| f.met)
    }

    /// Whether the connection is a WebSocket now, in a browser: by RFC 6455 and by the browsers' standard.
    pub fn accepted_in_browser(&self) -> bool {
        self.accepted() && self.broken_in_browser.is_none()
    }

    /// The first requirement that is not fulfilled.
    pub fn broken(&self) -> Option<&Finding> {
        self.findings.iter().find(|f| !f.met)
    }
}
