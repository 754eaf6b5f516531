//! Secrets in what a reader types or pastes. An address goes to servers, into their logs, and into other people's chats, so
//! none of these goes into one: a placeholder that can still be read takes their place there.

use super::number::{ellipsize, grouped};

/// What stands for the value of a header.
pub const HEADER_PLACEHOLDER: &str = "(left out)";
/// What stands for a secret within a word, such as a parameter of a URL.
pub const PLACEHOLDER: &str = "left-out";

/// What a name has in it that speaks of a secret, in lower case.
const IN_NAME: [&str; 14] = [
    "authorization",
    "cookie",
    "token",
    "api-key",
    "apikey",
    "access-key",
    "secret",
    "session",
    "password",
    "passwd",
    "credential",
    "signature",
    "bearer",
    "private-key",
];
/// Whole words of a name that speak of a secret.
const WORDS: [&str; 7] = ["auth", "jwt", "sid", "sig", "pwd", "pass", "ticket"];
/// How a JSON Web Token begins: `{"` in base64.
const JWT: &str = "eyJ";

/// A text without its secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WithoutSecrets {
    /// The text, with placeholders.
    pub text: String,
    /// What was left out, by its name, in the order of the text; none twice.
    pub names: Vec<String>,
}

impl WithoutSecrets {
    fn name(&mut self, name: &str) {
        let name = ellipsize(name);
        if !self.names.contains(&name) {
            self.names.push(name);
        }
    }
}

/// `Two values were left out of the address: Cookie, Authorization.`; nothing where nothing was.
pub fn left_out(names: &[String], of: &str) -> Option<String> {
    let number = match names.len() {
        0 => return None,
        1 => "One value was".to_owned(),
        2 => "Two values were".to_owned(),
        3 => "Three values were".to_owned(),
        n => format!("{} values were", grouped(n as u64)),
    };
    Some(format!("{number} left out of {of}: {}.", names.join(", ")))
}

/// A URL without its secrets: a name and password before the host, and parameters that are named like secrets.
pub fn url(url: &str) -> WithoutSecrets {
    let mut out = WithoutSecrets::default();
    push_line(url, "", &mut out);
    out
}

/// An HTTP message, or anything like one, without its secrets. Lines that stand in `public` too are no secrets.
pub fn http(message: &str, public: &str) -> WithoutSecrets {
    let mut out = WithoutSecrets::default();
    // Whether the lines that follow belong to a value that was left out, and whether that value has begun.
    let mut inside = None;
    let mut last = "";
    for line in message.split_inclusive('\n') {
        let (text, end) = line.strip_suffix('\n').map_or((line, ""), |t| (t, "\n"));
        match inside {
            // A folded line (RFC 9112 §5.2).
            Some(true) if text.starts_with([' ', '\t']) && !text.trim().is_empty() => continue,
            // Developer tools copy names and values line by line.
            Some(false) if !text.trim().is_empty() && header(text).is_none() => {
                if text.trim() != HEADER_PLACEHOLDER {
                    out.name(last);
                }
                out.text.push_str(HEADER_PLACEHOLDER);
                out.text.push_str(end);
                inside = None;
                continue;
            }
            _ => inside = None,
        }
        if public.lines().any(|known| known == text) {
            out.text.push_str(line);
            continue;
        }
        match secret_header(text) {
            Some((name, value)) => {
                let rest = text[value..].trim_matches(['"', '\'', ' ', '\t', '\r']);
                inside = Some(!rest.is_empty());
                last = name;
                if rest.is_empty() || rest == HEADER_PLACEHOLDER {
                    out.text.push_str(line);
                } else {
                    out.name(name);
                    out.text.push_str(&text[..value]);
                    out.text.push(' ');
                    out.text.push_str(HEADER_PLACEHOLDER);
                    out.text.push_str(end);
                }
            }
            None => {
                let name = header(text).unwrap_or_default();
                push_line(text, name, &mut out);
                out.text.push_str(end);
            }
        }
    }
    out
}

