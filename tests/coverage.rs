//! What `content/COVERAGE.md` and the chapters promise: each link leads to a page that is built, to a place that is on it, and
//! asks for a state that an instrument there reads.

use std::collections::{BTreeMap, BTreeSet};

use addresses::wrong;
use duplex::pages::{PARTS, Route};
use pulldown_cmark::{Event, Options, Parser, Tag};
use yew_router::Routable;

mod addresses;

fn read(file: &str) -> String {
    let path = format!("{}/content/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The links to pages of the site, under the heading of the second level before them.
fn links(text: &str) -> Vec<(String, String)> {
    let mut heading = String::new();
    let mut in_heading = false;
    let mut links = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                in_heading = true;
                heading.clear();
            }
            Event::End(pulldown_cmark::TagEnd::Heading(_)) => in_heading = false,
            Event::Text(words) if in_heading => heading.push_str(&words),
            Event::Start(Tag::Link { dest_url, .. }) if dest_url.starts_with('/') => {
                links.push((heading.clone(), dest_url.into_string()));
            }
            _ => {}
        }
    }
    links
}

#[test]
fn every_subject_is_where_it_is_said_to_be() {
    let text = read("COVERAGE.md");
    let mut pages = BTreeMap::new();
    let links = links(&text);
    let wrong: BTreeSet<String> = links
        .iter()
        .filter_map(|(_, link)| wrong(link, &mut pages))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_row_has_a_subject_and_a_link_and_no_part_is_forgotten() {
    let text = read("COVERAGE.md");
    // How many subjects each part of the text has.
    let parts = [
        ("Overview", 9),
        ("Key points", 6),
        ("Examples", 4),
        ("Trade-offs", 4),
        ("Case study", 3),
        ("Common mistakes", 4),
        ("Metrics", 2),
        ("Test your understanding", 3),
    ];
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    let mut part = "";
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            part = heading;
        } else if line.starts_with("| ")
            && !line.starts_with("| Subject |")
            && !line.starts_with("| ---")
        {
            assert!(line.contains("](/"), "a subject without a link: {line}");
            *rows.entry(part).or_default() += 1;
        }
    }
    assert_eq!(rows, parts.into_iter().collect());
}

#[test]
fn the_links_of_the_chapter_show_what_they_promise() {
    let mut pages = BTreeMap::new();
    let wrong: BTreeSet<String> = links(&read("field.md"))
        .iter()
        .filter_map(|(_, link)| wrong(link, &mut pages))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_chapter_is_named() {
    let text = read("COVERAGE.md");
    let named: Vec<Route> = links(&text)
        .iter()
        .filter_map(|(_, link)| Route::recognize(link.split(['?', '#']).next()?))
        .collect();
    for page in PARTS.iter().flat_map(|part| part.pages) {
        let of_its_own = [
            Route::Messages,
            Route::Closing,
            Route::Live,
            Route::Inspect,
            Route::Reference,
        ];
        // Subjects that the text leaves out.
        if page.is_built && !of_its_own.contains(&page.route) {
            assert!(named.contains(&page.route), "{}", page.path);
        }
    }
}
