//! `cargo xtask conformance`: the Autobahn test suite against the codec in both roles, and against the product's echo.

use crate::failure::{Context, Failure, Result};
use crate::process::{self, Running};
use crate::{paths, serve, ui};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How many cases the suite has (autobahntestsuite 25.10.1).
const CASES: usize = 517;

/// The cases for which the suite never says OK, whatever an endpoint does: it only records what that was.
const ONLY_INFORMATIONAL: [&str; 3] = ["7.1.6", "7.13.1", "7.13.2"];

/// The README of the codec, which keeps the last result between these two lines.
const README: &str = "crates/wire/README.md";
const BEGIN: &str = "<!-- conformance: written by `cargo xtask conformance --write` -->";
const END: &str = "<!-- end of conformance -->";

/// What is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The codec as a server.
    Server,
    /// The codec as a client.
    Client,
    /// `/echo` of the product's own server.
    Echo,
}

impl Subject {
    /// All of them.
    pub const ALL: [Subject; 3] = [Subject::Server, Subject::Client, Subject::Echo];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Server => "server",
            Subject::Client => "client",
            Subject::Echo => "echo",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Subject::Server => "wire as a server",
            Subject::Client => "wire as a client",
            Subject::Echo => "/echo",
        }
    }

    /// Whether a verdict is good enough: the codec has to be strict, the product must not fail.
    fn accepts(self, case: &str, behavior: &str) -> bool {
        match (self, behavior) {
            (_, "OK") => true,
            (Subject::Server | Subject::Client, "INFORMATIONAL") => {
                ONLY_INFORMATIONAL.contains(&case)
            }
            (Subject::Echo, "INFORMATIONAL" | "NON-STRICT" | "UNIMPLEMENTED") => true,
            _ => false,
        }
    }
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// What is tested.
    pub subjects: Vec<Subject>,
    /// The cases, as the suite names them: `6.*`.
    pub cases: Vec<String>,
    /// Whether to put the result into the README of the codec.
    pub write: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            subjects: Subject::ALL.to_vec(),
            cases: vec!["*".into()],
            write: false,
        }
    }
}

/// The verdicts of one run: case → behavior, and whether it was closed well.
type Verdicts = BTreeMap<String, (String, String)>;

/// Runs the suite.
pub fn conformance(options: &Options) -> Result {
    let wstest = wstest()?;
    let whole = options.cases == ["*"];
    let about = if whole {
        "about a quarter of an hour for each of the three"
    } else {
        "depends on the cases"
    };
    build()?;
    ui::doing("Running the Autobahn test suite", Some(about));
    let folder = paths::target()?.join("conformance");
    std::fs::create_dir_all(&folder).context(|| format!("Cannot make {}", folder.display()))?;
    // One after another: the suite measures time, and its cases of many messages would disturb each other.
    let mut results = Vec::new();
    for subject in &options.subjects {
        let verdicts = run(*subject, &wstest, &options.cases, &folder)?;
        results.push((*subject, verdicts));
    }
    let mut failures = Vec::new();
    for (subject, verdicts) in &results {
        for line in table(*subject, verdicts) {
            ui::print(line);
        }
        let bad = bad(*subject, verdicts);
        ui::print(format!(
            "{}: {} of {} cases",
            subject.title(),
            verdicts.len() - bad.len(),
            verdicts.len()
        ));
        if whole && verdicts.len() != CASES {
            failures.push(format!(
                "{}: {} cases ran, not {CASES}",
                subject.title(),
                verdicts.len()
            ));
        }
        failures.extend(bad.into_iter().map(|b| format!("{}: {b}", subject.title())));
    }
    ui::print(format!("The suite's reports are in {}", folder.display()));
    if !failures.is_empty() {
        return Err(Failure::new("The suite is not satisfied:").advise(failures.join("\n")));
    }
    if options.write {
        write(&results)?;
    }
    Ok(())
}

fn wstest() -> Result<PathBuf> {
    process::which("wstest").ok_or_else(|| {
        Failure::new("There is no `wstest` on PATH.").advise(
            "It is the program of the Autobahn test suite (PyPI: autobahntestsuite), which needs Python 2.7 or PyPy 2.7:\n\
             `pypy -m pip install autobahntestsuite`, or its Docker image crossbario/autobahn-testsuite with a script named wstest.",
        )
    })
}

