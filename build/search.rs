//! What the search finds, as Rust: pages, their sections, instruments, the reference, and the questions of the quiz. It runs in
//! the build script; `tests/search_content.rs` tests it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::site::Site;

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is, for people: “Close code”.
    pub kind: &'static str,
    /// What it is called.
    pub title: String,
    /// A sentence on it, or where it stands.
    pub about: String,
    /// Other words by which it is looked for.
    pub also: String,
    /// Where it is: path, query and fragment.
    pub path: String,
}

/// The pages that are built, with their sections and instruments.
///
/// `contents` has the headings of each page, `embedded` its instruments, both by route.
pub fn pages(
    site: &Site,
    contents: &BTreeMap<String, Vec<(String, String)>>,
    embedded: &BTreeMap<String, Vec<String>>,
) -> Vec<Found> {
    let built = || site.pages().filter(|page| page.chapter.is_some());
    let mut all: Vec<Found> = built()
        .map(|page| Found {
            kind: "Page",
            title: page.title.clone(),
            about: page.description.clone(),
            also: page.path.trim_start_matches('/').to_owned(),
            path: page.path.clone(),
        })
        .collect();
    let mut instruments = Vec::new();
    for page in built() {
        for (id, words) in contents.get(&page.route).into_iter().flatten() {
            all.push(Found {
                kind: "Section",
                title: words.clone(),
                about: page.title.clone(),
                also: String::new(),
                path: format!("{}#{id}", page.path),
            });
        }
        for name in embedded.get(&page.route).into_iter().flatten() {
            let Some(instrument) = site.instruments.get(name) else {
                continue;
            };
            instruments.push(Found {
                kind: "Instrument",
                title: instrument.title.clone(),
                about: page.title.clone(),
                also: name.replace('-', " "),
                path: format!("{}#{name}", page.path),
            });
        }
    }
    all.extend(instruments);
    all
}

/// The questions of a file of the quiz: their names and their words. What else such a file has is the quiz's business.
///
/// # Errors
/// The file is no TOML, or a question has no name or no words.
pub fn questions(file: &str, text: &str) -> Result<Vec<Found>, Vec<String>> {
    let table: toml::Table =
        toml::from_str(text).map_err(|e| vec![format!("{file}: {}", e.message())])?;
    let list = table.get("question").and_then(toml::Value::as_array);
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for (i, question) in list.into_iter().flatten().enumerate() {
        let get = |key: &str| question.get(key).and_then(toml::Value::as_str);
        let (Some(id), Some(words)) = (get("id"), get("text")) else {
            problems.push(format!("{file}: question {} has no id or no text", i + 1));
            continue;
        };
        let plain = words
            .replace(['`', '*'], "")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        found.push(Found {
            kind: "Question",
            title: plain,
            about: "Quiz".to_owned(),
            also: String::new(),
            path: format!("/quiz?question={id}"),
        });
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

/// All of it as Rust.
pub fn code(all: &[Found]) -> String {
    let mut out =
        String::from("/// Everything that can be found.\npub static ENTRIES: &[Entry] = &[\n");
    for Found {
        kind,
        title,
        about,
        also,
        path,
    } in all
    {
        let _ = writeln!(
            out,
            "Entry {{ kind: {kind:?}, title: {title:?}, about: {about:?}, also: {also:?}, path: {path:?} }},"
        );
    }
    out.push_str("];\n");
    out
}

/// The error texts that can be pasted and are explained: each leads to where it is.
///
/// # Errors
/// The file is no TOML. What else may be wrong with it, `build/errors.rs` says.
pub fn errors(text: &str) -> Result<Vec<Found>, Vec<String>> {
    let table: toml::Table =
        toml::from_str(text).map_err(|e| vec![format!("the error texts: {}", e.message())])?;
    let list = table.get("error").and_then(toml::Value::as_array);
    let found = list.into_iter().flatten().filter_map(|error| {
        let fixed = error.get("fixed")?.as_array()?.first()?.as_str()?;
        let words = fixed.replace('*', "…");
        Some(Found {
            kind: "Error text",
            title: words.clone(),
            about: error.get("product")?.as_str()?.to_owned(),
            also: String::new(),
            path: format!("/inspect?text={}", encoded(&words)),
        })
    });
    Ok(found.collect())
}

/// A text as a value in an address.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                out.push(char::from(byte))
            }
            b' ' => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
