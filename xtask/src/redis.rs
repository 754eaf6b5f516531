//! A Redis for the tests of the rooms, and for two servers that share theirs.

use crate::failure::{Failure, Result};
use crate::process::{self, Running};
use crate::{apt, ui};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Set for the tests where there is no Redis: then they leave out what needs one.
pub const WITHOUT: &str = "DUPLEX_WITHOUT_REDIS";

/// The program, if it is here.
pub fn find() -> Option<PathBuf> {
    process::which("redis-server")
}

/// The program, installed first if it has to be and may be; otherwise nothing.
pub fn get() -> Option<PathBuf> {
    if find().is_none() && apt::is_ours() {
        ui::doing(
            "Getting redis-server with apt-get",
            Some("about 20 seconds"),
        );
        if apt::install(&["redis-server"]).is_err() {
            ui::warn("it could not be installed.");
        }
    }
    find()
}

/// A Redis that keeps nothing, on a free port of this machine.
pub struct Redis {
    running: Running,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Redis {
    /// Starts one, and waits until it answers.
    pub fn start() -> Result<Redis> {
        let program = get().ok_or_else(|| {
            Failure::new(
                "Two servers share their rooms through Redis, and there is no redis-server.",
            )
            .advise("Install Redis (on Debian: apt-get install redis-server) and run this again.")
        })?;
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let address = TcpListener::bind(any)
            .and_then(|free| free.local_addr())
            .map_err(|error| Failure::new(format!("No port is free for Redis: {error}")))?;
        let mut command = process::command(program);
        command
            .args(["--bind", "127.0.0.1", "--save", "", "--loglevel", "warning"])
            .args(["--port", &address.port().to_string()])
            .stdout(std::process::Stdio::null())
            .current_dir(std::env::temp_dir());
        let mut running = Running::start(&mut command)?;
        let begun = Instant::now();
        while TcpStream::connect_timeout(&address, Duration::from_millis(250)).is_err() {
            if let Some(status) = running.ended()? {
                return Err(Failure::new(format!(
                    "redis-server ended with {}.",
                    process::ending(status)
                )));
            }
            if begun.elapsed() > Duration::from_secs(10) {
                return Err(Failure::new("redis-server does not answer."));
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        Ok(Redis { running, address })
    }

    fn stop(&mut self) -> Result {
        self.running.stop()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Whatever ends the command ends what it started.
        let _ = self.stop();
    }
}
