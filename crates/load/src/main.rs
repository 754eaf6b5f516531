//! Measures duplex-server beside bare echo servers of other libraries: the same client, the same run, one after another
//! for each row, on the loopback alone. `cargo xtask load` builds what is needed and starts this.
//!
//! Each row goes to standard output as one JSON object as soon as it is measured: `group`, `name`, `unit`, `less` (whether
//! less is better) and `values` in the order of [`Subject::ALL`], null where there is none.

#![forbid(unsafe_code)]

mod attack;
mod client;
mod measure;
mod peers;
mod subject;

use std::{
    io,
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use attack::Attack;
use serde_json::json;
use subject::{Programs, Running, Subject, kernel_memory};
use tokio::task::JoinSet;

/// How long and how much.
#[derive(Debug, Clone, Copy)]
struct Size {
    /// Connections that are held.
    held: usize,
    /// Connections that have sent a compressed message.
    compressed: usize,
    /// Rounds of bursts, and of echoes.
    rounds: usize,
    /// Time of a round of echoes.
    echo: Duration,
    /// Time of an attack.
    attack: Duration,
}

const WHOLE: Size = Size {
    held: 10_000,
    compressed: 1000,
    rounds: 3,
    echo: Duration::from_secs(1),
    attack: Duration::from_secs(5),
};

const QUICK: Size = Size {
    held: 1000,
    compressed: 200,
    rounds: 1,
    echo: Duration::from_millis(400),
    attack: Duration::from_secs(2),
};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

async fn run() -> Result {
    use lexopt::prelude::*;
    let (mut server, mut node, mut folder) = (None, None, None);
    let (mut size, mut soak, mut only) = (WHOLE, None, None);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("peer") => {
                let peer = arguments.value()?.string()?;
                let address = arguments.value()?.parse()?;
                raise_open_files();
                return Ok(peers::serve(&peer, address).await?);
            }
            Long("server") => server = Some(PathBuf::from(arguments.value()?)),
            Long("node") => node = Some(PathBuf::from(arguments.value()?)),
            Long("ws") => folder = Some(PathBuf::from(arguments.value()?)),
            Long("only") => only = Some(arguments.value()?.string()?),
            Long("quick") => size = QUICK,
            Long("soak") => {
                soak = Some(Duration::from_secs(60 * arguments.value()?.parse::<u64>()?))
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let programs = Programs {
        server: server.ok_or("--server names the program to measure")?,
        ws: node.zip(folder),
    };
    let files = raise_open_files();
    size.held = size.held.min(files.saturating_sub(1000).max(500) as usize);
    match soak {
        Some(time) => soak_for(&programs, time, size).await,
        None => {
            let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
            if wanted("memory") {
                memory(&programs, size).await?;
            }
            if wanted("accepting") {
                bursts(&programs, size).await?;
            }
            if wanted("echo") {
                echoes(&programs, size).await?;
            }
            if wanted("attacks") {
                attacks(&programs, size).await?;
            }
            Ok(())
        }
    }
}

/// The limit of open files, raised as far as it may.
fn raise_open_files() -> u64 {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        let holds = if setrlimit(Resource::Nofile, raised).is_ok() {
            raised
        } else {
            limit
        };
        holds.current.unwrap_or(u64::MAX)
    }
    #[cfg(not(unix))]
    u64::MAX
}

fn row(group: &str, name: &str, unit: &str, less: bool, values: &[Option<f64>]) {
    let row = json!({ "group": group, "name": name, "unit": unit, "less": less, "values": values });
    println!("{row}");
}

/// Flags for a server that takes as many connections as are needed.
const ROOM: [&str; 4] = ["--max-connections", "30000", "--idle-time", "1h"];

async fn memory(programs: &Programs, size: Size) -> Result {
    let group = "memory";
    let mut values = Vec::new();
    for subject in Subject::ALL {
        values.push(match Running::start(subject, programs, &ROOM)? {
            Some(server) => measure::idle_memory(&server, subject.path(), size.held).await?,
            None => None,
        });
    }
    row(
        group,
        &format!("a connection, idle ({} held)", size.held),
        "KiB",
        true,
        &values,
    );
    let (mut at_once, mut later) = (Vec::new(), Vec::new());
    for subject in Subject::ALL {
        let server = Running::start(subject, programs, &ROOM)?.filter(|_| subject.deflates());
        let [now, then] = match server {
            // Longer than --compressor-time.
            Some(server) => {
                let rest = Duration::from_secs(12);
                measure::compressed_memory(&server, subject.path(), size.compressed, rest).await?
            }
            None => [None, None],
        };
        at_once.push(now);
        later.push(then);
    }
    row(
        group,
        "after a compressed message each way",
        "KiB",
        true,
        &at_once,
    );
    row(group, "the same, 12 s later", "KiB", true, &later);
    let flags = [&ROOM[..], &["--max-wires", "10000"]].concat();
    if let Some(server) = Running::start(Subject::Ours, programs, &flags)? {
        let tapped = tapped_memory(&server, size.compressed).await?;
        row(
            group,
            "with a tap and its reader",
            "KiB",
            true,
            &[tapped, None, None, None],
        );
    }
    Ok(())
}

/// A connection whose bytes are read as they come: two connections, in fact.
async fn tapped_memory(server: &Running, count: usize) -> Result<Option<f64>> {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };
    let before = server.memory();
    let mut held = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(server.address).await?;
        let post = "POST /api/wires HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(post.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let id = answer
            .split("\"id\":\"")
            .nth(1)
            .and_then(|rest| rest.get(..32));
        let id = id.ok_or("no wire")?;
        let mut reader = TcpStream::connect(server.address).await?;
        let get = format!("GET /tap/{id} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        reader.write_all(get.as_bytes()).await?;
        let mut client =
            client::Client::open(server.address, &format!("/echo?wire={id}"), false).await?;
        client.send(&client::frame(0x81, b"tapped")).await?;
        client.message().await?;
        held.push((reader, client));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(before
        .zip(server.memory())
        .map(|(before, after)| (after - before) / count as f64))
}

async fn bursts(programs: &Programs, size: Size) -> Result {
    let mut values = Vec::new();
    for subject in Subject::ALL {
        values.push(match Running::start(subject, programs, &ROOM)? {
            Some(server) => measure::burst(server.address, subject.path(), 2 * size.rounds).await?,
            None => None,
        });
    }
    row(
        "accepting",
        "400 handshakes at once, p99",
        "ms",
        true,
        &values,
    );
    Ok(())
}

async fn echoes(programs: &Programs, size: Size) -> Result {
    let mut servers = Vec::new();
    for subject in Subject::ALL {
        servers.push((subject, Running::start(subject, programs, &ROOM)?));
    }
    for clients in [1, 50] {
        for (bytes, name) in [
            (16, "16 B"),
            (1 << 10, "1 KiB"),
            (64 << 10, "64 KiB"),
            (1 << 20, "1 MiB"),
        ] {
            let mut rates = vec![Vec::new(); servers.len()];
            let mut times = vec![Vec::new(); servers.len()];
            // One after another in each round, so that what else the machine does meets all of them.
            for _ in 0..size.rounds {
                for (n, (subject, server)) in servers.iter().enumerate() {
                    let Some(server) = server else {
                        continue;
                    };
                    let (rate, p99) =
                        measure::echo(server.address, subject.path(), clients, bytes, size.echo)
                            .await?;
                    rates[n].push(rate);
                    times[n].extend(p99);
                }
            }
            let median = |rounds: &mut Vec<f64>| measure::quantile(rounds, 0.5);
            let who = if clients == 1 {
                "1 client"
            } else {
                "50 clients"
            };
            let rates: Vec<_> = rates.iter_mut().map(median).collect();
            row(
                "echo",
                &format!("{name}, {who}"),
                "messages/s",
                false,
                &rates,
            );
            let times: Vec<_> = times.iter_mut().map(median).collect();
            row("echo", &format!("{name}, {who}, p99"), "ms", true, &times);
        }
    }
    Ok(())
}

/// A site with a file to download.
fn site() -> Result<PathBuf> {
    let site = std::env::temp_dir().join(format!("duplex-load-{}", std::process::id()));
    std::fs::create_dir_all(&site)?;
    std::fs::write(
        site.join("index.html"),
        "<!doctype html><title>load</title>",
    )?;
    std::fs::write(site.join("large.bin"), vec![7; 8 << 20])?;
    Ok(site)
}

async fn attacks(programs: &Programs, size: Size) -> Result {
    let site = site()?;
    let done = attacks_on(programs, size, &site.to_string_lossy()).await;
    std::fs::remove_dir_all(&site)?;
    done
}

async fn attacks_on(programs: &Programs, size: Size, site: &str) -> Result {
    let group = "others' p99 meanwhile";
    for attack in Attack::ALL {
        let mut values = Vec::new();
        let mut more = None;
        for subject in Subject::ALL {
            let applies = subject == Subject::Ours || attack.is_for_all();
            let has = attack != Attack::Deflated || subject.deflates();
            let flags = ["--site", site];
            let server = match applies && has {
                true => Running::start(subject, programs, &flags)?,
                false => None,
            };
            let Some(server) = server else {
                values.push(None);
                continue;
            };
            let seen = under(&server, subject, &[attack], size.attack).await?;
            values.push(seen.p99);
            if subject == Subject::Ours {
                more = Some(seen);
            }
        }
        row(group, attack.name(), "ms", true, &values);
        let Some(seen) = more else {
            continue;
        };
        let ours = |value| [value, None, None, None];
        match attack {
            Attack::Downloads => {
                let name = "of the kernel, 800 downloads that nobody reads";
                row("memory under attack", name, "MiB", true, &ours(seen.kernel));
            }
            Attack::Silence => {
                let name = "/healthz, beside 2000 silent connections";
                row("accepting", name, "ms", true, &ours(seen.health));
            }
            Attack::Unread => {
                let name = "50 × 1 MiB echoes that nobody reads";
                row("memory under attack", name, "MiB", true, &ours(seen.memory));
            }
            _ => {}
        }
    }
    // Everything at once, beside idle connections. What the attacks themselves take of the machine is in it.
    let flags = [&ROOM[..], &["--site", site]].concat();
    if let Some(server) = Running::start(Subject::Ours, programs, &flags)? {
        let idle = measure::open(server.address, Subject::Ours.path(), true, size.held).await?;
        let seen = under(&server, Subject::Ours, &Attack::ALL, 2 * size.attack).await?;
        let ours = |value| [value, None, None, None];
        let name = format!("all of it at once, beside {} idle", size.held);
        row(group, &name, "ms", true, &ours(seen.p99));
        row(
            "memory under attack",
            &name,
            "MiB",
            true,
            &ours(seen.memory),
        );
        drop(idle);
    }
    Ok(())
}

/// What there is to see while attacks run.
struct Seen {
    /// Of what others wait for their echoes, in ms.
    p99: Option<f64>,
    /// What the kernel's memory for TCP has grown by, and the server's memory, in MiB.
    kernel: Option<f64>,
    memory: Option<f64>,
    /// The time to an answer of `/healthz`, in ms; only ours has that.
    health: Option<f64>,
}

async fn under(
    server: &Running,
    subject: Subject,
    attacks: &[Attack],
    time: Duration,
) -> Result<Seen> {
    let mut set = JoinSet::new();
    let kernel = kernel_memory();
    let address = server.address;
    // There before the others come.
    let others = measure::Others::open(address, subject.path())?;
    for attack in attacks {
        attack.start(address, subject.path(), &mut set);
    }
    let (p99, health) = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_millis(500));
        let p99 = others.measure(time);
        (p99, measure::health(address).ok())
    })
    .await?;
    let mib = |kib: f64| kib / 1024.0;
    let grown = kernel
        .zip(kernel_memory())
        .map(|(before, after)| mib(after - before));
    Ok(Seen {
        p99: p99?,
        kernel: grown,
        memory: server.memory().map(mib),
        health,
    })
}