fn build() -> Result {
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

fn run(subject: Subject, wstest: &Path, cases: &[String], folder: &Path) -> Result<Verdicts> {
    let out = folder.join(subject.name());
    if out.exists() {
        std::fs::remove_dir_all(&out).context(|| format!("Cannot empty {}", out.display()))?;
    }
    std::fs::create_dir_all(&out).context(|| format!("Cannot make {}", out.display()))?;
    let port = free_port()?;
    let url = format!("ws://127.0.0.1:{port}");
    let mut spec =
        json!({ "outdir": out, "cases": cases, "exclude-cases": [], "exclude-agent-cases": {} });
    let file = out.join("spec.json");
    let label = format!("{}: the suite runs", subject.title());
    match subject {
        Subject::Client => {
            spec["url"] = json!(url);
            save(&file, &spec)?;
            let mut suite = process::command(wstest);
            suite
                .args(["-m", "fuzzingserver", "--webport", "0", "-s"])
                .arg(&file)
                .current_dir(&out);
            quiet(&mut suite, &out.join("suite.log"))?;
            let mut suite = Running::start(&mut suite)?;
            wait_for(port, &mut suite, "The suite")?;
            process::run_quietly(
                process::command(example("autobahn_client")?).arg(&url),
                &label,
            )?;
        }
        Subject::Server | Subject::Echo => {
            let (mut server, path) = if subject == Subject::Server {
                let mut server = process::command(example("autobahn_server")?);
                server.arg(format!("127.0.0.1:{port}"));
                (server, "")
            } else {
                let mut server = process::command(serve::build_server(serve::Profile::Server)?);
                server
                    .args(["--listen", &format!("127.0.0.1:{port}"), "--site"])
                    .arg(paths::dist())
                    // Section 9 sends messages of up to 16 MiB; the default stops at one.
                    .args(["--max-message", "16MiB"]);
                (server, "/echo")
            };
            quiet(&mut server, &out.join("server.log"))?;
            let mut server = Running::start(&mut server)?;
            wait_for(port, &mut server, "The server")?;
            spec["servers"] = json!([{ "agent": "duplex", "url": format!("{url}{path}") }]);
            save(&file, &spec)?;
            let mut suite = process::command(wstest);
            suite
                .args(["-m", "fuzzingclient", "-s"])
                .arg(&file)
                .current_dir(&out);
            process::run_quietly(&mut suite, &label)?;
        }
    }
    let index = out.join("index.json");
    let text = std::fs::read_to_string(&index)
        .context(|| format!("The suite left no {}", index.display()))?;
    verdicts(&text)
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

/// Reads the suite's `index.json`: agent → case → verdict. There is one agent.
fn verdicts(text: &str) -> Result<Verdicts> {
    let index: Value =
        serde_json::from_str(text).context(|| "The suite's index.json cannot be read".into())?;
    let agents = index.as_object().filter(|agents| agents.len() == 1);
    let cases = agents
        .and_then(|agents| agents.values().next())
        .and_then(Value::as_object);
    let Some(cases) = cases else {
        return Err(Failure::new(
            "The suite's index.json should hold the results of one agent, and does not.",
        ));
    };
    let word = |verdict: &Value, name: &str| verdict[name].as_str().unwrap_or("MISSING").to_owned();
    Ok(cases
        .iter()
        .map(|(case, verdict)| {
            (
                case.clone(),
                (word(verdict, "behavior"), word(verdict, "behaviorClose")),
            )
        })
        .collect())
}

/// The cases that are not good enough.
fn bad(subject: Subject, verdicts: &Verdicts) -> Vec<String> {
    let judged = verdicts.iter().filter(|(case, (behavior, close))| {
        // The way of closing is INFORMATIONAL in many cases that are OK otherwise.
        !subject.accepts(case, behavior)
            || !(subject.accepts(case, close) || close == "INFORMATIONAL")
    });
    judged
        .map(|(case, (behavior, close))| format!("case {case}: {behavior}, closing {close}"))
        .collect()
}

/// `12.1.3` → `12`.
fn section(case: &str) -> &str {
    case.split('.').next().unwrap_or(case)
}

/// What a section is about.
fn about(section: &str) -> &'static str {
    match section {
        "1" => "Framing",
        "2" => "Pings and pongs",
        "3" => "Reserved bits",
        "4" => "Opcodes",
        "5" => "Fragmentation",
        "6" => "UTF-8",
        "7" => "Closing handshake",
        "9" => "Limits and performance",
        "10" => "Automatic fragmentation",
        "12" => "permessage-deflate, many payloads",
        "13" => "permessage-deflate, many parameters",
        _ => "",
    }
}

/// Rows of section, title, cases, and how many got which verdict.
fn rows(verdicts: &Verdicts) -> Vec<Vec<String>> {
    let mut sections: Vec<&str> = verdicts.keys().map(|case| section(case)).collect();
    sections.sort_by_key(|s| s.parse::<u32>().unwrap_or(u32::MAX));
    sections.dedup();
    let kinds = ["OK", "INFORMATIONAL", "NON-STRICT"];
    sections
        .into_iter()
        .map(|section_| {
            let here: Vec<_> = verdicts
                .iter()
                .filter(|(case, _)| section(case) == section_)
                .collect();
            let count = |kind: &str| {
                here.iter()
                    .filter(|(_, (behavior, _))| behavior == kind)
                    .count()
            };
            let known: usize = kinds.iter().map(|kind| count(kind)).sum();
            let mut row = vec![
                section_.to_owned(),
                about(section_).to_owned(),
                here.len().to_string(),
            ];
            row.extend(kinds.iter().map(|kind| count(kind).to_string()));
            row.push((here.len() - known).to_string());
            row
        })
        .collect()
}

fn table(subject: Subject, verdicts: &Verdicts) -> Vec<String> {
    let head = [
        "",
        subject.title(),
        "cases",
        "OK",
        "informational",
        "non-strict",
        "other",
    ];
    let mut all = vec![head.map(str::to_owned).to_vec()];
    all.extend(rows(verdicts));
    ui::table(&all, &[0, 2, 3, 4, 5, 6])
}

/// Puts the result into the README, between its two marks.
fn write(results: &[(Subject, Verdicts)]) -> Result {
    let file = paths::root().join(README);
    let text = std::fs::read_to_string(&file).context(|| format!("Cannot read {README}"))?;
    let (Some(begin), Some(end)) = (text.find(BEGIN), text.find(END)) else {
        return Err(
            Failure::new(format!("{README} has no place for the result."))
                .advise(format!("It goes between `{BEGIN}` and `{END}`.")),
        );
    };
    let date =
        process::output(process::command("date").args(["-u", "+%Y-%m-%d"])).unwrap_or_default();
    let block = markdown(results, date.trim());
    let text = format!("{}{BEGIN}\n{block}{}", &text[..begin], &text[end..]);
    std::fs::write(&file, text).context(|| format!("Cannot write {README}"))
}

fn markdown(results: &[(Subject, Verdicts)], date: &str) -> String {
    let mut out = format!("Autobahn test suite 25.10.1, run on {date}:\n\n| section |");
    for (subject, _) in results {
        out += &format!(" {} |", subject.title());
    }
    out += &format!("\n| --- |{}\n", " ---: |".repeat(results.len()));
    let sections: BTreeSet<u32> = results
        .iter()
        .flat_map(|(_, v)| v.keys())
        .filter_map(|case| section(case).parse().ok())
        .collect();
    let cell = |subject: Subject, verdicts: &Verdicts, of: Option<&str>| {
        let here: Verdicts = verdicts
            .iter()
            .filter(|(case, _)| of.is_none_or(|of| section(case) == of))
            .map(|(case, verdict)| (case.clone(), verdict.clone()))
            .collect();
        let good = here.len() - bad(subject, &here).len();
        let loose = here
            .values()
            .filter(|(behavior, _)| behavior == "NON-STRICT")
            .count();
        let note = if loose > 0 {
            format!(" ({loose} non-strict)")
        } else {
            String::new()
        };
        format!(" {good} of {}{note} |", here.len())
    };
    for number in sections {
        let number = number.to_string();
        out += &format!("| {number} {} |", about(&number));
        for (subject, verdicts) in results {
            out += &cell(*subject, verdicts, Some(&number));
        }
        out += "\n";
    }
    out += "| **all** |";
    for (subject, verdicts) in results {
        out += &cell(*subject, verdicts, None);
    }
    out += "\n\n";
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = r#"{"agent": {
        "1.1.1": {"behavior": "OK", "behaviorClose": "OK", "duration": 1},
        "6.4.1": {"behavior": "NON-STRICT", "behaviorClose": "OK"},
        "7.1.6": {"behavior": "INFORMATIONAL", "behaviorClose": "INFORMATIONAL"},
        "7.1.5": {"behavior": "INFORMATIONAL", "behaviorClose": "INFORMATIONAL"},
        "12.1.1": {"behavior": "OK", "behaviorClose": "UNCLEAN"},
        "10.1.1": {"behavior": "FAILED", "behaviorClose": "OK"}
    }}"#;

    #[test]
    fn the_codec_is_judged_strictly_and_the_product_by_what_failed() {
        let verdicts = verdicts(INDEX).unwrap();
        let cases = |subject| {
            bad(subject, &verdicts)
                .iter()
                .map(|b| b.split(':').next().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            cases(Subject::Server),
            ["case 10.1.1", "case 12.1.1", "case 6.4.1", "case 7.1.5"]
        );
        assert_eq!(cases(Subject::Echo), ["case 10.1.1", "case 12.1.1"]);
    }

    #[test]
    fn sections_stand_in_the_order_of_their_numbers() {
        let rows = rows(&verdicts(INDEX).unwrap());
        let sections: Vec<_> = rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(sections, ["1", "6", "7", "10", "12"]);
        assert_eq!(rows[2][2..], ["2", "0", "2", "0", "0"].map(str::to_owned));
    }

    #[test]
    fn an_index_that_is_none_is_an_error() {
        for text in ["", "[]", "{}", r#"{"a": 1}"#] {
            assert!(verdicts(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_readme_gets_a_table() {
        let text = markdown(&[(Subject::Server, verdicts(INDEX).unwrap())], "2026-01-01");
        assert!(
            text.contains("| 6 UTF-8 | 0 of 1 (1 non-strict) |"),
            "{text}"
        );
        assert!(
            text.contains("| **all** | 2 of 6 (1 non-strict) |"),
            "{text}"
        );
    }
}
