//! The home page.

use yew::prelude::*;

/// The page.
#[component]
pub fn Home() -> Html {
    html! { <h1>{ "Two ways to talk" }</h1> }
}
