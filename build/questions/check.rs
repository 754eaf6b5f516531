//! What is wrong with questions.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::super::inline::paragraphs;
use super::super::sections;
use super::super::site::Page;
use super::{Choice, Kind, Mistake, Pair, Question, Spot, Step, read_bytes};

/// How many choices a question has. The page chooses with the keys 1–9.
const CHOICES: RangeInclusive<usize> = 2..=9;
/// How many steps there are to put in order, and how many pairs to match.
const PARTS: RangeInclusive<usize> = 3..=6;
/// The most bytes that are pointed into.
const MOST_BYTES: usize = 32;

/// Takes a problem of one question: what follows its name in a sentence.
type Say<'a> = &'a mut dyn FnMut(String);

/// Everything that is wrong with the questions of one file. `ids` has those of the files before.
pub fn problems(
    file: &str,
    questions: &[Question],
    pages: &[Page],
    ids: &mut BTreeSet<String>,
    problems: &mut Vec<String>,
) {
    if questions.is_empty() {
        problems.push(format!("{file}: there is no question. Add a [[question]]."));
    }
    for (i, question) in questions.iter().enumerate() {
        // The name that people find the question by: its id, else its place in the file.
        let name = match &question.id {
            Some(id) => format!("question \"{id}\""),
            None => format!("question {}", i + 1),
        };
        let mut say = |what: String| problems.push(format!("{file}: {name} {what}"));
        check_id(&question.id, ids, "question", &mut say);
        check_words(&question.text, "text", false, pages, &mut say);
        check_words(&question.explanation, "explanation", true, pages, &mut say);
        check_section(question, &mut say);
        check_readings(question, pages, &mut say);
        check_parts(question, &mut say);
        check_repetition(question, &mut say);
        match question.kind {
            Kind::Single | Kind::Multiple => {
                check_choices(question.kind, &question.choice, pages, &mut say);
            }
            Kind::Order => check_steps(&question.step, pages, &mut say),
            Kind::Byte | Kind::Bit => check_spots(question, pages, &mut say),
            Kind::Value => check_values(question, pages, &mut say),
            Kind::Match => check_pairs(&question.pair, pages, &mut say),
        }
    }
}

fn check_section(question: &Question, say: Say<'_>) {
    let rfc = question.rfc.unwrap_or(6455);
    match &question.section {
        Some(section) if !sections::exists(rfc, section) => say(format!(
            "cites RFC {rfc} §{section}, which does not exist (build/sections.rs lists those that do)."
        )),
        None if question.rfc.is_some() => {
            say(format!("names RFC {rfc} but no section of it."));
        }
        _ => {}
    }
}

fn check_readings(question: &Question, pages: &[Page], say: Say<'_>) {
    if question.reading.is_empty() {
        say("has nothing to read on. Add `reading = [{ to = \"/…\", text = \"…\" }]`.".into());
    }
    let mut seen = BTreeSet::new();
    for reading in &question.reading {
        match &reading.to {
            Some(to) if !seen.insert(to) => say(format!("links to {to} twice.")),
            Some(to) => match page_of(to, pages) {
                Some(page) if page.chapter.is_some() => {}
                Some(_) => say(format!("links to {to}, a page that is not built yet.")),
                None => say(format!(
                    "links to {to}, which is not a page of content/site.toml."
                )),
            },
            None => say("has a reading without `to`.".into()),
        }
        check_words(&reading.text, "text in a reading", false, pages, say);
    }
}

/// The page of an address: what stands before its query and its fragment.
pub fn page_of<'a>(to: &str, pages: &'a [Page]) -> Option<&'a Page> {
    let path = to.split(['?', '#']).next().unwrap_or_default();
    pages.iter().find(|page| page.path == path)
}

/// Each kind has parts of its own, and none of another's.
fn check_parts(question: &Question, say: Say<'_>) {
    let picks = [Kind::Byte, Kind::Bit];
    let parts: [(&str, bool, &[Kind]); 9] = [
        (
            "choice",
            !question.choice.is_empty(),
            &[Kind::Single, Kind::Multiple],
        ),
        ("step", !question.step.is_empty(), &[Kind::Order]),
        ("bytes", question.bytes.is_some(), &picks),
        ("spot", !question.spot.is_empty(), &picks),
        ("unit", question.unit.is_some(), &[Kind::Value]),
        ("right", !question.right.is_empty(), &[Kind::Value]),
        ("mistake", !question.mistake.is_empty(), &[Kind::Value]),
        (
            "otherwise",
            question.otherwise.is_some(),
            &[Kind::Byte, Kind::Bit, Kind::Value],
        ),
        ("pair", !question.pair.is_empty(), &[Kind::Match]),
    ];
    for (part, is_there, of) in parts {
        if is_there && !of.contains(&question.kind) {
            say(format!(
                "has `{part}`, which is no part of a question of the kind \"{}\".",
                question.kind.name()
            ));
        }
    }
}

