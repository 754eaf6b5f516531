//! What can be found: each entry leads to a page that is built, and to a place that is on it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use duplex::app;
use duplex::learn::search::ENTRIES;
use duplex::pages::{Route, pages};
use yew_router::Routable;

#[path = "../build/search.rs"]
#[allow(dead_code)]
mod search;
#[path = "../build/site.rs"]
#[allow(dead_code)]
mod site;

fn render(path: &str) -> String {
    pollster::block_on(app::render(path, false))
}

#[test]
fn every_entry_leads_where_it_says() {
    let mut html = BTreeMap::new();
    for entry in ENTRIES {
        assert!(
            !entry.title.is_empty() && !entry.about.is_empty(),
            "{entry:?}"
        );
        let (address, place) = match entry.path.split_once('#') {
            Some((address, place)) => (address, Some(place)),
            None => (entry.path, None),
        };
        let path = address.split('?').next().unwrap_or_default();
        let route = Route::recognize(path).filter(|route| route.is_built());
        assert!(route.is_some(), "{entry:?}");
        let page = html.entry(path).or_insert_with(|| render(path));
        if let Some(place) = place {
            assert!(page.contains(&format!("id=\"{place}\"")), "{entry:?}");
        }
    }
    let paths: BTreeSet<_> = ENTRIES.iter().map(|entry| entry.path).collect();
    assert_eq!(paths.len(), ENTRIES.len(), "no place is found twice");
}

#[test]
fn pages_sections_instruments_and_questions_are_all_there() {
    let count = |kind: &str| ENTRIES.iter().filter(|entry| entry.kind == kind).count();
    assert_eq!(count("Page"), pages().filter(|page| page.is_built).count());
    let sections: usize = pages().map(|page| page.contents.len()).sum();
    assert_eq!(count("Section"), sections);
    let instruments: usize = pages().map(|page| page.instruments.len()).sum();
    assert_eq!(count("Instrument"), instruments);
    let folder = format!("{}/content", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(format!("{folder}/questions"))
        .into_iter()
        .flatten();
    let files = files.filter_map(|entry| Some(entry.ok()?.path().display().to_string()));
    let texts = files
        .filter(|file| file.ends_with(".toml"))
        .filter_map(|file| fs::read_to_string(file).ok());
    let questions: usize = texts.map(|text| text.matches("[[question]]").count()).sum();
    assert_eq!(count("Question"), questions);
    assert_eq!(count("Close code"), 19 + 5);
}

#[test]
fn a_question_without_a_name_is_named() {
    let good = "[[question]]\nid = \"a\"\ntext = \"What does `1006`\\nmean?\"\nlater = 1\n";
    let found = search::questions("x.toml", good).unwrap();
    assert_eq!(found[0].title, "What does 1006 mean?");
    assert_eq!(found[0].path, "/quiz?question=a");
    let wrong = search::questions("x.toml", &good.replace("id =", "name =")).unwrap_err();
    assert_eq!(wrong, ["x.toml: question 1 has no id or no text"]);
    assert!(search::questions("x.toml", "[[").is_err());
}
