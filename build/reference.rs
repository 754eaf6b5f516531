//! The tables of the reference, as blocks of a chapter: what `wire`, the close codes and the glossary say, and what
//! `content/reference` adds. It runs in the build script; `tests/reference_content.rs` tests it.
//!
//! The tables are words when the page is compiled: what the page loads has no code for them, and the modules of the
//! instruments stay as they are.

use std::collections::BTreeMap;

use wire::frame::{Field, Header, Opcode};

use super::broken;
use super::glossary::Term;
use super::inline::paragraphs;
use super::meanings::{RANGES, meaning};
use super::reference_cells::{Table, code, id, page, page_code, section, web, words};
use super::reference_data::{Data, FOLDER, Limit, Port};
use super::search::Found;
use super::site::Page;

/// The browsers' standard.
const STANDARD: &str = "https://websockets.spec.whatwg.org/";

/// The path of the reference.
pub const PATH: &str = "/reference";

/// What a chapter can show of the reference, and what the search finds in it.
pub struct Reference {
    /// Blocks by the names that chapters use.
    pub blocks: BTreeMap<String, String>,
    /// What can be searched for.
    pub found: Vec<Found>,
}

/// Makes the tables.
///
/// # Errors
/// Everything in the data that contradicts the code.
pub fn tables(data: &Data, glossary: &[Term], pages: &[Page]) -> Result<Reference, Vec<String>> {
    let mut writer = Writer {
        pages,
        problems: Vec::new(),
        blocks: BTreeMap::new(),
        found: Vec::new(),
    };
    writer
        .blocks
        .insert("reference:frame".to_owned(), frame_figure());
    writer.opcodes(data);
    writer.close_codes();
    writer.headers(data);
    writer.requirements();
    writer.parameters(data);
    writer.rules(data);
    writer.browser(data);
    writer.limits(data);
    writer.rest(data);
    writer.glossary(glossary);
    if writer.problems.is_empty() {
        Ok(Reference {
            blocks: writer.blocks,
            found: writer.found,
        })
    } else {
        Err(writer.problems)
    }
}

/// The header of a frame, 32 bits a row, each field with its bits. `wire` says where the fields lie.
fn frame_figure() -> String {
    // The longest header, and some payload.
    let header = Header::new(Opcode::Binary, 1 << 16, Some([0; 4]));
    let end = header.len() as u64 * 8 + 48;
    let mut rows = vec![String::new(); end.div_ceil(32) as usize];
    for span in header.spans() {
        let (class, name) = match span.field {
            Field::Fin => ("fin", "FIN"),
            Field::Rsv1 => ("rsv", "RSV1"),
            Field::Rsv2 => ("rsv", "RSV2"),
            Field::Rsv3 => ("rsv", "RSV3"),
            Field::Opcode => ("opcode", "opcode"),
            Field::Mask => ("mask", "MASK"),
            Field::Length => ("len", "length"),
            Field::ExtendedLength => ("len", "extended length"),
            Field::Key => ("key", "masking key"),
            Field::Payload => ("payload", "payload"),
        };
        let mut at = span.bits.start;
        while at < span.bits.end.min(end) {
            let next = span.bits.end.min(at - at % 32 + 32).min(end);
            let goes_on = if at == span.bits.start {
                ""
            } else {
                ", continued"
            };
            if let Some(row) = rows.get_mut((at / 32) as usize) {
                row.push_str(&format!(
                    "Bits {{ field: {class:?}, name: \"{name}{goes_on}\", bits: {} }}, ",
                    next - at
                ));
            }
            at = next;
        }
    }
    let rows: Vec<String> = rows.iter().map(|row| format!("&[{row}]")).collect();
    format!("Block::Drawn(Drawing(|| bits(&[{}])))", rows.join(", "))
}

struct Writer<'a> {
    pages: &'a [Page],
    problems: Vec<String>,
    blocks: BTreeMap<String, String>,
    found: Vec<Found>,
}

impl Writer<'_> {
    fn problem(&mut self, file: &str, what: String) {
        self.problems.push(format!("{FOLDER}/{file}.toml: {what}"));
    }

    /// A line of Markdown.
    fn marked(&mut self, file: &str, text: &str) -> String {
        match paragraphs(text, self.pages) {
            Ok(lines) if lines.len() == 1 => lines.into_iter().next().unwrap_or_default(),
            Ok(lines) => {
                self.problem(file, format!("“{text}” is {} paragraphs", lines.len()));
                String::new()
            }
            Err(why) => {
                self.problem(file, format!("“{text}”: {}", why.join("; ")));
                String::new()
            }
        }
    }

    fn table(&mut self, table: &Table) {
        let name = format!("reference:{}", table.name);
        self.blocks.insert(name, table.block());
    }

    /// Something that can be searched for, at its row.
    fn find(&mut self, kind: &'static str, title: &str, about: &str, row: &str) {
        self.found.push(Found {
            kind,
            title: title.to_owned(),
            about: about.replace('`', ""),
            also: String::new(),
            path: format!("{PATH}#{row}"),
        });
    }
}

#[path = "reference_more.rs"]
mod more;
#[path = "reference_wire.rs"]
mod of_wire;
