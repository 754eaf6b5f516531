//! Error texts and close codes: recognised by their fixed parts, and explained from `content/errors.toml`.

use std::ops::RangeInclusive;

/// An error text that people search for.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorText {
    /// Its name.
    pub id: &'static str,
    /// The programs that write it.
    pub product: &'static str,
    /// The parts by which it is recognised, each enough by itself; `*` stands for what differs from one text to the next.
    pub fixed: &'static [&'static str],
    /// What it means on the wire.
    pub means: &'static str,
    /// Path, query and fragment of the site where the bytes are that produce it, or something like them.
    pub shows: &'static str,
    /// The close code that goes with it.
    pub code: Option<u16>,
    /// Where the text is written.
    pub source: &'static str,
    /// What usually causes it, the likeliest first: one to three.
    pub causes: &'static [Cause],
}

/// What may have caused an error.
#[derive(Debug, PartialEq, Eq)]
pub struct Cause {
    /// The cause, in a sentence.
    pub cause: &'static str,
    /// How to tell that it is this one.
    pub tell: &'static str,
}

/// The error texts of `content/errors.toml`. The build script has checked them.
pub static ERRORS: &[ErrorText] = include!(concat!(env!("OUT_DIR"), "/errors.rs"));

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recognised {
    /// The error texts that the text holds: the one with the longest fixed part first.
    pub errors: Vec<&'static ErrorText>,
    /// The close codes that the text names, in order, each once.
    pub codes: Vec<u16>,
}

impl Recognised {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty() && self.codes.is_empty()
    }
}

/// The bytes of a text that are looked at. An error text is short; what is longer is a log, and begins with what matters.
const MOST_BYTES: usize = 64 << 10;
/// The most bytes that a `*` stands for: an address, a number, a header's value.
const LONGEST_GAP: usize = 400;

/// The error texts and the close codes in a text, as somebody copied it from a console or a log.
pub fn recognise(text: &str) -> Recognised {
    let text = plain(text);
    let mut found: Vec<(usize, &ErrorText)> = ERRORS
        .iter()
        .filter_map(|error| {
            let lengths = error.fixed.iter().filter_map(|fixed| matched(&text, fixed));
            Some((lengths.max()?, error))
        })
        .collect();
    // The sort is stable, so that among equals the order of the table counts.
    found.sort_by_key(|(length, _)| usize::MAX - length);
    Recognised {
        errors: found.into_iter().map(|(_, error)| error).collect(),
        codes: codes(&text),
    }
}

/// A text in one line of lower case, with single blanks and plain quotes.
fn plain(text: &str) -> String {
    let mut end = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut out = String::new();
    for word in text.get(..end).unwrap_or_default().split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        for c in word.chars().flat_map(char::to_lowercase) {
            out.push(match c {
                '’' | '‘' => '\'',
                '“' | '”' => '"',
                c => c,
            });
        }
    }
    out
}

/// How many bytes of a plain text a fixed part accounts for, gaps left out; `None` where the text does not hold it.
fn matched(text: &str, fixed: &str) -> Option<usize> {
    let fixed = plain(fixed);
    let parts: Vec<&str> = fixed.split('*').map(str::trim).collect();
    let (first, rest) = parts.split_first()?;
    let follows = |at: usize| {
        let mut end = at + first.len();
        for part in rest {
            let behind = text.get(end..)?;
            end += behind.find(part).filter(|gap| *gap <= LONGEST_GAP)? + part.len();
        }
        Some(end)
    };
    text.match_indices(first)
        .any(|(at, _)| follows(at).is_some())
        .then(|| parts.iter().map(|part| part.len()).sum())
}

/// Codes that RFC 6455 and its registry name.
const NAMED: RangeInclusive<u16> = 1000..=1015;
/// Codes that are registered by applications, or private to them.
const OTHERS: RangeInclusive<u16> = 3000..=4999;

