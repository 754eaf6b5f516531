//! Handshakes in whatever a tool printed them.

use super::lines::{END, Head, heads, side_of};
use super::{curl, devtools, head, pairs};
use crate::handshake::{Handshake, HandshakeForm, Note};
use crate::{Reading, Side, escaped, literal};

/// Reads a request, a response or both. `None` where the text holds none.
pub(crate) fn read(text: &str) -> Option<Handshake> {
    if !mentions(text) {
        return None;
    }
    if let Some(found) = devtools::read(text) {
        return Some(found);
    }
    if text.contains("map[")
        && text.contains(":[")
        && let Some(found) = pairs::read(text)
    {
        return Some(found);
    }
    let mut form = HandshakeForm::Lines;
    let mut notes = Vec::new();
    let mut plain = text.replace("\r\n", "\n");
    if let Some(traced) = curl::trace_ascii(&plain) {
        (plain, form) = (traced, HandshakeForm::CurlTrace);
    } else if let Some(marked) = curl::verbose(&plain) {
        (plain, form) = (marked, HandshakeForm::CurlVerbose);
    }
    if let Some(strings) = strings(&plain) {
        (plain, form) = (strings, HandshakeForm::Literal);
    }
    let command = curl::command(&plain);
    if let Some((_, rest)) = &command {
        plain.clone_from(rest);
    }
    plain = without_marks(&plain);
    if let Some(logged) = okhttp(&plain) {
        plain = logged;
    }
    plain = one_line_each(&plain);
    if let Some(single) = single_spaced(&plain) {
        plain = single;
    }
    let (mut request, mut response) = heads(&plain);
    for one in [&mut request, &mut response] {
        if let Some(head) = one.as_mut() {
            side_of(head);
            let twice = doubled(head);
            if twice && !notes.contains(&Note::Doubled) {
                notes.push(Note::Doubled);
            }
        }
    }
    // A header without a first line was taken for a request.
    if let Some(head) = request.take_if(|head| !head.request)
        && response.is_none()
    {
        response = Some(head);
    }
    let mut found = Handshake {
        request: request
            .as_ref()
            .map(|head| written(head, Side::Client, text, &mut notes)),
        response: response
            .as_ref()
            .map(|head| written(head, Side::Server, text, &mut notes)),
        form,
        notes,
    };
    if let Some((made, _)) = command
        && found.request.is_none()
    {
        found.request = Some(made);
        found.notes.push(Note::FromCommand);
        found.form = HandshakeForm::CurlCommand;
    }
    if found.request.is_none() && found.response.is_none() || bare(&request, &response, &found) {
        return pairs::read(text)
            .or((found.request.is_some() || found.response.is_some()).then_some(found));
    }
    Some(found)
}

/// Whether what was found has no header of the protocol, although the text names one.
fn bare(request: &Option<Head>, response: &Option<Head>, found: &Handshake) -> bool {
    let own = |head: &Option<Head>| {
        head.as_ref()
            .is_some_and(|h| h.lines.iter().any(|l| head::name(l).is_some_and(head::own)))
    };
    let first = |head: &Option<Head>| head.as_ref().is_some_and(|h| h.start.is_some());
    !own(request)
        && !own(response)
        && !first(request)
        && !first(response)
        && found.form != HandshakeForm::CurlCommand
}

/// Whether there is any use in looking.
fn mentions(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("http/")
        || lower.contains("sec-websocket")
        || lower.contains("upgrade")
        || lower.contains("curl ")
        || lower.contains("request url")
}

/// The header as it goes over the wire. What its first line lacks may stand elsewhere in the text.
fn written(head: &Head, side: Side, text: &str, notes: &mut Vec<Note>) -> String {
    let made = || pairs::first_line(text, side);
    let mut out = head.start.clone().or_else(made).unwrap_or_else(|| {
        notes.push(Note::FirstLine(side));
        usual(side).to_owned()
    });
    out.push_str("\r\n");
    for line in &head.lines {
        out.push_str(line);
        out.push_str("\r\n");
    }
    if head.ended || !head.exact {
        out.push_str("\r\n");
    }
    if !head.ended && !head.exact {
        notes.push(Note::EmptyLine(side));
    }
    out
}

/// What stands in for a first line that is missing.
pub(crate) fn usual(side: Side) -> &'static str {
    match side {
        Side::Client => "GET / HTTP/1.1",
        Side::Server => "HTTP/1.1 101 Switching Protocols",
    }
}

