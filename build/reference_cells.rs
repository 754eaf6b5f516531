//! Cells and tables of the reference as Rust. They run in the build script.

use std::fmt::Write;

/// Words as they are.
pub fn words(text: &str) -> String {
    format!("&[Inline::Text({text:?})]")
}

/// What is on the wire or in code.
pub fn code(text: &str) -> String {
    format!("&[Inline::Code({text:?})]")
}

/// A section of an RFC: “§5.2”, or “RFC 7692 §7.1” where it is not of RFC 6455.
pub fn section(rfc: u16, section: &str) -> String {
    let shown = match rfc {
        6455 => format!("§{section}"),
        other => format!("RFC {other} §{section}"),
    };
    format!("&[Inline::Link(To::Section({rfc}, {section:?}), &[Inline::Text({shown:?})])]")
}

/// A link to a page of the site, whose words are code.
pub fn page_code(path: &str, text: &str) -> String {
    format!("&[Inline::Link(To::Page({path:?}), {})]", code(text))
}

/// A link to a page of the site.
pub fn page(path: &str, text: &str) -> String {
    format!("&[Inline::Link(To::Page({path:?}), {})]", words(text))
}

/// A link to elsewhere.
pub fn web(link: &str, text: &str) -> String {
    format!("&[Inline::Link(To::Web({link:?}), {})]", words(text))
}

/// A name in an address: small letters, digits and hyphens.
pub fn id(kind: &str, name: &str) -> String {
    let mut id = kind.to_owned();
    let plain = name.to_lowercase();
    for part in plain.split(|c: char| !c.is_ascii_alphanumeric()) {
        if !part.is_empty() {
            id.push('-');
            id.push_str(part);
        }
    }
    id
}

/// A table whose rows have names in an address.
pub struct Table {
    /// Its name in a chapter and in the style.
    pub name: &'static str,
    /// What it is called aloud, and on paper.
    pub caption: &'static str,
    /// The heads of the columns.
    pub head: &'static [&'static str],
    /// The rows: the name in an address, and the cells.
    pub rows: Vec<(String, Vec<String>)>,
}

impl Table {
    /// The block that shows it.
    pub fn block(&self) -> String {
        let Table {
            name,
            caption,
            head,
            rows,
        } = self;
        let mut out = format!(
            "Block::Drawn(Drawing(|| {{ static TABLE: Entries = Entries {{ name: {name:?}, caption: {caption:?}, head: &{head:?}, rows: &["
        );
        for (id, cells) in rows {
            let _ = write!(
                out,
                "Row {{ id: {id:?}, cells: &[{}] }}, ",
                cells.join(", ")
            );
        }
        out.push_str("] }; TABLE.view() }))");
        out
    }
}
