//! Where things are: the clone, what is built, and the cache of tools.

use crate::failure::{Context, Failure, Result};
use crate::process;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The root of the clone.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        // Cargo says where the package is now; when it was compiled, the clone may have been elsewhere.
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let package = PathBuf::from(package);
        package.parent().unwrap_or(&package).to_owned()
    })
}

/// The built site.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// Cargo's target folder, wherever the environment or a configuration file puts it.
pub fn target() -> Result<&'static Path> {
    static TARGET: OnceLock<PathBuf> = OnceLock::new();
    if let Some(target) = TARGET.get() {
        return Ok(target);
    }
    let mut cargo = process::cargo();
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1"]);
    let metadata = process::output(cargo.current_dir(root())).ok_or_else(|| {
        Failure::new("`cargo metadata` failed in this workspace.")
            .advise("Run `cargo metadata --no-deps` to see why; a Cargo.toml is probably wrong.")
    })?;
    let target = json_string(&metadata, "target_directory")
        .ok_or_else(|| Failure::new("`cargo metadata` does not name the target folder."))?;
    Ok(TARGET.get_or_init(|| target.into()))
}

/// xtask's own notes about this clone: fingerprints, how long things took.
pub fn notes() -> Result<PathBuf> {
    let notes = target()?.join("xtask");
    std::fs::create_dir_all(&notes).context(|| format!("Cannot create {}", notes.display()))?;
    Ok(notes)
}

/// The value of the first string member called `name` in a JSON text.
pub fn json_string(json: &str, name: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{name}\":"))?;
    let mut characters = rest.trim_start().strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match characters.next()? {
            '"' => return Some(value),
            '\\' => match characters.next()? {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'u' => {
                    let digits: String = characters.by_ref().take(4).collect();
                    value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                plain => value.push(plain),
            },
            plain => value.push(plain),
        }
    }
}

/// The per-user folder that tools are installed into, shared by all clones.
pub fn tools() -> Result<PathBuf> {
    let folder = tools_from(std::env::consts::OS, &|name| std::env::var_os(name));
    folder.ok_or_else(|| {
        Failure::new("There is no home folder to keep the tools in (HOME is not set).")
            .advise("Set DUPLEX_CACHE to a folder that can be written to.")
    })
}

fn tools_from(os: &str, env: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| {
        env(name)
            .map(PathBuf::from)
            .filter(|p| !p.as_os_str().is_empty())
    };
    if let Some(folder) = absolute("DUPLEX_CACHE") {
        // A relative folder is meant from where the person is; programs are started elsewhere.
        return std::path::absolute(folder).ok();
    }
    let caches = match os {
        "windows" => absolute("LOCALAPPDATA")?,
        "macos" => absolute("HOME")?.join("Library").join("Caches"),
        // The specification says to ignore a relative XDG_CACHE_HOME.
        _ => match absolute("XDG_CACHE_HOME").filter(|p| p.is_absolute()) {
            Some(folder) => folder,
            None => absolute("HOME")?.join(".cache"),
        },
    };
    Some(caches.join("duplex").join("tools"))
}

/// A fresh folder for one test.
#[cfg(test)]
pub fn temporary(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_taken_out_of_json() {
        let json = r#"{"packages":[],"target_directory":"C:\\a \"b\"\\t\u00e9","x":1}"#;
        assert_eq!(
            json_string(json, "target_directory").as_deref(),
            Some("C:\\a \"b\"\\té")
        );
        assert_eq!(json_string(json, "x"), None);
        assert_eq!(json_string(json, "y"), None);
        assert_eq!(json_string(r#"{"cut":"short"#, "cut"), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_cache_is_where_each_system_keeps_caches() {
        let folder = |os, set: &[(&str, &str)]| {
            let env = |name: &str| {
                let found = set.iter().find(|(n, _)| *n == name);
                found.map(|(_, value)| OsString::from(value))
            };
            tools_from(os, &env).map(|p| p.to_str().unwrap().to_owned())
        };
        let home = ("HOME", "/h");
        assert_eq!(folder("linux", &[home]).unwrap(), "/h/.cache/duplex/tools");
        assert_eq!(
            folder("linux", &[home, ("XDG_CACHE_HOME", "/x")]).unwrap(),
            "/x/duplex/tools"
        );
        assert_eq!(
            folder("linux", &[home, ("XDG_CACHE_HOME", "x")]).unwrap(),
            "/h/.cache/duplex/tools"
        );
        assert_eq!(
            folder("macos", &[home]).unwrap(),
            "/h/Library/Caches/duplex/tools"
        );
        assert_eq!(
            folder("windows", &[("LOCALAPPDATA", "/l")]).unwrap(),
            "/l/duplex/tools"
        );
        assert_eq!(
            folder("linux", &[home, ("DUPLEX_CACHE", "/d")]).unwrap(),
            "/d"
        );
        assert_eq!(folder("linux", &[("DUPLEX_CACHE", "")]), None);
    }
}