/// The name of the header that the line is.
fn header(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(':')?;
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// The name of a secret anywhere in the line that is followed by a colon, and where its value begins.
fn secret_header(line: &str) -> Option<(&str, usize)> {
    line.match_indices(':').find_map(|(at, _)| {
        let name = word_before(line[..at].trim_end_matches([' ', '\t', '"', '\'']));
        is_secret(name).then_some((name, at + 1))
    })
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.'
}

fn word_before(text: &str) -> &str {
    let start = text.rfind(|c| !is_name(c));
    let start = start.map_or(0, |at| {
        at + text[at..].chars().next().map_or(1, char::len_utf8)
    });
    &text[start..]
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['_', '.'], "-");
    IN_NAME.iter().any(|part| name.contains(part))
        || name.split('-').any(|word| WORDS.contains(&word))
        || name == "key"
}

/// Writes a line whose secrets, if any, are within words.
fn push_line(line: &str, header: &str, out: &mut WithoutSecrets) {
    let mut rest = line;
    // Where a list of subprotocols has a token in it, as where a page cannot set another header.
    if header.to_ascii_lowercase().ends_with("-protocol") {
        let (name, list) = rest.split_at(header.len() + 1);
        out.text.push_str(name);
        let mut after_secret = false;
        for (i, item) in list.split(',').enumerate() {
            out.text.push_str(if i > 0 { "," } else { "" });
            let word = item.trim();
            let named = is_secret(word);
            if word != PLACEHOLDER && (after_secret || (named && word.contains('.'))) {
                out.name(header);
                out.text.push(' ');
                out.text.push_str(PLACEHOLDER);
                after_secret = false;
            } else {
                after_secret = named;
                push_words(item, out);
            }
        }
        return;
    }
    // A name and password before a host.
    while let Some(at) = rest.find("//") {
        let (before, after) = rest.split_at(at + 2);
        push_words(before, out);
        let ends = |c: char| c.is_whitespace() || "/?#\"'<>".contains(c);
        let authority = &after[..after.find(ends).unwrap_or(after.len())];
        rest = after;
        if let Some(at) = authority.rfind('@') {
            if &authority[..at] != PLACEHOLDER {
                out.name("name and password");
            }
            out.text.push_str(PLACEHOLDER);
            rest = &after[at..];
        }
    }
    push_words(rest, out);
}

