//! The quiz.

use yew::prelude::*;

/// The page.
#[component]
pub fn Quiz() -> Html {
    html! { <h1>{ "Quiz" }</h1> }
}