/// The close codes that a plain text names.
fn codes(text: &str) -> Vec<u16> {
    let words = words(text);
    let mut found = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let Some(code) = number(word.text) else {
            continue;
        };
        let before = |n: usize| {
            i.checked_sub(n)
                .and_then(|at| words.get(at))
                .map(|w| w.text)
        };
        let said = Said {
            code,
            before: [before(1), before(2), before(3)],
            behind: text.get(word.end..).unwrap_or_default().trim_start(),
            first: i == 0,
            glued: text.get(..word.start).is_some_and(|t| t.ends_with(':')),
        };
        if said.is_close_code() && !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

/// A word of a text and where it lies.
struct Word<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let mut found: Vec<Word<'_>> = Vec::new();
    let mut rest = 0;
    for part in text.split(|c| !inside(c)) {
        // A part is a slice of the text, and what lies between two parts is one character.
        let start = rest + text.get(rest..).and_then(|t| t.find(part)).unwrap_or(0);
        let end = start + part.len();
        if !part.is_empty() {
            found.push(Word {
                text: part,
                start,
                end,
            });
            rest = end;
        }
    }
    found
}

/// Four or five digits.
fn number(word: &str) -> Option<u16> {
    let digits = (4..=5).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| word.parse().ok()).flatten()
}

/// A number, and what stands around it.
struct Said<'a> {
    code: u16,
    /// The words before it, the nearest first.
    before: [Option<&'a str>; 3],
    /// What follows, without the blanks between.
    behind: &'a str,
    /// Whether it is the first word.
    first: bool,
    /// Whether a colon stands right before it, as before a port.
    glued: bool,
}

