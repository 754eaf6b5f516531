//! A handshake as somebody has it in the clipboard: the request, the response, or both, judged together.

use super::browser::{BrowserNote, notes};
use super::copied::Copied;
use super::finding::Finding;
use super::head::{Head, head_len};
use super::judge::{Asked, Policy};
use super::judge_request::judge_copied_request;
use super::judge_response::judge_copied_response;
use super::key::accept;
use super::requirement::Requirement;
use crate::Role;

/// A finding, and who sent the message that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideFinding {
    /// The client for the request, the server for the response.
    pub sender: Role,
    /// What was found.
    pub finding: Finding,
}

impl SideFinding {
    /// The end that reads the message and judges.
    pub fn judge(&self) -> Role {
        match self.sender {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        }
    }
}

/// What is to be said of a handshake, of which one message may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Every requirement of the messages that are there: first the request's, then the response's.
    pub findings: Vec<SideFinding>,
    /// The accept value for the request's key; `None` where there is no key, or more than one.
    pub accept_expected: Option<String>,
    /// The accept value in the response; `None` where there is none, or more than one.
    pub accept_sent: Option<String>,
    /// Whether the connection opens by RFC 6455; `None` where what is there does not tell.
    pub opens_by_rfc: Option<bool>,
    /// Whether the connection opens in browsers: in every one that is known here. [`Exchange::browsers`] says where they
    /// differ. `None` where what is there does not tell.
    pub opens_in_browsers: Option<bool>,
    /// Where browsers judge otherwise than RFC 6455, and otherwise than each other.
    pub browsers: Vec<BrowserNote>,
}

/// The response that stands behind a request in one text, as in a log of both. A request of a handshake has no body, so
/// that nothing else can begin with an HTTP version there.
pub fn response_behind(request: &[u8]) -> Option<&[u8]> {
    let behind = request.get(head_len(request)?..)?;
    let start = behind.iter().position(|b| !b.is_ascii_whitespace())?;
    let rest = behind.get(start..)?;
    let line = rest.split(|b| *b == b'\n').next()?;
    (rest.starts_with(b"HTTP/") && line.len() < rest.len()).then_some(rest)
}

/// Judges a handshake of which one message may be missing. The texts are heads as they were copied, with or without
/// what follows them; a response may also stand behind the request, in its text.
pub fn judge_exchange(
    request: Option<&[u8]>,
    response: Option<&[u8]>,
    policy: &Policy,
) -> Exchange {
    let response = response.or_else(|| request.and_then(response_behind));
    let response = response.map(Copied::response);
    let request = request.map(Copied::request);
    let mut exchange = Exchange {
        findings: Vec::new(),
        accept_expected: None,
        accept_sent: None,
        opens_by_rfc: None,
        opens_in_browsers: None,
        browsers: Vec::new(),
    };
    let mut complete = [false; 2];
    let mut add = |sender, findings: &[Finding]| {
        let findings = findings.iter().cloned();
        exchange
            .findings
            .extend(findings.map(|finding| SideFinding { sender, finding }));
    };
    let asked = request
        .as_ref()
        .and_then(|request| request.head())
        .map(Asked::of_head);
    if let Some(request) = &request {
        let answered = response.as_ref().is_some_and(|r| r.head().is_some());
        add(
            Role::Client,
            &judge_copied_request(request, policy, answered).findings,
        );
        complete[0] = request.head().is_some();
        let head = request.head();
        let key = head.and_then(|head| only(head, "Sec-WebSocket-Key"));
        exchange.accept_expected = key
            .filter(|key| !key.is_empty())
            .map(|key| accept(&key).value);
    }
    let mut broken_in_browser = false;
    if let Some(response) = &response {
        let verdict = judge_copied_response(response, asked.as_ref(), policy.max_head);
        add(Role::Server, &verdict.findings);
        complete[1] = response.whole().is_some();
        broken_in_browser = verdict.broken_in_browser.is_some();
        if let Some(head) = response.head() {
            exchange.accept_sent = only(head, "Sec-WebSocket-Accept");
            let status = response.whole().map(|r| r.status());
            exchange.browsers = notes(head, status, &verdict.findings, asked.as_ref());
        }
    }
    // No RFC sets the limit of a head's size, so that alone fails nobody.
    let fails = exchange
        .findings
        .iter()
        .any(|f| f.finding.fails() && f.finding.requirement != Requirement::Size);
    let told = complete == [true; 2];
    exchange.opens_by_rfc = (fails || told).then_some(!fails);
    // A browser sends no request that breaks a rule, and takes no answer that the RFC forbids but where one of them is
    // lenient; there the others fail.
    let fails = fails || broken_in_browser;
    exchange.opens_in_browsers = (fails || told).then_some(!fails);
    exchange
}

/// The value of a header that stands there once.
fn only(head: &Head, name: &str) -> Option<String> {
    let mut lines = head.all(name);
    match (lines.next(), lines.next()) {
        (Some(line), None) => Some(head.text(&line.value).into_owned()),
        _ => None,
    }
}
