//! The real files: how many they ask, of which kinds, and that what they link to shows something.

use std::collections::{BTreeMap, BTreeSet};

use duplex::kit::inline::{Inline, To};
use duplex::learn::questions::{Line, QUESTIONS, Question, Task, Unit};

use crate::addresses;

/// The name of a kind, as a file has it.
fn kind(question: &Question) -> &'static str {
    match question.task {
        Task::Single(_) => "single",
        Task::Multiple(_) => "multiple",
        Task::Order(_) => "order",
        Task::Pick {
            unit: Unit::Byte, ..
        } => "byte",
        Task::Pick {
            unit: Unit::Bit, ..
        } => "bit",
        Task::Value { .. } => "value",
        Task::Match(_) => "match",
    }
}

#[test]
fn the_real_files_ask_enough_of_every_kind_and_chapter() {
    assert!(QUESTIONS.len() >= 83, "{}", QUESTIONS.len());
    let (mut chapters, mut kinds) = (BTreeMap::new(), BTreeMap::new());
    for question in QUESTIONS {
        *chapters.entry(question.chapter).or_insert(0) += 1;
        *kinds.entry(kind(question)).or_insert(0) += 1;
    }
    for name in [
        "single", "multiple", "order", "byte", "bit", "value", "match",
    ] {
        assert!(kinds.get(name) >= Some(&5), "{name}: {kinds:?}");
    }
    for name in [
        "handshake",
        "frames",
        "messages",
        "closing",
        "heartbeat",
        "reconnecting",
        "scale",
        "alternatives",
        "field",
        "live",
    ] {
        let asked = chapters.get(&*format!("/{name}"));
        assert!(asked >= Some(&6), "{name}: {chapters:?}");
    }
    assert!(chapters.get("/") >= Some(&3), "{chapters:?}");
}

/// The right one of several choices is at no place much oftener than at others.
#[test]
fn no_place_is_the_usual_one() {
    let mut places = BTreeMap::new();
    let mut all = 0;
    for question in QUESTIONS {
        if let Task::Single(choices) = question.task {
            let right = choices.iter().position(|choice| choice.right);
            *places.entry(right).or_insert(0) += 1;
            all += 1;
        }
    }
    assert!(
        places.values().all(|&n| n * 5 < all * 2),
        "{places:?} of {all}"
    );
}

/// The links to pages in a line.
fn links(line: Line) -> Vec<&'static str> {
    let mut links = Vec::new();
    for inline in line {
        match inline {
            Inline::Link(To::Page(path), _) => links.push(*path),
            Inline::Emphasis(inner) | Inline::Strong(inner) => links.extend(self::links(inner)),
            _ => {}
        }
    }
    links
}

#[test]
fn every_reading_shows_a_state_that_its_page_understands() {
    let readings = QUESTIONS.iter().flat_map(|question| question.reading);
    let explanations = QUESTIONS.iter().flat_map(|question| question.explanation);
    let all: BTreeSet<&str> = readings
        .map(|reading| reading.path)
        .chain(explanations.flat_map(|line| links(line)))
        .collect();
    let mut pages = BTreeMap::new();
    let wrong: Vec<String> = all
        .into_iter()
        .filter_map(|link| addresses::wrong(link, &mut pages))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
