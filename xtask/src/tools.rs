//! The tools that build and test Duplex: which versions, where they are, and how to get them.
//!
//! A tool of the right version on `PATH` is used. Otherwise it is installed into the cache, in a folder named after its
//! version: first into a temporary folder beside it, which is then renamed, so that an interruption leaves nothing
//! half-made. Nothing is ever put into the user's own folders of programs.

use crate::failure::{Context, Failure, Result};
use crate::{paths, process, ui};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The only pinned versions; `Trunk.toml` repeats those that Trunk checks, and a test compares them.
/// wasm-bindgen is pinned by `Cargo.lock`.
pub mod pins {
    /// Trunk bundles the page.
    pub const TRUNK: &str = "0.21.14";
    /// wasm-split-cli cuts the page's WebAssembly into a base and modules.
    pub const WASM_SPLIT: &str = "0.2.4";
    /// wasm-opt makes the page's WebAssembly smaller.
    pub const WASM_OPT: &str = "132";
    /// cargo-fuzz builds and runs the fuzz targets.
    pub const CARGO_FUZZ: &str = "0.13.2";
    /// The oldest Node the browser tests run on.
    pub const NODE: u32 = 20;
    /// The target the page is compiled for.
    pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
    /// The target the benchmark is compiled for: WebAssembly with a clock.
    pub const WASI_TARGET: &str = "wasm32-wasip1";
}

/// A tool that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its version, as it says itself.
    pub version: String,
    /// Its program.
    pub program: PathBuf,
}

impl Found {
    /// The folder to put on `PATH`.
    pub fn folder(&self) -> PathBuf {
        self.program.parent().unwrap_or(&self.program).to_owned()
    }
}

/// A tool that cargo can install.
pub struct CargoTool {
    /// The program's name.
    pub name: &'static str,
    /// The package's name.
    package: &'static str,
    /// The version wanted.
    pub version: String,
    /// Features and the like.
    arguments: &'static [&'static str],
    /// Whether the program says its version. One that does not is known by the folder it was installed into.
    says_version: bool,
    /// How long compiling takes, as measured on two cores.
    pub about: &'static str,
}

/// Trunk, without its own look-ups of newer versions.
pub fn trunk() -> CargoTool {
    CargoTool {
        name: "trunk",
        package: "trunk",
        version: pins::TRUNK.into(),
        arguments: &["--no-default-features", "--features", "rustls"],
        says_version: true,
        about: "about 4 minutes on two cores",
    }
}

/// wasm-bindgen's command line, which must be of the same version as the library in the page.
pub fn wasm_bindgen() -> Result<CargoTool> {
    Ok(CargoTool {
        name: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        version: locked_version("wasm-bindgen")?,
        arguments: &[],
        says_version: true,
        about: "about 1 minute on two cores",
    })
}

/// wasm-split's command line.
pub fn wasm_split() -> CargoTool {
    CargoTool {
        name: "wasm-split-cli",
        package: "wasm_split_cli_support",
        version: pins::WASM_SPLIT.into(),
        arguments: &["--features", "build-binary"],
        says_version: false,
        about: "about 1 minute on two cores",
    }
}

/// cargo-fuzz, for the one command that needs it.
pub fn cargo_fuzz() -> CargoTool {
    CargoTool {
        name: "cargo-fuzz",
        package: "cargo-fuzz",
        version: pins::CARGO_FUZZ.into(),
        arguments: &[],
        says_version: true,
        about: "about 1 minute on two cores",
    }
}

impl CargoTool {
    fn folder(&self) -> Result<PathBuf> {
        Ok(paths::tools()?.join(format!("{}-{}", self.name, self.version)))
    }

    /// The tool, if the right version is here.
    pub fn find(&self) -> Result<Option<Found>> {
        let cached = program_in(&self.folder()?.join("bin"), self.name);
        if !self.says_version {
            let version = self.version.clone();
            return Ok(cached.is_file().then_some(Found {
                version,
                program: cached,
            }));
        }
        let here = [process::which(self.name), Some(cached)];
        let right = |found: &Found| found.version == self.version;
        Ok(here
            .into_iter()
            .flatten()
            .find_map(|p| ask_version(&p).filter(right)))
    }