/// Attacks that come and go, and then nothing: the server should be where it began.
async fn soak_for(programs: &Programs, time: Duration, size: Size) -> Result {
    let site = site()?;
    let folder = site.to_string_lossy();
    // Room for an attack while the one before is still being put away.
    let flags = [&ROOM[..], &["--site", &folder, "--stall-time", "5s"]].concat();
    let server = Running::start(Subject::Ours, programs, &flags)?.ok_or("no server")?;
    // Once before, so that what is kept for good is there.
    for attack in Attack::ALL {
        under(&server, Subject::Ours, &[attack], size.attack).await?;
    }
    let rest = Duration::from_secs(20);
    tokio::time::sleep(rest).await;
    let mib = |kib: Option<f64>| kib.map(|kib| kib / 1024.0);
    let before = (server.memory(), server.open_files());
    let begun = Instant::now();
    // What levels off is kept for the next time; what leaks does not.
    let mut marks = [1, 2, 3]
        .map(|quarter| time * quarter / 4)
        .into_iter()
        .peekable();
    while begun.elapsed() < time {
        for attack in Attack::ALL {
            under(&server, Subject::Ours, &[attack], size.attack).await?;
        }
        if let Some(mark) = marks.next_if(|mark| begun.elapsed() > *mark) {
            let name = format!("memory after {:.1} min", mark.as_secs_f64() / 60.0);
            row(
                "soak",
                &name,
                "MiB",
                true,
                &[mib(server.memory()), None, None, None],
            );
        }
    }
    tokio::time::sleep(rest).await;
    let after = (server.memory(), server.open_files());
    std::fs::remove_dir_all(&site)?;
    let minutes = time.as_secs() / 60;
    let files = |files: Option<usize>| files.map(|files| files as f64);
    for (name, unit, before, after) in [
        ("memory", "MiB", mib(before.0), mib(after.0)),
        ("open files", "files", files(before.1), files(after.1)),
    ] {
        row(
            "soak",
            &format!("{name} before"),
            unit,
            true,
            &[before, None, None, None],
        );
        row(
            "soak",
            &format!("{name} after {minutes} min"),
            unit,
            true,
            &[after, None, None, None],
        );
    }
    let grown = before
        .0
        .zip(after.0)
        .is_some_and(|(before, after)| after > before * 1.25 + 8192.0);
    if grown || before.1 < after.1 {
        return Err(io::Error::other("the server is not where it began").into());
    }
    Ok(())
}
