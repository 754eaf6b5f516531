//! `cargo xtask test`: everything that CI checks, one step after the other, until one fails.

use crate::arrows;
use crate::browser::{self, Browser};
use crate::failure::{Failure, Result};
use crate::serve::{Profile, build_server};
use crate::timings::timed;
use crate::{budget, paths, process, redis, release, site, tools, ui};
use std::ffi::OsString;
use std::process::Command;
use std::time::{Duration, Instant};

/// One thing that is checked.
pub struct Step {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it does, in a few words.
    pub what: &'static str,
    /// How long it takes the first time.
    about: &'static str,
    /// What to do when it fails.
    advice: &'static str,
    run: fn(&Options) -> Result,
}

/// The packages that run in the page, so on WebAssembly.
const IN_THE_PAGE: &[&str] = &[
    "duplex",
    "wire",
    "sim",
    "notation",
    "exercises",
    "protocol",
    "duplex-worker",
];

/// The steps, in the order in which they are run.
pub const STEPS: &[Step] = &[
    Step {
        name: "tools",
        what: "Getting what is missing",
        about: "seconds when all is here, up to 10 minutes when nothing is",
        advice: "`cargo xtask doctor` shows what is here and what is not.",
        run: get_tools,
    },
    Step {
        name: "fmt",
        what: "Formatting",
        about: "1 second",
        advice: "Run `cargo fmt`.",
        run: |_| cargo(&["fmt", "--all", "--check"]),
    },
    Step {
        name: "arrows",
        what: "Which room of the house knows which",
        about: "1 second",
        advice: "ARCHITECTURE.md says which rooms may know which; xtask/src/arrows.rs has the table.",
        run: |_| arrows::check(),
    },
    Step {
        name: "clippy",
        what: "Clippy, on this machine's target",
        about: "about 2 minutes the first time",
        advice: "Mend what clippy shows above.",
        run: |_| {
            cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])
        },
    },
    Step {
        name: "clippy-wasm",
        what: "Clippy, on WebAssembly, for what runs in the page",
        about: "about 1 minute the first time",
        advice: "Mend what clippy shows above; the page and its crates must compile for wasm32 too.",
        run: clippy_wasm,
    },
    Step {
        name: "unit",
        what: "Unit and integration tests",
        about: "about 2 minutes the first time",
        advice: "`cargo test -p PACKAGE NAME` runs one test again.",
        run: unit,
    },
    Step {
        name: "doc",
        what: "Documentation, with its links",
        about: "about 1 minute the first time",
        advice: "rustdoc shows above what it stumbled over.",
        run: doc,
    },
    Step {
        name: "site",
        what: "The site, as it is released",
        about: "about 3 minutes the first time",
        advice: "`cargo xtask build` does this step alone.",
        run: |_| {
            site::build(false)?;
            budget::print()?;
            budget::hold()
        },
    },
    Step {
        name: "server",
        what: "The server, as it is released",
        about: "about 2 minutes the first time",
        advice: "`cargo build --profile server -p duplex-server` does this step alone.",
        run: |_| build_server(Profile::Server).map(drop),
    },
    Step {
        name: "e2e",
        what: "End-to-end tests, in a real browser against the real server",
        about: "about 2 minutes",
        advice: "`cargo xtask test --only e2e -- FILE -g NAME` runs some of them again; what follows -- goes to \
                 Playwright.",
        run: end_to_end,
    },
];

/// What `test` was asked to do.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The steps to run; all when empty.
    pub only: Vec<String>,
    /// Steps to leave out.
    pub skip: Vec<String>,
    /// More for Playwright.
    pub rest: Vec<OsString>,
}

impl Options {
    fn includes(&self, name: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|n| n == name);
        (self.only.is_empty() || named(&self.only)) && !named(&self.skip)
    }
}

/// The steps asked for, or the name that is none.
fn selected(options: &Options) -> Result<Vec<&'static Step>> {
    for name in options.only.iter().chain(&options.skip) {
        if !STEPS.iter().any(|step| step.name == name) {
            let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
            return Err(Failure::usage(format!("There is no step called {name}."))
                .advise(format!("The steps are {}.", names.join(", "))));
        }
    }
    let steps: Vec<_> = STEPS
        .iter()
        .filter(|step| options.includes(step.name))
        .collect();
    match steps.is_empty() {
        true => Err(Failure::usage("With these options there is nothing to do.")),
        false => Ok(steps),
    }
}

