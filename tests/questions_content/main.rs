//! What the build script says about `content/questions/*.toml`: it must name the file, the question and what is wrong.

use questions::{File, generate};
use site::Page;

#[path = "../addresses/mod.rs"]
mod addresses;
mod real_files;
// The build script's modules, which belong to no crate.
#[path = "../../build/glossary.rs"]
#[allow(dead_code)]
mod glossary;
#[path = "../../build/inline.rs"]
#[allow(dead_code)]
mod inline;
#[path = "../../build/questions.rs"]
#[allow(dead_code)]
mod questions;
#[path = "../../build/sections.rs"]
mod sections;
#[path = "../../build/site.rs"]
#[allow(dead_code)]
mod site;

/// A question that chooses.
const CHOOSE: &str = r#"
[[question]]
id = "start"
text = "How?"
section = "1.3"
explanation = "So."
reading = [{ to = "/live?step=2#wire", text = "See it" }]

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

/// The rest of a question of another kind: what comes before its parts.
const HEAD: &str = r#"
[[question]]
id = "part"
text = "What?"
explanation = "So."
reading = [{ to = "/", text = "See it" }]
"#;

const ORDER: &str = r#"kind = "order"
step = [
  { id = "a", text = "One", explanation = "First." },
  { id = "b", text = "Two", explanation = "Second." },
  { id = "c", text = "Three", explanation = "Third." },
]"#;

const BIT: &str = r#"kind = "bit"
bytes = "81 00"
spot = [
  { at = 0, right = true, explanation = "FIN." },
  { at = 15, explanation = "The length." },
]
otherwise = "Elsewhere.""#;

const VALUE: &str = r#"kind = "value"
unit = "bytes"
right = ["8", "eight"]
mistake = [{ value = "4", explanation = "The key is missing." }]
otherwise = "Count again.""#;

const MATCH: &str = r#"kind = "match"
pair = [
  { id = "a", left = "`81`", right = "text", explanation = "One." },
  { id = "b", left = "`82`", right = "binary", explanation = "Two." },
  { id = "c", left = "`88`", right = "close", explanation = "Eight." },
]"#;

fn site() -> Vec<Page> {
    let page = |(path, name): (&str, &str)| Page {
        path: path.to_owned(),
        route: name.to_owned(),
        sign: String::new(),
        icon: None,
        title: name.to_owned(),
        description: String::new(),
        chapter: (path != "/later").then(|| format!("{}.md", name.to_lowercase())),
        ending: true,
        styles: Vec::new(),
    };
    [("/", "Home"), ("/live", "Live"), ("/later", "Later")]
        .map(page)
        .to_vec()
}

/// What becomes of a file of the chapter Live.
fn made(text: &str) -> Result<String, Vec<String>> {
    let file = File {
        chapter: "live".to_owned(),
        text: text.to_owned(),
    };
    generate(&[file], &site())
}

/// Expects one problem, about this, when `old` in a good file becomes `new`.
fn assert_problem(good: &str, old: &str, new: &str, about: &[&str]) {
    assert!(made(good).is_ok(), "{:?}", made(good));
    assert!(good.contains(old), "{old:?} is not in the file");
    let problems = made(&good.replacen(old, new, 1)).expect_err(new);
    assert_eq!(problems.len(), 1, "{problems:?}");
    for words in ["content/questions/live.toml"].iter().chain(about) {
        assert!(problems[0].contains(words), "{problems:?} lacks {words:?}");
    }
}

/// A file with one question of another kind than choosing.
fn with(parts: &str) -> String {
    format!("{HEAD}{parts}\n")
}