/// Nobody learns from an answer that is given to everything.
fn check_repetition(question: &Question, say: Say<'_>) {
    let choices = question.choice.iter().map(|choice| &choice.explanation);
    let steps = question.step.iter().map(|step| &step.explanation);
    let spots = question.spot.iter().map(|spot| &spot.explanation);
    let mistakes = question.mistake.iter().map(|mistake| &mistake.explanation);
    let pairs = question.pair.iter().map(|pair| &pair.explanation);
    let all = choices.chain(steps).chain(spots).chain(mistakes);
    let all = all.chain(pairs).chain([&question.otherwise]);
    let mut seen = BTreeSet::new();
    for explanation in all.flatten() {
        let explanation = explanation.trim();
        if !explanation.is_empty() && !seen.insert(explanation) {
            say(format!("says the same to two answers: “{explanation}”"));
        }
    }
}

fn check_choices(kind: Kind, choices: &[Choice], pages: &[Page], say: Say<'_>) {
    check_count(choices.len(), &CHOICES, "choices", say);
    let right = choices.iter().filter(|choice| choice.right).count();
    let length = |choice: &Choice| choice.text.as_ref().map_or(0, |text| text.chars().count());
    if kind == Kind::Single {
        if right != 1 {
            say(format!(
                "has {right} right choices; exactly one needs `right = true`."
            ));
        }
        let wrong = choices.iter().filter(|choice| !choice.right);
        let longest = wrong.map(length).max().unwrap_or_default();
        if right == 1
            && let Some(right) = choices.iter().find(|choice| choice.right)
            && length(right) > longest
        {
            say(format!(
                "has a right choice of {} letters, and the longest wrong one has {longest}: that gives it away.",
                length(right)
            ));
        }
    } else if right == 0 || right == choices.len() {
        say(format!(
            "has {right} right choices of {}; at least one is right, and at least one is not.",
            choices.len()
        ));
    }
    let (mut ids, mut texts) = (BTreeSet::new(), BTreeSet::new());
    for (i, choice) in choices.iter().enumerate() {
        let mut say = part("choice", &choice.id, i, say);
        check_id(&choice.id, &mut ids, "choice", &mut say);
        check_words(&choice.text, "text", false, pages, &mut say);
        check_words(&choice.explanation, "explanation", false, pages, &mut say);
        check_new(&choice.text, &mut texts, &mut say);
    }
}

fn check_steps(steps: &[Step], pages: &[Page], say: Say<'_>) {
    check_count(steps.len(), &PARTS, "steps", say);
    let (mut ids, mut texts) = (BTreeSet::new(), BTreeSet::new());
    for (i, step) in steps.iter().enumerate() {
        let mut say = part("step", &step.id, i, say);
        check_id(&step.id, &mut ids, "step", &mut say);
        check_words(&step.text, "text", false, pages, &mut say);
        check_words(&step.explanation, "explanation", false, pages, &mut say);
        check_new(&step.text, &mut texts, &mut say);
    }
}

fn check_spots(question: &Question, pages: &[Page], say: Say<'_>) {
    let bytes = match question.bytes.as_deref().map(read_bytes) {
        None => {
            say("has no bytes to point into. Add `bytes = \"81 05 …\"`.".into());
            0
        }
        Some(Err(part)) => {
            say(format!(
                "has “{part}” in its bytes, which is not a byte in two hexadecimal digits."
            ));
            return;
        }
        Some(Ok(bytes)) => bytes.len(),
    };
    if bytes > MOST_BYTES {
        say(format!("has {bytes} bytes; {MOST_BYTES} fit."));
    }
    let (size, unit) = match question.kind {
        Kind::Bit => (bytes * 8, "bit"),
        _ => (bytes, "byte"),
    };
    if !question.spot.iter().any(|spot| spot.right) {
        say("has no spot that is right.".into());
    }
    let mut seen = BTreeSet::new();
    for (
        i,
        Spot {
            at, explanation, ..
        },
    ) in question.spot.iter().enumerate()
    {
        let mut say = part("spot", &at.map(|at| at.to_string()), i, say);
        match at {
            None => say(format!("has no `at`, the index of its {unit}.")),
            Some(at) if usize::from(*at) >= size => {
                say(format!("lies outside: there are {size} {unit}s."));
            }
            Some(at) if !seen.insert(at) => say("is there twice.".into()),
            Some(_) => {}
        }
        check_words(explanation, "explanation", false, pages, &mut say);
    }
    check_words(&question.otherwise, "`otherwise`", false, pages, say);
}

