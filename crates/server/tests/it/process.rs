//! The program itself: its flags, its exit codes and its signals.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use crate::help::*;

pub struct Program {
    pub child: Child,
    pub address: SocketAddr,
    /// The log until it listened.
    said: String,
    log: BufReader<std::process::ChildStderr>,
}

/// A test that fails leaves no server behind.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    pub fn start(flags: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_duplex-server"));
        program.args(["--listen", "127.0.0.1:0"]).args(flags);
        Self::start_as(&mut program)
    }

    fn start_as(program: &mut Command) -> Self {
        let program = program.stderr(Stdio::piped()).spawn();
        let mut child = program.expect("the program");
        let mut log = BufReader::new(child.stderr.take().expect("a log"));
        let mut line = String::new();
        let mut said = String::new();
        let address = loop {
            line.clear();
            assert!(
                log.read_line(&mut line).expect("a log") > 0,
                "it ended early"
            );
            said.push_str(&line);
            if let Some((_, rest)) = line.split_once("serving http://") {
                let end = rest
                    .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'))
                    .unwrap_or(rest.len());
                break rest[..end].parse().expect("an address");
            }
        };
        Self {
            child,
            address,
            said,
            log,
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status()
            .expect("kill");
        assert!(sent.success());
    }

    async fn exit_code(mut self) -> (Option<i32>, String) {
        within(tokio::task::spawn_blocking(move || {
            let mut rest = String::new();
            std::io::Read::read_to_string(&mut self.log, &mut rest).expect("a log");
            (self.child.wait().expect("an end").code(), rest)
        }))
        .await
        .expect("an end")
    }
}

#[tokio::test]
async fn a_signal_closes_every_websocket_with_1001_and_exits_with_0() {
    for signal in ["-TERM", "-INT"] {
        let program = Program::start(&["--log-format", "json", "--close-time", "300ms"]);
        let mut polite = Raw::open(program.address, "/echo", "").await;
        let mut mute = Raw::open(program.address, "/echo?delay=1m", "").await;
        mute.frame(0x81, b"held back").await;
        let _unused = tokio::net::TcpStream::connect(program.address)
            .await
            .unwrap();
        program.signal(signal);
        let close = polite.next().await;
        assert_eq!(close.close_code(), 1001);
        polite.frame(0x88, &close.payload).await;
        polite.expect_end().await;
        drop(polite);
        assert_eq!(mute.next().await.close_code(), 1001);
        // The other client says nothing at all, and isn't waited for without end.
        let (code, log) = program.exit_code().await;
        assert_eq!(code, Some(0), "{signal}: {log}");
        for line in log.lines() {
            let line: serde_json::Value =
                serde_json::from_str(line).expect("a JSON object per line");
            assert!(line["level"].is_string());
        }
        assert!(log.contains("stopp"), "{log}");
    }
}