/// Takes one of each line where all of them stand there twice in a row.
fn doubled(head: &mut Head) -> bool {
    let pairs = head
        .lines
        .chunks(2)
        .all(|two| matches!(two, [a, b] if a == b));
    if head.lines.len() < 4 || !pairs {
        return false;
    }
    head.lines.dedup();
    true
}

/// The text with its strings read: what a program wrote in quotes, with the line ends that stand there as escapes.
fn strings(text: &str) -> Option<String> {
    if !text.contains("\\n") && !text.contains("\\r") && !quoted_lines(text) {
        return None;
    }
    // A log that was logged has its escapes twice.
    let text = &text.replace("\\\\r\\\\n", "\\r\\n");
    let mut out = String::new();
    let mut end = 0;
    let mut any = false;
    for chain in literal::chains(text) {
        let parts: Vec<&str> = chain
            .iter()
            .filter_map(|range| text.get(range.clone()))
            .collect();
        let ends = parts.iter().any(|p| p.contains("\\n") || p.contains("\\r"));
        let many = parts.len() > 1
            && parts
                .iter()
                .any(|p| head::start(p).is_some() || head::name(p).is_some_and(head::own));
        if !ends && !many {
            continue;
        }
        let first = chain.first()?;
        out.push_str(
            text.get(end..first.start)?
                .trim_end_matches(['"', '\'', '`']),
        );
        // What is in a string begins a line of its own.
        let first_line = |p: &&str| head::start(p.split('\\').next().unwrap_or_default()).is_some();
        if parts.first().is_some_and(first_line) {
            out.push('\n');
        }
        for part in &parts {
            let bytes = escaped::characters(part, usize::MAX).ok()?;
            out.push_str(&String::from_utf8_lossy(&bytes).replace("\r\n", "\n"));
            if !ends || (!out.ends_with('\n') && parts.len() > 1) {
                out.push('\n');
            }
        }
        any = true;
        end = chain.last()?.end + 1;
        let whole = ends && parts.len() + parts.concat().matches("\\n").count() > 2;
        if whole {
            out.push_str(if out.ends_with('\n') { "" } else { "\n" });
            out.push_str(END);
        }
        out.push('\n');
    }
    if any {
        out.push_str(text.get(end..)?);
        return Some(out);
    }
    // Without quotes only the ends of lines are written out.
    let (ends, lines) = (text.matches("\\r\\n").count(), text.lines().count());
    if ends + 2 > lines && ends > 1 && !text.contains("\\r\\n\n") {
        return Some(text.replace("\\r\\n", "\n"));
    }
    None
}

/// The lines that OkHttp's interceptor logs: `--> GET http://a/ws`, `<-- 101 Switching Protocols http://a/ws (5ms)`.
fn okhttp(text: &str) -> Option<String> {
    let mut any = false;
    let mut out = String::new();
    for line in text.lines() {
        let sent = line.find("--> ").and_then(|at| line.get(at + 4..));
        let got = line.find("<-- ").and_then(|at| line.get(at + 4..));
        let first = match (sent, got) {
            (Some(rest), _) => rest
                .split_once("://")
                .filter(|_| !rest.starts_with("END"))
                .map(|(method, rest)| {
                    let method = method.split(' ').next().unwrap_or_default();
                    let address = rest.split(' ').next().unwrap_or_default();
                    let path = address
                        .find('/')
                        .and_then(|at| address.get(at..))
                        .unwrap_or("/");
                    format!("\n{method} {path} HTTP/1.1")
                }),
            (_, Some(rest)) => rest
                .split_once(" http")
                .filter(|_| !rest.starts_with("END"))
                .map(|(status, _)| format!("\nHTTP/1.1 {status}")),
            _ => {
                out.push_str(line.trim_start());
                out.push('\n');
                continue;
            }
        };
        any |= first.is_some();
        out.push_str(first.as_deref().unwrap_or_default());
        out.push('\n');
    }
    any.then_some(out)
}

/// Whether lines of a header stand in quotes, one by one, as in a list of Python.
fn quoted_lines(text: &str) -> bool {
    let quoted = ["'GET ", "\"GET ", "'HTTP/1.", "\"HTTP/1."];
    quoted.iter().any(|q| text.contains(q))
        && (text.contains("\",")
            || text.contains("',")
            || text.contains("\" +")
            || text.contains("\");")
            || text.contains("\"\n")
            || text.contains("'\n"))
}

