//! `cargo xtask conformance`: the Autobahn test suite against the codec in both roles, and against the product's echo.

mod report;
mod suite;

use crate::failure::{Context, Failure, Result};
use crate::{paths, ui};
use report::{table, write};
use serde_json::Value;
use std::collections::BTreeMap;
use suite::{build, run, wstest};

/// How many cases the suite has (autobahntestsuite 25.10.1).
const CASES: usize = 517;

/// The cases for which the suite never says OK, whatever an endpoint does: it only records what that was.
const ONLY_INFORMATIONAL: [&str; 3] = ["7.1.6", "7.13.1", "7.13.2"];

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

#[cfg(test)]
mod tests {
    use super::report::{about, markdown, rows, section};
    use super::suite::sections;
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
    fn a_whole_run_is_done_by_sections_and_a_part_as_it_is_named() {
        let all = sections(&["*".into()]);
        assert!(all.len() > 11 && all.contains(&"13.3.*".into()));
        for number in ["1", "2", "3", "4", "5", "6", "7", "9", "10", "12", "13"] {
            assert!(all.iter().any(|case| section(case) == number), "{number}");
            assert!(!about(number).is_empty());
        }
        assert_eq!(sections(&["6.1.*".into(), "7.*".into()]), ["6.1.*", "7.*"]);
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
