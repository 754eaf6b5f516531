//! What the build script says about `content/errors.toml`: it must name the file, the text and what is wrong.

// The build script's modules, which belong to no crate.
#[path = "../build/errors.rs"]
mod errors;
#[path = "../build/sections.rs"]
#[allow(dead_code)]
mod sections;
#[path = "../build/site.rs"]
#[allow(dead_code)]
mod site;

use errors::generate;
use site::Page;

const GOOD: &str = r#"
[[error]]
id = "lost"
product = "A library"
fixed = ["connection * was lost", "link is down"]
means = "The connection ended."
shows = "/closing?code=1006#close-codes"
code = 1006
source = "https://example.com/source"
causes = [{ cause = "The cable.", tell = "It lies on the floor." }]

[[error]]
id = "other"
product = "Another"
fixed = ["something else"]
means = "Something. And more."
shows = "/closing"
source = "https://example.com"
causes = [{ cause = "One.", tell = "So." }, { cause = "Two.", tell = "So." }]
"#;

fn pages() -> Vec<Page> {
    let page = |path: &str, chapter: Option<&str>| Page {
        path: path.into(),
        route: "Closing".into(),
        sign: String::new(),
        icon: None,
        title: String::new(),
        description: String::new(),
        chapter: chapter.map(str::to_owned),
        ending: true,
        styles: Vec::new(),
    };
    vec![page("/closing", Some("closing.md")), page("/later", None)]
}

#[test]
fn a_good_table_becomes_rust() {
    let code = generate(GOOD, &pages()).unwrap();
    assert!(code.starts_with("&[\nErrorText { id: \"lost\", product: \"A library\", "));
    assert!(code.contains("fixed: &[\"connection * was lost\", \"link is down\"]"));
    assert!(code.contains("code: Some(1006)") && code.contains("code: None"));
    assert_eq!(code.matches("Cause { cause:").count(), 3);
}

#[test]
fn what_is_wrong_is_named_with_its_text() {
    let long = format!("{}.", "a".repeat(300));
    for (from, to, says) in [
        ("id = \"lost\"\n", "", "error 1 has no id"),
        ("\"other\"", "\"lost\"", "error \"lost\" stands there twice"),
        ("\"lost\"", "\"Lost it\"", "has an id that is not made of"),
        (
            "product = \"A library\"\n",
            "",
            "error \"lost\" has no product",
        ),
        (
            "fixed = [\"something else\"]\n",
            "",
            "error \"other\" has no fixed part",
        ),
        (
            "something else",
            "LINK is down",
            "error \"other\" has the fixed part `LINK is down` of \"lost\"",
        ),
        (
            "something else",
            "a * b",
            "5 letters without a gap are the least",
        ),
        (
            "something else",
            "something *",
            "with a gap or a blank at its end",
        ),
        (
            "something else",
            "something  else",
            "needs single blanks and plain apostrophes",
        ),
        (
            "The connection ended.",
            "The connection ended",
            "error \"lost\" needs a `means`",
        ),
        ("The connection ended.", &long, "it has 301"),
        ("It lies on the floor.", "", "error \"lost\" needs a `tell`"),
        (
            "{ cause = \"The cable.\", tell = \"It lies on the floor.\" }",
            "",
            "error \"lost\" has 0 causes",
        ),
        (
            "/closing?code=1006#close-codes",
            "/closed",
            "shows `/closed`, which leads nowhere",
        ),
        (
            "/closing?code=1006#close-codes",
            "/later",
            "shows `/later`, which leads nowhere",
        ),
        (
            "?code=1006",
            "?reason=going away",
            "blanks have to be written as %20",
        ),
        ("code = 1006\n", "code = 404\n", "has 404 for its code"),
        (
            "source = \"https://example.com\"\n",
            "",
            "error \"other\" has no source",
        ),
        (
            "https://example.com/source",
            "http://example.com",
            "does not begin with https://",
        ),
        (
            "means = \"Something",
            "mean = \"Something",
            "content/errors.toml:16: unknown field",
        ),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let found = generate(&GOOD.replacen(from, to, 1), &pages()).expect_err(says);
        assert!(found.iter().any(|p| p.contains(says)), "{says}: {found:?}");
    }
    assert!(generate("", &pages()).unwrap_err()[0].contains("there is no text"));
}

#[test]
fn everything_is_said_at_once() {
    let bad = GOOD.replace("shows = \"/closing", "shows = \"/nowhere");
    assert_eq!(generate(&bad, &pages()).unwrap_err().len(), 2);
}
