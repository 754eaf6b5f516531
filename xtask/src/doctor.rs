//! `cargo xtask doctor`: what is installed, what is missing, and how it will be got. Changes nothing.

use crate::browser::{self, Browser};
use crate::failure::{Failure, Result};
use crate::tools::{self, CargoTool, Found, pins};
use crate::{apt, paths, process, redis, ui};

/// One row of the table.
struct Row {
    what: String,
    /// Found, and where; or missing, and what will be done.
    state: std::result::Result<String, Missing>,
    used_by: &'static str,
}

/// What will be done about something that is missing.
enum Missing {
    /// A command gets it by itself.
    Automatic(String),
    /// The person has to.
    ByHand(String),
}

/// `cargo xtask doctor`.
pub fn doctor() -> Result {
    let rows = examine()?;
    let table: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let (mark, text) = match &row.state {
                Ok(found) => ("ok", found.clone()),
                Err(Missing::Automatic(how)) => ("to get", how.clone()),
                Err(Missing::ByHand(how)) => ("missing", how.clone()),
            };
            vec![
                mark.to_owned(),
                row.what.clone(),
                row.used_by.to_owned(),
                text,
            ]
        })
        .collect();
    for line in ui::table(&table, &[]) {
        ui::print(line);
    }
    ui::print(format!("\nTools are kept in {}", paths::tools()?.display()));
    let by_hand: Vec<String> = rows
        .iter()
        .filter(|row| matches!(row.state, Err(Missing::ByHand(_))))
        .map(|row| format!("{} (for {})", row.what, row.used_by))
        .collect();
    let automatic = rows
        .iter()
        .filter(|row| matches!(row.state, Err(Missing::Automatic(_))))
        .count();
    if !by_hand.is_empty() {
        return Err(Failure::new(format!(
            "To be installed by hand: {}.",
            by_hand.join(", ")
        )));
    }
    ui::print(match automatic {
        0 => "Everything is here.".to_owned(),
        n => format!(
            "{} will be got by the command that needs it; that needs the network.",
            ui::count(n, "thing")
        ),
    });
    Ok(())
}

fn examine() -> Result<Vec<Row>> {
    let wanted = tools::wasm_bindgen();
    let mut rows = vec![rust(), wasm_target()];
    rows.push(match &wanted {
        Ok(tool) => cargo_tool(tool, "serve, test")?,
        Err(failure) => Row {
            what: "wasm-bindgen".into(),
            state: Err(Missing::ByHand(failure.message.replace('\n', " "))),
            used_by: "serve, test",
        },
    });
    rows.push(cargo_tool(&tools::wasm_split(), "serve, test")?);
    rows.push(cargo_tool(&tools::trunk(), "dev")?);
    rows.extend([wasm_opt()?, node(), packages(), chromium(), redis_server()]);
    Ok(rows)
}

fn shown(found: &Found) -> String {
    format!("{} at {}", found.version, found.program.display())
}

fn rust() -> Row {
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    let said = process::output(
        process::command("rustc")
            .arg("--version")
            .current_dir(paths::root()),
    );
    let version = said.as_deref().and_then(tools::version_in);
    let advice = "run `rustup update`, or install Rust from rustup.rs";
    let state = match version {
        Some(version) if new_enough(&version, wanted) => Ok(version),
        Some(old) => Err(Missing::ByHand(format!("{old} is too old; {advice}"))),
        None => Err(Missing::ByHand(advice.into())),
    };
    Row {
        what: format!("Rust {wanted} or newer"),
        state,
        used_by: "everything",
    }
}

/// Compares the numbers of two versions.
fn new_enough(version: &str, wanted: &str) -> bool {
    let numbers = |version: &str| -> Vec<u32> {
        let plain = version.split(['-', '+']).next().unwrap_or_default();
        plain.split('.').map(|n| n.parse().unwrap_or(0)).collect()
    };
    numbers(version) >= numbers(wanted)
}

