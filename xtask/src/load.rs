//! `cargo xtask load`: the server under load and under attack, beside echo servers of other libraries.

use crate::failure::{Context, Failure, Result};
use crate::readme::Place;
use crate::{paths, process, serve, tools, ui};
use serde::Deserialize;
use std::path::PathBuf;

/// Node's ws, as one of the peers; of the version that the browser tests have.
const WS: &str = "8.23.0";

/// Where the README of the server keeps the last result.
const PLACE: Place = Place {
    file: "crates/server/README.md",
    begin: "<!-- load: written by `cargo xtask load --write` -->",
    end: "<!-- end of load -->",
};

/// The columns, in the order of a row's values.
const SUBJECTS: [&str; 4] = ["duplex-server", "yawc", "tungstenite", "Node ws"];

/// What can be measured by itself.
pub const PARTS: [&str; 4] = ["memory", "accepting", "echo", "attacks"];

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Fewer connections, for a shorter time.
    pub quick: bool,
    /// Only this part: memory, accepting, echo or attacks.
    pub only: Option<String>,
    /// Instead, attack for so many minutes, and see whether the server is where it began.
    pub soak: Option<u32>,
    /// Whether to put the result into the README of the server.
    pub write: bool,
}

/// What was measured.
#[derive(Debug, Deserialize)]
struct Row {
    group: String,
    name: String,
    unit: String,
    /// Whether less is better.
    less: bool,
    values: Vec<Option<f64>>,
}

impl Row {
    /// Ours beside the best peer: below one is better for times and memory, above one for rates.
    fn ratio(&self) -> Option<f64> {
        let ours = self.values.first().copied().flatten()?;
        let peers = self.values.iter().skip(1).flatten().copied();
        let best = match self.less {
            true => peers.reduce(f64::min),
            false => peers.reduce(f64::max),
        }?;
        (best > 0.0).then(|| ours / best)
    }

    /// The cells of a table, but for the group.
    fn cells(&self) -> Vec<String> {
        let mut cells = vec![format!("{}, {}", self.name, self.unit)];
        let values = (0..SUBJECTS.len()).map(|n| self.values.get(n).copied().flatten());
        cells.extend(values.map(|value| value.map_or("–".into(), number)));
        cells.push(
            self.ratio()
                .map_or("–".into(), |ratio| format!("{ratio:.2}")),
        );
        cells
    }
}

/// Three digits, or all that stand before the point.
fn number(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Measures, and prints a table with ratios.
pub fn load(options: &Options) -> Result {
    let server = serve::build_server(serve::Profile::Server)?;
    let mut build = process::cargo();
    build
        .args(["build", "--profile", "server", "--package", "load"])
        .current_dir(paths::root());
    process::run_quietly(&mut build, "Building the client and the peers")?;
    let ws = ws()?;
    let about = match options {
        Options { soak: Some(_), .. } => None,
        Options { quick: true, .. } => Some("about 2 minutes; leave the machine alone meanwhile"),
        _ => Some("about 6 minutes; leave the machine alone meanwhile"),
    };
    ui::doing("Measuring the server beside its peers", about);
    let file = format!("load{}", std::env::consts::EXE_SUFFIX);
    let mut command = process::command(paths::target()?.join("server").join(file));
    command.arg("--server").arg(server);
    if let Some((node, folder)) = &ws {
        command.arg("--node").arg(node).arg("--ws").arg(folder);
    }
    if options.quick {
        command.arg("--quick");
    }
    if let Some(part) = &options.only {
        command.args(["--only", part]);
    }
    if let Some(minutes) = options.soak {
        command.args(["--soak", &minutes.to_string()]);
    }
    let rows = measure(&mut command)?;
    for line in table(&rows) {
        ui::print(line);
    }
    if options.write {
        PLACE.write(|date| markdown(&rows, date))?;
    }
    Ok(())
}

/// Runs the measurements, and shows each as it comes.
fn measure(command: &mut std::process::Command) -> Result<Vec<Row>> {
    use std::io::{BufRead as _, BufReader};
    command.stdout(std::process::Stdio::piped());
    let mut child = command
        .spawn()
        .context(|| "The measurements cannot be started".into())?;
    let mut rows = Vec::new();
    for line in child
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines())
    {
        let line = line.context(|| "The measurements cannot be read".into())?;
        let row: Row =
            serde_json::from_str(&line).context(|| format!("This is no measurement: {line}"))?;
        ui::say(format!("  {}: {}", row.group, row.cells().join("  ")));
        rows.push(row);
    }
    let status = child
        .wait()
        .context(|| "The measurements cannot be waited for".into())?;
    match status.success() {
        true => Ok(rows),
        false => Err(Failure::new(format!(
            "The measurements ended with {}.",
            process::ending(status)
        ))),
    }
}

