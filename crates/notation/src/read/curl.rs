//! What curl prints, and what it is told.

use super::head;

/// The lines that curl -v marks, the request's before the response's. `None` where there are no marks.
pub(crate) fn verbose(text: &str) -> Option<String> {
    let marked = |mark: char| {
        text.lines().filter_map(move |line| {
            let rest = line.trim_start().strip_prefix(mark)?;
            Some(rest.strip_prefix(' ').unwrap_or(rest))
        })
    };
    let first =
        |mark| marked(mark).any(|line| head::start(line).is_some_and(|s| s.prefix.is_empty()));
    let (sent, got) = (first('>'), first('<'));
    if !sent && !got {
        return None;
    }
    let mut out = String::new();
    let mut push = |line: &str| {
        out.push_str(line);
        out.push('\n');
    };
    marked('>').for_each(&mut push);
    if !sent {
        // A request without marks, if any, stands as it is.
        text.lines()
            .filter(|l| !l.starts_with(['<', '*']))
            .for_each(&mut push);
    }
    marked('<').for_each(&mut push);
    if !got {
        text.lines()
            .filter(|l| !l.trim_start().starts_with(['>', '*', '{', '}']))
            .for_each(&mut push);
    }
    Some(out)
}

/// The header lines of `curl --trace-ascii`. `None` where the text is no such trace.
pub(crate) fn trace_ascii(text: &str) -> Option<String> {
    if !text.contains("=> Send header") && !text.contains("<= Recv header") {
        return None;
    }
    let mut out = String::new();
    let mut inside = false;
    let mut last = (0, 0);
    for line in text.lines() {
        let line = clockless(line);
        if line.starts_with("=> Send") || line.starts_with("<= Recv") || line.starts_with("== Info")
        {
            let before = inside;
            inside = line.contains(" header");
            if before && !inside || line.starts_with("=> Send header") {
                out.push('\n');
            }
            last = (0, 0);
            continue;
        }
        let Some((offset, words)) = line.split_once(':').filter(|_| inside) else {
            continue;
        };
        let Ok(offset) = usize::from_str_radix(offset.trim(), 16) else {
            continue;
        };
        let words = words.strip_prefix(' ').unwrap_or(words);
        // A line of more than 64 characters goes on in the next row, without the two characters of a line end between.
        if offset > 0 && last.1 >= 64 && last.0 + last.1 == offset && out.ends_with('\n') {
            out.pop();
        }
        out.push_str(words);
        out.push('\n');
        last = (offset, words.len());
    }
    head_in(&out).then_some(out)
}

fn head_in(text: &str) -> bool {
    text.lines().any(|line| head::start(line).is_some())
}

/// The line behind the time that `--trace-time` writes.
fn clockless(line: &str) -> &str {
    let at = line.find("=> ").or(line.find("<= ")).or(line.find("== "));
    match at {
        Some(at) if at < 20 => line.get(at..).unwrap_or(line),
        _ => line,
    }
}

/// The request that a command line makes curl send, and the text without that line. `None` where the text has no command with
/// headers or an address of its own.
pub(crate) fn command(text: &str) -> Option<(String, String)> {
    let at = text.find("curl ")?;
    let begin = text.get(..at)?;
    // The word is to stand at the beginning of a command.
    if begin.ends_with(|c: char| c.is_alphanumeric() || c == '/' || c == '-')
        || begin.ends_with("Agent: ")
    {
        return None;
    }
    let rest = text.get(at..)?;
    let end = command_end(rest);
    let words = words(rest.get(..end)?);
    let mut request = Request::default();
    let mut words = words.iter().map(String::as_str).skip(1);
    while let Some(word) = words.next() {
        request.option(word, &mut words);
    }
    let text = format!("{begin}\n{}", rest.get(end..)?);
    Some((request.written()?, text))
}

/// Where the command ends: at a line end that no backslash or quote continues.
fn command_end(text: &str) -> usize {
    let (mut quote, mut escaped) = (None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '\n') if !escaped => return at,
            (Some(q), c) if c == q && !escaped => quote = None,
            (None, '"' | '\'') if !escaped => quote = Some(c),
            _ => {}
        }
        escaped = matches!(c, '\\' | '^' | '`') && !escaped;
    }
    text.len()
}

