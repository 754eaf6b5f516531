//! Header lines in a text: which belong to the request, which to the response.

use super::head::{behind, known, known_at, name, own, start};

/// A line that ends a string of a program, so that the end of the header in it is known.
pub(crate) const END: &str = "\u{1}";

/// A header as it was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) request: bool,
    pub(crate) start: Option<String>,
    pub(crate) lines: Vec<String>,
    /// Whether the empty line was there.
    pub(crate) ended: bool,
    /// Whether the text says exactly where the header ends.
    pub(crate) exact: bool,
    prefix: String,
}

impl Head {
    fn has_own(&self) -> bool {
        self.lines.iter().any(|line| name(line).is_some_and(own))
    }

    /// How likely this is the header that is wanted.
    fn weight(&self) -> usize {
        let upgrade = |l: &String| name(l).is_some_and(|n| n.eq_ignore_ascii_case("upgrade"));
        let switching = self.start.as_ref().is_some_and(|s| s.contains(" 101"));
        usize::from(self.has_own()) * 4
            + usize::from(self.lines.iter().any(upgrade)) * 2
            + usize::from(switching)
    }
}

/// Reads all headers of a text, and chooses the request and the response.
pub(crate) fn heads(text: &str) -> (Option<Head>, Option<Head>) {
    let mut all: Vec<Head> = Vec::new();
    let mut open: Option<Head> = None;
    let mut waiting = 0;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        if line == END {
            if let Some(mut head) = open.take() {
                head.exact = true;
                all.push(head);
            }
            continue;
        }
        if let Some(found) = start(line) {
            all.extend(open.take());
            open = Some(Head {
                request: found.request,
                start: Some(found.line.to_owned()),
                prefix: found.prefix.to_owned(),
                ..Head::default()
            });
            waiting = 0;
            continue;
        }
        let Some(head) = &mut open else {
            open = headless(line);
            continue;
        };
        match content(line, head) {
            Some("") => {
                // In a log the lines of other writers may stand in between.
                if !head.lines.is_empty() || head.start.is_some() {
                    head.ended = true;
                    all.extend(open.take());
                }
            }
            Some(header) => {
                head.lines.push(header.to_owned());
                waiting = 0;
            }
            None => {
                waiting += 1;
                if head.prefix.trim().is_empty() || waiting > 8 {
                    all.extend(open.take());
                }
            }
        }
    }
    all.extend(open);
    // A log that quotes each line closes the quote too.
    for head in all.iter_mut().filter(|head| head.prefix.ends_with('"')) {
        for line in &mut head.lines {
            if line.ends_with('"') {
                line.pop();
            }
        }
    }
    // A first line alone, with something before it, is mentioned and not sent.
    all.retain(|head| !head.lines.is_empty() || head.prefix.trim().is_empty());
    all.retain(|head| head.start.is_some() || head.lines.len() > 1 || head.has_own());
    let best = |request: bool| {
        let ours = || all.iter().filter(move |head| head.request == request);
        let most = ours().map(Head::weight).max()?;
        ours().find(|head| head.weight() == most).cloned()
    };
    (best(true), best(false))
}

/// A header whose first line is missing.
fn headless(line: &str) -> Option<Head> {
    let at = match name(line) {
        Some(name) if known(name) => 0,
        _ => known_at(line, 0)?,
    };
    let prefix = line.get(..at)?;
    // Words before it make a sentence of it.
    if !prefix.is_empty() && !prefix.ends_with(['>', '<', ' ', ']', '|', '\t', '"', '\'']) {
        return None;
    }
    Some(Head {
        request: true,
        lines: vec![line.get(at..)?.to_owned()],
        prefix: prefix.to_owned(),
        ..Head::default()
    })
}

/// What a line holds of the header that is open: a header line, or nothing where the line ends it.
fn content<'a>(line: &'a str, head: &Head) -> Option<&'a str> {
    let prefixed = head.prefix.trim();
    if line.trim().is_empty() {
        return Some("");
    }
    if !head.prefix.is_empty()
        && let Some(rest) = behind(line, &head.prefix)
        && (name(rest).is_some() || rest.trim().is_empty())
    {
        return Some(if rest.trim().is_empty() { "" } else { rest });
    }
    if !prefixed.is_empty() && behind(line.trim(), prefixed).is_some_and(|r| r.trim().is_empty()) {
        return Some("");
    }
    if let Some(name) = name(line) {
        let usual = name.contains('-') || known(name);
        if prefixed.is_empty() || usual {
            return Some(line);
        }
    }
    // A blank before the colon, and a name that lost its colon, are faults to be judged.
    if line
        .split_once(':')
        .is_some_and(|(n, _)| n.ends_with(' ') && known(n.trim()))
        && prefixed.is_empty()
    {
        return Some(line);
    }
    let first = line.split_whitespace().next().unwrap_or_default();
    if prefixed.is_empty() && known(first.trim_end_matches(':')) && first.contains('-') {
        return Some(line);
    }
    let at = known_at(line, 0)?;
    let label = line.get(..at)?;
    let apart = label.trim().is_empty()
        || label.ends_with(['>', '<', ']', '|', '\t'])
        || label.ends_with(' ') && !prefixed.is_empty();
    // “Received key:” is none, and “Sec-WebSocket-Key:” behind the words of a log is one.
    let header = line.get(at..)?;
    (apart
        && at > 0
        && (label.trim_end().ends_with([']', ':', '>', '<', '|']) || label.trim().is_empty()))
    .then_some(header)
}

/// Which side a header without a first line is of.
pub(crate) fn side_of(head: &mut Head) {
    if head.start.is_some() {
        return;
    }
    let has = |wanted: &str| {
        let same = |line: &String| name(line).is_some_and(|n| n.eq_ignore_ascii_case(wanted));
        head.lines.iter().any(same)
    };
    let answer = has("sec-websocket-accept")
        || has("server")
        || has("set-cookie")
        || has("www-authenticate");
    let asks = has("sec-websocket-key") || has("host") || has("user-agent");
    head.request = asks || !answer;
}
