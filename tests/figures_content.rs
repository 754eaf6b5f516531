//! What the build script says of figures in `content/*.md` that have no source.

// The build script's modules, which belong to no crate.
#[path = "../build/figures.rs"]
mod figures;
#[path = "../build/glossary.rs"]
#[allow(dead_code)]
mod glossary;
#[path = "../build/inline.rs"]
#[allow(dead_code)]
mod inline;
#[path = "../build/sections.rs"]
mod sections;
#[path = "../build/site.rs"]
#[allow(dead_code)]
mod site;

use figures::{problems, read};

fn without_source(text: &str) -> Vec<String> {
    problems("x.md", text, &[])
}

#[test]
fn a_figure_needs_a_source() {
    for text in [
        "It takes 60 seconds.",
        "It takes 5 s.",
        "Half, 50 %.",
        "- A list with 1,024 files.",
        "| a | b |\n| --- | --- |\n| x | 250 |",
        "**64** of them.",
        "It takes 60 seconds. [A page](/live)",
    ] {
        let found = without_source(&format!("# T\n\nWords.\n\n{text}\n"));
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with("content/x.md:"), "{found:?}");
    }
    assert!(without_source("# T\n\nIt takes 60 s.\n")[0].contains("content/x.md:3: 60"));
}

#[test]
fn what_has_a_source_or_is_no_figure_is_let_through() {
    for text in [
        "It takes 60 seconds. [§5.2](rfc6455#5.2)",
        "It takes 60 seconds, [they say](https://example.com).",
        "Measured: 60 seconds.",
        "As reported, 100 000 clients.",
        "Two of 3 ways.",
        "Code 1006 over HTTP/1.1, by RFC 8441, on port 443, in UTF-8.",
        "The bytes `82 7e 01 00`.",
        "## 60 seconds",
        "```\nlet x = 1024;\n```",
    ] {
        assert_eq!(
            without_source(&format!("# T\n\n{text}\n")),
            [""; 0],
            "{text}"
        );
    }
}

#[test]
fn a_listed_figure_needs_a_reason_and_has_to_be_there() {
    let list = |words: &str, reason: &str| {
        read(&format!(
            "[[figure]]\nchapter = \"x.md\"\nwords = \"{words}\"\nreason = \"{reason}\"\n"
        ))
    };
    let sum = list("6 × 10 = 60", "A sum.").unwrap();
    assert_eq!(
        problems("x.md", "That is 6 × 10 = 60 in all.", &sum),
        [""; 0]
    );
    assert_eq!(
        problems("x.md", "That is *6 × 10 = 60*, of 70.", &sum).len(),
        1
    );
    assert_eq!(
        problems("y.md", "Nothing.", &sum),
        [""; 0],
        "another chapter’s"
    );
    let gone = problems("x.md", "Nothing.", &sum);
    assert!(
        gone[0].contains("x.md does not say “6 × 10 = 60”"),
        "{gone:?}"
    );
    assert!(list("6 × 10", " ").is_err());
}