#[test]
fn good_files_become_code() {
    for (text, parts) in [
        (
            CHOOSE.to_owned(),
            &[
                r#"id: "start", chapter: "/live""#,
                r#"Some(Section { rfc: 6455, number: "1.3" })"#,
                r#"Reading { path: "/live?step=2#wire", title: "Live", text: &[Inline::Text("See it"), ] }"#,
                r#"Task::Single(&[Choice { id: "no""#,
                r#"text: &[Inline::Text("Like "), Inline::Code("this"), Inline::Text("."), ], right: true"#,
            ][..],
        ),
        (
            CHOOSE.replace("id = \"start\"", "id = \"start\"\nkind = \"multiple\""),
            &["Task::Multiple(&["],
        ),
        (
            with(ORDER),
            &["Task::Order(&[Step { id: \"a\"", "section: None"],
        ),
        (
            with(BIT),
            &["Task::Pick { bytes: &[129, 0], unit: Unit::Bit, spots: &[Spot { at: 0, right: true"],
        ),
        (
            with(&BIT.replace("\"bit\"", "\"byte\"").replace("15", "1")),
            &["unit: Unit::Byte"],
        ),
        (
            with(VALUE),
            &[
                r#"Task::Value { unit: "bytes", right: &["8", "eight"], mistakes: &[Mistake { value: "4""#,
            ],
        ),
        (
            with(MATCH),
            &[r#"Task::Match(&[Pair { id: "a", left: &[Inline::Code("81"), ], right: "text""#],
        ),
    ] {
        let code = made(&text).unwrap();
        for part in parts {
            assert!(code.contains(part), "{code} lacks {part}");
        }
    }
}

#[test]
fn files_come_in_the_order_of_the_pages() {
    let file = |chapter: &str, id: &str| File {
        chapter: chapter.to_owned(),
        text: CHOOSE.replace("start", id),
    };
    let code = generate(&[file("live", "second"), file("home", "first")], &site()).unwrap();
    assert!(code.find("first") < code.find("second"), "{code}");
    let problems = generate(&[file("live", "one"), file("home", "one")], &site()).unwrap_err();
    assert_eq!(
        problems,
        ["content/questions/home.toml: question \"one\" has the id of a question before it."]
    );
    let problems = generate(&[file("lives", "one")], &site()).unwrap_err();
    assert!(problems[0].contains("lives.toml: no page"), "{problems:?}");
}

#[test]
fn what_every_question_needs() {
    for (old, new, about) in [
        ("id = \"start\"", "", &["question 1", "has no id"][..]),
        ("\"start\"", "\"The Start\"", &["The Start", "lower-case"]),
        ("text = \"How?\"", "", &["\"start\"", "has no text"]),
        (
            "\"How?\"",
            "\"How?\\n\\nAnd?\"",
            &["more than one paragraph"],
        ),
        ("\"So.\"", "\"`So.\"", &["backtick", "explanation"]),
        ("\"So.\"", "\"[So](/later).\"", &["not built yet"]),
        ("\"1.3\"", "\"5.9\"", &["RFC 6455 §5.9"]),
        ("\"1.3\"", "\"5.7\"\nrfc = 7692", &["RFC 7692 §5.7"]),
        ("section = \"1.3\"", "rfc = 7692", &["no section of it"]),
        (
            "/live?step=2#wire",
            "/life?step=2",
            &["/life?step=2", "not a page"],
        ),
        ("/live?step=2#wire", "/later", &["not built yet"]),
        ("to = \"/live?step=2#wire\", ", "", &["without `to`"]),
        (
            "{ to = \"/live?step=2#wire\", text = \"See it\" }",
            "",
            &["nothing to read on"],
        ),
        (
            "[{ to",
            "[{ to = \"/live?step=2#wire\", text = \"It\" }, { to",
            &["/live?step=2#wire twice"],
        ),
        (
            "\"Because not.\"",
            "\"Because.\"",
            &["says the same", "Because."],
        ),
        (
            "explanation = \"So.\"",
            "explanation = \"So.\"\nunit = \"s\"",
            &["`unit`", "\"single\""],
        ),
        (
            "explanation = \"So.\"",
            "explanatoin = \"So.\"",
            &[":6:", "explanatoin"],
        ),
        ("id = \"start\"", "id = \"start\"\nkind = \"odd\"", &["odd"]),
    ] {
        assert_problem(CHOOSE, old, new, about);
    }
    assert!(made("").unwrap_err()[0].contains("no question"));
}

#[test]
fn choices() {
    let multiple = CHOOSE.replace("id = \"start\"", "id = \"start\"\nkind = \"multiple\"");
    for (good, old, new, about) in [
        (CHOOSE, "right = true", "", &["0 right choices"][..]),
        (
            CHOOSE,
            "id = \"no\"",
            "id = \"no\"\nright = true",
            &["2 right choices"],
        ),
        (
            CHOOSE,
            "Like `this`.",
            "Like `this`, sir!",
            &["17 letters", "gives it away"],
        ),
        (CHOOSE, "\"yes\"", "\"no\"", &["choice \"no\"", "before it"]),
        (
            CHOOSE,
            "explanation = \"Because not.\"",
            "",
            &["choice \"no\"", "explanation"],
        ),
        (
            CHOOSE,
            "Like `this`.",
            "not like that.",
            &["the words of another"],
        ),
        (&multiple, "right = true", "", &["0 right choices of 2"]),
        (
            &multiple,
            "id = \"no\"",
            "id = \"no\"\nright = true",
            &["2 right choices of 2"],
        ),
    ] {
        assert_problem(good, old, new, about);
    }
    assert!(made(&multiple.replace("Like `this`.", "Like `this`, sir!")).is_ok());
}

#[test]
fn steps() {
    let good = with(ORDER);
    let last = "{ id = \"c\", text = \"Three\", explanation = \"Third.\" },";
    assert_problem(&good, last, "", &["2 steps"]);
    assert_problem(&good, "\"Two\"", "\"one\"", &["step \"b\"", "another"]);
    assert_problem(
        &good,
        "\"Third.\"",
        "\"\"",
        &["step \"c\"", "empty explanation"],
    );
    let four: String = ["d", "e", "f", "g"]
        .map(|id| {
            last.replace("\"c\"", &format!("\"{id}\""))
                .replace("Th", &format!("{id} th"))
        })
        .concat();
    assert_problem(&good, last, &format!("{last}{four}"), &["7 steps"]);
}

#[test]
fn spots() {
    let good = with(BIT);
    assert_problem(&good, "at = 15", "at = 16", &["spot \"16\"", "16 bits"]);
    assert_problem(&good, "at = 15", "at = 0", &["spot \"0\"", "twice"]);
    assert_problem(&good, "at = 15, ", "", &["spot 2", "no `at`"]);
    assert_problem(&good, "right = true, ", "", &["no spot that is right"]);
    assert_problem(&good, "81 00", "81 0", &["“0”", "two hexadecimal digits"]);
    assert_problem(&good, "81 00", &"81 ".repeat(33), &["33 bytes"]);
    assert_problem(&good, "otherwise = \"Elsewhere.\"", "", &["no `otherwise`"]);
    let bytes = with(&BIT.replace("\"bit\"", "\"byte\"").replace("15", "1"));
    assert_problem(&bytes, "at = 1,", "at = 2,", &["2 bytes"]);
}

#[test]
fn values() {
    let good = with(VALUE);
    assert_problem(
        &good,
        "\"4\"",
        "\" EIGHT\"",
        &["mistake", "right, or there twice"],
    );
    assert_problem(&good, "\"eight\"", "\" 8 \"", &["“8” twice"]);
    assert_problem(&good, "\"eight\"", "\"\"", &["empty value"]);
    assert_problem(&good, "right = [\"8\", \"eight\"]", "", &["no right value"]);
    assert_problem(
        &good,
        "{ value = \"4\", explanation = \"The key is missing.\" }",
        "",
        &["no mistake"],
    );
    assert_problem(
        &good,
        "\"Count again.\"",
        "\"The key is missing.\"",
        &["says the same"],
    );
}

#[test]
fn pairs() {
    let good = with(MATCH);
    assert_problem(&good, "\"binary\"", "\"Text\"", &["pair \"b\"", "another"]);
    assert_problem(&good, "\"`82`\"", "\"`81`\"", &["pair \"b\"", "another"]);
    assert_problem(&good, "\"binary\"", "\"`82`\"", &["plain words"]);
    assert_problem(&good, "right = \"binary\", ", "", &["no right side"]);
    let last = "{ id = \"c\", left = \"`88`\", right = \"close\", explanation = \"Eight.\" },";
    assert_problem(&good, last, "", &["2 pairs"]);
}

#[test]
fn all_problems_are_told_at_once() {
    let text = CHOOSE.replace("\"So.\"", "\"\"") + &with(VALUE).replace("\"Count again.\"", "\"\"");
    let problems = made(&text).unwrap_err();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("\"start\"") && problems[1].contains("\"part\""));
}
