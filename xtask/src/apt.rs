//! Packages of Debian and the like, where they may be installed without asking.

use crate::failure::Result;
use crate::process;

/// Whether this is a Debian or the like on which we may install packages without asking.
pub fn is_ours() -> bool {
    cfg!(target_os = "linux") && is_root() && process::which("apt-get").is_some()
}

/// Installs packages.
pub fn install(packages: &[&str]) -> Result {
    let apt = |arguments: &[&str]| {
        process::run(
            process::command("apt-get")
                .args(arguments)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
    };
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

#[cfg(unix)]
fn is_root() -> bool {
    // SAFETY: geteuid(2) takes nothing, touches nothing and cannot fail.
    unsafe { libc::geteuid() == 0 }
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
