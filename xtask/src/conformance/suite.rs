//! Running the suite's program.

use super::{Subject, Verdicts, verdicts};
use crate::failure::{Context, Failure, Result};
use crate::process::{self, Running};
use crate::{paths, serve, ui};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Finds the suite's program.
pub fn wstest() -> Result<PathBuf> {
    process::which("wstest").ok_or_else(|| {
        Failure::new("There is no `wstest` on PATH.").advise(
            "It is the program of the Autobahn test suite (PyPI: autobahntestsuite), which needs Python 2.7 or PyPy 2.7:\n\
             `pypy -m pip install autobahntestsuite`, or its Docker image crossbario/autobahn-testsuite with a script named wstest.",
        )
    })
}

/// Builds the codec's two harnesses.
pub fn build() -> Result {
    let mut cargo = process::cargo();
    cargo.args(["build", "--package", "wire", "--profile", "server"]);
    cargo.args([
        "--example",
        "autobahn_server",
        "--example",
        "autobahn_client",
    ]);
    process::run_quietly(
        cargo.current_dir(paths::root()),
        "Building the two harnesses",
    )
}

fn example(name: &str) -> Result<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(paths::target()?.join("server").join("examples").join(file))
}

/// A port that nobody uses at the moment.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context(|| "No free port".into())?;
    let address = listener.local_addr().context(|| "No free port".into())?;
    Ok(address.port())
}

