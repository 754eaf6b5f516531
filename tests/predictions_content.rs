//! What the build script says about `content/predictions.toml`.

#[path = "../build/glossary.rs"]
#[allow(dead_code)]
mod glossary;
#[path = "../build/inline.rs"]
#[allow(dead_code)]
mod inline;
#[path = "../build/predictions.rs"]
mod predictions;
#[path = "../build/sections.rs"]
mod sections;
#[path = "../build/site.rs"]
#[allow(dead_code)]
mod site;

const GOOD: &str = r#"
[[prediction]]
id = "first"
text = "Which comes first?"
[[prediction.choice]]
text = "`101`"
right = true
said = "It answers the request. [§4.2.2](rfc6455#4.2.2)"
[[prediction.choice]]
text = "A frame"
said = "Not before the answer."
"#;

fn problems(text: &str) -> Vec<String> {
    predictions::read(text, &[]).expect_err("something is wrong")
}

#[test]
fn a_good_prediction_becomes_code() {
    let all = predictions::read(GOOD, &[]).unwrap();
    let code = &all["first"];
    for part in [
        r#"Prediction { id: "first", text: &[Inline::Text("Which comes first?"), ]"#,
        r#"Choice { text: &[Inline::Code("101"), ], right: true"#,
        r#"To::Section(6455, "4.2.2")"#,
    ] {
        assert!(code.contains(part), "{code}");
    }
    assert!(predictions::all(&all).starts_with("&[Prediction {"));
}

#[test]
fn what_is_wrong_is_named() {
    for (from, to, says) in [
        ("right = true", "", "has 0 right choices"),
        (
            "text = \"A frame\"",
            "right = true\ntext = \"A frame\"",
            "has 2 right choices",
        ),
        ("id = \"first\"", "id = \"First\"", "not made of a-z and -"),
        ("rfc6455#4.2.2", "rfc6455#99", "99"),
        (
            "said = \"Not before",
            "why = \"Not before",
            ":11: unknown field `why`",
        ),
        (
            "Not before the answer.",
            "One.\\n\\nTwo.",
            "has 2 paragraphs",
        ),
    ] {
        let text = GOOD.replace(from, to);
        assert_ne!(text, GOOD, "{from}");
        let said = problems(&text).join("; ");
        assert!(said.contains(says), "{to}: {said}");
    }
    let twice = format!("{GOOD}{GOOD}");
    assert!(problems(&twice)[0].contains("there twice"));
    let one = GOOD
        .split("[[prediction.choice]]\ntext = \"A frame\"")
        .next()
        .unwrap();
    assert!(problems(one)[0].contains("has 1 choices; it takes two to four"));
}
