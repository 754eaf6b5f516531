//! A frame, bit by bit.

use yew::prelude::*;

/// The page.
#[component]
pub fn Frames() -> Html {
    html! { <h1>{ "A frame, bit by bit" }</h1> }
}
