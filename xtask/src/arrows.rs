//! The rooms of the house, and which of them may know which. An import that points the other way is found here, with
//! its file and its line.
//!
//! What counts is what the compiler would read: tokens, so neither comments nor strings. The modules of the page are
//! followed from `src/lib.rs`; the crates are held against their `Cargo.toml`.

mod manifest;
mod modules;
mod tokens;

use crate::failure::{Failure, Result};
use crate::{paths, ui};
use modules::{Import, Target};
use std::path::Path;

/// A room of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Room {
    /// The shell, the pages, and what the table of pages is made into. It may know everybody.
    Pages,
    /// An instrument, by its name.
    Instrument(String),
    /// Quiz, review, progress: beside the instruments.
    Learn,
    /// The live wire.
    Live,
    /// What all of them share.
    Kit,
}

impl Room {
    /// The room that a module of the page is in.
    fn of(module: &[String]) -> Room {
        let name = |i: usize| module.get(i).map(String::as_str);
        match (name(0), name(1)) {
            (Some("instruments"), Some(name)) => Room::Instrument(name.to_owned()),
            (Some("learn"), _) => Room::Learn,
            (Some("live"), _) => Room::Live,
            (Some("kit" | "store"), _) => Room::Kit,
            _ => Room::Pages,
        }
    }

    /// What it is called in a message.
    fn name(&self) -> String {
        match self {
            Room::Pages => "the pages".to_owned(),
            Room::Instrument(name) => format!("the instrument `{name}`"),
            Room::Learn => "`learn`".to_owned(),
            Room::Live => "`live`".to_owned(),
            Room::Kit => "`kit`".to_owned(),
        }
    }

    /// Whether it may know another room of the page.
    fn may_know(&self, other: &Room) -> bool {
        match (self, other) {
            (Room::Pages, _) | (_, Room::Kit) => true,
            (one, other) if one == other => true,
            (Room::Instrument(_) | Room::Learn, Room::Live) => true,
            _ => false,
        }
    }

    /// Whether it may know a crate of the workspace, or this one thing of it.
    fn may_use(&self, name: &str, thing: Option<&str>) -> bool {
        match self {
            Room::Pages => true,
            Room::Instrument(_) => matches!(name, "wire" | "sim" | "notation"),
            Room::Learn => matches!(name, "exercises" | "wire" | "sim" | "notation"),
            Room::Live => matches!(name, "wire" | "protocol"),
            Room::Kit => name == "sim" && thing.is_some_and(|thing| OF_SIM.contains(&thing)),
        }
    }
}

/// What the kit may take from `sim`: the work that a worker does, and the units of time.
const OF_SIM: &[&str] = &["job", "Micros", "MILLISECOND", "SECOND", "MINUTE", "HOUR"];

/// Arrows between two instruments, or into another room, that are wanted nevertheless: from, to, and why.
const ALLOWED: &[(&str, &str, &str)] = &[
    (
        "instruments::inspector::frames",
        "instruments::frame_inspector::link",
        "leads to where frames are taken apart",
    ),
    (
        "instruments::inspector::frames",
        "instruments::frame_inspector::link_at",
        "leads to the byte that breaks",
    ),
    (
        "instruments::inspector::model",
        "instruments::handshake_editor::link",
        "leads to where a handshake is repaired",
    ),
    (
        "instruments::inspector::view",
        "instruments::close_codes::meanings::meaning",
        "says of a code what the panel of close codes says",
    ),
    (
        "instruments::fault_lab",
        "instruments::handshake_editor::link",
        "leads to the editor with what the server answered",
    ),
    (
        "instruments::opening_handshake",
        "instruments::handshake_editor::example",
        "steps through the first handshake of the editor",
    ),
    (
        "instruments::close_codes::view",
        "instruments::frame_inspector::link",
        "a close frame leads to where it is taken apart",
    ),
    (
        "instruments::closing_handshake::ladder",
        "instruments::frame_inspector::link",
        "every frame on the ladder leads to where it is taken apart",
    ),
    (
        "instruments::fault_lab::results",
        "instruments::frame_inspector::link",
        "the broken frame leads to where it is taken apart",
    ),
    (
        "instruments::fault_lab::results",
        "instruments::handshake_editor::link",
        "a broken handshake leads to where it is edited",
    ),
    (
        "instruments::messages",
        "instruments::frame_inspector::link_at",
        "one of several frames leads to where it is taken apart",
    ),
    (
        "instruments::polling_vs_websocket::inspector",
        "instruments::frame_inspector::link_at",
        "a frame with news leads to where it is taken apart",
    ),
    (
        "instruments::fragmentation",
        "instruments::messages",
        "how a message is typed, written and linked to the frame inspector",
    ),
    (
        "instruments::utf8_validation",
        "instruments::messages",
        "how bytes are typed, and a masking key",
    ),
    (
        "instruments::compression_inspector",
        "instruments::messages",
        "how a message is typed, written and linked to the frame inspector",
    ),
    (
        "instruments::fault_lab",
        "protocol",
        "the faults are those that the server has, and the tap says what crossed",
    ),
    (
        "instruments::frame_inspector::http_comparison",
        "protocol",
        "the server counts what a request cost, and says it in its own words",
    ),
    (
        "instruments::heartbeat::live",
        "protocol",
        "its tests tell of pings as the tap does",
    ),
    (
        "live::compose",
        "notation",
        "bytes to send are written as anywhere else on the page",
    ),
];

