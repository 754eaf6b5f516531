//! Small parts that many views use.

use yew::prelude::*;

pub use crate::kit::copy::CopyButton;
pub use crate::kit::icon::Icon;
pub use crate::kit::number::{counted, grouped, hex, hex_spaced, printable};

/// A link to a section of RFC 6455, such as `5.2`.
#[derive(Properties, PartialEq)]
pub struct RfcProps {
    /// The number of the section.
    pub section: AttrValue,
    /// Another RFC's number.
    #[prop_or(6455)]
    pub rfc: u16,
    /// Whether to write `RFC 6455` before the section.
    #[prop_or(true)]
    pub long: bool,
    /// Other words for the link.
    #[prop_or_default]
    pub text: Option<Html>,
}

/// A link to the place where something is written.
#[component]
pub fn Rfc(props: &RfcProps) -> Html {
    let RfcProps {
        section,
        rfc,
        long,
        text,
    } = props;
    let href = format!("https://www.rfc-editor.org/rfc/rfc{rfc}#section-{section}");
    let label = match text {
        Some(text) => text.clone(),
        None if *long => html! { format!("RFC {rfc} §{section}") },
        None => html! { format!("§{section}") },
    };
    html! { <a class="rfc" {href} rel="noopener">{ label }</a> }
}
