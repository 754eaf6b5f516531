//! Close codes and error messages: texts that hold no bytes.

/// The close code that a short text names: `1006`, `1006 abnormal closure`, `close 4001`, a printed `CloseEvent`.
pub(crate) fn code(text: &str) -> Option<u16> {
    let text = text.trim();
    if text.len() < 400
        && (text.contains("wasClean") || text.contains("CloseEvent") || text.contains("CloseError"))
    {
        let at = text.find("code")?;
        return number(
            text.get(at + 4..)?
                .trim_start_matches(['"', '\'', ':', '=', ' ', '(']),
        );
    }
    if text.len() > 80 || text.lines().count() > 1 || text.starts_with("websocket:") {
        return None;
    }
    const BEFORE: [&str; 21] = [
        "close",
        "closed",
        "closing",
        "code",
        "codes",
        "status",
        "error",
        "with",
        "websocket",
        "ws",
        "the",
        "connection",
        "frame",
        "reason",
        "was",
        "what",
        "is",
        "does",
        "mean",
        "event",
        "got",
    ];
    let mut words = text
        .split(|c: char| c.is_whitespace() || ":=,#()\"'`[]{}?.!;".contains(c))
        .filter(|w| !w.is_empty());
    let found = loop {
        let word = words.next()?;
        if let Some(code) = number(word).filter(|_| word.len() == 4) {
            break code;
        }
        if !BEFORE.contains(&word.to_ascii_lowercase().as_str()) {
            return None;
        }
    };
    // More numbers behind it make bytes or a sentence of it.
    let rest: Vec<&str> = words.collect();
    let words =
        |w: &&str| w.chars().any(char::is_alphabetic) && !(w.len() == 2 && super::row::is_hex(w));
    (rest.len() <= 7 && rest.iter().all(words)).then_some(found)
}

/// A number that a close code may be (RFC 6455 §7.4.2).
fn number(text: &str) -> Option<u16> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let code = text.get(..end)?.parse().ok()?;
    (1000..5000).contains(&code).then_some(code)
}

/// Whether a text is words for people, as error messages are.
pub(crate) fn sentence(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let letters =
        |w: &&str| w.len() > 2 && w.chars().all(char::is_alphabetic) && !super::row::is_hex(w);
    let long = |w: &str| w.len() > 4 && letters(&w);
    let several = text.split_whitespace().nth(1).is_some();
    words.clone().filter(letters).take(2).count() > 1
        || several && words.clone().any(long)
        || text.trim().starts_with("ERR_")
        || error_name(text.trim())
}

/// The name of an error: `ECONNRESET`, `WS_ERR_INVALID_CLOSE_CODE`, `ConnectionClosedError`.
fn error_name(text: &str) -> bool {
    let word = text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    word && (text.contains("ERR_")
        || text.contains("Error")
        || text.contains("Exception")
        || (text.starts_with('E')
            && text.len() > 5
            && text.bytes().all(|b| b.is_ascii_uppercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_and_bytes_are_none() {
        for (text, expected) in [
            ("1006", Some(1006)),
            ("1006 abnormal closure", Some(1006)),
            ("close 4001", Some(4001)),
            ("Close code: 1011 (internal error)", Some(1011)),
            ("code=1005", Some(1005)),
            (
                "CloseEvent {isTrusted: true, wasClean: false, code: 1006, reason: ''}",
                Some(1006),
            ),
            (
                "{\"code\":1009,\"reason\":\"\",\"wasClean\":true}",
                Some(1009),
            ),
            ("8105", None),
            ("1006 8105", None),
            ("received 1000 (OK); then sent 1000 (OK)", None),
            ("404", None),
            ("Hello", None),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
        assert!(sentence("Invalid frame header"));
        assert!(sentence("ECONNRESET") && sentence("WS_ERR_INVALID_OPCODE"));
        assert!(!sentence("gQVIZWxsbw==") && !sentence("81 05"));
    }
}
