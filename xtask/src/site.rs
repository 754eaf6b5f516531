//! Builds the site: the release with the right tools, then compression. Does nothing when nothing has changed.

use crate::failure::{Context, Failure, Result};
use crate::timings::timed;
use crate::tools::{self, pins};
use crate::{compress, html, paths, process, release, ui};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// What in the clone the page is not made from. Everything else counts as an input: a superfluous build costs seconds,
/// a missing one serves yesterday's page.
const NOT_INPUTS: &[&str] = &[
    "brief",
    "crates/server",
    "design",
    "dist",
    "node_modules",
    "target",
    "tests",
    "xtask",
];

/// Brings `dist` up to date. With `anew`, builds even if nothing seems to have changed.
pub fn build(anew: bool) -> Result {
    let root = paths::root();
    let dist = paths::dist();
    if !root.join("index.html").is_file() {
        return Err(Failure::new(format!(
            "There is no page to build: {} is missing.",
            root.join("index.html").display()
        )));
    }
    let stamp = paths::notes()?.join("site");
    let _lock = tools::Lock::take(&stamp, "the site")?;
    let inputs = inputs(root)?;
    if !anew && is_current(&stamp, &inputs, &dist) {
        ui::say("The site in dist is up to date.");
        return Ok(());
    }

    let tools = release::Tools::get()?;
    fetch()?;
    let _ = fs::remove_file(&stamp);
    let optimised = release::build(&tools, &dist)?;
    timed(
        "compress",
        "Compressing the site with Brotli and gzip",
        "about 10 seconds",
        || {
            let _ticker = ui::Ticker::start("compressing");
            compress::precompress(&dist)
        },
    )?;
    let text = format!("{}\n{}\n", inputs.with(optimised), listing(&dist)?);
    fs::write(&stamp, text).context(|| format!("Cannot write {}", stamp.display()))
}

/// Downloads the libraries, so that what follows can do without a network.
pub fn fetch() -> Result {
    let mut fetch = process::cargo();
    fetch.arg("fetch").current_dir(paths::root());
    if std::env::var_os("CI").is_some() {
        // What is checked is what the lock file says.
        fetch.arg("--locked");
    }
    // Cargo says nothing when all is there.
    process::run(&mut fetch).map_err(|failure| match process::interrupted() {
        Some(_) => failure,
        None => failure.advise(
            "This step downloads the libraries that Cargo.lock names; it needs the network the first time.",
        ),
    })
}

/// A fingerprint of everything the page is made from.
struct Inputs(u64);

impl Inputs {
    /// As it is written down, with whether wasm-opt was used.
    fn with(&self, optimised: bool) -> String {
        format!(
            "{:016x}{}",
            self.0,
            if optimised { "" } else { " without wasm-opt" }
        )
    }
}

fn inputs(root: &Path) -> Result<Inputs> {
    let mut hash = DefaultHasher::new();
    hash_files(root, &mut hash)?;
    // The compiler and the tools are inputs too, and what the environment tells them.
    process::output(process::command("rustc").arg("--version").current_dir(root)).hash(&mut hash);
    (pins::WASM_SPLIT, pins::WASM_OPT).hash(&mut hash);
    let mut settings: Vec<_> = std::env::vars()
        .filter(|(name, _)| {
            name.contains("RUSTFLAGS")
                || name.starts_with("CARGO_PROFILE_")
                || name == html::ADDRESS
        })
        .collect();
    settings.sort();
    settings.hash(&mut hash);
    Ok(Inputs(hash.finish()))
}

