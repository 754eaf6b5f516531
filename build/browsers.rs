//! Reads `content/browsers.toml`, what browsers were seen to do, and writes it as a table of a chapter. It runs in the
//! build script; `tests/prose_content.rs` tests it.

use serde::Deserialize;

/// The file that this is about.
pub const FILE: &str = "content/browsers.toml";

/// What was measured.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// When, for people: “28 November 2026”.
    pub date: String,
    /// On what system.
    pub system: String,
    /// Which browsers, in the order of the columns.
    pub browser: Vec<Browser>,
    /// What was tried, and what came of it.
    pub case: Vec<Case>,
}

/// A browser.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Browser {
    /// Its name, with the number that people know: “Chromium 156”.
    pub name: String,
    /// Its whole version.
    pub version: String,
}

/// Something that was tried.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What was done.
    pub what: String,
    /// What each browser did, in their order.
    pub did: Vec<String>,
}

/// Reads and checks the file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(text: &str) -> Result<Measured, Vec<String>> {
    let measured: Measured =
        toml::from_str(text).map_err(|e| vec![format!("{FILE}: {}", e.message())])?;
    let browsers = measured.browser.len();
    let wrong: Vec<String> = measured
        .case
        .iter()
        .filter(|case| case.did.len() != browsers)
        .map(|case| {
            format!(
                "{FILE}: “{}” has {} results for {browsers} browsers",
                case.what,
                case.did.len()
            )
        })
        .collect();
    if wrong.is_empty() {
        Ok(measured)
    } else {
        Err(wrong)
    }
}

impl Measured {
    /// The blocks that show it: a table, and a line about where it is from.
    pub fn blocks(&self) -> String {
        let head = row("What was tried", self.browser.iter().map(|b| &b.name));
        let rows: Vec<String> = self
            .case
            .iter()
            .map(|case| row(&case.what, case.did.iter()))
            .collect();
        let versions: Vec<String> = self
            .browser
            .iter()
            .map(|b| format!("{} ({})", b.name, b.version))
            .collect();
        let source = format!(
            "Measured on {} with {} on {}.",
            self.date,
            versions.join(" and "),
            self.system
        );
        format!(
            "Block::Table {{ head: {head}, rows: &[{}] }}, Block::Paragraph({})",
            rows.join(", "),
            cell(&source)
        )
    }
}

/// Words as a line.
fn cell(words: &str) -> String {
    format!("&[Inline::Text({words:?})]")
}

/// A row of a table.
fn row<'a>(first: &str, others: impl Iterator<Item = &'a String>) -> String {
    let others = others.map(|words| cell(words));
    let cells: Vec<String> = std::iter::once(cell(first)).chain(others).collect();
    format!("&[{}]", cells.join(", "))
}
