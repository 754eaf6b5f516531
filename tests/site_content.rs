//! What the build script says about `content/site.toml`: it must name the page or instrument and what is wrong.

#[path = "../build/site.rs"]
#[allow(dead_code)]
mod site;

const GOOD: &str = r#"
[instruments]
close-codes = { title = "Close codes", component = "closing::CloseCodes", styles = ["closing"] }

[[part]]
title = ""

[[part.page]]
route = "Home"
path = "/"
sign = "0"
title = "Home"
chapter = "home.md"
description = "All of it."

[[part.page]]
route = "Scale"
path = "/scale"
sign = "1"
title = "Scale"
"#;

#[test]
fn a_good_table_becomes_code() {
    let site = site::read(GOOD).unwrap();
    let embedded = [("Home".to_owned(), vec!["close-codes".to_owned()])].into();
    let words = vec![("the-end".to_owned(), "The end".to_owned())];
    let table = site::table(
        &site,
        &embedded,
        &[("Home".to_owned(), words)].into(),
        &[("/".to_owned(), 4)].into(),
    );
    for part in [
        "Home,",
        "Embed(Instrument),",
        "CloseCodes,",
        "is_built: false",
        "chapter: Route::Home",
        "instruments: &[Instrument::CloseCodes]",
        "contents: &[(\"the-end\", \"The end\")]",
    ] {
        assert!(table.contains(part), "{part} in {table}");
    }
    let chapters = [("Home".to_owned(), "CHAPTER".to_owned())].into();
    let loaders = site::loaders(&site, &chapters, &embedded);
    // The words of a page lie in the module of its first instrument.
    assert_eq!(
        loaders.matches("wasm_split(close_codes,").count(),
        2,
        "{loaders}"
    );
    assert!(loaders.contains("static CHAPTER_HOME: Chapter = CHAPTER;"));
    assert!(loaders.contains("<crate::closing::CloseCodes/>"));
}

#[test]
fn what_is_wrong_is_named() {
    for (from, to, says) in [
        (
            "close-codes =",
            "closeCodes =",
            "the instrument `closeCodes`",
        ),
        (
            "closing::CloseCodes",
            "CloseCodes",
            "the component of `close-codes`",
        ),
        ("\"/scale\"", "\"/\"", "two pages have the path /"),
        ("\"/scale\"", "\"scale\"", "the path `scale`"),
        ("\"/scale\"", "\"/embed\"", "belongs to the embeds"),
        (
            "\"Scale\"\npath",
            "\"Home\"\npath",
            "two pages have the route Home",
        ),
        (
            "description = \"All of it.\"",
            "",
            "the page / has no description",
        ),
        (
            "path = \"/\"",
            "path = \"/home\"",
            "no page with the path `/`",
        ),
        ("sign = \"1\"", "sgn = \"1\"", "content/site.toml:"),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let problems = site::read(&GOOD.replacen(from, to, 1)).expect_err(to);
        assert!(
            problems.iter().any(|p| p.contains(says)),
            "{says}: {problems:?}"
        );
        assert!(problems.iter().all(|p| p.starts_with("content/site.toml")));
    }
}