/// `cargo xtask test`.
pub fn test(options: &Options) -> Result {
    let steps = selected(options)?;
    let begun = Instant::now();
    let mut took: Vec<(&str, Duration)> = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        let at = format!("{} of {}", n + 1, steps.len());
        let heading = format!("[{at}] {}: {}", step.name, step.what);
        let step_begun = Instant::now();
        let done = timed(&format!("test-{}", step.name), &heading, step.about, || {
            (step.run)(options)
        });
        took.push((step.name, step_begun.elapsed()));
        if let Err(failure) = done {
            if process::interrupted().is_some() {
                return Err(failure);
            }
            let code = failure.code;
            let message = format!(
                "Step {at} ({}) failed after {}.\n{failure}\n{}\nOnly this step again: cargo xtask test --only {}",
                step.name,
                ui::duration(step_begun.elapsed()),
                step.advice,
                step.name
            );
            return Err(Failure { message, code });
        }
    }
    let rows: Vec<Vec<String>> = took
        .iter()
        .map(|(name, took)| vec![format!("  {name}"), ui::duration(*took)])
        .collect();
    for line in ui::table(&rows, &[1]) {
        ui::say(line);
    }
    ui::say(ui::bold(&format!(
        "{} passed in {}.",
        ui::count(steps.len(), "step"),
        ui::duration(begun.elapsed())
    )));
    Ok(())
}

const WITHOUT_REDIS: &str = "there is no redis-server, so the tests of rooms on two servers are left out; install it \
    (on Debian: apt-get install redis-server) to run them.";

fn unit(_: &Options) -> Result {
    let mut test = process::cargo();
    test.args(["test", "--workspace", "--no-fail-fast"])
        .current_dir(paths::root());
    if redis::find().is_none() {
        ui::warn(WITHOUT_REDIS);
        test.env(redis::WITHOUT, "1");
    }
    process::run(&mut test)
}

/// Gets everything that the steps asked for will need, so that what cannot be had shows first rather than last.
fn get_tools(options: &Options) -> Result {
    let needed = |names: &[&str]| names.iter().any(|name| options.includes(name));
    site::fetch()?;
    if needed(&["fmt", "clippy", "clippy-wasm"]) {
        tools::get_rust_components()?;
    }
    if needed(&["clippy-wasm", "site", "e2e"]) {
        tools::get_wasm_target()?;
    }
    if needed(&["unit"]) && redis::get().is_none() {
        ui::warn(WITHOUT_REDIS);
    }
    if needed(&["e2e"]) && browser::has_tests() {
        // The quick ones before those that are compiled.
        browser::get_packages()?;
        browser::get()?;
    }
    if needed(&["site", "e2e"]) {
        release::Tools::get()?;
    }
    Ok(())
}

fn cargo_command(arguments: &[&str]) -> Command {
    let mut cargo = process::cargo();
    cargo.args(arguments).current_dir(paths::root());
    cargo
}

fn cargo(arguments: &[&str]) -> Result {
    process::run(&mut cargo_command(arguments))
}

fn clippy_wasm(_: &Options) -> Result {
    tools::get_wasm_target()?;
    let mut clippy = cargo_command(&["clippy", "--target", tools::pins::WASM_TARGET]);
    for package in IN_THE_PAGE {
        clippy.args(["--package", package]);
    }
    process::run(clippy.args(["--", "-D", "warnings"]))
}

fn doc(_: &Options) -> Result {
    let mut doc = cargo_command(&["doc", "--no-deps", "--workspace"]);
    process::run(doc.env("RUSTDOCFLAGS", "-D warnings"))
}

fn end_to_end(options: &Options) -> Result {
    if !browser::has_tests() {
        ui::say("  Skipped: there are no end-to-end tests yet (no tests/package.json).");
        return Ok(());
    }
    browser::get_packages()?;
    let browser = browser::get()?;
    site::build(false)?;
    let server = build_server(Profile::Server)?;
    browser::check_types()?;
    let mut playwright = browser::playwright()?;
    playwright
        .arg("test")
        .args(&options.rest)
        .env("DUPLEX_SERVER", server)
        .env("DUPLEX_SITE", paths::dist());
    match browser {
        Browser::Program(program) => playwright.env("DUPLEX_CHROMIUM", program),
        Browser::Playwrights => playwright.env_remove("DUPLEX_CHROMIUM"),
    };
    process::run(&mut playwright)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>> {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        let options = Options {
            only: list(only),
            skip: list(skip),
            rest: Vec::new(),
        };
        Ok(selected(&options)?.iter().map(|step| step.name).collect())
    }

    #[test]
    fn steps_keep_their_order_however_they_are_named() {
        assert_eq!(names(&[], &[]).unwrap().len(), STEPS.len());
        assert_eq!(names(&["e2e", "fmt"], &[]).unwrap(), ["fmt", "e2e"]);
        assert_eq!(names(&["e2e", "fmt"], &["fmt"]).unwrap(), ["e2e"]);
        assert!(!names(&[], &["e2e"]).unwrap().contains(&"e2e"));
    }

    #[test]
    fn a_step_that_is_none_is_named_with_those_that_are() {
        let failure = names(&["lint"], &[]).unwrap_err();
        assert!(failure.message.contains("lint") && failure.message.contains("clippy"));
        assert_eq!(names(&["fmt"], &["fmt"]).unwrap_err().code, 2);
    }
}