fn wasm_target() -> Row {
    let state = if tools::has_wasm_target() {
        Ok("in this Rust".into())
    } else if process::which("rustup").is_some() {
        Err(Missing::Automatic("by rustup, about 10 seconds".into()))
    } else {
        let how = "no rustup to add it; install your distribution's package";
        Err(Missing::ByHand(how.into()))
    };
    Row {
        what: format!("Rust's {}", pins::WASM_TARGET),
        state,
        used_by: "serve, test",
    }
}

fn cargo_tool(tool: &CargoTool, used_by: &'static str) -> Result<Row> {
    let missing = || {
        let binstall = process::output(process::cargo().args(["binstall", "-V"])).is_some();
        Missing::Automatic(match binstall {
            true => format!(
                "by cargo binstall, under a minute; else compiled, {}",
                tool.about
            ),
            false => format!("compiled, {}", tool.about),
        })
    };
    Ok(Row {
        what: format!("{} {}", tool.name, tool.version),
        state: tool.find()?.as_ref().map(shown).ok_or_else(missing),
        used_by,
    })
}

fn wasm_opt() -> Result<Row> {
    let missing = || {
        Missing::Automatic(match tools::node() {
            Some(_) => "by npm, about 10 seconds".into(),
            None => "by npm, which comes with Node; without it the page is built larger".into(),
        })
    };
    Ok(Row {
        what: format!("wasm-opt {}", pins::WASM_OPT),
        state: tools::find_wasm_opt()?
            .as_ref()
            .map(shown)
            .ok_or_else(missing),
        used_by: "serve, test",
    })
}

fn node() -> Row {
    let state = match (tools::node(), tools::any_node()) {
        (Some(found), _) if process::which("npm").is_none() => Err(Missing::ByHand(format!(
            "{}, but its npm is missing; install that",
            shown(&found)
        ))),
        (Some(found), _) => Ok(shown(&found)),
        (None, Some(old)) => Err(Missing::ByHand(format!("{} is too old", shown(&old)))),
        (None, None) => Err(Missing::ByHand(
            "from nodejs.org or your distribution".into(),
        )),
    };
    Row {
        what: format!("Node {} or newer", pins::NODE),
        state,
        used_by: "test",
    }
}

fn packages() -> Row {
    let state = if !browser::has_tests() {
        Ok("not needed: there are no end-to-end tests yet".into())
    } else if browser::has_packages() {
        Ok("in tests/node_modules".into())
    } else {
        Err(Missing::Automatic("by npm, about 15 seconds".into()))
    };
    Row {
        what: "packages of the browser tests".into(),
        state,
        used_by: "test",
    }
}

fn chromium() -> Row {
    let state = match browser::find() {
        Ok(Some(Browser::Program(program))) => Ok(match browser::version(&program) {
            Some(version) => format!("{version} at {}", program.display()),
            None => program.display().to_string(),
        }),
        Ok(Some(Browser::Playwrights)) => Ok("Playwright's".into()),
        Ok(None) => Err(Missing::Automatic("by Playwright, about 1 minute".into())),
        Err(failure) => Err(Missing::ByHand(failure.message.replace('\n', " "))),
    };
    Row {
        what: "Chromium or Chrome".into(),
        state,
        used_by: "test",
    }
}

fn redis_server() -> Row {
    let state = match redis::find() {
        Some(program) => Ok(program.display().to_string()),
        None if apt::is_ours() => Err(Missing::Automatic("by apt-get, about 20 seconds".into())),
        // Everything else works without, and the tests say what they leave out.
        None => Ok("not here; rooms on two servers need Redis 6 or newer".into()),
    };
    Row {
        what: "redis-server".into(),
        state,
        used_by: "serve --two, test",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(new_enough("1.95.0", "1.95"));
        assert!(new_enough("1.100.0", "1.95"));
        assert!(new_enough("2.0.0-nightly", "1.95"));
        assert!(new_enough("1.96.0-beta.3", "1.95"));
        assert!(!new_enough("1.94.1", "1.95"));
        assert!(!new_enough("1.9.9", "1.95"));
    }
}