/// Node and a folder with ws, installed if it has to be; nothing without Node.
fn ws() -> Result<Option<(PathBuf, PathBuf)>> {
    let (Some(node), Some(npm)) = (tools::node(), process::which("npm")) else {
        ui::warn("There is no Node with npm here: its ws is left out.");
        return Ok(None);
    };
    let folder = paths::target()?.join("load-ws");
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).context(|| format!("Cannot write {}", file.display()))
    };
    std::fs::create_dir_all(&folder).context(|| format!("Cannot make {}", folder.display()))?;
    write("ws.mjs", include_str!("../../crates/load/src/ws.mjs"))?;
    let package = format!("{{ \"private\": true, \"dependencies\": {{ \"ws\": \"{WS}\" }} }}\n");
    if std::fs::read_to_string(folder.join("package.json"))
        .ok()
        .as_ref()
        != Some(&package)
        || !folder.join("node_modules/ws").is_dir()
    {
        write("package.json", &package)?;
        let mut install = process::command(npm);
        install
            .args(["install", "--no-audit", "--no-fund"])
            .current_dir(&folder);
        process::run_quietly(&mut install, &format!("Installing ws {WS} with npm"))?;
    }
    Ok(Some((node.program, folder)))
}

/// The rows in their groups, in the order in which groups and rows came.
fn groups(rows: &[Row]) -> Vec<(&str, Vec<&Row>)> {
    let mut groups: Vec<(&str, Vec<&Row>)> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|(name, _)| *name == row.group) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((&row.group, vec![row])),
        }
    }
    groups
}

fn head(group: &str) -> Vec<String> {
    let mut head = vec![group.to_owned()];
    head.extend(SUBJECTS.map(str::to_owned));
    head.push("to the best peer".into());
    head
}

fn table(rows: &[Row]) -> Vec<String> {
    let mut lines = Vec::new();
    for (group, rows) in groups(rows) {
        let mut all = vec![head(group)];
        all.extend(rows.iter().map(|row| row.cells()));
        lines.extend(ui::table(&all, &[1, 2, 3, 4, 5]));
        lines.push(String::new());
    }
    lines
}

fn markdown(rows: &[Row], date: &str) -> String {
    let mut out = format!("Measured on {date}:\n\n");
    for (group, rows) in groups(rows) {
        out += &format!("| {} |\n| --- |", head(group).join(" | "));
        out += &" ---: |".repeat(SUBJECTS.len() + 1);
        out += "\n";
        for row in rows {
            out += &format!("| {} |\n", row.cells().join(" | "));
        }
        out += "\n";
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(less: bool, values: &[Option<f64>]) -> Row {
        Row {
            group: "echo".into(),
            name: "16 B".into(),
            unit: "ms".into(),
            less,
            values: values.to_vec(),
        }
    }

    #[test]
    fn ours_is_compared_with_the_best_peer() {
        let values = [Some(2.0), Some(4.0), None, Some(8.0)];
        assert_eq!(row(true, &values).ratio(), Some(0.5));
        assert_eq!(row(false, &values).ratio(), Some(0.25));
        assert_eq!(row(true, &[Some(2.0), None, None, None]).ratio(), None);
        assert_eq!(row(true, &[None, Some(1.0)]).ratio(), None);
    }

    #[test]
    fn a_table_has_a_cell_for_everybody() {
        let text = markdown(
            &[row(true, &[Some(1234.4), Some(12.34), None])],
            "2026-01-01",
        );
        assert!(
            text.contains("| 16 B, ms | 1234 | 12.3 | – | – | 100.03 |"),
            "{text}"
        );
        assert!(
            text.contains("| --- | ---: | ---: | ---: | ---: | ---: |"),
            "{text}"
        );
    }
}
