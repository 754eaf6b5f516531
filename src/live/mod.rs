//! The live wire: the browser's socket, the tap, what they record.

use yew::prelude::*;

/// Properties of [`LiveProvider`].
#[derive(Properties, PartialEq)]
pub struct LiveProviderProps {
    /// What may use the live wire.
    #[prop_or_default]
    pub children: Html,
}

/// Keeps the live wire open while the reader goes from page to page.
#[component]
pub fn LiveProvider(props: &LiveProviderProps) -> Html {
    props.children.clone()
}

/// The live wire's status, in view on every page.
#[component]
pub fn LiveCard() -> Html {
    html! { <section class="live" aria-label="Live wire status"><b>{ "Live wire closed" }</b></section> }
}