    /// The tool, installed first if it has to be.
    pub fn get(&self) -> Result<Found> {
        if let Some(found) = self.find()? {
            return Ok(found);
        }
        let folder = self.folder()?;
        let _lock = Lock::take(&folder, self.name)?;
        // Somebody else may have installed it while we waited.
        if let Some(found) = self.find()? {
            return Ok(found);
        }
        let half_made = Unfinished::beside(&folder)?;
        if !self.install_prebuilt(&half_made.folder) {
            self.compile(&half_made.folder)?;
        }
        half_made.finish(&folder)?;
        self.find()?.ok_or_else(|| {
            Failure::new(format!(
                "{} {} was installed into {}, but does not run or says another version.",
                self.name,
                self.version,
                folder.display()
            ))
            .advise("Delete that folder and run this again.")
        })
    }

    /// Gets a prebuilt program by `cargo binstall`, if that is here and knows one.
    fn install_prebuilt(&self, into: &Path) -> bool {
        if process::output(process::cargo().args(["binstall", "-V"])).is_none() {
            return false;
        }
        let (name, version) = (self.name, &self.version);
        ui::doing(
            &format!("Downloading {name} {version} with cargo binstall"),
            Some("under a minute"),
        );
        let mut binstall = process::cargo();
        binstall
            .args([
                "binstall",
                "--no-confirm",
                "--disable-strategies",
                "compile",
            ])
            .arg("--root")
            .arg(into)
            .arg(format!("{}@{version}", self.package));
        let done = process::run(outside(&mut binstall, into)).is_ok()
            && program_in(&into.join("bin"), name).is_file();
        if !done && process::interrupted().is_none() {
            ui::say("  No prebuilt program could be had; compiling it instead.");
        }
        done && process::interrupted().is_none()
    }

    fn compile(&self, into: &Path) -> Result {
        let (name, version) = (self.name, &self.version);
        ui::doing(
            &format!("Compiling {name} {version}, once for all clones"),
            Some(self.about),
        );
        // What is compiled stays until the tool is installed, so that after an interruption the rest is enough.
        let build = paths::tools()?.join(format!("build-{name}-{version}"));
        let attempt = |locked: bool| {
            let mut install = process::cargo();
            install.arg("install").args(self.arguments);
            if locked {
                install.arg("--locked");
            }
            install
                .args(["--version", version, "--root"])
                .arg(into)
                .arg(self.package)
                .env("CARGO_TARGET_DIR", &build)
                // The usual profile takes four times as long, for a tool that runs for a second.
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
            process::run(outside(&mut install, into))
        };
        let result = attempt(true).or_else(|failure| {
            if process::interrupted().is_some() {
                return Err(failure);
            }
            ui::say("  Trying again with newer dependencies than the tool was released with.");
            attempt(false)
        });
        result.map_err(|failure| match process::interrupted() {
            Some(_) => failure,
            None => failure.advise(format!(
                "This step installs {name} {version}; it needs the network, to download its source, and a C linker.\n\
                 Run this again when there is a network, or put {name} {version} on PATH."
            )),
        })?;
        let _ = fs::remove_dir_all(&build);
        Ok(())
    }
}

/// Runs a command in another folder than the clone, so that the clone's cargo configuration does not touch it.
fn outside<'a>(command: &'a mut Command, folder: &Path) -> &'a mut Command {
    command
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .current_dir(folder)
}