/// Writes a text without the values of parameters that are named like secrets, and without JSON Web Tokens.
fn push_words(text: &str, out: &mut WithoutSecrets) {
    let ends = |c: char| c.is_whitespace() || "&#\"'<>".contains(c);
    let (mut written, mut from) = (0, 0);
    while let Some(found) = text[from..].find(['=', 'e']) {
        let at = from + found;
        from = at + 1;
        let before = &text[written..at];
        let (start, secret) = if text.as_bytes()[at] == b'=' {
            let name = word_before(before);
            (at + 1, is_secret(name).then_some(name))
        } else {
            let begins = !before.ends_with(is_name) && text[at..].starts_with(JWT);
            (at, begins.then_some("JSON Web Token"))
        };
        let value = &text[start..];
        let value = &value[..value.find(ends).unwrap_or(value.len())];
        let least = if start == at { 20 } else { 1 };
        if let Some(name) = secret
            && value.len() >= least
            && value != PLACEHOLDER
        {
            out.name(name);
            out.text.push_str(&text[written..start]);
            out.text.push_str(PLACEHOLDER);
            written = start + value.len();
            from = written;
        }
    }
    out.text.push_str(&text[written..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(found: &WithoutSecrets) -> Vec<&str> {
        found.names.iter().map(String::as_str).collect()
    }

    #[test]
    fn headers_that_carry_secrets_lose_their_values() {
        let found = http(
            "GET /chat HTTP/1.1\nHost: a\nCookie: sid=hunter2\nauthorization : Bearer hunter2\nX-Api-Key:hunter2\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nX_CSRF_TOKEN: hunter2\n\n",
            "",
        );
        assert_eq!(
            found.text,
            "GET /chat HTTP/1.1\nHost: a\nCookie: (left out)\nauthorization : (left out)\nX-Api-Key: (left out)\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nX_CSRF_TOKEN: (left out)\n\n"
        );
        assert_eq!(
            names(&found),
            ["Cookie", "authorization", "X-Api-Key", "X_CSRF_TOKEN"]
        );
        assert_eq!(
            http(&found.text, ""),
            WithoutSecrets {
                text: found.text.clone(),
                names: vec![]
            }
        );
    }

    #[test]
    fn no_spelling_lets_a_secret_through() {
        for text in [
            "Set-Cookie: a=hunter2; Path=/",
            "Proxy-Authorization: Basic hunter2",
            "Cookie: a=1;\n b=hunter2\n\thunter2",
            "> Cookie: hunter2",
            "curl 'wss://a/' -H 'Cookie: hunter2' -H \"Authorization: hunter2\"",
            "cookie:\nhunter2",
            "COOKIE:\r\nhunter2",
            "{\"session_id\": \"hunter2\"}",
            "GET /?token=hunter2 HTTP/1.1",
            "GET /?a=1&access_token=hunter2&b=2 HTTP/1.1",
            "GET /?a;apiKey=hunter2;x HTTP/1.1",
            "GET wss://user:hunter2@host/ HTTP/1.1",
            "Referer: https://a/#id_token=hunter2",
            "Origin: https://hunter2:@a",
            "Sec-WebSocket-Protocol: access_token, hunter2",
            "Sec-WebSocket-Protocol: realtime, vendor-insecure-api-key.hunter2",
            "X: eyJhbGciOiJIUzI1NiJ9.hunter2hunter2.x",
            "\n\npassword=hunter2&x=1",
            "Authorization: hunter2 é",
            "éAuthorization: hunter2",
        ] {
            let found = http(text, "");
            assert!(!found.text.contains("hunter2"), "{text:?} → {found:?}");
            assert_eq!(found.names.len().min(1), 1, "{text:?}");
            assert_eq!(http(&found.text, "").text, found.text);
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        let public = "Cookie: session=7f3a9c";
        for text in [
            "",
            "\n\n",
            "GET /chat?room=1&page=2 HTTP/1.1\nHost: server.example:8080\n\n",
            "Cookie: session=7f3a9c\nAccept: */*",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "Sec-WebSocket-Protocol: chat.v2, chat.v1\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=15",
            "Cookie:\nHost: a",
            "Cookie",
            "Location: https://a.example/é?x=ü&=&==",
            "see the eye: eyJ e=e",
        ] {
            let found = http(text, public);
            assert_eq!((found.text.as_str(), names(&found)), (text, vec![]));
        }
    }

    #[test]
    fn a_url_keeps_its_place() {
        let found = url("wss://a.example/x?token=abc&room=5");
        assert_eq!(found.text, "wss://a.example/x?token=left-out&room=5");
        assert_eq!(names(&found), ["token"]);
        let found = url("wss://me:pw@a.example/");
        assert_eq!(found.text, "wss://left-out@a.example/");
    }

    #[test]
    fn what_was_left_out_is_counted() {
        let names = |n: usize| {
            ["Cookie", "token", "a", "b"][..n]
                .iter()
                .map(|n| (*n).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(left_out(&names(0), "the address"), None);
        assert_eq!(
            left_out(&names(2), "the address").unwrap(),
            "Two values were left out of the address: Cookie, token."
        );
        assert!(
            left_out(&names(1), "the link")
                .unwrap()
                .starts_with("One value was left out of the link: Cookie")
        );
        assert!(
            left_out(&names(4), "x")
                .unwrap()
                .starts_with("4 values were")
        );
    }
}
