//! What a `Cargo.toml` says of its package: the name, and which crates of the workspace it needs.

use crate::failure::{Failure, Result};
use std::path::Path;

/// The packages of the workspace: the root's and those in `crates/`, each with the path of its `Cargo.toml` from the
/// root.
pub fn members(root: &Path) -> Result<Vec<(String, String)>> {
    let mut files = vec!["Cargo.toml".to_owned()];
    if let Ok(crates) = std::fs::read_dir(root.join("crates")) {
        for entry in crates.flatten() {
            let file = format!("crates/{}/Cargo.toml", entry.file_name().to_string_lossy());
            if root.join(&file).is_file() {
                files.push(file);
            }
        }
    }
    files.sort();
    let mut out = Vec::new();
    for file in files {
        let text = read(&root.join(&file))?;
        if let Some(name) = name(&text) {
            out.push((name, file));
        }
    }
    Ok(out)
}

/// Which crates of the workspace a `Cargo.toml` needs for anything, each with its line.
pub fn dependencies(file: &Path, crates: &[&str]) -> Result<Vec<(usize, String)>> {
    Ok(needed(&read(file)?, crates))
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("{} cannot be read: {error}.", file.display())))
}

/// The lines that say something, each with its number and the header of the table that it is in.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let mut table = "";
    text.lines().enumerate().map(move |(i, line)| {
        let line = line.trim();
        if line.starts_with('[') {
            let end = line.find('#').unwrap_or(line.len());
            table = line[..end]
                .trim()
                .trim_start_matches('[')
                .trim_end_matches(']')
                .trim();
        }
        (i + 1, table, line)
    })
}

fn name(text: &str) -> Option<String> {
    let (_, _, line) = lines(text).find(|(_, table, line)| {
        *table == "package"
            && line
                .split('=')
                .next()
                .is_some_and(|key| key.trim() == "name")
    })?;
    quoted(line.split_once('=')?.1)
}

fn quoted(text: &str) -> Option<String> {
    let rest = text.trim().strip_prefix(['"', '\''])?;
    let end = rest.find(['"', '\''])?;
    Some(rest[..end].to_owned())
}

fn needed(text: &str, crates: &[&str]) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (number, table, line) in lines(text) {
        // `[workspace.dependencies]` needs nothing by itself.
        if table.starts_with("workspace") || line.starts_with('#') {
            continue;
        }
        let last = table.rsplit('.').next().unwrap_or_default();
        let named = if is_list(last) {
            // `wire = …`, `wire.workspace = true`, `codec = { package = "wire" }`
            let key = line.split(['=', '.']).next().unwrap_or_default().trim();
            let renamed = line.split_once("package").and_then(|(_, rest)| {
                let rest = rest.trim_start().strip_prefix('=')?;
                quoted(rest)
            });
            renamed.unwrap_or_else(|| key.trim_matches('"').to_owned())
        } else if line.starts_with('[') && table.rsplit('.').nth(1).is_some_and(is_list) {
            // `[dependencies.wire]`
            last.trim_matches('"').to_owned()
        } else {
            continue;
        };
        if crates.contains(&named.as_str()) {
            out.push((number, named));
        }
    }
    out
}

fn is_list(table: &str) -> bool {
    matches!(
        table,
        "dependencies" | "dev-dependencies" | "build-dependencies"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_need_a_crate() {
        let text = "\
[package]
name = \"notation\" # not [dependencies]
[workspace.dependencies]
wire = { path = \"crates/wire\" }
[dependencies]
# sim = \"1\"
serde = \"1\"
wire.workspace = true
[dev-dependencies]
codec = { package = \"sim\", path = \"../sim\" }
[target.'cfg(unix)'.build-dependencies]
notation = { workspace = true }
[dependencies.protocol]
path = \"../protocol\"
[features]
wire = []
";
        let crates = ["wire", "sim", "notation", "protocol"];
        let found: Vec<_> = needed(text, &crates);
        let found: Vec<_> = found
            .iter()
            .map(|(line, name)| (*line, name.as_str()))
            .collect();
        assert_eq!(
            found,
            [(8, "wire"), (10, "sim"), (12, "notation"), (13, "protocol")]
        );
        assert_eq!(name(text).as_deref(), Some("notation"));
    }
}
