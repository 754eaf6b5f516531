//! A question that is asked before something is shown.
//!
//! It works without a script: it opens as any details do, the choices are radio buttons, and the style shows what is said to the one that is chosen. So a
//! prediction is there before the program, and costs it little.

use yew::prelude::*;

use super::inline::{Inline, inlines};

/// A question.
#[derive(Debug, PartialEq, Eq)]
pub struct Prediction {
    /// Its name, for the address of its place on the page.
    pub id: &'static str,
    /// What is asked.
    pub text: &'static [Inline],
    /// Two to four, one of them right.
    pub choices: &'static [Choice],
}

/// What may be predicted.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// The prediction.
    pub text: &'static [Inline],
    /// Whether that is what happens.
    pub right: bool,
    /// What is said to whoever chose it. To the right one it is what happens, and everybody reads it.
    pub said: &'static [Inline],
}

/// The question, which opens to its choices: whoever does not want to be asked goes on to the instrument. What is said to each
/// choice is hidden by the style until it is chosen.
pub fn prediction(prediction: &'static Prediction) -> Html {
    let name = format!("ask-{}", prediction.id);
    let label = |value: String, class: &'static str, text: Html| {
        html! {
            <label class={classes!("ask__choice", class)}>
                <input type="radio" name={name.clone()} {value}/>
                <span>{ text }</span>
            </label>
        }
    };
    let choices = prediction.choices.iter().enumerate();
    let wrong = choices.clone().filter(|(_, choice)| !choice.right);
    let right = prediction.choices.iter().find(|choice| choice.right);
    html! {
        <details class="ask" id={name.clone()}>
            <summary><small>{ "Before you look" }</small>{ inlines(prediction.text) }</summary>
            <fieldset>
                <legend class="visually-hidden">{ "Your prediction" }</legend>
                <div class="ask__choices">
                    { for choices.map(|(i, choice)| {
                        let value = if choice.right { "right".to_owned() } else { i.to_string() };
                        label(value, "", inlines(choice.text))
                    }) }
                    { label("skip".to_owned(), "ask__skip", html! { "Just tell me" }) }
                </div>
                <div class="ask__said" role="status">
                    <p class="ask__praise"><b>{ "So it is. " }</b></p>
                    for (i, choice) in wrong {
                        <p class={format!("ask__wrong ask__wrong--{i}")}><b>{ "Not quite. " }</b>{ inlines(choice.said) }</p>
                    }
                    if let Some(right) = right {
                        <p class="ask__answer">{ inlines(right.said) }</p>
                    }
                </div>
            </fieldset>
        </details>
    }
}

/// For the tests that compute what is right.
#[cfg(test)]
pub mod answers {
    use super::{Choice, Prediction};
    use crate::kit::inline::{Inline, To};

    static ALL: &[Prediction] = include!(concat!(env!("OUT_DIR"), "/predictions.rs"));

    fn words(parts: &[Inline]) -> String {
        let of = |part: &Inline| match part {
            Inline::Text(text) | Inline::Code(text) => (*text).to_owned(),
            Inline::Term { words, .. } => (*words).to_owned(),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Link(To::Page(_), inner) => {
                words(inner)
            }
            Inline::Link(_, inner) => words(inner),
        };
        parts.iter().map(of).collect()
    }

    /// The right choice of a prediction, and what is said to it.
    pub fn right(id: &str) -> (String, String) {
        let all = ALL.iter().find(|prediction| prediction.id == id);
        let choices = all.unwrap_or_else(|| panic!("no prediction {id}")).choices;
        let right = choices.iter().find(|choice| choice.right);
        let Choice { text, said, .. } = right.expect("one is right");
        (words(text), words(said))
    }
}