/// A program's file in a folder.
fn program_in(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Asks a program its version.
fn ask_version(program: &Path) -> Option<Found> {
    let said = process::output(process::command(program).arg("--version"))?;
    Some(Found {
        version: version_in(&said)?,
        program: program.to_owned(),
    })
}

/// The version in what a program says about itself: the first word that begins with a digit, after a `v` or not.
pub fn version_in(said: &str) -> Option<String> {
    said.split_whitespace()
        .map(|word| word.strip_prefix('v').unwrap_or(word))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(|word| word.trim_end_matches([',', ';', ')']).to_owned())
}

/// The first number of a version.
pub fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// The version of a package in this workspace's `Cargo.lock`.
pub fn locked_version(package: &str) -> Result<String> {
    let file = paths::root().join("Cargo.lock");
    let advice = "Run `cargo generate-lockfile`, or take Cargo.lock from the repository.";
    let text = fs::read_to_string(&file)
        .context(|| format!("Cannot read {}", file.display()))
        .map_err(|f| f.advise(advice))?;
    locked_version_in(&text, package).ok_or_else(|| {
        Failure::new(format!(
            "Cargo.lock does not name {package}, which the page needs."
        ))
        .advise(advice)
    })
}

fn locked_version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    lock.split("[[package]]")
        .find(|entry| entry.lines().any(|line| line.trim() == name))?
        .lines()
        .find_map(|line| line.trim().strip_prefix("version = \"")?.strip_suffix('"'))
        .map(str::to_owned)
}

/// wasm-opt, if the right version is here.
pub fn find_wasm_opt() -> Result<Option<Found>> {
    let bin = wasm_opt_folder()?.join("node_modules").join(".bin");
    let cached = process::which_in("wasm-opt", bin.as_os_str());
    let right = |found: &Found| found.version == pins::WASM_OPT;
    Ok([process::which("wasm-opt"), cached]
        .into_iter()
        .flatten()
        .find_map(|p| ask_version(&p).filter(right)))
}

fn wasm_opt_folder() -> Result<PathBuf> {
    Ok(paths::tools()?.join(format!("binaryen-{}", pins::WASM_OPT)))
}

/// wasm-opt, installed by npm first if it has to be. Nothing where there is no npm, or no network: then the page is larger
/// than it need be.
pub fn get_wasm_opt() -> Result<Option<Found>> {
    if let Some(found) = find_wasm_opt()? {
        return Ok(Some(found));
    }
    let Some(npm) = process::which("npm").filter(|_| node().is_some()) else {
        return Ok(None);
    };
    let folder = wasm_opt_folder()?;
    let _lock = Lock::take(&folder, "wasm-opt")?;
    if let Some(found) = find_wasm_opt()? {
        return Ok(Some(found));
    }
    let half_made = Unfinished::beside(&folder)?;
    ui::doing(
        &format!(
            "Getting wasm-opt {} with npm, once for all clones",
            pins::WASM_OPT
        ),
        Some("about 10 seconds"),
    );
    let mut install = process::command(npm);
    install
        .args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--prefix",
        ])
        .arg(&half_made.folder)
        .arg(format!("binaryen@{}.0.0", pins::WASM_OPT))
        .current_dir(&half_made.folder);
    if let Err(failure) = process::run_quietly(&mut install, "npm install binaryen") {
        if process::interrupted().is_some() {
            return Err(failure);
        }
        ui::warn("npm could not get wasm-opt; this step needs the network.");
        return Ok(None);
    }
    half_made.finish(&folder)?;
    match find_wasm_opt()? {
        Some(found) => Ok(Some(found)),
        None => {
            ui::warn(&format!("wasm-opt in {} does not run.", folder.display()));
            Ok(None)
        }
    }
}

/// Node, if it is here and new enough.
pub fn node() -> Option<Found> {
    any_node().filter(|found| major(&found.version).is_some_and(|v| v >= pins::NODE))
}

/// Node, of any version.
pub fn any_node() -> Option<Found> {
    ask_version(&process::which("node")?)
}

/// Whether the standard library for WebAssembly is installed.
pub fn has_wasm_target() -> bool {
    has_target(pins::WASM_TARGET)
}

