//! A handshake to break, and what was found in it.
#![allow(dead_code, reason = "each test file uses a part of it")]

use wire::handshake::{Exchange, Finding, Policy, Requirement, judge_exchange};

pub const REQUEST: &str = "GET /feed HTTP/1.1\r\nHost: shop.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

pub const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

pub fn judge(request: Option<&str>, response: Option<&str>) -> Exchange {
    judge_exchange(
        request.map(str::as_bytes),
        response.map(str::as_bytes),
        &Policy::default(),
    )
}

/// A message with one more header line, before the empty line.
pub fn with(head: &str, line: &str) -> String {
    head.replacen("\r\n\r\n", &format!("\r\n{line}\r\n\r\n"), 1)
}

pub fn all(exchange: &Exchange, requirement: Requirement) -> Vec<&Finding> {
    let findings = exchange.findings.iter().map(|f| &f.finding);
    findings.filter(|f| f.requirement == requirement).collect()
}

/// What is broken: places and messages.
pub fn broken(exchange: &Exchange) -> Vec<(&'static str, &str)> {
    exchange
        .findings
        .iter()
        .filter(|f| !f.finding.met)
        .map(|f| (f.finding.places(f.judge()), &*f.finding.message))
        .collect()
}

pub fn opens(exchange: &Exchange) -> (Option<bool>, Option<bool>) {
    (exchange.opens_by_rfc, exchange.opens_in_browsers)
}

pub const OPEN: (Option<bool>, Option<bool>) = (Some(true), Some(true));
pub const SHUT: (Option<bool>, Option<bool>) = (Some(false), Some(false));
pub const UNKNOWN: (Option<bool>, Option<bool>) = (None, None);
