//! What the build script says about `content/quiz.toml`: it must name the file, the question and what is missing.

// The build script's modules, which belong to no crate.
#[path = "../build/glossary.rs"]
#[allow(dead_code)]
mod glossary;
#[path = "../build/inline.rs"]
#[allow(dead_code)]
mod inline;
#[path = "../build/quiz.rs"]
#[allow(dead_code)]
mod quiz;
#[path = "../build/sections.rs"]
mod sections;
#[path = "../build/site.rs"]
#[allow(dead_code)]
mod site;

use quiz::generate;
use site::Page;

const GOOD: &str = r#"
[[question]]
id = "start"
text = "How?"
section = "1.3"
explanation = "So."
reading = [{ route = "/live", text = "See it" }]

[[question.choice]]
id = "no"
text = "Not like that."
explanation = "Because not."

[[question.choice]]
id = "yes"
right = true
text = "Like `this`."
explanation = "Because."
"#;

/// The table's text with these pages, each a path and a route.
fn site() -> Vec<Page> {
    let page = |(path, route): (&str, &str)| Page {
        path: path.to_owned(),
        route: route.to_owned(),
        sign: String::new(),
        icon: None,
        title: route.to_owned(),
        description: String::new(),
        chapter: (path != "/later").then(String::new),
        ending: true,
        styles: Vec::new(),
    };
    [("/", "Home"), ("/live", "Live"), ("/later", "Later")]
        .map(page)
        .to_vec()
}

/// What is said when `old` in the good file becomes `new`.
fn problems(old: &str, new: &str) -> Vec<String> {
    assert!(GOOD.contains(old), "{old:?} is not in the file");
    generate(&GOOD.replacen(old, new, 1), &site()).expect_err(new)
}

/// Expects one problem, about this.
fn assert_problem(old: &str, new: &str, about: &[&str]) {
    let problems = problems(old, new);
    assert_eq!(problems.len(), 1, "{problems:?}");
    for words in ["content/quiz.toml"].iter().chain(about) {
        assert!(problems[0].contains(words), "{problems:?} lacks {words:?}");
    }
}

#[test]
fn a_good_file_becomes_code() {
    let code = generate(GOOD, &site()).unwrap();
    for part in [
        r#"id: "start""#,
        r#"Some(Section { rfc: 6455, number: "1.3" })"#,
        r#"Reading { path: "/live", title: "Live", text: &[Inline::Text("See it"), ] }"#,
        r#"id: "yes", text: &[Inline::Text("Like "), Inline::Code("this"), Inline::Text("."), ], right: true"#,
        r#"id: "no", text: &[Inline::Text("Not like that."), ], right: false"#,
    ] {
        assert!(code.contains(part), "{code} lacks {part}");
    }
}

