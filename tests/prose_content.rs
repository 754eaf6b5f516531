//! What the build script says about `content/*.md`: it must name the file, the line and what is wrong.

// The build script's modules, which belong to no crate.
#[path = "../build/prose.rs"]
mod prose;
#[path = "../build/quiz.rs"]
#[allow(dead_code)]
mod quiz;
#[path = "../build/sections.rs"]
mod sections;

use prose::{Known, generate, instruments};
use quiz::Page;

const GOOD: &str = "\
# Frames

Leads in.

{{frame-decoder}}

Text with `code`, *stress*, [a page](/live?x=1) and [a section](rfc6455#5.2).

## What to remember

- One.
- Two.
- Three.

## What usually goes wrong

- This.

## Where to read on

- There.
";

fn check(text: &str) -> Result<String, Vec<String>> {
    let page = |path: &str, variant: &str| Page {
        path: path.into(),
        variant: variant.into(),
    };
    let pages = [page("/live", "Live"), page("/scale", "Scale")];
    let known = Known {
        pages: &pages,
        built: &["/live".into()],
        instruments: &["FrameDecoder".into()],
    };
    generate("content/frames.md", text, &known)
}

#[test]
fn a_good_chapter_becomes_code() {
    let code = check(GOOD).unwrap();
    for part in [
        r#"title: "Frames""#,
        r#"lede: &[Inline::Text("Leads in."), ]"#,
        "Block::Instrument(Instrument::FrameDecoder)",
        r#"Inline::Code("code")"#,
        r#"To::Page(Route::Live, "x=1")"#,
        r#"To::Section(6455, "5.2")"#,
    ] {
        assert!(code.contains(part), "{part} in {code}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (from, to, says) in [
        (
            "{{frame-decoder}}",
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
fn instruments_are_read_from_the_enum() {
    let source = "/// All.\npub enum Instrument {\n    /// One.\n    Duo,\n    /// Two, too.\n    FrameDecoder,\n}\n";
    assert_eq!(instruments(source), ["Duo", "FrameDecoder"]);
}