/// Folders and files whose arrows have yet to be turned. What is mended leaves the list; nothing joins it.
const NOT_YET: &[&str] = &[];

/// Which crates of the workspace a crate may depend on. What is not in the list may know everybody.
const CRATES: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("sim", &[]),
    ("notation", &[]),
    ("exercises", &["wire", "sim", "notation"]),
    ("protocol", &[]),
    ("duplex-server", &["protocol", "wire"]),
    ("load", &[]),
    ("duplex-worker", &["sim", "notation"]),
    (
        "duplex",
        &["wire", "sim", "notation", "exercises", "protocol"],
    ),
];

/// An arrow that points the wrong way.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wrong {
    /// The file, from the root of the clone.
    file: String,
    line: usize,
    what: String,
}

impl Wrong {
    fn line(&self) -> String {
        format!("{}:{}: {}", self.file, self.line, self.what)
    }
}

/// Fails if an arrow points the wrong way.
pub fn check() -> Result {
    let wrong = find(paths::root())?;
    let mut lines: Vec<String> = unexpected(&wrong).map(Wrong::line).collect();
    lines.extend(mended(&wrong).map(|place| {
        format!("{place}: its arrows are right; take it out of NOT_YET in xtask/src/arrows.rs.")
    }));
    match lines.len() {
        0 => Ok(()),
        n => Err(Failure::new(format!(
            "{} to turn:\n{}",
            ui::count(n, "arrow"),
            lines.join("\n")
        ))),
    }
}

/// What is wrong in other places than those of [`NOT_YET`].
fn unexpected(wrong: &[Wrong]) -> impl Iterator<Item = &Wrong> {
    let known = |wrong: &&Wrong| NOT_YET.iter().any(|place| wrong.file.starts_with(place));
    wrong.iter().filter(move |wrong| !known(wrong))
}

/// The places of [`NOT_YET`] in which nothing is wrong any more.
fn mended(wrong: &[Wrong]) -> impl Iterator<Item = &'static str> {
    let right = |place: &str| !wrong.iter().any(|wrong| wrong.file.starts_with(place));
    NOT_YET.iter().copied().filter(move |place| right(place))
}

/// All arrows that point the wrong way in a clone.
fn find(root: &Path) -> Result<Vec<Wrong>> {
    let mut wrong = Vec::new();
    let judged = modules::imports(root, "src/lib.rs", &crates())?
        .into_iter()
        .filter_map(|import| Some((judge(&import, ALLOWED)?, import)))
        .collect::<Vec<_>>();
    // What stands in one line is said in one.
    let same = |a: &(String, Import), b: &(String, Import)| {
        (&a.0, &a.1.file, a.1.line) == (&b.0, &b.1.file, b.1.line)
    };
    for group in judged.chunk_by(same) {
        let (what, first) = &group[0];
        let paths = group.iter().map(|(_, i)| format!("`{}`", i.target.path()));
        wrong.push(Wrong {
            file: first.file.clone(),
            line: first.line,
            what: format!("{what} ({}).", paths.collect::<Vec<_>>().join(", ")),
        });
    }
    for (name, file) in manifest::members(root)? {
        let Some((_, may)) = CRATES.iter().find(|(n, _)| *n == name) else {
            continue;
        };
        for (line, other) in manifest::dependencies(&root.join(&file), &crates())? {
            if other != name && !may.contains(&other.as_str()) {
                wrong.push(Wrong {
                    file: file.clone(),
                    line,
                    what: format!("the crate `{name}` must not know `{other}`."),
                });
            }
        }
    }
    Ok(wrong)
}

fn crates() -> Vec<&'static str> {
    CRATES.iter().map(|(name, _)| *name).collect()
}

/// What is wrong with an import, if anything is.
fn judge(import: &Import, allowed: &[(&str, &str, &str)]) -> Option<String> {
    let room = Room::of(&import.module);
    let (right, other) = match &import.target {
        Target::Module(path) => {
            let other = Room::of(path);
            (room.may_know(&other), other.name())
        }
        Target::Crate(name, path) => {
            let thing = path.first().map(String::as_str);
            (room.may_use(name, thing), format!("the crate `{name}`"))
        }
    };
    if right || is_allowed(import, allowed) {
        return None;
    }
    Some(format!("{} must not know {other}", room.name()))
}

fn is_allowed(import: &Import, allowed: &[(&str, &str, &str)]) -> bool {
    let (module, target) = (import.module.join("::"), import.target.path());
    // `a::b` is in `a`, `ab` is not.
    let within = |path: &str, room: &str| {
        path.strip_prefix(room)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    allowed
        .iter()
        .any(|(from, to, _)| within(&module, from) && within(&target, to))
}

#[cfg(test)]
#[path = "arrows/tests.rs"]
mod tests;