fn has_target(target: &str) -> bool {
    let mut rustc = process::command(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc
        .args(["--print", "target-libdir", "--target", target])
        .current_dir(paths::root());
    let Some(folder) = process::output(&mut rustc) else {
        return false;
    };
    let core = |entry: fs::DirEntry| entry.file_name().to_string_lossy().starts_with("libcore-");
    fs::read_dir(folder.trim()).is_ok_and(|entries| entries.flatten().any(core))
}

/// Installs the standard library for WebAssembly if it is missing.
pub fn get_wasm_target() -> Result {
    get_target(pins::WASM_TARGET, "Duplex's page is")
}

/// Installs the standard library for WebAssembly with a clock if it is missing.
pub fn get_wasi_target() -> Result {
    get_target(pins::WASI_TARGET, "The benchmark is")
}

fn get_target(target: &str, what_is: &str) -> Result {
    if has_target(target) {
        return Ok(());
    }
    let advice = format!(
        "{what_is} compiled for {target}. With Rust from rustup this step is automatic; otherwise install your \
         distribution's package for that target."
    );
    let Some(rustup) = process::which("rustup") else {
        return Err(Failure::new(
            "This Rust has no standard library for WebAssembly, and there is no rustup to add it.",
        )
        .advise(advice));
    };
    ui::doing(
        &format!("Adding the target {target}"),
        Some("about 10 seconds"),
    );
    let mut add = process::command(rustup);
    add.args(["target", "add", target])
        .current_dir(paths::root());
    process::run(&mut add).map_err(|f| f.advise("This step needs the network. ").advise(advice))
}

/// Installs rustfmt and clippy if they are missing, as they are from a minimal Rust.
pub fn get_rust_components() -> Result {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let mut ask = process::cargo();
        ask.args([subcommand, "--version"])
            .current_dir(paths::root());
        if process::output(&mut ask).is_some() {
            continue;
        }
        let missing = format!("`cargo {subcommand}` is missing");
        let Some(rustup) = process::which("rustup") else {
            return Err(
                Failure::new(format!("{missing}, and there is no rustup to add it.")).advise(
                    format!("Install your distribution's package for {component}."),
                ),
            );
        };
        ui::doing(&format!("Adding {component}"), Some("about 10 seconds"));
        let mut add = process::command(rustup);
        add.args(["component", "add", component])
            .current_dir(paths::root());
        process::run(&mut add)
            .map_err(|f| f.advise(format!("{missing}; adding it needs the network.")))?;
    }
    Ok(())
}

/// Keeps two processes from installing the same tool at the same time. The system releases it when we end, however
/// that happens.
pub struct Lock {
    _file: fs::File,
}

impl Lock {
    /// Takes the lock for `folder`, waiting for whoever has it.
    pub fn take(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.with_added_extension("lock");
        let cannot = || format!("Cannot lock {}", path.display());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)
                .context(|| format!("Cannot create {}", parent.display()))
                .map_err(|f| f.advise("Set DUPLEX_CACHE to a folder that can be written to."))?;
        }
        let file = fs::File::create(&path).context(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                let label = format!("Another process is busy with {name}; waiting for it");
                ui::say(format!("  {label}."));
                let _ticker = ui::Ticker::start(&label);
                file.lock().context(cannot)?;
            }
            // Some network file systems have no locks. The renaming at the end is safe without.
            Err(fs::TryLockError::Error(_)) => {}
        }
        Ok(Self { _file: file })
    }
}

/// A folder that is being filled and takes its place only when it is complete.
struct Unfinished {
    folder: PathBuf,
}

impl Unfinished {
    /// Makes an empty folder beside `folder`, removing what interrupted processes left there.
    fn beside(folder: &Path) -> Result<Self> {
        let name = folder
            .file_name()
            .unwrap_or(OsStr::new("tool"))
            .to_string_lossy();
        let prefix = format!(".unfinished-{name}-");
        let parent = folder.parent().unwrap_or(folder);
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let unfinished = parent.join(format!("{prefix}{}", std::process::id()));
        fs::create_dir_all(&unfinished)
            .context(|| format!("Cannot create {}", unfinished.display()))
            .map_err(|f| f.advise("Set DUPLEX_CACHE to a folder that can be written to."))?;
        Ok(Self { folder: unfinished })
    }

