//! What each page transfers, and what it may.

use crate::failure::{Context, Failure, Result};
use crate::html::Transfer;
use crate::{compress, paths, ui};
use std::collections::BTreeMap;
use std::fs;

/// Bytes until a page's words can be read, by Brotli.
const WORDS: u64 = 30_000;
/// Bytes until the first instrument of a page works.
const FIRST: u64 = 300_000;
/// Requests until the first instrument of a page works.
const FIRST_REQUESTS: usize = 25;
/// Bytes of a whole page with all its instruments.
const WHOLE: u64 = 420_000;

/// Bytes of the program's base, which every page needs.
const BASE: u64 = 200_000;

/// What a page transfers, in bytes by Brotli.
#[derive(Debug, Default, PartialEq, Eq)]
struct Row {
    path: String,
    html: u64,
    styles: u64,
    script: u64,
    /// WebAssembly until the first instrument works, and of the whole page.
    first_wasm: u64,
    whole_wasm: u64,
    other: u64,
    requests: usize,
}

impl Row {
    fn of(page: &Transfer, sent: &BTreeMap<String, u64>) -> Row {
        let mut row = Row {
            path: page.path.clone(),
            requests: page.words.len() + page.first.len(),
            ..Row::default()
        };
        for file in page.words.iter().chain(&page.first) {
            let size = sent.get(file).copied().unwrap_or_default();
            match file.rsplit('.').next() {
                Some("html") => row.html += size,
                Some("css") => row.styles += size,
                Some("js") => row.script += size,
                Some("wasm" | "bin") => row.first_wasm += size,
                _ => row.other += size,
            }
        }
        let rest: u64 = page.rest.iter().filter_map(|file| sent.get(file)).sum();
        row.whole_wasm = row.first_wasm + rest;
        row
    }

    fn words(&self) -> u64 {
        self.html + self.styles
    }

    fn first(&self) -> u64 {
        self.words() + self.script + self.first_wasm + self.other
    }

    fn whole(&self) -> u64 {
        self.first() - self.first_wasm + self.whole_wasm
    }

    /// What is over its budget, in a sentence each.
    fn over(&self) -> Vec<String> {
        let mut over = Vec::new();
        let mut hold = |what: &str, is: u64, budget: u64| {
            if is > budget {
                over.push(format!(
                    "{}: {what} takes {}, and {} is allowed.",
                    self.path,
                    ui::bytes(is),
                    ui::bytes(budget)
                ));
            }
        };
        hold("what is needed to read its words", self.words(), WORDS);
        hold(
            "what is needed until its first instrument works",
            self.first(),
            FIRST,
        );
        hold("the whole page", self.whole(), WHOLE);
        if self.requests > FIRST_REQUESTS {
            over.push(format!(
                "{}: its first instrument works after {} requests, and {FIRST_REQUESTS} are allowed.",
                self.path, self.requests
            ));
        }
        over
    }
}

/// The pages of the built site and the size of the program's base.
fn measured() -> Result<(Vec<Row>, u64)> {
    let dist = paths::dist();
    let sent: BTreeMap<String, u64> = compress::sizes(&dist)?
        .into_iter()
        .map(|file| {
            let name = file.path.display().to_string().replace('\\', "/");
            (name, file.brotli.unwrap_or(file.raw))
        })
        .collect();
    let file = dist.join("pages.json");
    let text = fs::read_to_string(&file).context(|| format!("Cannot read {}", file.display()))?;
    let pages: Vec<Transfer> = serde_json::from_str(&text).map_err(|e| {
        Failure::new(format!("{} is not understood: {e}", file.display()))
            .advise("`cargo xtask build` writes it anew.")
    })?;
    let base = sent
        .iter()
        // The worker's program is no part of it.
        .filter(|(name, _)| name.ends_with(".wasm") && name.starts_with("duplex-"))
        .map(|(_, size)| size)
        .sum();
    let rows = pages.iter().map(|page| Row::of(page, &sent)).collect();
    Ok((rows, base))
}

/// Prints what each page transfers.
pub fn print() -> Result {
    let (pages, base) = measured()?;
    let mut rows = vec![
        [
            "page",
            "HTML",
            "styles",
            "script",
            "wasm",
            "requests",
            "words",
            "first instrument",
            "whole page",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    for page in &pages {
        rows.push(vec![
            page.path.clone(),
            ui::bytes(page.html),
            ui::bytes(page.styles),
            ui::bytes(page.script),
            ui::bytes(page.first_wasm),
            page.requests.to_string(),
            ui::bytes(page.words()),
            ui::bytes(page.first()),
            ui::bytes(page.whole()),
        ]);
    }
    ui::print("What a first visit transfers, by Brotli:");
    for line in ui::table(&rows, &[1, 2, 3, 4, 5, 6, 7, 8]) {
        ui::print(line);
    }
    ui::print(format!(
        "allowed: words {}, first instrument {} and {FIRST_REQUESTS} requests, whole page {}; base {} of {}",
        ui::bytes(WORDS),
        ui::bytes(FIRST),
        ui::bytes(WHOLE),
        ui::bytes(base),
        ui::bytes(BASE),
    ));
    Ok(())
}

/// Fails where a page of the built site is over its budget.
pub fn hold() -> Result {
    let (pages, base) = measured()?;
    let mut over: Vec<String> = pages.iter().flat_map(Row::over).collect();
    if base > BASE {
        over.push(format!(
            "The base of the program takes {}, and {} is allowed.",
            ui::bytes(base),
            ui::bytes(BASE)
        ));
    }
    if over.is_empty() {
        return Ok(());
    }
    Err(Failure::new(over.join("\n")).advise(
        "What a page does not show, it must not load: see “How the page arrives” in ARCHITECTURE.md.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(wasm: u64, rest: u64) -> Row {
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        let page = Transfer {
            path: "/quiz".into(),
            title: String::new(),
            words: names(&["frames/index.html", "app.css"]),
            first: names(&["duplex.js", "duplex.wasm", "frames.bin"]),
            rest: names(&["more.bin"]),
        };
        let sizes = [
            ("frames/index.html", 9_000),
            ("app.css", 4_000),
            ("duplex.js", 10_000),
            ("duplex.wasm", wasm),
            ("frames.bin", 50_000),
            ("more.bin", rest),
        ];
        let sent = sizes.map(|(name, size)| (name.to_owned(), size)).into();
        Row::of(&page, &sent)
    }

    #[test]
    fn everything_is_counted_where_it_belongs() {
        let row = page(190_000, 20_000);
        assert_eq!(row.words(), 13_000);
        assert_eq!(row.first(), 13_000 + 10_000 + 190_000 + 50_000);
        assert_eq!(row.whole(), row.first() + 20_000);
        assert_eq!(row.requests, 5);
        assert_eq!(row.over(), [""; 0]);
    }

    #[test]
    fn what_is_too_much_is_named() {
        let over = page(240_000, 200_000).over();
        assert_eq!(over.len(), 2, "{over:?}");
        assert!(over[0].starts_with("/quiz: what is needed until its first instrument works"));
        assert!(over[1].starts_with("/quiz: the whole page"));
    }
}