#[test]
fn quotes_and_backslashes_stay_inside_their_literal() {
    let text = GOOD.replace("\"So.\"", r#"'`"b" \ c` \ d'"#);
    let code = generate(&text, &site()).unwrap();
    for part in [r#"Inline::Code("\"b\" \\ c")"#, r#"Inline::Text(" \\ d")"#] {
        assert!(code.contains(part), "{code}");
    }
}

#[test]
fn the_real_file_is_good_and_links_to_real_routes() {
    let table = site::read(include_str!("../content/site.toml")).unwrap();
    let pages: Vec<_> = table.pages().cloned().collect();
    assert!(
        pages
            .iter()
            .any(|page| page.path == "/live" && page.route == "Live")
    );
    generate(include_str!("../content/quiz.toml"), &pages).unwrap();
}

#[test]
fn no_question_at_all() {
    let problems = generate("", &site()).unwrap_err();
    assert_eq!(
        problems,
        ["content/quiz.toml: there is no question. Add a [[question]]."]
    );
}

#[test]
fn a_question_without_an_explanation() {
    let about = ["question \"start\"", "explanation"];
    assert_problem("explanation = \"So.\"", "", &about);
    assert_problem("explanation = \"So.\"", "explanation = \" \"", &about);
}

#[test]
fn a_question_without_words_or_name() {
    assert_problem(
        "text = \"How?\"",
        "",
        &["question \"start\"", "has no text"],
    );
    assert_problem("id = \"start\"", "", &["question 1", "has no id"]);
    assert_problem("id = \"start\"", "id = \"The Start\"", &["The Start"]);
}

#[test]
fn a_right_choice_that_is_the_longest() {
    let about = ["question \"start\"", "17 letters", "gives it away"];
    assert_problem("Like `this`.", "Like `this`, sir!", &about);
}

#[test]
fn a_choice_without_an_explanation() {
    let about = ["question \"start\"", "choice \"no\"", "explanation"];
    assert_problem("explanation = \"Because not.\"", "", &about);
    assert_problem("Because not.", "", &about);
}

#[test]
fn words_are_lines_and_an_explanation_is_paragraphs() {
    let text = GOOD.replace("\"So.\"", "\"One [way](/live?a=1).\\n\\nTwo.\"");
    let code = generate(&text, &site()).unwrap();
    let link = r#"Inline::Link(To::Page("/live?a=1"), &[Inline::Text("way"), ])"#;
    let two = format!(
        r#"explanation: &[&[Inline::Text("One "), {link}, Inline::Text("."), ], &[Inline::Text("Two."), ]]"#
    );
    assert!(code.contains(&two), "{code}");
    assert_problem(
        "Like `this`.",
        "Like\\n\\nthis.",
        &["choice \"yes\"", "more than one paragraph in its text"],
    );
    assert_problem("\"So.\"", "\"- So.\"", &["question \"start\"", "List"]);
    assert_problem("\"So.\"", "\"[So](/later).\"", &["not built yet"]);
}

#[test]
fn a_page_that_is_planned_is_linked_from_nowhere() {
    let text = GOOD.replace("route = \"/live\"", "route = \"/later\"");
    let code = generate(&text, &site()).unwrap();
    assert!(code.contains("reading: &[\n],"), "{code}");
}

#[test]
fn not_exactly_one_right_choice() {
    assert_problem(
        "right = true",
        "",
        &["question \"start\"", "0 right choices"],
    );
    assert_problem(
        "id = \"no\"",
        "id = \"no\"\nright = true",
        &["question \"start\"", "2 right choices"],
    );
}

#[test]
fn too_few_choices() {
    let text = &GOOD[..GOOD.find("[[question.choice]]\nid = \"yes\"").unwrap()];
    let problems = generate(text, &site()).unwrap_err();
    assert!(
        problems.iter().any(|p| p.contains("has 1 choices")),
        "{problems:?}"
    );
}

#[test]
fn the_same_id_twice() {
    assert_problem(
        "id = \"yes\"",
        "id = \"no\"",
        &["question \"start\"", "choice \"no\"", "before it"],
    );
    let twice = format!("{GOOD}{GOOD}");
    let problems = generate(&twice, &site()).unwrap_err();
    assert_eq!(
        problems,
        ["content/quiz.toml: question \"start\" has the id of a question before it."]
    );
}

#[test]
fn a_route_that_is_not_there() {
    assert_problem("/live", "/life", &["question \"start\"", "/life"]);
    assert_problem(
        "reading = [{ route = \"/live\", text = \"See it\" }]",
        "",
        &["question \"start\"", "reading"],
    );
    assert_problem("route = \"/live\", ", "", &["without a route"]);
}

#[test]
fn a_section_that_does_not_exist() {
    assert_problem(
        "\"1.3\"",
        "\"5.9\"",
        &["question \"start\"", "RFC 6455 §5.9"],
    );
    assert_problem(
        "\"1.3\"",
        "\"5.7\"\nrfc = 7692",
        &["question \"start\"", "RFC 7692 §5.7"],
    );
    assert_problem("\"1.3\"", "\"1.3\"\nrfc = 9999", &["RFC 9999"]);
    let text = GOOD.replace("\"1.3\"", "\"7.2.1\"\nrfc = 7692");
    assert!(generate(&text, &site()).is_ok());
}

#[test]
fn a_code_span_without_its_end() {
    assert_problem(
        "Like `this`.",
        "Like `this.",
        &["choice \"yes\"", "backtick"],
    );
}

#[test]
fn a_misspelled_key_and_broken_toml_are_named_with_their_line() {
    assert_problem(
        "explanation = \"So.\"",
        "explanatoin = \"So.\"",
        &["explanatoin", ":6:"],
    );
    assert_problem("id = \"start\"", "id = start", &["content/quiz.toml:3:"]);
}

#[test]
fn all_problems_are_told_at_once() {
    let problems = problems("explanation = \"So.\"", "section = \"99\"");
    assert_eq!(
        problems.len(),
        1,
        "a key twice is broken TOML: {problems:?}"
    );
    let text = GOOD
        .replace("\"So.\"", "\"\"")
        .replace("\"Because.\"", "\"\"");
    assert_eq!(generate(&text, &site()).unwrap_err().len(), 2);
}

#[test]
fn the_lists_of_sections() {
    for (rfc, section) in [(6455, "5.5.2"), (6455, "7.1.1"), (7692, "7.2.3.6")] {
        assert!(sections::exists(rfc, section), "{rfc} {section}");
    }
    for (rfc, section) in [(6455, ""), (6455, "5.5.4"), (6455, "15"), (7692, "7.4.1")] {
        assert!(!sections::exists(rfc, section), "{rfc} {section}");
    }
}
