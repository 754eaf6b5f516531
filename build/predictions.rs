//! Checks `content/predictions.toml` and writes it as Rust: what a chapter asks before an instrument shows it. It runs in the
//! build script; `tests/predictions_content.rs` tests it.
//!
//! A chapter takes a prediction with a line that is only `{{ask:NAME}}`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::inline::paragraphs;
use super::site::Page;

/// The file that this is about.
pub const FILE: &str = "content/predictions.toml";

/// How many choices a prediction has.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    prediction: Vec<Prediction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prediction {
    id: String,
    text: String,
    choice: Vec<Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    text: String,
    #[serde(default)]
    right: bool,
    said: String,
}

/// The Rust expressions of all predictions, each a `Prediction`, by their names.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn read(text: &str, pages: &[Page]) -> Result<BTreeMap<String, String>, Vec<String>> {
    let file: File = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(String::new(), |span| {
            format!(":{}", text[..span.start].matches('\n').count() + 1)
        });
        vec![format!("{FILE}{line}: {}", e.message())]
    })?;
    let (mut all, mut problems) = (BTreeMap::new(), Vec::new());
    for prediction in &file.prediction {
        let name = &prediction.id;
        let mut say = |what: String| problems.push(format!("{FILE}: prediction \"{name}\" {what}"));
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
            say("has a name that is not made of a-z and -.".into());
        }
        if !CHOICES.contains(&prediction.choice.len()) {
            say(format!(
                "has {} choices; it takes two to four.",
                prediction.choice.len()
            ));
        }
        let right = prediction.choice.iter().filter(|c| c.right).count();
        if right != 1 {
            say(format!("has {right} right choices; it takes one."));
        }
        let mut one = |words: &str| match paragraphs(words, pages) {
            Ok(written) if written.len() == 1 => written[0].clone(),
            Ok(written) => {
                say(format!(
                    "has {} paragraphs where it takes one: “{words}”",
                    written.len()
                ));
                String::new()
            }
            Err(found) => {
                for what in found {
                    say(what);
                }
                String::new()
            }
        };
        let text = one(&prediction.text);
        let choices: Vec<String> = prediction
            .choice
            .iter()
            .map(|choice| {
                format!(
                    "Choice {{ text: {}, right: {}, said: {} }}",
                    one(&choice.text),
                    choice.right,
                    one(&choice.said)
                )
            })
            .collect();
        let code = format!(
            "Prediction {{ id: {name:?}, text: {text}, choices: &[{}] }}",
            choices.join(", ")
        );
        if all.insert(name.clone(), code).is_some() {
            problems.push(format!("{FILE}: prediction \"{name}\" is there twice."));
        }
    }
    if problems.is_empty() {
        Ok(all)
    } else {
        Err(problems)
    }
}

/// All of them as one Rust expression, for the tests that compute the right answers.
pub fn all(predictions: &BTreeMap<String, String>) -> String {
    let list: Vec<&str> = predictions.values().map(String::as_str).collect();
    format!("&[{}]", list.join(", "))
}