    /// Puts the folder in its place. What is there already was found not to work.
    fn finish(self, place: &Path) -> Result {
        if place.exists() {
            fs::remove_dir_all(place).context(|| format!("Cannot replace {}", place.display()))?;
        }
        fs::rename(&self.folder, place).context(|| {
            format!(
                "Cannot rename {} to {}",
                self.folder.display(),
                place.display()
            )
        })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_say() {
        let cases = [
            ("trunk 0.21.14\n", Some("0.21.14")),
            ("wasm-bindgen 0.2.130 (1a2b3c)\n", Some("0.2.130")),
            ("wasm-opt version 132 (version_132)\n", Some("132")),
            ("v20.20.2\n", Some("20.20.2")),
            (
                "Chromium 156.0.8078.79 built on Debian",
                Some("156.0.8078.79"),
            ),
            ("rustc 1.95.0 (59807616e 2026-04-14)", Some("1.95.0")),
            ("no version here", None),
            ("", None),
        ];
        for (said, version) in cases {
            assert_eq!(version_in(said).as_deref(), version, "{said}");
        }
        assert_eq!(major("20.20.2"), Some(20));
        assert_eq!(major("x"), None);
    }

    #[test]
    fn a_locked_version_is_that_of_exactly_the_package_named() {
        let lock = r#"
version = 4

[[package]]
name = "wasm-bindgen-shared"
version = "9.9.9"
dependencies = [
 "wasm-bindgen",
]

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
source = "registry"
"#;
        assert_eq!(
            locked_version_in(lock, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(locked_version_in(lock, "bindgen"), None);
        assert_eq!(
            locked_version_in(&lock.replace('\n', "\r\n"), "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
    }

    #[test]
    fn trunk_is_told_the_same_versions() {
        let text = fs::read_to_string(paths::root().join("Trunk.toml")).unwrap();
        assert!(text.contains(&format!("trunk-version = \"={}\"", pins::TRUNK)));
        assert!(text.contains(&format!("wasm_opt = \"version_{}\"", pins::WASM_OPT)));
        if let Ok(version) = locked_version("wasm-bindgen") {
            assert!(
                text.contains(&format!("wasm_bindgen = \"{version}\"")),
                "Trunk.toml names another wasm-bindgen than Cargo.lock ({version})"
            );
        }
    }

    #[test]
    fn an_unfinished_folder_never_takes_the_place() {
        let root = paths::temporary("unfinished");
        let place = root.join("tool-1");
        let left_over = root.join(".unfinished-tool-1-1");
        fs::create_dir(&left_over).unwrap();
        let other = root.join(".unfinished-tool-2-1");
        fs::create_dir(&other).unwrap();

        let abandoned = Unfinished::beside(&place).unwrap();
        fs::write(abandoned.folder.join("half"), "").unwrap();
        drop(abandoned);
        assert!(!place.exists() && !left_over.exists() && other.exists());

        for content in ["first", "second"] {
            let unfinished = Unfinished::beside(&place).unwrap();
            fs::write(unfinished.folder.join("whole"), content).unwrap();
            unfinished.finish(&place).unwrap();
            assert_eq!(fs::read_to_string(place.join("whole")).unwrap(), content);
        }
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_lock_is_held_until_it_is_dropped() {
        let root = paths::temporary("lock");
        let place = root.join("tool-1.2");
        let lock = Lock::take(&place, "tool").unwrap();
        let other = fs::File::create(root.join("tool-1.2.lock")).unwrap();
        assert!(matches!(
            other.try_lock(),
            Err(fs::TryLockError::WouldBlock)
        ));
        drop(lock);
        other.try_lock().unwrap();
        fs::remove_dir_all(root).unwrap();
    }
}
