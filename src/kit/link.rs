//! A link within this site, for who knows a path and not the table of pages.

use yew::prelude::*;

/// A link to a path of this site, with its query and fragment where there are some. The shell follows it.
pub fn page_link(path: impl Into<AttrValue>, classes: Classes, text: Html) -> Html {
    html! { <a class={classes} href={path.into()}>{ text }</a> }
}
