//! The browser that the end-to-end tests drive, and the packages that drive it.

use crate::failure::{Context, Failure, Result};
use crate::{apt, paths, process, tools, ui};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Programs that are Chromium, in order of preference.
const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// Where the installers of other systems put it.
const PLACES: &[&str] = &[
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/// A browser for the tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Browser {
    /// This program.
    Program(PathBuf),
    /// The one that Playwright has installed and finds by itself.
    Playwrights,
}

/// The folder of the end-to-end tests.
pub fn tests() -> PathBuf {
    paths::root().join("tests")
}

/// Whether there are end-to-end tests.
pub fn has_tests() -> bool {
    tests().join("package.json").is_file()
}

/// A program of Node's, run in the tests' folder.
fn node_program(name: &str) -> Result<Command> {
    let missing = |what: String| {
        Failure::new(what).advise(format!(
            "Install Node {} or newer, from nodejs.org or your distribution; the browser tests run on it.",
            tools::pins::NODE
        ))
    };
    if tools::node().is_none() {
        return Err(missing(match tools::any_node() {
            Some(old) => format!("Node {} is too old.", old.version),
            None => "Node is missing.".into(),
        }));
    }
    let program = process::which(name)
        .ok_or_else(|| missing(format!("{name}, which comes with Node, is missing.")))?;
    let mut command = process::command(program);
    command.current_dir(tests());
    Ok(command)
}

/// Playwright's command line.
pub fn playwright() -> Result<Command> {
    let mut npx = node_program("npx")?;
    npx.args(["--no-install", "playwright"]);
    Ok(npx)
}

/// Checks the types of the tests, which Playwright only strips.
pub fn check_types() -> Result {
    if !tests().join("tsconfig.json").is_file() {
        return Ok(());
    }
    let mut tsc = node_program("npx")?;
    process::run(tsc.args(["--no-install", "tsc", "--noEmit"])).map_err(|failure| {
        failure.advise("The types of the browser tests do not fit; tsc says where above.")
    })
}

/// Whether the packages of the tests are those of the lock file.
pub fn has_packages() -> bool {
    let stamp = fs::read_to_string(packages_stamp());
    matches!((stamp, packages_wanted()), (Ok(have), Ok(want)) if have == want)
}

fn packages_stamp() -> PathBuf {
    tests().join("node_modules").join(".duplex-stamp")
}

fn packages_wanted() -> Result<String> {
    let mut hash = DefaultHasher::new();
    for file in ["package.json", "package-lock.json"] {
        let file = tests().join(file);
        fs::read(&file)
            .context(|| format!("Cannot read {}", file.display()))
            .map_err(|f| f.advise("Run `npm install` in tests to make it, and commit it."))?
            .hash(&mut hash);
    }
    Ok(format!("{:016x}", hash.finish()))
}

/// Installs the packages of the tests, if they are not those of the lock file.
pub fn get_packages() -> Result {
    let mut npm = node_program("npm")?;
    let wanted = packages_wanted()?;
    let _lock = tools::Lock::take(&paths::notes()?.join("npm"), "the packages of the tests")?;
    if has_packages() {
        return Ok(());
    }
    ui::doing(
        "Installing the packages of the browser tests with npm",
        Some("about 15 seconds"),
    );
    npm.args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    process::run_quietly(&mut npm, "npm ci").map_err(|failure| match process::interrupted() {
        Some(_) => failure,
        None => failure.advise(
            "This step downloads what tests/package-lock.json names; it needs the network. Run this again with one.",
        ),
    })?;
    let stamp = packages_stamp();
    if let Some(folder) = stamp.parent() {
        // Without a single dependency npm makes no folder.
        fs::create_dir_all(folder).context(|| format!("Cannot create {}", folder.display()))?;
    }
    fs::write(&stamp, wanted).context(|| format!("Cannot write {}", stamp.display()))
}