/// Starts the program with so few open files, as a shell does.
#[cfg(target_os = "linux")]
fn with_open_files(limit: &str) -> Command {
    let program = env!("CARGO_BIN_EXE_duplex-server");
    let mut shell = Command::new("sh");
    let script =
        format!("ulimit {limit} && exec {program} --listen 127.0.0.1:0 --max-connections 300");
    shell.args(["-c", &script]);
    shell
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_limit_of_open_files_is_raised_and_said() {
    let mut shell = with_open_files("-Sn 100");
    let program = Program::start_as(&mut shell);
    let limits = format!("/proc/{}/limits", program.child.id());
    let limits = std::fs::read_to_string(limits).expect("limits");
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft: usize = line
        .unwrap()
        .split_whitespace()
        .nth(3)
        .unwrap()
        .parse()
        .unwrap();
    assert!(soft > 300, "{soft}");
    assert!(program.said.contains("raised"), "{}", program.said);
    program.signal("-TERM");
    assert_eq!(program.exit_code().await.0, Some(0));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_limit_that_is_too_low_is_said_and_kept_to() {
    let mut shell = with_open_files("-n 150");
    let program = Program::start_as(&mut shell);
    assert!(program.said.contains("ulimit -n"), "{}", program.said);
    let mut held = Vec::new();
    let refused = loop {
        let (raw, reply) = Raw::handshake(program.address, "/echo", "").await;
        match reply.status {
            101 => held.push(raw),
            other => break other,
        }
    };
    assert_eq!(refused, 503, "after {}", held.len());
    assert!(held.len() < 150);
    // Descriptors are left for those who are told no, and for whoever asks how it is.
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(
            tokio::net::TcpStream::connect(program.address)
                .await
                .unwrap(),
        );
    }
    assert_eq!(get(program.address, "/healthz").await.status, 200);
    program.signal("-TERM");
    drop((held, silent));
    let (code, log) = program.exit_code().await;
    assert_eq!(code, Some(0));
    let failed = log
        .lines()
        .filter(|line| line.contains("could not be accepted"));
    assert!(failed.count() < 5, "{log}");
}

#[tokio::test]
async fn a_busy_port_is_explained() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().unwrap().to_string();
    let out = Command::new(env!("CARGO_BIN_EXE_duplex-server"))
        .args(["--listen", &address])
        .output()
        .expect("the program");
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(
        said.contains("in use") && said.contains("--listen"),
        "{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn wrong_flags_are_explained() {
    for (flags, says) in [
        (["--max-message", "lots"], "--max-message"),
        (["--idle-time", "0s"], "100ms to 1day"),
        (["--listen", "8080"], "such as 127.0.0.1:8080"),
        (["--max-connections", "0"], "from 1 to 1000000"),
        (["--max-header", "1KiB"], "8KiB to 1MiB"),
    ] {
        let out = Command::new(env!("CARGO_BIN_EXE_duplex-server"))
            .args(flags)
            .output()
            .expect("the program");
        assert_eq!(out.status.code(), Some(2));
        let said = String::from_utf8(out.stderr).unwrap();
        assert!(said.contains(says), "{flags:?}: {said}");
    }
    let help = Command::new(env!("CARGO_BIN_EXE_duplex-server"))
        .arg("--help")
        .output()
        .expect("the program");
    assert!(help.status.success());
    let help = String::from_utf8(help.stdout).unwrap();
    for flag in [
        "--listen",
        "--site",
        "--max-message",
        "--tap-memory",
        "--lab-memory",
        "/lab/restart",
        "/api/memory",
        "cargo xtask build",
        "1001",
    ] {
        assert!(help.contains(flag), "{flag}");
    }
}

/// Linux only: reads the program's peak memory from the kernel.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_does_not_read_does_not_grow_the_server() {
    use tokio::io::AsyncWriteExt as _;
    let program = Program::start(&["--stall-time", "1s"]);
    let peak = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", program.child.id()))
            .expect("status");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .expect("peak memory")
            .trim();
        line.trim_end_matches(" kB").parse::<usize>().expect("kB")
    };
    let chunk = masked(0x82, &vec![0; 1 << 20]);
    // One message of the largest size through, so that what one connection needs is counted before.
    let mut raw = Raw::open(program.address, "/echo", "").await;
    raw.send(&chunk).await;
    raw.next().await;
    let before = peak();
    let mut greedy = Vec::new();
    for _ in 0..4 {
        let address = program.address;
        let chunk = chunk.clone();
        greedy.push(tokio::spawn(async move {
            let mut raw = Raw::open(address, "/echo", "").await;
            let mut pushed = 0;
            while pushed < 512 && raw.stream.write_all(&chunk).await.is_ok() {
                pushed += 1;
            }
            assert!(pushed < 512, "half a gigabyte went in");
        }));
    }
    for task in greedy {
        within(task).await.expect("cut");
    }
    let grown = peak() - before;
    // Four connections, each with one message read and one echo being written, and what the allocator keeps.
    assert!(grown < 40 << 10, "{grown} kB more");
    program.signal("-TERM");
    drop(raw);
    assert_eq!(program.exit_code().await.0, Some(0));
}