fn check_values(question: &Question, pages: &[Page], say: Say<'_>) {
    if question.right.is_empty() {
        say("has no right value. Add `right = [\"…\"]`.".into());
    }
    let mut seen = BTreeSet::new();
    for value in &question.right {
        let value = same(value);
        if value.is_empty() {
            say("has an empty value.".into());
        } else if !seen.insert(value.clone()) {
            say(format!("has the right value “{value}” twice."));
        }
    }
    if question.mistake.is_empty() {
        say("has no mistake. Say what people get, and how.".into());
    }
    for (i, Mistake { value, explanation }) in question.mistake.iter().enumerate() {
        let mut say = part("mistake", value, i, say);
        match value.as_deref().map(same) {
            None => say("has no value.".into()),
            Some(value) if value.is_empty() => say("has an empty value.".into()),
            Some(value) if !seen.insert(value.clone()) => {
                say("is right, or there twice.".into());
            }
            Some(_) => {}
        }
        check_words(explanation, "explanation", false, pages, &mut say);
    }
    check_words(&question.otherwise, "`otherwise`", false, pages, say);
}

/// A value without what does not count: case and spaces.
fn same(value: &str) -> String {
    let value = value.chars().filter(|c| !c.is_whitespace());
    value.flat_map(char::to_lowercase).collect()
}

fn check_pairs(pairs: &[Pair], pages: &[Page], say: Say<'_>) {
    check_count(pairs.len(), &PARTS, "pairs", say);
    let (mut ids, mut lefts, mut rights) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (i, pair) in pairs.iter().enumerate() {
        let mut say = part("pair", &pair.id, i, say);
        check_id(&pair.id, &mut ids, "pair", &mut say);
        check_words(&pair.left, "left side", false, pages, &mut say);
        check_new(&pair.left, &mut lefts, &mut say);
        match pair.right.as_deref().map(str::trim) {
            None | Some("") => say("has no right side.".into()),
            Some(right) if right.contains(['`', '*', '[', '\n']) => {
                say(
                    "has a right side that is not plain words: the page offers it in a menu."
                        .into(),
                );
            }
            Some(_) => check_new(&pair.right, &mut rights, &mut say),
        }
        check_words(&pair.explanation, "explanation", false, pages, &mut say);
    }
}

/// Says problems of a part of a question: its name is its id, else its place.
fn part<'a>(kind: &str, id: &Option<String>, i: usize, say: Say<'a>) -> impl FnMut(String) + 'a {
    let name = match id {
        Some(id) => format!("{kind} \"{id}\""),
        None => format!("{kind} {}", i + 1),
    };
    move |what| say(format!("({name}) {what}"))
}

fn check_count(count: usize, range: &RangeInclusive<usize>, what: &str, say: Say<'_>) {
    if !range.contains(&count) {
        let (least, most) = (range.start(), range.end());
        say(format!("has {count} {what}; it needs {least} to {most}."));
    }
}

/// No two parts of a question have the same words.
fn check_new(words: &Option<String>, seen: &mut BTreeSet<String>, say: Say<'_>) {
    if let Some(words) = words
        && !seen.insert(same(words))
    {
        say(format!("has the words of another: “{words}”"));
    }
}

/// An id is kept in the reader's browser and stands in addresses: short, plain, and never twice.
fn check_id(id: &Option<String>, seen: &mut BTreeSet<String>, kind: &str, say: Say<'_>) {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    match id {
        None => say("has no id.".into()),
        Some(id) if id.is_empty() || !id.bytes().all(plain) => say(format!(
            "has the id \"{id}\"; use lower-case letters, digits and hyphens."
        )),
        Some(id) if !seen.insert(id.clone()) => {
            say(format!("has the id of a {kind} before it."));
        }
        Some(_) => {}
    }
}

/// Checks a text. Only an explanation of a question can have several paragraphs.
fn check_words(words: &Option<String>, what: &str, several: bool, pages: &[Page], say: Say<'_>) {
    match words {
        None => say(format!("has no {what}.")),
        Some(words) if words.trim().is_empty() => say(format!("has an empty {what}.")),
        Some(words) if words.matches('`').count() % 2 == 1 => {
            say(format!("has a backtick without its partner in its {what}."));
        }
        Some(words) => match paragraphs(words.trim(), pages) {
            Ok(paragraphs) if paragraphs.len() > 1 && !several => {
                say(format!("has more than one paragraph in its {what}."));
            }
            Ok(_) => {}
            Err(problems) => {
                for problem in problems {
                    say(format!("has a {what} that cannot be used: {problem}."));
                }
            }
        },
    }
}
