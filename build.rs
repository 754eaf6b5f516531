//! Checks the content and turns it into code, so that the page carries no parser and cannot meet a broken question.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

#[path = "build/broken.rs"]
mod broken;
#[path = "build/browsers.rs"]
mod browsers;
#[path = "build/errors.rs"]
mod errors;
#[path = "build/figures.rs"]
mod figures;
#[path = "build/glossary.rs"]
mod glossary;
#[path = "build/inline.rs"]
mod inline;
// What the close codes mean stands in one place, for their instrument and for the reference, which draws no ranges.
#[allow(dead_code)]
#[path = "src/instruments/close_codes/meanings.rs"]
mod meanings;
#[path = "build/predictions.rs"]
mod predictions;
#[path = "build/prose.rs"]
mod prose;
#[path = "build/questions.rs"]
mod questions;
#[path = "build/reference.rs"]
mod reference;
#[path = "build/reference_cells.rs"]
mod reference_cells;
#[path = "build/reference_data.rs"]
mod reference_data;
#[path = "build/search.rs"]
mod search;
#[path = "build/sections.rs"]
mod sections;
#[path = "build/site.rs"]
mod site;

const CONTENT: &str = "content";

fn main() {
    let meanings = "src/instruments/close_codes/meanings.rs";
    for path in ["build.rs", "build", CONTENT, meanings] {
        println!("cargo::rerun-if-changed={path}");
    }
    if let Err(problems) = run() {
        for problem in problems {
            println!("cargo::error={problem}");
        }
    }
}

fn run() -> Result<(), Vec<String>> {
    let site = site::read(&read(site::FILE)?)?;
    let pages: Vec<_> = site.pages().cloned().collect();
    let files = question_files()?;
    write("questions.rs", &questions::generate(&files, &pages)?)?;
    let program = questions::program(&files, &pages)?;
    write("questions_early.rs", &program.early)?;
    write("questions_late.rs", &program.late)?;
    write("question_ids.rs", &program.ids)?;
    let counts = questions::counts(&files, &pages);
    let of = questions::chapters(&counts, &pages);
    write("question_chapters.rs", &of)?;
    write(
        "errors.rs",
        &errors::generate(&read(errors::FILE)?, &pages)?,
    )?;
    let glossary = glossary::read(&read(glossary::FILE)?, &pages)?;
    let data = reference_data::read(read)?;
    let reference = reference::tables(&data, &glossary, &pages)?;
    let chapters = chapters(&site, &pages, &glossary, reference.blocks)?;
    let embedded = chapters
        .iter()
        .map(|(route, chapter)| (route.clone(), chapter.instruments.clone()))
        .collect();
    let contents = chapters
        .iter()
        .map(|(route, chapter)| (route.clone(), chapter.contents.clone()))
        .collect();
    write(
        "pages.rs",
        &site::table(&site, &embedded, &contents, &counts),
    )?;
    let mut found = search::pages(&site, &contents, &embedded);
    found.extend(reference.found);
    for file in &files {
        let name = format!("{}/{}.toml", questions::FOLDER, file.chapter);
        found.extend(search::questions(&name, &file.text)?);
    }
    found.extend(search::errors(&read(errors::FILE)?)?);
    write("search.rs", &search::code(&found))?;
    let codes = chapters
        .into_iter()
        .map(|(route, chapter)| (route, chapter.code))
        .collect();
    write("registry.rs", &site::loaders(&site, &codes, &embedded))
}

/// The files of questions, by their names.
fn question_files() -> Result<Vec<questions::File>, Vec<String>> {
    let folder = questions::FOLDER;
    let said = |e: std::io::Error| vec![format!("{folder}: {e}")];
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(said)? {
        let path = entry.map_err(said)?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let chapter = path.file_stem().unwrap_or_default();
            files.push(questions::File {
                chapter: chapter.to_string_lossy().into_owned(),
                text: read(&path.to_string_lossy())?,
            });
        }
    }
    files.sort_by(|one, other| one.chapter.cmp(&other.chapter));
    Ok(files)
}

/// Every chapter in Markdown, by the route of its page.
fn chapters(
    site: &site::Site,
    pages: &[site::Page],
    glossary: &[glossary::Term],
    mut blocks: BTreeMap<String, String>,
) -> Result<BTreeMap<String, prose::Generated>, Vec<String>> {
    let instruments: Vec<_> = site.instruments.keys().cloned().collect();
    let browsers = browsers::read(&read(browsers::FILE)?)?.blocks();
    blocks.insert("browser-results".to_owned(), browsers);
    let asked = predictions::read(&read(predictions::FILE)?, pages)?;
    write("predictions.rs", &predictions::all(&asked))?;
    let figures = figures::read(&read(figures::FILE)?)?;
    let known = prose::Known {
        pages,
        instruments: &instruments,
        glossary,
        blocks: &blocks,
        predictions: &asked,
    };
    let (mut chapters, mut problems) = (BTreeMap::new(), Vec::new());
    for page in pages {
        let Some(name) = &page.chapter else { continue };
        let file = format!("{CONTENT}/{name}");
        let checked = read(&file).and_then(|text| {
            let without_source = figures::problems(name, &text, &figures);
            if !without_source.is_empty() {
                return Err(without_source);
            }
            prose::generate(&file, &text, page.ending, &known)
        });
        match checked {
            Ok(chapter) => {
                chapters.insert(page.route.clone(), chapter);
            }
            Err(mut found) => problems.append(&mut found),
        }
    }
    let used: Vec<_> = chapters.values().flat_map(|c| &c.predictions).collect();
    let unused = asked.keys().filter(|name| !used.contains(name));
    problems.extend(
        unused.map(|name| format!("{}: no chapter has {{{{ask:{name}}}}}", predictions::FILE)),
    );
    if problems.is_empty() {
        Ok(chapters)
    } else {
        Err(problems)
    }
}

fn write(name: &str, code: &str) -> Result<(), Vec<String>> {
    let out = env::var("OUT_DIR").map_err(|e| vec![format!("OUT_DIR: {e}")])?;
    let out = Path::new(&out).join(name);
    fs::write(&out, code).map_err(|e| vec![format!("{}: {e}", out.display())])
}

fn read(path: &str) -> Result<String, Vec<String>> {
    fs::read_to_string(path).map_err(|e| vec![format!("{path}: {e}")])
}
