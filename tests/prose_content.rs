//! What the build script says about `content/*.md`: it must name the file, the line and what is wrong.

use std::collections::BTreeMap;

// The build script's modules, which belong to no crate.
#[path = "../build/browsers.rs"]
mod browsers;
#[path = "../build/glossary.rs"]
#[allow(dead_code)]
mod glossary;
#[path = "../build/inline.rs"]
#[allow(dead_code)]
mod inline;
#[path = "../build/prose.rs"]
mod prose;
#[path = "../build/sections.rs"]
mod sections;
#[path = "../build/site.rs"]
#[allow(dead_code)]
mod site;

use prose::{Generated, Known, generate};
use site::Page;

const GOOD: &str = "\
# Frames

Leads in.

{{frame-inspector}}

Text with `code`, *stress*, [a page](/live?x=1) and [§5.2](rfc6455#5.2).

## What to remember

- One.
- Two.
- Three.

## What usually goes wrong

- This.

## Where to read on

- There.
";

const GLOSSARY: &str = r#"
[[term]]
term = "frame"
also = ["frames"]
definition = "What crosses the wire."
section = "rfc6455#5.2"

[[term]]
term = "close frame"
definition = "A goodbye."
page = "/live"

[[term]]
term = "mask"
definition = "A key."
page = "/live"
not_in = ["frames.md"]
"#;

fn check_as(text: &str, ending: bool) -> Result<Generated, Vec<String>> {
    let page = |path: &str, route: &str, chapter: Option<&str>| Page {
        path: path.into(),
        route: route.into(),
        sign: String::new(),
        icon: None,
        title: String::new(),
        description: String::new(),
        chapter: chapter.map(str::to_owned),
        ending,
        styles: Vec::new(),
    };
    let pages = [
        page("/live", "Live", Some("live.md")),
        page("/scale", "Scale", None),
        page("/frames", "Frames", Some("frames.md")),
    ];
    let known = Known {
        pages: &pages,
        instruments: &["frame-inspector".into()],
        glossary: &glossary::read(GLOSSARY, &pages).unwrap(),
        blocks: &BTreeMap::from(
            [
                ("browser-results", "Block::Paragraph(BROWSERS)"),
                ("reference:glossary", "Block::Paragraph(GLOSSARY)"),
            ]
            .map(|(name, block)| (name.to_owned(), block.to_owned())),
        ),
        predictions: &BTreeMap::from([("why".to_owned(), "WHY".to_owned())]),
    };
    generate("content/frames.md", text, ending, &known)
}

fn check(text: &str) -> Result<String, Vec<String>> {
    check_as(text, true).map(|generated| generated.code)
}

#[test]
fn a_good_chapter_becomes_code() {
    let code = check(GOOD).unwrap();
    for part in [
        r#"title: "Frames""#,
        r#"lede: &[Inline::Text("Leads in."), ]"#,
        "Block::Instrument(Instrument::FrameInspector)",
        r#"Inline::Code("code")"#,
        r#"To::Page("/live?x=1")"#,
        r#"To::Section(6455, "5.2")"#,
    ] {
        assert!(code.contains(part), "{part} in {code}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (from, to, says) in [
        (
            "{{frame-inspector}}",
            "{{frame-dekoder}}",
            "content/frames.md:5: no instrument is called `frame-dekoder`",
        ),
        (
            "/live?x=1",
            "/life",
            "content/frames.md:7: `/life` leads nowhere",
        ),
        (
            "/live?x=1",
            "/scale",
            "content/frames.md:7: `/scale` leads to a page that is not built",
        ),
        (
            "[§5.2]",
            "[a section]",
            "content/frames.md:7: a link to a section shows its sign",
        ),
        (
            "rfc6455#5.2",
            "rfc6455#5.99",
            "content/frames.md:7: `rfc6455#5.99`",
        ),
        ("rfc6455#5.2", "rfc1#1", "content/frames.md:7: `rfc1#1`"),
        (
            "- Three.\n",
            "",
            "“What to remember” has 2 lines; it takes 3",
        ),
        (
            "## What usually goes wrong\n\n- This.\n\n",
            "",
            "the chapter needs a section `## What usually goes wrong`",
        ),
        ("# Frames\n", "", "a chapter begins with its title"),
    ] {
        assert!(GOOD.contains(from));
        let found = check(&GOOD.replacen(from, to, 1)).expect_err(to);
        assert!(found.iter().any(|p| p.contains(says)), "{says}: {found:?}");
    }
}

#[test]
fn raw_html_is_refused() {
    let found = check(&GOOD.replace("Text with", "Text <b>with</b>")).expect_err("raw HTML");
    assert!(
        found[0].contains("content/frames.md:7: InlineHtml"),
        "{found:?}"
    );
}

#[test]
fn the_instruments_of_a_chapter_are_known_in_their_order() {
    assert_eq!(
        check_as(GOOD, true).unwrap().instruments,
        ["frame-inspector"]
    );
    let twice = GOOD.replace("Text with", "{{frame-inspector}}\n\nText with");
    assert!(check(&twice).unwrap_err()[0].contains("stands here twice"));
}

#[test]
fn a_page_that_is_no_chapter_has_no_ending() {
    let page = "# Quiz\n\nLeads in.\n\n{{start-buttons}}\n";
    assert!(check(page).is_err());
    let code = check_as(page, false).unwrap().code;
    assert!(
        code.contains("body: &[Block::StartButtons], ending: None"),
        "{code}"
    );
}

#[test]
fn headings_are_the_contents_and_never_have_an_instruments_name() {
    let page = GOOD.replace(
        "Text with",
        "## Why it is so\n\n### Below\n\n## Frame inspector\n\nText with",
    );
    let contents = check_as(&page, true).unwrap().contents;
    let ids: Vec<_> = contents.iter().map(|(id, words)| [id, words]).collect();
    assert_eq!(
        ids,
        [
            ["why-it-is-so", "Why it is so"],
            ["about-frame-inspector", "Frame inspector"]
        ]
    );
}

/// The terms that a chapter explains, as they are written there.
fn explained(text: &str) -> Vec<String> {
    let code = check(&GOOD.replacen("Text with", text, 1)).unwrap();
    let terms = code.split("Inline::Term { words: \"").skip(1);
    terms
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn a_term_is_explained_once_where_it_first_appears_in_running_text() {
    assert_eq!(explained("A frame, then frames, with"), ["frame"]);
    assert_eq!(
        explained("A close frame is a frame, with"),
        ["close frame", "frame"],
        "the longest spelling counts"
    );
    assert_eq!(explained("**Two frames** with"), ["frames"]);
    // Not a word of its own, in code, in a link, in a heading, or in a chapter that explains the term itself.
    for text in [
        "framework and time-frame with",
        "`frame` with",
        "[a frame](/live) with",
        "## A frame\n\nText with",
        "A mask with",
    ] {
        assert_eq!(explained(text), [""; 0], "{text}");
    }
    let code = check(&GOOD.replacen("Text with", "A frame with", 1)).unwrap();
    for part in [
        r#"Inline::Text("A "), Inline::Term { words: "frame", id: "term-frame""#,
        r#"definition: "What crosses the wire.", source: "RFC 6455 §5.2" }, Inline::Text(" with ")"#,
    ] {
        assert!(code.contains(part), "{part} in {code}");
    }
}

#[test]
fn what_browsers_did_becomes_a_table() {
    let text = |did: &str| {
        format!(
            "date = \"1 May 2026\"\nsystem = \"Debian\"\n[[browser]]\nname = \"A 1\"\nversion = \"1.2\"\n[[case]]\nwhat = \"reset\"\ndid = [{did}]\n"
        )
    };
    let blocks = browsers::read(&text("\"close 1006\"")).unwrap().blocks();
    for part in [
        r#"&[Inline::Text("reset")], &[Inline::Text("close 1006")]"#,
        "Measured on 1 May 2026 with A 1 (1.2) on Debian.",
    ] {
        assert!(blocks.contains(part), "{part} in {blocks}");
    }
    let wrong = browsers::read(&text("\"a\", \"b\"")).unwrap_err();
    assert!(
        wrong[0].contains("“reset” has 2 results for 1 browsers"),
        "{wrong:?}"
    );
    let code = check(&GOOD.replacen("Text with", "{{browser-results}}\n\nText with", 1)).unwrap();
    assert!(code.contains("Block::Paragraph(BROWSERS)"), "{code}");
}

#[test]
fn links_to_the_headings_stand_where_the_contents_do() {
    let page =
        "# Frames\n\nLeads in.\n\n{{contents}}\n\n## One\n\n### Below\n\n## Frame inspector\n";
    let code = check_as(page, false).unwrap().code;
    let wanted = r#"Block::Drawn(Drawing(|| contents(&[("one", "One"), ("about-frame-inspector", "Frame inspector")])))"#;
    assert!(code.contains(wanted), "{code}");
}

#[test]
fn beside_the_glossary_no_term_is_explained() {
    let page = "# Frames\n\nA frame.\n\n{{reference:glossary}}\n";
    let code = check_as(page, false).unwrap().code;
    assert!(!code.contains("Inline::Term"), "{code}");
    let code = check_as(&page.replace("{{reference:glossary}}", ""), false)
        .unwrap()
        .code;
    assert!(code.contains("Inline::Term"), "{code}");
}

#[test]
fn a_prediction_stands_where_its_name_does() {
    let asked = |name: &str| GOOD.replace("{{frame-inspector}}", &format!("{{{{ask:{name}}}}}"));
    let code = check(&asked("why")).unwrap();
    assert!(code.contains("Block::Ask(WHY)"), "{code}");
    assert_eq!(check_as(&asked("why"), true).unwrap().predictions, ["why"]);
    let problems = check(&asked("whom")).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].ends_with("content/predictions.toml has no `whom`"));
    let twice = GOOD.replace(
        "{{frame-inspector}}",
        "{{ask:why}}\n\n{{frame-inspector}}\n\n{{ask:why}}",
    );
    assert!(check(&twice).unwrap_err()[0].contains("stands here twice"));
}
