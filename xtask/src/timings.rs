//! How long things took the last time on this machine, which is the best guess for the next.

use crate::failure::Result;
use crate::{paths, ui};
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

/// Announces `what`, does it, and notes how long it took under `name`. Until there is such a note, the announcement
/// gives `first`, the figure of a first run on two cores.
pub fn timed<T>(
    name: &str,
    what: &str,
    first: &str,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let about = last(name).map(|d| format!("took {} when it last had work to do", ui::duration(d)));
    ui::doing(what, Some(about.as_deref().unwrap_or(first)));
    let begun = Instant::now();
    let value = work()?;
    let took = begun.elapsed();
    // A glance at what is up to date already says nothing about the work.
    if took >= Duration::from_secs(2) {
        note(name, took);
    }
    ui::say(format!("  done in {}", ui::duration(took)));
    Ok(value)
}

fn last(name: &str) -> Option<Duration> {
    let text = fs::read_to_string(paths::notes().ok()?.join("timings")).ok()?;
    parse(&text).get(name).copied()
}

/// Notes a duration. Failing to is no reason to fail.
fn note(name: &str, took: Duration) {
    let Ok(notes) = paths::notes() else { return };
    let file = notes.join("timings");
    let mut timings = parse(&fs::read_to_string(&file).unwrap_or_default());
    timings.insert(name.to_owned(), took);
    let _ = fs::write(file, format(&timings));
}

fn parse(text: &str) -> BTreeMap<String, Duration> {
    let line = |line: &str| {
        let (name, seconds) = line.split_once(' ')?;
        let took = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
        Some((name.to_owned(), took))
    };
    text.lines().filter_map(line).collect()
}

fn format(timings: &BTreeMap<String, Duration>) -> String {
    timings
        .iter()
        .map(|(name, took)| format!("{name} {:.1}\n", took.as_secs_f64()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_writing_and_bad_lines_are_skipped() {
        let text = "site 12.5\nserver 0.3\n";
        assert_eq!(format(&parse(text)), "server 0.3\nsite 12.5\n");
        assert_eq!(parse("site\nserver x\nother -1\ngood 2").len(), 1);
    }
}
