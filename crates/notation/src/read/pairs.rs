//! Headers as a program prints a map: of Go, Python, Node, Ruby, Java or as JSON.

use super::handshake::usual;
use std::borrow::Cow;

use super::head::{known, own, start};
use crate::Side;
use crate::handshake::{Handshake, HandshakeForm, Note};

/// The longest value that is looked for, in bytes.
const MOST: usize = 8192;

/// A header that was found.
struct Pair<'a> {
    name: Cow<'a, str>,
    value: String,
    /// Where the name stands in the text.
    at: usize,
}

/// Reads the headers of a map. `None` where the text has fewer than two, or none of the protocol's.
pub(crate) fn read(text: &str) -> Option<Handshake> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut at = 0;
    let go = text.contains("map[");
    while let Some((begin, end)) = next_name(text, at) {
        let name = header_name(text.get(begin..end)?)?;
        match value(text.get(end..)?, go) {
            Some((values, length)) => {
                let place = begin;
                pairs.extend(values.into_iter().map(|value| Pair {
                    name: name.clone(),
                    value,
                    at: place,
                }));
                at = end + length;
            }
            None => at = end,
        }
    }
    if pairs.len() < 2
        || !pairs
            .iter()
            .any(|p| own(&p.name) || p.name.eq_ignore_ascii_case("upgrade"))
    {
        return None;
    }
    let is = |pair: &Pair, name: &str| pair.name.eq_ignore_ascii_case(name);
    // A second map begins where one of the answer's headers or the first name comes again.
    let accept = pairs.iter().position(|p| is(p, "sec-websocket-accept"));
    let key = pairs.iter().position(|p| is(p, "sec-websocket-key"));
    let (request, response) = match (key, accept) {
        (Some(_), None) | (None, None) => (pairs, Vec::new()),
        (None, Some(_)) => (Vec::new(), pairs),
        (Some(key), Some(accept)) => {
            // The two maps are told apart by the word between them, or at the first name that stands in both.
            let (first, second) = (key.min(accept), key.max(accept));
            let place = |i: usize| pairs.get(i).map(|pair: &Pair| pair.at);
            let other = if key < accept { "response" } else { "request" };
            let word = place(first).zip(place(second)).and_then(|(from, to)| {
                let between = text.get(from..to)?.to_ascii_lowercase();
                between.rfind(other).map(|at| from + at)
            });
            let named = word.and_then(|word| pairs.iter().position(|pair| pair.at > word));
            let again = (first + 1..=second).find(|i| {
                let name = pairs.get(*i).map_or("", |p| p.name.as_ref());
                pairs
                    .get(..*i)
                    .is_some_and(|before| before.iter().any(|p| is(p, name)))
            });
            let other = pairs.split_off(named.or(again).unwrap_or(second).min(pairs.len()));
            if key < accept {
                (pairs, other)
            } else {
                (other, pairs)
            }
        }
    };
    let mut notes = Vec::new();
    let mut written = |pairs: &[Pair], side: Side| {
        (!pairs.is_empty()).then(|| {
            let first = first_line(text, side);
            if first.is_none() {
                notes.push(Note::FirstLine(side));
            }
            let first = first.unwrap_or_else(|| usual(side).to_owned());
            let lines = pairs.iter().map(|p| format!("{}: {}\r\n", p.name, p.value));
            format!("{first}\r\n{}\r\n", lines.collect::<String>())
        })
    };
    Some(Handshake {
        request: written(&request, Side::Client),
        response: written(&response, Side::Server),
        form: HandshakeForm::Pairs,
        notes,
    })
}

/// The first line: one that stands there, or made of the fields beside the map, as in Go's `Method:GET URL:/ws
/// Proto:HTTP/1.1`, in `"method":"GET","url":"/ws"`, and in what CGI, Rack, ASGI and .NET hand on.
pub(crate) fn first_line(text: &str, side: Side) -> Option<String> {
    let stands = text
        .lines()
        .filter_map(start)
        .find(|first| first.request == (side == Side::Client) && first.prefix.is_empty());
    if let Some(first) = stands {
        return Some(first.line.to_owned());
    }
    let field = |names: &[&str]| {
        let at = names
            .iter()
            .find_map(|name| text.find(name).map(|at| at + name.len()))?;
        let rest = text.get(at..)?;
        let rest = rest.trim_start_matches(['"', '\'', ']', ' ', '=', '>', ':']);
        let end = rest
            .find([' ', ',', '"', '\'', '}', '\n'])
            .unwrap_or(rest.len());
        rest.get(..end).filter(|value| !value.is_empty())
    };
    if side == Side::Server {
        let code = field(&["StatusCode:", "\"status\":", "statusCode:", "status: "])?;
        let reason = if code == "101" {
            "Switching Protocols"
        } else {
            ""
        };
        let digits = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
        return digits.then(|| format!("HTTP/1.1 {code} {reason}"));
    }
    let url = field(&[
        "URL:",
        "\"url\":",
        "url: ",
        "uri: ",
        "\"path\":",
        "'path':",
        "RequestUri:",
        "REQUEST_URI",
        "PATH_INFO",
    ])?;
    // ASGI says nothing of the method: the handshake's is GET.
    let method = field(&["Method:", "\"method\":", "method: ", "REQUEST_METHOD"]).unwrap_or("GET");
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => url,
    };
    let upper = method.bytes().all(|b| b.is_ascii_uppercase());
    (upper && path.starts_with('/')).then(|| format!("{method} {path} HTTP/1.1"))
}

