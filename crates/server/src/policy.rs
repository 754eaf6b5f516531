//! What a browser may do with a page: which scripts it runs, where it connects, who shows it in a frame.

use axum::http::HeaderValue;
use base64::prelude::*;
use sha2::{Digest, Sha256};

/// Which sites may show an answer in a frame of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// None: nobody may lay our buttons under theirs.
    Denied,
    /// Any: the answer is an instrument for other people's pages.
    Allowed,
}

impl Framing {
    /// What goes for a path: only `/embed/NAME` may be framed.
    pub fn of(path: &str) -> Self {
        match path.strip_prefix("/embed/") {
            Some(name) if !name.is_empty() && name.split('/').all(is_plain) => Self::Allowed,
            _ => Self::Denied,
        }
    }
}

/// Whether a segment of a path is made of letters, digits, hyphens and underscores; an empty one says nothing.
pub fn is_plain(segment: &str) -> bool {
    segment
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// A script's digest, as a Content-Security-Policy names it.
pub fn digest(script: &str) -> String {
    let digest = BASE64_STANDARD.encode(Sha256::digest(script.as_bytes()));
    format!("'sha256-{digest}'")
}

/// The Content-Security-Policy, with the [`digest`]s of the inline scripts that may run.
///
/// `wasm-unsafe-eval` compiles WebAssembly and nothing else. Style attributes may be inline because the instruments
/// place things by computed position; style elements may not. `connect-src` allows any WebSocket server, because the
/// live page offers to connect to one; script can't be smuggled in that way.
pub fn policy(digests: &[String], framing: Framing) -> HeaderValue {
    let scripts = ["'self' 'wasm-unsafe-eval'"]
        .into_iter()
        .chain(digests.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(" ");
    // Without the directive any site may.
    let frames = match framing {
        Framing::Denied => "frame-ancestors 'none'; ",
        Framing::Allowed => "",
    };
    let policy = format!(
        "default-src 'self'; script-src {scripts}; style-src 'self'; style-src-elem 'self'; \
         style-src-attr 'unsafe-inline'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; \
         base-uri 'self'; {frames}form-action 'self'"
    );
    HeaderValue::from_str(&policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

/// The contents of a page's inline `<script>` elements, as a browser digests them.
///
/// The page is our own build's, so this need not be an HTML parser; but text that only looks like a script costs no
/// more than a digest that nothing matches.
pub fn inline_scripts(html: &str) -> Vec<String> {
    // A browser turns CR LF and CR into LF before anything else.
    let html = html.replace("\r\n", "\n").replace('\r', "\n");
    let lower = html.to_ascii_lowercase();
    let mut scripts = Vec::new();
    let mut at = 0;
    while let Some(start) = lower[at..]
        .find("<script")
        .map(|found| at + found + "<script".len())
    {
        let Some(content) = end_of_tag(&lower, start) else {
            break;
        };
        let Some(end) = lower[content..]
            .find("</script")
            .map(|found| content + found)
        else {
            break;
        };
        if !has_src(&lower[start..content]) {
            scripts.push(html[content..end].to_owned());
        }
        at = end;
    }
    scripts
}

/// The position behind the `>` that ends a tag, where quoted values may hold one too.
fn end_of_tag(html: &str, from: usize) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate().skip(from) {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(at + 1),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn has_src(tag: &str) -> bool {
    tag.split(|c: char| c.is_ascii_whitespace() || c == '/' || c == '"' || c == '\'')
        .any(|word| word == "src" || word.starts_with("src="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_found_as_a_browser_sees_them() {
        let html = "<!doctype html>\r\n<script src=\"/a.js\"></script><SCRIPT type='module' data-x=\"a>b\">\r\nlet a = 1;\r\n\
                    </Script><script defer src=b.js>ignored</script><script>second()</script><scripty>";
        assert_eq!(inline_scripts(html), ["\nlet a = 1;\n", "second()"]);
        assert!(inline_scripts("<script").is_empty());
        assert!(inline_scripts("<script>never closed").is_empty());
    }

    #[test]
    fn the_policy_names_a_script_by_its_digest() {
        // The digest of the empty string, as RFC 6234's algorithm gives it.
        let policy = policy(&[digest("")], Framing::Denied);
        let policy = policy.to_str().unwrap();
        assert!(
            policy.contains("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"),
            "{policy}"
        );
        let scripts = policy
            .split("; ")
            .find(|part| part.starts_with("script-src"))
            .unwrap();
        assert!(!scripts.contains("'unsafe-inline'") && !scripts.contains("'unsafe-eval'"));
    }

    #[test]
    fn only_embeds_may_be_framed() {
        for yes in ["/embed/fault-lab", "/embed/a/b", "/embed/unknown_one/"] {
            assert_eq!(Framing::of(yes), Framing::Allowed, "{yes}");
        }
        for no in [
            "/",
            "/embed",
            "/embed/",
            "/embedded",
            "/frames/embed/x",
            "/embed/../frames",
            "/embed/%2e%2e/frames",
            "/embed/a.html",
            "//embed/a",
            "/Embed/a",
        ] {
            assert_eq!(Framing::of(no), Framing::Denied, "{no}");
        }
    }
}
