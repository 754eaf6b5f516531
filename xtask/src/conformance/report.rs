//! What the suite said, as tables.

use super::{Subject, Verdicts, bad};
use crate::failure::Result;
use crate::readme::Place;
use crate::ui;
use std::collections::BTreeSet;

/// Where the README of the codec keeps the last result.
const PLACE: Place = Place {
    file: "crates/wire/README.md",
    begin: "<!-- conformance: written by `cargo xtask conformance --write` -->",
    end: "<!-- end of conformance -->",
};

/// `12.1.3` → `12`.
pub fn section(case: &str) -> &str {
    case.split('.').next().unwrap_or(case)
}

/// What a section is about.
pub fn about(section: &str) -> &'static str {
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
pub fn rows(verdicts: &Verdicts) -> Vec<Vec<String>> {
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

/// Those rows beneath their heads, aligned.
pub fn table(subject: Subject, verdicts: &Verdicts) -> Vec<String> {
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

/// Puts the result into the README.
pub fn write(results: &[(Subject, Verdicts)]) -> Result {
    PLACE.write(|date| markdown(results, date))
}

/// The result for the README.
pub fn markdown(results: &[(Subject, Verdicts)], date: &str) -> String {
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
