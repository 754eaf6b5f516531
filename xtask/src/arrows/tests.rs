use super::*;
use crate::paths;
use std::path::PathBuf;

/// A clone that is gone again at the end of the test.
struct Clone(PathBuf);

impl Clone {
    fn new(name: &str, files: &[(&str, &str)]) -> Clone {
        let root = std::env::temp_dir().join(format!("arrows-{}-{name}", std::process::id()));
        for (file, text) in files {
            let file = root.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Clone(root)
    }

    /// What is wrong in it: `file:line`.
    fn wrong(&self) -> Vec<String> {
        let wrong = find(&self.0).unwrap();
        wrong
            .iter()
            .map(|w| format!("{}:{}", w.file, w.line))
            .collect()
    }
}

impl Drop for Clone {
    fn drop(&mut self) {
        // A folder that stays behind in the temporary ones harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const LIB: (&str, &str) = (
    "src/lib.rs",
    "pub mod app;\npub mod instruments;\npub mod kit;\npub mod learn;\npub mod live;\n",
);
const EMPTY: [(&str, &str); 5] = [
    ("Cargo.toml", "[package]\nname = \"duplex\"\n"),
    ("src/app.rs", ""),
    ("src/learn.rs", ""),
    ("src/live.rs", ""),
    ("src/kit.rs", ""),
];

fn with(name: &str, more: &[(&str, &str)]) -> Clone {
    let mut files = vec![LIB];
    files.extend(EMPTY);
    files.push(("src/instruments.rs", "pub mod a;\npub mod b;\n"));
    files.extend([("src/instruments/a.rs", ""), ("src/instruments/b.rs", "")]);
    // The later of two is the one that stays.
    files.extend(more);
    Clone::new(name, &files)
}

#[test]
fn what_points_down_is_right() {
    let clone = with(
        "down",
        &[
            (
                "src/app.rs",
                "use crate::instruments::a::A;\nuse protocol::Fault;\n",
            ),
            (
                "src/instruments/a.rs",
                "use crate::{kit::K, live::L};\nuse super::a::B;\nuse wire::frame::Header;\nuse sim::heartbeat::Run;\n",
            ),
            ("src/learn.rs", "use crate::kit::K;\nuse notation::hex;\n"),
            (
                "src/live.rs",
                "use crate::kit::K;\nuse protocol::Tap;\nuse wire::Role;\n",
            ),
            (
                "src/kit.rs",
                "use sim::job::Job;\nuse sim::{Micros, SECOND};\n",
            ),
        ],
    );
    assert_eq!(clone.wrong(), [""; 0]);
}

#[test]
fn what_points_up_is_named_with_its_line() {
    let clone = with(
        "up",
        &[
            (
                "src/instruments/a.rs",
                "use crate::{\n    kit::K,\n    app::{App, Props},\n};\nfn f() { super::b::g() }\n",
            ),
            (
                "src/kit.rs",
                "use crate::live::L;\nuse sim::heartbeat::Run;\nuse wire::Role;\n",
            ),
            ("src/live.rs", "use crate::learn::Q;\nuse notation::hex;\n"),
            (
                "src/learn.rs",
                "\nfn f() -> Html { html! { <crate::instruments::a::A/> } }\n",
            ),
        ],
    );
    assert_eq!(
        clone.wrong(),
        [
            "src/instruments/a.rs:3",
            "src/instruments/a.rs:5",
            "src/kit.rs:1",
            "src/kit.rs:2",
            "src/kit.rs:3",
            "src/learn.rs:2",
            "src/live.rs:1",
            "src/live.rs:2",
        ]
    );
}

#[test]
fn comments_strings_and_visibility_do_not_count() {
    let clone = with(
        "words",
        &[(
            "src/kit.rs",
            "//! See [`crate::app`].\n// use crate::live::L;\nconst A: &str = \"crate::app::App\";\npub(in crate::app) fn f() {}\npub(crate) fn g(wire: u8) -> u8 { wire }\n",
        )],
    );
    assert_eq!(clone.wrong(), [""; 0]);
}

#[test]
fn a_macro_of_the_root_belongs_to_nobody() {
    let kit = "macro_rules! m { () => { $crate::m!() } }\npub use crate::m;\nuse crate::app;\n";
    let clone = with("macro", &[("src/kit.rs", kit)]);
    assert_eq!(clone.wrong(), ["src/kit.rs:3"]);
}

#[test]
fn modules_in_a_file_and_files_with_another_name_are_followed() {
    let clone = with(
        "modules",
        &[
            (
                "src/instruments/a.rs",
                "mod inner {\n    use super::super::b::B;\n    use super::C;\n}\nuse self::inner::D;\n#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;\nmod deep;\n",
            ),
            // `super::super` is `instruments` here, though the file lies in that folder.
            (
                "src/instruments/a_tests.rs",
                "use super::inner::D;\nuse super::super::b::B;\n",
            ),
            (
                "src/instruments/a/deep/mod.rs",
                "use super::C;\nuse super::super::b;\n",
            ),
        ],
    );
    assert_eq!(
        clone.wrong(),
        [
            "src/instruments/a.rs:2",
            "src/instruments/a/deep/mod.rs:2",
            "src/instruments/a_tests.rs:2",
        ]
    );
}

#[test]
fn an_arrow_that_is_allowed_is_right_for_its_room_alone() {
    let import = |module: &str, target: &str| Import {
        file: String::new(),
        line: 1,
        module: module.split("::").map(str::to_owned).collect(),
        target: Target::Module(target.split("::").map(str::to_owned).collect()),
    };
    let allowed = [("instruments::a", "instruments::b::bar", "because")];
    let right = |module, target| judge(&import(module, target), &allowed).is_none();
    assert!(right("instruments::a::deep", "instruments::b::bar::Bar"));
    assert!(!right("instruments::a", "instruments::b::barn"));
    assert!(!right("instruments::ab", "instruments::b::bar"));
    let why = judge(&import("instruments::c", "app::App"), &allowed).unwrap();
    assert!(why.contains("`c`") && why.contains("the pages"), "{why}");
}

#[test]
fn crates_are_held_against_their_manifests() {
    let package = |name: &str, needs: &str| {
        format!("[package]\nname = \"{name}\"\n[dependencies]\n{needs} = {{ workspace = true }}\n")
    };
    let (wire, server, app) = (
        package("wire", "sim"),
        package("duplex-server", "wire"),
        package("duplex", "duplex-server"),
    );
    let clone = with(
        "crates",
        &[
            ("crates/wire/Cargo.toml", wire.as_str()),
            ("crates/server/Cargo.toml", server.as_str()),
            ("Cargo.toml", app.as_str()),
        ],
    );
    assert_eq!(clone.wrong(), ["Cargo.toml:4", "crates/wire/Cargo.toml:4"]);
}

#[test]
fn a_module_without_a_file_is_named() {
    let clone = with("missing", &[("src/kit.rs", "mod nowhere;\n")]);
    let failure = find(&clone.0).unwrap_err();
    assert!(
        failure.message.contains("kit::nowhere"),
        "{}",
        failure.message
    );
}

#[test]
fn no_arrow_of_this_clone_points_a_new_wrong_way() {
    let wrong = find(paths::root()).unwrap();
    let new: Vec<_> = unexpected(&wrong).map(Wrong::line).collect();
    assert!(new.is_empty(), "{}", new.join("\n"));
    for (from, to, why) in ALLOWED {
        assert!(why.len() > 20, "{from} → {to}: say why");
    }
}