/// Waits until somebody listens, or the program that should has ended.
fn wait_for(port: u16, running: &mut Running, who: &str) -> Result {
    // The suite's first start may compile itself, which takes a minute.
    for _ in 0..1800 {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(_) => return Ok(()),
            Err(e) if e.kind() == ErrorKind::ConnectionRefused => {}
            Err(e) => return Err(Failure::new(format!("Cannot connect to {who}: {e}"))),
        }
        if let Some(status) = running.ended()? {
            return Err(Failure::new(format!(
                "{who} ended with {} before it listened.",
                process::ending(status)
            )));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(Failure::new(format!(
        "{who} does not listen on port {port}."
    )))
}

/// The suite's sections, as it names their cases. Each is run by a process of its own, because the suite keeps what it
/// recorded in memory; the sections of compression are many and long.
const SECTIONS: [&str; 21] = [
    "1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*", "12.1.*", "12.2.*", "12.3.*",
    "12.4.*", "12.5.*", "13.1.*", "13.2.*", "13.3.*", "13.4.*", "13.5.*", "13.6.*", "13.7.*",
];

/// Most memory that the suite may take for a section, in KiB of address space.
const MEMORY: u64 = 8 << 20;

/// The patterns to run one after another.
pub fn sections(cases: &[String]) -> Vec<String> {
    match cases {
        [all] if all == "*" => SECTIONS.map(str::to_owned).to_vec(),
        some => some.to_vec(),
    }
}

/// Runs the suite section by section. A section that is done is kept until all are, so that a run that was cut goes on
/// where it stopped, if nothing has changed meanwhile.
pub fn run(subject: Subject, wstest: &Path, cases: &[String], folder: &Path) -> Result<Verdicts> {
    let out = folder.join(subject.name());
    let program = match subject {
        Subject::Server => example("autobahn_server")?,
        Subject::Client => example("autobahn_client")?,
        Subject::Echo => serve::build_server(serve::Profile::Server)?,
    };
    let unfinished = out.join("unfinished");
    let key = key(&program, cases)?;
    if std::fs::read_to_string(&unfinished).ok().as_ref() != Some(&key) {
        if out.exists() {
            std::fs::remove_dir_all(&out).context(|| format!("Cannot empty {}", out.display()))?;
        }
        std::fs::create_dir_all(&out).context(|| format!("Cannot make {}", out.display()))?;
        std::fs::write(&unfinished, &key)
            .context(|| format!("Cannot write {}", unfinished.display()))?;
    }
    let mut all = Verdicts::new();
    for section in sections(cases) {
        let folder = out.join(section.replace('*', "all"));
        let index = folder.join("index.json");
        let kept = std::fs::read_to_string(&index)
            .ok()
            .and_then(|text| verdicts(&text).ok());
        let verdicts = match kept {
            Some(kept) => {
                ui::say(format!(
                    "{} {section}: done by the run before",
                    subject.title()
                ));
                kept
            }
            None => {
                let label = format!("{}: the suite runs {section}", subject.title());
                run_section(subject, &program, wstest, &section, &folder, &label)
                    .map_err(|failure| failure.advise(GOES_ON))?;
                let text = std::fs::read_to_string(&index).context(|| {
                    format!(
                        "The suite left no {}, see suite.log beside. {GOES_ON}",
                        index.display()
                    )
                })?;
                verdicts(&text)?
            }
        };
        all.extend(verdicts);
    }
    std::fs::remove_file(&unfinished)
        .context(|| format!("Cannot remove {}", unfinished.display()))?;
    Ok(all)
}

const GOES_ON: &str = "What was done is kept: the same command goes on from here.";

/// What a run's results depend on.
fn key(program: &Path, cases: &[String]) -> Result<String> {
    let metadata = program
        .metadata()
        .context(|| format!("There is no {}", program.display()))?;
    let built = metadata.modified().ok();
    let built = built.and_then(|built| built.duration_since(std::time::UNIX_EPOCH).ok());
    Ok(format!("{cases:?} {} {built:?}\n", metadata.len()))
}

fn run_section(
    subject: Subject,
    program: &Path,
    wstest: &Path,
    section: &str,
    out: &Path,
    label: &str,
) -> Result {
    std::fs::create_dir_all(out).context(|| format!("Cannot make {}", out.display()))?;
    let port = free_port()?;
    let url = format!("ws://127.0.0.1:{port}");
    let mut spec = json!({ "outdir": out, "cases": [section], "exclude-cases": [], "exclude-agent-cases": {} });
    let file = out.join("spec.json");
    let suite = |mode: &[&str]| {
        let mut suite = with_limited_memory(wstest);
        suite.args(mode).arg("-s").arg(&file).current_dir(out);
        suite
    };
    match subject {
        Subject::Client => {
            spec["url"] = json!(url);
            save(&file, &spec)?;
            let mut suite = suite(&["-m", "fuzzingserver", "--webport", "0"]);
            quiet(&mut suite, &out.join("suite.log"))?;
            let mut suite = Running::start(&mut suite)?;
            wait_for(port, &mut suite, "The suite")?;
            process::run_quietly(process::command(program).arg(&url), label)
        }
        Subject::Server | Subject::Echo => {
            let mut server = process::command(program);
            let path = if subject == Subject::Server {
                server.arg(format!("127.0.0.1:{port}"));
                ""
            } else {
                server
                    .args(["--listen", &format!("127.0.0.1:{port}"), "--site"])
                    .arg(paths::dist())
                    // Section 9 sends messages of up to 16 MiB; the default stops at one.
                    .args(["--max-message", "16MiB"]);
                "/echo"
            };
            quiet(&mut server, &out.join("server.log"))?;
            let mut server = Running::start(&mut server)?;
            wait_for(port, &mut server, "The server")?;
            spec["servers"] = json!([{ "agent": "duplex", "url": format!("{url}{path}") }]);
            save(&file, &spec)?;
            process::run_quietly(&mut suite(&["-m", "fuzzingclient"]), label)
        }
    }
}

/// The suite's program, with a bound on its memory where there is a shell that sets one.
fn with_limited_memory(program: &Path) -> std::process::Command {
    if cfg!(windows) {
        return process::command(program);
    }
    let mut shell = process::command("sh");
    let script = format!("ulimit -v {MEMORY}; exec \"$@\"");
    shell.args(["-c", &script, "sh"]).arg(program);
    shell
}

fn quiet(command: &mut std::process::Command, log: &Path) -> Result {
    let file = std::fs::File::create(log).context(|| format!("Cannot write {}", log.display()))?;
    let twin = file
        .try_clone()
        .context(|| format!("Cannot write {}", log.display()))?;
    command.stdout(file).stderr(twin);
    Ok(())
}

fn save(file: &Path, spec: &Value) -> Result {
    std::fs::write(file, spec.to_string()).context(|| format!("Cannot write {}", file.display()))
}
