//! Starting other programs, waiting for them, and never leaving one behind.
//!
//! Programs are started in our own process group. Ctrl-C on a terminal therefore reaches them directly; we only have to
//! outlive them. A request to end that is sent to us alone (SIGTERM, SIGHUP) is passed on.

use crate::failure::{Context, Failure, Result};
use crate::ui;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, Ordering};

/// The programs running now, by process id.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// The signal that asked us to end, or 0.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// The signal that asked us to end, if one did.
pub fn interrupted() -> Option<i32> {
    match SIGNAL.load(Ordering::SeqCst) {
        0 => None,
        signal => Some(signal),
    }
}

/// Takes charge of the signals that end a program. To be called once, first of all.
#[cfg(unix)]
pub fn handle_signals() -> Result {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use std::io::IsTerminal;

    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])
        .context(|| "Signals cannot be handled".into())?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            SIGNAL.store(signal, Ordering::SeqCst);
            let running = RUNNING.lock().map(|r| r.clone()).unwrap_or_default();
            if running.is_empty() {
                ui::say("\nInterrupted. Run the same command again to go on.");
                std::process::exit(128 + signal);
            }
            // A terminal sends its SIGINT to the whole group, so the programs have it already.
            let theirs_already = signal == SIGINT && std::io::stdin().is_terminal();
            if !theirs_already {
                for id in running {
                    send(id, signal);
                }
            }
        }
    });
    Ok(())
}

/// On Windows a console's Ctrl-C ends us together with everything we started, which is what is wanted.
#[cfg(not(unix))]
pub fn handle_signals() -> Result {
    Ok(())
}

#[cfg(unix)]
fn send(id: u32, signal: i32) {
    if let Ok(id) = libc::pid_t::try_from(id) {
        // SAFETY: kill(2) takes two integers and touches no memory of ours. The id is that of a child that has not been
        // waited for (see `Running`), so it cannot have passed to another process.
        unsafe { libc::kill(id, signal) };
    }
}

/// A program that has been started. It is asked to end when this is dropped before the program did.
pub struct Running {
    child: Child,
    shown: String,
}

impl Running {
    /// Starts `command`.
    pub fn start(command: &mut Command) -> Result<Self> {
        let shown = display(command);
        // The list is held while the program starts, so that a signal in between still finds it.
        let mut running = lock();
        let child = command.spawn().context(|| cannot_start(command))?;
        running.push(child.id());
        drop(running);
        Ok(Self { child, shown })
    }

