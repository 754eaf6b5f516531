//! Checks the chapters in `content/*.md` and writes them as Rust. It runs in the build script;
//! `tests/prose_content.rs` tests it.
//!
//! A chapter is Markdown: a heading of the first level, a paragraph that leads in, then anything, and at the end
//! three sections that every chapter has. A line that is only `{{frame-inspector}}` stands for the instrument of that
//! name. What a line is made of stands in `build/inline.rs`.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use super::glossary::{FirstUses, Term};
use super::inline::{Events, InlineWriter, name_of, parse};
use super::site::{Page, variant};

/// The headings that end every chapter, in this order.
pub const ENDING: [&str; 3] = [
    "What to remember",
    "What usually goes wrong",
    "Where to read on",
];

/// How many lines there are to remember.
const TO_REMEMBER: usize = 3;

/// What a chapter may refer to.
pub struct Known<'a> {
    /// Every page of the site.
    pub pages: &'a [Page],
    /// The names of the instruments.
    pub instruments: &'a [String],
    /// The terms that are explained where they first appear.
    pub glossary: &'a [Term],
    /// Blocks that are made from data, by the names that stand for them.
    pub blocks: &'a BTreeMap<String, String>,
    /// What may be asked before an instrument, by name.
    pub predictions: &'a BTreeMap<String, String>,
}

impl Known<'_> {
    /// The name of a heading in an address. Those of the instruments are taken.
    fn heading_id(&self, words: &str) -> String {
        let id = slug(words);
        if self.instruments.contains(&id) {
            return format!("about-{id}");
        }
        id
    }
}

/// The name in a chapter that stands for the ways in, of which the shell knows where they lead.
const START_BUTTONS: &str = "start-buttons";

/// The name in a chapter that stands for links to its headings.
const CONTENTS: &str = "contents";

/// What stands in the code for those links until all headings are known. No words of a chapter are like it.
const CONTENTS_HERE: &str = "Block::Drawn(/* contents */)";

/// The name in a chapter that stands for the glossary. Such a chapter explains no terms beside it.
const GLOSSARY: &str = "{{reference:glossary}}";

/// What stands before the name of a prediction.
const ASK: &str = "ask:";

/// A chapter as Rust, and what stands on it.
#[derive(Debug)]
pub struct Generated {
    /// The expression of a `Chapter`.
    pub code: String,
    /// The names of its instruments, in their order.
    pub instruments: Vec<String>,
    /// The names of its predictions.
    pub predictions: Vec<String>,
    /// Its headings of the second level before the ending: the name in an address, and the words.
    pub contents: Vec<(String, String)>,
}

/// Turns a chapter into the Rust expression of a `Chapter`, or into everything that is wrong with it.
///
/// One without an `ending` has none of the three sections at its end.
pub fn generate(
    file: &str,
    text: &str,
    ending: bool,
    known: &Known<'_>,
) -> Result<Generated, Vec<String>> {
    let mut writer = Writer {
        text,
        known,
        ending,
        instruments: Vec::new(),
        predictions: Vec::new(),
        inline: InlineWriter::new(known.pages),
    };
    let name = file.rsplit('/').next().unwrap_or(file);
    if !text.contains(GLOSSARY) {
        writer.inline.first_uses = Some(FirstUses::new(known.glossary, name));
    }
    let events = parse(text);
    let mut blocks = Vec::new();
    let mut rest = &events[..];
    while let Some(block) = writer.block(&mut rest) {
        blocks.push(block);
    }
    let code = writer.chapter(&blocks);
    if writer.inline.problems.is_empty() {
        let headings = blocks.iter().filter_map(|block| match &block.kind {
            Kind::Heading(2, words) if !ENDING.contains(&words.as_str()) => Some(words),
            _ => None,
        });
        let contents: Vec<(String, String)> = headings
            .map(|words| (known.heading_id(words), words.clone()))
            .collect();
        return Ok(Generated {
            code: code.replace(
                CONTENTS_HERE,
                &format!("Block::Drawn(Drawing(|| contents(&{contents:?})))"),
            ),
            instruments: writer.instruments,
            predictions: writer.predictions,
            contents,
        });
    }
    let problems = writer.inline.problems.iter();
    Err(problems
        .map(|(at, what)| {
            let before = &text[..(*at).min(text.len())];
            format!("{file}:{}: {what}", before.matches('\n').count() + 1)
        })
        .collect())
}

struct Block {
    /// Where it begins in the file.
    at: usize,
    kind: Kind,
    code: String,
}

#[derive(PartialEq)]
enum Kind {
    Title,
    /// Its level, and its words.
    Heading(u8, String),
    Paragraph,
    List(usize),
    Other,
}