/// The files that the page is made from, sorted.
fn input_files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let cannot = || format!("Cannot read {}", folder.display());
        for entry in fs::read_dir(&folder).context(cannot)? {
            let path = entry.context(cannot)?.path();
            if !is_input(root, &path) {
                continue;
            }
            // Cargo marks its target folders, whatever they are called.
            if !path.is_dir() {
                found.push(path);
            } else if !path.join("CACHEDIR.TAG").exists() {
                folders.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_input(root: &Path, path: &Path) -> bool {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let excluded = NOT_INPUTS.iter().any(|not| inside == Path::new(not));
    // Hidden files are git's and those of editors; cargo's configuration is the exception.
    let hidden = name.starts_with('.') && inside != Path::new(".cargo");
    let about_the_project = inside.components().count() == 1 && name.ends_with(".md");
    !excluded && !hidden && !about_the_project
}

fn hash_files(root: &Path, hash: &mut DefaultHasher) -> Result {
    for file in input_files(root)? {
        let content = fs::read(&file).context(|| format!("Cannot read {}", file.display()))?;
        file.strip_prefix(root).unwrap_or(&file).hash(hash);
        content.hash(hash);
    }
    Ok(())
}

/// A fingerprint of what lies in a folder: names, sizes and times. It tells whether anything else has written there.
fn listing(folder: &Path) -> Result<String> {
    let mut hash = DefaultHasher::new();
    for file in compress::files(folder)? {
        let about = fs::metadata(&file).context(|| format!("Cannot read {}", file.display()))?;
        file.strip_prefix(folder).unwrap_or(&file).hash(&mut hash);
        (about.len(), about.modified().ok()).hash(&mut hash);
    }
    Ok(format!("{:016x}", hash.finish()))
}

/// Whether `dist` is as we left it and was made from what is here now.
fn is_current(stamp: &Path, inputs: &Inputs, dist: &Path) -> bool {
    let Ok(text) = fs::read_to_string(stamp) else {
        return false;
    };
    let mut lines = text.lines();
    let made_from = lines.next().unwrap_or_default();
    let same_inputs = made_from == inputs.with(true)
        // Without wasm-opt is as good as it gets only as long as there is no way to get it.
        || (made_from == inputs.with(false) && tools::node().is_none());
    same_inputs && listing(dist).is_ok_and(|now| lines.next() == Some(&now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(root: &Path) -> u64 {
        let mut hash = DefaultHasher::new();
        hash_files(root, &mut hash).unwrap();
        hash.finish()
    }

    #[test]
    fn the_fingerprint_changes_with_what_the_page_is_made_from_and_only_then() {
        let root = paths::temporary("inputs");
        let folders = [
            ".cargo",
            ".git",
            "crates/server/src",
            "crates/wire/src",
            "elsewhere",
            "new-folder",
            "src/deep",
            "tests",
        ];
        for folder in folders {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("src/deep/a.rs"), "a").unwrap();
        let mut last = fingerprint(&root);
        let mut changed = |file: &str, content: &str| {
            fs::write(root.join(file), content).unwrap();
            let now = fingerprint(&root);
            std::mem::replace(&mut last, now) != now
        };
        assert!(changed("src/deep/a.rs", "b"));
        assert!(!changed("src/deep/a.rs", "b"), "the same content again");
        assert!(changed("src/deep/c.rs", ""), "an empty file");
        assert!(changed("crates/wire/src/lib.rs", "a"));
        assert!(changed("Cargo.lock", "a"));
        assert!(changed(".cargo/config.toml", "a"));
        assert!(changed("new-folder/a", "a"));
        assert!(!changed("crates/server/src/main.rs", "a"));
        assert!(!changed("tests/a.spec.ts", "a"));
        assert!(!changed("README.md", "a"));
        assert!(!changed("src/.a.rs.swp", "a"));
        assert!(!changed(".git/index", "a"));
        assert!(!changed("elsewhere/CACHEDIR.TAG", "a"), "a target folder");
        assert!(!changed("elsewhere/a", "a"));
        fs::rename(root.join("src/deep/c.rs"), root.join("src/deep/d.rs")).unwrap();
        assert_ne!(fingerprint(&root), last, "another name");
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_site_is_current_until_its_inputs_or_its_files_change() {
        let root = paths::temporary("current");
        let (stamp, dist) = (root.join("stamp"), root.join("dist"));
        fs::create_dir(&dist).unwrap();
        fs::write(dist.join("index.html"), "a").unwrap();
        let inputs = Inputs(1);
        assert!(!is_current(&stamp, &inputs, &dist), "never built");
        let text = format!("{}\n{}\n", inputs.with(true), listing(&dist).unwrap());
        fs::write(&stamp, text).unwrap();
        assert!(is_current(&stamp, &inputs, &dist));
        assert!(!is_current(&stamp, &Inputs(2), &dist), "other inputs");
        fs::write(dist.join("index.html"), "changed").unwrap();
        assert!(!is_current(&stamp, &inputs, &dist), "written by another");
        fs::remove_dir_all(&dist).unwrap();
        assert!(!is_current(&stamp, &inputs, &dist), "removed");
        fs::remove_dir_all(root).unwrap();
    }
}