    /// How the program ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let mut running = lock();
        let status = self
            .child
            .try_wait()
            .context(|| format!("Cannot wait for `{}`", self.shown))?;
        if status.is_some() {
            running.retain(|id| *id != self.child.id());
        }
        Ok(status)
    }

    /// Waits for the program to end.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let mut pause = std::time::Duration::from_millis(1);
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(std::time::Duration::from_millis(50));
        }
    }

    /// Asks the program to end and waits; after ten seconds, ends it.
    pub fn stop(&mut self) -> Result {
        if self.ended()?.is_some() {
            return Ok(());
        }
        #[cfg(unix)]
        {
            send(self.child.id(), libc::SIGTERM);
            for _ in 0..200 {
                if self.ended()?.is_some() {
                    return Ok(());
                }
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        }
        let _ = self.child.kill();
        self.wait().map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

fn lock() -> std::sync::MutexGuard<'static, Vec<u32>> {
    RUNNING
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A command to run `program`, without what `cargo run` adds to the environment about xtask itself: build scripts that
/// look at those variables would run anew each time.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if about_this_package(&name) {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

fn about_this_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || name.starts_with("CARGO_BIN_")
        || matches!(&*name, "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE")
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command to its end, with its output where ours goes. Fails unless it succeeds.
pub fn run(command: &mut Command) -> Result {
    let status = Running::start(command)?.wait()?;
    judge(command, status)
}

/// Runs a command that says little, showing the time; its output is shown only when it fails.
pub fn run_quietly(command: &mut Command, label: &str) -> Result {
    let shown = display(command);
    let log =
        std::env::temp_dir().join(format!("duplex-{}-{}.log", std::process::id(), label_id()));
    let out = std::fs::File::create(&log).context(|| format!("Cannot write {}", log.display()))?;
    let err = out
        .try_clone()
        .context(|| format!("Cannot write {}", log.display()))?;
    command.stdout(out).stderr(err);
    let ended = {
        let _ticker = ui::Ticker::start(label);
        Running::start(command).and_then(|mut running| running.wait())
    };
    let said = std::fs::read(&log).unwrap_or_default();
    let _ = std::fs::remove_file(&log);
    let result = ended.and_then(|status| judge(command, status));
    if result.is_err() && interrupted().is_none() {
        ui::say(format!("  `{shown}` said:"));
        for line in String::from_utf8_lossy(&said).lines() {
            ui::say(format!("  | {line}"));
        }
    }
    result
}

/// A number for each temporary file of this process.
fn label_id() -> i32 {
    static NEXT: AtomicI32 = AtomicI32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The standard output of a command that succeeds; nothing when it fails or cannot be started.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn judge(command: &Command, status: ExitStatus) -> Result {
    if !status.success() {
        // A signal to the whole group may end the program before our own handler has noted it.
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    if let Some(signal) = interrupted() {
        return Err(Failure {
            message: "Interrupted. Run the same command again to go on.".into(),
            code: u8::try_from(128 + signal).unwrap_or(1),
        });
    }
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{}` ended with {}.",
        display(command),
        ending(status)
    )))
}

/// How a program ended, in words.
pub fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => status.to_string(),
    }
}

fn cannot_start(command: &Command) -> String {
    format!("Cannot start `{}`", command.get_program().to_string_lossy())
}

/// A command line as one would type it, with only the name of the program.
fn display(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Finds a program on `PATH`.
pub fn which(name: &str) -> Option<PathBuf> {
    which_in(name, &std::env::var_os("PATH")?)
}

/// Finds a program in the folders of `path`.
pub fn which_in(name: &str, path: &OsStr) -> Option<PathBuf> {
    // npm's programs are .cmd files on Windows.
    let suffixes: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd", ".bat"]
    } else {
        &[""]
    };
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .flat_map(|folder| {
            suffixes
                .iter()
                .map(move |s| folder.join(format!("{name}{s}")))
        })
        .find(|file| executable(file))
}

#[cfg(unix)]
fn executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn executable(file: &Path) -> bool {
    file.is_file()
}

/// `PATH` with other folders in front.
pub fn path_with(folders: &[PathBuf]) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(folders.iter().cloned().chain(std::env::split_paths(&path)))
        .context(|| "A tool is in a folder whose name cannot be part of PATH".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_first_executable_file_on_the_path_is_found() {
        use std::os::unix::fs::PermissionsExt;
        let root = crate::paths::temporary("which");
        let (a, b, c) = (root.join("a"), root.join("b"), root.join("c"));
        for folder in [&a, &b, &c] {
            std::fs::create_dir_all(folder).unwrap();
        }
        std::fs::create_dir(a.join("tool")).unwrap();
        std::fs::write(b.join("tool"), "not executable").unwrap();
        std::fs::write(c.join("tool"), "").unwrap();
        std::fs::set_permissions(c.join("tool"), PermissionsExt::from_mode(0o755)).unwrap();
        let path = std::env::join_paths([&a, &b, &c]).unwrap();
        assert_eq!(which_in("tool", &path), Some(c.join("tool")));
        assert_eq!(which_in("other", &path), None);
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn only_what_describes_xtask_is_taken_from_the_environment() {
        for gone in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_BIN_NAME"] {
            assert!(about_this_package(OsStr::new(gone)), "{gone}");
        }
        for kept in [
            "CARGO_TARGET_DIR",
            "CARGO_HOME",
            "CARGO_NET_OFFLINE",
            "PATH",
        ] {
            assert!(!about_this_package(OsStr::new(kept)), "{kept}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_is_named_with_its_exit_code() {
        let failure = run(command("/bin/sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(failure.message, "`sh -c exit 3` ended with exit code 3.");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let failure = run(&mut command("no-such-program-anywhere")).unwrap_err();
        assert!(
            failure
                .message
                .starts_with("Cannot start `no-such-program-anywhere`")
        );
    }

    #[cfg(unix)]
    #[test]
    fn dropping_a_running_program_ends_it() {
        let begun = std::time::Instant::now();
        let running = Running::start(command("/bin/sh").args(["-c", "exec sleep 30"])).unwrap();
        let id = running.child.id();
        drop(running);
        assert!(begun.elapsed().as_secs() < 9);
        assert!(!lock().contains(&id));
    }
}