/// The words of a command line, as a shell divides them.
fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match (quote, c) {
            (None, c) if c.is_whitespace() => out.extend(word.take()),
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(q), c) if c == q => quote = None,
            (None, '\\' | '^') => match letters.next() {
                Some('\n' | '\r') | None => {}
                Some(c) => word.get_or_insert_default().push(c),
            },
            (Some('"'), '\\') => {
                let next = letters.next_if(|c| matches!(c, '"' | '\\' | '$' | '`'));
                word.get_or_insert_default().push(next.unwrap_or('\\'));
            }
            (None, '$') if letters.peek() == Some(&'\'') => {}
            _ => word.get_or_insert_default().push(c),
        }
    }
    out.extend(word);
    out
}

#[derive(Default)]
struct Request {
    method: Option<String>,
    address: Option<String>,
    headers: Vec<String>,
    body: Option<usize>,
    head: bool,
    version: Option<&'static str>,
}

impl Request {
    fn option<'a>(&mut self, word: &str, rest: &mut impl Iterator<Item = &'a str>) {
        let (name, given) = match word.split_once('=') {
            Some((name, value)) if word.starts_with("--") => (name, Some(value.to_owned())),
            _ => (word, None),
        };
        // `-XPOST` and `-HHost:x` have their value in the same word.
        let short = name.starts_with('-') && !name.starts_with("--") && name.len() > 2;
        let (name, given) = match (short, name.get(..2), name.get(2..)) {
            (
                true,
                Some(flag @ ("-X" | "-H" | "-d" | "-b" | "-A" | "-e" | "-u" | "-o")),
                Some(value),
            ) => (flag, Some(value.to_owned())),
            _ => (name, given),
        };
        let mut value = || given.clone().or_else(|| rest.next().map(str::to_owned));
        match name {
            "-H" | "--header" => self
                .headers
                .extend(value().filter(|h| !h.trim_end().ends_with([';', ':']))),
            "-X" | "--request" => self.method = value(),
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--json" => {
                let n = value().map_or(0, |v| v.len());
                self.body = Some(self.body.map_or(n, |before| before + 1 + n));
            }
            "-A" | "--user-agent" => self
                .headers
                .extend(value().map(|v| format!("User-Agent: {v}"))),
            "-b" | "--cookie" => self.headers.extend(value().map(|v| format!("Cookie: {v}"))),
            "-e" | "--referer" => self
                .headers
                .extend(value().map(|v| format!("Referer: {v}"))),
            "-I" | "--head" => self.head = true,
            "-0" | "--http1.0" => self.version = Some("HTTP/1.0"),
            "--http2" | "--http2-prior-knowledge" => self.version = Some("HTTP/2"),
            "--url" => self.address = value(),
            "-o" | "--output" | "-u" | "--user" | "-m" | "--max-time" | "-x" | "--proxy"
            | "--resolve" | "--connect-to" | "-E" | "--cert" | "--key" | "--cacert" | "-w"
            | "--write-out" | "-F" | "--trace" | "--trace-ascii" | "--connect-timeout" | "-T" => {
                let _ = value();
            }
            _ if name.starts_with('-') => {}
            _ => {
                self.address.get_or_insert_with(|| word.to_owned());
            }
        }
    }

    /// The header that curl sends; the version of its own name is left out.
    fn written(self) -> Option<String> {
        let address = self.address?;
        if self.headers.is_empty() && !address.starts_with("ws") {
            return None;
        }
        let rest = address
            .split_once("://")
            .map_or(address.as_str(), |(_, rest)| rest);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, path) = (rest.get(..end)?, rest.get(end..)?);
        let path = path.split('#').next().unwrap_or_default();
        let slash = if path.starts_with('/') { "" } else { "/" };
        let usual = match (self.head, self.body) {
            (true, _) => "HEAD",
            (_, Some(_)) => "POST",
            _ => "GET",
        };
        let method = self.method.as_deref().unwrap_or(usual);
        let version = self.version.unwrap_or("HTTP/1.1");
        let mut out = format!("{method} {slash}{path} {version}\r\n");
        let has = |name: &str| {
            let same = |h: &String| head::name(h).is_some_and(|n| n.eq_ignore_ascii_case(name));
            self.headers.iter().any(same)
        };
        let mut push = |line: &str| {
            out.push_str(line);
            out.push_str("\r\n");
        };
        if !has("host") {
            push(&format!("Host: {host}"));
        }
        if !has("accept") {
            push("Accept: */*");
        }
        self.headers.iter().for_each(|h| push(h));
        if let Some(length) = self.body {
            if !has("content-length") {
                push(&format!("Content-Length: {length}"));
            }
            if !has("content-type") {
                push("Content-Type: application/x-www-form-urlencoded");
            }
        }
        Some(format!("{out}\r\n"))
    }
}
