//! Reads and checks `content/glossary.toml`, and finds its terms in lines of words. It runs in the build script;
//! `tests/glossary_content.rs` tests it.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;

use super::sections;
use super::site::Page;

/// The file that this is about.
pub const FILE: &str = "content/glossary.toml";

/// The most characters of a definition: it is shown in a small box.
const LONGEST: usize = 260;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    term: Vec<Term>,
}

/// A term, and what it means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The term, as it is usually written.
    pub term: String,
    /// Other ways to write it, such as a plural. Letters count as they are.
    #[serde(default)]
    pub also: Vec<String>,
    /// What it means, in a sentence or two.
    pub definition: String,
    /// The section that has it, as links in chapters write it: `rfc6455#5.3`.
    #[serde(default)]
    pub section: Option<String>,
    /// Another text that has it.
    #[serde(default)]
    pub link: Option<String>,
    /// The page that is about it.
    #[serde(default)]
    pub page: Option<String>,
    /// Chapters, by their files, that explain it in their own words and show no definition.
    #[serde(default)]
    pub not_in: Vec<String>,
}

impl Term {
    /// Every way to write it.
    fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.term)
            .chain(&self.also)
            .map(String::as_str)
    }

    /// Its name in a page.
    pub fn id(&self) -> String {
        let plain = self.term.to_lowercase();
        let plain = plain.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        format!("term-{plain}")
    }

    /// Where it is written, in words: `RFC 6455 §5.3`.
    pub fn source(&self) -> Option<String> {
        let (rfc, section) = self
            .section
            .as_deref()?
            .strip_prefix("rfc")?
            .split_once('#')?;
        Some(format!("RFC {rfc} §{section}"))
    }
}

/// Reads and checks the glossary.
///
/// # Errors
/// Everything that is wrong with it, each with the term.
pub fn read(text: &str, pages: &[Page]) -> Result<Vec<Term>, Vec<String>> {
    let file: File = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(String::new(), |span| {
            format!(":{}", text[..span.start].matches('\n').count() + 1)
        });
        vec![format!("{FILE}{line}: {}", e.message())]
    })?;
    let (mut problems, mut spelled) = (Vec::new(), BTreeSet::new());
    for term in &file.term {
        let mut say = |what: String| problems.push(format!("{FILE}: “{}”: {what}", term.term));
        for spelling in term.spellings() {
            if spelling.trim() != spelling || spelling.is_empty() {
                say(format!("`{spelling}` has blanks at its ends, or is empty"));
            }
            if !spelled.insert(spelling.to_owned()) {
                say(format!("`{spelling}` is explained twice"));
            }
        }
        let count = term.definition.chars().count();
        if count > LONGEST || !term.definition.ends_with('.') {
            say(format!(
                "the definition is a sentence or two of {LONGEST} characters at most; it has {count}"
            ));
        }
        if let Some(section) = &term.section {
            let known = section.strip_prefix("rfc").and_then(|s| s.split_once('#'));
            let exists = known.is_some_and(|(rfc, section)| {
                rfc.parse().is_ok_and(|rfc| sections::exists(rfc, section))
            });
            if !exists {
                say(format!(
                    "`{section}` is no section that is known here; another text goes under `link`"
                ));
            }
        }
        if let Some(link) = &term.link
            && !link.starts_with("https://")
        {
            say(format!("`{link}` does not begin with https://"));
        }
        if let Some(page) = &term.page {
            let path = page.split(['?', '#']).next().unwrap_or(page);
            if !pages
                .iter()
                .any(|known| known.path == path && known.chapter.is_some())
            {
                say(format!("`{page}` leads nowhere"));
            }
        }
        if term.section.is_none() && term.link.is_none() && term.page.is_none() {
            say("says nowhere where to read on: section, link or page".to_owned());
        }
        for name in &term.not_in {
            if !pages.iter().any(|page| page.chapter.as_ref() == Some(name)) {
                say(format!("`{name}` is no chapter"));
            }
        }
    }
    if problems.is_empty() {
        Ok(file.term)
    } else {
        Err(problems)
    }
}

/// Finds terms where they first appear in one chapter.
pub struct FirstUses<'a> {
    /// The terms that have not appeared.
    left: Vec<&'a Term>,
}

impl<'a> FirstUses<'a> {
    /// For the chapter in this file of `content`.
    pub fn new(terms: &'a [Term], chapter: &str) -> FirstUses<'a> {
        let shown = |term: &&Term| !term.not_in.iter().any(|name| name == chapter);
        FirstUses {
            left: terms.iter().filter(shown).collect(),
        }
    }

    /// The first term in these words that has not appeared before, and where. Each is found once.
    pub fn next(&mut self, words: &str) -> Option<(Range<usize>, &'a Term)> {
        let found = self.left.iter().enumerate().flat_map(|(i, term)| {
            let places = term
                .spellings()
                .filter_map(|spelling| place(words, spelling));
            places.map(move |place| (i, place))
        });
        // The first place counts, and there the longest spelling: “close frame” before “close”.
        let (i, place) = found.min_by_key(|(_, at)| (at.start, usize::MAX - at.len()))?;
        Some((place, self.left.remove(i)))
    }
}

/// Where a spelling appears as words of its own.
fn place(words: &str, spelling: &str) -> Option<Range<usize>> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    words
        .match_indices(spelling)
        .map(|(at, _)| at..at + spelling.len())
        .find(|at| !words[..at.start].ends_with(inside) && !words[at.end..].starts_with(inside))
}