/// The next name of a header that stands like a key.
fn next_name(text: &str, from: usize) -> Option<(usize, usize)> {
    let token = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut at = from;
    loop {
        let begin = at + text.get(at..)?.find(token)?;
        let rest = text.get(begin..)?;
        let end = begin + rest.find(|c| !token(c)).unwrap_or(rest.len());
        if header_name(text.get(begin..end)?).is_some() {
            return Some((begin, end));
        }
        at = end;
    }
}

/// The name of a header, as it stands or as CGI, Rack and PHP name it: `HTTP_SEC_WEBSOCKET_KEY` (RFC 3875 §4.1.18).
fn header_name(word: &str) -> Option<Cow<'_, str>> {
    if known(word) || own(word) || word.starts_with("x-") {
        return Some(Cow::Borrowed(word));
    }
    let name = word.strip_prefix("HTTP_")?.to_ascii_lowercase();
    let name = name.replace('_', "-");
    (known(&name) || own(&name)).then_some(Cow::Owned(name))
}

/// The values behind a name, and how much of the text they take: one in quotes, or several in brackets.
fn value(text: &str, go: bool) -> Option<(Vec<String>, usize)> {
    // No header is longer, and none begins where another ends much later.
    let end = (0..=text.len().min(MOST))
        .rev()
        .find(|at| text.is_char_boundary(*at))?;
    let text = text.get(..end)?;
    let rest = text.trim_start_matches(['"', '\'']);
    // `[Host] => example.com`, as PHP prints it.
    let php = rest
        .strip_prefix(']')
        .filter(|rest| rest.trim_start().starts_with("=>"));
    let rest = php.unwrap_or(rest);
    // `:`, `=>`, `=` and the comma of a tuple, with a bracket or a prefix of Python behind.
    let sign = rest.trim_start();
    let sign = sign
        .strip_prefix("=>")
        .or(sign.strip_prefix([':', ',', '=']))?;
    let inner = sign.trim_start();
    let inner = inner
        .strip_prefix('b')
        .filter(|i| i.starts_with(['"', '\'']))
        .unwrap_or(inner);
    let used = |rest: &str| text.len() - rest.len();
    if let Some(list) = inner.strip_prefix('[') {
        let (body, after) = list.split_once(']')?;
        // Go writes no quotes, others write several values with them.
        let values = match quoted(body) {
            Some(_) => {
                let mut values = Vec::new();
                let mut rest = body;
                while let Some((value, after)) = quoted(rest.trim_start_matches([',', ' ', '\n'])) {
                    values.push(value);
                    rest = after;
                }
                values
            }
            None => vec![body.trim().to_owned()],
        };
        return Some((values, used(after)));
    }
    // `{"name": "Host", "value": "a"}`, as in a HAR file.
    if let Some((key, after)) = quoted(inner)
        && key == "value"
        && let Some((value, after)) = after.trim_start().strip_prefix(':').and_then(quoted)
    {
        return Some((vec![value], used(after)));
    }
    if let Some((value, after)) = quoted(inner) {
        return Some((vec![value], used(after)));
    }
    // Java's and unquoted maps: up to the comma or the end.
    let ends = |c| match php {
        Some(_) => c == '\n',
        None => matches!(c, ',' | '}' | '\n' | ']') || (go && c == ' '),
    };
    let end = inner.find(ends)?;
    let value = inner.get(..end)?.trim();
    (!value.is_empty() && (php.is_some() || text.starts_with([':', '=']))).then(|| {
        (
            vec![value.to_owned()],
            used(inner.get(end..).unwrap_or_default()),
        )
    })
}

/// A string in quotes at the beginning, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let quote = text
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let inner = text.get(1..)?;
    let end = inner.find(quote)?;
    Some((inner.get(..end)?.to_owned(), inner.get(end + 1..)?))
}
