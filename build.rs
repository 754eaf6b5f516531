//! Checks the content and turns it into code, so that the page carries no parser and cannot meet a broken question.

use std::path::Path;
use std::{env, fs};

#[path = "build/prose.rs"]
mod prose;
#[path = "build/quiz.rs"]
mod quiz;
#[path = "build/sections.rs"]
mod sections;

const ROUTES: &str = "src/routes.rs";
const INSTRUMENTS: &str = "src/instruments/mod.rs";
const CONTENT: &str = "content";
/// Pages that are no chapter in Markdown.
const MADE_IN_CODE: [&str; 2] = ["/live", "/quiz"];

fn main() {
    for path in ["build.rs", "build", ROUTES, INSTRUMENTS, CONTENT] {
        println!("cargo::rerun-if-changed={path}");
    }
    if let Err(problems) = run() {
        for problem in problems {
            println!("cargo::error={problem}");
        }
    }
}

fn run() -> Result<(), Vec<String>> {
    let pages = quiz::pages(&read(ROUTES)?);
    write("quiz.rs", &quiz::generate(&read(quiz::FILE)?, &pages)?)?;
    write("chapters.rs", &chapters(&pages)?)
}

/// Every chapter in Markdown. `content/frames.md` is the page at `/frames`, `content/home.md` the one at `/`.
fn chapters(pages: &[quiz::Page]) -> Result<String, Vec<String>> {
    let entries = fs::read_dir(CONTENT).map_err(|e| vec![format!("{CONTENT}: {e}")])?;
    let mut files: Vec<_> = entries
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".md"))
        .collect();
    files.sort();
    let path = |name: &str| match name.trim_end_matches(".md") {
        "home" => "/".to_owned(),
        stem => format!("/{stem}"),
    };
    let built: Vec<_> = files
        .iter()
        .map(|name| path(name))
        .chain(MADE_IN_CODE.map(str::to_owned))
        .collect();
    let instruments = prose::instruments(&read(INSTRUMENTS)?);
    let known = prose::Known {
        pages,
        built: &built,
        instruments: &instruments,
    };
    let (mut code, mut problems) = (String::from("&["), Vec::new());
    for name in &files {
        let file = format!("{CONTENT}/{name}");
        let Some(page) = pages.iter().find(|page| page.path == path(name)) else {
            problems.push(format!("{file}: {ROUTES} has no page at {}", path(name)));
            continue;
        };
        match prose::generate(&file, &read(&file)?, &known) {
            Ok(chapter) => code.push_str(&format!("(Route::{}, {chapter}), ", page.variant)),
            Err(mut found) => problems.append(&mut found),
        }
    }
    code.push(']');
    if problems.is_empty() {
        Ok(code)
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