impl Said<'_> {
    fn is_close_code(&self) -> bool {
        let near = |n: usize| self.before.get(n).copied().flatten();
        let closes = |word: Option<&str>| {
            word.is_some_and(|w| {
                w.starts_with("clos") || w.ends_with("closecode") || w == "closure"
            })
        };
        let names_code = |word: Option<&str>| {
            word.is_some_and(|w| w == "code" || w == "status" || w.ends_with("code"))
        };
        let usual = NAMED.contains(&self.code) || OTHERS.contains(&self.code);
        let in_brackets = self.behind.starts_with('(');
        match near(0) {
            // "1006", "1006 abnormal closure", "4001: no such room".
            None => self.first && usual && !self.is_measure(),
            // "close code 59395": a code that must not be sent is still one, where the text says so.
            word if names_code(word) => usual || closes(word) || closes(near(1)) || closes(near(2)),
            word if closes(word) => usual,
            // "sent 1011 (internal error)", but not "sent 3000 messages".
            Some("sent" | "received" | "rcvd") => usual && in_brackets,
            // "closed with 1006", but not "closed localhost:3000".
            Some("with" | "by" | "as" | "of" | "is" | "was" | "frame" | "error") => {
                usual && !self.glued && (closes(near(1)) || names_code(near(1)))
            }
            _ => false,
        }
    }

    /// Whether the number counts something, as in "3000 ms" or "1000 connections".
    fn is_measure(&self) -> bool {
        let word: String = self
            .behind
            .chars()
            .take_while(|c| c.is_alphanumeric())
            .collect();
        let unit = [
            "ms",
            "s",
            "sec",
            "seconds",
            "milliseconds",
            "bytes",
            "kb",
            "mb",
            "px",
        ];
        unit.contains(&word.as_str()) || (word.len() > 3 && word.ends_with('s'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<&'static str> {
        recognise(text).errors.iter().map(|e| e.id).collect()
    }

    #[test]
    fn there_are_enough_texts_and_each_is_recognised_by_each_of_its_parts() {
        assert!(ERRORS.len() >= 60, "{}", ERRORS.len());
        for error in ERRORS {
            for fixed in error.fixed {
                let text = format!(
                    "2026-11-30 12:00:01 ERROR {} (x)",
                    fixed.replace('*', "wss://shop.test/feed?a=1")
                );
                let found = ids(&text);
                assert_eq!(found.first(), Some(&error.id), "{text}: {found:?}");
            }
        }
    }

    #[test]
    fn what_a_console_shows() {
        for (text, id) in [
            (
                "WebSocket connection to 'wss://shop.test/feed' failed: Error during WebSocket handshake: Unexpected response code: 403",
                "chrome-response-code",
            ),
            (
                "Firefox can’t establish a connection to the server at wss://shop.test/feed.",
                "firefox-cannot-connect",
            ),
            (
                "RangeError: Invalid WebSocket frame: RSV1 must be clear\n    at Receiver.getInfo",
                "ws-rsv1",
            ),
            (
                "websockets.exceptions.ConnectionClosedError: sent 1011 (internal error)\n   keepalive ping\ttimeout; no close frame received",
                "websockets-ping",
            ),
            (
                "2026/11/30 12:00:01 [error] 7#7: *3 upstream timed out (110: Connection timed out) while proxying upgraded connection, client: 10.0.0.1",
                "nginx-timeout",
            ),
            (
                "websocket: the client is not using the websocket protocol: 'UPGRADE' token not found in 'Connection' header",
                "gorilla-token",
            ),
            (
                "java.net.ProtocolException: Expected HTTP 101 response but was '502 Bad Gateway'",
                "okhttp-101",
            ),
            ("Uncaught (in promise) Error: nothing of the kind", ""),
        ] {
            let first = ids(text).first().copied().unwrap_or_default();
            assert_eq!(first, id, "{text}");
        }
    }

    #[test]
    fn the_longest_fixed_part_comes_first() {
        let found = ids(
            "WebSocket connection to 'ws://a/' failed: Error during WebSocket handshake: 'Upgrade' header is missing",
        );
        assert_eq!(found, ["chrome-header-missing", "chrome-failed"]);
    }

    #[test]
    fn a_gap_has_an_end() {
        let near = format!("WebSocket connection to {} failed", "a".repeat(300));
        assert_eq!(ids(&near), ["chrome-failed"]);
        let far = format!("WebSocket connection to {} failed", "a".repeat(500));
        assert!(ids(&far).is_empty());
        // The second occurrence of the first part is near enough.
        let second = format!("{far}. WebSocket connection to b failed");
        assert_eq!(ids(&second), ["chrome-failed"]);
    }

    #[test]
    fn close_codes() {
        for (text, codes) in [
            ("1006", &[1006][..]),
            (" 4001\n", &[4001]),
            ("1006 abnormal closure", &[1006]),
            ("1006 (abnormal closure)", &[1006]),
            ("4001: no such room", &[4001]),
            ("close 4001", &[4001]),
            ("code: 1009", &[1009]),
            ("code=1011, reason=", &[1011]),
            (
                "CloseEvent {wasClean: false, code: 1006, reason: \"\"}",
                &[1006],
            ),
            ("{\"closeCode\":1012}", &[1012]),
            (
                "WebSocket closed with status code: 1006 (no reason given)",
                &[1006],
            ),
            ("connection closed with 1008", &[1008]),
            (
                "received 1001 (going away); then sent 1001 (going away)",
                &[1001],
            ),
            (
                "sent 1011 (internal error) keepalive ping timeout; no close frame received",
                &[1011],
            ),
            ("Disconnected (abnormal closure: 1006)", &[1006]),
            ("invalid close code 59395", &[59395]),
            ("closed by 1001, close code 1006", &[1001, 1006]),
        ] {
            assert_eq!(recognise(text).codes, codes, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_close_codes() {
        for text in [
            "",
            "Unexpected response code: 404",
            "connect ECONNREFUSED 127.0.0.1:3000",
            "closed localhost:3000",
            "3000 ms",
            "1000 connections",
            "sent 3000 messages",
            "error code: 1020",
            "listening on port 4000",
            "2026-11-30",
            "100",
            "0001",
        ] {
            assert!(
                recognise(text).codes.is_empty(),
                "{text}: {:?}",
                recognise(text).codes
            );
        }
    }

    #[test]
    fn any_text_is_read() {
        let long = "é ".repeat(MOST_BYTES);
        for text in ["*", "’", "\u{0}", "1006\u{301}", long.as_str()] {
            let _ = recognise(text);
        }
        assert!(recognise("nothing").is_empty());
        // What lies beyond the limit is not looked at.
        assert!(recognise(&format!("{long} Unexpected server response: 404")).is_empty());
    }
}
