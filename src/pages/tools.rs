//! What every page can do and none needs at once: the presentation, and pasting anywhere. Fetched when the page is at rest.

use yew::prelude::*;

use super::Route;
use super::paste_anywhere::PasteAnywhere;
use super::present::Present;
use crate::split_point;

split_point!(
    /// The tools of the page at hand.
    page_tools,
    pub fn load_tools() -> fn(Route) -> Html {
        tools
    }
);

fn tools(route: Route) -> Html {
    html! {
        <>
            <Present {route}/>
            <PasteAnywhere/>
        </>
    }
}
