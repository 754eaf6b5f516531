//! Lines of Markdown as Rust: words, code, stress, and links that are checked. Chapters and the quiz are made of them.
//!
//! `[text](/frames?step=5)` leads to a page, `[§5.2](rfc6455#5.2)` to a section.

use std::fmt::Write;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::glossary::FirstUses;
use super::sections;
use super::site::Page;

/// Events of the parser, each with its place in the text.
pub type Events<'a> = [(Event<'a>, Range<usize>)];

/// Parses Markdown in the way that all content is read.
pub fn parse(text: &str) -> Vec<(Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_SMART_PUNCTUATION;
    Parser::new_ext(text, options).into_offset_iter().collect()
}

/// Turns a text of paragraphs alone into Rust expressions of `&[Inline]`, one each, or into everything that is wrong with
/// it.
pub fn paragraphs(text: &str, pages: &[Page]) -> Result<Vec<String>, Vec<String>> {
    let events = parse(text);
    let mut writer = InlineWriter::new(pages);
    let mut paragraphs = Vec::new();
    let mut rest = &events[..];
    while let Some(((event, range), tail)) = rest.split_first() {
        writer.at = range.start;
        rest = tail;
        match event {
            Event::Start(Tag::Paragraph) => {
                let (code, _) = writer.inlines(&mut rest, |e| *e == TagEnd::Paragraph);
                paragraphs.push(code);
            }
            other => {
                writer.problem(format!("{} is not a paragraph", name_of(other)));
                break;
            }
        }
    }
    if writer.problems.is_empty() {
        Ok(paragraphs)
    } else {
        Err(writer.problems.into_iter().map(|(_, what)| what).collect())
    }
}

/// Writes lines, and gathers what is wrong with them.
pub struct InlineWriter<'a> {
    /// The terms of the glossary that have not appeared, where they are explained: in running text, and not in headings,
    /// links and code.
    pub first_uses: Option<FirstUses<'a>>,
    /// Whether what is written now explains its terms.
    pub explains: bool,
    /// Every page of the site, to which links may lead.
    pages: &'a [Page],
    /// Where in the text the writer is.
    pub at: usize,
    /// What is wrong, and where.
    pub problems: Vec<(usize, String)>,
}

impl<'a> InlineWriter<'a> {
    /// Nothing written yet.
    pub fn new(pages: &'a [Page]) -> InlineWriter<'a> {
        InlineWriter {
            first_uses: None,
            explains: false,
            pages,
            at: 0,
            problems: Vec::new(),
        }
    }

    /// Something is wrong here.
    pub fn problem(&mut self, what: impl Into<String>) {
        self.problems.push((self.at, what.into()));
    }

    /// The inlines up to the end that `ends` knows, as code and as plain text.
    pub fn inlines<'e>(
        &mut self,
        rest: &mut &'e Events<'e>,
        ends: fn(&TagEnd) -> bool,
    ) -> (String, String) {
        let mut code = String::from("&[");
        let mut plain = String::new();
        let mut text = String::new();
        while let Some(((event, range), tail)) = rest.split_first() {
            self.at = range.start;
            *rest = tail;
            match event {
                Event::End(end) if ends(end) => break,
                Event::Text(t) => {
                    text.push_str(t);
                    plain.push_str(t);
                }
                Event::SoftBreak | Event::HardBreak => {
                    text.push(' ');
                    plain.push(' ');
                }
                Event::Code(t) => {
                    self.words(&mut text, &mut code);
                    let _ = write!(code, "Inline::Code({:?}), ", t.as_ref());
                    plain.push_str(t);
                }
                Event::Start(Tag::Emphasis) => {
                    self.words(&mut text, &mut code);
                    let (inner, p) = self.inlines(rest, |e| *e == TagEnd::Emphasis);
                    let _ = write!(code, "Inline::Emphasis({inner}), ");
                    plain.push_str(&p);
                }
                Event::Start(Tag::Strong) => {
                    self.words(&mut text, &mut code);
                    let (inner, p) = self.inlines(rest, |e| *e == TagEnd::Strong);
                    let _ = write!(code, "Inline::Strong({inner}), ");
                    plain.push_str(&p);
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    self.words(&mut text, &mut code);
                    let to = self.link(dest_url);
                    let explains = std::mem::replace(&mut self.explains, false);
                    let (inner, p) = self.inlines(rest, |e| *e == TagEnd::Link);
                    self.explains = explains;
                    if to.starts_with("To::Section") && !p.contains('§') {
                        self.problem(format!(
                            "a link to a section shows its sign: “{p} §…”; a chapter about it is linked by its words"
                        ));
                    }
                    let _ = write!(code, "Inline::Link({to}, {inner}), ");
                    plain.push_str(&p);
                }
                // A list whose items stand apart wraps each in a paragraph.
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                other => self.problem(format!("{} does not belong inside a line", name_of(other))),
            }
        }
        self.words(&mut text, &mut code);
        code.push(']');
        (code, plain)
    }

    /// Writes words, with the terms that appear in them for the first time.
    fn words(&mut self, text: &mut String, code: &mut String) {
        let text = std::mem::take(text);
        let mut rest = text.as_str();
        while self.explains
            && let Some(first_uses) = &mut self.first_uses
            && let Some((at, term)) = first_uses.next(rest)
        {
            if at.start > 0 {
                let _ = write!(code, "Inline::Text({:?}), ", &rest[..at.start]);
            }
            let _ = write!(
                code,
                "Inline::Term {{ words: {:?}, id: {:?}, definition: {:?}, source: {:?} }}, ",
                &rest[at.clone()],
                term.id(),
                term.definition,
                term.source().unwrap_or_default()
            );
            rest = &rest[at.end..];
        }
        if !rest.is_empty() {
            let _ = write!(code, "Inline::Text({rest:?}), ");
        }
    }

    fn link(&mut self, to: &str) -> String {
        if let Some((rfc, section)) = to.strip_prefix("rfc").and_then(|r| r.split_once('#')) {
            let number = rfc
                .parse::<u16>()
                .ok()
                .filter(|rfc| sections::exists(*rfc, section));
            if number.is_none() {
                self.problem(format!(
                    "`{to}`: RFC {rfc} has no section {section} that is known here"
                ));
            }
            return format!("To::Section({}, {section:?})", number.unwrap_or_default());
        }
        if to.starts_with("https://") {
            return format!("To::Web({to:?})");
        }
        let path = to.split(['?', '#']).next().unwrap_or(to);
        match self.pages.iter().find(|page| page.path == path) {
            Some(page) if page.chapter.is_some() => {}
            Some(_) => self.problem(format!("`{to}` leads to a page that is not built yet")),
            None => self.problem(format!(
                "`{to}` leads nowhere: no page of content/site.toml has this path"
            )),
        }
        format!("To::Page({to:?})")
    }
}

/// What an event is called in a message.
pub fn name_of(event: &Event<'_>) -> String {
    let text = format!("{event:?}");
    text.split(['{', '\n'])
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
}
