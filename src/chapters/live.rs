//! The live wire.

use yew::prelude::*;

/// The page.
#[component]
pub fn Live() -> Html {
    html! { <h1>{ "Live wire" }</h1> }
}