/// A browser, if one is here.
pub fn find() -> Result<Option<Browser>> {
    if let Some(program) = std::env::var_os("DUPLEX_CHROMIUM").filter(|p| !p.is_empty()) {
        let program = PathBuf::from(program);
        if program.is_file() {
            return Ok(Some(Browser::Program(program)));
        }
        return Err(Failure::new(format!(
            "DUPLEX_CHROMIUM names {}, which is not a file.",
            program.display()
        ))
        .advise("Set it to the program of a Chromium, or unset it."));
    }
    let on_path = NAMES.iter().find_map(|name| process::which(name));
    let places = || PLACES.iter().map(PathBuf::from).find(|p| p.is_file());
    if let Some(program) = on_path.or_else(places) {
        return Ok(Some(Browser::Program(program)));
    }
    Ok(playwright_has_one().then_some(Browser::Playwrights))
}

fn playwright_has_one() -> bool {
    if !has_packages() {
        return false;
    }
    let Ok(mut command) = playwright() else {
        return false;
    };
    command.args(["install", "--dry-run", "chromium"]);
    let said = process::output(&mut command).unwrap_or_default();
    let folders = install_locations(&said);
    !folders.is_empty()
        && folders
            .iter()
            .all(|f| f.join("INSTALLATION_COMPLETE").is_file())
}

/// The folders in what `playwright install --dry-run` says.
fn install_locations(said: &str) -> Vec<PathBuf> {
    said.lines()
        .filter_map(|line| line.trim().strip_prefix("Install location:"))
        .map(|folder| PathBuf::from(folder.trim()))
        .collect()
}

/// A browser, installed first if it has to be. Needs the packages of the tests.
pub fn get() -> Result<Browser> {
    if let Some(browser) = find()? {
        return Ok(browser);
    }
    ui::doing(
        "Getting Chromium from Playwright, into its own cache",
        Some("about 1 minute, 150 MB"),
    );
    let downloaded = process::run(playwright()?.args(["install", "chromium"]));
    stop_if_interrupted(&downloaded)?;
    if downloaded.is_ok() {
        if apt::is_ours() {
            ui::doing(
                "Getting the libraries that Chromium needs with apt-get",
                Some("about 1 minute"),
            );
            let libraries = process::run(playwright()?.args(["install-deps", "chromium"]));
            stop_if_interrupted(&libraries)?;
            if libraries.is_err() {
                // Most machines have them already. If not, the tests say which are missing.
                ui::warn("they could not be installed; Chromium may not start.");
            }
        }
        return Ok(Browser::Playwrights);
    }
    if apt::is_ours() {
        ui::doing(
            "Playwright's Chromium could not be had; installing the distribution's with apt-get",
            Some("about 1 minute, 400 MB"),
        );
        let installed = apt::install(&["chromium", "fonts-dejavu-core"]);
        stop_if_interrupted(&installed)?;
        if let (Ok(()), Some(browser)) = (&installed, find()?) {
            return Ok(browser);
        }
    }
    Err(Failure::new("There is no Chromium for the browser tests, and it could not be downloaded.").advise(
        "This step needs the network. Install Chromium or Chrome (on Debian: apt-get install chromium) and run this \
         again, or set DUPLEX_CHROMIUM to its program.",
    ))
}

fn stop_if_interrupted(result: &Result) -> Result {
    match (result, process::interrupted()) {
        (Err(failure), Some(_)) => Err(Failure {
            message: failure.message.clone(),
            code: failure.code,
        }),
        _ => Ok(()),
    }
}

/// What a browser says its version is. Chrome on Windows opens a window instead, so it is not asked.
pub fn version(program: &Path) -> Option<String> {
    if cfg!(windows) {
        return None;
    }
    tools::version_in(&process::output(
        process::command(program).arg("--version"),
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn playwright_says_where_it_installs() {
        let said = "browser: chromium version 140.0\n  Install location:    /c/ms playwright/chromium-1\n  \
                    Download url:        x\n\nbrowser: ffmpeg\n  Install location:    /c/ffmpeg-1\n";
        assert_eq!(
            install_locations(said),
            [
                PathBuf::from("/c/ms playwright/chromium-1"),
                "/c/ffmpeg-1".into()
            ]
        );
        assert!(install_locations("error").is_empty());
    }
}
