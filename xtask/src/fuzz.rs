//! `cargo xtask fuzz`: looks for input that breaks what the codec promises.

use crate::failure::{Context, Failure, Result};
use crate::process;
use crate::tools;
use crate::{paths, ui};
use std::path::PathBuf;

/// The folder of the fuzz targets, a workspace of its own.
const FOLDER: &str = "crates/wire/fuzz";

/// The longest input, in bytes. Longer ones make the search slower and find nothing that shorter ones do not.
const MAX_LEN: &str = "4096";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// Only these targets; all where there is none.
    pub targets: Vec<String>,
    /// Seconds for each target.
    pub seconds: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            targets: Vec::new(),
            seconds: 60,
        }
    }
}

/// Fuzzes each target in turn.
pub fn fuzz(options: &Options) -> Result {
    let all = targets()?;
    if let Some(unknown) = options.targets.iter().find(|t| !all.contains(t)) {
        return Err(
            Failure::usage(format!("There is no fuzz target called {unknown}."))
                .advise(format!("The targets are {}.", all.join(", "))),
        );
    }
    let rustup = process::which("rustup").ok_or_else(no_nightly)?;
    let nightly = process::command(&rustup)
        .args(["run", "nightly", "rustc", "-V"])
        .output();
    if !nightly.is_ok_and(|o| o.status.success()) {
        return Err(no_nightly());
    }
    let tool = tools::cargo_fuzz().get()?;
    let chosen = if options.targets.is_empty() {
        &all
    } else {
        &options.targets
    };
    for target in chosen {
        ui::doing(
            &format!("Fuzzing {target}"),
            Some(&format!(
                "{} seconds, and about 5 minutes before the first to compile",
                options.seconds
            )),
        );
        let mut command = process::command(&rustup);
        command
            .args(["run", "nightly", "cargo", "fuzz", "run", "--fuzz-dir"])
            .arg(paths::root().join(FOLDER))
            .arg(target)
            .arg("--")
            .arg(format!("-max_total_time={}", options.seconds))
            .arg(format!("-max_len={MAX_LEN}"))
            .env("PATH", process::path_with(&[tool.folder()])?)
            // The nightly toolchain is to use its own.
            .env_remove("CARGO")
            .env_remove("RUSTC")
            .env_remove("RUSTUP_TOOLCHAIN")
            .current_dir(paths::root().join(FOLDER));
        process::run(&mut command).map_err(|failure| {
            failure.advise(format!(
                "If it found something, the input is in {FOLDER}/artifacts/{target}, and the lines above say how to run it again."
            ))
        })?;
    }
    ui::print(format!("{}: nothing found.", chosen.join(", ")));
    Ok(())
}

/// The names of the targets: the files in the folder of targets.
fn targets() -> Result<Vec<String>> {
    let folder: PathBuf = paths::root().join(FOLDER).join("fuzz_targets");
    let entries =
        std::fs::read_dir(&folder).context(|| format!("Cannot read {}", folder.display()))?;
    let mut names: Vec<_> = entries
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

fn no_nightly() -> Failure {
    Failure::new(
        "Fuzzing needs a nightly Rust, whose compiler can watch which code an input reaches.",
    )
    .advise("Get one with `rustup toolchain install nightly --profile minimal`.")
}

/// Reads a time such as `90s`, `20m` or `1h`; a bare number is seconds.
pub fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, text.chars().last()?),
        None => (text, 's'),
    };
    let factor = match unit {
        'h' => 3600,
        'm' => 60,
        _ => 1,
    };
    number
        .parse::<u64>()
        .ok()?
        .checked_mul(factor)
        .filter(|s| *s > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        for (text, s) in [("60", 60), ("90s", 90), ("20m", 1200), ("1h", 3600)] {
            assert_eq!(seconds(text), Some(s), "{text}");
        }
        for text in ["", "s", "-1", "1d", "0", "1.5m", "99999999999999999999h"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn there_are_targets() {
        assert!(targets().unwrap().contains(&"frames".to_owned()));
    }
}
