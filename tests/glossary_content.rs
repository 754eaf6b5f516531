//! What the build script says about `content/glossary.toml`: it must name the term and what is wrong.

// The build script's modules, which belong to no crate.
#[path = "../build/glossary.rs"]
#[allow(dead_code)]
mod glossary;
#[path = "../build/sections.rs"]
mod sections;
#[path = "../build/site.rs"]
#[allow(dead_code)]
mod site;

use glossary::read;
use site::Page;

const GOOD: &str = r#"
[[term]]
term = "NAT"
also = ["NATs"]
definition = "Many machines share one address."
section = "rfc6455#10.3"
page = "/live?x=1"

[[term]]
term = "RST"
definition = "The end of a connection."
link = "https://example.com"
"#;

fn pages() -> Vec<Page> {
    vec![Page {
        path: "/live".into(),
        route: "Live".into(),
        sign: String::new(),
        icon: None,
        title: String::new(),
        description: String::new(),
        chapter: Some("live.md".into()),
        ending: true,
        styles: Vec::new(),
    }]
}

#[test]
fn a_good_glossary_is_read() {
    let terms = read(GOOD, &pages()).unwrap();
    assert_eq!(terms.len(), 2);
    assert_eq!(terms[0].source().as_deref(), Some("RFC 6455 §10.3"));
    assert_eq!(terms[1].source(), None);
}

#[test]
fn what_is_wrong_is_named_with_its_term() {
    let long = "a ".repeat(200) + ".";
    for (from, to, says) in [
        ("\"RST\"", "\"NATs\"", "“NATs”: `NATs` is explained twice"),
        (
            "rfc6455#10.3",
            "rfc6455#10.9",
            "“NAT”: `rfc6455#10.9` is no section",
        ),
        ("/live?x=1", "/life", "“NAT”: `/life` leads nowhere"),
        (
            "https://",
            "http://",
            "“RST”: `http://example.com` does not begin with https://",
        ),
        (
            "link = \"https://example.com\"",
            "",
            "“RST”: says nowhere where to read on",
        ),
        (
            "The end of a connection.",
            "The end",
            "“RST”: the definition is a sentence",
        ),
        (
            "The end of a connection.",
            &long,
            "“RST”: the definition is a sentence",
        ),
        (
            "page =",
            "not_in = [\"x.md\"]\npage =",
            "“NAT”: `x.md` is no chapter",
        ),
        (
            "also =",
            "alsoo =",
            "content/glossary.toml:4: unknown field",
        ),
    ] {
        assert!(GOOD.contains(from));
        let found = read(&GOOD.replacen(from, to, 1), &pages()).expect_err(says);
        assert!(found.iter().any(|p| p.contains(says)), "{says}: {found:?}");
    }
}