struct Writer<'a> {
    text: &'a str,
    known: &'a Known<'a>,
    ending: bool,
    instruments: Vec<String>,
    predictions: Vec<String>,
    inline: InlineWriter<'a>,
}

impl Writer<'_> {
    fn chapter(&mut self, blocks: &[Block]) -> String {
        let mut blocks = blocks.iter();
        let title = match blocks.next() {
            Some(Block {
                kind: Kind::Title,
                code,
                ..
            }) => code.clone(),
            _ => {
                self.inline.at = 0;
                self.inline
                    .problem("a chapter begins with its title: `# …`");
                String::new()
            }
        };
        let lede = match blocks.next() {
            Some(Block {
                kind: Kind::Paragraph,
                code,
                ..
            }) => code.clone(),
            _ => {
                self.inline
                    .problem("after the title comes a paragraph that leads in");
                String::new()
            }
        };
        let blocks: Vec<_> = blocks.collect();
        if !self.ending {
            let body: Vec<_> = blocks.iter().map(|b| b.code.as_str()).collect();
            return format!(
                "Chapter {{ title: {title}, lede: {lede}, body: &[{}], ending: None }}",
                body.join(", ")
            );
        }
        let heading = |name: &str| {
            blocks
                .iter()
                .position(|b| matches!(&b.kind, Kind::Heading(_, words) if words == name))
        };
        let places: Vec<_> = ENDING.iter().map(|name| heading(name)).collect();
        let mut lists = Vec::new();
        for (name, place) in ENDING.iter().zip(&places) {
            let list = place.and_then(|p| blocks.get(p + 1));
            match list {
                Some(Block {
                    kind: Kind::List(n),
                    code,
                    at,
                }) => {
                    self.inline.at = *at;
                    if *name == ENDING[0] && *n != TO_REMEMBER {
                        self.inline
                            .problem(format!("“{name}” has {n} lines; it takes {TO_REMEMBER}"));
                    }
                    lists.push(code.clone());
                }
                _ => {
                    self.inline.at = self.text.len();
                    self.inline.problem(format!(
                        "the chapter needs a section `## {name}` with a list"
                    ));
                    lists.push("&[]".to_owned());
                }
            }
        }
        let mut end = blocks.len();
        if let [Some(first), Some(second), Some(third)] = places[..] {
            if second != first + 2 || third != second + 2 || third + 2 != blocks.len() {
                self.inline.at = blocks[first].at;
                self.inline.problem(format!(
                    "{} end the chapter in this order, each with one list",
                    ENDING.join(", ")
                ));
            }
            end = first;
        }
        let body: Vec<_> = blocks[..end].iter().map(|b| b.code.as_str()).collect();
        format!(
            "Chapter {{ title: {title}, lede: {lede}, body: &[{}], ending: Some(Ending {{ remember: {}, wrong: {}, read_on: {} }}) }}",
            body.join(", "),
            lists[0],
            lists[1],
            lists[2]
        )
    }

    fn block<'e>(&mut self, rest: &mut &'e Events<'e>) -> Option<Block> {
        let ((event, range), tail) = rest.split_first()?;
        let at = range.start;
        self.inline.at = at;
        *rest = tail;
        let (kind, code) = match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let (code, plain) = self
                    .inline
                    .inlines(rest, |e| matches!(e, TagEnd::Heading(_)));
                match level {
                    HeadingLevel::H1 => (Kind::Title, format!("{plain:?}")),
                    HeadingLevel::H2 | HeadingLevel::H3 => {
                        let level = if *level == HeadingLevel::H2 { 2 } else { 3 };
                        let code = format!(
                            "Block::Heading {{ level: {level}, id: {:?}, text: {code} }}",
                            self.known.heading_id(&plain)
                        );
                        (Kind::Heading(level, plain), code)
                    }
                    _ => {
                        self.inline
                            .problem("headings go down to the third level only");
                        (Kind::Other, String::new())
                    }
                }
            }
            Event::Start(Tag::Paragraph) => {
                self.inline.explains = true;
                let (code, plain) = self.inline.inlines(rest, |e| *e == TagEnd::Paragraph);
                self.inline.explains = false;
                match plain.strip_prefix("{{").and_then(|p| p.strip_suffix("}}")) {
                    Some(name) => (Kind::Other, self.instrument(name.trim())),
                    // The first paragraph is the lede, which is written without its block.
                    None if self.is_lede(at) => (Kind::Paragraph, code),
                    None => (Kind::Paragraph, format!("Block::Paragraph({code})")),
                }
            }
            Event::Start(Tag::List(start)) => {
                let items = self.items(rest);
                let list = format!("&[{}]", items.join(", "));
                if self.in_ending(at) {
                    (Kind::List(items.len()), list)
                } else {
                    (
                        Kind::Other,
                        format!(
                            "Block::List {{ ordered: {}, items: {list} }}",
                            start.is_some()
                        ),
                    )
                }
            }
            Event::Start(Tag::CodeBlock(_)) => {
                let mut text = String::new();
                while let Some(((event, _), tail)) = rest.split_first() {
                    *rest = tail;
                    match event {
                        Event::Text(t) => text.push_str(t),
                        Event::End(TagEnd::CodeBlock) => break,
                        _ => {}
                    }
                }
                (Kind::Other, format!("Block::Code({:?})", text.trim_end()))
            }
            Event::Start(Tag::Table(_)) => (Kind::Other, self.table(rest)),
            other => {
                self.inline.problem(format!(
                    "{} is not something that a chapter is made of",
                    name_of(other)
                ));
                (Kind::Other, String::new())
            }
        };
        Some(Block { at, kind, code })
    }

    /// Whether the paragraph at `at` is the first thing after the title.
    fn is_lede(&self, at: usize) -> bool {
        let before = self.text[..at].trim();
        before.starts_with("# ") && !before.contains('\n')
    }

    fn in_ending(&self, at: usize) -> bool {
        let before = self.text[..at].trim_end();
        let last = before.lines().last().unwrap_or_default();
        ENDING.iter().any(|name| last == format!("## {name}"))
    }

    fn instrument(&mut self, name: &str) -> String {
        if name == START_BUTTONS {
            return "Block::StartButtons".to_owned();
        }
        if name == CONTENTS {
            return CONTENTS_HERE.to_owned();
        }
        if let Some(blocks) = self.known.blocks.get(name) {
            return blocks.clone();
        }
        if let Some(name) = name.strip_prefix(ASK) {
            return self.prediction(name);
        }
        if !self.known.instruments.iter().any(|known| known == name) {
            let known = self.known.instruments.join(", ");
            self.inline.problem(format!(
                "no instrument is called `{name}`; there are: {known}"
            ));
        }
        if self.instruments.iter().any(|other| other == name) {
            self.inline.problem(format!("`{name}` stands here twice"));
        }
        self.instruments.push(name.to_owned());
        format!("Block::Instrument(Instrument::{})", variant(name))
    }

    fn prediction(&mut self, name: &str) -> String {
        let Some(code) = self.known.predictions.get(name) else {
            self.inline
                .problem(format!("content/predictions.toml has no `{name}`"));
            return String::new();
        };
        if self.predictions.iter().any(|other| other == name) {
            self.inline
                .problem(format!("`ask:{name}` stands here twice"));
        }
        self.predictions.push(name.to_owned());
        format!("Block::Ask({code})")
    }

    fn items<'e>(&mut self, rest: &mut &'e Events<'e>) -> Vec<String> {
        let mut items = Vec::new();
        while let Some(((event, range), tail)) = rest.split_first() {
            self.inline.at = range.start;
            *rest = tail;
            match event {
                Event::Start(Tag::Item) => {
                    self.inline.explains = true;
                    let (code, _) = self.inline.inlines(rest, |e| *e == TagEnd::Item);
                    self.inline.explains = false;
                    items.push(code);
                }
                Event::End(TagEnd::List(_)) => break,
                _ => {}
            }
        }
        items
    }

    fn table<'e>(&mut self, rest: &mut &'e Events<'e>) -> String {
        let mut rows: Vec<Vec<String>> = Vec::new();
        while let Some(((event, _), tail)) = rest.split_first() {
            *rest = tail;
            match event {
                Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
                Event::Start(Tag::TableCell) => {
                    let (code, _) = self.inline.inlines(rest, |e| *e == TagEnd::TableCell);
                    if let Some(row) = rows.last_mut() {
                        row.push(code);
                    }
                }
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        let rows: Vec<_> = rows
            .iter()
            .map(|row| format!("&[{}]", row.join(", ")))
            .collect();
        let (head, body) = rows
            .split_first()
            .map_or(("&[]", &[][..]), |(h, b)| (h.as_str(), b));
        format!(
            "Block::Table {{ head: {head}, rows: &[{}] }}",
            body.join(", ")
        )
    }
}

fn slug(text: &str) -> String {
    let mapped: String = text
        .chars()
        .map(|c| {
            if c.is_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                ' '
            }
        })
        .collect();
    mapped.split_whitespace().collect::<Vec<_>>().join("-")
}
