//! A link to another place of this site.

use yew::prelude::*;
use yew_router::AnyRoute;
use yew_router::prelude::*;

/// A link to a path of this site, with its query, that is followed without loading the page anew.
pub fn page_link(to: impl Into<String>, class: &'static str, text: Html) -> Html {
    html! {
        <Link<AnyRoute> to={AnyRoute::new(to)} classes={class}>{ text }</Link<AnyRoute>>
    }
}
