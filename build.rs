//! Checks the content and turns it into code, so that the page carries no parser and cannot meet a broken question.

use std::path::Path;
use std::{env, fs};

#[path = "build/quiz.rs"]
mod quiz;
#[path = "build/sections.rs"]
mod sections;

const ROUTES: &str = "src/routes.rs";

fn main() {
    for path in ["build.rs", "build", ROUTES, quiz::FILE] {
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
    let code = quiz::generate(&read(quiz::FILE)?, &pages)?;
    let out = env::var("OUT_DIR").map_err(|e| vec![format!("OUT_DIR: {e}")])?;
    let out = Path::new(&out).join("quiz.rs");
    fs::write(&out, code).map_err(|e| vec![format!("{}: {e}", out.display())])
}

fn read(path: &str) -> Result<String, Vec<String>> {
    fs::read_to_string(path).map_err(|e| vec![format!("{path}: {e}")])
}
