//! A link within this site, for who knows a path and not the table of pages.

use yew::prelude::*;
use yew_router::AnyRoute;
use yew_router::prelude::*;

/// A link to a path of this site, with its query and fragment where there are some.
pub fn page_link(path: impl Into<String>, classes: Classes, text: Html) -> Html {
    let to = AnyRoute::new(path);
    html! { <Link<AnyRoute> {to} {classes}>{ text }</Link<AnyRoute>> }
}