/// The lines without the marks that tools write for line ends.
fn without_marks(text: &str) -> String {
    const MARKS: [&str; 9] = [
        "\\r\\n", "<CR><LF>", "<CRLF>", "[\\r\\n]", "␍␊", "^M", "\\r", "␍", "\\n",
    ];
    let mut out = String::with_capacity(text.len());
    // ngrep shows CR as a dot.
    let first = text
        .lines()
        .find(|line| head::start(line.strip_suffix('.').unwrap_or(line)).is_some());
    let lone = text.lines().any(|line| line.trim() == ".");
    let dots = first.is_some_and(|line| line.ends_with('.'))
        && (lone
            || text
                .lines()
                .filter(|l| head::name(l).is_some())
                .all(|l| l.ends_with('.')));
    for line in text.lines() {
        let mut line = line;
        for mark in MARKS {
            if let Some(rest) = line.trim_end_matches(' ').strip_suffix(mark) {
                line = rest;
                break;
            }
        }
        if dots {
            line = line.strip_suffix('.').unwrap_or(line);
        }
        // A table has a tab for the colon.
        match line.split_once('\t') {
            Some((name, value)) if head::known(name) => {
                out.push_str(name);
                out.push_str(": ");
                out.push_str(value.trim());
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// Breaks a line that holds a whole header before each name.
fn one_line_each(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let Some(http) = line.find("HTTP/") else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        let mut at = 0;
        let mut next = head::known_at(line, http);
        let several = next.is_some_and(|n| head::known_at(line, n + 1).is_some());
        while let Some(begin) = next.filter(|_| several) {
            out.push_str(line.get(at..begin).unwrap_or_default().trim_end());
            out.push('\n');
            at = begin;
            next = head::known_at(line, begin + 1);
            // A response may follow on the same line.
            let part = line.get(at..next.unwrap_or(line.len())).unwrap_or_default();
            if let Some(answer) = part.find(" HTTP/1.") {
                out.push_str(part.get(..answer).unwrap_or_default());
                out.push_str("\n\n");
                at += answer + 1;
            }
        }
        out.push_str(line.get(at..).unwrap_or_default());
        out.push('\n');
    }
    out
}

/// The text without its empty lines, where each line is followed by one: a copy that took CR and LF for two line ends.
fn single_spaced(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.iter().position(|line| head::start(line).is_some())?;
    let header = |line: &str| head::name(line).is_some() || head::known_at(line, 0).is_some();
    // An empty line before the first header can end none.
    let spaced = lines.get(from + 1)?.trim().is_empty() && header(lines.get(from + 2)?);
    if !spaced {
        return None;
    }
    let mut out = String::new();
    let mut empty = 0;
    for line in lines {
        if line.trim().is_empty() {
            empty += 1;
            // Three in a row are one between two lines.
            if empty > 1 {
                out.push('\n');
                empty = 0;
            }
            continue;
        }
        if head::start(line).is_some() && !out.is_empty() && !out.ends_with("\n\n") {
            out.push('\n');
        }
        empty = 0;
        out.push_str(line);
        out.push('\n');
    }
    Some(out)
}

/// The headers of a map alone.
pub(crate) fn read_map(text: &str) -> Option<Handshake> {
    pairs::read(text)
}

/// The headers at the beginning of what a connection carried.
pub(crate) fn in_bytes(reading: &Reading, form: HandshakeForm) -> Option<Handshake> {
    let mut found = Handshake {
        request: None,
        response: None,
        form,
        notes: Vec::new(),
    };
    let streams = reading.streams.iter().map(|s| s.bytes.as_slice());
    for bytes in streams.chain([reading.bytes.as_slice()]) {
        let end = bytes
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .map(|at| at + 4);
        let Some(header) = end.and_then(|end| bytes.get(..end)) else {
            continue;
        };
        let Ok(text) = std::str::from_utf8(header) else {
            continue;
        };
        let first = text
            .lines()
            .next()
            .and_then(head::start)
            .filter(|s| s.prefix.is_empty());
        match first {
            Some(start) if start.request => found.request = found.request.or(Some(text.to_owned())),
            Some(_) => found.response = found.response.or(Some(text.to_owned())),
            None => {}
        }
    }
    (found.request.is_some() || found.response.is_some()).then_some(found)
}
