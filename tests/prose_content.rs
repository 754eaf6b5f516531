//! What the build script says about `content/*.md`: it must name the file, the line and what is wrong.

// The build script's modules, which belong to no crate.
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
    };
    let pages = [
        page("/live", "Live", Some("live.md")),
        page("/scale", "Scale", None),
    ];
    let known = Known {
        pages: &pages,
        instruments: &["frame-inspector".into()],
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
