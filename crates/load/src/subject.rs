//! The servers that are measured, each in a process of its own.

use std::{
    io,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// duplex-server.
    Ours,
    /// yawc, bare: the library under ours.
    Yawc,
    /// tungstenite, which has no compression.
    Tungstenite,
    /// ws, on Node.
    Ws,
}

impl Subject {
    /// In the order of the table's columns.
    pub const ALL: [Self; 4] = [Self::Ours, Self::Yawc, Self::Tungstenite, Self::Ws];

    /// Where it echoes.
    pub fn path(self) -> &'static str {
        match self {
            Self::Ours => "/echo",
            _ => "/",
        }
    }

    /// Whether it has permessage-deflate.
    pub fn deflates(self) -> bool {
        self != Self::Tungstenite
    }
}

/// The programs.
#[derive(Debug, Clone)]
pub struct Programs {
    /// duplex-server, of the server's profile.
    pub server: PathBuf,
    /// A folder where ws is installed, and Node.
    pub ws: Option<(PathBuf, PathBuf)>,
}

/// A server that runs, until it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Running {
    /// Starts a server and waits until it listens. `flags` are for ours. `None` where it isn't installed.
    ///
    /// # Errors
    ///
    /// When it can't be started, or ends.
    pub fn start(
        subject: Subject,
        programs: &Programs,
        flags: &[&str],
    ) -> io::Result<Option<Self>> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let place = address.to_string();
        let mut command = match subject {
            Subject::Ours => {
                let mut command = Command::new(&programs.server);
                command
                    .args(["--listen", &place, "--log", "off"])
                    .args(flags);
                command
            }
            Subject::Yawc | Subject::Tungstenite => {
                let mut command = Command::new(std::env::current_exe()?);
                let name = if subject == Subject::Yawc {
                    "yawc"
                } else {
                    "tungstenite"
                };
                command.args(["--peer", name, &place]);
                command
            }
            Subject::Ws => {
                let Some((node, folder)) = &programs.ws else {
                    return Ok(None);
                };
                let mut command = Command::new(node);
                command.arg("ws.mjs").arg(&place).current_dir(folder);
                command
            }
        };
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let mut running = Self { child, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = running.child.try_wait()? {
                return Err(io::Error::other(format!("{subject:?} ended: {status}")));
            }
            if begun.elapsed() > Duration::from_secs(20) {
                return Err(io::Error::other(format!("{subject:?} does not listen")));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        // What starting takes is over when this is answered or refused.
        std::thread::sleep(Duration::from_millis(200));
        Ok(Some(running))
    }

    /// Resident memory in KiB; on Linux alone.
    pub fn memory(&self) -> Option<f64> {
        let status = std::fs::read_to_string(self.proc("status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").trim().parse().ok()
    }

    /// Open files; on Linux alone.
    pub fn open_files(&self) -> Option<usize> {
        Some(std::fs::read_dir(self.proc("fd")).ok()?.count())
    }

    fn proc(&self, file: &str) -> PathBuf {
        Path::new("/proc")
            .join(self.child.id().to_string())
            .join(file)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Memory of all TCP sockets of the machine, in KiB; on Linux alone.
pub fn kernel_memory() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/net/sockstat").ok()?;
    let line = text.lines().find(|line| line.starts_with("TCP:"))?;
    let pages: f64 = line.rsplit(' ').next()?.parse().ok()?;
    Some(pages * 4.0)
}
