//! Handshakes from public bug reports, judged. Each file in `tests/cases` has one, without the marks of the tool that
//! printed it: where it was seen, what is broken and where that is written, and whether the connection opens.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use wire::Role;
use wire::handshake::{Policy, judge_exchange};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[allow(dead_code)]
    source: String,
    request: Option<String>,
    response: Option<String>,
    /// Side, requirement, and a part of the places that say so.
    broken: Vec<(String, String, String)>,
    accept_expected: Option<String>,
    accept_sent: Option<String>,
    opens_by_rfc: Option<bool>,
    opens_in_browsers: Option<bool>,
    /// Parts of messages.
    says: Vec<String>,
}

#[test]
fn every_reported_handshake_is_judged_rightly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut number = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case = serde_json::from_str(&fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let text = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        let (request, response) = (text(&case.request), text(&case.response));
        let exchange = judge_exchange(request.as_deref(), response.as_deref(), &Policy::default());
        let broken: Vec<_> = exchange
            .findings
            .iter()
            .filter(|f| !f.finding.met)
            .map(|f| {
                (
                    f.sender.name(),
                    f.finding.requirement.name(),
                    f.finding.places(f.judge()),
                )
            })
            .collect();
        assert_eq!(broken.len(), case.broken.len(), "{name}: {broken:?}");
        for ((side, rule, place), (wanted_side, wanted_rule, wanted_place)) in
            broken.iter().zip(&case.broken)
        {
            assert_eq!((side, rule), (&&**wanted_side, &&**wanted_rule), "{name}");
            assert!(
                place.contains(wanted_place),
                "{name}: {place} lacks {wanted_place}"
            );
        }
        assert_eq!(exchange.accept_expected, case.accept_expected, "{name}");
        assert_eq!(exchange.accept_sent, case.accept_sent, "{name}");
        assert_eq!(exchange.opens_by_rfc, case.opens_by_rfc, "{name}");
        assert_eq!(exchange.opens_in_browsers, case.opens_in_browsers, "{name}");
        for part in &case.says {
            let said = exchange
                .findings
                .iter()
                .any(|f| f.finding.message.contains(part));
            assert!(
                said,
                "{name}: nothing says “{part}”: {:?}",
                exchange.findings
            );
        }
        for (role, there) in [
            (Role::Client, &case.request),
            (Role::Server, &case.response),
        ] {
            let judged = exchange.findings.iter().any(|f| f.sender == role);
            assert_eq!(judged, there.is_some(), "{name}");
        }
        number += 1;
    }
    assert_eq!(number, 20, "a file of tests/cases has come or gone");
}
